"""How much of its value a cell has room to show: narrow columns, low rows, large letters, wide indents, neighbours.

Widths count in digits of the usual font of the workbook. What may be seen whole in some font is taken to be seen.
Where a program saved the rows without any width of a column, their widths are not judged; where it saved the workbook
without any alignment, nobody knows which texts were broken into lines, and none counts as cut at the side.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from toolkit.model.cell import letters
from toolkit.ooxml.shown import fixed_heights, widths
from toolkit.reading.census import Place
from toolkit.reading.display import format_codes
from toolkit.reading.lettering import WIDEST, WIDEST_ASCII, day_width, number_width, text_width
from toolkit.reading.looks import TINY, cell_styles
from toolkit.reading.number_formats import BUILT_IN, GENERAL, is_of_days
from toolkit.reading.numbers import plain
from toolkit.reading.strips import Strip

HASHES, ROUNDED, CUT, CUT_WORDS, ASIDE, TOO_SMALL, DECIMALS = "C051", "C052", "C053", "C054", "C055", "C039", "C029"
_EDGES = 5 / 7
"""What the edges of a cell take of its width."""
_NEAR = 0.3
"""So much may be missing of the last character."""
_INDENT = 1.2
_LINE = 1.2
"""Height of a line, in sizes of its font."""
_MOST_OF_LETTER = 0.75
"""Height of what is seen of letters that can still be read, in sizes of their font."""
_DIGIT = 0.5
"""Width of a digit, in sizes of its font."""
_LEAST_SHOWN = 5
"""Digits that 1E+05 takes."""
_MOST_GENERAL = 11
_HIDDEN = 0.7
_LARGE, _FAR = 1.12, 2
_SAMPLE = date(2022, 12, 22)
_SIZED = (b"<col ", b"defaultColWidth")
"""What says how wide columns are."""
_STACKED = 255
_MEASURED = (int, float, date, datetime)
"""Classes of values whose width is known; times of day, spans and TRUE are no answer to any column."""
_INDENTED = ("left", "right", "distributed")
_ONLY_INSIDE = ("fill", "justify", "distributed")
_STYLE = re.compile(rb' s="(\d+)"')


class Fit(NamedTuple):
    """How a cell format places what stands in the cell.

    Args:
        scale: size of its letters over that of the usual font; size: in points.
        turned: degrees by which the text is turned.
        code: its number format.
    """

    scale: float = 1.0
    size: float = 11.0
    across: str = ""
    indent: float = 0.0
    wraps: bool = False
    shrinks: bool = False
    turned: int = 0
    code: str = ""

    @property
    def is_strange(self) -> bool:
        """Whether even short values may not fit, or be seen elsewhere."""
        large = self.scale > _LARGE or self.indent >= _FAR * _INDENT
        return large or bool(self.turned) or self.across == "centerContinuous"


@dataclass(frozen=True)
class Fits:
    """The formats of a workbook by their number, and what the usual ones of them need.

    Args:
        strange: numbers of those that are to be looked at whatever the value.
        easy: of those that break texts into lines and are not strange.
        day: the width of the widest day. numbers: (scale, width beside the digits, indent) of numbers.
        aligned: whether any format of the workbook says how its text is placed.
    """

    every: tuple[Fit, ...] = ()
    strange: frozenset[int] = frozenset()
    easy: frozenset[int] = frozenset()
    day: float = 0.0
    numbers: frozenset[tuple[float, float, float]] = frozenset()
    aligned: bool = True

    def digits(self, count: int) -> float:
        """The most room that a number of so many digits may need."""
        return max((scale * (count * 7 / 6 + more) + indent for scale, more, indent in self.numbers), default=count)


@lru_cache(maxsize=64)
def fits_of(styles: bytes) -> Fits:
    """How the formats of a workbook place what stands in the cells."""
    read, known = cell_styles(styles), BUILT_IN | format_codes(styles.partition(b"<dxfs")[0])
    usual = read.fonts[0].size if read.fonts else 11.0
    every = []
    for number, (font, _, _, form) in enumerate(read.formats):
        size = read.fonts[font].size if font < len(read.fonts) else usual
        given = read.aligned.get(number, {})
        across = given.get("horizontal", "")
        wraps = given.get("wrapText") in ("1", "true") or across in ("justify", "distributed")
        every.append(
            Fit(
                size / usual,
                size,
                across,
                _INDENT * _count(given.get("indent", "")) * (across in _INDENTED),
                wraps or given.get("vertical") in ("justify", "distributed"),
                given.get("shrinkToFit") in ("1", "true"),
                _count(given.get("textRotation", "")),
                known.get(form, ""),
            )
        )
    plain_ones = [one for one in every if not one.is_strange]
    days = [one for one in plain_ones if is_of_days(one.code)]
    rest = [one for one in plain_ones if not is_of_days(one.code)]
    return Fits(
        tuple(every),
        frozenset(number for number, one in enumerate(every) if one.is_strange),
        frozenset(number for number, one in enumerate(every) if one.wraps and not one.is_strange),
        max((day_width(one.code, _SAMPLE) * one.scale + one.indent for one in days), default=0.0),
        frozenset((one.scale, max(0.0, number_width(one.code, 1.0) - 1), one.indent) for one in rest),
        bool(read.aligned),
    )


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0


class Room:
    """What the cells of one sheet have room for.

    Args:
        start: where its rows of data begin. merged, hidden: areas of one cell, hidden rows.
        marked: cells that have a finding of their own already.
    """

    def __init__(
        self,
        fits: Fits,
        xml: bytes,
        start: int,
        grid: Sequence[Sequence[object]],
        merged: Sequence[tuple[int, int, int, int]] = (),
        hidden: Sequence[int] = (),
        marked: Collection[Place] = (),
    ) -> None:
        self.fits, self.xml, self.start, self.grid = fits, xml, start, grid
        head = xml[: max(0, xml.find(b"<sheetData"))]
        self.widths, self.usual = widths(head) if any(one in head for one in _SIZED) else ({}, math.inf)
        self.heights = fixed_heights(xml, start)
        self.merged = {(top, left): right for top, left, _, right in merged if right > left}
        self.hidden, self.marked = frozenset(hidden), marked

    def seen_in_part(self, strips: Sequence[Strip], strange: Mapping[Place, int]) -> dict[tuple[str, str], list[Place]]:
        """Cells that do not show all that they hold: (code, label of the column) → places.

        Args:
            strange: cells under formats by which short values may not fit either.
        """
        suspects: dict[Place, tuple[Mapping, object]] = {}
        for strip in strips:
            if not strip.column["prefilled"] and self._width(strip.at) >= _HIDDEN:
                for row, value in (*self._suspects(strip), *self._strange(strip, strange)):
                    suspects[row, strip.at] = strip.column, value
        found: dict[tuple[str, str], list[Place]] = {}
        for place, style in self._styles(sorted(suspects)):
            column, value = suspects[place]
            if style in self.fits.easy and value.__class__ is str and place[0] not in self.heights:
                continue
            fit = self.fits.every[style] if style < len(self.fits.every) else Fit()
            if (code := self._code(place, value, fit, column)) and not self._is_told(place):
                found.setdefault((code, column["label"]), []).append(place)
        return found

    def _is_told(self, place: Place) -> bool:
        return place[0] in self.hidden or place in self.marked

    def _width(self, at: int) -> float:
        return self.widths.get(at, self.usual)

    def _suspects(self, strip: Strip) -> Iterator[tuple[int, object]]:
        """Values that may be wider than their column, or higher than their row."""
        room = self._width(strip.at) - _EDGES
        for kind in strip.classes:
            if kind is str:
                limit = (room - _INDENT) / _LARGE
                if _longest(strip) * WIDEST > limit:
                    yield from _long(strip, limit)
            elif kind is float:
                numbers = [(row, one) for row, one in strip.items() if one.__class__ is float and one - one == 0]  # type: ignore[operator]
                most = max((len(repr(abs(one))) - 2 * one.is_integer() for _, one in numbers), default=0)  # type: ignore[arg-type, attr-defined]
                if self.fits.digits(most) > room or most > _MOST_GENERAL:
                    yield from numbers
            elif issubclass(kind, date) and self.fits.day > room:
                yield from ((row, one) for row, one in strip.items() if isinstance(one, date))
        if self.heights:
            low = ((row, one) for row, one in strip.items() if row in self.heights)
            yield from ((row, one) for row, one in low if one != "" and self._may_be_low(self.heights[row], one, room))

    def _may_be_low(self, height: float, value: object, room: float) -> bool:
        """Whether a value may need more than a row has, in the usual font."""
        text = str(value)
        lines = text.count("\n") + 1 + len(text) * WIDEST * _LARGE // max(1.0, room - _INDENT)
        size = _LARGE * max((one.size / one.scale for one in self.fits.every[:1]), default=11.0)
        return _is_low(height, lines, size)

    @staticmethod
    def _strange(strip: Strip, strange: Mapping[Place, int]) -> Iterator[tuple[int, object]]:
        if strange:
            yield from ((row, one) for row, one in strip.items() if one != "" and (row, strip.at) in strange)

    def _styles(self, places: Sequence[Place]) -> Iterator[tuple[Place, int]]:
        """The number of the format of each cell, in the order of the sheet."""
        at, find, names = self.start, self.xml.find, {column: letters(column + 1).encode() for _, column in places}
        for place in places:
            name = b'<c r="%s%d"' % (names[place[1]], place[0] + 1)
            if (found := find(name, at)) >= 0:
                at = found + len(name)
                style = _STYLE.match(self.xml, at)
                yield place, int(style[1]) if style else 0

    def _code(self, place: Place, value: object, fit: Fit, column: Mapping) -> str:
        right = self.merged.get(place, place[1])
        room = sum(map(self._width, range(place[1], right + 1))) - _EDGES - fit.indent
        if self._is_aside(place, value, fit, room, right):
            return ASIDE
        height = self.heights.get(place[0])
        if value.__class__ is str:
            return self._of_text(str(value), place, fit, room, column, right)
        if height is not None and _is_low(height, 1, fit.size):
            return CUT
        if fit.turned or value.__class__ not in _MEASURED:
            return ""
        return _of_number(value, fit, room / fit.scale)

    def _is_aside(self, place: Place, value: object, fit: Fit, room: float, right: int) -> bool:
        """Whether a value is seen below the headings of other columns."""
        row, _ = place
        after = (row, right + 1)
        if fit.across == "centerContinuous" and self._is_empty(*after):
            style = next((style for _, style in self._styles([after])), 0)
            return style < len(self.fits.every) and self.fits.every[style].across == "centerContinuous"
        return value.__class__ is str and room < 1 and fit.indent >= _FAR * _INDENT

    def _is_empty(self, row: int, column: int) -> bool:
        return column >= len(self.grid[row]) or self.grid[row][column] == ""

    def _of_text(self, text: str, place: Place, fit: Fit, room: float, column: Mapping, right: int) -> str:
        lines = text.split("\n")
        height = self.heights.get(place[0])
        if fit.turned:
            need = _turned(lines, fit)
            is_cut = height is not None and need > height + fit.size * _DIGIT
        elif fit.wraps:
            rows = sum(max(1, math.ceil((text_width(line) * fit.scale - _NEAR) / max(room, 1.0))) for line in lines)
            is_cut = height is not None and _is_low(height, rows, fit.size)
        else:
            need = text_width(text) * fit.scale
            if fit.shrinks:
                return TOO_SMALL if need > room and fit.size * max(room, 0.0) / need <= TINY else ""
            beside = 0.0 if place in self.merged else self._beside(place, fit, need - room)
            is_low = height is not None and _is_low(height, 1, fit.size)
            is_cut = is_low or (need > room + beside + _NEAR and self.fits.aligned)
        return _of_cut(text, column) if is_cut else ""

    def _beside(self, place: Place, fit: Fit, missing: float) -> float:
        """How much of a text goes on over the empty cells beside it."""
        if fit.across in _ONLY_INSIDE or missing <= 0:
            return 0.0
        row, column = place
        left, right = (self._free(row, column, step, missing) for step in (-1, 1))
        if fit.across == "right":
            return left
        return 2 * min(left, right) if fit.across == "center" else right

    def _free(self, row: int, column: int, step: int, wanted: float) -> float:
        found, at = 0.0, column + step
        while found < wanted and at >= 0 and self._is_empty(row, at):
            if at >= len(self.grid[row]):
                return wanted
            found += self._width(at)
            at += step
        return found


def _is_low(height: float, lines: float, size: float) -> bool:
    """Whether a row shows less than so many lines, the last of them in part."""
    return height < (lines - 1) * size * _LINE + size * _MOST_OF_LETTER


def _longest(strip: Strip) -> int:
    """The most characters that a text of a column has."""
    if len(strip.classes) == 1:
        return max(map(len, strip.cells))  # type: ignore[arg-type]
    return max(len(one) for one in strip.cells if one.__class__ is str)  # type: ignore[arg-type]


def _long(strip: Strip, limit: float) -> list[tuple[int, object]]:
    """Texts that may be wider than so many digits."""
    ascii, wide = limit / WIDEST_ASCII, limit / WIDEST
    return [
        (row, one)
        for row, one in strip.items()
        if one.__class__ is str and len(one) > wide and (len(one) > ascii or not one.isascii())  # type: ignore[arg-type, attr-defined]
    ]


def _of_number(value: object, fit: Fit, room: float) -> str:
    """What is to be said of a number or a day in a cell with room for so many digits."""
    is_day = isinstance(value, date)
    if is_day or fit.code not in GENERAL:
        need = day_width(fit.code, value) if is_day else number_width(fit.code, value)  # type: ignore[arg-type]
        if need > room + _NEAR:
            return (TOO_SMALL if fit.size * max(room, 0.0) / need <= TINY else "") if fit.shrinks else HASHES
        return ""
    whole, _, decimals = plain(f"{value:.15g}").partition(".")
    room = _MOST_GENERAL if fit.shrinks else min(room, _MOST_GENERAL)
    if len(whole) > room + _NEAR:
        return ROUNDED if room + _NEAR >= _LEAST_SHOWN else HASHES
    if decimals and len(whole) + len(decimals) + 0.5 > room + _NEAR:
        return ROUNDED if room < _MOST_GENERAL else DECIMALS
    return ""


def _of_cut(text: str, column: Mapping) -> str:
    """A text of which a part is seen: whether that may be read as another value."""
    if column["type"] == "choice":
        others = any(one != text and text.startswith(one) for one in column["choices"])
        return CUT if others else CUT_WORDS
    is_free = column["type"] == "text" and not (column["key"] or column["is_name"] or column["reference"])
    return CUT_WORDS if is_free else CUT


def _turned(lines: Sequence[str], fit: Fit) -> float:
    """The height in points of a text that is turned."""
    if fit.turned == _STACKED:
        return max(map(len, lines)) * fit.size * _LINE
    angle = fit.turned if fit.turned <= 90 else fit.turned - 90
    return max(map(text_width, lines)) * fit.size * _DIGIT * math.sin(math.radians(angle))
