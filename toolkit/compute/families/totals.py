"""C6: done out of due, from the totals of the unit; amounts and fields of the unit.

Source: calculations C6; YN-02-c/f, 04-i, 12-a/i/l, S7-h; YZ-2.3-o, 3.1-a/e, 3.2-l, 3.4-d/e/h/i, S1-m, S4-b/c/e/h/j,
S5-a/b.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.contradicted import contradicted
from toolkit.compute.families.base import USUAL, Resting
from toolkit.compute.families.counts import EventFilter, distinct_days, more_days
from toolkit.compute.families.coverage import COVERAGE_KEYS, coverage_key, plain, share_figures
from toolkit.compute.families.reach import Reach
from toolkit.compute.fields import Column, Limit, ParameterName, Rows, Stat
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import coverage, missed
from toolkit.compute.periods import year_of
from toolkit.model.binder import Flag, Inline, Text
from toolkit.model.policy import Parameters
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING


def ceiling(spent: Decimal | None, limit: Decimal | None, *, closed: bool = False, hard: bool = False) -> str:
    """The level of an amount that should not exceed another; there is no target below it.

    >>> ceiling(Decimal(5), Decimal(5)), ceiling(Decimal(6), Decimal(5)), ceiling(Decimal(0), Decimal(0))
    ('达标', '预警', '不适用')
    """
    if spent is None or limit is None:
        return UNDETERMINED
    if not spent and not limit:
        return NOT_APPLICABLE
    return MET if spent <= limit else missed(closed=closed, hard=hard)


def trained_coverage(
    done: Decimal | None,
    due: Decimal | None,
    events: int,
    unsure: int,
    attended: int | None,
    *,
    closed: bool,
    hard: bool,
) -> tuple[str, str]:
    """Level and code of the reason for a coverage that also needs an event (YN-04-i).

    A sum of attendances is not coverage, but fewer attendances than people covered is an error in the data.

    >>> trained_coverage(Decimal(118), Decimal(118), 1, 0, 118, closed=True, hard=True)
    ('达标', 'COVER-MET')
    >>> trained_coverage(Decimal(118), Decimal(118), 1, 0, 40, closed=True, hard=True)[0]
    '无法判定'
    """
    level = coverage(done, due, closed=closed, hard=hard)
    if level in (UNDETERMINED, NOT_APPLICABLE):
        return level, COVERAGE_KEYS[level]
    if events and not unsure and attended is not None and done is not None and attended < done:
        return UNDETERMINED, "COVER-ATTENDED"
    if events == 0:
        return (UNDETERMINED, "COVER-EVENT-UNSURE") if unsure else (missed(closed=closed, hard=hard), "COVER-NO-EVENT")
    return level, COVERAGE_KEYS[level]


@dataclass(frozen=True, slots=True)
class Attended:
    """Events with the column of how many were there."""

    filter: Annotated[EventFilter, Inline()]
    attended: Annotated[str, Column()]


@dataclass(frozen=True, slots=True)
class Totals(Resting):
    """`family: share` of one total in another, or of a total that must be above zero (no `due`).

    Args:
        at_most: the test is done ≤ due (a budget), not done = due.
        minimum: below it the duty does not reach the unit.
        events: events that must have taken place as well; `attended` sums up their head counts.
        term: a parameter with what a word of the clause means here (长期 …); it is said in the reason.
        listed: rows each of which is one of those that are due.
    """

    family = "share"
    mark = "due"
    title = "合计数之比"
    sentence = (
        "{what}：“{done}”÷“{due}”，{goal}〖（达到{minimum}才要求）〗〖；还要有活动记录：{events}〗"
        "〖；登记了{listed}的，应落实数不能是0〗〖；原文没有写明的词看{term}〗"
    )
    steps = (
        "应做的{due}，做到的{done}",
        "{done}÷{due}＝{percent}",
        "应做的达到{minimum}才要求",
        "当年活动{n}次，实到相加＝{attended}人次",
    )
    periods = (*USUAL, "event")

    done: Annotated[str, Stat()]
    due: Annotated[str, Stat()]
    what: Annotated[str, Text()]
    at_most: Annotated[bool, Flag()] = False
    minimum: Annotated[Number | None, Limit()] = None
    events: Attended | None = None
    term: Annotated[str, ParameterName()] = ""
    listed: Annotated[RowFilter | None, Rows()] = None

    @property
    def stats(self) -> tuple[str, ...]:
        """Both totals."""
        return (self.done, self.due)

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The events, where they count."""
        return (self.events.filter.rows,) if self.events else ()

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        done, done_rows = case.stat(self.done)
        due, due_rows = case.stat(self.due)
        figures = share_figures(done, due)
        words = {"what": self._what(case), "missing": "", "deadline": str(case.deadline or "")}
        rows = [("annual_stat", (*due_rows, *done_rows))]
        least = case.number(self.minimum) if self.minimum else Decimal(1)
        reaches = due is None or due >= least
        if (
            not reaches
            and (self.minimum or not done)
            and (open_total := contradicted(case, self.due, least, self.listed))
        ):
            yield open_total
            return
        if self.minimum and not reaches:
            yield Judged(NOT_APPLICABLE, "COVER-FEW", figures | {"minimum": plain(least)}, words, tuple(rows))
            return
        if self.at_most:
            level = ceiling(done, due, closed=case.closed, hard=case.hard)
            key = {WARNING: "COVER-OVER", NOT_MET: "COVER-OVER", MET: "COVER-WITHIN"}.get(level, COVERAGE_KEYS[level])
        elif self.events:
            events = self.events.filter.find(case)
            counted, unsure = events.counted(year_of(case.year)), events.unsure(year_of(case.year))
            heads = [getattr(row, self.events.attended) for row in counted]
            attended = None if None in heads else int(sum(heads))
            n = distinct_days(counted, events.day)
            more = more_days(unsure, events.day, map(events.day, counted))
            level, key = trained_coverage(done, due, n, more, attended, closed=case.closed, hard=case.hard)
            figures |= {"n": str(n), "attended": "" if attended is None else str(attended)}
            rows.append((self.events.filter.rows.sheet, tuple(counted)))
        else:
            level = coverage(done, due, closed=case.closed, hard=case.hard)
            key = coverage_key(case, level)
        if level == UNDETERMINED and key == "COVER-UNKNOWN" and done is not None and due is not None:
            key = "COVER-CONTRADICTION"
        yield Judged(level, key, figures, words, tuple(rows))

    def idle(self, parameters: Parameters) -> tuple[str, ...]:
        """The meaning of the open word: it is shown and nothing is counted by it."""
        return (self.term,) if self.term else ()

    def _what(self, case: Case) -> str:
        """What is counted, with the local meaning of its open word where one is set."""
        meaning = case.context.setting(self.term) if self.term else None
        if not meaning:
            return self.what
        return self.what + case.context.sentence("COVER-TERM", {"meaning": str(meaning)})


