"""How far every unit has met every clause: levels with figures, reasons and the rows they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from toolkit.compute.context import Context
from toolkit.compute.families.checklist import ticks
from toolkit.compute.families.combined import Combined, by_clause
from toolkit.compute.figures import advised, cells_of, natures_of, terms_of, unit_figures
from toolkit.compute.indicators import LAST, compile_indicators, family_form
from toolkit.compute.judging import judge
from toolkit.compute.trace import Trace
from toolkit.model.batch import Dataset
from toolkit.model.catalogue import entry
from toolkit.model.policy import Parameters, Policy, Value
from toolkit.model.reports import ComplianceReport
from toolkit.model.result import Result


def compliance(
    dataset: Dataset, policy: Policy, parameters: Parameters, as_of: date, extra: Sequence[Result] = ()
) -> ComplianceReport:
    """All results of the report year, and each unit's figures over its clauses (`toolkit.compute.figures`).

    Args:
        as_of: the day of judgement; a deadline day is still open.
        extra: results of clauses that are computed elsewhere (the allowances); they are part of the units' figures.
    Raises: DefinitionError: an indicator of the pack is wrong; with file and line.
    """
    context = Context(dataset, policy, parameters, as_of)
    compiled = [*compile_indicators(policy, dataset.form), *ticks(policy)]
    results = [*extra]
    for item in compiled:
        if not isinstance(item.family, LAST):
            results += judge(item, context)
    for family in LAST:
        resting = [item for item in compiled if isinstance(item.family, family)]
        context.scratch["results"] = by_clause(results) if resting else {}
        for item in resting:
            results += judge(item, context)
    ordered = advised(_in_order(results, context), policy)
    cells, units = cells_of(ordered, natures_of(policy, parameters)), [unit.code for unit in context.units]
    terms = terms_of(parameters)
    return ComplianceReport(
        policy=policy.id,
        year=dataset.year,
        as_of=as_of,
        parameters={name: (text_of(value), parameters.origin(name)) for name, value in parameters.used.items()},
        results=tuple(ordered),
        units=unit_figures(cells, dataset, units, terms),
    )


def trace_of(
    clause: str, dataset: Dataset, policy: Policy, parameters: Parameters, as_of: date, results: Iterable[Result]
) -> Trace:
    """What the judgement of one clause reads and says, with what its parts read; empty where it is judged elsewhere.

    Args:
        results: of the round, of which a clause that rests on others takes the levels.
    """
    indicator, levels = policy.indicator_of.get(clause), tuple(results)
    small = replace(policy, indicators=(indicator,) if indicator else ())
    trace = Trace()
    context = Context(dataset, policy, parameters, as_of, trace)
    for compiled in (*compile_indicators(small, dataset.form), *ticks(policy)):
        if compiled.clause != clause:
            continue
        if isinstance(compiled.family, LAST):
            after = LAST[LAST.index(type(compiled.family)) :]
            later = {one.clause for one in policy.indicators if family_form(one) in after}
            context.scratch["results"] = by_clause(one for one in levels if one.clause not in later)
        for _ in judge(compiled, context):
            pass
        if isinstance(compiled.family, Combined):
            parts = compiled.family.clauses
            trace.with_parts(trace_of(part, dataset, policy, parameters, as_of, levels) for part in parts)
    return trace


def _in_order(results: list[Result], context: Context) -> list[Result]:
    """Units in official order, the area last, clauses in the order of the text, subjects in the order of the rows."""
    units = {unit.code: number for number, unit in enumerate(context.units)}
    clauses = {clause: number for number, clause in enumerate(context.policy.clauses)}
    return sorted(
        results,
        key=lambda result: (
            units.get(result.unit, len(units)),
            clauses.get(result.clause, len(clauses)),
            result.subject,
        ),
    )


def text_of(value: Value | None) -> str:
    """A parameter's value as people read it.

    >>> text_of(True), text_of(Decimal("0.70")), text_of(("老年节", "元旦春节")), text_of(None)
    ('是', '0.70', '老年节、元旦春节', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return entry("FLAG-YES" if value else "FLAG-NO").message
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
