"""任务项目化、项目清单化、清单责任化: one list per responsible unit, and the answers merged back.

One row a bundle of tasks.yaml, below it the clauses for which the unit is responsible; an answer given for the
bundle counts for its clauses, an answer given for a clause goes before it.

Source: YN-S7-b; forms.md, task bundles; systems table, 任务项目化.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.model.form import Form
from toolkit.model.policy import Clause, Policy

DONE, NOT_APPLICABLE = "已完成", "不适用"
_SPLIT = re.compile(r"[;；]")


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a list.

    Args:
        clause: "" on the row of the bundle, whose clauses follow.
    """

    task_no: str
    clause: str
    section: str
    requirement: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a responsible unit says about one row; `row` is the Excel row."""

    row: int
    status: str
    owner: str
    done_date: date | None
    evidence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of a returned list that cannot be merged, or a file; `code` is one of the catalogue."""

    file: str
    unit: str
    row: int
    task_no: str
    clause: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Returned:
    """One returned list.

    Args:
        state: counted, duplicate, conflict or refused.
        answers: (task number, clause) → answer; problems: rows that were refused, with the reason.
        blank: rows without any answer.
    """

    file: str
    unit: str
    state: str
    answers: Mapping[tuple[str, str], Answer]
    problems: tuple[Problem, ...] = ()
    blank: int = 0


def responsible(clause: Clause) -> tuple[str, ...]:
    """The responsible units of a clause; where the policy names none, those who bear the duty."""
    named = clause.responsible_units or tuple(_SPLIT.split(clause.duty_bearer))
    return tuple(dict.fromkeys(name.strip() for name in named if name.strip()))


def task_lists(policy: Policy, form: Form, year: int) -> dict[str, tuple[Task, ...]]:
    """Responsible unit → its list, units in the order in which the text names them.

    Every clause of every bundle is in the list of each of its responsible units, and in no other.
    """
    due = due_days(form, year)
    lists: dict[str, list[Task]] = {}
    for bundle in policy.bundles:
        own: dict[str, list[Clause]] = {}
        for code in bundle.clauses:
            for unit in responsible(policy.clauses[code]):
                own.setdefault(unit, []).append(policy.clauses[code])
        for unit, clauses in own.items():
            day = due.get(bundle.task_no, date(year, 12, 31))
            lines = lists.setdefault(unit, [])
            lines.append(Task(bundle.task_no, "", bundle.section, bundle.title, day))
            lines += [Task(bundle.task_no, one.id, one.section, one.quote, day) for one in clauses]
    return {unit: tuple(lines) for unit, lines in lists.items()}


def due_days(form: Form, year: int) -> dict[str, date]:
    """Task number → the day on which it is due, as the task sheet prints it."""
    rows = form.by_name["task"].fixed_rows if "task" in form.by_name else ()
    days = {row.key: row.values.get("due_date", "").format(year=year) for row in rows}
    return {key: date.fromisoformat(day) for key, day in days.items() if day}


def nobody(policy: Policy) -> tuple[str, ...]:
    """Clauses of the bundles for which the text names nobody."""
    return tuple(code for bundle in policy.bundles for code in bundle.clauses if not responsible(policy.clauses[code]))


def effective(lines: Sequence[Task], answers: Mapping[tuple[str, str], Answer]) -> list[tuple[Task, Answer | None]]:
    """Every row with the answer that counts for it: its own, else that of its bundle."""
    return [(line, answers.get((line.task_no, line.clause)) or answers.get((line.task_no, ""))) for line in lines]


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


def tally(pairs: Iterable[tuple[Task, Answer | None]], statuses: Sequence[str]) -> dict[str, int]:
    """How many clauses stand at each status; "" = no answer."""
    counts = dict.fromkeys((*statuses, ""), 0)
    for line, answer in pairs:
        if line.clause:
            counts[answer.status if answer else ""] += 1
    return counts
