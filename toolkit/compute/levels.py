"""Levels from plain numbers: what several families share. Pure functions.

Source: calculations 1 (levels, force) and C6.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from toolkit.model.result import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    WARNING,
)


def missed(*, closed: bool, hard: bool) -> str:
    """The level of a requirement that is not met: 不达标 only when it is hard and its time has passed.

    >>> missed(closed=True, hard=True), missed(closed=False, hard=True), missed(closed=True, hard=False)
    ('不达标', '预警', '预警')
    """
    return NOT_MET if closed and hard else WARNING


def past(deadline: date | None, as_of: date) -> bool:
    """Whether the deadline has passed; the deadline day is still open; no deadline = due at once.

    >>> past(date(2025, 12, 31), date(2025, 12, 31)), past(None, date(2025, 1, 1))
    (False, True)
    """
    return deadline is None or as_of > deadline


def coverage(done: Decimal | int | None, due: Decimal | int | None, *, closed: bool, hard: bool) -> str:
    """The level of done out of due; 99.9% is not full coverage.

    >>> coverage(117, 118, closed=True, hard=True), coverage(0, 0, closed=True, hard=True)
    ('不达标', '不适用')
    >>> coverage(5, 4, closed=True, hard=True), coverage(None, 4, closed=True, hard=True)
    ('无法判定', '无法判定')
    """
    if done is None or due is None or done < 0 or done > due:
        return UNDETERMINED
    if due == 0:
        return NOT_APPLICABLE
    return MET if done == due else missed(closed=closed, hard=hard)


def grace(days: int | None, ok: int, limit: int | None) -> str:
    """The level of something open for `days` days: up to `ok` 达标, up to `limit` 预警, longer 不达标.

    Args:
        days: None = not open.
        limit: None = never 不达标.

    >>> [grace(days, 0, 90) for days in (None, 60, 90, 91)]
    ['达标', '预警', '预警', '不达标']
    """
    if days is None or days <= ok:
        return MET
    return WARNING if limit is None or days <= limit else NOT_MET


def term(end: date | None, as_of: date, remind: int) -> str:
    """The level of a term of office that ends on `end`.

    >>> term(date(2025, 9, 29), date(2025, 7, 1), 90), term(date(2025, 6, 30), date(2025, 7, 1), 90)
    ('预警', '不达标')
    """
    if end is None:
        return UNDETERMINED
    if end < as_of:
        return NOT_MET
    return WARNING if (end - as_of).days <= remind else MET


def target(count: int, wanted: Decimal, tolerance: Decimal, *, closed: bool) -> str:
    """The level of a number 左右: within the tolerance it is a doubt, not a breach.

    >>> [target(n, Decimal(100), Decimal("0.10"), closed=True) for n in (100, 90, 89)]
    ['达标', '预警', '不达标']
    """
    if count >= wanted:
        return MET
    return NOT_MET if closed and count < wanted * (1 - tolerance) else WARNING
