"""Clauses that rest on other clauses: a year's theme as the sum of its parts, and the evaluation as a whole.

Source: calculations C6; YN-00-f (all of YN-06), YN-00-k (branches and groups), YN-03-h (the rule set itself).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.compute.families.over_rows import Resting
from toolkit.compute.judging import Case, Judged
from toolkit.compute.levels import missed, worst
from toolkit.compute.reader import Reader
from toolkit.model.result import LEVELS, MET, MET_BY_EXCEPTION, NOT_APPLICABLE, UNDETERMINED, UNSET, Result

Levels = Mapping[str, Mapping[str, Sequence[str]]]
"""unit → clause → levels of all its subjects."""


def combined_level(levels: Iterable[str], *, closed: bool, hard: bool) -> tuple[str, str]:
    """Level and code of the reason when all parts must be met; a part that is 未评 decides nothing.

    >>> [combined_level(levels, closed=True, hard=True)[0] for levels in (["达标", "预警"], ["达标", "未评"])]
    ['不达标', '达标']
    """
    found = worst(levels)
    if found in (NOT_APPLICABLE, UNSET):
        return found, "COMBINED-NONE" if found == NOT_APPLICABLE else "COMBINED-UNSET"
    if found in (MET, MET_BY_EXCEPTION):
        return found, "COMBINED-MET"
    if found == UNDETERMINED:
        return UNDETERMINED, "COMBINED-UNKNOWN"
    return missed(closed=closed, hard=hard), "COMBINED-MISSING"


@dataclass(frozen=True, slots=True)
class Combined(Resting):
    """The evaluator of `family: combined`; it is judged after all others."""

    clauses: tuple[str, ...]

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit from the results of its parts."""
        levels = {clause: worst(levels_of(case).get(case.unit, {}).get(clause, ())) for clause in self.clauses}
        level, key = combined_level(levels.values(), closed=case.closed, hard=case.hard)
        parts = "、".join(f"{clause} {found}" for clause, found in levels.items())
        yield Judged(level, key, levels, {"parts": parts, "deadline": str(case.deadline or "")})


@dataclass(frozen=True, slots=True)
class Evaluation(Resting):
    """The evaluator of `family: evaluation`: how many clauses stand at which level; no score."""

    def judge(self, case: Case) -> Iterator[Judged]:
        """Counts of levels over the unit's clauses."""
        counts = Counter(worst(found) for found in levels_of(case).get(case.unit, {}).values())
        figures = {level: str(counts[level]) for level in LEVELS if counts[level]}
        listing = "，".join(f"{level}{count}" for level, count in figures.items())
        yield Judged(NOT_APPLICABLE, "REGISTRY", figures, {"listing": listing})


def levels_of(case: Case) -> Levels:
    """The levels judged so far (see `toolkit.compute.compliance`)."""
    return case.context.scratch["levels"]


def by_clause(results: Iterable[Result]) -> dict[str, dict[str, list[str]]]:
    """unit → clause → levels."""
    found: dict[str, dict[str, list[str]]] = {}
    for result in results:
        found.setdefault(result.unit, {}).setdefault(result.clause, []).append(result.level)
    return found


def compile_combined(reader: Reader) -> Combined:
    """`family: combined` from its arguments."""
    clauses = tuple(reader.clause(name, "clauses") for name in reader.texts("clauses"))
    if not clauses:
        reader.fail("“clauses”应至少有一条", "clauses")
    return Combined(clauses)


def compile_evaluation(reader: Reader) -> Evaluation:
    """`family: evaluation`; it takes no arguments."""
    return Evaluation()
