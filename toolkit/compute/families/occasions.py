"""C1, two special calendars: visits on festivals, and reports at the end of the year.

Source: calculations C1; YZ-3.4-g (元旦春节 is one season, booked to the year of 春节), YZ-S2-g/h (in the last
quarter; January of the next year is late).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter

from toolkit.compute.families.counts import EventFilter, Tally, count_level, distinct_days, event_filter
from toolkit.compute.families.over_rows import Resting
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.judging import Case, Judged
from toolkit.compute.levels import missed
from toolkit.compute.periods import Period, add_months, day_after, quarters, year_of
from toolkit.compute.reader import Reader
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, WARNING


def season(occasion: str, year: int, first_month: Mapping[str, int]) -> tuple[date, date]:
    """First and last day whose visits count for an occasion of `year`.

    Args:
        first_month: for a season across the year end, the month from which visits belong to the next year.

    >>> season("元旦春节", 2024, {"元旦春节": 10})
    (datetime.date(2023, 10, 1), datetime.date(2024, 9, 30))
    >>> season("老年节", 2024, {})
    (datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))
    """
    if occasion in first_month:
        start = date(year - 1, first_month[occasion], 1)
        return start, day_after(add_months(start, 12), -1)
    return date(year, 1, 1), date(year, 12, 31)


def wanted(items: tuple[str, ...], year: int) -> tuple[str, ...]:
    """Occasions that are due in a year; an item may name its day: it is due only in the year of that day.

    >>> wanted(("老年节", "重大庆典 2024-10-01"), 2023)
    ('老年节',)
    """
    found = []
    for item in items:
        name, _, day = item.partition(" ")
        if not day or date.fromisoformat(day.strip()).year == year:
            found.append(name)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Occasions(Resting):
    """The evaluator of `family: occasions`."""

    events: EventFilter
    what: str
    occasion: str
    parameter: str
    low: Number
    first_month: Mapping[str, int]

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The event rows."""
        return (self.events.rows,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each occasion of the year."""
        items = case.context.required(self.parameter)
        events, year = self.events.find(case), year_of(case.year)
        named = attrgetter(self.occasion)
        due = wanted(tuple(items), case.year)  # type: ignore[arg-type]
        if not due:
            yield Judged(NOT_APPLICABLE, "NO-SUBJECT", words={"what": self.what})
        for name in due:
            window = Period("season", year.label, *season(name, case.year, self.first_month))
            counted = [row for row in events.counted(window) if named(row) == name]
            rest = [row for row in events.counted(window) if named(row) is None]
            unsure = rest + [row for row in events.unsure(window) if named(row) in (None, name)]
            tally = Tally(distinct_days(counted, events.day), len(unsure), int(case.number(self.low)))
            effective = case.context.policy.effective
            level, key = count_level(tally, year, case.as_of, effective=effective, hard=case.hard)
            figures = {"n": str(tally.n), "need": tally.need, "unsure": str(tally.unsure)}
            words = {"what": f"{name}{self.what}", "period": year.label}
            rows = ((self.events.rows.sheet, tuple(counted + unsure if key == "COUNT-UNSURE" else counted)),)
            yield Judged(level, key, figures, words, rows, f"{case.unit} {name}")


def compile_occasions(reader: Reader) -> Occasions:
    """`family: occasions` from its arguments."""
    events = event_filter(reader)
    seasons = reader.part("next_year_from_month")
    first_month = {name: int(seasons.text(name)) for name in seasons.record} if seasons else {}
    return Occasions(
        events=events,
        what=reader.text("what"),
        occasion=reader.column("occasion", events.rows.sheet),
        parameter=reader.parameter("parameter"),
        low=reader.number("low") or Number(Decimal(1)),
        first_month=first_month,
    )


def year_end_level(
    on_time: int, late: int, unsure: int, low: int, *, year: int, late_months: int, as_of: date, hard: bool = True
) -> tuple[str, str]:
    """Level and code of the reason for something due in the last quarter of the year.

    Args:
        late: how often it took place in the months after the year in which it still counts, as 预警.

    >>> [year_end_level(0, n, 0, 1, year=2023, late_months=1, as_of=date(2024, 2, 1))[0] for n in (1, 0)]
    ['预警', '不达标']
    """
    if on_time >= low:
        return MET, "COUNT-MET"
    if on_time + late >= low:
        return WARNING, "YEAR-END-LATE"
    if on_time + late + unsure >= low:
        return UNDETERMINED, "COUNT-UNSURE"
    closed = as_of > day_after(add_months(date(year + 1, 1, 1), late_months), -1)
    return missed(closed=closed, hard=hard), "COUNT-MISSED" if closed else "COUNT-OPEN"


@dataclass(frozen=True, slots=True)
class YearEnd(Resting):
    """The evaluator of `family: year_end`."""

    events: EventFilter
    what: str
    low: Number
    late_months: int

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The event rows."""
        return (self.events.rows,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the year."""
        quarter = quarters(case.year)[3]
        after = Period(
            "late", quarter.label, date(case.year + 1, 1, 1), add_months(date(case.year, 12, 31), self.late_months)
        )
        events = self.events.find(case)
        on_time, late = events.counted(quarter), events.counted(after)
        unsure = {row.origin: row for row in events.unsure(quarter) + events.unsure(after)}
        low = int(case.number(self.low))
        level, key = year_end_level(
            distinct_days(on_time, events.day),
            distinct_days(late, events.day),
            len(unsure),
            low,
            year=case.year,
            late_months=self.late_months,
            as_of=case.as_of,
            hard=case.hard,
        )
        figures = {"n": str(distinct_days(on_time + late, events.day)), "need": str(low), "unsure": str(len(unsure))}
        rows = ((self.events.rows.sheet, tuple(on_time + late)),)
        yield Judged(level, key, figures, {"what": self.what, "period": quarter.label}, rows)


def compile_year_end(reader: Reader) -> YearEnd:
    """`family: year_end` from its arguments."""
    return YearEnd(
        events=event_filter(reader),
        what=reader.text("what"),
        low=reader.number("low") or Number(Decimal(1)),
        late_months=int(reader.text("late_months", "1")),
    )
