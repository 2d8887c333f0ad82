"""What a number format makes of a number or a day: the number, or the parts of the day, that people see.

Formats that show a number as some other one, as words, or not at all, and days without their year, month or day are
told apart by what they show, not by a list of formats.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from typing import NamedTuple
from unicodedata import numeric

from toolkit.reading.numbers import plain

GENERAL = ("", "General", "@")
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy/m/d h:mm", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m-d-yy", 31: "yyyy年m月d日", 32: "h时mm分",
    33: "h时mm分ss秒", 36: "yyyy年m月", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss", 48: "##0.0E+0", 50: "yyyy年m月", 51: "m月d日", 52: "yyyy年m月", 53: "m月d日",
    54: "m月d日", 57: "yyyy年m月", 58: "m月d日",
}  # fmt: skip
"""Formats that a workbook names by their number alone, as Chinese Excel shows them."""
YEAR, MONTH, DAY = "year", "month", "day"

_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_COMPARE = {"<": operator.lt, ">": operator.gt, "=": operator.eq}
_COMPARE |= {"<=": operator.le, ">=": operator.ge, "<>": operator.ne}
_DIGITS = re.compile(r"([0#?][0#?,]*)?(?:\.([0#?]*))?")
_SCALED = re.compile(r"[0#?.](,+)(?![0#?,])")
_TIME = re.compile(r"h+(?::|时|小时)?m+|m+(?::|分)s+|\[[hms]+\]|AM/PM|A/P", re.I)
_SIZES = "万亿千百十角%‰％﹪‱成折半"
_SHORT_SIZES = re.compile(r"\W*[kKwWM]\W*")
"""Letters for thousands, ten thousands and millions: 3k, 3w."""
_WRITTEN = re.compile(r'"([^"]*)"|[\\!](.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*(.)')
"""What a format writes itself: words, single signs, a currency, signs that fill the cell."""
_WHITE = re.compile(r"\[(?:white|color ?2|白色|颜色 ?2)\]", re.I)
_NAMES_OF_INK = "black|blue|cyan|green|magenta|red|yellow|黑色|蓝色|蓝绿色|青色|绿色|洋红色?|红色|黄色"
_INK = re.compile(rf"\[({_NAMES_OF_INK}|(?:color|颜色) ?(?!2\])[0-9]+)\]", re.I)
_SIGN = "[-－−–—‐‑﹣(（△▲亏虧]|[负負](?![责責])"
"""What people take for a sign of minus before a number."""
_FRONT_MINUS = re.compile(rf"(?:(?!General)[^0#?])*?(?:{_SIGN})")
_END_MINUS = re.compile("[0#?l][^0#?]*[-－−–—]\\s*$")
_POINT = re.compile(r"(?:^\s*[．。·，、'’]|[0#?.][．。·])\s*[.0#?G]|[0#?]\.[^0#?]+[0#?]|\..*\.")
_APART = r"[^0#?.,\s]*[^0#?.,\s，'’E][^0#?.]*|[，'’\s]+(?![0#?]{3}(?![0#?]))"
_PARTED = re.compile(rf"[0#?.,](?:{_APART})[0#?.,]|,[，、'’]")
_THOUSANDS = re.compile(r"[0#?]\s*[，'’]\s*[0#?]{3}(?![0#?])|0\s+000(?!0)")
"""Signs of a format's own inside a number: 38-40, 384 0; what parts thousands does no harm where there are some."""
_LIKE_FIGURES = re.compile(r"(?<![A-Za-z])[OoQIlEe|](?![A-Za-z])|[±∓]")
"""Letters that read as figures or powers when they stand alone, and signs that leave the sign open."""
_OF_ITS_OWN = str.maketrans(
    {".": "．", ",": "，", "/": "／"} | dict.fromkeys(map(chr, range(97, 123))) | dict.fromkeys("GE#?@")
)
_ERA = re.compile(r"\[\$-(?:[0-9A-F]*0)?4(?:04|11)\]", re.I)
"""Traditional Chinese and Japanese, whose `e` and `g` are years of an era."""
_PARTS = re.compile("(y+|e+)|(m+)(月?)|(d+)([日号]?)")
_CALENDAR = re.compile(r"\[\$-[0-9A-F]{0,2}?([0-9A-F]{2})[0-9A-F]{4}\]|B2", re.I)
_OF_OUR_ERA = ("00", "01", "02", "09", "0A", "0B", "0C")
"""Calendars by their numbers in Windows whose years are those of the common era."""
_GROUP = 3
_PROBES = (0, 1, -1, 12, 123_456_789)


