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

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from toolkit.compute.allowance.gives import paid
from toolkit.compute.case import Compiled
from toolkit.compute.families.checklist import ticks
from toolkit.compute.indicators import ELSEWHERE, LAST, compile_indicators
from toolkit.compute.spans import Span, span_of
from toolkit.model.errors import DefinitionError
from toolkit.model.form import Form
from toolkit.model.policy import Policy, Value
from toolkit.model.problems import Listed
from toolkit.model.result import MET
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.reach.hunt import Hunt, Paid
from toolkit.policy_tools.reach.trials import Trial, Trials
from toolkit.policy_tools.texts import say

PATIENCE = 4
"""Rounds of checking."""
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
            facts = {"clause": indicator.clause, "when": hunt.when, "level": level, "codes": "、".join(codes)}
            problems.add(*at, say("check", key, **facts))


def unreached(policy: Policy, form: Form, clauses: Collection[str] = (), progress: Progress = None) -> list[Hunt]:
    """The indicators of which some level was not reached, in the order of the pack, those that rest on others last.

    Args:
        clauses: the only ones that are looked at; none = all.
    """
    trials = Trials(policy, form, given(policy))
    hunts, resting = [], []
    for compiled in to_prove(policy, form):
        if clauses and compiled.clause not in clauses:
            continue
        kind = Paid if compiled.indicator.family in ELSEWHERE else Hunt
        found = [kind(compiled, trials, closed) for closed in (True, False)]
        found += [kind(compiled, trials, later=year) for year in found[0].changed_in]
        (resting if isinstance(compiled.family, LAST) else hunts).extend(found)
    for part in (hunts, [hunt for hunt in resting if hunt.rests_on(hunts)]):
        _search([hunt for hunt in part if hunt.wanted], trials, progress)
    _empty(hunts, trials)
    return [hunt for hunt in (*hunts, *resting) if hunt.missing]


def to_prove(policy: Policy, form: Form) -> Iterator[Compiled]:
    """Every indicator of a pack that has levels and can be compiled, the clauses of the task list last."""
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
            _check(own, trials, year, day)
            missing = {hunt: hunt.missing for hunt, *_ in own}
            refused = [(hunt, level, trial) for hunt, level, trial in own if level in missing[hunt]]
            _check(
                [(hunt, level, other) for hunt, level, trial in refused for other in hunt.alike(trial)],
                trials,
                year,
                day,
            )
        most *= 4


def _check(found: Sequence[tuple[Hunt, str, Trial]], trials: Trials, year: int, day: date) -> None:
    """Notes what the checks say of returns with a level."""
    for (hunt, level, trial), codes in zip(found, trials.refused([t for *_, t in found], year, day), strict=True):
        hunt.note(level, trial, codes)
