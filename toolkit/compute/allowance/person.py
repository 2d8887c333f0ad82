"""One person's year: which post carries which month, what is due by row, what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from toolkit.compute.allowance.rates import NIL, Months
from toolkit.compute.allowance.rows import PostRow, paid_months
from toolkit.compute.allowance.say import NOTHING, Reason, not_counted, reason, split
from toolkit.compute.allowance.settings import POST_ORDER, Frame
from toolkit.compute.months import DAILY, GRAIN, HALF, counts, days_of, grains
from toolkit.model.rows import Evidence

ZERO_MONTHS: Months = (NIL,) * 12
Held = tuple[Decimal, int, int]


@dataclass(slots=True)
class Person:
    """One person with all rows that can change an amount.

    Args:
        rows: merged rows, in report order; refused: rows that were not merged.
        doubt: who else this person may be, where money hangs on it; None = nobody. `alike`: the rows of these.
        perhaps: refused rows of others that may be the person's once put right.
        rates, shares: standard and share (in grains) by row and month of the whole year.
        monthly: money by row and completed month.
        due, year_due: money by row, for the completed months and for the whole year.
        unknown: why what is due cannot be said, None = it can.
        undated: perhaps more is due than this, because a day of founding is in error.
    """

    rows: list[PostRow]
    refused: list[PostRow]
    number: int = 0
    perhaps: tuple[PostRow, ...] = ()
    rates: list[Months] = field(default_factory=list)
    shares: list[list[int]] = field(default_factory=list)
    monthly: list[list[Decimal]] = field(default_factory=list)
    due: list[Decimal] = field(default_factory=list)
    year_due: list[Decimal] = field(default_factory=list)
    unknown: Reason | None = None
    no_paid: Reason | None = None
    zero: Reason | None = None
    doubt: Reason | None = None
    alike: tuple[Evidence, ...] = ()
    undated: bool = False

    @property
    def all_rows(self) -> tuple[PostRow, ...]:
        """Merged rows and refused ones."""
        return (*self.rows, *self.refused)

    @property
    def proof(self) -> tuple[Evidence, ...]:
        """Its own rows and the rows of other sheets that shaped its amounts, each once: those of the posts first."""
        posts = [row.evidence for row in (*self.all_rows, *self.perhaps)]
        return tuple(dict.fromkeys((*posts, *(one for row in self.all_rows for one in row.proof))))

    @property
    def doubtful(self) -> tuple[Evidence, ...]:
        """Rows that may be about the person and are not counted: refused ones, and those of who may be the same."""
        return tuple(dict.fromkeys((*(row.evidence for row in self.perhaps), *self.alike)))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every row that shaped the amounts and the level, each once: those of the posts first."""
        return tuple(dict.fromkeys((*self.proof, *self.alike)))

    @property
    def total_due(self) -> Decimal:
        """Due for the completed months; only when nothing is unknown."""
        return sum(self.due, NOTHING)

    @property
    def total_year(self) -> Decimal:
        """Due for the whole year as the terms stand."""
        return sum(self.year_due, NOTHING)

    @property
    def paid(self) -> Decimal:
        """Paid on all rows whose amount is known."""
        return sum((row.paid for row in self.rows if row.paid is not None), NOTHING)

    def grains(self, completed: int) -> int:
        """Months that count over all rows, in grains."""
        return sum(sum(share[:completed]) for share in self.shares)


def make_person(found: Sequence[PostRow], frame: Frame, perhaps: Sequence[PostRow] = ()) -> Person:
    """The person's months and amounts.

    Args:
        perhaps: refused rows that may be about the person.
    Source: calculations C3 (union of months, paid once), C4 (highest standard of each month, tie order).
    """
    rows = sorted((row for row in found if not row.rejected), key=lambda row: report_order(row, frame))
    refused = sorted((row for row in found if row.rejected), key=lambda row: report_order(row, frame))
    person = Person(rows, refused, perhaps=tuple(perhaps))
    person.rates = [_rates(row, frame) for row in rows]
    person.unknown = _unknown(person, frame) or _unsure(person, frame)
    person.no_paid = next((row.no_paid for row in rows if row.no_paid), None)
    person.shares = _assign(person, frame)
    person.monthly = _amounts(person, frame.completed)
    person.due = [sum(months, NOTHING) for months in person.monthly]
    person.year_due = [sum(months, NOTHING) for months in _amounts(person, 12)]
    if person.unknown is None and not person.total_due:
        person.zero = _zero(person, frame)
    return person


def report_order(row: PostRow, frame: Frame) -> tuple:
    """Units in official order, then organisation, post, start."""
    place = frame.unit_order.get(row.unit, len(frame.unit_order))
    tie = frame.rules.tie.get(row.post, len(frame.rules.tie))
    return (place, row.unit, row.org, tie, row.start, row.key, row.group, row.post_no, row.evidence.row)


def overlap_months(person: Person, frame: Frame) -> int:
    """Completed months in which two paid rows of the person both count and share days in post.

    Taking over one post after the other is no overlap.
    """
    paid = [row for row in person.rows if row.has_money]
    days = days_of(frame.year)
    return sum(
        any(
            counts(one.masks[month], days[month], frame.month_rules[month])
            and counts(other.masks[month], days[month], frame.month_rules[month])
            and one.masks[month] & other.masks[month]
            for one, other in combinations(paid, 2)
        )
        for month in range(frame.completed)
    )


