"""Reading a batch: every file gets exactly one state, the readable ones become tables."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from toolkit.model import batch as states
from toolkit.model.batch import Batch, Located, Return
from toolkit.model.catalogue import entry
from toolkit.model.finding import ERROR, from_catalogue
from toolkit.model.form import Form
from toolkit.model.stamp import Stamp
from toolkit.model.unit import UnitList
from toolkit.reading import findings, identity, sniff, tables
from toolkit.reading.gate import MAX_FILE
from toolkit.reading.plan import make_plan
from toolkit.reading.supervisor import Supervisor

DUPLICATE, JUNK, WRONG_SUFFIX = "B001", "I001", "F003"
NOT_REGULAR, UNREADABLE, CHANGED, TOO_BIG = "F015", "F027", "F017", "F006"
_MOST_TEXTS = 500_000
_DAY_ZERO = date(1970, 1, 1).toordinal()


def read(
    files: Sequence[tuple[str, Path]],
    form: Form,
    units: UnitList,
    *,
    workers: int | None,
    timeout: float,
    memory: int,
    aliases: Mapping[str, Mapping[str, str]] | None,
    expected: Stamp | None,
    progress: Callable[[int, int], None] | None,
) -> Batch:
    """See `toolkit.reading.read_returns`."""
    returns = [Return(index, name, Path(path)) for index, (name, path) in enumerate(files)]
    jobs = []
    for returned in returns:
        if sniff.is_junk(returned.path.name):
            returned.state = states.IGNORED
            returned.findings.append(from_catalogue(JUNK, {}, file=returned.file))
        else:
            jobs.append(returned.index)
    loader = Loader(returns)
    answers: dict[int, dict] = {}
    supervisor = Supervisor(make_plan(form, aliases), workers, timeout, memory)
    done, shared = len(returns) - len(jobs), Shared(form)
    for job, answer in supervisor.run(jobs, loader.load):
        if answer is not None:
            answers[job] = shared.share(answer)
        done += 1
        if progress:
            progress(done, len(returns))
    _mark_duplicates(returns, answers)
    names = identity.Names(units)
    for index, answer in sorted(answers.items()):
        Settling(returns[index], answer, form, units, names, expected).settle()
    return _assemble(form, units, returns, answers)


class Loader:
    """Reads each file once: regular files only, hashed, the same bytes are parsed only once.

    Args:
        returns: all files of the batch.
    """

    def __init__(self, returns: Sequence[Return]) -> None:
        self.returns = returns
        self._seen: dict[str, int] = {}

    def load(self, index: int) -> bytes | None:
        """The bytes to parse; None when there is nothing to parse (then the return says why)."""
        returned = self.returns[index]
        data = self._bytes(returned)
        if data is None:
            return None
        returned.sha256 = hashlib.sha256(data).hexdigest()
        return data if self._seen.setdefault(returned.sha256, index) == index else None

    def _bytes(self, returned: Return) -> bytes | None:
        try:
            before = os.lstat(returned.path)
            if not stat.S_ISREG(before.st_mode):
                return _refuse(returned, NOT_REGULAR)
            if before.st_size > MAX_FILE:
                return _refuse(returned, TOO_BIG)
            with returned.path.open("rb") as stream:
                data = stream.read(MAX_FILE + 1)
                after = os.fstat(stream.fileno())
        except OSError:
            return _refuse(returned, UNREADABLE)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
            return _refuse(returned, CHANGED)
        return data


def _refuse(returned: Return, code: str) -> None:
    returned.state = states.UNREADABLE
    returned.findings.append(from_catalogue(code, {}, file=returned.file))


class Shared:
    """Lets equal texts of many files be one object.

    Args:
        form: says which columns hold texts.
    """

    def __init__(self, form: Form) -> None:
        texts = ("text", "choice", "month")
        self._names = {sheet.name: [c.name for c in sheet.columns if c.type in texts] for sheet in form.sheets}
        self._known: dict[object, object] = {}

    def share(self, answer: dict) -> dict:
        """The answer, changed in place."""
        if len(self._known) > _MOST_TEXTS:
            self._known.clear()
        one = self._known.setdefault
        for sheet in answer.get("sheets", ()):
            columns = sheet["columns"]
            for name in self._names[sheet["name"]]:
                if name in columns:
                    columns[name] = list(map(one, columns[name], columns[name]))
        return answer


def _mark_duplicates(returns: Sequence[Return], answers: dict[int, dict]) -> None:
    """The first of byte-identical files is the one that counts, whichever was parsed.

    Copies of a file that cannot be read are no copies of a return; each is refused for itself.
    """
    same: dict[str, list[Return]] = {}
    for returned in returns:
        if returned.sha256:
            same.setdefault(returned.sha256, []).append(returned)
    for group in same.values():
        parsed = next((answers.pop(r.index) for r in group if r.index in answers), None)
        if parsed is None:
            continue
        answers[group[0].index] = parsed
        for copy in group[1:]:
            if "refused" in parsed:
                answers[copy.index] = parsed
            else:
                copy.state = states.DUPLICATE
                copy.findings.append(from_catalogue(DUPLICATE, {"other": group[0].file}, file=copy.file))


class Settling:
    """Turns the answer about one file into its Return.

    Args:
        returned: the return to fill in.
        answer: what the worker said.
    """

    def __init__(self, returned: Return, answer: dict, form: Form, units: UnitList, names, expected) -> None:
        self.returned, self.answer, self.form = returned, answer, form
        self.units, self.names, self.expected = units, names, expected

    def settle(self) -> None:
        """Fills in state, identity, located sheets, findings and repairs."""
        returned, answer = self.returned, self.answer
        if "refused" in answer:
            _refuse(returned, str(answer["refused"]))
            return
        self._identify()
        place = {"unit": returned.unit, "file": returned.file}
        self._check_suffix(place)
        returned.findings += findings.from_notes(answer["notes"], place)
        for sheet in answer["sheets"]:
            self._sheet(sheet, place)
        returned.nil = frozenset(answer["nil"])
        if any(finding.severity == ERROR for finding in returned.findings):
            returned.state = states.WITH_ERRORS

    def _identify(self) -> None:
        answer, returned = self.answer, self.returned
        unit = next((sheet for sheet in answer["sheets"] if sheet["name"] == "unit"), None)
        cell = (unit["columns"].get("unit_code") or [None])[0] if unit else None
        filled = (unit["columns"].get("fill_date") or [None])[0] if unit else None
        returned.fill_date = None if filled is None else date.fromordinal(filled + _DAY_ZERO)
        complete = not any(note[0] in ("S004", "S017") for note in answer["notes"])
        found = identity.sources(answer["custom"], answer["meta"], cell or "", returned.file, complete)
        verdict = identity.judge(found, self.form, self.units, self.names, self.expected)
        stamp = verdict.stamp
        returned.unit, returned.blocked = verdict.unit, verdict.blocked
        returned.policy, returned.version = stamp.policy, stamp.version
        returned.campaign, returned.period = stamp.campaign, stamp.year
        returned.findings += verdict.findings

    def _check_suffix(self, place: Mapping[str, str]) -> None:
        suffix = self.returned.path.suffix.lower()
        if suffix not in sniff.SUFFIXES[self.answer["format"]]:
            facts: dict[str, object] = {"suffix": suffix or "—", "format": self.answer["format"]}
            self.returned.findings.append(from_catalogue(WRONG_SUFFIX, facts, **place))

    def _sheet(self, sheet: Mapping, place: Mapping[str, str]) -> None:
        returned, title = self.returned, sheet["title"]
        vertical = bool(sheet["value"])
        returned.located[sheet["name"]] = Located(
            title=title,
            letters={} if vertical else sheet["places"],
            rows=sheet["places"] if vertical else {},
            value_letter=sheet["value"],
            header_row=sheet["header"],
        )
        known = self.form.by_name[sheet["name"]]
        returned.findings += findings.from_problems(sheet["problems"], known, title, place)
        returned.repairs += findings.from_repairs(sheet["repairs"], title, returned)
        returned.notes[sheet["name"]] = {row: (marked, text) for row, marked, text in sheet["explained"]}
        returned.not_data += sheet["not_data"]
        returned.rows_read += len(sheet["rows"]) + sheet["not_data"]


def _assemble(form: Form, units: UnitList, returns: list[Return], answers: Mapping[int, dict]) -> Batch:
    frames, problem_cells = {}, {}
    by_sheet = {sheet.name: [] for sheet in form.sheets}
    for index in sorted(answers):
        for piece in answers[index].get("sheets", ()):
            by_sheet[piece["name"]].append((index, returns[index].unit, piece))
    for sheet in form.sheets:
        frames[sheet.name] = tables.build(sheet, by_sheet[sheet.name])
        problem_cells[sheet.name] = set(_problem_cells(sheet.layout == "vertical", by_sheet[sheet.name]))
    return Batch(form=form, units=units, returns=returns, tables=frames, problem_cells=problem_cells)


def _problem_cells(vertical: bool, pieces: Iterable) -> Iterable[tuple[int, int, str]]:
    """Cells with an 错误 of their own, cells hidden by a merge, and needed columns that the file lacks."""
    for index, _, piece in pieces:
        for code, row, _, name, _ in piece["problems"]:
            if entry(code).severity == ERROR:
                yield index, 0 if vertical else row, name
        for row, name in piece["hidden"]:
            yield index, row, name
        for row in piece["rows"]:
            for name in piece["lost"]:
                yield index, row, name
