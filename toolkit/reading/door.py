"""The one door for whatever people hand in: unit lists, task lists, feedback, returns from below, lists to compare.

Returns go through it too (`returns.read`), with their tables. Every file is read in a worker process: the same checks
of its bytes, the same gate, the same deadline, the same limit of memory. Nothing else in the program opens one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from toolkit.model.catalogue import Entry, entry
from toolkit.model.stamp import Stamp, from_pairs
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.handed_in import content
from toolkit.reading.frames import LISTS, PLAIN, STAMPS
from toolkit.reading.sniff import better_reason
from toolkit.reading.supervisor import Supervisor

SECONDS, MEMORY = 20.0, 1_500_000_000
"""What one file may take; 2 seconds more a megabyte."""
Passwords = Callable[[Path], Sequence[str]]
"""The passwords to try on a file."""
_NO_KEY = {"F005": "F045"}
"""What needs a password where nobody can give one: only returns have a list of them."""


@dataclass(frozen=True)
class Refusal:
    """A file that was not read.

    Args:
        code: of the catalogue; facts: of its message.
    """

    code: str
    facts: Mapping[str, object]

    @property
    def message(self) -> str:
        """What is wrong with the file."""
        return self._entry.message.format(**self.facts)

    @property
    def advice(self) -> str:
        """How to put it right."""
        return self._entry.fix.format(**self.facts)

    @property
    def sentence(self) -> str:
        """Both, as part of a sentence."""
        return f"{self.message}，{self.advice}"

    @property
    def _entry(self) -> Entry:
        return entry(self.code)


@dataclass(frozen=True)
class Cells:
    """All cells of a workbook.

    Args:
        sheets: title → rows of values, from A1.
    """

    sha256: str
    sheets: Mapping[str, Sequence[Sequence[object]]]


def read_cells(paths: Sequence[Path], passwords: Passwords = lambda path: ()) -> dict[Path, Cells | Refusal]:
    """The workbooks at some paths as they are, or why one was not read."""
    return _cells(PLAIN, paths, passwords)


def read_list(path: Path) -> Cells | Refusal:
    """A list that somebody keeps for other ends, or why it was not read: a workbook or a table of text.

    What is merged over several rows stands in each of them.
    """
    return _cells(LISTS, [path], lambda path: ())[path]


def _cells(what: str, paths: Sequence[Path], passwords: Passwords) -> dict[Path, Cells | Refusal]:
    found: dict[Path, Cells | Refusal] = {}
    for path, digest, answer in _ask(what, paths, passwords):
        sheets: Mapping | None = answer.get("sheets")  # type: ignore[assignment]
        found[path] = _refusal(path, answer) if sheets is None else Cells(digest, _received(sheets))
    return {path: found[path] for path in paths}


def read_stamps(paths: Sequence[Path], passwords: Passwords = lambda path: ()) -> dict[Path, Stamp | None]:
    """The identities of the workbooks at some paths; None for what carries none or cannot be read."""
    found = {path: from_pairs(answer.get("pairs", {})) for path, _, answer in _ask(STAMPS, paths, passwords)}  # type: ignore[arg-type]
    return {path: found[path] for path in paths}


def _ask(what: str, paths: Sequence[Path], passwords: Passwords) -> Iterator[tuple[Path, str, dict]]:
    """(path, SHA-256, answer of a worker) of every file, each path once, in the order of completion."""
    given = list(dict.fromkeys(paths))
    digests: dict[int, str] = {}

    def load(job: int):
        try:
            data = content(given[job])
        except Refused as refused:
            return {"refused": refused.code}
        digests[job] = hashlib.sha256(data).hexdigest()
        return data, tuple(passwords(given[job]))

    if given:
        for job, answer in Supervisor(what, None, SECONDS, MEMORY).run(range(len(given)), load):
            yield given[job], digests.get(job, ""), answer or {}


def _refusal(path: Path, answer: Mapping) -> Refusal:
    code = better_reason(path.name, str(answer["refused"]))
    return Refusal(_NO_KEY.get(code, code), answer.get("facts") or {})


def _received(sheets: Mapping[str, Sequence[Sequence[object]]]) -> dict[str, list[list[object]]]:
    """The sheets of an answer, dates as dates again (see `plain.sent`)."""
    return {
        title: [[_day(cell[0]) if isinstance(cell, tuple) else cell for cell in row] for row in rows]
        for title, rows in sheets.items()
    }


def _day(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
