"""Invented rounds: sample data for a try-out, and the demo over the policies that ship or over any other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import UNIT_LIST, Campaign, check_year, create_campaign, open_campaign
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.disk import make_folder
from toolkit.files import write_whole
from toolkit.forms import load_form
from toolkit.model.errors import XltoolError
from toolkit.policies import load_policy, policy_ids
from toolkit.round_trip.issuing import issue

if TYPE_CHECKING:
    from toolkit.checked import Checked


def write_sample(
    folder: Path, *, policy: str, units: int, seed: int, defects: str = "typical", year: int | None = None
) -> Campaign:
    """A whole round with an invented unit list, issued workbooks, returns and `defects.json`.

    Same arguments, same bytes.

    Raises: XltoolError: K002 the folder holds a round already.
    """
    from toolkit.sample import sample_returns, sample_units

    pack = load_policy(policy)
    year = year or sample_year(policy)
    unit_list = sample_units(pack, units, seed)
    check_year(pack, year)
    if (folder / UNIT_LIST).exists():
        raise XltoolError("K002", folder=folder)
    make_folder(folder)
    write_whole(folder / UNIT_LIST, unit_list_workbook(unit_list, load_form(pack)))
    campaign = create_campaign(folder, policy=pack, year=year, unit_list=folder / UNIT_LIST)
    issue(campaign)
    planted = []
    for name, data, defects_here in sample_returns(unit_list, load_form(pack), pack, year, seed, defects):
        write_whole(campaign.inbox / name, data)
        planted += defects_here
    write_whole(folder / "defects.json", json.dumps(planted, ensure_ascii=False, indent=1).encode())
    return campaign


def sample_year(policy: str) -> int:
    """The report year of the samples: the first that the policy judges whole."""
    pack = load_policy(policy)
    return pack.first_year


def missed_defects(checked: Checked, folder: Path) -> tuple[int, list[dict[str, str]]]:
    """How many defects were planted, and those that no finding names with code, sheet and cell."""
    found = {
        (finding.file, finding.sheet, cell, finding.code)
        for finding in checked.findings
        for cell in finding.cells or ("",)
    }
    planted = json.loads((folder / "defects.json").read_text(encoding="utf-8"))
    return len(planted), [d for d in planted if (d["file"], d["sheet"], d["cell"], d["code"]) not in found]


def run_demo(
    folder: Path, *, units: int, seed: int, policies: Sequence[str] = ()
) -> Iterator[tuple[str, Checked, Campaign]]:
    """Sample and whole job for some policies; yields (policy id, what was checked, campaign).

    An earlier demo in the same folder is used again, so that the demo can be repeated.

    Args:
        policies: ids or folders of packs; none = every policy that ships.
    """
    from toolkit.job import campaign_job
    from toolkit.outputs import write_all
    from toolkit.pipeline import check

    for policy in policies or policy_ids():
        name = load_policy(policy).id
        target = folder / name
        if (target / UNIT_LIST).exists():
            campaign = open_campaign(target)
        else:
            campaign = write_sample(target, policy=policy, units=units, seed=seed)
        job = campaign_job(campaign, date(campaign.year + 1, 1, 15))
        with job.exclusive():
            checked = check(job)
            write_all(checked, campaign.output)
        yield name, checked, campaign
