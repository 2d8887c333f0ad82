"""A year or a day on which the policy is not in force: nothing is due, every clause of the allowances is 不适用.

Source: calculations 2 (effective dates), trap 9; the same test as for all other clauses in `compute.judging`.
"""

from __future__ import annotations

from datetime import date

from toolkit.compute.allowance.rules import Rules
from toolkit.compute.allowance.say import NOTHING
from toolkit.model.batch import Dataset
from toolkit.model.catalogue import entry
from toolkit.model.policy import Policy
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import NOT_APPLICABLE, Result


def in_force(policy: Policy, year: int, as_of: date) -> bool:
    """Whether the policy judges a year on a day."""
    ended = policy.ends is not None and year > policy.ends.year
    return year >= policy.first_year and not ended and as_of >= policy.effective


def dormant(dataset: Dataset, policy: Policy, rules: Rules, as_of: date) -> AllowanceReport:
    """The report of a policy that is not in force: no rows, no money, 不适用 for every unit and clause."""
    start = policy.effective.isoformat()
    code = "NOT-IN-FORCE"
    why = entry(code).message.format(start=start, year=dataset.year)
    clauses = dict.fromkeys(rules.clauses.values())
    results = (
        Result(unit.code, unit.name, clause, NOT_APPLICABLE, {}, why, code=code)
        for unit in dataset.units
        for clause in clauses
    )
    return AllowanceReport(
        policy=policy.id,
        year=dataset.year,
        as_of=as_of,
        parameters={},
        persons=(),
        units={unit.code: _nothing(code, why) for unit in dataset.units if unit.code in dataset.returned},
        totals={"due": NOTHING, "paid": NOTHING, "persons": 0, "rows": 0, "levels": {}},
        results=tuple(results),
    )


def _nothing(code: str, why: str) -> dict[str, object]:
    """The figures of one unit, in the form of `report.unit_table`."""
    found: dict[str, object] = {"due": NOTHING, "paid": NOTHING, "persons": 0, "rows": 0, "undetermined": 0}
    for kind in ("standard", "pool", "budget"):
        found |= {f"{kind}_level": NOT_APPLICABLE, f"{kind}_reason": why, f"{kind}_fix": "", f"{kind}_code": code}
    return found
