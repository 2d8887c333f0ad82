"""C1, two special calendars: visits on festivals, and reports at the end of the year.

The days that count are those of `toolkit.model.windows`, by which the rules take or refuse a date.

Source: calculations C1; YZ-3.4-g (元旦春节 is one season, booked to the year of 春节), YZ-S2-g/h (in the last
quarter; January of the next year is late).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import Resting
from toolkit.compute.families.counts import (
    EventFilter,
    Events,
    Tally,
    count_level,
    distinct_days,
    more_days,
)
from toolkit.compute.fields import Column, Limit, Mapped, OwnClause, OwnWindows, ParameterName
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.lookups import Reading
from toolkit.compute.periods import Period, year_of
from toolkit.model.binder import Inline, Text
from toolkit.model.policy import Parameters
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, WARNING
from toolkit.model.windows import Days, Window, year_days


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
    """`family: frequency` by occasion: something took place at each occasion that a parameter lists.

    Args:
        seasons: occasion → parameter with the day of the year before from which it runs (see `windows`).
        windows: of the occasions that are not simply in the calendar year.
    """

    family = "frequency"
    mark = "occasion"
    title = "按节点计次"
    sentence = (
        "{parameter}列出的每个节点，“{what}”不少于{low}次。计入的记录：{rows}"
        "〖。跨年的节点从上年起算，到下一次起算的前一天止：{seasons}〗"
    )
    steps = ("不同的日期{n}个，要求{need}个",)
    periods = ("occasion",)

    clause: Annotated[str, OwnClause()]
    events: Annotated[EventFilter, Inline()]
    what: Annotated[str, Text()]
    occasion: Annotated[str, Column()]
    parameter: Annotated[str, ParameterName()]
    windows: Annotated[tuple[Window, ...], OwnWindows()]
    low: Annotated[Number, Limit()]
    seasons: Annotated[tuple[tuple[str, tuple[str, ...]], ...], Mapped()] = ()

    def check(self, at: Reading) -> None:
        """Every season is an occasion of the form and has a parameter with a month and a day."""
        sheet = self.events.rows.sheet
        for name, parameters in self.seasons:
            at.choices((name,), sheet, (self.occasion,), "seasons")
            for parameter in parameters:
                at.parameter(parameter, name, "month_day")

    def idle(self, parameters: Parameters) -> tuple[str, ...]:
        """The days of the seasons: one that nobody has set leaves the calendar year (see `windows`)."""
        return tuple(name for _, names in self.seasons for name in names)

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The event rows."""
        return (self.events.rows,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each occasion of the year."""
        items = case.context.required(self.parameter)
        events = self.events.find(case)
        due = wanted(tuple(items), case.year)  # type: ignore[arg-type]
        if not due:
            yield Judged(NOT_APPLICABLE, "NO-SUBJECT", words={"what": self.what})
        for name in due:
            yield self._one(case, events, name)

    def _one(self, case: Case, events: Events, name: str) -> Judged:
        """One occasion; visits of its season that stand in the return of the year before count too."""
        named, year = attrgetter(self.occasion), year_of(case.year)
        season = next((window for window in self.windows if window.value == name), None)
        days = Period("season", year.label, *(season.days(case.year) if season else year_days(case.year)))
        counted = [row for row in events.counted(days) if named(row) == name]
        rest = [row for row in events.counted(days) if named(row) is None]
        unsure = rest + [row for row in events.unsure(days) if named(row) in (None, name)]
        before = carried(case, self.clause, name) if season else set()
        held = before | {events.day(row) for row in counted}
        tally = Tally(len(held), more_days(unsure, events.day, held), int(case.number(self.low)))
        open_days = Period(days.kind, year.label, year.start, days.end)
        effective = case.context.policy.effective
        level, key = count_level(tally, open_days, case.as_of, effective=effective, hard=case.hard)
        figures = {"n": str(tally.n), "need": tally.need, "unsure": str(len(unsure))}
        told = case.context.sentence("COUNT-CARRIED", {"n": len(before)}) if before else ""
        words = {"what": f"{name}{self.what}{told}", "period": year.label}
        rows = ((self.events.rows.sheet, tuple(counted + unsure if key == "COUNT-UNSURE" else counted)),)
        return Judged(level, key, figures, words, rows, f"{case.unit} {name}", days=days.ends)


def carried(case: Case, clause: str, occasion: str) -> set[date]:
    """Days of last year's return whose events count for an occasion of this year (see `compute.prior`)."""
    known = case.context.prior("next_year").get(clause, {}).get(occasion, {})
    days = {date.fromisoformat(day) for unit in case.units for day in known.get(unit, ())}
    case.learn_prior(occasion, "、".join(map(str, sorted(days))))
    return days


def year_end_level(
    on_time: int,
    late: int,
    unsure: int,
    low: int,
    *,
    days: Days,
    late_days: Days | None,
    as_of: date,
    hard: bool = True,
) -> tuple[str, str]:
    """Level and code of the reason for something due at the end of the year.

    Args:
        late: how often it took place on the days after the year on which it still counts, as 预警.
        days, late_days: when it is in time, and when it is late; None = never late.

    >>> days, late = (date(2023, 10, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2024, 1, 31))
    >>> [year_end_level(0, n, 0, 1, days=days, late_days=late, as_of=date(2024, 2, 1))[0] for n in (1, 0)]
    ['预警', '不达标']
    """
    if on_time >= low:
        return MET, "COUNT-MET"
    if on_time + late >= low:
        return WARNING, "YEAR-END-LATE"
    if on_time + late + unsure >= low:
        return UNDETERMINED, "COUNT-UNSURE"
    if as_of < days[0]:
        return NOT_APPLICABLE, "OUT-FUTURE"
    if as_of <= days[1]:
        return WARNING, "COUNT-OPEN"
    if late_days and as_of <= late_days[1]:
        return WARNING, "YEAR-END-OVERDUE"
    return missed(closed=True, hard=hard), "COUNT-MISSED"


@dataclass(frozen=True, slots=True)
class YearEnd(Resting):
    """`family: frequency` at the end of the year: what is done some days later is a reminder.

    Args:
        first, late: the parameters with the first day, and with the last day of the next year (see `windows`).
    """

    family = "frequency"
    mark = "from"
    title = "年底事项"
    sentence = "“{what}”在年底（{from}）不少于{low}次〖；过了年补做的为预警（{late}）〗。计入的记录：{rows}"
    steps = ("不同的日期{n}个，要求{need}个",)
    periods = ("year-end",)

    events: Annotated[EventFilter, Inline()]
    what: Annotated[str, Text()]
    first: Annotated[str, ParameterName("month_day", key="from")]
    windows: Annotated[tuple[Window, ...], OwnWindows()]
    low: Annotated[Number, Limit()]
    late: Annotated[str, ParameterName("month_day")] = ""

    def idle(self, parameters: Parameters) -> tuple[str, ...]:
        """The days of the window: one that nobody has set leaves the year itself (see `windows`)."""
        return tuple(filter(None, (self.first, self.late)))

    @property
    def window(self) -> Window:
        """The days on which it counts."""
        return self.windows[0]

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The event rows."""
        return (self.events.rows,)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What was done late is a reminder."""
        late = (WARNING,) if self.window.late else ()
        return (MET, *late, missed(closed=closed, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the year."""
        days, late_days = self.window.days(case.year), self.window.late_days(case.year)
        label = case.context.sentence("PERIOD-YEAR-END", {"year": case.year, "first": days[0]})
        in_time = Period("year-end", label, *days)
        events = self.events.find(case)
        on_time = events.counted(in_time)
        late = events.counted(Period("late", label, *late_days)) if late_days else []
        either = Period("year-end", label, days[0], (late_days or days)[1])
        unsure = {row.origin: row for row in events.unsure(either)}
        low = int(case.number(self.low))
        level, key = year_end_level(
            distinct_days(on_time, events.day),
            distinct_days(late, events.day),
            more_days(unsure.values(), events.day, map(events.day, on_time + late)),
            low,
            days=days,
            late_days=late_days,
            as_of=case.as_of,
            hard=case.hard,
        )
        figures = {"n": str(distinct_days(on_time + late, events.day)), "need": str(low), "unsure": str(len(unsure))}
        rows = ((self.events.rows.sheet, tuple(on_time + late)),)
        words = {"what": self.what, "period": label, "late": str(late_days[1] if late_days else "")}
        yield Judged(level, key, figures, words, rows, days=either.ends)
