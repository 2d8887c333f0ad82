"""No character of Unicode turns a number, a date, a month or an amount into another one."""

from __future__ import annotations

import os
import random
import re
import sys
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from reading_books import GOOD, Paper, edit, small_form

from toolkit.reading.crosscheck import _same
from toolkit.reading.dates import parse_date, parse_month
from toolkit.reading.normal import solid
from toolkit.reading.numbers import Numbers

UNUSED = ("Cn", "Cs", "Co")
DIGITS = set("0123456789")
NUMERALS = set("〇○零一二三四五六七八九十")
LONG = bool(os.environ.get("XLTOOL_ALL_CHARACTERS"))


@dataclass(frozen=True)
class Characters:
    """All that Unicode assigns, and those that stand for something in a number.

    Args:
        odd: could be taken for a digit, a blank or a sign; they are tried at every place of every value.
    """

    assigned: list[str]
    digits: set[str]
    points: set[str]
    minus: set[str]
    odd: list[str]


@cache
def characters() -> Characters:
    """Looked through when a test wants them: they are more than a million."""
    assigned = [one for one in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(one) not in UNUSED]
    plain = {one: solid(one) for one in assigned}
    digits, points, minus = ({one for one, form in plain.items() if form in kind} for kind in (DIGITS, {"."}, {"-"}))
    odd = [
        one
        for one in assigned
        if ord(one) < 0x250
        or unicodedata.numeric(one, None) is not None
        or unicodedata.category(one) in ("Zs", "Zl", "Zp", "Cf", "Cc", "Pd", "Sc")
        or unicodedata.normalize("NFKC", one).isascii()
    ]
    return Characters(assigned, digits, points, minus, odd)


WHOLE, DECIMAL = Numbers(True, ("人", "元", "年", "月")).parse, Numbers(False, ("元", "元/月")).parse
KINDS = {
    "whole": (WHOLE, ("12", "1200", "30 000")),
    "amount": (DECIMAL, ("3840", "3840.50", "1,200.5")),
    "date": (parse_date, ("2023-12-03", "2022.6.1", "2023年5月1日", "20230501", "二〇二四年十一月二十三日")),
    "month": (parse_month, ("1956.08", "195608", "1956年8月")),
}


def test_digits_are_those_of_ascii_and_their_full_width_forms():
    digits = characters().digits
    assert {solid(character) for character in digits} == DIGITS and len(digits) == 20


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_character_makes_another_value(kind):
    """At the front, inside and at the end: the same value, or a problem that is said."""
    (parse, values), every = KINDS[kind], characters()
    for value in values:
        meant = parse(value)[0]
        assert meant is not None
        seen = (
            every.digits | every.points | (NUMERALS if NUMERALS & set(value) else set())
        )  # they change what the eye sees too
        ends = {0, 2, len(value)} if value == values[0] else set()
        for place in range(len(value) + 1):
            signs = every.minus if kind in ("whole", "amount") and not place else set()
            for character in every.assigned if LONG or place in ends else every.odd:
                if character in seen or character in signs:
                    continue
                answer, problem, _ = parse(value[:place] + character + value[place:])
                assert answer == meant or (answer is None and problem), (value, place, hex(ord(character)), answer)


@pytest.mark.parametrize(
    "mangled", ["8①", "1²", "3840₂", "٣", "12\u202e34", "Ⅷ", "1⃣2", "𝟏𝟐", "㉈", "⑫", "1\u06f2", "½", "12\u0338"]
)
def test_what_is_no_digit_is_no_number(mangled):
    for parse in (WHOLE, DECIMAL):
        answer, problem, _ = parse(mangled)
        assert answer is None and problem


@pytest.mark.parametrize(
    "text, meant",
    [("2023 1 1", date(2023, 1, 1)), ("２０２３．５．１", date(2023, 5, 1)), ("2023–05–01", date(2023, 5, 1))],
)
def test_dates_as_they_are_seen(text, meant):
    assert parse_date(text)[0] == (meant - date(1970, 1, 1)).days


def test_a_month_is_not_made_of_a_day():
    assert parse_month("2023 1 1")[0] == "2023-01"


@pytest.mark.parametrize("text", ["2022.6.1①", "2022-05-01²", "2024年5月1一日", "2023-05-0111:30", "2023-05-01\u202e9"])
def test_dates_with_something_more_are_said(text):
    answer, problem, _ = parse_date(text)
    assert answer is None and problem


def test_a_number_typed_into_a_date_cell_is_no_date():
    """2023.5, 2023 and 45 under a date format: what Excel keeps is a day of 1905 or 1900."""
    zero = datetime(1899, 12, 30)
    for number in (2023.5, 2023, 45, 1, 0.5, 1956.08, 2100, 5601, 9999.75):
        for parse in (parse_date, parse_month):
            answer, problem, _ = parse(zero + timedelta(days=number))
            assert (answer, problem) == (None, "C030"), number
    for number in (10_000, 17_076, 45_047, 73_050):
        assert parse_date(zero + timedelta(days=number))[0] is not None


def test_characters_written_by_number_are_compared_as_the_reader_of_values_decodes_them():
    """A text with `_x` in it was not compared at all."""
    parts = ["_x0041_", "_x005F_", "_x00e9_", "_x4E2D_", "x0041_", "_", "_x", "x", "甲", "_x00", "_x0009_", " "]
    rng = random.Random(42)
    texts = ["".join(rng.choices(parts, k=rng.randrange(1, 7))) for _ in range(500)]
    records = [{**GOOD, "code": f"Q{at}", "name": f"Z{at}Z"} for at in range(len(texts))]

    def put(xml: bytes) -> bytes:
        return re.sub(rb"<t>Z(\d+)Z", lambda at: b'<t xml:space="preserve">' + texts[int(at[1])].encode(), xml)

    book = edit(Paper(small_form(), {"org": records}).bytes(), {"xl/sharedStrings.xml": put})
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_name("党组织情况").to_python()[6:]
    read = [row[1] for row in rows]
    assert [text for text, value in zip(texts, read, strict=True) if not _same(value, "s", text, False)] == []
    assert not _same("旧", "s", "_x0041_", False)
