"""Small operations on columns that every check shares; the unknown is never bad."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd


def always(index: pd.Index) -> pd.Series:
    """True for every row."""
    return pd.Series(True, index=index)


def only(index: pd.Index, rows: pd.Index, good: Iterable[bool]) -> pd.Series:
    """True everywhere but in `rows`, which get the given verdicts.

    >>> only(pd.RangeIndex(3), pd.Index([1]), [False]).tolist()
    [True, False, True]
    """
    verdict = np.ones(len(index), dtype=bool)
    verdict[index.get_indexer(rows)] = np.fromiter(good, dtype=bool)
    return pd.Series(verdict, index=index)


def compare(left: pd.Series, right: pd.Series, operator: Callable) -> pd.Series:
    """`operator(left, right)` where both are known, True elsewhere.

    Dates and Int64 compare as a whole; decimals as Python objects, exactly.

    >>> import operator
    >>> compare(pd.Series([1, 5, None], dtype="Int64"), pd.Series([2, 2, 2], dtype="Int64"), operator.le).tolist()
    [True, False, True]
    """
    known = left.notna() & right.notna()
    if left.dtype == right.dtype and left.dtype != object:
        return operator(left, right).astype("boolean").fillna(True).astype(bool) | ~known
    pairs = zip(left[known].tolist(), right[known].tolist(), strict=True)
    return only(left.index, left.index[known], [operator(one, other) for one, other in pairs])


def on_known(column: pd.Series, predicate: Callable[[object], bool]) -> pd.Series:
    """`predicate` of every distinct known value, True for empty cells.

    >>> on_known(pd.Series(["a", None, "bb"], dtype=object), lambda text: len(text) < 2).tolist()
    [True, True, False]
    """
    known = column[column.notna()]
    verdict = {value: bool(predicate(value)) for value in pd.unique(known)}
    if all(verdict.values()):
        return always(column.index)
    return only(column.index, known.index, [verdict[value] for value in known])


def display(value: Any) -> str:
    """A cell's value the way a person writes it; an empty cell is an empty text.

    >>> import decimal
    >>> display(pd.Timestamp("2024-05-01")), display(decimal.Decimal("3600.00")), display(None), display(7)
    ('2024-05-01', '3600.00', '', '7')
    """
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)
