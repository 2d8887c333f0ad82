"""Rulings about persons whom no rule finds in two units any more, because a cell of a row is wrong.

The ruling stands until the row is put right. Rows are found by what each unit itself called the person (`own_number`);
what can be read of name and month of birth must agree. A ruling that does not stand though one of the persons is still
there rests, and that is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations
from typing import NamedTuple

from toolkit.campaign.ledger import Ledger
from toolkit.campaign.ledger_disputes import Sides
from toolkit.model.batch import Batch
from toolkit.model.dispute import ONE, TWO, Dispute, Place, Ruling, digest
from toolkit.model.form import Form
from toolkit.model.people import Values, plain
from toolkit.round_trip.dispute_search import named, own_number, rules_of
from toolkit.round_trip.shown import value_text

Refused = Mapping[str, Collection[tuple[int, int]]]
"""Sheet → (return, row) of the rows that were refused for what is wrong in them."""


class _Known(NamedTuple):
    """A row about a person of a ruling: whose, where, and what can be read of name and month of birth.

    `keys` are the values by which the rules would find the person again.
    """

    side: tuple[str, str]
    place: Place
    looks: Values
    keys: tuple[Values, ...]


def with_remembered(
    batch: Batch, disputes: Sequence[Dispute], rulings: Mapping[str, Ruling], ledger: Ledger, refused: Refused
) -> list[Dispute]:
    """The disputes that the rules find, and those that were ruled on and are not found though the rows are there.

    Where the rows stand in another dispute, of more or fewer units, that one knows the ruling. A dispute that is found
    on one sheet only keeps what was ruled about the others.

    Args:
        rulings: number → ruling, of all disputes.
    """
    sides = ledger.dispute_sides() if rulings else {}
    sides = {number: own for number, own in sorted(sides.items()) if number in rulings}
    if not sides:
        return list(disputes)
    known = _rows(batch, sides.values())
    asked = {place for one in disputes for own in one.rows.values() for place in own}
    found = {one.number: one for one in disputes}
    for number, own in sides.items():
        rows = [row for side in sorted(own) for row in known.get(side, ())]
        for one in _dispute(batch, rulings[number], rows, refused):
            if number in found:
                found[number] = _joined(found[number], one)
            elif not asked.issuperset(place for places in one.rows.values() for place in places):
                found[number] = one
    return list(found.values())


def resting(
    batch: Batch, disputes: Collection[Dispute], rulings: Mapping[str, Ruling], ledger: Ledger
) -> Iterator[tuple[Ruling, tuple[str, ...]]]:
    """The rulings that do not stand now though a person of theirs is still there, with the units where that is.

    Where the unit that was to keep the person still has it and nobody contradicts any more, the ruling is done as said,
    also where the others' rows are about somebody else now, who got the person's number; see `_done`.

    Args:
        disputes: all that are weighed now, found by a rule or remembered.
    """
    if not rulings:
        return
    found = {number for one in disputes for number in (one.number, *(n for own in one.pairs.values() for n in own))}
    kept = ledger.dispute_sides()
    known = _rows(batch, kept.values())
    for number, sides in sorted(kept.items()):
        held = number in found or any(len({unit for unit, _ in sides & one.own}) > 1 for one in disputes)
        rows = [row for side in sides for row in known.get(side, ())]
        units = tuple(sorted({row.side[0] for row in rows}))
        if number in rulings and not held and units and not _done(batch, rulings[number], sides, rows):
            yield rulings[number], units


def _done(batch: Batch, ruling: Ruling, sides: Sides, rows: Sequence[_Known]) -> bool:
    """Whether the keeper still has the person and no other row is that person's by half.

    A row with another name or another month of birth may be the person's still, renamed; one with both is somebody
    else's. That is known only where the keeper's row says what was ruled on: else the keeper may have changed its own.
    """
    own = [row for row in rows if row.side[0] == ruling.unit]
    if not own or all(len(values) < 2 for values in _looks(rows)):
        return bool(own)
    units = sorted({batch.units.first(unit) for unit, _ in sides})
    person = next((row.looks for row in own if ruling.dispute in _numbers(units, row)), None)
    return person is not None and not any(_by_half(row, person) for row in rows)


def _numbers(units: Sequence[str], row: _Known) -> Iterator[str]:
    """The numbers of the disputes between these units that what the row says could have come to."""
    keys = sorted(row.keys)
    for many in range(1, len(keys) + 1):
        for some in combinations(keys, many):
            yield digest(*units, *chain.from_iterable(some))


def _by_half(row: _Known, person: Values) -> bool:
    """Whether a row is neither wholly about a person, as far as it can be read, nor wholly about somebody else."""
    agree = [one == other for one, other in zip(row.looks, person, strict=True) if one and other]
    return not all(agree) and (any(agree) or len(agree) < len(person))


def _rows(batch: Batch, sides: Iterable[Sides]) -> dict[tuple[str, str], list[_Known]]:
    """Side → its rows that are still there, on all sheets that the rules compare."""
    wanted = {side for own in sides for side in own}
    units = {unit for unit, _ in wanted}
    found: dict[tuple[str, str], list[_Known]] = {}
    for name in _codes(batch.form):
        sheet, frame = batch.form.by_name[name], batch.tables[name]
        for row in frame[frame["_unit"].isin(units)].to_dict("records") if wanted else ():
            side = (row["_unit"], own_number(sheet, row))
            if side in wanted:
                place = Place(name, int(row["_return"]), int(row["_row"]))
                looks = tuple(map(plain, named(sheet, row)))
                found.setdefault(side, []).append(_Known(side, place, looks, _keys(batch.form, name, row)))
    return found


def _keys(form: Form, sheet: str, row: Mapping) -> tuple[Values, ...]:
    """The values by which the rules of a sheet would find the person of a row, each set of them once."""
    found: dict[Values, None] = {}
    for rule in rules_of(form):
        if rule.sheet == sheet:
            keys = [plain(value_text(row.get(name))) for name in rule.args["keys"]]
            more = [plain(value_text(row.get(name))) for name in [rule.args.get("apart")] if name]
            if all(keys):
                found |= dict.fromkeys((tuple(keys), tuple(filter(None, (*keys, *more)))))
    return tuple(found)


def _codes(form: Form) -> dict[str, tuple[str, ...]]:
    """Sheet → the rules that find one person in two units there, in the order of the form."""
    rules = rules_of(form)
    found = {sheet.name: tuple(rule.code for rule in rules if rule.sheet == sheet.name) for sheet in form.sheets}
    return {sheet: codes for sheet, codes in found.items() if codes}


def _dispute(batch: Batch, ruling: Ruling, rows: Sequence[_Known], refused: Refused) -> Iterator[Dispute]:
    """The dispute, where the rows of two units are still there and agree as far as they can be read.

    Who is one person, and who is not, stays so. Whose the person is was asked because of what the rows said: where
    all of it can be read and they do not contradict each other any more, nothing is left of it.
    """
    units = tuple(sorted({row.side[0] for row in rows}))
    known = _looks(rows)
    if len(units) < 2 or any(len(values) != 1 for values in known):
        return
    whose = ruling.unit not in (ONE, TWO)
    if whose and (ruling.unit not in units or not any(_wrong(batch, row, refused) for row in rows)):
        return
    values: Values = tuple(one for part in known for one in part)
    places = {unit: tuple(row.place for row in rows if row.side[0] == unit) for unit in units}
    codes = _codes(batch.form)
    sheets = dict.fromkeys(sheet for sheet in codes if any(row.place.sheet == sheet for row in rows))
    yield Dispute(
        ruling.dispute,
        units,
        places,
        tuple(code for sheet in sheets for code in codes[sheet]),
        (values,),
        person=ruling.dispute,
        own=frozenset(row.side for row in rows),
    )


def _looks(rows: Iterable[_Known]) -> list[set[str]]:
    """The names, and the months of birth, that can be read in some rows."""
    rows = list(rows)
    return [{row.looks[part] for row in rows} - {""} for part in range(2)]


def _joined(one: Dispute, more: Dispute) -> Dispute:
    """A dispute with the rows of its units on sheets where no rule finds them any more."""
    there = {(unit, place.sheet) for unit, places in one.rows.items() for place in places}
    lost = {
        unit: tuple(place for place in more.rows.get(unit, ()) if (unit, place.sheet) not in there)
        for unit in one.units
    }
    if not any(lost.values()):
        return one
    rows = {unit: (*one.rows[unit], *lost[unit]) for unit in one.units}
    return replace(one, rows=rows, codes=tuple(sorted({*one.codes, *more.codes})), own=one.own | more.own)


def _wrong(batch: Batch, row: _Known, refused: Refused) -> bool:
    """Whether a row has a cell that is empty or could not be read, or was refused for another 错误."""
    sheet, source, at = row.place
    unread = {(source, at) for source, at, _ in batch.problem_cells.get(sheet, ())}
    return not all(row.looks) or (source, at) in unread or (source, at) in refused.get(sheet, ())
