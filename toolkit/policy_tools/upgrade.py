"""A pack of an older version rewritten: the families by their names of today, comments and order as they stand.

What is changed are single words and lines of `indicators.yaml` (`toolkit/compute/former.yaml`); all the rest of the
text stays as it is, so that a difference can be read line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import yaml

from toolkit.compute.indicators import former_names
from toolkit.files import write_whole
from toolkit.model import strictyaml
from toolkit.policies import pack_folder
from toolkit.policies.loading import INDICATORS

Span = tuple[int, int]


@dataclass(frozen=True)
class Entry:
    """One key of an indicator: where the key and its value stand in the text."""

    key: Span
    value: Span


@dataclass(frozen=True)
class Edit:
    """A piece of the text and what comes in its place."""

    start: int
    end: int
    text: str


def upgrade_pack(pack: str | Path) -> list[str]:
    """Rewrites a pack in place.

    Returns: the clauses that are written in another way now, in their order; none where all is as of today.
    Raises: XltoolError: P001 no such pack. DefinitionError: the file is no such file.
    """
    path = pack_folder(pack) / INDICATORS
    strictyaml.load(path)
    text = path.read_text(encoding="utf-8")
    found, changed = upgraded(text)
    if changed:
        write_whole(path, found.encode())
    return changed


def upgraded(text: str) -> tuple[str, list[str]]:
    """The text of `indicators.yaml` as of today, and the clauses that changed."""
    edits, changed = [], []
    for indicator in _indicators(text):
        known = {text[slice(*entry.key)]: entry for entry in indicator}
        family = _of(text, known, "family")
        if family in former_names():
            edits += _edits(text, known, former_names()[family])
            changed.append(_of(text, known, "clause"))
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text, changed


def _of(text: str, known: Mapping[str, Entry], key: str) -> str:
    return text[slice(*known[key].value)].strip("\"'") if key in known else ""


def _edits(text: str, known: Mapping[str, Entry], now: Mapping) -> Iterator[Edit]:
    """What changes in one indicator."""
    renamed, written = (now.get(name, {}) for name in ("rename", "write"))
    yield Edit(*known["family"].value, now["family"])
    for old, new in renamed.items():
        if old in known:
            yield Edit(*known[old].key, new)
    gone = {name for line in written.values() for _, name, _, _ in Formatter().parse(line) if name}
    facts = {name: text[slice(*known[name].value)] if name in known else "" for name in gone}
    lines = [f"{key}: {line.format(**facts)}" for key, line in written.items()]
    places = sorted((known[name] for name in gone if name in known), key=lambda one: one.key) or [known["family"]]
    yield from _instead(text, places, lines, keep=not gone)


def _instead(text: str, places: list[Entry], lines: list[str], keep: bool) -> Iterator[Edit]:
    """Lines in the place of some entries, or after the only one where it is kept; comments stay."""
    if not lines:
        return
    first, *others = places
    before = text.rfind("\n", 0, first.key[0]) + 1
    block = not text[before : first.key[0]].strip(" -")
    joint = "\n" + " " * (first.key[0] - before) if block else ", "
    start = first.value[1] if keep else first.key[0]
    yield Edit(start, first.value[1], joint * keep + joint.join(lines))
    for entry in others:
        yield _removed(text, entry, block)


def _removed(text: str, entry: Entry, block: bool) -> Edit:
    """An entry that goes, with its line or its comma; a comment behind it stays."""
    if not block:
        return Edit(text.rfind(",", 0, entry.key[0]), entry.value[1], "")
    end = text.find("\n", entry.value[1])
    end = len(text) if end < 0 else end
    if rest := text[entry.value[1] : end].strip():
        return Edit(entry.key[0], end, rest)
    return Edit(text.rfind("\n", 0, entry.key[0]), end, "")


def _indicators(text: str) -> Iterator[list[Entry]]:
    """The keys of each indicator with the places of their values."""
    events = list(yaml.parse(text, Loader=yaml.SafeLoader))
    depth, entry, key = 0, list[Entry](), None
    for at, event in enumerate(events):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth == _INDICATOR:
                entry, key = [], None
                continue
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            if depth == _INDICATOR - 1 and isinstance(event, yaml.MappingEndEvent):
                yield entry
                continue
        ends = isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionEndEvent)
        if depth != _INDICATOR or not (ends or isinstance(event, yaml.CollectionStartEvent)):
            continue
        if key is None:
            key = (event.start_mark.index, event.end_mark.index)
        elif ends:
            entry.append(Entry(key, (_start(events, at), _end(text, event))))
            key = None


_INDICATOR = 3
"""How deep an indicator lies: the file, its list, the indicator."""


def _start(events: list[yaml.Event], at: int) -> int:
    """Where the value begins that ends with an event."""
    if not isinstance(events[at], yaml.CollectionEndEvent):
        return events[at].start_mark.index
    depth = 0
    for event in reversed(events[: at + 1]):
        depth += isinstance(event, yaml.CollectionEndEvent) - isinstance(event, yaml.CollectionStartEvent)
        if depth == 0:
            return event.start_mark.index
    raise AssertionError("brackets of the parser do not match")


def _end(text: str, event: yaml.Event) -> int:
    """Where a value ends: a block ends with the last of its characters, not where the next key begins."""
    end = event.end_mark.index
    return (
        len(text[:end].rstrip())
        if isinstance(event, yaml.CollectionEndEvent) and text[end - 1 : end].isspace()
        else end
    )
