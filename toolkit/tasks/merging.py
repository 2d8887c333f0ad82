"""Returned lists → answers by office, with an account of every file and every row.

Whose a list is, its stamp and the name of the file say together (`toolkit.reading.identity`); of several lists of an
office that with the newest 填表日期 counts, as of returns that with the newest 填报日期.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from toolkit.model.errors import XltoolError
from toolkit.model.stamp import TASKS, Stamp
from toolkit.our_books import OurBook, day_of, has_table, plain_label, read_books, table, text_of, workbooks_below
from toolkit.reading.door import Refusal
from toolkit.reading.identity import of_stamp
from toolkit.reading.nothing import said
from toolkit.summary.office.book import heads, spec
from toolkit.tasks import Answer, Problem, Returned, problem_of
from toolkit.tasks.offices import Offices

COUNTED, SUPERSEDED, DUPLICATE, CONFLICT, REFUSED = STATES = (
    "counted",
    "superseded",
    "duplicate",
    "conflict",
    "refused",
)

ABSENT = "absent"
"""The state of an office of which there is no list."""


@dataclass(frozen=True)
class Merged:
    """All returned lists of a folder.

    `files` and `rows` are accounts: the parts add up to the first figure.
    """

    returned: tuple[Returned, ...]

    @cached_property
    def counted(self) -> dict[str, Returned]:
        """Key of an office → its list that counts."""
        return {one.office: one for one in self.returned if one.state == COUNTED}

    def state(self, key: str) -> str:
        """What there is of an office: counted, conflict, refused, or absent."""
        own = {one.state for one in self.returned if one.office == key}
        return next((state for state in (COUNTED, CONFLICT, REFUSED) if state in own), ABSENT)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was refused."""
        return tuple(problem for one in self.returned for problem in one.problems)

    @property
    def files(self) -> dict[str, int]:
        """Files by state."""
        return {"total": len(self.returned)} | {
            state: sum(one.state == state for one in self.returned) for state in STATES
        }

    @property
    def rows(self) -> dict[str, int]:
        """Rows of the lists that count."""
        own = list(self.counted.values())
        parts = {
            "merged": sum(len(one.answers) + len(one.followed) for one in own),
            "rejected": sum(len(one.problems) for one in own),
            "blank": sum(one.blank for one in own),
        }
        return {"read": sum(parts.values()), **parts}


def merge_lists(folder: Path, offices: Offices, stamp: Stamp, statuses: Sequence[str], as_of: date) -> Merged:
    """The answers in all workbooks below a folder.

    Args:
        stamp: the identity of the round; lists of another round are refused.
    Raises: XltoolError: TSK-001 no workbook there.
    """
    paths = workbooks_below(folder)
    if not paths:
        raise XltoolError("TSK-001", folder=folder)
    books, seen = read_books(paths), set[str]()
    found = [
        _one(path.relative_to(folder).as_posix(), books[path], _Reader(offices, stamp, statuses, as_of), seen)
        for path in paths
    ]
    return Merged(tuple(_newest(found)))


def _newest(found: Sequence[Returned]) -> Iterator[Returned]:
    """Of several lists of an office the newest counts; where the day does not tell, a person must choose."""
    for one in found:
        days = [other.filled for other in found if other.office == one.office and other.state == COUNTED]
        last = max(filter(None, days), default=None)
        if one.state != COUNTED or len(days) == 1:
            yield one
        elif None in days or (one.filled == last and days.count(last) > 1):
            yield _aside(one, CONFLICT, Problem(one.file, one.office, "", 0, "", "TSK-113"))
        else:
            yield one if one.filled == last else _aside(one, SUPERSEDED)


def _aside(one: Returned, state: str, *problems: Problem) -> Returned:
    """A list that does not count."""
    return replace(one, state=state, answers={}, followed={}, problems=problems, blank=0)


@dataclass(frozen=True)
class _Reader:
    """What a list is read by; see `merge_lists`."""

    offices: Offices
    stamp: Stamp
    statuses: Sequence[str]
    as_of: date


