"""What the styles of tables do to cells: a table gives ink, ground and strokes to cells that have none of their own.

Only styles that a workbook defines itself are looked at; those of the programs can all be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from toolkit.model.cell import IN_XML, areas
from toolkit.ooxml.usual import relations, relations_part
from toolkit.reading.at_times import Effect, effect, formats_of
from toolkit.reading.census import Place, place_of
from toolkit.reading.display import styled_cells
from toolkit.reading.gate import Package
from toolkit.reading.inks import BLACK, PAPER, Palette, is_lost
from toolkit.reading.looks import UNSEEN, style_looks

_STYLE = re.compile(rb'<tableStyle\b[^>]* name="([^"]*)"[^>]*>(.*?)</tableStyle>', re.S)
_ELEMENT = re.compile(rb'<tableStyleElement\b[^>]* type="(\w+)"[^>]* dxfId="(\d+)"')
_TABLE = re.compile(rb'<table\b[^>]* ref="([^"]*)"[^>]*>')
_NO_HEADINGS = b' headerRowCount="0"'
_NAME = re.compile(rb'<tableStyleInfo\b[^>]* name="([^"]*)"')
_WHOLE, _OF_HEADINGS = b"wholeTable", (b"headerRow", b"firstHeaderCell", b"lastHeaderCell")
_NOTHING = Effect(False, None, ())
_USUAL = re.compile(rb'(<c r="' + IN_XML + rb'")(?! s=)')


def table_looks(
    package: Package, sheet: str, xml: bytes, styles: bytes, theme: bytes
) -> Iterator[tuple[Place, frozenset[str]]]:
    """Cells that a table strikes out, raises, or shows in the colour of their ground, and see looks.py.

    Args:
        sheet, xml: part name of the sheet, and the part.
    """
    known = _own_styles(styles, theme)
    for one in relations(package.part(relations_part(sheet)), sheet) if known else ():
        table = package.part(one.target) if one.kind == "table" else b""
        tag, name = _TABLE.search(table), _NAME.search(table)
        if tag and name and name[1] in known:
            numbers = _formats(known[name[1]], styles, theme)
            for area in areas(tag[1].decode()):
                top = area.top - 1 if _NO_HEADINGS in tag[0] else area.top
                for row, column, seen in _seen(xml, numbers):
                    if top <= row < area.bottom and area.left <= column + 1 <= area.right:
                        yield (row, column), seen


def _seen(xml: bytes, numbers: dict[int, frozenset[str]]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """The cells of some formats; those that name none are of the first."""
    for number, seen in numbers.items():
        for row, column in styled_cells(xml, number):
            yield row, column, seen
    for found in _USUAL.finditer(xml) if 0 in numbers else ():
        yield *place_of(found[1]), numbers[0]


@lru_cache(maxsize=64)
def _formats(does: tuple[Effect, ...], styles: bytes, theme: bytes) -> dict[int, frozenset[str]]:
    """What elements of a table make of cells by the number of their format, whose own ink and ground go first."""
    known = style_looks(styles, theme)
    inks, grounds = known.inks or (BLACK,), known.grounds or ((PAPER,),)
    found: dict[int, frozenset[str]] = {}
    for number, (ink, ground) in enumerate(zip(inks, grounds, strict=True)):
        for one in does:
            is_own = ink != inks[0]
            lost = is_lost(ink if is_own else one.ink or ink, ground if ground != (PAPER,) else one.ground or ground)
            if seen := one.marks | ({UNSEEN} if lost else set()):
                found[number] = found.get(number, frozenset()) | seen
    return found


@lru_cache(maxsize=64)
def _own_styles(styles: bytes, theme: bytes) -> dict[bytes, tuple[Effect, ...]]:
    """The styles of tables that a workbook defines: name → what their elements do, each over the whole table."""
    if b"<tableStyleElement" not in styles:
        return {}
    palette = Palette(theme, styles)
    does = [effect(dxf, palette) for dxf in formats_of(styles)]
    found = {}
    for name, inner in _STYLE.findall(styles):
        elements = [(kind, does[int(number)]) for kind, number in _ELEMENT.findall(inner) if int(number) < len(does)]
        whole = next((one for kind, one in elements if kind == _WHOLE), _NOTHING)
        parts = [one for kind, one in elements if kind not in _OF_HEADINGS]
        found[name] = tuple(
            Effect(one.hides, one.ink or whole.ink, one.ground or whole.ground, one.marks | whole.marks)
            for one in parts
        )
    return found
