"""The allowance report beyond the worked examples: clauses, people across units, what stops the computation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.allowance_data import FOLDER, cells, dataset, parameters
from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.allowance.rules import defaults, rules_of
from toolkit.compute.months import RULES
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.people import Rulings
from toolkit.policies import load_policy

YZ, YN = load_policy("yizheng-2022"), load_policy("yunnan-2025")
CLOSED = {YZ.id: (2023, date(2024, 1, 10)), YN.id: (2025, date(2026, 1, 10))}


def report_of(policy, posts="", *, overrides=None, as_of=None, rulings=None, **data):
    year, closed = CLOSED[policy.id]
    day = as_of or closed
    tables = {"post": cells(posts) if posts else [], **data.pop("tables", {})}
    made = dataset(policy, year, tables, **data)
    made.rulings = rulings or made.rulings
    return allowance(made, policy, parameters(policy, day, overrides), day)


def levels(report, policy, clause):
    """Level by subject under one clause."""
    found = allowance_results(report, policy)
    return {(result.unit, result.subject): result.level for result in found if result.clause == clause}


def test_yizheng_clauses_have_a_result_for_every_unit():
    posts = """
    姓名 | 党组织代码 | 本期已发金额
    甲   | 01         | 4200.00
    乙   | 02         | 3000.00
    """
    statistics = [{"指标代码": "E06", "英文名": "secretary_subsidy_budget", "数值": "7200"}]
    report = report_of(YZ, posts, tables={"annual_stat": statistics}, absent=["丙单位"])
    assert levels(report, YZ, "YZ-S4-l") == {
        ("甲单位", "甲（书记）"): "达标",
        ("甲单位", "乙（书记）"): "预警",
        ("甲单位", "甲单位（统筹合计）"): "达标",
        ("甲单位", "甲单位（补贴标准）"): "达标",
        ("丙单位", "丙单位"): "无法判定",
    }
    assert levels(report, YZ, "YZ-S4-m") == {("甲单位", "甲单位"): "达标", ("丙单位", "丙单位"): "无法判定"}
    assert list(report.units) == ["甲单位"]
    rows = {result.subject: [(item.sheet, item.row) for item in result.evidence] for result in report.results}
    people = [("任职与补贴", 5), ("任职与补贴", 6), ("党组织情况", 5), ("党组织情况", 6)]
    assert rows["甲单位（统筹合计）"] == people
    assert rows["甲单位（补贴标准）"] == [("单位情况", 5), *people]
    assert rows["甲单位"] == [("年度汇总数", 5), *people]


def test_a_unit_without_secretaries_is_not_concerned():
    report = report_of(YZ)
    assert set(levels(report, YZ, "YZ-S4-l").values()) == {"不适用", "达标"}
    assert levels(report, YZ, "YZ-S4-m") == {("甲单位", "甲单位"): "不适用"}
    assert report.totals["due"] == 0
    assert report.persons == ()


def test_yunnan_splits_amount_and_double_pay():
    posts = """
    姓名 | 职务         | 人员身份         | 本期已发金额
    甲   | 书记         | 离退休党员       | 3600.00
    甲   | 学习小组组长 | 离退休党员       | 3600.00
    乙   | 学习小组组长 | 离退休非中共党员 | 3000.00
    """
    report = report_of(YN, posts)
    amount, exclusive = levels(report, YN, "YN-02-i"), levels(report, YN, "YN-02-j")
    first = ("甲单位", "甲（书记、学习小组组长）")
    assert (amount[first], exclusive[first]) == ("达标", "不达标")
    assert (amount["甲单位", "乙（学习小组组长）"], exclusive["甲单位", "乙（学习小组组长）"]) == ("不达标", "不适用")
    (result,) = [one for one in report.results if one.clause == "YN-02-j" and one.level == "不达标"]
    assert result.figures == {
        "应计月数": "12",
        "应发金额": "3600.00",
        "已发金额": "7200.00",
        "重复金额": "3600.00",
        "重叠月数": "12",
    }
    assert result.fix == "同一人同一月只发一份，应由书记发放；多发的请收回或抵扣"
    assert [(item.file, item.sheet, item.row) for item in result.evidence] == [
        ("甲单位.xlsx", "任职与补贴", 5),
        ("甲单位.xlsx", "任职与补贴", 6),
        ("甲单位.xlsx", "党组织情况", 5),
        ("甲单位.xlsx", "单位情况", 5),
    ]


def test_study_group_leaders_are_outside_the_party_or_on_a_committee():
    posts = """
    姓名 | 职务           | 人员身份         | 党组织代码 | 离任日期   | 本期已发金额
    甲   | 学习小组组长   | 离退休非中共党员 | 01         |            | 3600.00
    乙   | 学习小组组长   | 离退休党员       | 01         |            | 3600.00
    乙   | 委员           | 离退休党员       | 02         |            | 0.00
    丙   | 学习小组副组长 | 离退休党员       | 01         |            | 2520.00
    丁   | 学习小组组长   | 离退休党员       | 01         |            | 3600.00
    丁   | 委员           | 离退休党员       | 01         | 2025-05-31 | 0.00
    戊   | 学习小组组长   | 在职党员         | 01         | 2025-05-31 | 0.00
    己   | 学习小组组长   | 离退休党员       | 01         |            | 3600.00
    己   | 委员           | 离退休党员       | 03         |            | 0.00
    """
    orgs = [{"党组织代码": "03", "设置形式": "党总支"}]
    found = levels(report_of(YN, posts, tables={"party_org": orgs}), YN, "YN-02-h")
    assert found == {
        ("甲单位", "甲（学习小组组长）"): "达标",
        ("甲单位", "乙（学习小组组长）"): "达标",
        ("甲单位", "丙（学习小组副组长）"): "预警",
        ("甲单位", "丁（学习小组组长）"): "预警",
        ("甲单位", "己（学习小组组长）"): "预警",
    }


def test_a_refused_row_may_hold_the_committee_seat():
    posts = """
    姓名 | 职务         | 本期已发金额
    甲   | 学习小组组长 | 3600.00
    """
    refused = {"post": [{"姓名": "甲", "职务": "委员", "行": "9"}]}
    assert levels(report_of(YN, posts, refused=refused), YN, "YN-02-h") == {
        ("甲单位", "甲（学习小组组长）"): "无法判定"
    }


def test_nobody_leads_a_group():
    assert levels(report_of(YN), YN, "YN-02-h") == {("甲单位", "甲单位"): "不适用"}


IN_TWO_UNITS = """
    单位   | 姓名 | 人员编号 | 出生年月 | 职务         | 本期已发金额
    甲单位 | 张三 | J01      | 1956-08  | 书记         | 3600.00
    乙单位 | 张三 | Y07      | 1956-08  | 学习小组组长 | 3600.00
    """
BOTH_UNITS = frozenset({"甲单位", "乙单位"})


def test_one_person_in_two_units_has_one_number_and_rows_in_both():
    report = report_of(YN, IN_TWO_UNITS, rulings=Rulings(same={("张三", "1956-08"): BOTH_UNITS}))
    first, second = report.persons
    assert (first.unit, second.unit, first.number) == ("甲单位", "乙单位", second.number)
    assert (first.due, second.due) == (Decimal("3600.00"), Decimal("0.00"))
    assert report.totals == {
        "due": Decimal("3600.00"),
        "paid": Decimal("7200.00"),
        "persons": 1,
        "rows": 2,
        "levels": {"不达标": 1},
    }
    assert {result.unit for result in report.results if result.level == "不达标"} == BOTH_UNITS


@pytest.mark.parametrize("other", ["王大明", "张 三丰"])
def test_one_number_beside_two_names_takes_nobodys_money(other):
    posts = f"""
    单位   | 姓名    | 人员编号 | 出生年月 | 职务         | 本期已发金额
    甲单位 | 张三    | J01      | 1956-08  | 书记         | 3600.00
    甲单位 | {other} | J01      | 1956-08  | 学习小组组长 | 3600.00
    """
    report = report_of(YN, posts)
    assert [(row.due, row.level) for row in report.persons] == [(Decimal("3600.00"), "预警")] * 2
    assert {one.code for one in report.results if one.clause == "YN-02-j" and one.level == "预警"} == {"ALW-324"}
    same = report_of(YN, posts.replace(other, "张 三"))
    assert [row.level for row in same.persons] == ["不达标"] * 2, "the same name, whatever its blanks, is one person"


def test_a_suspicion_changes_no_amount_and_is_no_breach():
    report = report_of(YN, IN_TWO_UNITS)
    assert [(row.number, row.due, row.level) for row in report.persons] == [
        (1, Decimal("3600.00"), "预警"),
        (2, Decimal("3600.00"), "预警"),
    ]
    people = [one for one in report.results if "0" in one.subject and one.clause != "YN-02-h"]
    found = {(one.clause, one.unit, one.level, one.code) for one in people}
    # YN-02-i is about 学习小组组长、副组长: a secretary of a unit without one has no result under it.
    assert found == {("YN-02-i", "乙单位", "达标", "ALW-301")} | {
        ("YN-02-j", unit, "预警", "ALW-320") for unit in BOTH_UNITS
    }
    apart = report_of(YN, IN_TWO_UNITS, rulings=Rulings({("张三", "1956-08"): {"甲单位": 0, "乙单位": 1}}))
    assert {row.level for row in apart.persons} == {"达标"} and "疑似" not in repr(apart)


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        ({"姓名": ""}, "ALW-322"),
        ({"出生年月": ""}, "ALW-322"),
        ({"本期已发金额": ""}, "ALW-320"),
        ({"姓名": "", "出生年月": "1957-01"}, "ALW-311"),
        ({"姓名": "", "出生年月": ""}, "ALW-311"),
    ],
)
def test_a_name_that_another_unit_lost_clears_no_suspicion(lost, code):
    """What can still be read agrees: it stays a suspicion, and no amount changes; what says nothing says nothing."""
    first, second = cells(IN_TWO_UNITS)
    report = report_of(YN, tables={"post": [first]}, refused={"post": [{**second, **lost}]})
    (mine,) = [row for row in report.persons if row.unit == "甲单位"]
    assert (mine.due, mine.paid) == (Decimal("3600.00"), Decimal("3600.00"))
    found = [(one.level, one.code) for one in report.results if (one.clause, one.unit) == ("YN-02-j", "甲单位")]
    assert found == [("不适用" if code == "ALW-311" else "预警", code)]
    assert bool(mine.held) is (code != "ALW-311")


LOSABLE = ("任职日期", "离任日期", "职务", "党组织代码", "人员身份", "是否领取补贴", "本期已发金额", "人员编号")
"""What a refused row may have lost while it still says whom it is about."""


@pytest.mark.parametrize(
    "stated", [{"本期已发金额": "3600.00"}, {"本期已发金额": "", "是否领取补贴": "否"}], ids=["paid", "due"]
)
@given(lost=st.sets(st.sampled_from(LOSABLE)), order=st.booleans())
@settings(max_examples=25, deadline=None)
def test_nothing_that_another_unit_lost_clears_a_suspicion(stated, lost, order):
    """Its day of appointment and its post may be any; once they were lost, both lines were 达标 or 无法判定."""
    found = cells(IN_TWO_UNITS)
    first, second = found[::-1] if order else found
    refused = {**second, **stated, **dict.fromkeys(lost, "")}
    report = report_of(YN, tables={"post": [first]}, refused={"post": [refused]})
    (mine,) = [row for row in report.persons if row.unit == first["单位"]]
    assert (mine.due, mine.level) == (Decimal("3600.00"), "预警") and "疑似" in mine.reason
    told = [(one.level, one.code) for one in report.results if (one.clause, one.unit) == ("YN-02-j", first["单位"])]
    assert told == [("预警", "ALW-320")]


@pytest.mark.parametrize("last", ["2024-12-31", "2023-02-28"])
def test_a_lost_day_of_appointment_is_no_day_after_the_post_ended(last):
    """Who left before the year is nobody's double, whenever he came; in the year he may be."""
    first, second = cells(IN_TWO_UNITS)
    for end, level in ((last, "达标"), ("2025-01-31", "预警")):
        refused = {**second, "任职日期": "", "离任日期": end}
        report = report_of(YN, tables={"post": [first]}, refused={"post": [refused]})
        assert {row.level for row in report.persons if row.unit == "甲单位"} == {level}


