"""A code means the unit's own organisation first: two units that use one code are never taken for each other."""

from dataclasses import replace

import pytest
from compliance_data import dataset, of, report
from test_targets import AFTER, EAST, YN, parameters_of

from toolkit.compute.compliance import compliance
from toolkit.feedback import Line, settle
from toolkit.model.rows import Origin
from toolkit.model.unit import KnownOrg
from toolkit.policies import load_policy
from toolkit.registers.special.floating import paired
from toolkit.registers.view import View

ONE, OTHER, THIRD = EAST


def branch(unit, code="01", **more):
    """A branch of a unit under a code that others may use too."""
    return {"org_code": code, "org_name": f"{unit.name}党支部", "org_type": "党支部", "_unit": unit.code, **more}


def group(unit, code="01"):
    """A study group that names a branch."""
    linked = {"group_code": f"{unit.code}-X01", "linked_org_code": code, "set_date": "2025-01-01"}
    return {**linked, "_unit": unit.code}


def judged(tables, clause, unit, **facts):
    """Level and code of a clause for one unit."""
    pending = facts.pop("pending", {})
    data = replace(dataset(YN, tables, year=2027, units=facts.pop("units", EAST), **facts), pending=pending)
    (one,) = of(report(data, AFTER), clause, unit.code)
    return one.level, one.code, one.reason


def test_a_branch_of_the_own_unit_goes_before_another_with_its_code():
    """The other unit's branch is dissolved, the own one stands; and the other way round."""
    gone = {"dissolve_date": "2026-01-01"}
    for own, far, expected in (({}, gone, "达标"), (gone, {}, "不达标")):
        tables = {"party_org": [branch(ONE, **own), branch(OTHER, **far)], "study_group": [group(ONE)]}
        assert judged(tables, "YN-02-e", ONE)[0] == expected


def test_a_branch_elsewhere_counts_where_the_own_unit_has_none_and_only_one_other_has():
    """A group of one unit is linked to a branch of the superior; nobody knows which of two branches is meant."""
    assert judged({"party_org": [branch(OTHER)], "study_group": [group(ONE)]}, "YN-02-e", ONE)[0] == "达标"
    two = {"party_org": [branch(OTHER), branch(THIRD)], "study_group": [group(ONE)]}
    level, code, reason = judged(two, "YN-02-e", ONE)
    assert (level, code) == ("无法判定", "COVER-ELSEWHERE") and "不知道指哪一个" in reason


def test_a_liaison_of_another_unit_covers_no_branch_with_the_same_code():
    liaison = {"org_code": "01", "post_type": "党建联络员", "person_status": "在职党员", "start_date": "2025-01-01"}
    tables = {"party_org": [branch(ONE), branch(OTHER)], "post": [{**liaison, "_unit": OTHER.code}]}
    assert [judged(tables, "YN-08-f", unit)[0] for unit in (ONE, OTHER)] == ["不达标", "达标"]
    lent = {"party_org": [branch(ONE, "A")], "post": [{**liaison, "org_code": "A", "_unit": OTHER.code}]}
    assert judged(lent, "YN-08-f", ONE)[0] == "达标"


@pytest.mark.parametrize(
    ("pending", "words"),
    [("choose", "有几份返回表内容不同，待选定"), ("again", "整份不能用"), ("", "没有返回")],
)
def test_where_the_other_row_is_says_how_the_other_unit_stands(pending, words):
    """A unit of which a version has to be chosen was said to have errors."""
    away = replace(OTHER, orgs=(KnownOrg("B", "某支部", "党支部"),))
    facts = {"units": (ONE, away), "returned": frozenset({ONE.code}), "pending": {OTHER.code: pending}}
    refused = {"party_org": [branch(OTHER, "B")] if pending else []}
    level, code, reason = judged({"study_group": [group(ONE, "B")]}, "YN-02-e", ONE, rejected=refused, **facts)
    assert (level, code) == ("无法判定", "COVER-ELSEWHERE") and words in reason and "因错误" not in reason


def test_a_refused_row_of_another_unit_with_the_own_code_hides_nothing():
    tables = {"party_org": [branch(ONE, dissolve_date="2026-01-01")], "study_group": [group(ONE)]}
    refused = {"party_org": [branch(OTHER)]}
    assert judged(tables, "YN-02-e", ONE, rejected=refused)[0] == "不达标"
    level, _, reason = judged({"study_group": [group(ONE)]}, "YN-02-e", ONE, rejected=refused)
    assert level == "无法判定" and "因错误没有合并" in reason


def floating(unit, number, direction, counterpart):
    """A floating member."""
    facts = {"org_code": "01", "member_no": number, "direction": direction, "counterpart_org": counterpart}
    return {**facts, "out_date": "2027-03-01", "_unit": unit.code}


def test_floating_members_pair_with_the_unit_that_is_named():
    """Three units with one code: what one calls out pairs with the unit it names, and is credited to its own row."""
    name = lambda unit: f"{unit.name}党支部"  # noqa: E731
    rows = [
        floating(ONE, "出1", "流出", name(THIRD)),
        floating(OTHER, "出2", "流出", name(THIRD)),
        floating(THIRD, "进2", "流入", name(OTHER)),
    ]
    data = dataset(YN, {"party_org": [branch(unit) for unit in EAST], "floating": rows}, year=2027, units=EAST)
    policy, parameters = load_policy(YN), parameters_of(AFTER)
    view = View(data, policy, parameters, AFTER, compliance(data, policy, parameters, AFTER), None)
    found = [(out and out.member_no, come and come.member_no) for out, come in paired(view)]
    assert found == [("出1", None), ("出2", "进2")]
    line = Line(name(THIRD), "进2", name(OTHER), rows[2]["out_date"], 4, None)
    (credit,), problems = settle([line], data)
    assert (credit.unit, credit.out_no, credit.out_org, problems) == (OTHER.code, "出2", name(OTHER), [])
    assert Origin(credit.unit, credit.source, credit.row).unit == OTHER.code
