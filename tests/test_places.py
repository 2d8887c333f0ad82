"""From a figure to its rows: every link of an output leads to the row that it names."""

import zipfile
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange
from rounds import Round

from toolkit.links import away
from toolkit.outputs import write_all
from toolkit.words import words

pytestmark = pytest.mark.rounds
NAMES = ("甲#乙.xlsx", "张三13812345678.xlsx")
BOOKS = {"allowance": ("发放表", 1, 4), "compliance": ("明细", 1, 10)}
"""Output → its sheet, the column that leads to 汇总数据, the column that leads to the returned file."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Round(tmp_path_factory.mktemp("有 空格") / "批次", units=5)
    made.issue()
    made.put(0)
    for place, name in enumerate(NAMES, 1):
        made.put(place, name)
    packed = made.put(3)
    with zipfile.ZipFile(packed.with_suffix(".zip"), "w") as archive:
        archive.write(packed, packed.name)
    packed.unlink()
    made.put(4)
    checked = made.check()
    write_all(checked, made.campaign.output)
    return made, checked


def links(made, key):
    """(value, link to 汇总数据, value, link to the returned file) of each row."""
    title, first, second = BOOKS[key]
    book = load_workbook(made.campaign.output / words()["files"][key])
    for row in book[title].iter_rows():
        cells = [row[place - 1] for place in (first, second) if place <= len(row)]
        if len(cells) == 2 and any(cell.hyperlink for cell in cells):
            yield row, *(cell.hyperlink for cell in cells)


def opened(made, link, books={}):  # noqa: B006  (one load a file)
    path = (made.campaign.output / unquote(link.target).replace("\\", "/")).resolve()
    assert path.is_file(), link.target
    if path not in books:
        books[path] = load_workbook(path, data_only=True) if path.suffix == ".xlsx" else None
    return path, books[path]


@pytest.mark.parametrize("key", BOOKS)
def test_every_link_leads_to_its_row(made, key):
    made, _ = made
    found = list(links(made, key))
    assert len(found) > 5
    for row, merged, returned in found:
        held = []
        for link in filter(None, (merged, returned)):
            _, book = opened(made, link)
            if link.location:
                title, cell = link.location.replace("'", "").split("!")
                assert book[title][cell].row <= book[title].max_row
                held.append([str(one.value) for one in book[title][book[title][cell].row] if one.value is not None])
        if key == "allowance":
            assert all(row[3].value in one for one in held), (row[3].value, held)
        if key == "compliance" and len(held) == 2:
            assert set(held[1][1:3]) & set(held[0]), held


def test_files_whose_names_cannot_be_linked_are_not(made):
    made, checked = made
    targets = {unquote(link.target) for key in BOOKS for _, *both in links(made, key) for link in filter(None, both)}
    returned = {target.replace("\\", "/").rsplit("/", 1)[-1] for target in targets} - {words()["files"]["merged"]}
    files = [item.path.name for item in checked.batch.returns]
    assert returned == set(files) - set(NAMES) and len(files) == 6, "the archive and what is in it"
    assert not any(link.location for _, _, link in links(made, "allowance") if link and ".zip" in link.target)


def test_what_is_gone_is_not_linked(tmp_path):
    assert away(tmp_path / "没有.xlsx", tmp_path) == "" and away(tmp_path, tmp_path / "下") == ".."


def test_units_and_clauses_of_the_directors_pages_lead_to_their_lines(made):
    made, checked = made
    book = load_workbook(made.campaign.output / words()["files"]["overview"], data_only=True)
    names = {next(iter(unit.short_names), "") or unit.name: unit.name for unit in checked.batch.units}
    led = set()
    for row in (row for sheet in book for row in sheet.iter_rows()):
        for place, cell in enumerate(row):
            if not cell.hyperlink:
                continue
            _, other = opened(made, cell.hyperlink)
            title, at = cell.hyperlink.location.replace("'", "").split("!")
            held = [str(one.value) for one in other[title][other[title][at].row]]
            beside = str(next(one.value for one in row[place + 1 :] if one.value))
            shown = names.get(beside, beside.split("\n")[0].rstrip("…"))
            assert any(shown in one or one in shown for one in held if one not in ("None", "")), (beside, held)
            led.add((title, other[title][at].row))
    assert {row for title, row in led if title == "单位总览"} == set(range(5, 5 + len(made.units)))
    assert len({row for title, row in led if title == "条款总览"}) > 3


COUNTED = (
    *("书记后备队伍库", "书记队伍", "联络员", "联络员责任清单", "支部记实", "任务清单化", "组织设置建议"),
    *("考核和述职", "队伍状况分析底稿", "补贴预算", "经费", "阵地"),
)
"""Sheets of 台账名册 whose rows are counted, added up or reckoned from several rows."""


def test_rows_of_the_registers_lead_to_their_rows(made):
    """Listed, counted or reckoned: beside the printed columns one cell leads to the merged row, one to the return."""
    made, checked = made
    units, seen, both = {unit.name for unit in checked.batch.units}, {}, 0
    for sheet in load_workbook(made.campaign.output / words()["files"]["registers"]):
        for row in sheet.iter_rows():
            values = [cell for cell in row if cell.value is not None]
            linked = [cell for cell in values if cell.hyperlink and cell.hyperlink.target]
            seen[sheet.title] = seen.get(sheet.title, 0) + len(linked)
            assert linked == values[len(values) - len(linked) :] and len(linked) <= 2, sheet.title
            assert not linked or linked[0].column > CellRange(sheet.print_area).max_col
            assert not any(":" in cell.hyperlink.target for cell in linked)
            led = [found for cell in linked if (found := led_to(made, cell.hyperlink))]
            for held in led[:1]:
                assert not (named := {str(cell.value) for cell in values} & units) or named & held, (sheet.title, named)
            if len(led) == 2:
                assert len(led[0] & led[1]) > 1, (sheet.title, led)
                both += 1
    assert both > 100
    assert all(seen[title] for title in COUNTED)


def led_to(made, link):
    """The values of the row that a link leads to; nothing where it leads to a file alone."""
    _, book = opened(made, link)
    if not link.location:
        return set()
    title, at = link.location.replace("'", "").split("!")
    return {str(cell.value) for cell in book[title][book[title][at].row] if cell.value is not None}
