"""C1, people: everyone in certain posts is trained once a year, and the levels above hold the training.

Source: calculations C1; YN-05-g (persons in post for at least six months; 副书记 counted with the committee).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import Context
from toolkit.compute.families.base import Resting, filled, first_key
from toolkit.compute.families.counts import EventFilter, Tally, count_level, distinct_days, more_days
from toolkit.compute.fields import Column, Limit, Mapped, Rows
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.judging import bears
from toolkit.compute.levels import missed
from toolkit.compute.lookups import Reading
from toolkit.compute.periods import Period, add_months, day_after, year_of
from toolkit.model.binder import Text
from toolkit.model.duties import LEVEL, SPEAKS_FOR
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
    """`family: frequency` by person: whoever holds certain posts for long enough takes part once a year.

    Args:
        trained: the day on which a person took part.
        organisers: attributes of units that must hold the event themselves.
    """

    family = "frequency"
    mark = "posts"
    title = "按人核对培训"
    sentence = (
        "{posts}中任职满{months}个月的人，{period}内都有“{trained}”，参加“{what}”"
        "〖；{organisers}的单位自己也要举办：{events}〗"
    )
    steps = ("不同的日期{n}个，要求{need}个", "本年在任的日子连起来数，等于从{first}到{last}；满{months}个月的才评")
    periods = ("year", "only", "from")
    scopes = ("unit",)

    events: Annotated[RowFilter, Rows(unsure=True)]
    posts: Annotated[RowFilter, Rows()]
    person: Annotated[str, Column("posts")]
    trained: Annotated[str, Column("posts")]
    what: Annotated[str, Text()]
    months: Annotated[Number, Limit()]
    key: Annotated[str, Column("posts", role="key")]
    since: Annotated[str, Column("posts", role="since")]
    until: Annotated[str, Column("posts", role="until")]
    day: Annotated[str, Column("events", key="date")] = "event_date"
    organisers: Annotated[tuple[tuple[str, tuple[str, ...]], ...], Mapped()] = ()

    def check(self, at: Reading) -> None:
        """Who holds the event is told apart by attributes of units."""
        for name, _ in self.organisers:
            at.apart().column(LEVEL if name == SPEAKS_FOR else name, "unit", "organisers")

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
        way = tuple((name, frozenset(values)) for name, values in self.organisers)
        return unit is not None and bears((way,), context, unit) is None

    def _organiser(self, case: Case, year: Period) -> Judged:
        events = EventFilter(self.events, self.day).find(case)
        counted, unsure = events.counted(year), events.unsure(year)
        more = more_days(unsure, events.day, map(events.day, counted))
        tally = Tally(distinct_days(counted, events.day), more, 1)
        level, key = count_level(tally, year, case.as_of, effective=case.context.policy.effective, hard=case.hard)
        figures = {"n": str(tally.n), "need": tally.need, "unsure": str(len(unsure))}
        rows = ((self.events.sheet, tuple(counted)),)
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