def _one(name: str, book: OurBook | Refusal, known: _Reader, seen: set[str]) -> Returned:
    if isinstance(book, Refusal):
        return _refused(name, "", "TSK-110", book.sentence)
    stamp, wanted, called = book.stamp, known.stamp, book.stamp.unit_name
    if book.kind != TASKS:
        return _refused(name, called, "TSK-111", called)
    if (stamp.campaign, stamp.policy, stamp.year) != (wanted.campaign, wanted.policy, wanted.year):
        return _refused(name, called, "TSK-112", f"{stamp.campaign} {stamp.year}")
    if stamp.unit and of_stamp(stamp, name, known.offices.names, known.offices.units) is None:
        return _refused(name, called, "TSK-114", called)
    key = known.offices.key_of(stamp.unit, called)
    if not key:
        return _refused(name, called, "TSK-111", called)
    if book.sha256 in seen:
        return Returned(name, key, DUPLICATE)
    seen.add(book.sha256)
    return _read(name, key, book, known)


def _refused(name: str, office: str, code: str, value: str = "") -> Returned:
    return Returned(name, "", REFUSED, problems=(Problem(name, office, "", 0, "", code, value),))


def _read(name: str, key: str, book: OurBook, known: _Reader) -> Returned:
    sheet, rows = _sheet(book, "duties", "status")
    if not rows:
        return replace(_refused(name, known.offices.lists[key].name, "TSK-115"), office=key)
    answers, problems, blank = _answers(name, key, sheet, rows, known)
    sheet, rows = _sheet(book, "short", "followed")
    followed, wrong, empty = _followed(name, key, sheet, rows, known)
    filled = _filled(book)
    return Returned(name, key, COUNTED, filled, answers, followed, (*problems, *wrong), blank + empty)


def _sheet(book: OurBook, page: str, column: str) -> tuple[str, Sequence[Sequence[object]]]:
    """Title and rows of the sheet that has a table; it may have got another name."""
    head = heads(page)
    needed = [head["clause"], head[column]]
    own = spec(page).name
    for title in (own, *book.sheets):
        if has_table(rows := book.sheets.get(title, ()), needed):
            return title, rows
    return own, ()


def _filled(book: OurBook) -> date | None:
    """The day right of 填表日期."""
    label = spec("duties").words["filled"]
    for rows in book.sheets.values():
        for row in rows:
            texts = [plain_label(cell).rstrip("：:") for cell in row]
            if label in texts:
                given = [cell for cell in row[texts.index(label) + 1 :] if text_of(cell)]
                return day_of(given[0]) if given else None
    return None


def _answers(
    name: str, key: str, sheet: str, rows: Sequence[Sequence[object]], known: _Reader
) -> tuple[dict[str, Answer], list[Problem], int]:
    head, own = heads("duties"), set(known.offices.lists[key].clauses)
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    blank, seen = 0, set[str]()
    for number, line in table(rows, [head["clause"], head["status"]]):
        cell = {part: text_of(line.get(label)) for part, label in head.items()}
        cell |= {part: said(cell[part]) for part in ("evidence", "reason")}
        clause, given = cell["clause"], any(cell[part] for part in ("status", "done_date", "evidence", "reason"))
        if cell["no"].startswith(spec("duties").signature[0]) or (not given and clause not in own):
            continue  # the line of signatures, a heading
        raw = line.get(head["done_date"])
        answer = Answer(number, cell["status"], day_of(raw), cell["evidence"], cell["reason"])
        code, value = "", ""
        if clause not in own:
            code, value = "TSK-107", clause
        elif clause in seen:
            code = "TSK-108"
        elif given:
            code, value = problem_of(answer, known.statuses, known.as_of, text_of(raw))
        seen.add(clause)
        if code:
            problems.append(Problem(name, known.offices.lists[key].name, sheet, number, clause, code, value))
        elif given:
            answers[clause] = answer
        else:
            blank += 1
    return answers, problems, blank


def _followed(
    name: str, key: str, sheet: str, rows: Sequence[Sequence[object]], known: _Reader
) -> tuple[dict[tuple[str, str], str], list[Problem], int]:
    head, own = heads("short"), known.offices.lists[key]
    choices = next(one.choices for one in spec("short").tables["short"].columns if one.key == "followed")
    found: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    blank = 0
    for number, line in table(rows, [head["clause"], head["followed"]]):
        clause, unit, answer = (text_of(line.get(head[part])) for part in ("clause", "unit", "followed"))
        if not answer:
            blank += clause in own.clauses
            continue
        code, value = "", answer
        if clause not in own.clauses or not unit:
            code, value = "TSK-107", clause or unit
        elif answer not in choices:
            code = "TSK-109"
        elif (clause, unit) in found:
            code = "TSK-108"
        if code:
            problems.append(Problem(name, own.name, sheet, number, clause, code, value))
        else:
            found[clause, unit] = answer
    return found, problems, blank
