"""What people read of a round on disk, from `words.yaml`: labels of the unit list, problems, history, settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True)
class CampaignWords:
    """One group of texts a purpose.

    Args:
        unit_list: sheet titles; units, orgs: field → label of its column; prompts: field → what is asked for there;
            notes: the lines that explain the list.
        problems: what is wrong in a file, with placeholders; history: what happened.
        parameters: what is said of a parameter that the policy leaves open.
        settings: the title of a new round, and its settings file.
        settings_keys, mail_keys, dated_keys: key → its name in the settings, in the mail server, in a value with a day.
        switches: on and off → the words for it.
    """

    unit_list: dict[str, str]
    units: dict[str, str]
    orgs: dict[str, str]
    prompts: dict[str, str]
    notes: dict[str, str]
    problems: dict[str, str]
    history: dict[str, str]
    parameters: dict[str, str]
    settings: dict[str, str]
    settings_keys: dict[str, str]
    mail_keys: dict[str, str]
    dated_keys: dict[str, str]
    switches: dict[str, list[str]]

    def problem(self, name: str, /, **facts: object) -> str:
        """What is wrong, in words."""
        return self.problems[name].format(**facts)


@cache
def campaign_words() -> CampaignWords:
    """The texts, read strictly once.

    Raises: DefinitionError: a missing, unknown or repeated key; with file and line.
    """
    return strictyaml.load_groups(CampaignWords, FILE)
