"""Who is who: how names compare and are printed, which rows are about one person, which may be, what was ruled.

Every place that asks whether two rows are about one person asks here, so that findings, disputes, allowances,
levels, registers and explanations can never disagree about it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import lru_cache

Values = tuple[str, ...]
"""What rows of one person have in common: (name, month of birth), or (ID number,); see `plain`."""
Apart = Mapping[Values, Mapping[str, int]]
"""Values → unit → group: the units' rows with these values are about several persons, one a group."""

DOT = "·"
_DOTS = re.compile("[\u0387\u1427\u16eb\u2022\u2027\u2218\u2219\u22c5\u25cf\u25e6\u2e31\u2e33\u30fb\uff65]")
_POINT = re.compile(r"(?<=[^\W\d_])[.．。｡](?=[^\W\d_])")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters that show nothing and are no blanks by their category."""
_RARE = 20_000


def _blank(char: str) -> bool:
    """Whether a character shows nothing, whatever it is called."""
    return char.isspace() or char in _FILLERS or unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp")


def _foreign(char: str) -> bool:
    """Whether a letter belongs to a script whose words are parted by blanks (Latin, Tibetan, Uyghur, Mongolian …)."""
    named = unicodedata.name(char, "CJK")
    return char.isalpha() and char not in _FILLERS and not named.startswith(("CJK", "IDEOGRAPHIC"))


@lru_cache(maxsize=_RARE)
def printed(text: str) -> str:
    """A name as it is kept and printed.

    Blanks of any kind inside a Chinese name are there for the eye and go. Names with · or with letters of another
    script keep theirs, as one plain blank each; every sign that stands for · becomes ·.

    >>> printed("赵 淑珍"), printed("罗\\u3000蕾"), printed("王&nbsp;明"), printed("买买提•艾力 江")
    ('赵淑珍', '罗蕾', '王明', '买买提·艾力 江')
    >>> printed("John  Smith"), printed("阿依古丽.买买提")
    ('John Smith', '阿依古丽·买买提')
    """
    name = unicodedata.normalize("NFC", html.unescape(text) if "&" in text else text)
    name = _DOTS.sub(DOT, name)
    chinese = not any(map(_foreign, name))
    if chinese:
        name = _POINT.sub(DOT, name)
    words = "".join(" " if _blank(char) else char for char in name).split()
    return ("" if chinese and DOT not in name else " ").join(words)


@lru_cache(maxsize=_RARE)
def plain(text: str) -> str:
    """A name or a number as it is compared: without blanks, in one width, in capitals, every dot the same.

    >>> plain("王　明"), plain("11010519491231002x"), plain("买买提•艾力") == plain("买买提 · 艾力")
    ('王明', '11010519491231002X', True)
    """
    folded = unicodedata.normalize("NFKC", html.unescape(text) if "&" in text else text)
    bare = "".join(char for char in folded if not _blank(char)).upper()
    return _POINT.sub(DOT, _DOTS.sub(DOT, bare))


def shared_key(values: Sequence[str | None], unit: str, apart: Apart) -> Hashable | None:
    """What joins a row with those of the same person in other units; None when a value is not filled in."""
    known = tuple(plain(value or "") for value in values)
    return (*known, apart.get(known, {}).get(unit, 0)) if all(known) else None


def apart_groups(units: Sequence[str], parted: Collection[tuple[str, str]]) -> dict[str, int]:
    """Unit → group; two units are in one group unless they, and all that lies between, are parted."""
    group: dict[str, int] = {}
    for unit in units:
        near = [other for other in group if (other, unit) not in parted]
        group[unit] = min((group[other] for other in near), default=len(group))
        for other in near:  # what this unit joins becomes one group
            group |= {known: group[unit] for known, number in group.items() if number == group[other]}
    return group
