"""Which sheet of a file is which sheet of the form: by title, else by the labels it carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.model.layout import CHECK_MARK, CHECK_SHEET, MARK
from toolkit.ooxml.canonical import check
from toolkit.ooxml.usual import STRINGS, STYLES
from toolkit.reading import foreign, normal
from toolkit.reading.census import Place, sheet_parts, sheet_xml
from toolkit.reading.columns import SheetPlan
from toolkit.reading.cover import tick_places
from toolkit.reading.gate import XLSX, Package
from toolkit.reading.locate import score
from toolkit.reading.looks import has_symbols, symbols
from toolkit.reading.normal import compact
from toolkit.reading.rescue import without_bad_cells
from toolkit.reading.symbols import as_shown

Note = tuple[str, str, tuple[str, ...], dict[str, str]]
"""Code, sheet title, cells, facts."""

_LIKENESS = 0.6
_FEWEST = 3


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
            if self._has_symbols:
                self._show_symbols(title)
        return self._grids[title]

    def _check(self, name: str) -> None:
        """Refuses a workbook with a part that is not well-formed."""
        assert self._package is not None
        if part := self._package.part(name):
            check(part)

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


def is_looked_at(title: str) -> bool:
    """Whether rows of the form could stand on a sheet; not on our own hidden sheets, marks and 自检."""
    return not title.startswith(("_", MARK)) and title != CHECK_SHEET


def choose_sheets(
    book: Book, sheets: Sequence[SheetPlan], words: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], list[Note]]:
    """Sheet name of the form → title in the file, and what is wrong with the sheets."""
    helpers = {compact(word) for word in words["helper_sheets"]}
    looked_at = [t for t in book.titles if is_looked_at(t)]
    titles = [t for t in looked_at if compact(t) not in helpers]
    chosen: dict[str, str] = {}
    notes: list[Note] = []
    rest = list(titles)
    unclear: set[str] = set()
    for sheet in sheets:
        exact = [t for t in titles if compact(t) in sheet.titles]
        loose = [t for t in rest if t not in exact and normal.title(t) in map(normal.title, sheet.titles)]
        same = [t for t in exact + loose if t == (exact + loose)[0] or _filled(book, t, sheet)]
        if any(t in book.doubled for t in same) or len(same) > 1:
            notes.append(("S005", sheet.label, (), {"titles": "、".join(same)}))
            unclear.add(sheet.name)
        elif same:
            chosen[sheet.name] = same[0]
            if same[0] not in exact and compact(same[0]) != sheet.titles[0]:
                notes.append(("S021", same[0], (), {"sheet": sheet.label}))
        rest = [t for t in rest if t not in exact + loose]
    rest = [t for t in rest if not _is_check(book, t)]
    missing = [sheet for sheet in sheets if sheet.name not in chosen and sheet.name not in unclear]
    _by_labels(book, missing, rest, chosen, notes)
    for sheet in missing:
        if sheet.name not in chosen and sheet.required:
            notes.append(("S004", sheet.label, (), {"sheet": sheet.label}))
    for sheet in sheets:
        if chosen.get(sheet.name) in book.hidden:
            notes.append(("S010", chosen[sheet.name], (), {}))
    for left in looked_at:
        if (left in rest or left not in titles) and left not in chosen.values() and any(map(any, book.grid(left))):
            note = _left_out(book, left, sheets)
            helps = {compact(left), normal.title(left)} & helpers or tick_places(book.grid(left), words)
            if note[0] == "S028" or not helps:
                notes.append(note)
    return chosen, notes


def _left_out(book: Book, title: str, sheets: Sequence[SheetPlan]) -> Note:
    """What to say of a sheet that is not read: rows under the headings of the form must not be lost quietly."""
    grid = book.grid(title)
    for sheet in sheets:
        hits, place = score(grid, sheet)
        if not sheet.vertical and hits >= max(_FEWEST, _LIKENESS * len(sheet.columns)):
            weak = {column for column, cell in enumerate(grid[place]) if _is_given(sheet, cell)}
            rows = sum(
                1
                for row in grid[place + 1 :]
                if any(cell != "" and cell not in sheet.names for at, cell in enumerate(row) if at not in weak)
            )
            if rows:
                return ("S028", title, (), {"label": sheet.label, "count": str(rows)})
    return ("S022", title, (), {})


def _is_given(sheet: SheetPlan, heading: object) -> bool:
    """Whether a column is filled in when the form is issued."""
    match = sheet.match(heading)
    return match is not None and (match[0] in sheet.prefilled or match[0] in sheet.serials)


def _is_check(book: Book, title: str) -> bool:
    """Whether a sheet is our 自检, or a copy of it, under whatever title."""
    first = next((str(cell) for row in book.grid(title)[:5] for cell in row if cell != ""), "")
    return first.startswith(CHECK_MARK)


def _filled(book: Book, title: str, sheet: SheetPlan) -> bool:
    """Whether a sheet that looks like a copy holds the labels and at least one more row."""
    grid = book.grid(title)
    hits, place = score(grid, sheet)
    if hits < 2:
        return False
    return sheet.vertical or any(cell != "" and cell not in sheet.names for row in grid[place + 1 :] for cell in row)


def _by_labels(
    book: Book, missing: Sequence[SheetPlan], rest: Sequence[str], chosen: dict[str, str], notes: list[Note]
) -> None:
    """Gives sheets that carry another title to the form sheet whose labels they hold, best likeness first."""
    likeness = []
    for sheet in missing:
        for title in rest:
            share = score(book.grid(title), sheet)[0] / len(sheet.columns)
            if share >= _LIKENESS:
                likeness.append((-share, title, sheet.name, sheet.label))
    for _, title, name, label in sorted(likeness):
        if title not in chosen.values() and name not in chosen:
            chosen[name] = title
            notes.append(("S021", title, (), {"sheet": label}))
