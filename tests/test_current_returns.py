"""Which return counts: older versions, copies and other saves change nothing but the list of files."""

import json
import os
import shutil
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from other_saves import as_xls
from rounds import Round

from toolkit.cli import main_group
from toolkit.model.batch import CONFLICT, DUPLICATE, SUPERSEDED, UNREADABLE
from toolkit.outputs import write_all
from toolkit.round_trip import states
from toolkit.sample.spoiling import without_sheet

pytestmark = pytest.mark.rounds

EXAMPLES = int(os.environ.get("XLTOOL_OLDER_VERSIONS", "2"))
"""How many rounds the property looks at; more of them in a campaign."""
LISTS = {"问题清单.xlsx": {"概况", "返回文件"}, "汇总数据.xlsx": {"旧版与重复", "核对"}}
"""The list of files and the account of its rows."""
SPOILT = ("?", None, "约20人", "2023.13", "999999999")


def run(folder: Path, *command: str):
    return CliRunner().invoke(main_group, [*command, str(folder), "--as-of", "2024-01-15"], catch_exceptions=False)


def snapshot(folder: Path) -> dict[str, object]:
    """Every output: its bytes, or its cells without the lists of files."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found[name] = _cells(path, LISTS[name]) if name in LISTS else path.read_bytes()
    return found


def _cells(path: Path, left_out: set[str]) -> dict[str, list]:
    book = load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book if sheet.title not in left_out}


def differing(one: dict[str, object], other: dict[str, object]) -> list[str]:
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


@pytest.fixture(scope="module", params=["yizheng-2022", "yunnan-2025"])
def base(request, tmp_path_factory):
    """A round of three units, one of them with errors, checked and written once."""
    made = Round(tmp_path_factory.mktemp("底") / "批次", 3, request.param)
    made.issue()
    made.put(0, day=20)
    made.put(1, day=20, cells={("party_org", "full_members", 0): 999})
    made.put(2, day=20)
    checked = made.check()
    write_all(checked, made.campaign.output)
    return made, checked, snapshot(made.campaign.output), made.states()


def older(made: Round, draw: Random) -> tuple[str, bytes]:
    """An older version of some return: other rows, broken cells, a missing sheet, another year, another format."""
    place = draw.randrange(3)
    form = made.campaign.form
    cells = {}
    for _ in range(draw.randrange(4)):
        sheet = draw.choice([one for one in form.sheets if one.layout == "table"])
        cells[sheet.name, draw.choice(sheet.names), 0] = draw.choice(SPOILT)
    rows = {"event": lambda found: found[draw.randrange(2) :]}
    stamped = draw.choice(({}, {}, {"year": str(made.year - 1)}, {"campaign": "别的批次"}))
    data = made.workbook(place, day=draw.randrange(1, 20), cells=cells, rows=rows, **stamped)
    name, kind = f"{draw.choice(('0旧', '旧/', '旧版'))}{draw.randrange(10**6)}", ".xlsx"
    if draw.random() < 0.3:
        data = without_sheet(data, form.by_name["event"].label)
    elif draw.random() < 0.4:
        data, kind = as_xls(data), ".xls"
    return name + kind, data


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_older_versions_change_nothing_but_the_list_of_files(base, tmp_path, seed):
    made, before, written, stood = base
    draw = Random(f"older/{seed}")
    folder = tmp_path / "批次"
    shutil.copytree(made.campaign.folder, folder, ignore=shutil.ignore_patterns(".xltool", "汇总"))
    again = Round.__new__(Round)
    again.__dict__ |= made.__dict__
    again.campaign = states_campaign(folder)
    added = dict(older(made, draw) for _ in range(draw.randrange(1, 4)))
    for name, data in added.items():
        path = again.campaign.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    after = again.check()
    assert {item.file: item.state for item in after.batch.returns if item.file in added} == dict.fromkeys(
        added, SUPERSEDED
    )
    assert [one for one in after.findings if one.file not in added] == before.findings
    assert {one.code for one in after.findings if one.file in added} == {"B010"}
    assert after.has_errors == before.has_errors and after.plans == before.plans
    assert [one.state for one in again.states()][:3] == [one.state for one in stood][:3]
    for sheet, frame in before.merged.rejected.items():
        assert frame["_row"].tolist() == after.merged.rejected[sheet]["_row"].tolist()
    write_all(after, again.campaign.output)
    assert differing(written, snapshot(again.campaign.output)) == []


def states_campaign(folder: Path):
    from toolkit.campaign import open_campaign

    return open_campaign(folder)


@pytest.fixture
def one(tmp_path):
    """A round of two units, handed out."""
    made = Round(tmp_path / "批次", 2)
    made.issue()
    return made


def file_states(checked) -> dict[str, str]:
    return {item.file: item.state for item in checked.batch.returns}


def test_a_unit_that_corrected_itself_is_judged_by_its_correction_alone(tmp_path):
    """On the command line; the old file has an error in every row of its posts (FIG-01)."""
    made = Round(tmp_path / "批次", 2, "yizheng-2022")
    made.issue()
    made.put(0, day=20)
    made.put(1, day=20)
    clean = run(made.campaign.folder, "run")
    written = snapshot(made.campaign.output)
    wrong = {("post", "start_date", number): "不详" for number in range(3)}
    (made.campaign.inbox / "更正前.xlsx").write_bytes(made.workbook(0, day=5, cells=wrong))
    shutil.rmtree(made.campaign.folder / ".xltool")
    shutil.rmtree(made.campaign.output)
    answer = run(made.campaign.folder, "run")
    assert (answer.exit_code, clean.exit_code) == (0, 0), answer.output
    assert differing(written, snapshot(made.campaign.output)) == []
    assert " + 旧版和重复 " in answer.output and "剔除 0 行" in answer.output
    told = json.loads(run(made.campaign.folder, "validate", "--json").output)
    assert [(one["code"], one["severity"]) for one in told["findings"] if one["file"] == "更正前.xlsx"] == [
        ("B010", "提示")
    ]
    rows = told["rows"]
    assert rows["aside"] > 0
    assert rows["read"] == sum(rows[name] for name in ("merged", "rejected", "not_data", "aside"))


def test_a_choice_leaves_nothing_of_the_other_file(one):
    one.put(0, "甲.xlsx", day=20)
    one.put(0, "乙.xlsx", day=20, cells={("party_org", "full_members", 0): 999})
    assert set(file_states(one.check()).values()) == {CONFLICT}
    states.choose_return(one.campaign, one.units[0].code, "甲.xlsx", "电话问过")
    checked = one.check()
    assert file_states(checked) == {"甲.xlsx": "accepted", "乙.xlsx": SUPERSEDED}
    assert not checked.has_errors and checked.merged.rows["rejected"] == 0
    assert {finding.code for finding in checked.findings if finding.file == "乙.xlsx"} == {"B010"}


def test_the_same_rows_in_another_format_are_one_return(one):
    """FIG-31: .xls as F028 knows it, and the unit's own file."""
    path = one.put(0, day=20)
    path.with_name("另存.xls").write_bytes(as_xls(path.read_bytes()))
    checked = one.check()
    assert file_states(checked) == {path.name: "accepted", "另存.xls": DUPLICATE}
    assert [finding.code for finding in checked.findings if finding.file == "另存.xls"] == ["B011"]


