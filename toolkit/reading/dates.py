"""Dates and months as units write them: parsed, or named as ambiguous, partial or impossible.

Every function here answers with an `Answer`: (value, problem code or "", repair code or "").
A date is the number of days since 1970-01-01, a month the text `YYYY-MM`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from toolkit.model import cell
from toolkit.reading.normal import BLANKS, narrow, solid

Answer = tuple[object, str, str]

FIRST_YEAR, LAST_YEAR = 1900, 2100
_EPOCH = date(1970, 1, 1).toordinal()

NOT_DATE, NOT_MONTH, AMBIGUOUS, IMPOSSIBLE, PARTIAL = "C019", "C020", "C005", "C015", "C016"
TYPED_NUMBER, NEXT_DAY = "C030", "C038"
BY_SERIAL, CENTURY, NUMERALS, DAY_CUT, TIME_CUT, COMPACTED = "R003", "R004", "R005", "R010", "R011", "R014"

_SEPARATOR = r"[-./_、,\\~年]"
_FULL = re.compile(rf"([0-9]{{4}}|[0-9]{{2}}){_SEPARATOR}([0-9]{{1,2}})[-./_、,\\月]([0-9]{{1,2}})[日号]?")
_MONTH = re.compile(rf"([0-9]{{4}}|[0-9]{{2}}){_SEPARATOR}([0-9]{{1,2}})月?(?:份)?")
_YEAR = re.compile(r"([0-9]{4})年?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})")
_NO_YEAR = re.compile(r"([0-9]{1,2})月([0-9]{1,2})[日号]")
_CLOCK = re.compile(r"(?:[T ]|(?<=[日号]))([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|\+00:00)?$")
_NUMERALS = re.compile(r"[〇○零一二三四五六七八九十]+")
_DIGIT_OF = {character: str(digit) for digit, character in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_YEAR_IN_NUMERALS = re.compile(r"([〇○零一二三四五六七八九]{4}|[〇○零一二三四五六七八九]{2})年")

_MIXED = re.compile(rf"[0-9]{_NUMERALS.pattern}|{_NUMERALS.pattern}[0-9]")
_BETWEEN = re.compile(rf"(?<=[0-9])(?:{BLANKS.pattern})(?=[0-9])")

Parts = tuple[int, int, int]
"""Year, month, day; 0 = not given."""


def parse_date(value: object, epoch_1904: bool = False) -> Answer:
    """The day as days since 1970-01-01.

    >>> parse_date("2024年5月1日")[0] == parse_date("20240501")[0] == 19844
    True
    >>> parse_date("2024.5"), parse_date("2024-02-30"), parse_date("03/04/2024")
    ((None, 'C016', ''), (None, 'C015', ''), (None, 'C005', ''))
    """
    parts, problem, repair = _parts(value, epoch_1904, NOT_DATE)
    if problem:
        return None, problem, ""
    year, month, day = parts
    if not month or not day:
        return None, PARTIAL, ""
    if not _exists(year, month, day):
        return None, IMPOSSIBLE, ""
    days = date(year, month, day).toordinal() - _EPOCH
    return (days, NEXT_DAY, "") if may_be_next_day(value) else (days, "", repair)


def may_be_next_day(value: object) -> bool:
    """Whether a moment looks like midnight that a program wrote in another time zone, or some seconds too early.

    >>> may_be_next_day(datetime(2022, 4, 30, 23, 59, 17)), may_be_next_day(datetime(2022, 5, 31, 16))
    (True, True)
    >>> may_be_next_day(datetime(2022, 5, 31, 14, 30)), may_be_next_day(datetime(2022, 5, 31))
    (False, False)
    >>> may_be_next_day("2022-05-31T16:00:00.000Z"), may_be_next_day("2022-05-31 16:00")
    (True, False)
    """
    clock = _clock(value)
    if clock == (16, 0):  # who types a clock himself means it
        return "T" in value or value.endswith(("Z", "+00:00")) if isinstance(value, str) else not value.second  # type: ignore[attr-defined]
    return clock in ((23, 59), (15, 59))


def _clock(value: object) -> tuple[int, int]:
    """The hour and minute that stand behind a day; midnight for none."""
    if value.__class__ is datetime:
        return value.hour, value.minute  # type: ignore[attr-defined]
    found = _CLOCK.search(narrow(value).strip()) if value.__class__ is str else None  # type: ignore[arg-type]
    return (int(found[1]), int(found[2])) if found else (0, 0)


def day_of(days: int) -> date:
    """The day of such a number.

    >>> day_of(19844)
    datetime.date(2024, 5, 1)
    """
    return date.fromordinal(_EPOCH + days)


def parse_month(value: object, epoch_1904: bool = False) -> Answer:
    """The month as `YYYY-MM`; a full date is cut to its month.

    >>> parse_month("1956.08"), parse_month(1956.1), parse_month("195608")
    (('1956-08', '', ''), (None, 'C005', ''), ('1956-08', '', ''))
    """
    parts, problem, repair = _parts(value, epoch_1904, NOT_MONTH)
    if problem:
        return None, problem, ""
    year, month, day = parts
    if not month:
        return None, NOT_MONTH, ""
    if day and isinstance(value, str):
        if not _exists(year, month, day):
            return None, IMPOSSIBLE, ""
        repair = repair or DAY_CUT
    if day and may_be_next_day(value) and not _exists(year, month, day + 1):
        return f"{year:04d}-{month:02d}", NEXT_DAY, ""
    return f"{year:04d}-{month:02d}", "", repair


def _parts(value: object, epoch_1904: bool, unreadable: str) -> tuple[Parts, str, str]:
    kind = value.__class__
    if kind is str:
        parts, problem, repair = _from_text(value, unreadable)  # type: ignore[arg-type]
        repair = repair or (TIME_CUT if _clock(value) != (0, 0) else "")
    elif kind is float or kind is int:
        parts, problem, repair = _from_number(float(value), epoch_1904, unreadable)  # type: ignore[arg-type]
    elif isinstance(value, date) and typed_number(value, epoch_1904):
        return (0, 0, 0), TYPED_NUMBER, ""
    elif isinstance(value, datetime):
        at_midnight = value.time() == time(0)
        parts, problem, repair = (value.year, value.month, value.day), "", "" if at_midnight else TIME_CUT
    elif isinstance(value, date):
        parts, problem, repair = (value.year, value.month, value.day), "", ""
    else:
        return (0, 0, 0), unreadable, ""
    if problem:
        return parts, problem, ""
    year, month, day = parts
    if not FIRST_YEAR <= year <= LAST_YEAR or month > 12 or day > 31:
        return parts, IMPOSSIBLE, ""
    return parts, "", repair


def typed_number(value: date, epoch_1904: bool = False) -> str:
    """The number that somebody typed into a cell with a date format (2023.5, 2023, 45); empty for a real date.

    >>> typed_number(datetime(1905, 7, 15, 12)), typed_number(date(1900, 2, 14)), typed_number(date(2023, 5, 1))
    ('2023.5', '45', '')
    """
    number = cell.serial(value, epoch_1904)
    return "" if number >= cell.LIKELY_SERIALS.start else f"{number:.6g}"


def _from_number(number: float, epoch_1904: bool, unreadable: str) -> tuple[Parts, str, str]:
    """A number in a date column: a typed date without separators, year.month, or Excel's own day number."""
    whole = int(number) if number == number and abs(number) < 1e9 else 0
    if whole == number:
        if 19000000 < whole < 21010000:
            return (whole // 10000, whole // 100 % 100, whole % 100), "", COMPACTED
        if 190000 < whole < 210013:
            return (whole // 100, whole % 100, 0), "", COMPACTED
        if FIRST_YEAR <= whole <= LAST_YEAR:
            return (whole, 0, 0), "", ""
    if whole in cell.LIKELY_SERIALS:
        kept = cell.day(whole, epoch_1904)
        return (kept.year, kept.month, kept.day), "", BY_SERIAL
    text = f"{number:.15g}"
    if re.fullmatch(r"(?:19|20)[0-9][0-9]\.1", text):
        return (0, 0, 0), AMBIGUOUS, ""
    if re.fullmatch(r"(?:(?:19|20)[0-9][0-9]|[0-9][0-9])\.[0-9]{1,2}", text) and not text.endswith(".1"):
        return _from_text(text, unreadable)
    return (0, 0, 0), unreadable, ""


def _from_text(text: str, unreadable: str) -> tuple[Parts, str, str]:
    bare = solid(_BETWEEN.sub("-", _CLOCK.sub("", narrow(text).strip()))).lstrip("'‘’").rstrip(".。,;")
    repair = ""
    if _NUMERALS.search(bare) and not _MIXED.search(bare):
        bare, repair = _digits_for_numerals(bare), NUMERALS
    if found := _DIGITS.fullmatch(bare):
        year, month, day = found.groups()
        return (int(year), int(month), int(day or 0)), "" if int(month) else IMPOSSIBLE, repair
    for pattern in (_FULL, _MONTH):
        if found := pattern.fullmatch(bare):
            return _with_century(found.groups(), repair)
    if found := _YEAR.fullmatch(bare):
        return (int(found[1]), 0, 0), "", repair
    if found := _DAY_FIRST.fullmatch(bare):
        return _day_first(*(int(part) for part in found.groups()))
    if re.fullmatch(r"[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{1,2}", bare):
        return (0, 0, 0), AMBIGUOUS, ""
    found = _NO_YEAR.fullmatch(bare)
    if found and not _exists(2024, int(found[1]), int(found[2])):
        return (0, 0, 0), IMPOSSIBLE, ""
    return (0, 0, 0), unreadable, ""


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _with_century(groups: tuple[str, ...], repair: str) -> tuple[Parts, str, str]:
    """Two-digit years: 40 to 99 are of the last century, the others may be of either."""
    year, month, day = int(groups[0]), int(groups[1]), int(groups[2]) if len(groups) > 2 else 0
    if len(groups[0]) == 2:
        if year < 40:
            return (0, 0, 0), AMBIGUOUS, ""
        year, repair = 1900 + year, CENTURY
        if day and day >= 40:
            return (0, 0, 0), AMBIGUOUS, ""
    if not month:
        return (0, 0, 0), IMPOSSIBLE, ""
    return (year, month, day), "", repair


def _day_first(first: int, second: int, year: int) -> tuple[Parts, str, str]:
    if first > 12 >= second:
        return (year, second, first), "", COMPACTED
    if second > 12 >= first or first == second:
        return (year, first, second), "", COMPACTED
    return (0, 0, 0), AMBIGUOUS if first <= 12 and second <= 12 else IMPOSSIBLE, ""


def _digits_for_numerals(text: str) -> str:
    """The text with Chinese numerals as digits.

    >>> _digits_for_numerals("二〇二四年十一月二十三日")
    '2024年11月23日'
    """
    text = _YEAR_IN_NUMERALS.sub(lambda found: "".join(map(_DIGIT_OF.__getitem__, found[1])) + "年", text)
    return _NUMERALS.sub(lambda found: str(_small_number(found[0])), text)


def _small_number(numeral: str) -> str | int:
    if "十" not in numeral:
        return "".join(_DIGIT_OF[character] for character in numeral)
    tens, _, ones = numeral.partition("十")
    if tens not in ("", "一", "二", "三") or len(ones) > 1 or _DIGIT_OF.get(ones) == "0":
        return numeral
    return int(_DIGIT_OF.get(tens, "1")) * 10 + int(_DIGIT_OF.get(ones, "0"))


def iso(value: object) -> str:
    """A date, time or duration cell as text.

    >>> iso(datetime(2024, 5, 1)), iso(time(8, 30))
    ('2024-05-01', '08:30:00')
    """
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