class Shown(NamedTuple):
    """The number that a format shows.

    Args:
        number: as plain text.
        whole: how many digits it shows before the point at least.
        decimals: how many behind it at least; one where a point is always shown.
    """

    number: str
    whole: int
    decimals: int = 0


def shown(code: str, value: float) -> Shown | None:
    """The number that a format shows; None when it shows none: nothing, words, a size (万, %), a fraction.

    >>> [tuple(shown(*one)) for one in (("#,##0.00", 3600.005), ("000000", 12.0), ("0;0", -5.0), ("0.##", 5.0))]
    [('3600.01', 1, 2), ('12', 6, 0), ('5', 1, 0), ('5', 1, 1)]
    >>> [shown(code, 0.0) for code in (";;;", "#", "0;-0;;@", '[=0]"无";0', '0"万"')], shown("0.0,", 3600.0).number
    ([None, None, None, None, None], '3.6')
    >>> shown("# ?/?", 0.5), [shown(*one).number for one in (("General", 1e-7), ("# ?/?", 12.0), ("0.0E+0", 1250.0))]
    (None, ['0.0000001', '12', '1300'])
    >>> shown('0"，"000', 30.0), shown('0"，"000', 3000.0).number, shown('"-"0', -5.0)
    (None, '3000', None)
    """
    exact = plain(f"{value:.15g}")
    if code in GENERAL:
        return Shown(exact, 1)
    section, signed = _section(code, value)
    negative = value > 0 or (value < 0 and signed)
    if _misguides(section) or (negative and _looks_negative(section)):
        return None
    literals = "".join(one or other for one, other in _LITERAL.findall(section))
    bare = _LITERAL.sub("", section)
    signed = signed or bool(re.search(_SIGN, literals + bare))
    if any(size in literals + bare for size in _SIZES) or _SHORT_SIZES.fullmatch(literals):
        return None
    if "General" in bare:
        return Shown(exact if signed else exact.lstrip("-"), 1)
    if not re.search("[0#?]", bare):
        return None
    if thousands := _SCALED.search(bare):
        exact = plain(f"{exact}e{-3 * len(thousands[1])}")
    if "/" in bare:
        return None if "." in exact else Shown(exact if signed else exact.lstrip("-"), 0)
    found = next(found for found in _DIGITS.finditer(bare) if found[0])
    decimals, whole = found[2] or "", (found[1] or "").replace(",", "")
    power = int(f"{value:e}".partition("e")[2]) if "E" in bare.upper() else 0
    number = rounded(exact, len(decimals) - power)
    if number == "0" and "0" not in whole + decimals:
        return None
    if _THOUSANDS.search(_visible(section)) and len(number.lstrip("-").partition(".")[0]) <= _GROUP:
        return None
    always = max(decimals.count("0"), int("." in bare)) if not power else 0
    return Shown(number if signed else number.lstrip("-"), whole.count("0"), always)


