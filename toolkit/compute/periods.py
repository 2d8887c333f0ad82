"""Periods of judgement and the calendar arithmetic of the policies (dates are inclusive on both ends)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from toolkit.model.catalogue import entry
from toolkit.model.windows import half_year_days, holds, quarter_days, year_days

YEAR, HALF_YEAR, QUARTER = "year", "half-year", "quarter"


@dataclass(frozen=True, slots=True)
class Period:
    """A closed interval of days with the words that name it; `kind` picks the rule for part periods."""

    kind: str
    label: str
    start: date
    end: date

    @property
    def ends(self) -> tuple[date, date]:
        """First and last day."""
        return self.start, self.end

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def closed(self, as_of: date) -> bool:
        """Whether the period is over: from the day after its last day.

        >>> Period("year", "", date(2023, 1, 1), date(2023, 12, 31)).closed(date(2023, 12, 31))
        False
        """
        return as_of > self.end

    def holds(self, day: date | None) -> bool:
        """Whether the day lies in the period."""
        return holds((self.start, self.end), day)

    def overlap(self, start: date | None, end: date | None) -> int:
        """Days of the period between two days, both included; None = open on that side.

        >>> Period("quarter", "", date(2025, 1, 1), date(2025, 3, 31)).overlap(date(2025, 2, 20), None)
        40
        """
        first = max(self.start, start) if start else self.start
        last = min(self.end, end) if end else self.end
        return max(0, (last - first).days + 1)

    def existed(self, start: date | None, end: date | None, share: Decimal) -> bool:
        """Whether a subject set up on `start` and dissolved on `end` existed for `share` of the period.

        Source: calculations 2, part periods (A24).
        """
        return self.overlap(start, end) >= share * self.days

    def elapsed(self, as_of: date) -> Decimal:
        """Share of the period that has passed, the day itself included, 0 to 1."""
        return Decimal(self.overlap(None, as_of)) / self.days if as_of >= self.start else Decimal(0)


def year_of(year: int) -> Period:
    """The calendar year."""
    return Period(YEAR, entry("PERIOD-YEAR").message.format(year=year), *year_days(year))


def half_years(year: int) -> tuple[Period, ...]:
    """Both half-years of a year."""
    words = ("PERIOD-FIRST-HALF", "PERIOD-SECOND-HALF")
    return tuple(
        Period(HALF_YEAR, entry(word).message.format(year=year), *days)
        for word, days in zip(words, half_year_days(year), strict=True)
    )


def quarters(year: int) -> tuple[Period, ...]:
    """The four quarters of a year."""
    word = entry("PERIOD-QUARTER").message
    return tuple(
        Period(QUARTER, word.format(year=year, number=number), *days)
        for number, days in enumerate(quarter_days(year), 1)
    )


def add_months(day: date, months: int) -> date:
    """The same day `months` later, clamped to the month's last day; the day reached counts as 满.

    >>> add_months(date(2025, 8, 31), 6), add_months(date(2020, 2, 29), 60)
    (datetime.date(2026, 2, 28), datetime.date(2025, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February where there is none."""
    return add_months(day, 12 * years)


def day_after(day: date, days: int) -> date:
    """The day `days` days later."""
    return day + timedelta(days=days)


def ended_before(end: date | None, year: int) -> bool:
    """Whether something was over before a year began: it is none of the duties of that year.

    >>> ended_before(date(2024, 12, 31), 2025), ended_before(date(2025, 1, 1), 2025), ended_before(None, 2025)
    (True, False, False)
    """
    return end is not None and end < date(year, 1, 1)