def test_a_name_that_another_unit_lost_may_be_that_of_a_person_ruled_to_be_one():
    first, second = cells(IN_TWO_UNITS)
    one = Rulings(same={("张三", "1956-08"): frozenset(BOTH_UNITS)})
    report = report_of(YN, tables={"post": [first]}, refused={"post": [{**second, "姓名": ""}]}, rulings=one)
    assert {row.due for row in report.persons} == {None}
    apart = Rulings({("张三", "1956-08"): {"甲单位": 0, "乙单位": 1}})
    report = report_of(YN, tables={"post": [first]}, refused={"post": [{**second, "姓名": ""}]}, rulings=apart)
    assert "疑似" not in repr(report)


def test_in_one_unit_a_lost_name_clears_no_suspicion():
    first, second = ({**one, "单位": "甲单位"} for one in cells(IN_TWO_UNITS))
    report = report_of(YN, tables={"post": [first]}, refused={"post": [{**second, "姓名": ""}]})
    found = {(one.level, one.code) for one in report.results if one.clause == "YN-02-j" and "J01" in one.subject}
    assert found == {("预警", "ALW-323")}


@pytest.mark.parametrize(
    ("ids", "persons", "suspected"),
    [(("A", "A"), 1, False), (("A", "B"), 2, False), (("A", ""), 2, True), (("", ""), 2, True)],
)
def test_id_numbers_join_and_separate(ids, persons, suspected):
    posts = [
        {"单位": "甲单位", "姓名": "张三", "人员编号": "J01", "出生年月": "1956-08", "职务": "书记"},
        {"单位": "乙单位", "姓名": "张三", "人员编号": "Y07", "出生年月": "1956-08", "职务": "委员"},
    ]
    posts = [
        {**post, "本期已发金额": "100.00", "公民身份号码": number} for post, number in zip(posts, ids, strict=True)
    ]
    data = dataset(YN, 2025, {"post": posts}, switches=["collect_id_numbers"])
    day = date(2026, 1, 10)
    report = allowance(data, YN, parameters(YN, day), day)
    assert report.totals["persons"] == persons
    assert {"疑似同一人，待确认" in row.reason for row in report.persons} == {suspected}


