"""The targets of a whole area, judged by the level that merges the returns upward, on distinct persons.

The indicators of the pack judge, as they do in a round in which the whole area sits: what units contribute comes from
the returns instead of from rows (`toolkit.compute.families.over_area`). The day of judgement is that of the oldest
return, so that none is held against a deadline that it could not know of.

Source: calculations C6, C9; YN-07-f, 08-i, 10-c, 05-e; YZ-4.3-c.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from toolkit.compute.context import Context, Unset
from toolkit.compute.families.over_area import OverArea
from toolkit.compute.indicators import compile_indicators
from toolkit.compute.judging import Compiled, area_results
from toolkit.forms import load_form
from toolkit.model.batch import Dataset
from toolkit.model.errors import XltoolError
from toolkit.model.policy import Parameters, Policy
from toolkit.model.portions import Gathered, Portion, Tally, alike
from toolkit.model.result import Result, worst
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy

if TYPE_CHECKING:
    from toolkit.campaign import Campaign
    from toolkit.upward import Upward


@dataclass(frozen=True, slots=True)
class Share:
    """What one round contributes to a target.

    Args:
        source: code of the round; rows, unsure: see `toolkit.model.portions.Portion`.
        tally: the different persons or organisations; None where the target counts none.
        silent: it says nothing of the clause.
    """

    source: str
    rows: int
    unsure: int
    tally: Tally | None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """One target of the area.

    Args:
        need: what is wanted, as a number in words; "" where the target is no number.
        results: what the indicator says, one for each subject; level: the worst of them.
        tally, rows, unsure: of the whole area; shares: by round, in the order of the rounds.
        alike: units of different rounds that have to ask each other whether a person of theirs is the same.
    """

    clause: str
    title: str
    quote: str
    need: str
    results: tuple[Result, ...]
    rows: int
    unsure: int
    tally: Tally | None
    shares: tuple[Share, ...]
    alike: tuple[tuple[str, ...], ...] = ()

    @property
    def level(self) -> str:
        """The worst level."""
        return worst(one.level for one in self.results)


@dataclass(frozen=True)
class Targets:
    """The targets of an area.

    Args:
        day: the day of judgement.
        missing: returns that are expected and were not handed in; listed: whether anybody said which are expected.
        away: units whose return does not count.
    """

    day: date
    aims: tuple[Aim, ...]
    missing: tuple[str, ...]
    listed: bool
    away: int

    @property
    def unmarked(self) -> bool:
        """Whether persons of some rounds cannot be compared."""
        return any(aim.tally is not None and aim.tally.keys > 1 for aim in self.aims)


def targets_of(whole: Upward, campaign: Campaign | None = None) -> Targets:
    """The targets of the area that several returns make up.

    Args:
        campaign: the round of the level that merges; without it the pack's own parameters hold, and nobody has said
            which returns are expected.
    Raises: XltoolError: UPW-008 the round is of another policy or year, UPW-009 no such policy here.
    """
    policy = _policy(whole, campaign)
    day = min(date.fromisoformat(source.as_of) for source in whole.sources.values())
    parameters = campaign.parameters(day) if campaign else Parameters(policy, day)
    form = load_form(policy)
    units = UnitList(tuple(_unit(code, name, whole) for code, name in whole.units.items()))
    expected = campaign.lower if campaign else ()
    gathered = _gathered(whole, expected)
    data = Dataset(form, units, {}, {}, whole.returned, {}, whole.year)
    context = Context(data, policy, parameters, day, gathered=gathered)
    judged = [one for one in compile_indicators(policy, form) if one.everywhere]
    aims = tuple(_aim(one, context, whole) for one in judged)
    return Targets(day, aims, gathered.missing, gathered.listed, len(set(whole.units) - whole.returned))


def _policy(whole: Upward, campaign: Campaign | None) -> Policy:
    if campaign is None:
        try:
            return load_policy(whole.policy)
        except XltoolError as error:
            raise XltoolError("UPW-009", policy=whole.policy) from error
    if (campaign.policy.id, campaign.year) != (whole.policy, whole.year):
        facts = {"policy": whole.policy, "year": whole.year, "title": campaign.title}
        raise XltoolError("UPW-008", **facts, own=campaign.policy.id, own_year=campaign.year)
    return campaign.policy


def _unit(code: str, name: str, whole: Upward) -> Unit:
    stand = whole.stands[code]
    return Unit(code, name, "", stand.level, speaks=stand.speaks)


def _gathered(whole: Upward, expected: Sequence[str]) -> Gathered:
    """What was handed up, and what was not."""
    known = {word for code in _named(whole) for word in (code, whole.units[code])}
    clauses = {clause: {one.source for one in own} for clause, own in whole.portions.items()}
    silent = {
        clause: tuple(source.name for code, source in whole.sources.items() if code not in said)
        for clause, said in clauses.items()
    }
    return Gathered(
        portions=whole.portions,
        keys={code: source.key for code, source in whole.sources.items()},
        missing=tuple(word for word in expected if word not in known),
        silent=silent,
        listed=bool(expected),
    )


def _named(whole: Upward) -> Iterable[str]:
    """The units by which a return is known: those that speak for an area, and the first of each round."""
    firsts: dict[str, str] = {}
    for unit, source in whole.source_of.items():
        firsts.setdefault(source, unit)
    return {*firsts.values(), *(unit for unit, stand in whole.stands.items() if stand.speaks)}


def _aim(compiled: Compiled, context: Context, whole: Upward) -> Aim:
    own, clause = whole.portions.get(compiled.clause, ()), context.policy.clauses[compiled.clause]
    family, keys = compiled.family, {code: source.key for code, source in whole.sources.items()}
    return Aim(
        clause=clause.id,
        title=clause.title,
        quote=clause.quote,
        need=_need(compiled, context),
        results=tuple(area_results(compiled, context)),
        rows=sum(one.rows for one in own),
        unsure=sum(one.unsure for one in own),
        tally=family.counted(own, keys),
        shares=tuple(_share(code, [one for one in own if one.source == code], family) for code in whole.sources),
        alike=tuple(alike(own, keys)),
    )


def _share(source: str, own: Sequence[Portion], family: OverArea) -> Share:
    rows, unsure = sum(one.rows for one in own), sum(one.unsure for one in own)
    return Share(source, rows, unsure, family.counted(own, {}), silent=not own)


def _need(compiled: Compiled, context: Context) -> str:
    try:
        return compiled.family.need(context)
    except Unset:
        return ""
