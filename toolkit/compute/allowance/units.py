"""What is judged of a unit: its standards against floor and ceiling, and its budget against the year's need.

Source: YZ-S4-l (不低于), YZ-S4-m; calculations C3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.places import because_of
from toolkit.compute.allowance.rates import Rates
from toolkit.compute.allowance.say import NOTHING, Reason, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.model.batch import Dataset
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING, WORST_FIRST

STATS = "annual_stat"


@dataclass(frozen=True, slots=True)
class Judged:
    """A level of a unit with its figures."""

    level: str
    reason: Reason
    value: Decimal | None = None
    against: Decimal | None = None


def standards(unit: str, people: Iterable[Person], rates: Rates) -> Judged:
    """The unit's standards: the worst over the posts that the clause is about; exactly the floor passes."""
    held, paid, asked = set(), set(), rates.rules.amount_posts
    for person in people:
        for row in (*person.rows, *person.refused):
            if row.unit == unit and row.zero is None:
                held |= {row.post} if row.post else set(rates.rules.posts)
                if row.paid is None or row.has_money or row.rejected:
                    paid |= held
    found = [
        judged
        for post in rates.rules.posts
        if post in asked and (judged := _standard(unit, post, post in held, post in paid, rates)) is not None
    ]
    nobody = asked < set(rates.rules.posts) and not held & asked
    if nobody or not found:
        return Judged(NOT_APPLICABLE, reason("ALW-415"))
    return min(found, key=lambda judged: WORST_FIRST.index(judged.level))


def _standard(unit: str, post: str, held: bool, paid: bool, rates: Rates) -> Judged | None:
    """The standard of one post; None where there is nothing to judge."""
    rule = rates.rules.posts[post]
    value, floor = rates.stated(unit, post, rates.day), rates.floor(post, rates.day)
    if not (rule.column or rule.parameter):
        return None
    if value is None:
        wanted = rates.unknown(unit, post) or (held and (paid or not rates.optional(unit, post)))
        return Judged(UNDETERMINED, rates.lacking(unit, post)) if wanted else None
    facts = {"post": post, "value": value, "floor": floor}
    if floor is not None and value < floor:
        return Judged(NOT_MET, reason("ALW-412", **facts), value, floor)
    cap = rates.cap(unit, post, rates.day)
    if cap is not None and value > cap[0]:
        percent = f"{(cap[1] * 100).normalize():f}%"
        return Judged(NOT_MET, reason("ALW-413", of=rule.cap_of, ratio=percent, cap=cap[0], **facts), value, cap[0])
    if floor is not None:
        return Judged(MET, reason("ALW-411", **facts), value, floor)
    return Judged(MET, reason("ALW-414", **facts), value) if held else None


def budgets(people: Iterable[Person], units: Iterable[str], dataset: Dataset, frame: Frame) -> dict[str, Judged]:
    """Each unit's budget against what the whole year asks for as the terms stand; below it is a warning."""
    need: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    unknown: dict[str, int] = defaultdict(int)
    for person in people:
        for unit in {row.unit for row in (*person.rows, *person.refused)} if person.unknown else ():
            unknown[unit] += 1
        for row, amount in zip(person.rows, person.year_due, strict=True):
            need[row.unit] += amount
    return {unit: _budget(unit, need[unit], unknown[unit], dataset, frame) for unit in units}


def _budget(unit: str, need: Decimal, unknown: int, dataset: Dataset, frame: Frame) -> Judged:
    found = dataset.records.lookup(STATS, "stat_key", frame.rules.budget_stat, unit)
    budget = found.row.value if found.row is not None else None
    if unknown:
        return Judged(UNDETERMINED, reason("ALW-403", count=unknown), budget)
    if not need:
        return Judged(NOT_APPLICABLE, reason("ALW-424"), budget, need)
    if found.refused:
        return Judged(UNDETERMINED, because_of(Doubt(ROWS_REFUSED, STATS, found.refused), dataset.form), None, need)
    if budget is None:
        sheet = dataset.form.by_name["annual_stat"]
        keyed = {row.values.get("stat_key"): row.values.get("stat_name") for row in sheet.fixed_rows}
        label = keyed.get(frame.rules.budget_stat) or frame.rules.budget_stat
        return Judged(UNDETERMINED, reason("ALW-423", sheet=sheet.label, label=label), None, need)
    short = NOT_MET if frame.strict and frame.closed else WARNING
    level, code = (MET, "ALW-421") if budget >= need else (short, "ALW-422")
    return Judged(level, reason(code, budget=budget, need=need), budget, need)
