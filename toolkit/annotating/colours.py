"""The colour of a mark: it tells the level, and which fill the cell had before.

The last six bits of one part of the colour count the fill that the cell had: 0 none, 1 to 63 the fill kept in
the document property `xltool_fill_<number>`. So a copy that was saved by another program, sorted, or had rows
inserted still gives every cell its own fill back.
"""

from __future__ import annotations

import re

from toolkit.annotating.labels import labels

FILL_PROPERTY = "xltool_fill_"
MOST_FILLS = 63
_RGB = re.compile(rb'<(?:\w+:)?fgColor\b[^>]*\brgb="(?:[0-9A-Fa-f]{2})([0-9A-Fa-f]{6})"')
_NO_FILL = re.compile(rb'patternType="none"|<(?:\w+:)?patternFill\s*/>|<(?:\w+:)?fill\s*/>')
NO_FILL = b'<fill><patternFill patternType="none"/></fill>'


def mark_fill(level: str, number: int) -> bytes:
    """The fill of a marked cell.

    Args:
        number: which fill the cell had before; 0 = none.
    """
    base, shift = labels().colours[level]
    colour = f"FF{base + (number << shift):06X}"
    text = f'<fgColor rgb="{colour}"/><bgColor indexed="64"/>'
    return f'<fill><patternFill patternType="solid">{text}</patternFill></fill>'.encode()


def number_of(fill: bytes) -> int | None:
    """Which fill a marked cell had before; None when the fill is no mark."""
    found = _RGB.search(fill)
    if found is None:
        return None
    colour = int(found[1], 16)
    for base, shift in labels().colours.values():
        number = (colour - base) >> shift
        if 0 <= number <= MOST_FILLS and base + (number << shift) == colour:
            return number
    return None


def is_none(fill: bytes) -> bool:
    """Whether a fill is no fill.

    >>> is_none(NO_FILL), is_none(mark_fill("错误", 0))
    (True, False)
    """
    return bool(_NO_FILL.search(fill))