def test_rows_in_another_order_are_one_return(one):
    path = one.put(0, day=20)
    one.put(0, path.stem + "排序后.xlsx", day=20, rows={"event": lambda rows: rows[::-1]})
    assert file_states(one.check()) == {path.name: "accepted", path.stem + "排序后.xlsx": DUPLICATE}


def test_a_row_less_is_another_return(one):
    path = one.put(0, day=20)
    one.put(0, "少一行.xlsx", day=20, rows={"event": lambda rows: rows[:-1]})
    assert file_states(one.check()) == {path.name: CONFLICT, "少一行.xlsx": CONFLICT}


def test_what_was_typed_into_an_unreadable_cell_counts(one):
    path = one.put(0, day=20, cells={("party_org", "full_members", 0): "约20人"})
    one.put(0, "甲.xlsx", day=20, cells={("party_org", "full_members", 0): "约30人"})
    assert set(file_states(one.check()).values()) == {CONFLICT}
    path.with_name("甲.xlsx").unlink()
    path.with_name("乙.xls").write_bytes(as_xls(path.read_bytes()))
    assert file_states(one.check()) == {path.name: "with_errors", "乙.xls": DUPLICATE}


def test_a_copy_under_another_units_name_takes_nothing_away(one):
    """Byte-identical files: the one whose name fits counts, whichever stands first."""
    path = one.put(1, day=20)
    shutil.copyfile(path, path.with_name(f"0{one.units[0].name}.xlsx"))
    shutil.copyfile(path, path.with_name(f"0{path.stem} - 副本.xlsx"))
    checked = one.check()
    assert file_states(checked)[path.name] == "accepted" and not checked.has_errors
    assert list(file_states(checked).values()).count(DUPLICATE) == 2
    assert {item.unit for item in checked.batch.returns} == {one.units[1].code}


