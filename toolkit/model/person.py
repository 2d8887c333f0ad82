"""When rows are about one person: how names compare, and who was found to be several persons after all."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Hashable, Mapping, Sequence

Values = tuple[str, ...]
"""What rows of one person have in common: (name, month of birth), or (ID number,); see `plain`."""
Apart = Mapping[Values, Mapping[str, int]]
"""Values → unit → group: the units' rows with these values are about several persons, one a group."""


def plain(text: str) -> str:
    """A name or a number as it is compared: without blanks, in one width and in capitals.

    >>> plain("王　明"), plain("11010519491231002x")
    ('王明', '11010519491231002X')
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def shared_key(values: Sequence[str | None], unit: str, apart: Apart) -> Hashable | None:
    """What joins a row with those of the same person in other units; None when a value is not filled in."""
    known = tuple(plain(value or "") for value in values)
    return (*known, apart.get(known, {}).get(unit, 0)) if all(known) else None


def apart_groups(units: Sequence[str], parted: Collection[tuple[str, str]]) -> dict[str, int]:
    """Unit → group; two units are in one group unless they, and all that lies between, are parted."""
    group: dict[str, int] = {}
    for unit in units:
        near = [other for other in group if (other, unit) not in parted]
        group[unit] = min((group[other] for other in near), default=len(group))
        for other in near:  # what this unit joins becomes one group
            group |= {known: group[unit] for known, number in group.items() if number == group[other]}
    return group
