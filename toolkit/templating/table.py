"""A sheet of records: labels in row 5, English names in row 6, a record a row from row 7."""

from __future__ import annotations

from datetime import date

from xlsxwriter.format import Format

from toolkit.drawing.look import look
from toolkit.model.cell import Area, address, fixed_column
from toolkit.model.form import Column, FixedRow, Sheet
from toolkit.model.layout import FIRST_ROW, LABEL_ROW, NAME_ROW, RULED_ROWS, SPARE_ROWS, rows
from toolkit.templating import measure
from toolkit.templating.page import Job, printing, top
from toolkit.templating.paper import Paper
from toolkit.templating.styles import alignment, number_format
from toolkit.templating.validation import rule

_WIDE = 110
_NAME_HEIGHT = 16.0


def write_table(paper: Paper, job: Job, sheet: Sheet) -> None:
    """Writes one table sheet, with formats, dropdowns, printing and protection."""
    widths = measure.column_widths(sheet, job.form)
    _columns(paper, job, sheet, widths)
    top(paper, job, sheet, widths)
    _labels(paper, job, sheet, widths)
    if sheet.fixed_rows:
        _fixed(paper, job, sheet, widths)
    else:
        _open(paper, job, sheet)
    _validations(paper, job, sheet)
    last = FIRST_ROW + rows(sheet) - 1
    bottom = last if sheet.fixed_rows else last + SPARE_ROWS
    paper.filters(Area(NAME_ROW, 1, bottom, len(widths)))
    paper.freeze(FIRST_ROW - 1, 1 if sum(widths) > _WIDE and widths[0] else 0)
    paper.raw.set_selection(address(FIRST_ROW, _first_open(sheet)))
    paper.raw.ignore_errors({"number_stored_as_text": str(Area(FIRST_ROW, 1, bottom, len(widths)))})
    printing(paper, job, (last, len(widths)) if sheet.fixed_rows else None, NAME_ROW)


def _first_open(sheet: Sheet) -> int:
    """The column in which a clerk begins."""
    return next((place for place, one in enumerate(sheet.columns, 1) if not (one.prefilled or one.hidden)), 1)


def label_of(column: Column, job: Job) -> str:
    """The label as printed: with the unit of measure on a second line."""
    return column.label + (job.said.sheet["unit_suffix"].format(unit=column.unit) if column.unit else "")


def _entry(job: Job, column: Column, *, ruled: bool) -> Format:
    align = alignment(column)
    return job.styles.entry(number_format(column), align, ruled=ruled, indent=int(align == "left"))


def _columns(paper: Paper, job: Job, sheet: Sheet, widths: list[float]) -> None:
    for place, (column, width) in enumerate(zip(sheet.columns, widths, strict=True), 1):
        below = None
        if not sheet.fixed_rows:
            below = _entry(job, column, ruled=False)
        paper.width(place, width or column.width, below, hidden=column.hidden)


def _labels(paper: Paper, job: Job, sheet: Sheet, widths: list[float]) -> None:
    labels = [label_of(column, job) for column in sheet.columns]
    for place, (column, label) in enumerate(zip(sheet.columns, labels, strict=True), 1):
        paper.text(LABEL_ROW, place, label, job.styles.upper_label(column.need))
        paper.text(NAME_ROW, place, column.name, job.styles.name(column.need))
    seen = [(label, width) for label, width in zip(labels, widths, strict=True) if width]
    paper.height(LABEL_ROW, measure.height(seen, least=32, indent=0))
    paper.height(NAME_ROW, _NAME_HEIGHT)


def _open(paper: Paper, job: Job, sheet: Sheet) -> None:
    """Empty ruled rows; nothing is locked, so that rows can be sorted, inserted and deleted."""
    last = FIRST_ROW + rows(sheet) - 1
    for place, column in enumerate(sheet.columns, 1):
        for row in range(FIRST_ROW, last + 1):
            paper.blank(row, place, _entry(job, column, ruled=row < FIRST_ROW + RULED_ROWS))
    first, end = (fixed_column(FIRST_ROW + RULED_ROWS, column) for column in (1, len(sheet.columns)))
    used = f"=COUNTA({first}:{end})>0"
    frame = {"type": "formula", "criteria": used, "format": job.styles.frame()}
    paper.highlight(Area(FIRST_ROW + RULED_ROWS, 1, last + SPARE_ROWS, len(sheet.columns)), frame)


def _fixed(paper: Paper, job: Job, sheet: Sheet, widths: list[float]) -> None:
    """The printed rows: what is prefilled is locked and as high as its text needs."""
    for row, record in enumerate(sheet.fixed_rows, FIRST_ROW):
        for place, column in enumerate(sheet.columns, 1):
            _fixed_cell(paper, job, (row, place), column, record)
        texts = [
            (record.values.get(column.name, ""), width) for column, width in zip(sheet.columns, widths, strict=True)
        ]
        paper.height(row, measure.height([pair for pair in texts if pair[1]], least=22))


def _fixed_cell(paper: Paper, job: Job, at: tuple[int, int], column: Column, record: FixedRow) -> None:
    """One cell of a printed row; it is locked when something stands in it."""
    text = record.values.get(column.name, "")
    day = day_of(text, job.stamp.year) if column.type == "date" else None
    known = bool(day) if column.type == "date" else bool(text)
    align = alignment(column)
    indent = 2 if record.parent and column.name == "stat_name" else int(align == "left")
    form = _fixed_format(column, record)
    style = job.styles.entry(form, align, locked=column.prefilled and known, indent=indent)
    if day:
        paper.day(*at, day, style)
    else:
        paper.text(*at, text if known else "", style)


def _fixed_format(column: Column, record: FixedRow) -> str:
    if column.type == "decimal" and record.values.get("stat_unit") == "元":
        return look().numbers["form"]["money"]
    return number_format(column, integer=column.type == "decimal" and record.integer)


def day_of(text: str, year: str) -> date | None:
    """A prefilled date; `{year}` is the report year, and without one the date stays open.

    >>> day_of("{year}-12-31", "2025")
    datetime.date(2025, 12, 31)
    >>> day_of("{year}-12-31", "") is None
    True
    """
    if not text or ("{year}" in text and not year):
        return None
    return date.fromisoformat(text.format(year=year))


def _validations(paper: Paper, job: Job, sheet: Sheet) -> None:
    last = FIRST_ROW + rows(sheet) - 1
    for place, column in enumerate(sheet.columns, 1):
        if column.prefilled or column.hidden:
            continue
        if not sheet.fixed_rows:
            _validate(paper, job, column, [Area(FIRST_ROW, place, last + SPARE_ROWS, place)])
            continue
        for integer in (True, False) if column.type == "decimal" else (False,):
            numbers = [
                row
                for row, record in enumerate(sheet.fixed_rows, FIRST_ROW)
                if column.type != "decimal" or record.integer == integer
            ]
            _validate(paper, job, column, _runs(numbers, place), integer=integer)


def _validate(paper: Paper, job: Job, column: Column, areas: list, *, integer: bool = False) -> None:
    found = rule(column, job.lists, integer=integer)
    if found and areas:
        paper.rule(found, *areas)


def _runs(numbers: list[int], place: int) -> list[Area]:
    """Row numbers as areas of neighbouring rows.

    >>> [str(area) for area in _runs([7, 8, 10], 2)]
    ['B7:B8', 'B10']
    """
    areas: list[Area] = []
    for row in numbers:
        if areas and areas[-1].bottom == row - 1:
            areas[-1] = Area(areas[-1].top, place, row, place)
        else:
            areas.append(Area(row, place, row, place))
    return areas
