"""C13: ticks of the task list, and consent to a registry.

A clause without figures is a row of the task list; the status of its bundle is inherited unless the clause has a
row of its own. Sensitive ticks (their metric names no evidence) ask for no evidence, so that no file is pointed to.

Source: calculations C13; YN-04-g, 08-g, 15-e.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from toolkit.compute.case import Case, Compiled, Judged
from toolkit.compute.families.base import Resting, filled
from toolkit.compute.fields import Conditions, OwnClause, Rows
from toolkit.compute.filters import Condition, RowFilter, interned
from toolkit.compute.levels import missed, past
from toolkit.compute.lookups import Reading
from toolkit.compute.spans import span_of
from toolkit.model.binder import Flag, Kind
from toolkit.model.duties import Duty, level_way
from toolkit.model.policy import Bundle, Indicator, Policy
from toolkit.model.records import Found
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, UNSET, WARNING
from toolkit.model.rows import Row

NOT_STARTED, RUNNING, DONE, EXEMPT = "未启动", "进行中", "已完成", "不适用"
TASKS = RowFilter("task")


def task_level(
    status: str | None,
    evidence: str | None,
    exempt_reason: str | None,
    due: date,
    as_of: date,
    *,
    needs_evidence: bool = True,
) -> tuple[str, str]:
    """Level and code of the reason for one row of the task list.

    >>> due = date(2025, 12, 31)
    >>> task_level("已完成", "A-3", None, due, date(2025, 8, 1))[0], task_level(None, None, None, due, due)[0]
    ('达标', '无法判定')
    >>> [task_level("未启动", None, None, due, day)[0] for day in (due, date(2026, 1, 1))]
    ['预警', '不达标']
    """
    if status == DONE:
        return (MET, "TASK-DONE") if evidence or not needs_evidence else (WARNING, "TASK-NO-EVIDENCE")
    if status == RUNNING:
        return WARNING, "TASK-RUNNING"
    if status == NOT_STARTED:
        return (NOT_MET, "TASK-OVERDUE") if past(due, as_of) else (WARNING, "TASK-NOT-STARTED")
    if status == EXEMPT:
        return (NOT_APPLICABLE, "TASK-EXEMPT") if exempt_reason else (UNDETERMINED, "TASK-EXEMPT-WHY")
    return UNDETERMINED, "TASK-BLANK"


def later(row: Row, as_of: date) -> bool:
    """Whether a task was done after the day of judgement: on that day it was not done yet."""
    return row.status == DONE and row.done_date is not None and row.done_date > as_of


def counted_task_level(level: str, key: str, *, closed: bool, hard: bool) -> tuple[str, str]:
    """The level of a task that a hard yearly rule asks for: not done when the year is over is a breach.

    >>> counted_task_level("预警", "TASK-RUNNING", closed=True, hard=True)[0]
    '不达标'
    """
    if key == "TASK-LATER":
        return missed(closed=closed, hard=hard), key
    if key in ("TASK-RUNNING", "TASK-NOT-STARTED", "TASK-OVERDUE"):
        return missed(closed=closed, hard=hard), "TASK-OVERDUE" if closed else key
    return level, key


def task_row(case: Case, clause: str, bundle: str) -> Found:
    """The row of a clause itself, otherwise of its bundle; a refused row that could be it goes before the bundle's."""
    own = case.found(TASKS.sheet, "task_no", clause)
    if own.row is not None or own.refused or bundle == clause:
        return own
    return case.found(TASKS.sheet, "task_no", bundle)


@dataclass(frozen=True)
class OwnBundle(Kind):
    """The task number of the bundle that the clause belongs to, or the clause itself; it is not written here."""

    written = False

    def read(self, at: Reading, key: str, default: object) -> str:
        """The task number."""
        clause = at.indicator.clause
        return next((bundle.task_no for bundle in at.policy.bundles if clause in bundle.clauses), clause)


@dataclass(frozen=True, slots=True)
class Tick(Resting):
    """One checklist clause.

    Args:
        bundle: task number of its bundle.
        due: the last day, where it is not that of the year.
    """

    steps = ("办理状态“{status}”，时限{due}，评定日{as_of}",)
    counted: ClassVar[bool] = False

    clause: Annotated[str, OwnClause()]
    bundle: Annotated[str, OwnBundle()]
    needs_evidence: Annotated[bool, Flag(key="evidence")] = False
    due: date | None = None

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The task list."""
        return (TASKS,)

    @property
    def decides(self) -> tuple[Condition, ...]:
        """The evidence of what is done, where it is asked for."""
        return filled("evidence_no") if self.needs_evidence else ()

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What is done without the evidence it asks for, or under way, is a reminder; a row may name an earlier day."""
        lenient = self.needs_evidence or not (self.counted and hard)
        late = missed(closed=closed, hard=hard) if self.counted else NOT_MET
        return (MET, *((WARNING,) if lenient else ()), late)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        found = task_row(case, self.clause, self.bundle)
        row = found.row
        if row is None:
            yield self._absent(case, found.refused)
            return
        due = row.due_date or self.due or date(case.year, 12, 31)
        level, key = (
            (WARNING, "TASK-LATER")
            if later(row, case.as_of)
            else task_level(
                row.status, row.evidence_no, row.na_reason, due, case.as_of, needs_evidence=self.needs_evidence
            )
        )
        if self.counted:
            level, key = counted_task_level(level, key, closed=case.closed, hard=case.hard)
        figures = {"status": row.status or "", "due": str(due)}
        if key == "TASK-LATER":
            figures["finished"] = str(row.done_date)
        yield Judged(level, key, figures, {}, (("task", (row,)),))

    def _absent(self, case: Case, refused: tuple[Row, ...]) -> Judged:
        figures = {"refused": str(len(refused))}
        if refused:
            sheet = case.context.dataset.form.by_name["task"].label
            return Judged(UNDETERMINED, "ROWS-REFUSED", figures, {"sheets": sheet}, (("task", refused),))
        if {self.clause, self.bundle} & case.context.dataset.not_issued.get(case.unit, frozenset()):
            return Judged(UNSET, "TASK-NOT-ISSUED")
        return Judged(UNDETERMINED, "TASK-ABSENT")


