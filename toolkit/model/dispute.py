"""The same person in the returns of two units: who claims whom, what the units and the bureau said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from toolkit.model.people import Values

CLAIM, YIELD, MOVED, APART = ANSWERS = ("claim", "yield", "moved", "apart")
"""ours · not ours · went over to the other unit on a day · not the same person."""
WAITING, BUREAU, SETTLED = STATES = ("waiting", "bureau", "settled")
KEEPS, GIVES, LEAVES, SEPARATE, OPEN = "keeps", "gives", "leaves", "separate", "open"
"""What it comes to for the rows of one side."""


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
    """What the bureau decided: `unit` keeps the person; "" = they are two persons."""

    dispute: str
    unit: str
    who: str
    why: str
    at: str


@dataclass(frozen=True)
class Dispute:
    """Rows of two units that look like the same person, on one sheet or on several.

    Args:
        number: the same as long as the two units and the values that agree are the same.
        units: codes of the two units, in the order of the codes.
        rows: unit → its rows; codes: the rules that found them; keys: the values that agree.
        certain: whether an ID number is among these.
        replies: unit → its answer; state: of all; outcome: unit → what it comes to.
    """

    number: str
    units: tuple[str, str]
    rows: Mapping[str, tuple[Place, ...]]
    codes: tuple[str, ...]
    keys: tuple[Values, ...]
    certain: bool = False
    replies: Mapping[str, Reply] = field(default_factory=dict)
    ruling: Ruling | None = None
    state: str = WAITING
    outcome: Mapping[str, str] = field(default_factory=dict)

    def other(self, unit: str) -> str:
        """The unit on the other side."""
        return self.units[1] if unit == self.units[0] else self.units[0]

    def asks(self, unit: str) -> bool:
        """Whether the unit's answer is still wanted."""
        return self.state == WAITING and unit not in self.replies

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

    def number_for(self, unit: str) -> str:
        """The number that one side sees; nobody can answer for the other side with it."""
        return digest(self.number, unit)

    def plain(self) -> dict[str, object]:
        """Numbers, units, answers and state; nothing personal."""
        return {
            "number": self.number,
            "state": self.state,
            "codes": list(self.codes),
            "sides": [
                {
                    "unit": unit,
                    "number": self.number_for(unit),
                    "rows": {sheet: [place.row for place in places] for sheet, places in self.by_sheet(unit).items()},
                    "answer": self.replies[unit].answer if unit in self.replies else "",
                    "outcome": self.outcome[unit],
                }
                for unit in self.units
            ],
        }


def digest(*parts: str) -> str:
    """Eight capitals and digits that stand for the parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8].upper()


def outcome(dispute: Dispute) -> tuple[str, dict[str, str]]:
    """State and outcome by unit, from the ruling, else from the two answers.

    Two units with one ID number cannot both be right when they say that these are two persons.
    """
    one, other = dispute.units
    if ruling := dispute.ruling:
        if not ruling.unit:
            return SETTLED, dict.fromkeys(dispute.units, SEPARATE)
        return SETTLED, {ruling.unit: KEEPS, dispute.other(ruling.unit): GIVES}
    if len(dispute.replies) < len(dispute.units):
        return WAITING, dict.fromkeys(dispute.units, OPEN)
    said = {unit: dispute.replies[unit].answer for unit in dispute.units}
    for unit in dispute.units:
        if said[unit] == CLAIM and said[dispute.other(unit)] in (YIELD, MOVED):
            return SETTLED, {unit: KEEPS, dispute.other(unit): GIVES if said[dispute.other(unit)] == YIELD else LEAVES}
    if said[one] == said[other] == APART and not dispute.certain:
        return SETTLED, dict.fromkeys(dispute.units, SEPARATE)
    return BUREAU, dict.fromkeys(dispute.units, OPEN)
