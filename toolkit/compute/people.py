"""One person, several rows: one number within a unit, the same name and month of birth in several, one ID number.

Source: calculations C4, C9 (distinct persons over all merged workbooks); names never leave this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

from toolkit.model.people import Apart, plain, shared_key
from toolkit.model.rows import Origin, Row


class Groups:
    """Places joined by common keys (union-find)."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))
        self.first: dict[Hashable, int] = {}

    def root(self, place: int) -> int:
        """The first place of the group."""
        while self.parent[place] != place:
            self.parent[place] = self.parent[self.parent[place]]
            place = self.parent[place]
        return place

    def join(self, place: int, key: Hashable) -> None:
        """Joins a place with all others that have the same key."""
        one, other = self.root(self.first.setdefault(key, place)), self.root(place)
        self.parent[max(one, other)] = min(one, other)

    def members(self) -> list[list[int]]:
        """The places of each group, groups in the order of their first places."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self.parent)):
            found[self.root(place)].append(place)
        return list(found.values())


def several_people(named: Iterable[tuple[Hashable | None, str | None]]) -> set[Hashable]:
    """Names that stand beside several ID numbers: several people, so the name says nothing.

    Args:
        named: name key and ID number of each row.
    """
    numbers: dict[Hashable, set[str]] = defaultdict(set)
    for name, number in named:
        if name is not None and number:
            numbers[name].add(plain(number))
    return {name for name, found in numbers.items() if len(found) > 1}


def identities(rows: Iterable[Row], apart: Apart | None = None, *, names: bool = True) -> dict[Origin, int]:
    """Origin of each row → number of the person; rows of one person share it.

    Rows are joined by unit and `person_key`, by ID number where a round collects it, and across units by
    `person_name` and `birth_ym` where the month of birth is filled in. The numbers follow the order of the rows.

    Args:
        apart: see `Dataset.apart`.
        names: whether name and month of birth count; without them only what is certain joins.
    """
    rows, apart = list(rows), apart or {}
    groups = Groups(len(rows))
    keyed = [
        shared_key((row.person_name, getattr(row, "birth_ym", None)), row.origin.unit, apart) if names else None
        for row in rows
    ]
    numbers = [getattr(row, "id_number", None) for row in rows]
    several = several_people(zip(keyed, numbers, strict=True))
    for place, (row, name, number) in enumerate(zip(rows, keyed, numbers, strict=True)):
        if row.person_key:
            groups.join(place, (row.origin.unit, row.person_key))
        if number:
            groups.join(place, shared_key((number,), row.origin.unit, apart))
        if name is not None and name not in several:
            groups.join(place, name)
    return {row.origin: groups.root(place) for place, row in enumerate(rows)}
