"""Typed values and rows as people read them, personal numbers masked where a whole row is shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from toolkit.model.form import Sheet
from toolkit.model.privacy import mask
from toolkit.round_trip.words import round_words


def row_text(sheet: Sheet, row: dict, typed: Mapping[str, str] | None = None) -> str:
    """The filled cells of a row in words, personal numbers masked.

    Args:
        typed: what was typed where it was not understood, by column.
    """
    said, typed = round_words().differences, typed or {}
    parts = [
        said["row"].format(label=column.label, value=text)
        for column in sheet.columns
        if not column.hidden and (text := value_text(row[column.name]) or typed.get(column.name, ""))
    ]
    return mask(said["join"].join(parts), typed=True)


def value_text(value: object) -> str:
    """A typed value as people write it; "" when empty.

    >>> value_text(None), value_text(pd.Timestamp("2025-03-01")), value_text(3)
    ('', '2025-03-01', '3')
    """
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
