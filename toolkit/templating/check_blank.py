"""What the lines of 自检 say in a blank form, for viewers that show stored values and calculate nothing."""

from __future__ import annotations

from toolkit.model.form import Column, FixedRow, Form, Sheet
from toolkit.model.layout import FIRST_ROW

Blank = tuple[int, int]
"""How many problems, and where the first one is as row * 1000 + column; 0 = nowhere."""
_WHOLE = FIRST_ROW * 1000 + 1


def blank_line(code: str, sheet: Sheet, form: Form, year: str) -> Blank:
    """The line of one rule; a blank form breaks only rules that ask for something."""
    rule = next((rule for rule in form.rules if rule.code == code), None)
    asked = {rule.at[0] for rule in form.rules if rule.sheet == sheet.name and rule.check == "required"}
    if code == "COL-001":
        columns = {column.name for column in sheet.columns if column.need == "required"} - asked
        return _open_cells(sheet, columns, year)
    if rule is not None and rule.check == "required":
        return _open_cells(sheet, {rule.at[0]}, year)
    empty = sheet.layout == "table" and not sheet.fixed_rows and sheet.use == "required"
    if empty and code == ("NIL-001" if sheet.nil_allowed else "NIL-003"):
        return 1, _WHOLE
    return 0, 0


def _open_cells(sheet: Sheet, columns: set[str], year: str) -> Blank:
    """The empty cells of some columns in the rows that are there from the beginning."""
    rows = [FixedRow("", {})] if sheet.layout == "vertical" else sheet.fixed_rows
    places = [
        (FIRST_ROW + number) * 1000 + place
        for number, row in enumerate(rows)
        for place, column in enumerate(sheet.columns, 1)
        if column.name in columns and not _printed(row, column, year)
    ]
    return len(places), min(places, default=0)


def _printed(row: FixedRow, column: Column, year: str) -> bool:
    text = row.values.get(column.name, "")
    return bool(text) and (column.type != "date" or bool(year) or "{year}" not in text)
