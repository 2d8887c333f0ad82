"""The hidden sheet `_lists`: every choice list and every list of keys, each under a defined name.

Lists live in ranges, never inside a validation, so neither 255 characters nor a comma is a limit.
Lists of keys (which organisations does this unit have?) grow while the clerk types: their names are
OFFSET over what is filled in, which Excel 2010, WPS 2016 and LibreOffice all have.
"""

from __future__ import annotations

from toolkit.drawing.book import Drawing
from toolkit.drawing.look import look
from toolkit.model.cell import Area, column_number, fixed, on_sheet
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.layout import (
    FIRST_ROW,
    KEYS_NAME,
    KEYS_SHOWN,
    LIST_NAME,
    LISTS_SHEET,
    SPARE_ROWS,
    TICK,
    VERTICAL_FIRST_ROW,
    VERTICAL_VALUE,
    rows,
)
from toolkit.templating.paper import Paper

TICK_NAME = "list_tick"


class Lists:
    """Writes `_lists` and gives the names under which validations refer to it."""

    def __init__(self, book: Drawing, form: Form) -> None:
        self._book, self._form = book, form
        self._title = LISTS_SHEET
        self._paper = Paper(book, LISTS_SHEET)
        self._paper.hide()
        self._plain = book.formats.bare(num_format=look().numbers["form"]["typed"])
        self._column = 0
        self._keys: dict[tuple[str, ...], str] = {}
        for name, values in (*form.code_lists.items(), ("tick", (TICK,))):
            self._write(f"{LIST_NAME}{name}", values)

    def choice(self, column: Column) -> str:
        """The name of a choice column's list, as a validation source."""
        return f"={LIST_NAME}{column.choices}"

    def keys(self, column: Column) -> str:
        """The name of the keys that a reference column may take; "" when this workbook has none of them."""
        known = tuple(item for item in column.references if self._area(item))
        if not known:
            return ""
        if known not in self._keys:
            self._keys[known] = self._grow(known)
        return f"={self._keys[known]}"

    def _next(self, head: str) -> None:
        self._column += 1
        self._paper.text(1, self._column, head, self._plain)

    def _write(self, name: str, values: tuple[str, ...]) -> None:
        self._next(name)
        for row, value in enumerate(values, 2):
            self._paper.text(row, self._column, value, self._plain)
        self._book.define(name, on_sheet(self._title, Area(2, self._column, len(values) + 1, self._column).corners))

    def _area(self, reference: str) -> str:
        """The cells of a `sheet.column`; "" when the form does not have it."""
        sheet_name, _, column = reference.partition(".")
        sheet = self._form.by_name.get(sheet_name)
        return area(sheet, column) if sheet and column in sheet.by_name else ""

    def _grow(self, references: tuple[str, ...]) -> str:
        name = KEYS_NAME + "_".join(reference.replace(".", "_") for reference in references)
        areas = [self._area(reference) for reference in references]
        if len(areas) == 1:
            first = areas[0].split(":")[0]
            self._book.define(name, f"OFFSET({first},0,0,MAX(1,COUNTA({areas[0]})),1)")
            return name
        self._next(name)
        for position in range(KEYS_SHOWN):
            self._paper.formula(position + 2, self._column, _nth(areas, position + 1))
        top = on_sheet(self._title, fixed(2, self._column))
        count = "+".join(f"COUNTA({one})" for one in areas)
        self._book.define(name, f"OFFSET({top},0,0,MIN({KEYS_SHOWN},MAX(1,{count})),1)")
        return name


def area(sheet: Sheet, column: str) -> str:
    """All cells of a column in the issued workbook, spare rows included, as an absolute reference."""
    place = sheet.names.index(column)
    if sheet.layout == "vertical":
        return on_sheet(sheet.label, fixed(VERTICAL_FIRST_ROW + place, column_number(VERTICAL_VALUE)))
    last = FIRST_ROW + rows(sheet) - 1 + (0 if sheet.fixed_rows else SPARE_ROWS)
    return on_sheet(sheet.label, Area(FIRST_ROW, place + 1, last, place + 1).corners)


def _nth(areas: list[str], position: int) -> str:
    """The formula of the `position`-th key of several areas one after the other."""
    formula, before = '""', [f"COUNTA({one})" for one in areas]
    for index in range(len(areas) - 1, -1, -1):
        offset = "".join(f"-{count}" for count in before[:index])
        upto = "+".join(before[: index + 1])
        formula = f"IF({position}<={upto},INDEX({areas[index]},{position}{offset}),{formula})"
    return "=" + formula
