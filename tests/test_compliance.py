"""Whole reports: every clause answers, what is missing is not zero, areas, roll-ups, evidence and reasons."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.compliance_data import UNIT, cells, dataset, form_of, frame, levels, of, report
from toolkit.compute.families.combined import combined_level
from toolkit.compute.indicators import ELSEWHERE, FAMILIES, compile_indicators, family_form
from toolkit.compute.prior import key_figures
from toolkit.model.catalogue import entries
from toolkit.model.errors import DefinitionError
from toolkit.model.figures import Share, UnitFigures, shares
from toolkit.model.policy import Indicator
from toolkit.model.result import LEVELS, Result
from toolkit.policies import load_policy

PACKS = (("yizheng-2022", 2023, "2024-01-10"), ("yunnan-2025", 2025, "2026-01-10"))
COMPUTED = {"yizheng-2022": 74, "yunnan-2025": 74}


@pytest.mark.parametrize(("pack", "year", "as_of"), PACKS)
def test_every_computed_clause_has_an_indicator_that_compiles_and_answers(pack, year, as_of):
    policy = load_policy(pack)
    computed = {clause.id for clause in policy.clauses.values() if clause.computable in ("yes", "aggregate")}
    assert len(policy.indicators) == COMPUTED[pack] and computed <= set(policy.indicator_of)
    found = report(dataset(pack, year=year), as_of)
    ticked = {clause for bundle in policy.bundles for clause in bundle.clauses}
    own = {item.clause for item in policy.indicators if item.family not in ELSEWHERE}
    for clause in own | ticked:
        assert levels(found, clause), clause
        assert set(levels(found, clause)) <= set(LEVELS)
    assert {result.clause for result in found.results} == own | ticked


@pytest.mark.parametrize(("pack", "year", "as_of"), PACKS)
def test_force_period_and_subject_are_those_of_the_clauses(pack, year, as_of):
    policy = load_policy(pack)
    for item in policy.indicators:
        clause = policy.clauses[item.clause]
        assert item.subject == clause.subject, item.clause
        assert clause.period in (item.period, "event"), item.clause


@pytest.mark.parametrize(("pack", "year", "as_of"), PACKS)
def test_a_unit_that_did_not_return_is_undetermined_wherever_a_clause_applies(pack, year, as_of):
    found = report(dataset(pack, year=year, returned=frozenset()), as_of)
    policy = load_policy(pack)
    for result in found.results:
        item = policy.indicator_of.get(result.clause)
        if result.unit and result.level not in ("无法判定",):
            assert result.level == "不适用"
            assert (
                (item and item.force == "I")
                or "不由" in result.reason
                or "承担" in result.reason
                or "年" in result.reason
            )
    assert found.units == (UnitFigures(UNIT.code, "未返回"),)


@pytest.mark.parametrize(("pack", "year"), [("yizheng-2022", 2022), ("yunnan-2025", 2024), ("yunnan-2025", 2028)])
def test_years_outside_the_policy_are_not_judged(pack, year):
    found = report(dataset(pack, year=year), f"{year + 1}-01-10")
    assert {result.level for result in found.results} == {"不适用"}
    own = {result.clause for result in found.results if result.unit}
    assert found.units == (UnitFigures(UNIT.code, "达标", exempt=len(own)),)


def test_themes_of_other_years_are_not_judged():
    found = report(dataset("yunnan-2025", year=2026), "2027-01-10")
    assert levels(found, "YN-00-g") == ["不适用"] and levels(found, "YN-00-h") == ["不适用"]
    assert levels(found, "YN-00-l") == ["无法判定"] and levels(found, "YN-08-g") == ["无法判定"]


def test_area_clauses_are_judged_once_and_not_for_units():
    bureau = replace(UNIT, code="530000", name="某省委老干部局", level="省级", speaks=True)
    events = [
        {"event_type": "党务干部培训", "event_date": "2025-06-01", "_unit": "530000"},
        {"event_type": "党务干部培训", "event_date": "2025-06-01", "_unit": UNIT.code},
    ]
    somebody = [{"stat_key": "served_total", "value": 9, "_unit": unit} for unit in ("530000", UNIT.code)]
    tables = {"event": events, "annual_stat": somebody}
    found = report(dataset("yunnan-2025", tables, year=2025, units=(bureau, UNIT)), "2026-01-10")
    assert levels(found, "YN-09-e", "530000") == ["达标"] and levels(found, "YN-09-e") == ["不适用"]
    assert levels(found, "YN-11-o", "530000") == levels(found, "YN-11-o") == ["不达标"]
    silent = replace(bureau, speaks=False)
    nobody = report(dataset("yunnan-2025", {"event": events}, year=2025, units=(silent, UNIT)), "2026-01-10")
    (area,) = of(nobody, "YN-09-e", "")
    assert (area.level, area.code) == ("无法判定", "AREA-NOBODY") and "“代表本级”" in area.reason
    assert levels(nobody, "YN-09-e") == levels(nobody, "YN-09-e", "530000") == ["不适用"]


def test_two_units_of_the_areas_level_answer_together():
    first, second = (replace(UNIT, code=code, level="县（市、区）级", speaks=True) for code in ("1", "2"))
    events = [{"event_type": "研究部署", "event_date": "2023-05-01", "_unit": "2"}]
    found = report(dataset("yizheng-2022", {"event": events}, year=2023, units=(first, second)), "2024-01-10")
    assert levels(found, "YZ-S1-i", "") == ["达标"]
    assert [levels(found, "YZ-S1-i", code) for code in ("1", "2")] == [["不适用"], ["不适用"]]
    waiting = dataset("yizheng-2022", {"event": events}, year=2023, units=(first, second), returned=frozenset({"2"}))
    assert levels(report(waiting, "2024-01-10"), "YZ-S1-i", "") == ["无法判定"]


def test_a_missing_sheet_is_not_an_empty_one():
    data = dataset("yunnan-2025", year=2025, missing={"event": frozenset({UNIT.code})})
    (result,) = of(report(data, "2026-01-10"), "YN-11-o")
    assert result.level == "无法判定" and "活动台账" in result.reason


def test_refused_rows_are_named_and_stop_a_level():
    data = dataset("yunnan-2025", year=2025, rejected={"post": [{"post_type": "党建联络员", "_row": 9}]})
    (result,) = of(report(data, "2026-01-10"), "YN-08-a")
    assert result.level == "无法判定" and "“任职与补贴”有1行" in result.reason
    assert [(item.sheet, item.row) for item in result.evidence] == [("任职与补贴", 9)]
    assert levels(report(data, "2026-01-10"), "YN-07-d") == ["不适用"]


def test_refused_statistics_stop_only_the_clauses_that_use_them():
    stats = {"chat_groups_total": 2, "chat_groups_managed": 2, "absent_unjustified": 1, "absent_criticised": 1}
    data = dataset("yunnan-2025", year=2025, stats=stats, rejected={"annual_stat": [{"stat_key": "absent_criticised"}]})
    found = report(data, "2026-01-10")
    assert levels(found, "YN-12-l") == ["无法判定"] and levels(found, "YN-11-m") == ["达标"]


def test_strict_soft_turns_a_warning_into_a_breach():
    rows = {"party_org": [{"org_code": "320001-01", "org_type": "联合党支部", "standalone": "否", "full_members": 5}]}
    data = dataset("yunnan-2025", rows, year=2025)
    assert levels(report(data, "2026-01-10"), "YN-06-a") == ["预警"]
    assert levels(report(data, "2026-01-10", {"strict_soft": True}), "YN-06-a") == ["不达标"]


def test_an_open_parameter_says_which_one_to_set():
    data = dataset("yunnan-2025", {"event": [{"event_type": "党课"}]}, year=2025)
    (result,) = of(report(data, "2026-01-10", {"group_min_nonparty": None}), "YN-02-d")
    assert result.level == "未评"
    (result,) = of(report(data, "2026-01-10", {"contact_scope": None}), "YN-13-h")
    assert result.level == "未评" and "联系" in result.reason and "批次设置" in result.reason
    assert (result.code, result.parameter) == ("PARAMETER-OPEN", "contact_scope")


def test_a_clause_that_only_lists_never_has_a_level():
    """FIG-22: YZ-2.4-b is a register; an open list, a missing sheet, an unknown attribute give it no level."""
    branch = {"org_code": "320001-01", "org_type": "党支部", "is_temporary": "否", "branch_grade": "规范"}
    branch |= {"set_date": "2010-01-01"}
    for missing in ({}, {"party_org": frozenset({UNIT.code})}):
        data = dataset("yizheng-2022", {"party_org": [branch]}, year=2023, missing=missing)
        found = report(data, "2024-01-10")
        listing = [item.clause for item in load_policy("yizheng-2022").indicators if item.force == "I"]
        assert {one.level for one in found.results if one.clause in listing} == {"不适用"}
    (result,) = of(report(dataset("yizheng-2022", {"party_org": [branch]}, year=2023), "2024-01-10"), "YZ-2.4-b")
    assert "规范1" in result.reason


@pytest.mark.parametrize(
    ("pack", "year", "clause", "bundle", "name"),
    [("yizheng-2022", 2023, "YZ-3.4-c", "YZ-3.4-a", "san_you"), ("yunnan-2025", 2025, "YN-11-c", "YN-11-a", "")],
)
def test_a_task_does_not_wait_for_the_list_of_its_items(pack, year, clause, bundle, name):
    """FIG-22: the unit has ticked the task; that the bureau has not spelled out the items is not its doing."""
    row = {"task_no": bundle, "status": "已完成", "evidence_no": "A-1"}
    data = dataset(pack, {"task": [row]}, year=year)
    settings = [None, {name or "four_mechanisms": ("甲", "乙")}]
    assert [levels(report(data, f"{year + 1}-01-10", each), clause) for each in settings] == [["达标"], ["达标"]]


@pytest.mark.parametrize("titles", [(), ("主题党日",), ("主题党日", "学习党史")])
def test_nobody_is_judged_by_a_theme_that_nobody_has_set(titles):
    """FIG-22: YN-10-d asks for a day about the theme of the year, which the province sets; no day at all fails any."""
    branch = {"org_code": "320001-01", "org_type": "党支部", "set_date": "2010-01-01"}
    days = [
        {"event_type": "主题党日", "event_date": "2025-07-01", "host_code": "320001-01", "title": title}
        for title in titles
    ]
    data = dataset("yunnan-2025", {"party_org": [branch], "event": days}, year=2025)
    (result,) = of(report(data, "2026-01-10"), "YN-10-d")
    wanted = ("未评", "theme_of_year", "COUNT-NO-THEME") if titles else ("不达标", "", "COUNT-MISSED")
    assert (result.level, result.parameter, result.code) == wanted
    assert ("当年主题党日主题" in result.reason) == bool(titles)
    (set_now,) = of(report(data, "2026-01-10", {"theme_of_year": "学习党史"}), "YN-10-d")
    assert set_now.level == ("达标" if "学习党史" in titles else "不达标")


def test_a_part_that_is_not_judged_decides_nothing():
    assert combined_level({"a": "达标", "b": "未评"}, closed=True, hard=True)[0] == "达标"
    assert combined_level({"a": "未评", "b": "不适用"}, closed=True, hard=True) == ("未评", "COMBINED-UNSET")
    assert shares(cells(["达标", "未评", "不适用"]))["据实"] == Share(1, 1)


def test_warnings_can_be_held_back_until_late_in_the_period():
    data = dataset("yunnan-2025", year=2025, stats={"served_total": 9})
    assert levels(report(data, "2025-03-01"), "YN-11-o") == ["预警"]
    held = {"warn_from_share": Decimal("0.75")}
    assert levels(report(data, "2025-03-01", held), "YN-11-o") == ["不适用"]
    assert levels(report(data, "2025-10-15", held), "YN-11-o") == ["预警"]


def test_extra_results_are_part_of_the_roll_up():
    allowance = Result(UNIT.code, "R001", "YN-02-j", "不达标", {}, "重复发放", ())
    found = report(dataset("yunnan-2025", year=2025), "2025-02-01", extra=[allowance])
    assert found.units[0].overall == "不达标" and found.units[0].hard == 1
    assert [one.reason for one in found.results if one.clause == allowance.clause] == ["重复发放"]


def test_the_roll_up_counts_a_clause_once_at_its_worst_subject():
    rows = {
        "post": [
            {
                "post_no": str(n),
                "post_type": "党建联络员",
                "person_status": status,
                "person_key": f"P{n}",
                "org_code": "x",
            }
            for n, status in enumerate(("在职党员", "离退休党员"))
        ]
    }
    found = report(dataset("yunnan-2025", rows, year=2025), "2026-01-10")
    assert levels(found, "YN-08-a") == ["达标", "不达标"]
    by_clause = {}
    for result in found.results:
        if result.unit == UNIT.code:
            by_clause.setdefault(result.clause, set()).add(result.level)
    asked = sum(not found_levels <= {"不适用", "未评"} for found_levels in by_clause.values())
    (figures,) = found.units
    assert figures.proved.asked + figures.told.asked == asked
    assert figures.hard == sum("不达标" in of_clause for of_clause in by_clause.values())
    assert figures.overall == "不达标"


def test_evidence_names_the_rows_of_the_level():
    rows = {"event": [{"event_type": "警示教育", "event_date": "2025-05-01", "_row": 17}, {"event_type": "党课"}]}
    (result,) = of(report(dataset("yunnan-2025", rows, year=2025), "2026-01-10"), "YN-11-o")
    assert [(item.file, item.sheet, item.row) for item in result.evidence] == [("单位.xlsx", "活动台账", 17)]
    assert result.figures == {"n": "1", "need": "1", "unsure": "0"}


def test_names_of_people_are_in_no_result():
    person = {"person_name": "张三丰", "person_key": "K-9", "post_type": "党建联络员", "person_status": "离退休党员"}
    rows = {"post": [{"post_no": "7", "org_code": "320001-01", **person}], "unit": [{"responsible_person": "李四光"}]}
    text = repr(report(dataset("yunnan-2025", rows, year=2025), "2026-01-10").results)
    assert "张三丰" not in text and "K-9" not in text and "李四光" not in text


def test_reasons_are_chinese_sentences_without_placeholders():
    for pack, year, as_of in PACKS:
        for result in report(dataset(pack, year=year), as_of).results:
            assert result.reason and not re.search(r"[{}]|None|nan|。$", result.reason), result


def test_every_reason_in_the_code_is_in_the_catalogue():
    folder = Path(__file__).parent.parent / "toolkit" / "compute"
    files = [*folder.glob("*.py"), *(folder / "families").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r'"([A-Z]+(?:-[A-Z]+)+)"', text)) | {"REGISTRY", "TRAINED"}
    used |= set(re.findall(r": ([A-Z]+(?:-[A-Z]+)+)", (folder / "families" / "wordings.yaml").read_text("utf-8")))
    assert {key for key in used if key not in entries()} <= {"UTF-8"}


def test_this_years_figures_are_next_years_prior():
    rows = {
        "party_org": [
            {
                "org_code": "320001-01",
                "org_type": "党支部",
                "standalone": "是",
                "full_members": 2,
                "branch_grade": "一般",
            }
        ],
        "post": [
            {"post_type": "书记", "person_status": "在职党员"},
            {"post_type": "书记", "person_status": "离退休党员"},
        ],
    }
    first = dataset("yunnan-2025", rows, year=2025, stats={"served_party": 12})
    prior = key_figures(first)
    assert prior == {
        "full_members": {"320001-01": 2},
        "branch_grade": {"320001-01": "一般"},
        "in_service_secretaries": {UNIT.code: [1, 2]},
        "stats": {UNIT.code: {"served_party": "12"}},
        "next_year": {},
    }
    rows["party_org"][0]["branch_grade"] = "规范"
    second = report(dataset("yunnan-2025", rows, year=2026, prior=prior), "2027-01-10")
    assert levels(second, "YN-06-c") == ["不达标"] and levels(second, "YN-07-e") == ["预警"]
    assert "一般→规范1" in of(second, "YN-00-o")[0].reason


def test_people_are_joined_across_workbooks_by_name_and_month_of_birth():
    other = replace(UNIT, code="320002")
    liaison = {"post_type": "党建联络员", "person_status": "在职党员", "person_name": "张三", "birth_ym": "1970-01"}
    posts = [
        {**liaison, "post_no": str(n), "person_key": f"{unit}", "org_code": f"{unit}-{n:02d}", "_unit": unit}
        for unit in (UNIT.code, other.code)
        for n in (1, 2)
    ]
    found = report(dataset("yunnan-2025", {"post": posts}, year=2025, units=(UNIT, other)), "2026-01-10")
    assert levels(found, "YN-08-d") == ["预警"] == levels(found, "YN-08-d", other.code)
    for post in posts:
        post.pop("birth_ym")
    apart = report(dataset("yunnan-2025", {"post": posts}, year=2025, units=(UNIT, other)), "2026-01-10")
    assert levels(apart, "YN-08-d") == ["达标"]


BAD = [
    ("family", {"family": "guess"}, "没有算法“guess”"),
    ("period", {"period": "monthly"}, "“period”不能是“monthly”"),
    ("key", {"args": {"lows": "2"}}, "不认识的键“lows”"),
    ("missing", {"drop": "low"}, "缺少“low”"),
    ("sheet", {"args": {"rows": {"sheet": "events"}}}, "没有表“events”"),
    ("column", {"args": {"rows": {"sheet": "event", "where": {"kind": ["党课"]}}}}, "没有列“kind”"),
    ("choice", {"args": {"rows": {"sheet": "event", "where": {"event_type": ["讲座"]}}}}, "没有“讲座”这个选项"),
    ("operator", {"args": {"rows": {"sheet": "event", "where": {"title": {"like": "x"}}}}}, "条件只能是"),
    ("parameter", {"args": {"low": {"parameter": "lowest"}}}, "没有参数“lowest”"),
    ("number", {"args": {"low": "two"}}, "“low”应为数字"),
    ("active", {"args": {"rows": {"sheet": "post", "active": ["start_date"]}}}, "“active”应为起、止两列"),
    ("applies", {"applies": {"unit_category": ("公司",)}}, "没有“公司”这个选项"),
    ("bearer", {"applies": {"bearer": ("国级",)}}, "没有层级“国级”"),
    ("area", {"subject": "city"}, "应说明由哪一级承担"),
]


@pytest.mark.parametrize(("change", "problem"), [pytest.param(*case[1:], id=case[0]) for case in BAD])
def test_a_wrong_indicator_is_an_error_with_file_and_line(change, problem):
    policy = load_policy("yunnan-2025")
    args = {
        "what": "警示教育",
        "rows": {"sheet": "event", "where": {"event_type": ["警示教育"]}},
        "low": "1",
    }
    args.update(change.get("args", {}))
    args.pop(change.get("drop", ""), None)
    facts = {key: change[key] for key in ("family", "period", "subject", "applies") if key in change}
    base = Indicator("YN-11-o", "frequency", "H", "year", "unit", args, file="pack/indicators.yaml", line=12)
    with pytest.raises(DefinitionError) as error:
        compile_indicators(replace(policy, indicators=(replace(base, **facts),)), form_of("yunnan-2025"))
    assert problem in str(error.value) and "pack/indicators.yaml 第12行" in str(error.value)


def test_wrong_statistics_and_clauses_are_errors():
    policy = load_policy("yunnan-2025")
    totals = Indicator("YN-12-l", "share", "H", "year", "unit", {"what": "x", "done": "nothing", "due": "served_total"})
    combined = Indicator("YN-00-f", "combined", "H", "2025", "unit", {"clauses": ["YN-99"]})
    for item, problem in ((totals, "没有统计指标“nothing”"), (combined, "没有条款“YN-99”")):
        with pytest.raises(DefinitionError, match=problem):
            compile_indicators(replace(policy, indicators=(item,)), form_of("yunnan-2025"))


def test_every_family_is_used_by_a_pack():
    indicators = [item for pack, _, _ in PACKS for item in load_policy(pack).indicators]
    assert {item.family for item in indicators} == {*FAMILIES, *ELSEWHERE}
    used = {family_form(item) for item in indicators} - {None}
    assert used == {form for forms in FAMILIES.values() for form in forms}


def test_tables_keep_the_types_of_the_reading():
    table = frame(form_of("yunnan-2025"), "event", [{"event_date": "2025-05-01", "attend_count": 3}], UNIT.code)
    assert str(table["event_date"].dtype) == "datetime64[s]" and str(table["attend_count"].dtype) == "Int64"


def _refused(*days):
    return {"event": [{"event_type": "情况通报", "event_date": day, "_row": 20 + at} for at, day in enumerate(days)]}


@pytest.mark.parametrize(
    ("held", "refused", "level"),
    [
        ((), ("2023-05-01", "2023-05-01"), "不达标"),
        (("2023-05-01",), ("2023-05-01", "2023-05-01"), "不达标"),
        (("2023-05-01",), ("2023-05-01", "2023-06-01"), "无法判定"),
        (("2023-05-01",), (None,), "无法判定"),
        ((), (None, "2023-05-01"), "无法判定"),
        ((), ("2023-05-01", "2023-06-01"), "无法判定"),
    ],
)
def test_doubtful_rows_of_one_day_are_one_day(held, refused, level):
    """YZ-1.3-d asks for two 情况通报; two rows of one day are one, put right or not."""
    events = [{"event_type": "情况通报", "event_date": day} for day in held]
    found = report(dataset("yizheng-2022", {"event": events}, year=2023, rejected=_refused(*refused)), "2024-01-10")
    assert levels(found, "YZ-1.3-d") == [level]


def _committee(*posts):
    org = {"org_code": "01", "org_type": "党支部", "set_date": "2016-07-01", "committee_seats": 2, "full_members": 10}
    return {"party_org": [org], "post": [{"org_code": "01", "start_date": "2020-01-01", **post} for post in posts]}


def test_one_person_in_two_posts_fills_one_seat():
    """YZ-2.2-b: 班子应配职数 is how many persons; one number is one person, two numbers are two."""
    first = {"post_type": "书记", "person_key": "R001", "person_name": "周一"}
    second = {"post_type": "委员", "person_key": "R001", "person_name": "周一"}
    for post, level in ((second, "不达标"), (second | {"person_key": "R002", "person_name": "吴二"}, "达标")):
        found = report(dataset("yizheng-2022", _committee(first, post), year=2023), "2024-01-10")
        assert levels(found, "YZ-2.2-b") == [level]
    [told] = of(report(dataset("yizheng-2022", _committee(first, second), year=2023), "2024-01-10"), "YZ-2.2-b")
    assert told.figures and "1" in told.reason


def _judged(*posts):
    [found] = of(report(dataset("yizheng-2022", _committee(*posts), year=2023), "2024-01-10"), "YZ-2.2-b")
    return found


LEAD = {"post_type": "书记", "person_key": "R001", "person_name": "周一"}
OTHER = {"post_type": "委员", "person_key": "R001", "person_name": "吴二"}
"""Another name under the same number: one of the two is wrong, and nobody knows which."""


def test_who_may_be_one_person_fills_two_seats_only_in_doubt():
    """YZ-2.2-b: two names under one number are asked about where the level hangs on it, and never two unseen."""
    found = _judged(LEAD, OTHER)
    assert (found.level, found.figures["filled"], found.figures["least"]) == ("预警", "2", "1")
    assert "请先确认" in found.reason and entries()["VACANCY-DOUBT"].suspicion and found.code == "VACANCY-DOUBT"
    assert _judged(LEAD, OTHER | {"person_key": "R002"}).level == "达标"
    third = _judged(LEAD, OTHER, OTHER | {"person_key": "R003", "person_name": "郑三"})
    assert third.level == "达标" and "疑似" not in third.reason, "two seats are filled either way"
    assert _judged(OTHER, OTHER | {"person_name": "郑三"}).level == "不达标", "no secretary either way"


def test_a_vacancy_is_as_long_as_is_certain_and_the_doubt_is_said():
    """One of two left 60 days ago; were the two one person, the committee would be short since the year began."""
    left = OTHER | {"end_date": "2023-11-11"}
    found = _judged(LEAD, left)
    assert (found.level, found.figures["days"]) == ("预警", "60") and "已空缺375天，请先确认" in found.reason
    other = _judged(LEAD, left | {"person_key": "R002"})
    assert (other.level, other.figures["days"]) == ("预警", "60") and "疑似" not in other.reason


@pytest.mark.parametrize(("births", "said"), [(("1950-01",) * 2, "2（有疑似同一人的"), (("1950-01", "1951-01"), "2")])
def test_a_number_of_persons_that_is_only_listed_says_its_doubt(births, said):
    """YN-00-r counts secretaries: persons, as they are told apart everywhere."""
    facts = {"post_type": "书记", "start_date": "2020-01-01", "person_name": "周一"}
    posts = [
        {**facts, "post_no": str(n), "person_key": f"R{n}", "birth_ym": birth} for n, birth in enumerate(births, 1)
    ]
    [found] = of(report(dataset("yunnan-2025", {"post": posts}, year=2027), "2028-01-10"), "YN-00-r")
    assert f"书记{said}" in found.reason and ("最少1人" in found.reason) == (said != "2")


def test_why_a_quarter_asks_for_contact_is_said():
    """YN-13-h: the days away in the quarter and the share from which on it is due, whatever was done."""
    row = {"direction": "流出", "out_date": "2025-02-20", "return_date": "2025-11-10", "contact_q2": 1, "contact_q3": 0}
    data = dataset("yunnan-2025", {"floating": [row]}, year=2025)
    said = [one.reason for one in of(report(data, "2026-01-10"), "YN-13-h")]
    assert [("2025-04-01至2025-06-30在外91天" in one, "2025-07-01至2025-09-30在外92天" in one) for one in said] == [
        (True, False),
        (False, True),
    ]
    assert all("不少于本季度" in one and "应当联系" in one for one in said)
