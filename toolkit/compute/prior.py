"""Last year's key figures: what a report compares with, and how this year's are kept for the next.

The figures are plain data, so that a campaign can keep them in a file:

    full_members            organisation → number of full members                     (YN-06-c)
    branch_grade            organisation → grade                                       (YN-00-o, YZ-2.4-b)
    in_service_secretaries  unit → [in-service secretaries, all secretaries]           (YN-07-e)
    stats                   unit → statistic → value as text                           (YN-00-m)
    earlier_stats           year → unit → statistic → value as text                    (trends; added by the campaign)
    next_year               clause → occasion → unit → days whose events count for the next year    (YZ-3.4-g)
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from toolkit.compute.families.coverage import plain
from toolkit.model.batch import Dataset
from toolkit.model.organisations import IN_FORCE, SHEET, in_force, organisations_of
from toolkit.model.rows import Row
from toolkit.model.windows import holds

SECRETARY, IN_SERVICE = "书记", "在职党员"
LEAD = (SECRETARY,)
SPAN = {"set_date", "dissolve_date"}


def key_figures(dataset: Dataset, as_of: date | None = None) -> dict[str, dict[str, object]]:
    """This year's figures for next year's report, as of the end of the year (or `as_of`); ready for JSON.

    What is not known for certain because a row was refused or a cell lost is left out.
    """
    day = as_of or date(dataset.year, 12, 31)
    records = dataset.records
    places = organisations_of(dataset, day).places(IN_FORCE)
    known = [row for row in records.rows(SHEET).rows if not records.open(SHEET, row) & SPAN]
    orgs = [row for row in known if row.origin[1:] in places]
    counts: dict[str, list[int]] = {}
    unsure = {row.origin.unit for row in records.refused("post").rows if records.could("post", row, "post_type", LEAD)}
    for row in records.rows("post").rows:
        if row.post_type == SECRETARY and in_force(row.start_date, row.end_date, day):
            pair = counts.setdefault(row.origin.unit, [0, 0])
            pair[0] += row.person_status == IN_SERVICE
            pair[1] += 1
    stats: dict[str, dict[str, str]] = {}
    for row in records.rows("annual_stat").rows:
        if row.value is not None:
            stats.setdefault(row.origin.unit, {})[row.stat_key] = plain(row.value)
    return {
        "full_members": {code: int(found) for code, found in _by_code(orgs, "full_members").items()},
        "branch_grade": _by_code(orgs, "branch_grade"),
        "in_service_secretaries": {unit: pair for unit, pair in counts.items() if unit not in unsure},
        "stats": dict(stats),
        "next_year": for_next_year(dataset),
    }


def _by_code(orgs: list[Row], column: str) -> dict[str, Any]:
    """A column of the organisations by their code; a code that two units use is nobody's and left out."""
    homes: dict[str, set[str]] = {}
    for row in orgs:
        homes.setdefault(row.org_code, set()).add(row.origin.unit)
    found = {row.org_code: getattr(row, column) for row in orgs if len(homes[row.org_code]) == 1}
    return {code: value for code, value in found.items() if value not in (None, "")}


def for_next_year(dataset: Dataset) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Events of this return that belong to a season of the next year, so that nobody has to fill them in again."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for window in dataset.form.windows:
        if not window.season:
            continue
        units: dict[str, set[str]] = {}
        for row in dataset.records.rows(window.sheet).rows:
            day = getattr(row, window.column)
            if holds(window.days(dataset.year + 1), day) and window.concerns(partial(getattr, row)):
                units.setdefault(row.origin.unit, set()).add(day.isoformat())
        own = {unit: sorted(days) for unit, days in sorted(units.items())}
        found.setdefault(window.clause, {})[window.value] = own
    return found
