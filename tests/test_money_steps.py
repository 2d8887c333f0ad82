"""From the printed steps alone an amount can be rebuilt, and every row that shaped it is listed."""

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from tests.allowance_data import cells, dataset, parameters
from tests.test_allowance_properties import RELAXED, cases, report_of
from toolkit.compute.allowance import allowance
from toolkit.policies import load_policy

YN, YZ = load_policy("yunnan-2025"), load_policy("yizheng-2022")
DAY = date(2026, 1, 10)
MONTH = re.compile(r"(\d{4}-\d{2})：([\d.]+)元/月×([\d/]+)个月[=≈]([\d.]+)元")
TOTAL = re.compile(r"本人各月相加([\d.]+)元，四舍五入到分，应发([\d.]+)元")


def rebuilt(rows):
    """What a person with a pocket calculator gets from the steps of one person's rows; what the last step says."""
    found = [MONTH.fullmatch(step) for row in rows for step in row.steps]
    exact = sum((Fraction(one[2]) * Fraction(one[3]) for one in found if one), Fraction(0))
    cents = exact * 100
    due = Decimal((2 * cents.numerator + cents.denominator) // (2 * cents.denominator)) / 100
    said = [one for row in rows for step in row.steps if (one := TOTAL.fullmatch(step))]
    return due, [Decimal(one[2]) for one in said]


@RELAXED
@given(cases)
def test_the_due_amount_can_be_rebuilt_from_the_steps(case):
    people = defaultdict(list)
    for row in report_of(*case).persons:
        people[row.number].append(row)
    for rows in people.values():
        if None in [row.due for row in rows]:
            continue
        due = sum(row.due for row in rows)
        assert rebuilt(rows) == (due, [due])
        for row in rows:
            months = [one[1] for step in row.steps if (one := MONTH.fullmatch(step))]
            assert months == [month for month, _ in row.monthly]


def computed(posts, *, policy=YN, year=2025, day=DAY, **tables):
    given = {"post": cells(posts), **{name: cells(text) for name, text in tables.items()}}
    return allowance(dataset(policy, year, given), policy, parameters(policy, day), day).persons


ENDED = """
姓名 | 党组织代码 | 学习小组代码 | 职务 | 任职日期 | 离任日期 | 本期已发金额
甲   | 01 | X1 | 学习小组组长 | 2020-01-01 |  | 900.00
"""


@pytest.mark.parametrize(
    ("orgs", "groups", "said", "sheets"),
    [
        (
            "党组织代码 | 撤销日期\n01 | 2025-03-20",
            "小组代码 | 撤销日期\nX1 | 2025-03-20",
            "学习小组“X1”已于2025-03-20撤销，任职按2025-03-20止",
            {"任职与补贴", "党组织情况", "学习小组", "单位情况"},
        ),
        (
            "党组织代码 | 撤销日期\n01 | 2025-09-20",
            "小组代码 | 撤销日期\nX1 | 2025-03-20",
            "学习小组“X1”已于2025-03-20撤销，任职按2025-03-20止",
            {"任职与补贴", "党组织情况", "学习小组", "单位情况"},
        ),
    ],
)
def test_the_row_that_cut_the_months_is_listed_and_said(orgs, groups, said, sheets):
    [row] = computed(ENDED, party_org=orgs, study_group=groups)
    assert (row.due, row.months) == (Decimal("900.00"), 3)
    assert row.steps[:2] == ("任职日期2020-01-01，离任日期为空", said)
    assert "2025年内在任：2025-01-01至2025-03-20" in row.steps and len([s for s in row.steps if "撤销" in s]) == 1
    assert {one.sheet for one in row.evidence} == sheets and row.evidence[0].sheet == "任职与补贴"


def test_who_leads_a_group_goes_on_when_the_branch_that_it_names_is_dissolved():
    """YN-02-i, -e: the group is 挂联 to a branch, it is no part of it; the secretary of the branch stops with it."""
    orgs, groups = "党组织代码 | 撤销日期\n01 | 2025-03-20", "小组代码 | 撤销日期\nX1 | "
    for post in ("学习小组组长", "学习小组副组长"):
        [row] = computed(ENDED.replace("学习小组组长", post), party_org=orgs, study_group=groups)
        assert row.months == 12
        said = "党组织“01”已于2025-03-20撤销；任职在学习小组“X1”，按学习小组计，不因党组织撤销而止"
        assert [step for step in row.steps if "撤销" in step] == [said]
    for post in ("书记", "委员"):
        [row] = computed(ENDED.replace("学习小组组长", post), party_org=orgs, study_group=groups)
        assert row.months == 3 and "党组织“01”已于2025-03-20撤销，任职按2025-03-20止" in row.steps


def test_a_group_that_is_dissolved_does_not_end_the_post_of_a_secretary_who_names_it():
    groups = "小组代码 | 撤销日期\nX1 | 2025-03-20"
    [row] = computed(ENDED.replace("学习小组组长", "书记"), study_group=groups)
    assert row.months == 12 and "撤销" not in "".join(row.steps)


def test_an_end_before_the_dissolution_is_the_one_that_counts():
    posts = "姓名 | 任职日期 | 离任日期 | 本期已发金额\n甲 | 2020-01-01 | 2025-02-10 | 600.00"
    [row] = computed(posts, party_org="党组织代码 | 撤销日期\n01 | 2025-03-20")
    assert row.steps[0] == "任职日期2020-01-01，离任日期2025-02-10" and "撤销" not in "".join(row.steps)


def test_a_month_carried_by_another_post_says_by_which():
    posts = """
    姓名 | 党组织代码 | 职务 | 任职日期 | 是否领取补贴 | 本期已发金额
    甲   | 01 | 委员         | 2020-01-01 | 是 | 1260.00
    甲   | 02 | 书记         | 2025-07-01 | 是 | 1800.00
    """
    member, secretary = computed(posts)
    text = "\n".join(member.steps)
    assert "2025-07：由书记（02）计发，同一个月只计一份" in text and "2025-06：210元/月×1个月=210.00元" in text
    assert secretary.steps[-1] == "本人各月相加3060.00元，四舍五入到分，应发3060.00元"


def test_where_a_standard_comes_from_and_how_days_are_counted():
    posts = "姓名 | 任职日期 | 本期已发金额\n甲 | 2023-11-15 | 460.00"
    data = dataset(YZ, 2023, {"post": cells(posts)})
    day = date(2024, 1, 10)
    [row] = allowance(data, YZ, parameters(YZ, day, {"month_rule": "daily"}), day).persons
    text = "\n".join(row.steps)
    assert "来源：参数“" in text and "2023-11：300元/月×16/30个月=160.00元" in text
    assert "月份算法：按当月在任天数除以当月天数计" in text
    assert row.due == Decimal("460.00")
    [member] = computed("姓名 | 职务 | 本期已发金额\n甲 | 委员 | 2520.00")
    assert any(step.endswith("来源：《单位情况》“委员补贴标准”") for step in member.steps)


def test_months_to_come_and_what_is_not_paid_are_said():
    posts = "姓名 | 人员身份 | 本期已发金额\n甲 | 离退休党员 | 600.00\n乙 | 在职党员 | 0.00"
    found = {row.name: row.steps for row in computed(posts, day=date(2025, 3, 10))}
    assert "2025-03起：到2025-03-10还没有满月，不计" in found["甲"]
    assert any(step.startswith("不计发：在职人员") for step in found["乙"])


def test_a_suspicion_lists_the_rows_of_the_other():
    posts = """
    单位   | 姓名 | 人员编号 | 出生年月 | 职务 | 本期已发金额
    甲单位 | 张三 | J01      | 1956-08  | 书记 | 3600.00
    乙单位 | 张三 | Y07      | 1956-08  | 书记 | 3600.00
    """
    report = allowance(dataset(YN, 2025, {"post": cells(posts)}), YN, parameters(YN, DAY), DAY)
    for one in report.results:
        if one.clause == "YN-02-j" and one.code == "ALW-320":
            assert {row.file for row in one.evidence} == {"甲单位.xlsx", "乙单位.xlsx"}
