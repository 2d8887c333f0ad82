"""Organisations: suggested form and split, terms of office, vacancies, moves between grades, gaps of the unit list.

Source: calculations C2 (forms), C6 (terms, vacancies); YZ-2.1-b/c/d/e, 2.2-b/c, 2.4-b, S2-c/d; YN-06-a/b/c, 00-o.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from toolkit.compute.families.organisation_form import BRANCH, Limits, Separate, parts, possible_forms
from toolkit.compute.indicators import family_form, says_form
from toolkit.model.organisations import BRANCHES, IN_FORCE, LEAVES, STANDING, Organisation, in_force
from toolkit.model.register import Block, Cell
from toolkit.model.result import MET, NOT_APPLICABLE, WORST_FIRST, Result
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.stats import STATS
from toolkit.registers.view import Line, View, named_field, traced

SHEET, TEAM = "party_org", ("书记", "副书记", "委员")
SUGGESTED = ("FORM-SIZE-OVER", "FORM-NOT-SEPARATE", "FORM-NOT-REGISTERED")
"""Reasons of verdicts that the suggestion by numbers repeats: split the branch, set up one."""
SECRETARY, COMMUNITY = "书记", "村（社区）"
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
    """Standing organisations: in force on the day, temporary ones left out."""
    return selected_orgs(view, STANDING)


def branches_of(view: View) -> list[Row]:
    """Standing branches."""
    return selected_orgs(view, BRANCHES)


def selected_orgs(view: View, selection: str) -> list[Row]:
    """The rows of a selection of `toolkit.model.organisations`, in official order of the units."""
    places = view.organisations.places(selection)
    return [row for row in view.rows(SHEET) if row.origin[1:] in places]


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
    """One row a unit: members, forms there are, forms that fit, what to do; what the clauses say comes first."""
    sizes, found = limits(view), _verdicts(view)
    first = {row.origin.unit: row for row in reversed(active_orgs(view))}
    lines: list[Line] = []
    for unit in view.units:
        if unit.code not in view.dataset.returned:
            continue
        own = view.organisations.selected(STANDING, unit.code)
        verdicts = found.get(unit.code, [])
        full, total = _members(view, unit.code, verdicts)
        forms, advice = suggestion(full, total, sizes)
        leaves = view.organisations.selected(LEAVES, unit.code)
        still = [one for one in verdicts if one.level not in (MET, NOT_APPLICABLE)]
        if any(one.code not in SUGGESTED for one in still):
            advice = _said(view, still)
        elif leaves and forms and not still and all(_fits(one, sizes) for one in leaves):
            advice = word("form_fits")
        there = "、".join(f"{form}{count}" for form, count in Counter(one.kind for one in own).items())
        cells = (unit.name, full, total, there or word("none"), forms or word("none"), advice)
        stat = view.stats.get(unit.code, {}).get("served_party")
        behind = view.behind(SHEET, first.get(unit.code)) or view.behind(STATS, stat)
        lines.append((cells, behind))
    names = ("@unit", "#full", "#total", "#there", "#forms", "#advice")
    return [traced(map(named_field, names), lines, sums=(1, 2)), _too_large(view, sizes)]


def _verdicts(view: View) -> dict[str, list[Result]]:
    """By unit, what the clauses about the form of organisation say, the worst first."""
    clauses = [one.clause for one in view.policy.indicators if says_form(one)]
    found: dict[str, list[Result]] = {}
    for one in sorted(view.results(clauses), key=lambda one: WORST_FIRST.index(one.level)):
        found.setdefault(one.unit, []).append(one)
    return found


def _members(view: View, unit: str, verdicts: Sequence[Result]) -> tuple[int | None, int | None]:
    """Full members and members of a unit; where no organisation is registered, those that it serves.

    The full members are those that the clause on the separate branch counted: by the roster where there is one.
    """
    if view.organisations.selected(LEAVES, unit):
        full, total = view.organisations.full_members(unit), view.organisations.members(unit)
    else:
        stat = view.stats.get(unit, {}).get("served_party")
        full = total = None if stat is None or stat.value is None else int(stat.value)
    separate = {one.clause for one in view.policy.indicators if family_form(one) is Separate}
    judged = next((one.figures["full"] for one in verdicts if one.clause in separate and one.figures.get("full")), "")
    return int(judged) if judged else full, total


def _fits(one: Organisation, sizes: Limits) -> bool:
    """Whether an organisation is no branch, or small enough for one."""
    return bool(one.rank) or (one.total or 0) <= sizes.branch_max


def _said(view: View, still: Sequence[Result]) -> str:
    """What the worst open verdict says, and how many are open."""
    first = still[0]
    subject = "" if first.subject == first.unit else view.name(first.subject, first.unit)
    said = f"{subject}：{first.reason}" if subject else first.reason
    return word("form_open", what=said, count=len(still)) if len(still) > 1 else said


def _too_large(view: View, sizes: Limits) -> Block:
    large = [
        row
        for row in branches_of(view)
        if row.org_type == BRANCH and row.total_members is not None and row.total_members > sizes.branch_max
    ]
    lines = [
        ((*_where(view, row), row.total_members, parts(row.total_members, sizes.branch_max)), view.behind(SHEET, row))
        for row in large
    ]
    fields = map(named_field, ("@unit", "@org", "#total", "#parts"))
    return traced(fields, lines, word("too_large", most=sizes.branch_max))


def _where(view: View, row: Row) -> tuple[Cell, Cell]:
    return view.unit_name(row.origin.unit), row.org_name


def existing_forms(view: View) -> Sequence[Block]:
    """Organisations in force by level and form, and the members that are counted in them."""
    counted = view.organisations.places(LEAVES)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in selected_orgs(view, IN_FORCE):
        groups.setdefault((view.level_of(row.origin.unit), row.org_type), []).append(row)
    kinds = view.dataset.form.choices(view.dataset.form.by_name[SHEET].by_name["org_type"])
    levels = list(dict.fromkeys(level for level, _ in groups))
    lines: list[Line] = []
    for level, kind in sorted(groups, key=lambda key: (levels.index(key[0]), (*kinds, key[1]).index(key[1]))):
        own = groups[level, kind]
        leaves = [row for row in own if row.origin[1:] in counted]
        sums = [sum(int(getattr(row, name) or 0) for row in leaves) for name in ("full_members", "total_members")]
        lines.append(((level or word("blank"), kind, len(own), *sums), view.behind(SHEET, *own)))
    heads = (named_field("@level"), view.field(SHEET, "org_type"))
    fields = (*heads, *map(named_field, ("#count", "#full", "#total")))
    return [traced(fields, lines, word("counted_once"), sums=(2, 3, 4))]


def terms(view: View) -> Sequence[Block]:
    """Ends of term, the nearest first: overdue, due within the days of reminder, later."""
    if not view.has(SHEET, ["term_end_date"]):
        return []
    remind = int(view.setting("term_remind_days") or 0) if "term_remind_days" in view.policy.parameters else 0  # type: ignore[arg-type]
    orgs = sorted(active_orgs(view), key=lambda row: row.term_end_date or date.max)
    lines = [(_term(view, row, remind), view.behind(SHEET, row)) for row in orgs]
    return [traced(map(named_field, ("@unit", "@org", "#term_end", "#days", "#reminder")), lines)]


def _term(view: View, row: Row, remind: int) -> tuple:
    end = row.term_end_date
    days = (end - view.as_of).days if end else None
    if days is None:
        said = word("term_unknown")
    else:
        said = word("term_past") if days < 0 else word("term_soon") if days <= remind else word("term_later")
    return (*_where(view, row), end, days, said)


def vacancies(view: View) -> Sequence[Block]:
    """Organisations without a secretary, or with fewer people in post than seats where seats are asked for."""
    team: dict[tuple[str, str], Counter[str]] = {}
    for post in view.rows("post"):
        if post.post_type in TEAM and in_force(post.start_date, post.end_date, view.as_of):
            team.setdefault((post.origin.unit, post.org_code), Counter())[post.post_type] += 1
    lines: list[Line] = []
    for row in active_orgs(view):
        held = team.get((row.origin.unit, row.org_code), Counter())
        seats = getattr(row, "committee_seats", None)
        missing = max(int(seats) - held.total(), 0) if seats is not None else None
        if missing or not held[SECRETARY]:
            lead = word("yes") if not held[SECRETARY] else word("no")
            cells = (*_where(view, row), seats, held.total(), missing, lead)
            lines.append((cells, view.behind(SHEET, row)))
    names = ("@unit", "@org", "#seats", "#held", "#missing", "#no_secretary")
    return [traced(map(named_field, names), lines)]


def grade_moves(view: View) -> Sequence[Block]:
    """Grades of branches last year (rows) and now (columns), and the branches that moved."""
    column = view.dataset.form.by_name[SHEET].by_name.get("branch_grade")
    if column is None:
        return []
    grades, prior = view.dataset.form.choices(column), view.prior("branch_grade")
    branches = [row for row in branches_of(view) if row.branch_grade]
    from_grade: dict[str, list[Row]] = {}
    for row in branches:
        from_grade.setdefault(prior.get(row.org_code, word("no_prior")), []).append(row)
    lines: list[Line] = []
    for before in (one for one in (*grades, word("no_prior")) if one in from_grade):
        own = from_grade[before]
        now = Counter(row.branch_grade for row in own)
        lines.append(((before, *(now[grade] for grade in grades), len(own)), view.behind(SHEET, *own)))
    fields = [named_field("#before"), *(_count(grade) for grade in grades), named_field("#count")]
    note = "" if prior else word("without_prior")
    table = traced(fields, lines, note, tuple(range(1, len(fields))))
    rank = {grade: place for place, grade in enumerate(grades)}
    moved = [
        ((*_where(view, row), before, row.branch_grade, _direction(rank, before, row)), view.behind(SHEET, row))
        for row in branches
        if (before := prior.get(row.org_code)) and before != row.branch_grade
    ]
    names = ("@unit", "@org", "#before", "#now", "#direction")
    return [table, traced(map(named_field, names), moved, word("moved_list"))]


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
