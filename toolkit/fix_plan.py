"""Findings → the fewest actions that clear the most problems of each returned file.

An action is one thing a person does in Excel: put one column right, put one unknown code right wherever it
stands, put a sheet or the file right. A problem is one row (or sheet, or file) under one code; people read it as 处, a
place. 条 is something else: a line of 问题清单, which takes alike places of a column together.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.batch import ACCEPTED, CONFLICT, UNREADABLE, WITH_ERRORS, Batch, Return
from toolkit.model.catalogue import entry
from toolkit.model.cell import in_words, letters_of, row_of
from toolkit.model.finding import ERROR, QUERY, Finding
from toolkit.model.form import Form

FILE = Path(__file__).with_suffix(".yaml")
FIRST = 3
"""Steps that the headline counts."""
_FIXES, _NAMED = 3, 4
"""Different faults of one column that a step spells out, and cells that it names of each."""
_REST, _UNKNOWN_CODE = "REST-001", "COL-006"
_HEARD = ("CHG-", "DSP-")
"""Begin the codes of what a validation of the rows alone does not find."""
_REFUSALS = "EXP-"
"""Begins the codes of explanations that do not do: the 疑问 that they do not answer is counted, not they."""
_ALIKE = "CHG-"
"""Begins the codes of problems without a cell that are one action on a sheet, however many there are."""

Action = tuple[str, ...]


@cache
def _words() -> dict[str, str]:
    return strictyaml.plain(strictyaml.load(FILE))


@dataclass(frozen=True, slots=True)
class Problem:
    """One row, sheet or file under one code; `count` > 1 stands for rows that the findings do not list."""

    key: tuple[str, str, str, str]
    finding: Finding
    cells: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One action on one file.

    Args:
        cells: addresses by sheet title, all cells to be looked at.
        problems: how many problems it clears that no earlier step clears; errors of these are 错误.
        follow_on: how many of them are consequences: other codes, columns or sheets than the main one.
        suggestion: what the value probably should be, to be confirmed; "" = nothing near certain.
        whole: keys of the problems without a cell that it clears.
    """

    file: str
    sheet: str
    label: str
    action: str
    cells: Mapping[str, tuple[str, ...]]
    problems: int
    errors: int
    follow_on: int
    codes: tuple[str, ...]
    suggestion: str = ""
    whole: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one returned file, the most effective first.

    Args:
        total: open problems, 错误 and 疑问.
        cleared: how many the first steps clear; checked again by `settled` after simulating them.
    """

    unit: str
    file: str
    total: int
    cleared: int
    steps: tuple[Step, ...]

    @property
    def first(self) -> tuple[Step, ...]:
        """The steps of the headline."""
        return self.steps[:FIRST]

    @property
    def headline(self) -> str:
        """`3 步改好 412 处中的 405 处`."""
        facts = {"steps": len(self.first), "total": self.total, "cleared": self.cleared}
        return _words()["headline"].format(**facts)


def plans(findings: Iterable[Finding], returns: Sequence[Return], form: Form) -> dict[str, Plan]:
    """File name → plan, for every file that counts (or has to be sent again) and has open problems."""
    states = (ACCEPTED, WITH_ERRORS, CONFLICT, UNREADABLE)
    wanted = {item.file: item for item in returns if item.state in states}
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.file in wanted and _counts(finding):
            by_file[finding.file].append(finding)
    made = {}
    for file, own in by_file.items():
        steps = _greedy(problems(own, form))
        if steps:
            unit = wanted[file].unit or next((one.unit for one in own if one.unit), "")
            total = sum(step.problems for step in steps)
            made[file] = Plan(unit, file, total, sum(step.problems for step in steps[:FIRST]), tuple(steps))
    return made


def problems(findings: Iterable[Finding], form: Form) -> list[Problem]:
    """The findings of one file as problems, a row each; a row stands once under a code and column."""
    vertical = {sheet.label for sheet in form.sheets if sheet.layout == "vertical"}
    found: dict[tuple[str, str, str, str], Problem] = {}
    for finding in findings:
        if not finding.cells:
            key = (finding.sheet, finding.code, finding.label, finding.message)
            found[key] = Problem(key, finding, (), _not_listed(finding) or 1)
            continue
        rows: dict[str, list[str]] = defaultdict(list)
        for cell in finding.cells:
            rows["" if finding.sheet in vertical else str(row_of(cell))].append(cell)
        for row, cells in rows.items():
            key = (finding.sheet, finding.code, finding.label, row)
            found.setdefault(key, Problem(key, finding, tuple(cells)))
    return list(found.values())


def _not_listed(finding: Finding) -> int:
    """How many rows beyond the cap the finding stands for; 0 for any other finding."""
    found = _rest_pattern().fullmatch(finding.message)
    return int(found[1]) if found else 0


@cache
def _rest_pattern() -> re.Pattern[str]:
    head, tail = entry(_REST).message.split("{count}")
    return re.compile(re.escape(head) + r"(\d+)" + re.escape(tail))


def _actions(problem: Problem) -> list[Action]:
    """The actions that clear a problem."""
    finding = problem.finding
    if not problem.cells:
        if _not_listed(finding):
            return [("rest", finding.sheet, finding.label, finding.code)]
        alike = finding.code.startswith(_ALIKE)
        return [("whole", finding.sheet, finding.code, "" if alike else finding.message)]
    columns = dict.fromkeys(map(letters_of, problem.cells))
    rows = map(str, sorted(set(map(row_of, problem.cells)))) if problem.key[3] == "" else ("",)
    found: list[Action] = [("column", finding.sheet, *spot) for spot in product(columns, rows)]
    if finding.code == _UNKNOWN_CODE and finding.value:
        found.append(("code", finding.value))
    return found


def _greedy(open_problems: list[Problem]) -> list[Step]:
    """Actions by what they clear, the largest first; every problem is cleared by exactly one."""
    covers: dict[Action, dict[int, None]] = defaultdict(dict)
    for number, problem in enumerate(open_problems):
        for action in _actions(problem):
            covers[action][number] = None
    _join_rest(covers, open_problems)
    place = {action: number for number, action in enumerate(covers)}
    left = dict.fromkeys(range(len(open_problems)))
    steps = []
    while left:
        action = max(covers, key=lambda one: (_weight(covers[one], left, open_problems), -place[one]))
        done = [number for number in covers.pop(action) if number in left]
        steps.append(_step(action, [open_problems[number] for number in done]))
        for number in done:
            del left[number]
    return sorted(steps, key=lambda step: (-step.problems, -step.errors))


def _join_rest(covers: dict[Action, dict[int, None]], open_problems: Sequence[Problem]) -> None:
    """Rows that are not listed go with the listed ones of the same code and column."""
    for action in [action for action in covers if action[0] == "rest"]:
        alike = [
            other
            for other, numbers in covers.items()
            if other[0] == "column" and any(open_problems[number].key[:3] == _named(action) for number in numbers)
        ]
        if alike:
            best = max(alike, key=lambda other: len(covers[other]))
            covers[best].update(covers.pop(action))


def _named(action: Action) -> tuple[str, str, str]:
    _, sheet, label, code = action
    return sheet, code, label


def _weight(numbers: Mapping[int, None], left: Mapping[int, None], open_problems: Sequence[Problem]) -> tuple[int, int]:
    mine = [open_problems[number] for number in numbers if number in left]
    errors = sum(one.count for one in mine if one.finding.severity == ERROR)
    return sum(one.count for one in mine), errors


def _step(action: Action, cleared: Sequence[Problem]) -> Step:
    counts: Counter[tuple[str, str, str]] = Counter()
    for problem in cleared:
        counts[problem.key[:3]] += problem.count
    main = max(counts, key=lambda key: (counts[key],))
    lead = next(problem.finding for problem in cleared if problem.key[:3] == main)
    cells: dict[str, dict[str, None]] = defaultdict(dict)
    for problem in cleared:
        for cell in problem.cells:
            if action[0] != "column" or letters_of(cell) == action[2]:
                cells[problem.finding.sheet][cell] = None
    return Step(
        file=lead.file,
        sheet=lead.sheet,
        label=lead.label,
        action=_said(action, lead, cleared, sum(map(len, cells.values()))),
        cells={sheet: tuple(found) for sheet, found in cells.items()},
        problems=sum(counts.values()),
        errors=sum(problem.count for problem in cleared if problem.finding.severity == ERROR),
        follow_on=sum(counts.values()) - counts[main],
        codes=tuple(sorted({problem.finding.code for problem in cleared})),
        suggestion=_words()["list_join"].join(_suggestions(cleared)),
        whole=tuple(problem.key for problem in cleared if not problem.cells),
    )


def _said(action: Action, lead: Finding, cleared: Sequence[Problem], marked: int) -> str:
    """What to do, in one sentence; `marked` cells are to be looked at, and as many more as the findings do not list."""
    said = _words()
    fix = _fixes(action, cleared) if action[0] == "column" else lead.fix or lead.message
    places = marked + sum(_not_listed(problem.finding) for problem in cleared)
    facts = {"sheet": lead.sheet, "label": lead.label, "fix": fix, "n": places, "message": lead.message}
    if action[0] == "code":
        return said["code"].format(value=action[1], sheets=said["join"].join(_sheets(cleared)), **facts)
    if action[0] == "whole":
        many = "_many" if len(cleared) > 1 else ""
        return said[f"whole_sheet{many}" if lead.sheet else "whole_file"].format(**{**facts, "n": len(cleared)})
    return said["column" if lead.label else "whole_sheet"].format(**facts)


def _fixes(action: Action, cleared: Sequence[Problem]) -> str:
    """How to put the cells of one column right: once where it is the same for all, else each with its cells."""
    said, found = _words(), dict[str, dict[str, None]]()
    for problem in cleared:
        if own := [cell for cell in problem.cells if letters_of(cell) == action[2]]:
            found.setdefault(problem.finding.fix or problem.finding.message, {}).update(dict.fromkeys(own))
    if len(found) < 2:
        return next(iter(found), "")
    more = {"n": len(found) - _FIXES, "join": said["list_join"]}
    texts = [said["fix_at"].format(cells=in_words(list(cells), _NAMED), fix=fix) for fix, cells in found.items()]
    rest = said["more_fixes"].format(**more) if len(texts) > _FIXES else ""
    return said["list_join"].join(texts[:_FIXES]) + rest


def _sheets(cleared: Sequence[Problem]) -> list[str]:
    return list(dict.fromkeys(problem.finding.sheet for problem in cleared))


def _suggestions(cleared: Sequence[Problem]) -> list[str]:
    """What is near certain to be meant by the values, each once, with its cell where it holds for one cell only."""
    said, found = _words(), {}
    for problem in cleared:
        finding = problem.finding
        if finding.suggestion:
            one = len(finding.cells) == 1
            text = said["suggested_at"].format(cell=finding.cells[0], suggestion=finding.suggestion) if one else ""
            found[finding.suggestion, finding.cells if one else ()] = text or finding.suggestion
    return list(found.values())


def simulated(batch: Batch, made: Mapping[str, Plan]) -> dict[str, set[tuple[int, int, str]]]:
    """The batch's `problem_cells` as if the first steps of every plan were done: nothing is said about these cells."""
    cells = {sheet: set(known) for sheet, known in batch.problem_cells.items()}
    by_file = {item.file: item for item in batch.returns}
    for plan in made.values():
        item = by_file[plan.file]
        titles = {place.title: sheet for sheet, place in item.located.items()}
        for step in plan.first:
            for title, addresses in step.cells.items():
                if sheet := titles.get(title):
                    cells.setdefault(sheet, set()).update(_places(item, sheet, addresses))
    return cells


