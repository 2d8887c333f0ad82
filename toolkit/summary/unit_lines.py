"""A round unit by unit, as pages, letters and lists speak of it: names, organisations, money, a sentence.

Levels, rates and the account of the money are those of `toolkit.model.figures`; what is added up here, is added up
nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from toolkit.model.batch import Dataset
from toolkit.model.figures import CHOOSE, NOT_BACK, TO_FIX, Figures, Money, UnitFigures
from toolkit.model.organisations import IN_FORCE, Organisations, organisations_of
from toolkit.model.policy import Policy
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import UNDETERMINED, PersonAllowance
from toolkit.summary.grouping import short_title
from toolkit.summary.labels import words
from toolkit.summary.values import shown_names

if TYPE_CHECKING:
    from toolkit.checked import Checked

FULL, SHORT, OVER, UNPAID, NOT_DUE, UNSURE = PAID = ("full", "short", "over", "unpaid", "not_due", "unsure")
"""How what was paid stands to what is due: all, less, more, nothing filled in, nothing due, not known."""
_SENTENCE, _FIRST = 13, 9
"""Characters that a sentence has at most, and what it names before it says how many there are."""
_BRACKETS = re.compile(r"（[^（）]*）$")
_WAITING = {NOT_BACK: "not_back", TO_FIX: "to_fix", CHOOSE: "choose"}


def paid_state(one: PersonAllowance, *, floor: bool) -> str:
    """How what was paid in a row stands to what is due, one of PAID.

    Args:
        floor: what is due is only a lower limit, so nobody is paid too much.
    """
    if one.level == UNDETERMINED or one.due is None:
        return UNSURE
    if one.due == 0:
        return NOT_DUE
    if one.paid is None:
        return UNPAID
    if one.paid < one.due:
        return SHORT
    return FULL if floor or one.paid == one.due else OVER


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit.

    Args:
        short: its short name where it has one that no other unit has, else its name.
        orgs, members: in force on the day; None = its return does not count.
        due, paid: sums of its rows on the payment list; lack: what is paid less than due, person by person.
    """

    code: str
    name: str
    short: str
    figures: UnitFigures
    orgs: int | None
    members: int | None
    due: Decimal
    paid: Decimal
    lack: Decimal
    money: Money
    sentence: str


