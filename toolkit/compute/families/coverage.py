"""C6: done out of due, from rows.

Source: calculations C6; YZ-2.2-h, 2.3-h; YN-02-e, 08-f, 08-h, 10-b, 12-b, 13-b and others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.over_rows import Resting, filled
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import coverage
from toolkit.compute.periods import day_after
from toolkit.compute.reader import Reader
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED
from toolkit.model.rows import Row

NAMED = 5
"""How many missing subjects a reason names; the evidence rows name all."""


def percent(done: Decimal | int, due: Decimal | int) -> str:
    """A share for reading: two places, half-up; never used for comparing.

    >>> percent(117, 118), percent(1749, 2500)
    ('99.15%', '69.96%')
    """
    return f"{(Decimal(done) * 100 / Decimal(due)).quantize(Decimal('0.01'), ROUND_HALF_UP)}%" if due else ""


def plain(value: Decimal | int | None) -> str:
    """A number without trailing zeros or exponent; empty for None.

    >>> plain(Decimal("300.00")), plain(Decimal("1E+2")), plain(None)
    ('300', '100', '')
    """
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share_figures(done: Decimal | int | None, due: Decimal | int | None) -> dict[str, str]:
    """done, due, rate and percent as text."""
    figures = {"done": plain(done), "due": plain(due)}
    if done is not None and due:
        figures |= {"rate": f"{plain(done)}/{plain(due)}", "percent": percent(done, due)}
    return figures


COVERAGE_KEYS = {
    "达标": "COVER-MET",
    "预警": "COVER-MISSING",
    "不达标": "COVER-MISSING",
    "不适用": "COVER-NONE",
    "无法判定": "COVER-UNKNOWN",
}


def coverage_key(case: Case, level: str) -> str:
    """The code of the reason; a miss of a dated duty names its date."""
    key = COVERAGE_KEYS[level]
    return f"{key}-BY" if key == "COVER-MISSING" and case.compiled.span.deadline else key


def named(subjects: Iterable[object]) -> str:
    """The first of the missing subjects, as a reason names them.

    >>> named(["01", "02"]), named([])
    ('：01、02', '')
    """
    names = [str(subject) for subject in subjects]
    return ("：" + "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")) if names else ""


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows elsewhere that fulfil a row: their `key` holds the row's `by`."""

    rows: RowFilter
    key: str
    by: str


@dataclass(frozen=True, slots=True)
class Settling:
    """Newly set up rows are not due yet: `days` after `since`, if that lies after the deadline."""

    since: str
    days: Number

    def waits(self, case: Case, row: Row) -> bool:
        """Whether the row is still settling."""
        start: date | None = getattr(row, self.since)
        if start is None or (case.deadline and start <= case.deadline):
            return False
        return case.as_of <= day_after(start, int(case.number(self.days)))


