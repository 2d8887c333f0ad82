"""When the returns were filled in, as columns of a small chart: by day, week or month, whichever fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MOST = 31
"""Columns that a phone can show."""
DAY, WEEK, MONTH = "day", "week", "month"


@dataclass(frozen=True)
class Timeline:
    """Columns in the order of time.

    Args:
        step: DAY, WEEK or MONTH.
        columns: (first day of the column, returns in it); days and weeks without any are there, months are not.
    """

    step: str
    columns: tuple[tuple[date, int], ...]


def timeline(days: Iterable[date]) -> Timeline:
    """The columns of some days.

    >>> [(str(day), count) for day, count in timeline([date(2025, 1, 3), date(2025, 1, 1), date(2025, 1, 3)]).columns]
    [('2025-01-01', 1), ('2025-01-02', 0), ('2025-01-03', 2)]
    >>> timeline([date(2025, 1, 3), date(2025, 2, 28)]).step, timeline([date(2024, 1, 3), date(2025, 2, 28)]).step
    ('week', 'month')
    """
    found = sorted(days)
    if not found:
        return Timeline(DAY, ())
    span = (found[-1] - found[0]).days + 1
    if span <= MOST:
        return Timeline(DAY, _columns(found, _same, 1))
    if span <= 7 * (MOST - 1):
        return Timeline(WEEK, _columns(found, _monday, 7))
    return Timeline(MONTH, tuple(Counter(day.replace(day=1) for day in found).items()))


def _columns(days: list[date], first: Callable[[date], date], step: int) -> tuple[tuple[date, int], ...]:
    counts = Counter(map(first, days))
    start, end = first(days[0]), first(days[-1])
    whole = (start + timedelta(days=place) for place in range(0, (end - start).days + 1, step))
    return tuple((day, counts[day]) for day in whole)


def _same(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