def is_text(code: str, value: float) -> bool:
    """Whether a text that holds the bare number is what a format shows; thousands may be parted by commas.

    >>> [is_text(code, 2023.1) for code in ("General", "0.0", "#,##0.0_ ", "0.00", "0", '"证"0.0', '0.0"."', "[$¥]0.0")]
    [True, True, True, False, False, False, False, False]
    >>> [is_text(code, 12.0) for code in ("0", "000", "0.00", '0"."', '"（"0"）"', '0;-0;"无"', "0_ ;[Red]-0_ ", "0.#")]
    [True, False, False, False, False, True, True, False]
    """
    seen, exact = None if is_of_days(code) else shown(code, value), plain(f"{value:.15g}")
    if seen is None or seen.number != exact:
        return False
    whole, _, fraction = exact.lstrip("-").partition(".")
    section, _ = _section(code, value)
    bare = _LITERAL.sub("", section).replace("General", "")
    beside = _written(section) + re.sub("[0#?.,]|^-" if value < 0 else "[0#?.,]", "", bare)
    if "E" in bare.upper() or (whole == "0" and not seen.whole and "G" not in section):
        return False
    return seen.whole <= len(whole) and seen.decimals <= len(fraction) and not beside.strip()


def _written(section: str) -> str:
    """What a section writes whatever the value."""
    return "".join("".join(found) for found in _WRITTEN.findall(section))


def _visible(section: str) -> str:
    """A section as it stands on the screen: own points and commas wide, own small letters left out.

    >>> _visible(r'[Red]"No."0\\,0_-'), _visible('"−"#,##0.00')
    ('N．0，0', '−#,##0.00')
    """
    return _WRITTEN.sub(lambda found: "".join(filter(None, found.groups())).translate(_OF_ITS_OWN), section)


def _looks_negative(section: str) -> bool:
    """Whether a section writes what people take for the sign of a number below zero.

    >>> [_looks_negative(section) for section in ('"负"0', '"−"#,##0', "(0)", "△General", '0"-"')]
    [True, True, True, True, True]
    >>> [_looks_negative(section) for section in ("0_-", '"约"0', '"负责"0"人"', "[$-804]0", "0.0E-0")]
    [False, False, False, False, False]
    """
    text = _visible(section)
    return bool(_FRONT_MINUS.match(text) or _END_MINUS.search(text))


def _misguides(section: str) -> bool:
    """Whether a section shows figures or signs of its own in a number, or nothing at all because its ink is white.

    >>> [_misguides(section) for section in ('"1"0', "0*0", "[白色]0", '0"."00', '"."0', '0","0', "0-00", "0 0")]
    [True, True, True, True, True, True, True, True]
    >>> [_misguides(section) for section in ('"O"0', '0"±"', '0"成"0', '0"~"0', '"，"0', '0."、"0')]
    [True, True, True, True, True, True]
    >>> [_misguides(section) for section in ('0"人"', "[Red]0", '"No."0', r"#\\ ##0", '0"，"000', "# ?/?", "0.0E+0")]
    [False, False, False, False, False, False, False]
    """
    written, text = _written(section), _visible(section)
    own = any(numeric(sign, None) is not None for sign in written) or _LIKE_FIGURES.search(
        " ".join(map("".join, _WRITTEN.findall(section)))
    )
    parted = _PARTED.search(re.sub("E[-+]", "E", text)) and "/" not in _LITERAL.sub("", section)
    return bool(own or _WHITE.search(section) or _POINT.search(text) or parted)


def rounded(number: str, decimals: int) -> str:
    """A number as plain text, rounded half up to so many decimals; to tens and hundreds when they are negative.

    >>> rounded("3600.005", 2), rounded("-0.5", 0), rounded("1250", -2), rounded("12", 2)
    ('3600.01', '-1', '1300', '12')
    """
    whole, _, fraction = number.lstrip("-").partition(".")
    if len(fraction) <= decimals:
        return number
    unit = 10 ** (len(fraction) - decimals)
    kept = (int(whole + fraction) * 2 + unit) // (2 * unit)
    return plain(f"{'-' if number.startswith('-') else ''}{kept}e{-decimals}")


def _section(code: str, value: float) -> tuple[str, bool]:
    """The section of a format that counts for a number, and whether Excel puts the sign before it by itself."""
    sections = _split(code)
    conditions = [_CONDITION.search(section) for section in sections[:2]]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=False):
            if condition and _COMPARE[condition[1]](value, float(condition[2])):
                return section, True
        rest = [section for section in sections[:3] if not _CONDITION.search(section)]
        return (rest[-1] if rest else ""), True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    return (sections[2] if not value and len(sections) > 2 else sections[0]), True


