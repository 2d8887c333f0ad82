"""Rulings about persons whom no rule finds in two units any more, because a cell of a row cannot be read.

The ruling stands until it can be read. Rows are found by the number that each unit gave the person; what can be read
of name and month of birth must agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from toolkit.campaign.ledger import Ledger
from toolkit.campaign.ledger_disputes import Sides
from toolkit.model.batch import Batch
from toolkit.model.dispute import ONE, TWO, Dispute, Place, Ruling
from toolkit.model.people import BIRTH, NAME, Values, plain
from toolkit.round_trip.dispute_search import OWN_NUMBER, rules_of
from toolkit.round_trip.shown import value_text

SHEET = "post"


def remembered(
    batch: Batch, disputes: Collection[Dispute], rulings: Mapping[str, Ruling], ledger: Ledger
) -> Iterator[Dispute]:
    """The disputes that were ruled on and that no rule finds now, though the rows are still there.

    Where the rows stand in another dispute, of more or fewer units, that one knows the ruling.

    Args:
        disputes: those that the rules find; rulings: number → ruling, of all disputes.
    """
    if not rulings:
        return
    found = {one.number for one in disputes}
    asked = {place for one in disputes for own in one.rows.values() for place in own}
    codes = tuple(rule.code for rule in rules_of(batch.form) if rule.sheet == SHEET)
    for number, sides in sorted(ledger.dispute_sides().items()):
        if number not in found and number in rulings and codes:
            for one in _dispute(batch, rulings[number], sides, codes):
                if not asked.issuperset(place for own in one.rows.values() for place in own):
                    yield one


def _dispute(batch: Batch, ruling: Ruling, sides: Sides, codes: tuple[str, ...]) -> Iterator[Dispute]:
    """The dispute, where the rows of two units are still there and agree as far as they can be read.

    Who is one person, and who is not, stays so. Whose the person is was asked because of what the rows said: where
    all of it can be read and they do not contradict each other any more, nothing is left of it.
    """
    frame = batch.tables[SHEET]
    owners = pd.MultiIndex.from_frame(frame[["_unit", OWN_NUMBER]].fillna(""))
    rows = frame[owners.isin(sorted(sides))]
    units = tuple(sorted(set(rows["_unit"])))
    looks = [tuple(plain(value_text(row.get(name))) for name in (NAME, BIRTH)) for row in rows.to_dict("records")]
    known: tuple[set[str], ...] = tuple({one[part] for one in looks} - {""} for part in range(2))
    if len(units) < 2 or any(len(values) != 1 for values in known):
        return
    whose = ruling.unit not in (ONE, TWO)
    if whose and (ruling.unit not in units or (all(map(all, looks)) and not _unread(batch, rows))):
        return
    values: Values = (*known[0], *known[1])
    own = frozenset(side for side in sides if side[0] in units)
    places = {
        unit: tuple(Place(SHEET, int(source), int(row)) for source, row in own[["_return", "_row"]].to_numpy())
        for unit, own in rows.groupby("_unit")
    }
    yield Dispute(ruling.dispute, units, places, codes, (values,), person=ruling.dispute, own=own)


def _unread(batch: Batch, rows: pd.DataFrame) -> bool:
    """Whether a cell of the rows could not be read."""
    places = set(zip(rows["_return"], rows["_row"], strict=True))
    return any((source, row) in places for source, row, _ in batch.problem_cells.get(SHEET, ()))