@dataclass(frozen=True, slots=True)
class Amount(Resting):
    """`family: share` without a whole: a total that must be above zero."""

    family = "share"
    title = "金额大于零"
    sentence = "{what}：“{done}”大于0〖；没有{reach}的单位不适用〗"
    steps = ("金额{amount}元，应大于0",)

    done: Annotated[str, Stat()]
    what: Annotated[str, Text()]
    reach: Reach | None = None

    @property
    def stats(self) -> tuple[str, ...]:
        """The total."""
        return (self.done,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit or the area."""
        value, rows = case.stat(self.done)
        if self.reach and not value and (without := self.reach.nobody(case) or self.reach.uncertain(case)):
            yield without
            return
        level, key = amount_level(value, closed=case.closed, hard=case.hard)
        yield Judged(level, key, {"amount": plain(value)}, {"what": self.what}, (("annual_stat", rows),))


def amount_level(value: Decimal | None, *, closed: bool, hard: bool) -> tuple[str, str]:
    """Level and code of the reason for an amount that must be above zero.

    >>> amount_level(Decimal(0), closed=True, hard=True)[0], amount_level(None, closed=True, hard=True)[0]
    ('不达标', '无法判定')
    """
    if value is None:
        return UNDETERMINED, "AMOUNT-EMPTY"
    return (MET, "AMOUNT-MET") if value > 0 else (missed(closed=closed, hard=hard), "AMOUNT-ZERO")
