"""Counts what a director signs: results → cells → a line a unit (the notions: `toolkit.model.figures`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from toolkit.model.batch import Dataset
from toolkit.model.catalogue import entries, entry
from toolkit.model.figures import (
    FAILED,
    FINE,
    HARD,
    LISTED,
    NOT_BACK,
    OPEN,
    PROVED,
    SOFT,
    TASK,
    TOLD,
    WAITING,
    WARNED,
    Account,
    Cell,
    Figures,
    Miss,
    Terms,
    UnitFigures,
    is_breach,
    shares,
)
from toolkit.model.policy import Indicator, Parameters, Policy
from toolkit.model.reports import ComplianceReport
from toolkit.model.result import NOT_APPLICABLE, NOT_MET, UNDETERMINED, UNSET, WARNING, Result, worst
from toolkit.model.rows import Evidence

Cells = Mapping[tuple[str, str], Cell]
TERMS = ("overall_hard", "overall_open", "overall_soft")
TO_DO = (WARNING, NOT_MET, UNDETERMINED)
"""Levels at which somebody has to do something."""


def terms_of(parameters: Parameters) -> Terms:
    """The terms of 总评 in force; what their values can be is seen to where they are read."""
    return Terms(*(int(str(parameters.get(name))) for name in TERMS))


def natures_of(policy: Policy, parameters: Parameters) -> dict[str, str]:
    """The nature of every clause; under `strict_soft` (A25) soft clauses are hard."""
    strict = "strict_soft" in policy.parameters and parameters.get("strict_soft") is True
    return {clause: nature_of(policy.indicator_of.get(clause), strict=strict) for clause in policy.clauses}


def nature_of(indicator: Indicator | None, *, strict: bool = False) -> str:
    """硬性, 软性, 登记 by the force of the clause's indicator, or 任务.

    Args:
        indicator: None = the clause is a row of the task list and nothing else.
        strict: soft clauses count as hard.
    """
    if indicator is None or indicator.family == "task":
        return TASK
    if indicator.force == "I":
        return LISTED
    return SOFT if indicator.force == "S" and not strict else HARD


def cells_of(results: Iterable[Result], natures: Mapping[str, str]) -> dict[tuple[str, str], Cell]:
    """One cell for each unit and clause, in the order of the results."""
    grouped: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        grouped.setdefault((one.unit, one.clause), []).append(one)
    return {key: _cell(own, natures[key[1]]) for key, own in grouped.items()}


def _cell(own: list[Result], nature: str) -> Cell:
    level = worst(one.level for one in own)
    there = [one for one in own if one.level == level]
    first = there[0]
    sure = [one.level for one in own if not _suspects(one)]
    return Cell(
        unit=first.unit,
        clause=first.clause,
        nature=nature,
        level=level,
        verdict=worst(sure) if sure else "",
        reason=first.reason,
        fix=first.fix,
        code=first.code,
        subjects=len(there),
        row=_first_row(first),
        parameter=first.parameter,
        misses=tuple(Miss(one.subject, one.reason, one.fix, _first_row(one)) for one in there if level in TO_DO),
    )


def _first_row(one: Result) -> Evidence | None:
    return one.evidence[0] if one.evidence else None


def _suspects(one: Result) -> bool:
    """Whether a result only suspects something: a person must look before it counts."""
    return one.level == WARNING and one.code in entries() and entry(one.code).suspicion


def unit_figures(cells: Cells, dataset: Dataset, codes: Iterable[str], terms: Terms) -> tuple[UnitFigures, ...]:
    """The figures of some units, in their order.

    Args:
        codes: units of the list, and units that returned without being on it.
    """
    own: dict[str, list[Cell]] = {code: [] for code in codes}
    for (unit, _), cell in cells.items():
        if unit in own:
            own[unit].append(cell)
    return tuple(
        _counted(code, mine, terms)
        if code in dataset.returned
        else UnitFigures(code, WAITING.get(dataset.pending.get(code, ""), NOT_BACK))
        for code, mine in own.items()
    )


def _counted(code: str, cells: list[Cell], terms: Terms) -> UnitFigures:
    proved = [cell for cell in cells if cell.kind == PROVED]
    hard, missed = sum(map(is_breach, proved)), (WARNING, NOT_MET)
    unknown = sum(cell.nature == HARD and cell.verdict == UNDETERMINED for cell in proved)
    sure = sum(cell.verdict in missed for cell in proved) - hard
    share = shares(cells)
    return UnitFigures(
        unit=code,
        overall=overall(hard, unknown, sure, terms),
        hard=hard,
        soft=sum(cell.level in missed for cell in proved) - hard,
        open=unknown,
        unset=sum(cell.level == UNSET for cell in cells),
        exempt=sum(cell.level == NOT_APPLICABLE for cell in cells),
        proved=share[PROVED],
        told=share[TOLD],
    )


def overall(hard: int, unknown: int, soft: int, terms: Terms) -> str:
    """总评 of a unit whose return counts.

    >>> [overall(*counts, Terms(1, 1, 1)) for counts in ((1, 1, 1), (0, 1, 1), (0, 0, 1), (0, 0, 0))]
    ['不达标', '待补数据', '有预警', '达标']
    >>> overall(1, 0, 0, Terms(hard=2, open=1, soft=1))
    '有预警'
    """
    if hard >= terms.hard:
        return FAILED
    if unknown >= terms.open:
        return OPEN
    return WARNED if hard + unknown + soft >= terms.soft else FINE


def advised(results: Iterable[Result], policy: Policy) -> list[Result]:
    """The results with 怎么办: what they say themselves, else the remedy of their clause."""
    return [replace(one, fix=fix) if (fix := advice(one, policy)) != one.fix else one for one in results]


def advice(result: Result, policy: Policy) -> str:
    """What is to be done about a result; "" where there is nothing to do."""
    return result.fix if result.fix or result.level not in TO_DO else remedy(result.clause, policy)


def remedy(clause: str, policy: Policy) -> str:
    """What is to be done about a clause that is not met, where a result does not say more."""
    indicator = policy.indicator_of.get(clause)
    return indicator.remedy if indicator else entry("TASK-REMEDY").message


def figures_of(report: ComplianceReport, policy: Policy, parameters: Parameters, account: Account) -> Figures:
    """All figures of a round.

    Args:
        report: the results as they may leave; their cells carry the reasons.
        account: the reported money (`toolkit.compute.allowance.account`).
    """
    natures = natures_of(policy, parameters)
    cells = cells_of(report.results, natures)
    names = dict.fromkeys(cell.parameter for cell in cells.values() if cell.parameter)
    return Figures(
        units=report.units,
        cells=cells,
        natures=natures,
        account=account,
        terms=terms_of(parameters),
        unset={name: policy.parameters[name].title for name in names},
    )
