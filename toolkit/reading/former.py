"""Codes that units had when their workbooks were issued: read as the codes that they have now."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.model.form import Sheet
from toolkit.model.unit import UnitList

UNIT = "unit.unit_code"
OF_UNITS = frozenset(("unit_code", "parent_unit_code", "town_code"))
"""Columns of the sheet of the unit itself."""


def of_today(sheet: Sheet, piece: Mapping, units: UnitList) -> Mapping:
    """What a worker says of a sheet, with the codes of today wherever a column names units."""
    if not units.former:
        return piece
    names = [
        one.name for one in sheet.columns if UNIT in one.references or (sheet.name == "unit" and one.name in OF_UNITS)
    ]
    changed = {
        name: [units.now(value) if isinstance(value, str) else value for value in piece["columns"][name]]
        for name in names
        if piece["columns"].get(name)
    }
    return {**piece, "columns": {**piece["columns"], **changed}}
