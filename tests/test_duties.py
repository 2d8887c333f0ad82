"""Who bears what: 层级 takes no duty away, 代表本级 only adds, every clause is borne by those whom its text names."""

import io
import json
from dataclasses import replace
from functools import cache
from itertools import product

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compliance_data import UNIT, dataset, form_of, levels, of, report
from tests.rounds import Round
from toolkit.campaign.unit_list import read_unit_list, unit_list_workbook
from toolkit.cli import main_group
from toolkit.compute.families.checklist import ticks
from toolkit.compute.indicators import compile_indicators
from toolkit.distribute import form_for
from toolkit.model.duties import area_levels, attribute, bundles_for, refusal
from toolkit.model.errors import XltoolError
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy
from toolkit.sample.story import FLAWLESS

PACKS = {"yizheng-2022": (2023, "2024-01-10"), "yunnan-2025": (2025, "2026-01-10")}
PACK = pytest.mark.parametrize("pack", PACKS)
DEPARTMENT, COUNTY, PROVINCE = "部门（单位）", "县（市、区）级", "省级"
OWN = {"yizheng-2022": COUNTY, "yunnan-2025": PROVINCE}
"""The level whose area the pack's own duties of an area belong to."""

BY_BEARER = ("OTHER-BEARER", "NOT-SPEAKING", "OTHER-AREA", "AREA-SHARED")
"""Codes of the reasons why a clause is not a unit's."""


@cache
def compiled(pack):
    policy = load_policy(pack)
    return (*compile_indicators(policy, form_of(pack)), *ticks(policy))


def borne(pack, unit):
    """The clauses with a level that a unit bears."""
    found = (item for item in compiled(pack) if not item.information)
    return {item.clause for item in found if refusal(item.duty, lambda name: attribute(unit, name)) is None}


def every_kind(pack):
    lists = form_of(pack).code_lists
    for level, category, speaks in product(lists["admin_level"], lists["unit_category"], (False, True)):
        yield replace(UNIT, level=level, category=category, speaks=speaks)


@PACK
@pytest.mark.parametrize("level", [COUNTY, PROVINCE, "州（市）级"])
def test_a_department_listed_at_a_higher_level_keeps_its_ordinary_duties(pack, level):
    """FIG-15: listed as 县级 it was exempt from 116 to 146 of 161 clauses, and shown with 93 % 达标."""
    year, as_of = PACKS[pack]
    plain = report(dataset(pack, year=year), as_of)
    raised = report(dataset(pack, year=year, units=(replace(UNIT, level=level),)), as_of)
    own = [one for one in plain.results if one.unit]
    assert [one.level for one in raised.results if one.unit] == [one.level for one in own]
    applicable = {one.clause for one in own if one.level != NOT_APPLICABLE}
    assert len(applicable) >= 80


