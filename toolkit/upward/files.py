"""Returns upward on disk: written by one level, merged by the next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.files import over_none_of, write_whole
from toolkit.model.errors import XltoolError
from toolkit.our_books import meta_rows, workbooks_below
from toolkit.upward import Upward, source_totals, upward

if TYPE_CHECKING:
    from toolkit.campaign import Campaign
    from toolkit.model.stamp import Stamp
    from toolkit.upward.targets import Targets


def upward_of(checked: Any, title: str = "") -> Upward:
    """The return upward of a run: totals and levels, small sensitive totals as levels only, no personal data.

    Args:
        checked: what `pipeline.check` gives.
        title: of the return; default: that of the round.
    """
    from toolkit.registers.view import View

    job, published = checked.job, checked.published
    view = View(checked.dataset, job.policy, job.parameters, job.as_of, published, checked.allowance)
    campaign, key = (job.campaign.id, job.campaign.report_key) if job.campaign else (job.policy.id, "")
    facts = (view, published, checked.allowance, checked.figures, job.policy, title or job.title, campaign)
    return upward(*facts, report_key=key)


def write_upward(whole: Upward, path: Path, campaign: str = "", targets: Targets | None = None) -> Path:
    """Writes a return upward and returns its path.

    Args:
        targets: of the area, where several returns were merged.
    Raises: XltoolError: O001 to O003 the file cannot be written.
    """
    from toolkit.summary.upward_book import KIND, fingerprint, stamp_of, upward_workbook

    stamp: Stamp = stamp_of(whole, campaign)
    more = {"as_of": whole.as_of, "title": whole.title, "fingerprint": fingerprint(whole)}
    write_whole(path, upward_workbook(whole, meta_rows(KIND, stamp, more), source_totals(whole), targets))
    return path


def lower_returns(paths: Sequence[Path]) -> list[Path]:
    """The workbooks named, and those below the folders named.

    Raises: XltoolError: UPW-007 a folder without workbooks.
    """
    found: list[Path] = []
    for path in paths:
        inside = workbooks_below(path) if path.is_dir() else [path]
        if not inside:
            raise XltoolError("UPW-007", folder=path)
        found += inside
    return found


def write_merged_upward(paths: Sequence[Path], path: Path, title: str, campaign: Campaign | None = None) -> Upward:
    """Merges returns upward into one workbook of the same form, and judges the targets of the area.

    Args:
        campaign: the round of the level that merges: its parameters, and which returns it expects.
    Raises: XltoolError: UPW-001 to UPW-006 a file that cannot be merged, UPW-008, UPW-009 it does not fit the round,
        O005 the result would be one of them.
    """
    from toolkit.upward.reading import merge_upward
    from toolkit.upward.targets import targets_of

    whole = merge_upward(sorted(paths), title)
    write_upward(whole, over_none_of(path, paths), targets=targets_of(whole, campaign))
    return whole
