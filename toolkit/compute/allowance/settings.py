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

MONTHLY = frozenset({"month_rule", "dup_keep", "pay_in_service", "secretary_scope"})
"""Parameters of each month, beside the standards; the others hold for the year as a whole."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for everybody.

    Args:
        completed: months of the year that are over.
        month_rules, keeps, in_service, scopes: by month, by the parameter in force on its first day. keeps: highest =
            the highest standard; post_order = the first post of the tie order. in_service: whether members in service
            are paid. scopes: types of organisation whose posts are paid; None = all.
        across: whether people are matched beyond their unit.
        reading: of 统筹使用: both, floor (each person only) or pool (the unit's sum only).
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
    month_rules: tuple[str, ...]
    keeps: tuple[str, ...]
    across: bool
    reading: str
    scopes: tuple[tuple[str, ...] | None, ...]
    in_service: tuple[bool, ...]
    unit_order: Mapping[str, int]
    names: Mapping[str, str]
    strict: bool = False
    rulings: Rulings = field(default_factory=Rulings)
    pending: Mapping[str, str] = field(default_factory=dict)

    @property
    def scoped(self) -> bool:
        """Whether it depends on the organisation whether a post is paid."""
        return any(scope is not None for scope in self.scopes)

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
    rules, year = rules_of(policy), dataset.year
    return Frame(
        rules=rules,
        rates=Rates(dataset, rules, parameters, as_of),
        year=dataset.year,
        as_of=as_of,
        completed=completed_months(dataset.year, as_of),
        month_rules=tuple(known_rule(value) for value in by_month(parameters, "month_rule", year)),
        keeps=tuple(_known("dup_keep", value, KEEP) for value in by_month(parameters, "dup_keep", year)),
        across=_choice(parameters, "dup_scope", SCOPES) == ALL,
        reading=_choice(parameters, "pool_reading", READINGS),
        scopes=_scopes(rules, parameters, year),
        in_service=tuple(value is True for value in by_month(parameters, "pay_in_service", year)),
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
    return _known(name, _get(parameters, name), known)


def _known(name: str, given: object, known: Sequence[str]) -> str:
    value = given or known[0]
    if value not in known:
        raise XltoolError("ALW-002", parameter=name, value=value, known="、".join(known))
    return str(value)


def _scopes(rules: Rules, parameters: Parameters, year: int) -> tuple[tuple[str, ...] | None, ...]:
    values = by_month(parameters, rules.scope_parameter, year)
    return tuple(value if isinstance(value, tuple) and value else None for value in values)


def by_month(parameters: Parameters, name: str, year: int) -> list[object]:
    """A parameter on the first day of every month; the value in force in the end where there was none yet.

    A parameter that the policy has not is None.
    """
    last = _get(parameters, name) if name else None
    if last is None:
        return [None] * 12
    values = (parameters.at(name, date(year, month, 1)) for month in range(1, 13))
    return [last if value is None else value for value in values]
