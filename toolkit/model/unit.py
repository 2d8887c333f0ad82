"""Units and their organisations as the bureau's unit list (单位名录) knows them."""

from __future__ import annotations

from collections.abc import Mapping
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
    """One unit of the list; the order of the list is the official order.

    Args:
        level: where the unit stands (层级); it alone gives no duty of an area.
        speaks: whether it speaks for the area of its level (代表本级) and bears the area's duties besides its own.
    """

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
    speaks: bool = False


@dataclass(frozen=True)
class UnitList:
    """All units in official order.

    Args:
        asks_speakers: whether the list has the column 代表本级; a list made before it existed has not.
        places: unit code → field → cell of the list's workbook, where it was read from one.
        former: code that a unit once had in this round → its code now, the oldest first.
        once: unit code → names that it once had.
    """

    units: tuple[Unit, ...] = field(default_factory=tuple)
    asks_speakers: bool = True
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False, repr=False)
    former: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    once: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """Units by code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def names(self) -> dict[str, str]:
        """Full names by code."""
        return {unit.code: unit.name for unit in self.units}

    @cached_property
    def order(self) -> dict[str, int]:
        """Place in the official order by code."""
        return {unit.code: place for place, unit in enumerate(self.units)}

    def now(self, code: str) -> str:
        """The code of today of a unit that may be named by a former one.

        >>> units = UnitList(former={"1": "3", "2": "3"})
        >>> units.now("1"), units.now("4"), units.first("3"), units.first("4")
        ('3', '4', '1', '4')
        """
        return code if code in self.by_code else self.former.get(code, code)

    def first(self, code: str) -> str:
        """The code under which a unit was known first."""
        return next((old for old, new in self.former.items() if new == code), code)

    def codes(self, code: str) -> tuple[str, ...]:
        """All codes of a unit, that of today first."""
        return (code, *(old for old, new in self.former.items() if new == code and old != code))

    def place(self, code: str) -> tuple[int, str]:
        """Sort key of a unit: its place in the official order; those that the list does not know last, by code."""
        return self.order.get(code, len(self.units)), code

    def __iter__(self):
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    def get(self, code: str) -> Unit | None:
        """The unit of a code, or None."""
        return self.by_code.get(code)
