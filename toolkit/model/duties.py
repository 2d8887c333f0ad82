"""Who bears a duty: decided here and nowhere else.

A duty is borne in one or several ways; a way is a list of conditions that all hold. A condition compares an attribute
of the unit (层级, 单位类别, any column of its sheet) with allowed values. The attribute `speaks_for` is the level
whose area the unit speaks for: its 层级 when 代表本级 is 是, otherwise nothing. 层级 says where a unit stands and takes
no duty away: what an area must do is borne by the unit that speaks for it, besides its own ordinary duties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.model.form import Form
from toolkit.model.policy import Bundle, Indicator, Policy
from toolkit.model.unit import Unit

LEVEL, CATEGORY, SPEAKS, SPEAKS_FOR = "admin_level", "unit_category", "speaks_for_area", "speaks_for"
CONDITIONS = (SPEAKS_FOR, LEVEL, CATEGORY)
"""What a level of a pack may ask of a unit."""
AREA_SUBJECTS = ("city", "province")
YES, NO = "是", "否"
NOBODY = ""
"""The value of `speaks_for` of a unit that speaks for no area."""

Way = tuple[tuple[str, frozenset[str]], ...]
Duty = tuple[Way, ...]
"""The ways to bear a duty; none = nobody bears it."""
EVERYBODY: Duty = ((),)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit does not bear a duty, or why nobody can say.

    Args:
        known: False = an attribute of the unit is not filled in.
        attribute: the one that decides; value: what the unit has there; allowed: what the duty asks for.
    """

    known: bool
    attribute: str
    value: str
    allowed: tuple[str, ...]


def attribute(unit: Unit, name: str, row: Any = None) -> str | None:
    """What a unit is: the unit list first, its own workbook where the list says nothing; None = nobody says.

    Args:
        row: the unit's row on the sheet `unit`, as an object with the columns of the form.
    """
    if name == SPEAKS_FOR:
        return _speaks_for(unit, row)
    listed = {LEVEL: unit.level, CATEGORY: unit.category}.get(name)
    return listed or getattr(row, name, None)


def _speaks_for(unit: Unit, row: Any) -> str | None:
    if unit.speaks or (not unit.level and getattr(row, SPEAKS, None) == YES):
        return attribute(unit, LEVEL, row)
    return NOBODY


def refusal(duty: Duty, value_of: Callable[[str], str | None]) -> Refusal | None:
    """Why a unit does not bear a duty; None when it does.

    Args:
        value_of: an attribute of the unit by name, see `attribute`.

    >>> duty = (((SPEAKS_FOR, frozenset({"省级"})),),)
    >>> refusal(duty, {SPEAKS_FOR: "省级"}.get), refusal(duty, {SPEAKS_FOR: ""}.get).attribute
    (None, 'speaks_for')
    """
    found: Refusal | None = None
    for way in duty:
        reason = _refused(way, value_of)
        if reason is None:
            return None
        if found is None or (found.known and not reason.known):
            found = reason
    return found or Refusal(True, SPEAKS_FOR, NOBODY, ())


def _refused(way: Way, value_of: Callable[[str], str | None]) -> Refusal | None:
    for name, allowed in way:
        value = value_of(name)
        if value is None or value not in allowed:
            return Refusal(value is not None, name, value or "", tuple(sorted(allowed)))
    return None


def level_way(policy: Policy, name: str) -> Way:
    """The way in which units of one level of the pack bear its duties."""
    return tuple((key, frozenset(values)) for key, values in policy.levels[name].items() if values)


def duty_of(indicator: Indicator, policy: Policy) -> Duty:
    """Who bears the duty of an indicator: `applies`, where `bearer` names levels of the pack.

    Without a `bearer` the first level bears it, the duty of an area nobody unless `applies` says who; a clause that
    only lists is shown for every unit. What else `applies` names must hold as well.
    """
    own = tuple((name, frozenset(values)) for name, values in indicator.applies.items() if name != "bearer")
    names = indicator.applies.get("bearer", ())
    if not names and not {name for name, _ in own} & {LEVEL, SPEAKS_FOR}:
        ordinary = indicator.force != "I" and indicator.subject not in AREA_SUBJECTS
        names = tuple(policy.levels)[:1] if ordinary else ()
    ways = tuple((*level_way(policy, name), *own) for name in names if name in policy.levels)
    return ways or (own,)


def bundles_for(policy: Policy, unit: Unit) -> tuple[Bundle, ...]:
    """The task bundles that reach a unit: it bears the duties of their level."""
    reached = {
        name
        for name in policy.levels
        if refusal((level_way(policy, name),), lambda attr: attribute(unit, attr) or "") is None
    }
    return tuple(bundle for bundle in policy.bundles if bundle.level in reached)


def area_levels(duties: Iterable[Duty]) -> frozenset[str]:
    """The levels whose areas have duties of their own."""
    return frozenset(
        value for duty in duties for way in duty for name, allowed in way if name == SPEAKS_FOR for value in allowed
    )


def judged_above(duty: Duty, units: Iterable[Unit], form: Form) -> str:
    """The level above the area of a round at which the duty of an area is judged; "" = it is judged here, or nowhere.

    The area of a round is that of the highest level that a unit speaks for; where nobody speaks, it reaches as high as
    its units stand.
    """
    steps, units, wanted = ladder(form), list(units), area_levels((duty,))
    spoken = highest_spoken(units, form)
    own = [spoken] if spoken else [unit.level for unit in units]
    lowest = max((steps.get(level, -1) for level in wanted), default=-1)
    below = all(steps.get(level, len(steps)) > lowest for level in own)
    return "、".join(sorted(wanted, key=lambda level: steps.get(level, -1))) if wanted and below else ""


def ladder(form: Form) -> Mapping[str, int]:
    """Levels from the highest (0) down, in the order of the form's list; the last has no area below it."""
    return {name: place for place, name in enumerate(form.code_lists.get(LEVEL, ()))}


def highest_spoken(units: Iterable[Unit], form: Form) -> str:
    """The highest level that a unit speaks for: the area of the round; "" = nobody speaks for an area."""
    steps = ladder(form)
    spoken = [unit.level for unit in units if unit.speaks and unit.level in steps]
    return min(spoken, key=steps.__getitem__, default="")