def _places(item: Return, sheet: str, addresses: Iterable[str]) -> Iterable[tuple[int, int, str]]:
    located = item.located[sheet]
    columns = {letter: name for name, letter in located.letters.items()}
    lines = {row: name for name, row in located.rows.items()}
    for address in addresses:
        letter, row = letters_of(address), row_of(address)
        if lines and row in lines:
            yield item.index, 0, lines[row]
        elif letter in columns:
            yield item.index, row, columns[letter]


def settled(
    made: Mapping[str, Plan],
    again: Iterable[Finding],
    findings: Iterable[Finding],
    returns: Sequence[Return],
    form: Form,
) -> dict[str, Plan]:
    """The plans with `cleared` counted by a validation that sees the first steps as done.

    A problem is cleared when that validation does not find it any more: either a step puts it right, or it was
    a consequence. What only reading can see is cleared by its own step alone.

    Args:
        again: findings of that validation, uncapped.
        findings: what the plans were made of.
    """
    before, after = _by_file(findings, made), _by_file(again, made)
    read = {item.file: frozenset(item.findings) for item in returns if item.file in made}
    result = {}
    for file, plan in made.items():
        outcome = _Outcome(plan, read[file], {problem.key for problem in problems(after[file], form)})
        cleared = sum(problem.count for problem in problems(before[file], form) if outcome.cleared(problem))
        result[file] = replace(plan, cleared=cleared)
    return result


