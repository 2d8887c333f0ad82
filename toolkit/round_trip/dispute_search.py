"""Rows of two units that cannot both be right about a person → one dispute a person, whatever sheets it stands on.

Which rows are compared, and by what, is said by the rules with the check `not_in_two_units` (forms/rules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from toolkit.job import Job
from toolkit.model.batch import Batch
from toolkit.model.dispute import Dispute, Place, digest
from toolkit.model.finding import Finding
from toolkit.model.form import Form, Rule, Sheet
from toolkit.model.people import Groups, Values, plain, printed
from toolkit.round_trip.shown import value_text
from validators.arguments import bind
from validators.cross import CROSS, CROSS_FACTS
from validators.situation import Situation, situate
from validators.workbooks import clashes

CHECK = "not_in_two_units"
ID_NUMBER = "id_number"


class _Claim(NamedTuple):
    """One row with which a unit claims a person whom another unit claims too, and what the two rows have in common."""

    unit: str
    place: Place
    values: Values
    certain: bool
    code: str
    person: tuple[str, str]


def rules_of(form: Form) -> list[Rule]:
    """The rules that find one person in two units."""
    return [rule for rule in form.rules if rule.check == CHECK]


def found(batch: Batch, findings: Collection[Finding], job: Job) -> list[Dispute]:
    """Every person whom two units claim, in the order of the units."""
    rules = rules_of(job.form)
    codes = {rule.code for rule in rules}
    if not any(finding.code in codes for finding in findings):
        return []
    situation = situate(batch, job.as_of, job.year, job.parameters)
    between: dict[tuple[str, str], list[_Claim]] = defaultdict(list)
    for rule in rules:
        for units, claim in _claims(situation, rule):
            between[units].append(claim)
    places = {sheet.name: number for number, sheet in enumerate(job.form.sheets)}
    order = {unit.code: number for number, unit in enumerate(batch.units)}
    made = [_dispute(units, own, places) for units, claims in between.items() for own in _persons(claims)]
    return sorted(made, key=lambda one: (*(order.get(unit, len(order)) for unit in one.units), one.number))


def _claims(situation: Situation, rule: Rule) -> Iterator[tuple[tuple[str, str], _Claim]]:
    """What one rule finds, with the two units in the order of their codes."""
    args = bind(rule, CROSS[CHECK], situation.form, CROSS_FACTS[CHECK]).args
    frame, sheet = situation.frame(rule.sheet), situation.form.by_name[rule.sheet]
    pairs = clashes(situation, rule.sheet, **args)  # type: ignore[arg-type]
    shared = [name for name in pairs.columns if name not in ("index", "_unit", "_unit_other")]
    for pair in pairs.to_dict("records"):
        row = frame.loc[pair["index"]]
        values = tuple(plain(text) for name in shared if (text := value_text(pair[name])))
        place = Place(rule.sheet, int(row["_return"]), int(row["_row"]))
        one, other = sorted((pair["_unit"], pair["_unit_other"]))
        claim = _Claim(pair["_unit"], place, values, ID_NUMBER in shared, rule.code, named(sheet, row))
        yield (one, other), claim


def named(sheet: Sheet, row: pd.Series | dict) -> tuple[str, str]:
    """Name and month of birth of the person that a row is about; "" where they are not known."""
    name, birth, *_ = (*(value_text(row.get(column)) for column in sheet.person), "", "")
    return printed(name), birth


def _persons(claims: Sequence[_Claim]) -> Iterator[list[_Claim]]:
    """The claims between two units by person: the same row, the same values, or one name with one month of birth."""
    groups, births = Groups(len(claims)), defaultdict(set)
    for claim in claims:
        name, birth = claim.person
        births[name] |= {birth} - {""}
    for number, claim in enumerate(claims):
        name, _ = claim.person
        groups.join(number, claim.place)
        groups.join(number, claim.values)
        if name and len(births[name]) < 2:
            groups.join(number, name)
    for numbers in groups.members():
        yield [claims[number] for number in numbers]


def _dispute(units: tuple[str, str], claims: Sequence[_Claim], places: dict[str, int]) -> Dispute:
    keys = tuple(sorted({claim.values for claim in claims}))
    rows = {
        unit: tuple(
            sorted({claim.place for claim in claims if claim.unit == unit}, key=lambda at: (places[at.sheet], at))
        )
        for unit in units
    }
    number = digest(*units, *(value for values in keys for value in values))
    codes = tuple(sorted({claim.code for claim in claims}))
    return Dispute(number, units, rows, codes, keys, any(claim.certain for claim in claims))
