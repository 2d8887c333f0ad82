"""The cells of a list of disputes that a unit filled in: it is no return, and its rows are no data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

_MOST_ROWS, _MOST_COLUMNS, _MOST_TEXT = 5_000, 30, 2_000


def answers(grids: Iterable[Sequence[Sequence[object]]]) -> list[list[str]]:
    """The filled rows of all sheets as texts."""
    found = [[_text(cell) for cell in row[:_MOST_COLUMNS]] for grid in grids for row in grid[:_MOST_ROWS]]
    return [row for row in found if any(row)]


def _text(value: object) -> str:
    """A cell as text; dates as YYYY-MM-DD, whole numbers without a fraction."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value if value is not None else "").strip(" \u3000\t\r\n\xa0")[:_MOST_TEXT]
