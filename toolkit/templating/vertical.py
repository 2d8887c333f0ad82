"""The sheet with one record: a row a column of the form, label and note beside the value."""

from __future__ import annotations

from toolkit.model.cell import Area
from toolkit.model.form import Column, Sheet
from toolkit.model.layout import LABEL_ROW, VERTICAL_FIRST_ROW, VERTICAL_VALUE
from toolkit.templating import measure
from toolkit.templating.page import Job, printing, top
from toolkit.templating.paper import Paper
from toolkit.templating.styles import number_format
from toolkit.templating.table import label_of
from toolkit.templating.validation import prompt_of, rule

_WIDTHS = (30.0, 0.0, 44.0, 56.0)
_NAME_WIDTH = 20.0
_VALUE = 3


def write_vertical(paper: Paper, job: Job, sheet: Sheet) -> None:
    """Writes the sheet, with formats, dropdowns, printing and protection."""
    for place, width in enumerate(_WIDTHS, 1):
        paper.width(place, width or _NAME_WIDTH, hidden=not width)
    top(paper, job, sheet, list(_WIDTHS))
    for place, head in enumerate(job.said.vertical_head, 1):
        paper.text(LABEL_ROW, place, head, job.styles.ruled(bold=True, align="center"))
    paper.height(LABEL_ROW, 24)
    for row, column in enumerate(sheet.columns, VERTICAL_FIRST_ROW):
        _line(paper, job, row, column)
    last = VERTICAL_FIRST_ROW + len(sheet.columns) - 1
    paper.freeze(VERTICAL_FIRST_ROW - 1, 0)
    begin = next((row for row, one in enumerate(sheet.columns, VERTICAL_FIRST_ROW) if not one.prefilled), last)
    paper.raw.set_selection(f"{VERTICAL_VALUE}{begin}")
    paper.raw.ignore_errors({"number_stored_as_text": f"{VERTICAL_VALUE}{VERTICAL_FIRST_ROW}:{VERTICAL_VALUE}{last}"})
    printing(paper, job, (last, len(_WIDTHS)), LABEL_ROW)


def _line(paper: Paper, job: Job, row: int, column: Column) -> None:
    locked = column.prefilled and job.addressed
    note = _note(column, job)
    label = label_of(column, job).replace("\n", "")
    paper.text(row, 1, label, job.styles.label(column.need))
    paper.text(row, 2, column.name, job.styles.ruled(font_size=8))
    paper.blank(row, _VALUE, job.styles.entry(number_format(column), "left", locked=locked, indent=1))
    paper.text(row, 4, note, job.styles.ruled(font_size=10, align="left"))
    paper.height(row, measure.height([(label, _WIDTHS[0]), (note, _WIDTHS[3])], least=22))
    found = rule(column, job.lists)
    if found and not locked:
        paper.rule(found, Area(row, _VALUE, row, _VALUE))


def _note(column: Column, job: Job) -> str:
    return column.note if column.prefilled else prompt_of(column, job.said)