def test_a_file_refused_as_a_whole_does_not_cover_the_good_one(one):
    """The ledger knows which file a unit's state rests on, whichever was seen first."""
    code = one.units[0].code
    (one.campaign.inbox / "0去年.xlsx").write_bytes(one.workbook(0, day=28, year=str(one.year - 1)))
    one.put(0, "甲.xlsx", day=20)
    checked = one.check()
    assert one.state(0).file == "甲.xlsx" and one.state(0).standing == "counted"
    assert code in checked.dataset.returned and not checked.dataset.rejected["post"]["_unit"].eq(code).any()


def test_a_choice_is_called_a_choice_everywhere(one):
    one.put(0, "甲.xlsx", day=20)
    one.put(0, "乙.xlsx", day=20, rows={"event": lambda rows: rows[:-1]})
    checked = one.check()
    code, name = one.units[0].code, one.units[0].name
    state = one.state(0)
    assert (state.state, state.standing) == (states.SENT_BACK, "choose") and "版本待选" in state.remark
    write_all(checked, one.campaign.output)
    [row] = [row for row in _sheet(one, "综合汇总.xlsx", "数据_单位") if name in row]
    assert "版本待选" in row
    [row] = [row for row in _sheet(one, "问题清单.xlsx", "按单位") if name in row]
    assert "版本待选" in row
    assert any("版本待选" in str(row[0]) and name in str(row[2]) for row in _sheet(one, "问题清单.xlsx", "概况"))
    reasons = {result.reason for result in checked.compliance.results if result.unit == code}
    assert any("还没有选定以哪一份为准" in reason for reason in reasons)
    assert not any("没有可用的返回表" in reason or "还没有返回" in reason for reason in reasons)
    persons = [person for person in checked.allowance.persons if person.unit == code]
    assert persons and all(person.due is None for person in persons)
    assert len({(person.person, person.post) for person in persons}) == len(persons)
    assert all("还没有选定" in person.reason for person in persons)


def _sheet(made: Round, book: str, sheet: str) -> list[tuple]:
    return list(load_workbook(made.campaign.output / book)[sheet].iter_rows(values_only=True))


def test_one_unreadable_file_is_one_state_everywhere(one):
    """FIG-33: status, 概况, 数据_单位, reminders."""
    from toolkit.round_trip.chase import reminders

    unit = one.units[0]
    (one.campaign.inbox / f"{unit.code}_{unit.name}.csv").write_text("单位,人数\n甲,3\n", "utf-8")
    checked = one.check()
    assert [item.state for item in checked.batch.returns] == [UNREADABLE]
    assert (one.state(0).state, one.state(0).standing) == (states.SENT_BACK, "again")
    assert [finding.unit for finding in checked.findings] == [unit.code]
    write_all(checked, one.campaign.output)
    for book, sheet in (("综合汇总.xlsx", "数据_单位"), ("问题清单.xlsx", "按单位")):
        [row] = [row for row in _sheet(one, book, sheet) if unit.name in row]
        assert "退回待改" in row
    reminder = next(item for item in reminders(checked, one.states(), one.day) if item.unit == unit.code)
    assert reminder.state == states.SENT_BACK and ".csv" in reminder.text


def test_what_was_never_opened_has_been_looked_at_too(one):
    """A file marked as secret is not read, and does not wait for a validation for ever."""
    unit = one.units[0]
    (one.campaign.inbox / f"{unit.name}（机密★10年）.xlsx").write_bytes(one.workbook(0, day=20))
    assert one.state(0).state == states.WAITING
    one.check()
    assert (one.state(0).state, one.state(0).standing) == (states.SENT_BACK, "again")


