"""A workbook being drawn: formats made once, cells that must be written, named cells, buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, cast

import xlsxwriter
from xlsxwriter.format import Format

from macros.source import BOOK, project
from toolkit.console import Button, console
from toolkit.model.cell import address, area, column_number, on_sheet

Cell = str | int | float
WIDEST = 138
"""Pixels of the widest button."""


class Book:
    """The control workbook while it is drawn.

    Args:
        shown: named cell → first value.
    """

    def __init__(self, shown: Mapping[str, Cell]) -> None:
        self._data = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.raw = xlsxwriter.Workbook(self._data, options)
        self.raw.set_properties({"title": console().texts["say"]["title"], "created": datetime(2025, 1, 1)})
        self.raw.set_calc_mode("auto")
        self.shown = dict(shown)
        self.look = console().texts["look"]
        self._formats: dict[tuple, Format] = {}
        self._codes: list[str] = []

    def sheet(self, title: str, code: str):
        """A new sheet without grid lines, with its VBA code name."""
        sheet = self.raw.add_worksheet(title)
        sheet.set_vba_name(code)
        sheet.hide_gridlines(2)
        self._codes.append(code)
        return sheet

    def format(self, **properties: Any) -> Format:
        """The format with these properties; the same properties give the same format."""
        full = {"font_name": self.look["font"], "font_size": 10, "valign": "vcenter", **properties}
        for key in ("font_color", "bg_color", "border_color", "bottom_color"):
            if key in full:
                full[key] = f"#{full[key]}"
        key = tuple(sorted(full.items()))
        if key not in self._formats:
            self._formats[key] = self.raw.add_format(full)
        return self._formats[key]

    def name(self, name: str, sheet, cells: str) -> None:
        """A workbook-wide name for a cell or an area such as `B2:C9`."""
        must(self.raw.define_name(name, f"={on_sheet(sheet.get_name(), area(cells).fixed)}"))

    def write(self, sheet, area: str, value: Cell, style) -> None:
        """A value into a cell or a merged area; texts stay texts."""
        first, _, last = area.partition(":")
        if last:
            must(sheet.merge_range(area, "", style))
        if isinstance(value, str):
            must(sheet.write_string(first, value, style) if value else sheet.write_blank(first, None, style))
        else:
            must(sheet.write_number(first, value, style))

    def field(self, sheet, area: str, name: str, style, value: Cell = "", guard: bool = True) -> None:
        """A named cell that the program fills in; people are told so when they type into it."""
        self.write(sheet, area, self.shown.get(name, value), style)
        first = area.partition(":")[0]
        self.name(name, sheet, first)
        if guard:
            self.guard(sheet, first)

    def guard(self, sheet, area: str) -> None:
        """Typing into the area is refused with an explanation; programs can still write."""
        heads = console().texts["heads"]
        rule = {"validate": "custom", "value": "=FALSE", "ignore_blank": False}
        rule |= {"error_title": heads["guard_title"], "error_message": heads["guard"]}
        must(sheet.data_validation(area, rule))

    def colour_words(self, sheet, area: str, words: Sequence[str], lined: bool = False) -> None:
        """Cells of the area take the colour of the word in them, and a line around them."""
        edge = {"border": 1, "border_color": f"#{self.look['line']}"} if lined else {}
        for word in words:
            ground, ink = console().texts["colours"][word]
            colours = self.raw.add_format({"bg_color": f"#{ground}", "font_color": f"#{ink}", **edge})
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": colours}
            must(sheet.conditional_format(area, rule))

    def button(self, sheet, row: int, column: int, button: Button, size: tuple[int, int], left: int = 4) -> None:
        """A button of so many pixels, so far from the left edge of a cell."""
        options = {"macro": button.macro, "caption": button.label, "width": size[0], "height": size[1]}
        options |= {"x_offset": left, "y_offset": 3, "description": button.help or button.label}
        must(sheet.insert_button(row, column, options))

    def row_of_buttons(self, sheet, row: int, buttons: Sequence[Button], places: Sequence[int], height: int) -> None:
        """Buttons side by side. None crosses the edge of a column: each program draws columns a little differently.

        Args:
            places: numbers of the columns, one a button; a column named twice is shared.
        """
        for number, (button, column) in enumerate(zip(buttons, places, strict=True)):
            shared, before = places.count(column), places[:number].count(column)
            width = min(sheet.col_info[column].width // shared - 6, WIDEST)
            self.button(sheet, row, column, button, (int(width), height), left=int(4 + before * (width + 6)))

    def page(self, sheet, area: str | None, high: int = 0) -> None:
        """Printing on A4 across, and protection that still lets people filter and sort.

        Args:
            high: pages at most; 0 = as many as it takes.
        """
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, high)
        sheet.center_horizontally()
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        sheet.set_footer("&C&P / &N")
        if area:
            sheet.print_area(area)
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})

    def close(self) -> bytes:
        """The finished workbook."""
        self.raw.set_vba_name(BOOK)
        self.raw.add_vba_project(cast("Any", BytesIO(project(self._codes))), True)
        self.raw.close()
        return self._data.getvalue()


def must(code) -> None:
    """xlsxwriter says by a negative number that it wrote nothing; here that is a defect of the layout."""
    if isinstance(code, int) and code < 0:
        raise ValueError(f"xlsxwriter refused a part of the control workbook ({code})")


def at(row: int, column: str) -> str:
    """Address of a cell: row from 1, column by letter.

    >>> at(3, "B")
    'B3'
    """
    return address(row, column_number(column))
