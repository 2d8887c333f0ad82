"""Feedback sheets on disk: written below 汇总/双向反馈单, taken in from the round's folder 反馈."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.feedback import outgoing
from toolkit.files import safe_name, write_whole
from toolkit.model.stamp import Stamp
from toolkit.our_books import meta_rows, workbooks_below
from toolkit.words import words

if TYPE_CHECKING:
    from datetime import date

    from toolkit.campaign import Campaign
    from toolkit.checked import Checked
    from toolkit.feedback.reading import Received
    from toolkit.model.batch import Dataset


def inbox(campaign: Campaign) -> Path:
    """Where the feedback sheets of other places are put."""
    return campaign.folder / words()["files"]["feedback_in"]


def received(campaign: Campaign, dataset: Dataset, as_of: date) -> Received | None:
    """What the feedback sheets of a round say; None when there are none."""
    if not workbooks_below(inbox(campaign)):
        return None
    from toolkit.feedback.reading import receive

    return receive(inbox(campaign), dataset, as_of)


def write_feedback(checked: Checked, folder: Path) -> tuple[list[Path], int]:
    """Writes 双向反馈单_党组织.xlsx for every outflow organisation that the inflow rows of a round name.

    Returns: the paths, and how many members were left out because their outflow organisation is not filled in.
    """
    from toolkit.summary.feedback_book import KIND, feedback_workbook

    job = checked.job
    lists, nobody = outgoing(checked.dataset)
    paths = []
    stamp = Stamp(campaign=job.campaign.id if job.campaign else "", policy=job.policy.id, year=str(job.year))
    with checked.replacing(folder, early=True):
        for org, lines in lists.items():
            data = feedback_workbook(org, lines, meta_rows(KIND, stamp), {"year": job.year}, job.title)
            path = folder / words()["files"]["feedback"].format(org=safe_name(org))
            write_whole(path, data)
            paths.append(path)
    return paths, nobody


def write_received(checked: Checked, folder: Path, found: Received | None = None) -> list[Path]:
    """Writes 双向反馈汇总.xlsx, when the round has feedback sheets; returns its path."""
    from toolkit.summary.feedback_book import received_workbook

    found = found or checked.feedback
    if found is None:
        return []
    facts = {"year": checked.job.year, "as_of": checked.job.judged_on}
    path = folder if folder.suffix == ".xlsx" else folder / words()["files"]["feedback_overview"]
    accounts = {"files": found.files, "rows": found.rows}
    write_whole(path, received_workbook(found.credits, found.problems, accounts, facts, checked.job.title))
    return [path]
