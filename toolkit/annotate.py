"""Findings → marked copies of the units' own files, lossless: only what carries a mark is written anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from toolkit.annotating.plan import Notes
from toolkit.annotating.write import Told, marked_copy
from toolkit.files import write_whole
from toolkit.model.batch import DUPLICATE, IGNORED, SUPERSEDED, Batch, Return
from toolkit.model.errors import XltoolError
from toolkit.model.finding import ERROR, HINT, QUERY, Finding
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.handed_in import content_of
from toolkit.words import words

__all__ = ["Told", "annotate", "marked_copy", "only_hints", "place_of", "to_send_back"]

_NOT_SENT = (DUPLICATE, SUPERSEDED, IGNORED)
_ASKING = {ERROR, QUERY}
"""Levels of which a unit has to do something."""
_CANNOT = ("PKG-001", "PKG-003")


def annotate(
    batch: Batch,
    findings: Iterable[Finding],
    folder: Path,
    *,
    earlier: Mapping[int, Notes] | None = None,
    lead: Mapping[int, Sequence[str]] | None = None,
) -> tuple[list[Path], list[Return]]:
    """Writes a marked copy of every return that goes back to its unit, under its own name.

    Args:
        earlier: return index → sheet title → row → explanation of the period before.
        lead: return index → lines that come first in its 问题清单.
    Returns: the paths written, and the returns that cannot be marked (no .xlsx, damaged, unreadable).
    Raises: XltoolError: O001 to O003 writing.
    """
    by_file = to_send_back(batch, findings)
    rows = _rows(batch)
    written, left = [], []
    for item in batch.returns:
        if item.file not in by_file:
            continue
        told = Told(
            located=item.located,
            findings=by_file[item.file],
            rows=rows.get(item.index, {}),
            written=_written(item),
            remarks=item.remarks,
            earlier=(earlier or {}).get(item.index, {}),
            lead=(lead or {}).get(item.index, ()),
        )
        try:
            data = marked_copy(content_of(item), batch.form, told)
        except XltoolError as error:
            if error.code not in _CANNOT:
                raise
            left.append(item)
            continue
        except Refused:
            left.append(item)
            continue
        target = folder / place_of(item)
        write_whole(target, data)
        written.append(target)
    return written, left


def place_of(item: Return) -> str:
    """Where what goes back about a return stands below the folder: under its name; apart, when it may be nobody's.

    Whoever passes copies on by their names must not find there a file whose marks of identity disagree.
    """
    return f"{words()['files']['nobodys_folder']}/{item.file}" if item.disagrees else item.file


def to_send_back(batch: Batch, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """File → its findings, for the returns that go back: the unit has to put something right or to explain it."""
    return {file: own for file, own in _that_count(batch, findings).items() if _levels(own) & _ASKING}


def only_hints(batch: Batch, findings: Iterable[Finding]) -> int:
    """How many returns have nothing but 提示, of which nothing is asked: they do not go back."""
    return sum(
        HINT in levels and not levels & _ASKING for levels in map(_levels, _that_count(batch, findings).values())
    )


def _levels(findings: Iterable[Finding]) -> set[str]:
    return {one.severity for one in findings}


def _that_count(batch: Batch, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """File → its findings, of the returns that are no older ones, no copies and not left aside."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.file].append(finding)
    return {item.file: found[item.file] for item in batch.returns if item.state not in _NOT_SENT and item.file in found}


def _rows(batch: Batch) -> dict[int, dict[str, dict[int, str]]]:
    """Return index → sheet name → rows with records, and the key of each on sheets with printed rows."""
    rows: dict[int, dict[str, dict[int, str]]] = defaultdict(dict)
    for sheet, frame in batch.tables.items():
        kind = batch.form.by_name[sheet]
        keys = frame[kind.key[0]] if kind.fixed_rows else frame["_row"].map(lambda row: "")
        for index, part in frame["_row"].groupby(frame["_return"]):
            found = zip(part.tolist(), keys[part.index].tolist(), strict=True)
            rows[int(index)][sheet] = dict(found)  # type: ignore[call-overload]
    return rows


def _written(item: Return) -> dict[str, dict[int, str]]:
    """Sheet title → row → explanation that stands in the file."""
    return {
        item.located[sheet].title: {row: text for row, (_, text) in notes.items()}
        for sheet, notes in item.notes.items()
        if sheet in item.located
    }
