"""Clauses by the parts of a policy, results in order, names: what several summaries need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.model.batch import Dataset
from toolkit.model.policy import SEPARATOR, Clause, Policy
from toolkit.model.result import Result
from toolkit.model.unit import UnitList


def part_of(policy: Policy) -> dict[str, str]:
    """The title of the part (action) of the policy that a clause belongs to, by clause id.

    The part is the first section, in the order of the text, whose number begins the clause's own.
    """
    titles: dict[str, str] = {}
    for clause in policy.clauses.values():
        titles.setdefault(clause.section, clause.title.split(SEPARATOR)[0])
    parts = {
        section: next(other for other in sorted(titles, key=len) if section.startswith(other)) for section in titles
    }
    return {clause.id: titles[parts[clause.section]] for clause in policy.clauses.values()}


def action_of(policy: Policy) -> dict[str, str]:
    """The action of the policy that a clause belongs to, by clause id, as the pack has it; else its section."""
    found = in_groups(policy, policy.groups)
    return {clause.id: found.get(clause.id, clause.section) for clause in policy.clauses.values()}


def in_groups(policy: Policy, groups: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Clause → its group, in the order of the text; clauses of no group are left out.

    Args:
        groups: name → what belongs to it: ids of clauses, and how sections begin; the longest beginning decides.
    """
    places = [(start, name) for name, starts in groups for start in starts]
    found = {}
    for clause in policy.clauses.values():
        own = [(len(start), name) for start, name in places if clause.section.startswith(start)]
        named = next((name for start, name in places if start == clause.id), "")
        if named or own:
            found[clause.id] = named or max(own)[1]
    return found


def actions(policy: Policy) -> list[str]:
    """The actions of the policy in its order."""
    return list(dict.fromkeys((*(name for name, _ in policy.groups), *action_of(policy).values())))


def short_title(clause: Clause | None, default: str = "") -> str:
    """The title of a clause without the title of its section."""
    return clause.short if clause else default


def in_order(results: Iterable[Result], policy: Policy, units: UnitList) -> list[Result]:
    """Results by official unit order, then clause order; those of the whole area first."""
    place = {unit.code: index for index, unit in enumerate(units)}
    clause = {code: index for index, code in enumerate(policy.clauses)}
    return sorted(
        results,
        key=lambda one: (
            place.get(one.unit, len(place)) if one.unit else -1,
            one.unit,
            clause.get(one.clause, len(clause)),
            one.clause,
        ),
    )


def organisation_names(dataset: Dataset) -> dict[str, str]:
    """Organisation names by code, as the units returned them."""
    rows = dataset.records.rows("party_org").rows
    return {row.org_code: row.org_name for row in rows if row.org_code and row.org_name}


def clauses_used(results: Sequence[Result], policy: Policy) -> list[str]:
    """The clauses that have results, in the order of the text."""
    used = {one.clause for one in results}
    known = [code for code in policy.clauses if code in used]
    return [*known, *sorted(used - set(known))]
