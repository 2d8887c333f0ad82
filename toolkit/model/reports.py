"""What the computations return for a year: all allowances, all levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from toolkit.model.figures import UnitFigures
from toolkit.model.result import PersonAllowance, Result


@dataclass(frozen=True, slots=True)
class AllowanceReport:
    """All allowances of a year; totals reconcile person = unit = total.

    Args:
        units: unit code → {"due", "paid", "pool_level", "standard_level", "budget_level", ...} figures and levels.
        parameters: every parameter used: name → (value as text, origin).
        results: the same under each clause, for the compliance report.
    """

    policy: str
    year: int
    as_of: date
    parameters: Mapping[str, tuple[str, str]]
    persons: tuple[PersonAllowance, ...]
    units: Mapping[str, Mapping[str, object]]
    totals: Mapping[str, object]
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplianceReport:
    """All results of a year."""

    policy: str
    year: int
    as_of: date
    parameters: Mapping[str, tuple[str, str]]
    results: tuple[Result, ...]
    units: tuple[UnitFigures, ...]
