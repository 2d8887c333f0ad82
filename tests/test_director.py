"""综合汇总.xlsx for directors: pages, sizes of fonts, money, last year, the same bytes; rounds without files."""

import re
import subprocess
from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from director_rounds import LONG, YEARS, made
from office import convert_all, needs_office, pages, recalculate_all
from openpyxl import load_workbook

from toolkit.drawing.values import Span
from toolkit.model.figures import KINDS, NOT_COUNTED, PROVED, TOLD
from toolkit.model.result import UNDETERMINED
from toolkit.model.unit import UnitList
from toolkit.summary import last_year as before
from toolkit.summary.director.book import director_workbook
from toolkit.summary.last_year import LastYear, last_year
from toolkit.summary.paper.page import UPRIGHT
from toolkit.summary.unit_lines import FULL, NOT_DUE, OVER, PAID, SHORT, UNPAID, UNSURE, paid_state

PACKS = tuple(YEARS)
ROUNDS = [(count, pack) for count in (8, 22, 23, 40, 44, 45, 400) for pack in PACKS]
PRINTED = [(count, pack) for count in (8, 40, 400) for pack in PACKS]


@cache
def book(count: int, pack: str, **more) -> bytes:
    round_ = made(count, pack, **more)
    return director_workbook(round_.lines, round_.merged, "试")


def opened(data: bytes, live: bool = False):
    return load_workbook(BytesIO(data), data_only=not live)


def shown(data: bytes) -> list:
    return [sheet for sheet in opened(data) if sheet.sheet_state == "visible"]


def rows(sheet) -> list[tuple]:
    return list(sheet.iter_rows(values_only=True))


def records(sheet) -> list[dict]:
    heads, *lines = rows(sheet)
    return [dict(zip(heads, line, strict=True)) for line in lines]


def listed(sheet) -> list[tuple]:
    """The numbered rows of a page."""
    return [row for row in rows(sheet) if isinstance(row[0], int)]


@pytest.mark.parametrize(("count", "pack"), ROUNDS)
def test_a_round_of_any_size_is_five_or_six_pages(count, pack):
    sheets = shown(book(count, pack))
    assert len(sheets) == (5 if count <= 22 else 6)
    for sheet in sheets:
        heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
        assert None not in heights and sum(heights) <= UPRIGHT, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.orientation == "portrait"
        assert sheet.print_area and sheet.page_setup.paperSize == 9
        assert {cell.font.sz for row in sheet.iter_rows() for cell in row if cell.value is not None} >= {9}
        assert min(cell.font.sz for row in sheet.iter_rows() for cell in row if cell.value is not None) >= 9


@pytest.mark.parametrize("more", [{"long": True, "rate": "90000"}, {"quiet": True}])
@pytest.mark.parametrize("count", [8, 44, 60])
def test_extreme_rounds_stay_on_their_pages(count, more):
    """Names of 30 characters, sums of 100 million; and a round in which nothing is wrong."""
    for sheet in shown(book(count, "yunnan-2025", **more)):
        assert sum(sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)) <= UPRIGHT, sheet.title


def test_long_names_are_cut_where_they_would_run_over():
    data = book(44, "yunnan-2025", long=True, rate="90000")
    names = {row[1] for sheet in shown(data)[2:4] for row in listed(sheet)}
    assert names and all("…" in name and len(name) <= 14 and name.startswith(LONG[:5]) for name in names)
    whole = {one["单位"] for one in records(opened(data)["数据_单位"])}
    assert LONG.format(7) in whole, "in full behind the page"


