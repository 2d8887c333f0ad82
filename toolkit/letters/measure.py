"""How much room a letter takes, and how many rows of its table or list fit: a page has 22 lines of 28 characters.

It is reckoned, not measured: every font of the page has characters as wide as they are high, so it holds for every
printer and office suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from toolkit.drawing.measure import display_width

LINE, TITLE_LINE, FORM_LINE, TABLE_LINE = 28.0, 36.0, 20.0, 16.0
"""Points of a line of the text, of the title, of a form, of a table."""
CELL_SPACE, BEFORE_TABLE = 1.5, 5.0
"""Points above and below the text of a cell; above a table."""
LABEL, VALUE = 26.0, 52.0
"""Millimetres of the columns of a form: label and text, twice."""
PAGE = 225 / 25.4 * 72
"""Points between the upper and the lower margin."""
TITLE_WIDTH = 76.0
"""Millimetres in 10.5 pt that hold as many characters as 156 mm in 22 pt."""
CHARACTERS = 27
"""Characters of 16 pt on a line of 156 mm, one less than fit: a sign never begins a line."""
_MM = 25.4 / 72
_TABLE_SIZE, _FORM_SIZE = 10.5, 12
_WIDE = 20
"""From so many characters on a line holds one less than fit."""


def paragraph(text: str, indent: int = 2) -> float:
    """Points of a paragraph of the text."""
    return LINE * sum(max(1, ceil((display_width(one) / 2 + indent) / CHARACTERS)) for one in text.split("\n"))


def cell_lines(text: str, millimetres: float, size: float = _TABLE_SIZE) -> int:
    """Lines of a cell of a table."""
    room = max(1, int((millimetres - 4) / (size * _MM)))
    room -= room > _WIDE
    return sum(max(1, ceil(display_width(one) / 2 / room)) for one in text.split("\n"))


def row(cells: Sequence[str], widths: Sequence[float]) -> float:
    """Points of a row of a table."""
    lines = max(cell_lines(text, width) for text, width in zip(cells, widths, strict=True))
    return TABLE_LINE * lines + 2 * CELL_SPACE + 0.5


def form_row(millimetres: float, texts: Sequence[str]) -> float:
    """Points of a row of a form that is at least so high; one text has the width of three columns."""
    width = VALUE if len(texts) > 1 else 2 * VALUE + LABEL
    lines = max(cell_lines(text, width, _FORM_SIZE) for text in texts)
    return max(millimetres / _MM, FORM_LINE * lines + 2 * CELL_SPACE) + 0.5


def in_millimetres(points: float) -> float:
    """Points as millimetres."""
    return points * _MM


def fitting(heights: Sequence[float], room: float, rest: Sequence[float]) -> int:
    """How many of some rows fit into a room.

    Args:
        rest: points of what is said when only the first n are printed, by n.

    >>> fitting([10, 10, 10], 30, [5, 5, 5]), fitting([10, 10, 10], 25, [5, 5, 5])
    (3, 2)
    """
    if sum(heights) <= room:
        return len(heights)
    done, count = 0.0, 0
    for number, height in enumerate(heights):
        if done + height + rest[min(number + 1, len(rest) - 1)] > room:
            break
        done, count = done + height, number + 1
    return count
