"""Which situations may share a unit: none may touch what another one touches, or what its clause looks at.

What a clause looks at comes from its compiled indicator; only the packing depends on that, no expectation does.
A place is (sheet, which rows): events by type, posts by post, honours by type, totals by name, tasks by number, the
unit's own cells by column; of the other sheets all rows are one place. "*" is any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from random import Random

from tests.compliance_data import form_of
from tests.planted.situations import Situation, policy_of
from tests.planted.unit_rows import counted_by_small, parts_of_small
from toolkit.compute.filters import RowFilter
from toolkit.compute.indicators import compile_indicators
from toolkit.compute.reads import stats_read

KIND_OF_ROW = {"event": "event_type", "post": "post_type", "honor": "item_type", "task": "task_no"}
ALSO = {"event": "also_counts_as"}
Place = tuple[str, str]
PAYING = frozenset({("post", "*"), ("unit", "*"), ("party_org", "*"), ("study_group", "*"), ("annual_stat", "E06")})


@cache
def looked_at(policy_id: str, clause: str) -> frozenset[Place]:
    """The places that a clause's level rests on."""
    policy = policy_of(policy_id)
    indicator = policy.indicator_of[clause]
    if indicator.family == "allowance":
        return PAYING
    parts = indicator.args.get("clauses", ()) if indicator.family == "combined" else ()
    found = {place for part in parts for place in looked_at(policy_id, str(part))}
    compiled = _compiled(policy_id)[clause]
    for rows in (*_filters(compiled.family), *compiled.family.filters, *compiled.family.weighed):
        found |= set(_places(rows))
    codes = {row.values["stat_key"]: row.key for row in form_of(policy_id).by_name["annual_stat"].fixed_rows}
    return frozenset(found | {("annual_stat", codes[name]) for name in stats_read(compiled.family)})


@cache
def _compiled(policy_id: str) -> dict:
    policy = policy_of(policy_id)
    return {item.clause: item for item in compile_indicators(policy, form_of(policy_id))}


def _filters(node: object) -> Iterator[RowFilter]:
    if isinstance(node, RowFilter):
        yield node
    elif isinstance(node, (tuple, list)):
        for item in node:
            yield from _filters(item)
    elif is_dataclass(node):
        for item in fields(node):
            yield from _filters(getattr(node, item.name))


def _places(rows: RowFilter) -> Iterator[Place]:
    names = {KIND_OF_ROW.get(rows.sheet), ALSO.get(rows.sheet)}
    values = [item.values for item in rows.conditions if item.operator == "in" and set(item.columns) & names]
    for value in values[0] if values else ("*",):
        yield rows.sheet, value


@cache
def touched(situation: Situation) -> frozenset[Place]:
    """The places that a situation's edits change."""
    form = form_of(situation.policy)
    named = {sheet.label: sheet.name for sheet in form.sheets}
    given, found = situation.given, set()
    for edit in ("drop", "refuse"):
        for label, cells in (given.get(edit) or {}).items():
            found |= set(_rows(form, named[label], cells))
    for label, (which, cells) in (given.get("change") or {}).items():
        found |= {*_rows(form, named[label], which), *_rows(form, named[label], which | cells)}
    for label, rows in (given.get("add") or {}).items():
        found |= {place for cells in rows for place in _rows(form, named[label], cells)}
    found |= {("annual_stat", code) for code in given.get("stats") or {}}
    found |= {("annual_stat", code) for code in parts_of_small(form, given.get("stats") or {})}
    found |= {(sheet, "*") for sheet, _ in counted_by_small(given.get("stats") or {})}
    found |= {("task", code) for code in given.get("tasks") or {}}
    return frozenset(found | ({("unit", "*")} if given.get("unit") else set()))


def _rows(form, sheet: str, cells: dict[str, str]) -> Iterator[Place]:
    names = (KIND_OF_ROW.get(sheet), ALSO.get(sheet))
    labels = [form.by_name[sheet].by_name[name].label for name in names if name]
    given = [cells[label] for label in labels if cells.get(label)]
    return iter([(sheet, value) for value in given] or [(sheet, "*")])


class Places:
    """A set of places that is asked for meetings; by sheet, so that "*" is cheap."""

    def __init__(self) -> None:
        self._rows: dict[str, set[str]] = {}

    def add(self, places: Iterable[Place]) -> None:
        """Takes the places in."""
        for sheet, rows in places:
            self._rows.setdefault(sheet, set()).add(rows)

    def meet(self, places: Iterable[Place]) -> bool:
        """Whether one of the places is among these."""
        for sheet, rows in places:
            known = self._rows.get(sheet)
            if known and (rows == "*" or "*" in known or rows in known):
                return True
        return False


class Home:
    """A unit that is being filled with situations."""

    def __init__(self) -> None:
        self.situations: list[Situation] = []
        self._touched, self._looked_at, self._closed = Places(), Places(), False

    def takes(self, item: Situation) -> bool:
        """Whether the situation may stand beside those that are here."""
        if not self.situations:
            return True
        given, first = item.given, self.situations[0].given
        if self._closed or given.get("alone") or given.get("not_returned") != first.get("not_returned"):
            return False
        if given.get("prior") and any(other.given.get("prior") for other in self.situations):
            return False
        mine = touched(item)
        return not (
            self._touched.meet(mine)
            or self._looked_at.meet(mine)
            or self._touched.meet(looked_at(item.policy, item.clause))
        )

    def put(self, item: Situation) -> None:
        """Takes the situation in."""
        self.situations.append(item)
        self._touched.add(touched(item))
        self._looked_at.add(looked_at(item.policy, item.clause))
        self._closed = bool(item.given.get("alone"))


def packed(situations: Iterable[Situation], rng: Random | None = None) -> list[list[Situation]]:
    """The situations over as few units as first fit finds, in their order or in a drawn one."""
    situations = list(situations)
    if rng:
        rng.shuffle(situations)
    units: list[Home] = []
    for item in situations:
        home = next((unit for unit in units if unit.takes(item)), None)
        if home is None:
            home = Home()
            units.append(home)
        home.put(item)
    return [unit.situations for unit in units]
