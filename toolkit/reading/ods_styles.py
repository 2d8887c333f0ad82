"""The styles of an .ods file: what they do to texts and to the sizes of rows and columns, always and at times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from toolkit.reading.at_times import Effect, effect_of
from toolkit.reading.inks import BLACK, PAPER, Colour, are_alike, from_hex
from toolkit.reading.looks import CROSSED, FILLED, RAISED, STRUCK, SYMBOL, TINY, UNSEEN
from toolkit.reading.number_formats import shows_all
from toolkit.reading.ods_formats import KINDS, Formats
from toolkit.reading.symbols import symbol_font

CELL, TEXT, PARAGRAPH, ROW, COLUMN, GRAPHIC = "table-cell", "text", "paragraph", "table-row", "table-column", "graphic"
_POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "pt": 1.0, "pc": 12.0, "px": 0.75}
_LENGTH = re.compile(r"(-?[0-9]*\.?[0-9]+)(in|cm|mm|pt|pc|px)")
_FORMAT, _MAPPED = "style:data-style-name", "style:map"
_ON, _OWN = "true", re.compile(r"(?:'(?:[^']|'')*'|[^\s:'.]+)?\.")
_USUAL = "Default"

Named = tuple[str, str]
"""Family and name of a style."""


def points(text: str) -> float | None:
    """A length in points; None for none.

    >>> points("0.5in"), points("1mm") == 7.2 / 2.54, points("12"), points("100%")
    (36.0, True, None, None)
    """
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _POINTS[found[2]] if found else None


def cells_named(text: str) -> str:
    """The areas in an .ods file without the names of their sheets.

    >>> cells_named("甲.A7:甲.F21 $'乙 表'.$B$2"), cells_named(".C3")
    ('A7:F21 $B$2', 'C3')
    """
    return _OWN.sub("", text.replace("$'", "'"))


@dataclass(frozen=True)
class Look:
    """What styles do to a text; a colour that is None is none of their own."""

    struck: bool = False
    crossed: bool = False
    raised: bool = False
    tiny: bool = False
    filled: bool = False
    gone: bool = False
    ink: Colour | None = BLACK
    ground: Colour | None = PAPER
    font: str = ""
    locked_away: bool = False
    """Shown by no program as long as the sheet is protected."""

    def over(self, given: dict[str, str], fonts: dict[str, str]) -> Look:
        """The same with the properties of one element.

        Args:
            fonts: symbol fonts by the names that the file gives them.
        """
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
            elif key in ("fo:font-size", "style:font-size-asian") and (size := points(value)) is not None:
                found = replace(found, tiny=size <= TINY)
            elif key in ("fo:font-family", "style:font-name"):
                found = replace(found, font=fonts.get(value, symbol_font(value)))
            elif key == "style:font-charset" and value == "x-symbol" and not found.font:
                found = replace(found, font=given.get("fo:font-family", "?").strip("'").casefold())
            elif key in _FLAGS:
                found = replace(found, **{_FLAGS[key][0]: value == _FLAGS[key][1]})
        return found

    def seen(self) -> frozenset[str]:
        """As in looks.py."""
        unseen = self.tiny or are_alike(self.ink, self.ground)
        every = ((STRUCK, self.struck), (CROSSED, self.crossed), (RAISED, self.raised), (UNSEEN, unseen))
        marks = {mark for mark, on in (*every, (FILLED, self.filled)) if on}
        return frozenset(marks | ({f"{SYMBOL} {self.font}"} if self.font else set()))


_FLAGS = {
    "style:repeat-content": ("filled", _ON),
    "text:display": ("gone", "none"),
    "style:cell-protect": ("locked_away", "hidden-and-protected"),
}


class AtTimes(NamedTuple):
    """What a style does when a condition holds; the code of its number format when that could mislead."""

    effect: Effect
    code: str


class Block(NamedTuple):
    """A conditional format: its areas, the styles that it applies, whether it shows signs or bars without numbers."""

    areas: str
    styles: list[str]
    hides_numbers: list[bool]


@dataclass
class _Style:
    """One style as it is written."""

    parent: str = ""
    own: dict[str, str] = field(default_factory=dict)
    given: list[dict[str, str]] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)


class Styles:
    """Collects the styles of both parts, and the conditional formats by the title of their sheet."""

    def __init__(self) -> None:
        self.formats, self.blocks = Formats(), dict[str, list[Block]]()
        self._styles: dict[Named, _Style] = {}
        self._fonts: dict[str, str] = {}
        self._open: _Style | None = None
        self._in_format, self._title = False, ""
        self._block: Block | None = None
        self._at_times: dict[str, AtTimes] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if name in KINDS or self._in_format:
            self._in_format = True
            self.formats.start(name, given)
        elif name in ("style:style", "style:default-style"):
            self._open = _Style(given.get("style:parent-style-name", ""), given)
            for title in ("style:name", "style:display-name"):
                if title in given or name != "style:style":
                    self._styles[given.get("style:family", ""), given.get(title, "")] = self._open
        elif name == "style:font-face":
            self._face(given)
        elif self._open is not None and name == _MAPPED:
            self._open.maps.append(given.get("style:apply-style-name", ""))
        elif self._open is not None and name.endswith("-properties"):
            self._open.given.append(given)
        elif name == "table:table":
            self._title = given.get("table:name", "")
        elif name == "calcext:conditional-format":
            self._block = Block(cells_named(given.get("calcext:target-range-address", "")), [], [])
            self.blocks.setdefault(self._title, []).append(self._block)
        elif self._block is not None:
            self._condition(self._block, name, given)

    def _face(self, given: dict[str, str]) -> None:
        family = given.get("svg:font-family", "").strip("'")
        known = symbol_font(family) or (family.casefold() if given.get("style:font-charset") == "x-symbol" else "")
        self._fonts[given.get("style:name", "")] = known

    @staticmethod
    def _condition(block: Block, name: str, given: dict[str, str]) -> None:
        if "calcext:apply-style-name" in given or "calcext:style" in given:
            block.styles.append(given.get("calcext:apply-style-name") or given["calcext:style"])
        colours = (given.get("calcext:color", ""), given.get("calcext:positive-color", ""))
        dark = any(are_alike(BLACK, from_hex(one)) for one in colours if one.startswith("#"))
        block.hides_numbers.append(dark or given.get("calcext:show-value") == "false")

    def text(self, data: str) -> None:
        """Text, which is of number formats alone."""
        if self._in_format:
            self.formats.text(data)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._in_format:
            self.formats.end(name)
            self._in_format = name not in KINDS
        elif name in ("style:style", "style:default-style"):
            self._open = None
        elif name == "calcext:conditional-format":
            self._block = None

    def look(self, *names: Named) -> Look:
        """What styles do to a text, one over the other."""
        found = Look()
        for family, name in names:
            for style in self._chain(family, name):
                for given in style.given:
                    found = found.over(given, self._fonts)
        return found

    def _chain(self, family: str, name: str) -> list[_Style]:
        """A style and those from which it inherits, these first."""
        chain: list[_Style] = []
        while (style := self._styles.get((family, name))) is not None and style not in chain:
            chain.insert(0, style)
            name = style.parent
        return chain

    def _own(self, family: str, name: str, key: str) -> str:
        """What the innermost style says of something."""
        every = [given for style in self._chain(family, name) for given in (style.own, *style.given)]
        return next((given[key] for given in reversed(every) if key in given), "")

    def form(self, name: str) -> str:
        """The name of the number format of a style of cells."""
        return self._own(CELL, name, _FORMAT)

    def height(self, name: str) -> float | None:
        """The height in points that a style gives to rows, whatever their content."""
        return points(self._own(ROW, name, "style:row-height"))

    def fits(self, name: str) -> bool:
        """Whether rows of a style are as high as their content needs."""
        return self._own(ROW, name, "style:use-optimal-row-height") == _ON

    def width(self, name: str) -> float | None:
        """The width in points that a style gives to columns."""
        return points(self._own(COLUMN, name, "style:column-width"))

    def is_filled(self, name: str) -> bool:
        """Whether shapes of a style have a ground."""
        return self._own(GRAPHIC, name, "draw:fill") != "none"

    def applied(self, name: str) -> list[str]:
        """The styles that take the place of a style of cells when their condition holds."""
        return [one for style in self._chain(CELL, name) for one in style.maps]

    def at_times(self, name: str) -> AtTimes:
        """What a style does where a condition applies it, beyond what every cell looks like."""
        if name not in self._at_times:
            self._at_times[name] = self._find_at_times(name)
        return self._at_times[name]

    def _find_at_times(self, name: str) -> AtTimes:
        look = Look(ink=None, ground=None)
        for style in self._chain(CELL, name):
            if style.own.get("style:name") != _USUAL:
                for given in style.given:
                    look = look.over(given, self._fonts)
        code = self.formats.code(self.form(name))
        ground = (look.ground,) if look.ground is not None else ()
        marks = frozenset(
            {one for one, on in ((STRUCK, look.struck), (RAISED, look.raised), (UNSEEN, look.tiny)) if on}
        )
        return AtTimes(effect_of(marks, look.ink, ground), "" if shows_all(code) else code)