class _Outcome:
    """What is left of a plan's problems after its first steps."""

    def __init__(self, plan: Plan, read: frozenset[Finding], still: set[tuple[str, str, str, str]]) -> None:
        self.read, self.still = read, still
        self.columns = {key[:3] for key in still}
        self.whole = {key for step in plan.first for key in step.whole}
        self.cells = {(title, cell) for step in plan.first for title, some in step.cells.items() for cell in some}

    def cleared(self, problem: Problem) -> bool:
        """Whether the problem is gone."""
        sheet = problem.finding.sheet
        if problem.count == 1 and problem.key in self.whole:
            return True  # a validation cannot be shown a sheet put right, only cells
        if problem.key[:3] in self.columns if problem.count > 1 else problem.key in self.still:
            return False
        own = problem.key in self.whole or any((sheet, cell) in self.cells for cell in problem.cells)
        return own or not (problem.finding in self.read or not sheet or problem.finding.code.startswith(_HEARD))


def _by_file(findings: Iterable[Finding], made: Mapping[str, Plan]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {file: [] for file in made}
    for finding in findings:
        if finding.file in made and _counts(finding):
            found[finding.file].append(finding)
    return found


def _counts(finding: Finding) -> bool:
    return finding.severity in (ERROR, QUERY) and not finding.code.startswith(_REFUSALS)
