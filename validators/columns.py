"""Checks that follow from a column's own definition: Series → boolean Series, True = good. Empty cells are good
everywhere but in `filled`."""

from __future__ import annotations

import operator
from datetime import date
from decimal import Decimal

import pandas as pd

from toolkit.model import privacy
from validators.series import always, on_known, only

DTYPES = {"integer": "Int64", "date": "datetime64[s]"}
"""pandas dtype by column type; all other types are object."""


def filled(column: pd.Series) -> pd.Series:
    """The cell is not empty."""
    return column.notna()


def one_of(column: pd.Series, values: tuple[str, ...]) -> pd.Series:
    """The value is one of the list."""
    return column.isin(values) | column.isna()


def at_least(column: pd.Series, limit: Decimal) -> pd.Series:
    """The number is not below the limit."""
    return _bound(column, limit, operator.ge)


def at_most(column: pd.Series, limit: Decimal) -> pd.Series:
    """The number is not above the limit."""
    return _bound(column, limit, operator.le)


def not_earlier(column: pd.Series, day: date) -> pd.Series:
    """The date is not before the first day that it can be."""
    return (column >= pd.Timestamp(day)) | column.isna()


def _bound(column: pd.Series, limit: Decimal, compare) -> pd.Series:
    if column.dtype != object:
        return compare(column, int(limit)).fillna(True).astype(bool)
    return on_known(column, lambda value: compare(value, limit))


def not_longer(column: pd.Series, length: int) -> pd.Series:
    """The text has at most so many characters."""
    known = column[column.notna()]
    return only(column.index, known.index, known.map(len) <= length)


def no_id_number(column: pd.Series) -> pd.Series:
    """The text or number holds nothing that looks like a citizen number."""
    return _without(column, privacy.ID_NUMBER)


def no_mobile(column: pd.Series) -> pd.Series:
    """The text or number holds nothing that looks like a mobile number."""
    return _without(column, privacy.MOBILE)


def no_email(column: pd.Series) -> pd.Series:
    """The text holds no e-mail address."""
    return _without(column, privacy.EMAIL)


def _without(column: pd.Series, kind: str) -> pd.Series:
    """One look at all cells together settles the usual case."""
    known = column.dropna()
    if known.dtype != object:
        known = known[known >= 10**10] if len(known) and known.max() >= 10**10 else known[:0]
    if not privacy.maybe(map(str, known.tolist())):
        return always(column.index)
    return on_known(column, lambda value: not privacy.holds(str(value), (kind,)))