def test_id_numbers_are_masked():
    posts = [{"姓名": "张三", "人员编号": "110101195608150012", "本期已发金额": "3600.00"}]
    report = report_of(YZ, tables={"post": posts})
    assert report.persons[0].person == "110101********0012"
    assert "19560815" not in repr(report)


def test_a_refused_unit_sheet_is_not_an_empty_cell():
    posts = """
    姓名 | 职务           | 人员身份         | 本期已发金额
    甲   | 学习小组副组长 | 离退休非中共党员 | 2520.00
    """
    report = report_of(YN, posts, refused={"unit": [{"单位": "甲单位"}]})
    assert report.persons[0].reason == "学习小组副组长补贴标准无法读取，《单位情况》有错误没有并入"
    assert report.units["甲单位"]["standard_level"] == "无法判定"


def test_an_unknown_organisation_is_undetermined():
    data = dataset(YZ, 2023, {"post": cells("姓名 | 本期已发金额\n甲 | 3600.00")})
    data.tables["party_org"] = data.tables["party_org"].iloc[:0]
    day = date(2024, 1, 10)
    row = allowance(data, YZ, parameters(YZ, day), day).persons[0]
    assert (row.level, row.due) == ("无法判定", None)
    assert row.reason == "党组织“01”不在《党组织情况》中，不能判断是否计发"


