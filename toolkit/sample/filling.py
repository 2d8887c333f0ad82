"""A unit's story put into the cells of its issued workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.model import layout
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.policy import Policy
from toolkit.ooxml.sheet import Value
from toolkit.sample.events import events
from toolkit.sample.figures import annual_stat, honors, talents, tasks, totals
from toolkit.sample.organisations import floating, members, party_orgs, study_groups, unit_row
from toolkit.sample.posts import posts
from toolkit.sample.story import Row, Story


@dataclass
class Filled:
    """What one unit returns: rows by sheet name, cells by sheet title.

    Args:
        nil: sheets ticked 本单位无此情况.
    """

    story: Story
    rows: dict[str, list[Row]]
    cells: dict[str, dict[str, Value]]
    nil: tuple[str, ...]


def fill(story: Story, cover: str, policy: Policy) -> Filled:
    """Everything a unit fills in.

    Args:
        cover: title of the cover sheet.
        policy: whose own columns and choices the form has.
    """
    form = story.form
    rows = {name: _shown(story, policy, name, found) for name, found in _rows(story).items()}
    cells = {sheet.label: table_cells(sheet, rows[sheet.name]) for sheet in form.sheets if rows.get(sheet.name)}
    nil = tuple(sheet.name for sheet in form.sheets if sheet.nil_allowed and not rows.get(sheet.name))
    if nil:
        cells[cover] = {layout.nil_cell(form.sheets, name): layout.TICK for name in nil}
    return Filled(story, rows, cells, nil)


def _rows(story: Story) -> dict[str, list[Row]]:
    groups = study_groups(story)
    held, done = posts(story), events(story)
    return {
        "unit": [unit_row(story)],
        "party_org": party_orgs(story),
        "member": members(story),
        "post": held,
        "study_group": groups,
        "event": done,
        "floating": floating(story),
        "annual_stat": annual_stat(story, totals(story, held, done)),
        "honor": honors(story),
        "task": tasks(story, len(story.form.by_name["task"].fixed_rows)),
        "talent": talents(story),
    }


def _shown(story: Story, policy: Policy, name: str, rows: list[Row]) -> list[Row]:
    """The rows as this form can hold them: its columns, its choices, and something in the columns that a pack added."""
    sheet = story.form.by_name.get(name)
    if sheet is None:
        return []
    added = {record["name"] for record in policy.overlay["sheets"].get(name, {}).get("add_columns", ())}
    found = []
    for row in rows:
        kept = {column: value for column, value in row.items() if column in sheet.by_name}
        strange = {column for column, value in kept.items() if not _fits(story.form, sheet.by_name[column], value)}
        if any(sheet.by_name[column].need == "required" for column in strange) and sheet.layout == "table":
            continue
        kept = {column: value for column, value in kept.items() if column not in strange}
        own = [column for column in sheet.columns if column.name in added and column.need != "optional"]
        found.append(kept | {column.name: invented(story.form, column, story.year) for column in own})
    return found


def _fits(form: Form, column: Column, value: Value) -> bool:
    """Whether a value is among the choices of a column, where it has any."""
    allowed = form.choices(column)
    return not allowed or not isinstance(value, str) or value in ("", *allowed)


def invented(form: Form, column: Column, year: int) -> Value:
    """Something that a column which only the pack knows can hold.

    >>> from decimal import Decimal
    >>> invented(None, Column("yield", "产量", "integer", "required", minimum=Decimal(3)), 2026)
    3
    """
    if column.type == "choice":
        return form.choices(column)[0]
    if column.type in ("integer", "decimal"):
        return int(column.minimum or 0)
    if column.type == "date":
        return date(year, 6, 1)
    if column.type == "month":
        return f"{year}-06"
    return column.example or column.label


def table_cells(sheet: Sheet, rows: list[Row]) -> dict[str, Value]:
    """Address → value for the rows of one sheet; empty values leave the cell as it was issued."""
    return {
        layout.cell(sheet, column, index): value
        for index, row in enumerate(rows)
        for column, value in row.items()
        if value != "" and not sheet.by_name[column].prefilled
    }
