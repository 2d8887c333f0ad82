"""Characters that nobody sees: they move the cursor, colour the screen, turn the line round, or hide.

They have no place in names of files, on a terminal and in JSON: there each is shown by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

IGNORED = (
    "\\u00ad\\u034f\\u061c\\u17b4\\u17b5\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff"
    "\\ufff0-\\ufffb\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff"
)
"""What is drawn as nothing and has no width (Default_Ignorable_Code_Point of Unicode), for patterns; the fillers of
Hangul have a width, and the selectors of Mongolian are in `VARIANT`."""
VARIANT = "(?<![\\u1820-\\u18aa])[\\u180b-\\u180f]"
"""Selectors of Mongolian where they select nothing: behind its letters they are part of how a name is written."""
_NOTHING = re.compile(f"[{IGNORED}]|{VARIANT}")


def without_ignored(text: str) -> str:
    """The text without what is drawn as nothing.

    >>> without_ignored("葛\\U000e0100木\\u2060\\ufe00x")
    '葛木x'
    """
    return text if text.isascii() else _NOTHING.sub("", text)


_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""General categories of Unicode: controls, formats (with all that reorder), halves of pairs, ends of lines."""
LINES = "\n\t"
"""What a text of several lines is made of."""


def unseen(text: str, allowed: str = "") -> Iterator[str]:
    """Each unseen character of a text, but the allowed ones."""
    if not text.isprintable():
        yield from (one for one in text if one not in allowed and category(one) in _UNSEEN)


def shown(text: str, allowed: str = "") -> str:
    """The text with each unseen character as `<its number>`, but the allowed ones.

    >>> shown("\\x1b[31m甲\\u202e乙\\n", LINES), shown("甲（乙）、Ä")
    ('<1B>[31m甲<202E>乙\\n', '甲（乙）、Ä')
    """
    return _replaced(text, allowed, lambda one: f"<{ord(one):X}>")


def escaped(json: str) -> str:
    """A JSON document with each unseen character as JSON's own escape: it says the same.

    >>> escaped('{"甲": "\\u202e"}') == '{"甲": "\\\\u202e"}'
    True
    """
    return _replaced(json, LINES, _escape)


def _escape(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _replaced(text: str, allowed: str, how) -> str:
    found = set(unseen(text, allowed))
    return text.translate({ord(one): how(one) for one in found}) if found else text
