"""Rounds of planted units: the situations distributed, the rows put together, the levels compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random

from tests.compliance_data import form_of, frame
from tests.planted.packing import packed
from tests.planted.situations import Situation, book, policy_of
from tests.planted.unit_rows import UnitRows
from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.compliance import compliance
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameters
from toolkit.model.reports import ComplianceReport
from toolkit.model.result import worst
from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.policies import parse_value

UNITS = 200
USUAL_KIND = "部门（单位）"
AWAY = "缺报单位"
"""A unit of the list that never returns and knows one branch."""


@dataclass
class Planted:
    """One unit of a round with its situations; companions have none."""

    unit: Unit
    rows: UnitRows
    situations: list[Situation] = field(default_factory=list)

    @property
    def returned(self) -> bool:
        """Whether a workbook came back."""
        return not any(item.given.get("not_returned") for item in self.situations)


@dataclass
class Round:
    """One collection round: what is judged, when, under which settings, and its units."""

    policy: str
    year: int
    as_of: date
    settings: dict[str, str]
    units: list[Planted] = field(default_factory=list)

    @property
    def parameters(self) -> Parameters:
        """The pack's parameters with the round's settings."""
        policy = policy_of(self.policy)
        given = {}
        for name, text in self.settings.items():
            known = policy.parameters[name]
            given[name] = parse_value(text, known.type, known.choices) if text else None
        return Parameters(policy, min(self.as_of, date(self.year, 12, 31)), given)

    def dataset(self) -> Dataset:
        """The round's rows as the merge hands them over."""
        form = form_of(self.policy)
        away = Unit(AWAY, AWAY, "机关", USUAL_KIND, orgs=(KnownOrg(f"{AWAY}-01", f"{AWAY}党支部", "党支部"),))
        lists: list[dict] = [{sheet.name: [] for sheet in form.sheets} for _ in range(2)]
        prior: dict[str, dict] = {}
        for planted in self.units:
            if not planted.returned:
                continue
            for rows, merged in zip(planted.rows.finished(), lists, strict=True):
                for sheet, records in rows.items():
                    for row in records:
                        place = {"_unit": planted.unit.code, "_row": len(merged[sheet]) + 7}
                        merged[sheet].append(_typed(self.policy, sheet, row) | place)
            for item in planted.situations:
                for name, figures in (item.given.get("prior") or {}).items():
                    for key, value in figures.items():
                        prior.setdefault(name, {})[key.format(**planted.rows.known)] = value
        tables, refused = ({name: frame(form, name, rows, "") for name, rows in found.items()} for found in lists)
        return Dataset(
            form=form,
            units=UnitList((*(planted.unit for planted in self.units), *([away] if self.names_away() else []))),
            tables=tables,
            rejected={name: table.assign(_reason="错误") for name, table in refused.items()},
            returned=frozenset(planted.unit.code for planted in self.units if planted.returned),
            files={0: "单位.xlsx"},
            year=self.year,
            prior=prior,
        )

    def names_away(self) -> bool:
        """Whether a situation rests on the unit that has not returned anything."""
        return any(AWAY in str(item.given) for planted in self.units for item in planted.situations)

    def report(self, as_of: date | None = None) -> ComplianceReport:
        """The levels of all units, allowances included."""
        return report(self.dataset(), self.parameters, as_of or self.as_of)


def report(dataset: Dataset, parameters: Parameters, as_of: date) -> ComplianceReport:
    """The levels of a dataset, allowances included."""
    policy = parameters.policy
    paid = allowance(dataset, policy, parameters, as_of)
    return compliance(dataset, policy, parameters, as_of, allowance_results(paid, policy))


@cache
def _integers(policy_id: str, sheet: str) -> tuple[frozenset[str], frozenset[str]]:
    """All columns of a sheet, and those that hold whole numbers."""
    columns = form_of(policy_id).by_name[sheet].columns
    return frozenset(column.name for column in columns), frozenset(
        column.name for column in columns if column.type == "integer"
    )


def _typed(policy_id: str, sheet: str, row: dict[str, str]) -> dict[str, object]:
    known, whole = _integers(policy_id, sheet)
    return {name: int(cell) if name in whole else cell for name, cell in row.items() if cell != "" and name in known}


