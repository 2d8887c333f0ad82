"""Task lists on disk: one workbook a responsible unit below 汇总/任务清单, and the overview of the answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import Campaign
from toolkit.files import safe_name, write_whole
from toolkit.model.stamp import Stamp
from toolkit.our_books import meta_rows
from toolkit.tasks import effective, task_lists
from toolkit.words import words

if TYPE_CHECKING:
    from toolkit.tasks.merging import Merged


def statuses(campaign: Campaign) -> tuple[str, ...]:
    """The statuses of a task, in the order of the form."""
    return campaign.form.code_lists["task_status"]


def stamp_of(campaign: Campaign, unit: str = "") -> Stamp:
    """The identity of a task list."""
    return Stamp(campaign=campaign.id, policy=campaign.policy.id, unit=unit, unit_name=unit, year=str(campaign.year))


def write_task_lists(campaign: Campaign, folder: Path | None = None) -> list[Path]:
    """Writes 任务清单_单位.xlsx for every responsible unit; returns the paths.

    Raises: XltoolError: O001 to O003 a file cannot be written.
    """
    from toolkit.summary.tasks_book import KIND, task_list_workbook

    folder = folder or campaign.output / words()["files"]["task_folder"]
    facts = {"year": campaign.year, "policy": campaign.policy.short_title}
    paths = []
    with campaign.writing():
        for unit, lines in task_lists(campaign.policy, campaign.form, campaign.year).items():
            meta = meta_rows(KIND, stamp_of(campaign, unit))
            data = task_list_workbook(unit, lines, statuses(campaign), meta, facts, campaign.title)
            path = folder / words()["files"]["task_list"].format(unit=safe_name(unit))
            write_whole(path, data)
            paths.append(path)
    return paths


def write_task_overview(campaign: Campaign, folder: Path, as_of: date, path: Path | None = None) -> tuple[Path, Merged]:
    """Merges the lists in a folder and writes 任务清单汇总.xlsx; returns its path and the account.

    Raises: XltoolError: TSK-001 nothing in the folder.
    """
    from toolkit.summary.tasks_book import task_overview_workbook
    from toolkit.tasks.merging import COUNTED, merge_tasks

    lists = task_lists(campaign.policy, campaign.form, campaign.year)
    merged = merge_tasks(folder, lists, stamp_of(campaign), statuses(campaign), as_of)
    pairs = {unit: effective(lines, merged.answers.get(unit, {})) for unit, lines in lists.items()}
    data = task_overview_workbook(
        pairs,
        {one.unit: one.file for one in merged.returned if one.state == COUNTED},
        merged.problems,
        {"files": merged.files, "rows": merged.rows},
        statuses(campaign),
        {"year": campaign.year, "as_of": as_of},
        campaign.title,
    )
    path = path or campaign.output / words()["files"]["task_overview"]
    write_whole(path, data)
    return path, merged