@dataclass(frozen=True, slots=True)
class Task(Tick):
    """`family: task`: a hard yearly rule that is a row of the task list."""

    family = "task"
    title = "任务清单"
    sentence = "任务清单中本条（或所在任务）的办理状态为已完成；到期没有完成的为不达标"
    scopes = ("unit",)
    counted = True


def ticks(policy: Policy) -> Iterator[Compiled]:
    """Every clause of the task bundles that has no indicator of its own."""
    for bundle in policy.bundles:
        duty = (level_way(policy, bundle.level),)
        for clause in bundle.clauses:
            if clause not in policy.indicator_of:
                yield _tick(policy, bundle, clause, duty)


def _tick(policy: Policy, bundle: Bundle, clause: str, duty: Duty) -> Compiled:
    record = policy.clauses[clause]
    span = span_of(record.period) or span_of("year")
    assert span is not None
    family = Tick(
        clause=clause,
        bundle=bundle.task_no,
        due=date(span.only, 12, 31) if span.only else None,
        needs_evidence="evidence_no" in record.metric,
    )
    return Compiled(Indicator(clause, "checklist", "H", record.period, "unit", {}), span, family, duty)


@dataclass(frozen=True, slots=True)
class Consent(Resting):
    """`family: share` of a registry that people join of their own will: all have agreed.

    Rows that say there is no consent are refused and only counted; they are never scored. Any other refused row could
    be one of the registry once put right.
    """

    family = "share"
    mark = "agreed"
    title = "本人同意"
    sentence = "{rows}，每一行都有{agreed}"
    steps = ("入库{n}人，同意的{agreed}人，没有采用的{refused}行",)
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    wanted: Annotated[tuple[Condition, ...], Conditions(key="agreed")]

    @property
    def agreed(self) -> RowFilter:
        """The rows that agreed."""
        return interned(RowFilter(self.rows.sheet, (*self.rows.conditions, *self.wanted), self.rows.active))

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The registry."""
        return (self.rows,)

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What makes a row of the registry one that agreed."""
        return self.wanted

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Consent is due as soon as somebody is in the registry."""
        return (MET, missed(closed=True, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        rows, agreed = case.rows(self.rows), case.rows(self.agreed)
        refused = case.all_refused(self.rows.sheet)
        level, key = consent_level(len(rows), len(agreed), hard=case.hard)
        if level in (MET, NOT_APPLICABLE) and (doubtful := [row for row in refused if not self._declined(case, row)]):
            sheet = case.context.dataset.form.by_name[self.rows.sheet].label
            facts = {"refused": str(len(doubtful))}
            shown = ((self.rows.sheet, tuple(doubtful)),)
            yield Judged(UNDETERMINED, "ROWS-REFUSED", facts, {"sheets": sheet}, shown)
            return
        figures = {"n": str(len(rows)), "agreed": str(len(agreed)), "refused": str(len(refused))}
        yield Judged(level, key, figures, {}, ((self.rows.sheet, tuple(rows)),))

    def _declined(self, case: Case, row: Row) -> bool:
        """Whether a refused row says, in a word that the form knows, that there is no consent."""
        form, typed = case.context.dataset.form, case.context.records.as_typed(self.rows.sheet)[row.origin]
        columns = form.by_name[self.rows.sheet].by_name
        for condition in self.agreed.conditions:
            test = condition.test(case.context)
            for name in condition.columns:
                value = getattr(typed, name)
                if condition.operator == "in" and value in form.choices(columns[name]) and not test(value):
                    return True
        return False


def consent_level(rows: int, agreed: int, *, hard: bool) -> tuple[str, str]:
    """Level and code of the reason for a registry with consent.

    >>> consent_level(0, 0, hard=True)[0], consent_level(2, 2, hard=True)[0]
    ('不适用', '达标')
    """
    if rows == 0:
        return NOT_APPLICABLE, "CONSENT-NOBODY"
    return (MET, "CONSENT-MET") if agreed == rows else (missed(closed=True, hard=hard), "CONSENT-MISSING")
