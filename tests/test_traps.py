"""The twelve traps of the calculations, each by its number, and the worked examples, none of them missing.

What a trap says in full stands in the YAML examples; here each is caught once by its shortest case.
"""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from compliance_data import UNIT, dataset, levels, report

from toolkit.compute.families.organisation_form import possible_forms
from toolkit.model import strictyaml
from toolkit.model.unit import Unit
from toolkit.policies import load_policy, policy_ids

YZ, YN = "yizheng-2022", "yunnan-2025"
FOLDER = Path(__file__).parent / "compute"
PROVINCE = Unit("530000", "省委老干部局", "机关", "省级", speaks=True)
WORKED = {"C1": 15, "C2": 11, "C3": 13, "C4": 9, "C5": 6, "C6": 10, "C8": 8, "C9": 1, "C10": 7}
"""Group → number of its last example; C7, C11, C12 and C13 have one number each."""
SINGLE = {"C7": 9, "C11": 6, "C12": 1, "C13": 5}


def numbers():
    """How often each example number stands in the YAML files; a range counts for each of its numbers."""
    found = Counter()
    for path in sorted(FOLDER.glob("*_c*.yaml")):
        for example in strictyaml.plain(strictyaml.load(path))["examples"]:
            first, _, last = example["no"].partition("—")
            group, _, start = first.partition(".")
            if last:
                found.update(f"{group}.{n}" for n in range(int(start), int(last.partition(".")[2]) + 1))
            else:
                found[first] += 1
    return found


def test_every_worked_example_is_there():
    found = numbers()
    missing = [
        f"{group}.{n}" for group, last in WORKED.items() for n in range(1, last + 1) if not found[f"{group}.{n}"]
    ]
    assert missing == [] and found["C4.3b"] == 1
    assert {group: found[group] for group in SINGLE if found[group] < SINGLE[group]} == {}
    assert (found["C1.8"], found["C2.1"], found["C6.7"], found["C10.2"]) >= (4, 7, 5, 4)


def judged(policy_id, clause, tables=None, *, year, as_of, unit=UNIT, **more):
    """Levels of one unit under one clause."""
    return levels(report(dataset(policy_id, tables, year=year, units=(unit,), **more), as_of), clause, unit.code)


def events(kind, *days, **more):
    """Events of the unit on some days."""
    return {"event": [{"host_code": UNIT.code, "event_type": kind, "event_date": day, **more} for day in days]}


def test_trap_1_fifty_allows_two_forms_and_a_hundred_one():
    assert possible_forms(50, 50) == ("党支部", "党总支") and possible_forms(100, 100) == ("党总支",)


def test_trap_2_the_lower_limit_counts_full_members_the_upper_ones_all():
    assert possible_forms(2, 60) == () and possible_forms(49, 50) == ("党支部", "党总支")
    assert possible_forms(50, 51) == ("党总支",)


@pytest.mark.parametrize(("day", "level"), [("2023-12-31", "预警"), ("2024-01-01", "不达标")])
def test_trap_3_a_deadline_day_is_still_open(day, level):
    assert judged(YZ, "YZ-1.3-d", events("情况通报", "2023-03-01"), year=2023, as_of=day) == [level]


def test_trap_4_one_to_two_visits_is_the_only_two_sided_count():
    two_sided = [one.clause for name in policy_ids() for one in load_policy(name).indicators
                 if one.family == "frequency" and "high" in one.args]  # fmt: skip
    assert two_sided == ["YZ-1.3-f"]


def deputy(policy_id):
    """A branch with an in-service deputy secretary and no liaison."""
    known = {"org_code": "320001-01", "org_type": "党支部", "standalone": "是", "set_date": "2010-01-01"}
    known |= {"is_temporary": "否"} if policy_id == YZ else {}
    post = {"org_code": "320001-01", "post_type": "副书记", "person_status": "在职党员", "start_date": "2020-01-01"}
    return {"party_org": [known], "post": [post | {"person_key": "P"}]}


def test_trap_5_an_in_service_deputy_is_enough_in_yizheng_not_in_yunnan():
    assert judged(YZ, "YZ-2.2-h", deputy(YZ), year=2025, as_of="2026-01-10") == ["达标"]
    assert judged(YN, "YN-08-f", deputy(YN), year=2025, as_of="2026-01-10") == ["不达标"]


def test_trap_6_attendances_are_no_coverage():
    rows = events("全覆盖培训", "2025-03-01", "2025-04-01", attend_count=100)
    stats = {"trained_distinct": 117, "served_total": 118}
    assert judged(YN, "YN-04-i", rows, year=2025, as_of="2026-01-10", stats=stats) == ["不达标"]


def test_trap_7_two_posts_in_one_month_are_one_allowance():
    from allowance_data import cells, parameters
    from allowance_data import dataset as posts_of

    from toolkit.compute.allowance import allowance

    policy, day = load_policy(YN), date(2026, 1, 10)
    posts = cells("姓名 | 职务 | 本期已发金额\n甲 | 书记 | 3600\n甲 | 学习小组组长 | 3600")
    data = posts_of(policy, 2025, {"post": posts})
    found = allowance(data, policy, parameters(policy, day), day)
    assert found.totals["due"] == 3600 and {one.level for one in found.persons} == {"不达标"}


def test_trap_8_one_event_for_two_rules_but_not_twice_for_one():
    both = events("情况通报", "2023-03-01", also_counts_as="党课", speaker_role="党委（党组）书记")
    assert judged(YZ, "YZ-1.1-h", both, year=2023, as_of="2024-01-10") == ["达标"]
    twice = events("情况通报", "2023-03-01", also_counts_as="情况通报")
    assert judged(YZ, "YZ-1.3-d", twice, year=2023, as_of="2024-01-10") == ["不达标"]


@pytest.mark.parametrize(("policy_id", "clause", "year"), [(YZ, "YZ-1.3-d", 2022), (YN, "YN-11-o", 2024)])
def test_trap_9_years_before_the_policy_are_not_judged(policy_id, clause, year):
    assert judged(policy_id, clause, year=year, as_of=date(year + 1, 1, 10)) == ["不适用"]


PROVINCIAL = ("YN-05-d", "YN-07-f", "YN-08-i", "YN-09-e", "YN-10-c")


def test_trap_10_what_only_the_province_or_the_city_bears_is_not_for_units():
    for policy_id, clauses in ((YN, PROVINCIAL), (YZ, ("YZ-S1-i", "YZ-S2-g", "YZ-S2-h"))):
        for clause in clauses:
            assert set(judged(policy_id, clause, year=2025, as_of="2028-01-10")) == {"不适用"}, clause


def test_trap_11_secretaries_liaisons_and_branches_are_three_targets():
    tagged = [{"post_type": "书记", "programme_tag": "省级培育书记", "person_key": f"P{n}"} for n in range(100)]
    rows = {"post": [{"org_code": "530000-01", "start_date": "2025-01-01", **one} for one in tagged]}
    facts = {"year": 2027, "as_of": "2028-01-05", "unit": PROVINCE}
    found = {clause: judged(YN, clause, rows, **facts) for clause in ("YN-07-f", "YN-08-i", "YN-10-c")}
    assert found == {"YN-07-f": ["达标"], "YN-08-i": ["不达标"], "YN-10-c": ["不达标"]}


def test_trap_12_a_page_number_is_no_text():
    quotes = [clause.quote for name in policy_ids() for clause in load_policy(name).clauses.values()]
    assert len(quotes) == 382 and not [quote for quote in quotes if "—5—" in quote or "— 5 —" in quote]
