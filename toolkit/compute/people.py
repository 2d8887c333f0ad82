"""Distinct persons behind rows of the merged tables, as `model.people` tells them apart.

Source: calculations C4, C9 (distinct persons over all merged workbooks); names never leave this module: what leaves it
are numbers, and marks made under a key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from toolkit.model.fewest import cuts
from toolkit.model.people import COLUMNS, Mention, Persons, Rulings, Values, identify, plain
from toolkit.model.portions import CERTAIN, in_circle
from toolkit.model.records import NOTHING_OPEN
from toolkit.model.rows import Origin, Row

_WORLDS = 64
"""So many ways in which persons may be fewer are looked at."""


@dataclass(frozen=True)
class Distinct:
    """Rows told apart by person.

    Args:
        person: row → person, by what is certain.
        persons: what is known and suspected of the persons.
    """

    person: Mapping[Origin, int]
    persons: Persons

    @property
    def count(self) -> int:
        """How many persons: as many as are not certainly the same. This is the figure until somebody has confirmed."""
        return len(set(self.person.values()))

    @property
    def least(self) -> int:
        """How many persons there are when all that are 疑似 turn out to be the same, as far as they can be."""
        return self.fewest(set(self.person.values()))

    def fewest(self, chosen: Collection[int]) -> int:
        """How many some of the persons are when all that are 疑似 turn out to be the same, as far as they can be."""
        return len(set(self.persons.fewest(chosen).values()))

    def web(self) -> Mapping[Origin, int]:
        """Row → persons that suspicions join, named by the first; two of them may certainly be two."""
        found = {person: web[0] for web in self.persons.webs for person in web}
        return {origin: found[person] for origin, person in self.person.items()}

    def worlds(self) -> Iterator[Mapping[Origin, int]]:
        """Row → person, in every way in which as many suspicions are true as can be together.

        Where there are too many ways, all that suspicions join are one.
        """
        webs, near, apart = self.persons.webs, self.persons.near, self.persons.apart
        ways = [cuts(web, near, apart) for web in webs]
        if prod(map(len, ways)) > _WORLDS:
            ways = [[dict.fromkeys(web, web[0])] for web in webs]
        for parts in product(*ways):
            parties = {person: party for part in parts for person, party in part.items()}
            yield {origin: parties[person] for origin, person in self.person.items()}

    def circle(self) -> Mapping[Origin, str]:
        """Row → the person it is about when there are as few persons as can be, as `model.portions` counts them."""
        webs, parties = self.web(), self.persons.fewest()
        several = {web[0] for web in self.persons.webs if len({parties[person] for person in web}) > 1}
        return {
            origin: in_circle(web, parties[self.person[origin]] if web in several else None)
            for origin, web in webs.items()
        }


def marks_of(row: Row, mark: Callable[[Values], str] | None) -> tuple[str, ...]:
    """The marks of the person of a row: of the name and month of birth, and of the ID number; none without a key.

    What is empty has no mark; that of the number says by its first letter that it is certain.
    """
    if not mark:
        return ()
    said = mention(row)
    looks = (mark(said.looks),) if said.looks else ()
    return (*looks, CERTAIN + mark((plain(said.number),))) if said.number else looks


def distinct(
    rows: Iterable[Row], rulings: Rulings, open_cells: Callable[[Row], frozenset[str]] = lambda row: NOTHING_OPEN
) -> Distinct:
    """The persons behind rows of sheet `post`, over all workbooks; the numbers follow the order of the rows.

    Args:
        open_cells: of refused rows among them, the columns whose content nobody knows.
    """
    rows = list(rows)
    found = identify([mention(row, open_cells(row)) for row in rows], rulings)
    return Distinct({row.origin: number for row, number in zip(rows, found.number, strict=True)}, found)


def mention(row: Row, open_cells: frozenset[str] = NOTHING_OPEN) -> Mention:
    """What a row says about its person; forms that do not ask for something do not have the column."""
    known = (getattr(row, name, None) or "" for name in COLUMNS)
    return Mention(row.origin.unit, *known, open_cells)
