"""Which rows of two units are one dispute: over sheets, by number and by name, and never two persons in one."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import batch

from toolkit.forms import load_form
from toolkit.model.dispute import digest
from toolkit.policies import load_policy, policy_ids
from toolkit.round_trip.dispute_search import found, rules_of
from toolkit.validating import validate
from validators.situation import situate

SWITCHES = frozenset({"collect_id_numbers"})
YZ, YN = "yizheng-2022", "yunnan-2025"
ROSTER = "## 党员名册\n| 党员编号 | 姓名 | 出生年月 | 组织关系所在 | 名册状态 |\n"
FLOATING = "## 流动党员\n| 党员编号 | 流动方向 | 返回日期 | 转接完成日期 |\n"
NUMBERED = "## 任职与补贴\n| 姓名 | 公民身份号码 | 任职日期 | 离任日期 | 是否领取补贴 |\n"
NAMED = "## 任职与补贴\n| 姓名 | 出生年月 | 任职日期 | 离任日期 | 是否领取补贴 |\n"


def member(name="王一", born="1946-08", number="R001", place="原工作单位", status="在册"):
    return f"| {number} | {name} | {born} | {place} | {status} |\n"


def paid(name="王一", key="11010519491231002X"):
    return f"| {name} | {key} | 2020-01-01 |  | 是 |\n"


def disputes(policy, *units):
    """The disputes between units, each given as the text of its sheets."""
    pack = load_policy(policy)
    form = load_form(pack, SWITCHES)
    returned = batch("".join(f"# 32000{number}\n{text}" for number, text in enumerate(units, 1)), form)
    as_of = date(2025, 12, 31)
    findings = validate(returned, as_of=as_of, year=2025, policy=pack).findings
    return found(returned, findings, situate(returned, as_of, 2025))


def test_found_by_number_among_posts_and_by_name_on_rosters_is_one_question():
    own = NUMBERED + paid() + ROSTER + member()
    [one] = disputes(YZ, own, own)
    assert one.codes == ("CROSS-002", "CROSS-005") and one.certain
    assert [list(one.by_sheet(unit)) for unit in one.units] == [["member", "post"]] * 2
    assert one.keys == (("11010519491231002X",), ("王一", "1946-08"))


def test_namesakes_of_different_age_are_two_questions():
    own = ROSTER + member(born="1946-08", number="R001") + member(born="1950-01", number="R002")
    found = disputes(YZ, own, own)
    assert [one.keys for one in sorted(found, key=lambda one: one.keys)] == [
        (("王一", "1946-08"),),
        (("王一", "1950-01"),),
    ]
    assert [[len(places) for places in one.rows.values()] for one in found] == [[1, 1], [1, 1]]


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_person_of_several_units_is_one_question(count):
    [one] = disputes(YZ, *[ROSTER + member()] * count)
    assert one.units == tuple(f"32000{number}" for number in range(1, count + 1))
    assert len(one.pairs) == count * (count - 1) // 2 and all(len(numbers) == 1 for numbers in one.pairs.values())


def test_two_units_are_asked_under_the_number_of_old_and_the_order_changes_nothing():
    own = [ROSTER + member(), ROSTER + member(number="S9"), ROSTER + member(name="李二")]
    [one] = disputes(YZ, *own)
    assert one.number == one.kept_under == digest("320001", "320002", "王一", "1946-08")
    assert one.pairs == {("320001", "320002"): (one.number,)}
    [other] = disputes(YZ, own[2], *own[:2])
    assert other.units == ("320002", "320003") and other.person == one.person


def test_a_third_unit_asks_nobody_again():
    own = ROSTER + member()
    [two], [three], [four] = disputes(YZ, own, own), disputes(YZ, *[own] * 3), disputes(YZ, *[own] * 4)
    assert two.number in three.kept_for("320001") and three.number != two.number
    assert three.kept_under == four.kept_under and three.number_for("320002") == four.number_for("320002")


@pytest.mark.parametrize(
    ("numbers", "count"),
    [
        (("11010519491231002X", "110105194912310038"), 0),
        (("11010519491231002X",) * 2, 1),
        (("11010519491231002X", ""), 1),
    ],
)
def test_different_id_numbers_are_no_question(numbers, count):
    head = "## 任职与补贴\n| 姓名 | 出生年月 | 公民身份号码 | 任职日期 | 离任日期 | 是否领取补贴 |\n"
    units = [f"{head}| 王一 | 1949-12 | {number} | 2020-01-01 |  | 是 |\n" for number in numbers]
    assert len(disputes(YN, *units)) == count


def test_one_more_sheet_does_not_make_it_another_dispute():
    alone, more = NAMED + paid(key="1946-08"), NAMED + paid(key="1946-08") + ROSTER + member()
    [before], [after] = disputes(YN, alone, alone), disputes(YN, more, more)
    assert before.number == after.number and len(before.codes) == 1 and len(after.codes) == 2


@pytest.mark.parametrize(
    ("place", "direction", "status", "count"),
    [
        ("原工作单位", "流出", "在册", 1),
        ("原工作单位", "流入", "在册", 0),
        ("其他", "流出", "在册", 1),
        ("原工作单位", "流出", "已转出", 0),
    ],
)
def test_who_claims_a_member(place, direction, status, count):
    theirs = ROSTER + member(number="S9", place=place, status=status) + FLOATING + f"| S9 | {direction} |  |  |\n"
    assert len(disputes(YN, ROSTER + member(), theirs)) == count


@pytest.mark.slow
@given(st.lists(st.sets(st.integers(1, 5), min_size=1), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_disputes_of_any_sizes_stand_side_by_side(claims):
    """One person in the first two units and another one in the first three, say, crashed a whole run."""
    rosters = [
        [member(f"王{'一二三四五'[n]}", number=f"R{n}") for n, by in enumerate(claims) if unit in by]
        for unit in range(1, 6)
    ]
    found = disputes(YZ, *("".join([ROSTER, *rows]) for rows in rosters))
    shared = [sorted(units) for units in claims if len(units) > 1]
    assert sorted(one.units for one in found) == [tuple(f"32000{unit}" for unit in units) for units in sorted(shared)]


@pytest.mark.parametrize("sheet", [ROSTER + member("王二", number="R2"), NUMBERED + paid("王二", "110105194912310038")])
def test_two_units_that_share_a_person_share_another_with_a_third(sheet):
    found = disputes(YZ, *(ROSTER + member() + sheet.replace(ROSTER, ""),) * 2, sheet)
    assert [len(one.units) for one in found] == [2, 3]


@pytest.mark.parametrize("policy", policy_ids())
def test_what_is_compared_says_whom_it_is_about(policy):
    form = load_form(load_policy(policy), SWITCHES)
    compared = {rule.sheet for rule in rules_of(form)}
    assert compared == {"post", "member"} and all(form.by_name[name].person for name in compared)
