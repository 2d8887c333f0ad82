"""How the sheets of an .ods file look: its styles, the runs inside texts, hidden rows and columns, merged cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.parsers import expat

from toolkit.reading.appearance import Appearance, Block
from toolkit.reading.census import Place
from toolkit.reading.gate import Package
from toolkit.reading.inks import BLACK, PAPER, Colour, are_alike, from_hex
from toolkit.reading.looks import CROSSED, PART_STRUCK, RAISED, STRUCK, SYMBOL, UNSEEN
from toolkit.reading.symbols import symbol_font

_MOST_REPEATS = 10_000
_TINY = 2.0
_CELLS = ("table:table-cell", "table:covered-table-cell")
_SHEET, _ROW, _COLUMN = "table:table", "table:table-row", "table:table-column"
_HINTS = (
    b"text-line-through",
    b"text-position",
    b"visibility",
    b"diagonal",
    b"-spanned",
    b"fo:color",
    b"fo:background-color",
)
_HINTS += (
    b"ymbol",
    b"ingdings",
    b"ebdings",
    b"arlett",
    b"ingbats",
    b"MT Extra",
    b'font-size="1pt"',
    b'font-size="2pt"',
)


@dataclass(frozen=True)
class _Look:
    """What a style does to its text."""

    struck: bool = False
    crossed: bool = False
    raised: bool = False
    tiny: bool = False
    ink: Colour = BLACK
    ground: Colour = PAPER
    font: str = ""

    def over(self, given: dict[str, str]) -> _Look:
        """The same with the properties of one element."""
        found = self
        for key, value in given.items():
            if key in ("style:text-line-through-style", "style:text-line-through-type"):
                found = replace(found, struck=value != "none")
            elif key in ("style:diagonal-bl-tr", "style:diagonal-tl-br") and value != "none":
                found = replace(found, crossed=True)
            elif key == "style:text-position":
                found = replace(found, raised=value.split()[0] not in ("0%", "0"))
            elif key == "fo:color" and value.startswith("#"):
                found = replace(found, ink=from_hex(value))
            elif key == "fo:background-color":
                found = replace(found, ground=from_hex(value) if value.startswith("#") else PAPER)
            elif key == "fo:font-size" and value.endswith("pt"):
                found = replace(found, tiny=float(value[:-2]) <= _TINY)
            elif key in ("fo:font-family", "style:font-name"):
                found = replace(found, font=symbol_font(value))
        return found

    def seen(self) -> frozenset[str]:
        """As in looks.py."""
        unseen = self.tiny or are_alike(self.ink, self.ground)
        every = ((STRUCK, self.struck), (CROSSED, self.crossed), (RAISED, self.raised), (UNSEEN, unseen))
        marks = {mark for mark, on in every if on}
        return frozenset(marks | ({f"{SYMBOL} {self.font}"} if self.font else set()))


def of_ods(package: Package) -> dict[str, Appearance]:
    """The sheets of a file, by title."""
    content, common = package.part("content.xml"), package.part("styles.xml")
    if not any(hint in part for hint in _HINTS for part in (content, common)):
        return {}
    styles = _Styles()
    for part in (common, content):
        if part:
            _parse(part, styles)
    sheets = _Sheets(styles)
    _parse(content, sheets)
    return sheets.found


def _parse(part: bytes, reader) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(part, True)


class _Styles:
    """Styles of cells, paragraphs and runs by name, with what they inherit."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, list[dict[str, str]]]] = {}
        self._name = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if name == "style:style":
            self._name = given.get("style:name", "")
            self._given[self._name] = given.get("style:parent-style-name", ""), []
        elif self._name and name in ("style:text-properties", "style:table-cell-properties"):
            self._given[self._name][1].append(given)

    def text(self, _data: str) -> None:
        """Text says nothing here."""

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "style:style":
            self._name = ""

    def look(self, *names: str) -> _Look:
        """What styles do to a text, one over the other."""
        found = _Look()
        for name in names:
            chain: list[str] = []
            while name in self._given and name not in chain:
                chain.insert(0, name)
                name = self._given[name][0]
            for one in chain:
                for given in self._given[one][1]:
                    found = found.over(given)
        return found


class _Sheets:
    """Walks the sheets."""

    def __init__(self, styles: _Styles) -> None:
        self.found: dict[str, Appearance] = {}
        self._styles, self._known = styles, dict[tuple[str, ...], frozenset[str]]()
        self._columns: list[str] = []
        self._hidden_columns: list[int] = []
        self._hidden_rows: list[int] = []
        self._merged: list[Block] = []
        self._looks: dict[Place, frozenset[str]] = {}
        self._row, self._rows, self._column, self._at = 0, 1, 0, 0
        self._cell: dict[str, str] | None = None
        self._row_style = ""
        self._inside: list[str] = []
        self._runs: list[frozenset[str]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if name == _SHEET:
            self._columns, self._hidden_columns, self._hidden_rows, self._merged, self._looks = [], [], [], [], {}
            self._row = self._at = 0
            title = given.get("table:name", "")
            shown = Appearance(self._looks, (), self._hidden_rows, self._hidden_columns, self._merged)
            self.found.setdefault(title, shown)
        elif name == _COLUMN:
            times = min(int(given.get("table:number-columns-repeated", "1")), _MOST_REPEATS)
            self._columns += [given.get("table:default-cell-style-name", "")] * times
            if given.get("table:visibility", "visible") != "visible":
                self._hidden_columns += range(self._at, self._at + times)
            self._at += times
        elif name == _ROW:
            self._column, self._rows = 0, int(given.get("table:number-rows-repeated", "1"))
            self._row_style = given.get("table:default-cell-style-name", "")
            if given.get("table:visibility", "visible") != "visible":
                self._hidden_rows += range(self._row, self._row + min(self._rows, _MOST_REPEATS))
        elif name in _CELLS:
            self._cell, self._runs, self._inside = given, [], []
        elif self._cell is not None:
            self._inside.append(given.get("text:style-name", "") if name.startswith("text:") else "")

    def text(self, data: str) -> None:
        """Text of a cell."""
        if self._cell is not None and self._inside and data.strip():
            self._runs.append(self._seen(*self._inside))

    def _seen(self, *inner: str) -> frozenset[str]:
        assert self._cell is not None
        default = self._row_style or (self._columns[self._column] if self._column < len(self._columns) else "")
        names = ("Default", self._cell.get("table:style-name", default), *inner)
        if names not in self._known:
            self._known[names] = self._styles.look(*names).seen()
        return self._known[names]

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _CELLS and self._cell is not None:
            self._close(self._cell)
        elif name == _ROW:
            self._row += self._rows
        elif self._cell is not None and self._inside:
            self._inside.pop()

    def _close(self, cell: dict[str, str]) -> None:
        times = int(cell.get("table:number-columns-repeated", "1"))
        if not self._runs and cell.get("office:value-type"):
            self._runs.append(self._seen())
        seen = frozenset[str]().union(*self._runs)
        if len(set(self._runs)) > 1 and seen & {STRUCK, RAISED}:
            seen = (seen - {STRUCK, RAISED}) | {PART_STRUCK}
        if seen and self._rows * times <= _MOST_REPEATS:
            for row in range(self._row, self._row + self._rows):
                self._looks |= {(row, column): seen for column in range(self._column, self._column + times)}
        down, right = (int(cell.get(f"table:number-{side}-spanned", "1")) for side in ("rows", "columns"))
        if down > 1 or right > 1:
            self._merged.append((self._row, self._column, self._row + down - 1, self._column + right - 1))
        self._column, self._cell = self._column + times, None