def test_all_units_stand_in_the_ranking_or_in_its_sums():
    lines = made(400, PACKS[0]).lines
    first, second = (opened(book(400, PACKS[0]))[name] for name in ("3 单位排名", "3 单位排名（续）"))
    assert [row[0] for row in (*listed(first), *listed(second))] == list(range(1, 37))
    names = [row[1] for row in (*listed(first), *listed(second))]
    assert names == [one.short for one in lines.ranked[:36]]
    rest, whole = (next(row for row in rows(second) if str(row[0]).startswith(label)) for label in ("其余364家", "合"))
    money = [sum(one.due for one in own) for own in (lines.ranked[36:], lines.ranked)]
    assert [Decimal(str(row[4])) for row in (rest, whole)] == money
    said = [str(row[0]) for row in rows(second) if str(row[0]).startswith("其余单位中")]
    counted = sum(int(re.search(r"”(\d+)家", text)[1]) for text in said)
    assert counted == 364


@pytest.mark.parametrize("pack", PACKS)
def test_the_pages_have_the_figures_of_the_round(pack):
    round_ = made(40, pack)
    lines, figures, sheets = round_.lines, round_.lines.figures, opened(book(40, pack))
    front = [value for row in rows(sheets["1 总体情况"]) for value in row if value is not None]
    shares = [figures.whole[kind].rate for kind in KINDS]
    for value in (len(figures.counted), lines.org_total, lines.member_total, *shares, lines.due, lines.paid):
        assert any(isinstance(cell, int | float) and cell == pytest.approx(float(value)) for cell in front), value
    text = "\n".join(str(value) for value in front)
    for kind in (PROVED, TOLD):
        assert f"{figures.whole[kind].asked:,}项" in text and f"{figures.whole[kind].rate:.1%}" in text
    for state in NOT_COUNTED:
        assert f"{state}{figures.overalls[state]}家（" in text
    assert f"（{figures.most_missed()[0][1]}家）" in text and "尚未设定，相关条款未评" in text
    asked = [row for row in listed(sheets["2 问题在哪里"])]
    missed = {lines.title(one.clause): (len(one.failed), len(one.warned)) for one in figures.missed}
    assert len(asked) == 12 and all(missed[row[1].split("\n")[0]] == row[3:5] for row in asked)
    assert [row[3] for row in asked] == sorted((row[3] for row in asked), reverse=True)
    assert all(row[6] for row in asked), "what to do"


@pytest.mark.parametrize(("count", "pack"), PRINTED)
def test_every_reported_yuan_is_somewhere(count, pack):
    sheets = opened(book(count, pack))
    for one in records(sheets["数据_单位"]):
        parts = [Decimal(str(one[key] or 0)) for key in ("列入发放表", "待核实", "仅登记", "未并入")]
        assert Decimal(str(one["单位上报已发"])) == sum(parts), one["单位"]
    page = sheets["4 补贴对账"]
    amounts = [Decimal(str(row[4])) for row in [row for row in rows(page) if row[1] in PARTS][:6]]
    assert len(amounts) == 6 and amounts[4] == amounts[5] == sum(amounts[:4])
    assert amounts[5] == made(count, pack).lines.figures.account.total.reported and amounts[2]
    assert any("相符" in row for row in rows(page)) and not any("不符" in row for row in rows(page))
    assert {row[3] for row in rows(sheets["核对"])[4:] if row[0]} == {"相符"}


NOTHING = "—"
PARTS = ("列入发放表", "待核实", "仅登记", "未并入", "以上合计", "单位上报已发合计")


@pytest.mark.parametrize("pack", PACKS)
def test_every_payment_is_in_one_class(pack):
    lines = made(40, pack).lines
    page = rows(opened(book(40, pack))["4 补贴对账"])
    at = next(number for number, row in enumerate(page) if "核对结果" in row)
    classes = []
    for row in page[at + 1 :]:
        if not isinstance(row[0], int):
            break
        classes.append(row)
    assert sum(row[3] for row in classes) == len(lines.allowance.persons)
    assert sum(Decimal(str(row[5])) for row in classes if row[5] != NOTHING) == lines.paid
    assert any(row[1] == "多发" for row in classes) is not lines.policy.due_is_floor
    term = "应发下限" if lines.policy.due_is_floor else "应发"
    assert term in page[at]


