"""光荣在党50年: who is due in which year, by the number on the branch's roster; names stay with the branch.

Source: calculations C11; YZ-4.3-f.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolkit.compute.families.medal import DueYear, due_year
from toolkit.model.register import Block, Cell
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field

ON_ROSTER, AHEAD, JOINING = "在册", 5, "join_date"
NEEDED = ("full_date", "join_date", "medal_year")


def _due(view: View) -> Iterator[tuple[Row, DueYear]]:
    """Members on the roster with the year in which the medal is due."""
    settings = view.policy.parameters
    if not view.has("member", NEEDED) or not {"medal_cutoff", "medal_start", "medal_years"} <= set(settings):
        return
    month, day = str(view.setting("medal_cutoff")).split("-")
    joining, years = view.setting("medal_start") == JOINING, int(view.setting("medal_years") or 50)  # type: ignore[arg-type]
    for row in view.rows("member"):
        if row.record_status == ON_ROSTER:
            found = due_year(
                row.full_date, row.join_date, years=years, cutoff=(int(month), int(day)), from_joining=joining
            )
            yield row, found


def listed(view: View) -> Sequence[Block]:
    """Members due by 1 July of this year and not yet awarded, the earliest year first."""
    if not view.has("member", NEEDED):
        return []
    rows: list[tuple[Cell, ...]] = [
        (
            view.unit_name(row.origin.unit),
            view.name(row.org_code, row.origin.unit),
            row.member_no,
            found.year,
            _mark(view, found),
        )
        for row, found in _due(view)
        if found.year is not None and found.year <= view.year and row.medal_year is None
    ]
    rows.sort(key=lambda row: str(row[3]))
    names = ("@unit", "@org", "#member_no", "#due_year", "#note")
    return [Block("", tuple(map(named_field, names)), rows)]


def _mark(view: View, found: DueYear) -> str | None:
    return view.sentence(found.mark, {}) if found.mark else None


def by_year(view: View) -> Sequence[Block]:
    """How many are due in each year up to five years ahead, and how many have the medal."""
    if not view.has("member", NEEDED):
        return []
    due: Counter[int | None] = Counter()
    done: Counter[int | None] = Counter()
    for row, found in _due(view):
        year = found.year if row.medal_year is None else row.medal_year
        due[year] += 1
        done[year] += row.medal_year is not None
    years = sorted(year for year in due if year is not None and year <= view.year + AHEAD)
    rows: list[tuple[Cell, ...]] = [(str(year), due[year], done[year], due[year] - done[year]) for year in years]
    if due[None]:
        rows.append((word("unknown_year"), due[None], 0, due[None]))
    names = ("#due_year", "#due", "#awarded", "#open")
    return [Block("", tuple(map(named_field, names)), rows, sums=(1, 2, 3))]
