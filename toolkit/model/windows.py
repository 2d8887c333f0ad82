"""The days on which an event counts: for a year and its parts, for a season across the year end, for the year's end.

One definition, read by the rule that refuses a date (`validators`, and its formula in the issued workbook) and by the
families that count (`toolkit.compute`). A rule never refuses a day that some window of the form holds.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from toolkit.model.catalogue import entry
from toolkit.model.policy import Dated, Indicator, Parameters

Days = tuple[date, date]
"""First and last day, both included."""
MonthDay = tuple[int, int]
Steps = tuple[tuple[int, MonthDay | None], ...]
"""(from the report year on, month and day), oldest first, the first one from year 0; None = left open."""

_BOUNDARY = re.compile(r"(\d\d)-(\d\d)")


def year_days(year: int) -> Days:
    """The calendar year."""
    return date(year, 1, 1), date(year, 12, 31)


def half_year_days(year: int) -> tuple[Days, Days]:
    """Both half-years."""
    return (date(year, 1, 1), date(year, 6, 30)), (date(year, 7, 1), date(year, 12, 31))


def quarter_days(year: int) -> tuple[Days, ...]:
    """The four quarters.

    >>> quarter_days(2024)[0]
    (datetime.date(2024, 1, 1), datetime.date(2024, 3, 31))
    """
    lasts = (3, 6, 9, 12)
    return tuple((date(year, last - 2, 1), date(year, last, monthrange(year, last)[1])) for last in lasts)


def holds(days: Days | None, day: date | None) -> bool:
    """Whether a day lies between two days, both included; an unknown day or no days: it does not."""
    return days is not None and day is not None and days[0] <= day <= days[1]


def in_year(steps: Steps, year: int) -> MonthDay | None:
    """The step in force for a report year."""
    found = None
    for first, value in steps:
        if first <= year:
            found = value
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on an event: one of the columns holds one of the values."""

    columns: tuple[str, ...]
    values: tuple[str, ...]

    def met(self, cell: Callable[[str], Any]) -> bool:
        """Whether the cells of a row meet it."""
        return any(cell(name) in self.values for name in self.columns)


@dataclass(frozen=True, slots=True)
class Window:
    """When certain events count for a report year, where that is not simply the year.

    Args:
        clause: who says so; name: how people call it; value: the occasion of a season.
        sheet, column: where the date stands; terms: which events, all must hold.
        first: the day of the year before (a season), or of the year itself, from which they count.
        season: it begins in the year before and ends the day before the next one begins: every day belongs to
            exactly one report year.
        late: last day of the next year until which they count as late; only where it is no season.
    """

    clause: str
    name: str
    sheet: str
    column: str
    terms: tuple[Term, ...]
    first: Steps
    season: bool = False
    value: str = ""
    late: Steps = ()

    def days(self, year: int) -> Days:
        """The days whose events count for a report year.

        >>> season = Window("", "", "event", "event_date", (), ((2022, (10, 1)),), season=True)
        >>> season.days(2024)
        (datetime.date(2023, 10, 1), datetime.date(2024, 9, 30))
        """
        if self.season:
            return self._begins(year), self._begins(year + 1) - timedelta(days=1)
        return date(year, *(in_year(self.first, year) or (1, 1))), date(year, 12, 31)

    def _begins(self, year: int) -> date:
        start = in_year(self.first, year)
        return date(year - 1, *start) if start else date(year, 1, 1)

    def late_days(self, year: int) -> Days | None:
        """The days of the next year whose events count as late; None when none does."""
        last = in_year(self.late, year)
        return (date(year + 1, 1, 1), date(year + 1, *last)) if last else None

    def takes(self, year: int, day: date | None) -> bool:
        """Whether an event on the day counts for the report year, in time or late."""
        return holds(self.days(year), day) or holds(self.late_days(year), day)

    def concerns(self, cell: Callable[[str], Any]) -> bool:
        """Whether it is about an event with these cells."""
        return all(term.met(cell) for term in self.terms)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that say which events it is about."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.columns))

    @property
    def sentence(self) -> str:
        """Which days beyond the report year may be filled in, in words; empty when there are none."""
        steps, key = (self.first, "WINDOW-SEASON") if self.season else (self.late, "WINDOW-LATE")
        day = steps[-1][1] if steps else None
        return entry(key).message.format(name=self.name, month=day[0], day=day[1]) if day else ""


def sentence(windows: tuple[Window, ...]) -> str:
    """What the windows allow beyond the report year, as the end of a sentence; empty when that is nothing."""
    said = "，".join(filter(None, (window.sentence for window in windows)))
    return f"；{said}" if said else ""


def policy_windows(indicators: tuple[Indicator, ...], parameters: Parameters) -> tuple[Window, ...]:
    """The windows that the indicators of a policy define, in their order."""
    return tuple(window for indicator in indicators for window in windows_of(indicator, parameters))


def windows_of(indicator: Indicator, parameters: Parameters) -> Iterator[Window]:
    """The windows of one indicator: `seasons` of the occasions, or `from` and `late` of a year's end.

    What is wrong in the indicator is left to the reader that compiles it.
    """
    args, known = indicator.args, parameters.policy.parameters
    rows = args.get("rows")
    if not isinstance(rows, Mapping):
        return
    sheet, column = str(rows.get("sheet")), str(args.get("date", "event_date"))
    terms, what = _terms(rows.get("where")), str(args.get("what", ""))
    seasons = args.get("seasons")
    for name, parameter in seasons.items() if isinstance(seasons, Mapping) else ():
        own = Term((str(args.get("occasion")),), (str(name),))
        if parameter in known:
            steps = _steps(parameters, str(parameter))
            yield Window(
                indicator.clause, f"{name}{what}", sheet, column, (*terms, own), steps, season=True, value=str(name)
            )
    if args.get("from") in known:
        first = _steps(parameters, str(args["from"]))
        late = _steps(parameters, str(args["late"])) if args.get("late") in known else ()
        yield Window(indicator.clause, what, sheet, column, terms, first, late=late)


def _terms(where: object) -> tuple[Term, ...]:
    """The conditions that list values; the others make no difference to which days count."""
    if not isinstance(where, Mapping):
        return ()
    listed = {key: (value,) if isinstance(value, str) else value for key, value in where.items()}
    return tuple(
        Term(tuple(key.split("|")), tuple(map(str, values)))
        for key, values in listed.items()
        if not isinstance(values, Mapping)
    )


def _steps(parameters: Parameters, name: str) -> Steps:
    """A dated month and day by the report year from which it holds: the value on the last day of the year decides."""
    own = parameters.overrides.get(name)
    days = [day for day, _ in parameters.policy.parameters[name].values]
    days += [day for day, _ in own.values] if isinstance(own, Dated) else []
    years = sorted({day.year for day in days})
    values = [_month_day(parameters.at(name, date(year, 12, 31))) for year in years]
    return tuple(zip((0, *years[1:]), values, strict=True))


def _month_day(value: object) -> MonthDay | None:
    found = _BOUNDARY.fullmatch(str(value))
    return (int(found[1]), int(found[2])) if found else None
