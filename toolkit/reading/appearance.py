"""How one sheet looks on the screen, whatever its format: cells, pictures, what is hidden, what is merged."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from toolkit.model.cell import NAME_IN_XML, areas
from toolkit.ooxml.shown import hidden_columns, hidden_rows, merges
from toolkit.ooxml.usual import STYLES
from toolkit.reading.at_times import Effect, effect, formats_in, formats_of, hides_numbers
from toolkit.reading.census import Place, place_of, sheet_parts
from toolkit.reading.display import Block, format_codes, styled_cells
from toolkit.reading.gate import Package
from toolkit.reading.inks import Colour, Ground, Palette, theme_of
from toolkit.reading.looks import StyleLooks, looks, pictures, style_looks
from toolkit.reading.number_formats import shows_all
from toolkit.reading.table_styles import table_looks

NO_NUMBERS = ";;;@"
"""The number format that does what icons and bars without their numbers do."""


class Changing(NamedTuple):
    """Areas that conditional formats show otherwise when their condition holds.

    Args:
        hidden: struck out or in the colour of their ground.
        formats: under a number format.
        painted: with an ink or a ground, which may be the ground or the ink of a cell.
    """

    hidden: list[Block]
    formats: list[tuple[Block, str]]
    painted: list[tuple[Block, Effect]]

    def hide(self, styles: StyleLooks, xml: bytes) -> Changing:
        """The same with the cells that nobody can read in the ink or on the ground that is given to them."""
        for (top, left, bottom, right), one in self.painted:
            for number in _lost(one, styles.inks, styles.grounds):
                area = [(top, left, bottom, right)]
                self.hidden.extend(in_blocks(place for place in styled_cells(xml, number) if is_in(place, area)))
        return self


def is_in(place: Place, blocks: Iterable[Block]) -> bool:
    """Whether a cell lies in one of some areas."""
    return any(top <= place[0] <= bottom and left <= place[1] <= right for top, left, bottom, right in blocks)


def in_blocks(places: Iterable[Place]) -> list[Block]:
    """Cells as areas of one column each.

    >>> in_blocks([(3, 1), (2, 1), (5, 1), (3, 0)])
    [(3, 0, 3, 0), (2, 1, 3, 1), (5, 1, 5, 1)]
    """
    found: list[Block] = []
    for row, column in sorted(set(places), key=lambda place: place[::-1]):
        if found and found[-1][1:] == (column, row - 1, column):
            found[-1] = (found[-1][0], column, row, column)
        else:
            found.append((row, column, row, column))
    return found


@lru_cache(maxsize=512)
def _lost(one: Effect, inks: tuple[Colour | None, ...], grounds: tuple[Ground, ...]) -> tuple[int, ...]:
    """The numbers of the cell formats that nobody can read under the effect of a conditional format."""
    return tuple(at for at, look in enumerate(zip(inks, grounds, strict=True)) if one.loses(*look))


@dataclass
class Appearance:
    """What is to be seen of a sheet.

    Args:
        looks: cell → see looks.py. pictures: first and last cell that each touches.
        rows, columns: hidden ones. merged: areas of one cell.
        changing: see there. no_zeros: zeros are not shown.
        formulas: where formulas stand, in a sheet that shows them in place of their results, and days as numbers.
        background: a picture lies below the cells.
        formats: number formats by cell, other than those that show all as it is; of an .xlsx see `display`.
        texts: what is shown where the reader of values takes another text.
        beside: cells in which there is text that nobody sees.
    """

    looks: Mapping[Place, frozenset[str]] = field(default_factory=dict)
    pictures: Sequence[tuple[Place, Place]] = ()
    rows: Sequence[int] = ()
    columns: Sequence[int] = ()
    merged: Sequence[Block] = ()
    changing: Changing = field(default_factory=lambda: Changing([], [], []))
    no_zeros: bool = False
    formulas: frozenset[Place] | None = None
    background: bool = False
    formats: Mapping[Place, str] = field(default_factory=dict)
    texts: Mapping[Place, str] = field(default_factory=dict)
    beside: Collection[Place] = ()

    @classmethod
    def of(cls, package: Package, title: str, xml: bytes) -> Appearance:
        """A sheet of an .xlsx package."""
        styles, theme = package.part(STYLES), theme_of(package)
        seen, part = looks(package, xml), sheet_parts(package).get(title, "")
        for place, more in table_looks(package, part, xml, styles, theme):
            seen[place] = seen.get(place, frozenset()) | more
        return cls(
            seen,
            pictures(package, part, xml),
            hidden_rows(xml),
            hidden_columns(xml),
            merges(xml),
            changing(styles, xml, theme).hide(style_looks(styles, theme), xml),
            _NO_ZEROS.search(xml, 0, max(0, xml.find(b"<sheetData"))) is not None,
            _shown_formulas(xml),
            xml.find(_BACKGROUND, max(0, xml.rfind(b"</sheetData>"))) >= 0,
        )


_BACKGROUND = b"<picture "
_NO_ZEROS = re.compile(rb'<sheetView\b[^>]* showZeros="(?:0|false)"')
_FORMULAS = re.compile(rb'<sheetView\b[^>]* showFormulas="(?:1|true)"')
_FORMULA = re.compile(rb'(<c r="' + NAME_IN_XML + rb'"[^>]*>)<f\b')


def _shown_formulas(xml: bytes) -> frozenset[Place] | None:
    if not _FORMULAS.search(xml, 0, max(0, xml.find(b"<sheetData"))):
        return None
    return frozenset(place_of(head) for head in _FORMULA.findall(xml))


_BLOCK = re.compile(rb"<(?:\w+:)?conditionalFormatting\b(.*?)</(?:\w+:)?conditionalFormatting>", re.S)
_AREA = re.compile(rb'sqref="([^"]*)"|<(?:\w+:)?sqref>([^<]*)<')
_FORMAT = re.compile(rb'dxfId="(\d+)"')


def changing(styles: bytes, xml: bytes, theme: bytes = b"") -> Changing:
    """What the conditional formats of a sheet do.

    >>> styles = b'<dxfs><dxf><font><b/></font></dxf><dxf/><dxf><font><strike/></font></dxf></dxfs>'
    >>> rule = b'<conditionalFormatting sqref="B2:C9"><cfRule dxfId="%d"/></conditionalFormatting>'
    >>> changing(styles, rule % 2).hidden, changing(styles, rule % 0).hidden
    ([(1, 1, 8, 2)], [])
    >>> changing(b'<dxfs><dxf><numFmt numFmtId="199" formatCode="0,"/></dxf></dxfs>', rule % 0).formats
    [((1, 1, 8, 2), '0,')]
    """
    at = xml.find(b"onditionalFormatting")
    if at < 0:
        return Changing([], [], [])
    found = _changing(styles, xml[max(0, xml.rfind(b"<", 0, at)) :], theme)
    return Changing(list(found.hidden), found.formats, found.painted)


@lru_cache(maxsize=64)
def _changing(styles: bytes, blocks: bytes, theme: bytes) -> Changing:
    """The same by the end of a sheet, which comes with the form, so that most are known."""
    found = Changing([], [], [])
    palette, known = _dxfs(styles, theme)
    for block in _BLOCK.findall(blocks):
        numbers = {int(number) for number in _FORMAT.findall(block)}
        does = [known[number] for number in numbers if number < len(known)]
        does += [_does(dxf, palette) for dxf in formats_in(block)] if b"dxf>" in block else ()
        codes = {one.code for one in does if one.code} | ({NO_NUMBERS} if hides_numbers(block, palette) else set())
        hides = any(one.effect.hides for one in does)
        paints = [one.effect for one in does if one.effect.paints] if not hides else []
        if hides or codes or paints:
            text = " ".join((one or other).decode() for one, other in _AREA.findall(block))
            blocks = [(area.top - 1, area.left - 1, area.bottom - 1, area.right - 1) for area in areas(text)]
            found.hidden.extend(blocks if hides else ())
            found.formats.extend((one, code) for one in blocks for code in sorted(codes))
            found.painted.extend((block, one) for block in blocks for one in paints)
    return found


class _Does(NamedTuple):
    """A differential format: what it does, and its number format; "" for none that could mislead."""

    effect: Effect
    code: str


def _does(dxf: bytes, palette: Palette) -> _Does:
    code = next(iter(format_codes(dxf).values()), "")
    return _Does(effect(dxf, palette), "" if shows_all(code) else code)


@lru_cache(maxsize=64)
def _dxfs(styles: bytes, theme: bytes) -> tuple[Palette, list[_Does]]:
    """The colours by number, and what the differential formats of a workbook do."""
    palette = Palette(theme, styles)
    return palette, [_does(dxf, palette) for dxf in formats_of(styles)]
