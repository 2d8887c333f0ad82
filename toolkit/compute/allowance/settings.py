"""What holds for everybody in one computation: the pack's rules, the parameters in force, the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from toolkit.compute.allowance.rates import Rates
from toolkit.compute.allowance.rules import Rules, rules_of
from toolkit.compute.allowance.say import labels
from toolkit.compute.months import completed_months, known_rule
from toolkit.model.batch import Dataset
from toolkit.model.errors import XltoolError
from toolkit.model.people import Rulings
from toolkit.model.policy import Parameters, Policy

HIGHEST, POST_ORDER = KEEP = ("highest", "post_order")
ALL, UNIT = SCOPES = ("all", "unit")
BOTH, FLOOR, POOL = READINGS = ("both", "floor", "pool")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for everybody.

    Args:
        completed: months of the year that are over.
        keep: highest = in each month the highest standard; post_order = the first post of the tie order.
        across: whether people are matched beyond their unit.
        reading: of 统筹使用: both, floor (each person only) or pool (the unit's sum only).
        scope: types of organisation whose posts are paid; None = all.
        unit_order: place of each unit in the official order.
        names: labels of sheet `post`, and of all sheets.
        strict: what the text puts softly counts as hard (A25).
        rulings, pending: see `Dataset`.
    """

    rules: Rules
    rates: Rates
    year: int
    as_of: date
    completed: int
    month_rule: str
    keep: str
    across: bool
    reading: str
    scope: tuple[str, ...] | None
    pay_in_service: bool
    unit_order: Mapping[str, int]
    names: Mapping[str, str]
    strict: bool = False
    rulings: Rulings = field(default_factory=Rulings)
    pending: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether the year is over."""
        return self.completed == 12


def make_frame(dataset: Dataset, policy: Policy, parameters: Parameters, as_of: date) -> Frame:
    """The frame of one computation.

    Raises:
        XltoolError: ALW-002 a parameter has a value that cannot be used.
        DefinitionError: the allowance block of the pack breaks its rules.
    """
    rules = rules_of(policy)
    return Frame(
        rules=rules,
        rates=Rates(dataset, rules, parameters, as_of),
        year=dataset.year,
        as_of=as_of,
        completed=completed_months(dataset.year, as_of),
        month_rule=known_rule(_get(parameters, "month_rule")),
        keep=_choice(parameters, "dup_keep", KEEP),
        across=_choice(parameters, "dup_scope", SCOPES) == ALL,
        reading=_choice(parameters, "pool_reading", READINGS),
        scope=_scope(rules, parameters),
        pay_in_service=_get(parameters, "pay_in_service") is True,
        unit_order={unit.code: place for place, unit in enumerate(dataset.units)},
        names=labels(dataset.form, "post"),
        strict=_get(parameters, "strict_soft") is True,
        rulings=dataset.rulings,
        pending=dataset.pending,
    )


def _get(parameters: Parameters, name: str) -> object:
    """A parameter that not every policy has; None when this one has not."""
    return parameters.get(name) if name in parameters.policy.parameters else None


def _choice(parameters: Parameters, name: str, known: Sequence[str]) -> str:
    """The value of a choice; the first one where the policy has no such parameter or leaves it open."""
    value = _get(parameters, name) or known[0]
    if value not in known:
        raise XltoolError("ALW-002", parameter=name, value=value, known="、".join(known))
    return str(value)


def _scope(rules: Rules, parameters: Parameters) -> tuple[str, ...] | None:
    value = _get(parameters, rules.scope_parameter) if rules.scope_parameter else None
    return value if isinstance(value, tuple) and value else None
