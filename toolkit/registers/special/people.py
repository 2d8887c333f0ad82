"""Liaisons and the three corps: how many organisations each liaison serves, duty lists, gaps, head counts.

Source: calculations C6, C9; YN-00-r, 08-a/d/e/f/g/h; YZ-2.2-g/h.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from toolkit.compute.families.standing import longest_gap
from toolkit.compute.people import distinct
from toolkit.model.organisations import in_force
from toolkit.model.register import Block
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.special.organisations import branches_of
from toolkit.registers.view import Line, View, doubt_note, named_field, traced

SHEET, LIAISON, IN_SERVICE, SECRETARY, STAFF, YES = "post", "党建联络员", "在职党员", "书记", "党务工作者", "是"


def liaisons(view: View) -> list[Row]:
    """Liaisons in post on the day."""
    return [row for row in view.rows(SHEET) if row.post_type == LIAISON and _now(row, view.as_of)]


def _now(row: Row, day: date) -> bool:
    return in_force(row.start_date, row.end_date, day)


def liaison_load(view: View) -> Sequence[Block]:
    """One row a person over all workbooks, the one with most organisations first."""
    rows = liaisons(view)
    found = distinct(rows, view.dataset.rulings)
    people: dict[int, list[Row]] = {}
    for row in rows:
        people.setdefault(found.person[row.origin], []).append(row)
    limit = view.setting("liaison_max_orgs") if "liaison_max_orgs" in view.policy.parameters else None
    lines = [(_load(view, own, limit), view.behind(SHEET, *own)) for own in people.values()]
    lines.sort(key=lambda line: -line[0][3])
    names = ("#name", "@unit", "#status", "#orgs", "#limit", "#over", "#org_names")
    return [traced(map(named_field, names), lines, doubt_note(found))]


def _load(view: View, own: list[Row], limit: object) -> tuple:
    orgs = list(dict.fromkeys(row.org_code for row in own))
    units = "、".join(dict.fromkeys(view.unit_name(row.origin.unit) for row in own))
    over = word("yes") if isinstance(limit, int) and len(orgs) > limit else word("no")
    most = limit if isinstance(limit, int) else None
    return (
        own[0].person_name,
        units,
        own[0].person_status,
        len(orgs),
        most,
        over if most else None,
        "、".join(map(view.name, orgs)),
    )


def liaison_duties(view: View) -> Sequence[Block]:
    """Liaisons of each unit and how many have signed their duty list."""
    if not view.has(SHEET, ["duty_list_signed"]):
        return []
    units: dict[str, list[Row]] = {}
    for row in liaisons(view):
        units.setdefault(row.origin.unit, []).append(row)
    lines: list[Line] = []
    for unit, own in units.items():
        done = sum(row.duty_list_signed == YES for row in own)
        lines.append(((view.unit_name(unit), len(own), done, done / len(own)), view.behind(SHEET, *own)))
    names = ("@unit", "#liaisons", "#signed", "#rate")
    return [traced(map(named_field, names), lines, sums=(1, 2))]


def liaison_gaps(view: View) -> Sequence[Block]:
    """Branches without an in-service liaison now, or for a while this year; last year's gap beside it."""
    held: dict[tuple[str, str], list[tuple[date | None, date | None]]] = {}
    for row in view.rows(SHEET):
        if row.post_type == LIAISON and row.person_status == IN_SERVICE:
            held.setdefault((row.origin.unit, row.org_code), []).append((row.start_date, row.end_date))
    before, first = view.prior("liaison_gaps"), date(view.year, 1, 1)
    lines: list[Line] = []
    for row in branches_of(view):
        posts = held.get((row.origin.unit, row.org_code), [])
        gap = longest_gap(posts, first, view.as_of)
        vacant = not any(in_force(start, end, view.as_of) for start, end in posts)
        if vacant or gap:
            said = word("never") if gap is None else word("vacant") if vacant else word("filled_again")
            cells = (view.unit_name(row.origin.unit), row.org_name, gap, before.get(row.org_code), said)
            lines.append((cells, view.behind("party_org", row)))
    names = ("@unit", "@org", "#gap", "#gap_before", "#state")
    return [traced(map(named_field, names), lines)]


def corps(view: View) -> Sequence[Block]:
    """One line a corps: secretaries, liaisons, Party-affairs staff; persons, and how many were trained this year."""
    lines: list[Line] = []
    notes = []
    for post in (SECRETARY, LIAISON):
        held = _held(view, post)
        persons, trained, doubt = _trained(view, held)
        name = word("corps_" + ("secretary" if post == SECRETARY else "liaison"))
        lines.append(((name, persons, trained, _share(trained, persons)), view.behind(SHEET, *held)))
        notes += [f"{post}：{doubt}"] if doubt else []
    named, trained, doubt = _trained(view, _held(view, STAFF))
    told = [row for row in view.rows("unit") if row.staff_total is not None]
    staff = int(sum(row.staff_total for row in told))
    lines.append(((word("corps_staff"), staff, trained, _share(trained, staff)), view.behind("unit", *told)))
    notes += [word("staff_known", named=named), *([f"{STAFF}：{doubt}"] if doubt else [])]
    return [traced(map(named_field, ("#corps", "#persons", "#trained", "#rate")), lines, "；".join(notes))]


def corps_of_units(view: View) -> Sequence[Block]:
    """One line a unit: its Party-affairs staff, those who are named, and how many of them were trained this year."""
    lines: list[Line] = []
    held: dict[str | None, list[Row]] = {}
    for post in _held(view, STAFF):
        held.setdefault(post.origin.unit, []).append(post)
    for row in view.rows("unit"):
        named, trained, _ = _trained(view, held.get(row.origin.unit, []))
        if row.staff_total or named:
            share = _share(trained, row.staff_total)
            cells = (view.unit_name(row.origin.unit), row.staff_total, named, trained, share)
            lines.append((cells, view.behind("unit", row)))
    names = ("@unit", "#staff", "#named_staff", "#trained", "#rate")
    return [traced(map(named_field, names), lines, sums=(1, 2, 3))]


def _held(view: View, post: str) -> list[Row]:
    """The rows of a post that are in force on the day."""
    return [row for row in view.rows(SHEET) if row.post_type == post and _now(row, view.day)]


def _trained(view: View, own: list[Row]) -> tuple[int, int, str]:
    """Persons of some rows, how many of them were trained this year, and the doubt about persons."""
    found = distinct(own, view.dataset.rulings)
    trained = {found.person[row.origin] for row in own if row.trained_date and row.trained_date.year == view.year}
    return found.count, len(trained), doubt_note(found)


def _share(part: int, whole: int | None) -> float | None:
    """A share; None where there is nothing, or more than the whole."""
    return part / whole if whole and part <= whole else None
