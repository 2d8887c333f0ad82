"""光荣在党50年: who is due in which year, by the number on the branch's roster; names stay with the branch.

Source: calculations C11; YZ-4.3-f.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.compute.families.medal import DueYear, due_year
from toolkit.model.register import Block, Cell
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field, traced

SHEET, ON_ROSTER, AHEAD, JOINING = "member", "在册", 5, "join_date"
NEEDED = ("full_date", "join_date", "medal_year")


def _due(view: View) -> Iterator[tuple[Row, DueYear]]:
    """Members on the roster with the year in which the medal is due."""
    settings = view.policy.parameters
    if not view.has(SHEET, NEEDED) or not {"medal_cutoff", "medal_start", "medal_years"} <= set(settings):
        return
    month, day = str(view.setting("medal_cutoff")).split("-")
    joining, years = view.setting("medal_start") == JOINING, int(view.setting("medal_years") or 50)  # type: ignore[arg-type]
    for row in view.rows(SHEET):
        if row.record_status == ON_ROSTER:
            found = due_year(
                row.full_date, row.join_date, years=years, cutoff=(int(month), int(day)), from_joining=joining
            )
            yield row, found


def listed(view: View) -> Sequence[Block]:
    """Members due by 1 July of this year and not yet awarded, the earliest year first."""
    if not view.has(SHEET, NEEDED):
        return []
    due = [
        (found, row)
        for row, found in _due(view)
        if found.year is not None and found.year <= view.year and row.medal_year is None
    ]
    lines = [
        ((*_where(view, row), row.member_no, found.year, _mark(view, found)), view.behind(SHEET, row))
        for found, row in sorted(due, key=lambda one: str(one[0].year))
    ]
    return [traced(map(named_field, ("@unit", "@org", "#member_no", "#due_year", "#note")), lines)]


def _where(view: View, row: Row) -> tuple[Cell, Cell]:
    return view.unit_name(row.origin.unit), view.name(row.org_code, row.origin.unit)


def _mark(view: View, found: DueYear) -> str | None:
    return view.sentence(found.mark, {}) if found.mark else None


def by_year(view: View) -> Sequence[Block]:
    """How many are due in each year up to five years ahead, and how many have the medal."""
    if not view.has(SHEET, NEEDED):
        return []
    due: dict[int | None, list[Row]] = {}
    for row, found in _due(view):
        due.setdefault(found.year if row.medal_year is None else row.medal_year, []).append(row)
    years = sorted(year for year in due if year is not None and year <= view.year + AHEAD)
    lines = []
    for year in (*years, *([None] if None in due else [])):
        own = due[year]
        done = sum(row.medal_year is not None for row in own)
        cells = (str(year) if year else word("unknown_year"), len(own), done, len(own) - done)
        lines.append((cells, view.behind(SHEET, *own)))
    names = ("#due_year", "#due", "#awarded", "#open")
    return [traced(map(named_field, names), lines, sums=(1, 2, 3))]
