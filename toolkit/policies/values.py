"""Values of parameters, from text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from toolkit.model.policy import Value

COUNT = "count"
"""A whole number from 1 on; it cannot be left open."""


def parse_value(text: str, kind: str, choices: tuple[str, ...] = ()) -> Value:
    """A parameter's value from text; raises ValueError with a Chinese reason.

    >>> parse_value("300", "decimal")
    Decimal('300')
    """
    if kind == "flag":
        if text not in ("on", "off"):
            raise ValueError("只能是 on 或 off")
        return text == "on"
    if kind in ("integer", COUNT):
        return _whole(text, 1 if kind == COUNT else None)
    if kind == "decimal":
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValueError("不是数字") from error
    if kind == "date":
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValueError("应为 2025-01-02 这样的日期") from error
    if kind == "list":
        return tuple(part for part in re.split(r"[;；、,，\n]", text) if part)
    if kind == "month_day" and not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError("应为 07-01 这样的月日")
    if kind == "choice" and text not in choices:
        raise ValueError(f"只能是 {'、'.join(choices)}")
    return text


def _whole(text: str, least: int | None) -> int:
    if not re.fullmatch(r"-?[0-9]+", text) or (least is not None and int(text) < least):
        raise ValueError("不是整数" if least is None else f"应为{least}以上的整数")
    return int(text)
