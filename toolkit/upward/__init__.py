"""The return upward: totals and levels per unit and clause, without names, that add up level by level.

A figure belongs to one unit and one item; a small sensitive total is no figure but only counted as withheld. Where at
least two units of a round hide in it, their sum travels in one piece (`Rest`) and the total of the item is the true
one; otherwise the total is that of the units shown, and says so. Both are the same at every level, so lower totals
always add up to the upper one and a withheld number cannot be worked out from a difference.

For the targets of a whole area (100名左右) the return carries what each unit contributes, persons as numbers and marks
(`toolkit.model.portions`); the level that merges the returns judges them (`toolkit.upward.targets`).

Source: forms.md, personal data (small numbers); systems table; YZ-S2-h; YN-03-h.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model import strictyaml
from toolkit.model.duties import SPEAKS_FOR
from toolkit.model.figures import Figures
from toolkit.model.policy import Policy
from toolkit.model.portions import Portion
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.result import LEVELS
from toolkit.model.unit import Unit
from toolkit.model.withholding import hidden_stats, may_be_summed
from toolkit.upward.areas import area_portions, area_results
from toolkit.upward.keys import key_of, name_of

if TYPE_CHECKING:
    from toolkit.registers.view import View

FILE = Path(__file__).with_name("upward.yaml")
STATS = "annual_stat"
PARTS = ("reported", "listed", "to_verify", "registered", "refused")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one unit; `value` None = withheld."""

    unit: str
    item: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Rest:
    """What stands in no row of a unit: the sum of the withheld figures of one round under one item.

    Args:
        nobody: instead, the money in files of which nobody knows the unit.
    """

    source: str
    item: str
    value: Decimal
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What is counted: code, group, name, unit of measure."""

    code: str
    group: str
    name: str
    measure: str


@dataclass(frozen=True, slots=True)
class Area:
    """What holds for the whole area of one round under a clause that its city, prefecture or province bears.

    Args:
        level: the worst over the clause's subjects; reason: the figures in words, "" where they are withheld.
    """

    source: str
    clause: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A round: its name, its day of judgement, the name of the key of its marks ("" = persons are not marked)."""

    name: str
    as_of: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a unit stands: its 层级, and whether it speaks for the area of that level."""

    level: str = ""
    speaks: bool = False


@dataclass(frozen=True)
class Upward:
    """A return upward, of one round or of several merged.

    Args:
        sources: code → the rounds it was made from, each unit belongs to one (`source_of`).
        units: code → name, in order; those that did not return are among them without figures (`returned` says who).
        levels: (unit, clause) → level, the worst over the clause's subjects, of units whose return counts.
        clauses: id → title.
        areas: results of whole areas, by source; a round whose list has nobody to bear a clause says nothing of it.
        rests: sums of withheld figures, of the rounds where such a sum tells nothing about a unit; money of nobody.
        stands: unit → where it stands.
        portions: clause → what its units contribute to a figure of the whole area; a source that judges the clause
            says something of it even where nothing counts.
    """

    policy: str
    year: int
    as_of: str
    title: str
    sources: Mapping[str, Source]
    units: Mapping[str, str]
    source_of: Mapping[str, str]
    returned: frozenset[str]
    items: Mapping[str, Item]
    figures: tuple[Figure, ...]
    levels: Mapping[tuple[str, str], str]
    clauses: Mapping[str, str] = field(default_factory=dict)
    areas: tuple[Area, ...] = ()
    rests: tuple[Rest, ...] = ()
    stands: Mapping[str, Stand] = field(default_factory=dict)
    portions: Mapping[str, tuple[Portion, ...]] = field(default_factory=dict)

    def totals(self) -> dict[str, tuple[Decimal, int, int]]:
        """Item → sum of the figures and rests, units with a figure, units whose figure is withheld."""
        found: dict[str, list] = {code: [Decimal(0), 0, 0] for code in self.items}
        for one in self.figures:
            own = found[one.item]
            if one.value is None:
                own[2] += 1
            else:
                own[0] += one.value
                own[1] += 1
        for rest in self.rests:
            found[rest.item][0] += rest.value
        return {code: (total, shown, withheld) for code, (total, shown, withheld) in found.items()}

    def partial(self) -> frozenset[str]:
        """The items whose total is that of the units shown: some withheld figures are in no sum."""
        whole = {(one.source, one.item) for one in self.rests if not one.nobody}
        hidden = ((self.source_of[one.unit], one.item) for one in self.figures if one.value is None)
        return frozenset(item for source, item in hidden if (source, item) not in whole)

    def counts(self) -> dict[str, dict[str, int]]:
        """Clause → level → number of units."""
        found: dict[str, dict[str, int]] = {clause: {level: 0 for level in LEVELS} for clause in self.clauses}
        for (_, clause), level in self.levels.items():
            found[clause][level] += 1
        return found

    def area_counts(self, source: str = "") -> dict[str, int]:
        """Clause → number of areas with a result; of one source, or of all."""
        own = [one.clause for one in self.areas if source in ("", one.source)]
        return {clause: own.count(clause) for clause in self.clauses if clause in own}


@cache
def words() -> Mapping[str, str]:
    """The words of the return upward."""
    return strictyaml.plain(strictyaml.load(FILE).take("words"))  # type: ignore[return-value]


def upward(
    view: View,
    compliance: ComplianceReport,
    allowance: AllowanceReport,
    figures: Figures,
    policy: Policy,
    title: str,
    campaign: str,
    report_key: str = "",
) -> Upward:
    """The return upward of one round.

    Args:
        figures: cells of the units whose return counts, and the account of the money, as in all outputs.
        view: the merged data with names (`toolkit.registers.view`).
        campaign: id of the round; with the first unit's code it tells one source from another.
        report_key: the text from which the key of the marks is made; "" = persons are not marked.
    Raises: DefinitionError: an item names a column or choice that does not exist.
    """
    items: dict[str, Item] = {}
    hidden: dict[str, list[Decimal]] = {}
    money = _money(allowance, figures, view, policy, items)
    found = [*_stat_figures(view, items, hidden), *_row_figures(view, items), *money]
    areas = area_results(view, compliance.results, figures, policy)
    used = dict.fromkeys(clause for _, clause in figures.cells)
    first = view.units[0] if view.units else None
    source = f"{campaign}/{first.code}" if first else campaign
    name = words()["source"].format(title=title, unit=first.name if first else "", count=len(view.units))
    key = key_of(report_key, policy.id, view.year)
    portions = area_portions(view, policy, key)
    return Upward(
        policy=policy.id,
        year=view.year,
        as_of=view.as_of.isoformat(),
        title=title,
        sources={source: Source(name, view.as_of.isoformat(), name_of(key))},
        units={unit.code: unit.name for unit in view.units},
        source_of={unit.code: source for unit in view.units},
        returned=frozenset(view.dataset.returned),
        items=items,
        figures=tuple(found),
        levels={key: cell.level for key, cell in figures.cells.items() if key[0] in figures.counted},
        clauses={code: policy.clauses[code].title for code in policy.clauses if code in used},
        areas=tuple(Area(source, clause, level, reason) for clause, (level, reason) in areas.items()),
        rests=tuple([*_rests(source, found, hidden), *_money_of_nobody(source, figures, view)]),
        stands={unit.code: _stand(view, unit) for unit in view.units},
        portions={clause: tuple(replace(one, source=source) for one in own) for clause, own in portions.items()},
    )


def _stand(view: View, unit: Unit) -> Stand:
    return Stand(view.level_of(unit.code), bool(view.attribute(unit, SPEAKS_FOR)))


def _rests(source: str, figures: Sequence[Figure], hidden: Mapping[str, Sequence[Decimal]]) -> Iterable[Rest]:
    """The sums of withheld figures, of the items where they may leave."""
    for item, values in hidden.items():
        rest = sum(values, Decimal(0))
        shown = sum((one.value or Decimal(0) for one in figures if one.item == item), Decimal(0))
        if may_be_summed(values, shown + rest):
            yield Rest(source, item, rest)


def _stat_figures(view: View, items: dict[str, Item], kept: dict[str, list[Decimal]]) -> Iterable[Figure]:
    """Annual totals; the small sensitive ones and their parts withheld, and collected in `kept` by item."""
    form = view.dataset.form
    fixed = form.by_name[STATS].fixed_rows if STATS in form.by_name else ()
    for row in fixed:
        items[row.key] = Item(row.key, words()["stats"], row.values["stat_name"], row.values["stat_unit"])
    codes = {row.values["stat_key"]: row.key for row in fixed}
    for unit in view.units:
        own = view.stats.get(unit.code, {})
        values = {
            codes[name]: Decimal(row.value) for name, row in own.items() if name in codes and row.value is not None
        }
        hidden = hidden_stats(values, form)
        for row in fixed:
            if row.key in hidden:
                yield Figure(unit.code, row.key, None)
                kept.setdefault(row.key, []).extend([values[row.key]] if row.key in values else ())
            elif row.key in values:
                yield Figure(unit.code, row.key, values[row.key])


def _row_figures(view: View, items: dict[str, Item]) -> Iterable[Figure]:
    """Rows counted or added up, one figure a unit and value."""
    from toolkit.registers.building import filter_of

    for record in strictyaml.load(FILE).records("items"):
        title, by = record.text("title"), record.texts("by")
        total = record.text("sum", "")
        rows = filter_of(record, view)
        record.done()
        columns = [name for name in by if not name.startswith("@")]
        if rows is None or not view.has(rows.sheet, [*columns, *([total] if total else [])]):
            continue
        found: dict[str, dict[str, Decimal]] = {}
        for row in view.filtered(rows):
            value = "·".join(str(view.of(row, name) or "—") for name in by)
            own = found.setdefault(value, {})
            own.setdefault(row.origin.unit, Decimal(0))
            own[row.origin.unit] += Decimal(getattr(row, total) or 0) if total else 1
        for value in sorted(found):
            code = f"{title}·{value}" if value else title
            items[code] = Item(code, title, value or title, words()["unit"])
            yield from (Figure(unit, code, number) for unit, number in found[value].items())


def _money(allowance: AllowanceReport, figures: Figures, view: View, policy: Policy, items: dict) -> Iterable[Figure]:
    """Allowances of each unit: persons, due, and what was reported as paid with its four parts."""
    units = {unit.code for unit in view.units}
    due: dict[str, Decimal] = {}
    people: dict[str, set[int]] = {}
    for person in allowance.persons:
        due[person.unit] = due.get(person.unit, Decimal(0)) + (person.due or 0)
        if person.due:
            people.setdefault(person.unit, set()).add(person.number)
    names = {"persons": "persons", "due": "due_floor" if policy.due_is_floor else "due"} | {key: key for key in PARTS}
    codes = {key: f"{words()['money']}·{words()[name]}" for key, name in names.items()}
    for key, name in names.items():
        measure = words()["unit" if key == "persons" else "yuan"]
        items[codes[key]] = Item(codes[key], words()["money"], words()[name], measure)
    for unit, money in figures.account.units.items():
        if unit in figures.counted:
            yield Figure(unit, codes["persons"], Decimal(len(people.get(unit, ()))))
            yield Figure(unit, codes["due"], due.get(unit, Decimal(0)))
        if unit in figures.counted or (unit in units and money.reported):
            yield from (Figure(unit, codes[key], getattr(money, key)) for key in PARTS)


def _money_of_nobody(source: str, figures: Figures, view: View) -> Iterable[Rest]:
    """The money in files that belong to no unit of the list, of what was reported and its four parts."""
    listed = {unit.code for unit in view.units}
    own = [money for unit, money in figures.account.units.items() if unit not in listed]
    for key in PARTS:
        if total := sum((getattr(money, key) for money in own), Decimal(0)):
            yield Rest(source, f"{words()['money']}·{words()[key]}", total, nobody=True)


def merged(parts: Sequence[Upward], title: str) -> Upward:
    """Several returns as one, for the next level, in the order of their units' codes however the files are called.

    Raises: ValueError: a unit stands in two of them (callers check before with `clashes`).
    """
    if clashes(parts):
        raise ValueError(title)
    parts = sorted(parts, key=lambda part: min(part.units, default=""))
    units, items, clauses = {}, {}, {}
    portions: dict[str, tuple[Portion, ...]] = {}
    for part in parts:
        for clause, own in part.portions.items():
            portions[clause] = (*portions.get(clause, ()), *own)
        units |= part.units
        items |= part.items
        clauses |= part.clauses
    return Upward(
        policy=parts[0].policy,
        year=parts[0].year,
        as_of=max(part.as_of for part in parts),
        title=title,
        sources={code: source for part in parts for code, source in part.sources.items()},
        units=units,
        source_of={unit: code for part in parts for unit, code in part.source_of.items()},
        returned=frozenset().union(*(part.returned for part in parts)),
        items=items,
        figures=tuple(figure for part in parts for figure in part.figures),
        levels={key: level for part in parts for key, level in part.levels.items()},
        clauses=clauses,
        areas=tuple(area for part in parts for area in part.areas),
        rests=tuple(rest for part in parts for rest in part.rests),
        stands={unit: stand for part in parts for unit, stand in part.stands.items()},
        portions=portions,
    )


def clashes(parts: Sequence[Upward]) -> dict[str, tuple[int, ...]]:
    """Unit → places of the returns in which it stands, where that is more than one."""
    found: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        for unit in part.units:
            found.setdefault(unit, []).append(place)
    return {unit: tuple(places) for unit, places in found.items() if len(places) > 1}


def source_totals(whole: Upward) -> dict[str, dict[str, Decimal]]:
    """Source → item → sum of its units' figures and its rest; over all sources they add up to `totals`."""
    found: dict[str, dict[str, Decimal]] = {code: {} for code in whole.sources}
    for one in whole.figures:
        own = found[whole.source_of[one.unit]]
        own[one.item] = own.get(one.item, Decimal(0)) + (one.value or 0)
    for rest in whole.rests:
        own = found[rest.source]
        own[rest.item] = own.get(rest.item, Decimal(0)) + rest.value
    return found
