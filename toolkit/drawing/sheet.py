"""One sheet being drawn: every cell, row, rule, name and page goes through here, and a refusal is never quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolkit.drawing.cells import write
from toolkit.drawing.look import look
from toolkit.drawing.values import Value, checked
from toolkit.model.cell import Area, on_sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from toolkit.drawing.book import Drawing

A4 = 9
"""The usual paper, as workbooks number it."""


class Sheet:
    """One sheet; rows and columns count from 0, areas are `Area`s."""

    KIND: type[Worksheet] | None = None
    """The writer's class of the sheet; None = the one of the book."""

    def __init__(self, book: Drawing, name: str) -> None:
        self.book = book
        self.begin(name)

    def begin(self, name: str) -> None:
        """An empty sheet; what is drawn from then on stands there."""
        self.name, self.raw = name, self.book.raw.add_worksheet(name, self.KIND)

    def done(self, code: object, place: str = "") -> None:
        """Looks at what the writer answered.

        Args:
            place: the cell, for the error.
        Raises: XltoolError: SUM-001 it refused.
        """
        checked(code, self.name)

    # ---- cells ---------------------------------------------------------------------------------------------------

    def put(self, row: int, column: int, value: Value, style: object = None, plain: bool = False) -> None:
        """One cell by the type of its value; text stays text, numbers beyond 15 digits become text.

        Args:
            plain: the text is a code of ours, which stays readable.

        Raises: XltoolError: SUM-001 the sheet is full or a text is longer than a cell can hold.
        """
        write(self.raw, row, column, value, style, plain)

    def exact(self, row: int, column: int, text: str, style: object = None) -> None:
        """A text for programs or from people, just as it is; an empty one is a text too."""
        self.done(self.raw.write_string(row, column, text, style))

    def lead(self, row: int, column: int, target: str, text: str, style: object) -> None:
        """A text that leads somewhere, see `Link`."""
        self.done(self.raw.write_url(row, column, target, style, text))

    def span(self, row: int, first: int, last: int, value: Value, style: object, last_row: int = -1) -> None:
        """One value over some columns of a row, or down to `last_row`; a single cell where there is no more."""
        if last > first or last_row > row:
            self.merge(Area(row + 1, first + 1, max(row, last_row) + 1, max(first, last) + 1), style)
        self.put(row, first, value, style)

    def merge(self, area: Area, style: object) -> None:
        """One empty cell out of an area."""
        self.done(self.raw.merge_range(*_corners(area), "", style), str(area))

    # ---- rows and columns ----------------------------------------------------------------------------------------

    def row_height(self, row: int, points: float, *, hidden: bool = False) -> None:
        """The height of a row."""
        self.done(self.raw.set_row(row, points, None, {"hidden": True} if hidden else {}))

    def column_width(
        self, column: int, characters: float, style: Format | None = None, *, hidden: bool = False
    ) -> None:
        """The width of a column, and the format of its cells that are not written."""
        self.done(self.raw.set_column(column, column, characters, style, {"hidden": True} if hidden else {}))

    def columns_of(self, widths: Sequence[float], style: Format | None = None) -> None:
        """The widths of the first columns."""
        for column, characters in enumerate(widths):
            self.column_width(column, characters, style)

    def freeze(self, rows: int, columns: int = 0) -> None:
        """The first rows and columns stay on the screen."""
        self.raw.freeze_panes(rows, columns)

    def opens(self) -> None:
        """The workbook opens on this sheet, and it is what is printed unless somebody asks for another one."""
        self.raw.activate()

    def filters(self, area: Area) -> None:
        """Filters on the first row of an area."""
        self.done(self.raw.autofilter(*_corners(area)))

    # ---- rules and names -----------------------------------------------------------------------------------------

    def rule(self, rule: Mapping[str, object], area: Area, *more: Area) -> None:
        """One data validation over one or several areas."""
        options: dict[str, Any] = dict(rule)
        if more:
            options["other_cells"] = [list(_corners(one)) for one in more]
        self.done(self.raw.data_validation(*_corners(area), options), str(area))

    def guard(self, area: Area, title: str, text: str) -> None:
        """Typing into the area is refused with an explanation; programs can still write."""
        refusal = {"error_title": title, "error_message": text}
        self.rule({"validate": "custom", "value": "=FALSE", "ignore_blank": False, **refusal}, area)

    def highlight(self, area: Area, rule: Mapping[str, object]) -> None:
        """One conditional format over an area."""
        self.done(self.raw.conditional_format(*_corners(area), dict(rule)), str(area))

    def colour_words(self, area: Area, words: Sequence[str], **more: object) -> None:
        """Cells of the area take the colours of the word in them, see `chips` of the look.

        Args:
            more: properties that they take besides.
        """
        for word in words:
            ground, ink = look().chips[word]
            style = self.book.formats.bare(bg_color=ground, font_color=ink, **more)
            self.highlight(area, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style})

    def define(self, name: str, area: Area) -> None:
        """A name of the workbook for a cell or an area."""
        self.book.define(name, on_sheet(self.name, area.fixed))

    # ---- paper ---------------------------------------------------------------------------------------------------

    def paper(
        self,
        family: str,
        *,
        across: bool = True,
        wide: int = 1,
        high: int = 0,
        percent: int = 0,
        size: int = A4,
        area: Area | None = None,
        **facts: object,
    ) -> None:
        """How the sheet is printed, by its family in the look.

        Args:
            wide, high: pages at most, 0 = as many as it takes.
            percent: the scale that it is printed at instead, on as many pages as it takes.
            area: what is printed; None = whatever is filled in.
            facts: for the placeholders of the footer.
        """
        own, raw = look().papers[family], self.raw
        raw.set_paper(size)
        if across:
            raw.set_landscape()
        if own.margins:
            raw.set_margins(*own.margins)
        if own.centred:
            raw.center_horizontally()
        if not own.lines:
            raw.hide_gridlines(2)
        if own.footer:
            raw.set_footer(own.footer.format(**facts), {"margin": own.footer_margin} if own.footer_margin else None)
        if percent:
            raw.set_print_scale(percent)
        else:
            raw.fit_to_pages(wide, high)
        if area:
            self.done(raw.print_area(*_corners(area)))

    def repeat(self, first: int, last: int | None = None) -> None:
        """Rows that come again on every printed page."""
        self.raw.repeat_rows(first, last)

    def pages_begin(self, rows: Sequence[int]) -> None:
        """Rows that begin a printed page."""
        if rows:
            self.raw.set_h_pagebreaks(list(rows))

    def protect(self, family: str = "") -> None:
        """Only open cells can be changed; what else people may do says the look."""
        self.raw.protect("", dict(look().allowed[family]) if family else None)

    def hide(self, *, very: bool = False) -> None:
        """The sheet is there for programs and formulas, not for people."""
        if very:
            self.raw.very_hidden()
        else:
            self.raw.hide()


def _corners(area: Area) -> tuple[int, int, int, int]:
    """First row and column, last row and column, from 0, as the writer counts them."""
    first_row, first, last_row, last = area
    return first_row - 1, first - 1, last_row - 1, last - 1