def test_what_was_paid_against_what_is_due():
    class Row:
        def __init__(self, due, paid, level="达标"):
            self.due, self.paid, self.level = due, paid, level

    states = {
        (300, 300): FULL, (300, 200): SHORT, (300, 400): OVER, (300, None): UNPAID, (0, 100): NOT_DUE,
        (None, 300): UNSURE,
    }  # fmt: skip
    for (due, paid), state in states.items():
        assert paid_state(Row(due, paid), floor=False) == state
    assert (
        paid_state(Row(300, 400), floor=True) == FULL and paid_state(Row(300, 300, UNDETERMINED), floor=True) == UNSURE
    )
    assert {*states.values()} == {*PAID}


def test_large_sums_are_printed_in_wan_in_the_ranking_and_exactly_in_the_account():
    data, lines = (
        book(60, "yunnan-2025", long=True, rate="90000"),
        made(60, "yunnan-2025", long=True, rate="90000").lines,
    )
    second = opened(data)["3 单位排名（续）"]
    assert any("应发\n（万元）" in row for row in rows(second))
    whole = next(row for row in rows(second) if str(row[0]).startswith("合"))
    assert whole[4] == pytest.approx(float(lines.due / 10_000))
    assert any(
        row[4] == pytest.approx(float(lines.due)) for row in rows(opened(data)["4 补贴对账"]) if "合" in str(row[0])
    )


def test_a_round_without_faults_says_so():
    sheets = opened(book(8, "yizheng-2022", quiet=True))
    text = "\n".join(str(value) for sheet in sheets for row in rows(sheet) for value in row if value)
    for said in ("没有单位存在硬性要求未达标", "没有未达到的要求", "都已返回并计入", "没有少发的单位", "已全部对上"):
        assert said in text, said
    assert {row[10] for row in listed(sheets["3 单位排名"])} == {"达标"}


def test_what_is_not_for_the_paper_is_hidden():
    states = {sheet.title: sheet.sheet_state for sheet in opened(book(40, PACKS[0]))}
    hidden = {"分类统计", "年度汇总数", "核对", "数据_单位", "数据_条款", "数据_图表"}
    assert {title for title, state in states.items() if state == "hidden"} == hidden


def test_the_same_round_gives_the_same_bytes():
    assert book.__wrapped__(40, PACKS[1]) == book(40, PACKS[1])


def test_nothing_is_typed_in_where_it_can_be_counted():
    """The figures of the pages point to the hidden sheet; their cached values stand beside."""
    live = opened(book(40, PACKS[0]), live=True)
    tiles = [cell.value for row in live["1 总体情况"].iter_rows(max_row=9) for cell in row]
    assert sum(str(value).startswith("=") for value in tiles) == 8
    for row in live["3 单位排名"].iter_rows():
        if isinstance(row[0].value, int) and row[2].value != "—":
            assert all(str(cell.value).startswith("=") for cell in row[2:10])


@pytest.fixture
def prior(tmp_path, monkeypatch):
    """What a round reads of the round before, whose workbook is the given bytes."""
    import toolkit.campaign.prior as module

    class Round:
        year, output = 2022, tmp_path
        units = UnitList(former={"321080000": "321080007"})

    def read(data: bytes | None, year: int = 2022) -> LastYear | None:
        path = tmp_path / "综合汇总.xlsx"
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)
        Round.year = year
        monkeypatch.setattr(module, "prior_campaign", lambda campaign: Round())
        return last_year(Round())

    return read


