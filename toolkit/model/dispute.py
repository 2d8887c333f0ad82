"""The same person in the returns of several units: who claims whom, what the units and the bureau said.

One person is one question, however many units claim the person; each unit answers once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import NamedTuple

from toolkit.model.groups import apart_groups
from toolkit.model.people import Values

CLAIM, YIELD, MOVED, APART = ANSWERS = ("claim", "yield", "moved", "apart")
"""ours · not ours · went over to another unit on a day · not the same person."""
WAITING, BUREAU, SETTLED = STATES = ("waiting", "bureau", "settled")
KEEPS, GIVES, LEAVES, SEPARATE, SAME, OPEN = "keeps", "gives", "leaves", "separate", "same", "open"
"""What it comes to for the rows of one unit."""
TWO, ONE = "", "="
"""What a ruling says instead of the unit that keeps the person: these are several persons · one, and all rows stay."""


class Place(NamedTuple):
    """One row: sheet of the form, return index, Excel row."""

    sheet: str
    source: int
    row: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What one unit answered about one dispute.

    Args:
        day: of `moved`, as YYYY-MM-DD; who, on: who filled in the answer, and on which day, as written there.
        file: the returned file in which it stood.
    """

    dispute: str
    unit: str
    answer: str
    day: str
    text: str
    who: str
    on: str
    file: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the bureau decided: `unit` keeps the person; TWO = several persons; ONE = one person, all rows stay."""

    dispute: str
    unit: str
    who: str
    why: str
    at: str


@dataclass(frozen=True)
class Dispute:
    """Rows of several units that look like the same person, on one sheet or on several.

    Args:
        number: the same as long as the units and the values that agree are the same; rulings are kept under it.
        person: the same as long as the values are, whatever the units.
        units: codes of the units, in order.
        rows: unit → its rows; codes: the rules that found them; keys: the values that agree.
        certain: pairs of units that have an ID number in common.
        own: (unit, the number that it gave the person) of the rows that have one.
        pairs: two of the units → the numbers under which earlier versions asked about the two.
        replies: unit → its answer; ruling: about all units; ruled: unit → a ruling about two of them.
        ruled_apart: pairs of units that were ruled, or answered in an earlier version, to claim different persons.
        ruled_two: those of them about which the bureau decided → the ruling.
        ruled_same: pairs of units that were ruled to claim one person, all of whose rows stay → the ruling.
        first: unit → the code under which it was known first, where it has another one now.
        against: (rule, row) → the other units whose rows it found to clash with the row.
        state: of all; outcome: unit → what it comes to.
    """

    number: str
    units: tuple[str, ...]
    rows: Mapping[str, tuple[Place, ...]]
    codes: tuple[str, ...]
    keys: tuple[Values, ...]
    certain: frozenset[tuple[str, str]] = frozenset()
    person: str = ""
    own: frozenset[tuple[str, str]] = frozenset()
    pairs: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    replies: Mapping[str, Reply] = field(default_factory=dict)
    ruling: Ruling | None = None
    ruled: Mapping[str, Ruling] = field(default_factory=dict)
    ruled_apart: frozenset[tuple[str, str]] = frozenset()
    ruled_two: Mapping[tuple[str, str], Ruling] = field(default_factory=dict)
    ruled_same: Mapping[tuple[str, str], Ruling] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)
    against: Mapping[tuple[str, Place], tuple[str, ...]] = field(default_factory=dict)
    state: str = WAITING
    outcome: Mapping[str, str] = field(default_factory=dict)

    def others(self, unit: str) -> tuple[str, ...]:
        """The other units."""
        return tuple(other for other in self.units if other != unit)

    def holders(self, unit: str) -> tuple[str, ...]:
        """The other units that keep or claim the person; all others while nobody does."""
        wanted = [other for other in self.others(unit) if self.outcome.get(other) == KEEPS]
        if not wanted and (ruling := self.ruling_on(unit)):
            wanted = [other for other in self.others(unit) if other == ruling.unit]
        wanted = wanted or [other for other in self.others(unit) if self._answer(other) == CLAIM]
        return tuple(wanted) or self.others(unit)

    def _answer(self, unit: str) -> str:
        return self.replies[unit].answer if unit in self.replies else ""

    def asks(self, unit: str) -> bool:
        """Whether the unit's answer is still wanted."""
        return self.state == WAITING and unit not in self.replies and bool(self.asked_about(unit))

    def asked_about(self, unit: str) -> tuple[str, ...]:
        """The other units of which it is open whether the unit's person is theirs; none once that comes to nothing.

        Who is who between two of them is not asked again where it was ruled, or where both said so; who gave the
        person up is not asked about.
        """
        if self.outcome.get(unit, OPEN) != OPEN:
            return ()
        known = self.apart | self.ruled_same.keys()
        open_ones = (other for other in self.others(unit) if self.outcome.get(other) != GIVES)
        return tuple(other for other in open_ones if _pair(unit, other) not in known)

    @property
    def apart(self) -> frozenset[tuple[str, str]]:
        """The pairs of units that claim different persons."""
        return self.ruled_apart | parted(self.units, self.replies, self.certain)

    @property
    def same(self) -> Mapping[str, int]:
        """Unit → group; units of one group claim one person, by rulings about two of them or over others."""
        return apart_groups(self.units, frozenset(combinations(self.units, 2)) - self.ruled_same.keys())

    @property
    def silent(self) -> tuple[str, ...]:
        """The units whose answer is still wanted."""
        return tuple(unit for unit in self.units if self.asks(unit))

    @property
    def given_up(self) -> tuple[Place, ...]:
        """The rows that do not count any more."""
        return tuple(row for unit in self.units if self.outcome.get(unit) == GIVES for row in self.rows[unit])

    def by_sheet(self, unit: str) -> dict[str, list[Place]]:
        """The rows of a unit by sheet, in the order of the form."""
        found: dict[str, list[Place]] = {}
        for place in self.rows[unit]:
            found.setdefault(place.sheet, []).append(place)
        return found

    @property
    def kept_under(self) -> str:
        """The number under which answers are kept: of two units as ever, of more that of the person.

        A unit that comes later does not make the others answer again.
        """
        return self.number if len(self.units) == 2 else self.person

    def number_for(self, unit: str) -> str:
        """The number that one unit sees; nobody can answer for another unit with it."""
        return digest(self.kept_under, self.first.get(unit, unit))

    def kept_for(self, unit: str) -> tuple[str, ...]:
        """Every number under which an answer of the unit may be kept, the present one first."""
        former = [number for pair, numbers in self.pairs.items() if unit in pair for number in numbers]
        return tuple(dict.fromkeys((self.kept_under, self.number, self.person, *former)))

    def ruling_on(self, unit: str) -> Ruling | None:
        """What the bureau decided about the unit's rows."""
        pairs = self.ruled_two if self.outcome.get(unit) == SEPARATE else self.ruled_same
        between = (ruling for pair, ruling in pairs.items() if unit in pair)
        return self.ruling or self.ruled.get(unit) or next(between, None)

    def plain(self) -> dict[str, object]:
        """Numbers, units, answers and state; nothing personal."""
        return {
            "number": self.number,
            "state": self.state,
            "codes": list(self.codes),
            "waiting_for": list(self.silent),
            "sides": [
                {
                    "unit": unit,
                    "number": self.number_for(unit),
                    "rows": {sheet: [place.row for place in places] for sheet, places in self.by_sheet(unit).items()},
                    "answer": self._answer(unit),
                    "outcome": self.outcome[unit],
                }
                for unit in self.units
            ],
        }


