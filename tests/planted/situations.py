"""The situations as the policy's author wrote them: one YAML file a policy, the level first, read from the text.

A situation is a level with its story, and edits to the neutral unit of `neutral.yaml`:

    drop, refuse      sheet → cells of the rows that go away, or that the merge refuses; {} = all rows
    change            sheet → [cells of the rows, new cells]
    add               sheet → rows; `times` repeats a row, {n} numbers it
    stats, tasks      code → value or cells; unit → cells of 单位情况
    not_returned      no workbook came back; no_sheet: sheets that the workbook lacks
    kind              which kind of unit it is (`kinds` of the file); companions: further neutral units, by kind
    prior             last year's key figures
    year, as_of, parameters   another round than the policy's usual one
    subject           part of the subject that the level is asserted for; otherwise the clause's worst
    figures           figures of an information clause, exactly
    reminder          a 预警 that no strictness makes a breach
    books             "否" = not possible in a workbook that passes the checks
    decided           what the text leaves open, and how it was read
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from toolkit.model.result import LEVELS, MET, MET_BY_EXCEPTION, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.strictyaml import load, plain
from toolkit.policies import load_policy

FOLDER = Path(__file__).parent
EDITS = ("drop", "refuse", "change", "add", "stats", "tasks", "unit")
KEYS = {*EDITS, "not_returned", "no_sheet", "kind", "companions", "prior", "year", "as_of", "parameters", "alone"}
KEYS |= {"subject", "figures", "books", "decided", "reminder", *LEVELS}
WANTED = {"达标": {MET, MET_BY_EXCEPTION}, "预警或不达标": {WARNING, NOT_MET}, NOT_APPLICABLE: {NOT_APPLICABLE}}
WANTED |= {UNDETERMINED: {UNDETERMINED}}


policy_of = cache(load_policy)
"""A policy, read once."""


@dataclass(frozen=True)
class Situation:
    """One planted situation of one clause.

    Args:
        given: everything but level and story.
        general: it holds for many clauses (`every` of the file).
    """

    policy: str
    clause: str
    level: str
    story: str
    given: dict = field(hash=False, compare=False)
    general: bool = False

    @property
    def label(self) -> str:
        """How a failing test names it."""
        return f"{self.clause} {self.level} {self.story}"


@dataclass(frozen=True)
class Book:
    """All situations of one policy.

    Args:
        none_because: clause → group of levels that it cannot have → why.
        head: the policy's usual round and the kinds of units.
    """

    policy: str
    head: dict
    situations: tuple[Situation, ...]
    none_because: dict[str, dict[str, str]]


@cache
def book(policy_id: str) -> Book:
    """The situations of a policy, in the order of its file, then those that hold for many clauses."""
    raw = plain(load(FOLDER / f"{policy_id}.yaml"))
    found, lacking = [], {}
    for clause, entry in raw["clauses"].items():
        lacking[clause] = entry.get("none_because") or {}
        assert not set(entry) - {"situations", "none_because"} and not set(lacking[clause]) - set(WANTED), clause
        found += [_situation(policy_id, clause, item) for item in entry["situations"]]
    return Book(policy_id, raw["usual"], (*found, *_general(policy_id, raw["every"])), lacking)


def _situation(policy_id: str, clause: str, item: dict, general: bool = False) -> Situation:
    assert not set(item) - KEYS, f"{clause}: {set(item) - KEYS}"
    (level,) = [name for name in LEVELS if name in item]
    given = {name: value for name, value in item.items() if name != level}
    return Situation(policy_id, clause, level, item[level], given, general)


def _general(policy_id: str, items: list[dict]) -> Iterator[Situation]:
    """What holds for every clause of some forces and subjects."""
    for item in items:
        terms = item.pop("of")
        for indicator in policy_of(policy_id).indicators:
            area = indicator.subject in ("city", "province")
            fits = indicator.force in terms["force"] and area == (terms["area"] == "yes")
            if fits and indicator.clause not in terms.get("but", ()):
                yield _situation(policy_id, indicator.clause, item, general=True)
