"""On which paper a list is printed, how wide and high its columns and rows are there; nothing is under 9 pt.

Lists are as wide as one page. A list that would be printed too small gets narrower text columns, whose texts take more
lines, or A3 paper; rows are made higher so that the last page holds no few lost ones. Nobody has to touch the dialog of
printing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

SMALLEST = 9.0
"""Points of the smallest font on paper."""
NARROWEST, _READ_WELL = 10.0, 14.0
"""Characters of the narrowest column that texts are wrapped into, and of one that is still read well."""
_LEAST = 90.0
"""Characters that a list is wide at least."""
_DIGIT, _FRAME, PIXELS = 7, 5, 96
"""Pixels of a character and of the frame of a column, and of an inch, on the screen of an office suite."""
_SURE = 0.97
"""How much of the room there is whatever the fonts are replaced by."""
_SPARE, _PULLED, _HIGHER = 0.35, 0.08, 1.5
"""The least part of the last page that is full; how much may be pulled back onto the page before; rows grow to."""
_DRIFT = 0.02
"""The part of a page by which the end of each page may lie elsewhere than reckoned."""


WRAPPING = ("text", "short")
"""Kinds of columns whose texts take more lines where the paper is narrow."""


@dataclass(frozen=True, slots=True)
class PaperSize:
    """A paper across, or upright.

    Args:
        number: as workbooks name it; across, along: inches inside the margins.
    """

    number: int
    across: float
    along: float

    @property
    def upright(self) -> bool:
        """Whether it is higher than wide."""
        return self.along > self.across


UPRIGHT, A4, A3 = PaperSize(9, 7.15, 10.35), PaperSize(9, 10.59, 6.95), PaperSize(8, 15.43, 10.35)


@dataclass(frozen=True, slots=True)
class Layout:
    """A paper, the widths of the columns in characters, and the scale of printing."""

    paper: PaperSize
    widths: tuple[float, ...]
    scale: float


def in_grid(width: float, font: float) -> float:
    """A width in characters of a font as workbooks count it, in digits of the smallest.

    >>> in_grid(18, 11)
    22.0
    """
    return width * font / SMALLEST


def inches(widths: Sequence[float], font: float) -> float:
    """Width of some columns, given in characters of a font."""
    return sum(int(in_grid(width, font) * _DIGIT + _FRAME) for width in widths) / PIXELS


def floor_of(kind: str, width: float) -> float:
    """What a column of a kind needs at least: texts take more lines, everything else keeps its width."""
    return min(width, NARROWEST) if kind in WRAPPING else width


def laid_out(widths: Sequence[float], floors: Sequence[float], font: float, upright: bool = False) -> Layout:
    """The paper of a list: A4 as it is or with narrower text columns, else A3.

    Args:
        widths: of the columns, in characters; floors: what each needs at least.
        font: points of the body.
        upright: it may be printed on A4 upright.

    >>> laid_out([10, 40], [10, 10], 11).paper is A4
    True
    >>> laid_out([10, 20, 90, 90], [10, 10, 10, 10], 11).widths
    (10, 20, 54, 54)
    >>> laid_out([12] * 25, [12] * 25, 11).paper is A3
    True
    >>> laid_out([10, 40], [10, 10], 11, True).paper is UPRIGHT, laid_out([10, 150], [10, 90], 11, True).paper is A4
    (True, True)
    """
    least = SMALLEST / font / _SURE
    for paper in (UPRIGHT, A4, A3) if upright else (A4, A3):
        room = paper.across / least
        narrow = _narrowed(widths, floors, font, room, _READ_WELL if paper is A4 else NARROWEST)
        if inches(narrow, font) <= room:
            break
    scale = min(1.0, paper.across / inches(narrow, font)) if narrow else 1.0
    return Layout(paper, tuple(narrow), scale)


def _narrowed(widths: Sequence[float], floors: Sequence[float], font: float, room: float, least: float) -> list[float]:
    """The widths, the widest made narrower until all fit or all that may be narrower are so narrow."""
    narrow = list(widths)
    for cap in range(int(max(widths, default=0)), int(least) - 1, -1):
        if inches(narrow, font) <= room:
            break
        narrow = [max(floor, min(width, cap)) for width, floor in zip(widths, floors, strict=True)]
    return narrow


def widened(widths: Sequence[float]) -> list[float]:
    """Column widths, wider where there are too few columns to be a sheet of paper.

    >>> widened([20, 10]), widened([60, 40])
    ([50.0, 40.0], [60, 40])
    """
    missing = _LEAST - sum(widths)
    return [width + missing / len(widths) for width in widths] if missing > 0 else list(widths)


def parted(widths: Sequence[float], left: float, right: float) -> int | None:
    """The last column of a left part, as near the middle as both texts have room; None where they have none.

    Args:
        widths: of the columns; left, right: what the texts need, in the same measure.

    >>> parted([10, 10, 10, 10], 12, 8), parted([10, 10, 10, 10], 32, 5), parted([10, 10], 15, 5)
    (1, None, None)
    >>> parted([10, 10, 10, 10], 25, 5)
    2
    """
    whole, done, fitting = sum(widths), 0.0, {}
    for index, width in enumerate(widths[:-1]):
        done += width
        if done >= left and whole - done >= right:
            fitting[index] = abs(done - whole / 2)
    return min(fitting, key=fitting.__getitem__, default=None)


def evenly(widths: Sequence[float], parts: int) -> list[tuple[int, int]]:
    """First and last column of about equal parts of the width.

    >>> evenly([10, 10, 10, 30], 2), evenly([10, 10, 40], 3)
    ([(0, 2), (3, 3)], [(0, 0), (1, 1), (2, 2)])
    """
    whole, done, bounds, first = sum(widths), 0.0, list[tuple[int, int]](), 0
    for index, width in enumerate(widths):
        done += width
        rest = len(widths) - index - 1
        if len(bounds) < parts - 1 and (done >= whole * (len(bounds) + 1) / parts or rest < parts - len(bounds)):
            bounds.append((first, index))
            first = index + 1
    return [*bounds, (first, len(widths) - 1)]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a list ends on paper: the factor of its rows, and the pages that it is to fit on; 0 = as many as it takes."""

    factor: float
    pages: int

    @property
    def scale(self) -> float:
        """How small everything may be printed besides, where the last page was pulled onto the others."""
        return 1 - _PULLED if self.pages else 1.0


