"""The shared layer of the output workbooks: the frame of an official table, safe cells, live totals.

Every workbook is byte-reproducible; text is never a formula or a link; a write that the writer refuses raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from toolkit.model.cell import Area, address, fixed, on_sheet
from toolkit.summary import long_sheet
from toolkit.summary.cells import LINE, PADDING, TableBody, Texts, write
from toolkit.summary.labels import Heading, SheetWords, words
from toolkit.summary.long_sheet import Body, LongSheet, numbered
from toolkit.summary.paper.choosing import A3, SMALLEST, Ended, ended_well, floor_of, in_grid, laid_out
from toolkit.summary.paper.specs import look
from toolkit.summary.styles import Styles
from toolkit.summary.values import Formula, Span, Value, checked, value_of
from toolkit.summary.wording import line_count

CREATED = datetime(2000, 1, 1)
_BELOW = 1_000
"""Rows of a sheet that a table leaves to what stands below it."""
_POINTS, _USUAL = 72, 15.0
"""Points of an inch, and of a row that has no height of its own."""


class Book:
    """A workbook in the making.

    Args:
        title: document title.
        target: file to write to; None = in memory.
        streaming: rows go to disk as they are written (xlsxwriter constant_memory).
    """

    def __init__(self, title: str, target: Path | None = None, streaming: bool = False) -> None:
        self._buffer = BytesIO()
        options = {
            "constant_memory": streaming,
            "in_memory": not streaming,
            "tmpdir": str(target.parent) if streaming and target else None,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        }
        self.raw = xlsxwriter.Workbook(str(target) if target else self._buffer, options)
        self.raw.set_properties({"title": title, "created": CREATED, "author": "xltool"})
        plain = self.raw.formats[0]  # columns are measured in digits of this font: never wider than planned
        plain.set_font_name(look().fonts["grid"])
        plain.set_font_size(SMALLEST)
        self.styles = Styles(self.raw)
        self.streaming, self.texts, self.rows = streaming, Texts(), long_sheet.SHEET_ROWS
        self.place = target.parent if target else None
        self._lists: list[Page] = []

    def page(
        self, sheet: SheetWords, columns: Sequence[Heading] = (), name: str = "", floors: Sequence[float] = ()
    ) -> Page:
        """A new sheet; `columns` follow the columns of its words.

        Args:
            floors: what each column needs at least, in characters, where paper is narrow; default: by its kind.
        """
        page = Page(self, name or sheet.name, sheet, (*sheet.columns, *columns), floors)
        self._lists.append(page)
        return page

    def close(self) -> bytes:
        """Completes the workbook; its bytes when it was made in memory."""
        for page in self._lists:
            page.finish()
        try:
            self.raw.close()
        except FileCreateError as error:  # it hides what the disk said
            raise error.args[0] from error
        return self._buffer.getvalue()


class Page:
    """One sheet: frame, header, body, totals, signatures, from top to bottom.

    `row` is the next free row (0-based).
    """

    def __init__(
        self, book: Book, name: str, sheet: SheetWords, columns: tuple[Heading, ...], floors: Sequence[float] = ()
    ) -> None:
        self.book, self.name, self.words = book, name, sheet
        self._full: list[Page] = []
        self._scaled = False
        self._frame: dict[str, object] | None = None
        self._header: tuple[int, float] | None = None
        self._most = book.rows - min(_BELOW, book.rows // 5)
        printed = [one for one in columns if not one.screen]
        self.last_column = max(len(printed) - 1, 0)
        widths, floors = [one.width for one in printed], floors or [floor_of(one.kind, one.width) for one in printed]
        font = float(words().look["body_size"])
        self.layout = laid_out(widths, floors, font)
        if not book.streaming:
            narrowed = [replace(one, width=room) for one, room in zip(printed, self.layout.widths, strict=True)]
            columns = (*narrowed, *columns[len(printed) :])
        self.columns = self._all_columns = columns
        self._sheet(name)

    def _sheet(self, name: str) -> None:
        """Begins an empty sheet."""
        self.name, self.raw = name, self.book.raw.add_worksheet(name, LongSheet)
        self.row, self._head, self._top = 0, 0.0, 0
        self.heights: dict[int, float] = {}
        font = float(words().look["body_size"])
        for index, column in enumerate(self._all_columns):
            checked(self.raw.set_column(index, index, in_grid(column.width, font), self.book.styles.blank), name)
        self._set_paper()

    def _set_paper(self) -> None:
        self.raw.set_landscape()
        self.raw.set_margins(left=0.55, right=0.55, top=0.6, bottom=0.7)
        self.raw.center_horizontally()
        self.raw.hide_gridlines(2)

    def scaled(self, percent: int) -> None:
        """Paper A3, printed at a scale of one's own instead of as wide as one page."""
        self._scaled = True
        self.raw.set_paper(A3.number)
        self.raw.set_print_scale(percent)

    def finish(self) -> None:
        """Sets the paper and the heights of the rows, so that it is printed as wide as one page and ends well."""
        for page in self._full:
            page.finish()
        ended = Ended(1.0, 0)
        if not self._scaled:
            if not self.book.streaming:
                ended = self._end()
            self.raw.set_paper(self.layout.paper.number)
            self.raw.fit_to_pages(1, ended.pages)
        scale = 1.0 if self._scaled else self.layout.scale * ended.scale  # it is scaled with the rest
        size = ceil(SMALLEST / scale)
        self.raw.set_footer(look().footer.format(size=int(size)), {"margin": 0.35})
        if len(self._all_columns) > self.last_column + 1:
            checked(self.raw.print_area(0, 0, max(self.row - 1, 0), self.last_column), self.name)
        self.raw.factor = ended.factor
        for row, points in sorted(self.heights.items()):
            checked(self.raw.set_row(row, points), self.name)

    def _end(self) -> Ended:
        heights = [self.heights.get(row, _USUAL) for row in range(self.row)]
        growing = [False] * self.row
        for body in self.raw.bodies:
            heights[body.first : body.last + 1] = body.points
            growing[body.first : body.last + 1] = [True] * len(body.points)
        room = self.layout.paper.along * _POINTS / self.layout.scale
        least = SMALLEST / float(words().look["body_size"]) / self.layout.scale
        return ended_well(heights, growing, room, self._head, min(1.0, least))

    def frame(self, **facts: object) -> None:
        """Corner label, title and the line below it."""
        styles, sheet, last = self.book.styles, self.words, self.last_column
        self._frame, self._top = facts, -self.row
        if sheet.corner:
            self.line(sheet.corner, styles.corner, height=22)
        self.line(sheet.title.format(**facts), styles.title, height=40)
        if sheet.left or sheet.right:
            split = self._split()
            self._merge(self.row, 0, split, sheet.left.format(**facts), styles.left_line)
            self._merge(self.row, split + 1, last, sheet.right.format(**facts), styles.right_line)
            self.height(self.row, 22)
            self.row += 1
        self._top += self.row

    def frame_in_blocks(self, blocks: Sequence[tuple[int, int]], fixed: int, **facts: object) -> None:
        """The frame of a table wider than a page: its title stands over each block of columns.

        Args:
            blocks: first and last column of each printed page.
            fixed: number of columns that every page repeats; they carry the corner label and the left line.
        """
        styles, sheet = self.book.styles, self.words
        self.put(self.row, 0, sheet.corner, styles.corner)
        self._merge(self.row + 2, 0, fixed - 1, sheet.left.format(**facts), styles.left_line)
        for first, last in blocks:
            first = max(first, fixed)
            self._merge(self.row + 1, first, last, sheet.title.format(**facts), styles.title)
            self._merge(self.row + 2, first, last, sheet.right.format(**facts), styles.right_line)
        for offset, points in enumerate((22, 40, 22)):
            self.height(self.row + offset, points)
        self.row += 3

    def note_over(self, first: int, last: int, text: str) -> None:
        """A wrapped remark over some columns."""
        width = sum(column.width for column in self.columns[first : last + 1])
        self._merge(self.row, first, last, text, self.book.styles.note)
        self.height(self.row, line_count(text, width) * LINE + 4)
        self.row += 1

    def merge_down(self, column: int, rows: int, text: str, style: object) -> None:
        """One text over `rows` rows of a column, from the current row."""
        last = self.row + rows - 1
        checked(self.raw.merge_range(self.row, column, last, column, "", style), self.name)
        self.put(self.row, column, text, style)

    def line(self, text: str, style: object, height: float = 22) -> None:
        """One line over the whole width."""
        self._merge(self.row, 0, self.last_column, text, style)
        self.height(self.row, height)
        self.row += 1

    def header(self, freeze: int = 0, height: float = 0) -> None:
        """The header of the columns, repeated on every printed page and frozen with `freeze` columns."""
        style = self.book.styles.header
        self._header, self._top = (freeze, height), self._top + 1
        lines = [line_count(column.label, column.width) for column in self.columns]
        self.height(self.row, height or max(28, max(lines, default=1) * LINE + 10))
        for index, column in enumerate(self.columns):
            self.put(self.row, index, column.label, style)
        self._head = self.heights.get(self.row, _USUAL)
        self.row += 1
        self.raw.freeze_panes(self.row, freeze)
        self.raw.repeat_rows(self.row - 1)

    def body(
        self, rows: Iterable[Sequence[Value]], filtered: bool = False, again: Callable[[], None] | None = None
    ) -> Span:
        """Rows of values in the order of the columns; wrapped text makes the row higher.

        Where the sheet is full they go on on a numbered one; the page is the last of them from then on.

        Args:
            filtered: put filters on the header; say so when there is no row.
            again: writes what stands over the rows on the further sheets; default: frame and header.
        """
        full: list[Span] = []
        table = self._table()
        for values in rows:
            if self.row >= self._most:
                full.append(self._ended(table.body, filtered))
                self._go_on(again)
                table = self._table()
            table.add(self.row, values)
            self.row += 1
        span = replace(self._ended(table.body, filtered), before=tuple(full))
        if filtered and span.empty:
            self.note(words().common["nothing"])
        return span

    def _table(self) -> TableBody:
        body = self.raw.body(self.row, len(self.columns), self.book.place)
        return TableBody(self.raw, body, self.columns, self.book.styles, self.book.texts)

    def _ended(self, body: Body, filtered: bool) -> Span:
        """The rows of one sheet are complete."""
        body.end()
        span = Span(self.name, body.first, body.last)
        if filtered and not span.empty:
            checked(self.raw.autofilter(span.first - 1, 0, span.last, len(self.columns) - 1), self.name)
        return span

    def _go_on(self, again: Callable[[], None] | None) -> None:
        """A further sheet, as it is before the rows of a table."""
        self._full.append(copy(self))
        self._full[-1]._full = []
        self._sheet(numbered(self._full[0].name, len(self._full) + 1))
        self._set_paper()
        if again:
            again()
            return
        if self._frame is not None:
            self.frame(**self._frame)
        self.header(*(self._header or ()))

    def at(self, number: int) -> int:
        """The row, counted from 1, that the `number`th row of a body will stand in; see `body`."""
        room = self._most - self.row
        if number <= room:
            return self.row + number
        return self._top + (number - room - 1) % (self._most - self._top) + 1

    def total(self, span: Span, sums: dict[str, Value], label: str = "", label_columns: int = 1) -> dict[str, str]:
        """A 合计 row: label over the first columns, then `sums` by column key.

        Returns: the absolute address of each sum, with the sheet.
        """
        styles = self.book.styles
        self._merge(self.row, 0, label_columns - 1, label or words().common["total"], styles.total_label)
        for index, column in enumerate(self.columns):
            if index >= label_columns:
                value = sums.get(column.key)
                shown = value.value if isinstance(value, Formula) else value
                self.put(self.row, index, value, styles.total(column.kind, shown))
        self.height(self.row, LINE + 2 * PADDING)
        self.row += 1
        return {key: on_sheet(self.name, fixed(self.row, self.index(key) + 1)) for key in sums}

    def index(self, key: str) -> int:
        """Position of a column."""
        return [column.key for column in self.columns].index(key)

    def cell(self, key: str, row: int) -> str:
        """Address of a column in a row of the sheet, counted from 1."""
        return address(row, self.index(key) + 1)

    def cells(self, first: str, last: str, row: int) -> str:
        """The cells of a row from one column to another."""
        return str(Area(row, self.index(first) + 1, row, self.index(last) + 1))

    def sum(self, span: Span, key: str, values: Iterable[Value], function: str = "SUM({})") -> Value:
        """A live sum over one column of the body with its value; 0 when the body is empty."""
        if span.empty:
            return 0
        total = sum((value_of(value) for value in values), Decimal(0))
        return span.live(function, self.index(key), value=total, local=True)

    def sums(self, span: Span, rows: Sequence[Sequence[Value]], keys: Iterable[str]) -> dict[str, Value]:
        """Live sums over columns of the body, by key, with the values of its rows."""
        places = {key: self.index(key) for key in keys}
        return {key: self.sum(span, key, (row[place] for row in rows)) for key, place in places.items()}

    def section(self, text: str) -> None:
        """A heading inside the sheet."""
        self.line(text, self.book.styles.section, height=26)

    def pair(self, column: int, label: str, value: Value, kind: str) -> None:
        """A labelled value in two neighbouring cells, on a row of its own."""
        shown = value.value if isinstance(value, Formula) else value
        self.put(self.row, column, label, self.book.styles.body("text"))
        self.put(self.row, column + 1, value, self.book.styles.body(kind, shown))
        self.height(self.row, LINE + PADDING)
        self.row += 1

    def note(self, text: str) -> None:
        """A wrapped remark over the whole width."""
        self.note_over(0, self.last_column, text)

    def signature(self) -> None:
        """The signature line, spread evenly over the width."""
        if not self.words.signature:
            return
        self.row += 1
        bounds = self._even(len(self.words.signature))
        for (first, last), text in zip(bounds, self.words.signature, strict=True):
            self._merge(self.row, first, last, text, self.book.styles.left_line)
        self.height(self.row, 30)
        self.row += 1

    def put(self, row: int, column: int, value: Value, style: object, plain: bool = False) -> None:
        """One cell; see `toolkit.summary.cells.write`."""
        write(self.raw, row, column, value, style, plain)

    def _merge(self, row: int, first: int, last: int, text: str, style: object) -> None:
        if last <= first:
            self.put(row, first, text, style)
        else:
            checked(self.raw.merge_range(row, first, row, last, "", style), self.name)
            self.put(row, first, text, style)

    def height(self, row: int, points: float) -> None:
        """Sets the height of a row."""
        if self.book.streaming:
            checked(self.raw.set_row(row, points), self.name)
        else:
            self.heights[row] = points

    def _split(self) -> int:
        """Last column of the left half, by width."""
        widths = [column.width for column in self.columns[: self.last_column + 1]]
        half, done = sum(widths) / 2, 0.0
        for index, width in enumerate(widths[:-1]):
            done += width
            if done >= half:
                return index
        return max(len(widths) - 2, 0)

    def _even(self, parts: int) -> list[tuple[int, int]]:
        """Column spans that cut the width into `parts` about equal pieces."""
        widths = [column.width for column in self.columns[: self.last_column + 1]]
        whole, done, bounds, first = sum(widths), 0.0, [], 0
        for index, width in enumerate(widths):
            done += width
            rest = len(widths) - index - 1
            if len(bounds) < parts - 1 and (done >= whole * (len(bounds) + 1) / parts or rest < parts - len(bounds)):
                bounds.append((first, index))
                first = index + 1
        return [*bounds, (first, len(widths) - 1)]