@dataclass(frozen=True, slots=True)
class RowCoverage(Resting):
    """The evaluator of `family: coverage`: rows that are due, and what makes one done.

    Args:
        done: conditions on the row itself; or `linked`: a row elsewhere.
        unsure: columns in which an empty cell makes the whole share unknown.
    """

    rows: RowFilter
    subject: str
    done: tuple[Condition, ...]
    linked: Linked | None
    unsure: tuple[str, ...]
    settling: Settling | None
    what: str

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The rows that are due and those that fulfil them."""
        return (self.rows, *((self.linked.rows,) if self.linked else ()))

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What makes a row done, here or elsewhere."""
        return self.done or filled(self.linked.by if self.linked else "")

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit; the reason names what is missing."""
        due = [row for row in case.rows(self.rows) if not (self.settling and self.settling.waits(case, row))]
        words = {"what": self.what, "missing": "", "deadline": str(case.deadline or "")}
        open_rows = self._open(case)
        if open_rows:
            yield Judged(UNDETERMINED, "COVER-BLANK", {"blank": str(len(open_rows))}, words, self._shown(open_rows))
            return
        passes = self._passes(case)
        missing = [row for row in due if not passes(row)]
        if hidden := self._hidden(case, missing):
            words["missing"] = named(getattr(row, self.subject) for row in hidden)
            yield Judged(UNDETERMINED, "COVER-ELSEWHERE", {"hidden": str(len(hidden))}, words, self._shown(hidden))
            return
        done = len(due) - len(missing)
        level = coverage(done, len(due), closed=case.closed, hard=case.hard)
        words["missing"] = named(getattr(row, self.subject) for row in missing)
        yield Judged(
            level, coverage_key(case, level), share_figures(done, len(due)), words, self._shown(missing or due)
        )

    def _hidden(self, case: Case, missing: list[Row]) -> list[Row]:
        """Missing rows whose other row nobody can look up."""
        if not self.linked:
            return []
        hidden, by = hidden_rows(case, self.linked), self.linked.by
        case.note(self.linked.rows.sheet, _about(hidden, missing, by))
        return [row for row in missing if getattr(row, by) in hidden]

    def _shown(self, rows: list[Row]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        return ((self.rows.sheet, tuple(rows)),)

    def _open(self, case: Case) -> list[Row]:
        if not self.unsure:
            return []
        return [
            row for row in case.rows(self.rows, self.unsure) if any(getattr(row, name) is None for name in self.unsure)
        ]

    def _passes(self, case: Case):
        if self.linked:
            fulfilling, by = linked_rows(case, self.linked), self.linked.by
            case.note(self.linked.rows.sheet, _about(fulfilling, case.rows(self.rows), by))
            return lambda row: getattr(row, by) in fulfilling
        return RowFilter(self.rows.sheet, self.done).bound(case.context, case.day)


def linked_rows(case: Case, linked: Linked) -> Mapping[str, Sequence[Row]]:
    """The rows that can fulfil another by their key, over all workbooks; made once a filter."""
    cache = case.context.scratch
    at = (id(linked), case.day)
    if at not in cache:
        cache[at] = _by_key(case.context.select(linked.rows, case.day), linked.key)
    return cache[at]


def hidden_rows(case: Case, linked: Linked) -> Mapping[str, Sequence[Row]]:
    """Keys that nobody can look up: of refused rows, with these, and of organisations whose unit did not return."""
    context, at = case.context, ("hidden", id(linked), case.day)
    if at not in context.scratch:
        found = _by_key(context.refused(linked.rows, case.day), linked.key)
        if linked.rows.sheet == "party_org":
            away = (unit for unit in context.units if unit.code not in context.dataset.returned)
            found = {org.code: [] for unit in away for org in unit.orgs} | found
        context.scratch[at] = {key: rows for key, rows in found.items() if key is not None}
    return context.scratch[at]


def _by_key(rows: Mapping[str, Iterable[Row]], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in (row for own in rows.values() for row in own):
        found.setdefault(getattr(row, key), []).append(row)
    return found


def _about(rows: Mapping[str, Sequence[Row]], subjects: Iterable[Row], by: str) -> list[Row]:
    """The rows whose key some subject names."""
    return [row for subject in subjects for row in rows.get(getattr(subject, by), ())]


def compile_coverage(reader: Reader) -> RowCoverage:
    """`family: coverage` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    linked = None
    if part := reader.part("linked"):
        other = part.rows()
        assert other is not None
        linked = Linked(other, part.column("key", other.sheet), part.column("by", rows.sheet))
        part.done()
    settling = None
    if part := reader.part("settling"):
        settling = Settling(part.column("since", rows.sheet), part.number("days") or Number(Decimal(0)))
        part.done()
    done = reader.conditions("done", rows.sheet)
    if bool(done) == bool(linked):
        reader.fail("“done”和“linked”应有且只有一个")
    return RowCoverage(
        rows=rows,
        subject=reader.column("subject_column", rows.sheet),
        done=done,
        linked=linked,
        unsure=reader.columns("unsure", rows.sheet),
        settling=settling,
        what=reader.text("what"),
    )


@dataclass(frozen=True, slots=True)
class Presence(Resting):
    """The evaluator of `family: exists`: rows must exist where a statistic reaches a threshold (YN-02-d)."""

    rows: RowFilter
    stat: str
    minimum: Number
    what: str

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The rows that must exist."""
        return (self.rows,)

    @property
    def stats(self) -> tuple[str, ...]:
        """The statistic."""
        return (self.stat,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        value, stat_rows = case.stat(self.stat)
        minimum, rows = case.number(self.minimum), case.rows(self.rows)
        figures = {"value": plain(value), "minimum": plain(minimum), "n": str(len(rows))}
        evidence = (("annual_stat", stat_rows), (self.rows.sheet, tuple(rows)))
        words = {"what": self.what}
        if rows:
            level, key = "达标", "EXISTS-MET"
        elif value is None:
            level, key = UNDETERMINED, "EXISTS-UNKNOWN"
        elif value < minimum:
            level, key = NOT_APPLICABLE, "EXISTS-FEW"
        else:
            level, key = coverage(0, 1, closed=case.closed, hard=case.hard), "EXISTS-MISSING"
        yield Judged(level, key, figures, words, evidence)


def compile_exists(reader: Reader) -> Presence:
    """`family: exists` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return Presence(
        rows=rows,
        stat=reader.stat("stat"),
        minimum=reader.number("minimum") or Number(Decimal(1)),
        what=reader.text("what"),
    )
