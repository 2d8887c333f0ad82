"""The fewest actions that clear the most problems, and whether they do."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from rounds import Round

from toolkit import pipeline
from toolkit.fix_plan import plans
from toolkit.model.batch import Return
from toolkit.model.finding import Finding
from toolkit.model.likeness import nearest
from toolkit.model.unit import UnitList
from toolkit.summary.findings import findings_workbook

pytestmark = pytest.mark.rounds

FILE = "a.xlsx"


def finding(code, sheet="", cells=(), label="", severity="错误", message="m", value="", fix="f"):
    return Finding(code, severity, message, fix, "1", FILE, sheet, tuple(cells), label, value)


def plan(form, *findings):
    return plans(findings, [Return(0, FILE, None, unit="1", state="with_errors")], form)[FILE]


@pytest.fixture(scope="module")
def form():
    from toolkit.forms import load_form
    from toolkit.policies import load_policy

    return load_form(load_policy("yunnan-2025"))


def test_one_unknown_code_on_many_sheets_is_one_step(form):
    cells = [f"B{row}" for row in range(7, 17)]
    found = plan(
        form,
        finding("COL-006", "任职与补贴", cells, "党组织代码", value="X-9"),
        finding("COL-006", "流动党员", cells[:3], "党组织代码", value="X-9"),
        finding("COL-001", "任职与补贴", ["E7"], "姓名"),
    )
    assert [(step.problems, step.follow_on) for step in found.steps] == [(13, 3), (1, 0)]
    assert "X-9" in found.steps[0].action and found.headline == "2 步改好 14 处中的 14 处"


def test_lines_and_places_have_each_one_name(form):
    """条 are the lines of 问题清单, 处 what a unit has to see to: the sheets say which they count, and it adds up."""
    found = [
        finding("COL-001", "任职与补贴", ["E7", "E8", "E9"], "姓名"),
        finding("COL-001", "任职与补贴", ["J7"], "离任日期", "疑问"),
        finding("COL-001", "任职与补贴", ["K8"], "在任月数", "提示"),
    ]
    returns = [Return(0, FILE, None, unit="1", state="with_errors")]
    data = findings_workbook(found, returns, UnitList(()), "检查", plans(found, returns, form))
    book = load_workbook(BytesIO(data))
    steps, issues = book["改正步骤"], book["问题"]
    assert "共 3 条" in str(issues["A2"].value) and "4 处" in str(steps["A2"].value)
    assert [steps.cell(row, 7).value for row in (3, 4, 5)] == ["改好几处", 3, 1]
    assert steps["C4"].value == "2 步改好 4 处中的 4 处"
    assert steps["A6"].value.startswith("一处，是") and "条" in steps["A6"].value
    assert not any("个" in str(cell.value) for row in steps["A1:J3"] for cell in row)


def test_a_row_wrong_in_two_columns_is_counted_once(form):
    found = plan(
        form,
        finding("POST-014", "任职与补贴", ["I7", "J7", "I8", "J8"], "任职日期、离任日期"),
        finding("COL-001", "任职与补贴", ["J9"], "离任日期"),
    )
    assert [step.problems for step in found.steps] == [3]
    assert found.steps[0].cells == {"任职与补贴": ("J7", "J8", "J9")}


def test_different_faults_of_one_column_are_told_apart(form):
    """One instruction for two faults sends a unit to the wrong one: each names its cells."""
    found = plan(
        form,
        finding("C022", "年度汇总数", ["E32", "E34"], "数值", fix="请写出完整的数字"),
        finding("STAT-010", "年度汇总数", ["E17"], "数值", fix="请核对去重人数"),
        finding("COL-003", "年度汇总数", [f"E{row}" for row in range(40, 46)], "数值", fix="请填正数"),
        finding("COL-005", "年度汇总数", ["E9"], "数值", fix="请改短"),
    )
    (step,) = found.steps
    assert step.problems == 10
    assert step.action == (
        "在“年度汇总数”把“数值”这一栏的 10 处改好：E32、E34：请写出完整的数字；E17：请核对去重人数；"
        "E40、E41、E42、E43 等6处：请填正数；另有 1 种，见各格的批注"
    )


def test_rows_that_are_not_listed_count_too(form):
    found = plan(
        form,
        finding("COL-001", "任职与补贴", ["E7", "E8"], "姓名"),
        finding("COL-001", "任职与补贴", (), "姓名", message="同样的问题还有 410 处，没有逐一列出"),
    )
    assert (found.total, len(found.steps)) == (412, 1)
    assert "这一栏的 412 处" in found.steps[0].action


def test_an_explanation_that_does_not_do_is_no_problem_of_its_own(form):
    """Two rules about one cell, both explained badly: one place to look at, two problems."""
    open_ones = [finding(code, "党组织情况", ["L7"], "党员总数", "疑问") for code in ("ORG-008", "ORG-009")]
    refused = [finding("EXP-002", "党组织情况", ["L7"], "党员总数", "疑问", message=str(n)) for n in (1, 2)]
    found = plan(form, *refused, *open_ones)
    assert (found.headline, len(found.steps)) == ("1 步改好 2 处中的 2 处", 1)
    assert "这一栏的 1 处" in found.steps[0].action and found.steps[0].codes == ("ORG-008", "ORG-009")


def test_hints_and_older_files_have_no_plan(form):
    assert plans([finding("X", severity="提示")], [Return(0, FILE, None)], form) == {}
    assert plans([finding("X")], [Return(0, FILE, None, state="superseded")], form) == {}


@pytest.mark.parametrize(
    ("value", "meant"),
    [("党支部书记", ""), ("副书 记", "副书记"), ("委员们", "委员"), ("省长", ""), ("书", "")],
)
def test_only_a_clear_nearest_choice_is_suggested(value, meant):
    assert nearest(value, ("书记", "副书记", "委员", "党建联络员")) == meant


def test_what_the_plan_promises_is_what_the_next_validation_clears(tmp_path):
    made = Round(tmp_path / "批次", units=3)
    made.issue()
    rows = {
        "post": lambda rows: [{**row, "org_code": "没有这个-01"} for row in rows],
        "event": lambda rows: [{**row, "attend_count": 9999, "expected_count": 3} for row in rows],
    }
    made.put(1, rows=rows, day=12)
    checked = made.check()
    found = next(iter(checked.plans.values()))
    before = found.total
    assert found.steps[0].problems >= len(found.steps[0].cells) and found.total > 20
    made.put(1, "改.xlsx", rows={"post": rows["post"]}, day=20)
    after = next(plan for file, plan in made.check().plans.items() if file == "改.xlsx")
    step = next(step for step in found.steps if step.sheet == "活动台账")
    assert before - after.total == step.problems


def test_a_plan_does_not_promise_what_another_sheet_must_put_right(tmp_path):
    made = Round(tmp_path / "批次", units=3)
    made.issue()
    made.put(1, cells={("party_org", "full_members", 0): 9999})
    found = next(iter(made.check().plans.values()))
    assert found.cleared <= found.total


def test_people_who_are_gone_are_one_step_and_each_is_counted(form):
    """What no validation of the rows finds is cleared by its own step alone."""
    from toolkit.fix_plan import settled

    gone = [finding("CHG-001", "任职与补贴", severity="疑问", message=f"上一期有“{name}”") for name in "甲乙丙"]
    other = [finding(f"NIL-00{n}", f"表{n}", message=f"空{n}") for n in range(1, 5)]
    found = [*gone, *other]
    returns = [Return(0, FILE, None, unit="1", state="with_errors")]
    made = plans(found, returns, form)
    assert (made[FILE].steps[0].problems, made[FILE].steps[0].codes) == (3, ("CHG-001",))
    assert "共 3 处" in made[FILE].steps[0].action
    [told] = settled(made, other, found, returns, form).values()
    assert told.cleared == 3 + 2, "the folded step, and the two empty sheets of the next steps"


@pytest.mark.parametrize(("sheet", "column"), [("annual_stat", "value"), ("party_org", "total_members")])
def test_what_differs_from_last_year_is_cleared_by_no_other_step(tmp_path, monkeypatch, sheet, column):
    """A step that puts other cells right answers no question about last year."""
    made = Round(tmp_path / "批次", units=2)
    wrong = {
        "post": lambda rows: [{**row, "org_code": "没有这个-01"} for row in rows],
        "event": lambda rows: [{**row, "attend_count": 9999, "expected_count": 3} for row in rows],
    }
    made.put(0, rows=wrong, cells={("party_org", "full_members", 0): 9999, ("study_group", "set_date", 0): "去年"})
    [plan] = made.check().plans.values()
    rows = made.check().merged.tables[sheet]
    then = rows.head(1).assign(**{column: 99_999})
    monkeypatch.setattr(pipeline, "rows_then", lambda campaign, name: then if name == sheet else None)
    checked = made.check()
    asked = sum("上一年报的是" in one.message for one in checked.findings)
    [compared] = checked.plans.values()
    last = {step.sheet for step in compared.steps[3:]}
    assert asked == 1 and checked.job.form.by_name[sheet].label in last
    assert (compared.total, compared.cleared) == (plan.total + asked, plan.cleared)
