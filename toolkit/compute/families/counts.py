"""C1: how often something took place in a period.

Source: calculations C1; YZ-1.1-f/h, 1.3-d/f, S1-g/i; YN-02-k, 05-d, 09-e, 10-d, 11-o, 12-c/d/h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import Resting
from toolkit.compute.families.reach import Reach
from toolkit.compute.fields import Column, Conditions, Limit, ParameterName, Rows
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.lookups import Reading
from toolkit.compute.periods import HALF_YEAR, QUARTER, YEAR, Period
from toolkit.compute.spans import span_of
from toolkit.model.binder import Inline, Kind, Text
from toolkit.model.policy import Parameters
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, UNSET, WARNING
from toolkit.model.rows import Row

HOLD = "warn_from_share"
"""The parameter that says how much of a period must have passed before a gap is shown."""
LATEST_START = 31
"""Days that a policy may come into force after a period began without sparing the period (calculations C1)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: distinct days, further days that rows could bring once put right, and what is asked."""

    n: int
    unsure: int
    low: int
    high: int | None = None

    @property
    def need(self) -> str:
        """The requirement as text: `2` or `1—2`."""
        return str(self.low) if self.high is None else f"{self.low}—{self.high}"


@dataclass(frozen=True, slots=True)
class Presence:
    """When the subject existed, and which share of the period it must have existed for."""

    since: date | None = None
    until: date | None = None
    share: Decimal = Decimal(0)


def count_level(
    tally: Tally,
    period: Period,
    as_of: date,
    *,
    effective: date,
    presence: Presence = Presence(),
    hard: bool = True,
    hold: Decimal = Decimal(0),
) -> tuple[str, str]:
    """Level and code of the reason for a count in a period.

    Args:
        effective: the day the policy came into force.
        hold: share of the period that must have passed before a gap is shown (`warn_from_share`).

    >>> from toolkit.compute.periods import year_of
    >>> count_level(Tally(1, 0, 2), year_of(2023), date(2024, 1, 1), effective=date(2022, 12, 30))
    ('不达标', 'COUNT-MISSED')
    """
    if (effective - period.start).days > LATEST_START:
        return NOT_APPLICABLE, "OUT-EFFECTIVE"
    if not period.existed(presence.since, presence.until, presence.share):
        return NOT_APPLICABLE, "OUT-SHORT"
    if as_of < period.start:
        return NOT_APPLICABLE, "OUT-FUTURE"
    if tally.high is not None and tally.n > tally.high:
        return WARNING, "COUNT-OVER"
    if tally.n >= tally.low:
        return MET, "COUNT-MET"
    if tally.n + tally.unsure >= tally.low:
        return UNDETERMINED, "COUNT-UNSURE"
    if period.closed(as_of):
        return missed(closed=True, hard=hard), "COUNT-MISSED"
    if period.elapsed(as_of) < hold:
        return NOT_APPLICABLE, "OUT-HELD"
    return WARNING, "COUNT-OPEN"


@dataclass(frozen=True, slots=True)
class Events:
    """Event rows of one case: counted ones, and ones that could count.

    Args:
        sure: rows that match; some may lack a date.
        doubtful: rows in which an empty cell hides whether they match, and refused rows.
        day: the date column.
    """

    sure: list[Row]
    doubtful: list[Row]
    day: Callable[[Row], date | None]

    def of(self, key: str, host: Callable[[Row], str | None]) -> Events:
        """The events of one host."""
        return Events(
            [row for row in self.sure if host(row) == key],
            [row for row in self.doubtful if host(row) in (key, None)],
            self.day,
        )

    def counted(self, period: Period) -> list[Row]:
        """Rows with a date in the period."""
        return [row for row in self.sure if period.holds(self.day(row))]

    def unsure(self, period: Period) -> list[Row]:
        """Rows that could close a gap in the period: no date, or refused, or with an empty cell."""
        undated = [row for row in self.sure if self.day(row) is None]
        return undated + [row for row in self.doubtful if self.day(row) is None or period.holds(self.day(row))]


def distinct_days(rows: Iterable[Row], day: Callable[[Row], date | None]) -> int:
    """Number of different dates; two items on one day count once."""
    return len({day(row) for row in rows})


def more_days(rows: Iterable[Row], day: Callable[[Row], date | None], counted: Iterable[date | None]) -> int:
    """How many further days doubtful rows could bring: each day once, and only where none is counted.

    Rows whose day nobody knows could bring one each.

    Args:
        counted: the days that count already.

    >>> day = {"a": 1, "b": 1, "c": 2, "d": None, "e": None}.get
    >>> more_days("abcde", day, [2]), more_days("ab", day, []), more_days("", day, [])
    (3, 1, 0)
    """
    days = [day(row) for row in rows]
    return days.count(None) + len({*days} - {None, *counted})


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which rows count as the event; cells that leave that open when empty are the filter's `unsure`."""

    rows: Annotated[RowFilter, Rows(unsure=True)]
    day: Annotated[str, Column(key="date")] = "event_date"

    def find(self, case: Case) -> Events:
        """The events of the case."""
        sure = case.rows(self.rows)
        lenient = case.rows(self.rows, self.rows.unsure) if self.rows.unsure else sure
        known = {row.origin for row in sure}
        doubtful = [row for row in lenient if row.origin not in known] if len(lenient) > len(sure) else []
        return Events(sure, doubtful + case.refused(self.rows), attrgetter(self.day))


