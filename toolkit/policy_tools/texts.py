"""The Chinese words of these tools, from `texts.yaml` and `formulas.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FOLDER = Path(__file__).parent


@cache
def texts() -> Mapping:
    """All words by topic."""
    return strictyaml.plain(strictyaml.load(FOLDER / "texts.yaml"))  # type: ignore[return-value]


def formulas() -> Mapping[str, Mapping[str, str]]:
    """Family → its title and its formula in words."""
    return _formulas()["families"]


@cache
def _formulas() -> Mapping:
    return strictyaml.plain(strictyaml.load(FOLDER / "formulas.yaml"))  # type: ignore[return-value]


def words_of(topic: str) -> Mapping[str, str]:
    """The words of formulas: `allowance`, `force`, `periods`, `filter`."""
    return _formulas()[topic]


def say(topic: str, key: str, **facts: object) -> str:
    """A sentence of one topic."""
    return texts()[topic][key].format(**facts)
