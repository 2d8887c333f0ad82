"""Whom a duty reaches, where rows of the unit say whether there is somebody: of the year, and as far as can be read."""

import pytest
from compliance_data import dataset, form_of, of, report

from toolkit.policies import load_policy

CASES = [("yunnan-2025", "YN-12-d", 2025), ("yizheng-2022", "YZ-S4-j", 2023)]
"""到离退休干部党组织调研; 党组织活动经费."""
SINCE, UNTIL = "set_date", "dissolve_date"


def level(policy, clause, year, orgs=(), refused=(), lost=(), stats=None):
    """Level and code of the unit under a clause for which nothing was done; `lost` are columns of the last row."""
    made = [{"org_type": "党支部", SINCE: "2010-01-01", "_row": 7 + n, **org} for n, org in enumerate(orgs)]
    away = [{"org_type": "党支部", SINCE: "2010-01-01", "_row": 20 + n, **org} for n, org in enumerate(refused)]
    last = [*made, *away][-1:]
    for row in last:
        row.update(dict.fromkeys(lost))
    cells = {"party_org": {(0, row["_row"]): frozenset(lost) for row in last}} if lost else {}
    data = dataset(
        policy, {"party_org": made}, year=year, rejected={"party_org": away}, open_cells=cells, stats=stats or {}
    )
    assert load_policy(policy).indicator_of[clause]
    (found,) = of(report(data, f"{year + 1}-01-10"), clause)
    return found.level, found.code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1])
def test_an_organisation_that_was_dissolved_before_the_year_is_nobody(case):
    year = case[2]
    over, stats = ("不适用", "REACH-NOBODY"), {"activity_fund": 0}
    for end, found in (
        (f"{year - 1}-12-31", over),
        (f"{year}-01-01", None),
        (f"{year}-06-30", None),
        (None, None),
    ):
        told = level(*case, [{"org_code": "01", UNTIL: end}], stats=stats)
        assert told == found if found else told[0] == "不达标", end
    gone = {"org_code": "01", UNTIL: f"{year - 1}-06-30"}
    assert level(*case, [], stats=stats) == over
    assert level(*case, [gone, gone | {"org_code": "02"}], stats=stats) == over
    assert level(*case, [gone, {"org_code": "02"}], stats=stats)[0] == "不达标"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1])
def test_what_cannot_be_read_of_an_organisation_never_makes_a_duty_certain(case):
    """A row that is refused is somebody's, unless its days say that it was gone; a day in error leaves it open."""
    year, stats = case[2], {"activity_fund": 0}
    gone = {"org_code": "01", UNTIL: f"{year - 1}-06-30"}
    facts = {"stats": stats}
    assert level(*case, [], [{"org_code": "01"}], lost=("org_code",), **facts)[0] == "不达标"
    assert level(*case, [], [gone], lost=("org_code",), **facts) == ("不适用", "REACH-NOBODY")
    assert level(*case, [], [gone], lost=("org_code", UNTIL), **facts) == ("无法判定", "ROWS-REFUSED")
    assert level(*case, [gone], lost=(UNTIL,), **facts) == ("无法判定", "CELLS-LOST")
    assert level(*case, [gone], lost=(SINCE,), **facts) == ("不适用", "REACH-NOBODY"), "gone, since whenever it was"
    assert level(*case, [gone, {"org_code": "02"}], lost=(SINCE,), **facts) == ("无法判定", "CELLS-LOST")
    assert level(*case, [{"org_code": "03"}, gone], lost=(UNTIL,), **facts)[0] == "不达标", "one is there for certain"
    assert level(*case, [gone], [{"org_code": "02"}], lost=("org_name",), **facts)[0] == "不达标"
    assert level(*case, [gone], [{"org_code": "02"}], lost=(SINCE,), **facts) == ("无法判定", "ROWS-REFUSED")


TOTALS = [
    ("yunnan-2025", "YN-11-o", 2025, "served_total"),
    ("yunnan-2025", "YN-12-c", 2025, "served_party"),
    ("yizheng-2022", "YZ-1.1-h", 2023, "served_party"),
]
"""警示教育; 讲党课."""


@pytest.mark.parametrize("case", TOTALS, ids=lambda case: case[1])
def test_a_total_that_is_empty_or_refused_leaves_open_whether_there_is_somebody(case):
    """不适用 with 0 became 不达标 once the cell was broken; an organisation shows that there is somebody."""
    *policy, stat = case
    (row,) = (row for row in form_of(policy[0]).by_name["annual_stat"].fixed_rows if row.values["stat_key"] == stat)

    def told(orgs=(), value=None, lost=False):
        broken = [{"stat_code": row.key, "stat_key": stat, "_row": 30}] if lost else []
        typed = [] if lost else [{"stat_code": row.key, "stat_key": stat, "value": value}]
        data = dataset(
            policy[0],
            {"party_org": [{"org_type": "党支部", SINCE: "2010-01-01", **org} for org in orgs], "annual_stat": typed},
            year=policy[2],
            rejected={"annual_stat": broken},
            open_cells={"annual_stat": {(0, 30): frozenset({"value"})}} if broken else {},
        )
        (found,) = of(report(data, f"{policy[2] + 1}-01-10"), policy[1])
        return found.level, found.code

    here, gone = {"org_code": "01"}, {"org_code": "01", UNTIL: f"{policy[2] - 1}-06-30"}
    assert told(value=0) == ("不适用", "REACH-NOBODY")
    assert told(value=3)[0] == "不达标"
    assert told(lost=True) == told([gone], lost=True) == ("无法判定", "ROWS-REFUSED")
    assert told() == told([gone]) == ("无法判定", "REACH-UNKNOWN")
    assert told([here], lost=True)[0] == told([here])[0] == "不达标"
