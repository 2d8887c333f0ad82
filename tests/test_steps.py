"""The steps of one result on small datasets: no sentence of them says a number that the dates and rows do not give."""

from datetime import date

import pytest
from compliance_data import UNIT, dataset, of, report

from toolkit.compute.compliance import trace_of
from toolkit.model.policy import Parameters
from toolkit.policies import load_policy
from toolkit.policy_tools.steps import steps_of


def steps(data, clause, day):
    """The steps of the only result of the unit under a clause."""
    policy = load_policy(data.form.policy)
    parameters = Parameters(policy, min(day, date(data.year, 12, 31)))
    trace = trace_of(clause, data, policy, parameters, day, report(data, day).results)
    ((_, judged, case),) = trace.judged[UNIT.code]
    return steps_of(judged, case, trace)


@pytest.mark.parametrize(
    "out, done, said, never",
    [
        ("2023-03-01", "2023-04-15", "完成日期2023-04-15，不再计天数", "共"),
        ("2023-03-01", None, "从2023-03-01的次日起到评定日2024-01-15（已返回的到返回日）止，共320天", "完成"),
        ("2021-06-01", None, "从2022-12-30的次日起到评定日2024-01-15（已返回的到返回日）止，共381天", "从2021"),
    ],
)
def test_the_days_of_an_open_case_are_those_between_the_days_that_are_said(out, done, said, never):
    moved = {"direction": "流出", "transfer_eligible": "是", "out_date": out, "transfer_date": done, "float_no": "1"}
    data = dataset("yizheng-2022", {"floating": [moved]}, year=2023)
    found = steps(data, "YZ-3.1-d", date(2024, 1, 15))
    assert any(said in step for step in found), found
    assert not any(never in step for step in found if "次日" in step or "完成日期" in step), found


def test_the_task_row_that_settles_the_medals_is_one_that_the_result_uses():
    tables = {
        "member": [{"member_no": "1", "full_date": "1970-01-01", "join_date": "1970-01-01", "record_status": "在册"}],
        "task": [{"task_no": "YZ-4.3-f", "status": "已完成"}],
    }
    data = dataset("yizheng-2022", tables, year=2023)
    (found,) = of(report(data, "2024-01-15"), "YZ-4.3-f")
    assert found.code == "MEDAL-SETTLED"
    assert [one.sheet for one in found.evidence] == ["党员名册", "任务清单"]
    assert not any("没有计入" in step for step in steps(data, "YZ-4.3-f", date(2024, 1, 15)))
