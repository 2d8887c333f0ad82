"""The whole loop of the floating members' feedback: written by the inflow side, credited on the outflow side."""

import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from office import needs_office, recalculate
from openpyxl import load_workbook
from rounds import Round

from toolkit.feedback import Line, settle
from toolkit.feedback.files import inbox, write_feedback
from toolkit.feedback.reading import receive
from toolkit.job import campaign_job
from toolkit.outputs import write_all
from toolkit.pipeline import check

pytestmark = pytest.mark.rounds

DAY = date(2026, 1, 15)
OUT = [("R001", date(2025, 3, 1)), ("R002", date(2025, 3, 1)), ("R003", date(2025, 5, 6)), ("R004", date(2025, 6, 1))]


def row(number, org, direction, member, day, other, **more):
    """One row of the sheet 流动党员."""
    facts = {"float_no": str(number), "org_code": org, "direction": direction, "member_no": member, "out_date": day}
    place = {"counterpart_place": "云南省某市某区", "counterpart_org": other, "float_kind": "长期异地居住"}
    return {**facts, **place, "transfer_eligible": "否", "registered_date": day, **more}


def put(made, place, lines):
    """A return whose only floating members are the given ones."""
    made.put(place, rows={"floating": lambda rows: lines, "member": lambda rows: rows})


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    """Two rounds of two bureaus: (inflow, outflow); the inflow side has written its sheets."""
    folder = tmp_path_factory.mktemp("rounds")
    inflow = Round(folder / "in", pick=lambda units: units[2:])
    outflow = Round(folder / "out", pick=lambda units: units[:2])
    here, there = inflow.units[0].orgs[0], outflow.units[0].orgs[0]
    going = [row(n, there.code, "流出", no, day, here.name) for n, (no, day) in enumerate(OUT, 1)]
    going[3]["local_activity_count"] = 9
    put(outflow, 0, going)
    put(outflow, 1, [])
    coming = [
        row(1, here.code, "流入", "L1", OUT[2][1], f"中共 {there.name}", local_activity_count=4, feedback_date=DAY),
        row(2, here.code, "流入", "L2", OUT[0][1], there.name, local_activity_count=5),
        row(3, here.code, "流入", "L3", OUT[3][1], there.name, local_activity_count=2),
        row(4, here.code, "流入", "L4", OUT[3][1], "别处党支部", local_activity_count=1),
        row(5, here.code, "流入", "L5", OUT[3][1], None),
        row(6, here.code, "流入", "L6", date(2025, 8, 1), there.name),
    ]
    put(inflow, 0, coming)
    put(inflow, 1, [])
    return inflow, outflow


def checked(made):
    """The round after reading and merging."""
    return check(campaign_job(made.campaign, DAY))


@pytest.fixture(scope="module")
def sheets(sides, tmp_path_factory):
    """The feedback sheets of the inflow side, and how many members name nobody."""
    return write_feedback(checked(sides[0]), tmp_path_factory.mktemp("sheets"))


def test_one_sheet_for_every_outflow_organisation_and_nobody_else_in_it(sheets, sides):
    paths, nobody = sheets
    name = sides[1].units[0].orgs[0].name
    assert sorted(path.name for path in paths) == sorted(["双向反馈单_别处党支部.xlsx", f"双向反馈单_中共 {name}.xlsx"])
    assert nobody == 1
    book = load_workbook(next(path for path in paths if name in path.name))
    lines = [line[2:7] for line in book["双向反馈单"].iter_rows(min_row=5, values_only=True) if line[2]]
    assert [(line[0], line[3], line[4] and line[4].date()) for line in lines] == [
        ("L1", 4, DAY),
        ("L2", 5, None),
        ("L3", 2, None),
        ("L6", None, None),
    ]
    assert book["_meta"].sheet_state == "veryHidden"


def with_number(path, target, numbers):
    """The sheet with numbers of the outflow side: inflow number → outflow number."""
    book = load_workbook(path)
    for line in book["双向反馈单"].iter_rows(min_row=5):
        if line[2].value in numbers:
            line[7].value = numbers[line[2].value]
    book.save(target)