def test_months_and_shares_are_the_trace():
    posts = """
    姓名 | 任职日期   | 本期已发金额
    甲   | 2023-11-15 | 460.00
    """
    row = report_of(YZ, posts, overrides={"month_rule": "daily"}).persons[0]
    assert row.monthly == (("2023-11", Decimal("160.00")), ("2023-12", Decimal("300.00")))
    assert row.shares == ("16/30", "1")
    assert (row.months, row.rate) == (Decimal("1.533"), Decimal("300"))


@pytest.mark.parametrize("post", ["书记", "副书记", "委员"])
def test_a_post_of_the_committee_is_not_judged_under_the_clause_on_group_leaders(post):
    """FIG-28; YN-02-i: 学习小组组长、副组长……分别比照离退休干部党支部书记、委员落实工作补贴."""
    report = report_of(YN, f"姓名 | 职务 | 本期已发金额\n甲 | {post} | 0.00")
    own = [result for result in report.results if result.clause == "YN-02-i"]
    assert {result.level for result in own} == {"不适用"}
    assert [row.post for row in report.persons] == [post], "the money is still listed"
    leader = report_of(YN, f"姓名 | 职务 | 本期已发金额\n甲 | {post} | 0.00\n乙 | 学习小组组长 | 0.00")
    assert {result.level for result in leader.results if result.clause == "YN-02-i"} >= {"不达标"}


