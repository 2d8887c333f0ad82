"""Refused rows that may be about a person, though nothing in them says so any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.compute.allowance.rows import PostRow
from toolkit.model.people import COLUMNS, Rulings, may_be, plain


def perhaps(people: Mapping[int, Sequence[PostRow]], across: bool, rulings: Rulings) -> dict[int, list[PostRow]]:
    """Person → refused rows of others that may be about this person once put right.

    A refused row that lost its number is anybody's of its name in its unit; without a name, anybody's there. One
    that lost the ID number is also anybody's of its name elsewhere who has one; one that lost its name or month of
    birth is that of a person of whom it was ruled that both units speak of him.
    """
    known = frozenset(COLUMNS)
    lost = [(place, row) for place, rows in people.items() for row in rows if row.rejected and row.open & known]
    found: dict[int, list[PostRow]] = {}
    for own, row in lost:
        for place, rows in people.items():
            if place != own and any(_could_be(row, other, across, rulings) for other in rows if not other.rejected):
                found.setdefault(place, []).append(row)
    return found


def _could_be(lost: PostRow, other: PostRow, across: bool, rulings: Rulings) -> bool:
    named = not lost.name or plain(lost.name) == plain(other.name)
    if lost.unit == other.unit:
        return named and not lost.key
    looks = other.mention.looks
    if across and looks and rulings.certain(looks, lost.unit) and rulings.certain(looks, other.unit):
        return may_be(lost.mention, other.mention, rulings)
    return across and named and bool(other.id_number) and "id_number" in lost.open
