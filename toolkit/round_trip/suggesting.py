"""What a wrong value is near certain to mean: a choice of the list, an ID number of last period; never applied.

Source: N2 of the round trip: an ID number that Excel has cut to 15 digits is recognised by these and by the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.campaign.prior import prior_dataset
from toolkit.model.batch import Batch, Return
from toolkit.model.cell import row_of
from toolkit.model.finding import Finding
from toolkit.model.likeness import nearest
from toolkit.model.people import plain
from toolkit.model.privacy import checksum_ok
from toolkit.reading.returns import EXACT_DIGITS
from toolkit.reading.texts import PRECISION_LOST
from toolkit.round_trip.words import round_words
from validators.compile import CHOICE

if TYPE_CHECKING:
    from toolkit.campaign import Campaign

SHEET, NAME, NUMBER = "post", "person_name", "id_number"

Roster = dict[tuple[str, str, str], set[str]]
"""Unit, name and the digits that are left → the whole numbers of last period."""


def suggested(batch: Batch, findings: Iterable[Finding], campaign: Campaign | None) -> list[Finding]:
    """The findings, with a suggestion where one is near certain.

    Raises: XltoolError: PRI-001 to PRI-004 the earlier round.
    """
    findings = list(findings)
    wanted = any(finding.code == PRECISION_LOST for finding in findings)
    roster = _roster(campaign) if campaign and wanted else {}
    returns = {item.file: item for item in batch.returns}
    columns = {(sheet.label, c.label): c for sheet in batch.form.sheets for c in sheet.columns}
    found: list[Finding] = []
    for finding in findings:
        column = columns.get((finding.sheet, finding.label))
        if finding.code == CHOICE and column is not None and finding.value:
            likely = nearest(finding.value, batch.form.choices(column))
            found.append(_with(finding, "likely", value=finding.value, likely=likely))
        elif finding.code == PRECISION_LOST and roster:
            found += _recovered(batch, finding, returns[finding.file], roster)
        else:
            found.append(finding)
    return found


def _with(finding: Finding, key: str, **facts: str) -> Finding:
    """The finding with a suggestion; as it was when the last of the facts is nothing."""
    if not list(facts.values())[-1]:
        return finding
    return replace(finding, suggestion=round_words().suggestions[key].format(**facts))


def _roster(campaign: Campaign) -> Roster:
    """The whole ID numbers of last period that pass their own check."""
    prior, roster = prior_dataset(campaign), defaultdict(set)
    frame = prior.tables.get(SHEET) if prior else None
    if frame is None or NUMBER not in frame.columns:
        return {}
    for unit, name, number in zip(frame["_unit"], frame[NAME], frame[NUMBER], strict=True):
        if isinstance(number, str) and checksum_ok(number):
            roster[str(unit), plain(str(name)), number[:EXACT_DIGITS]].add(number.upper())
    return dict(roster)


def _recovered(batch: Batch, finding: Finding, item: Return, roster: Roster) -> Iterator[Finding]:
    """The finding cell by cell where a number is found, so that each cell gets its own suggestion."""
    spot = item.located.get(SHEET)
    own = batch.tables[SHEET].query("_return == @item.index")
    names = dict(zip(own["_row"].tolist(), own[NAME].tolist(), strict=True))
    left = []
    for cell in finding.cells:
        row = row_of(cell)
        mine = spot is not None and spot.title == finding.sheet and spot.cell(NUMBER, row) == cell
        digits = item.lost.get((SHEET, row, NUMBER), "")
        known = roster.get((item.unit, plain(str(names.get(row))), digits), set()) if mine else set()
        if len(known) == 1:
            rest = next(iter(known))[EXACT_DIGITS:]
            yield replace(_with(finding, "recovered", rest=rest), cells=(cell,))
        else:
            left.append(cell)
    if left:
        yield replace(finding, cells=tuple(left))
