"""Rounds for the tests: a few invented units whose returns are made, changed and put into 回收 by hand."""

from __future__ import annotations

import copy
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

from toolkit.campaign import Campaign, create_campaign, open_campaign
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.checked import Checked
from toolkit.forms import load_form
from toolkit.job import campaign_job
from toolkit.model import layout
from toolkit.model.batch import ACCEPTED
from toolkit.model.unit import UnitList
from toolkit.pipeline import check
from toolkit.policies import load_policy
from toolkit.round_trip.issuing import issue
from toolkit.round_trip.states import UNIT_STATES, UnitState, unit_states
from toolkit.sample import sample_units
from toolkit.sample.filling import table_cells
from toolkit.sample.returns import Returns


def _under_their_own(units) -> tuple:
    """Units of which none is under one that is not among them: no unit list may say so."""
    units = list(units)
    known = {unit.code for unit in units}
    return tuple(unit if unit.parent in known else replace(unit, parent="") for unit in units)


class Round:
    """A collection round of invented units, nothing returned yet.

    Args:
        pick: makes the unit list from the invented one.
        settings: lines of the settings that differ, before anything is handed out.
        seed: of the invented units and of what they fill in.
    """

    def __init__(
        self,
        folder: Path,
        units: int = 4,
        policy: str = "yunnan-2025",
        *,
        pick=None,
        year: int = 0,
        settings=None,
        seed: int = 3,
    ) -> None:
        pack = load_policy(policy)
        form, self.year = load_form(pack), year or pack.first_year
        listed = sample_units(pack, units, seed)
        listed = UnitList(_under_their_own(pick(list(listed)))) if pick else listed
        path = folder.parent / f"{folder.name}名录.xlsx"
        path.write_bytes(unit_list_workbook(listed, form))
        self.campaign: Campaign = create_campaign(folder, policy=pack, year=self.year, unit_list=path)
        self.units = list(self.campaign.units)
        self.settings(**settings or {})
        self.returns = Returns(self.campaign.units, self.campaign.form, pack, self.year, seed, "none")
        self.day = date(self.year + 1, 1, 15)

    def copied(self, folder: Path) -> Round:
        """The round as it stands, in another folder: what is done to one is not done to the other."""
        other = copy.copy(self)
        other.campaign = open_campaign(shutil.copytree(self.campaign.folder, folder))
        return other

    def issue(self) -> None:
        """Hands out all workbooks."""
        issue(self.campaign)

    def settings(self, **changes: str) -> None:
        """Changes lines of the settings and opens the round anew."""
        path = self.campaign.folder / "批次设置.yaml"
        lines = path.read_text("utf-8").splitlines()
        keys = {line.split(":")[0]: number for number, line in enumerate(lines)}
        for key, value in changes.items():
            line = f'{key}: "{value}"' if not value.startswith("{") else f"{key}: {value}"
            if key in keys:
                lines[keys[key]] = line
            else:
                lines.append(line)
        path.write_text("\n".join(lines) + "\n", "utf-8")
        self.campaign = open_campaign(self.campaign.folder)

    def put(self, place: int, name: str = "", *, day: int = 0, cells=None, rows=None, nil: bool = False) -> Path:
        """Puts a return of a unit into 回收.

        Args:
            day: 填报日期 in December; 0 = as invented.
            cells: (sheet, column, record) → value; None empties the cell.
            rows: sheet → function that changes the list of rows before they are written.
            nil: everything that may be empty is ticked and empty, and no optional sheet is filled in.
        """
        unit = self.units[place]
        path = self.campaign.inbox / (name or self.returns.names[unit.code])
        path.write_bytes(self.workbook(place, day=day, cells=cells, rows=rows, nil=nil))
        return path

    def workbook(self, place: int, *, day: int = 0, cells=None, rows=None, nil: bool = False, **stamped) -> bytes:
        """The bytes of a return; see `put`."""
        unit = self.units[place]
        filled = self.returns.story(unit)
        form = filled.story.form
        for name, change in (rows or {}).items():
            changed = change(filled.rows[name])
            filled.cells[form.by_name[name].label] = table_cells(form.by_name[name], changed)
            if changed and name in filled.nil:  # it is not empty any more
                del filled.cells[self.returns.cover][layout.nil_cell(form.sheets, name)]
        for (sheet, column, record), value in (cells or {}).items():
            known = form.by_name[sheet]
            filled.cells.setdefault(known.label, {})[layout.cell(known, column, record)] = value
        if day:
            sheet = form.by_name["unit"]
            filled.cells[sheet.label][layout.cell(sheet, "fill_date")] = date(self.year, 12, day)
        if nil:
            self._empty(filled, form)
        return self.returns.workbook(unit, filled.cells, **stamped)

    def _empty(self, filled, form) -> None:
        cover = filled.cells.setdefault(self.returns.cover, {})
        for sheet in form.sheets:
            if sheet.use == "optional":
                filled.cells.pop(sheet.label, None)
            if sheet.nil_allowed:
                orgs = len(filled.story.unit.orgs) if sheet.name == "party_org" else 0
                filled.cells[sheet.label] = {
                    layout.cell(sheet, column, index): None for index in range(orgs) for column in sheet.names
                }
                cover[layout.nil_cell(form.sheets, sheet.name)] = layout.TICK

    def check(self) -> Checked:
        """Validates and merges; the account of files and rows must balance."""
        checked = check(campaign_job(self.campaign, self.day))
        files, rows = checked.merged.files, checked.merged.rows
        assert files["total"] == sum(n for state, n in files.items() if state != "total")
        assert rows["read"] == rows["merged"] + rows["rejected"] + rows["not_data"] + rows["aside"]
        return checked

    def states(self, today: date | None = None) -> list[UnitState]:
        """The states; they add up to the unit list."""
        found = unit_states(self.campaign, today or self.day)
        assert [state.unit for state in found] == [unit.code for unit in self.units]
        counts = Counter(state.state for state in found)
        assert sum(counts[state] for state in UNIT_STATES) == len(self.units) == sum(counts.values())
        return found

    def state(self, place: int) -> UnitState:
        """The state of one unit."""
        return self.states()[place]


def accepted(checked: Checked) -> set[str]:
    """Codes of the units whose file was accepted."""
    return {item.unit for item in checked.batch.returns if item.state == ACCEPTED}
