"""A total of 0, or below the number from which a duty reaches a unit, takes no duty away that other cells bear out."""

import pytest
from compliance_data import dataset, form_of, of, report

YIZHENG, YUNNAN = ("yizheng-2022", 2023), ("yunnan-2025", 2025)
NOBODY = dict.fromkeys(
    ("served_total", "served_party", "party_in_org", "served_nonparty", "nonparty_grouped", "trained_distinct"), 0
)
HERE = {"org_code": "320001-01", "org_type": "党支部", "set_date": "2010-01-01"}
GROUP = {"group_code": "320001-91", "set_date": "2010-01-01"}
MEMBERS = [
    (YIZHENG, "YZ-1.1-h"),
    (YIZHENG, "YZ-G2-b"),
    (YUNNAN, "YN-11-o"),
    (YUNNAN, "YN-12-c"),
    (YUNNAN, "YN-12-h"),
    (YUNNAN, "YN-02-c"),
    (YUNNAN, "YN-04-i"),
]
GROUPS = [(YUNNAN, clause) for clause in ("YN-11-o", "YN-12-h", "YN-04-i", "YN-02-f")]


def told(pack, clause, stats, orgs=(), groups=(), refused=(), lost=None):
    """Level and code under a clause; `refused` are rows of party_org, `lost` (row, columns) of a merged one."""
    policy, year = pack
    rows = [{"_row": 7 + n, **org} for n, org in enumerate(orgs)]
    away = [{"_row": 20 + n, **org} for n, org in enumerate(refused)]
    data = dataset(
        policy,
        {"party_org": rows, "study_group": list(groups)},
        year=year,
        stats=stats,
        rejected={"party_org": away},
        open_cells={"party_org": {(0, lost[0]): frozenset(lost[1])}} if lost else {},
    )
    (found,) = of(report(data, f"{year + 1}-01-10"), clause)
    return found.level, found.code


@pytest.mark.parametrize("case", MEMBERS, ids=lambda case: case[1])
def test_a_total_of_nobody_is_no_answer_where_branches_have_members(case):
    assert told(*case, NOBODY)[0] == "不适用"
    assert told(*case, NOBODY, [HERE | {"total_members": 12}]) == ("无法判定", "STAT-AGAINST-ROWS")
    gone, later = HERE | {"dissolve_date": "2023-05-01"}, HERE | {"set_date": "2030-01-01"}
    above = HERE | {"org_type": "党委"}
    for nobody in (gone, later, above):
        assert told(*case, NOBODY, [nobody | {"total_members": 12}])[0] == "不适用", nobody
    assert told(*case, NOBODY, [HERE | {"total_members": 0}])[0] == "不适用"


def test_the_members_of_a_temporary_branch_are_counted_elsewhere():
    temporary = HERE | {"org_type": "临时党组织", "total_members": 12}
    assert told(*MEMBERS[0], NOBODY, [temporary])[0] == "不适用"


@pytest.mark.parametrize("case", MEMBERS, ids=lambda case: case[1])
def test_a_branch_that_cannot_be_read_leaves_it_open(case):
    """Breaking what contradicts a total does not make the total certain."""
    twelve = HERE | {"total_members": 12}
    assert told(*case, NOBODY, refused=[twelve]) == ("无法判定", "ROWS-REFUSED")
    assert told(*case, NOBODY, [HERE], lost=(7, ("total_members",))) == ("无法判定", "CELLS-LOST")
    assert told(*case, NOBODY, [twelve], lost=(7, ("set_date",)))[0] == "无法判定"
    assert told(*case, NOBODY, refused=[HERE | {"total_members": 0}])[0] == "不适用", "whatever it is, it has nobody"


