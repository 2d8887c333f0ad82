"""What is personal in a text, and how it is made unreadable: ID numbers, mobile numbers, e-mail addresses, names.

One owner for every output. What a unit typed is masked when it enters the findings and the merged data (`typed=True`:
long numbers of any kind go too); the doors of the program (terminal, JSON, workbooks, buttons) look a last time with
`screened`. Readable stay only the column of ID numbers in the working dataset of a round that collects them, and the
unit's own file.

A number is recognised in any spelling: full-width digits, blanks, hyphens, dots and invisible characters between the
digits, a country code before it, a small or full-width x after it, the exponent of a number cell. What somebody typed
is masked in more spellings than a rule may call wrong (see `toolkit.model.spellings`).

Source: architecture, personal data; forms.md, V30, V31; GB 11643 (ID numbers).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from toolkit.model import spellings
from toolkit.model.spellings import CERTAIN, DOORS, PREFIXES, TYPED, Run, plain_digits

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.model.form import Sheet

ID_NUMBER, MOBILE, EMAIL, LONG_NUMBER = "id_number", "mobile", "email", "long_number"
NUMBER_COLUMN = "id_number"
"""The column of ID numbers, which exists only in rounds that collect them."""
STAR, WIDE_STAR = "*", "＊"
"""What stands for a hidden character, and the same in names of files, where the first is not allowed."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
"""Of GB 11643: the weights of the first 17 digits, the last character by the remainder of their sum by 11."""

_EXPONENT = re.compile(r"(?<![\d.])\d[.．]\d{7,}[eEｅＥ][+＋]?1\d(?!\d)")
_THOUSANDS = re.compile(r"(?<!\d)(?<!\d,)\d{1,3}([,，])\d{3}(?:\1\d{3}){2,4}(?!,?\d)")
_HEX = re.compile(r"[0-9a-f]{16,}")
_LETTERS = 5
"""How many letters tell a digest from a number with the end of a word before it, or a letter behind."""
_CODE = re.compile(r"[0-9A-Za-z_\-]+")

_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_LONGEST_COUNT = 10**10
"""No count and no amount of a round is that large."""
_BORN = 1880, 2015
"""Years of birth of whom a round may speak; later dates inside a number are those of a document."""
_OLDEST_CUT = 36
_ID_CUTS = ({6, 14}, {6, 10, 14}, {6, 10, 12, 14})
_OLD_CUTS = ({6, 12}, {6, 8, 10, 12})
_MOBILE_CUTS = (set(), {3, 7}, {3}, {7}, {4}, {6}, {4, 8}, {3, 6}, {4, 7}, {1, 4, 7}, {2, 5, 8}, {3, 5, 7, 9})
_WIDE_CUTS = ({2}, {5}, {8}, {5, 8})
"""Where people cut a mobile number, and where only somebody who hides one does."""
_KEPT = {ID_NUMBER: (6, 4), LONG_NUMBER: (6, 4), MOBILE: (3, 4)}
"""How many characters stay readable at the front and at the end."""

_UNITS: set[str] = set()
"""Codes of units that look like a mobile number; see `recognise`."""
Found = tuple[str, tuple[int, ...]]
"""A kind, and the places of its characters in the text."""


def recognise(codes: Iterable[str]) -> None:
    """Makes codes of a unit list known: such a code is nobody's number in names of files and in our own words.

    What somebody types into a cell is masked all the same, whatever it looks like.
    """
    _UNITS.update(code for code in codes if _is_mobile(code))


def mask(text: str, typed: bool = False, leaving: bool = False) -> str:
    """The text with ID numbers, mobile numbers and e-mail addresses made unreadable.

    Args:
        typed: what somebody typed; every number of 15 digits and more goes, also one that is no possible ID number,
            and what is spelt in an unusual way.
        leaving: on its way out, long after it was typed; codes of known units in it are ours (see `recognise`).

    >>> mask("证号 11010519491231002X，电话13812345678"), mask("110105 19491231 002x"), mask("１３８-1234-5678")
    ('证号 110105********002X，电话138****5678', '110105********002x', '１３８****5678')
    >>> mask("+86 138 1234 5678"), mask("wang.xm@example.com"), mask("1.3812345678E+10"), mask("2025-01-01")
    ('+86 138****5678', '***@example.com', '1.3*****5678E+10', '2025-01-01')
    >>> mask("113210810141234567"), mask("113210810141234567", typed=True)
    ('113210810141234567', '113210********4567')
    """
    if not spellings.maybe(text):
        return text
    reading = TYPED if typed and not leaving else DOORS
    return _mask_numbers(_without_boxes(text, reading), typed, leaving or not typed, reading)


