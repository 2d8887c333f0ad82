"""The names that belong to the codes of a dataset, and the official order of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from toolkit.model.batch import Dataset
from toolkit.model.register import Cell
from toolkit.model.rows import Row
from toolkit.registers.definitions import word


class Names:
    """The merged rows of a dataset with the names of their units, organisations and groups."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self.records = dataset, dataset.records

    def rows(self, sheet: str) -> list[Row]:
        """All merged rows of a sheet, in official order of the units."""
        return self.ordered(self.records.rows(sheet).rows) if sheet in self.dataset.form.by_name else []

    def ordered(self, rows: Iterable[Row]) -> list[Row]:
        """Rows in official order of their units; within a unit as they stand in its workbook."""
        places = self._places
        return sorted(rows, key=lambda row: (places.get(row.origin.unit, len(places)), row.origin))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {unit.code: number for number, unit in enumerate(self.dataset.units)}

    def unit_name(self, code: str | None) -> str:
        """The name of a unit; its code when the list does not know it; the whole area for no code."""
        unit = self.dataset.units.get(code) if code else None
        return unit.name if unit else code or word("area")

    @cached_property
    def names(self) -> dict[str, str]:
        """Names by code of units, organisations and study groups; the unit list first, then the returns."""
        names = {unit.code: unit.name for unit in self.dataset.units}
        names |= {org.code: org.name for unit in self.dataset.units for org in unit.orgs}
        names |= {row.group_code: row.group_name for row in self.rows("study_group") if row.group_code}
        return names | {row.org_code: row.org_name for row in self.rows("party_org") if row.org_code and row.org_name}

    @cached_property
    def own_names(self) -> dict[tuple[str, str], str]:
        """Names of organisations and groups by unit and code, as their units returned them."""
        found = {(row.origin.unit, row.group_code): row.group_name for row in self.rows("study_group")}
        return found | {(row.origin.unit, row.org_code): row.org_name for row in self.rows("party_org")}

    def name(self, code: str | None, unit: str = "") -> str:
        """The name that belongs to a code of a unit, an organisation or a group.

        Args:
            unit: the unit that uses the code; its own organisations come first, for codes of two units may be the same.
        """
        return self.own_names.get((unit, code or "")) or self.names.get(code or "", code or "")

    def derived(self, row: Row, name: str) -> Cell:
        """A column that the form does not have, by its name (`@…`, see the vocabulary)."""
        if name == "@unit":
            return self.unit_name(row.origin.unit)
        if name == "@org":
            return self.name(row.org_code, row.origin.unit)
        if name == "@host":
            return self.name(row.host_code, row.origin.unit)
        if name == "@linked":
            return self.name(row.linked_org_code, row.origin.unit)
        return self.unit_name(row.unit_code)
