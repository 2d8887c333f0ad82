"""任务项目化、项目清单化、清单责任化: one list of duties an office, and the answers merged back.

A duty is a clause that the year asks something of; whoever the text makes responsible for it has it on its list, with
one answer. What is only a statement of principle (`not_encoded` of the pack) is none.

Source: YN-S7-b; systems table, 任务项目化; the clauses' 牵头、责任单位.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

DONE, NOT_APPLICABLE = "已完成", "不适用"
RECORD = ".xltool/duty_lists.json"
"""Which lists were written last, see `toolkit.ours`."""
LISTS = "lists"
"""The kind of the lists in the record."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an office says about one duty; `row` is the Excel row."""

    row: int
    status: str
    done_date: date | None
    evidence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of a returned list that cannot be merged, or a file (row 0); `code` is one of the catalogue."""

    file: str
    office: str
    sheet: str
    row: int
    clause: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Returned:
    """One returned list.

    Args:
        office: key of its office, "" = nobody's; state: counted, superseded, duplicate, conflict or refused.
        filled: the day on which it says that it was filled in.
        answers: clause → answer; followed: (clause, name of the unit) → what became of its shortfall.
        problems: rows that were refused, with the reason; blank: rows without any answer.
    """

    file: str
    office: str
    state: str
    filled: date | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    followed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    blank: int = 0


def problem_of(answer: Answer, statuses: Sequence[str], as_of: date, raw_date: str) -> tuple[str, str]:
    """(code, value) of what is wrong with an answer; ("", "") when nothing is.

    Source: C13: 已完成 wants a date, 不适用 wants a reason.
    """
    if answer.status not in statuses:
        return ("TSK-101", answer.status) if answer.status else ("TSK-102", "")
    if raw_date and answer.done_date is None:
        return "TSK-103", raw_date
    if answer.status == DONE and answer.done_date is None:
        return "TSK-104", ""
    if answer.done_date and answer.done_date > as_of:
        return "TSK-105", answer.done_date.isoformat()
    if answer.status == NOT_APPLICABLE and not answer.reason:
        return "TSK-106", ""
    return "", ""
