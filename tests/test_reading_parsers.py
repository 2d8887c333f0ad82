"""Typed parsing: what units write, the value or the problem that comes of it, and the repair that is listed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_books import small_form

from toolkit.reading.cells import Cells, read_columns
from toolkit.reading.columns import Parser, SheetPlan, _parser
from toolkit.reading.dates import parse_date, parse_month
from toolkit.reading.numbers import Numbers, plain
from toolkit.reading.plan import make_plan
from toolkit.reading.quoting import quote
from toolkit.reading.texts import Choices, all_clean, parse_text
from toolkit.reading.words import empty_signs, vocabulary


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2024-05-01", "2024-05-01"),
        ("2024.5.1", "2024-05-01"),
        ("2024/05/01", "2024-05-01"),
        ("2024年5月1日", "2024-05-01"),
        ("2024 年 5 月 1 日", "2024-05-01"),
        ("２０２４．０５．０１", "2024-05-01"),
        ("20240501", "2024-05-01"),
        (20240501.0, "2024-05-01"),
        (45413.0, "2024-05-01"),
        (45413, "2024-05-01"),
        ("二〇二四年五月一日", "2024-05-01"),
        ("二○二四年十一月二十三日", "2024-11-23"),
        ("2024-05-01 00:00:00", "2024-05-01"),
        ("2024-05-01T08:30:00", "2024-05-01"),
        ("2024、5、1", "2024-05-01"),
        ("'2024-05-01", "2024-05-01"),
        ("56.8.15", "1956-08-15"),
        ("13/5/2024", "2024-05-13"),
        ("5/13/2024", "2024-05-13"),
        (dt.datetime(2024, 5, 1), "2024-05-01"),
        (dt.date(2024, 5, 1), "2024-05-01"),
    ],
)
def test_a_day_is_understood(typed, meant):
    value, problem, _ = parse_date(typed)
    assert (value, problem) == (day(meant), "")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2024.5", "C016"),
        ("2024年5月", "C016"),
        ("202405", "C016"),
        (202405.0, "C016"),
        ("2024", "C016"),
        (2024.0, "C016"),
        (1956.08, "C016"),
        ("1956-08-00", "C016"),
        ("2024-02-30", "C015"),
        ("1932.02.30", "C015"),
        ("20240230", "C015"),
        ("2024-13-01", "C015"),
        ("1024-05-01", "C015"),
        ("2月30日", "C015"),
        (dt.datetime(3024, 5, 1), "C015"),
        ("03/04/05", "C005"),
        ("3/4/2024", "C005"),
        ("24.5.1", "C005"),
        (1960.1, "C005"),
        ("5月1日", "C019"),
        ("去年", "C019"),
        ("2024年春", "C019"),
        ("2024.5.1-2024.5.3", "C019"),
        (True, "C019"),
        (3.0, "C019"),
        (float("nan"), "C019"),
        (dt.time(8, 30), "C019"),
        (dt.timedelta(hours=30), "C019"),
    ],
)
def test_a_day_that_is_none(typed, code):
    assert parse_date(typed) == (None, code, "")


def test_days_from_1904():
    assert parse_date(45413.0, True)[0] == day("2028-05-02")


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("1956.08", "1956-08"),
        ("1956.8", "1956-08"),
        ("1956.10", "1956-10"),
        ("1956-8", "1956-08"),
        ("195608", "1956-08"),
        (195608.0, "1956-08"),
        (1956.08, "1956-08"),
        (1956.12, "1956-12"),
        (1956.2, "1956-02"),
        ("1956年8月", "1956-08"),
        ("1956年8月份", "1956-08"),
        ("56.8", "1956-08"),
        ("一九五六年八月", "1956-08"),
        ("1956-08-15", "1956-08"),
        ("1956-08-00", "1956-08"),
        (dt.datetime(1956, 8, 1), "1956-08"),
        ("1960.1", "1960-01"),
    ],
)
def test_a_month_is_understood(typed, month):
    assert parse_month(typed)[:2] == (month, "")


@pytest.mark.parametrize(
    ("typed", "code"), [(1960.1, "C005"), ("24.5", "C005"), ("1956.13", "C015"), ("1956", "C020"), ("不详", "C020")]
)
def test_a_month_that_is_none(typed, code):
    assert parse_month(typed)[:2] == (None, code)


WHOLE = Numbers(True, ["人", "元"])
EXACT = Numbers(False, ["元", "元/月"])


@pytest.mark.parametrize(
    ("typed", "value", "repair"),
    [
        (12.0, 12, ""),
        ("12", 12, ""),
        ("１２", 12, "R001"),
        (" 1 234 ", 1234, "R001"),
        ("1,234", 1234, "R001"),
        ("12人", 12, "R002"),
        ("3.0", 3, ""),
        ("-5", -5, ""),
        ("－5", -5, "R001"),
        ("0", 0, ""),
        (0.0, 0, ""),
    ],
)
def test_a_whole_number(typed, value, repair):
    assert WHOLE.parse(typed) == (value, "", repair)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12,5", "C040"),
        ("1.200", "C040"),
        ("3.000", "C040"),
        ("12.000人", "C040"),
        ("(100)", "C001"),
        ("约20", "C001"),
        ("20余", "C001"),
        ("1e5", "C001"),
        ("2000万", "C022"),
        ("3.5", "C021"),
        (3.5, "C021"),
        (True, "C001"),
        (dt.datetime(1900, 10, 26), "C014"),
        (float("nan"), "C001"),
        (float("inf"), "C001"),
        (1e17, "C003"),
    ],
)
def test_a_whole_number_that_is_none(typed, code):
    assert WHOLE.parse(typed) == (None, code, "")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("１，２３４．５", "1234.5"),
        ("￥12.00", "12"),
        ("3.00元", "3"),
        ("300元/月", "300"),
        (0.1 + 0.2, "0.3"),
        (300.0, "300"),
        (1e-7, "0.0000001"),
        ("12345678901234.5", "12345678901234.5"),
        ("007.50", "7.5"),
    ],
)
def test_an_amount_is_exact(typed, value):
    assert EXACT.parse(typed)[:2] == (value, "")


@pytest.mark.parametrize(
    ("typed", "code"), [("2000万", "C022"), ("1,23", "C040"), ("—", "C018"), ("12345678901234.56", "C003")]
)
def test_an_amount_that_is_none(typed, code):
    assert EXACT.parse(typed) == (None, code, "")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("张三", ("张三", "", "")),
        ("李　四", ("李四", "", "R001")),
        ("李\u00a0四", ("李四", "", "R001")),
        ("A\u200b1", ("A1", "", "R001")),
        ("１２Ａ（甲）", ("12A（甲）", "", "R001")),
        ("市教\n育局", ("市教育局", "", "R012")),
        (" 甲 ", ("甲", "", "R001")),
        ("⽂", ("文", "", "R001")),
        ("e\u0301", ("é", "", "R001")),
        ("NA", ("NA", "", "")),
        ("Null", ("Null", "", "")),
        ("=1+1", ("=1+1", "C037", "")),
        (5.0, ("5", "", "")),
        (5.5, ("5.5", "", "")),
        (110101199001011.0, ("110101199001011", "", "")),
        (110101199001011008.0, (None, "C003", "")),
        ("5.33E+17", (None, "C003", "")),
        (True, ("TRUE", "", "")),
        (dt.datetime(2024, 3, 1), ("2024-03-01", "C024", "")),
        ("字" * 32768, (None, "C011", "")),
        ("字" * 32767, ("字" * 32767, "", "")),
    ],
)
def test_text(typed, answer):
    assert parse_text(typed) == answer


def test_long_notes_keep_their_lines():
    note = "一、" + "学习" * 30 + "\n二、" + "活动" * 30
    assert parse_text(note) == (note, "", "")


def test_the_short_way_agrees_with_the_long_one():
    samples = ["张三", "", "李　四", "a b", " a", "a ", "５", "5.33E+17", "x\x1fy", "\u200b", "甲·乙", "A-1（甲）"]
    for text in samples:
        if all_clean([text]):
            assert parse_text(text)[0] == (text or None)
    assert [text for text in samples if all_clean([text])] == ["张三", "", "a b", "甲·乙", "A-1（甲）"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("是", ("是", "", "")),
        (" 是 ", ("是", "", "R001")),
        ("√", ("是", "", "R009")),
        (True, ("是", "", "R009")),
        ("×", ("否", "", "R009")),
        ("也许", ("也许", "", "")),
        ("是、否", ("是、否", "", "")),
    ],
)
def test_yes_and_no(typed, answer):
    assert Choices(("是", "否"), vocabulary()).parse(typed) == answer


def test_a_choice_in_another_spelling_is_put_right_only_when_it_is_unique():
    choices = Choices(("村（社区）", "年度预算", "年度 预算"), vocabulary())
    assert choices.parse("村(社区)") == ("村（社区）", "", "R008")
    assert choices.parse("年　度预算") == ("年 度预算", "", "R001")


def column(kind: str, choices=()) -> Parser:
    plan = {"type": kind, "choices": list(choices), "unit": "", "prefilled": False, "is_name": False}
    return _parser(plan, vocabulary(), False)


@pytest.mark.parametrize("word", ["无", "暂无", "—", "－", "/", " 无 ", "——", "没有"])
@pytest.mark.parametrize("kind", ["text", "choice", "integer", "decimal", "date", "month"])
def test_words_for_nothing_are_empty_and_listed(word, kind):
    assert column(kind).cell(word) == (None, "", "R006")


def test_words_for_nothing_stay_where_the_list_has_them():
    assert column("choice", ["无", "有"]).cell("无") == ("无", "", "")
    assert column("date").cell("至今") == (None, "", "R006")
    assert column("text").cell("至今") == ("至今", "", "")
    assert column("choice", ["/", "有"]).cell("/") == ("/", "", "")
    assert column("choice", ["不适用"]).cell("不适用") == ("不适用", "", "")


SIGNS = empty_signs("text", vocabulary())


@given(
    st.sampled_from(["text", "choice", "integer", "decimal", "date", "month"]),
    st.sampled_from(vocabulary()["empty_words"]).flatmap(
        lambda word: st.sampled_from([word, word.lower(), word.upper(), word.title(), f" {word}　"])
    )
    | st.text(empty_signs("date", vocabulary()), min_size=1, max_size=12),
)
def test_nothing_in_any_spelling_is_nothing_in_every_column(kind, typed):
    assert column(kind).cell(typed) == (None, "", "R006")


@given(
    st.lists(st.sampled_from(["学习活动记录", "无锡支部", "N/A", "n/a", "无此情况", "/" * 9, "……", "本单位无", "NULL"]))
)
def test_a_whole_column_of_texts_says_the_same_as_its_cells(texts):
    """The quick way past clean texts takes no word for nothing for a text."""
    sheet = SheetPlan(next(s for s in make_plan(small_form())["sheets"] if s["name"] == "org"), vocabulary())
    at = sheet.names["note"]
    cells = Cells({}, frozenset())
    found = read_columns(sheet, [at], [at], range(len(texts)), [(text,) for text in texts], cells)[at]
    assert found == [column("text").cell(text)[0] for text in texts]


@given(st.text(SIGNS, min_size=1, max_size=12))
def test_signs_alone_fill_in_no_text(typed):
    assert column("text").cell(typed) == (None, "", "R006")


@given(
    st.sampled_from(["", "-", "+", "￥"]), st.integers(1, 999), st.integers(0, 999), st.sampled_from(["", "元", " 元"])
)
def test_a_point_before_three_figures_is_never_taken_for_granted(sign, whole, rest, unit):
    for parser in (WHOLE, EXACT):
        for point in (".", "．"):
            assert parser.parse(f"{sign}{whole}{point}{rest:03d}{unit}") == (None, "C040", "")


@pytest.mark.parametrize("typed", ["1.234,56", "4,8", "4，8", "4 800,00", "1,23,456", "1'234.50", "0,800", "1.234.567"])
def test_separators_that_may_mean_either(typed):
    assert EXACT.parse(typed) == (None, "C040", "")
    assert WHOLE.parse(typed) == (None, "C040", "")


@given(st.decimals(0, 10**7, places=2, allow_nan=False), st.booleans())
def test_amounts_to_the_cent_are_read(amount, grouped):
    """No false alarm: what people write with cents, with and without thousands, is that amount."""
    assert EXACT.parse(f"{amount:,}" if grouped else str(amount))[:2] == (plain(str(amount)), "")


@given(
    st.sampled_from(vocabulary()["empty_words_text"]),
    st.text(" \u3000\u00a0\n\t", max_size=3),
    st.text(" \u3000\u00a0\n\t", max_size=3),
)
def test_who_does_not_know_has_filled_in_no_text_and_no_day(word, before, after):
    """Somebody called 不详 was paid 3 600 and stood on the public list; a day that is 不详 is an error, not empty."""
    typed = f"{before}{word}{after}"
    for name in (False, True):
        plan = {"type": "text", "choices": [], "unit": "", "prefilled": False, "is_name": name}
        assert _parser(plan, vocabulary(), False).cell(typed) == (None, "", "R006")
    for kind in ("date", "month", "integer", "decimal"):
        value, code, _ = column(kind).cell(typed)
        assert value is None and code


@pytest.mark.parametrize("word", ["待定高地社区", "不详细说明", "？主题", "未知数研究会"])
def test_a_text_that_only_begins_so_is_a_text(word):
    assert column("text").cell(word)[0] == word


def test_blank_cells_are_empty_without_a_word():
    for blank in ("", " ", "\u3000", "\u00a0"):
        assert column("integer").cell(blank) == (None, "", "")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("110101199001011237", "110101********1237"),
        ("11010119900101123X", "110101********123X"),
        ("130503670401001", "130503*****1001"),
        ("13812345678", "138****5678"),
        ("编号2024-001", "编号2024-001"),
        ("甲\n乙", "甲 乙"),
    ],
)
def test_values_in_messages_are_masked(typed, shown):
    assert quote(typed) == shown


MOMENTS = [
    dt.datetime(2022, 5, 31, 16),
    dt.datetime(2022, 5, 31, 23, 59, 17),
    "2022-05-31T16:00:00.000Z",
    "2022-05-31 23:59",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_clock_that_may_mean_the_next_day_is_never_cut_unsaid(moment):
    """In a cell and in a text, of a day and of the last day of a month."""
    assert parse_date(moment)[1:] == parse_month(moment)[1:] == ("C038", "")


@pytest.mark.parametrize("moment", [dt.datetime(2022, 5, 31, 9, 30), "2022-05-31 09:30", "2022年5月31日16:00"])
def test_a_clock_that_is_cut_is_listed(moment):
    assert parse_date(moment)[1:] == ("", "R011")
