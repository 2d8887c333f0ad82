"""How much room texts need in a cell: columns of a line, lines of a text. A Chinese character counts 2."""

from __future__ import annotations

import re
import unicodedata
from math import ceil


class _Widths(dict[str, int]):
    """Columns by character, looked up once each."""

    def __missing__(self, char: str) -> int:
        width = self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return width


_WIDTHS = _Widths()


def display_width(text: str) -> int:
    """Columns that a line of text needs, a Chinese character counting 2.

    >>> display_width("单位A")
    5
    """
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def widest(text: str) -> int:
    """Columns of the widest line of a text.

    >>> widest("党课 2次"), widest("a\\n党组织")
    (8, 6)
    """
    return max(map(display_width, text.split("\n")))


def wrapped(text: str, room: float) -> int:
    """Lines that a text takes in `room` columns; Chinese text breaks anywhere, so an odd column holds nothing.

    >>> wrapped("离退休干部党支部", 9), wrapped("a\\nb", 9), wrapped("", 9)
    (2, 2, 1)
    """
    whole = max(2, int(room) // 2 * 2)
    return sum(max(1, ceil(display_width(line) / whole)) for line in text.split("\n"))


def line_count(text: str, width: float) -> int:
    """Lines that a text takes in a cell of `width` columns.

    >>> line_count("离退休干部党支部", 10), line_count("a\\nb", 10), line_count("", 10)
    (2, 2, 1)
    """
    return wrapped(text, width - 1)


WHOLE = re.compile(r"[“‘（〔《「【]*(?:[!-,./-~]+-?|-|.)[”’）〕》」】、，。；：！？…%]*")
"""What stands on one line: a number or word up to its hyphen, or one character, with the signs that go with it."""


def whole_lines(text: str, width: float) -> int:
    """Lines that a text takes in a cell of `width` columns whose numbers, words and signs stay together.

    >>> line_count("任务清单!E26、E27、E28", 12), whole_lines("任务清单!E26、E27、E28", 12), whole_lines("", 10)
    (3, 3, 1)
    >>> line_count("没有填（320901-01、320901-02）", 13), whole_lines("没有填（320901-01、320901-02）", 13)
    (3, 4)
    """
    room = max(2, int(width - 1) // 2 * 2)
    return sum(max(wrapped(line, width - 1), _pieced(line, room)) for line in text.split("\n"))


def _pieced(line: str, room: int) -> int:
    if display_width(line) <= room:
        return 1
    count, used = 1, 0
    for piece in WHOLE.findall(line):
        wide = display_width(piece)
        if used and used + wide > room:
            count, used = count + 1, 0
        if wide > room:
            count, wide = count + ceil(wide / room) - 1, wide % room
        used += wide
    return count
