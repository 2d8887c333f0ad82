"""One indicator over all subjects: who is concerned, what is missing, and what the family says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from toolkit.compute.context import STATS, Context, Unset
from toolkit.compute.doubts import Doubts, doubts_of, in_words
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import past
from toolkit.compute.periods import Period, half_years, quarters, year_of
from toolkit.compute.spans import Span
from toolkit.model.duties import AREA_SUBJECTS, EVERYBODY, NOBODY, SPEAKS_FOR, Duty, area_levels, judged_above, refusal
from toolkit.model.policy import Indicator
from toolkit.model.records import Doubt
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED, UNSET, Result
from toolkit.model.rows import Row
from toolkit.model.standing import AGAIN, CHOOSE
from toolkit.model.unit import Unit

NOTHING: Mapping[str, str] = {}
_NOT_COUNTED = {CHOOSE: "VERSION-OPEN", AGAIN: "FILE-REFUSED"}
WHATEVER_THE_ROWS = ("OUT-EFFECTIVE", "OUT-FUTURE", "OUT-HELD")
"""Reasons of 不适用 that no row could change."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a family says about one subject.

    Args:
        key: code of the reason in the catalogue; its placeholders are `figures` and `words`.
        figures: exact values as text; words: facts that are no figures.
        rows: (sheet, rows) that the level rests on.
        parameter: name of the open parameter that leaves the subject 未评.
    """

    level: str
    key: str
    figures: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    rows: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    subject: str = ""
    parameter: str = ""


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
        """Conditions on one row by which it is met or missed; the form must allow both."""
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
    """

    indicator: Indicator
    span: Span
    family: Family
    duty: Duty = EVERYBODY
    everywhere: bool = False

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
        return self._of_units(self.context.select(rows, self.day, ignoring))

    def refused(self, rows: RowFilter) -> list[Row]:
        """Refused rows of the case that pass a filter or could."""
        return self._of_units(self.context.refused(rows, self.day))

    def lossy(self, rows: RowFilter) -> list[Row]:
        """Merged rows of the case that lost a cell and pass a filter or could."""
        return self._of_units(self.context.lossy(rows, self.day))

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
            return (None, ()) if row is None else (row.value, (row,))
        rows = tuple(row for row in found if row is not None)
        if not rows or len(rows) < len(found) or any(row.value is None for row in rows):
            return None, rows
        return sum((Decimal(row.value) for row in rows), Decimal(0)), rows

    def number(self, number: Number) -> Decimal:
        """A threshold in force."""
        return self.context.number(number)


def judge(compiled: Compiled, context: Context) -> Iterator[Result]:
    """All results of one indicator; every unit has at least one."""
    outside = _outside(compiled, context)
    if compiled.area:
        yield from _area(compiled, context, outside)
        return
    for unit in context.units:
        yield from _unit(compiled, context, unit, outside)


def _outside(compiled: Compiled, context: Context) -> Judged | None:
    """Why the clause is not judged at all in this year; None when it is."""
    policy = context.policy
    ended = policy.ends is not None and context.year > policy.ends.year
    if context.year < policy.first_year or ended or context.as_of < policy.effective:
        words = {"start": policy.effective.isoformat(), "year": str(context.year)}
        return Judged(NOT_APPLICABLE, "NOT-IN-FORCE", words=words)
    if not compiled.span.covers(context.year):
        first = compiled.span.only or (compiled.span.first.year if compiled.span.first else "")
        return Judged(NOT_APPLICABLE, "OTHER-YEAR", words={"year": str(context.year), "only": str(first)})
    return None


def _unit(compiled: Compiled, context: Context, unit: Unit, outside: Judged | None) -> Iterator[Result]:
    case = Case(context, compiled, (unit.code,), unit.code)
    gate = outside or bears(compiled.duty, context, unit) or _returned(compiled, context, unit.code)
    for judged in (gate,) if gate else _judged(case):
        yield result(case, judged)


def bears(duty: Duty, context: Context, unit: Unit) -> Judged | None:
    """Why a unit does not bear a duty, or why nobody knows; None when it does."""
    reason = refusal(duty, lambda name: context.attribute(unit, name))
    if reason is None:
        return None
    label = context.attribute_label(reason.attribute)
    words = {"label": label, "value": reason.value, "allowed": "、".join(reason.allowed)}
    if not reason.known:
        return Judged(UNDETERMINED, "UNKNOWN-ATTRIBUTE", words=words)
    if reason.attribute != SPEAKS_FOR:
        return Judged(NOT_APPLICABLE, "OTHER-BEARER", words=words)
    return Judged(NOT_APPLICABLE, "NOT-SPEAKING" if reason.value == NOBODY else "OTHER-AREA", words=words)


def _returned(compiled: Compiled, context: Context, unit: str) -> Judged | None:
    if unit not in context.dataset.returned:
        return Judged(UNDETERMINED, _away(context, (unit,)))
    sheet = context.missing_sheet(unit, compiled.sheets)
    return Judged(UNDETERMINED, "SHEET-MISSING", words={"sheet": sheet}) if sheet else None


def _away(context: Context, units: Iterable[str]) -> str:
    """Code of the reason why nothing is known of some units: what is to be done about the first of them."""
    found = {context.dataset.pending.get(unit, "") for unit in units}
    return next((code for standing, code in _NOT_COUNTED.items() if standing in found), "NOT-RETURNED")


