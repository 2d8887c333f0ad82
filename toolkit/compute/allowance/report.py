"""From verdicts to the report: rows, units, totals, and the proof that they add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from toolkit.compute.allowance.floor import Pool
from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.public import held_back
from toolkit.compute.allowance.rows import PostRow
from toolkit.compute.allowance.say import NOTHING, Reason, money
from toolkit.compute.allowance.settings import MONTHLY, Frame
from toolkit.compute.allowance.steps import steps
from toolkit.compute.allowance.units import Judged
from toolkit.compute.allowance.verdict import Verdict
from toolkit.compute.months import GRAIN, days_of, in_months
from toolkit.model.catalogue import entry
from toolkit.model.errors import XltoolError
from toolkit.model.policy import Parameters
from toolkit.model.privacy import mask
from toolkit.model.result import PersonAllowance

_ON, _OFF, _OPEN = "是", "否", "未设定"


def person_rows(person: Person, verdict: Verdict, frame: Frame) -> list[PersonAllowance]:
    """The person's rows of the payment list; refused rows last, without amounts."""
    clause = frame.rules.clauses.get(verdict.clause, frame.rules.clauses["amount"])
    common = {
        "level": verdict.level,
        "reason": verdict.sentence,
        "clause": clause,
        "number": person.number,
        "fix": verdict.reason.fix,
        "held": held_back(person, verdict),
        "beside": tuple(dict.fromkeys((*person.doubtful, *verdict.beside))),
    }
    rows = [_merged_row(person, place, row, common, frame) for place, row in enumerate(person.rows)]
    if rows and verdict.steps:
        rows[-1] = replace(rows[-1], steps=(*rows[-1].steps, *verdict.steps))
    rows += [
        PersonAllowance(**_who(row), months=Decimal(0), rate=None, due=None, paid=None, **common)
        for row in person.refused
    ]
    return rows


def _merged_row(person: Person, place: int, row: PostRow, common: Mapping, frame: Frame) -> PersonAllowance:
    rates, shares = person.rates[place][: frame.completed], person.shares[place][: frame.completed]
    days = days_of(frame.year)
    carried = [month for month, share in enumerate(shares) if share and person.unknown is None]
    seen = {rates[month] for month in carried} or set(person.rates[place])
    return PersonAllowance(
        **_who(row),
        months=in_months(sum(shares)),
        rate=seen.pop() if len(seen) == 1 else None,
        due=None if person.unknown else person.due[place],
        paid=row.paid,
        **common,
        monthly=tuple((f"{frame.year}-{month + 1:02d}", person.monthly[place][month]) for month in carried),
        shares=tuple(_share(shares[month], days[month]) for month in carried),
        steps=steps(person, place, frame),
    )


def _who(row: PostRow) -> dict[str, object]:
    org, key, name, post = row.shown
    return {
        "unit": row.unit,
        "org": org,
        "person": mask(key, typed=True),
        "name": name,
        "post": post,
        "evidence": (row.evidence, *row.proof),
    }


def _share(share: int, days: int) -> str:
    return "1" if share == GRAIN else f"{share * days // GRAIN}/{days}"


def unit_table(
    units: Sequence[str],
    rows: Sequence[PersonAllowance],
    pools: Mapping[str, Pool] | None,
    standards: Mapping[str, Judged],
    budgets: Mapping[str, Judged] | None,
) -> dict[str, dict[str, object]]:
    """Figures and levels by unit; pool and budget only where the policy asks for them."""
    table: dict[str, dict[str, object]] = {}
    numbers: dict[str, set[int]] = defaultdict(set)
    for unit in units:
        table[unit] = {"due": NOTHING, "paid": NOTHING, "persons": 0, "rows": 0, "undetermined": 0}
    for row in rows:
        numbers[row.unit].add(row.number)
        entry = table[row.unit]
        entry["due"] += row.due or NOTHING  # type: ignore[operator]
        entry["paid"] += row.paid or NOTHING  # type: ignore[operator]
        entry["rows"] += 1  # type: ignore[operator]
        entry["undetermined"] += row.due is None  # type: ignore[operator]
    for unit, entry in table.items():
        entry["persons"] = len(numbers[unit])
        _judged(entry, "standard", standards[unit], "floor")
        if pools is not None:
            pool = pools[unit]
            entry |= {"pool_due": pool.due, "pool_paid": pool.paid}
            entry |= _verdict("pool", pool.level, pool.reason)
        if budgets is not None:
            _judged(entry, "budget", budgets[unit], "budget_need")
    return table


def _judged(entry: dict[str, object], name: str, judged: Judged, against: str) -> None:
    entry |= {name: judged.value, against: judged.against}
    entry |= _verdict(name, judged.level, judged.reason)


def _verdict(name: str, level: str, why: Reason) -> dict[str, object]:
    """A level of a unit with its reason, as `unit_results` reads it."""
    return {f"{name}_level": level, f"{name}_reason": why.text, f"{name}_fix": why.fix, f"{name}_code": why.code}


def totals(rows: Sequence[PersonAllowance], levels: Mapping[int, str]) -> dict[str, object]:
    """The whole report: money, how many people and rows, and people by level."""
    return {
        "due": sum((row.due for row in rows if row.due is not None), NOTHING),
        "paid": sum((row.paid for row in rows if row.paid is not None), NOTHING),
        "persons": len(levels),
        "rows": len(rows),
        "levels": dict(Counter(levels.values())),
    }


def reconcile(people: Sequence[Person], source: Sequence[PostRow], units: Mapping, total: Mapping) -> None:
    """Detail = unit = total, for what is due and for what was paid, and no row is lost.

    Raises: XltoolError: ALW-001 the sums differ.
    """
    detail_due = sum((person.total_due for person in people if not person.unknown), NOTHING)
    detail_paid = sum((row.paid for row in source if row.paid is not None and not row.rejected), NOTHING)
    unit_due = sum((entry["due"] for entry in units.values()), NOTHING)
    unit_paid = sum((entry["paid"] for entry in units.values()), NOTHING)
    rows = Decimal(sum(entry["rows"] for entry in units.values()))
    for what, left, right in (
        ("due_people", detail_due, unit_due),
        ("due_units", unit_due, total["due"]),
        ("paid_rows", detail_paid, unit_paid),
        ("paid_units", unit_paid, total["paid"]),
        ("rows", Decimal(len(source)), rows),
    ):
        if left != right:
            raise XltoolError("ALW-001", what=entry("ALW-001").problem(what), left=money(left), right=money(right))


def printed(parameters: Parameters, year: int) -> dict[str, tuple[str, str]]:
    """Every parameter that was used: value in words, with its changes inside the year, and where it comes from."""
    return {name: (_changes(parameters, name, year), parameters.origin(name)) for name in sorted(parameters.used)}


def _changes(parameters: Parameters, name: str, year: int) -> str:
    firsts = [date(year, month, 1) for month in range(1, 13)]
    parameter = parameters.policy.parameters[name]
    steps: list[tuple[date, str]] = []
    for first in firsts:
        value = _text(parameters.at(name, first))
        if not steps or steps[-1][1] != value:
            steps.append((first, value))
    if len(steps) == 1 or (parameter.type != "decimal" and name not in MONTHLY):
        return _text(parameters.used[name])
    return "；".join(f"{first.isoformat()}起 {value}" for first, value in steps)


def _text(value: object) -> str:
    if value is None or value == () or value == "":
        return _OPEN
    if isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return str(value)
