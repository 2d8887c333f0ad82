"""What is known about a unit before it fills anything in: cells by sheet title."""

from __future__ import annotations

from dataclasses import replace

from toolkit.model import layout
from toolkit.model.duties import CATEGORY, LEVEL, NO, SPEAKS, YES
from toolkit.model.form import Form, Sheet
from toolkit.model.stamp import META_SHEET, Stamp
from toolkit.model.unit import KnownOrg, Unit
from toolkit.templating.identity import stamp_cells
from toolkit.templating.texts import texts

Cells = dict[str, dict[str, str | None]]
_JOIN = "；"
_SPARE_ORGS, _STEP = 5, 50


def unit_values(unit: Unit) -> dict[str, str]:
    """Columns of the sheet `unit` that the unit list knows."""
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "unit_short_names": _JOIN.join(unit.short_names),
        CATEGORY: unit.category,
        LEVEL: unit.level,
        SPEAKS: YES if unit.speaks else NO,
        "parent_unit_code": unit.parent,
        "town_code": unit.town,
    }


def org_values(unit: Unit, org: KnownOrg) -> dict[str, str]:
    """Columns of the sheet `party_org` that the unit list knows."""
    return {
        "org_code": org.code,
        "unit_code": unit.code,
        "org_name": org.name,
        "org_type": org.type,
        "parent_org_code": org.parent,
    }


def unit_cells(form: Form, unit: Unit, stamp: Stamp) -> Cells:
    """Every cell in which one unit's copy differs from nobody's template; None leaves a cell empty."""
    said = texts()
    cover: dict[str, str | None] = {layout.COVER_UNIT: unit.name, layout.COVER_CODE: unit.code}
    cells: Cells = {said.cover["sheet"]: cover, META_SHEET: dict(stamp_cells(stamp))}
    line = said.sheet["unit_line"].format(unit=unit.name)
    for sheet in form.sheets:
        cells[sheet.label] = {f"A{layout.UNIT_ROW}": line}
    if "unit" in form.by_name:
        sheet = form.by_name["unit"]
        cells[sheet.label].update(_record(sheet, 0, unit_values(unit)))
    if "party_org" in form.by_name:
        sheet = form.by_name["party_org"]
        for index, org in enumerate(unit.orgs):
            cells[sheet.label].update(_record(sheet, index, org_values(unit, org)))
    return cells


def rows_for(form: Form, unit: Unit) -> int:
    """Rows of `party_org` so that the known organisations fit and some room is left."""
    sheet = form.by_name.get("party_org")
    if sheet is None or len(unit.orgs) + _SPARE_ORGS <= sheet.blank_rows:
        return sheet.blank_rows if sheet else 0
    return -(-(len(unit.orgs) + _SPARE_ORGS) // _STEP) * _STEP


def roomy(form: Form, rows: int) -> Form:
    """The form with that many rows in `party_org`."""
    sheets = (replace(sheet, blank_rows=rows) if sheet.name == "party_org" else sheet for sheet in form.sheets)
    return replace(form, sheets=tuple(sheets))


def _record(sheet: Sheet, index: int, values: dict[str, str]) -> dict[str, str | None]:
    return {layout.cell(sheet, name, index): value or None for name, value in values.items() if name in sheet.by_name}
