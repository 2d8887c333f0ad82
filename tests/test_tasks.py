"""责任清单: a list for every office that the text names and the round knows, made, filled in and merged back."""

import random
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from compliance_data import form_of
from office import convert_all, needs_office, page_texts, recalculate
from offices import CLAUSE, DAY, STATUS, fill_in, say_offices
from openpyxl import load_workbook
from rounds import Round

from toolkit.campaign import open_campaign
from toolkit.campaign.changing import change_unit
from toolkit.cli import main_group
from toolkit.compute.indicators import compile_indicators
from toolkit.model.errors import XltoolError
from toolkit.model.figures import HARD, SOFT
from toolkit.model.result import NOT_MET, WARNING
from toolkit.model.unit import UnitList
from toolkit.policies import load_policy, policy_ids
from toolkit.summary.office.book import OfficeBooks
from toolkit.summary.paper.page import ACROSS
from toolkit.summary.unit_lines import UnitLines
from toolkit.tasks.files import inbox, write_lists, write_overview
from toolkit.tasks.offices import Offices, asked, duties

pytestmark = pytest.mark.rounds
YZ, YN = "yizheng-2022", "yunnan-2025"
DONE = ("已完成", date(2023, 6, 1), "A-3", "")


class Made:
    """A round in which all have returned, and who its offices are."""

    def __init__(self, folder, policy):
        self.round = Round(folder / "批次", units=5, policy=policy)
        self.round.issue()
        for place in range(5):
            late = {("event", "event_type", number): None for number in range(6)} if place else None
            self.round.put(place, cells=late)
        self.campaign, self.checked = self.round.campaign, self.round.check()
        self.units = self.round.units
        self.done = ("已完成", date(self.round.year, 6, 1), "A-3", "")

    def lists(self):
        """Name of an office → path of its list."""
        return {path.stem.removeprefix("责任清单_"): path for path in write_lists(self.checked).lists}

    def offices(self):
        return Offices(self.campaign)


@pytest.fixture(scope="module", params=policy_ids())
def made(request, tmp_path_factory):
    found = Made(tmp_path_factory.mktemp("r"), request.param)
    lead = found.units[1]
    if request.param == YZ:
        say_offices(
            found.campaign, {"市委离退休干部工委": lead.code, "市委宣传部": lead.name, "市医保局": "名录外"}, "不发"
        )
    else:
        say_offices(found.campaign, {"各地各部门": f"{lead.code} {lead.name}", "省级层面": "名录外"}, "不发")
    return found


@pytest.fixture
def fresh(tmp_path):
    """A Yizheng round of which nobody has said who the offices are."""
    return Made(tmp_path, YZ)


# ---- whose duty a clause is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy_id", policy_ids())
@pytest.mark.parametrize("year", [2023, 2025, 2026, 2027])
def test_every_duty_of_the_year_is_on_the_list_of_each_of_its_offices_and_no_other(made, policy_id, year):
    policy, form = load_policy(policy_id), form_of(policy_id)
    wanted = asked(policy, form, made.campaign.units, year)
    known = {one.clause for one in compile_indicators(policy, form)} | {
        clause for bundle in policy.bundles for clause in bundle.clauses
    }
    assert set(duties(policy, form)) == known and set(wanted) <= known
    assert not set(wanted) & policy.not_encoded.keys()
    for clause in known - set(wanted):
        assert (
            not duties(policy, form)[clause].span.covers(year)
            or "省级层面" in policy.clauses[clause].duty_bearer
            or (duties(policy, form)[clause].duty != ((),))
        )


def test_a_year_is_asked_for_its_own_duties_only():
    policy, form = load_policy(YN), form_of(YN)
    found = {year: set(asked(policy, form, UnitList(), year)) for year in (2025, 2026, 2027)}
    assert "YN-08-h" not in found[2025] and "YN-08-h" in found[2026]
    for year, own in found.items():
        assert {clause for clause in own if duties(policy, form)[clause].span.only not in (None, year)} == set()


