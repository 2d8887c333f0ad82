"""Names of sheets for units: short, distinct, without what Excel forbids."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST = 28
"""Characters of a name, three fewer than Excel takes: room for a number."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def sheet_names(shorts: Mapping[str, str]) -> dict[str, str]:
    """Unit code → name of its sheet, no two alike in any case of letters.

    >>> sheet_names({"1": "甲[局]", "2": "甲局", "3": "'"})
    {'1': '甲局', '2': '甲局(2)', '3': '3'}
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for code, short in shorts.items():
        name = base = _FORBIDDEN.sub("", short).strip(" '")[:LONGEST] or _FORBIDDEN.sub("", code)[:LONGEST]
        number = 1
        while name.casefold() in used:
            number += 1
            mark = f"({number})"
            name = base[: 31 - len(mark)] + mark
        used.add(name.casefold())
        found[code] = name
    return found
