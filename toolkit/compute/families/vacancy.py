"""C6: vacancies of a committee: persons in post against seats.

Source: calculations C6; YZ-2.2-b.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NamedTuple

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import OneByOne
from toolkit.compute.fields import Column, Limit, Rows
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import grace
from toolkit.compute.people import Distinct, distinct
from toolkit.compute.periods import day_after
from toolkit.model.binder import Texts
from toolkit.model.organisations import in_force
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row


class Term(NamedTuple):
    """One post: first day, last day (None = open), whether it is the secretary's, and who holds it."""

    start: date | None
    end: date | None
    leads: bool
    person: Hashable


Heads = Callable[[Collection[Hashable]], int]
"""How many persons some are: `len`, or the fewest where some may be one."""


def complete(terms: Iterable[Term], seats: int, day: date, heads: Heads = len) -> bool:
    """Whether on a day all seats are filled, each by another person, and there is a secretary."""
    current = [term for term in terms if in_force(term.start, term.end, day)]
    return heads({term.person for term in current}) >= seats and any(term.leads for term in current)


def last_complete(terms: Sequence[Term], seats: int, as_of: date, heads: Heads = len) -> date | None:
    """The last day on which an earlier committee was complete; None when the rows show none."""
    ends = sorted({term.end for term in terms if term.end and term.end < as_of}, reverse=True)
    return next((end for end in ends if complete(terms, seats, end, heads)), None)


def vacant_days(
    terms: Sequence[Term], seats: int, as_of: date, fallback: date, first_day: date = date.min, heads: Heads = len
) -> int | None:
    """For how many days the committee has been short; None when it is complete.

    Args:
        fallback: the day before the first vacant day where the rows show no complete committee at all.
        first_day: days before it do not count.

    >>> start = date(2020, 1, 1)
    >>> one = [Term(start, None, leads, "one") for leads in (True, False)]
    >>> terms = [*one, Term(start, date(2023, 3, 31), False, "other")]
    >>> vacant_days(terms, 2, date(2023, 6, 29), date(2022, 12, 31)), vacant_days(terms, 1, date(2023, 6, 29), date.min)
    (90, None)
    """
    if complete(terms, seats, as_of, heads):
        return None
    return max(1, (as_of - vacant_after(terms, seats, as_of, fallback, first_day, heads)).days)


def vacant_after(
    terms: Sequence[Term], seats: int, as_of: date, fallback: date, first_day: date, heads: Heads = len
) -> date:
    """The day after which a committee that is short has been so, as far as the days count."""
    last = last_complete(terms, seats, as_of, heads) or fallback
    return last if last >= first_day else day_after(first_day, -1)


@dataclass(frozen=True, slots=True)
class Vacancy(OneByOne):
    """`family: open_for`: for how many days seats of an organisation have been empty."""

    family = "open_for"
    mark = "seats"
    title = "班子空缺"
    sentence = "{rows}，在任的班子成员（{posts}）不少于“{seats}”，书记只有一名；空缺{limit}天以内为预警，超过为不达标"
    steps = (
        "应配{seats}名，在任{filled}名",
        "从{since}起到评定日{as_of}止，两头都算，共{days}天；限{limit}天",
    )
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    seats: Annotated[str, Column()]
    posts: Annotated[RowFilter, Rows()]
    org: Annotated[str, Column("posts")]
    lead_column: Annotated[str, Column("posts")]
    lead: Annotated[frozenset[str], Texts(frozenset)]
    limit: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]
    set_on: Annotated[str, Column(role="since")]
    since: Annotated[str, Column("posts", role="since")]
    until: Annotated[str, Column("posts", role="until")]

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Organisations and posts."""
        return (self.rows, self.posts)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """A short vacancy is a reminder."""
        return (MET, WARNING, NOT_MET)

    def judge(self, case: Case) -> Iterator[Judged]:
        """Persons in post against seats; exactly one secretary.

        Who may be one person with another counts apart; where the two together would be too few, that is a doubt.
        """
        by_org: dict[str, list[Row]] = {}
        posts = case.rows(self.posts)
        people = distinct(posts, case.context.dataset.rulings)
        for post in posts:
            by_org.setdefault(getattr(post, self.org), []).append(post)
        rows = case.rows(self.rows)
        for row in rows:
            yield self._one(case, row, by_org.get(getattr(row, self.key), []), people)
        if not rows:
            yield Judged(NOT_APPLICABLE, "NO-ORG")

    def _one(self, case: Case, row: Row, posts: list[Row], people: Distinct) -> Judged:
        seats, key = getattr(row, self.seats), str(getattr(row, self.key))
        terms = [
            Term(getattr(post, self.since), getattr(post, self.until), self._leads(post), people.person[post.origin])
            for post in posts
        ]
        current = [term for term in terms if in_force(term.start, term.end, case.as_of)]
        held = len({term.person for term in current})
        figures = {"filled": str(held), "seats": "" if seats is None else str(seats)}
        rows = ((self.rows.sheet, (row,)), (self.posts.sheet, tuple(posts)))
        if seats is None or len({term.person for term in current if term.leads}) > 1:
            code = "VACANCY-NO-SEATS" if seats is None else "VACANCY-TWO-LEADS"
            return Judged(UNDETERMINED, code, figures, {}, rows, key)
        before_year = date(case.year - 1, 12, 31)
        fallback = max(before_year, getattr(row, self.set_on) or before_year)
        limit = int(case.number(self.limit))
        days, least = (
            vacant_days(terms, int(seats), case.as_of, fallback, case.first_day, heads)
            for heads in (len, people.fewest)
        )
        level, doubted = grace(days, 0, limit), grace(least, 0, limit)
        figures |= {"days": str(days or 0), "limit": str(limit)}
        words = {"doubt": ""}
        if doubted != level:
            figures |= {"least": str(people.fewest({term.person for term in current})), "most_days": str(least)}
            words["doubt"] = case.context.sentence("VACANCY-PERHAPS", {"most_days": str(least)})
        if days is None:
            code = "VACANCY-NONE" if doubted == level else "VACANCY-DOUBT"
            return Judged(level if doubted == level else WARNING, code, figures, {}, rows, key)
        last = last_complete(terms, int(seats), case.as_of)
        since = day_after(vacant_after(terms, int(seats), case.as_of, fallback, case.first_day), 1)
        code = "VACANCY-OPEN" if last else "VACANCY-NEVER"
        words["counted"] = case.days_left_out(day_after(last or fallback, 1))
        return Judged(level, code, figures | {"since": str(since)}, words, rows, key)

    def _leads(self, post: Row) -> bool:
        return getattr(post, self.lead_column) in self.lead
