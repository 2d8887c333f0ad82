"""Values in messages: cut short, and without personal numbers."""

from __future__ import annotations

import re

from toolkit.model.privacy import mask

LIMIT = 30
_BREAK = re.compile(r"[\x00-\x1f\x7f]+")


def quote(value: str) -> str:
    """The value as a message may show it.

    >>> quote("110101199001011237"), quote("电话13812345678"), len(quote("字" * 50))
    ('110101********1237', '电话138****5678', 30)
    """
    return cut(mask(value, typed=True))


def cut(value: str) -> str:
    """At most 30 characters on one line."""
    line = _BREAK.sub(" ", value)
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"
