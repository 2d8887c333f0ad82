"""The beginning of a round: its settings file, and nothing at all when it cannot begin."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from toolkit.campaign import PACKS, SETTINGS, Campaign
from toolkit.campaign.parameters import parameter_lines
from toolkit.campaign.settings_file import carried
from toolkit.campaign.words import campaign_words
from toolkit.files import write_whole
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.policies import FOLDER as SHIPPED


@contextmanager
def nothing_left(folder: Path):
    """Takes away what was made in a folder when it cannot be finished, and the folder if it is new."""
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    before = set(folder.rglob("*")) if folder.exists() else set()
    try:
        yield
    except BaseException:
        for path in sorted(set(folder.rglob("*")) - before, reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        for place in new:
            if place.exists():
                place.rmdir()
        raise


def write_settings(folder: Path, policy: Policy, form: Form, year: int, title: str, deadline: str) -> None:
    """The settings of a new round, with what the policy leaves open."""
    said = campaign_words().settings
    title = title or said["title"].format(year=year, form=policy.form_title)
    pack = _keep_pack(folder, policy)
    name, value = _example(policy, year)
    facts = {
        "name": name,
        "value": value,
        "id": f"{policy.id}-{year}",
        "policy": pack,
        "year": year,
        "title": title,
        "deadline": deadline,
    }
    text = said["file"].format(open=_open_lines(policy, form, year), **facts)
    write_whole(folder / SETTINGS, text.encode())


def _example(policy: Policy, year: int) -> tuple[str, str]:
    """A number that this policy sets, and its value: how one is set shows on it; without one, words in its place."""
    for one in policy.parameters.values():
        value = one.at(date(year, 12, 31))
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return one.name, str(value)
    said = campaign_words().settings
    return said["any_name"], said["any_value"]


def _open_lines(policy: Policy, form: Form, year: int) -> str:
    """What the settings of a new round say of the parameters that the policy leaves open."""
    said, found = campaign_words().settings, parameter_lines(policy, form, year)
    return "\n".join([said["open_head"], *(one.said("in_file") for one in found)]) if found else said["open_none"]


def _keep_pack(folder: Path, policy: Policy) -> str:
    """What the settings name as the policy: a shipped pack's id, otherwise a copy of the pack in the round."""
    if policy.folder.parent == SHIPPED.resolve():
        return policy.id
    target = folder / PACKS / policy.id
    for path in sorted(policy.folder.glob("*.yaml")):
        write_whole(target / path.name, path.read_bytes())
    return f"{PACKS}/{policy.id}"


CARRIED = ("return_to", "collect_id_numbers", "lower_reports", "report_key", "mail")
"""Keys of the settings that stay as they are from one year to the next; the parameters where the policy is the same."""


def carry_over(folder: Path, before: Campaign, policy: Policy) -> str:
    """Puts the settings of last year's round into those of a new one, and names it as the one to compare with.

    Returns: what was carried over, as a sentence.
    """
    same = before.policy.id == policy.id
    keys = (*CARRIED, "parameters") if same else CARRIED
    try:
        prior = os.path.relpath(before.folder.resolve(), folder.resolve())
    except ValueError:  # another drive
        prior = str(before.folder.resolve())
    path = folder / SETTINGS
    texts = ((before.folder / SETTINGS).read_text("utf-8"), path.read_text("utf-8"))
    write_whole(path, carried(*texts, keys, {"prior": prior.replace(os.sep, "/")}).encode())
    said = campaign_words().settings
    names = [policy.parameters[name].title for name in before.overrides] if same else []
    return said["carried"].format(folder=before.folder.name, names="、".join(names) or said["carried_none"])
