"""One frame a sheet kind over all returns, built once from plain lists (see toolkit/model/batch.py for dtypes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from toolkit.model.batch import PROVENANCE
from toolkit.model.form import Column, Sheet

Piece = tuple[int, str, Mapping]
"""Index of the return, unit code, sheet as a worker reported it."""


def build(sheet: Sheet, pieces: Iterable[Piece]) -> pd.DataFrame:
    """The frame of a sheet over all its pieces, in their order."""
    pieces = list(pieces)
    lengths = [len(piece[2]["rows"]) for piece in pieces]
    data: dict[str, object] = {
        "_return": np.repeat(np.array([index for index, _, _ in pieces], dtype="int64"), lengths),
        "_unit": _repeated([unit for _, unit, _ in pieces], lengths),
        "_sheet": _repeated([piece["title"] for _, _, piece in pieces], lengths),
        "_row": np.array([row for _, _, piece in pieces for row in piece["rows"]], dtype="int64"),
    }
    for column in sheet.columns:
        values: list = []
        for (_, _, piece), length in zip(pieces, lengths, strict=True):
            values += piece["columns"].get(column.name) or [None] * length
        data[column.name] = array_of(column, values)
    return pd.DataFrame(data, columns=[*PROVENANCE, *sheet.names])


def _repeated(values: Sequence[str], lengths: Sequence[int]) -> pd.Series:
    """A Series, not an array: a frame turns object arrays of text into another dtype."""
    return pd.Series(np.repeat(np.array(values, dtype=object), lengths), dtype=object)


def array_of(column: Column, values: list):
    """The values of one column as the array that its type asks for."""
    if column.type == "integer":
        missing = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
        whole = np.fromiter((value or 0 for value in values), dtype="int64", count=len(values))
        return pd.arrays.IntegerArray(whole, missing)
    if column.type == "date":
        nothing = np.iinfo("int64").min
        days = np.fromiter((nothing if value is None else value for value in values), "int64", count=len(values))
        return days.view("datetime64[D]").astype("datetime64[s]")
    if column.type == "decimal":
        values = [None if value is None else Decimal(value) for value in values]
    return pd.Series(values, dtype=object)