def _rates(row: PostRow, frame: Frame) -> Months:
    if row.zero is not None or row.post not in frame.rules.posts:
        return ZERO_MONTHS
    rates = frame.rates.of(row.unit, row.post).months
    return tuple(rate if paid else NIL for rate, paid in zip(rates, paid_months(row, frame), strict=True))


def _amounts(person: Person, completed: int) -> list[list[Decimal]]:
    """Money by row and month; all of it adds up to the person's exact sum, rounded once."""
    exact = [
        rate * share if rate and share else NIL
        for rates, shares in zip(person.rates, person.shares, strict=True)
        for rate, share in zip(rates[:completed], shares[:completed], strict=True)
    ]
    money = split(exact)
    return [money[place * completed : (place + 1) * completed] for place in range(len(person.rows))]


def _unknown(person: Person, frame: Frame) -> Reason | None:
    """Why what is due cannot be said."""
    lacking = [row for row, rates in zip(person.rows, person.rates, strict=True) if _lacks(row, rates, frame)]
    if lacking and not _unused(person, lacking, frame):
        return frame.rates.of(lacking[0].unit, lacking[0].post).missing
    found = next((row.no_due for row in person.rows if row.no_due), None)
    if found is None and person.refused:
        if pending := next((one for row in person.refused if (one := frame.pending.get(row.unit))), ""):
            return not_counted(pending)
        places = sorted({row.evidence.row for row in person.refused})
        facts = {"sheet": frame.names["post"], "rows": "、".join(map(str, places)), "count": len(person.refused)}
        found = reason("ALW-108" if person.rows else "ALW-109", **facts)
    return found


def _unsure(person: Person, frame: Frame) -> Reason | None:
    """Unknown because of refused rows that may be the person's."""
    if not person.perhaps or not person.rows:
        return None
    numbers = "、".join(str(row.evidence.row) for row in person.perhaps)
    return reason("ALW-115", sheet=frame.names["post"], rows=numbers, count=len(person.perhaps))


def _lacks(row: PostRow, rates: Months, frame: Frame) -> bool:
    """Whether a month of the post counts for which no standard is set."""
    days = days_of(frame.year)
    return any(
        rate is None and counts(mask, length, rule)
        for rate, mask, length, rule in zip(rates, row.masks, days, frame.month_rules, strict=True)
    )


def _unused(person: Person, lacking: list[PostRow], frame: Frame) -> bool:
    """A standard that nobody has to set is not missed where nothing is paid and no other post is held."""
    optional = all(frame.rates.of(row.unit, row.post).optional for row in lacking)
    return (
        optional
        and len({row.post for row in person.rows}) == 1
        and not any(row.has_money or row.paid is None for row in person.rows)
    )


def _assign(person: Person, frame: Frame) -> list[list[int]]:
    """Share of every month that each row carries, in grains; in each month the highest post goes first."""
    shares = [[0] * 12 for _ in person.rows]
    for month, days in enumerate(days_of(frame.year)):
        held: list[Held] = []
        for place, (row, rates) in enumerate(zip(person.rows, person.rates, strict=True)):
            rate = rates[month]
            if rate and row.masks[month]:
                held.append((rate, row.masks[month], place))
        if len(held) > 1:
            held.sort(key=lambda item: _rank(person.rows[item[2]], item[0], frame.keeps[month], frame))
        for place, share in _carry(held, days, frame.month_rules[month]):
            shares[place][month] += share
    return shares


def _rank(row: PostRow, rate: Decimal, keep: str, frame: Frame) -> tuple:
    tie = frame.rules.tie[row.post]
    first = (tie, -rate) if keep == POST_ORDER else (-rate, tie)
    return (*first, row.start, row.org, row.unit, row.group, row.post_no, row.evidence.row)


def _carry(held: list[Held], days: int, rule: str) -> list[tuple[int, int]]:
    """Who carries a month: (place, grains); `held` is (rate, days in post, place), best first.

    first_day, any_day: the first post that counts. daily: every day goes to the best post of that day.
    half: the best rate that is held, in this or a better post, for at least half of the days; of several posts
    with this rate the one held on most days carries the month, so that its unit is the one told to pay.
    """
    taken, carried = 0, []
    for rate, mask, place in held:
        if rule == DAILY:
            carried.append((place, grains(mask & ~taken, days, rule)))
        elif rule == HALF and counts(taken | mask, days, rule):
            alike = [item for item in held if item[0] == rate]
            return [(max(alike, key=lambda item: item[1].bit_count())[2], GRAIN)]
        elif rule != HALF and counts(mask, days, rule):
            return [(place, GRAIN)]
        taken |= mask
    return carried


def _zero(person: Person, frame: Frame) -> Reason:
    """Why nothing is due."""
    if not any(frame.rates.in_force):
        return reason("ALW-156", year=frame.year)
    if person.total_year:
        return reason("ALW-155")
    lacking = next((row for row, rates in zip(person.rows, person.rates, strict=True) if None in rates), None)
    if lacking is not None:
        return reason("ALW-158", post=lacking.post)
    stated = next((row.zero for row in person.rows if row.zero), None)
    if stated is not None:
        return stated
    counted = any(
        counts(mask, days, rule)
        for row in person.rows
        for mask, days, rule in zip(row.masks, days_of(frame.year), frame.month_rules, strict=True)
    )
    return reason("ALW-157" if counted else "ALW-154")
