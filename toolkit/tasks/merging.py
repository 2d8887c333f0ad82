"""Returned task lists → answers by responsible unit, with an account of every file and every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from toolkit.model.errors import XltoolError
from toolkit.model.stamp import Stamp
from toolkit.our_books import OurBook, day_of, read_books, table, text_of, workbooks_below
from toolkit.reading.door import Refusal
from toolkit.reading.nothing import said
from toolkit.summary.tasks_book import KIND, labels
from toolkit.tasks import Answer, Problem, Returned, Task, problem_of

COUNTED, DUPLICATE, CONFLICT, REFUSED = "counted", "duplicate", "conflict", "refused"
STATES = (COUNTED, DUPLICATE, CONFLICT, REFUSED)


@dataclass(frozen=True)
class Merged:
    """All returned lists of a folder.

    `files` and `rows` are accounts: the parts add up to `total`.
    """

    returned: tuple[Returned, ...]
    files: Mapping[str, int]
    rows: Mapping[str, int]

    @property
    def answers(self) -> dict[str, Mapping[tuple[str, str], Answer]]:
        """Responsible unit → its answers."""
        return {one.unit: one.answers for one in self.returned if one.state == COUNTED}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was refused."""
        return tuple(problem for one in self.returned for problem in one.problems)


def merge_tasks(
    folder: Path, lists: Mapping[str, Sequence[Task]], stamp: Stamp, statuses: Sequence[str], as_of: date
) -> Merged:
    """The answers in all workbooks below a folder.

    Args:
        lists: the lists as they were issued.
        stamp: the identity of the round; lists of another round are refused.
    Raises: XltoolError: TSK-001 no workbook there.
    """
    paths = workbooks_below(folder)
    if not paths:
        raise XltoolError("TSK-001", folder=folder)
    seen: dict[str, str] = {}
    books = read_books(paths)
    names = {path: path.relative_to(folder).as_posix() for path in paths}
    found = [_one(names[path], books[path], lists, stamp, statuses, as_of, seen) for path in paths]
    counts: dict[str, int] = {}
    for one in found:
        if one.state == COUNTED:
            counts[one.unit] = counts.get(one.unit, 0) + 1
    found = [_conflict(one) if counts.get(one.unit, 0) > 1 and one.state == COUNTED else one for one in found]
    return Merged(tuple(found), _files(found), _rows(found))


def _conflict(one: Returned) -> Returned:
    """Two different lists of one unit: a person must choose, neither counts."""
    problem = Problem(one.file, one.unit, 0, "", "", "TSK-113")
    return replace(one, state=CONFLICT, answers={}, problems=(problem,), blank=0)


def _one(
    name: str,
    book: OurBook | Refusal,
    lists: Mapping[str, Sequence[Task]],
    stamp: Stamp,
    statuses: Sequence[str],
    as_of: date,
    seen: dict[str, str],
) -> Returned:
    if isinstance(book, Refusal):
        return _refused(name, "", "TSK-110", book.sentence)
    unit = book.stamp.unit
    if book.kind != KIND or unit not in lists:
        return _refused(name, unit, "TSK-111", unit)
    if (book.stamp.campaign, book.stamp.policy, book.stamp.year) != (stamp.campaign, stamp.policy, stamp.year):
        return _refused(name, unit, "TSK-112", f"{book.stamp.campaign} {book.stamp.year}")
    if book.sha256 in seen:
        return Returned(name, unit, DUPLICATE, {})
    seen[book.sha256] = name
    return _answers(name, unit, book, lists[unit], statuses, as_of)


def _refused(name: str, unit: str, code: str, value: str = "") -> Returned:
    return Returned(name, unit, REFUSED, {}, (Problem(name, unit, 0, "", "", code, value),))


def _answers(
    name: str, unit: str, book: OurBook, issued: Sequence[Task], statuses: Sequence[str], as_of: date
) -> Returned:
    head = labels()
    known = {(line.task_no, line.clause) for line in issued}
    answers: dict[tuple[str, str], Answer] = {}
    problems: list[Problem] = []
    blank = 0
    for number, line in table(book.sheets.get(head["sheet"], ()), [head["task_no"], head["status"]]):
        cell = {key: text_of(line.get(label)) for key, label in head.items()}
        cell |= {key: said(cell[key]) for key in ("owner", "evidence", "reason")}
        key = (cell["task_no"], cell["clause"])
        if not cell["task_no"] and not cell["status"]:
            continue
        given = any(cell[part] for part in ("status", "done_date", "evidence", "owner", "reason"))
        raw = line.get(head["done_date"])
        answer = Answer(number, cell["status"], cell["owner"], day_of(raw), cell["evidence"], cell["reason"])
        code, value = "", ""
        if key not in known:
            code, value = "TSK-107", "　".join(filter(None, key))
        elif key in answers:
            code = "TSK-108"
        elif given:
            code, value = problem_of(answer, statuses, as_of, text_of(raw))
        if code:
            problems.append(Problem(name, unit, number, *key, code, value))
        elif given:
            answers[key] = answer
        else:
            blank += 1
    return Returned(name, unit, COUNTED, answers, tuple(problems), blank)


def _files(found: Sequence[Returned]) -> dict[str, int]:
    return {"total": len(found)} | {state: sum(one.state == state for one in found) for state in STATES}


def _rows(found: Sequence[Returned]) -> dict[str, int]:
    own = [one for one in found if one.state == COUNTED]
    parts = {
        "merged": sum(len(one.answers) for one in own),
        "rejected": sum(len(one.problems) for one in own),
        "blank": sum(one.blank for one in own),
    }
    return {"read": sum(parts.values()), **parts}
