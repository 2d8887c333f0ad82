"""Refused rows that may be about a person, though nothing in them says so any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.compute.allowance.rows import PostRow
from toolkit.model.people import plain

IDENTITY = frozenset({"person_key", "person_name", "birth_ym", "id_number"})


def perhaps(people: Mapping[int, Sequence[PostRow]], across: bool) -> dict[int, list[PostRow]]:
    """Person → refused rows of others that may be about this person once put right.

    A refused row that lost its number is anybody's of its name in its unit; without a name, anybody's there. One
    that lost the ID number is also anybody's of its name elsewhere who has one.
    """
    lost = [(place, row) for place, rows in people.items() for row in rows if row.rejected and row.open & IDENTITY]
    found: dict[int, list[PostRow]] = {}
    for own, row in lost:
        for place, rows in people.items():
            if place != own and any(_could_be(row, other, across) for other in rows if not other.rejected):
                found.setdefault(place, []).append(row)
    return found


def _could_be(lost: PostRow, other: PostRow, across: bool) -> bool:
    named = not lost.name or plain(lost.name) == plain(other.name)
    if lost.unit == other.unit:
        return named and not lost.key
    return across and named and bool(other.id_number) and "id_number" in lost.open
