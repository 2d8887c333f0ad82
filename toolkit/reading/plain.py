"""All cells of a workbook as typed, no table looked for: lists, and the small workbooks of ours that people return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from toolkit.ooxml.archive import Refused
from toolkit.reading import foreign, gate
from toolkit.reading.opening import Answer, opened
from toolkit.reading.sheets import Book

Sheets = dict[str, list[list[object]]]


class PlainReader:
    """What a worker reads with."""

    def read(self, data: bytes, passwords: Sequence[str] = ()) -> Answer:
        """{"sheets": title → rows from A1} or {"refused": code, "facts": …}."""
        return opened(data, passwords, self._read)[0]

    @staticmethod
    def _read(package: gate.Package | str, data: bytes) -> Answer:
        book = Book.of(package, data)
        grids = {title.strip(): book.grid(title) for title in book.titles}
        if book.failed:
            raise Refused(foreign.DAMAGED)
        return {"sheets": {title: [[sent(cell) for cell in row] for row in rows] for title, rows in grids.items()}}


def sent(cell: object) -> object:
    """A cell as marshal takes it; dates as a tuple of their text."""
    if isinstance(cell, str | float | int):
        return cell
    return (cell.isoformat(),) if isinstance(cell, date) else str(cell)
