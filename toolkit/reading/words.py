"""The reader's vocabulary (`vocabulary.yaml`), as plain data that a worker process can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

KEYS = (
    "helper_sheets",
    "helper_columns",
    "cover",
    "cover_sheet",
    "cover_nil",
    "ticks",
    "value_headings",
    "empty_words",
    "empty_words_text",
    "empty_words_strict",
    "empty_words_date",
    "ditto_words",
    "total_words",
    "total_leads",
    "total_nouns",
    "total_short",
    "traditional",
    "amount_words",
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
    from toolkit.model import strictyaml  # workers get the words, and load no YAML

    record = strictyaml.load(Path(__file__).with_name("vocabulary.yaml"))
    words = {key: record.texts(key) for key in KEYS}
    record.done()
    return words


def empty_words(kind: str, words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The words that mean an empty cell in columns of a type, for the reader and for the workbook's own check.

    >>> "不详" in empty_words("text", vocabulary()), "不详" in empty_words("date", vocabulary())
    (True, False)
    """
    more = ("empty_words_text",) if kind == "text" else ("empty_words_strict",)
    more += ("empty_words_date",) if kind == "date" else ()
    return (*words["empty_words"], *(word for key in more for word in words[key]))
