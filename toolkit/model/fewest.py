"""How few persons there may be: as many suspicions as can be true together are true.

Two who are certainly two stay two, whoever else may be either of them. So the persons that suspicions join are cut
into as few parties as possible: each joined by suspicions within itself, none with two who are certainly two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import combinations
from math import lcm

Pairs = Mapping[int, Collection[int]]
"""Person → the others of its pairs; every pair stands under both."""
EXACT = 10
"""Up to so many persons joined by suspicions are counted exactly; of more, at least as many as are said."""
_SEEN = 7
"""Up to so many persons joined by suspicions every way in which they may be fewer is looked at."""


def webs(persons: Collection[int], near: Pairs) -> Iterator[list[int]]:
    """The persons that suspicions join, directly or over others, in their order.

    >>> list(webs([0, 1, 2], {0: [2], 2: [0]}))
    [[0, 2], [1]]
    """
    seen: set[int] = set()
    for person in sorted(persons):
        if person not in seen:
            web = reached(person, near)
            seen.update(web)
            yield web


def reached(person: int, near: Pairs, without: Collection[int] = ()) -> list[int]:
    """The person and all to whom suspicions lead from it, past nobody of `without`."""
    found, left = {person}, [person]
    while left:
        more = set(near.get(left.pop(), ())) - found - set(without)
        found |= more
        left += more
    return sorted(found)


def fewest(web: Collection[int], near: Pairs, apart: Pairs, chosen: Collection[int]) -> dict[int, int]:
    """Chosen person → its party, named by one of the chosen; as few parties as possible.

    Up to `EXACT` persons the number is exact. Of more it is a safe lower bound (Caro, Wei: so many of the chosen, at
    least, are certainly different from one another), and only the number of parties means something.

    Args:
        web: all that suspicions join; chosen: those of them that are counted. Two chosen may be one over a third.

    >>> near, apart = {0: [2], 1: [2], 2: [0, 1]}, {0: [1], 1: [0]}
    >>> fewest([0, 1, 2], near, apart, [0, 1, 2]), fewest([0, 1, 2], near, {}, [0, 1])
    ({0: 0, 1: 1, 2: 1}, {0: 0, 1: 0})
    """
    if not any(apart.get(one) for one in web):
        return dict.fromkeys(sorted(chosen), min(chosen, default=0))
    if len(web) > EXACT:
        own = sorted(chosen)
        number = _at_least(own, apart)
        return {one: own[min(place, number - 1)] for place, one in enumerate(own)}
    wanted = set(chosen)
    parties = [[one for one in party if one in wanted] for party in _cut(sorted(web), near, apart, wanted)]
    return {one: party[0] for party in parties for one in party}


def cuts(web: Collection[int], near: Pairs, apart: Pairs) -> list[dict[int, int]]:
    """Every way in which a web may be fewer persons: person → its party, no two parties of which could be one as well.

    Each suspicion is true in one of them, and none joins two who are certainly two. Of more than `_SEEN` persons all
    are one party, whoever is certainly two.

    >>> cuts([0, 1, 2], {0: [2], 1: [2], 2: [0, 1]}, {0: [1], 1: [0]}), cuts([0, 1], {0: [1], 1: [0]}, {})
    ([{0: 0, 2: 0, 1: 1}, {0: 0, 1: 1, 2: 1}], [{0: 0, 1: 0}])
    """
    own = sorted(web)
    if len(own) > _SEEN or not any(apart.get(one) for one in own):
        return [dict.fromkeys(own, own[0])]
    bit = {one: 1 << place for place, one in enumerate(own)}
    parties = _parties(bit, near, apart)
    known = {party for some in parties.values() for party in some}

    def ways(left: int) -> Iterator[tuple[int, ...]]:
        if not left:
            yield ()
        for party in sorted(parties.get(left & -left, ()), reverse=True):
            if not party & ~left:
                yield from ((party, *others) for others in ways(left ^ party))

    found = [way for way in ways((1 << len(own)) - 1) if not any(a | b in known for a, b in combinations(way, 2))]
    return [{one: own[(party & -party).bit_length() - 1] for party in way for one in own if bit[one] & party}
            for way in found]  # fmt: skip


def _at_least(chosen: Collection[int], apart: Pairs) -> int:
    """A number of persons who are certainly different from one another, whatever their order."""
    known = set(chosen)
    left = [len(known) - len(known.intersection(apart.get(one, ()))) for one in known]
    whole = lcm(*left)
    return -(-sum(whole // number for number in left) // whole)


def _cut(web: list[int], near: Pairs, apart: Pairs, wanted: Collection[int]) -> list[list[int]]:
    """All of a web in parties, of which as few as possible hold somebody wanted."""
    bit = {one: 1 << place for place, one in enumerate(web)}
    parties = _parties(bit, near, apart)
    counted = sum(bit[one] for one in wanted)

    @cache
    def best(left: int) -> tuple[int, tuple[int, ...]]:
        if not left:
            return 0, ()
        found = []
        for party in parties[left & -left]:
            if not party & ~left:
                number, others = best(left ^ party)
                found.append((number + bool(party & counted), (party, *others)))
        return min(found)

    _, cut = best((1 << len(web)) - 1)
    return [[one for one in web if bit[one] & party] for party in cut]


def _parties(bit: Mapping[int, int], near: Pairs, apart: Pairs) -> dict[int, list[int]]:
    """The first of a party → all parties that it may be the first of; persons as bits."""
    close, never = ([sum(bit.get(other, 0) for other in by.get(one, ())) for one in bit] for by in (near, apart))
    found: dict[int, list[int]] = {}
    left = list(bit.values())
    seen = set(left)
    while left:
        party = left.pop()
        found.setdefault(party & -party, []).append(party)
        inside = [place for place in range(len(bit)) if party >> place & 1]
        for place in range(len(bit)):
            more = party | 1 << place
            if more not in seen and not never[place] & party and any(close[one] >> place & 1 for one in inside):
                seen.add(more)
                left.append(more)
    return found
