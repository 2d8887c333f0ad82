"""The day of judgement where nobody names one, and why it is that day."""

from __future__ import annotations

from datetime import date

GIVEN, OPEN, BEFORE_DEADLINE, DEADLINE, YEAR_OVER = "given", "open", "before_deadline", "deadline", "year_over"
"""Why a day is the day of judgement; keys of `days` in commands.yaml."""


def judging_day(year: int, deadline: date | None, today: date) -> tuple[date, str]:
    """The day on which a report year is judged by default, and why.

    A year that is not over is judged today. One that is over is judged as of the deadline of the round, which is the
    day until which the returns speak; where there is none, or it lies within the year, as of the first day after the
    year: on 31 December itself nothing of the year is overdue yet. So judging again gives the same figures.

    >>> judging_day(2025, date(2026, 1, 20), date(2026, 3, 1))
    (datetime.date(2026, 1, 20), 'deadline')
    >>> judging_day(2025, date(2025, 12, 20), date(2026, 3, 1))
    (datetime.date(2026, 1, 1), 'year_over')
    >>> judging_day(2025, None, date(2025, 6, 1)), judging_day(2025, date(2026, 1, 20), date(2026, 1, 5))
    ((datetime.date(2025, 6, 1), 'open'), (datetime.date(2026, 1, 5), 'before_deadline'))
    """
    over = date(year + 1, 1, 1)
    if today < over:
        return today, OPEN
    if deadline is None or deadline < over:
        return over, YEAR_OVER
    return (today, BEFORE_DEADLINE) if today <= deadline else (deadline, DEADLINE)
