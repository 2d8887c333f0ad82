"""Who of a unit list bears which clauses, and what about that looks like a mistake in the list.

Only the list is needed, no return: the bureau sees it before anything is handed out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from toolkit.compute.families.checklist import ticks
from toolkit.compute.indicators import compile_indicators
from toolkit.model.catalogue import entry
from toolkit.model.duties import (
    LEVEL,
    NO,
    SPEAKS,
    YES,
    Duty,
    area_levels,
    attribute,
    highest_spoken,
    judged_above,
    refusal,
)
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.unit import Unit, UnitList

NO_COLUMN, NOBODY_SPEAKS, DIFFERS = "B015", "B016", "B017"
NAMED = 3
LEAST_OTHERS = 2
"""Fewer others of a category are no majority."""

Kind = tuple[str, str, bool]
Clauses = frozenset[str]


@dataclass(frozen=True)
class Assignments:
    """Who of a list bears the clauses that have a level.

    Args:
        duties: clause → who bears it, in the order of the pack.
    """

    units: UnitList
    form: Form
    duties: Mapping[str, Duty]
    _by_kind: dict[Kind, Clauses] = field(default_factory=dict, compare=False, repr=False)

    def of(self, unit: Unit) -> Clauses:
        """The clauses that a unit bears; one that depends on a cell of its workbook counts as borne."""
        if _kind(unit) not in self._by_kind:
            self._by_kind[_kind(unit)] = self._borne(unit)
        return self._by_kind[_kind(unit)]

    def ordinary(self, unit: Unit) -> Clauses:
        """What it bears besides the duties of an area for which it speaks."""
        return self.of(replace(unit, speaks=False))

    @cached_property
    def rivals(self) -> frozenset[str]:
        """Several that speak for the highest area of a round, of which one at most is right; below are many areas."""
        highest = highest_spoken(self.units, self.form)
        found = frozenset(unit.code for unit in self.units if unit.speaks and unit.level == highest)
        return found if len(found) > 1 else frozenset()

    def _borne(self, unit: Unit) -> Clauses:
        reasons = {clause: refusal(duty, lambda name: attribute(unit, name)) for clause, duty in self.duties.items()}
        return frozenset(clause for clause, reason in reasons.items() if reason is None or not reason.known)


def _kind(unit: Unit) -> Kind:
    return unit.level, unit.category, unit.speaks


def assignments(units: UnitList, policy: Policy, form: Form) -> Assignments:
    """Who of a list bears what under a policy.

    Raises: DefinitionError: an indicator of the pack is wrong.
    """
    compiled = (*compile_indicators(policy, form), *ticks(policy))
    return Assignments(units, form, {item.clause: item.duty for item in compiled if not item.information})


def list_notices(units: UnitList, policy: Policy, form: Form, file: str, sheet: str) -> list[Finding]:
    """What the bureau should look at in its unit list before it relies on who bears what.

    Args:
        file, sheet: name of the unit list and of its sheet of units, as findings show them.
    """
    known = assignments(units, policy, form)
    place = {"file": file, "sheet": sheet}
    found = [from_catalogue(code, facts, **place) for code, facts in _speakers(known)]
    return [*found, *_differing(known, place)]


def _speakers(known: Assignments) -> Iterator[tuple[str, dict[str, object]]]:
    """That nobody speaks for an area whose duties the round would judge."""
    label = known.form.by_name["unit"].by_name[SPEAKS].label
    for level in sorted(area_levels(known.duties.values())):
        own = [clause for clause, duty in known.duties.items() if level in area_levels((duty,))]
        standing = [unit.name for unit in known.units if unit.level == level]
        facts: dict[str, object] = {"label": label, "level": level, "count": len(own), "named": _named(standing)}
        duty = known.duties[own[0]]
        if not known.units.asks_speakers:
            text = entry(NO_COLUMN).problem("standing", level=level, n=len(standing), names=_named(standing))
            yield NO_COLUMN, facts | {"standing": text if standing else ""}
        elif any(unit.speaks and unit.level == level for unit in known.units):
            continue
        elif not judged_above(duty, known.units, known.form):
            yield NOBODY_SPEAKS, facts


def _named(names: Sequence[str]) -> str:
    return "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")


def _differing(known: Assignments, place: Mapping[str, str]) -> Iterator[Finding]:
    """The units whose clauses differ from those of most others of their category; who speaks for its area may."""
    by_category: dict[str, Counter[Clauses]] = defaultdict(Counter)
    for unit in known.units:
        by_category[unit.category][known.ordinary(unit)] += 1
    for unit in known.units:
        own = known.of(unit) if unit.code in known.rivals else known.ordinary(unit)
        counts = by_category[unit.category]
        usual, most = max(counts.items(), key=lambda item: (item[1], sorted(item[0])))
        others = counts.total() - 1
        if own != usual and others >= LEAST_OTHERS and most * 2 > others:
            yield _difference(known, unit, own, usual, place)


def _difference(known: Assignments, unit: Unit, own: Clauses, usual: Clauses, place: Mapping[str, str]) -> Finding:
    columns, said = known.form.by_name["unit"].by_name, entry(DIFFERS)
    lacking, more = ([clause for clause in known.duties if clause in part] for part in (usual - own, own - usual))
    parts = [
        said.problem(name, count=len(clauses), named=_named(clauses))
        for name, clauses in (("fewer", lacking), ("more", more))
        if clauses
    ]
    facts: dict[str, object] = {
        "name": unit.name,
        "category": unit.category,
        "difference": "、".join(parts),
        "level_label": columns[LEVEL].label,
        "level": unit.level,
        "label": columns[SPEAKS].label,
        "speaks": YES if unit.speaks else NO,
    }
    cells = known.units.places.get(unit.code, {})
    return from_catalogue(
        DIFFERS, facts, cells=tuple(cells[name] for name in ("level", "speaks") if name in cells), **place
    )
