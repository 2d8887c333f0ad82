"""The draft for 队伍状况分析, the figures of the whole area without a single person; and the result of each unit.

Source: YN-12-h; forms.md: opinions of persons are out of reach. YZ-S1-b/c, YN-03-c/d (年度考核、述职评议).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.model.organisations import IN_FORCE
from toolkit.model.register import Block, Cell
from toolkit.model.withholding import restricted_stats
from toolkit.registers.definitions import word
from toolkit.registers.special.organisations import selected_orgs
from toolkit.registers.stats import short_name
from toolkit.registers.view import View, named_field


def situation(view: View) -> Sequence[Block]:
    """Item, number, in how many units: totals that are not sensitive, organisations, groups, posts in force."""
    fields = tuple(map(named_field, ("#item", "#count", "#measure", "#units")))
    return [Block("", fields, [*_stats(view), *_organisations(view)], word("situation_note"))]


def _stats(view: View) -> Iterator[tuple[Cell, ...]]:
    form = view.dataset.form
    fixed = form.by_name["annual_stat"].fixed_rows if "annual_stat" in form.by_name else ()
    restricted = restricted_stats(form)
    for row in fixed:
        if row.key in restricted or row.values["stat_unit"] == "元":
            continue
        values = [
            stats[row.values["stat_key"]].value for stats in view.stats.values() if row.values["stat_key"] in stats
        ]
        known = [Decimal(value) for value in values if value is not None]
        yield short_name(row), sum(known, Decimal(0)), row.values["stat_unit"], len(known)


def _organisations(view: View) -> Iterator[tuple[Cell, ...]]:
    units: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for row in selected_orgs(view, IN_FORCE):
        counts[row.org_type] += 1
        units.setdefault(row.org_type, set()).add(row.origin.unit)
    for form, count in counts.items():
        yield form, count, word("piece"), len(units[form])


def unit_results(view: View) -> Sequence[Block]:
    """One row a unit: 总评, both rates and what is missed, as its 单位一页纸 says; worst first."""
    rows: list[tuple[Cell, ...]] = []
    for one in view.figures.ranked():
        counts = (one.hard, one.soft, one.open) if one.counted else (None, None, None)
        rows.append((view.unit_name(one.unit), one.overall, one.proved.rate, one.told.rate, *counts))
    names = ("@unit", "#overall", "#proved", "#told_rate", "#hard", "#soft", "#open_cells")
    return [Block("", tuple(map(named_field, names)), rows)]
