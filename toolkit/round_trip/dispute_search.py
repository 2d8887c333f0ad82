"""Rows of two units that cannot both be right about a person → one dispute a person, whatever sheets it stands on.

Which rows are compared, and by what, is said by the rules with the check `not_in_two_units` (forms/rules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from toolkit.model.batch import Batch
from toolkit.model.dispute import Dispute, Place, digest
from toolkit.model.finding import Finding
from toolkit.model.form import Form, Rule, Sheet
from toolkit.model.groups import Groups
from toolkit.model.people import Values, plain, printed
from toolkit.model.unit import UnitList
from toolkit.round_trip.shown import value_text
from validators.arguments import bind
from validators.cross import CROSS, CROSS_FACTS
from validators.situation import Situation
from validators.workbooks import clashes

CHECK = "not_in_two_units"
ID_NUMBER, OWN_NUMBER = "id_number", "person_key"


class _Claim(NamedTuple):
    """One row with which a unit claims a person whom another unit claims too, and what the two rows have in common.

    `own` is what the unit itself calls the row's person, see `own_number`.
    """

    unit: str
    other: str
    place: Place
    values: Values
    certain: bool
    code: str
    person: tuple[str, str]
    own: str

    @property
    def pair(self) -> tuple[str, str]:
        """The two units in the order of their codes."""
        return (self.unit, self.other) if self.unit < self.other else (self.other, self.unit)


def rules_of(form: Form) -> list[Rule]:
    """The rules that find one person in two units."""
    return [rule for rule in form.rules if rule.check == CHECK]


def found(batch: Batch, findings: Collection[Finding], situation: Situation) -> list[Dispute]:
    """Every person whom two units claim, in the order of the units.

    Args:
        situation: of the checks of the batch.
    """
    rules = rules_of(situation.form)
    codes = {rule.code for rule in rules}
    if not any(finding.code in codes for finding in findings):
        return []
    claims = [claim for rule in rules for claim in _claims(situation, rule)]
    former = _former(claims, batch.units)
    places = {sheet.name: number for number, sheet in enumerate(situation.form.sheets)}
    order = {unit.code: number for number, unit in enumerate(batch.units)}
    made = [_dispute(own, places, former, batch.units) for own in _persons(claims)]
    return sorted(made, key=lambda one: (tuple(order.get(unit, len(order)) for unit in one.units), one.number))


def _claims(situation: Situation, rule: Rule) -> Iterator[_Claim]:
    """What one rule finds: a claim for each row and other unit."""
    args = bind(rule, CROSS[CHECK], situation.form, CROSS_FACTS[CHECK]).args
    frame, sheet = situation.frame(rule.sheet), situation.form.by_name[rule.sheet]
    pairs = clashes(situation, rule.sheet, **args)  # type: ignore[arg-type]
    shared = [name for name in pairs.columns if name not in ("index", "_unit", "_unit_other")]
    for pair in pairs.to_dict("records"):
        row = frame.loc[pair["index"]]
        values = tuple(plain(text) for name in shared if (text := value_text(pair[name])))
        place = Place(rule.sheet, int(row["_return"]), int(row["_row"]))
        facts = (values, ID_NUMBER in shared, rule.code, named(sheet, row), own_number(sheet, row))
        yield _Claim(pair["_unit"], pair["_unit_other"], place, *facts)


def named(sheet: Sheet, row: pd.Series | dict) -> tuple[str, str]:
    """Name and month of birth of the person that a row is about; "" where they are not known."""
    name, birth, *_ = (*(value_text(row.get(column)) for column in sheet.person), "", "")
    return printed(name), birth


def own_number(sheet: Sheet, row: pd.Series | dict) -> str:
    """What the unit itself calls the person of a row: the number of a person, else sheet and key of the row; "" = none.

    A key of another sheet is no number of a person, so it stands behind the name of the sheet.
    """
    if OWN_NUMBER in sheet.by_name:
        return value_text(row.get(OWN_NUMBER))
    key = [value_text(row.get(name)) for name in sheet.key]
    return "\n".join((sheet.name, *key)) if key and all(key) else ""


def _persons(claims: Sequence[_Claim]) -> Iterator[list[_Claim]]:
    """The claims by person: the same row, the same values, or in one unit one name with one month of birth."""
    groups, births = Groups(len(claims)), defaultdict(set)
    for claim in claims:
        name, birth = claim.person
        births[claim.unit, name] |= {birth} - {""}
    for number, claim in enumerate(claims):
        name, _ = claim.person
        groups.join(number, claim.place)
        groups.join(number, claim.values)
        if name and len(births[claim.unit, name]) < 2:
            groups.join(number, (claim.unit, name))
    for numbers in groups.members():
        yield [claims[number] for number in numbers]


def _former(claims: Sequence[_Claim], units: UnitList) -> dict[tuple[tuple[str, str], Place], str]:
    """(two units, row) → the number under which earlier versions, which asked about two units at a time, asked."""
    between: dict[tuple[str, str], list[_Claim]] = defaultdict(list)
    for claim in claims:
        between[claim.pair].append(claim)
    found = {}
    for pair, own in between.items():
        groups, births = Groups(len(own)), defaultdict(set)
        for claim in own:
            births[claim.person[0]] |= {claim.person[1]} - {""}
        for number, claim in enumerate(own):
            groups.join(number, claim.place)
            groups.join(number, claim.values)
            if claim.person[0] and len(births[claim.person[0]]) < 2:
                groups.join(number, claim.person[0])
        for numbers in groups.members():
            keys = sorted({own[number].values for number in numbers})
            asked = digest(*sorted(map(units.first, pair)), *(value for values in keys for value in values))
            found |= {(pair, own[number].place): asked for number in numbers}
    return found


def _dispute(
    claims: Sequence[_Claim],
    places: dict[str, int],
    former: dict[tuple[tuple[str, str], Place], str],
    listed: UnitList,
) -> Dispute:
    keys = tuple(sorted({claim.values for claim in claims}))
    units = tuple(sorted({claim.unit for claim in claims}))
    rows = {
        unit: tuple(
            sorted({claim.place for claim in claims if claim.unit == unit}, key=lambda at: (places[at.sheet], at))
        )
        for unit in units
    }
    against: dict[tuple[str, Place], set[str]] = defaultdict(set)
    for claim in claims:
        against[claim.code, claim.place].add(claim.other)
    pairs: dict[tuple[str, str], dict[str, None]] = {}
    for claim in sorted(claims):
        pairs.setdefault(claim.pair, {})[former[claim.pair, claim.place]] = None
    values = [value for own in keys for value in own]
    return Dispute(
        number=digest(*sorted(map(listed.first, units)), *values),
        units=units,
        rows=rows,
        codes=tuple(sorted({claim.code for claim in claims})),
        keys=keys,
        certain=frozenset(claim.pair for claim in claims if claim.certain),
        person=digest("person", *values),
        own=frozenset((claim.unit, claim.own) for claim in claims if claim.own),
        pairs={pair: tuple(sorted(numbers)) for pair, numbers in sorted(pairs.items())},
        first={unit: code for unit in units if (code := listed.first(unit)) != unit},
        against={at: tuple(sorted(others)) for at, others in against.items()},
    )
