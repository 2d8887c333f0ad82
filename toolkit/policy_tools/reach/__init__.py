"""Whether every level that an indicator can have can be reached: a return exists that gets it and is merged whole.

Invented units (`trials`) fill in the form; what an indicator reads is changed in them (`changes`), and what
leads to a new level or reason is changed further, until every level that its family names (`Family.gives`) has been
seen in a return to which the checks of the form have no 错误: on a day on which all time is over, and those levels
that there are only while it runs (没到期限) on a day before its end. A level that only returns with an 错误 get is
hidden by these checks; one that none gets is asked for by conditions or numbers that nothing meets. A cell that is
judged for being filled in (`Family.decides`) may be empty as well: its emptiness is the miss that the indicator is
there to show.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice

from toolkit.compute.allowance.gives import paid
from toolkit.compute.case import Compiled
from toolkit.compute.families.checklist import ticks
from toolkit.compute.families.combined import Combined
from toolkit.compute.indicators import ELSEWHERE, LAST, compile_indicators
from toolkit.compute.spans import Span, span_of
from toolkit.model.errors import DefinitionError
from toolkit.model.form import NEEDS, Form
from toolkit.model.policy import Policy, Value
from toolkit.model.problems import Listed
from toolkit.model.result import MET
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.reach.changes import Changes
from toolkit.policy_tools.reach.edits import ALL, FIRST, set_cells
from toolkit.policy_tools.reach.trials import Trial, Trials
from toolkit.policy_tools.texts import say
from toolkit.policy_tools.uses import TASK_COLUMNS, TASKS, Uses, uses

TRIES, PATIENCE = 3000, 4
"""Returns tried for one indicator at most, and rounds of checking."""
AFTERWARDS = (3, 20)
"""The day of the next year on which is judged: every period and what may still come late are over."""
WITHIN = (12, 20)
"""The day of the year itself: the year, its last half and its last quarter run, and most of each is over."""
FEW = 1
"""Returns of one level that are checked in the first round; each round takes four times as many."""


Progress = Callable[[int, int], object] | None
"""Told how many of how many indicators were tried."""


def prove(policy: Policy, form: Form, places: Places, problems: Listed, progress: Progress = None) -> None:
    """Adds the indicators with a level that cannot be reached; those that do not compile are said elsewhere."""
    hunts = unreached(policy, form, progress=progress)
    for hunt in hunts:
        indicator = hunt.compiled.indicator
        at = (indicator.file, indicator.line) if indicator.file else places.key("bundles")
        for level, codes in hunt.missing.items():
            key = "unreached" if not codes else "hides_met" if level == MET else "hides_missed"
            when = say("check", "afterwards" if hunt.closed else "within")
            facts = {"clause": indicator.clause, "when": when, "level": level, "codes": "、".join(codes)}
            problems.add(*at, say("check", key, **facts))


def unreached(policy: Policy, form: Form, clauses: Collection[str] = (), progress: Progress = None) -> list[Hunt]:
    """The indicators of which some level was not reached, in the order of the pack, those that rest on others last.

    Args:
        clauses: the only ones that are looked at; none = all.
    """
    trials = Trials(policy, form, given(policy))
    hunts, resting = [], []
    for compiled in _compiled(policy, form):
        if clauses and compiled.clause not in clauses:
            continue
        kind = Paid if compiled.indicator.family in ELSEWHERE else Hunt
        both = [kind(compiled, trials, closed) for closed in (True, False)]
        (resting if compiled.indicator.family in LAST else hunts).extend(both)
    for part in (hunts, [hunt for hunt in resting if hunt.rests_on(hunts)]):
        _search([hunt for hunt in part if hunt.wanted], trials, progress)
    _empty(hunts, trials)
    return [hunt for hunt in (*hunts, *resting) if hunt.missing]


def _compiled(policy: Policy, form: Form) -> Iterator[Compiled]:
    for indicator in policy.indicators:
        if indicator.force == "I":
            continue
        if indicator.family in ELSEWHERE:
            span = span_of(indicator.period) or Span("year")
            yield Compiled(indicator, span, paid(indicator.clause, policy))
            continue
        try:
            yield from compile_indicators(replace(policy, indicators=(indicator,)), form)
        except DefinitionError:
            continue
    yield from ticks(policy)


def given(policy: Policy) -> dict[str, Value]:
    """A value for every parameter that the policy leaves open: an open one leaves its clauses without a level."""
    text, amount = say("check", "sample_text"), Decimal(300)
    samples: dict[str, Value] = {"integer": 1, "count": 1, "decimal": amount, "text": text, "flag": True}
    return {
        name: samples[one.type] for name, one in policy.parameters.items() if one.may_be_open and one.type in samples
    }


@dataclass(eq=False)
class Hunt:
    """The search for returns that show the levels of one indicator.

    Args:
        closed: whether the time to meet the clause has passed on the day of judgement.
        shown: level → a trial that got it and was merged whole.
        against: level → the fewest codes of 错误 that a return with this level got.
        parts: the searches of the indicators on which it rests.
    """

    compiled: Compiled
    trials: Trials
    closed: bool = True
    shown: dict[str, Trial] = field(default_factory=dict)
    against: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Sequence[Hunt] = ()

    def __post_init__(self) -> None:
        policy, span = self.trials.policy, self.compiled.span
        self.year = span.only or (span.deadline or span.first or date(policy.first_year, 1, 1)).year
        self.year = max(self.year, policy.first_year)
        within = min(span.deadline or date.max, date(self.year, *WITHIN))
        self.day = date(self.year + 1, *AFTERWARDS) if self.closed else within
        self.found: dict[str, list[Trial]] = {}
        self.search = islice(self._all(), TRIES)

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


def _empty(hunts: Sequence[Hunt], trials: Trials) -> None:
    """Puts the returns with an empty cell that is judged to the checks: one of them must be merged whole."""
    found = [(hunt, *item) for hunt in hunts for item in hunt.emptied()]
    for year, day in sorted({(hunt.year, hunt.day) for hunt, *_ in found}):
        own = [item for item in found if (item[0].year, item[0].day) == (year, day)]
        said = trials.refused([trial for *_, trial in own], year, day)
        against: dict[tuple[Hunt, str], dict[tuple[str, ...], str]] = {}
        for (hunt, column, level, _), codes in zip(own, said, strict=True):
            against.setdefault((hunt, column), {})[codes] = level
        for (hunt, _), levels in against.items():
            if () not in levels:
                codes = min(levels, key=len)
                hunt.shown.pop(levels[codes], None)
                hunt.against[levels[codes]] = codes


def _search(hunts: Sequence[Hunt], trials: Trials, progress: Progress = None) -> None:
    """Puts what was found to the checks, again and again, until every level is shown or nothing more is found."""
    most = FEW
    for _ in range(PATIENCE):
        found: list[tuple[Hunt, str, Trial]] = []
        for number, hunt in enumerate(hunts, 1):
            found += ((hunt, *item) for item in (hunt.go_on(most) if hunt.missing else ()))
            if progress and most == FEW:
                progress(number, len(hunts))
        for year, day in sorted({(hunt.year, hunt.day) for hunt, *_ in found}):
            own = [item for item in found if (item[0].year, item[0].day) == (year, day)]
            own += [(hunt, level, other) for hunt, level, trial in own for other in hunt.alike(trial)]
            for (hunt, level, trial), codes in zip(own, trials.refused([t for *_, t in own], year, day), strict=True):
                hunt.note(level, trial, codes)
        most *= 4