def test_an_unreadable_file_that_was_answered_later_is_done(one):
    """It had been seen before the day on which the good one was filled in."""
    unit = one.units[0]
    (one.campaign.inbox / f"{unit.name}.csv").write_text("x", "utf-8")
    one.check()
    with one.campaign.ledger._open() as ledger:
        ledger.execute("UPDATE returned SET seen = ?", (f"{one.year}-12-01T08:00:00+08:00",))
    one.put(0, day=20)
    checked = one.check()
    assert file_states(checked)[f"{unit.name}.csv"] == SUPERSEDED and not checked.has_errors
    assert one.state(0).standing == "counted"


def test_a_ledger_of_an_earlier_version_is_taken(one):
    import sqlite3

    one.put(0, day=20)
    one.check()
    path = one.campaign.ledger.path
    with sqlite3.connect(path) as ledger:
        ledger.execute("ALTER TABLE returned DROP COLUMN blocked")
    assert one.state(0).standing == "counted"
    one.check()


def test_every_output_follows_the_unit_list_whatever_the_files_are_called(tmp_path):
    """FIG-34: rows, refused rows, findings, the list of files."""
    made = Round(tmp_path / "批次", 3, "yizheng-2022")
    for place, name in enumerate(("丙.xlsx", "乙.xlsx", "甲.xlsx")):
        made.put(place, name, day=20, cells={("post", "start_date", 0): "不详"})
    checked = made.check()
    codes = [unit.code for unit in made.units]
    for frame in (checked.merged.tables["unit"], checked.merged.rejected["post"]):
        assert list(dict.fromkeys(frame["_unit"])) == codes
    assert list(dict.fromkeys(finding.unit for finding in checked.findings if finding.unit)) == codes
    write_all(checked, made.campaign.output)
    names = [unit.name for unit in made.units]
    for book, sheet, column in (
        ("汇总数据.xlsx", "单位情况", 0),
        ("汇总数据.xlsx", "剔除行", 0),
        ("问题清单.xlsx", "返回文件", 1),
    ):
        shown = [row[column] for row in _sheet(made, book, sheet) if row[column] in names]
        assert list(dict.fromkeys(shown)) == names


def test_an_emptied_folder_replaces_nothing(tmp_path):
    """FIG-32: emptied, renamed, many files gone; on the command line."""
    made = Round(tmp_path / "批次", 4, "yizheng-2022")
    for place in range(4):
        made.put(place, day=20)
    folder, inbox = made.campaign.folder, made.campaign.inbox
    others = ("platforms", "chase", "disputes", "feedback")
    inbox.rename(folder / "回收（旧）")
    assert [run(folder, command).exit_code for command in others] == [2, 0, 0, 0], "nothing was written before"
    (folder / "回收（旧）").rename(inbox)
    assert [run(folder, command).exit_code for command in ("run", *others)] == [0] * 5
    before = snapshot(made.campaign.output)
    inbox.rename(folder / "回收（旧）")
    for command in ("run", "merge", "summary", "validate", "registers", "annotate", "report-up", *others):
        answer = run(folder, command)
        assert answer.exit_code == 2 and "“回收”里没有返回表，原来的汇总没有动" in answer.output, command
    (folder / "回收（旧）").rename(inbox)
    for path in sorted(inbox.iterdir())[2:]:
        path.rename(folder / path.name)
    for command in ("run", "platforms", "chase", "disputes"):
        answer = run(folder, command)
        assert answer.exit_code == 2 and "少了 50%" in answer.output, command
    assert differing(before, snapshot(made.campaign.output)) == []
    elsewhere = run(folder, "merge", "-o", str(tmp_path / "别处.xlsx"))
    assert elsewhere.exit_code == 0
    assert run(folder, "run").exit_code == 2, "what is written elsewhere is no consent"
    assert run(folder, "run", "--fewer").exit_code == 0
    assert differing(before, snapshot(made.campaign.output)) != []
    assert run(folder, "run").exit_code == 0


