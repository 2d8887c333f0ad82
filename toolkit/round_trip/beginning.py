"""A round begun: from nothing but a unit list, or from last year's round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from toolkit.campaign import UNIT_LIST, Campaign, create_campaign, open_campaign
from toolkit.policies import load_policy
from toolkit.tasks.offices import carry_offices


def begin(
    folder: Path,
    *,
    policy: str,
    year: int | None,
    unit_list: Path | None,
    title: str,
    deadline: str,
    heard: Callable[[str], None],
    before: Path | None = None,
) -> Campaign:
    """Makes a round.

    Args:
        policy, year, unit_list: "" or None = as last year, a year later.
        heard: is told what was put right in the list and what was carried over.
        before: folder of last year's round.
    Raises: XltoolError: see `create_campaign`; K001 the folder of last year is no round.
    """
    last = open_campaign(before) if before else None
    if last:
        year, unit_list = year or last.year + 1, unit_list or last.folder / UNIT_LIST
    assert year is not None and unit_list is not None
    pack = load_policy(policy) if policy or last is None else last.policy
    facts = {"year": year, "unit_list": unit_list, "title": title, "deadline": deadline}
    made = create_campaign(folder, policy=pack, before=last, heard=heard, **facts)  # type: ignore[arg-type]
    if last and (said := carry_offices(last, made)):
        heard(said)
    return made