def test_an_office_has_all_its_clauses_of_every_kind(made):
    offices = made.offices()
    for office in offices.lists.values():
        wanted = [c for c in offices.asked if set(made.campaign.policy.clauses[c].addressees) & set(office.names)]
        assert list(office.clauses) == wanted
    natures = {made.checked.figures.natures[c] for office in offices.lists.values() for c in office.clauses}
    assert natures == {"硬性", "软性", "登记", "任务"}


def test_names_that_the_unit_list_knows_are_recognised_and_the_others_asked_for_in_one_finding(fresh):
    offices = fresh.offices()
    assert {one.name for one in offices.lists.values()} <= {unit.name for unit in fresh.units}
    (finding,) = offices.findings
    assert finding.code == "TSK-120" and "市委离退休干部工委" in finding.message and "责任单位.xlsx" in finding.fix
    written = write_lists(fresh.checked)
    assert {path.stem.removeprefix("责任清单_") for path in written.lists} == {
        one.name for one in offices.lists.values()
    }
    rows = {row[1]: row for row in load_workbook(written.asking)["责任单位"].iter_rows(values_only=True)}
    assert rows["市委组织部"][3] == f"{fresh.units[0].code} {fresh.units[0].name}"
    assert rows["市医保局"][3] is None and rows["各园镇党（工）委"][3] == "不发"
    say_offices(fresh.campaign, {"市委离退休干部工委": "老干部厅"}, "名录外")
    (finding,) = fresh.offices().findings
    assert finding.code == "TSK-121" and "老干部厅" in finding.message
    say_offices(fresh.campaign, {"市委离退休干部工委": fresh.units[1].name})
    assert fresh.offices().findings == ()
    assert len(fresh.lists()) == len({*load_policy(YZ).offices})


def test_who_is_no_office_gets_no_list_unless_a_unit_takes_it(tmp_path):
    found = Made(tmp_path, YN)
    assert write_lists(found.checked).lists == ()
    say_offices(found.campaign, {}, "名录外")
    names = set(found.lists())
    assert "党员" not in names and "离退休干部" not in names and "流入地党组织" not in names
    assert "各地各部门" in names
    say_offices(found.campaign, {"党员": found.units[0].code, "各地各部门": "不发"}, "不发")
    assert set(found.lists()) >= {found.units[0].name} and "各地各部门" not in found.lists()


def test_what_was_filled_in_stays_and_an_unreadable_file_is_said(fresh):
    path = say_offices(fresh.campaign, {}, "不发")
    before = path.read_bytes()
    write_lists(fresh.checked)
    assert path.read_bytes() == before
    path.write_bytes(b"no workbook")
    with pytest.raises(XltoolError, match=r"TSK-002.*责任单位"):
        fresh.offices()


def test_a_unit_that_gets_another_code_keeps_its_list(fresh):
    lead = fresh.units[1]
    say_offices(fresh.campaign, {"市委离退休干部工委": lead.code}, "不发")
    path = fresh.lists()[lead.name]
    back = fill_in(path, inbox(fresh.campaign) / path.name, {}, date(2024, 1, 3))
    change_unit(fresh.campaign, lead, {"code": "999901"})
    campaign = open_campaign(fresh.campaign.folder)
    assert "999901" in Offices(campaign).lists
    _, merged = write_overview(campaign, back.parent, fresh.round.day)
    assert set(merged.counted) == {"999901"}


# ---- the workbook ------------------------------------------------------------------------------------------------


