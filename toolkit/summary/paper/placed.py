"""Where a table stands on its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.model.cell import Area, address
from toolkit.summary.paper.specs import TableSpec


@dataclass(frozen=True)
class Placed:
    """Where the rows of a table stand, 0-based; `total` is the row below them."""

    spec: TableSpec
    places: Mapping[str, tuple[int, int]]
    first: int
    last: int

    @property
    def rows(self) -> range:
        """The rows of the records."""
        return range(self.first, self.last + 1)

    @property
    def total(self) -> int:
        """The row of totals, where there is one."""
        return self.last + 1

    def cell(self, key: str, row: int) -> str:
        """Address of a column's cell in a row."""
        return address(row + 1, self.places[key][0] + 1)

    def range(self, key: str) -> str:
        """Absolute address of all records of a column."""
        column = self.places[key][0] + 1
        return Area(self.first + 1, column, self.last + 1, column).corners