def test_parameters_are_printed_with_their_changes():
    third = load_policy(FOLDER / "third_policy")
    data = dataset(third, 2024, {"post": cells("姓名 | 职务 | 本期已发金额\n甲 | 片区长 | 1.00")})
    day = date(2025, 1, 10)
    shown = allowance(data, third, parameters(third, day, {"deputy_ratio": "0.5"}), day).parameters
    assert shown["area_rate"] == ("2024-01-01起 200；2024-07-01起 240.50", "TP-1")
    assert shown["deputy_ratio"] == ("0.5", "批次设置")
    assert shown["month_rule"] == ("first_day", "TP-1")
    assert report_of(YN).parameters["std_secretary"] == ("未设定", "YN-02-i")


def test_sums_that_differ_stop_the_computation(monkeypatch):
    from toolkit.compute.allowance import engine

    monkeypatch.setattr(engine, "totals", lambda *_: {"due": Decimal("1.00"), "paid": Decimal("0.00")})
    with pytest.raises(XltoolError, match="ALW-001") as caught:
        report_of(YZ)
    assert caught.value.exit_code == 3


def test_an_unknown_month_rule_is_said():
    policy = replace(YZ)
    settings = parameters(policy, date(2024, 1, 10))
    settings.overrides["month_rule"] = "weekly"
    with pytest.raises(XltoolError, match="ALW-002") as caught:
        allowance(dataset(policy, 2023, {}), policy, settings, date(2024, 1, 10))
    assert caught.value.exit_code == 2


BLOCK = {
    "regime": "floor_with_pool",
    "posts": {"书记": "subsidy_std_secretary"},
    "floor_parameter": "secretary_minimum",
    "clauses": {"amount": "YZ-S4-l"},
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"regime": "other"}, "“regime”只能是"),
        ({"posts": {}}, "“posts”至少要有一项职务"),
        ({"pots": {}}, "不认识的键“pots”"),
        ({"tie_order": ["委员"]}, "“tie_order”应恰好列出"),
        ({"clauses": {}}, "“clauses”缺少“amount”"),
        ({"clauses": {"amount": "YZ-9"}}, "没有条款“YZ-9”"),
        ({"floor_parameter": "nothing"}, "政策包没有参数“nothing”"),
        ({"floor_parameter": ""}, "要有最低标准"),
        ({"regime": "highest_post_only", "floor_parameter": "", "posts": {"书记": {}}}, "职务“书记”没有标准"),
        ({"posts": {"书记": {"rate": "x"}}}, "不认识的键“rate”"),
        ({"ceiling": {"书记": {"of": "组长", "ratio_parameter": "secretary_minimum"}}}, "“of”应为“posts”里的一项职务"),
    ],
)
def test_a_broken_block_is_refused_with_its_place(change, problem):
    policy = replace(YZ, allowance={**BLOCK, **change})
    with pytest.raises(DefinitionError, match=problem) as caught:
        rules_of(policy)
    assert caught.value.line > 1


def test_the_block_without_extras_is_enough():
    rules = rules_of(replace(YZ, allowance=BLOCK))
    assert rules.posts["书记"].floor == "secretary_minimum"
    assert rules.in_service == tuple(defaults()["in_service"])


def test_every_sentence_is_used_and_every_code_is_written():
    import re

    from toolkit.model.catalogue import FOLDER as MESSAGES
    from toolkit.model.strictyaml import load

    source = MESSAGES.parent / "compute"
    text = "".join(path.read_text(encoding="utf-8") for path in [*source.glob("allowance/*.py"), source / "months.py"])
    assert set(re.findall(r'"(ALW-\d{3})"', text)) == set(load(MESSAGES / "allowance.yaml"))


def test_the_first_post_may_be_kept_instead_of_the_highest():
    posts = """
    姓名 | 职务           | 人员身份   | 是否领取补贴 | 本期已发金额
    甲   | 副书记         | 离退休党员 | 是           | 2520.00
    甲   | 委员           | 离退休党员 | 否           |
    """
    unit = [{"副书记补贴标准": "210", "委员补贴标准": "250", "单位": "甲单位"}]
    highest = report_of(YN, posts, tables={"unit": unit})
    assert {row.post: row.due for row in highest.persons} == {"副书记": Decimal(0), "委员": Decimal(3000)}
    rule = replace(YN.parameters["dup_keep"], choices=("highest", "post_order"))
    policy = replace(YN, parameters={**YN.parameters, "dup_keep": rule})
    first = report_of(policy, posts, tables={"unit": unit}, overrides={"dup_keep": "post_order"})
    assert {row.post: row.due for row in first.persons} == {"副书记": Decimal(2520), "委员": Decimal(0)}


