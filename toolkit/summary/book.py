"""The shared layer of the output workbooks: the frame of an official table, safe cells, live totals.

Every workbook is byte-reproducible; text is never a formula or a link; a write that the writer refuses raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path

from toolkit.drawing.book import OUTPUT, Drawing
from toolkit.drawing.look import look
from toolkit.drawing.measure import display_width, line_count
from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import Formula, Span, Value, value_of
from toolkit.model.cell import Area, address, fixed, on_sheet
from toolkit.summary import long_sheet
from toolkit.summary.cells import LINE, PADDING, TableBody, Texts
from toolkit.summary.labels import Heading, SheetWords, words
from toolkit.summary.long_sheet import Body, LongSheet, numbered
from toolkit.summary.paper.choosing import (
    A3,
    SMALLEST,
    Ended,
    ended_well,
    evenly,
    floor_of,
    in_grid,
    laid_out,
    last_filled,
    page_starts,
    parted,
    widened,
)
from toolkit.summary.styles import Styles, body_size, frame_size

Record = Mapping[str, Value]
"""A row of a table: values by the keys of its columns."""
_BELOW = 1_000
"""Rows of a sheet that a table leaves to what stands below it."""
TITLE, BELOW = 40.0, 22.0
"""Points of the row of a title, and of the line below it."""
_POINTS, _USUAL = 72, 15.0
"""Points of an inch, and of a row that has no height of its own."""


class Book(Drawing):
    """A workbook of lists in the making.

    Args:
        title: document title.
        target: file to write to; None = in memory.
        streaming: rows go to disk as they are written (xlsxwriter constant_memory).
    """

    def __init__(self, title: str, target: Path | None = None, streaming: bool = False) -> None:
        super().__init__(target, created=OUTPUT, streaming=streaming, title=title, author="xltool")
        plain = self.raw.formats[0]  # columns are measured in digits of this font: never wider than planned
        plain.set_font_name(look().fonts["grid"])
        plain.set_font_size(SMALLEST)
        self.styles = Styles(self.formats)
        self.texts, self.rows = Texts(), long_sheet.SHEET_ROWS
        self.place = target.parent if target else None
        self._lists: list[Page] = []

    def page(
        self, sheet: SheetWords, columns: Sequence[Heading] = (), floors: Sequence[float] = (), upright: bool = False
    ) -> Page:
        """A new sheet; `columns` follow the columns of its words.

        Args:
            floors: what each column needs at least, in characters, where paper is narrow; default: by its kind.
            upright: it may be printed upright.
        """
        page = Page(self, sheet, (*sheet.columns, *columns), floors, upright)
        self._lists.append(page)
        return page

    def close(self) -> bytes:
        """Completes the workbook; its bytes when it was made in memory."""
        for page in self._lists:
            page.finish()
        return super().close()


class Page(Sheet):
    """One sheet: frame, header, body, totals, signatures, from top to bottom.

    `row` is the next free row (0-based).
    """

    KIND = LongSheet
    raw: LongSheet

    def __init__(
        self, book: Book, sheet: SheetWords, columns: tuple[Heading, ...], floors: Sequence[float], upright: bool
    ) -> None:
        self.words = sheet
        self._full: list[Page] = []
        self._percent = 0
        self._frame: dict[str, object] | None = None
        self._header: tuple[int, float] | None = None
        self._framing = 0, 0
        self._most = book.rows - min(_BELOW, book.rows // 5)
        printed = [one for one in columns if not one.screen]
        self.last_column = max(len(printed) - 1, 0)
        widths, floors = widened([one.width for one in printed]), floors or [floor_of(o.kind, o.width) for o in printed]
        font = body_size()
        self.layout = laid_out(widths, floors, font, upright)
        if not book.streaming:
            narrowed = [replace(one, width=room) for one, room in zip(printed, self.layout.widths, strict=True)]
            columns = (*narrowed, *columns[len(printed) :])
        self.columns = self._all_columns = columns
        super().__init__(book, sheet.name)

    book: Book

    def put(self, row: int, column: int, value: Value, style: object = None, plain: bool = False) -> None:
        """One cell outside the tables, whose rows are complete. Raises: ValueError: the last table has the row."""
        if self.raw.bodies and self.raw.bodies[-1].first <= row <= self.raw.bodies[-1].last:
            raise ValueError(f"{self.name}: {row}")
        super().put(row, column, value, style, plain)

    def begin(self, name: str) -> None:
        """An empty sheet; what is drawn from then on stands there."""
        super().begin(name)
        self.row, self._head, self._top = 0, 0.0, 0
        self.heights: dict[int, float] = {}
        self._kept: set[int] = set()
        widths = [in_grid(column.width, body_size()) for column in self._all_columns]
        self.columns_of(widths, self.book.styles.blank)

    def scaled(self, percent: int) -> None:
        """Paper A3, printed at a scale of one's own instead of as wide as one page."""
        self._percent = percent

    def finish(self) -> None:
        """Sets the paper and the heights of the rows, so that it is printed as wide as one page and ends well."""
        for page in self._full:
            page.finish()
        ended = Ended(1.0, 0)
        if not (self._percent or self.book.streaming or self.words.screen):
            ended = self._end()
        scale = 1.0 if self._percent else self.layout.scale * ended.scale  # the footer is scaled with the rest
        size = A3 if self._percent else self.layout.paper
        beside = len(self._all_columns) > self.last_column + 1
        rows, last = self._framing if self.words.screen else (self.row, self.last_column)
        area = Area(1, 1, max(rows, 1), last + 1) if beside or self.words.screen else None
        facts = {"area": area, "font": ceil(SMALLEST / scale), "across": not size.upright}
        self.paper("list", size=size.number, high=ended.pages, percent=self._percent, **facts)
        self.raw.factor = ended.factor
        for row, points in sorted(self.heights.items()):
            self.row_height(row, points)

    def _end(self) -> Ended:
        """Where pages begin and how the last one ends; pages that begin where they have to are not pulled together."""
        heights = [self.heights.get(row, _USUAL) for row in range(self.row)]
        growing = [False] * self.row
        for body in self.raw.bodies:
            heights[body.first : body.last + 1] = body.points
            growing[body.first : body.last + 1] = [True] * len(body.points)
        room = self.layout.paper.along * _POINTS / self.layout.scale
        starts, ended = page_starts(heights, self._kept, room, self._head), Ended(1.0, 0)
        if not starts:
            least = SMALLEST / body_size() / self.layout.scale
            ended = ended_well(heights, growing, room, self._head, min(1.0, least))
        if ended == Ended(1.0, 0) and (starts := last_filled(heights, self._kept, room, self._head, starts)):
            self.pages_begin(starts)
        return ended

    def frame(self, **facts: object) -> None:
        """Corner label, title and the line below it."""
        styles, sheet = self.book.styles, self.words
        self._frame, self._top = facts, -self.row
        facts = {"screen": words().common["screen"], **facts}
        if sheet.corner:
            self.line(sheet.corner, styles.corner, height=22)
        self._framed("title", sheet.title.format(**facts), TITLE)
        if sheet.left or sheet.right:
            self._below_title(sheet.left.format(**facts), sheet.right.format(**facts))
        self._top += self.row
        self._framing = self.row, self.last_column

    def _below_title(self, left: str, right: str) -> None:
        """Both on one line where they have room, else one below the other."""
        needs = [display_width(text) * frame_size("line") / body_size() + 1 for text in (left, right)]
        split = parted([column.width for column in self.columns[: self.last_column + 1]], *needs)
        if split is None:
            for part, text in (("left_line", left), ("right_line", right)):
                if text:
                    self._framed(part, text, BELOW)
            return
        self.span(self.row, 0, split, left, self.book.styles.frame("left_line"))
        self.span(self.row, split + 1, self.last_column, right, self.book.styles.frame("right_line"))
        self.height(self.row, BELOW)
        self.row += 1

    def _framed(self, part: str, text: str, height: float) -> None:
        """A line of the frame over the whole width, as many lines of text as it needs."""
        width = sum(column.width for column in self.columns[: self.last_column + 1])
        size = frame_size("title" if part == "title" else "line")
        lines = line_count(text, width * body_size() / size)
        self.line(text, self.book.styles.frame(part, lines > 1), height + (lines - 1) * size * LINE / body_size())

    def frame_in_blocks(self, blocks: Sequence[tuple[int, int]], fixed: int, **facts: object) -> None:
        """The frame of a table wider than a page: its title stands over each block of columns.

        Args:
            blocks: first and last column of each printed page.
            fixed: number of columns that every page repeats; they carry the corner label.
        """
        styles, sheet = self.book.styles, self.words
        facts = {"screen": words().common["screen"], **facts}
        self._framing = self.row + 3, blocks[0][1]
        self.put(self.row, 0, sheet.corner.format(**facts), styles.corner)
        below = words().common["beside"].join(filter(None, (sheet.left.format(**facts), sheet.right.format(**facts))))
        for first, last in blocks:
            first = max(first, fixed)
            self.span(self.row + 1, first, last, sheet.title.format(**facts), styles.frame("title"))
            self.span(self.row + 2, first, last, below, styles.frame("right_line"))
        for offset, points in enumerate((BELOW, TITLE, BELOW)):
            self.height(self.row + offset, points)
        self.row += 3

    def note_over(self, first: int, last: int, text: str) -> None:
        """A wrapped remark over some columns."""
        width = sum(column.width for column in self.columns[first : last + 1])
        self.span(self.row, first, last, text, self.book.styles.note)
        self.height(self.row, line_count(text, width) * LINE + 4)
        self.row += 1

    def join(self, row: int, columns: range) -> None:
        """The cells of a row of a table become one; all but the first are empty."""
        if len(columns) > 1:
            self.raw.join(row, columns[0], columns[-1])

    def merge_down(self, column: int, rows: int, text: str, style: object) -> None:
        """One text over `rows` rows of a column, from the current row."""
        self.span(self.row, column, column, text, style, self.row + rows - 1)

    def line(self, text: str, style: object, height: float = 22) -> None:
        """One line over the whole width."""
        self.span(self.row, 0, self.last_column, text, style)
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
        self.freeze(self.row, freeze)
        self.repeat(self.row - 1)

    def table(self, records: Iterable[Record], filtered: bool = False, again: Callable[[], None] | None = None) -> Span:
        """A row a record, its values by the keys of the columns; what a record lacks is empty.

        Wrapped text makes the row higher.
        Where the sheet is full they go on on a numbered one; the page is the last of them from then on.

        Args:
            filtered: put filters on the header; say so when there is no row.
            again: writes what stands over the rows on the further sheets; default: frame and header.
        Raises: KeyError: a record has a key that no column has.
        """
        full, keys = list[Span](), [column.key for column in self.columns]
        known, table = set(keys), self._table()
        for record in records:
            if not record.keys() <= known:
                raise KeyError(f"{self.name}: {sorted(record.keys() - known)}")
            values = [record.get(key) for key in keys]
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
            self.filters(Area(span.first, 1, span.last + 1, len(self.columns)))
        return span

    def _go_on(self, again: Callable[[], None] | None) -> None:
        """A further sheet, as it is before the rows of a table."""
        self._full.append(copy(self))
        self._full[-1]._full = []
        self.begin(numbered(self._full[0].name, len(self._full) + 1))
        if again:
            again()
            return
        if self._frame is not None:
            self.frame(**self._frame)
        self.header(*(self._header or ()))

    def at(self, number: int) -> int:
        """The row, counted from 1, that the `number`th row of a body will stand in; see `table`."""
        room = self._most - self.row
        if number <= room:
            return self.row + number
        return self._top + (number - room - 1) % (self._most - self._top) + 1

    def total(self, span: Span, sums: dict[str, Value], label: str = "", label_columns: int = 1) -> dict[str, str]:
        """A 合计 row: label over the first columns, then `sums` by column key.

        Returns: the absolute address of each sum, with the sheet.
        """
        styles = self.book.styles
        self.span(self.row, 0, label_columns - 1, label or words().common["total"], styles.total_label)
        for index, column in enumerate(self.columns):
            if index >= label_columns and not column.screen:
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

    def sums(self, span: Span, records: Sequence[Record], keys: Iterable[str]) -> dict[str, Value]:
        """Live sums over columns of the body, by key, with the values of its records."""
        return {key: self.sum(span, key, (record.get(key) for record in records)) for key in keys}

    def section(self, text: str) -> None:
        """A heading inside the sheet; it stands on one page with what is below it."""
        self.keep()
        self.line(text, self.book.styles.section, height=26)

    def keep(self) -> None:
        """The next row stands on one printed page with the one below it."""
        self._kept.add(self.row)

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
        bounds = evenly([column.width for column in self.columns[: self.last_column + 1]], len(self.words.signature))
        for (first, last), text in zip(bounds, self.words.signature, strict=True):
            self.span(self.row, first, last, text, self.book.styles.frame("left_line"))
        self.height(self.row, 30)
        self.row += 1

    def height(self, row: int, points: float) -> None:
        """Sets the height of a row."""
        if self.book.streaming:
            self.row_height(row, points)
        else:
            self.heights[row] = points
