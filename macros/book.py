"""The control workbook being drawn: sheets with code names, cells by address, named fields, buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, cast

from xlsxwriter.format import Format

from macros.source import BOOK, project
from toolkit.console import Button, console
from toolkit.drawing.book import Drawing
from toolkit.drawing.look import look
from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import Formula, OwnText
from toolkit.model.cell import Area, address, area, column_number

Cell = str | int | float
WIDEST = 138
"""Pixels of the widest button."""


class Book(Drawing):
    """The control workbook while it is drawn.

    Args:
        shown: named cell → first value.
    """

    def __init__(self, shown: Mapping[str, Cell]) -> None:
        font = {"font_name": look().fonts["console"], "font_size": look().sizes["console"]["body"]}
        super().__init__(base={**font, "valign": "vcenter"}, title=console().texts["say"]["title"])
        self.raw.set_calc_mode("auto")
        self.shown = dict(shown)
        self.look = look().colours["console"]
        self.format = self.formats.make
        self._codes: list[str] = []

    def sheet(self, title: str, code: str) -> Board:
        """A new sheet with its VBA code name."""
        sheet = Board(self, title)
        sheet.raw.set_vba_name(code)
        self._codes.append(code)
        return sheet

    def texts(self, title: str, code: str, texts: Sequence[str]) -> Board:
        """A sheet that nobody sees, with texts one below the other."""
        sheet = self.sheet(title, code)
        for row, text in enumerate(texts, 1):
            sheet.write(f"A{row}", text, self.format(num_format="@"))
        sheet.hide(very=True)
        sheet.protect()
        return sheet

    def close(self) -> bytes:
        """The finished workbook."""
        self.raw.set_vba_name(BOOK)
        self.raw.add_vba_project(cast("Any", BytesIO(project(self._codes))), True)
        return super().close()


class Board(Sheet):
    """A sheet of the control workbook."""

    def __init__(self, book: Book, title: str) -> None:
        super().__init__(book, title)
        self.book: Book = book
        self.raw.hide_gridlines(2)

    def widths(self, widths: Mapping[str, float], hidden: str = "") -> None:
        """Widths of columns by letter; letters of those that nobody sees."""
        for letter, width in widths.items():
            self.column_width(column_number(letter) - 1, width)
        for letter in hidden:
            self.column_width(column_number(letter) - 1, 10, hidden=True)

    def write(self, cells: str, value: Cell, style: Format) -> None:
        """A value into a cell or a merged area; texts stay texts."""
        self._into(cells, OwnText(value) if isinstance(value, str) else value, style)

    def formula(self, cells: str, formula: str, style: Format, shown: Cell = "") -> None:
        """A formula, and what it gives while nobody computes."""
        self._into(cells, Formula(formula, shown), style)

    def _into(self, cells: str, value: Cell | Formula, style: Format) -> None:
        top, left, bottom, right = area(cells)
        self.span(top - 1, left - 1, right - 1, value, style, bottom - 1)

    def field(self, cells: str, name: str, style: Format, value: Cell = "", guard: bool = True) -> None:
        """A named cell that the program fills in; people are told so when they type into it."""
        self.write(cells, self.book.shown.get(name, value), style)
        first = first_of(cells)
        self.define(name, first)
        if guard:
            self.filled_in(first)

    def filled_in(self, cells: Area) -> None:
        """Says to who types into cells of the program that it is the program that fills them in."""
        heads = console().texts["heads"]
        self.guard(cells, heads["guard_title"], heads["guard"])

    def frame(self) -> dict[str, object]:
        """The line around a cell."""
        return {"border": 1, "border_color": self.book.look["line"]}

    def button(self, row: int, column: int, button: Button, size: tuple[int, int], left: int = 4) -> None:
        """A button of so many pixels, so far from the left edge of a cell."""
        options = {"macro": button.macro, "caption": button.label, "width": size[0], "height": size[1]}
        options |= {"x_offset": left, "y_offset": 3, "description": button.help or button.label}
        self.done(self.raw.insert_button(row, column, options))

    def row_of_buttons(self, row: int, buttons: Sequence[Button], places: Sequence[int], height: int) -> None:
        """Buttons side by side. None crosses the edge of a column: each program draws columns a little differently.

        Args:
            places: numbers of the columns, one a button; a column named twice is shared.
        """
        for number, (button, column) in enumerate(zip(buttons, places, strict=True)):
            shared, before = places.count(column), places[:number].count(column)
            width = min(self.raw.col_info[column].width // shared - 6, WIDEST)
            self.button(row, column, button, (int(width), height), left=int(4 + before * (width + 6)))

    def page(self, cells: Area | None, high: int = 0) -> None:
        """Printing on A4 across, and protection that still lets people filter and sort.

        Args:
            high: pages at most; 0 = as many as it takes.
        """
        self.paper("console", high=high, area=cells)
        self.protect("console")


def first_of(cells: str) -> Area:
    """The first cell of an area."""
    top, left, _, _ = area(cells)
    return Area(top, left, top, left)


def at(row: int, column: str) -> str:
    """Address of a cell: row from 1, column by letter.

    >>> at(3, "B")
    'B3'
    """
    return address(row, column_number(column))