@pytest.mark.rounds
@PACK
def test_a_whole_round_in_which_all_is_done_is_met_and_a_department_at_county_level_bears_the_same(pack, tmp_path):
    """Through the command line, under default parameters: workbooks in, 总评 out."""
    as_of = PACKS[pack][1]

    def two_departments(units):
        own = [replace(unit, category="机关", speaks=False) for unit in units[2:4]]
        return [*units[:2], replace(own[0], level=DEPARTMENT), replace(own[1], level=COUNTY)]

    made = Round(tmp_path / "批次", 4, pack, pick=two_departments)
    made.issue()
    for unit in made.units[2:]:
        filled = made.returns.story(unit, FLAWLESS)
        path = made.campaign.inbox / made.returns.names[unit.code]
        path.write_bytes(made.returns.workbook(unit, filled.cells))
    answer = CliRunner().invoke(main_group, ["compliance", str(made.campaign.folder), "--as-of", as_of, "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    *_, plain, county = told["units"]
    assert plain["overall"] == county["overall"] == "达标"
    assert plain["hard"] == plain["open"] == plain["soft"] == county["soft"] == 0
    outside = [
        {one["clause"] for one in told["results"] if one["unit"] == unit.code and one["code"] in BY_BEARER}
        for unit in made.units[2:]
    ]
    assert outside[0] == outside[1] and len(borne(pack, made.units[3])) > 80


@PACK
def test_a_speaker_bears_the_duties_of_its_area_besides_its_own(pack):
    level = OWN[pack]
    silent, speaker = (replace(UNIT, level=level, speaks=speaks) for speaks in (False, True))
    more = borne(pack, speaker) - borne(pack, silent)
    assert borne(pack, silent) == borne(pack, UNIT) < borne(pack, speaker)
    assert more == {item.clause for item in compiled(pack) if level in area_levels((item.duty,))}
    assert len(more) == {"yizheng-2022": 17, "yunnan-2025": 8}[pack]


@PACK
def test_speaking_never_removes_a_duty_and_the_level_alone_changes_none(pack):
    for unit in every_kind(pack):
        silent = borne(pack, replace(unit, speaks=False))
        assert silent <= borne(pack, replace(unit, speaks=True)), unit
        assert silent == borne(pack, replace(unit, speaks=False, level=DEPARTMENT)), unit


AREA_BODIES = {
    "yizheng-2022": {"市委", "市委组织部", "市委宣传部", "市融媒体中心", "市委离退休干部工委", "组织部门", "同级财政"}
    | {"离退休干部工委书记", "离退休干部工委（老干部局）", "市退役军人事务局"},
    "yunnan-2025": {"省级层面", "省委组织部", "省委老干部局"},
}
"""Bodies of the pack's own area, as its clauses name those who bear them."""
KINDS = {
    "国有企业": {"国有企业"},
    "国有企业党组织": {"国有企业"},
    "国有企业退休干部党员": {"国有企业"},
    "机关": {"机关"},
    "事业单位": {"事业单位"},
    "园镇": {"园镇"},
    "村（社区）": {"村（社区）"},
    "机关事业单位离退休干部党组织": {"机关", "事业单位"},
}
READ_OTHERWISE = {
    "YZ-S2-d": "园镇党组织;村、社区党组织: the town code is filled in by the community",
    "YN-05-a": "各地各部门 (推定), subject province: joining the platforms of all levels is the province's",
    "YN-05-b": "各地各部门 (推定), subject province: as YN-05-a",
    "YN-05-e": "省级;州（市）级;县（市、区）级;部门（单位）: how training is organised over the levels, judged once",
}


@PACK
def test_the_clauses_are_borne_by_those_whom_the_text_names(pack):
    policy, lists, wrong = load_policy(pack), form_of(pack).code_lists, []
    area = replace(UNIT, level=OWN[pack], speaks=True)
    for item in compiled(pack):
        named = set(policy.clauses[item.clause].duty_bearer.split(";"))
        if item.information or item.clause in READ_OTHERWISE:
            continue
        whole = named <= AREA_BODIES[pack]
        kinds = set().union(*(KINDS.get(name, set()) for name in named)) if named <= set(KINDS) else set()
        for category in lists["unit_category"]:
            ordinary = not whole and (not kinds or category in kinds)
            for unit, bears in ((replace(UNIT, category=category), ordinary), (replace(area, category=category), True)):
                expected = bears if unit.speaks and whole else ordinary
                if (item.clause in borne_by(pack, unit)) != expected:
                    wrong.append((item.clause, category, unit.speaks, sorted(named)))
    assert wrong == []


@cache
def borne_by(pack, unit):
    return borne(pack, unit)


COUNTS = {
    ("yizheng-2022", "机关"): (109, 126),
    ("yizheng-2022", "国有企业"): (113, 130),
    ("yizheng-2022", "园镇"): (109, 126),
    ("yizheng-2022", "村（社区）"): (110, 127),
    ("yizheng-2022", "人民团体"): (108, 125),
    ("yunnan-2025", "机关"): (114, 122),
    ("yunnan-2025", "国有企业"): (113, 121),
}
"""Pack and category → clauses with a level borne by any unit, and by the one that speaks for the pack's own area."""


@pytest.mark.parametrize(("pack", "category"), COUNTS)
def test_how_many_clauses_every_combination_bears(pack, category):
    ordinary, speaking = COUNTS[pack, category]
    for unit in every_kind(pack):
        if unit.category == category:
            more = unit.speaks and unit.level == OWN[pack]
            assert len(borne_by(pack, unit)) == (speaking if more else ordinary), unit


@settings(max_examples=15, deadline=None)
@given(
    pack=st.sampled_from(sorted(PACKS)),
    kinds=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), st.booleans()), min_size=1, max_size=4),
    changed=st.integers(0, 5),
    done=st.booleans(),
)
def test_changing_a_level_changes_results_only_through_duties(pack, kinds, changed, done):
    """A result whose duty stays keeps its level; one whose duty goes is 不适用; none becomes 无法判定 by it."""
    lists, (year, as_of) = form_of(pack).code_lists, PACKS[pack]
    before = tuple(
        Unit(f"{n}", f"第{n}局", lists["unit_category"][category], lists["admin_level"][level], speaks=speaks)
        for n, (level, category, speaks) in enumerate(kinds)
    )
    after = (replace(before[0], level=lists["admin_level"][changed]), *before[1:])
    tasks = [
        {"task_no": bundle.task_no, "status": "已完成" if done else "进行中", "evidence_no": "A-1", "_unit": unit.code}
        for unit in before
        for bundle in load_policy(pack).bundles
    ]
    tables = {"task": tasks, "event": [{"event_type": "研究部署", "event_date": f"{year}-05-01", "_unit": "0"}]}
    first, second = (report(dataset(pack, tables, year=year, units=units), as_of) for units in (before, after))
    by_place = {(one.unit, one.clause, one.subject): one for one in first.results}
    ordinary = {item.clause for item in compiled(pack) if not area_levels((item.duty,)) and not item.area}
    for one in second.results:
        if one.clause in ordinary and one.unit == "0" and one.clause != "YN-05-g":
            assert one.level == by_place[one.unit, one.clause, one.subject].level, one
        elif one.level == UNDETERMINED and one.unit == "0":
            assert one.clause in borne(pack, after[0]) and one.code != "UNKNOWN-ATTRIBUTE", one


