"""Regime floor_with_pool: everybody at least the floor, and the unit's pool as the second test.

Source: YZ-S4-l; calculations C3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.say import NOTHING, Reason, reason
from toolkit.compute.allowance.settings import FLOOR, POOL, Frame
from toolkit.compute.allowance.verdict import Verdict, facts, say, undetermined
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Evidence


@dataclass(frozen=True, slots=True)
class Pool:
    """A unit's sums over the people to whom something is due.

    Args:
        rows: every row of the unit's posts that counts in the sums or may, with what shaped it.
        steps: how the sums come about.
    """

    level: str
    reason: Reason
    due: Decimal = NOTHING
    paid: Decimal = NOTHING
    rows: tuple[Evidence, ...] = ()
    steps: tuple[str, ...] = ()


def pools(people: Iterable[Person], units: Iterable[str], frame: Frame) -> dict[str, Pool]:
    """The pool of each unit.

    Money paid to people to whom nothing is due cannot fill the gap of others, unless perhaps something is. What is not
    known makes the pool 无法判定 only where it could change the level.
    """
    due: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    paid: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    open_due: dict[str, int] = defaultdict(int)
    open_paid: dict[str, int] = defaultdict(int)
    rows: dict[str, dict[Evidence, None]] = defaultdict(dict)
    parts: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for person in people:
        for row in person.all_rows if person.unknown or person.total_due else ():
            rows[row.unit].update(dict.fromkeys((row.evidence, *row.proof)))
        for unit in {row.unit for row in (*person.rows, *person.refused)} if person.unknown else ():
            open_due[unit] += 1
        if person.unknown or not (person.total_due or person.undated):
            continue
        for row, amount in zip(person.rows, person.due, strict=True):
            due[row.unit] += amount
            own = NOTHING if row.no_paid else row.paid or NOTHING
            paid[row.unit] += own
            parts[row.unit].append((amount, own))
            open_paid[row.unit] += row.no_paid is not None
    found = {unit: _pool(due[unit], paid[unit], open_due[unit], open_paid[unit], frame) for unit in units}
    return {unit: replace(pool, rows=tuple(rows[unit]), steps=_sums(parts[unit], pool)) for unit, pool in found.items()}


def _sums(parts: list[tuple[Decimal, Decimal]], pool: Pool) -> tuple[str, ...]:
    """The parts of both sums, where both are known."""
    if pool.level in (UNDETERMINED, NOT_APPLICABLE):
        return ()
    dues, paids = ("＋".join(map(str, amounts)) for amounts in zip(*parts, strict=True))
    return (reason("ALW-635", dues=dues, due=pool.due, paids=paids, paid=pool.paid).text,)


def _pool(due: Decimal, paid: Decimal, open_due: int, open_paid: int, frame: Frame) -> Pool:
    sums = reason("ALW-401", due=due, paid=paid)
    if frame.reading == FLOOR:
        return Pool(NOT_APPLICABLE, reason("ALW-404"), due, paid)
    if open_due:
        return Pool(UNDETERMINED, reason("ALW-403", count=open_due), due, paid)
    if not due:
        return Pool(NOT_APPLICABLE, reason("ALW-402"))
    if paid >= due:
        return Pool(MET, sums, due, paid)
    if open_paid:
        return Pool(UNDETERMINED, reason("ALW-403", count=open_paid), due, paid)
    return Pool(NOT_MET if frame.closed else WARNING, sums, due, paid)


def judge(person: Person, unit_pools: Mapping[str, Pool], frame: Frame) -> Verdict:
    """The level of a person: at least the floor, no upper limit; a gap that the pool covers is a warning."""
    lacking = undetermined(person)
    if lacking:
        return lacking
    known = facts(person, frame)
    if not person.total_due:
        return _nothing_due(person, known)
    if person.paid >= person.total_due:
        return Verdict(MET, say("ALW-201", known))
    mine = [unit_pools[row.unit] for row, due in zip(person.rows, person.due, strict=True) if due]
    if frame.reading == FLOOR:
        return _short(mine, known, frame)
    rows = tuple(dict.fromkeys(row for pool in mine for row in pool.rows))
    steps = tuple(dict.fromkeys(step for pool in mine for step in pool.steps))
    return replace(_short(mine, known, frame), beside=rows, steps=steps)


def _short(mine: Sequence[Pool], known: dict[str, object], frame: Frame) -> Verdict:
    """The level of a person who got less than the floor, by the pools of the units that pay."""
    levels = {pool.level for pool in mine}
    if frame.reading != FLOOR and levels == {MET}:
        sums = {"pool_due": mine[0].due, "pool_paid": mine[0].paid}
        return Verdict(MET if frame.reading == POOL else WARNING, say("ALW-205", known, **sums))
    if not frame.closed:
        hangs = frame.reading == POOL and levels <= {MET, UNDETERMINED}
        return Verdict(UNDETERMINED, say("ALW-208", known)) if hangs else Verdict(WARNING, say("ALW-207", known))
    if frame.reading != FLOOR and UNDETERMINED in levels and NOT_MET not in levels:
        return Verdict(UNDETERMINED, say("ALW-208", known))
    return Verdict(NOT_MET, say("ALW-206", known))


def _nothing_due(person: Person, known: dict[str, object]) -> Verdict:
    if not person.paid:
        return Verdict(NOT_APPLICABLE, say("ALW-202", known))
    if person.total_year:
        return Verdict(MET, say("ALW-204", known))
    return Verdict(WARNING, say("ALW-203", known))
