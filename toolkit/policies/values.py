"""Values of parameters, from text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from toolkit.model.policy import Value

COUNT = "count"
"""A whole number from 1 on; it cannot be left open."""
_WHOLE = ("integer", COUNT)
_ANY_LEAP_YEAR, _MOST_DIGITS = 2024, 12


def parse_value(text: str, kind: str, choices: tuple[str, ...] = ()) -> Value:
    """A parameter's value from text; raises ValueError with a Chinese reason.

    >>> parse_value("300", "decimal"), parse_value("３", "integer"), parse_value("甲、乙", "list")
    (Decimal('300'), 3, ('甲', '乙'))
    """
    if kind == "text":
        return text
    if kind == "flag":
        if text not in ("on", "off"):
            raise ValueError("只能是 on 或 off")
        return text == "on"
    if kind == "choice":
        if text not in choices:
            raise ValueError(f"只能是 {'、'.join(choices)}")
        return text
    if kind == "list":
        return _listed(text)
    plain = normalize("NFKC", text).strip()
    return _number(plain, kind) if kind in (*_WHOLE, "decimal") else _day(plain, kind)


def _listed(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in re.split(r"[;；、,，\n]", text) if part.strip())
    if not parts:
        raise ValueError("一项也没有")
    return parts


def _number(text: str, kind: str) -> int | Decimal:
    """A count, an amount or a share; none of them is below 0."""
    wanted = {"integer": "不是整数，要写 3 这样的数", COUNT: "应为1以上的整数"}.get(
        kind, "不是数字，要写 300、0.5 这样的数"
    )
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(wanted) from error
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS or (kind in _WHOLE and number % 1):
        raise ValueError(wanted)
    if number < (kind == COUNT):
        raise ValueError(wanted if kind == COUNT else "不能小于 0")
    return int(number) if kind in _WHOLE else number


def _day(text: str, kind: str) -> str | date:
    """A date, or a month and a day that some year has."""
    try:
        if kind == "date":
            return date.fromisoformat(text)
        month, day = re.fullmatch(r"(\d\d)-(\d\d)", text).groups()  # type: ignore[union-attr]
        date(_ANY_LEAP_YEAR, int(month), int(day))
    except (ValueError, AttributeError) as error:
        raise ValueError("应为 2025-01-02 这样的日期" if kind == "date" else "应为 07-01 这样的月日") from error
    return text
