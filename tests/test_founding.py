"""Months before a founding: what is wrong without them too is no suspicion, and a lost day is not known."""

from datetime import date
from decimal import Decimal

import pytest

from tests.allowance_data import cells, dataset, parameters
from toolkit.compute.allowance import allowance
from toolkit.model.catalogue import entry
from toolkit.policies import load_policy

YZ, YN = load_policy("yizheng-2022"), load_policy("yunnan-2025")
YEAR = {YZ.id: 2023, YN.id: 2025}
LEADER = "姓名 | 人员身份 | 学习小组代码 | 职务 | 本期已发金额\n甲 | 离退休非中共党员 | X1 | 学习小组组长 | {paid}"
SECRETARY = "姓名 | 党组织代码 | 本期已发金额\n甲 | 01 | {paid}"
OTHER = "\n乙 | 02 | {paid}"


def report(policy, posts, founded, *, day=None, budget="", overrides=None, said=()):
    """The report of a year; a branch 01 and a group X1 founded on a day of it, "" = the day is in error."""
    year = YEAR[policy.id]
    day = day or date(year + 1, 1, 10)
    when = f"{year}-{founded}" if founded else ""
    tables = {"post": cells(posts), "party_org": cells(f"党组织代码 | 成立日期\n01 | {when}")}
    if policy is YN:
        tables["study_group"] = cells(f"小组代码 | 组建日期\nX1 | {when}")
    if budget:
        tables["annual_stat"] = [{"指标代码": "E06", "英文名": "secretary_subsidy_budget", "数值": budget}]
    made = dataset(policy, year, tables)
    if not founded:
        lost = frozenset({"set_date"})
        made.open_cells = {sheet: {(0, 5): lost} for sheet in ("party_org", "study_group")}
    made.explained = frozenset((code, source, row) for code in said for _, source, row in origins(made))
    return allowance(made, policy, parameters(policy, day, overrides), day)


def origins(made):
    """Where the posts stand."""
    return [row.origin for row in made.records.rows("post").rows]


def said(found, clause, subject):
    """(level, code, whether it is only a suspicion) of the one result of a subject."""
    ((level, code),) = [
        (one.level, one.code) for one in found.results if (one.clause, one.subject) == (clause, subject)
    ]
    return level, code, entry(code).suspicion


@pytest.mark.parametrize(
    ("policy", "posts", "clause", "subject", "paid", "day", "code"),
    [
        (YZ, SECRETARY, "YZ-S4-l", "甲（书记）", "300.00", date(2023, 9, 1), "ALW-207"),
        (YN, LEADER, "YN-02-i", "甲（学习小组组长）", "300.00", date(2025, 9, 1), "ALW-309"),
        (YN, LEADER, "YN-02-i", "甲（学习小组组长）", "9999.00", None, "ALW-306"),
        (YZ, SECRETARY + OTHER.format(paid="9000.00"), "YZ-S4-l", "甲（书记）", "300.00", None, "ALW-205"),
    ],
    ids=["open-year", "open-year-group", "too-much", "pool"],
)
def test_what_is_wrong_without_the_early_months_too_is_no_suspicion(policy, posts, clause, subject, paid, day, code):
    """A late day of founding took a real 预警 out of 总评; of 2,100 that are lacking 900 are from before it."""
    found = report(policy, posts.format(paid=paid), "03-15", day=day)
    assert said(found, clause, subject) == ("预警", code, False)
    assert "900.00元是" in found.persons[0].reason, "asked about all the same"


@pytest.mark.parametrize("paid", ["1800.00", "3600.00"])
@pytest.mark.parametrize(
    ("policy", "posts", "clause", "subject"),
    [(YZ, SECRETARY, "YZ-S4-l", "甲（书记）"), (YN, LEADER, "YN-02-i", "甲（学习小组组长）")],
    ids=["branch", "group"],
)
def test_a_lost_day_of_founding_makes_nobody_fail(policy, posts, clause, subject, paid):
    """Nobody fails for months before a founding alone, so where the day is in error nobody knows whether he does."""
    posts = posts.format(paid=paid)
    assert said(report(policy, posts, "06-15"), clause, subject)[0] == "预警"
    lost = report(policy, posts, "")
    assert said(lost, clause, subject) == ("无法判定", "ALW-327", False)
    assert lost.persons[0].due == Decimal("3600.00"), "the amount stands"