def test_the_task_list_of_a_department_at_county_level_has_the_ordinary_rows():
    """Another place where 层级 decided: the rows of the issued workbook, and whether an empty sheet is asked about."""
    policy, form = load_policy("yizheng-2022"), form_of("yizheng-2022")
    department, county = UNIT, replace(UNIT, level=COUNTY)
    speaker = replace(county, speaks=True)
    assert form_for(form, policy, county).by_name["task"] == form_for(form, policy, department).by_name["task"]
    extra = {bundle.level for bundle in set(bundles_for(policy, speaker)) - set(bundles_for(policy, county))}
    assert extra == {"市级"} and set(bundles_for(policy, county)) < set(bundles_for(policy, speaker))


def test_only_who_speaks_for_a_level_must_hold_its_training_itself():
    """YN-05-g 省级示范培训、州（市）级重点培训、县（市、区）级普遍培训: a department that stands there holds none."""
    posts = [
        {
            "post_type": "书记",
            "person_key": "P1",
            "post_no": "1",
            "start_date": "2020-01-01",
            "trained_date": "2025-05-01",
        }
    ]
    for speaks, expected in ((False, ["达标"]), (True, ["达标", "不达标"])):
        unit = replace(UNIT, level=COUNTY, speaks=speaks)
        found = report(dataset("yunnan-2025", {"post": posts}, year=2025, units=(unit,)), "2026-01-10")
        assert sorted(levels(found, "YN-05-g"), reverse=True) == sorted(expected, reverse=True)


def test_a_round_below_leaves_the_duties_of_the_level_above_to_it():
    """FIG-16: a prefecture's round said 无法判定 for the six clauses of the province."""
    bureau = Unit("1", "某州委老干部局", "机关", "州（市）级", speaks=True)
    office = Unit("2", "某州教育局", "机关", "州（市）级")
    for units in ((bureau, office), (office,)):
        found = report(dataset("yunnan-2025", year=2025, units=units), "2026-01-10")
        area = [one for one in found.results if not one.unit and one.code == "UPPER-LEVEL"]
        assert {one.clause for one in area} == {"YN-05-d", "YN-05-e", "YN-07-f", "YN-08-i", "YN-09-e", "YN-10-c"}
        assert {one.level for one in area} == {NOT_APPLICABLE} and all("由省级评定" in one.reason for one in area)
    told = {one.code for one in found.results if one.clause == "YN-07-f" and one.unit}
    assert told == {"NOT-SPEAKING"}
    standing = report(dataset("yunnan-2025", year=2025, units=(replace(office, level=PROVINCE),)), "2026-01-10")
    (area,) = of(standing, "YN-07-f", "")
    assert (area.level, area.code) == (UNDETERMINED, "AREA-NOBODY") and "填“是”" in area.reason


