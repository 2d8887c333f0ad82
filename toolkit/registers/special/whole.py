"""The draft for 队伍状况分析, the figures of the whole area without a single person; and the result of each unit.

Source: YN-12-h; forms.md: opinions of persons are out of reach. YZ-S1-b/c, YN-03-c/d (年度考核、述职评议).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.model.organisations import IN_FORCE
from toolkit.model.register import Block
from toolkit.model.rows import Row
from toolkit.model.withholding import restricted_stats
from toolkit.registers.definitions import word
from toolkit.registers.special.organisations import selected_orgs
from toolkit.registers.stats import STATS, short_name
from toolkit.registers.view import Line, View, named_field, traced


def situation(view: View) -> Sequence[Block]:
    """Item, number, in how many units: totals that are not sensitive, organisations, groups, posts in force."""
    fields = tuple(map(named_field, ("#item", "#count", "#measure", "#units")))
    return [traced(fields, [*_stats(view), *_organisations(view)], word("situation_note"))]


def _stats(view: View) -> Iterator[Line]:
    form = view.dataset.form
    fixed = form.by_name[STATS].fixed_rows if STATS in form.by_name else ()
    restricted = restricted_stats(form)
    for row in fixed:
        if row.key in restricted or row.values["stat_unit"] == "元":
            continue
        own = [stats[row.values["stat_key"]] for stats in view.stats.values() if row.values["stat_key"] in stats]
        known = [one for one in own if one.value is not None]
        total = sum((Decimal(one.value) for one in known), Decimal(0))
        yield (short_name(row), total, row.values["stat_unit"], len(known)), view.behind(STATS, *known)


def _organisations(view: View) -> Iterator[Line]:
    found: dict[str, list[Row]] = {}
    for row in selected_orgs(view, IN_FORCE):
        found.setdefault(row.org_type, []).append(row)
    for form, own in found.items():
        cells = (form, len(own), word("piece"), len({row.origin.unit for row in own}))
        yield cells, view.behind("party_org", *own)


def unit_results(view: View) -> Sequence[Block]:
    """One row a unit: 总评, both rates and what is missed, as its 单位一页纸 says; worst first."""
    own = {row.origin.unit: row for row in view.rows("unit")}
    lines: list[Line] = []
    for one in view.figures.ranked():
        counts = (one.hard, one.soft, one.open) if one.counted else (None, None, None)
        cells = (view.unit_name(one.unit), one.overall, one.proved.rate, one.told.rate, *counts)
        lines.append((cells, view.behind("unit", own.get(one.unit))))
    names = ("@unit", "#overall", "#proved", "#told_rate", "#hard", "#soft", "#open_cells")
    return [traced(map(named_field, names), lines)]
