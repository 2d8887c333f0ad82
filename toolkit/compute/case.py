"""One indicator on one unit: what it is, what a family sees of the round, and what the family says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Protocol, TypeVar

from toolkit.compute.context import STATS, Context
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import past
from toolkit.compute.lookups import Named
from toolkit.compute.periods import Period, half_years, quarters, year_of
from toolkit.compute.spans import Span
from toolkit.model.duties import AREA_SUBJECTS, EVERYBODY, Duty
from toolkit.model.policy import Indicator
from toolkit.model.records import Found
from toolkit.model.rows import Evidence, Row

NOTHING: Mapping[str, str] = {}
UNIT = "unit"
_Rows = TypeVar("_Rows", bound=Sequence[Row])


@dataclass(frozen=True, slots=True)
class Judged:
    """What a family says about one subject.

    Args:
        key: code of the reason in the catalogue; its placeholders are `figures` and `words`.
        figures: exact values as text; words: facts that are no figures.
        rows: (sheet, rows) that the level rests on; evidence: those of the results that it rests on.
        parameter: name of the open parameter that leaves the subject 未评.
        days: first and last day that were counted.
    """

    level: str
    key: str
    figures: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    rows: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    subject: str = ""
    parameter: str = ""
    days: tuple[date, date] | None = None
    evidence: tuple[Evidence, ...] = ()


class Family(Protocol):
    """A compiled indicator of one family."""

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Row filters whose refused rows and lost cells make a result 无法判定."""
        ...

    @property
    def alone(self) -> RowFilter | None:
        """Of the filters the one whose rows are each judged alone: a doubt about one of them is a result of its own."""
        ...

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """Row filters whose refused rows it weighs itself."""
        ...

    @property
    def stats(self) -> tuple[str, ...]:
        """Statistics that it reads."""
        ...

    @property
    def decides(self) -> tuple[Condition, ...]:
        """Conditions on one row by which it is met or missed."""
        ...

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """The levels it gives, besides 不适用, 无法判定 and 未评.

        Args:
            hard: whether a miss can be 不达标.
            closed: whether the time to meet the clause has passed (see `Case.closed`).
        """
        ...

    def judge(self, case: Case) -> Iterable[Judged]:
        """What it says about one unit, or about the area."""
        ...


