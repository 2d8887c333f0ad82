"""What belongs together: places joined by what they have in common, units by whom nobody parted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence


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


def apart_groups(units: Sequence[str], parted: Collection[tuple[str, str]]) -> dict[str, int]:
    """Unit → group; two units are in one group unless they, and all that lies between, are parted."""
    group: dict[str, int] = {}
    for unit in units:
        near = [other for other in group if (other, unit) not in parted]
        group[unit] = min((group[other] for other in near), default=len(group))
        for other in near:  # what this unit joins becomes one group
            group |= {known: group[unit] for known, number in group.items() if number == group[other]}
    return group


def certain_groups(units: Sequence[str], parted: Collection[tuple[str, str]]) -> dict[str, int]:
    """Unit → group; who is in one group may be one person, and nobody there is parted from anybody.

    Where two that are parted are near one another only over a third, nobody knows to whom the third belongs: each
    stands alone.

    >>> certain_groups("abc", {("a", "b")}), certain_groups("abc", {("a", "c"), ("b", "c")})
    ({'a': 3, 'b': 4, 'c': 5}, {'a': 0, 'b': 0, 'c': 2})
    """
    group = apart_groups(units, parted)
    torn = {group[one] for one, other in parted if one in group and group[one] == group.get(other)}
    return {unit: len(units) + at if group[unit] in torn else group[unit] for at, unit in enumerate(units)}
