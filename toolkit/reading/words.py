"""The reader's vocabulary (`vocabulary.yaml`), as plain data that a worker process can take."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

KEYS = (
    "helper_sheets",
    "helper_columns",
    "cover",
    "cover_sheet",
    "cover_nil",
    "ticks",
    "value_headings",
    "empty_words",
    "empty_words_strict",
    "empty_words_date",
    "ditto_words",
    "total_words",
    "total_leads",
    "note_words",
    "yes_words",
    "no_words",
    "number_units",
)


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Words by kind.

    Raises: DefinitionError: a kind is missing or unknown.
    """
    record = strictyaml.load(Path(__file__).with_name("vocabulary.yaml"))
    words = {key: record.texts(key) for key in KEYS}
    record.done()
    return words
