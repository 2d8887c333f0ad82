"""C6, things that stay open for days: ends of term, gaps between liaisons, registrations and transfers.

Source: calculations C6; YZ-2.2-c, 3.1-d; YN-08-e, 13-d/e.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import OneByOne, Said, filled
from toolkit.compute.fields import Column, Limit, Rows
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import grace, missed, term
from toolkit.compute.periods import day_after, ended_before
from toolkit.model.binder import Text
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row


def longest_gap(terms: Sequence[tuple[date | None, date | None]], since: date, as_of: date) -> int | None:
    """Days without anyone in post between two terms, or up to `as_of`; None when nobody ever was.

    >>> day = lambda month, number: date(2025, month, number)
    >>> longest_gap([(day(1, 1), day(6, 30)), (day(7, 31), None)], day(1, 1), day(12, 31))
    30
    """
    found = widest_gap(terms, since, as_of)
    return found[0] if found else None


def widest_gap(
    terms: Sequence[tuple[date | None, date | None]], since: date, as_of: date, first_day: date = date.min
) -> tuple[int, date | None] | None:
    """The longest time without anyone in post: its days and its first day; None when nobody ever was in post.

    Only gaps that still lasted on `since` or later count; a successor on the next day makes no gap (0 days).

    Args:
        first_day: days before it are part of no gap.

    >>> terms = [(date(2020, 1, 1), date(2024, 6, 30)), (date(2025, 1, 10), None)]
    >>> widest_gap(terms, date(2025, 1, 1), date(2025, 12, 31), date(2025, 1, 2))
    (8, datetime.date(2025, 1, 2))
    """
    begun = sorted((start or date.min, end or date.max) for start, end in terms if start is None or start <= as_of)
    if not begun:
        return None
    gaps: list[tuple[int, date]] = []
    covered = max(begun[0][1], day_after(first_day, -1)) if first_day > date.min else begun[0][1]
    for start, end in begun[1:]:
        if start >= since and start > covered:
            gaps.append(((start - covered).days - 1, day_after(covered, 1)))
        covered = max(covered, end)
    if covered < as_of:
        gaps.append(((as_of - covered).days, day_after(covered, 1)))
    return max(gaps, key=lambda gap: gap[0], default=(0, None))


@dataclass(frozen=True, slots=True)
class TermEnd(OneByOne):
    """`family: open_for` with a day that must not be past: it is announced some days before."""

    family = "open_for"
    mark = "remind"
    title = "届满提醒"
    sentence = "{rows}，“{end}”之前{remind}天内为预警，过了为不达标"
    steps = ("届满日{end}与评定日{as_of}相差{days}天；届满前{remind}天起提醒",)
    scopes = ("unit",)
    nobody = "NO-ORG"

    rows: Annotated[RowFilter, Rows()]
    end: Annotated[str, Column()]
    remind: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """The end of a term is announced."""
        return (MET, WARNING, NOT_MET)

    def each(self, case: Case) -> Callable[[Row], Said]:
        """Reminder before the end of the term, 不达标 after it."""
        remind, day = int(case.number(self.remind)), attrgetter(self.end)
        words = {MET: "TERM-MET", WARNING: "TERM-SOON", NOT_MET: "TERM-PAST", UNDETERMINED: "TERM-EMPTY"}

        def one(row: Row) -> Said:
            end = day(row)
            level = term(end, case.as_of, remind)
            days = abs((end - case.as_of).days) if end else ""
            return level, words[level], {"end": str(end or ""), "days": str(days), "remind": str(remind)}, {}

        return one


@dataclass(frozen=True, slots=True)
class Gap(OneByOne):
    """`family: open_for`: for how many days an organisation was without anyone in a post."""

    family = "open_for"
    mark = "posts"
    title = "任职空档"
    sentence = "{rows}，没有任职人员（{posts}）的最长空档{ok}天以内为达标，{limit}天以内为预警，更长为不达标"
    steps = ("最长的空档{days}天；{ok}天以内为达标，{limit}天以内为预警", "空档从{since}开始")
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    posts: Annotated[RowFilter, Rows()]
    org: Annotated[str, Column("posts")]
    ok: Annotated[Number, Limit()]
    limit: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]
    since: Annotated[str, Column("posts", role="since")]
    until: Annotated[str, Column("posts", role="until")]

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Organisations and posts."""
        return (self.rows, self.posts)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """A short gap is a reminder."""
        return (MET, WARNING, NOT_MET)

    def judge(self, case: Case) -> Iterator[Judged]:
        """The longest time without anyone in post this year."""
        by_org: dict[str, list[Row]] = {}
        for post in case.rows(self.posts):
            by_org.setdefault(getattr(post, self.org), []).append(post)
        ok, limit, rows = int(case.number(self.ok)), int(case.number(self.limit)), case.rows(self.rows)
        for row in rows:
            posts = by_org.get(getattr(row, self.key), [])
            terms = [(getattr(post, self.since), getattr(post, self.until)) for post in posts]
            days, since = widest_gap(terms, date(case.year, 1, 1), case.as_of, case.first_day) or (None, None)
            figures = {"days": "" if days is None else str(days), "ok": str(ok), "limit": str(limit)}
            figures |= {"since": str(since)} if since else {}
            level = NOT_APPLICABLE if days is None else grace(days, ok, limit)
            word = "GAP-NEVER" if days is None else "GAP-OK" if level == MET else "GAP-OPEN"
            words = {"counted": case.days_left_out(day_after(since, -1) if since else None)}
            evidence = ((self.rows.sheet, (row,)), (self.posts.sheet, tuple(posts)))
            yield Judged(level, word, figures, words, evidence, str(getattr(row, self.key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, "NO-ORG")


def overdue_level(
    done: bool,
    since: date | None,
    until: date | None,
    as_of: date,
    *,
    ok: int | None,
    limit: int | None,
    hard: bool,
    first_day: date = date.min,
) -> tuple[str, str, int]:
    """Level, code of the reason and days open of a case that began on `since`.

    Args:
        until: the day it stopped running (a return); None = still running. What was a breach on that day stays
            one; what was only a warning is over.
        ok: days within which nothing is due yet; None = due at once.
        limit: days after which it is 不达标; None = as soon as something is due; a soft rule = never.
        first_day: days before it do not count.

    >>> out = date(2025, 1, 1)
    >>> [overdue_level(False, out, None, day, ok=30, limit=90, hard=True)[0]
    ...  for day in (date(2025, 1, 31), date(2025, 2, 1), date(2025, 4, 2))]
    ['不适用', '预警', '不达标']
    >>> [overdue_level(False, out, back, date(2025, 12, 31), ok=None, limit=180, hard=True)[0]
    ...  for back in (date(2025, 3, 1), date(2025, 8, 1))]
    ['不适用', '不达标']
    """
    if done:
        return MET, "OVERDUE-DONE", 0
    if since is None:
        return UNDETERMINED, "OVERDUE-UNDATED", 0
    days = (min(until or as_of, as_of) - max(since, first_day)).days
    over = until is not None and until <= as_of
    if days < 0 or (ok is not None and days <= ok):
        return NOT_APPLICABLE, "OVERDUE-BACK" if over else "OVERDUE-EARLY", max(days, 0)
    if hard and (limit is None or days > limit):
        return NOT_MET, "OVERDUE-BACK-LATE" if over else "OVERDUE-OPEN", days
    return (NOT_APPLICABLE, "OVERDUE-BACK", days) if over else (WARNING, "OVERDUE-OPEN", days)


@dataclass(frozen=True, slots=True)
class Overdue(OneByOne):
    """`family: open_for` of rows: from a day on something is to be done, within some days.

    Args:
        until: the day on which the case ended without it; ok: days within which nothing is due yet; limit: days
            after which it is 不达标.
    """

    family = "open_for"
    title = "逾期未办"
    sentence = "{what}：{rows}，“{since}”之后没有“{done}”的，〖{ok}天以内不算，〗〖超过{limit}天为不达标〗"
    steps = (
        "完成日期{finished}，不再计天数",
        "从{begin}的次日起到评定日{as_of}（已返回的到返回日）止，共{days}天；{ok}天以内不算，限{limit}天",
        "返回日{back}",
    )
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    done: Annotated[str, Column()]
    what: Annotated[str, Text()]
    key: Annotated[str, Column(role="key")]
    since: Annotated[str, Column(role="since")]
    until: Annotated[str, Column()] = ""
    ok: Annotated[Number | None, Limit()] = None
    limit: Annotated[Number | None, Limit()] = None

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What ends the case."""
        return filled(self.done)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What is open is a reminder until the limit is over."""
        return (MET, *((WARNING,) if self.limit else ()), missed(closed=True, hard=hard))

    def each(self, case: Case) -> Callable[[Row], Said]:
        """Days open against the days allowed."""
        ok = int(case.number(self.ok)) if self.ok else None
        limit = int(case.number(self.limit)) if self.limit else None

        def one(row: Row) -> Said:
            finished, since = getattr(row, self.done), getattr(row, self.since)
            until = getattr(row, self.until) if self.until else None
            done = finished is not None
            level, word, days = overdue_level(
                done, since, until, case.as_of, ok=ok, limit=limit, hard=case.hard, first_day=case.first_day
            )
            if ended_before(until, case.year):
                level, word = NOT_APPLICABLE, "FLOAT-PAST"
            figures = {"days": str(days), "ok": str(ok or 0), "limit": "" if limit is None else str(limit)}
            figures |= {"since": str(since or ""), "back": str(until or "")}
            words = {"what": self.what, "year": str(case.year), "counted": case.days_left_out(since)}
            words |= {"begin": "" if done or since is None else str(max(since, case.first_day))}
            words |= {"finished": str(finished or "")}
            return level, word, figures, words

        return one
