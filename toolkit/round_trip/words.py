"""The words of the round trip (states, reminders, mail, receipts, differences), from `words.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True)
class RoundWords:
    """One group of texts a purpose; single texts with placeholders by name."""

    states: dict[str, str]
    differences: dict[str, str]
    chase: dict[str, str]
    chase_lists: dict[str, str]
    issued: dict[str, str]
    changes: dict[str, str]
    mail: dict[str, str]
    receipt: dict[str, str]
    disputes: dict[str, str]
    suggestions: dict[str, str]
    migrate: dict[str, str]


@cache
def round_words() -> RoundWords:
    """The texts, read strictly once.

    Raises: DefinitionError: a missing, unknown or repeated key; with file and line.
    """
    return strictyaml.load_groups(RoundWords, FILE)
