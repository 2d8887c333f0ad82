"""Tables as plain rows, converted and grouped by unit once per sheet.

Ten thousand units times a hundred clauses would be a million pandas selections; on named tuples it is a few loops.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

Row = Any
"""A named tuple of one sheet: the columns of the form, and `origin`: (unit, return index, Excel row)."""


class Origin(NamedTuple):
    """Where a row comes from."""

    unit: str
    source: int
    row: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row that a figure rests on."""

    file: str
    sheet: str
    row: int


@cache
def row_type(sheet: str, columns: tuple[str, ...]) -> type:
    """The named tuple of a sheet with these columns."""
    from collections import namedtuple

    return namedtuple(sheet, ("origin", *columns))  # type: ignore[return-value]


def values(series: pd.Series) -> list:
    """A column as Python values: date, Decimal, int, str; None where empty."""
    empty = series.isna().to_numpy()
    if str(series.dtype).startswith("datetime64"):
        items: Iterable = series.dt.date
    else:
        items = series.tolist()
    return [None if gap or item == "" else item for item, gap in zip(items, empty, strict=True)]


class Table:
    """All rows of one sheet.

    Args:
        rows: in the order of the frame.
        by_unit: rows by the unit of the return.
    """

    def __init__(self, sheet: str, columns: Sequence[str], frame: pd.DataFrame | None) -> None:
        self.rows: list[Row] = []
        self.by_unit: dict[str, list[Row]] = defaultdict(list)
        if frame is None or frame.empty:
            return
        kind = row_type(sheet, tuple(columns))
        gap = [None] * len(frame)
        origins = map(
            Origin, frame["_unit"].tolist(), frame["_return"].astype(int).tolist(), frame["_row"].astype(int).tolist()
        )
        cells = [values(frame[name]) if name in frame.columns else gap for name in columns]  # type: ignore[arg-type]
        for row in zip(origins, *cells, strict=True):
            self._add(kind._make(row))

    @classmethod
    def typed(cls, sheet: str, columns: Sequence[str], rows: Iterable[tuple[Origin, Mapping[str, object]]]) -> Table:
        """A table of rows whose values are typed as those of a frame are; an absent column is an empty cell."""
        table, kind = cls(sheet, columns, None), row_type(sheet, tuple(columns))
        for origin, row in rows:
            found = map(row.get, columns)
            table._add(kind._make([origin, *[None if value == "" else value for value in found]]))
        return table

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        self.by_unit[row.origin.unit].append(row)
