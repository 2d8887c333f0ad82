"""The unit list goes before the cells that were issued from it: mended there, nobody types again."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.rounds import Round
from toolkit.campaign import UNIT_LIST, open_campaign
from toolkit.campaign.unit_list import read_unit_list, unit_list_workbook
from toolkit.cli.app import main_group
from toolkit.model.result import UNDETERMINED, UNSET
from toolkit.model.unit import UnitList
from toolkit.outputs import write_findings
from toolkit.round_trip.own_tasks import own_tasks

pytestmark = pytest.mark.rounds
COUNTY, DEPARTMENT = "县（市、区）级", "部门（单位）"
FOR_OTHER_CATEGORIES = {"YZ-3.1-e", "YZ-3.1-f", "YZ-3.1-g", "YZ-S2-d", "YZ-S4-c", "YZ-S4-d", "YZ-S4-e"}
"""Clauses that 机关 do not bear."""


@pytest.fixture
def made(tmp_path):
    """A round of Yizheng: everybody has returned, then the list may change."""
    found = Round(tmp_path / "批次", 5, policy="yizheng-2022")
    found.issue()
    for place in range(5):
        found.put(place)
    return found


def relist(made: Round, *, column: bool = True, **changes) -> Round:
    """The unit list on disk with other facts: unit place → changed fields."""
    path = made.campaign.folder / UNIT_LIST
    units = list(read_unit_list(path, made.campaign.form))
    for place, facts in changes.items():
        units[int(place[1:])] = replace(units[int(place[1:])], **facts)
    path.write_bytes(unit_list_workbook(UnitList(tuple(units)), made.campaign.form))
    if not column:
        book = load_workbook(path)
        sheet = book["单位名录"]
        sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == "代表本级"))
        book.save(path)
    made.campaign = open_campaign(made.campaign.folder)
    return made


def levels(checked):
    return {(one.unit, one.clause, one.subject): one.level for one in checked.compliance.results}


def about_list(checked, code="B013"):
    return [one for one in checked.findings if one.code == code]


def test_a_level_changed_in_the_list_changes_no_ordinary_level(made):
    """FIG-15: it gave 74 to 216 无法判定, and no finding that form and list disagree."""
    before = made.check()
    unit = made.units[2]
    after = relist(made, u2={"level": COUNTY}).check()
    assert levels(after) == levels(before)
    (finding,) = about_list(after)
    assert finding.bureau and not finding.unit and finding.file == UNIT_LIST
    assert unit.name in finding.message and COUNTY in finding.message and DEPARTMENT in finding.message
    sheet = load_workbook(made.campaign.folder / UNIT_LIST)["单位名录"]
    assert [sheet[cell].value for cell in finding.cells] == [COUNTY]
    assert [state.state for state in made.states()] == [state.state for state in made.states()]
    assert about_list(relist(made, u2={"level": DEPARTMENT}).check()) == []


def test_category_and_name_follow_the_list_and_the_return_keeps_counting(made):
    unit = made.units[2]
    before = made.check()
    firm = relist(made, u2={"category": "国有企业", "name": "改名后的集团有限公司"}).check()
    row = firm.merged.tables["unit"].set_index("_unit").loc[unit.code]
    assert (row["unit_category"], row["unit_name"]) == ("国有企业", "改名后的集团有限公司")
    (finding,) = about_list(firm)
    assert finding.label == "单位全称、单位类别" and len(finding.cells) == 2
    now = levels(firm)
    assert now[unit.code, "YZ-S4-b", unit.code] == "不适用" != levels(before)[unit.code, "YZ-S4-b", unit.code]
    assert now[unit.code, "YZ-S4-c", unit.code] != "不适用"
    (asked,) = about_list(firm, "B014")
    assert asked.bureau and "YZ-3.1-f" in asked.message
    assert {now[unit.code, clause, unit.code] for clause in ("YZ-3.1-f", "YZ-3.1-g", "YZ-S4-d")} == {UNSET}
    assert {one.code for one in firm.findings if one.unit == unit.code} <= {
        one.code for one in before.findings if one.unit == unit.code
    } | {"UNIT-006"}


def test_an_old_short_name_counts_no_longer_and_the_bureau_is_told(made):
    unit = made.units[2]
    row = relist(made, u2={"short_names": ("旧简称", "又一简称")}).check()
    assert len(about_list(row)) == 1  # issued with another one
    checked = relist(made, u2={"short_names": ("新简称",)}).check()
    assert checked.merged.tables["unit"].set_index("_unit").loc[unit.code]["unit_short_names"] == "新简称"
    (finding,) = about_list(checked)
    assert finding.label == "规范简称" and "名录是“新简称”" in finding.message and not finding.unit
    assert about_list(relist(made, u2={"short_names": unit.short_names}).check()) == []


def test_a_unit_that_begins_to_speak_is_not_undetermined_for_what_nobody_asked(made):
    before = made.check()
    unit = made.units[0]
    after = relist(made, u0={"speaks": True}, u1={"speaks": False}).check()
    changed = {key: level for key, level in levels(after).items() if level != levels(before).get(key)}
    assert {key[0] for key in changed} <= {unit.code, made.units[1].code, ""}
    assert UNDETERMINED not in {level for key, level in changed.items() if key[0] == unit.code}
    told = {one.clause for one in after.compliance.results if one.code == "TASK-NOT-ISSUED"}
    assert "YZ-2.2-e" in told and "YZ-1.1-a" not in told
    assert len(about_list(after)) == 2 and len(about_list(after, "B014")) == 1


def test_a_row_that_a_unit_deleted_is_still_undetermined(made):
    """Not asked and deleted are two things: deleting a row must not help."""
    unit = made.units[1]
    task = made.campaign.form.by_name["task"]
    path = made.campaign.inbox / made.returns.names[unit.code]
    book = load_workbook(path)
    sheet = book[task.label]
    for row in range(sheet.max_row, 6, -1):
        if sheet.cell(row, 1).value in ("YZ-2.2-e", "YZ-1.1-a"):
            for cell in sheet[row]:
                cell.value = None
    book.save(path)
    found = {one.clause: one for one in made.check().compliance.results if one.unit == unit.code}
    assert {found[clause].code for clause in ("YZ-2.2-e", "YZ-1.1-a")} == {"TASK-ABSENT"}
    assert found["YZ-2.2-e"].level == UNDETERMINED


def older(path: Path) -> None:
    """The workbook as it was issued before the form had the column."""
    book = load_workbook(path)
    sheet = book["单位情况"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "代表本级")
    sheet.delete_rows(row)
    book.save(path)


def test_workbooks_issued_before_the_column_keep_counting(made):
    before = levels(made.check())
    for path in made.campaign.inbox.glob("*.xlsx"):
        older(path)
    after = made.check()
    assert levels(after) == before
    assert not about_list(after) and not about_list(after, "B014")
    assert "S020" not in {one.code for one in after.findings}


def test_an_empty_locked_cell_is_filled_from_the_list(made):
    """Another way to lose what the bureau knows: somebody empties a locked cell."""
    before = made.check()
    sheet = made.campaign.form.by_name["unit"]
    made.put(3, cells={("unit", "unit_category", 0): None, ("unit", "admin_level", 0): None})
    assert sheet.by_name["unit_category"].need == "required"
    after = made.check()
    assert levels(after) == levels(before)
    assert [one.code for one in after.findings if one.unit == made.units[3].code and one.code == "COL-001"] == []


def test_a_list_without_the_column_is_said_once_and_nobody_speaks(made):
    found = relist(made, column=False).check()
    (finding,) = about_list(found, "B015")
    names = [unit.name for unit in made.units[:2]]
    assert finding.bureau and all(name in finding.message for name in names) and "17 条" in finding.message
    assert "代表本级" in finding.fix
    (area,) = [one for one in found.compliance.results if one.clause == "YZ-S1-i" and not one.unit]
    assert (area.level, area.code) == (UNDETERMINED, "AREA-NOBODY")
    own = [one for one in found.compliance.results if one.unit == made.units[0].code]
    assert len({one.clause for one in own if one.code == "NOT-SPEAKING"}) == 17
    assert {one.clause for one in own if one.code == "OTHER-BEARER"} == FOR_OTHER_CATEGORIES


def test_nobody_speaking_is_said_and_one_who_differs_from_its_category(made):
    assert own_tasks(made.campaign) == [], "the one that speaks for the area bears more, and should"
    silent = relist(made, u1={"speaks": False})
    assert [one.code for one in own_tasks(silent.campaign)] == ["B016"]


def test_two_that_speak_for_one_area_differ_from_their_category(made):
    both = relist(made, u0={"speaks": True})
    found = own_tasks(both.campaign)
    assert [(one.code, unit.name in one.message) for one, unit in zip(found, made.units, strict=False)] == [
        ("B017", True),
        ("B017", True),
    ]


def test_the_bureaus_own_tasks_are_shown_as_such(made, tmp_path):
    checked = relist(made, u0={"speaks": True}, u2={"level": COUNTY}).check()
    path = write_findings(checked, tmp_path / "问题清单.xlsx")
    book = load_workbook(path)
    lines = [row for row in book["问题"].iter_rows(values_only=True) if row[2] == UNIT_LIST]
    assert {row[8] for row in lines} >= {"B013", "B017"} and {row[1] for row in lines} == {"（汇总单位自己办理）"}
    assert {row[2] for row in lines} == {UNIT_LIST}
    units = {row[2]: row[7] for row in book["按单位"].iter_rows(values_only=True)}
    assert units["（汇总单位自己办理）"] == len(lines)
    answer = CliRunner().invoke(main_group, ["status", str(made.campaign.folder)])
    assert answer.exit_code == 0 and "B017" in answer.output and "不用问填报单位" in answer.output
