"""One unit's invented year: what it would truthfully fill in, as rows by sheet, before any cell is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from toolkit.model.form import Form
from toolkit.model.unit import Unit
from toolkit.sample.words import full_name

Row = dict[str, Any]
"""Column name → str, int, Decimal or date."""
LEAVES = ("党支部", "联合党支部", "临时党组织")
FLAWLESS, SOUND, CARELESS = MANNERS = ("flawless", "sound", "careless")
"""Manners that are not left to chance: all that the texts ask for; that, but not what they only recommend; little."""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person; `key` is the number in the unit, not an identity number."""

    key: str
    name: str
    birth: str
    full: bool = True


@dataclass
class Org:
    """An organisation in the year: members of leaf organisations, sums above."""

    code: str
    name: str
    type: str
    parent: str
    set_date: date
    members: list[Person] = field(default_factory=list)
    children: list[Org] = field(default_factory=list)

    @property
    def leaf(self) -> bool:
        """Whether members belong to it directly."""
        return self.type in LEAVES

    @property
    def everyone(self) -> list[Person]:
        """Members of the organisation and of those below it."""
        return self.members + [person for child in self.children for person in child.everyone]

    @property
    def full(self) -> int:
        """Number of full members."""
        return sum(person.full for person in self.everyone)

    @property
    def seats(self) -> int:
        """Seats of its committee."""
        return 5 if not self.leaf else 3 if self.full >= 7 else 1