def months_paid(effective, ends=None, year=2025):
    policy = replace(YN, effective=date.fromisoformat(effective), ends=ends, first_year=2025)
    data = dataset(policy, year, {"post": cells("姓名 | 职务 | 本期已发金额\n甲 | 书记 | 0.00")})
    (row,) = allowance(data, policy, parameters(policy, date(2028, 1, 10)), date(2028, 1, 10)).persons
    return row.months


@pytest.mark.parametrize(
    ("effective", "months"),
    [("2025-03-01", 10), ("2025-03-31", 10), ("2025-01-02", 12), ("2025-02-01", 11), ("2024-12-01", 12)],
)
def test_months_before_the_policy_are_nobodys(effective, months):
    """The 31 days are for periods of duties, not for money: in force from 1 March, January and February are not due."""
    assert months_paid(effective) == months


def test_months_after_the_policy_are_nobodys():
    assert months_paid("2025-01-02", ends=date(2025, 6, 30)) == 6


def test_half_a_month_goes_to_the_unit_with_most_days():
    """Across units, so that the right one is told to pay."""
    policy, identity = YN, "11010519491231002X"
    posts = [
        {"姓名": "甲", "职务": "书记", "任职日期": "2020-01-01", "离任日期": "2025-01-01", "本期已发金额": "0.00"},
        {"单位": "乙单位", "姓名": "甲", "职务": "学习小组组长", "任职日期": "2025-01-02", "本期已发金额": "3600.00"},
    ]
    posts = [post | {"公民身份号码": identity} for post in posts]
    data = dataset(policy, 2025, {"post": posts}, switches=("collect_id_numbers",))
    as_of = date(2026, 1, 10)
    report = allowance(data, policy, parameters(policy, as_of, {"month_rule": "half"}), as_of)
    assert len({row.number for row in report.persons}) == 1
    assert {row.unit: str(row.months) for row in report.persons} == {"甲单位": "0", "乙单位": "12"}


FOUNDED = "党组织代码 | 成立日期\n01 | {year}-06-15"


@pytest.mark.parametrize(
    ("paid", "level", "said"),
    [("3600.00", "预警", "应计12个月"), ("1800.00", "预警", "少发1800.00元"), ("1799.99", "不达标", "待核实")],
)
@pytest.mark.parametrize("policy", [YZ, YN], ids=lambda policy: policy.id)
def test_months_before_the_founding_are_asked_about(policy, paid, level, said):
    """The text is silent: the amount stands as filled in, nobody fails for these months, and they are never silent."""
    posts = f"姓名 | 党组织代码 | 本期已发金额\n甲 | 01 | {paid}"
    orgs = cells(FOUNDED.format(year=CLOSED[policy.id][0]))
    report = report_of(policy, posts, tables={"party_org": orgs})
    (row,) = report.persons
    assert (row.due, row.level) == (Decimal("3600.00"), level)
    assert (
        "早于党组织“01”的成立日期" in row.reason
        and "1800.00元是成立以前的，待核实" in row.reason
        and said in row.reason
    )
    assert any("才成立，以前的任职照填报计入" in step for step in row.steps)
    assert "党组织情况" in {one.sheet for one in row.evidence}
    if policy is YZ:
        pool = levels(report, YZ, "YZ-S4-l")["甲单位", "甲单位（统筹合计）"]
        assert pool == {"3600.00": "达标", "1800.00": "预警", "1799.99": "不达标"}[paid]


@pytest.mark.parametrize("start", ["2025-01-01", "2024-06-01"])
def test_a_founding_on_or_before_the_first_day_that_counts_asks_nothing(start):
    report = report_of(
        YN,
        "姓名 | 党组织代码 | 任职日期 | 本期已发金额\n甲 | 01 | 2020-01-01 | 3600.00",
        tables={"party_org": cells(f"党组织代码 | 成立日期\n01 | {start}")},
    )
    assert [(row.level, "成立" in row.reason) for row in report.persons] == [("达标", False)]


def test_a_founding_in_the_month_of_appointment_asks_nothing_where_no_amount_hangs_on_it():
    """In post from 3 June, set up on 15 June: under the rule of the first day July is the first month either way."""
    posts = "姓名 | 党组织代码 | 任职日期 | 本期已发金额\n甲 | 01 | 2025-06-03 | 1800.00"
    (row,) = report_of(YN, posts, tables={"party_org": cells(FOUNDED.format(year=2025))}).persons
    assert (row.due, row.level) == (Decimal("1800.00"), "达标")


