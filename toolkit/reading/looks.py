"""What the screen shows of a cell and its value does not say: struck out, raised, in a symbol font, white, a picture.

Asked cell by cell of the styles, of the runs inside texts and of the drawings; only what differs from plain cells is
looked for, so that a plain workbook costs a few searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from toolkit.model.cell import IN_XML, LETTERS_IN_XML
from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.covered import anchors
from toolkit.ooxml.usual import STRINGS, STYLES, relations, relations_part
from toolkit.reading.census import Place, place_of
from toolkit.reading.display import styled_cells
from toolkit.reading.gate import Package
from toolkit.reading.symbols import SYMBOL_FONTS

STRUCK, RAISED, SYMBOL, WHITE, PART_STRUCK, PICTURE = "struck", "raised", "symbol", "white", "part", "picture"
Looks = dict[int, frozenset[str]]
"""Number of a style or of a text → what is to be seen of it; a symbol font by its name."""

_HINTS = (b"<strike", b"vertAlign", b"ingdings", b"ymbol", b"ebdings", b'rgb="FFFFFFFF"', b'theme="0"', b'indexed="1"')
_HINTS += (b'indexed="9"', b'rgb="00FFFFFF"')
_SYMBOL_HINTS = (b"ingdings", b"ymbol", b"ebdings")
_WHITE_RGB, _WHITE_INDEX = ("FFFFFFFF", "00FFFFFF"), ("1", "9")
_OFF = ("0", "false", "none", "baseline")
_CELL = rb'<c r="' + LETTERS_IN_XML + rb'[0-9]+"[^>]*'
_SHARED = re.compile(rb'<c r="' + IN_XML + rb'"[^>]*? t="s"[^>]*?><v>(\d+)</v>')
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

    for style, seen in style_looks(package.part(STYLES)).items():
        for place in styled_cells(xml, style):
            add(place, seen)
    texts = text_looks(package.part(STRINGS))
    for letters, row, number in _SHARED.findall(xml) if texts else ():
        add(place_of(b'r="' + letters + row + b'"'), texts.get(int(number), _NOTHING))
    for head, inner in _INLINE.findall(xml) if b"<rPr>" in xml else ():
        add(place_of(head), _runs(b"<si>" + inner + b"</si>").get(0, _NOTHING))
    for pattern, hint in ((_IN_CELL, b' vm="'), (_DISPIMG, b"DISPIMG")):
        for head in pattern.findall(xml) if hint in xml else ():
            add(place_of(head), frozenset((PICTURE,)))
    return found


def has_symbols(package: Package) -> bool:
    """Whether a workbook names a symbol font."""
    return any(hint in package.part(name) for name in (STYLES, STRINGS) for hint in _SYMBOL_HINTS)


def symbols(package: Package, xml: bytes) -> dict[Place, str]:
    """Cells that are wholly in one symbol font: place → font."""
    found = {}
    for place, seen in looks(package, xml).items():
        fonts = [one.removeprefix(SYMBOL + " ") for one in seen if one.startswith(SYMBOL)]
        if len(fonts) == 1:
            found[place] = fonts[0]
    return found


@lru_cache(maxsize=64)
def style_looks(part: bytes) -> Looks:
    """Cell formats that make a value look otherwise, by their number."""
    if not any(hint in part for hint in _HINTS):
        return {}
    reader = _Styles()
    parse(part, reader.start, reader.end)
    found = {}
    for number, (font, fill) in enumerate(reader.formats):
        seen = reader.fonts[font].seen() if font < len(reader.fonts) else _NOTHING
        if WHITE in seen and not (fill < len(reader.white) and reader.white[fill]):
            seen -= {WHITE}
        if seen:
            found[number] = seen
    return found


@lru_cache(maxsize=8)
def text_looks(part: bytes) -> Looks:
    """Shared texts of which a run looks otherwise, by their number."""
    if not any(hint in part for hint in _HINTS[:5]):
        return {}
    return _runs(part)


def _runs(part: bytes) -> Looks:
    reader = _Runs()
    parse(part, reader.start, reader.end, reader.text)
    return reader.found


@dataclass
class _Font:
    """What a font does to its text."""

    struck: bool = False
    raised: bool = False
    white: bool = False
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
        elif name == "color":
            self.white = (given.get("rgb", "").upper() in _WHITE_RGB or given.get("indexed") in _WHITE_INDEX) or (
                given.get("theme") == "0" and float(given.get("tint", "0") or 0) == 0
            )

    def seen(self) -> frozenset[str]:
        """What it makes of a cell."""
        marks = ((STRUCK, self.struck), (RAISED, self.raised), (WHITE, self.white))
        symbol = {self.name.casefold()} & SYMBOL_FONTS.keys()
        return frozenset({mark for mark, is_so in marks if is_so} | {f"{SYMBOL} {name}" for name in symbol})


@dataclass
class _Styles:
    """Fonts, whether fills are none or white, and (font, fill) of the cell formats."""

    fonts: list[_Font] = field(default_factory=list)
    white: list[bool] = field(default_factory=list)
    formats: list[tuple[int, int]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        above = self.inside[-1] if self.inside else ""
        if above == "fonts" and name == "font":
            self.fonts.append(_Font())
        elif above == "font" and self.inside[-2:-1] == ["fonts"]:
            self.fonts[-1].take(name, given)
        elif above == "fills" and name == "fill":
            self.white.append(True)
        elif "fills" in self.inside and name == "patternFill":
            self.white[-1] = given.get("patternType", "none") == "none"
        elif "fills" in self.inside and name == "fgColor" and not self.white[-1]:
            self.white[-1] = given.get("rgb", "").upper() in _WHITE_RGB or given.get("theme") == "0"
        elif "fills" in self.inside and name == "gradientFill":
            self.white[-1] = False
        elif above == "cellXfs" and name == "xf":
            self.formats.append((int(given.get("fontId", "0")), int(given.get("fillId", "0"))))
        self.inside.append(name)

    def end(self, _name: str) -> None:
        """An element ends."""
        self.inside.pop()


class _Runs:
    """Texts in which a run with letters is struck out, raised or in a symbol font, by their number."""

    def __init__(self) -> None:
        self.found: Looks = {}
        self._number = -1
        self._font: _Font | None = None
        self._in_text = False
        self._runs: list[tuple[str, frozenset[str]]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        if name == "si":
            self._number, self._runs, self._font = self._number + 1, [], None
        elif name == "r":
            self._font = _Font()
            self._runs.append(("", _NOTHING))
        elif name == "t":
            self._in_text = self._font is not None
        elif self._font is not None:
            self._font.take(name, given)

    def text(self, data: str) -> None:
        """Text."""
        if self._in_text and data.strip() and self._font is not None:
            self._runs[-1] = (self._runs[-1][0] + data, self._font.seen() - {WHITE})

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.rpartition(BETWEEN)[2]
        if name == "t":
            self._in_text = False
        elif name == "si":
            runs = [seen for text, seen in self._runs if text]
            seen = frozenset().union(*runs) if runs else _NOTHING
            if seen and len(runs) > 1 and any(one != runs[0] for one in runs):
                seen = (seen - {STRUCK, RAISED}) | ({PART_STRUCK} if seen & {STRUCK, RAISED} else _NOTHING)
            if seen:
                self.found[self._number] = seen


def pictures(package: Package, sheet: str) -> list[tuple[Place, Place]]:
    """Pictures that lie on a sheet: first and last cell that each touches.

    Args:
        sheet: part name of the sheet.
    """
    return [
        ((found.top, found.left), (found.bottom, found.right))
        for one in relations(package.part(relations_part(sheet)), sheet)
        if one.kind == "drawing"
        for found in anchors(package.part(one.target) or b"<none/>")
        if found.is_picture
    ]
