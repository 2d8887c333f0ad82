"""Sentences for one unit: what names another unit is not passed on to it."""

from __future__ import annotations

import re
from functools import cached_property

from toolkit.model.unit import UnitList

_LEAST = 3
"""Characters of a name by which a unit is recognised inside a sentence."""


class OwnWords:
    """What may be said to each unit of a list.

    Args:
        instead: what stands in place of a sentence that names another unit.
    """

    def __init__(self, units: UnitList, instead: str) -> None:
        self.units, self.instead = units, instead

    def of(self, text: str, code: str) -> str:
        """The sentence itself, or what stands in its place."""
        own = self.units.by_code[code]
        rest = text
        for name in sorted((own.name, *own.short_names, *(org.name for org in own.orgs)), key=len, reverse=True):
            rest = rest.replace(name, "") if name else rest
        return self.instead if self._names and self._names.search(rest) else text

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = {name for unit in self.units for name in (unit.name, *unit.short_names) if len(name) >= _LEAST}
        return re.compile("|".join(map(re.escape, sorted(names)))) if names else None
