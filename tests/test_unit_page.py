"""单位一页纸: one page a unit, with its own figures and nobody else's; by command, one file or many."""

import random
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO

import pytest
from click.testing import CliRunner
from director_rounds import YEARS, made
from office import convert_all, needs_office, pages
from openpyxl import load_workbook
from rounds import Round

from toolkit.cli import main_group
from toolkit.model.figures import NOT_COUNTED
from toolkit.model.privacy import mask_name
from toolkit.summary.labels import words
from toolkit.summary.last_year import LastYear
from toolkit.summary.own_words import OwnWords
from toolkit.summary.paper.fitting import fits
from toolkit.summary.paper.page import SMALL, UPRIGHT
from toolkit.summary.paper.tiles import TILES
from toolkit.summary.unit_lines import breached
from toolkit.summary.unit_page.book import STEPS, ToDo, UnitPages
from toolkit.summary.unit_page.sheet_names import sheet_names

PACKS = tuple(YEARS)
MANY = ToDo(9, [(f"把第{number}列改好：" + "请照原件核对后填写" * 6, "任职与补贴 A1、A2") for number in range(9)])


def told(count: int, pack: str, before=None, **more) -> UnitPages:
    lines = made(count, pack, **more).lines
    todo = {code: MANY for number, code in enumerate(lines.all) if number % 2}
    return UnitPages(lines, todo, {"year": YEARS[pack], "day": "2026-01-31", "policy": lines.policy.title}, before)


@cache
def book(count: int, pack: str, **more) -> bytes:
    found = told(count, pack, **more)
    return found.book("试", list(found.lines.all))


def opened(data: bytes):
    return load_workbook(BytesIO(data), data_only=True)


