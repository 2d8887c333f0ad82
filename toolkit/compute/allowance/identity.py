"""Which rows are one person: one key within a unit, name and birth month across units, ID number where collected."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from toolkit.compute.allowance.rows import PostRow

Apart = Mapping[tuple[str, str], Mapping[str, int]]


def persons(rows: Sequence[PostRow], across: bool, apart: Apart | None = None) -> list[tuple[list[PostRow], bool]]:
    """The rows grouped by person; True where only name and birth month say that it is one person.

    Args:
        across: whether people are matched beyond their unit.
        apart: see `Dataset.apart`.
    Source: YN-02-j; calculations C4 (`person_key` in a unit; name + birth_ym across units, confirmed by hand).
    """
    names = [_name(row, apart or {}) if across else None for row in rows]
    doubtful = _doubtful(rows, names)
    sure, full = _Groups(len(rows)), _Groups(len(rows))
    for place, (row, name) in enumerate(zip(rows, names, strict=True)):
        for key in _sure_keys(row, place, across):
            sure.join(place, key)
            full.join(place, key)
        if name is not None and name not in doubtful:
            full.join(place, name)
    found = []
    for places in full.members():
        alone = len({sure.root(place) for place in places}) == 1
        found.append(([rows[place] for place in places], not alone))
    return found


def _sure_keys(row: PostRow, place: int, across: bool) -> list[Hashable]:
    keys: list[Hashable] = [("key", row.unit, row.key) if row.key else ("row", place)]
    if row.id_number:
        keys.append(("id", "" if across else row.unit, row.id_number.upper()))
    return keys


def _name(row: PostRow, apart: Apart) -> Hashable | None:
    plain = "".join(unicodedata.normalize("NFKC", row.name).split())
    group = apart.get((plain, row.birth), {}).get(row.unit, 0)
    return ("name", plain, row.birth, group) if plain and row.birth else None


def _doubtful(rows: Sequence[PostRow], names: Sequence[Hashable | None]) -> set[Hashable]:
    """Names with one birth month but several ID numbers: several people, so the name says nothing."""
    numbers: dict[Hashable, set[str]] = defaultdict(set)
    for row, name in zip(rows, names, strict=True):
        if name is not None and row.id_number:
            numbers[name].add(row.id_number.upper())
    return {name for name, found in numbers.items() if len(found) > 1}


class _Groups:
    """Places joined by common keys (union-find)."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))
        self.first: dict[Hashable, int] = {}

    def root(self, place: int) -> int:
        while self.parent[place] != place:
            self.parent[place] = self.parent[self.parent[place]]
            place = self.parent[place]
        return place

    def join(self, place: int, key: Hashable) -> None:
        one, other = self.root(self.first.setdefault(key, place)), self.root(place)
        self.parent[max(one, other)] = min(one, other)

    def members(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self.parent)):
            found[self.root(place)].append(place)
        return list(found.values())