def test_the_loop_closes_in_the_figures_of_the_outflow_side(sheets, sides, tmp_path):
    outflow = sides[1]
    folder = inbox(outflow.campaign)
    folder.mkdir(exist_ok=True)
    before = checked(outflow)
    assert before.feedback is None and before.dataset is before.returned_dataset
    for path in sheets[0]:
        shutil.copy(path, folder)
    mine = next(path for path in folder.iterdir() if "别处" not in path.name)
    with_number(mine, mine, {"L2": "R002"})
    shutil.copy(mine, folder / "又一份.xlsx")
    (folder / "坏.xlsx").write_bytes(b"no workbook")
    shutil.copy(outflow.campaign.folder / "单位名录.xlsx", folder)
    try:
        run = checked(outflow)
        got = run.feedback
        assert got.files == {"total": 5, "counted": 2, "duplicate": 1, "refused": 2}
        assert got.rows == {"read": 5, "credited": 2, "rejected": 2, "blank": 1}
        assert {(one.out_no, one.in_no, one.count, one.day) for one in got.credits} == {
            ("R003", "L1", 4, DAY),
            ("R002", "L2", 5, None),
        }
        said = {(one.line and one.line.in_no, one.code) for one in got.problems}
        assert said == {(None, "FBK-110"), (None, "FBK-111"), ("L3", "FBK-109"), ("L4", "FBK-103")}
        assert figure(run, "就近参加组织生活次数") - figure(before, "就近参加组织生活次数") == 9
        assert figure(run, "双向反馈") - figure(before, "双向反馈") == 1
        merged = run.merged.tables["floating"]
        assert merged["local_activity_count"].notna().sum() == 1, "the merged rows stay as they were returned"
        write_all(run, tmp_path)
        shown = load_workbook(tmp_path / "台账名册.xlsx")["流动党员信息管理库"]
        cells = [tuple(line) for line in shown.iter_rows(values_only=True)]
        at = next(number for number, line in enumerate(cells) if line[0] and "结果互认" in str(line[0]))
        assert {line[1] for line in cells[at + 2 : at + 4]} == {"R002", "R003"}
        account = load_workbook(tmp_path / "双向反馈汇总.xlsx", data_only=True)["核对"]
        words = {line[0]: line[1] for line in account.iter_rows(min_row=4, values_only=True)}
        assert words["读到的行"] == words["已记入"] + words["没有记入，写明原因"] + words["次数和日期都没有填"] == 5
    finally:
        shutil.rmtree(folder)


def figure(run, label):
    """A figure of YN-13-l over all units, from the reasons of the results."""
    found = [one.figures for one in run.compliance.results if one.clause == "YN-13-l" and one.unit]
    numbers = [str(own[label]).split("（")[0].split("/")[0] for own in found if label in own]
    return sum((Decimal(number) for number in numbers), Decimal(0))


def lines(*cells):
    """Lines of one sheet: (inflow number, outflow date, count, outflow number)."""
    return [
        Line("甲社区党支部", no, "乙局党支部", day, count, None, out, "单.xlsx", number)
        for number, (no, day, count, out) in enumerate(cells, 5)
    ]


OWN = {"org_code": "320001-01", "direction": "流出", "counterpart_org": "甲社区党支部"}


@pytest.fixture(scope="module")
def home():
    """A merged dataset with three outflow members of one organisation."""
    from compliance_data import dataset

    rows = [
        {**OWN, "member_no": no, "out_date": day}
        for no, day in (("R1", "2025-03-01"), ("R2", "2025-03-01"), ("R3", "2025-05-01"))
    ]
    org = {"org_code": "320001-01", "org_name": "乙局党支部", "org_type": "党支部"}
    return dataset("yunnan-2025", {"floating": rows, "party_org": [org]}, year=2025)


MARCH, MAY, JUNE = date(2025, 3, 1), date(2025, 5, 1), date(2025, 6, 1)
CASES = {
    "同一天有两名，定不了": ([("L1", MARCH, 4, "")], [], ["FBK-105"]),
    "日期对得上的只有一名": ([("L1", MAY, 4, "")], ["R3"], []),
    "日期不同又有几名": ([("L1", JUNE, 4, "")], [], ["FBK-105"]),
    "填了流出方编号": ([("L1", MARCH, 4, "R2"), ("L2", MARCH, 3, "R1")], ["R2", "R1"], []),
    "两行写了同一编号": ([("L1", MARCH, 4, "R2"), ("L2", MARCH, 3, "R2")], [], ["FBK-108", "FBK-108"]),
    "编号不在名册里": ([("L1", MARCH, 4, "R9")], [], ["FBK-104"]),
    "同一名重复，内容相同": ([("L1", MAY, 4, ""), ("L1", MAY, 4, "")], ["R3"], ["FBK-106"]),
    "同一名重复，内容不同": ([("L1", MAY, 4, ""), ("L1", MAY, 5, "")], [], ["FBK-107", "FBK-107"]),
}


