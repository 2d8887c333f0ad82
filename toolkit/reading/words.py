"""The reader's vocabulary (`vocabulary.yaml`), as plain data that a worker process can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

KEYS = (
    "helper_sheets",
    "helper_columns",
    "list_headings",
    "cover",
    "cover_sheet",
    "cover_nil",
    "ticks",
    "value_headings",
    "empty_words",
    "empty_signs",
    "empty_words_text",
    "empty_words_strict",
    "empty_signs_text",
    "empty_words_date",
    "ditto_words",
    "total_words",
    "total_leads",
    "total_nouns",
    "total_short",
    "total_rates",
    "traditional",
    "amount_words",
    "note_words",
    "unit_bodies",
    "name_joints",
    "name_titles",
    "name_notes",
    "double_surnames",
    "yes_words",
    "no_words",
    "number_units",
    "unit_kinds",
)

_REPEATED = 8
"""So many times a sign is repeated where every spelling has to be written out."""


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
    >>> {"n/a", "N/A", "——"} <= set(empty_words("date", vocabulary())), "N/A" in empty_words("text", vocabulary())
    (True, False)
    """
    found = [*words["empty_words"], *words["empty_words_text" if kind == "text" else "empty_words_strict"]]
    found += words["empty_words_date"] if kind == "date" else ()
    cased = [form for word in found for form in (word, word.lower(), word.title())]
    repeated = [sign * times for sign in empty_signs(kind, words) for times in range(1, _REPEATED + 1)]
    return tuple(dict.fromkeys((*cased, *repeated)))


def empty_signs(kind: str, words: Mapping[str, Sequence[str]]) -> str:
    """The signs that mean an empty cell in columns of a type, alone and repeated."""
    return "".join((*words["empty_signs"], *(words["empty_signs_text"] if kind == "text" else ())))