def test_the_button_asks_too(tmp_path):
    from contextlib import ExitStack
    from types import SimpleNamespace

    from toolkit.bridge.desk import Desk
    from toolkit.console import console

    made = Round(tmp_path / "批次", 1)
    for text, fewer in (("", False), ("否", False), ("是", True)):
        values = {"cfg_folder": str(made.campaign.folder), "cfg_fewer": text}
        with ExitStack() as held:
            desk = Desk(SimpleNamespace(values=values, book_folder=""), console().button("run"), None, held)
            desk.moved = lambda done, total: None
            assert desk.job.fewer is fewer


def test_a_closed_year_is_judged_on_the_same_day_whenever_it_is_judged(tmp_path):
    """FIG-34: the deadline after the year, else the first day after it; said on the terminal and on the first page."""
    made = Round(tmp_path / "批次", 1, "yizheng-2022", settings={"deadline": "2024-01-20"})
    made.put(0, day=20)
    answer = CliRunner().invoke(main_group, ["run", str(made.campaign.folder)], catch_exceptions=False)
    assert "评定日期 2024-01-20（2023年度已结束，按报送截止日期）" in answer.output
    front = [str(value) for row in _sheet(made, "综合汇总.xlsx", "1 总体情况") for value in row if value]
    assert any("2024-01-20（2023年度已结束，按报送截止日期）" in text for text in front)
    made.settings(deadline="2023-12-20")
    answer = CliRunner().invoke(main_group, ["validate", str(made.campaign.folder)], catch_exceptions=False)
    assert "评定日期 2024-01-01" in answer.output and "按年度终了" in answer.output
    named = run(made.campaign.folder, "validate")
    assert "评定日期" not in named.output


def test_a_past_day_can_be_judged_again(tmp_path):
    """FIG-08: what happened later is not there yet: no 错误, no doubt; a date after the day of filling in is one."""
    from datetime import date

    from toolkit.job import campaign_job
    from toolkit.pipeline import check

    made = Round(tmp_path / "批次", 1, "yizheng-2022")
    made.put(0, day=20)
    past = check(campaign_job(made.campaign, date(made.year, 6, 30)))
    assert not [finding for finding in past.findings if finding.code in ("EVENT-004", "UNIT-009")]
    assert past.merged.rows["rejected"] == 0
    merged, seen = past.merged.tables["event"]["event_date"], past.dataset.tables["event"]["event_date"]
    assert len(seen) < len(merged) and seen.max().date() <= date(made.year, 6, 30)
    assert not any("没有合并" in result.reason for result in past.compliance.results)
    path = made.put(0, day=20, cells={("event", "event_date", 0): date(made.year, 12, 28)})
    typo = check(campaign_job(made.campaign, date(made.year, 6, 30)))
    assert [finding.code for finding in typo.findings if finding.severity == "错误"] == ["EVENT-004"], path


def test_on_a_past_day_a_later_post_is_only_registered_and_a_wrong_date_is_no_later_one(tmp_path):
    """FIG-08, and what random rounds found: rows of other sheets with the same number are no rows of posts."""
    from datetime import date

    from toolkit.job import campaign_job
    from toolkit.pipeline import check

    made = Round(tmp_path / "批次", 1, "yizheng-2022")
    day = date(made.year, 6, 30)
    paid = {("post", "paid_months", 0): 4, ("post", "paid_amount", 0): 1200, ("post", "subsidy_recipient", 0): "是"}
    made.put(0, day=20, cells=paid | {("post", "start_date", 0): date(made.year, 9, 1)})
    past = check(campaign_job(made.campaign, day))
    (row,) = [one for one in past.figures.account.registered if one.later]
    assert row.amount and past.figures.account.total.gap == 0
    assert row.row.row not in {one.evidence[0].row for one in past.allowance.persons}
    made.put(0, day=20, cells=paid | {("post", "start_date", 0): date(2099, 1, 1)})
    wrong = check(campaign_job(made.campaign, day))
    assert row.row.row in {one.evidence[0].row for one in wrong.allowance.persons if one.due is None}