@dataclass(frozen=True)
class Compiled:
    """An indicator ready to be judged.

    Args:
        duty: who bears it.
        everywhere: an area's figures come from all workbooks, not only from those of the area's level.
        named: the columns, totals and parameters that its definition names.
    """

    indicator: Indicator
    span: Span
    family: Family
    duty: Duty = EVERYBODY
    everywhere: bool = False
    named: Named = field(default_factory=Named)

    @property
    def clause(self) -> str:
        """Clause id."""
        return self.indicator.clause

    @property
    def area(self) -> bool:
        """Whether the whole area is the subject."""
        return self.indicator.subject in AREA_SUBJECTS

    @property
    def information(self) -> bool:
        """Whether the clause has figures but no level."""
        return self.indicator.force == "I"

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Sheets that the indicator reads."""
        names = dict.fromkeys(rows.sheet for rows in (*self.family.filters, *self.family.weighed))
        return (*names, *((STATS,) if self.family.stats else ()))


@dataclass(frozen=True)
class Case:
    """One indicator on one unit, or on the workbooks that speak for the area."""

    context: Context
    compiled: Compiled
    units: tuple[str, ...]
    unit: str

    def heard(self, unit: str) -> bool:
        """Whether the unit's return counts and has every sheet that is read."""
        sheets = self.compiled.sheets
        return unit in self.context.dataset.returned and not self.context.missing_sheet(unit, sheets)

    @property
    def as_of(self) -> date:
        """The day of judgement."""
        return self.context.as_of

    @property
    def year(self) -> int:
        """The report year."""
        return self.context.year

    @property
    def force(self) -> str:
        """H, S, S→H or I."""
        return self.compiled.indicator.force

    @property
    def hard(self) -> bool:
        """Whether a miss can be 不达标."""
        return self.force != "S" or self.context.strict

    @property
    def day(self) -> date:
        """The day on which rows must be in force: today, at most the end of the year that is judged."""
        return self.context.as_of if self.compiled.span.kind == "standing" else self.context.day

    @property
    def first_day(self) -> date:
        """The first day that counts: nothing could be overdue before the policy was in force."""
        return self.context.policy.effective

    def days_left_out(self, day: date | None) -> str:
        """What is said where days since a day are counted from the first day on only; "" where none are left out."""
        early = day is not None and day < self.first_day
        return self.context.sentence("COUNTED-FROM", {"day": self.first_day}) if early else ""

    @property
    def deadline(self) -> date | None:
        """The last day of the duty; None = due at once."""
        return self.compiled.span.last_day(self.year)

    @property
    def closed(self) -> bool:
        """Whether the time to meet the duty has passed."""
        return past(self.deadline, self.as_of)

    def periods(self) -> tuple[Period, ...]:
        """The periods of the report year that are counted one by one."""
        by_kind = {"quarter": quarters, "half-year": half_years}
        kind = self.compiled.span.kind
        return by_kind[kind](self.year) if kind in by_kind else (year_of(self.year),)

    def rows(self, rows: RowFilter, ignoring: tuple[str, ...] = ()) -> list[Row]:
        """Merged rows of the case that pass a filter."""
        found = self._of_units(self.context.select(rows, self.day, ignoring))
        if self.context.trace is not None:
            self.note(rows.sheet, [*found, *self._relations(rows)])
        return found

    def refused(self, rows: RowFilter) -> list[Row]:
        """Refused rows of the case that pass a filter or could."""
        return self.note(rows.sheet, self._of_units(self.context.refused(rows, self.day)))

    def lossy(self, rows: RowFilter) -> list[Row]:
        """Merged rows of the case that lost a cell and pass a filter or could."""
        return self.note(rows.sheet, self._of_units(self.context.lossy(rows, self.day)))

    def all_rows(self, sheet: str) -> list[Row]:
        """All merged rows of a sheet of the case."""
        return self.note(sheet, self._of_units(self.context.table(sheet).by_unit))

    def all_refused(self, sheet: str) -> list[Row]:
        """All refused rows of a sheet of the case."""
        return self.note(sheet, self._of_units(self.context.refused_table(sheet).by_unit))

    def own_row(self) -> Row | None:
        """The unit's row on the sheet `unit`; None when there is none."""
        row = self.context.unit_rows.get(self.unit)
        self.note(UNIT, () if row is None else (row,))
        return row

    def found(self, sheet: str, column: str, value: object) -> Found:
        """The record of the unit whose key column holds a value (see `toolkit.model.records`)."""
        found = self.context.records.lookup(sheet, column, value, self.unit)
        self.note(sheet, found.refused if found.row is None else (found.row,))
        return found

    def note(self, sheet: str, rows: _Rows) -> _Rows:
        """The same rows, noted as read for this case where a trace is kept."""
        if self.context.trace is not None:
            self.context.trace.read(self.unit, sheet, rows)
        return rows

    def learn_listed(self, label: str, value: object) -> None:
        """Notes what the unit list says, where a trace is kept."""
        self._learn("LISTED", label, value)

    def learn_prior(self, label: str, value: object) -> None:
        """Notes a figure of last year, where there is one and a trace is kept."""
        if value not in (None, ""):
            self._learn("LAST-YEAR", label, value)

    def _learn(self, source: str, label: str, value: object) -> None:
        if self.context.trace is not None:
            self.context.trace.learn(self.unit, self.context.sentence(source, {"label": label}), value)

    def _relations(self, rows: RowFilter) -> list[Row]:
        """The rows that say to which selections of organisations a row belongs: who is above and below whom."""
        if not rows.organisations:
            return []
        own, known = self._of_units(self.context.table(rows.sheet).by_unit), self.context.organisations
        below = [one.place for row in own for one in known.below(known.at(row.origin[1:]))]
        return [*own, *self.context.rows_at(rows.sheet, below)]

    def _of_units(self, by_unit: Mapping[str, list[Row]]) -> list[Row]:
        if len(self.units) == 1:
            return by_unit.get(self.units[0], [])
        return [row for unit in self.units for row in by_unit.get(unit, ())]

    def stat(self, key: str) -> tuple[Decimal | None, tuple[Row, ...]]:
        """A total and its rows; None when a unit of the case left it empty or has no such row."""
        stats = self.context.stats
        found = [stats.get(unit, {}).get(key) for unit in self.units]
        if len(found) == 1:
            row = found[0]
            return (None, ()) if row is None else (row.value, self.note(STATS, (row,)))
        rows = self.note(STATS, tuple(row for row in found if row is not None))
        if not rows or len(rows) < len(found) or any(row.value is None for row in rows):
            return None, rows
        return sum((Decimal(row.value) for row in rows), Decimal(0)), rows

    def number(self, number: Number) -> Decimal:
        """A threshold in force."""
        return self.context.number(number)
