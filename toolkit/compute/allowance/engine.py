"""The order of the computation: rows → people → verdicts → units → totals → proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from toolkit.compute.allowance import floor, highest
from toolkit.compute.allowance.dormant import dormant, in_force
from toolkit.compute.allowance.eligible import leaders
from toolkit.compute.allowance.floor import Pool
from toolkit.compute.allowance.founding import Founded, asked
from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.persons import people as persons
from toolkit.compute.allowance.report import person_rows, printed, reconcile, totals, unit_table
from toolkit.compute.allowance.results import (
    absent,
    leader_results,
    person_results,
    proof_rows,
    remaining,
    unit_results,
)
from toolkit.compute.allowance.rows import PostRow, post_rows
from toolkit.compute.allowance.rules import FLOOR_WITH_POOL, rules_of
from toolkit.compute.allowance.say import Reason
from toolkit.compute.allowance.settings import Frame, make_frame
from toolkit.compute.allowance.units import Judged, budgets, standards
from toolkit.compute.allowance.verdict import Verdict, doubted
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameters, Policy
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import UNDETERMINED, Result
from toolkit.model.rows import Evidence

Verdicts = tuple[Sequence[Verdict], Mapping[str, Pool] | None]
"""What was found about some people, in their order, and about the pools of their units where the policy has such."""


def allowance(dataset: Dataset, policy: Policy, parameters: Parameters, as_of: date) -> AllowanceReport:
    """The allowances of the report year as of a day: a row for every post of every person, units, totals.

    Args:
        as_of: day of judgement; only months that ended before it are due.
    Raises:
        XltoolError: ALW-001 the sums do not add up, ALW-002 a parameter has a value that cannot be used.
        DefinitionError: the allowance block of the pack breaks its rules.
    Source: YZ-S4-l, YZ-S4-m, YN-02-h, YN-02-i, YN-02-j; calculations C3, C4.
    """
    if not in_force(policy, dataset.year, as_of):
        return dormant(dataset, policy, rules_of(policy), as_of)
    frame = make_frame(dataset, policy, parameters, as_of)
    source = post_rows(dataset, frame)
    people = persons(source, dataset.units, frame)
    places = _places(dataset, source, frame)
    without = absent(places, dataset)
    founded = Founded.of(people, frame, dataset)
    judged, pools = _judged(people, founded, lambda some: _verdicts(some, places, frame, without))
    rows = [row for person, verdict in judged for row in person_rows(person, verdict, frame)]
    rows.sort(key=lambda row: (places[row.unit], row.number))
    table = unit_table(
        tuple(places),
        rows,
        pools,
        _standards(places, people, frame),
        _budgets(people, founded, places, dataset, frame, without) if "budget" in frame.rules.clauses else None,
    )
    total = totals(rows, {person.number: verdict.level for person, verdict in judged})
    reconcile(people, source, table, total)
    return AllowanceReport(
        policy=policy.id,
        year=dataset.year,
        as_of=as_of,
        parameters=printed(parameters, dataset.year),
        persons=tuple(rows),
        units=table,
        totals=total,
        results=_results(dataset, judged, table, frame, without),
    )


def _judged(
    people: Sequence[Person], founded: Founded, verdicts: Callable[[Sequence[Person]], Verdicts]
) -> tuple[list[tuple[Person, Verdict]], Mapping[str, Pool] | None]:
    """Every person with the verdict, and the units' pools; with the days before a founding, and without them."""
    found, pools = verdicts(people)
    others, fewer = (found, pools) if founded.later == people else verdicts(founded.later)
    judged = []
    parts = zip(people, found, others, founded.asked, founded.lost, founded.steps, strict=True)
    for person, verdict, otherwise, doubt, lost, steps in parts:
        shared = founded.shared(pools, fewer, {row.unit for row in person.rows})
        made = doubted(person, asked(verdict, otherwise, doubt, shared, lost))
        judged.append((person, replace(made, steps=(*steps, *made.steps))))
    return judged, pools and fewer and founded.pools(pools, fewer)


def _verdicts(
    people: Sequence[Person], places: Mapping[str, int], frame: Frame, without: Mapping[str, Reason]
) -> Verdicts:
    if frame.rules.regime != FLOOR_WITH_POOL:
        return [highest.judge(person, frame) for person in people], None
    pools = floor.pools(people, places, frame)
    pools |= {unit: Pool(UNDETERMINED, why) for unit, why in without.items()}
    return [floor.judge(person, pools, frame) for person in people], pools


def _places(dataset: Dataset, rows: Sequence[PostRow], frame: Frame) -> dict[str, int]:
    """Units that returned, in official order; those that the unit list does not know come last."""
    codes = dataset.returned | {row.unit for row in rows}
    order = frame.unit_order
    ranked = sorted(codes, key=lambda code: (order.get(code, len(order)), code))
    return {code: place for place, code in enumerate(ranked)}


def _standards(units: dict[str, int], people: Sequence[Person], frame: Frame) -> dict[str, Judged]:
    mine: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for unit in {row.unit for row in person.rows}:
            mine[unit].append(person)
    return {unit: standards(unit, mine[unit], frame.rates) for unit in units}


def _budgets(
    people: Sequence[Person],
    founded: Founded,
    units: dict[str, int],
    dataset: Dataset,
    frame: Frame,
    without: Mapping[str, Reason],
) -> dict[str, Judged]:
    found, later = (budgets(some, units, dataset, frame) for some in (people, founded.later))
    return founded.budgets(found, later) | {unit: Judged(UNDETERMINED, why) for unit, why in without.items()}


def _of_people(people: Iterable[Person]) -> dict[str, tuple[Evidence, ...]]:
    """Unit → every row that shaped the amounts of its people, each once: its own posts first."""
    posts: dict[str, dict[Evidence, None]] = defaultdict(dict)
    rest: dict[str, dict[Evidence, None]] = defaultdict(dict)
    for person in people:
        for row in person.all_rows:
            posts[row.unit][row.evidence] = None
            rest[row.unit].update(dict.fromkeys(person.evidence))
    return defaultdict(tuple, {unit: tuple({**own, **rest[unit]}) for unit, own in posts.items()})


def _results(
    dataset: Dataset, judged: list[tuple[Person, Verdict]], table: dict, frame: Frame, without: Mapping[str, Reason]
) -> tuple[Result, ...]:
    """Everything under its clause: people, units, leaders, and units that have nobody or did not return."""
    found = [result for person, verdict in judged for result in person_results(person, verdict, frame)]
    proof, mine = proof_rows(dataset, frame), _of_people(person for person, _ in judged)
    for unit, entry in table.items():
        known = dataset.units.get(unit)
        found += unit_results(
            unit, known.name if known else unit, entry, frame, {**proof.get(unit, {}), "people": mine[unit]}
        )
    if "eligible" in frame.rules.clauses:
        seen = leaders(dataset, frame.rules.eligible, frame.rates.day, frame)
        found += leader_results(seen, frame.rules.clauses["eligible"])
    found = [result for result in found if result.unit not in dataset.pending]
    found += remaining(found, dataset, frame, without)
    order = frame.unit_order
    return tuple(sorted(found, key=lambda result: (order.get(result.unit, len(order)), result.unit, result.clause)))
