"""The three elements of an organisation's name: the unit, the people it serves, its form (calculations C7).

Shared by the check on returned workbooks and by the computation of the naming clauses. Here too: how a name that one
organisation writes of another is compared.

Source: calculations C7; YN-06-e, YN-00-g.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_PARTY = "中共"
_NOT_COMPARED = re.compile(rf"\s|{_PARTY}")
_REMARK = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】)+$")
"""What stands in brackets behind the name, such as 筹 or 第二届, is no part of its form."""


def plain_name(text: str) -> str:
    """A name without what people write differently: width, blanks, a leading 中共.

    >>> plain_name("中共 仪征市教育局党支部"), plain_name("ＡＢ")
    ('仪征市教育局党支部', 'AB')
    """
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", text))


def by_name(organisations: Iterable[tuple[str, str, str | None]]) -> dict[str, frozenset[tuple[str, str]]]:
    """Plain name or code → where such organisations are; several units may use one name or one code.

    Args:
        organisations: unit, code, name.
    """
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for unit, code, name in organisations:
        for text in filter(None, (code, name)):
            found[plain_name(text)].add((unit, code))
    return {text: frozenset(places) for text, places in found.items()}


@dataclass(frozen=True, slots=True)
class NamePattern:
    """What a name is measured with.

    Args:
        groups: words for the group served; one of them must stand in the rest of the name.
        endings: (form, endings of a name that say so), the first that fits counts.
        same: registered form → the form its name shows.
    """

    groups: tuple[str, ...]
    endings: tuple[tuple[str, tuple[str, ...]], ...]
    same: tuple[tuple[str, str], ...] = ()

    def form_in(self, name: str) -> str:
        """The form that the ending of the name gives, a remark in brackets left out; empty when it gives none.

        >>> NamePattern((), (("党支部", ("支部",)),)).form_in("教育局离退休干部党支部(筹)")
        '党支部'
        """
        bare = _REMARK.sub("", name)
        return next((form for form, endings in self.endings if bare.endswith(endings)), "")


@dataclass(frozen=True, slots=True)
class NameElements:
    """What a name has and lacks: `missing` in order unit, group, form; `form` as the name says."""

    missing: tuple[str, ...]
    form: str
    short_only: bool


def tidy(name: str) -> str:
    """The name without blanks, in one width, without a leading 中共.

    >>> tidy("中共 仪征市教育局")
    '仪征市教育局'
    """
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).removeprefix(_PARTY)


def examine(name: str, unit: str, shorts: tuple[str, ...], pattern: NamePattern) -> NameElements:
    """The three elements of a name.

    The group is looked for in the rest of the name, otherwise 老干部局党支部 would pass by its unit.

    >>> pattern = NamePattern(("老干部",), (("党支部", ("支部",)),))
    >>> examine("仪征市老干部局党支部", "仪征市老干部局", (), pattern).missing
    ('group',)
    """
    name = tidy(name)
    full = tidy(unit)
    short = next((short for short in sorted(map(tidy, shorts), key=len, reverse=True) if short and short in name), "")
    found = full if full and full in name else short
    rest = name.replace(found, "", 1) if found else name
    missing = [] if found else ["unit"]
    if not any(group in rest for group in pattern.groups):
        missing.append("group")
    form = pattern.form_in(name)
    if not form:
        missing.append("form")
    return NameElements(tuple(missing), form, bool(found) and found != full)
