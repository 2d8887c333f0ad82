"""Rulings about persons whom no rule finds in two units any more, because a cell of a row is wrong.

The ruling stands until the row is put right. Rows are found by the number that each unit gave the person; what can be
read of name and month of birth must agree. A ruling that does not stand though one of the persons is still there rests,
and that is said.
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
    batch: Batch,
    disputes: Collection[Dispute],
    rulings: Mapping[str, Ruling],
    ledger: Ledger,
    refused: Collection[tuple[int, int]] = (),
) -> Iterator[Dispute]:
    """The disputes that were ruled on and that no rule finds now, though the rows are still there.

    Where the rows stand in another dispute, of more or fewer units, that one knows the ruling.

    Args:
        disputes: those that the rules find; rulings: number → ruling, of all disputes.
        refused: (return, row) of the posts that were refused for what is wrong in them.
    """
    if not rulings:
        return
    found = {one.number for one in disputes}
    asked = {place for one in disputes for own in one.rows.values() for place in own}
    codes = tuple(rule.code for rule in rules_of(batch.form) if rule.sheet == SHEET)
    for number, sides in sorted(ledger.dispute_sides().items()):
        if number not in found and number in rulings and codes:
            for one in _dispute(batch, rulings[number], sides, codes, refused):
                if not asked.issuperset(place for own in one.rows.values() for place in own):
                    yield one


def resting(
    batch: Batch, disputes: Collection[Dispute], rulings: Mapping[str, Ruling], ledger: Ledger
) -> Iterator[tuple[Ruling, tuple[str, ...]]]:
    """The rulings that do not stand now though a person of theirs is still there, with the units where that is.

    Args:
        disputes: all that are weighed now, found by a rule or remembered.
    """
    if not rulings:
        return
    found = {number for one in disputes for number in (one.number, *(n for own in one.pairs.values() for n in own))}
    frame = batch.tables[SHEET]
    for number, sides in sorted(ledger.dispute_sides().items()):
        held = number in found or any(len(sides & one.own) > 1 for one in disputes)
        if number in rulings and not held:
            owners = pd.MultiIndex.from_frame(frame[["_unit", OWN_NUMBER]].fillna(""))
            if units := tuple(sorted(set(frame.loc[owners.isin(sorted(sides)), "_unit"]))):
                yield rulings[number], units


def _dispute(
    batch: Batch, ruling: Ruling, sides: Sides, codes: tuple[str, ...], refused: Collection[tuple[int, int]]
) -> Iterator[Dispute]:
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
    if whose and (ruling.unit not in units or (all(map(all, looks)) and not _wrong(batch, rows, refused))):
        return
    values: Values = (*known[0], *known[1])
    own = frozenset(side for side in sides if side[0] in units)
    places = {
        unit: tuple(Place(SHEET, int(source), int(row)) for source, row in own[["_return", "_row"]].to_numpy())
        for unit, own in rows.groupby("_unit")
    }
    yield Dispute(ruling.dispute, units, places, codes, (values,), person=ruling.dispute, own=own)


def _wrong(batch: Batch, rows: pd.DataFrame, refused: Collection[tuple[int, int]]) -> bool:
    """Whether one of the rows has a cell that could not be read, or was refused for another 错误."""
    places = set(zip(rows["_return"].tolist(), rows["_row"].tolist(), strict=True))
    unread = {(source, row) for source, row, _ in batch.problem_cells.get(SHEET, ())}
    return not places.isdisjoint(unread) or not places.isdisjoint(refused)