@dataclass(frozen=True)
class LeastShare(Kind):
    """The parameter that says for which share of the indicator's period a subject must have stood."""

    written = False

    def read(self, at: Reading, key: str, default: object) -> str:
        """The name of the parameter; it must be in the pack."""
        span = span_of(at.indicator.period)
        kind = span.kind if span and span.kind in (QUARTER, HALF_YEAR) else YEAR
        return at.parameter(f"min_share_{kind.replace('-', '_')}", "subjects")


@dataclass(frozen=True, slots=True)
class Subjects:
    """The organisations or groups that each must reach the count.

    Args:
        share: the parameter that says for which share of the period one must have stood.
    """

    rows: Annotated[RowFilter, Rows()]
    key: Annotated[str, Column(role="key")]
    since: Annotated[str, Column(role="since")]
    until: Annotated[str, Column(role="until")]
    share: Annotated[str, LeastShare()]


@dataclass(frozen=True, slots=True)
class Basis:
    """The reading on which the count rests, where the text allows two.

    Args:
        parameter, reading: the reading under which `low` is what is asked.
        each: under the other reading, how many persons must each do it once; None = that cannot be judged.
    """

    parameter: Annotated[str, ParameterName()]
    reading: Annotated[str, Text(key="is")]
    each: Annotated[Number | None, Limit()] = None

    def of_each(self, case: Case) -> bool:
        """Whether the other reading is set: not once for all, but once by each person.

        Raises: Unset: nobody has said which reading holds.
        """
        return case.context.required(self.parameter) != self.reading

    def idle(self, parameters: Parameters) -> tuple[str, ...]:
        """The number of persons, which the first reading does without."""
        first = parameters.at(self.parameter, parameters.day) in (self.reading, None)
        return (self.each.parameter,) if self.each and first else ()