@pytest.mark.parametrize("case", GROUPS, ids=lambda case: case[1])
def test_a_total_of_nobody_is_no_answer_where_study_groups_have_members(case):
    assert told(*case, NOBODY)[0] == "不适用"
    assert told(*case, NOBODY, groups=[GROUP | {"group_size": 8}]) == ("无法判定", "STAT-AGAINST-ROWS")
    gone = GROUP | {"group_size": 8, "dissolve_date": "2024-05-01"}
    assert told(*case, NOBODY, groups=[gone])[0] == "不适用"


@pytest.mark.parametrize(
    "pack, clause, part, few",
    [
        (YIZHENG, "YZ-1.1-h", "party_in_org", 1),
        (YIZHENG, "YZ-2.1-b", "party_in_org", 3),
        (YIZHENG, "YZ-1.1-h", "classed_members", 1),
        (YUNNAN, "YN-02-d", "nonparty_grouped", 3),
        (YUNNAN, "YN-02-f", "nonparty_grouped", 3),
        (YUNNAN, "YN-02-b", "party_in_org", 3),
        (YUNNAN, "YN-06-a", "party_in_org", 3),
        (YUNNAN, "YN-12-h", "trained_distinct", 1),
        (YUNNAN, "YN-12-h", "party_in_org", 1),
    ],
)
def test_a_whole_is_no_less_than_its_parts(pack, clause, part, few):
    assert told(pack, clause, NOBODY)[0] == "不适用"
    assert told(pack, clause, NOBODY | {part: few - 1})[0] == "不适用" if few > 1 else True
    assert told(pack, clause, NOBODY | {part: few}) == ("无法判定", "STAT-AGAINST-PART")


def test_the_reason_names_both_numbers():
    data = dataset("yizheng-2022", {"party_org": [HERE | {"total_members": 12}]}, year=2023, stats=NOBODY)
    (found,) = of(report(data, "2024-01-10"), "YZ-1.1-h")
    assert found.reason == "“其中：中共党员数”填的是0，“党组织情况”表里有12人，互相矛盾，不能判定"
    assert [one.sheet for one in found.evidence] == ["年度汇总数", "党组织情况"]


@pytest.mark.parametrize("case", [MEMBERS[0], MEMBERS[2], MEMBERS[3]], ids=lambda case: case[1])
def test_a_row_or_a_sheet_that_is_not_there_is_no_number(case):
    """A total whose row is missing is as unknown as an empty one; so is one whose whole sheet is missing."""
    (policy, year), clause = case
    assert told(*case, {"visit_due": 3}) == ("无法判定", "REACH-UNKNOWN")
    missing = {"annual_stat": frozenset({"320001"})}
    (found,) = of(report(dataset(policy, year=year, missing=missing), f"{year + 1}-01-10"), clause)
    assert (found.level, found.code) == ("无法判定", "SHEET-MISSING")
    assert form_of(policy).by_name["annual_stat"].label in found.reason


@pytest.mark.parametrize(
    "pack, clause, stats, row",
    [
        (YIZHENG, "YZ-3.4-d", ("served_lixiu", "lixiu_plan_done"), {"cadre_type": "离休"}),
        (YUNNAN, "YN-01-i", ("retired_this_year", "retired_honored"), {"retire_date": "2025-06-01"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_total_of_nobody_is_no_answer_where_the_roster_names_somebody(pack, clause, stats, row):
    policy, year = pack

    def level(members=(), refused=()):
        data = dataset(
            policy,
            {"member": [{"record_status": "在册"} | one for one in members]},
            rejected={"member": [{"record_status": "在册"} | one for one in refused]},
            year=year,
            stats=dict.fromkeys(stats, 0),
        )
        (found,) = of(report(data, f"{year + 1}-01-10"), clause)
        return found.level, found.code

    other = {"cadre_type": "退休"}
    assert level() == level([other]) == level([row | {"record_status": "已注销"}]) == ("不适用", "COVER-NONE")
    assert level([other, other | row]) == ("无法判定", "STAT-AGAINST-ROWS")
    assert level(refused=[row]) == ("无法判定", "ROWS-REFUSED")
