"""The sheets of one file as grids of cells, each read at most once."""

from __future__ import annotations

import re

from toolkit.model.cell import NAME_IN_XML, letters
from toolkit.ooxml.canonical import check
from toolkit.ooxml.usual import STRINGS, STYLES
from toolkit.reading import foreign
from toolkit.reading.appearance import Appearance
from toolkit.reading.census import Place, sheet_parts, sheet_xml
from toolkit.reading.gate import XLSX, Package
from toolkit.reading.looks import has_symbols, symbols
from toolkit.reading.rescue import misread_cells, without_bad_cells
from toolkit.reading.symbols import as_shown

_NUMBER = re.compile(rb'<c r="' + NAME_IN_XML + rb'"(?: s="[0-9]+")?><v>')

Note = tuple[str, str, tuple[str, ...], dict[str, str]]
"""Code, sheet title, cells, facts."""


class Book:
    """A workbook whose sheets are read at most once; a sheet that cannot be read is empty and noted.

    Args:
        workbook: as the reader of values opened it.
        package: the package of an .xlsx, for a second try without the cells that the reader chokes on.
    """

    @classmethod
    def of(cls, package: Package | str, data: bytes) -> Book:
        """The workbook in a file that passed the gate.

        Args:
            package, data: as from the gate.
        Raises: Refused: it needs a password, or is not well-formed.
        """
        if isinstance(package, str):
            return cls(foreign.workbook(data))
        return cls(foreign.workbook(package.data), package if package.format == XLSX else None)

    def __init__(self, workbook: foreign.Workbook, package: Package | None = None) -> None:
        self._workbook, self._package = workbook, package
        for name in (STRINGS, STYLES) if package else ():
            self._check(name)
        self._has_symbols = package is not None and has_symbols(package)
        self.marks: dict[str, dict[Place, tuple[str, str]]] = {}
        self.appearances: dict[str, Appearance] = {}
        self._grids: dict[str, list] = {}
        self.symbols: dict[str, frozenset[Place]] = {}
        self.failed: set[str] = set()
        self.notes: list[Note] = []
        listed = [meta for meta in workbook.sheets_metadata if meta.typ == foreign.WORKSHEET]
        self.titles = list(dict.fromkeys(meta.name for meta in listed))
        self.doubled = {meta.name for meta in listed if sum(m.name == meta.name for m in listed) > 1}
        self.hidden = {m.name for m in listed if m.visible != foreign.VISIBLE}

    def grid(self, title: str) -> list:
        """The cells of a sheet, from A1, as rows of equal length."""
        if title not in self._grids:
            if self._package:
                part = sheet_parts(self._package).get(title, "")
                self._package.open_sheet(part)
                self._check(part)
            try:
                self._grids[title] = foreign.grid(self._workbook, title)
            except foreign.NO_SHEET:
                self._grids[title] = self._second_try(title)
            if self._package:
                self._empty_misread(title)
            if self._has_symbols:
                self._show_symbols(title)
        return self._grids[title]

    def holds_values(self, title: str, column: int) -> bool:
        """Whether a sheet has values that no formula gives in a column (from 0) or the next two, as its bytes say."""
        if self._package is None:
            return True
        xml = sheet_xml(self._package, title)
        own = "|".join(letters(at) for at in range(column + 1, column + 4)).encode()
        return re.search(rb' r="(?=%s)%s"[^>/]*><(?!f)' % (own, NAME_IN_XML), xml) is not None

    def holds_records(self, title: str, longest: int) -> bool:
        """Whether a sheet of lists has numbers, or more rows than lists have, as far as its bytes say at a glance.

        Args:
            longest: rows of the longest list, with its heading.
        """
        if self._package is None:
            return True
        xml = sheet_xml(self._package, title)
        return _NUMBER.search(xml) is not None or xml.count(b"<row ") > longest

    def merged(self, title: str) -> list[tuple[Place, Place]]:
        """First and last cell of every merged area of a sheet; none where the format or the file does not say."""
        return [] if title in self.failed else foreign.merged(self._workbook, title)

    def _check(self, name: str) -> None:
        """Refuses a workbook with a part that is not well-formed."""
        assert self._package is not None
        if part := self._package.part(name):
            check(part)

    def _empty_misread(self, title: str) -> None:
        """Cells that the reader of values takes for what they are not become empty and are named."""
        assert self._package is not None
        grid, misread = self._grids[title], misread_cells(self._package, sheet_xml(self._package, title))
        for row, column in misread:
            if 0 <= row < len(grid) and column < len(grid[row]):
                grid[row][column] = ""
        if misread:
            self.marks[title] = misread | self.marks.get(title, {})

    def _show_symbols(self, title: str) -> None:
        """Letters in a symbol font become what the screen shows, where that is known."""
        assert self._package is not None
        grid, shown = self._grids[title], set()
        for (row, column), font in symbols(self._package, sheet_xml(self._package, title)).items():
            cell = grid[row][column] if row < len(grid) and column < len(grid[row]) else ""
            if cell.__class__ is str and cell and (text := as_shown(cell, font)):  # type: ignore[arg-type]
                grid[row][column] = text
                shown.add((row, column))
        if shown:
            self.symbols[title] = frozenset(shown)

    def _second_try(self, title: str) -> list:
        try:
            mended = without_bad_cells(self._package, title) if self._package else None
            if mended:
                self.marks[title] = mended[1]
                return foreign.grid(foreign.workbook(mended[0]), title)
        except foreign.NO_SHEET:
            self.marks.pop(title, None)
        self.failed.add(title)
        self.notes.append(("F016", title, (), {}))
        return []
