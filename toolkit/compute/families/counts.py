"""C1: how often something took place in a period.

Source: calculations C1; YZ-1.1-f/h, 1.3-d/f, S1-g/i; YN-02-k, 05-d, 09-e, 10-d, 11-o, 12-c/d/h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.over_rows import Resting
from toolkit.compute.families.reach import Reach, read_reach
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.periods import HALF_YEAR, QUARTER, YEAR, Period
from toolkit.compute.reader import Reader
from toolkit.compute.spans import span_of
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

    rows: RowFilter
    day: str

    def find(self, case: Case) -> Events:
        """The events of the case."""
        sure = case.rows(self.rows)
        lenient = case.rows(self.rows, self.rows.unsure) if self.rows.unsure else sure
        known = {row.origin for row in sure}
        doubtful = [row for row in lenient if row.origin not in known] if len(lenient) > len(sure) else []
        return Events(sure, doubtful + case.refused(self.rows), attrgetter(self.day))


def event_filter(reader: Reader, key: str = "rows") -> EventFilter:
    """The event filter of an indicator: `rows`, `date` and `unsure`."""
    rows = reader.rows_or_unsure(key)
    return EventFilter(rows, reader.column("date", rows.sheet, "event_date"))


@dataclass(frozen=True, slots=True)
class Subjects:
    """The organisations or groups that each must reach the count."""

    rows: RowFilter
    key: str
    since: str
    until: str
    share: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The reading on which the count rests, where the text allows two.

    Args:
        parameter, reading: the reading under which `low` is what is asked.
        each: under the other reading, how many persons must each do it once; None = that cannot be judged.
    """

    parameter: str
    reading: str
    each: Number | None = None

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
    """The evaluator of `family: counts`."""

    events: EventFilter
    what: str
    low: Number
    high: Number | None
    host: str
    subjects: Subjects | None
    doubt: tuple[Condition, ...]
    open_parameter: str
    basis: Basis | None
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


def read_subjects(reader: Reader) -> Subjects | None:
    """The `subjects` of an indicator: rows, key, since and until; its period says which part-period parameter holds."""
    part = reader.part("subjects")
    if part is None:
        return None
    rows = part.rows()
    assert rows is not None
    span = span_of(reader.indicator.period)
    kind = span.kind if span and span.kind in (QUARTER, HALF_YEAR) else YEAR
    subjects = Subjects(
        rows,
        part.column("key", rows.sheet),
        part.column("since", rows.sheet),
        part.column("until", rows.sheet),
        part.known_parameter(f"min_share_{kind.replace('-', '_')}", "since"),
    )
    part.done()
    return subjects


def _basis(part: Reader | None) -> Basis | None:
    """The `basis` of an indicator: parameter, is and each."""
    if part is None:
        return None
    basis = Basis(part.parameter("parameter"), part.text("is"), part.number("each", None))
    part.done()
    return basis


def compile_counts(reader: Reader) -> Counts:
    """`family: counts` from its arguments."""
    events = event_filter(reader)
    return Counts(
        events=events,
        what=reader.text("what"),
        low=reader.number("low") or Number(Decimal(1)),
        high=reader.number("high", None),
        host=reader.column("host", events.rows.sheet, "host_code"),
        subjects=read_subjects(reader),
        doubt=reader.conditions("doubt", events.rows.sheet),
        open_parameter=reader.parameter("open_parameter", ""),
        basis=_basis(reader.part("basis")),
        reach=read_reach(reader),
    )