def test_last_year_stands_beside_this_year(prior):
    old, new = made(8, PACKS[0]).lines, made(40, PACKS[0])
    found = prior(book(8, PACKS[0]))
    assert found is not None and (found.proved, found.told) == tuple(old.figures.whole[kind] for kind in KINDS)
    assert (found.total("due"), found.total("members")) == (old.due, old.member_total)
    first, last, *_ = (one for one in old.all.values() if one.code in ("321080000", "321080007"))
    assert found.units[last.code]["hard"] == first.figures.hard + last.figures.hard, "one unit now"
    assert first.code not in found.units and len(found.units) == 7
    text = _front(new, found)
    rate = f"{old.figures.whole[PROVED].rate:.1%}"
    assert f"上年 {old.member_total:,}" in text and f"上年 {rate}" in text and f"上年 {old.paid:,.2f}" in text
    assert "上年 —" not in text
    assert f"2021年 {old.member_total:,}" in _front(new, prior(book(8, PACKS[0]), 2021)), "not the year before"


def test_no_last_year_is_a_dash(prior):
    assert prior(None) is None and last_year(None) is None
    assert prior(b"no workbook") is None
    other = load_workbook(BytesIO(book(8, PACKS[0])))
    del other[before.book_spec(before.SPEC).behind["units"].name]
    stream = BytesIO()
    other.save(stream)
    assert prior(stream.getvalue()) is None, "a workbook of an earlier version"
    assert _front(made(40, PACKS[0]), None).count("上年 —") == 7


def _front(round_, found) -> str:
    sheet = opened(director_workbook(round_.lines, round_.merged, "试", before=found))["1 总体情况"]
    return "\n".join(str(value) for row in rows(sheet) for value in row if value is not None)