def test_reasons_name_the_column_and_what_stands_there():
    town = replace(UNIT, category="园镇")
    found = report(dataset("yizheng-2022", year=2023, units=(town,)), "2024-01-10")
    (result,) = of(found, "YZ-S4-c")
    assert result.code == "OTHER-BEARER" and "单位类别" in result.reason and "园镇" in result.reason
    (result,) = of(found, "YZ-2.2-e")
    assert result.code == "NOT-SPEAKING" and "“代表本级”是“否”" in result.reason and COUNTY in result.reason
    prefecture = replace(UNIT, level="州（市）级", speaks=True)
    (result,) = of(report(dataset("yizheng-2022", year=2023, units=(prefecture,)), "2024-01-10"), "YZ-2.2-e")
    assert result.code == "OTHER-AREA" and "州（市）级" in result.reason


HEAD = ["单位代码", "单位全称", "单位类别", "层级"]


def written(tmp_path, *rows, head=HEAD):
    path, book = tmp_path / "名录.xlsx", openpyxl.Workbook()
    book.active.title = "单位名录"
    for row in (head, *rows):
        book.active.append(list(row))
    book.save(path)
    return path


def test_a_list_without_the_column_keeps_working_and_nobody_speaks(tmp_path):
    units = read_unit_list(written(tmp_path, ["1", "甲", "机关", COUNTY]), form_of("yizheng-2022"))
    assert not units.asks_speakers and [unit.speaks for unit in units] == [False]
    assert units.places["1"]["level"] == "D2" and "speaks" not in units.places["1"]


def test_the_column_is_read_written_and_explained(tmp_path):
    form = form_of("yizheng-2022")
    path = written(
        tmp_path,
        ["1", "甲", "机关", COUNTY, "是"],
        ["2", "乙", "机关", COUNTY, ""],
        ["3", "丙", "机关", COUNTY, "否"],
        head=[*HEAD, "代表本级"],
    )
    units = read_unit_list(path, form)
    assert units.asks_speakers and [unit.speaks for unit in units] == [True, False, False]
    assert units.places["1"]["speaks"] == "E2"
    data = unit_list_workbook(units, form)
    path.write_bytes(data)
    assert read_unit_list(path, form).units == units.units
    book = openpyxl.load_workbook(io.BytesIO(data))
    rules = {str(rule.sqref): rule for rule in book["单位名录"].data_validations.dataValidation}
    (rule,) = [rule for rule in rules.values() if rule.promptTitle == "代表本级"]
    assert rule.formula1 == '"是,否"' and "整个辖区" in rule.prompt
    text = "\n".join(str(row[0]) for row in book["填写说明"].iter_rows(values_only=True))
    assert "代表本级" in text and "由省级评定" in text


@pytest.mark.parametrize(("level", "said"), [(COUNTY, "常常"), (DEPARTMENT, "是")])
def test_what_cannot_speak_is_refused_with_what_to_do(tmp_path, level, said):
    path = written(tmp_path, ["1", "甲", "机关", level, said], head=[*HEAD, "代表本级"])
    with pytest.raises(XltoolError, match=r"U003.*代表本级"):
        read_unit_list(path, form_of("yizheng-2022"))


def test_a_list_made_of_returns_takes_the_column_from_the_workbooks():
    """Files without a round have no unit list; what was issued filled in stands in the workbooks."""
    row = {"unit_code": "9", "_unit": "9", "admin_level": COUNTY, "speaks_for_area": "是"}
    event = {"event_type": "研究部署", "event_date": "2023-05-01", "_unit": "9"}
    data = dataset("yizheng-2022", {"unit": [row], "event": [event]}, year=2023, returned=frozenset({"9"}))
    data = replace(data, units=UnitList())
    assert levels(report(data, "2024-01-10"), "YZ-S1-i", "9") == ["达标"]
