"""All cells of a workbook as typed, no table looked for: lists, and the small workbooks of ours that people return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from toolkit.ooxml.archive import Refused
from toolkit.reading import foreign, gate, sniff
from toolkit.reading.opening import Answer, opened
from toolkit.reading.sheets import Book

LONGEST_TEXT = 5_000_000
"""Bytes of a table of text; ten thousand units fill one million."""
Sheets = dict[str, list[list[object]]]


class PlainReader:
    """What a worker reads with."""

    def read(self, data: bytes, passwords: Sequence[str] = ()) -> Answer:
        """{"sheets": title → rows from A1} or {"refused": code, "facts": …}."""
        return opened(data, passwords, self._read)[0]

    def _read(self, package: gate.Package | str, data: bytes) -> Answer:
        book = Book.of(package, data)
        grids = {title.strip(): self._grid(book, title) for title in book.titles}
        if book.failed:
            raise Refused(foreign.DAMAGED)
        return {"sheets": {title: [[sent(cell) for cell in row] for row in rows] for title, rows in grids.items()}}

    def _grid(self, book: Book, title: str) -> list[list[object]]:
        return book.grid(title)


class ListReader(PlainReader):
    """Reads a list that somebody keeps for other ends: text tables (.csv) too, merged cells filled down."""

    def read(self, data: bytes, passwords: Sequence[str] = ()) -> Answer:
        """As of every reader; a text table is a workbook of one sheet without a title."""
        if sniff.kind_of(data) == sniff.TEXT:
            if len(data) > LONGEST_TEXT:
                return {"refused": "F006", "facts": {}}
            return {"sheets": {"": foreign.text_table(data)}}
        return super().read(data, passwords)

    def _grid(self, book: Book, title: str) -> list[list[object]]:
        grid = book.grid(title)
        for (top, column), (bottom, _) in book.merged(title):
            for row in range(top + 1, min(bottom + 1, len(grid))):
                if column < len(grid[row]):
                    grid[row][column] = grid[top][column]
        return grid


def sent(cell: object) -> object:
    """A cell as marshal takes it; dates as a tuple of their text."""
    if isinstance(cell, str | float | int):
        return cell
    return (cell.isoformat(),) if isinstance(cell, date) else str(cell)
