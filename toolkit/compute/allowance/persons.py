"""Which rows are one person, who may be one, and whether money hangs on it.

Source: YN-02-j; calculations C4 (`person_key` in a unit; name + birth_ym across units, confirmed by hand); forms.md
V24 (疑似). A suspicion changes no amount and is no breach: it is a doubt to clear.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.compute.allowance.person import Person, make_person, report_order
from toolkit.compute.allowance.rows import PostRow
from toolkit.compute.allowance.say import Reason, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.allowance.unsure import perhaps
from toolkit.compute.months import counts, days_of
from toolkit.model.people import identify
from toolkit.model.unit import UnitList

ALIKE, UNREAD, SHARED = ("ALW-320", "ALW-321"), ("ALW-322", "ALW-323"), ("ALW-324", "ALW-324")
"""The sentences about a suspicion: in other units, in the same unit."""


def people(source: Sequence[PostRow], units: UnitList, frame: Frame) -> list[Person]:
    """The persons behind the rows in report order, numbered from 1; who look alike are two until confirmed."""
    found = identify([row.mention for row in source], frame.rulings, across=frame.across)
    rows: dict[int, list[PostRow]] = {}
    for row, number in zip(source, found.number, strict=True):
        rows.setdefault(number, []).append(row)
    unsure = perhaps(rows, frame.across, frame.rulings)
    known = {number: make_person(own, frame, unsure.get(number, ())) for number, own in rows.items()}
    for suspected, codes in ((found.unread, UNREAD), (found.shared, SHARED), (found.doubts, ALIKE)):
        for number, others in suspected.items():
            clashing = [known[other] for other in sorted(others) if _paid_twice(known[number], known[other], frame)]
            if clashing:
                known[number].doubt = _doubt(known[number], clashing, units, *codes)
                known[number].alike = tuple(proof for other in clashing for proof in other.proof)
    made = sorted(
        known.values(), key=lambda person: min(report_order(row, frame) for row in person.rows or person.refused)
    )
    for number, person in enumerate(made, 1):
        person.number = number
    return made


def _paid_twice(one: Person, other: Person, frame: Frame) -> bool:
    """Whether both have a post that is paid, or was paid, in one month of the year: as one person they get it once.

    What is lost of a refused row may be anything: its day of appointment any day, its post one that is paid.
    """
    days = days_of(frame.year)
    return any(
        counts(first.perhaps[month], days[month], frame.month_rules[month])
        and counts(second.perhaps[month], days[month], frame.month_rules[month])
        for first in one.all_rows
        if _payable(first, frame)
        for second in other.all_rows
        if _payable(second, frame)
        for month in range(12)
    )


def _payable(row: PostRow, frame: Frame) -> bool:
    """Whether money is due for the post, or was paid, or may have been; a refused row is only here if it may."""
    return row.rejected or row.has_money or row.paid is None or (row.zero is None and row.post in frame.rules.posts)


def _doubt(person: Person, others: Sequence[Person], units: UnitList, elsewhere: str, here: str) -> Reason:
    """Who else it may be; the other units in official order, whichever row of theirs was met first."""
    own = {row.unit for row in person.all_rows}
    codes = sorted({row.unit for other in others for row in other.all_rows} - own, key=units.place)
    facts = {"count": len(others) + 1}
    if not codes:
        return reason(here, **facts)
    names = (units.get(code) for code in codes)
    where = "、".join(unit.name if unit else code for unit, code in zip(names, codes, strict=True))
    return reason(elsewhere, units=where, **facts)