@dataclass
class Story:
    """What is known of one unit while its sheets are being filled.

    Args:
        units: codes of all units in order, so that a person can hold posts in two of them.
        manner: one of MANNERS; "" = drawn.
        diligence: 0 to 1; a careless unit leaves more undone.
        fill_date: 填报日期; nothing in the workbook lies after it.
    """

    unit: Unit
    units: tuple[str, ...]
    form: Form
    policy_id: str
    year: int
    seed: int
    manner: str = ""
    rng: Random = field(init=False)
    diligence: float = field(init=False)
    fill_date: date = field(init=False)
    orgs: list[Org] = field(init=False)
    groups: list[tuple[str, str, date, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(f"{self.seed}/{self.policy_id}/{self.year}/{self.unit.code}")
        drawn = self.rng.choices((1.0, 0.8, 0.45), (0.70, 0.20, 0.10))[0]
        self.diligence = {FLAWLESS: 1.0, SOUND: 1.0, CARELESS: 0.45}.get(self.manner, drawn)
        self.fill_date = date(self.year, 12, 10) + timedelta(days=self.rng.randrange(20))
        self._names: set[str] = set()
        self._keys = iter(range(1, 100_000))
        self.orgs = self._organisations()

    @property
    def orderly(self) -> bool:
        """Whether nothing is left to chance that the texts ask for."""
        return self.manner in (FLAWLESS, SOUND)

    @property
    def collects_ids(self) -> bool:
        """Whether the form asks for identity numbers."""
        return "id_number" in self.form.by_name["post"].by_name

    @property
    def leaves(self) -> list[Org]:
        """The organisations that have members."""
        return [org for org in self.orgs if org.leaf]

    @cached_property
    def secretary_rate(self) -> Decimal:
        """The unit's own monthly standard for secretaries."""
        rates = ("300.00", "320.00", "350.00", "400.00", "500.00")
        low = self.policy_id.startswith("yizheng") and self.goes_wrong(0.04)
        return Decimal("280.00") if low else Decimal(self.rng.choice(rates))

    @cached_property
    def committee_rate(self) -> Decimal:
        """The unit's own monthly standard for committee members: 70 % of the secretary's."""
        return (self.secretary_rate * Decimal("0.70")).quantize(Decimal("0.01"))

    @cached_property
    def head_count(self) -> dict[str, int]:
        """How many people the unit looks after; asked for after the study groups are known."""
        party = sum(len(org.members) for org in self.leaves)
        grouped = sum(size for *_, size in self.groups)
        outside = 0 if self.happens(0.93) else self.rng.randint(1, 4)
        alone = 0 if grouped and self.happens(0.92) else self.rng.randint(0, 2)
        return {
            "party_in_org": party,
            "served_party": party + outside,
            "nonparty_grouped": grouped,
            "served_nonparty": grouped + alone,
            "served_total": party + outside + grouped + alone,
        }

    def happens(self, chance: float) -> bool:
        """Whether something with this chance happens in a unit of this diligence."""
        return chance >= 1 or self.turns_out(chance * self.diligence)

    def turns_out(self, chance: float) -> bool:
        """Whether something that diligence does not decide is as it should be; in an orderly unit it is."""
        return self.rng.random() < chance or self.orderly

    def goes_wrong(self, chance: float) -> bool:
        """Whether something goes wrong that diligence does not prevent; in an orderly unit nothing does."""
        return self.rng.random() < chance and not self.orderly

    def person(self, *, full: bool = True, prefix: str = "R", born: tuple[int, int] = (1938, 1962)) -> Person:
        """A new person whose name nobody else in the unit bears."""
        name = full_name(self.rng)
        while name in self._names:
            name = full_name(self.rng)
        self._names.add(name)
        birth = f"{self.rng.randint(*born)}.{self.rng.randint(1, 12):02d}"
        return Person(f"{prefix}{next(self._keys):03d}", name, birth, full)

    def known_person(self, name: str, birth: str, prefix: str = "R") -> Person:
        """A person who is known elsewhere too, with a number of this unit."""
        self._names.add(name)
        return Person(f"{prefix}{next(self._keys):03d}", name, birth)

    def days(self, month: int) -> Iterator[date]:
        """Working days of a month in a drawn order, none after the day of filling in."""
        first = date(self.year, month, 1)
        last = min(date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1), self.fill_date)
        span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        span = [day for day in span if day.weekday() < 5] or span
        self.rng.shuffle(span)
        yield from span

    def _organisations(self) -> list[Org]:
        known = self.unit.orgs
        orgs = {org.code: Org(org.code, org.name, org.type, org.parent, self._founded()) for org in known}
        for org in orgs.values():
            if org.parent in orgs:
                orgs[org.parent].children.append(org)
        leaves = [org for org in orgs.values() if org.leaf]
        for place, org in enumerate(leaves):
            if place == 0:
                name, birth = first_secretary(self.seed, self.unit.code)
                org.members.append(self.known_person(name, birth))
            for _ in range(self._size(org) - len(org.members)):
                org.members.append(self.person(full=self.rng.random() > 0.02))
        return list(orgs.values())

    def _founded(self) -> date:
        if self.rng.random() < 0.04:
            return date(self.year, self.rng.choice((3, 5, 8)), self.rng.randint(1, 28))
        return date(self.rng.randint(1998, self.year - 2), self.rng.randint(1, 12), self.rng.randint(1, 28))

    def _size(self, org: Org) -> int:
        if org.type == "联合党支部":
            return self.rng.randint(3, 12)
        if self.goes_wrong(0.03):
            return self.rng.randint(51, 60)
        return self.rng.choice((self.rng.randint(3, 6), self.rng.randint(7, 20), self.rng.randint(15, 48)))


def first_secretary(seed: int, code: str) -> tuple[str, str]:
    """Name and month of birth of the secretary of a unit's first branch, the same from every unit's view."""
    rng = Random(f"secretary/{seed}/{code}")
    return full_name(rng), f"{rng.randint(1945, 1960)}.{rng.randint(1, 12):02d}"


def months_on_first_day(start: date, end: date | None, year: int) -> int:
    """Months of a year on whose first day somebody was in post.

    >>> months_on_first_day(date(2023, 3, 15), None, 2023)
    9
    >>> months_on_first_day(date(2020, 1, 1), date(2023, 6, 15), 2023)
    6
    """
    firsts = (date(year, month, 1) for month in range(1, 13))
    return sum(start <= day and (end is None or day <= end) for day in firsts)
