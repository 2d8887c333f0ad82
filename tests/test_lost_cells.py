"""A cell is lost, not a row: what rests on it is 无法判定, nothing else; nothing refused is taken for nothing there."""

import json
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from rounds import Round

from toolkit.cli import main_group

pytestmark = pytest.mark.rounds
FIRST, FULL = "320903", Decimal("7200.00")
"""A unit with two secretaries, each of them 12 × 300 元."""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    made = Round(tmp_path_factory.mktemp("缺格") / "批次", units=3, policy="yizheng-2022")
    made.issue()
    return made


def checked(base, **change):
    for path in base.campaign.inbox.iterdir():
        path.unlink()
    for place in range(3):
        base.put(place, day=20, **(change if place == 2 else {}))
    return base.check()


def money(found, unit=FIRST):
    rows = [row for row in found.allowance.persons if row.unit == unit]
    return {row.org[-2:]: (row.due, row.level, row.reason) for row in rows}


def levels(found, clause, unit=FIRST):
    return {one.subject: one.level for one in found.compliance.results if (one.unit, one.clause) == (unit, clause)}


def test_nothing_broken_nothing_lost(base):
    found = checked(base)
    assert {org: one[:2] for org, one in money(found).items()} == {
        "01": (Decimal("3600.00"), "达标"),
        "02": (Decimal("3600.00"), "达标"),
    }
    assert (found.merged.lost, found.merged.rows["lossy"]) == ((), 0)


@pytest.mark.parametrize(
    ("column", "value"),
    [("dissolve_date", "六月底"), ("is_temporary", "也许"), ("is_temporary", None), ("org_type", "支部")],
)
def test_amounts_rest_on_the_organisation_and_say_so(base, column, value):
    """FIG-02: a cell on which the amount rests is lost: 无法判定 for its secretary, and for nobody else."""
    found = checked(base, cells={("party_org", column, 0): value})
    own = money(found)
    label = found.job.form.by_name["party_org"].by_name[column].label
    assert own["01"][:2] == (None, "无法判定") and f"“党组织情况”第7行“{label}”" in own["01"][2]
    assert own["02"][:2] == (Decimal("3600.00"), "达标")
    assert found.merged.rows["rejected"] == 0 and [one.column for one in found.merged.lost] == [column]


@pytest.mark.parametrize("column", ["supervising_unit", "committee_seats", "term_end_date", "branch_grade", "org_name"])
def test_other_cells_of_the_organisation_cost_no_amount(base, column):
    found = checked(base, cells={("party_org", column, 0): None})
    assert {one[:2] for one in money(found).values()} == {(Decimal("3600.00"), "达标")}
    assert found.merged.rows["rejected"] == 0


def test_an_organisation_without_its_key_is_refused_and_its_secretary_undetermined(base):
    found = checked(base, cells={("party_org", "org_code", 0): "01"})
    assert len(found.merged.rejected["party_org"]) == 1
    own = money(found)
    assert own["01"][:2] == (None, "无法判定") and "任职记录有错误" in own["01"][2], "its code is known no more"
    assert own["02"][:2] == (Decimal("3600.00"), "达标")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("filler", None),
        ("responsible_phone", "13812345678"),
        ("staff_total", -3),
        ("venue_mode", "有"),
        ("work_body_name", None),
    ],
)
def test_a_cell_of_the_unit_costs_no_payment(base, column, value):
    """FIG-06: 单位情况 is one row of independent facts."""
    found = checked(base, cells={("unit", column, 0): value})
    assert {one[:2] for one in money(found).values()} == {(Decimal("3600.00"), "达标")}
    assert [one.column for one in found.merged.lost][:1] == [column]
    assert found.merged.rows["lossy"] == 1


def test_the_cell_that_is_lost_costs_what_rests_on_it(base):
    found = checked(base, cells={("unit", "budget_channel", 0): "财政"})
    clauses = {one.clause: one for one in found.compliance.results if one.unit == FIRST and one.code == "CELLS-LOST"}
    assert "YZ-S4-b" in clauses and "“单位情况”的“经费列支渠道”因错误没有采用" in clauses["YZ-S4-b"].reason
    rest = {rule.clause for rule in found.job.policy.indicators if "budget_channel" in repr(rule.args)}
    assert set(clauses) <= rest


def test_two_cells_that_contradict_are_both_lost(base):
    """The finding stands at one of them; which one is wrong nobody knows."""
    found = checked(base, cells={("party_org", "dissolve_date", 0): date(1999, 1, 1)})
    assert {one.column for one in found.merged.lost} == {"set_date", "dissolve_date"}