def ended_well(heights: Sequence[float], growing: Sequence[bool], room: float, head: float, least: float) -> Ended:
    """So that the last page is no page with a few lost rows.

    Args:
        heights: of all rows, in points; growing: which of them may be higher.
        room: points of a page; head: points of what each later page repeats.
        least: the factor that printing may still be made smaller by.

    >>> ended_well([20.0] * 30, [True] * 30, 500, 20, 0.9), ended_well([20.0] * 26, [True] * 26, 500, 20, 0.9)
    (Ended(factor=1.1, pages=0), Ended(factor=1.0, pages=1))
    >>> ended_well([20.0] * 20, [True] * 20, 500, 20, 0.9), ended_well([20.0] * 25, [True] * 25, 500, 20, 0.9)
    (Ended(factor=1.0, pages=0), Ended(factor=1.0, pages=1))
    """
    pages, filled = _pages(heights, room, head)
    if filled > 1 - _DRIFT * pages and _DRIFT * pages <= min(_PULLED, 1 - least / _SURE):
        return Ended(1.0, pages)
    if pages == 1 or filled >= _SPARE:
        return Ended(1.0, 0)
    if filled / (pages - 1) <= min(_PULLED, 1 - least / _SURE):
        return Ended(1.0, pages - 1)
    for step in range(1, 11):
        factor = 1 + step * (_HIGHER - 1) / 10
        grown = [one * factor if grows else one for one, grows in zip(heights, growing, strict=True)]
        count, filled = _pages(grown, room, head)
        if count > pages:
            break
        if filled >= _SPARE:
            return Ended(round(factor, 2), 0)
    return Ended(1.0, 0)


