"""No parameter is dead: for each one of both packs some value changes a level, an amount or a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from tests import allowance_data
from tests.allowance_data import cells
from tests.planted.rounds import rounds
from tests.planted.situations import policy_of
from toolkit.compute.allowance import allowance
from toolkit.compute.compliance import compliance
from toolkit.forms import load_form
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameter, Parameters, Policy
from toolkit.policies.loading import shared_parameters
from toolkit.registers import registers

pytestmark = pytest.mark.rounds

POLICIES = ("yizheng-2022", "yunnan-2025")
DAYS = ("{year}-08-20", "{year}-12-31", "{next}-02-10")
BESIDE = {"lecture_leaders": {"lecture_basis": "leader"}}
"""Settings without which a parameter has nothing to say."""
POSTS = {
    "yizheng-2022": """
        姓名 | 党组织代码 | 职务 | 任职日期   | 离任日期   | 是否领取补贴 | 本期已发金额
        甲   | 01         | 书记 | 2025-03-16 | 2025-09-10 | 是           | 900.00
        乙   | 02         | 书记 | 2024-01-01 |            | 是           | 3600.00
    """,
    "yunnan-2025": """
        单位   | 姓名 | 党组织代码 | 职务         | 任职日期   | 离任日期   | 是否领取补贴 | 本期已发金额 | 公民身份号码
        甲单位 | 甲   | 01         | 书记         | 2025-03-16 | 2025-09-10 | 是           | 900.00       |
        甲单位 | 乙   | 01         | 副书记       | 2024-01-01 |            | 是           | 2520.00      |
        甲单位 | 乙   | 02         | 委员         | 2024-01-01 |            | 否           |              |
        甲单位 | 丙 | 01 | 书记 | 2024-01-01 | | 是 | 3600.00 | 11010519491231002X
        乙单位 | 丙 | 01 | 学习小组组长 | 2024-01-01 | | 是 | 3600.00 | 11010519491231002X
    """,
}
"""Posts at which readings of the allowance part ways: months begun, two posts, two units, organisations in scope."""


def other_values(parameter: Parameter) -> list:
    """Values that a clerk could set instead, likely ones first."""
    value = parameter.values[-1][1]
    if parameter.type == "flag":
        return [not value]
    if parameter.type == "choice":
        return [choice for choice in parameter.choices if choice != value]
    if parameter.type == "count":
        return [value + 1, value * 1000]
    if parameter.type == "integer":
        return [0, 1, 1000] if value is None else [0, value + 1, value * 40 + 500]
    if parameter.type == "decimal":
        return [Decimal("301.5")] if value is None else [Decimal(0), value + 1, value * 3]
    if parameter.type == "list":
        return [("甲",)] if not value else [None, value[:1], (*value, "其他")]
    if parameter.type == "date":
        return [date(2099, 1, 1)]
    if parameter.type == "month_day":
        return ["12-31", "01-01", "06-30"]
    return ["甲", None]


@cache
def planted(policy_id: str) -> tuple[Dataset, ...]:
    """The planted units, the usual round first: every clause at every level that it can have."""
    return tuple(made.dataset() for made in rounds(policy_id, units=0))


@cache
def posts(policy_id: str) -> Dataset:
    """A few posts on which money hangs; the second organisation of 甲单位 is a temporary one in Yizheng."""
    orgs = [{"单位": "甲单位", "党组织代码": "02", "设置形式": "党委" if policy_id == "yunnan-2025" else "党总支"}]
    units = [{"单位": unit, "委员补贴标准": "250"} for unit in ("甲单位", "乙单位")]
    tables = {"post": cells(POSTS[policy_id]), "party_org": orgs, "unit": units}
    return allowance_data.dataset(policy_of(policy_id), 2025, tables, switches=("collect_id_numbers",))


def judged(policy: Policy, dataset: Dataset, name: str, overrides: dict) -> list:
    """What compliance says under the clauses of a parameter, on some days."""
    mine = set(policy.parameters[name].clauses)
    kept = tuple(one for one in policy.indicators if one.clause in mine and one.family != "allowance")
    small = replace(policy, indicators=kept, bundles=())
    form = load_form(policy, overrides=overrides)
    dataset = replace(dataset, form=form) if form.windows != dataset.form.windows else dataset
    found: list = []
    for text in DAYS if kept else ():
        day = date.fromisoformat(text.format(year=dataset.year, next=dataset.year + 1))
        report = compliance(dataset, small, Parameters(small, day, overrides), day)
        found += [(one.unit, one.subject, one.clause, one.level, one.reason) for one in report.results]
    return found


def paid(policy: Policy, dataset: Dataset, name: str, overrides: dict) -> list:
    """What the allowances say, where the parameter belongs to one of their clauses."""
    if not set(policy.parameters[name].clauses) & set(policy.allowance["clauses"].values()):
        return []
    day = date(dataset.year + 1, 2, 10)
    found = allowance(dataset, policy, Parameters(policy, day, overrides), day)
    return [(one.unit, one.person, one.post, one.due, one.level, one.reason) for one in found.persons] + [
        (one.unit, one.subject, one.clause, one.level, one.reason) for one in found.results
    ]


def listed(policy: Policy, dataset: Dataset, name: str, overrides: dict) -> list:
    """What the registers print of a list that the policy names and does not spell out."""
    if policy.parameters[name].type != "list":
        return []
    day = date(dataset.year + 1, 2, 10)
    parameters = Parameters(policy, day, overrides)
    money = allowance(dataset, policy, parameters, day)
    report = compliance(dataset, policy, parameters, day)
    return [
        (one.key, block.title, tuple(map(tuple, block.rows)), getattr(block, "note", ""))
        for one in registers(dataset, policy, parameters, day, report, money)
        for block in one.blocks
    ]


def rated(policy: Policy, dataset: Dataset, name: str, overrides: dict) -> list:
    """总评 of the units, which the parameters of every policy decide."""
    if name not in shared_parameters():
        return []
    day = date(dataset.year + 1, 2, 10)
    return [
        (one.unit, one.overall) for one in compliance(dataset, policy, Parameters(policy, day, overrides), day).units
    ]


def places(policy_id: str):
    """Where a change could show, the likely places first."""
    yield from ((judged, one) for one in planted(policy_id)[:1])
    yield paid, posts(policy_id)
    yield from ((judged, one) for one in planted(policy_id)[1:])
    yield paid, planted(policy_id)[0]
    yield listed, posts(policy_id)
    yield from ((rated, one) for one in planted(policy_id))


def changes_something(policy: Policy, name: str) -> bool:
    """Whether a value that could be set instead of the pack's own shows anywhere."""
    beside = BESIDE.get(name, {})
    for look, dataset in places(policy.id):
        before = look(policy, dataset, name, beside)
        for value in other_values(policy.parameters[name]) if before else ():
            if look(policy, dataset, name, beside | {name: value}) != before:
                return True
    return False


@pytest.mark.parametrize(
    ("policy_id", "name"), [(policy_id, name) for policy_id in POLICIES for name in policy_of(policy_id).parameters]
)
def test_some_value_of_every_parameter_changes_something(policy_id, name):
    policy = policy_of(policy_id)
    assert changes_something(policy, name), f"{name} ({policy.parameters[name].title}) changes nothing"


def test_a_parameter_that_nothing_reads_is_found():
    """The switch 三会一课次数核对 that once was there: a flag, but no frequency stands in the text."""
    policy = policy_of("yizheng-2022")
    dead = replace(policy.parameters["pay_in_service"], name="sanhui_frequency")
    assert not changes_something(replace(policy, parameters={**policy.parameters, dead.name: dead}), dead.name)
