"""Clauses that rest on other clauses: a year's theme as the sum of its parts, and the evaluation as a whole.

Source: calculations C6; YN-00-f (all of YN-06), YN-00-k (branches and groups), YN-03-h (the rule set itself).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import Resting
from toolkit.compute.fields import Clauses
from toolkit.compute.figures import advice
from toolkit.compute.levels import missed
from toolkit.compute.lookups import Reading
from toolkit.model.binder import Flag, Texts
from toolkit.model.result import (
    LEVELS,
    MET,
    MET_BY_EXCEPTION,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    UNSET,
    WARNING,
    Result,
    worst,
)

Found = Mapping[str, Mapping[str, Sequence[Result]]]
"""unit → clause → results of all its subjects."""
_SAID = (NOT_MET, UNDETERMINED, WARNING)
"""Levels of the parts that are named where one of them stands in the way."""


def combined_level(
    levels: Mapping[str, str], *, closed: bool, hard: bool, required: Iterable[str] = ()
) -> tuple[str, str]:
    """Level and code of the reason when all parts must be met; a part that is 未评 decides nothing.

    A part is as hard as its own clause: what is at most 预警 there (一般, 原则上, 结合实际) is no breach here.

    Args:
        levels: clause → level.
        required: parts that this clause itself asks for, whatever the force of their own: a 预警 is a miss.

    >>> parts = {"a": "达标", "b": "预警"}
    >>> [combined_level(parts, closed=True, hard=True, required=names)[0] for names in ((), ("b",))]
    ['预警', '不达标']
    """
    asked = set(required)
    found = worst(
        missed(closed=closed, hard=hard) if level == NOT_MET or (level == WARNING and clause in asked) else level
        for clause, level in levels.items()
    )
    if found in (NOT_APPLICABLE, UNSET):
        return found, "COMBINED-NONE" if found == NOT_APPLICABLE else "COMBINED-UNSET"
    if found in (MET, MET_BY_EXCEPTION):
        return found, "COMBINED-MET"
    if found == UNDETERMINED:
        return UNDETERMINED, "COMBINED-UNKNOWN"
    return found, "COMBINED-SOFT" if closed and hard and found == WARNING else "COMBINED-MISSING"


@dataclass(frozen=True, slots=True)
class Combined(Resting):
    """`family: combined`; it is judged after all others.

    Args:
        required: parts that this clause itself asks for; see `combined_level`.
    """

    family = "combined"
    title = "合并核对"
    sentence = "{clauses} 各条都达到〖；其中{required}的预警也算没有落实，其他各条按自己的力度〗"
    steps = ("各分项：{parts}",)

    clauses: Annotated[tuple[str, ...], Clauses()]
    required: Annotated[tuple[str, ...], Texts()] = ()

    def check(self, at: Reading) -> None:
        """It has parts, and what it asks for is one of them."""
        if not self.clauses:
            at.fail("“clauses”应至少有一条", "clauses")
        for name in self.required:
            if name not in self.clauses:
                at.fail(f"“required”里的“{name}”不在“clauses”里", "required")

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Met; what else there can be follows from its parts (`with_parts`)."""
        return (MET,)

    def with_parts(self, parts: Mapping[str, Iterable[str]], hard: bool, closed: bool) -> tuple[str, ...]:
        """The levels it gives.

        Args:
            parts: clause → the levels that it can have itself.
        """
        found = (
            combined_level({clause: level}, closed=closed, hard=hard, required=self.required)[0]
            for clause, levels in parts.items()
            for level in levels
        )
        return (MET, *found)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit from the results of its parts."""
        own = results_of(case).get(case.unit, {})
        levels = {clause: worst(one.level for one in own.get(clause, ())) for clause in self.clauses}
        level, key = combined_level(levels, closed=case.closed, hard=case.hard, required=self.required)
        policy = case.context.policy
        told = [clause for clause in self.clauses if levels[clause] in _SAID] or self.clauses
        decide = [one for clause in told for one in own.get(clause, ()) if one.level == levels[clause]]
        words = {
            "parts": "、".join(f"“{policy.clauses[clause].short}”{levels[clause]}" for clause in told),
            "fixes": "；".join(dict.fromkeys(filter(None, (advice(one, policy) for one in decide)))),
            "deadline": str(case.deadline or ""),
        }
        yield Judged(level, key, levels, words, evidence=tuple(row for one in decide for row in one.evidence))


@dataclass(frozen=True, slots=True)
class Evaluation(Resting):
    """`family: information` of levels: how many clauses stand at which level; no score."""

    family = "information"
    mark = "levels"
    title = "评价汇总"
    sentence = "各条等级的汇总：达标、预警、不达标、不适用、无法判定各几条，不打分"

    levels: Annotated[bool, Flag()] = True

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """No level."""
        return ()

    def judge(self, case: Case) -> Iterator[Judged]:
        """Counts of levels over the unit's clauses."""
        counts = Counter(worst(one.level for one in own) for own in results_of(case).get(case.unit, {}).values())
        figures = {level: str(counts[level]) for level in LEVELS if counts[level]}
        listing = "，".join(f"{level}{count}" for level, count in figures.items())
        yield Judged(NOT_APPLICABLE, "REGISTRY", figures, {"listing": listing})


def results_of(case: Case) -> Found:
    """What was judged so far (see `toolkit.compute.compliance`)."""
    return case.context.scratch["results"]


def by_clause(results: Iterable[Result]) -> dict[str, dict[str, list[Result]]]:
    """unit → clause → results."""
    found: dict[str, dict[str, list[Result]]] = {}
    for result in results:
        found.setdefault(result.unit, {}).setdefault(result.clause, []).append(result)
    return found
