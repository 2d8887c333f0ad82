"""Which rows are one person: one key within a unit, name and birth month across units, ID number where collected."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from toolkit.compute.allowance.rows import PostRow
from toolkit.compute.people import Groups, several_people
from toolkit.model.people import Apart, shared_key


def persons(rows: Sequence[PostRow], across: bool, apart: Apart | None = None) -> list[tuple[list[PostRow], bool]]:
    """The rows grouped by person; True where only name and birth month say that it is one person.

    Args:
        across: whether people are matched beyond their unit.
        apart: see `Dataset.apart`.
    Source: YN-02-j; calculations C4 (`person_key` in a unit; name + birth_ym across units, confirmed by hand).
    """
    apart = apart or {}
    names = [shared_key((row.name, row.birth), row.unit, apart) if across else None for row in rows]
    doubtful = several_people(zip(names, (row.id_number for row in rows), strict=True))
    sure, full = Groups(len(rows)), Groups(len(rows))
    for place, (row, name) in enumerate(zip(rows, names, strict=True)):
        for key in _sure_keys(row, place, across, apart):
            sure.join(place, key)
            full.join(place, key)
        if name is not None and name not in doubtful:
            full.join(place, name)
    found = []
    for places in full.members():
        alone = len({sure.root(place) for place in places}) == 1
        found.append(([rows[place] for place in places], not alone))
    return found


def _sure_keys(row: PostRow, place: int, across: bool, apart: Apart) -> list[Hashable]:
    keys: list[Hashable] = [("key", row.unit, row.key) if row.key else ("row", place)]
    if row.id_number:
        number = shared_key((row.id_number,), row.unit, apart)
        keys.append(number if across else ("id", row.unit, number))
    return keys
