"""Reminders, the list of issued workbooks, zips, and what the settings print on the cover."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from rounds import Round

from toolkit.cli import main_group
from toolkit.distribute import UPDATED
from toolkit.round_trip import states
from toolkit.round_trip.chase import write_chase
from toolkit.round_trip.issuing import issue, left_over
from toolkit.round_trip.zipping import handed, write_issued_list, write_zips

pytestmark = pytest.mark.rounds

ERROR = {("party_org", "full_members", 0): 999}


@pytest.fixture(scope="module")
def chased(tmp_path_factory):
    """Four units: one clean or queried, one with errors, one unreadable, one that returned nothing."""
    made = Round(tmp_path_factory.mktemp("催") / "批次")
    made.settings(deadline=f"{made.year}-12-31", return_to="州委老干部局")
    made.issue()
    made.put(0)
    made.put(1, cells=ERROR)
    (made.campaign.inbox / f"{made.units[2].name}.xlsx").write_bytes(b"broken")
    checked = made.check()
    today = date(made.year, 12, 29)
    paths, found = write_chase(checked, today, made.campaign.output)
    return made, paths, {one.unit: one for one in found}, checked


def test_everybody_who_is_not_done_is_reminded_once(chased):
    made, _, found, _ = chased
    owing = [state.unit for state in made.states(date(made.year, 12, 29)) if state.state not in states.DONE]
    assert list(found) == owing and made.units[3].code in owing


def test_the_text_says_deadline_what_is_missing_and_three_problems_at_most(chased):
    made, _, found, _ = chased
    nothing, wrong = found[made.units[3].code], found[made.units[1].code]
    assert "还没有收到" in nothing.text and "还有 2 天" in nothing.text and "州委老干部局" in nothing.text
    assert made.returns.names[made.units[3].code] in nothing.text
    assert 1 <= len(wrong.problems) <= 3 and all(problem in wrong.text for problem in wrong.problems)
    assert f"错误 {wrong.errors} 条" in wrong.text
    assert "xltool" not in "".join(one.text for one in found.values())


def test_every_problem_of_a_text_names_its_cells(chased):
    """A clerk of a unit looks for the cell, not for a column with a count (ROUND-06)."""
    made, _, found, checked = chased
    wrong = found[made.units[1].code]
    sheet = made.campaign.form.by_name["party_org"]
    cell = next(
        one.cells[0] for one in checked.findings if one.sheet == sheet.label and one.cells and "999" in one.value
    )
    assert f"{sheet.label}!{cell}" in wrong.text
    assert all("!" in problem for problem in wrong.problems if "这一栏的" in problem)


def test_an_empty_sheet_is_named_beside_the_errors(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    made.issue()
    made.put(1, cells=ERROR, rows={"event": lambda rows: []})
    _, found = write_chase(made.check(), made.day, made.campaign.output)
    [one] = [one for one in found if one.unit == made.units[1].code]
    assert one.errors and "还缺：“活动台账”" in one.text
    assert one.missing.startswith("“活动台账”") and one.missing.endswith("改正后重新报送")


def test_a_conflict_is_asked_in_the_units_words(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    made.issue()
    made.put(1, "甲.xlsx", day=20)
    made.put(1, "乙.xlsx", day=20, cells=ERROR)
    _, found = write_chase(made.check(), made.day, made.campaign.output)
    text = next(one.text for one in found if one.unit == made.units[1].code)
    assert "以哪一份为准" in text and "xltool" not in text


def test_texts_lie_beside_the_list_and_go_when_nothing_is_owed(chased):
    made, paths, _, checked = chased
    folder = made.campaign.output / "催报"
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths[1:])
    assert (folder / paths[1].name).read_bytes().startswith(b"\xef\xbb\xbf")
    states.decide(made.campaign, made.units[1].code, states.ACCEPT, "科长同意")
    write_chase(checked, date(made.year, 12, 29), made.campaign.output)
    assert not any(path.name.startswith(made.units[1].code) for path in folder.iterdir())
    book = openpyxl.load_workbook(paths[0])
    assert book.sheetnames == ["催报名单", "各单位状态"]
    counts = {row[0]: row[1] for row in book["各单位状态"].iter_rows(values_only=True) if row[0] in states.UNIT_STATES}
    assert sum(counts.values()) == len(made.units) and len(counts) == len(states.UNIT_STATES)


def test_the_settings_stand_on_the_cover(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    made.issue()
    made.settings(deadline=f"{made.year}-12-05", return_to="=HYPERLINK(1)")
    assert {item.state for item in issue(made.campaign)} == {UPDATED}
    path = next(made.campaign.issued.glob("*.xlsx"))
    cells = {cell.value: cell for row in openpyxl.load_workbook(path)["封面"] for cell in row if cell.value}
    assert f"{made.year}年12月5日前" in cells
    assert cells["=HYPERLINK(1)"].data_type == "s" and "以通知为准" not in cells


def test_workbooks_of_names_that_are_gone_are_said(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    made.issue()
    old = made.campaign.issued / f"{made.units[0].code}_旧名.xlsx"
    old.write_bytes(b"x")
    (made.campaign.issued / f"~${made.returns.names[made.units[0].code]}").write_bytes(b"lock")
    assert left_over(made.campaign, issue(made.campaign)) == [old.name]


def test_one_zip_for_each_parent_unit_always_the_same(tmp_path):
    made = Round(tmp_path / "批次", units=8)
    rows = handed(made.campaign, issue(made.campaign), True)
    paths = write_zips(made.campaign, rows)
    before = {path: path.read_bytes() for path in paths}
    inside = [name for data in before.values() for name in zipfile.ZipFile(io.BytesIO(data)).namelist()]
    assert sorted(inside) == sorted(made.returns.names.values())
    parents = {unit.parent if unit.parent in made.campaign.units.by_code else unit.code for unit in made.units}
    assert len(paths) == len(parents)
    write_zips(made.campaign, handed(made.campaign, issue(made.campaign), True))
    assert {path: path.read_bytes() for path in paths} == before
    sheet = openpyxl.load_workbook(write_issued_list(made.campaign, rows)).active
    assert {unit.code for unit in made.units} <= {cell.value for cell in sheet["B"]}


def test_the_texts_are_named_with_their_folder(tmp_path):
    made = Round(tmp_path / "批次", 3)
    made.issue()
    made.put(0)
    answer = CliRunner().invoke(main_group, ["chase", str(made.campaign.folder)])
    texts = list((made.campaign.output / "催报").glob("*.txt"))
    assert len(texts) >= 2 and f"{len(texts)} 段可以直接发送的文字在“" in answer.output.replace("\n", "")


def test_the_list_prints_without_the_texts_that_are_there_to_be_copied(tmp_path):
    made = Round(tmp_path / "批次", 8)
    made.issue()
    [path, *_], _ = write_chase(made.check(), date(2026, 1, 31), made.campaign.output)
    sheet = openpyxl.load_workbook(path)["催报名单"]
    heads = [cell.value for cell in sheet[3]]
    assert heads[-1].startswith("催报文字") and sheet.print_area.endswith(f"${sheet.max_row}")
    assert f"$A$1:${sheet.cell(3, len(heads) - 1).column_letter}$" in sheet.print_area
    rows = [sheet.row_dimensions[row].height for row in range(4, sheet.max_row + 1)]
    assert len(rows) == 8 and max(rows) < 60 and all(sheet.cell(row, len(heads)).value for row in range(4, 12))
