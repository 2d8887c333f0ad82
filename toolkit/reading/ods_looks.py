"""How the sheets of an .ods file look: styles, runs inside texts, what is hidden, merged or drawn over cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from toolkit.model.cell import areas
from toolkit.reading.appearance import NO_NUMBERS, Appearance, in_blocks, is_in
from toolkit.reading.at_times import Effect
from toolkit.reading.census import Place
from toolkit.reading.display import Block
from toolkit.reading.gate import Package
from toolkit.reading.inks import are_alike
from toolkit.reading.looks import PART_STRUCK, RAISED, STRUCK, UNSEEN
from toolkit.reading.number_formats import GENERAL
from toolkit.reading.ods_drawings import Drawings, Sizes
from toolkit.reading.ods_settings import views
from toolkit.reading.ods_styles import CELL, COLUMN, ROW, Look, Named, Styles
from toolkit.reading.ods_texts import CellText

_MOST_REPEATS = 10_000
_LOW, _NARROW = 3.0, 5.0
"""Rows and columns that are smaller (in points) show nothing."""
_USUAL_HEIGHT, _USUAL_WIDTH = 12.8, 64.0
_SPANNED = ("table:number-rows-spanned", "table:number-columns-spanned")
_CELLS = ("table:table-cell", "table:covered-table-cell")
_SHEET, _ROW, _COLUMN, _SHAPES = "table:table", "table:table-row", "table:table-column", "table:shapes"
_GROUPS = {"table:table-row-group": ROW, "table:table-column-group": COLUMN}
_BODY, _AT_TIMES = b"<office:body", "calcext:"
_DEFAULT: Named = (CELL, "Default")
_BEYOND_PLAIN = re.compile(
    rb"<(?!/|\?|table:table(?:-row|-cell|-column)?[ />]|text:p[ />]|office:(?!annotation))|visibility|-spanned"
)
"""Something in a sheet but cells with texts and numbers, all of them shown."""


@dataclass
class _Cell:
    """A cell that is being read."""

    given: dict[str, str]
    text: CellText
    runs: list[frozenset[str]] = field(default_factory=list)


class _Face(NamedTuple):
    """What a style does to cells: their look, what the ink of its number format adds, its code, styles at times."""

    look: Look
    more: frozenset[str]
    code: str
    applied: list[str]


def of_ods(package: Package) -> dict[str, Appearance]:
    """The sheets of a file, by title."""
    content, common = package.part("content.xml"), package.part("styles.xml")
    if not common and not package.part("settings.xml") and not _BEYOND_PLAIN.search(content):
        return {}
    styles = Styles()
    for part, whole in ((common, True), (content.partition(_BODY)[0], False)):
        if part:
            _parse(part, styles, whole=whole)
    sheets = _Sheets(styles)
    _parse(content, sheets)
    for title, seen in sheets.found.items():
        views(package.part("settings.xml"), title).change(seen)
    return sheets.found


def _parse(part: bytes, reader, *, whole: bool = True) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartCdataSectionHandler = reader.text, getattr(reader, "wrapped", None)
    parser.buffer_text = True
    parser.Parse(part, whole)


class _Sheets:
    """Walks the sheets."""

    def __init__(self, styles: Styles) -> None:
        self.found: dict[str, Appearance] = {}
        self._styles, self._known = styles, dict[tuple[Named, ...], Look]()
        self._gone, self._faces = dict[Named, bool](), dict[str, _Face]()
        self._marks_of: dict[Look, frozenset[str]] = {}
        self._cell: _Cell | None = None
        self._closed = {ROW: 0, COLUMN: 0}
        self._groups: list[bool] = []
        self._begin("", {})

    def _begin(self, title: str, given: dict[str, str]) -> None:
        self._title, self._locked = title, given.get("table:protected") == "true"
        self._columns: list[str] = []
        self._hidden: dict[str, list[int]] = {ROW: [], COLUMN: []}
        self._row, self._rows, self._column, self._row_style = 0, 1, 0, ""
        self._sizes, self._on_sheet = {ROW: Sizes(_USUAL_HEIGHT), COLUMN: Sizes(_USUAL_WIDTH)}, False
        self._drawings = Drawings(self._styles)
        self._shown_as: dict[Place, Look] = {}
        self._applied: dict[tuple[str, Look], list[Place]] = {}
        self._seen = Appearance({}, [], self._hidden[ROW], self._hidden[COLUMN], [], formats={}, texts={}, beside=set())

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if self._cell is not None:
            self._cell.text.start(name, given)
            if self._drawings.is_open or name.startswith(("draw:", "dr3d:")) or name == "office:annotation":
                self._drawings.start(name, given, (self._row, self._column))
        elif self._on_sheet:
            self._drawings.start(name, given, None)
        elif name in _CELLS:
            self._cell = _Cell(given, CellText(self._is_gone))
        elif name == _ROW:
            self._start_row(given)
        elif name == _COLUMN:
            self._add_column(given)
        elif name.startswith(_AT_TIMES):
            self._styles.start(name, given)
        elif name == _SHEET:
            self._begin(given.get("table:name", ""), given)
            self._styles.start(name, given)
            self.found.setdefault(self._title, self._seen)
        elif name in _GROUPS:
            self._groups.append(given.get("table:display") == "false")
            self._closed[_GROUPS[name]] += self._groups[-1]
        self._on_sheet |= name == _SHAPES

    def _start_row(self, given: dict[str, str]) -> None:
        self._column, self._rows = 0, int(given.get("table:number-rows-repeated", "1"))
        self._row_style = given.get("table:default-cell-style-name", "")
        style = given.get("table:style-name", "")
        size = self._styles.height(style)
        low = size is not None and size < _LOW and not self._styles.fits(style)
        self._place(ROW, given, self._row, self._rows, _USUAL_HEIGHT if size is None else size, low)

    def _add_column(self, given: dict[str, str]) -> None:
        times = min(int(given.get("table:number-columns-repeated", "1")), _MOST_REPEATS)
        size = self._styles.width(given.get("table:style-name", ""))
        narrow = size is not None and size < _NARROW
        self._place(COLUMN, given, len(self._columns), times, _USUAL_WIDTH if size is None else size, narrow)
        self._columns += [given.get("table:default-cell-style-name", "")] * times

    def _place(self, kind: str, given: dict[str, str], at: int, times: int, size: float, too_small: bool) -> None:
        """Notes how large rows or columns are, and whether they are hidden."""
        away = given.get("table:visibility", "visible") != "visible" or self._closed[kind] > 0
        self._sizes[kind].runs.append((times, 0.0 if away else size))
        if away or too_small:
            self._hidden[kind] += range(at, at + min(times, _MOST_REPEATS))

    def _is_gone(self, named: Named) -> bool:
        if named not in self._gone:
            self._gone[named] = self._styles.look(named).gone
        return self._gone[named]

    def wrapped(self) -> None:
        """Text that the reader of values does not see begins."""
        if self._cell is not None:
            self._cell.text.differs = True

    def text(self, data: str) -> None:
        """Text of a cell, or of what is drawn."""
        if self._drawings.is_open:
            self._drawings.text(data)
        if self._cell is not None and self._cell.text.text(data) and data.strip():
            self._cell.runs.append(self._marks(self._look(self._cell, *self._cell.text.names)))

    def _style_of(self, cell: _Cell) -> str:
        default = self._row_style or (self._columns[self._column] if self._column < len(self._columns) else "")
        return cell.given.get("table:style-name", default)

    def _look(self, cell: _Cell, *inner: Named) -> Look:
        names = (_DEFAULT, (CELL, self._style_of(cell)), *inner)
        if names not in self._known:
            self._known[names] = self._styles.look(*names)
        return self._known[names]

    def _marks(self, look: Look) -> frozenset[str]:
        if look not in self._marks_of:
            self._marks_of[look] = look.seen()
        return self._marks_of[look] | ({UNSEEN} if look.locked_away and self._locked else set())

    def end(self, name: str) -> None:
        """An element ends."""
        if self._drawings.is_open:
            self._drawings.end(name)
        if name in _CELLS and self._cell is not None:
            self._close(self._cell)
        elif self._cell is not None:
            self._cell.text.end()
        elif name == _ROW:
            self._row += self._rows
        elif name == _SHAPES:
            self._on_sheet = False
        elif name in _GROUPS:
            self._closed[_GROUPS[name]] -= self._groups.pop()
        elif name.startswith(_AT_TIMES):
            self._styles.end(name)
        elif name == _SHEET:
            self._finish()

    def _close(self, cell: _Cell) -> None:
        times = int(cell.given.get("table:number-columns-repeated", "1"))
        held = "office:value-type" in cell.given or cell.text.shown.strip()
        if held and self._rows * times <= _MOST_REPEATS:
            rows, columns = range(self._row, self._row + self._rows), range(self._column, self._column + times)
            self._note(cell, [(row, column) for row in rows for column in columns])
        if _SPANNED[0] in cell.given or _SPANNED[1] in cell.given:
            down, right = (int(cell.given.get(side, "1")) for side in _SPANNED)
            area = (self._row, self._column, self._row + down - 1, self._column + right - 1)
            self._seen.merged.extend([area] if down > 1 or right > 1 else ())  # type: ignore[attr-defined]
        self._column, self._cell = self._column + times, None

    def _note(self, cell: _Cell, places: list[Place]) -> None:
        """Notes how a cell with a value looks."""
        face = self._face(cell)
        runs = cell.runs or [self._marks(face.look)]
        seen = frozenset[str]().union(*runs) | face.more
        if len(set(runs)) > 1 and seen & {STRUCK, RAISED}:
            seen = (seen - {STRUCK, RAISED}) | {PART_STRUCK}
        taken = not cell.text.differs or "office:string-value" in cell.given
        for place in places:
            self._shown_as[place] = face.look
            if seen:
                self._seen.looks[place] = seen  # type: ignore[index]
            if face.code not in GENERAL:
                self._seen.formats[place] = face.code  # type: ignore[index]
            if not taken:
                self._seen.texts[place] = cell.text.shown  # type: ignore[index]
            if cell.text.hides:
                self._seen.beside.add(place)  # type: ignore[attr-defined]
        for one in face.applied:
            self._applied.setdefault((one, face.look), []).extend(places)

    def _face(self, cell: _Cell) -> _Face:
        style = self._style_of(cell)
        if style not in self._faces:
            look, form = self._look(cell), self._styles.form(style) or self._styles.form(_DEFAULT[1])
            lost = any(are_alike(ink, look.ground) for ink in self._styles.formats.inks(form))
            more = frozenset({UNSEEN} if lost else ())
            self._faces[style] = _Face(look, more, self._styles.formats.code(form), self._styles.applied(style))
        return self._faces[style]

    def _finish(self) -> None:
        """What is known of a sheet when all its rows are."""
        self._seen.pictures = self._drawings.found(self._sizes[ROW], self._sizes[COLUMN])
        for (style, look), places in self._applied.items():
            effect = self._change(style, in_blocks(places))
            if effect.paints and effect.loses(look.ink, (look.ground,)):
                self._seen.changing.hidden.extend(in_blocks(places))
        for block in self._styles.blocks.get(self._title, ()):
            found = [(one.top - 1, one.left - 1, one.bottom - 1, one.right - 1) for one in areas(block.areas)]
            for style in block.styles:
                if (effect := self._change(style, found)).paints:
                    self._paint(effect, found)
            if any(block.hides_numbers):
                self._seen.changing.formats.extend((one, NO_NUMBERS) for one in found)

    def _change(self, style: str, blocks: list[Block]) -> Effect:
        """Notes what a style does to whatever cells at times; what depends on the look of a cell is left to do."""
        effect, code = self._styles.at_times(style)
        self._seen.changing.formats.extend((one, code) for one in blocks if code)
        self._seen.changing.hidden.extend(blocks if effect.hides else ())
        return effect

    def _paint(self, effect: Effect, blocks: list[Block]) -> None:
        """Notes the cells that nobody can read in the ink or on the ground that they get at times."""
        lost = {look for look in set(self._shown_as.values()) if effect.loses(look.ink, (look.ground,))}
        found = [place for place, look in self._shown_as.items() if look in lost] if lost else []
        self._seen.changing.hidden.extend(in_blocks(place for place in found if is_in(place, blocks)))
