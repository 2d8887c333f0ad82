"""How bureaus write their unit lists, and what is said of them, from `words.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FILE = Path(__file__).with_name("words.yaml")
STOP, ASK, DONE, LOOK = "stop", "ask", "done", "look"
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Kind:
    """A kind of problem: how heavy it is, what is said of it, what to do."""

    weight: str
    problem: str
    advice: str


@dataclass(frozen=True)
class ListWords:
    """Words by purpose.

    Args:
        headings, org_headings: field → headings that mean it besides its own.
        categories, levels: entry of the form's list → words that certainly mean it.
        endings: entry → ends of names that make it likely; standing: category → the level of its units.
        weights: weight → as people read it; kinds: kinds of problems by name.
        book, columns: texts of the workbook with what was found; likely: who may speak for the area; go: a link.
        said: what is said when a list was taken;
            changes: what the history says of a change.
    """

    headings: Words
    org_headings: Words
    categories: Words
    levels: Words
    endings: Words
    standing: Mapping[str, str]
    weights: Mapping[str, str]
    kinds: Mapping[str, Kind]
    likely: str
    book: Mapping[str, str]
    columns: Mapping[str, str]
    go: str
    said: Mapping[str, str]
    changes: Mapping[str, str]


@cache
def list_words() -> ListWords:
    """The words, read strictly once.

    Raises: DefinitionError: a missing, unknown or repeated key; with file and line.
    """
    root = strictyaml.load(FILE)
    groups = ("headings", "org_headings", "categories", "levels", "endings")
    lists = {name: _lists(root.take(name)) for name in groups}
    texts = {name: _texts(root.take(name)) for name in ("standing", "weights", "book", "columns", "said", "changes")}
    kinds = root.take("kinds")
    found = {name: _kind(kinds.take(name)) for name in list(kinds)}
    made = ListWords(**lists, **texts, kinds=found, likely=root.text("likely"), go=root.text("go"))  # type: ignore[arg-type]
    root.done()
    return made


def _lists(record: strictyaml.Record) -> dict[str, tuple[str, ...]]:
    return {str(name): record.texts(name) for name in list(record)}


def _texts(record: strictyaml.Record) -> dict[str, str]:
    return {str(name): record.text(name) for name in list(record)}


def _kind(record: strictyaml.Record) -> Kind:
    kind = Kind(record.one_of("weight", (STOP, ASK, DONE, LOOK)), record.text("problem"), record.text("advice"))
    record.done()
    return kind