def screened(text: str, boxes: bool = False) -> str:
    """The text as it may leave by a door of the program: no ID number and no mobile number inside.

    Codes of units and organisations that stand alone pass, and so do e-mail addresses: those that come this far are
    the bureau's own.

    Args:
        boxes: e-mail addresses go too, because somebody typed the text.

    >>> screened("王某13812345678.xlsx"), screened("13010200101"), screened("110105194912310021")
    ('王某138****5678.xlsx', '13010200101', '110105********0021')
    >>> screened("问过 wang@example.com"), screened("问过 wang@example.com", boxes=True)
    ('问过 wang@example.com', '问过 ***@example.com')
    """
    if not spellings.maybe(text) or (_CODE.fullmatch(text) and not holds(text, (ID_NUMBER,))):
        return text
    return _mask_numbers(_without_boxes(text, DOORS) if boxes else text, False, True, DOORS)


def holds(text: str, kinds: Collection[str] = (ID_NUMBER, MOBILE, EMAIL)) -> bool:
    """Whether something of the given kinds stands in the text.

    >>> holds("办公电话0514-83421234"), holds("138 1234 5678"), holds("a@b.cn", (ID_NUMBER,)), holds("a@b.cn", (EMAIL,))
    (False, True, False, True)
    """
    if not spellings.maybe(text):
        return False
    if EMAIL in kinds and _without_boxes(text, CERTAIN) != text:
        return True
    return any(kind in kinds for kind, _ in _numbers(text, LONG_NUMBER in kinds))


def maybe(texts: Iterable[str]) -> bool:
    """Whether something personal may stand in one of many texts: one quick look at all of them.

    >>> maybe(["甲", "R001"]), maybe(["甲", "138 1234 5678"]), maybe(["1381", "2345678"])
    (False, True, False)
    """
    return spellings.maybe("|||||||".join(texts))


def mask_label(name: str) -> str:
    """A name of something (a unit, an organisation, a sheet) as it may be shown.

    Numbers that are only long stay: names hold days and times.

    >>> mask_label("青坪社区（一三八一二三四五六七八）"), mask_label("活动台账20251231120000")
    ('青坪社区（一三八****五六七八）', '活动台账20251231120000')
    """
    if not spellings.maybe(name):
        return name
    return _mask_numbers(_without_boxes(name, TYPED), False, True, TYPED)


def mask_file_name(name: str) -> str:
    """A file name as it may be shown and written.

    >>> mask_file_name("张三110105194912310021.xlsx"), mask_file_name("市教育局.xlsx")
    ('张三110105＊＊＊＊＊＊＊＊0021.xlsx', '市教育局.xlsx')
    """
    covered = mask_label(name)
    return name if covered == name else covered.replace(STAR, WIDE_STAR)


def mask_name(name: str) -> str:
    """A name of which only the first and the last character can be read.

    >>> mask_name("王小明"), mask_name("王明"), mask_name("阿卜杜·热合曼"), mask_name("")
    ('王*明', '王*', '阿*曼', '*')
    """
    return f"{name[:1]}{STAR}{name[-1:] if len(name) > 2 else ''}"


def mask_value(value: object) -> str:
    """A personal value of any kind made unreadable: of a text the first character stays unless it is a digit.

    >>> mask_value("王小明"), mask_value(3)
    ('王＊＊', '＊')
    """
    return value[0] + WIDE_STAR * 2 if isinstance(value, str) and value and not value[0].isdigit() else WIDE_STAR


def mask_long(number: str) -> str:
    """What may be said of a number that Excel has cut: its first six digits, and how long it was.

    >>> mask_long("110105194912310")
    '110105*********'
    """
    return number[:6] + STAR * (len(number) - 6)


def checksum_ok(number: str) -> bool:
    """Whether an 18-digit citizen number has a possible birth date and the right last character (GB 11643).

    A lower-case x counts as X; old 15-digit numbers have no checksum and are not accepted.

    >>> checksum_ok("11010519491231002X"), checksum_ok("11010519491231002x"), checksum_ok("110105194912310021")
    (True, True, False)
    """
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", number) or not _is_day(number[10:14]):
        return False
    return number[6:8] in ("18", "19", "20") and _check_character(number) == number[-1].upper()