def test_the_list_says_how_far_the_units_are_and_leads_to_those_that_fall_short(made):
    figures, lines = made.checked.figures, UnitLines.of(made.checked)
    paths = made.lists()
    assert len(paths) == len(made.offices().lists) >= 2
    seen = 0
    for office in made.offices().lists.values():
        book = load_workbook(paths[office.name])
        rows = {row[CLAUSE - 1].value: row for row in book["责任清单"].iter_rows() if isinstance(row[0].value, int)}
        assert list(rows) == list(office.clauses)
        short = [row for row in book["未达标单位"].iter_rows() if isinstance(row[0].value, int)]
        wanted = {
            (cell.clause, lines.names.get(cell.unit, "全辖区"), cell.level)
            for cell in figures.cells.values()
            if cell.clause in office.clauses
            and cell.nature in (HARD, SOFT)
            and cell.level in (NOT_MET, WARNING)
            and (cell.unit in figures.counted or not cell.unit)
        }
        assert {(row[1].value, row[3].value, row[4].value) for row in short} == wanted and len(short) == len(wanted)
        for clause, row in rows.items():
            counts = [cell.value for cell in row[3:7]]
            if figures.natures[clause] not in (HARD, SOFT):
                assert counts == ["—"] * 4
                continue
            for level, cell in ((NOT_MET, row[5]), (WARNING, row[4])):
                own = [line for line in short if (line[1].value, line[4].value) == (clause, level)]
                assert cell.value == len(own)
                if own:
                    assert cell.hyperlink.location == f"'未达标单位'!A{own[0][0].row}"
                    assert own[0][1].hyperlink.location == f"'责任清单'!A{row[0].row}"
                    seen += 1
    assert seen > 3


def test_only_the_yellow_cells_can_be_changed_and_they_say_what_they_may_be(made):
    path = next(iter(made.lists().values()))
    book = load_workbook(path)
    assert book["_meta"].sheet_state == "veryHidden"
    for sheet, places in ((book["责任清单"], (9, 10, 11, 12)), (book["未达标单位"], (8,))):
        assert sheet.protection.sheet and not sheet.protection.password
        for row in sheet.iter_rows():
            for cell in row:
                yellow = cell.fill.fgColor.rgb == "FFFFFBE6"
                assert yellow == (not cell.protection.locked), cell.coordinate
                if isinstance(row[0].value, int):
                    assert yellow == (cell.column in places), cell.coordinate
    rules = {(rule.type, rule.formula1) for rule in book["责任清单"].data_validations.dataValidation}
    assert ("list", '"未启动,进行中,已完成,不适用"') in rules
    assert [kind for kind, _ in rules].count("date") == 1
    (follow,) = book["未达标单位"].data_validations.dataValidation
    assert follow.formula1 == '"已整改,整改中,有异议"' and book["未达标单位"].auto_filter.ref


def test_the_pages_are_for_paper(made):
    for path in made.lists().values():
        for sheet in (one for one in load_workbook(path).worksheets if one.sheet_state == "visible"):
            setup = sheet.page_setup
            assert (setup.orientation, int(setup.paperSize), setup.fitToHeight) == ("landscape", 9, 0)
            assert sheet.print_area and min(c.font.sz for r in sheet.iter_rows() for c in r if c.value is not None) >= 9
            heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
            assert None not in heights and max(heights) < ACROSS
            if any(isinstance(row[0].value, int) for row in sheet.iter_rows()):
                assert sheet.print_title_rows


def test_the_same_bytes_twice_and_no_persons_data(made):
    first = {path: path.read_bytes() for path in made.lists().values()}
    assert {path: path.read_bytes() for path in made.lists().values()} == first
    rows = made.checked.dataset.records
    listed = [row for sheet in ("member", "post") for row in rows.rows(sheet).rows]
    names = {name for row in listed if (name := getattr(row, "name", "") or getattr(row, "person_name", ""))}
    assert names
    said = {
        str(cell)
        for path in first
        for sheet in load_workbook(path).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell
    }
    assert not [(name, text) for name in names for text in said if name in text]


def test_an_office_that_no_unit_fails_has_a_list_all_the_same(made):
    lines = UnitLines.of(made.checked)
    lines.figures = replace(lines.figures, cells={})
    facts = {"year": 2025, "day": "2026-01-01", "policy": "试", "return_to": ""}
    books = OfficeBooks(lines, facts, ("未启动", "进行中", "已完成", "不适用"))
    (office, *_) = made.offices().lists.values()
    target = made.campaign.folder.parent / "空.xlsx"
    target.write_bytes(books.book("试", office, []))
    assert "没有。" in [row[0] for row in load_workbook(target)["未达标单位"].iter_rows(values_only=True)]