def test_who_shares_the_pool_with_a_lost_day_of_founding_does_not_fail_either():
    posts = SECRETARY.format(paid="2400.00") + OTHER.format(paid="3000.00")
    assert said(report(YZ, posts, "06-15"), "YZ-S4-l", "乙（书记）")[0] == "预警"
    found = report(YZ, posts, "")
    for subject in ("甲（书记）", "乙（书记）", "甲单位（统筹合计）"):
        assert said(found, "YZ-S4-l", subject)[:2] == ("无法判定", "ALW-327")
    short = report(YZ, SECRETARY.format(paid="0.00") + OTHER.format(paid="3000.00"), "")
    assert said(short, "YZ-S4-l", "乙（书记）")[:2] == ("不达标", "ALW-206"), "short by himself, whatever day it was"


def test_a_pool_that_alone_counts_is_asked_about_for_everybody_in_it():
    posts = SECRETARY.format(paid="2400.00") + OTHER.format(paid="3000.00")
    found = report(YZ, posts, "06-15", overrides={"pool_reading": "pool"})
    assert said(found, "YZ-S4-l", "乙（书记）") == ("预警", "ALW-328", True)


@pytest.mark.parametrize(
    ("founded", "budget", "level", "code"),
    [
        ("03-15", "2700", "预警", "ALW-329"),
        ("03-15", "2699", "预警", "ALW-422"),
        ("03-15", "3600", "达标", "ALW-421"),
        ("", "2700", "无法判定", "ALW-327"),
        ("", "3600", "达标", "ALW-421"),
    ],
)
def test_a_budget_that_is_enough_without_the_early_months_is_asked_about(founded, budget, level, code):
    """YZ-S4-m: what hangs on these months alone is a suspicion here too."""
    found = report(YZ, SECRETARY.format(paid="3600.00"), founded, budget=budget)
    assert said(found, "YZ-S4-m", "甲单位")[:2] == (level, code)
    assert entry(code).suspicion == (code == "ALW-329")


def test_a_group_paid_twice_is_asked_about_under_the_clause_on_the_amount_too():
    posts = """
    姓名 | 党组织代码 | 人员身份 | 学习小组代码 | 职务 | 本期已发金额
    甲 | 02 | 离退休党员 |  | 书记 | 3600.00
    甲 | 01 | 离退休党员 |  | 副书记 | 3600.00
    甲 | 02 | 离退休党员 | X1 | 学习小组组长 | 0.00
    """
    found = report(YN, posts.replace("02 | 离退休党员 |  | 书记", "01 | 离退休党员 |  | 书记"), "06-15")
    (subject,) = {one.subject for one in found.results if one.clause == "YN-02-j"}
    assert said(found, "YN-02-j", subject)[:2] == ("不达标", "ALW-304")
    assert said(found, "YN-02-i", subject)[:2] == ("预警", "ALW-325"), "达标 without a word before"


def test_a_human_gets_the_amount_before_the_founding():
    """By days: January to May, and 14 of the 30 days of June."""
    found = report(YZ, SECRETARY.format(paid="3600.00"), "06-15", overrides={"month_rule": "daily"})
    steps = [step for step in found.persons[0].steps if "以后才算" in step]
    assert steps == [
        *(f"成立、组建以后才算的话，2023-0{month}计0个月，0.00元" for month in range(1, 6)),
        "成立、组建以后才算的话，2023-06计16/30个月，160.00元",
        "成立、组建以后才算的话，本行应发1960.00元；以前的3600.00－1960.00＝1640.00元，待核实",
    ]
    assert "1640.00元是成立以前的" in found.persons[0].reason