def _split(code: str) -> list[str]:
    """The sections of a format; a semicolon in quotes is none.

    >>> _split('0;"a;b"0;')
    ['0', '"a;b"0', '']
    """
    sections, at = [], 0
    while at <= len(code):
        found = _SECTION.match(code, at)
        sections.append(found[0] if found else "")
        at += len(sections[-1]) + 1
    return sections


@lru_cache(maxsize=2048)
def is_plain(code: str) -> bool:
    """Whether a format shows every whole number as it is.

    >>> [is_plain(code) for code in ("General", "0", "#,##0.00_ ;-#,##0.00", '0"人"', "0.00_);[Red](0.00)")]
    [True, True, True, True, True]
    >>> [is_plain(code) for code in ("0%", "000", "0;0", "#", ";;;", "0.0E+0", "yyyy-mm-dd")]
    [False, False, False, False, False, False, False]
    """
    seen = (shown(code, float(probe)) for probe in _PROBES)
    return not _CONDITION.search(code) and all(
        one is not None and one[:2] == (str(probe), 1) for one, probe in zip(seen, _PROBES, strict=True)
    )


@lru_cache(maxsize=2048)
def shows_all(code: str) -> bool:
    """Whether a format shows every whole number, or every day, and every text as it is.

    >>> [shows_all(code) for code in ("", "#,##0.00", "yyyy-mm-dd", "0,", ";;;", "yyyy", '"甲"@')]
    [True, True, True, False, False, False, False]
    """
    return code in GENERAL or shows_days(code) or (is_plain(code) and not hides_text(code) and not changes_text(code))


@lru_cache(maxsize=2048)
def shows_days(code: str) -> bool:
    """Whether a format shows every day as it is; of other numbers it may show nothing but ####."""
    return is_of_days(code) and not hidden_parts(code) and not changes_day(code) and not exchanges(code)


@lru_cache(maxsize=2048)
def exchanges(code: str) -> bool:
    """Whether a format of days shows month and day as bare figures in another order than year, month, day.

    >>> [exchanges(code) for code in ("yyyy-dd-mm", "dd/mm/yyyy", "m/d/yy h:mm", "mm-dd-yyyy")]
    [True, True, True, True]
    >>> [exchanges(code) for code in ("yyyy/m/d", "d-mmm-yy", 'm"月"d"日"yyyy', "yyyy-mm-dd hh:mm:ss", "mm:ss", "0.00")]
    [False, False, False, False, False, False]
    """
    if not is_of_days(code):
        return False
    year = month = day = -1
    for found in _PARTS.finditer(_days_of(code)):
        if found[1]:
            year = found.start()
        elif found[2]:
            month = found.start() if len(found[2]) <= 2 and not found[3] else -1
        else:
            day = found.start() if len(found[4]) <= 2 and not found[5] else day
    return month >= 0 and day >= 0 and not year < month < day


def _days_of(code: str) -> str:
    """A format of days in small letters, without its times, and with nothing but the signs of what it writes itself."""
    section = re.sub(r"\[[^\]]*\]", "", _split(code)[0])
    section = re.sub(r'"([^"]*)"|\\(.)', lambda found: re.sub("[A-Za-z]", "", found[1] or found[2] or ""), section)
    return _TIME.sub("", section).lower()


@lru_cache(maxsize=2048)
def hides_text(code: str) -> bool:
    """Whether a format shows nothing of a text, or other words in its place.

    >>> [hides_text(code) for code in (";;;", '0;-0;0;"有"', "0;-0;;@", ";;", "@", "General")]
    [True, True, False, False, False, False]
    """
    section = _of_texts(code)
    return section is not None and (_WHITE.search(section) is not None or "@" not in _LITERAL.sub("", section))


