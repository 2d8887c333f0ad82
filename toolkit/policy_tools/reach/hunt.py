"""The search for returns that show the levels of one indicator, on one day of judgement."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

from toolkit.compute.case import Compiled
from toolkit.compute.families.combined import Combined
from toolkit.model.form import NEEDS
from toolkit.model.result import MET
from toolkit.policy_tools.reach.changes import Changes
from toolkit.policy_tools.reach.edits import ALL, FIRST, set_cells
from toolkit.policy_tools.reach.trials import Trial, Trials
from toolkit.policy_tools.texts import say
from toolkit.policy_tools.uses import TASK_COLUMNS, TASKS, Uses, scalars, uses

TRIES = 3000
"""Returns tried for one indicator at most."""
AFTERWARDS = (3, 20)
"""The day of the next year on which is judged: every period and what may still come late are over."""
WITHIN = (12, 31)
"""The day of the year itself: the year, its last half and its last quarter still run, and all of each is seen."""


@dataclass(eq=False)
class Hunt:
    """The search for returns that show the levels of one indicator.

    Args:
        closed: whether the time to meet the clause has passed on the day of judgement.
        later: the year that is judged; 0 = the first in which the clause is judged.
        shown: level → a trial that got it and was merged whole.
        against: level → the fewest codes of 错误 that a return with this level got.
        parts: the searches of the indicators on which it rests.
    """

    compiled: Compiled
    trials: Trials
    closed: bool = True
    later: int = 0
    shown: dict[str, Trial] = field(default_factory=dict)
    against: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Sequence[Hunt] = ()

    def __post_init__(self) -> None:
        policy, span = self.trials.policy, self.compiled.span
        self.year = span.only or (span.deadline or span.first or date(policy.first_year, 1, 1)).year
        self.year = self.later or max(self.year, policy.first_year)
        within = min(span.deadline or date.max, date(self.year, *WITHIN))
        self.day = date(self.year + 1, *AFTERWARDS) if self.closed else within
        self.found: dict[str, list[Trial]] = {}
        self.search = islice(self._all(), TRIES)

    @property
    def when(self) -> str:
        """When the levels are to be had, in words; "" = at the end of the first year."""
        return say("check", "later" if self.later else "afterwards" if self.closed else "within", year=self.year)

    @property
    def changed_in(self) -> list[int]:
        """Later years from which on another number holds for the indicator, or for a rule of a sheet that it reads."""
        policy, span = self.trials.policy, self.compiled.span
        named = {*self.read.parameters}
        named |= {name for rule in self.trials.form.rules if rule.sheet in self.sheets for name in scalars(rule.args)}
        years = {day.year for name in named & policy.parameters.keys() for day, _ in policy.parameters[name].values}
        last = self.year if span.only or span.deadline else policy.ends.year if policy.ends else date.max.year
        return sorted(year for year in years if self.year < year <= last)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The levels that a return must be able to get; while the time runs only those that there are not later."""
        if self.closed:
            return self.gives(closed=True)
        if self.compiled.span.last_day(self.year) is None:
            return ()
        return tuple(level for level in self.gives(closed=False) if level not in self.gives(closed=True))

    def gives(self, closed: bool) -> tuple[str, ...]:
        """The levels that the indicator names."""
        family, hard = self.compiled.family, self.compiled.indicator.force != "S"
        found = family.gives(hard, closed)
        if isinstance(family, Combined):
            found = family.with_parts({part.compiled.clause: part.gives(closed) for part in self.parts}, hard, closed)
        return tuple(dict.fromkeys(found))

    @property
    def missing(self) -> Mapping[str, tuple[str, ...]]:
        """Level that was not reached → the 错误 that stand against it; () = nothing leads to it."""
        return {level: self.against.get(level, ()) for level in self.wanted if level not in self.shown}

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that the indicator, or its parts, read."""
        return tuple(name for one in (self, *self.parts) for name in self.trials.sheets(one.compiled))

    def alike(self, trial: Trial) -> Iterator[Trial]:
        """The same return with less and less of what the indicator does not look at, or with more of it."""
        form, read = self.trials.form, dict.fromkeys(self.sheets, frozenset[str]())
        for one in (self, *self.parts):
            for sheet, columns in one.read.columns.items():
                read[sheet] = read.get(sheet, frozenset()) | frozenset(columns)
        named = {
            target.partition(".")[0]
            for sheet in read
            for column in form.by_name[sheet].columns
            for target in column.references
        }
        whole = {sheet: frozenset(form.by_name[sheet].names) for sheet in named - read.keys() if sheet in form.by_name}
        for fewer in range(len(NEEDS)):
            yield trial.bare(form, whole | read, NEEDS[: len(NEEDS) - fewer])
        yield trial.full(form, self.read.columns)

    @cached_property
    def read(self) -> Uses:
        """What the indicator reads."""
        indicator = self.compiled.indicator
        if not indicator.file:
            return Uses({TASKS: TASK_COLUMNS}, (), ())
        return uses(indicator, self.trials.policy, self.trials.form)

    def emptied(self) -> Iterator[tuple[str, str, Trial]]:
        """Returns that meet the clause, but for one empty cell by which it is judged: column, level of the miss."""
        family, trial = self.compiled.family, self.shown.get(MET)
        sheet = next((rows.sheet for rows in (*family.filters, *family.weighed)), "")
        judged = [name for one in family.decides if one.operator == "filled" and one.flag for name in one.columns]
        for column in judged if trial else ():
            if column not in self.trials.form.by_name[sheet].key:
                for which in (FIRST, ALL):
                    emptied = set_cells(sheet, column, None, self.changes.which(which, sheet))(trial)
                    for level in {level for level, *_ in self._judged(emptied)} - {MET} & {*self.wanted}:
                        yield column, level, emptied

    def rests_on(self, hunts: Sequence[Hunt]) -> bool:
        """Takes the parts of an indicator that rests on others; False where it has none."""
        family = self.compiled.family
        self.parts = [one for one in hunts if isinstance(family, Combined) and one.compiled.clause in family.clauses]
        return bool(self.parts)

    def note(self, level: str, trial: Trial, codes: tuple[str, ...]) -> None:
        """What the checks of the form say of a return with a level."""
        if not codes:
            self.shown.setdefault(level, trial)
        elif level not in self.against or len(codes) < len(self.against[level]):
            self.against[level] = codes

    def go_on(self, most: int) -> list[tuple[str, Trial]]:
        """The next returns for the levels that are missing, `most` of each, not yet checked."""
        self.found = {level: [] for level in self.missing}
        for levels, trial in self.search:
            for level in levels & self.found.keys():
                if len(self.found[level]) < most:
                    self.found[level].append(trial)
            if all(len(found) >= most for found in self.found.values()):
                break
        return [(level, trial) for level, some in self.found.items() for trial in some]

    def _all(self) -> Iterator[tuple[set[str], Trial]]:
        """Trials with their levels; what shows a level or reason for the first time is changed first."""
        changes = [change for one in self.parts or (self,) for change in one.changes.all()]
        seen: set[tuple[str, str, int]] = set()
        news, bases = deque[Trial](), deque[Trial]()
        for trial in self._bases():
            found = self._judged(trial)
            (news if found - seen else bases).append(trial)
            seen |= found
            yield {level for level, *_ in found}, trial
        while news or bases:
            base = news.popleft() if news else bases.popleft()
            for change in changes:
                trial = change(base)
                if trial is base:
                    continue
                found = self._judged(trial)
                if found - seen:
                    seen |= found
                    news.append(trial)
                yield {level for level, *_ in found}, trial

    def _judged(self, trial: Trial) -> set[tuple[str, str, int]]:
        parts = {part.compiled.clause: part.compiled for part in self.parts}
        return self.trials.levels(self.compiled, trial, self.year, self.day, list(parts.values()))

    def _bases(self) -> list[Trial]:
        """Units to begin with: first those whose rows are nearest to what the indicator looks at."""
        if self.parts:
            shown = dict.fromkeys(trial for part in self.parts for trial in part.shown.values())
            return [trial.filled_by(self.day) for trial in shown]
        known = [trial.filled_by(self.day) for trial in self.trials.bearing(self.compiled.duty, self.year)]
        return sorted(known, key=self.changes.likely, reverse=True)

    @cached_property
    def changes(self) -> Changes:
        """What may be changed in a return."""
        parameters, sample = self.trials.in_force(self.year, self.day), say("check", "sample_text")
        return Changes(self.compiled, self.read, self.trials.form, parameters, self.day, self.year, sample)


class Paid(Hunt):
    """The search of a clause that the allowances judge: met or missed."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that the allowances read."""
        return tuple(self.read.columns)

    def _judged(self, trial: Trial) -> set[tuple[str, str, int]]:
        return self.trials.paid(self.compiled.clause, trial, self.year, self.day, self.sheets)