def _check_character(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK_CHARACTERS[total % 11]


def _without_boxes(text: str, reading: str) -> str:
    """A text whose e-mail addresses have lost what stands before their @."""
    done, parts = 0, []
    for start, end, at, host in spellings.addresses(text, reading):
        parts += [text[done:start], f"***{at}{host}"]
        done = end
    return "".join([*parts, text[done:]])


def _mask_numbers(text: str, typed: bool, codes: bool, reading: str) -> str:
    """The text with its numbers masked; with `codes` those that are the code of a known unit stay."""
    characters: dict[int, str] = {}
    for kind, places in _numbers(text, typed, reading):
        if codes and text[places[0] : places[-1] + 1] in _UNITS:
            continue
        front, back = _KEPT[kind]
        hidden = places[front : len(places) - back] if len(places) > front + back else places[front:]
        characters |= dict.fromkeys(range(places[0], places[-1] + 1), "") | {place: text[place] for place in places}
        characters |= dict.fromkeys(hidden, STAR)
    if not characters:
        return text
    return "".join(characters.get(place, character) for place, character in enumerate(text))


def _numbers(text: str, typed: bool, reading: str = CERTAIN) -> Iterator[Found]:
    """The personal numbers in a text, with the places of their digits."""
    for found in _EXPONENT.finditer(text):
        digits = [place for place in range(*found.span()) if text[place] not in "+＋eEｅＥ"][:-2]
        if (power := int(found[0][-1])) in (0, 4, 7):
            yield MOBILE if power == 0 else ID_NUMBER, tuple(digits)
    for found in _THOUSANDS.finditer(text):
        places = tuple(place for place in range(*found.span()) if text[place].isdecimal())
        number = plain_digits("".join(text[place] for place in places))
        if _is_mobile(number):
            yield MOBILE, places
        elif (len(number) == 18 and _is_id(number, ())) or (len(number) == 15 and _is_old_id(number, ())):
            yield ID_NUMBER, places
    for run in spellings.runs(text, reading):
        if not _in_digest(text, run.start, run.end):
            yield from _in_run(run, typed)


def _in_digest(text: str, start: int, end: int) -> bool:
    """Whether a run of digits is part of a hexadecimal digest; `id` or `card` before a number makes it none.

    >>> _in_digest("card110105194912310021", 4, 22), _in_digest("0a1b2c110105194912310021fe", 6, 24)
    (False, True)
    """
    while start and text[start - 1] in "0123456789abcdef":
        start -= 1
    while end < len(text) and text[end] in "0123456789abcdef":
        end += 1
    token = text[start:end]
    return _HEX.fullmatch(token) is not None and sum(map(str.isalpha, token)) >= _LETTERS


def _in_run(run: Run, typed: bool) -> Iterator[Found]:
    after = 0
    for start in run.starts:
        if start < after:
            continue
        for kind, first, end in (*_ids(run, start), *_mobiles(run, start), *(_longs(run, start) if typed else ())):
            yield kind, tuple(run.places[first:end])
            after = end
            break


def _ids(run: Run, start: int) -> Iterator[tuple[str, int, int]]:
    """The ID number that begins with a group."""
    for length, possible, usual in ((18, _is_id, _ID_CUTS), (15, _is_old_id, _OLD_CUTS)):
        end = start + length
        number = run.digits[start:end]
        if len(number) < length or not run.closed(end) or not possible(number, run.cuts(start, end)):
            continue
        cuts = run.cuts(start, end)
        if length == 18 and run.ex and end == len(run.digits):
            cuts.discard(17)
        if not cuts or any(cuts <= one for one in usual) or _spelt_out(number, cuts, run.listed(start, end)):
            yield ID_NUMBER, start, end


def _spelt_out(number: str, cuts: set[int], listed: bool) -> bool:
    """Whether a number that is cut in unusual places is one all the same: a real province, few or single parts.

    Few parts of a list are numbers of their own.
    """
    few = len(cuts) <= 5 and not listed
    return bool(_PROVINCE.match(number)) and (few or len(cuts) >= len(number) - 2)


def _is_id(number: str, cuts: Collection[int]) -> bool:
    """Whether 18 characters may be an ID number: the day of birth, and the year or the check character."""
    if not number[:17].isdecimal() or not _is_day(number[10:14]):
        return False
    first, last = _BORN
    return first <= int(number[6:10]) <= last or (not cuts and checksum_ok(number))


def _is_old_id(number: str, cuts: Collection[int]) -> bool:
    """Whether 15 digits may be an ID number of the old kind: the day of birth.

    Cut in parts they are more often a code, a day and a number; then only the years in which most were born.
    """
    return number.isdecimal() and _is_day(number[8:12]) and (not cuts or int(number[6:8]) >= _OLDEST_CUT)


def _is_day(text: str) -> bool:
    return text.isdecimal() and 1 <= int(text[:2]) <= 12 and 1 <= int(text[2:]) <= 31


def _mobiles(run: Run, start: int) -> Iterator[tuple[str, int, int]]:
    """The mobile number that begins with a group, or behind its country code."""
    for prefix in PREFIXES:
        first = start + len(prefix)
        end = first + 11
        if not run.digits.startswith(prefix, start) or not _is_mobile(run.digits[first:end]):
            continue
        if end not in run.ends or _is_fraction(run, first, "0"):
            continue
        cuts = run.cuts(first, end)
        decimal = len(cuts) == 1 and run.dotted.get(first + min(cuts))
        if _usual(run, first, end, cuts) and not decimal:
            yield MOBILE, first, end
            return


def _usual(run: Run, first: int, end: int, cuts: set[int]) -> bool:
    """Whether people cut a mobile number like this; with the signs of a list between them three parts may be three."""
    if len(cuts) == 10:
        return True
    if run.listed(first, end):
        return cuts == {3, 7} and not run.items(first, end)
    return cuts in _MOBILE_CUTS or (run.reading == TYPED and cuts in _WIDE_CUTS)


def _is_mobile(number: str) -> bool:
    return len(number) == 11 and number.isdecimal() and number[0] == "1" and number[1] in "3456789"


def _longs(run: Run, start: int) -> Iterator[tuple[str, int, int]]:
    """The group, when it is a number longer than any amount, and none with two decimals."""
    length = run.lengths[start]
    end = start + length
    if run.ex and end == len(run.digits) - 1 and length >= 14:
        end += 1
    amount = run.dotted.get(end) and run.lengths.get(end, 0) <= 2
    if end - start >= 15 and not amount and not _is_fraction(run, start, "0123456789"):
        yield LONG_NUMBER, start, end


def _is_fraction(run: Run, start: int, wholes: str) -> bool:
    """Whether a group is what stands behind the decimal point of a small number."""
    return bool(run.dotted.get(start)) and run.digits[start - 1] in wholes and run.lengths.get(start - 1) == 1


def mask_frame(frame: pd.DataFrame, sheet: Sheet, codes: Collection[str]) -> pd.DataFrame:
    """The rows of a sheet as they leave validation: nothing personal in any cell but right ID numbers in their column.

    Codes of units and organisations stay whole; a number cell with somebody's number is empty, not another number.

    Args:
        frame: rows with the columns of the sheet.
        codes: codes of the units of the round.
    """
    changed = {}
    for column in sheet.columns:
        values = [] if column.type == "date" else frame[column.name].tolist()
        if column.type in ("integer", "decimal"):
            bad = [_is_number_of_somebody(value) for value in values]
            if any(bad):
                changed[column.name] = frame[column.name].mask(bad)
        elif maybe(value for value in values if isinstance(value, str)):
            own = tuple(codes) if column.key or column.references or column.prefilled else ()
            cover = partial(_mask_cell, codes=own, number=column.name == NUMBER_COLUMN)
            changed[column.name] = frame[column.name].map(cover)
    return frame.assign(**changed) if changed else frame


def _mask_cell(value: object, codes: tuple[str, ...], number: bool) -> object:
    if not isinstance(value, str) or (number and checksum_ok(value)):
        return value
    return screened(value) if codes and value.startswith(codes) else mask(value, typed=True)


def _is_number_of_somebody(value: object) -> bool:
    """Whether the value of a number cell is an ID number or a mobile number."""
    return isinstance(value, int | Decimal) and value >= _LONGEST_COUNT and holds(f"{value:f}")
