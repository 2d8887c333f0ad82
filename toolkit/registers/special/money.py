"""Budgets: the channel of each unit, and the allowance budget against what the year asks for.

Source: YZ-S4-b/c/e, S4-l/m; YN-02-i, S7-h; calculations C3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.model.register import Block, Cell
from toolkit.registers.stats import STATS
from toolkit.registers.view import Line, View, named_field, traced


def allowance_budget(view: View) -> Sequence[Block]:
    """One row a unit: budget, due, paid, and the levels of standard, pool and budget."""
    lines: list[Line] = []
    for unit in view.units:
        if unit.code in view.dataset.returned:
            own = view.allowance.units.get(unit.code, {})
            stat = view.stats.get(unit.code, {}).get("secretary_subsidy_budget")
            budget = stat.value if stat is not None else None
            money = (budget, *(_sum(own, key) for key in ("due", "paid")))
            cells = (unit.name, *money, *(_level(own, key) for key in ("standard", "pool", "budget")))
            lines.append((cells, view.behind(STATS, stat)))
    due = "#amount_floor" if view.policy.due_is_floor else "#amount_due"
    names = ("@unit", "#budget", due, "#amount_paid", "#standard_level", "#pool_level", "#budget_level")
    return [traced(map(named_field, names), lines, sums=(1, 2, 3))]


def _level(own: Mapping[str, object], key: str) -> Cell:
    found = own.get(f"{key}_level")
    return str(found) if found else None


def _sum(own: Mapping[str, object], name: str) -> Decimal:
    """A sum of the unit's rows of the payment list."""
    found = own.get(name)
    return found if isinstance(found, Decimal) else Decimal(0)


def channels(view: View) -> Sequence[Block]:
    """The budget channel that each unit names, beside its category."""
    lines: list[Line] = []
    for row in view.rows("unit"):
        unit = view.unit(row.origin.unit)
        category = view.attribute(unit, "unit_category") if unit else row.unit_category
        cells = (view.unit_name(row.origin.unit), category, row.budget_channel)
        lines.append((cells, view.behind("unit", row)))
    return [traced(map(named_field, ("@unit", "#category", "#channel")), lines)]
