"""Personal numbers in text: what looks like an ID number, a mobile number or an e-mail address, and how to mask it."""

from __future__ import annotations

import re

_EDGE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_GAP = r"[ -]?"
ID_NUMBER = re.compile(
    rf"{_EDGE}(?:\d{{6}}{_GAP}(?:18|19|20)\d\d{_MONTH_DAY}{_GAP}\d{{3}}[0-9Xx]|\d{{8}}{_MONTH_DAY}\d{{3}}){_END}"
)
MOBILE = re.compile(rf"{_EDGE}1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}{_END}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")
NUMBER_LIKE = re.compile(rf"{_EDGE}(?:\d{{11}}|\d{{15}}|\d{{17}}[0-9Xx]){_END}")

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
"""Of GB 11643: the weights of the first 17 digits, the last character by the remainder of their sum by 11."""


def checksum_ok(number: str) -> bool:
    """Whether an 18-digit citizen number has a possible birth date and the right last character (GB 11643).

    A lower-case x counts as X; old 15-digit numbers have no checksum and are not accepted.

    >>> checksum_ok("11010519491231002X"), checksum_ok("11010519491231002x"), checksum_ok("110105194912310021")
    (True, True, False)
    """
    if not re.fullmatch(rf"\d{{6}}(?:18|19|20)\d\d{_MONTH_DAY}\d{{3}}[0-9Xx]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK_CHARACTERS[total % 11] == number[-1].upper()


def masked(text: str, any_number: bool = False) -> str:
    """The text with personal numbers made unreadable, for messages.

    Args:
        any_number: also numbers of 11, 15 or 18 digits that are no possible telephone or citizen number.

    >>> masked("证号 11010519491231002X，电话13812345678")
    '证号 110105********002X，电话138****5678'
    """

    def cover(match: re.Match) -> str:
        number = match.group()
        head, tail = (3, 4) if len(number) < 15 else (6, 4)
        return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]

    text = EMAIL.sub(lambda match: "***@" + match.group().split("@")[1], text)
    text = MOBILE.sub(cover, ID_NUMBER.sub(cover, text))
    return NUMBER_LIKE.sub(cover, text) if any_number else text