def digest(*parts: str) -> str:
    """Eight capitals and digits that stand for the parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8].upper()


def _pair(one: str, other: str) -> tuple[str, str]:
    """Two units in the order of their codes."""
    return (one, other) if one < other else (other, one)


def outcome(dispute: Dispute) -> tuple[str, dict[str, str]]:
    """State and outcome by unit, from the rulings, else from the answers.

    The only unit that claims the person keeps it; who says that it is not theirs gives it up as soon as somebody
    claims it. A unit whose person is none of the others' has nothing to do with that. Units with one ID number cannot
    be right when they say that these are several persons.
    """
    units = dispute.units
    alone = {one for one in units if all(_pair(one, far) in dispute.apart for far in dispute.others(one))}
    if dispute.ruling:
        return SETTLED, _ruled(units, dispute.ruling.unit)
    said = {unit: reply.answer for unit, reply in dispute.replies.items()}
    said |= {unit: CLAIM if ruling.unit == unit else YIELD for unit, ruling in dispute.ruled.items()}
    claims = [unit for unit in units if said.get(unit) == CLAIM and unit not in alone]
    result = dict.fromkeys(units, OPEN)
    if claims:
        result |= {unit: {YIELD: GIVES, MOVED: LEAVES}.get(answer, OPEN) for unit, answer in said.items()}
    result |= dict.fromkeys(alone, SEPARATE)
    if alone == set(units):
        return SETTLED, result
    if len(set(dispute.same.values())) == 1:
        return SETTLED, dict.fromkeys(units, SAME)
    if not alone.union(said).issuperset(units):
        return WAITING, result
    if len(claims) == 1 and OPEN not in [result[unit] for unit in dispute.others(claims[0])]:
        return SETTLED, {**result, claims[0]: KEEPS}
    return BUREAU, result


def numbers_ruled(dispute: Dispute, verdict: str) -> tuple[str, ...]:
    """The numbers under which a ruling is kept: its own, and those of the pairs of units about which it says something.

    So a ruling stands when another unit returns the person, or one of the units does not any more.
    """
    pairs = [pair for pair in dispute.pairs if verdict in (TWO, ONE) or verdict in pair]
    return tuple(dict.fromkeys((dispute.number, *(number for pair in pairs for number in dispute.pairs[pair]))))


def _ruled(units: Sequence[str], keeper: str) -> dict[str, str]:
    """Outcome by unit of one ruling over all units."""
    if keeper in (TWO, ONE):
        return dict.fromkeys(units, SEPARATE if keeper == TWO else SAME)
    return {unit: KEEPS if unit == keeper else GIVES for unit in units}


def weighed(dispute: Dispute, answers: Mapping[tuple[str, str], Reply], rulings: Mapping[str, Ruling]) -> Dispute:
    """The dispute with what was answered and ruled about it, under whatever number, and what that comes to.

    Args:
        answers: (number, unit) → answer; rulings: number → ruling; both of all disputes, as the ledger has them.
    """
    replies = {unit: reply for unit in dispute.units if (reply := _reply(dispute, unit, answers))}
    apart: set[tuple[str, str]] = set()
    two: dict[tuple[str, str], Ruling] = {}
    same: dict[tuple[str, str], Ruling] = {}
    ruled: dict[str, Ruling] = {}
    for pair, numbers in dispute.pairs.items() if len(dispute.units) > 2 else ():
        for number in numbers:
            both = {unit: answers[number, unit] for unit in pair if (number, unit) in answers}
            apart |= parted(pair, both, dispute.certain)
            if (ruling := rulings.get(number)) is None:
                continue
            if ruling.unit == TWO:
                apart.add(pair)
                two[pair] = ruling
            elif ruling.unit == ONE:
                same[pair] = ruling
            else:
                loser = pair[1] if ruling.unit == pair[0] else pair[0]
                ruled[loser] = ruling
                ruled.setdefault(ruling.unit, ruling)
    known = {"replies": replies, "ruling": rulings.get(dispute.number), "ruled": ruled}
    made = replace(dispute, **known, ruled_apart=frozenset(apart), ruled_two=two, ruled_same=same)
    state, result = outcome(made)
    return replace(made, state=state, outcome=result)


def _reply(dispute: Dispute, unit: str, answers: Mapping[tuple[str, str], Reply]) -> Reply | None:
    """The unit's answer: the latest one about the person, else what it said about every single other unit alike."""
    own = [answers[key] for number in (dispute.kept_under, dispute.number, dispute.person)
           if (key := (number, unit)) in answers]  # fmt: skip
    if own:
        return max(own, key=lambda reply: reply.on)
    asked = [numbers for pair, numbers in dispute.pairs.items() if unit in pair]
    given = [answers[number, unit] for numbers in asked for number in numbers if (number, unit) in answers]
    if len({reply.answer for reply in given}) != 1:
        return None
    complete = all(any((number, unit) in answers for number in numbers) for numbers in asked)
    return given[0] if complete or given[0].answer != APART else None


def parted(
    units: Sequence[str], replies: Mapping[str, Reply], certain: frozenset[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """The pairs of units that both say that theirs are different persons; not where one ID number says otherwise."""
    apart = [unit for unit in units if unit in replies and replies[unit].answer == APART]
    return frozenset(combinations(apart, 2)) - certain
