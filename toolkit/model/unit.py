"""Units and their organisations as the bureau's unit list (单位名录) knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class KnownOrg:
    """An organisation of a unit, as far as the unit list knows it."""

    code: str
    name: str
    type: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the list; the order of the list is the official order."""

    code: str
    name: str
    category: str
    level: str
    parent: str = ""
    short_names: tuple[str, ...] = ()
    town: str = ""
    contact: str = ""
    orgs: tuple[KnownOrg, ...] = ()
    email: str = ""


@dataclass(frozen=True)
class UnitList:
    """All units in official order."""

    units: tuple[Unit, ...] = field(default_factory=tuple)

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """Units by code."""
        return {unit.code: unit for unit in self.units}

    def __iter__(self):
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    def get(self, code: str) -> Unit | None:
        """The unit of a code, or None."""
        return self.by_code.get(code)
