"""One person, several rows: the same number in one unit, or the same name and month of birth in several.

Source: calculations C4, C9 (distinct persons over all merged workbooks); names never leave this module.
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.compute.rows import Origin, Row


def identities(rows: Iterable[Row]) -> dict[Origin, int]:
    """Origin of each row → number of the person; rows of one person share it.

    Rows are joined by unit and `person_key`, and across units by `person_name` and `birth_ym` where the month
    of birth is filled in. The numbers follow the order of the rows.
    """
    parents: list[int] = []
    first: dict[tuple, int] = {}
    mine: dict[Origin, int] = {}

    def find(item: int) -> int:
        while parents[item] != item:
            item = parents[item]
        return item

    for row in rows:
        number = len(parents)
        parents.append(number)
        mine[row.origin] = number
        birth = getattr(row, "birth_ym", None)
        keys = [(row.origin.unit, row.person_key)] if row.person_key else []
        keys += [(None, row.person_name, birth)] if row.person_name and birth else []
        for key in keys:
            other = find(first.setdefault(key, number))
            own = find(number)
            parents[max(own, other)] = min(own, other)
    return {origin: find(number) for origin, number in mine.items()}