def test_rows_of_a_subordinate_unit_are_its_own(tmp_path):
    """FIG-14: none of them is merged, the message says whose they are, and the superior's own figures stand."""
    made = Round(tmp_path / "批次", 2, "yunnan-2025")
    own, other = made.units
    plain = made.put(0, day=20)
    before = made.check()

    def with_theirs(sheet, column, value):
        return lambda rows: [*rows, {**rows[0], **dict(zip(sheet, value, strict=True)), **column}]

    theirs = f"{other.code}-77"
    rows = {
        "party_org": with_theirs(("org_code", "org_name"), {"unit_code": other.code}, (theirs, f"{other.name}党支部")),
        "post": with_theirs(("post_no", "person_name"), {"org_code": theirs}, ("S00", "周桂芳")),
        "event": with_theirs(("event_no",), {"host_code": theirs}, ("S99",)),
    }
    made.put(0, plain.name, day=20, rows=rows)
    checked = made.check()
    said = [finding for finding in checked.findings if finding.code == "COL-009"]
    assert {finding.sheet for finding in said} == {"党组织情况", "任职与补贴", "活动台账"}
    assert all(f"{other.code} {other.name}" in finding.message for finding in said)
    assert {finding.code for finding in checked.findings} - {finding.code for finding in before.findings} == {"COL-009"}
    for sheet in rows:
        assert len(checked.merged.tables[sheet]) == len(before.merged.tables[sheet])
        assert checked.merged.rejected[sheet]["_codes"].tolist() == ["COL-009"]
    assert plain_rows(checked.allowance.persons) == plain_rows(before.allowance.persons)
    levels = [
        {(one.unit, one.clause, one.subject): one.level for one in each.compliance.results}
        for each in (before, checked)
    ]
    assert levels[0] == levels[1] and own.code in checked.dataset.returned


def plain_rows(persons) -> list[tuple]:
    return [(one.unit, one.person, one.post, one.due, one.paid, one.level) for one in persons]


def test_without_a_unit_list_a_file_is_taken_at_its_word(tmp_path):
    """The rows of another unit are nobody's in a folder of files, and a code of the unit list is no misspelling."""
    from toolkit.job import job_for
    from toolkit.pipeline import check

    made = Round(tmp_path / "批次", 2, "yunnan-2025")
    theirs = {"unit_code": "999999", "org_code": "999999-01", "org_name": "别处党支部"}
    data = made.workbook(0, day=20, rows={"party_org": lambda rows: [*rows, {**rows[0], **theirs}]})
    path = tmp_path / "一份.xlsx"
    path.write_bytes(data)
    alone = check(job_for([path], policy="yunnan-2025"))
    assert [finding.code for finding in alone.findings if "999999" in finding.message] == ["COL-009"]
    (made.campaign.inbox / "一份.xlsx").write_bytes(data)
    listed = made.check()
    assert [finding.code for finding in listed.findings if "999999" in finding.message] == ["COL-006"]


FREE = ("post", "event", "member", "honor", "floating", "talent")
"""Sheets whose rows stand in any order."""


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_order_of_files_rows_and_units_changes_no_figure(base, tmp_path, seed):
    from toolkit.campaign.unit_list import unit_list_workbook
    from toolkit.model.unit import UnitList

    made, before, _, _ = base
    draw = Random(f"order/{seed}")
    folder = tmp_path / "批次"
    shutil.copytree(made.campaign.folder, folder, ignore=shutil.ignore_patterns(".xltool", "汇总", "*.xlsx"))
    units = UnitList(tuple(draw.sample(made.units, 3)))
    (folder / "单位名录.xlsx").write_bytes(unit_list_workbook(units, made.campaign.form))
    form = made.campaign.form
    rows = {name: lambda found: draw.sample(found, len(found)) for name in FREE if name in form.by_name}
    for place, number in enumerate(draw.sample(range(9), 3)):
        cells = {("party_org", "full_members", 0): 999} if place == 1 else {}
        data = made.workbook(place, day=20, cells=cells, rows=rows)
        (folder / "回收" / f"{number}.xlsx").write_bytes(data)
    again = Round.__new__(Round)
    again.__dict__ |= made.__dict__
    again.campaign = states_campaign(folder)
    after = again.check()
    assert sorted(map(str, plain_rows(after.allowance.persons))) == sorted(
        map(str, plain_rows(before.allowance.persons))
    )
    assert after.allowance.totals == before.allowance.totals and levels(after) == levels(before)
    assert [unit.unit for unit in after.compliance.units if unit.unit] == [unit.code for unit in units]


def levels(checked) -> list[tuple]:
    return sorted((one.unit, one.clause, one.subject, one.level) for one in checked.compliance.results)