class UnitLines:
    """All units of a round."""

    def __init__(self, dataset: Dataset, allowance: AllowanceReport, figures: Figures, policy: Policy) -> None:
        self.dataset, self.allowance, self.figures, self.policy = dataset, allowance, figures, policy
        self.names = shown_names(dataset.units)
        self.orgs: Organisations = organisations_of(dataset, allowance.as_of)

    @classmethod
    def of(cls, checked: Checked) -> UnitLines:
        """The units of a checked round."""
        return cls(checked.dataset, checked.allowance, checked.figures, checked.job.policy)

    @cached_property
    def shorts(self) -> dict[str, str]:
        """Unit code → its short name, or its name where it has none or several units have the same."""
        own = {unit.code: next(iter(unit.short_names), "") or unit.name for unit in self.dataset.units}
        counts = Counter(own.values())
        return {code: short if counts[short] == 1 else self.names[code] for code, short in own.items()}

    @cached_property
    def persons(self) -> dict[str, list[PersonAllowance]]:
        """Unit code → its rows on the payment list."""
        found: dict[str, list[PersonAllowance]] = defaultdict(list)
        for one in self.allowance.persons:
            found[one.unit].append(one)
        return found

    @cached_property
    def all(self) -> dict[str, UnitLine]:
        """Unit code → its line, in the order of the figures."""
        return {one.unit: self._line(one) for one in self.figures.units}

    @cached_property
    def ranked(self) -> list[UnitLine]:
        """Worst first; units whose return does not count come last."""
        return [self.all[one.unit] for one in self.figures.ranked()]

    @property
    def term(self) -> str:
        """What the money due is called under the policy: 应发, or 应发下限."""
        return words().common["due_floor" if self.policy.due_is_floor else "due"]

    @cached_property
    def org_total(self) -> int:
        """Organisations in force on the day, temporary ones included."""
        return org_count(self.orgs)

    @cached_property
    def member_total(self) -> int:
        """Members of the units whose return counts."""
        return sum(one.members or 0 for one in self.all.values())

    @cached_property
    def due(self) -> Decimal:
        """All that is due."""
        return _sum(one.due for one in self.allowance.persons)

    @cached_property
    def paid(self) -> Decimal:
        """All that was paid by the payment list."""
        return _sum(one.paid for one in self.allowance.persons)

    @cached_property
    def due_persons(self) -> frozenset[int]:
        """Numbers of the persons whose amounts make up what is due."""
        return frozenset(one.number for one in self.allowance.persons if one.due)

    @cached_property
    def open_persons(self) -> frozenset[int]:
        """Numbers of the persons of whom it is not known what is due."""
        return frozenset(one.number for one in self.allowance.persons if one.due is None)

    @cached_property
    def by_state(self) -> dict[str, list[PersonAllowance]]:
        """The rows of the payment list by how what was paid stands to what is due."""
        found: dict[str, list[PersonAllowance]] = {state: [] for state in PAID}
        for one in self.allowance.persons:
            found[paid_state(one, floor=self.policy.due_is_floor)].append(one)
        return found

    def short_name(self, code: str) -> str:
        """The short name of a unit."""
        return self.shorts.get(code, self.names.get(code, code))

    def named(self, codes: Iterable[str], most: int) -> str:
        """The first units by their short names, and how many there are when not all are named."""
        names, said = [self.short_name(code) for code in codes], words().said
        shown = said["join"].join(names[:most])
        return said["more"].format(names=shown, count=len(names)) if len(names) > most else shown

    def title(self, clause: str) -> str:
        """The title of a clause."""
        return short_title(self.policy.clauses.get(clause), clause)

    def section(self, clause: str) -> str:
        """Where a clause stands in the text."""
        known = self.policy.clauses.get(clause)
        return known.section if known else clause

    def _line(self, one: UnitFigures) -> UnitLine:
        own, counted = self.persons.get(one.unit, ()), one.counted
        lack = _sum(row.due - row.paid for row in own if self._is_short(row))  # type: ignore[operator]
        return UnitLine(
            code=one.unit,
            name=self.names.get(one.unit, one.unit),
            short=self.short_name(one.unit),
            figures=one,
            orgs=org_count(self.orgs, one.unit) if counted else None,
            members=self.orgs.members(one.unit) if counted else None,
            due=_sum(row.due for row in own),
            paid=_sum(row.paid for row in own),
            lack=lack,
            money=self.figures.account.units.get(one.unit, Money()),
            sentence=self._sentence(one, lack),
        )

    def _is_short(self, one: PersonAllowance) -> bool:
        return paid_state(one, floor=self.policy.due_is_floor) == SHORT

    def _sentence(self, one: UnitFigures, lack: Decimal) -> str:
        """The first thing that is to be said of a unit."""
        said = words().said
        if not one.counted:
            return said[_WAITING[one.overall]]
        if one.hard:
            return breached([self.title(cell.clause) for cell in self.figures.breaches(one.unit)], one.hard)
        if one.open:
            return said["open"].format(count=one.open)
        if lack and self.policy.due_is_floor:
            return said["below"].format(amount=f"{lack:,.2f}")
        return said["soft"].format(count=one.soft) if one.soft else said["fine"]


def org_count(orgs: Organisations, unit: str | None = None) -> int:
    """The number of organisations in force on the day, temporary ones included, of a unit or of all."""
    return len(orgs.selected(IN_FORCE, unit))


def breached(titles: Iterable[str], count: int) -> str:
    """What is not met: all of it, else the first that has room and how many there are; nothing is ever cut.

    >>> breached(["每年主题党日", "警示教育"], 2), breached(["书记、委员每年不少于1次集中培训"], 1)
    ('每年主题党日、警示教育', '1项硬性要求未达标')
    >>> breached(["书记、委员每年不少于1次集中培训", "联络员全覆盖（2025年底）"], 5)
    '联络员全覆盖等5项'
    """
    said, known = words().said, list(dict.fromkeys(titles))
    named = said["join"].join(known)
    if len(named) <= _SENTENCE:
        return named
    first = next((bare for bare in map(_bare, known) if len(bare) <= _FIRST), "")
    if not first:
        return said["hard"].format(count=count)
    return said["breaches"].format(first=first, count=count) if count > 1 else first


def _bare(title: str) -> str:
    """A title without what it has in brackets at its end."""
    return _BRACKETS.sub("", title)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((one for one in amounts if one is not None), Decimal(0))
