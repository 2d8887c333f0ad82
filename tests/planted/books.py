"""Planted units as real workbooks: the issued template filled in cell by cell, in a round on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.compliance_data import form_of
from tests.planted.rounds import Planted, Round
from tests.planted.situations import Situation, policy_of
from toolkit.campaign import UNIT_LIST, Campaign, create_campaign
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.files import write_whole
from toolkit.model import layout
from toolkit.model.form import Sheet
from toolkit.model.unit import UnitList
from toolkit.sample.filling import table_cells
from toolkit.sample.returns import Returns

Order = Callable[[list], list]


def writable(item: Situation) -> bool:
    """Whether a workbook that passes the checks can show the situation."""
    given = item.given
    return given.get("books") != "否" and not given.get("refuse") and not given.get("prior")


def returns_of(units: Iterable[Planted], policy_id: str, year: int) -> Returns:
    """The issued workbooks of some units."""
    listed = UnitList(tuple(planted.unit for planted in units))
    return Returns(listed, form_of(policy_id), policy_of(policy_id), year, 1, "none")


def workbook(planted: Planted, returns: Returns, order: Order = list) -> bytes:
    """One unit's filled workbook.

    Args:
        order: puts the rows of the open tables into another order.
    """
    form, _ = returns.template(planted.unit)
    rows, _ = planted.rows.finished()
    cells: dict[str, dict] = {}
    for sheet in form.sheets:
        typed = [_typed(sheet, row) for row in rows[sheet.name]]
        if sheet.fixed_rows:
            places = {row.key: place for place, row in enumerate(sheet.fixed_rows)}
            first = sheet.columns[0].name
            typed = [row for row in typed if row[first] in places]
            typed.sort(key=lambda row: places[row[first]])
        elif sheet.name not in ("unit", "party_org"):
            typed = order(typed)
        cells[sheet.label] = table_cells(sheet, typed)
    nil = [sheet.name for sheet in form.sheets if sheet.nil_allowed and not rows[sheet.name]]
    if nil:
        cells[returns.cover] = {layout.nil_cell(form.sheets, name): layout.TICK for name in nil}
    return returns.workbook(planted.unit, cells)


def _typed(sheet: Sheet, row: dict[str, str]) -> dict[str, object]:
    kinds = {"date": date.fromisoformat, "integer": int, "decimal": Decimal}
    found = {}
    for column in sheet.columns:
        cell = row.get(column.name, "")
        found[column.name] = kinds.get(column.type, str)(cell) if cell else ""
    return found


def campaign_of(made: Round, units: list[Planted], folder: Path, order: Order = list) -> Campaign:
    """A round on disk with the returned workbooks of some units in its inbox."""
    policy = policy_of(made.policy)
    units = order(units)
    folder.mkdir(parents=True)
    listed = UnitList(tuple(planted.unit for planted in units))
    write_whole(folder / UNIT_LIST, unit_list_workbook(listed, form_of(made.policy)))
    campaign = create_campaign(folder, policy=policy, year=made.year, unit_list=folder / UNIT_LIST)
    returns = returns_of(units, made.policy, made.year)
    names = order([f"{number:02d}.xlsx" for number in range(len(units))])
    for planted, name in zip(units, names, strict=True):
        if planted.returned:
            write_whole(campaign.inbox / name, workbook(planted, returns, order))
    return campaign
