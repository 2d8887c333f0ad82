"""The `period` of an indicator, read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """The `period` of an indicator, read.

    Args:
        kind: year, quarter, half-year, standing, year-end, occasion, event or month.
        only: the year the clause belongs to; None = every year.
        first: the first day it holds (from …); deadline: the last day (by …).
    """

    kind: str
    only: int | None = None
    first: date | None = None
    deadline: date | None = None

    def covers(self, year: int) -> bool:
        """Whether the clause is judged in a report year."""
        return (self.only in (None, year)) and (self.first is None or year >= self.first.year)

    def last_day(self, year: int) -> date | None:
        """The day until which the duty is open; None = due at once."""
        if self.deadline:
            return self.deadline
        return None if self.kind == "standing" else date(year, 12, 31)


def span_of(text: str) -> Span | None:
    """The period of an indicator; None when the words are unknown.

    >>> span_of("by 2025-12-31").deadline, span_of("2026").only, span_of("from 2026-01-01").covers(2025)
    (datetime.date(2025, 12, 31), 2026, False)
    """
    word, _, rest = text.partition(" ")
    try:
        if word == "by":
            return Span("standing", deadline=date.fromisoformat(rest))
        if word == "from":
            return Span("year", first=date.fromisoformat(rest))
    except ValueError:
        return None
    if text.isdigit():
        return Span("year", only=int(text))
    known = ("year", "quarter", "half-year", "standing", "year-end", "occasion", "event", "month")
    return Span(text) if text in known else None