def _judged(case: Case) -> list[Judged]:
    """What the family says; refused rows and lost cells make it 无法判定 where it would be a level.

    Open parameters make it 未评, whatever the rows.
    """
    try:
        found = list(case.compiled.family.judge(case))
        doubts = doubts_of(case)
    except Unset as open_parameter:
        known = open_parameter.parameter
        return [Judged(UNSET, "PARAMETER-OPEN", words={"parameter": known.title}, parameter=known.name)]
    if not doubts or all(item.level == UNSET or item.key in WHATEVER_THE_ROWS for item in found):
        return found
    if case.compiled.information:
        return [_partial(case, item, doubts) for item in found]
    if doubts.whole:
        return [_doubted(case, [*doubts.whole, *doubts.alone])]
    return _one_by_one(case, found, doubts.alone)


def _doubted(case: Case, doubts: list[Doubt]) -> Judged:
    """无法判定 because of refused rows or lost cells; about the row where it is only one."""
    form = case.context.dataset.form
    key, figures, words = in_words(doubts, form)
    rows = tuple((doubt.sheet, doubt.rows) for doubt in doubts)
    concerned = {(doubt.sheet, row) for doubt in doubts for row in doubt.rows}
    names = [getattr(row, form.by_name[sheet].key[0]) for sheet, row in concerned if form.by_name[sheet].key]
    return Judged(UNDETERMINED, key, figures, words, rows, str(names[0] or "") if len(names) == 1 else "")


def _one_by_one(case: Case, found: list[Judged], doubts: list[Doubt]) -> list[Judged]:
    """Each row is judged alone: what does not show a doubtful row stands, and every doubt has a result of its own."""
    doubtful = {row for doubt in doubts for row in doubt.rows}
    stands = [item for item in found if item.rows and not any(row in doubtful for _, rows in item.rows for row in rows)]
    return [*stands, *(_doubted(case, [doubt]) for doubt in doubts)]


def _partial(case: Case, item: Judged, doubts: Doubts) -> Judged:
    """A figure without a level, said to be incomplete."""
    if "listing" not in item.words:
        return item
    key, figures, words = in_words([*doubts.whole, *doubts.alone], case.context.dataset.form)
    note = case.context.sentence(f"PARTIAL-{key}", {**figures, **words})
    return replace(item, words={**item.words, "listing": f"{item.words['listing']}{note}"})


def _area(compiled: Compiled, context: Context, outside: Judged | None) -> Iterator[Result]:
    """One result for the area; the other units get 不适用, because the duty is not theirs."""
    bearing = bearing_units(compiled, context)
    speaker = bearing[0].code if len(bearing) == 1 else ""
    for unit in context.units:
        if unit.code == speaker:
            continue
        own = Case(context, compiled, (unit.code,), unit.code)
        if compiled.information and not outside and unit.code in context.dataset.returned:
            yield from (result(own, item) for item in _judged(own))
        else:
            key = _away(context, (unit.code,)) if compiled.information else "AREA-SHARED"
            yield result(own, outside or bears(compiled.duty, context, unit) or Judged(NOT_APPLICABLE, key))
    yield from _area_result(compiled, context, bearing, speaker, outside)


def bearing_units(compiled: Compiled, context: Context) -> list[Unit]:
    """The units that bear a duty, in official order; of an area's duty, those that speak for the area."""
    return [unit for unit in context.units if bears(compiled.duty, context, unit) is None]


def _area_result(
    compiled: Compiled, context: Context, bearing: list[Unit], speaker: str, outside: Judged | None
) -> Iterator[Result]:
    returned = tuple(unit.code for unit in context.units if unit.code in context.dataset.returned)
    speaking = tuple(unit.code for unit in bearing if unit.code in returned)
    units = returned if compiled.everywhere or compiled.information else speaking
    case = Case(context, compiled, units, speaker)
    gate = outside
    if gate is None and not bearing and not compiled.information:
        gate = _nobody(compiled, context)
    if gate is None and len(speaking) < len(bearing) and not compiled.information:
        away = (unit.code for unit in bearing if unit.code not in returned)
        gate = Judged(UNDETERMINED, _away(context, away))
    for judged in (gate,) if gate else _judged(case):
        yield result(case, judged)


def _nobody(compiled: Compiled, context: Context) -> Judged:
    """What holds for an area's duty that no unit of the round bears: a level above judges it, or the list is wrong."""
    label = context.attribute_label(SPEAKS_FOR)
    if above := judged_above(compiled.duty, context.units, context.dataset.form):
        return Judged(NOT_APPLICABLE, "UPPER-LEVEL", words={"level": above, "label": label})
    levels = "、".join(sorted(area_levels((compiled.duty,))))
    return Judged(UNDETERMINED, "AREA-NOBODY", words={"level": levels, "label": label})


def result(case: Case, judged: Judged) -> Result:
    """The result of one subject; a clause that only lists has no level, whatever is missing."""
    context = case.context
    figures, reason = context.said(judged.key, judged.figures, judged.words)
    pieces = [context.evidence(sheet, rows) for sheet, rows in judged.rows if rows]
    evidence = pieces[0] if len(pieces) == 1 else tuple(item for piece in pieces for item in piece)
    return Result(
        unit=case.unit,
        subject=judged.subject or case.unit,
        clause=case.compiled.clause,
        level=NOT_APPLICABLE if case.compiled.information else judged.level,
        figures=figures,
        reason=reason,
        evidence=evidence,
        fix=context.fix(judged.key, judged.figures, judged.words),
        code=judged.key,
        parameter=judged.parameter,
    )