def test_the_day_is_printed_with_its_reason():
    round_ = made(8, PACKS[0])
    day = f"{date(2024, 1, 31)}（2023年度已结束，按报送截止日期）"
    for sheet in shown(director_workbook(round_.lines, round_.merged, "试", day))[::4]:
        assert any(f"统计截止：{day}" in row for row in rows(sheet)), sheet.title


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The books of all sizes as LibreOffice prints and recalculates them."""
    folder = tmp_path_factory.mktemp("director")
    paths = {key: folder / f"{key[0]}-{key[1]}.xlsx" for key in PRINTED}
    for key, path in paths.items():
        path.write_bytes(book(*key))
    pdfs = dict(zip(paths, convert_all(list(paths.values()), folder, "pdf", anew=False), strict=True))
    small = [path for key, path in paths.items() if key[0] == 40]
    return pdfs, {path: cells for path, cells in recalculate_all(small, folder).items()}


ZOOM = 3
"""The largest that pdftohtml knows; sizes are whole numbers in it."""


def smallest(pdf) -> float:
    """The smallest printed font in points."""
    command = ["pdftohtml", "-xml", "-i", "-zoom", str(ZOOM), "-stdout", str(pdf)]
    text = subprocess.run(command, capture_output=True, check=True).stdout
    root = ElementTree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", text))
    return min(int(spec.get("size")) for spec in root.iter("fontspec")) / ZOOM


@needs_office
@pytest.mark.parametrize(("count", "pack"), PRINTED)
def test_a_visible_sheet_is_a_printed_page(printed, count, pack):
    pdf = printed[0][count, pack]
    assert pages(pdf) == len(shown(book(count, pack)))
    assert smallest(pdf) >= 8.95
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert "###" not in text and "#REF" not in text and "#DIV" not in text and "单位排名" in text


@needs_office
@pytest.mark.parametrize("pack", PACKS)
def test_what_is_written_is_what_is_counted_again(printed, pack):
    [again] = [cells for path, cells in printed[1].items() if path.stem == f"40-{pack}"]
    live, cached = opened(book(40, pack), live=True), opened(book(40, pack))
    cells = [(sheet.title, cell) for sheet in live for row in sheet for cell in row if cell.data_type == "f"]
    assert len(cells) > 300
    wrong = {}
    for title, cell in cells:
        value, other = cached[title][cell.coordinate].value or 0, again[title].get(cell.coordinate) or 0
        numbers = isinstance(value, int | float) and isinstance(other, int | float)
        if abs(value - other) > 1e-6 if numbers else value != other:
            wrong[title, cell.coordinate] = (value, other)
    assert wrong == {}


def with_account(round_, **more):
    """The pages of a round in which one more unit has money of its own."""
    figures = round_.lines.figures
    units = {**figures.account.units}
    first = next(iter(units))
    units[first] = replace(units[first], **more)
    lines = copy(round_.lines)
    lines.figures = replace(figures, account=replace(figures.account, units=units))
    return {sheet.title: rows(sheet) for sheet in shown(director_workbook(lines, round_.merged, "试"))}


@pytest.mark.parametrize(
    ("unread", "unmerged", "part", "other"), [(2, 2, "未并入", "待核实"), (3, 0, "待核实", "未并入")]
)
def test_money_that_nobody_knows_is_no_zero(unread, unmerged, part, other):
    quiet = made(8, PACKS[0], quiet=True)
    pages_ = with_account(quiet, unread=unread, unmerged=unmerged)
    found = {row[1]: row for row in reversed(listed_rows(pages_["4 补贴对账"]))}
    amounts = {name: next(cell for cell in row[2:] if cell is not None) for name, row in found.items()}
    assert amounts[part] == f"{unread}行金额不明" and amounts[other] == 0
    assert f"{unread}行金额不明" in str(found[part]) and "金额不明" not in str(found[other])
    assert f"{unread}行金额不明" in str(pages_["1 总体情况"])


def listed_rows(table) -> list[tuple]:
    return [row for row in table if isinstance(row[0], int)]


@pytest.mark.parametrize("pack", PACKS)
def test_who_waits_is_not_among_those_to_whom_the_sum_is_due(pack):
    """The tile counts the persons of its sum; of whom it is not known what is due is said apart."""
    round_ = made(40, pack)
    persons = [replace(one, number=number) for number, one in enumerate(round_.lines.allowance.persons, 1)]
    lines = copy(round_.lines)
    lines.allowance = replace(lines.allowance, persons=tuple(persons))
    for name in ("due_persons", "open_persons", "persons", "all", "by_state"):
        lines.__dict__.pop(name, None)
    open_ones, due = sum(one.due is None for one in persons), sum(bool(one.due) for one in persons)
    assert open_ones and due and open_ones + due <= len(persons)
    page = str(rows(opened(director_workbook(lines, round_.merged, "试"))["1 总体情况"]))
    assert f"{due}人；" in page and f"（另有{open_ones}人待核实，未计）" in page


@pytest.mark.parametrize("pack", PACKS)
def test_what_is_due_to_who_waits_is_no_zero(pack):
    """0.00 beside persons of whom nobody knows what is due looks as if nothing were."""
    round_ = made(40, pack)
    waiting = [one for one in round_.lines.allowance.persons if one.due is None]
    page = opened(book(40, pack))["4 补贴对账"]
    found = [row for row in listed(page) if row[1] == "待核实"][-1]
    paid = [one.paid for one in waiting if one.paid is not None]
    assert waiting and found[4] == found[6] == NOTHING and found[5] == (float(sum(paid)) if paid else NOTHING)
    classes = [row for row in listed(page) if row[1] in ("足额", "少发", "多发", "已发没有填", "应发为零")]
    total = next(row for row in rows(page) if "合" in str(row[0]))
    assert total[6] == pytest.approx(sum(row[6] for row in classes if row[6] != NOTHING)), "who waits makes no gap"


def test_every_bar_of_a_chart_has_its_name():
    """Where there is little room programs leave out every second name unless they are told not to."""
    with ZipFile(BytesIO(book(8, PACKS[1]))) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 3
    for chart in charts:
        names = chart.split("<c:catAx>")[1].split("</c:catAx>")[0]
        assert '<c:tickLblSkip val="1"/>' in names


@pytest.mark.parametrize(("count", "shown"), [(3, 3), (7, 7), (9, 7)])
def test_a_chart_draws_no_more_bars_than_it_has_rows_or_room_for(count, shown):
    assert Span("数据", 4, 3 + count).beginning(7) == Span("数据", 4, 3 + shown)
