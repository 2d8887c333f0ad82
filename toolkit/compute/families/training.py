"""C1, people: everyone in certain posts is trained once a year, and the levels above hold the training.

Source: calculations C1; YN-05-g (persons in post for at least six months; 副书记 counted with the committee).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import Context
from toolkit.compute.families.counts import EventFilter, Tally, count_level, distinct_days, event_filter, more_days
from toolkit.compute.families.over_rows import Resting, filled, first_key
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.judging import bears
from toolkit.compute.levels import missed
from toolkit.compute.periods import Period, add_months, day_after, year_of
from toolkit.compute.reader import Reader
from toolkit.model.duties import LEVEL, SPEAKS_FOR, Way
from toolkit.model.result import MET, NOT_APPLICABLE
from toolkit.model.rows import Row


def trained_level(
    trained: bool, since: date | None, until: date | None, period: Period, as_of: date, months: int, hard: bool = True
) -> tuple[str, str]:
    """Level and code of the reason for one person in post from `since` to `until` (None = still in post).

    >>> from toolkit.compute.periods import year_of
    >>> trained_level(False, date(2025, 8, 1), None, year_of(2025), date(2026, 1, 1), 6)[0]
    '不适用'
    """
    if trained:
        return MET, "TRAINED"
    first, last = max(since or period.start, period.start), min(until or period.end, period.end)
    if last < day_after(add_months(first, months), -1):
        return NOT_APPLICABLE, "TRAINED-SHORT"
    closed = period.closed(as_of)
    return missed(closed=closed, hard=hard), "TRAINED-NOT" if closed else "TRAINED-OPEN"


def in_one(terms: Iterable[tuple[date | None, date | None]], period: Period) -> tuple[date, date]:
    """The terms of one person in a period put together to one as long as all of them: days between them do not count.

    >>> from toolkit.compute.periods import year_of
    >>> in_one([(date(2024, 1, 1), date(2025, 2, 28)), (date(2025, 11, 1), None)], year_of(2025))
    (datetime.date(2025, 1, 1), datetime.date(2025, 4, 30))
    """
    held = sorted(
        (max(start or period.start, period.start), min(end or period.end, period.end)) for start, end in terms
    )
    first, last = held[0]
    covered = last
    for start, end in held[1:]:
        if end > covered:
            last = day_after(last, (end - max(start, day_after(covered, 1))).days + 1)
            covered = end
    return first, last


@dataclass(frozen=True, slots=True)
class Training(Resting):
    """The evaluator of `family: training`."""

    events: EventFilter
    posts: RowFilter
    person: str
    key: str
    trained: str
    since: str
    until: str
    months: Number
    organisers: Way
    what: str

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The posts; events are weighed here."""
        return (self.posts,)

    @property
    def decides(self) -> tuple[Condition, ...]:
        """The day on which the person was trained."""
        return filled(self.trained)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each person, and one for the unit where it must hold the training itself."""
        year = year_of(case.year)
        if self._organises(case.context, case.unit):
            yield self._organiser(case, year)
        people: dict[str, list[Row]] = {}
        for row in case.rows(self.posts):
            if year.overlap(getattr(row, self.since), getattr(row, self.until)):
                people.setdefault(str(getattr(row, self.person)), []).append(row)
        for rows in people.values():
            yield self._person(case, year, rows)
        if not people:
            yield Judged(NOT_APPLICABLE, "NO-SUBJECT", words={"what": self.what})

    def _organises(self, context: Context, code: str) -> bool:
        unit = context.unit(code) if self.organisers else None
        return unit is not None and bears((self.organisers,), context, unit) is None

    def _organiser(self, case: Case, year: Period) -> Judged:
        events = self.events.find(case)
        counted, unsure = events.counted(year), events.unsure(year)
        more = more_days(unsure, events.day, map(events.day, counted))
        tally = Tally(distinct_days(counted, events.day), more, 1)
        level, key = count_level(tally, year, case.as_of, effective=case.context.policy.effective, hard=case.hard)
        figures = {"n": str(tally.n), "need": tally.need, "unsure": str(len(unsure))}
        rows = ((self.events.rows.sheet, tuple(counted)),)
        return Judged(level, key, figures, {"what": self.what, "period": year.label}, rows, days=year.ends)

    def _person(self, case: Case, year: Period, rows: list[Row]) -> Judged:
        trained = any(year.holds(getattr(row, self.trained)) for row in rows)
        months = int(case.number(self.months))
        since, until = in_one(((getattr(row, self.since), getattr(row, self.until)) for row in rows), year)
        level, key = trained_level(trained, since, until, year, case.as_of, months, case.hard)
        subject = first_key(rows, self.key)
        words = {"what": self.what, "period": year.label, "months": str(months)}
        words |= {"first": str(since), "last": str(until)}
        return Judged(level, key, {}, words, ((self.posts.sheet, tuple(rows)),), subject, days=year.ends)


def compile_training(reader: Reader) -> Training:
    """`family: training` from its arguments."""
    events, posts = event_filter(reader, "events"), reader.rows("posts")
    assert posts is not None
    part = reader.part("organisers")
    organisers = tuple((name, frozenset(part.texts(name))) for name in part.record) if part else ()
    for name, _ in organisers:
        reader.known_column(LEVEL if name == SPEAKS_FOR else name, "unit", "organisers")
    return Training(
        events=events,
        posts=posts,
        person=reader.column("person", posts.sheet),
        key=reader.column("key", posts.sheet),
        trained=reader.column("trained", posts.sheet),
        since=reader.column("since", posts.sheet),
        until=reader.column("until", posts.sheet),
        months=reader.number("months") or Number(Decimal(6)),
        organisers=organisers,
        what=reader.text("what"),
    )
