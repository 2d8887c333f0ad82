"""Values in messages: cut short, and without ID and telephone numbers."""

from __future__ import annotations

import re

LIMIT = 30
_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{13,18}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_BREAK = re.compile(r"[\x00-\x1f\x7f]+")


def quote(value: str) -> str:
    """The value as a message may show it.

    >>> quote("110101199001011237"), quote("电话13812345678"), len(quote("字" * 50))
    ('110101********7', '电话138****5678', 30)
    """
    return cut(mask(value))


def mask(value: str) -> str:
    """ID and card numbers (15 to 20 digits) without birthday and telephone numbers without their middle."""
    return _PHONE.sub(r"\1****\2", _ID.sub(lambda found: f"{found[0][:6]}********{found[0][-1]}", value))


def cut(value: str) -> str:
    """At most 30 characters on one line."""
    line = _BREAK.sub(" ", value)
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"