def test_a_group_led_before_it_was_set_up_is_asked_about_under_the_clause_on_the_amount():
    posts = "姓名 | 人员身份 | 学习小组代码 | 职务 | 本期已发金额\n甲 | 离退休非中共党员 | X1 | 学习小组组长 | 3600.00"
    groups = cells("小组代码 | 组建日期\nX1 | 2025-04-10")
    report = report_of(YN, posts, tables={"study_group": groups, "party_org": cells(FOUNDED.format(year=2025))})
    found = {(one.clause, one.level, one.code) for one in report.results if "甲（" in one.subject}
    assert found == {("YN-02-i", "预警", "ALW-326"), ("YN-02-j", "不适用", "ALW-311"), ("YN-02-h", "达标", "ALW-501")}
    assert "1200.00元是组建以前的" in report.persons[0].reason, "the branch that the group names is younger still"


def test_who_shares_the_pool_with_months_before_a_founding_fails_for_nothing():
    """Of 甲 half the year lies before the founding; without it the unit's sum is enough, so 乙 is no breach either."""
    posts = """
    姓名 | 党组织代码 | 本期已发金额
    甲   | 01         | 2400.00
    乙   | 02         | 3000.00
    """
    report = report_of(YZ, posts, tables={"party_org": cells(FOUNDED.format(year=2023))})
    assert {row.name: row.level for row in report.persons} == {"甲": "预警", "乙": "预警"}
    assert all("待核实" in row.reason for row in report.persons)
    short = report_of(YZ, posts.replace("2400", "2399"), tables={"party_org": cells(FOUNDED.format(year=2023))})
    assert {row.name: row.level for row in short.persons} == {"甲": "预警", "乙": "不达标"}


@given(founded=st.dates(date(2024, 6, 1), date(2026, 2, 1)), paid=st.integers(0, 12), rule=st.sampled_from(RULES))
@settings(max_examples=60, deadline=None)
def test_a_day_of_founding_changes_no_amount_and_never_improves_a_level(founded, paid, rule):
    """Only 达标 becomes a question, and 不达标 one where the later months are paid in full."""
    posts = f"姓名 | 党组织代码 | 本期已发金额\n甲 | 01 | {paid * 300}.00"
    without, asked = (
        report_of(
            YN, posts, overrides={"month_rule": rule}, tables={"party_org": cells(f"党组织代码 | 成立日期\n01 | {day}")}
        )
        for day in ("2000-01-01", founded)
    )
    (plain,), (row,) = without.persons, asked.persons
    assert (row.due, row.paid, row.monthly) == (plain.due, plain.paid, plain.monthly)
    early = founded > date(2025, 1, 1) and "以前的，待核实" in row.reason
    assert (row.level, plain.level) in {
        ("预警", "达标"),
        ("预警", "不达标"),
        ("不达标", "不达标"),
        ("达标", "达标"),
        ("预警", "预警"),
    }
    assert early or row.level == plain.level
    assert founded <= date(2025, 1, 1) or founded.month == 1 or early, "never silent"


def test_who_sits_in_a_branch_that_was_dissolved_has_no_seat_for_leading_a_group():
    """YN-02-h: 党支部班子成员; the committee of a branch that is no more is none."""
    posts = """
    姓名 | 党组织代码 | 学习小组代码 | 职务         | 本期已发金额
    甲   | 01         |              | 委员         | 0.00
    甲   | 02         | X1           | 学习小组组长 | 3600.00
    """
    groups = cells("小组代码 | 撤销日期\nX1 | ")
    for end, level in (("", "达标"), ("2025-03-20", "预警")):
        orgs = cells(f"党组织代码 | 撤销日期\n01 | {end}")
        found = levels(report_of(YN, posts, tables={"party_org": orgs, "study_group": groups}), YN, "YN-02-h")
        assert found == {("甲单位", "甲（学习小组组长）"): level}
    gone = cells("小组代码 | 撤销日期\nX1 | 2025-03-20")
    found = levels(report_of(YN, posts, tables={"study_group": gone}), YN, "YN-02-h")
    assert found == {("甲单位", "甲单位"): "不适用"}, "who led a group that is no more leads none"
