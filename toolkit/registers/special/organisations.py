"""Organisations: suggested form and split, terms of office, vacancies, moves between grades, gaps of the unit list.

Source: calculations C2 (forms), C6 (terms, vacancies); YZ-2.1-b/c/d/e, 2.2-b/c, 2.4-b, S2-c/d; YN-06-a/b/c, 00-o.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from toolkit.compute.families.organisation_form import Limits, parts, possible_forms
from toolkit.compute.filters import in_force
from toolkit.model.register import Block, Cell
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field

BRANCHES = ("党支部", "联合党支部")
TEAM = ("书记", "副书记", "委员")
TEMPORARY, SECRETARY, COMMUNITY, YES = "临时党组织", "书记", "村（社区）", "是"
LIMITS = {
    "branch_min_full": "branch_min_full",
    "branch_max": "branch_max_members",
    "general_min": "general_branch_min",
    "general_max": "general_branch_max",
    "committee_over": "committee_over",
}


def limits(view: View) -> Limits:
    """The sizes in force; those that the pack leaves to 党章和有关规定 stand at 3, 50 and 100."""
    named = {field: view.setting(name) for field, name in LIMITS.items() if name in view.policy.parameters}
    return Limits(**{field: int(value) for field, value in named.items() if value is not None})  # type: ignore[call-overload]


def active_orgs(view: View) -> list[Row]:
    """Organisations in force on the day, temporary ones left out: their members would count twice."""
    found = [row for row in view.rows("party_org") if in_force(row.set_date, row.dissolve_date, view.day)]
    return [row for row in found if row.org_type != TEMPORARY and getattr(row, "is_temporary", None) != YES]


def branches_of(view: View) -> list[Row]:
    """Branches in force on the day."""
    return [row for row in active_orgs(view) if row.org_type in BRANCHES]


def suggestion(full: int | None, total: int | None, sizes: Limits) -> tuple[str, str]:
    """Which forms fit a unit of this size, and what to do.

    >>> suggestion(51, 51, Limits())
    ('党总支', '单独成立党组织；设党支部的，分设2个，每个不超过50人')
    >>> suggestion(2, 2, Limits())[1]
    '正式党员不足3名，可同其他单位联合建立党支部'
    """
    if full is None or total is None:
        return "", word("form_unknown")
    forms = possible_forms(full, total, sizes)
    if not forms:
        return "", word("form_few", minimum=sizes.branch_min_full)
    if total > sizes.branch_max:
        return "、".join(forms), word("form_split", parts=parts(total, sizes.branch_max), most=sizes.branch_max)
    return "、".join(forms), word("form_own")


def suggested_forms(view: View) -> Sequence[Block]:
    """One row a unit: members, forms there are, forms that fit, the suggestion."""
    sizes, by_unit = limits(view), _by_unit(active_orgs(view))
    rows: list[tuple[Cell, ...]] = []
    for unit in view.units:
        if unit.code not in view.dataset.returned:
            continue
        own = by_unit.get(unit.code, [])
        leaves = [row for row in own if row.org_type in BRANCHES]
        full, total = _sum(leaves, "full_members"), _sum(leaves, "total_members")
        if not leaves:
            stat = view.stats.get(unit.code, {}).get("served_party")
            full = total = None if stat is None or stat.value is None else int(stat.value)
        forms, advice = suggestion(full, total, sizes)
        if leaves and forms and all((row.total_members or 0) <= sizes.branch_max for row in leaves):
            advice = word("form_fits")
        there = "、".join(f"{form}{count}" for form, count in Counter(row.org_type for row in own).items())
        rows.append((unit.name, full, total, there or word("none"), forms or word("none"), advice))
    names = ("@unit", "#full", "#total", "#there", "#forms", "#advice")
    return [Block("", tuple(map(named_field, names)), rows, sums=(1, 2)), _too_large(view, sizes)]


def _too_large(view: View, sizes: Limits) -> Block:
    rows = [
        (view.unit_name(row.origin.unit), row.org_name, row.total_members, parts(row.total_members, sizes.branch_max))
        for row in branches_of(view)
        if row.total_members is not None and row.total_members > sizes.branch_max
    ]
    fields = tuple(map(named_field, ("@unit", "@org", "#total", "#parts")))
    return Block("", fields, rows, word("too_large", most=sizes.branch_max))


def _by_unit(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.origin.unit, []).append(row)
    return found


def _sum(rows: Sequence[Row], column: str) -> int | None:
    values = [getattr(row, column) for row in rows]
    return None if None in values or not values else int(sum(values))


def terms(view: View) -> Sequence[Block]:
    """Ends of term, the nearest first: overdue, due within the days of reminder, later."""
    if not view.has("party_org", ["term_end_date"]):
        return []
    remind = int(view.setting("term_remind_days") or 0) if "term_remind_days" in view.policy.parameters else 0  # type: ignore[arg-type]
    rows = [_term(view, row, remind) for row in active_orgs(view)]
    rows.sort(key=lambda row: (row[2] is None, row[2] or date.max))
    return [Block("", tuple(map(named_field, ("@unit", "@org", "#term_end", "#days", "#reminder"))), rows)]


def _term(view: View, row: Row, remind: int) -> tuple:
    end = row.term_end_date
    days = (end - view.as_of).days if end else None
    if days is None:
        said = word("term_unknown")
    else:
        said = word("term_past") if days < 0 else word("term_soon") if days <= remind else word("term_later")
    return (view.unit_name(row.origin.unit), row.org_name, end, days, said)


def vacancies(view: View) -> Sequence[Block]:
    """Organisations without a secretary, or with fewer people in post than seats where seats are asked for."""
    team: dict[str, Counter[str]] = {}
    for post in view.rows("post"):
        if post.post_type in TEAM and in_force(post.start_date, post.end_date, view.as_of):
            team.setdefault(post.org_code, Counter())[post.post_type] += 1
    rows: list[tuple[Cell, ...]] = []
    for row in active_orgs(view):
        held = team.get(row.org_code, Counter())
        seats = getattr(row, "committee_seats", None)
        missing = max(int(seats) - held.total(), 0) if seats is not None else None
        if missing or not held[SECRETARY]:
            lead = word("yes") if not held[SECRETARY] else word("no")
            rows.append((view.unit_name(row.origin.unit), row.org_name, seats, held.total(), missing, lead))
    names = ("@unit", "@org", "#seats", "#held", "#missing", "#no_secretary")
    return [Block("", tuple(map(named_field, names)), rows)]


def grade_moves(view: View) -> Sequence[Block]:
    """Grades of branches last year (rows) and now (columns), and the branches that moved."""
    column = view.dataset.form.by_name["party_org"].by_name.get("branch_grade")
    if column is None:
        return []
    grades, prior = view.dataset.form.choices(column), view.prior("branch_grade")
    branches = [row for row in branches_of(view) if row.branch_grade]
    moves = Counter((prior.get(row.org_code, word("no_prior")), row.branch_grade) for row in branches)
    lines = [*grades, word("no_prior")]
    rows = [
        (before, *(moves[before, now] for now in grades), sum(moves[before, now] for now in grades))
        for before in lines
        if any(moves[before, now] for now in grades)
    ]
    fields = [named_field("#before"), *(_count(grade) for grade in grades), named_field("#count")]
    note = "" if prior else word("without_prior")
    table = Block("", tuple(fields), rows, note, tuple(range(1, len(fields))))
    rank = {grade: place for place, grade in enumerate(grades)}
    moved = [
        (view.unit_name(row.origin.unit), row.org_name, before, row.branch_grade, _direction(rank, before, row))
        for row in branches
        if (before := prior.get(row.org_code)) and before != row.branch_grade
    ]
    names = ("@unit", "@org", "#before", "#now", "#direction")
    return [table, Block("", tuple(map(named_field, names)), moved, word("moved_list"))]


def _count(label: str):
    from toolkit.model.register import Field

    return Field(label, "count", 9)


def _direction(rank: dict[str, int], before: str, row: Row) -> str:
    return word("risen") if rank[row.branch_grade] > rank.get(before, -1) else word("fallen")


def directory_gaps(view: View) -> Sequence[Block]:
    """The tree of the unit list, and where a line of management is broken."""
    known = {unit.code for unit in view.dataset.units}
    rows: list[tuple[Cell, ...]] = []
    for unit in view.dataset.units:
        problems = []
        if unit.parent and unit.parent not in known:
            problems.append(word("parent_unknown"))
        if unit.category == COMMUNITY and not unit.town:
            problems.append(word("no_town"))
        elif unit.town and unit.town not in known:
            problems.append(word("town_unknown"))
        parent, town = (view.name(code) if code else None for code in (unit.parent, unit.town))
        rows.append((unit.name, unit.category, unit.level, parent, town, "；".join(problems) or None))
    names = ("@unit", "#category", "@level", "#parent", "#town", "#problem")
    return [Block("", tuple(map(named_field, names)), rows)]
