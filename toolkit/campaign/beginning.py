"""The beginning of a round: its settings file, and nothing at all when it cannot begin."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from toolkit.campaign import PACKS, SETTINGS
from toolkit.campaign.parameters import parameter_lines
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