@needs_office
def test_printed_pages_are_full_and_none_begins_with_a_line_or_two(made, tmp_path):
    paths = list(made.lists().values())
    for path, pdf in zip(paths, convert_all(paths, tmp_path, "pdf", anew=False), strict=True):
        texts = page_texts(pdf)
        later = [text for text in texts if "责任清单（" not in text and "未达标单位（" not in text]
        rows = [sum(bool(line.strip()) for line in text.splitlines()) for text in later]
        assert all(count >= 8 for count in rows), (path.name, rows)
        for text in texts:
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            groups = {name for name, _ in made.campaign.policy.groups}
            assert lines[-2] not in groups, "a heading at the end of a page"
        assert sum("序号" in text for text in texts) >= len(texts) - 1


# ---- what comes back ---------------------------------------------------------------------------------------------


def test_the_whole_way_made_filled_in_merged_back_and_carried_on(made, tmp_path):
    offices, paths = made.offices(), made.lists()
    one, *others = offices.lists.values()
    first, second = one.clauses[:2]
    answers = {first: made.done, second: ("不适用", None, None, "本单位没有")}
    back = inbox(made.campaign)
    fill_in(paths[one.name], back / paths[one.name].name, answers, date(made.round.year + 1, 1, 5), "整改中")
    path, merged = write_overview(made.campaign, back, made.round.day)
    missed = sum(isinstance(row[0].value, int) for row in load_workbook(paths[one.name])["未达标单位"].iter_rows())
    assert merged.files["total"] == merged.files["counted"] == 1 and not merged.problems
    assert merged.rows["merged"] == 2 + missed and merged.rows["blank"] == len(one.clauses) - 2
    book = load_workbook(path)
    said = {(row[1], row[2]): row[4] for row in book["责任事项"].iter_rows(min_row=4, values_only=True) if row[2]}
    assert said[one.name, first] == "已完成" and said[one.name, second] == "不适用"
    assert {said[other.name, clause] for other in others for clause in other.clauses} == {"未填"}
    states = {row[1]: row[2] for row in book["进度"].iter_rows(min_row=4, values_only=True) if row[1]}
    assert states[one.name] == "已返回" and {states[other.name] for other in others} == {"未返回"}
    assert sum(row[5] == "整改中" for row in book["督办"].iter_rows(values_only=True)) == missed
    again = load_workbook(made.lists()[one.name])["责任清单"]
    rows = {row[CLAUSE - 1].value: row for row in again.iter_rows()}
    assert rows[first][STATUS - 1].value == "已完成" and rows[first][DAY - 1].value.date() == made.done[1]
    (back / paths[one.name].name).unlink()


def test_a_list_filled_in_where_it_lies_is_not_written_over(made):
    paths = made.lists()
    name, path = next(iter(paths.items()))
    untouched = path.read_bytes()
    fill_in(path, path, {}, date(2024, 1, 1))
    changed = path.read_bytes()
    written = write_lists(made.checked)
    assert [one.name for one in written.kept] == [path.name] and path.read_bytes() == changed
    answer = CliRunner().invoke(main_group, ["tasks", str(made.campaign.folder)])
    assert answer.exit_code == 0 and path.name in answer.output and "责任清单回收" in answer.output
    path.write_bytes(untouched)
    assert made.lists().keys() == paths.keys() and name in paths


