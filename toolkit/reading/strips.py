"""The cells of a sheet that were read, column by column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from toolkit.reading.census import Place
from toolkit.reading.locate import Found


class Strip(NamedTuple):
    """The cells of one column of the form.

    Args:
        column: its plan. rows, at: where they stand. classes: of their values.
    """

    column: Mapping
    rows: Sequence[int]
    at: int
    cells: Sequence[object]
    classes: frozenset[type]

    def items(self) -> Iterator[tuple[int, object]]:
        """Row and value of each cell."""
        return zip(self.rows, self.cells, strict=True)


class Taken(Collection):
    """The places of some rows and columns.

    >>> taken = Taken([6, 7], [0, 2])
    >>> (7, 2) in taken, (7, 1) in taken, len(taken), sorted(taken)[0]
    (True, False, 4, (6, 0))
    """

    def __init__(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        self._rows, self._columns = frozenset(rows), frozenset(columns)

    def __contains__(self, place: object) -> bool:
        row, column = place  # type: ignore[misc]
        return row in self._rows and column in self._columns

    def __iter__(self) -> Iterator[Place]:
        return product(self._rows, self._columns)  # type: ignore[return-value]

    def __len__(self) -> int:
        return len(self._rows) * len(self._columns)


def strips(
    grid: Sequence[Sequence[object]], columns: Sequence[Mapping], found: Found, rows: Sequence[int], *, vertical: bool
) -> list[Strip]:
    """The cells of the columns that were found.

    Args:
        columns: their plans. rows: those that were read, from 0; of a sheet of single values all that were found.
    """
    if vertical:
        cells = ((at, grid[at][found.value] if found.value < len(grid[at]) else "") for at in found.positions.values())
        return [
            Strip(columns[index], (at,), found.value, (cell,), frozenset((cell.__class__,)))
            for index, (at, cell) in zip(found.positions, cells, strict=True)
        ]
    picked = [grid[row] for row in rows]
    made = []
    for index, at in found.positions.items():
        values = [row[at] for row in picked]
        made.append(Strip(columns[index], rows, at, values, frozenset(map(type, values))))
    return made
