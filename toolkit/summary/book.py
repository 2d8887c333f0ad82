"""The shared layer of the output workbooks: the frame of an official table, safe cells, live totals.

Every workbook is byte-reproducible; text is never a formula or a link; a write that the writer refuses raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from toolkit.model.cell import Area, address, fixed, on_sheet
from toolkit.model.privacy import mask, screened
from toolkit.summary.labels import Heading, SheetWords, words
from toolkit.summary.paper.choosing import A3, PIXELS, SMALLEST, Ended, ended_well, floor_of, in_grid, inches, laid_out
from toolkit.summary.paper.specs import look
from toolkit.summary.styles import Styles
from toolkit.summary.values import (
    Formula,
    Link,
    OwnText,
    Span,
    Value,
    checked,
    fits,
    plain_value,
    shortened,
    value_of,
)
from toolkit.summary.wording import line_count

CREATED = datetime(2000, 1, 1)
MOST_LINKS = 65_000
"""Links that a sheet may hold; what is beyond has none."""
LINE, PADDING = 15.5, 6.5
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
        self.streaming = streaming
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

    CHART_ROWS = 16

    def __init__(
        self, book: Book, name: str, sheet: SheetWords, columns: tuple[Heading, ...], floors: Sequence[float] = ()
    ) -> None:
        self.book, self.name, self.words = book, name, sheet
        self.raw = book.raw.add_worksheet(name)
        self.row = 0
        self.heights: dict[int, float] = {}
        self._bodies: set[int] = set()
        self._scaled = False
        self._head = 0.0
        self.last_column = max(len(columns) - 1, 0)
        widths, floors = [one.width for one in columns], floors or [floor_of(one.kind, one.width) for one in columns]
        font = float(words().look["body_size"])
        self.layout = laid_out(widths, floors, font)
        if not book.streaming:
            columns = tuple(replace(one, width=room) for one, room in zip(columns, self.layout.widths, strict=True))
        self.columns = columns
        for index, column in enumerate(columns):
            checked(self.raw.set_column(index, index, in_grid(column.width, font), book.styles.blank), name)
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
        ended = Ended(1.0, 0)
        if not self._scaled:
            if not self.book.streaming:
                ended = self._end()
            self.raw.set_paper(self.layout.paper.number)
            self.raw.fit_to_pages(1, ended.pages)
        scale = 1.0 if self._scaled else self.layout.scale * ended.scale  # it is scaled with the rest
        size = ceil(SMALLEST / scale)
        self.raw.set_footer(look().footer.format(size=int(size)), {"margin": 0.35})
        for row, points in sorted(self.heights.items()):
            points *= ended.factor if row in self._bodies else 1.0
            checked(self.raw.set_row(row, points), self.name)

    def _end(self) -> Ended:
        heights = [self.heights.get(row, _USUAL) for row in range(self.row)]
        growing = [row in self._bodies for row in range(self.row)]
        room = self.layout.paper.along * _POINTS / self.layout.scale
        least = SMALLEST / float(words().look["body_size"]) / self.layout.scale
        return ended_well(heights, growing, room, self._head, min(1.0, least))

    def frame(self, **facts: object) -> None:
        """Corner label, title and the line below it."""
        styles, sheet, last = self.book.styles, self.words, self.last_column
        if sheet.corner:
            self.line(sheet.corner, styles.corner, height=22)
        self.line(sheet.title.format(**facts), styles.title, height=40)
        if sheet.left or sheet.right:
            split = self._split()
            self._merge(self.row, 0, split, sheet.left.format(**facts), styles.left_line)
            self._merge(self.row, split + 1, last, sheet.right.format(**facts), styles.right_line)
            self.height(self.row, 22)
            self.row += 1

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
        lines = [line_count(column.label, column.width) for column in self.columns]
        self.height(self.row, height or max(28, max(lines, default=1) * LINE + 10))
        for index, column in enumerate(self.columns):
            self.put(self.row, index, column.label, style)
        self._head = self.heights.get(self.row, _USUAL)
        self.row += 1
        self.raw.freeze_panes(self.row, freeze)
        self.raw.repeat_rows(self.row - 1)

    def body(self, rows: Iterable[Sequence[Value]], filtered: bool = False) -> Span:
        """Rows of values in the order of the columns; wrapped text makes the row higher.

        Args:
            filtered: put filters on the header; say so when there is no row.
        """
        first = self.row
        for values in rows:
            self._body_row(values)
        span = Span(self.name, first, self.row - 1)
        if filtered and not span.empty:
            checked(self.raw.autofilter(first - 1, 0, span.last, self.last_column), self.name)
        if filtered and span.empty:
            self.note(words().common["nothing"])
        return span

    def _body_row(self, values: Sequence[Value]) -> None:
        lines = 1
        for index, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            shown = value.value if isinstance(value, Formula | Link) else value
            self.put(self.row, index, value, self.book.styles.body(column.kind, shown), column.kind == "code")
            if isinstance(shown, str):
                lines = max(lines, line_count(shown, column.width))
        self.height(self.row, min(lines * LINE + PADDING, 400))
        self._bodies.add(self.row)
        self.row += 1

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
        """A live sum over one column of the body with its value; None when the body is empty."""
        if span.empty:
            return 0
        total = sum((value_of(value) for value in values), Decimal(0))
        return Formula("=" + function.format(span.column(self.index(key), local=True)), total)

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

    def chart(self, chart, row: int, column: int, columns: int) -> None:
        """Places a chart over `columns` columns and CHART_ROWS rows."""
        widths = [one.width for one in self.columns[column : column + columns]]
        pixels = inches(widths, float(words().look["body_size"])) * PIXELS
        chart.set_size({"width": int(pixels) - 8, "height": self.CHART_ROWS * 20 - 8})
        self.raw.insert_chart(row, column, chart, {"x_offset": 4, "y_offset": 4})

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
        """One cell by the type of its value; text stays text, numbers beyond 15 digits become text.

        Args:
            plain: the text is a code of ours, which stays readable.

        Raises: XltoolError: SUM-001 the sheet is full or a text is longer than a cell can hold.
        """
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
        widths = [column.width for column in self.columns]
        half, done = sum(widths) / 2, 0.0
        for index, width in enumerate(widths[:-1]):
            done += width
            if done >= half:
                return index
        return max(len(widths) - 2, 0)

    def _even(self, parts: int) -> list[tuple[int, int]]:
        """Column spans that cut the width into `parts` about equal pieces."""
        widths = [column.width for column in self.columns]
        whole, done, bounds, first = sum(widths), 0.0, [], 0
        for index, width in enumerate(widths):
            done += width
            rest = len(widths) - index - 1
            if len(bounds) < parts - 1 and (done >= whole * (len(bounds) + 1) / parts or rest < parts - len(bounds)):
                bounds.append((first, index))
                first = index + 1
        return [*bounds, (first, len(widths) - 1)]


def write(raw, row: int, column: int, value: Value, style: object, plain: bool = False) -> None:
    """Writes one cell of an xlsxwriter sheet, see `Page.put`."""
    if isinstance(value, Link):
        if raw.hlink_count < MOST_LINKS:  # the text of a link is written over by the value
            checked(raw.write_url(row, column, value.target, style, "-"), raw.name)
        value = value.value
    if value is None or value == "":
        code = raw.write_blank(row, column, None, style)
    elif isinstance(value, Formula):
        code = raw.write_formula(row, column, value.text, style, plain_value(value.value))
    elif isinstance(value, str):
        code = raw.write_string(row, column, shortened(_masked(value, plain)), style)
    elif isinstance(value, date):
        code = raw.write_datetime(row, column, value, style)
    elif fits(value):
        code = raw.write_number(row, column, value, style)
    else:
        code = raw.write_string(row, column, format(value, "f"), style)
    checked(code, raw.name)


def _masked(text: str, code: bool) -> str:
    """A text as an output may show it."""
    if isinstance(text, OwnText):
        return text
    return screened(text) if code else mask(text, typed=True, leaving=True)
