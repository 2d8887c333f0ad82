"""Months in post: which days of which months, and which months count under a month rule.

A month of one post is a bit mask of its days (bit 0 = the 1st), so that unions and overlaps of terms are exact
and the four month rules are one line each. Shares of a month are integers in `GRAIN`-ths; there is no float.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import pandas as pd

from toolkit.model.errors import XltoolError

RULES = FIRST_DAY, ANY_DAY, HALF, DAILY = ("first_day", "any_day", "half", "daily")
GRAIN = 28 * 29 * 30 * 31
"""One month in grains; every share days / days of the month is a whole number of them."""

_MILLE = Decimal("0.001")


@cache
def days_of(year: int) -> tuple[int, ...]:
    """Days of the twelve months.

    >>> days_of(2024)[1]
    29
    """
    return tuple(monthrange(year, month)[1] for month in range(1, 13))


def completed_months(year: int, as_of: date) -> int:
    """How many months of `year` have ended before `as_of`, 0 to 12; the last day of a month still belongs to it.

    Source: calculations 2 (dates), C3 (mid-year, only completed months are due).

    >>> completed_months(2023, date(2023, 8, 20)), completed_months(2023, date(2023, 12, 31))
    (7, 11)
    >>> completed_months(2023, date(2024, 1, 1))
    12
    """
    return min(12, max(0, (as_of.year - year) * 12 + as_of.month - 1))


def day_masks(start: pd.Series, end: pd.Series, year: int) -> np.ndarray:
    """Days in post as bit masks, one row a post, one column a month of `year`.

    Args:
        start, end: datetime64 Series on one index; end is the last day in post, NaT = still in post.
            NaT as start: the days are unknown, the row is empty.
    Returns: int64 array (posts, 12); bit 0 is the 1st of the month.
    """
    first = start.to_numpy().astype("datetime64[D]")
    last = end.to_numpy().astype("datetime64[D]")
    unknown, open_end = np.isnat(first), np.isnat(last)
    first, last = first.astype(np.int64), last.astype(np.int64)
    masks = np.zeros((len(start), 12), dtype=np.int64)
    for month, days in enumerate(days_of(year)):
        origin = np.datetime64(f"{year:04d}-{month + 1:02d}-01", "D").astype(np.int64)
        low = np.where(unknown, days, np.maximum(first, origin) - origin)
        high = np.where(open_end, days - 1, np.minimum(last, origin + days - 1) - origin)
        held = np.where(unknown, 0, np.clip(high - low + 1, 0, days))
        masks[:, month] = ((np.int64(1) << held) - 1) << np.minimum(low, 31)
    return masks


def counts(mask: int, days: int, rule: str) -> bool:
    """Whether a month with these days in post counts (for `daily`: at least in part).

    >>> counts(0b110, 30, "first_day"), counts(0b110, 30, "any_day"), counts((1 << 15) - 1, 30, "half")
    (False, True, True)
    """
    if rule == FIRST_DAY:
        return bool(mask & 1)
    if rule == HALF:
        return bool(mask) and 2 * mask.bit_count() >= days
    return bool(mask)


def grains(mask: int, days: int, rule: str) -> int:
    """The share of a month that counts, in grains: 0, GRAIN, or between the two for `daily`.

    >>> grains(0b1, 31, "first_day") == GRAIN, grains(0b1, 31, "daily") == GRAIN // 31
    (True, True)
    """
    if rule == DAILY:
        return mask.bit_count() * GRAIN // days
    return GRAIN if counts(mask, days, rule) else 0


def in_months(share: int) -> Decimal:
    """Grains as months: whole where they are whole, else to three places, half-up.

    >>> in_months(9 * GRAIN), in_months(9 * GRAIN + 17 * GRAIN // 31)
    (Decimal('9'), Decimal('9.548'))
    """
    if share % GRAIN == 0:
        return Decimal(share // GRAIN)
    return (Decimal(share) / GRAIN).quantize(_MILLE, ROUND_HALF_UP)


def months_in_post(start: pd.Series, end: pd.Series, year: int, rule: str) -> pd.Series:
    """Months of `year` for which each post is paid, every post by itself.

    Args:
        start, end: datetime64 Series on one index; end is the last day in post, NaT = still in post.
        rule: one of RULES.
    Returns: Series of Decimal, months, 0 to 12.
    Raises: XltoolError: ALW-002 unknown rule.
    Source: YZ-S4-l, YN-02-i; calculations C3.

    >>> day = lambda text: pd.Series([text], dtype="datetime64[s]")
    >>> [str(months_in_post(day("2023-03-15"), day(None), 2023, rule)[0]) for rule in RULES]
    ['9', '10', '10', '9.548']
    """
    known_rule(rule)
    days = days_of(year)
    totals = [
        sum(grains(mask, days[month], rule) for month, mask in enumerate(row))
        for row in day_masks(start, end, year).tolist()
    ]
    return pd.Series([in_months(total) for total in totals], index=start.index, dtype=object)


def known_rule(rule: object) -> str:
    """The month rule itself.

    Raises: XltoolError: ALW-002 unknown rule.
    """
    if rule not in RULES:
        raise XltoolError("ALW-002", parameter="month_rule", value=rule, known="、".join(RULES))
    return str(rule)
