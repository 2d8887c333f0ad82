"""What three readers say of the same workbook: ours, openpyxl, and LibreOffice's csv, which is what the screen shows.

`compare` lays them side by side, cell by cell, over all cells of the columns and rows that ours reads, and over the
rows that it leaves out. Two values are equal when they are the same text, number or day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import openpyxl
import pandas as pd

from toolkit.model.batch import Batch, Located, Return
from toolkit.model.cell import address, place
from toolkit.model.form import Column, Sheet

VALUES, SCREEN = "openpyxl", "csv"
Grids = Mapping[str, Sequence[Sequence[object]]]
"""Title of a sheet → rows of cells, from A1."""


@dataclass
class Said:
    """What our reading says of one cell besides its value."""

    codes: set[str] = field(default_factory=set)
    repairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Case:
    """One cell, or one row that was left out, of which two readers do not say the same.

    Args:
        mine: our value; None = empty or lost.
        theirs: the value of openpyxl, or the text on the screen.
        said: what ours says of the cell.
        held: the value of openpyxl where theirs is the text on the screen; None where it cannot open the file.
        row: of a row that was left out, (column, theirs) of its filled cells; else empty.
    """

    reader: str
    column: Column
    mine: object
    theirs: object
    said: Said
    sheet: str = ""
    cell: str = ""
    held: object = None
    row: tuple[tuple[Column, object], ...] = ()

    def __str__(self) -> str:
        more = f" row {[(one.name, value) for one, value in self.row]}" if self.row else ""
        said = f"{sorted(self.said.codes)} {self.said.repairs}"
        return (
            f"{self.reader}: {self.sheet}!{self.cell} {self.column.name} ({self.column.type}) "
            f"ours {self.mine!r}, theirs {self.theirs!r}, said {said}{more}"
        )


def by_openpyxl(path: Path, titles: Sequence[str]) -> Grids | None:
    """The stored values of some sheets; None when openpyxl fails over `<v>NaN</v>` in a cell of numbers.

    Two of the JavaScript writers put that where a text says NaN, or truth stands under a format of days.
    """
    try:
        return _by_openpyxl(path, titles)
    except ValueError as error:
        if "'NaN'" not in str(error):
            raise
        return None


def _by_openpyxl(path: Path, titles: Sequence[str]) -> Grids:
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    try:
        grids = {}
        for title in titles:
            book[title].reset_dimensions()
            grids[title] = [tuple(row) for row in book[title].iter_rows(values_only=True)]
        return grids
    finally:
        book.close()


class Ours:
    """Our reading of one file of a batch, by cell."""

    def __init__(self, batch: Batch, returned: Return) -> None:
        self.batch, self.returned = batch, returned
        self.whole = {one.code for one in returned.findings if not one.sheet and not one.cells}
        self.said: dict[tuple[str, str], Said] = {}
        for finding in returned.findings:
            for cell in finding.cells:
                self._of(finding.sheet, cell).codes.add(finding.code)
        for repair in returned.repairs:
            self._of(repair.sheet, repair.cell).repairs.append((repair.before, repair.after))

    def _of(self, title: str, cell: str) -> Said:
        return self.said.setdefault((title, cell), Said())

    def of(self, title: str, cell: str) -> Said:
        """What is said of a cell, by findings about it or about the whole file."""
        own = self.said.get((title, cell), Said())
        return Said(own.codes | self.whole, own.repairs)

    def findings(self) -> set[tuple[str, str, str]]:
        """All findings by code, sheet and cell."""
        return {(one.code, one.sheet, cell) for one in self.returned.findings for cell in one.cells or ("",)}

    def codes_in_row(self, title: str, row: int) -> set[str]:
        """The findings about any cell of a row."""
        return {
            code
            for (sheet, cell), one in self.said.items()
            if sheet == title and place(cell)[0] == row
            for code in one.codes
        }

    @property
    def titles(self) -> tuple[str, ...]:
        """The sheets that were read."""
        return tuple(located.title for located in self.returned.located.values())

    def sheets(self) -> Iterator[tuple[Sheet, Located, pd.DataFrame]]:
        """Every sheet that was read, where it lies, its rows."""
        for name, located in self.returned.located.items():
            frame = self.batch.tables[name]
            yield self.batch.form.by_name[name], located, frame[frame["_return"] == self.returned.index]

    def values(self) -> dict[tuple[str, str], object]:
        """All values by title and address."""
        return {
            (located.title, cell): value
            for sheet, located, frame in self.sheets()
            for _, cell, _, value in _cells(sheet, located, frame)
        }


def _cells(sheet: Sheet, located: Located, frame: pd.DataFrame) -> Iterator[tuple[int, str, Column, object]]:
    for record in frame.to_dict("records"):
        for column in sheet.columns:
            if cell := located.cell(column.name, record["_row"]):
                yield record["_row"], cell, column, _plain(record[column.name])


def _plain(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value if isinstance(value, str | Decimal) else int(value)  # type: ignore[call-overload]


def compare(ours: Ours, grids: Grids, reader: str, held: Grids | None = None) -> Iterator[Case | None]:
    """One item for every cell that holds something for either: the case, None where both say the same.

    Args:
        held: the values of openpyxl, where `grids` are the texts on the screen.
    """
    for sheet, located, frame in ours.sheets():
        grid = grids[located.title]
        for _, cell, column, mine in _cells(sheet, located, frame):
            theirs = _at(grid, cell)
            said = ours.of(located.title, cell)
            if mine is None and theirs is None:
                continue
            under = _at(held[located.title], cell) if held else None
            case = Case(reader, column, mine, theirs, said, located.title, cell, under)
            yield None if same(mine, theirs) else case
        if sheet.layout == "table":
            yield from _left_out(ours, sheet, located, set(frame["_row"]), grid, reader)


def _left_out(
    ours: Ours, sheet: Sheet, located: Located, read: set[int], grid: Sequence, reader: str
) -> Iterator[Case]:
    """Rows below the headings that hold something in our columns and were not read."""
    for row in range(located.header_row + 1, len(grid) + 1):
        if row in read:
            continue
        held = [(sheet.by_name[name], _at(grid, f"{letters}{row}")) for name, letters in located.letters.items()]
        held = [(column, value) for column, value in held if value is not None]
        if held:
            said = Said(ours.codes_in_row(located.title, row))
            yield Case(reader, held[0][0], None, held[0][1], said, located.title, address(row, 1), row=tuple(held))


def _at(grid: Sequence[Sequence[object]], cell: str) -> object:
    row, column = place(cell)
    value = grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else None
    return None if value == "" else value


def number(value: object) -> Decimal | None:
    """The number that a value is, or that a plain text writes; None for others."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return Decimal(f"{value:.15g}") if value - value == 0 else None
    try:
        found = Decimal(str(value)) if str(value).isascii() and "_" not in str(value) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def day(value: object) -> dt.date | None:
    """The day that a value is at midnight, or that a text writes as 2025-03-01; None for others."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else None
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def same(mine: object, theirs: object) -> bool:
    """Whether two readers say the same text, number or day."""
    if isinstance(mine, str):
        return mine == theirs
    if isinstance(mine, dt.date):
        return mine == day(theirs)
    return mine is not None and number(mine) == number(theirs)
