"""The sheets of one file as grids of cells, each read at most once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from toolkit.model.cell import NAME_IN_XML, letters
from toolkit.ooxml.canonical import check
from toolkit.ooxml.usual import STRINGS, STYLES, WORKBOOK
from toolkit.reading import foreign
from toolkit.reading.appearance import Appearance
from toolkit.reading.census import Place, sheet_parts, sheet_xml
from toolkit.reading.gate import XLSX, Package
from toolkit.reading.looks import has_symbols, symbols, symbols_in
from toolkit.reading.other_looks import appearances
from toolkit.reading.our_lists import last_rows, may_hold_more
from toolkit.reading.rescue import misread_cells, without_bad_cells
from toolkit.reading.symbols import as_shown

_NUMBER = re.compile(rb'<c r="' + NAME_IN_XML + rb'"(?: s="[0-9]+")?><v>')

UNKNOWN_LOOKS = "F044"

Note = tuple[str, str, tuple[str, ...], dict[str, str]]
"""Code, sheet title, cells, facts."""


@lru_cache(maxsize=64)
def _checked(part: bytes) -> None:
    """Refuses a part that is not well-formed; one that comes with the form is looked at once."""
    if part:
        check(part)


class Book:
    """A workbook whose sheets are read at most once; a sheet that cannot be read is empty and noted.

    Args:
        workbook: as the reader of values opened it.
        package: the package of an .xlsx, for a second try without the cells that the reader chokes on.
        looks: how the sheets of other formats look, by title.
    """

    @classmethod
    def of(cls, package: Package | str, data: bytes) -> Book:
        """The workbook in a file that passed the gate.

        Args:
            package, data: as from the gate.
        Raises: Refused: it needs a password, or is not well-formed.
        """
        if isinstance(package, str):
            return cls(foreign.workbook(data), looks=partial(appearances, package, data))
        if package.format == XLSX:
            return cls(foreign.workbook(package.data), package)
        return cls(foreign.workbook(package.data), looks=partial(appearances, package, data))

    def __init__(
        self,
        workbook: foreign.Workbook,
        package: Package | None = None,
        looks: Callable[[], dict[str, Appearance] | None] = dict,
    ) -> None:
        self._workbook, self._package, self._looks = workbook, package, looks
        self._appearances: dict[str, Appearance] | None = None
        if package:
            self._check(STRINGS)
            _checked(package.part(STYLES))
        self._has_symbols = package is not None and has_symbols(package)
        self.marks: dict[str, dict[Place, tuple[str, str]]] = {}
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
                self._show_symbols(title, symbols(self._package, sheet_xml(self._package, title)))  # type: ignore[arg-type]
            elif self._package is None:
                self._grids[title] = with_one_kind_of_number(self._grids[title])
                self._show_texts(title)
                self._show_symbols(title, symbols_in(self.appearance(title).looks))
        return self._grids[title]

    def appearance(self, title: str) -> Appearance:
        """How a sheet looks."""
        if self._package:
            return Appearance.of(self._package, title, sheet_xml(self._package, title))
        if self._appearances is None:
            known = self._looks()
            self._appearances = known or {}
            self.notes += [(UNKNOWN_LOOKS, "", (), {})] if known is None else []
        return self._appearances.get(title, Appearance())

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
        return _NUMBER.search(xml) is not None or xml.count(b"<row ") > longest or may_hold_more(xml, self.lists())

    def lists(self) -> Mapping[int, int]:
        """Where our lists of options stand, see our_lists.py; none in other formats."""
        return last_rows(self._package.part(WORKBOOK)) if self._package else {}

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

    def _show_texts(self, title: str) -> None:
        """Texts become what the screen shows, where the reader of values takes what is hidden or drawn over it too."""
        grid = self._grids[title]
        for (row, column), text in self.appearance(title).texts.items():
            if row < len(grid) and column < len(grid[row]) and grid[row][column].__class__ is str:
                grid[row][column] = text

    def _show_symbols(self, title: str, fonts: Mapping[Place, str]) -> None:
        """Letters in a symbol font become what the screen shows, where that is known."""
        grid, shown = self._grids[title], set()
        for (row, column), font in fonts.items():
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


def with_one_kind_of_number(grid: list[list[object]]) -> list[list[object]]:
    """The cells with whole numbers as those of an .xlsx: the reader gives those of an .xls in two kinds.

    >>> with_one_kind_of_number([[30, True, "", 1.5]])
    [[30.0, True, '', 1.5]]
    """
    return [[float(cell) if cell.__class__ is int else cell for cell in row] for row in grid]  # type: ignore[arg-type]
