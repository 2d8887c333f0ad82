"""Reading a batch: every file gets exactly one state, the readable ones become tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from toolkit.model import batch as states
from toolkit.model.batch import NOWHERE, Batch, Located, Return
from toolkit.model.catalogue import entry
from toolkit.model.finding import ERROR, from_catalogue
from toolkit.model.form import Form
from toolkit.model.privacy import mask
from toolkit.model.stamp import Stamp
from toolkit.model.unit import UnitList
from toolkit.reading import findings, identity, sniff, tables
from toolkit.reading.dates import day_of
from toolkit.reading.former import of_today
from toolkit.reading.kept import Kept
from toolkit.reading.loading import ARCHIVE, Loader, refuse
from toolkit.reading.other_books import CODES
from toolkit.reading.plan import make_plan
from toolkit.reading.supervisor import Supervisor
from toolkit.reading.texts import PRECISION_LOST
from toolkit.reading.unit_names import Names, passwords_for

DUPLICATE, JUNK, ANSWERS, WRONG_SUFFIX = "B001", "I001", "I003", "F003"
EXACT_DIGITS = 15
"""As many digits of a number Excel keeps."""
IdentityOf = Callable[[Return, Mapping], identity.Identity]
_MOST_TEXTS = 500_000


def read(files: Sequence[tuple[str, Path]], form: Form, units: UnitList, how: Reading) -> Batch:
    """See `toolkit.reading.read_returns`."""
    returns = [Return(index, name, Path(path)) for index, (name, path) in enumerate(files)]
    names = Names(units)
    plan = make_plan(form, how.aliases)
    kept = Kept(how.memory_folder, plan, how.fresh, how.known) if how.memory_folder else None
    loader = Loader(returns, lambda file: passwords_for(how.passwords, file, names, units), kept)
    answers: dict[int, dict] = {}
    shared, jobs, done = Shared(form), _without_junk(returns), 0
    while jobs:
        done = len(returns) - len(jobs)
        for job, answer in Supervisor(plan, how.workers, how.timeout, how.memory).run(jobs, loader.load, loader.keep):
            if answer is not None:
                answers[job] = shared.share(answer)
            done += 1
            if how.progress:
                how.progress(done, len(returns))
        jobs = _without_junk(_open_archives(loader, jobs, answers))
    if kept:
        kept.prune()
    identity_of = partial(_identity, form=form, units=units, names=names, expected=how.expected)
    if told := _told(returns, answers, identity_of, how.tabs or {}):
        crew = Supervisor(plan, how.workers, how.timeout, how.memory)
        for job, answer in crew.run(list(told), lambda job: loader.again(job, told[job])):
            answers.pop(job)
            answers |= {job: shared.share(answer)} if answer is not None else {}
    if kept:
        _recall(returns, answers, how.gone, kept, shared)
    copies = _copies(returns, answers, identity_of)
    for index, answer in sorted(answers.items()):
        Settling(returns[index], answer, form, identity_of).settle()
    for copy, other in copies:
        copy.unit = other.unit
    _name_unreadable(returns, names)
    return _assemble(form, units, returns, answers)


@dataclass(frozen=True)
class Reading:
    """How to read: see `toolkit.reading.read_returns`."""

    workers: int | None
    timeout: float
    memory: int
    aliases: Mapping[str, Mapping[str, str]] | None
    expected: Stamp | None
    progress: Callable[[int, int], None] | None
    passwords: Mapping[str, Sequence[str]]
    memory_folder: Path | None = None
    fresh: bool = False
    tabs: Mapping[str, Mapping[str, str]] | None = None
    known: Collection[str] = ()
    gone: Sequence[tuple[str, str]] = ()


def _recall(
    returns: list[Return], answers: dict[int, dict], gone: Sequence[tuple[str, str]], kept: Kept, shared: Shared
) -> None:
    """Adds the contents that are there no more and of which it is kept what was read."""
    there = {returned.sha256 for returned in returns}
    for name, digest in gone:
        answer = kept.find(digest) if digest not in there else None
        if answer is not None:
            answers[len(returns)] = shared.share(answer)
            returns.append(Return(len(returns), name, NOWHERE, sha256=digest))


def _told(
    returns: Sequence[Return], answers: Mapping[int, Mapping], identity_of: IdentityOf, tabs: Mapping
) -> dict[int, dict[str, str]]:
    """The returns of units about whose sheets a person said something: what was said of which title."""
    readable = [index for index, answer in answers.items() if "notes" in answer] if tabs else []
    found = {index: tabs.get(identity_of(returns[index], answers[index]).unit) for index in readable}
    return {index: dict(said) for index, said in found.items() if said}


def _without_junk(returns: Sequence[Return]) -> list[int]:
    """The files to read; temporary and system files are ignored and counted."""
    jobs = []
    for returned in returns:
        if sniff.is_junk(returned.file):
            returned.state = states.IGNORED
            returned.findings.append(from_catalogue(JUNK, {}, file=returned.file))
        else:
            jobs.append(returned.index)
    return jobs


def _open_archives(loader: Loader, jobs: Sequence[int], answers: dict[int, dict]) -> list[Return]:
    """The files inside the archives among the jobs; an archive inside an archive stays closed."""
    found: list[Return] = []
    for index in sorted(jobs):
        returned = loader.returns[index]
        if not returned.member and answers.get(index, {}).get("refused") == ARCHIVE:
            inside = loader.open_archive(returned)
            if inside or returned.findings:
                del answers[index]
            found += inside
    return found


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


def _copies(
    returns: Sequence[Return], answers: dict[int, dict], identity_of: IdentityOf
) -> list[tuple[Return, Return]]:
    """Marks byte-identical files as copies of one of them, whichever was parsed; (copy, original) of each.

    The original is one whose name does not contradict what is inside, then the one with the shortest name: what Windows
    calls a copy has a longer one. Copies of a file that cannot be read are no copies of a return; each is refused for
    itself.
    """
    same: dict[str, list[Return]] = {}
    for returned in returns:
        if returned.sha256:
            same.setdefault(returned.sha256, []).append(returned)
    found = []
    for group in same.values():
        parsed = next((answers.pop(r.index) for r in group if r.index in answers), None)
        if parsed is None:
            continue
        if "refused" in parsed:
            answers.update({copy.index: parsed for copy in group})
            continue
        if len(group) > 1 and "answers" not in parsed:
            group.sort(key=lambda item: (identity_of(item, parsed).blocked, len(item.file), item.file))
        original, *copies = group
        answers[original.index] = parsed
        for copy in copies:
            copy.state = states.DUPLICATE
            copy.findings.append(from_catalogue(DUPLICATE, {"other": original.file}, file=copy.file))
            found.append((copy, original))
    return found


def _name_unreadable(returns: Sequence[Return], names: Names) -> None:
    """Gives files that cannot be read to the unit that their name names: it has to send them again."""
    for returned in returns:
        if returned.state == states.UNREADABLE and len(named := names.named(returned.file)) == 1:
            [returned.unit] = named
            returned.findings = [replace(finding, unit=returned.unit) for finding in returned.findings]


def _identity(
    returned: Return, answer: Mapping, form: Form, units: UnitList, names: Names, expected: Stamp | None
) -> identity.Identity:
    """Who a file is from that could be read."""
    cell = _of_unit(answer, "unit_code") or ""
    cell = cell if units.get(units.now(cell)) else mask(cell, typed=True)
    complete = not any(note[0] in ("S004", "S017") for note in answer["notes"])
    title = _of_unit(answer, "unit_name") or ""
    found = identity.sources(answer["custom"], answer["meta"], cell, returned.file, complete, title)
    return identity.judge(found, form, units, names, expected)


def _of_unit(answer: Mapping, column: str):
    """A cell of the sheet `unit` as the worker reported it."""
    unit = next((sheet for sheet in answer["sheets"] if sheet["name"] == "unit"), None)
    return (unit["columns"].get(column) or [None])[0] if unit else None


class Settling:
    """Turns the answer about one file into its Return.

    Args:
        returned: the return to fill in.
        answer: what the worker said.
    """

    def __init__(self, returned: Return, answer: dict, form: Form, identity_of: IdentityOf) -> None:
        self.returned, self.answer, self.form, self.identity_of = returned, answer, form, identity_of

    def settle(self) -> None:
        """Fills in state, identity, located sheets, findings and repairs."""
        returned, answer = self.returned, self.answer
        if "refused" in answer:
            code = str(answer["refused"])
            refuse(returned, sniff.better_reason(returned.file, code), answer.get("facts"))
            return
        if "answers" in answer:
            answers = (tuple(mask(cell, typed=True) for cell in row) for row in answer["answers"])
            returned.state, returned.answers = states.IGNORED, tuple(answers)
            returned.findings.append(from_catalogue(ANSWERS, {}, file=returned.file))
            return
        if "other" in answer:
            returned.state = states.IGNORED
            returned.findings.append(from_catalogue(CODES[answer["other"]], {}, file=returned.file))
            return
        self._identify()
        place = {"unit": returned.unit, "file": returned.file}
        self._check_suffix(place)
        returned.findings += findings.from_notes(answer["notes"], place)
        for sheet in answer["sheets"]:
            self._sheet(sheet, place)
        returned.nil = frozenset(answer["nil"])
        returned.remarks = {ref: mask(text, typed=True) for ref, text in answer["remarks"]}
        if any(finding.severity == ERROR for finding in returned.findings):
            returned.state = states.WITH_ERRORS

    def _identify(self) -> None:
        answer, returned = self.answer, self.returned
        filled = _of_unit(answer, "fill_date")
        returned.fill_date = None if filled is None else day_of(filled)
        verdict = self.identity_of(returned, answer)
        stamp = verdict.stamp
        returned.unit, returned.blocked, returned.disagrees = verdict.unit, verdict.blocked, verdict.disagrees
        returned.policy, returned.version = stamp.policy, stamp.version
        returned.campaign, returned.period = stamp.campaign, stamp.year
        returned.findings += verdict.findings

    def _check_suffix(self, place: Mapping[str, str]) -> None:
        suffix = PurePosixPath(self.returned.file).suffix.lower()
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
        returned.lost |= {
            (known.name, row, name): value.lstrip("-")[:EXACT_DIGITS]
            for code, row, _, name, value in sheet["problems"]
            if code == PRECISION_LOST
        }
        returned.repairs += findings.from_repairs(sheet["repairs"], title, returned)
        returned.notes[sheet["name"]] = {
            row: (marked, mask(text, typed=True)) for row, marked, text in sheet["explained"]
        }
        returned.not_data += sheet["not_data"]
        returned.rows_read += len(sheet["rows"]) + sheet["not_data"]


def _assemble(form: Form, units: UnitList, returns: list[Return], answers: Mapping[int, dict]) -> Batch:
    frames, problem_cells = {}, {}
    by_sheet = {sheet.name: [] for sheet in form.sheets}
    for index in sorted(answers):
        for piece in answers[index].get("sheets", ()):
            piece = of_today(form.by_name[piece["name"]], piece, units)
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