def texts(sheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def beside(sheet, label: str):
    """The figure of a tile."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == label:
                return sheet.cell(cell.row + 1, cell.column).value
    raise AssertionError(label)


CASES = [(8, pack, {}) for pack in PACKS] + [
    (40, PACKS[1], {"long": True, "rate": "90000"}),
    (8, PACKS[0], {"quiet": True}),
]


@pytest.mark.parametrize(("count", "pack", "more"), CASES)
def test_a_unit_is_a_page(count, pack, more):
    sheets = opened(book(count, pack, **more)).worksheets
    assert len(sheets) == count
    for sheet in sheets:
        heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
        assert None not in heights and sum(heights) <= UPRIGHT, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_area
        assert min(cell.font.sz for row in sheet.iter_rows() for cell in row if cell.value is not None) >= 9


@pytest.mark.parametrize("pack", PACKS)
def test_the_page_has_the_figures_of_its_unit(pack):
    lines, sheets = made(8, pack).lines, opened(book(8, pack)).worksheets
    for one, sheet in zip(lines.all.values(), sheets, strict=True):
        assert beside(sheet, "总评") == one.figures.overall
        for label, share in (("达标率（据实）", one.figures.proved), ("达标率（自报）", one.figures.told)):
            shown = beside(sheet, label)
            assert shown == ("—" if share.rate is None else pytest.approx(share.rate))
        said = texts(sheet)
        if not one.figures.counted:
            assert [beside(sheet, f"{name}（元）") for name in (lines.term, "已发")] == ["—", "—"]
            assert any("未计入评价" in text for text in said)
            continue
        assert float(beside(sheet, f"{lines.term}（元）")) == float(one.due)
        assert float(beside(sheet, "已发（元）")) == float(one.paid)
        assert beside(sheet, "硬性要求未达标（项）") == one.figures.hard
        if lines.persons.get(one.code):
            total = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "合　计")
            assert [float(cell) for cell in total[5:8]] == [float(one.due), float(one.paid), float(one.due - one.paid)]
        heading = next((text for text in said if text.startswith("一、没有达到的要求（")), "")
        assert not one.figures.hard or f"硬性未达标{one.figures.hard}项" in heading
    assert {one.figures.overall for one in lines.all.values()} & set(NOT_COUNTED)


def test_names_are_masked_and_what_is_left_out_is_said():
    lines, sheets = made(8, PACKS[0]).lines, opened(book(8, PACKS[0])).worksheets
    for one, sheet in zip(lines.all.values(), sheets, strict=True):
        said = texts(sheet)
        for row in lines.persons.get(one.code, ()):
            assert row.name not in said
        shown = [text for text in said if text in {mask_name(row.name) for row in lines.persons.get(one.code, ())}]
        assert bool(shown) == bool(lines.persons.get(one.code))
    odd = texts(sheets[1])
    assert (
        f"另有{len(MANY.steps) - STEPS}步，见退回的标注表。" in odd
        and f"三、表里要改、要说明的（{MANY.count}处）" in odd
    )


def test_nothing_of_another_unit_stands_on_a_page():
    lines = made(8, PACKS[0]).lines
    codes = list(lines.all)
    other = lines.all[codes[0]].name
    told_by = replace(told(8, PACKS[0]), todo={codes[1]: ToDo(1, [(f"与{other}核对", "A1")])})
    first, second = opened(told_by.book("试", codes[:2])).worksheets
    assert other in "".join(texts(first)) and other not in "".join(texts(second))
    own = OwnWords(lines.dataset.units, "别处")
    for code, unit in lines.dataset.units.by_code.items():
        assert own.of(f"{unit.name}的支部", code) == f"{unit.name}的支部"
        assert all(own.of(f"与{one.name}", code) == "别处" for one in lines.dataset.units if one.code != code)


@pytest.mark.parametrize("earlier", [1, 3])
def test_last_year_stands_beside_where_it_is_known(earlier):
    pack = PACKS[1]
    code = next(one.code for one in made(8, pack).lines.all.values() if one.figures.counted)
    numbers = {"hard": 7, "orgs": 3, "members": 41, "due": 10, "paid": 20, "met": 1, "asked": 4}
    known = {code: {key: Decimal(value) for key, value in numbers.items()}}
    found = told(8, pack, before=LastYear(YEARS[pack] - earlier, known))
    said = "".join(texts(opened(found.book("试", [code])).worksheets[0]))
    ago = "上年" if earlier == 1 else f"{YEARS[pack] - earlier}年"
    assert all(f"{ago}{value}" in said for value in ("7", "3", "41", "10.00", "20.00", "25.0%"))
    assert "未核实，中位数" in said, "what nobody knows of last year is compared with the others"


def test_the_same_round_gives_the_same_bytes():
    found = told(8, PACKS[0])
    assert found.book("试", list(found.lines.all)) == book(8, PACKS[0])


def test_names_of_sheets_are_what_a_workbook_takes():
    chance = random.Random(4)
    pool = "甲乙局Aa[]:*?/\\' 1（）()\n"
    for _ in range(300):
        shorts = {str(n): "".join(chance.choices(pool, k=chance.randrange(40))) for n in range(chance.randrange(1, 9))}
        names = list(sheet_names(shorts).values())
        assert len({name.casefold() for name in names}) == len(shorts)
        assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in names), names


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    made_round = Round(tmp_path_factory.mktemp("页") / "批次", units=4)
    made_round.issue()
    for place in range(3):
        made_round.put(place, f"{made_round.units[place].code}.xlsx")
    return made_round


def run(*words):
    return CliRunner().invoke(main_group, [str(word) for word in words])


@pytest.mark.rounds
def test_by_command_in_one_workbook_or_in_one_each(campaign):
    folder, day = campaign.campaign.folder, ("--as-of", campaign.day)
    assert run("pages", folder, *day).exit_code == 0
    whole = load_workbook(folder / "汇总" / "单位一页纸.xlsx")
    assert len(whole.sheetnames) == 4
    said = run("pages", folder, "--split", *day)
    assert said.exit_code == 0 and "4 个单位" in said.output
    parts = sorted((folder / "汇总" / "单位一页纸").iterdir())
    assert len(parts) == 4
    for part in parts:
        names = load_workbook(part).sheetnames
        assert len(names) == 1 and names[0] in whole.sheetnames
    first = campaign.units[0]
    assert run("pages", folder, first.code, "--split", *day).exit_code == 0
    assert sorted((folder / "汇总" / "单位一页纸").iterdir()) == parts, "one page anew, the others stay"
    wrong = run("pages", folder, "没有这家", *day)
    assert wrong.exit_code == 2 and "K011" in wrong.output


@needs_office
@pytest.mark.slow
def test_the_office_prints_a_page_a_unit_and_counts_the_same(tmp_path):
    path = tmp_path / "页.xlsx"
    path.write_bytes(book(8, PACKS[1]))
    assert pages(convert_all([path], tmp_path, "pdf")[0]) == 8


@pytest.mark.parametrize("pack", YEARS)
def test_the_sentence_of_a_unit_is_never_cut(pack):
    """It stood as 书记、委员每年……等5项 under the headline figure and 联络员全覆盖（202…等4项 in the ranking."""
    lines = told(8, pack).lines
    titles = [lines.title(code) for code in lines.policy.clauses]
    said = [breached([title, title + "二"], count) for title in titles for count in (1, 9, 12)]
    said += [words().said[key].format(count=99, amount="99,999.99") for key in ("not_back", "to_fix", "choose", "open")]
    assert all(fits(one, UPRIGHT / TILES, SMALL, 1) and "…" not in one for one in said)
    assert not [text for sheet in opened(book(8, pack)) for text in texts(sheet)[:30] if "…" in text]