def test_every_output_says_what_was_lost(base, tmp_path):
    """Terminal, JSON, 汇总数据, Parquet, 综合汇总; the private value itself stands nowhere."""
    checked(base, cells={("unit", "responsible_phone", 0): "13812345678"})
    day = base.day.isoformat()
    answer = CliRunner().invoke(main_group, ["run", str(base.campaign.folder), "--as-of", day])
    assert answer.exit_code == 1 and "其中 1 行有单元格没有采用" in answer.output
    output = base.campaign.output
    book = load_workbook(output / "汇总数据.xlsx", data_only=True)
    text = [[str(cell.value) for cell in row if cell.value is not None] for row in book["未采用的单元格"].iter_rows()]
    assert [row[2:5] for row in text if "办公电话" in row] == [["单位情况", "C16", "办公电话"]]
    assert any("1 行缺单元格" in str(cell.value) for row in book["核对"].iter_rows() for cell in row)
    rows = pq.read_table(output / "汇总数据_parquet" / "unit.parquet").to_pylist()
    assert [row["_open"] for row in rows if row["_unit"] == FIRST] == ["responsible_phone"]
    whole = load_workbook(output / "综合汇总.xlsx", data_only=True)
    told = [str(cell.value) for sheet in whole for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("其中1行有单元格没有采用" in one for one in told)
    merged = CliRunner().invoke(main_group, ["merge", str(base.campaign.folder), "--as-of", day, "--json"])
    assert json.loads(merged.output)["rows"]["lossy"] == 1
    assert "13812345678" not in answer.output + merged.output + "".join(told) + "".join(map("".join, text))


def test_the_command_line_explains_the_amount(base):
    checked(base, cells={("party_org", "dissolve_date", 0): "六月底"})
    call = [
        "explain",
        str(base.campaign.folder),
        "--unit",
        FIRST,
        "--clause",
        "YZ-S4-l",
        "--as-of",
        base.day.isoformat(),
    ]
    answer = CliRunner().invoke(main_group, call)
    assert "“党组织情况”第7行“撤销日期”因错误没有采用" in answer.output


def test_an_empty_cell_that_an_indicator_judges_is_the_fact_and_no_error(base):
    """FIG-07: no 专责人 is 不达标, not 无法判定; no 主管责任单位 outside the own unit is a miss."""
    found = checked(base, cells={("unit", "responsible_person", 0): None})
    assert levels(found, "YZ-S1-m") == {FIRST: "不达标"}
    assert [one.severity for one in found.findings if one.unit == FIRST] == ["疑问"] and not found.merged.lost
    cells = {("party_org", "setting_place", 0): "村（社区）", ("party_org", "supervising_unit", 0): None}
    found = checked(base, cells=cells)
    assert set(levels(found, "YZ-2.1-h").values()) == {"预警"} and not found.merged.lost


@pytest.mark.parametrize("way", ["deleted", "renamed"])
@pytest.mark.parametrize(
    ("sheet", "column"), [("post", "end_date"), ("party_org", "dissolve_date"), ("study_group", "dissolve_date")]
)
def test_a_column_that_ends_things_is_not_empty_when_it_is_gone(tmp_path, way, sheet, column):
    """Without 离任日期 or 撤销日期 nobody knows for how long; an amount may become unknown and nothing else."""
    found = Round(tmp_path / "批次", 3, "yunnan-2025" if sheet == "study_group" else "yizheng-2022", seed=5)
    for place in range(3):
        found.put(place, f"{place}.xlsx")
    before = found.check()
    path, known = found.campaign.inbox / "2.xlsx", found.campaign.form.by_name[sheet]
    book = load_workbook(path)
    page = book[known.label]
    at = 1 + known.names.index(column)
    assert page.cell(6, at).value == column
    if way == "deleted":
        page.delete_cols(at)
    else:
        page.cell(5, at).value, page.cell(6, at).value = "别的", None
    book.save(path)
    after = found.check()
    said = [one.message for one in after.findings if one.file == "2.xlsx" and one.code == "S006"]
    assert len(said) == 1 and f"“{known.by_name[column].label}”" in said[0]
    due = {(one.file, one.row): row.due for row in after.allowance.persons for one in row.evidence[:1]}
    for row in before.allowance.persons:
        own = row.evidence[0]
        assert due.get((own.file, own.row)) in (row.due, None), row
    unit = found.units[2].code
    resting = [
        row.due for row in after.allowance.persons if row.unit == unit and (sheet != "study_group" or "组" in row.post)
    ]
    assert set(resting) <= {None}
    if sheet != "study_group":
        assert resting