def test_the_newest_list_counts_and_two_of_one_day_wait_for_a_person(made, tmp_path):
    one = next(iter(made.offices().lists.values()))
    path, clause = made.lists()[one.name], one.clauses[0]
    days = [date(2024, 1, 2), date(2024, 1, 9), date(2024, 1, 5)]
    random.Random(1).shuffle(days)
    for number, day in enumerate(days):
        status = "进行中" if day == max(days) else "未启动"
        fill_in(path, tmp_path / f"{number}" / path.name, {clause: (status,)}, day)
    _, merged = write_overview(made.campaign, tmp_path, made.round.day, tmp_path / "out.xlsx")
    assert (merged.files["counted"], merged.files["superseded"]) == (1, 2)
    assert merged.counted[one.key].answers[clause].status == "进行中"
    for day in (max(days), None):
        fill_in(path, tmp_path / "又" / path.name, {clause: ("未启动",)}, day)
        (tmp_path / "out.xlsx").unlink()
        _, merged = write_overview(made.campaign, tmp_path, made.round.day, tmp_path / "out.xlsx")
        assert not merged.counted and merged.files["conflict"] >= 2
        assert {one.code for one in merged.problems} == {"TSK-113"} and merged.state(one.key) == "conflict"


def test_what_is_wrong_in_a_list_is_refused_row_by_row(made, tmp_path):
    one = max(made.offices().lists.values(), key=lambda office: len(office.clauses))
    marks = [
        (("搞定了",), "TSK-101"),
        ((None, None, "A-1"), "TSK-102"),
        (("已完成", "去年"), "TSK-103"),
        (("已完成",), "TSK-104"),
        (("已完成", date(made.round.year + 3, 1, 1)), "TSK-105"),
        (("不适用",), "TSK-106"),
    ]
    answers = {clause: cells for clause, (cells, _) in zip(one.clauses, marks, strict=False)}
    path = fill_in(made.lists()[one.name], tmp_path / f"责任清单_{one.name}.xlsx", answers, None, "好了")
    book = load_workbook(path)
    sheet = book["责任清单"]
    last = next(row[0].row for row in sheet.iter_rows() if str(row[0].value).startswith("填表人"))
    sheet.cell(last + 1, CLAUSE, "YZ-9.9-z")
    sheet.cell(last + 1, STATUS, "进行中")
    sheet.cell(last + 2, CLAUSE, one.clauses[-1])
    sheet.cell(last + 2, STATUS, "进行中")
    book.save(path)
    out, merged = write_overview(made.campaign, tmp_path, made.round.day, tmp_path / "结果" / "out.xlsx")
    followed = sum(isinstance(row[0].value, int) for row in book["未达标单位"].iter_rows())
    codes = [problem.code for problem in merged.problems]
    assert codes == [*(code for _, code in marks), "TSK-107", "TSK-108", *["TSK-109"] * followed]
    rows = [row for row in load_workbook(out)["没有计入的"].iter_rows(min_row=4, values_only=True) if row[0]]
    assert [row[6] for row in rows] == codes and {row[3] for row in rows} == {"责任清单", "未达标单位"}
    assert merged.rows["read"] == sum(count for key, count in merged.rows.items() if key != "read")


def stamped(path, target, **changes):
    """The list with another stamp."""
    book = load_workbook(path)
    for row in book["_meta"].iter_rows():
        for key, value in changes.items():
            if row[0].value == f"xltool_{key}":
                row[1].value = value
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target


def test_a_list_with_a_wrong_stamp_or_name_is_nobodys(made, tmp_path):
    offices = made.offices()
    one = next(office for office in offices.lists.values() if office.unit)
    path, other = made.lists()[one.name], made.units[0] if one.unit != made.units[0] else made.units[2]
    stamped(path, tmp_path / "旧.xlsx", year="1999")
    stamped(path, tmp_path / "别的批次.xlsx", campaign="x")
    stamped(path, tmp_path / "换了人.xlsx", unit=other.code)
    stamped(path, tmp_path / "不认得.xlsx", unit="", unit_name="某办")
    stamped(path, tmp_path / "别的表.xlsx", kind="feedback")
    (tmp_path / f"{other.name}.xlsx").write_bytes(path.read_bytes())
    (tmp_path / "坏.xlsx").write_bytes(b"no workbook")
    book = load_workbook(path)
    del book["责任清单"]
    book.save(tmp_path / "少一张.xlsx")
    _, merged = write_overview(made.campaign, tmp_path, made.round.day, tmp_path / "o" / "out.xlsx")
    assert {problem.file: problem.code for problem in merged.problems} == {
        "旧.xlsx": "TSK-112",
        "别的批次.xlsx": "TSK-112",
        "换了人.xlsx": "TSK-114",
        "不认得.xlsx": "TSK-111",
        "别的表.xlsx": "TSK-111",
        f"{other.name}.xlsx": "TSK-114",
        "坏.xlsx": "TSK-110",
        "少一张.xlsx": "TSK-115",
    }
    assert not merged.counted and merged.files["refused"] == merged.files["total"] == 8
    with pytest.raises(XltoolError, match="TSK-001"):
        write_overview(made.campaign, tmp_path / "none", made.round.day)