def test_a_lost_day_of_founding_takes_no_breach_away():
    """甲's branch 01 is founded late, and the group pays too: a breach, until the group's own day cannot be read."""
    posts = """
    姓名 | 党组织代码 | 人员身份 | 学习小组代码 | 职务 | 本期已发金额
    甲 | 01 | 离退休党员 |  | 书记 | 3600.00
    甲 | 02 | 离退休党员 | X1 | 学习小组组长 | 1200.00
    """

    def exclusive(*lost):
        groups = cells(f"小组代码 | 组建日期\nX1 | {'' if lost else '2020-01-01'}")
        tables = {
            "post": cells(posts),
            "party_org": cells("党组织代码 | 成立日期\n01 | 2025-02-15"),
            "study_group": groups,
        }
        made = dataset(YN, 2025, tables)
        made.open_cells = {sheet: {(0, 5): frozenset({"set_date"})} for sheet in lost}
        day = date(2026, 1, 10)
        found = allowance(made, YN, parameters(YN, day), day)
        ((level, code),) = [(one.level, one.code) for one in found.results if one.clause == "YN-02-j"]
        return level, code

    assert exclusive() == ("不达标", "ALW-304")
    assert exclusive("study_group") == ("无法判定", "ALW-327"), "预警 before: broken, it was better"


def test_a_pool_that_alone_counts_and_is_not_known_leaves_everybody_open_inside_the_year_too():
    posts = SECRETARY.format(paid="3600.00") + OTHER.format(paid="0.00")
    tables = {"post": cells(posts), "party_org": cells("党组织代码 | 撤销日期\n01 | ")}
    day = date(2023, 9, 1)
    for lost, level in (((), "预警"), (("dissolve_date",), "无法判定")):
        made = dataset(YZ, 2023, tables)
        made.open_cells = {"party_org": {(0, 5): frozenset(lost)}} if lost else {}
        found = allowance(made, YZ, parameters(YZ, day, {"pool_reading": "pool"}), day)
        assert said(found, "YZ-S4-l", "乙（书记）")[0] == level


def test_a_lost_day_of_a_colleague_takes_no_breach_away_either():
    """乙's branch was founded late too, which alone is not enough; with 甲's day lost nobody knows."""
    posts = SECRETARY.format(paid="2400.00") + OTHER.format(paid="2600.00")
    day = date(2024, 1, 10)
    for first, level in (("2010-01-01", "不达标"), ("", "无法判定")):
        tables = {"post": cells(posts), "party_org": cells(f"党组织代码 | 成立日期\n01 | {first}\n02 | 2023-03-15")}
        made = dataset(YZ, 2023, tables)
        made.open_cells = {} if first else {"party_org": {(0, 5): frozenset({"set_date"})}}
        found = allowance(made, YZ, parameters(YZ, day, {"pool_reading": "pool"}), day)
        assert said(found, "YZ-S4-l", "乙（书记）")[0] == level


@pytest.mark.parametrize(
    ("policy", "posts", "rule", "codes"),
    [(YZ, SECRETARY, "POST-025", ("ALW-325", "ALW-345")), (YN, LEADER, "POST-026", ("ALW-326", "ALW-346"))],
    ids=["branch", "group"],
)
def test_what_the_unit_explained_is_not_asked_of_it_again(policy, posts, rule, codes):
    """The amount and the level stay, for somebody has to look at it; but the unit has said what it was to say."""
    before, after = (report(policy, posts.format(paid="3600.00"), "03-15", said=said) for said in ((), (rule,)))
    other = report(policy, posts.format(paid="3600.00"), "03-15", said=("POST-014",))
    for found, code in ((before, codes[0]), (after, codes[1]), (other, codes[0])):
        (one,) = [one for one in found.results if one.code in codes]
        assert (one.level, one.code, entry(one.code).suspicion) == ("预警", code, True)
        assert ("请说明" in one.fix) == (found is not after)
    assert before.persons[0].due == after.persons[0].due and after.persons[0].held
    assert "单位已作说明" in after.persons[0].reason
