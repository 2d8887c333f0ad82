"""What units contribute to a figure of the whole area, in a form that may travel: no names, no ID numbers.

One round gathers it from rows; a level that merges returns upward reads it from them; both judge it alike. Persons of
one round are told apart before they travel (`toolkit.model.people`). Persons of different rounds can only be compared
by their marks: that of an ID number in common makes them one, that of a name and month of birth is a suspicion, never
a certainty; so their number lies between two bounds.

Source: calculations C4, C9 (distinct persons over all merged workbooks); forms.md, personal data.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from toolkit.model.groups import Groups
from toolkit.model.rows import Row

CERTAIN = "N"
"""First letter of the mark of an ID number; all other marks are in small letters."""
Thing = tuple[str, str]
"""A person: the round, and its number there."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows of one unit that count, or could count, towards one figure of the area.

    Args:
        subject: what they count under (a level, a batch), "" where there is only one.
        thing: what is counted once: a person by its number in the round, an organisation by its code, a kind.
        circle: persons of one round with one circle may be one person, see `in_circle`.
        rows: how many rows count; unsure: how many could once they are put right.
        marks: what stands for the name and month of birth, and after CERTAIN for the ID number, see
            `toolkit.model.people.marked`.
        source: the round, "" = this one.
        found: the rows themselves; they do not travel.
    """

    unit: str
    subject: str = ""
    thing: str = ""
    circle: str = ""
    rows: int = 0
    unsure: int = 0
    marks: tuple[str, ...] = ()
    source: str = ""
    found: tuple[Row, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Gathered:
    """What a level knows of its area from the returns upward that it was handed.

    Args:
        portions: clause → what was handed up.
        keys: source → name of the key under which its marks were made, "" = it has none.
        missing: returns upward that are expected and were not handed in.
        silent: clause → names of the sources that say nothing of it.
        listed: whether anybody said which returns are expected.
    """

    portions: Mapping[str, tuple[Portion, ...]]
    keys: Mapping[str, str]
    missing: tuple[str, ...] = ()
    silent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed: bool = True

    def silent_on(self, clause: str) -> tuple[str, ...]:
        """The sources that say nothing of a clause."""
        return self.silent.get(clause, ())


@dataclass(frozen=True, slots=True)
class Tally:
    """How many different things there are: between `least` and `most`; `keys` = under how many keys they were marked.

    Things under different keys cannot be compared at all.
    """

    most: int
    least: int
    keys: int = 1


def in_circle(web: int, party: int | None) -> str:
    """The circle of a person: the web that suspicions join it to, and its party where the web is several persons.

    The numbers are those of the first person of each, from 0.

    >>> in_circle(0, None), in_circle(0, 4)
    ('1', '1_5')
    """
    return f"{web + 1}" if party is None else f"{web + 1}_{party + 1}"


def summed(portions: Iterable[Portion]) -> list[Portion]:
    """One portion for all that differ in nothing but the number of rows, in the order of the first."""
    found: dict[Hashable, Portion] = {}
    for one in portions:
        at = one.source, one.unit, one.subject, one.thing, one.circle, one.marks
        known = found.get(at)
        found[at] = replace(
            one,
            rows=one.rows + (known.rows if known else 0),
            unsure=one.unsure + (known.unsure if known else 0),
            found=(),
        )
    return list(found.values())


def things(portions: Iterable[Portion]) -> Tally:
    """How many things that are the same wherever they bear the same name, as organisations by their codes."""
    count = len({one.thing for one in portions if one.thing})
    return Tally(count, count)


def persons(portions: Iterable[Portion], keys: Mapping[str, str] | None = None) -> Tally:
    """How many persons; at least as many as stay when every suspicion is true.

    At most as many as the rounds count, less those whom an ID number in common makes one.

    Args:
        keys: source → name of the key of its marks; a source without one cannot be compared with any other.

    >>> one, other = (Portion("u", "", "1", "1", 1, 0, ("m",), source) for source in ("a", "b"))
    >>> persons([one, other], {"a": "k", "b": "k"}), persons([one, other], {"a": "k"})
    (Tally(most=2, least=1, keys=1), Tally(most=2, least=1, keys=2))
    >>> persons([replace(one, marks=("m", "Nn")), replace(other, marks=("Nn",))], {"a": "k", "b": "k"})
    Tally(most=1, least=1, keys=1)
    """
    keys = keys or {}
    by_key: dict[tuple[str, str], list[Portion]] = defaultdict(list)
    for one in portions:
        if one.thing:
            known = keys.get(one.source, "")
            by_key[("key", known) if known else ("source", one.source)].append(one)
    most = sum(map(_most, by_key.values()))
    return Tally(most, max(map(_least, by_key.values()), default=0), max(len(by_key), 1))


def _most(portions: list[Portion]) -> int:
    """The most persons under one key: those that share an ID number are one, except within one round."""
    return sum(max(Counter(source for source, _ in own).values()) for own in _one_number(portions))


def _one_number(portions: Iterable[Portion]) -> list[list[Thing]]:
    """The things that ID numbers make one, each group in order."""
    portions = list(portions)
    place = {thing: n for n, thing in enumerate(dict.fromkeys((one.source, one.thing) for one in portions))}
    groups, every = Groups(len(place)), list(place)
    for one in portions:
        for mark in filter(_certain, one.marks):
            groups.join(place[one.source, one.thing], mark)
    return [[every[number] for number in members] for members in groups.members()]


def _certain(mark: str) -> bool:
    return mark.startswith(CERTAIN)


def _suspicious(portions: Iterable[Portion]) -> set[str]:
    """The marks of names by which nobody knows who is who: somebody who bears them has no ID number."""
    portions = list(portions)
    numbered = {(one.source, one.thing) for one in portions if any(map(_certain, one.marks))}
    bare = (one for one in portions if (one.source, one.thing) not in numbered)
    return {mark for one in bare for mark in one.marks}


def _least(portions: list[Portion]) -> int:
    """The least number of persons under one key: those that share a mark are one, except within one round."""
    return sum(max(map(len, own.values())) for own in _alike(portions))


def _alike(portions: list[Portion]) -> Iterable[Mapping[str, set[str]]]:
    """Groups that marks and webs join, each as source → circles."""
    circles = list(dict.fromkeys((one.source, one.circle) for one in portions))
    place = {circle: number for number, circle in enumerate(circles)}
    groups = Groups(len(circles))
    for source, circle in circles:
        groups.join(place[source, circle], (source, circle.partition("_")[0]))
    joining = _suspicious(portions)
    for one in portions:
        for mark in one.marks:
            if mark in joining or _certain(mark):
                groups.join(place[one.source, one.circle], mark)
    for members in groups.members():
        own: dict[str, set[str]] = defaultdict(set)
        for number in members:
            source, circle = circles[number]
            own[source].add(circle)
        yield own


def alike(portions: Iterable[Portion], keys: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The units that must be asked whether a person of theirs is the same: one tuple of units for each suspicion.

    Only suspicions between rounds; those inside a round are listed by the round itself.
    """
    holders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    known = [one for one in portions if keys.get(one.source)]
    asked = _suspicious(known)
    for one in known:
        for mark in asked.intersection(one.marks):
            holders[keys[one.source], mark][one.unit] = one.source
    found = {tuple(sorted(own)) for own in holders.values() if len(set(own.values())) > 1}
    return sorted(found)
