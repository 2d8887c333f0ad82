"""What is fixed about the letters, from `letters.yaml`: kinds, names of the facts, phrases, problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

CIRCULAR, REMINDER, RECTIFY, NOTICE, APPROVAL = "circular", "reminder", "rectify", "notice", "approval"
PER_UNIT = (REMINDER, RECTIFY)
"""Kinds of which there is one letter a unit."""


@dataclass(frozen=True)
class LetterWords:
    """All of `letters.yaml`; what stands on the right of a mapping is what people write in braces.

    Args:
        own_wording, sample: names of the round's own wording, of a copy of ours.
        kinds: kind → its Chinese name.
        blanks: what the bureau may fill in once, otherwise a person does by hand.
        round, unit: facts of the round, and of the unit that is written to.
        tables: table → {"title": its name, "facts": facts of a row}.
        tables_of: kind → the table that its letter may print.
        rest: facts of what a table has no room for.
        phrases: phrase → its name and the names that it may use.
        paid: what the amounts of the notice are.
    """

    own_wording: str
    sample: str
    kinds: Mapping[str, str]
    blanks: Mapping[str, str]
    round: Mapping[str, str]
    unit: Mapping[str, str]
    tables: Mapping[str, Mapping]
    tables_of: Mapping[str, str]
    rest: Mapping[str, str]
    phrases: Mapping[str, list[str]]
    paid: Mapping[str, str]
    problems: Mapping[str, str]

    def kind_of(self, name: str) -> str:
        """The kind with a Chinese name."""
        return {title: kind for kind, title in self.kinds.items()}[name]


@cache
def letter_words() -> LetterWords:
    """The words, read strictly once.

    Raises: DefinitionError: an unknown or missing key; with file and line.
    """
    return strictyaml.load_groups(LetterWords, Path(__file__).with_name("letters.yaml"))