@dataclass(frozen=True, slots=True)
class Counts(Resting):
    """`family: frequency`: on how many days of a period something took place.

    Args:
        subjects: each of them must reach the count, by the events whose `host` it is; None = the unit.
        doubt: counted rows that meet it are a doubt where the others are not enough.
        open_parameter: what the rows must be about; while nobody has set it what is met is 未评.
    """

    family = "frequency"
    title = "按期计次"
    sentence = (
        "{period}内的“{what}”，按日期计次（同一天只计一次）不少于{low}次〖，不多于{high}次〗。计入的记录：{rows}"
        "〖。逐个核对：{subjects}〗〖。{doubt}的除外就不够的，为预警〗〖。主题按{open_parameter}核对〗〖。计数口径：{basis}〗"
        "〖。没有{reach}的单位不适用〗"
    )
    steps = ("不同的日期{n}个，要求{need}个",)
    periods = ("year", "half-year", "quarter", "by", "from", "only")

    events: Annotated[EventFilter, Inline()]
    what: Annotated[str, Text()]
    low: Annotated[Number, Limit()]
    high: Annotated[Number | None, Limit()] = None
    host: Annotated[str, Column("rows")] = "host_code"
    subjects: Subjects | None = None
    doubt: Annotated[tuple[Condition, ...], Conditions("rows")] = ()
    open_parameter: Annotated[str, ParameterName()] = ""
    basis: Basis | None = None
    reach: Reach | None = None

    @staticmethod
    def beside() -> tuple[str, ...]:
        """The share of a period from which on what is lacking is said."""
        return (HOLD,)

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The subjects."""
        return (self.subjects.rows,) if self.subjects else ()

    @property
    def alone(self) -> RowFilter | None:
        """The subjects."""
        return self.subjects.rows if self.subjects else None

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The event rows."""
        return (self.events.rows,)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Too often and doubtful rows are a doubt."""
        doubt = (WARNING,) if self.high or self.doubt else ()
        return (MET, *doubt, missed(closed=closed, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each subject and period."""
        if self.basis and self.basis.each is None and self.basis.of_each(case):
            yield Judged(UNSET, "COUNT-BASIS", words=_title(case, name := self.basis.parameter), parameter=name)
            return
        events = self.events.find(case)
        if self.reach and not events.sure and (without := self.reach.nobody(case) or self.reach.uncertain(case)):
            yield without
            return
        several = len(case.periods()) > 1
        subjects = list(self._subjects(case, events))
        if not subjects:
            yield Judged(NOT_APPLICABLE, "NO-SUBJECT", words={"what": self.what})
        for key, presence, own, row in subjects:
            for period in case.periods():
                judged = self._one(case, period, own, presence, f"{key} {period.label}" if several else key)
                yield replace(judged, rows=((self.subjects.rows.sheet, (row,)), *judged.rows)) if row else judged

    def _subjects(self, case: Case, events: Events) -> Iterator[tuple[str, Presence, Events, Row | None]]:
        """Name, time of existence, events and row of each subject; the unit itself has no row."""
        if self.subjects is None:
            yield case.unit, Presence(), events, None
            return
        host, subjects = attrgetter(self.host), self.subjects
        share = Decimal(str(case.context.required(subjects.share)))
        for row in case.rows(subjects.rows):
            key = str(getattr(row, subjects.key))
            presence = Presence(getattr(row, subjects.since), getattr(row, subjects.until), share)
            yield key, presence, events.of(key, host), row

    def _one(self, case: Case, period: Period, events: Events, presence: Presence, subject: str) -> Judged:
        counted, unsure = events.counted(period), events.unsure(period)
        each = self.basis.each if self.basis and self.basis.of_each(case) else None
        high = int(case.number(self.high)) if self.high else None
        n = len(counted) if each else distinct_days(counted, events.day)
        more = len(unsure) if each else more_days(unsure, events.day, map(events.day, counted))
        tally = Tally(n, more, int(case.number(each or self.low)), high)
        hold = Decimal(str(case.context.required(HOLD)))
        level, key = count_level(
            tally,
            period,
            case.as_of,
            effective=case.context.policy.effective,
            presence=presence,
            hard=case.hard,
            hold=hold,
        )
        if level == MET:
            level, key = (WARNING, "COUNT-EACH") if each else self._doubts(case, counted)
        figures = {"n": str(tally.n), "need": tally.need, "unsure": str(len(unsure))}
        words = {"what": self.what, "period": period.label}
        shown = counted + unsure if key == "COUNT-UNSURE" else counted
        rows = ((self.events.rows.sheet, tuple(shown)),)
        if level == UNSET:
            words |= _title(case, self.open_parameter)
        left_open = self.open_parameter if level == UNSET else ""
        return Judged(level, key, figures, words, rows, subject, left_open, period.ends)

    def _doubts(self, case: Case, counted: list[Row]) -> tuple[str, str]:
        """Met, unless one of the counted rows carries a doubt or nobody has set what they must be about."""
        for condition in self.doubt:
            level, key = self._doubt(case, counted, condition)
            if level != MET:
                return level, key
        if self.open_parameter and case.context.setting(self.open_parameter) is None:
            return UNSET, "COUNT-NO-THEME"
        return MET, "COUNT-MET"

    def _doubt(self, case: Case, counted: list[Row], condition: Condition) -> tuple[str, str]:
        """Met where the rows without the doubt are enough; 无法判定 where rows with an empty cell decide that."""
        test, low, day = condition.test(case.context), int(case.number(self.low)), attrgetter(self.events.day)
        cells = {row.origin: [getattr(row, name) for name in condition.columns] for row in counted}
        possible = [row for row in counted if not any(map(test, cells[row.origin]))]
        clear = [row for row in possible if None not in cells[row.origin]]
        if distinct_days(clear, day) >= low:
            return MET, "COUNT-MET"
        enough = distinct_days(possible, day) >= low
        return (UNDETERMINED, "COUNT-DOUBT-OPEN") if enough else (WARNING, "COUNT-DOUBT")


def _title(case: Case, parameter: str) -> dict[str, str]:
    return {"parameter": case.context.policy.parameters[parameter].title}
