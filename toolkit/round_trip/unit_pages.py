"""单位一页纸: the pages of a round in one workbook, or each unit's page in a workbook of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import OUTPUT
from toolkit.distribute import file_names
from toolkit.files import write_whole
from toolkit.model.errors import XltoolError
from toolkit.round_trip.chase import asked_steps
from toolkit.round_trip.states import unit_states
from toolkit.summary.findings import step_cells
from toolkit.summary.last_year import last_year
from toolkit.summary.unit_lines import UnitLines
from toolkit.summary.unit_page.book import ToDo, UnitPages
from toolkit.words import say, words

if TYPE_CHECKING:
    from toolkit.checked import Checked

MOST_CELLS = 5


def write_unit_pages(checked: Checked, split: bool = False, unit: str = "") -> list[Path]:
    """Writes 单位一页纸.xlsx into 汇总, or with `split` one workbook a unit into its folder there; the paths.

    Args:
        unit: the only one; "" = all units of the list.
    Raises: XltoolError: K011 no such unit; K021, K022 see `Checked.replacing`; ALW-003 the money does not balance.
    """
    campaign, job = checked.job.campaign, checked.job
    assert campaign is not None
    if unit and campaign.units.get(unit) is None:
        raise XltoolError("K011", unit=unit)
    files = words()["files"]
    pages = _pages(checked)
    codes = [code for code in pages.lines.all if code in campaign.units.by_code and unit in ("", code)]
    if not split:
        path = campaign.folder / OUTPUT / files["unit_pages"]
        with checked.replacing(path):
            write_whole(path, pages.book(job.title, codes))
        return [path]
    folder, names = (campaign.folder / OUTPUT / files["unit_pages"]).with_suffix(""), file_names(campaign.units)
    with checked.replacing(folder):
        paths = [folder / names[code] for code in codes]
        for code, path in zip(codes, paths, strict=True):
            write_whole(path, pages.book(job.title, [code]))
    return paths


def said(checked: Checked, paths: Sequence[Path], unit: str = "") -> str:
    """What the terminal and the console say of the pages."""
    campaign = checked.job.campaign
    count = 1 if unit or campaign is None else len(campaign.units)
    return say("paged", count=count, path=paths[0] if len(paths) == 1 else paths[0].parent)


def _pages(checked: Checked) -> UnitPages:
    job, lines = checked.job, UnitLines.of(checked)
    facts = {"year": job.year, "day": job.as_of, "policy": job.policy.title}
    return UnitPages(lines, _todo(checked), facts, last_year(job.campaign))


def _todo(checked: Checked) -> Mapping[str, ToDo]:
    """Unit code → what it is asked to put right in the file that its state rests on."""
    campaign, found = checked.job.campaign, {}
    assert campaign is not None
    for state in unit_states(campaign, checked.job.today):
        plan = checked.plans.get(state.file) if state.file else None
        if plan:
            steps = [(action, step_cells(step, MOST_CELLS)) for action, step in asked_steps(plan)]
            found[state.unit] = ToDo(plan.total, steps)
    return found
