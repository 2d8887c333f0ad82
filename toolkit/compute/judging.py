"""One indicator over all subjects: who is concerned, what is missing, and what the family says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from toolkit.compute.case import Case, Compiled, Judged
from toolkit.compute.context import Context, Unset
from toolkit.compute.doubts import Doubts, doubted, doubts_of, in_words
from toolkit.model.duties import NOBODY, SPEAKS_FOR, Duty, area_levels, judged_above, refusal
from toolkit.model.records import Doubt
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED, UNSET, Result
from toolkit.model.standing import AGAIN, CHOOSE
from toolkit.model.unit import Unit

_NOT_COUNTED = {CHOOSE: "VERSION-OPEN", AGAIN: "FILE-REFUSED"}
WHATEVER_THE_ROWS = ("OUT-EFFECTIVE", "OUT-FUTURE", "OUT-HELD")
"""Reasons of 不适用 that no row could change."""


def judge(compiled: Compiled, context: Context) -> Iterator[Result]:
    """All results of one indicator; every unit has at least one."""
    outside = outside_of(compiled, context)
    if compiled.area:
        yield from _area(compiled, context, outside)
        return
    for unit in context.units:
        yield from _unit(compiled, context, unit, outside)


def outside_of(compiled: Compiled, context: Context) -> Judged | None:
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
    return _lacking(compiled, context, unit)


def _lacking(compiled: Compiled, context: Context, unit: str) -> Judged | None:
    """无法判定 where the unit's workbook lacks a sheet."""
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
        return [doubted(case, [*doubts.whole, *doubts.alone])]
    return _one_by_one(case, found, doubts.alone)


def _one_by_one(case: Case, found: list[Judged], doubts: list[Doubt]) -> list[Judged]:
    """Each row is judged alone: what does not show a doubtful row stands, and every doubt has a result of its own."""
    doubtful = {row for doubt in doubts for row in doubt.rows}
    stands = [item for item in found if item.rows and not any(row in doubtful for _, rows in item.rows for row in rows)]
    return [*stands, *(doubted(case, [doubt]) for doubt in doubts)]


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
    speaker = _speaker(bearing)
    for unit in context.units:
        if unit.code == speaker:
            continue
        own = Case(context, compiled, (unit.code,), unit.code)
        if compiled.information and not outside and unit.code in context.dataset.returned:
            yield from (result(own, item) for item in _judged(own))
        else:
            key = _away(context, (unit.code,)) if compiled.information else "AREA-SHARED"
            yield result(own, outside or bears(compiled.duty, context, unit) or Judged(NOT_APPLICABLE, key))
    yield from area_results(compiled, context)


def _speaker(bearing: list[Unit]) -> str:
    """The unit whose result the area's is; "" where several bear the duty together, or nobody."""
    return bearing[0].code if len(bearing) == 1 else ""


def bearing_units(compiled: Compiled, context: Context) -> list[Unit]:
    """The units that bear a duty, in official order; of an area's duty, those that speak for the area."""
    return [unit for unit in context.units if bears(compiled.duty, context, unit) is None]


def area_results(compiled: Compiled, context: Context) -> Iterator[Result]:
    """What is said of the area as a whole."""
    bearing, gate = bearing_units(compiled, context), outside_of(compiled, context)
    returned = tuple(unit.code for unit in context.units if unit.code in context.dataset.returned)
    speaking = tuple(unit.code for unit in bearing if unit.code in returned)
    units = returned if compiled.everywhere or compiled.information else speaking
    case = Case(context, compiled, units, _speaker(bearing))
    if gate is None and not bearing and not compiled.information:
        gate = _nobody(compiled, context)
    if gate is None and compiled.everywhere and context.dataset.awaits:
        gate = Judged(NOT_APPLICABLE, "MERGE-LATER", words={"names": "、".join(context.dataset.awaits)})
    if gate is None and len(speaking) < len(bearing) and not (compiled.information or compiled.everywhere):
        away = (unit.code for unit in bearing if unit.code not in returned)
        gate = Judged(UNDETERMINED, _away(context, away))
    if gate is None and not (compiled.information or compiled.everywhere):
        gate = next(filter(None, (_lacking(compiled, context, unit) for unit in speaking)), None)
    for judged in (gate,) if gate else _judged(case):
        yield result(case, judged)


def _nobody(compiled: Compiled, context: Context) -> Judged:
    """What holds for an area's duty that no unit of the round bears: a level above judges it, or the list is wrong."""
    label = context.attribute_label(SPEAKS_FOR)
    if above := judged_above(compiled.duty, context.units, context.dataset.form):
        key = "UPPER-REPORT" if context.gathered else "UPPER-LEVEL"
        return Judged(NOT_APPLICABLE, key, words={"level": above, "label": label})
    levels = "、".join(sorted(area_levels((compiled.duty,))))
    return Judged(UNDETERMINED, "AREA-NOBODY", words={"level": levels, "label": label})


def result(case: Case, judged: Judged) -> Result:
    """The result of one subject; a clause that only lists has no level, whatever is missing."""
    context = case.context
    figures, reason = context.said(judged.key, judged.figures, judged.words)
    pieces = [context.evidence(sheet, rows) for sheet, rows in judged.rows if rows]
    if judged.evidence:
        pieces.append(tuple(dict.fromkeys(judged.evidence)))
    evidence = pieces[0] if len(pieces) == 1 else tuple(item for piece in pieces for item in piece)
    found = Result(
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
    if context.trace is not None:
        context.trace.judged[case.unit].append((found, judged, case))
        for sheet, rows in judged.rows:
            case.note(sheet, rows)
    return found