@pytest.mark.parametrize("given, credited_to, refused", CASES.values(), ids=CASES)
def test_a_line_is_credited_to_one_member_or_refused(home, given, credited_to, refused):
    credits, problems = settle(lines(*given), home)
    assert ([one.out_no for one in credits], [one.code for one in problems]) == (credited_to, refused)
    assert len(credits) + len(problems) == len(given)


def test_wrong_cells_and_another_year_are_refused(sheets, sides, tmp_path):
    path = next(path for path in sheets[0] if "别处" in path.name)
    for name, cell, value in (("次数.xlsx", 5, "几次"), ("日期.xlsx", 6, date(2026, 3, 1))):
        book = load_workbook(path)
        line = next(line for line in book["双向反馈单"].iter_rows(min_row=5) if line[2].value == "L4")
        line[cell].value = value
        book.save(tmp_path / name)
    book = load_workbook(path)
    next(pair for pair in book["_meta"].iter_rows() if pair[0].value == "xltool_year")[1].value = "2024"
    book.save(tmp_path / "旧.xlsx")
    found = receive(tmp_path, checked(sides[1]).returned_dataset, DAY)
    assert {one.file: one.code for one in found.problems} == {
        "次数.xlsx": "FBK-101",
        "日期.xlsx": "FBK-102",
        "旧.xlsx": "FBK-112",
    }


@pytest.mark.slow
def test_a_sheet_that_a_run_cannot_take_in_is_named_on_the_screen(sides):
    """Its reason stood in 双向反馈汇总 alone, and the run said that nothing was wrong."""
    folder = sides[1].campaign.folder
    (inbox(sides[1].campaign) / "坏.xlsx").parent.mkdir(exist_ok=True)
    (inbox(sides[1].campaign) / "坏.xlsx").write_bytes(b"")
    command = [sys.executable, "-m", "toolkit.cli", "run", str(folder), "--as-of", str(DAY)]
    done = subprocess.run(command, capture_output=True, text=True)
    shutil.rmtree(inbox(sides[1].campaign))
    assert "[FBK-110] 坏.xlsx：" in done.stdout and "0 字节" in done.stdout


@pytest.mark.slow
def test_the_command(sides, tmp_path):
    def xltool(*words):
        done = subprocess.run([sys.executable, "-m", "toolkit.cli", *map(str, words)], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    inflow, outflow = (one.campaign.folder for one in sides)
    code, said = xltool("feedback", inflow, "--as-of", DAY, "-o", tmp_path / "sheets")
    assert code == 0 and "已写出 2 份双向反馈单" in said and "另有 1 名" in said
    code, said = xltool("feedback", outflow, "--as-of", DAY, "--merge", tmp_path / "sheets", "-o", tmp_path / "o.xlsx")
    assert code == 1 and "读到 5 行 = 已记入 1 + 没有记入 3 + 没有填 1" in said
    (tmp_path / "sheets" / "坏.xlsx").write_bytes(b"")
    code, said = xltool("feedback", outflow, "--as-of", DAY, "--merge", tmp_path / "sheets", "-o", tmp_path / "o.xlsx")
    assert code == 1 and "[FBK-110] 坏.xlsx：" in said and "0 字节" in said, "a file not counted is named on the screen"
    assert xltool("feedback", outflow, "--merge", tmp_path / "none")[0] == 2
    assert xltool("feedback", tmp_path)[0] == 2


@needs_office
@pytest.mark.libreoffice
def test_live_account_of_the_overview(sides, sheets, tmp_path):
    from toolkit.feedback.files import write_received

    run = checked(sides[1])
    found = receive(sheets[0][0].parent, run.returned_dataset, DAY)
    (path,) = write_received(run, tmp_path / "o.xlsx", found)
    sheet = load_workbook(path, data_only=True)["核对"]
    again = recalculate(path, tmp_path)["核对"]
    found = (cell for line in sheet.iter_rows(min_row=4) for cell in line if cell.value is not None)
    cells = {cell.coordinate: cell.value for cell in found}
    assert cells and {place: again[place] for place in cells} == cells