@lru_cache(maxsize=2048)
def inks(code: str) -> tuple[str, ...]:
    """The colours but white that a format gives to numbers above zero, and to texts.

    >>> inks("[Red]0;[Blue]0"), inks("0;0;0;[颜色10]@"), inks("[$-804]0"), inks("[White]0")
    (('red',), ('颜色10',), (), ())
    """
    sections = {_split(code)[0], _of_texts(code) or ""}
    found = (_INK.search(re.sub(r'"[^"]*"', "", section)) for section in sorted(sections))
    return tuple(one[1].casefold() for one in found if one)


def _of_texts(code: str) -> str | None:
    """The section for texts; None for a format that has none."""
    sections = _split(code)
    has_own = len(sections) > 3 or "@" in _LITERAL.sub("", sections[-1])
    return sections[min(len(sections), 4) - 1] if has_own else None


@lru_cache(maxsize=2048)
def changes_text(code: str) -> bool:
    """Whether a format writes words of its own beside a text.

    >>> [changes_text(code) for code in ('"乙"@', '@"某"', "@", ";;;@", "0.00_ ;_ @_ ")]
    [True, True, False, False, False]
    """
    return any(map(str.isalnum, _written(_of_texts(code) or "")))


@lru_cache(maxsize=2048)
def changes_day(code: str) -> bool:
    """Whether a format of days shows figures of its own, years of another calendar, or white ink.

    >>> [changes_day(code) for code in ('"2024-"mm-dd', "[$-107041E]yyyy-mm-dd", "B2yyyy", "[White]yyyy-mm-dd")]
    [True, True, True, True]
    >>> [changes_day(code) for code in ("yyyy-mm-dd", "[$-804]yyyy年m月d日;@", "[DBNum1][$-804]yyyy年", "ss.0", "0.00")]
    [False, False, False, False, False]
    >>> changes_day("yyyy.m.d"), changes_day('yyyy"."mm"."dd')
    (False, False)
    """
    if not is_of_days(code):
        return False
    section = _split(code)[0]
    calendar = _CALENDAR.search(section)
    other = calendar is not None and (calendar[1] or "").upper() not in _OF_OUR_ERA
    other = other or bool(_ERA.search(section) and re.search("[eg]", _LITERAL.sub("", section), re.I))
    figures = re.search("[1-9]", _LITERAL.sub("", section).replace("B1", ""))
    return other or _misguides(section.replace(".", "-")) or figures is not None


@lru_cache(maxsize=2048)
def is_of_days(code: str) -> bool:
    """Whether a format shows days or times.

    >>> [is_of_days(code) for code in ("yyyy-mm-dd", "[h]:mm", "General", '0"d"', "0.00E+00", "@")]
    [True, True, False, False, False, False]
    """
    bare = re.sub(r'"[^"]*"|\\.|General', "", _split(code)[0], flags=re.I)
    bare = re.sub(r"\[(?![hms]+\])[^\]]*\]", "", bare)
    return bool(re.search("[ymdhsge]", bare, re.I)) and not re.search("[0#?@]", bare.replace("ss.0", ""))


@lru_cache(maxsize=2048)
def hidden_parts(code: str) -> frozenset[str]:
    """Which of year, month and day a format of days does not show; none for a format that is no such one.

    >>> [sorted(hidden_parts(code)) for code in ("yyyy年m月", "m月d日", "h:mm", "yyyy")]
    [['day'], ['year'], ['day', 'month', 'year'], ['day', 'month']]
    >>> [sorted(hidden_parts(code)) for code in ("yyyy-mm-ddd", "yyyy-mmmmm-dd", "dddd, mmmm d, yyyy")]
    [['day'], ['month'], []]
    >>> [sorted(hidden_parts(code)) for code in ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy h:mm", "General", "0.00")]
    [[], [], [], [], []]
    """
    if not is_of_days(code):
        return frozenset()
    seen = {YEAR: "[yeg]", MONTH: "(?<!m)m{1,4}(?!m)", DAY: "(?<!d)d{1,2}(?!d)"}
    return frozenset(part for part, letters in seen.items() if not re.search(letters, _days_of(code)))
