"""What a run shows on the control workbook: the round, the states of the units, the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.bridge.protocol import Cell
from toolkit.bridge.settings import switch_words
from toolkit.campaign.parameters import lines_of
from toolkit.console import console
from toolkit.model.cell import on_sheet
from toolkit.model.privacy import holds
from toolkit.round_trip.own_tasks import own_tasks
from toolkit.round_trip.states import UNIT_STATES, UnitState, unit_states

if TYPE_CHECKING:
    from toolkit.campaign import Campaign
    from toolkit.checked import Checked

LONGEST_LINK = 255
"""Excel refuses a longer address in HYPERLINK."""


def round_cells(campaign: Campaign) -> dict[str, Cell]:
    """The heading of the board and the settings of the round, as cells; the known values beside them."""
    heads = console().texts["heads"]
    facts = {
        "title": campaign.title,
        "policy": campaign.policy.short_title,
        "year": campaign.year,
        "deadline": campaign.deadline or heads["no_deadline"],
    }
    return {"out_title": heads["campaign"].format(**facts), **setting_cells(campaign)}


def setting_cells(campaign: Campaign) -> dict[str, Cell]:
    """The settings of the round twice: `cfg_*` for people, `known_*` to see later what people changed."""
    values = {
        "title": campaign.title,
        "deadline": str(campaign.deadline or ""),
        "return_to": campaign.return_to,
        "collect_ids": switch_words()["on" if "collect_id_numbers" in campaign.switches else "off"],
    }
    cells = {f"{kind}_{name}": value for name, value in values.items() for kind in ("cfg", "known")}
    return {**cells, "out_own": own_said(campaign), **parameter_cells(campaign)}


def own_said(campaign: Campaign) -> str:
    """What the bureau has to look at itself before it asks any unit, one line each."""
    found = [console().in_buttons(finding.sentence) for finding in own_tasks(campaign)]
    return "\n".join(found) if found else console().say("own_fine")


def parameter_cells(campaign: Campaign) -> dict[str, Cell]:
    """The open parameters of the round: name, value and what leaving them open means; rows left over are empty.

    `known_parameter_*` also says which parameter the row is about.
    """
    lines = lines_of(campaign)
    room = console().parameter_room
    cells: dict[str, Cell] = {}
    for number in range(1, room + 1):
        line = lines[number - 1] if number <= len(lines) else None
        cells[f"out_parameter_{number}"] = line.title if line else ""
        cells[f"cfg_parameter_{number}"] = line.shown if line else ""
        cells[f"known_parameter_{number}"] = f"{line.name}={line.shown}" if line else ""
        cells[f"out_about_{number}"] = line.said("in_console") if line else ""
    if len(lines) > room:
        cells[f"out_about_{room}"] += "\n" + console().say("more_parameters", count=len(lines) - room)
    elif not lines:
        cells["out_about_1"] = console().say("no_parameters")
    return cells


def board(campaign: Campaign, today: date) -> tuple[dict[str, Cell], dict[str, Sequence[Sequence[Cell]]]]:
    """Cells and tables that say how far every unit is."""
    states = unit_states(campaign, today)
    counts = Counter(item.state for item in states)
    table = console().tables["units"]
    rows = [_unit_row(item, campaign.inbox) for item in states[: table.room]]
    return (
        {**round_cells(campaign), "out_total": len(states)},
        {"states": [(counts[state],) for state in UNIT_STATES], "units": rows},
    )


def _unit_row(item: UnitState, inbox: Path) -> tuple[Cell, ...]:
    facts = (item.unit, item.name, item.state, item.errors or "", item.queries or "", item.fill_date, item.file)
    return (*facts, link(inbox / item.file) if item.file else "")


def findings_rows(checked: Checked) -> list[tuple[Cell, ...]]:
    """The first findings, as many as the sheet has room for; the last cell is where the link leads."""
    paths = {name: path for name, path in checked.job.files}
    rows = []
    for finding in checked.findings[: console().tables["findings"].room]:
        unit = checked.batch.units.get(finding.unit)
        place = (finding.file, finding.sheet, finding.where_cells, finding.label)
        facts = (finding.message, console().in_buttons(finding.fix), finding.clause, finding.code)
        path = paths.get(finding.file)
        target = link(path, finding.sheet, finding.cells[0] if finding.cells else "") if path else ""
        rows.append((finding.severity, unit.name if unit else finding.unit, *place, *facts, target))
    return rows


def output_rows(paths: Sequence[Path]) -> list[tuple[Cell, ...]]:
    """Files that a run wrote: name, where the link leads."""
    return [(path.name, link(path)) for path in paths]


def link(path: Path, sheet: str = "", cell: str = "") -> str:
    """The address of a file, of a cell in it where the address is not too long; "" when it cannot be linked.

    Nor is a file whose name holds somebody's number.

    >>> link(Path("/a/b.xlsx"), "任职与补贴", "J7")
    "/a/b.xlsx#'任职与补贴'!J7"
    """
    address = str(path)
    if holds(address):
        return ""
    full = f"{address}#{on_sheet(sheet, cell)}" if sheet and cell else address
    return next((text for text in (full, address) if len(text) <= LONGEST_LINK), "")