def test_an_office_outside_the_list_comes_back_by_its_name(made, tmp_path):
    one = next(office for office in made.offices().lists.values() if office.unit is None)
    fill_in(made.lists()[one.name], tmp_path / "交回.xlsx", {one.clauses[0]: ("进行中",)})
    _, merged = write_overview(made.campaign, tmp_path, made.round.day, tmp_path / "o" / "out.xlsx")
    assert set(merged.counted) == {one.key}


# ---- sent and chased ---------------------------------------------------------------------------------------------


def test_lists_are_mailed_to_the_units_and_chased_until_they_are_whole(made):
    folder, lists = made.campaign.folder, made.offices().lists
    made.lists()
    run = CliRunner().invoke
    answer = run(main_group, ["mail", str(folder), "--what", "tasks", "--dry-run"])
    mailed = {path.stem for path in (folder / "汇总" / "邮件").glob("责任清单_*.eml")}
    assert mailed == {f"责任清单_{one.name}" for one in lists.values() if one.unit}, answer.output
    day = ("--as-of", made.round.day.isoformat())
    assert run(main_group, ["chase", str(folder), *day]).exit_code == 0

    def owed():
        rows = load_workbook(folder / "汇总" / "催报名单.xlsx")
        sheet = rows["责任清单"].iter_rows(min_row=4, values_only=True) if "责任清单" in rows.sheetnames else ()
        texts = {path.stem for path in (folder / "汇总" / "催报").glob("责任清单_*.txt")}
        found = {row[1]: row[3] for row in sheet if row[1]}
        assert texts == {f"责任清单_{name}" for name in found}
        return found

    assert owed() == dict.fromkeys((one.name for one in lists.values()), "未返回")
    one = next(iter(lists.values()))
    path, target = made.lists()[one.name], inbox(made.campaign) / f"责任清单_{one.name}.xlsx"
    fill_in(path, target, {one.clauses[0]: made.done}, date(2024, 1, 1), "已整改")
    run(main_group, ["chase", str(folder), *day])
    assert owed()[one.name] == "没有填完"
    fill_in(path, target, dict.fromkeys(one.clauses, made.done), date(2024, 1, 1), "已整改")
    run(main_group, ["chase", str(folder), *day])
    assert one.name not in owed() and len(owed()) == len(lists) - 1
    target.unlink()


def test_without_lists_nobody_is_chased_for_one(fresh):
    folder = fresh.campaign.folder
    assert CliRunner().invoke(main_group, ["chase", str(folder)]).exit_code == 0
    assert "责任清单" not in load_workbook(folder / "汇总" / "催报名单.xlsx").sheetnames


@needs_office
def test_live_counts_of_the_overview(made, tmp_path):
    one = next(iter(made.offices().lists.values()))
    fill_in(made.lists()[one.name], tmp_path / "b" / f"责任清单_{one.name}.xlsx", {one.clauses[0]: made.done})
    path, _ = write_overview(made.campaign, tmp_path / "b", made.round.day, tmp_path / "out" / "a.xlsx")
    sheet = load_workbook(path, data_only=True)["进度"]
    again = recalculate(path, tmp_path)["进度"]
    numbers = {
        cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)
    }
    assert numbers and {place: again[place] for place in numbers} == pytest.approx(numbers)
