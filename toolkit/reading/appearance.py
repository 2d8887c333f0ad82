"""How one sheet looks on the screen, whatever its format: cells, pictures, what is hidden, what is merged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from toolkit.model.cell import areas
from toolkit.ooxml.shown import hidden_columns, hidden_rows, merges
from toolkit.ooxml.usual import STYLES
from toolkit.reading.census import Place, sheet_parts
from toolkit.reading.gate import Package
from toolkit.reading.inks import Palette, theme_of
from toolkit.reading.looks import hides_or_strikes, looks, pictures

Block = tuple[int, int, int, int]
"""First row and column, last row and column, from 0."""


@dataclass
class Appearance:
    """What is to be seen of a sheet.

    Args:
        looks: cell → see looks.py. pictures: first and last cell that each touches.
        rows, columns: hidden ones. merged: areas of one cell.
        changing: areas that a conditional format strikes out or hides at times.
    """

    looks: Mapping[Place, frozenset[str]] = field(default_factory=dict)
    pictures: Sequence[tuple[Place, Place]] = ()
    rows: Sequence[int] = ()
    columns: Sequence[int] = ()
    merged: Sequence[Block] = ()
    changing: Sequence[Block] = ()

    @classmethod
    def of(cls, package: Package, title: str, xml: bytes) -> Appearance:
        """A sheet of an .xlsx package."""
        return cls(
            looks(package, xml),
            pictures(package, sheet_parts(package).get(title, "")),
            hidden_rows(xml),
            hidden_columns(xml),
            merges(xml),
            changing(package.part(STYLES), xml, theme_of(package)),
        )


_BLOCK = re.compile(rb"<(?:\w+:)?conditionalFormatting\b(.*?)</(?:\w+:)?conditionalFormatting>", re.S)
_AREA = re.compile(rb'sqref="([^"]*)"|<(?:\w+:)?sqref>([^<]*)<')
_FORMAT = re.compile(rb'dxfId="(\d+)"')
_DXF = re.compile(rb"<(?:\w+:)?dxf\b[^>]*>.*?</(?:\w+:)?dxf>", re.S)


def changing(styles: bytes, xml: bytes, theme: bytes = b"") -> list[Block]:
    """The areas of a sheet that a conditional format strikes out or hides when its condition holds.

    >>> styles = b'<dxfs><dxf><font><b/></font></dxf><dxf><font><strike/></font></dxf></dxfs>'
    >>> rule = b'<conditionalFormatting sqref="B2:C9"><cfRule dxfId="%d"/></conditionalFormatting>'
    >>> changing(styles, rule % 1), changing(styles, rule % 0)
    ([(1, 1, 8, 2)], [])
    """
    if b"onditionalFormatting" not in xml:
        return []
    loud, palette = _loud(styles, theme)
    if not loud and b"dxf>" not in xml:
        return []
    found = []
    for block in _BLOCK.findall(xml):
        if any(int(number) in loud for number in _FORMAT.findall(block)) or any(
            hides_or_strikes(dxf, palette) for dxf in _DXF.findall(block)
        ):
            text = " ".join((one or other).decode() for one, other in _AREA.findall(block))
            found += [(area.top - 1, area.left - 1, area.bottom - 1, area.right - 1) for area in areas(text)]
    return found


@lru_cache(maxsize=64)
def _loud(styles: bytes, theme: bytes) -> tuple[frozenset[int], Palette]:
    """The numbers of the differential formats that strike out or hide, and the colours by number."""
    palette, part = Palette(theme, styles), styles.partition(b"<dxfs")[2].partition(b"</dxfs>")[0]
    loud = (number for number, dxf in enumerate(_DXF.findall(part)) if hides_or_strikes(dxf, palette))
    return frozenset(loud), palette
