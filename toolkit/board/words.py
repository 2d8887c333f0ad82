"""The words and signs of the page, from `board.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml


@dataclass(frozen=True)
class BoardWords:
    """All of `board.yaml`.

    Args:
        frame: what stands on the page whatever the data.
        script: sentences of the script, with placeholders that it fills.
        said: sentences of the data, with placeholders.
        levels: level → (sign, look); overalls: 总评 → look; severities: level of a finding → look.
        sorts: order of the units → how it is called.
        files: key of an output, or its whole name → what it is for.
    """

    frame: Mapping[str, str]
    script: Mapping[str, str]
    said: Mapping[str, str]
    levels: Mapping[str, tuple[str, str]]
    overalls: Mapping[str, str]
    severities: Mapping[str, str]
    sorts: Mapping[str, str]
    files: Mapping[str, str]

    def say(self, name: str, **facts: object) -> str:
        """A sentence of the data."""
        return self.said[name].format(**facts)


@cache
def board_words() -> BoardWords:
    """The words, read strictly once.

    Raises: DefinitionError: an unknown or missing group; with file and line.
    """
    return strictyaml.load_groups(BoardWords, Path(__file__).with_name("board.yaml"))
