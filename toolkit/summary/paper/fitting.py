"""How much room texts take on paper: lines of a cell, what of a long text fits, rows that fill their pages.

It is reckoned, not measured, and a little too much rather than too little, so it holds for every printer, font
substitute and office suite. Widths in millimetres, heights in points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import ceil

from toolkit.drawing.measure import WHOLE, display_width

POINTS = 72 / 25.4
"""Points of a millimetre."""
LINE = 1.42
"""Height of a line of text, in sizes of its font."""
PIXEL = 0.75
"""Points of a pixel."""
_NARROW = 0.55
_INSIDE, _SURE = 1.0, 0.95
"""Millimetres that a cell keeps free left and right of its text; how much of a column is there whatever measures it."""
_CAREFUL = 12
"""From so many characters on a line may hold one less than fit: a sign never begins a line."""


def ems(text: str) -> float:
    """Width of a line of text in sizes of its font.

    >>> ems("单位"), ems("")
    (2.0, 0.0)
    """
    wide = display_width(text) - len(text)
    return wide + _NARROW * (len(text) - wide)


def per_line(mm: float, size: float) -> int:
    """Chinese characters that surely stand on a line of a cell.

    >>> per_line(25, 9), per_line(178, 12)
    (7, 38)
    """
    room = max(1, int(width(mm, size)))
    return room - (room > _CAREFUL)


def width(mm: float, size: float) -> float:
    """Width of a cell in sizes of a font."""
    return (mm * _SURE - _INSIDE) * POINTS / size


def lines(text: str, mm: float, size: float) -> int:
    """Lines that a text takes.

    >>> lines("离退休干部党支部", 25, 9), lines("甲\\n乙", 25, 9), lines("", 25, 9)
    (2, 2, 1)
    """
    room = per_line(mm, size)
    return sum(max(1, ceil(ems(one) / room), _wrapped(one, room)) for one in text.split("\n"))


def _wrapped(text: str, room: float) -> int:
    """Lines of a text whose numbers and words stay whole, and whose signs neither begin nor end a line wrongly.

    >>> _wrapped("联络员9/10（90.00%）", 8), _wrapped("没有落实：530902-03、530902-04", 8)
    (2, 3)
    """
    count, used = 1, 0.0
    for piece in WHOLE.findall(text):
        wide = ems(piece)
        if used and used + wide > room:
            count, used = count + 1, 0.0
        if wide > room:
            count, wide = count + ceil(wide / room) - 1, wide % room
        used += wide
    return count


def height(count: int, size: float, around: float = 4.0) -> float:
    """Points of some lines with a little room around them."""
    return count * size * LINE + around


def fits(text: str, mm: float, size: float, most: int) -> bool:
    """Whether a text takes at most `most` lines; one line holds more than lines of which a sign may not begin one."""
    if most == 1 and "\n" not in text:
        return ems(text) <= width(mm, size)
    return lines(text, mm, size) <= most


def first_fitting(texts: Iterable[str], mm: float, size: float, most: int) -> str:
    """The first of some texts, longest first, that takes at most `most` lines; else the last one, cut."""
    text = ""
    for text in texts:
        if fits(text, mm, size, most):
            return text
    return cut(text, mm, size, most)


def in_pixels(points: float) -> float:
    """Points as rows have them, in whole pixels.

    >>> in_pixels(20.0), in_pixels(15.0)
    (19.5, 15.0)
    """
    return int(points / PIXEL + 1e-6) * PIXEL


def cut(text: str, mm: float, size: float, most: int) -> str:
    """The text, or so much of its beginning and its end that it takes at most `most` lines.

    >>> cut("中共某某市委员会离退休干部第一党支部委员会", 25, 9, 2)
    '中共某某市委员会…支部委员会'
    >>> cut("市教育局", 25, 9, 2)
    '市教育局'
    """
    if fits(text, mm, size, most):
        return text
    text, kept = text.replace("\n", " "), len(text)
    while kept > 2:
        kept = min(kept - 1, per_line(mm, size) * most)
        end = kept * 2 // 5
        shown = f"{text[: kept - end - 1]}…{text[-end:] if end else ''}"
        if fits(shown, mm, size, most):
            return shown
    return text[:1]


def split(count: int, most: int) -> list[int]:
    """Rows a page, so that all pages are about equally full and none holds a few orphans.

    >>> split(40, 22), split(8, 22), split(45, 22), split(0, 22)
    ([20, 20], [8], [15, 15, 15], [0])
    """
    pages = max(1, ceil(count / most))
    return [count // pages + (page < count % pages) for page in range(pages)]


def stretched(
    heights: Sequence[float], first: float, later: float, most: float = 1.5, heads: Collection[int] = ()
) -> list[float]:
    """Rows of a list over several pages, made taller so that its pages are full and the last one is nearly so.

    Pages that are as wide as the paper know no manual breaks: heights alone decide where they end. A full page ends at
    the same row in every office suite.

    Args:
        first, later: points of room on the first page and on each other one.
        heads: places of rows that are never the last of a page: headings.

    >>> stretched([20.25] * 10, 300, 400) == [20.25] * 10, sum(stretched([20.0] * 46, 300, 400)) > 1000
    (True, True)
    """
    least = filled(heights, first, later, heads)
    pages = len(paged(least, first, later))
    whole = first + (pages - 1) * later
    for percent in range(94, 40, -3) if pages > 1 else ():
        factor = min(most, max(1.0, percent / 100 * whole / sum(heights)))
        found = filled([one * factor for one in heights], first, later, heads)
        if len(paged(found, first, later)) == pages:
            return found
    return least


def paged(heights: Sequence[float], first: float, later: float) -> list[list[int]]:
    """The places of the rows on each page.

    >>> paged([20.0, 20.0, 20.0], 45, 100)
    [[0, 1], [2]]
    """
    pages: list[list[int]] = [[]]
    room = first
    for place, one in enumerate(heights):
        if one > room and pages[-1]:
            pages.append([])
            room = later
        pages[-1].append(place)
        room -= one
    return pages


def filled(heights: Sequence[float], first: float, later: float, heads: Collection[int] = ()) -> list[float]:
    """The rows in whole pixels, those of every page but the last so much taller that they fill it.

    >>> filled([21.0, 21.0, 21.0, 18.0, 21.0], 84, 100, [3])
    [28.5, 27.75, 27.75, 18.0, 21.0]
    """
    found, room, begun = [in_pixels(one) for one in heights], first, 0
    for place, one in enumerate(found):
        needed = one + (found[place + 1] if place in heads and place + 1 < len(found) else 0.0)
        if needed > room and place > begun:
            more, longer = divmod(int(room / PIXEL), place - begun)
            for above in range(begun, place):
                found[above] += (more + (above - begun < longer)) * PIXEL
            room, begun = later, place
        room -= one
    return found