def page_starts(heights: Sequence[float], kept: Collection[int], room: float, head: float) -> list[int]:
    """Rows that have to begin a page, so that no heading stands at the foot of one without what is below it.

    Where pages end is reckoned; the further from a row that surely begins one, the less it is known.

    Args:
        heights: of all rows, in points; kept: rows that stand on one page with the row below them.
        room: points of a page; head: points of what each later page repeats.

    >>> page_starts([20.0] * 30, {23, 24}, 500, 0), page_starts([20.0] * 30, {10}, 500, 0)
    ([23], [])
    >>> page_starts([20.0] * 60, {50}, 500, 0), page_starts([20.0] * 60, {48, 49}, 500, 0)
    ([49], [48])

    The last rows above it go with it where they may be on the next page already, and so do a few rows below the end of
    a page: they are no page of their own.

    >>> page_starts([10.0] * 90, {51}, 500, 0)
    [48]
    """
    found, pages, used, begun = list[int](), 0, 0.0, 0
    for row, one in enumerate(heights):
        first = row in kept and row - 1 not in kept
        need = _together(heights, kept, row) if first else one
        unsure = room * _DRIFT * (pages + 1) if first else 0.0
        if used + need + unsure > room and used:
            slipped = used + unsure - room if first else 0.0
            begun = _earlier(heights, kept, row, begun, slipped) or row
            found += [begun] if first else []
            pages, used = (0 if first else pages + 1), head + sum(heights[begun:row])
        elif pages and used < head + unsure:
            begun = _earlier(heights, kept, begun, found[-1] if found else 0, unsure)
            found.append(begun or row)
            pages, used = 0, head + sum(heights[begun or row : row])
        used += one
    return found


def last_filled(
    heights: Sequence[float], kept: Collection[int], room: float, head: float, starts: Sequence[int]
) -> list[int]:
    """Rows that have to begin a page, with one more where the last page would hold a few lost rows only.

    Args: as of `page_starts`; starts: what it found.

    >>> last_filled([20.0] * 30, [], 500, 0, []), last_filled([20.0] * 30, [19, 20, 21], 500, 0, [])
    ([21], [19])
    >>> last_filled([20.0] * 30, [], 500, 0, [12]), last_filled([20.0] * 20, [], 500, 0, [])
    ([12], [])
    """
    begins, used = [0], 0.0
    for row, one in enumerate(heights):
        if used and (row in starts or used + one > room):
            begins.append(row)
            used = head
        used += one
    unsure = sum(row >= max(starts, default=0) for row in begins)
    if used > room * (1 - _DRIFT * unsure):
        begins.append(len(heights))
        used = head
    if len(begins) == 1 or used - head >= _SPARE * room:
        return list(starts)
    row = _earlier(heights, kept, begins[-1], begins[-2], _SPARE * room - used + head)
    return [*(one for one in starts if one != begins[-1]), row] if row else list(starts)


def _earlier(heights: Sequence[float], kept: Collection[int], row: int, after: int, sure: float) -> int:
    """A row that surely stands on the page before, where `row` is reckoned to begin one; 0 = there is none."""
    above = 0.0
    while row > after and (above < sure or row - 1 in kept):
        row -= 1
        above += heights[row]
    return row if row > after else 0


def _together(heights: Sequence[float], kept: Collection[int], row: int) -> float:
    """Points of a row with all that has to stand on its page, down to the first row that has not."""
    last = next(at for at in range(row, len(heights) + 1) if at not in kept)
    return sum(heights[row : last + 1])


def _pages(heights: Sequence[float], room: float, head: float) -> tuple[int, float]:
    """The number of pages, and how much of the last one is used."""
    pages, used = 1, 0.0
    for one in heights:
        if used + one > room and used:
            pages, used = pages + 1, head
        used += one
    return pages, (used - head if pages > 1 else used) / room
