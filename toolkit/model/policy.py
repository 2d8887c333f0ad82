"""The policy pack: clauses, dated parameters, indicators, task bundles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

_SPLIT = re.compile(r"[;；]")
SEPARATOR = "｜"
"""Between the title of a section and that of a clause of it."""
FORCES = ("H", "S", "S→H", "I")
PARAMETER_TYPES = ("choice", "flag", "integer", "count", "decimal", "text", "list", "date", "month_day")

Value = str | bool | int | Decimal | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the text, verbatim, with who bears it and what kind of duty it is."""

    id: str
    section: str
    title: str
    quote: str
    duty_bearer: str
    responsible_units: tuple[str, ...]
    kind: str
    period: str
    subject: str
    metric: str
    data_needed: str
    computable: str
    notes: str

    @property
    def short(self) -> str:
        """Its title without the title of its section."""
        return self.title.split(SEPARATOR)[-1]

    @property
    def addressees(self) -> tuple[str, ...]:
        """Whom the text makes answer for it: the responsible units, where it names none those who bear the duty."""
        named = self.responsible_units or tuple(_SPLIT.split(self.duty_bearer))
        return tuple(dict.fromkeys(name.strip() for name in named if name.strip()))


def latest(values: Iterable[tuple[date, Value | None]], day: date, before: Value | None) -> Value | None:
    """The last of some dated values that has begun on `day`; `before` when none has."""
    current = before
    for start, value in values:
        if start <= day:
            current = value
    return current


@dataclass(frozen=True, slots=True)
class Dated:
    """A campaign's own values of a parameter from certain days on; before the first the pack's value holds."""

    values: tuple[tuple[date, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or choice that the computation needs, dated, with its clause.

    Args:
        no: A1 to A25 of the parameter list.
        values: (in force from, value or None); None = left open by the policy, nobody set it.
        source: where a value comes from that the clause itself does not give.
        words: choice → how a clerk reads it.
        if_open: what leaving it open means, as far as that does not follow from who reads it
            (see `toolkit.campaign.parameters`).
    """

    name: str
    no: str
    title: str
    type: str
    unit: str
    clauses: tuple[str, ...]
    why: str
    source: str
    values: tuple[tuple[date, Value | None], ...]
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    if_open: str = ""

    @property
    def may_be_open(self) -> bool:
        """Whether a round may leave it open: the pack does, or says what that means. What the text sets stays set."""
        return bool(self.if_open) or any(value is None for _, value in self.values)

    def at(self, day: date) -> Value | None:
        """The value in force on `day`; None when nothing is in force or it was left open."""
        return latest(self.values, day, None)


Override = Value | None | Dated


@dataclass(frozen=True, slots=True)
class Indicator:
    """How one clause is computed: the family of calculations.md and its arguments (data).

    Args:
        remedy: what a unit that does not meet the clause has to do, and which sheet to fill in.
    """

    clause: str
    family: str
    force: str
    period: str
    subject: str
    args: Mapping[str, object]
    applies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remedy: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """One row of the task list: the checklist clauses of one section.

    Args:
        level: 单位, 国企, 市级 or 省级: who fills it in.
    """

    task_no: str
    level: str
    section: str
    title: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Policy:
    """One policy, whole; two are the same only when they are one object.

    Args:
        effective, ends: first and last day in force; ends None = open.
        first_year: the first year that is judged.
        form_version, form_title: version (dotted integers) and title of the workbook.
        levels: who bears duties: level → {"speaks_for": …, "admin_level": …, "unit_category": …}; empty = any
            (see `toolkit.model.duties`).
        allowance: the allowance regime, plain data (see `toolkit.compute.allowance`).
        overlay: what the pack hides from and adds to the shared form.
        groups: (title of the action, sections), for grouping in reports.
        not_encoded: clause id → (why nothing is computed from it, where it shows all the same).
        offices: those, as the clauses call them, who can be sent a list of their duties; everybody else whom a clause
            names (党员, 离退休干部 …) is no office.
    """

    id: str
    version: str
    title: str
    short_title: str
    document_no: str
    issuer: str
    effective: date
    ends: date | None
    first_year: int
    form_version: str
    form_title: str
    clauses: Mapping[str, Clause]
    parameters: Mapping[str, Parameter]
    indicators: tuple[Indicator, ...]
    bundles: tuple[Bundle, ...]
    levels: Mapping[str, Mapping[str, tuple[str, ...]]]
    allowance: Mapping[str, object]
    overlay: Mapping[str, Mapping]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    folder: Path
    not_encoded: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    offices: tuple[str, ...] = ()

    @property
    def due_is_floor(self) -> bool:
        """Whether what is due is only a lower limit (应发下限): units may pay more."""
        return self.allowance.get("regime") == "floor_with_pool"

    @cached_property
    def indicator_of(self) -> dict[str, Indicator]:
        """Indicators by clause id."""
        return {indicator.clause: indicator for indicator in self.indicators}


class Parameters:
    """The parameters in force on one day, the campaign's overrides on top.

    `get` gives the value or None (left open); every value read is remembered in `used`, so that a
    report can print exactly what its figures rest on.
    """

    def __init__(self, policy: Policy, day: date, overrides: Mapping[str, Override] | None = None) -> None:
        self.policy, self.day = policy, day
        self.overrides = dict(overrides or {})
        self.used: dict[str, Value | None] = {}

    def get(self, name: str, day: date | None = None) -> Value | None:
        """The value of `name` on `day` (default: the day of judgement).

        Raises: KeyError: the pack has no such parameter.
        """
        self.used[name] = value = self.at(name, day or self.day)
        return value

    def at(self, name: str, day: date) -> Value | None:
        """The value of `name` on `day`, without noting that it was read."""
        own, known = self.overrides.get(name), self.policy.parameters[name]
        if isinstance(own, Dated):
            return latest(own.values, day, known.at(day))
        return own if name in self.overrides else known.at(day)

    def since(self, name: str, day: date) -> date | None:
        """The day from which the value of `name` on `day` holds; None = the round sets it for the whole year."""
        own, values = self.overrides.get(name), self.policy.parameters[name].values
        if isinstance(own, Dated):
            values = own.values if own.values[0][0] <= day else values
        elif name in self.overrides:
            return None
        return max((first for first, _ in values if first <= day), default=None)

    def origin(self, name: str) -> str:
        """`批次设置` for an override, otherwise the clauses of the pack; both when the override begins on some day."""
        clauses = "、".join(self.policy.parameters[name].clauses)
        if name not in self.overrides:
            return clauses
        return f"{clauses}；批次设置" if isinstance(self.overrides[name], Dated) else "批次设置"