def rounds(policy_id: str, units: int = UNITS) -> list[Round]:
    """All rounds of a policy; the first is the usual one, with the situations again until it has `units` units."""
    head = book(policy_id).head
    by_round: dict[tuple, list[Situation]] = defaultdict(list)
    usual = _key(head, {})
    by_round[usual] = []
    for situation in book(policy_id).situations:
        if not situation.given.get("alone"):
            by_round[_key(head, situation.given)].append(situation)
    found = [
        made for key, items in by_round.items() for made in _rounds(policy_id, key, items, units if key == usual else 0)
    ]
    for situation in book(policy_id).situations:
        if situation.given.get("alone"):
            found.append(_alone(policy_id, _key(head, situation.given), situation))
    return found


def _key(head: dict, given: dict) -> tuple:
    settings = head.get("parameters", {}) | (given.get("parameters") or {})
    return given.get("year", head["year"]), given.get("as_of", head["as_of"]), tuple(sorted(settings.items()))


def _rounds(policy_id: str, key: tuple, items: list[Situation], least: int) -> Iterator[Round]:
    """One round, and a further small one for every second unit that speaks for the whole area."""
    by_kind: dict[str, list[Situation]] = defaultdict(list)
    for situation in items:
        by_kind[situation.given.get("kind", USUAL_KIND)].append(situation)
    speaker = book(policy_id).head.get("speaker", "省级")
    speakers = packed(by_kind.pop(speaker, []))
    first = _round(policy_id, key)
    for kind, found in by_kind.items():
        for unit in packed(found):
            place(first, kind, unit)
    for unit in speakers[:1]:
        place(first, speaker, unit)
    again = [item for item in by_kind[USUAL_KIND] if not item.given.get("not_returned")]
    draw = Random(policy_id)
    while len(first.units) < least:
        for unit in packed(again, draw)[: least - len(first.units)]:
            place(first, USUAL_KIND, unit)
    if first.units:
        yield first
    for unit in speakers[1:]:
        more = _round(policy_id, key)
        place(more, speaker, unit)
        place(more, USUAL_KIND, [])
        yield more


def _round(policy_id: str, key: tuple) -> Round:
    year, as_of, settings = key
    return Round(policy_id, int(year), date.fromisoformat(as_of), dict(settings))


def _alone(policy_id: str, key: tuple, situation: Situation) -> Round:
    made = _round(policy_id, key)
    place(made, situation.given.get("kind", USUAL_KIND), [situation])
    for kind in situation.given.get("companions") or ():
        place(made, kind, [])
    return made


def place(made: Round, kind: str, situations: list[Situation]) -> None:
    """A unit of a kind with its situations, the next one of the round."""
    number = len(made.units) + 1
    code, name = f"U{number:03d}", f"样例市第{number:03d}局"
    terms = book(made.policy).head["kinds"][kind]
    rows = UnitRows(form_of(made.policy), made.policy, code, name, number, made.year, terms)
    orgs = (KnownOrg(f"{code}-01", f"中共{name}离退休干部党支部委员会", "党支部"),)
    more = {"short_names": (f"简称{code}",), "orgs": orgs, "speaks": terms.get("speaks") == "是"}
    unit = Unit(code, name, terms["category"], terms["level"], **more)
    for situation in situations:
        rows.plant(situation)
    made.units.append(Planted(unit, rows, situations))


def wrong(made: Round, found: ComplianceReport) -> list[str]:
    """Every planted situation that came out otherwise: unit, what was planted, what was found."""
    by_place = defaultdict(list)
    for result in found.results:
        by_place[result.unit, result.clause].append(result)
    told = []
    for planted in made.units:
        for item in planted.situations:
            own = by_place[planted.unit.code, item.clause]
            own = [result for result in own if item.given.get("subject", "") in result.subject]
            level = worst(result.level for result in own) if own else "无"
            figures = item.given.get("figures")
            if level != item.level or (figures is not None and dict(own[0].figures) != figures):
                seen = "；".join(f"{result.level} {result.reason} {dict(result.figures)}" for result in own)
                told.append(f"{made.year} {made.as_of} {planted.unit.code} [{item.label}] ≠ {seen}")
    return told
