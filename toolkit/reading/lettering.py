"""How wide what a cell shows is, in digits of its font; never wider than it really is, whatever the font."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from unicodedata import combining, east_asian_width

from toolkit.reading.number_formats import shown

_WIDE, _CAPITAL, _SMALL, _THIN = 1.9, 1.1, 0.9, 0.5
"""Chinese characters, capitals, small letters, and what is thin, in digits."""
_THIN_SIGNS = frozenset("iljftrI.,:;'`!|()[]{}-/ \u00a0")
_THOUSANDS = re.compile("[0#?],[0#?]")
_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_DAY_PART = re.compile(r"y+|e+|m+|d+|h+|s+|a{3,4}", re.I)
_BRACKETS = re.compile(r"\[[^\]]*\]|_.|\*.|;.*")
WIDEST = _WIDE
"""No character is wider."""
WIDEST_ASCII = _CAPITAL


@lru_cache(maxsize=8192)
def _char(char: str) -> float:
    if char.isdigit() and char.isascii():
        return 1.0
    if char in _THIN_SIGNS:
        return _THIN
    if combining(char) or not char.isprintable():
        return 0.0
    if east_asian_width(char) in "WF":
        return _WIDE
    return _CAPITAL if char.isupper() else _SMALL


def text_width(text: str) -> float:
    """The width of a text in one line.

    >>> text_width("12"), text_width("党支部"), text_width("U1-01")
    (2.0, 5.699999999999999, 4.6)
    """
    return sum(map(_char, text))


def number_width(code: str, value: float) -> float:
    """The width of a number under a format; 0 when the format shows no number.

    >>> number_width("0", 38400.0), number_width("#,##0.00", 38400.0), number_width("0%", 1.0)
    (5.0, 8.0, 0.0)
    """
    seen = shown(code, value)
    if seen is None:
        return 0.0
    whole, _, decimals = seen.number.lstrip("-").partition(".")
    whole, decimals = whole.zfill(seen.whole), decimals.ljust(seen.decimals, "0")
    thin = (len(whole) - 1) // 3 if _THOUSANDS.search(code) else 0
    thin += bool(decimals) + seen.number.startswith("-")
    words = "".join(one or other for one, other in _QUOTED.findall(code.partition(";")[0]))
    return len(whole) + len(decimals) + thin * _THIN + text_width(words)


@lru_cache(maxsize=4096)
def day_width(code: str, day: date) -> float:
    """The width of a day under a format of days.

    >>> day_width("yyyy-mm-dd", date(2024, 5, 1)), day_width("yyyy/m/d", date(2024, 5, 1))
    (9.0, 7.0)
    >>> day_width('yyyy"年"m"月"d"日"', date(2024, 12, 31))
    13.7
    """
    written: list[str] = []
    bare = _QUOTED.sub(lambda found: written.append(found[1] or found[2] or "") or "", _BRACKETS.sub("", code))
    parts = _DAY_PART.findall(bare)
    rest = _DAY_PART.sub("", bare)
    return sum(_part_width(part.lower(), day) for part in parts) + text_width("".join((*written, rest)).rstrip("@"))


def _part_width(part: str, day: date) -> float:
    if part[0] in "ye":
        return 2.0 if part == "yy" else 4.0
    if part[0] == "m" and len(part) <= 2:
        return float(max(len(part), len(str(day.month))))
    if part[0] == "d" and len(part) <= 2:
        return float(max(len(part), len(str(day.day))))
    return 3.0 if part[0] in "mda" else float(len(part))
