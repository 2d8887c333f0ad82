"""A unit's story put into the cells of its issued workbook."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model import layout
from toolkit.model.form import Form, Sheet
from toolkit.package.sheet import Value
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


def fill(story: Story, cover: str) -> Filled:
    """Everything a unit fills in.

    Args:
        cover: title of the cover sheet.
    """
    form = story.form
    rows = _rows(story)
    cells = {sheet.label: table_cells(sheet, rows[sheet.name]) for sheet in form.sheets if rows.get(sheet.name)}
    nil = tuple(sheet.name for sheet in form.sheets if sheet.nil_allowed and not rows.get(sheet.name))
    if nil:
        cells[cover] = {layout.nil_cell(form.sheets, name): layout.TICK for name in nil}
    return Filled(story, rows, cells, nil)


def _rows(story: Story) -> dict[str, list[Row]]:
    groups = study_groups(story)
    held, done = posts(story), events(story)
    rows = {
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
    return {name: _shown(story.form, name, found) for name, found in rows.items()}


def _shown(form: Form, name: str, rows: list[Row]) -> list[Row]:
    """The rows with the columns that this form has."""
    sheet = form.by_name.get(name)
    if sheet is None:
        return []
    return [{column: value for column, value in row.items() if column in sheet.by_name} for row in rows]


def table_cells(sheet: Sheet, rows: list[Row]) -> dict[str, Value]:
    """Address → value for the rows of one sheet; empty values leave the cell as it was issued."""
    return {
        layout.cell(sheet, column, index): value
        for index, row in enumerate(rows)
        for column, value in row.items()
        if value != "" and not sheet.by_name[column].prefilled
    }
