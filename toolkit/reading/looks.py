"""What the screen shows of a cell and its value does not say: struck out, raised, in a symbol font, in the
colour of its ground, too small, a picture.

Asked cell by cell of the styles, of the runs inside texts and of the drawings; only what differs from plain cells is
looked for, so that a plain workbook costs a few searches.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from toolkit.model.cell import IN_XML, LETTERS_IN_XML
from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.covered import Anchor, anchors, controls
from toolkit.ooxml.usual import STRINGS, STYLES, relations, relations_part
from toolkit.reading.census import Place, place_of
from toolkit.reading.display import format_codes, styled_cells
from toolkit.reading.gate import Package
from toolkit.reading.inks import BLACK, PAPER, Colour, Given, Ground, Palette, is_lost, patterned, theme_of
from toolkit.reading.number_formats import inks as inks_of
from toolkit.reading.symbols import symbol_font

STRUCK, RAISED, SYMBOL, UNSEEN, PART_STRUCK, PICTURE = "struck", "raised", "symbol", "unseen", "part", "picture"
CROSSED = "crossed"
"""Crossed out by a line from corner to corner of the cell."""
FILLED = "filled"
"""Said again and again over the width of the cell."""
INK = "ink"
"""The colour of a run, which may be that of its cell."""
Looks = dict[int, frozenset[str]]
"""Number of a style or of a text → what is to be seen of it; a symbol font by its name."""

_FONT_NAME = re.compile(rb'<(?:\w+:)?(?:rFont|name) val="([^"]*)"')
_OF_SIGNS = b'<charset val="2"'
TINY = 3.0
"""Letters of so many points and fewer are dots."""
_USUAL_SIZE = 11.0
_SYMBOL_CHARSET = "2"
_ON = ("1", "true")
_OFF = ("0", "false", "none", "baseline")
_CELL = rb'<c r="' + LETTERS_IN_XML + rb'[0-9]+"[^>]*'
_SHARED = re.compile(rb'<c r="' + IN_XML + rb'"(?: s="(\d+)")?[^>]*? t="s"[^>]*?><v>(\d+)</v>')
_OWN_STYLE = re.compile(rb' s="(\d+)"')
_INLINE = re.compile(b"(" + _CELL + rb")>(?:<f>[^<]*</f>)?<is>(.*?)</is>", re.S)
_IN_CELL = re.compile(b"(" + _CELL + rb'? vm="\d+"[^>]*)>')
_DISPIMG = re.compile(b"(" + _CELL + rb")><f[^>]*>[^<]*DISPIMG\(", re.I)
_NOTHING: frozenset[str] = frozenset()


def looks(package: Package, xml: bytes) -> dict[Place, frozenset[str]]:
    """Cells of a sheet that look otherwise than their value: place → what is to be seen."""
    found: dict[Place, frozenset[str]] = {}

    def add(place: Place, seen: frozenset[str]) -> None:
        if seen:
            found[place] = found.get(place, _NOTHING) | seen

    styles = style_looks(package.part(STYLES), theme_of(package))
    for style, seen in styles.seen.items():
        for place in styled_cells(xml, style):
            add(place, seen)
    texts = text_looks(package.part(STRINGS))
    for letters, row, style, number in _SHARED.findall(xml) if texts else ():
        if seen := texts.get(int(number)):
            add(place_of(b'r="' + letters + row + b'"'), styles.on_cell(seen, style))
    for head, inner in _INLINE.findall(xml) if b"<rPr>" in xml else ():
        style = _OWN_STYLE.search(head)
        seen = _runs(b"<si>" + inner + b"</si>").get(0, _NOTHING)
        add(place_of(head), styles.on_cell(seen, style[1] if style else b""))
    for pattern, hint in ((_IN_CELL, b' vm="'), (_DISPIMG, b"DISPIMG")):
        for head in pattern.findall(xml) if hint in xml else ():
            add(place_of(head), frozenset((PICTURE,)))
    return found


def has_symbols(package: Package) -> bool:
    """Whether a workbook names a symbol font."""
    strings = package.part(STRINGS)
    return _names_symbols(package.part(STYLES)) or (b"<rPr" in strings and _names_symbols(strings))


@lru_cache(maxsize=64)
def _names_symbols(part: bytes) -> bool:
    names = {html.unescape(name.decode("utf-8", "replace")) for name in _FONT_NAME.findall(part)}
    return _OF_SIGNS in part or any(map(symbol_font, names))


def symbols(package: Package, xml: bytes) -> dict[Place, str]:
    """Cells that are wholly in one symbol font: place → font."""
    return symbols_in(looks(package, xml))


def symbols_in(every: Mapping[Place, frozenset[str]]) -> dict[Place, str]:
    """The same of a sheet whose looks are known."""
    found = {}
    for place, seen in every.items():
        fonts = [one.removeprefix(SYMBOL + " ") for one in seen if one.startswith(SYMBOL)]
        if len(fonts) == 1:
            found[place] = fonts[0]
    return found


@dataclass(frozen=True)
class StyleLooks:
    """The cell formats that make a value look otherwise, by their number; the grounds and inks of all."""

    seen: Looks
    grounds: tuple[Ground, ...] = ()
    inks: tuple[Colour | None, ...] = ()
    palette: Palette | None = None

    def on_cell(self, seen: frozenset[str], style: bytes) -> frozenset[str]:
        """What the runs of a text look like on a cell: ink of its colour cannot be seen."""
        inks = {one for one in seen if one.startswith(INK)}
        if not inks:
            return seen
        number = int(style or 0)
        ground = self.grounds[number] if number < len(self.grounds) else (PAPER,)
        palette = self.palette or Palette(b"", b"")
        given = (tuple(one.split(" ")[1:]) for one in inks)
        unseen = any(is_lost(palette.colour(one), ground) for one in given)
        return (seen - inks) | ({UNSEEN} if unseen else _NOTHING)


@lru_cache(maxsize=64)
def style_looks(part: bytes, theme: bytes) -> StyleLooks:
    """What the cell formats of a workbook do to values."""
    if not part:
        return StyleLooks({})
    reader = cell_styles(part)
    palette = Palette(theme, part)
    grounds = tuple(fill.ground(palette) for fill in reader.fills)
    found, of_formats, inks = {}, [], []
    codes = format_codes(part.partition(b"<dxfs")[0]) if b"numFmts" in part else {}
    coloured = {
        at: [palette.of_format(name) for name in names] for at, code in codes.items() if (names := inks_of(code))
    }
    for number, (font_number, fill, border, shown_as) in enumerate(reader.formats):
        ground = grounds[fill] if fill < len(grounds) else (PAPER,)
        font = reader.fonts[font_number] if font_number < len(reader.fonts) else None
        ink = palette.colour(font.colour) if font and font.colour else BLACK
        of_formats.append(ground)
        inks.append(ink)
        if font:
            every = coloured.get(shown_as) or (ink,)
            seen = font.seen() | ({UNSEEN} if any(is_lost(one, ground) for one in every) else _NOTHING)
            seen |= {CROSSED} if border in reader.crossed else set()
            seen |= {FILLED} if reader.aligned.get(number, {}).get("horizontal") == "fill" else set()
            if seen:
                found[number] = seen
    return StyleLooks(found, tuple(of_formats), tuple(inks), palette)


@lru_cache(maxsize=64)
def cell_styles(part: bytes) -> CellStyles:
    """What the styles of a workbook say."""
    reader = CellStyles()
    if part:
        parse(part, reader.start, reader.end)
    return reader


@lru_cache(maxsize=8)
def text_looks(part: bytes) -> Looks:
    """Shared texts of which a run looks otherwise, by their number."""
    return _runs(part) if b"<rPr" in part else {}


def _runs(part: bytes) -> Looks:
    reader = _Runs()
    parse(part, reader.start, reader.end, reader.text)
    return reader.found


@dataclass
class Font:
    """What a font does to its text."""

    struck: bool = False
    raised: bool = False
    size: float = _USUAL_SIZE
    pictorial: bool = False
    colour: Given = ()
    name: str = ""

    def take(self, name: str, given: dict[str, str]) -> None:
        """One property of the font."""
        value = given.get("val", "1")
        if name == "strike":
            self.struck = value not in _OFF
        elif name == "vertAlign":
            self.raised = value not in _OFF
        elif name in ("name", "rFont"):
            self.name = value
        elif name == "charset":
            self.pictorial = value == _SYMBOL_CHARSET
        elif name == "sz":
            self.size = float(value)
        elif name == "color":
            self.colour = tuple(f"{key}={value}" for key, value in given.items())

    def seen(self) -> frozenset[str]:
        """What it makes of a cell."""
        marks = ((STRUCK, self.struck), (RAISED, self.raised), (UNSEEN, self.size <= TINY))
        known, name = symbol_font(self.name), self.name.casefold()
        symbol = {known} if known else {name} if self.pictorial and name.isascii() else set()
        return frozenset({mark for mark, is_so in marks if is_so} | {f"{SYMBOL} {name}" for name in symbol})


@dataclass
class Fill:
    """The ground of a cell."""

    pattern: str = "none"
    front: Given = ()
    back: Given = ()
    stops: list[Given] = field(default_factory=list)

    def take(self, name: str, given: dict[str, str]) -> None:
        """One element of the fill."""
        colour = tuple(f"{key}={value}" for key, value in given.items())
        if name == "patternFill":
            self.pattern = given.get("patternType", "none")
        elif name == "fgColor":
            self.front = colour
        elif name == "bgColor":
            self.back = colour
        elif name == "color":
            self.stops.append(colour)

    def ground(self, palette: Palette) -> Ground:
        """The colours that it has for the eye."""
        if self.stops:
            return tuple(map(palette.colour, self.stops))
        if self.pattern == "none":
            return (PAPER,)
        front, back = (
            palette.colour(one) if one else usual for one, usual in ((self.front, BLACK), (self.back, PAPER))
        )
        return patterned(self.pattern, front, back)

    def ground_at_times(self, palette: Palette) -> Ground:
        """The same in a conditional format, where one that names no pattern or a solid one is in the back colour."""
        if self.pattern in ("none", "solid") and (one := self.back or self.front):
            return (palette.colour(one),)
        return self.ground(palette)


@dataclass
class CellStyles:
    """Fonts, fills, and (font, fill, border, number format) of the cell formats.

    Args:
        crossed: numbers of the borders with a line from corner to corner.
        aligned: number of a format → how it places what stands in the cell.
    """

    fonts: list[Font] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    formats: list[tuple[int, int, int, int]] = field(default_factory=list)
    borders: list[bool] = field(default_factory=list)
    crossed: set[int] = field(default_factory=set)
    aligned: dict[int, dict[str, str]] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        above = self.inside[-1] if self.inside else ""
        if above == "fonts" and name == "font":
            self.fonts.append(Font())
        elif above == "font" and self.inside[-2:-1] == ["fonts"]:
            self.fonts[-1].take(name, given)
        elif above == "fills" and name == "fill":
            self.fills.append(Fill())
        elif self.inside[1:2] == ["fills"]:
            self.fills[-1].take(name, given)
        elif above == "cellXfs" and name == "xf":
            self.formats.append(
                tuple(int(given.get(f"{part}Id", "0")) for part in ("font", "fill", "border", "numFmt"))
            )  # type: ignore[arg-type]
        elif above == "borders" and name == "border":
            self.borders.append(any(given.get(f"diagonal{way}") in _ON for way in ("Up", "Down")))
        elif above == "border" and self.inside[1:2] == ["borders"] and name == "diagonal":
            if self.borders[-1] and given.get("style", "none") != "none":
                self.crossed.add(len(self.borders) - 1)
        elif name == "alignment" and self.inside[-2:] == ["cellXfs", "xf"]:
            self.aligned[len(self.formats) - 1] = given
        self.inside.append(name)

    def end(self, _name: str) -> None:
        """An element ends."""
        self.inside.pop()


class _Runs:
    """Texts in which a run with letters is struck out, raised or in a symbol font, by their number."""

    def __init__(self) -> None:
        self.found: Looks = {}
        self._number = -1
        self._font: Font | None = None
        self._in_text = False
        self._runs: list[tuple[str, frozenset[str]]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        if name == "si":
            self._number, self._runs, self._font = self._number + 1, [], None
        elif name == "r":
            self._font = Font()
            self._runs.append(("", _NOTHING))
        elif name == "t":
            self._in_text = self._font is not None
        elif self._font is not None:
            self._font.take(name, given)

    def text(self, data: str) -> None:
        """Text."""
        if self._in_text and data.strip() and self._font is not None:
            ink = {" ".join((INK, *self._font.colour))} if self._font.colour else set()
            self._runs[-1] = (self._runs[-1][0] + data, self._font.seen() | ink)

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.rpartition(BETWEEN)[2]
        if name == "t":
            self._in_text = False
        elif name == "si":
            runs = [seen for text, seen in self._runs if text]
            seen = frozenset().union(*runs) if runs else _NOTHING
            strokes = [one & {STRUCK, RAISED} for one in runs]
            if len(runs) > 1 and any(one != strokes[0] for one in strokes):
                seen = (seen - {STRUCK, RAISED}) | ({PART_STRUCK} if seen & {STRUCK, RAISED} else _NOTHING)
            if seen:
                self.found[self._number] = seen


def pictures(package: Package, sheet: str, xml: bytes) -> list[tuple[Place, Place]]:
    """Pictures, charts, boxes, lines and comments that lie on a sheet: first and last cell that each hides.

    Args:
        sheet, xml: part name of the sheet, and the part.
    """
    found: list[Anchor] = []
    for one in relations(package.part(relations_part(sheet)), sheet):
        if one.kind == "drawing":
            found += anchors(package.part(one.target) or b"<none/>", xml)
        elif one.kind == "vmlDrawing":
            found += controls(package.part(one.target))
    return [((one.top, one.left), (one.bottom, one.right)) for one in found if one.hides]
