"""Whole and decimal numbers as units write them: the exact value, or a problem; never a guess, never 0.

Answers are (value, problem code or "", repair code or ""); a decimal is its exact plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta

from toolkit.reading.normal import BLANKS, compact, solid

Answer = tuple[object, str, str]

NOT_WHOLE, NOT_NUMBER, FRACTION, MULTIPLE, AS_DATE, TOO_LONG = "C001", "C018", "C021", "C022", "C014", "C003"
AMBIGUOUS = "C040"
CLEANED, UNIT_OFF = "R001", "R002"

_PLAIN = re.compile(r"[+-]?(?:[0-9]+|(?!0)[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_DIGIT = "[0-9\uff10-\uff19]"
_APART = re.compile(rf"{_DIGIT}(?:{BLANKS.pattern}){_DIGIT}")
_GROUPED = re.compile(rf"\D*{_DIGIT}{{1,3}}(?:{BLANKS.pattern}{_DIGIT}{{3}})+(?:[.\uff0e]{_DIGIT}+)?\D*")
_PARTED = re.compile(r"[+-]?[0-9]+(?:[.,'’][0-9]+)+")
_THOUSANDS = re.compile(r"[+-]?(?!0)[0-9]{1,3}(?:\.[0-9]{3})+")
"""A point with three figures behind it may be a point or part thousands: 4.800."""
_MULTIPLE = re.compile(r"[0-9.,]+(?:多|余)?[十百千万亿]+")
_MOST_DIGITS = 15


class Numbers:
    """The parser of one kind of number.

    Args:
        whole: whole numbers only.
        units: words taken off the end, for example 人 or 元.
    """

    def __init__(self, whole: bool, units: Iterable[str]) -> None:
        self.whole = whole
        self.bad = NOT_WHOLE if whole else NOT_NUMBER
        words = sorted({compact(unit) for unit in units if unit}, key=len, reverse=True)
        self._unit = re.compile("(?:" + "|".join(map(re.escape, words)) + ")$") if words else None

    def parse(self, value: object) -> Answer:
        """The number in a cell.

        >>> Numbers(True, ["人"]).parse("１２人"), Numbers(False, []).parse("2000万")
        ((12, '', 'R002'), (None, 'C022', ''))
        >>> Numbers(False, []).parse(0.1 + 0.2), Numbers(True, []).parse(3.5)
        (('0.3', '', ''), (None, 'C021', ''))
        >>> Numbers(True, []).parse("1 200"), Numbers(True, []).parse("30 31")
        ((1200, '', 'R001'), (None, 'C001', ''))
        >>> [Numbers(False, ["元"]).parse(text) for text in ("4.800元", "1.234,56", "0.125")]
        [(None, 'C040', ''), (None, 'C040', ''), ('0.125', '', '')]
        """
        kind = value.__class__
        if kind is float or kind is int:
            return self._number(value)
        if kind is str:
            return self._text(value)  # type: ignore[arg-type]
        if isinstance(value, date | time | timedelta):
            return None, AS_DATE, ""
        return None, self.bad, ""

    def _number(self, value) -> Answer:
        if value != value or abs(value) >= 10**_MOST_DIGITS:
            return None, TOO_LONG if abs(value) < 1e300 else self.bad, ""
        if value == int(value):
            return (int(value) if self.whole else str(int(value))), "", ""
        if self.whole:
            return None, FRACTION, ""
        text = f"{value:.15g}"
        return (plain(text) if "e" in text else text), "", ""

    def _text(self, text: str) -> Answer:
        apart = _APART.search(text) and not _GROUPED.fullmatch(text)
        bare = solid(text).lstrip("'")
        repair = CLEANED if bare != text.strip() else ""
        if bare[:1] in ("¥", "$"):
            bare, repair = bare[1:], UNIT_OFF
        if self._unit and (short := self._unit.sub("", bare)) != bare:
            bare, repair = short, UNIT_OFF
        if apart or not _PLAIN.fullmatch(bare) or _THOUSANDS.fullmatch(bare):
            return None, self._why(bare, bool(apart)), ""
        if "," in bare:
            bare, repair = bare.replace(",", ""), repair or CLEANED
        if len(bare.lstrip("+-0").replace(".", "")) > _MOST_DIGITS:
            return None, TOO_LONG, ""
        number = plain(bare)
        if not self.whole:
            return number, "", repair
        return (int(number), "", repair) if "." not in number else (None, FRACTION, "")

    def _why(self, bare: str, apart: bool) -> str:
        """The code of what is wrong with a text that is no number."""
        if _THOUSANDS.fullmatch(bare) or (_PARTED.fullmatch(bare) and not bare.replace(".", "").isdecimal()):
            return AMBIGUOUS
        return MULTIPLE if _MULTIPLE.match(bare) and not apart else self.bad


def plain(text: str) -> str:
    """A number's text without exponent, plus sign, leading and trailing zeros.

    >>> plain("+007.50"), plain("1e-05"), plain("-0"), plain("3.00")
    ('7.5', '0.00001', '0', '3')
    """
    mantissa, _, exponent = text.lower().partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    shift = int(exponent or 0)
    digits, point = whole + fraction, len(whole) + shift
    if point < 0:
        digits, point = "0" * -point + digits, 0
    digits = digits.ljust(point, "0")
    whole, fraction = digits[:point].lstrip("0") or "0", digits[point:].rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    return number if number == "0" else sign + number
