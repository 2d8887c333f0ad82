"""Workbooks of printed pages: a sheet is a page, drawn from top to bottom by its spec.

Page counts depend on no printer, font or office suite: a sheet is as wide and as high as one page, and what is drawn
never needs more. Every row has its height here (`left` says what remains of the page); no font is under 9 points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from toolkit.drawing.look import look
from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import Formula, Link, Value, value_of
from toolkit.model.cell import Area, address
from toolkit.summary.book import Book
from toolkit.summary.paper.fitting import PIXEL, POINTS, cut, ems, fits, height, in_pixels, lines, stretched
from toolkit.summary.paper.placed import Placed
from toolkit.summary.paper.specs import Column, PageSpec, TableSpec

UPRIGHT, ACROSS = 732.0, 486.0
"""Points between the upper and the lower margin, less what office suites round up."""
SMALL, TEXT, HEAD, TITLE = 9.0, 10.5, 11.0, 20.0
"""Sizes of fonts."""
SUMS, SECTION, SIGNED, SKIP = 24.0, 22.0, 30.0, 9.0
"""Points of a row of totals, of a heading, of the line of signatures, of an empty line."""
USUAL = 15.0
"""Points of a row that has no height of its own."""
_TIGHT = 1.25
"""Points around the lines of a row."""
PIXELS = 96 / 25.4
"""Pixels of a millimetre."""
GROUP, GROUPED = "group", 18.0
"""What a record has that is a heading inside a table, and the points that it takes."""
NUMBERS = ("order", "count", "money", "difference", "percent", "date")


class Paper(Book):
    """A workbook of printed pages in the making; see `Book`."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.pages: list[PrintedPage] = []

    def sheet(self, spec: PageSpec, name: str = "", **facts: object) -> PrintedPage:
        """A new page with its title; `facts` fill the placeholders of its name and its frame."""
        page = PrintedPage(self, spec, name or spec.name.format(**facts))
        self.pages.append(page)
        page.frame(**facts)
        return page

    def close(self) -> bytes:
        """Completes the workbook; its bytes."""
        for page in self.pages:
            page.finish()
        return super().close()

    def look(self, font: str = "body", size: float = SMALL, **more: object):
        """A format by the name of its font."""
        base = {"font_name": look().fonts[font], "font_size": size, "valign": "vcenter", "text_wrap": True}
        return self.styles.make(**(base | more))

    def framed(self, **more: object):
        """A format of a cell of a table."""
        return self.look(**({"border": 1, "border_color": look().colours["printed"]["line"]} | more))

    def to_fill_in(self, kind: str):
        """A cell of a table that waits for an answer, by the kind of its column; open where the sheet is guarded."""
        number = {
            "num_format": look().numbers["printed"][kind] if kind in NUMBERS else look().numbers["printed"]["typed"]
        }
        align = "left" if kind == "text" else "center"
        return self.framed(align=align, locked=False, bg_color=look().colours["printed"]["to_fill_in"], **number)

    def cell(self, kind: str, value: Value = None, strong: bool = False):
        """A cell of a table by the kind of its column."""
        shown = value.value if isinstance(value, Formula | Link) else value
        if kind in NUMBERS:
            number = {"num_format": look().numbers["printed"][kind], "text_wrap": False, "shrink": True}
            bold = {"bold": True} if strong else {}
            middle = kind in ("order", "date") or isinstance(shown, str)
            return self.framed(font="number", align="center" if middle else "right", **number, **bold)
        tint = look().levels.get(str(shown)) if kind == "level" else None
        more = ({"bg_color": tint} if tint else {}) | ({"bold": True} if strong else {})
        return self.framed(align="left" if kind == "text" else "center", **more)


class PrintedPage(Sheet):
    """One sheet of paper; `row` is the next free row (0-based)."""

    def __init__(self, book: Paper, spec: PageSpec, name: str) -> None:
        super().__init__(book, name)
        self.book: Paper = book
        self.spec, self.words = spec, spec.words
        self.row, self.last = 0, len(spec.grid) - 1
        self.heights: dict[int, float] = {}
        self._lists: list[Placed] = []
        self._groups: list[int] = []
        for column, mm in enumerate(spec.grid):
            self.done(self.raw.set_column_pixels(column, column, round(mm * PIXELS), book.look()))

    # ---- room ----------------------------------------------------------------------------------------------------

    @property
    def whole(self) -> float:
        """Points of a page."""
        return ACROSS if self.spec.across else UPRIGHT

    def left(self) -> float:
        """Points that remain on the page."""
        return self.whole - sum(self.heights.values())

    def skip(self, points: float = SKIP) -> None:
        """An empty line."""
        self.take(points)

    def stretch(self, rows: Iterable[int], most: float) -> None:
        """Gives what remains of the page to some rows, each getting `most` points at most."""
        for done, row in enumerate(rows := list(rows)):
            share = max(0.0, self.left()) / (len(rows) - done)
            self.heights[row] = max(self.heights[row], in_pixels(min(most, self.heights[row] + share)))

    def mm(self, first: int, last: int) -> float:
        """Width of some columns."""
        return sum(self.spec.grid[first : last + 1])

    def take(self, points: float) -> int:
        """Takes the next row; its number."""
        self.heights[self.row] = in_pixels(points)
        self.row += 1
        return self.row - 1

    def finish(self) -> None:
        """Writes the heights of the rows and the area that is printed."""
        if self.spec.flowing and self._lists:
            self._fill_pages(self._lists[-1])
        if self.spec.guarded:
            self.protect("printed")
        for row, points in self.heights.items():  # the writer leaves the usual height to the office suite
            self.row_height(row, points - PIXEL if points == USUAL else points)
        area, high = Area(1, 1, max(1, self.row), self.last + 1), 0 if self.spec.flowing else 1
        self.paper("printed", across=self.spec.across, high=high, area=area, font=int(SMALL))

    def _fill_pages(self, table: Placed) -> None:
        """Makes the rows of a list over several pages so high that the last page is full.

        What stands below the list comes onto the page of its last row.
        """
        if not (rows := table.rows):
            return
        above, below = (
            sum(self.heights[row] for row in part) for part in (range(rows.start), range(rows.stop, self.row))
        )
        body = [*(self.heights[row] for row in rows), below]
        heads = [len(rows) - 1, *(row - rows.start for row in self._groups)]
        room = self.whole - above, self.whole - self.heights[rows.start - 1]
        for row, points in zip(rows, stretched(body, *room, heads=heads), strict=False):
            self.heights[row] = points

    # ---- text ----------------------------------------------------------------------------------------------------

    def frame(self, **facts: object) -> None:
        """The title and the line below it."""
        spec = self.spec
        if spec.title:
            title, room = spec.title.format(**facts), self.mm(0, self.last) * POINTS
            size = max(SMALL, min(TITLE, int(room / max(1.0, ems(title)))))
            self.span(
                self.take(34), 0, self.last, title, self.book.look("title", size, align="center", text_wrap=False)
            )
        if spec.left or spec.right:
            self._below_title(spec.left.format(**facts), spec.right.format(**facts))

    def _below_title(self, left: str, right: str) -> None:
        """Two halves of a line; two lines where one does not hold both, so that neither is cut for the other."""
        form = {"font": "text", "size": TEXT, "text_wrap": False}
        whole, wanted = self.mm(0, self.last), ems(right) * TEXT / POINTS + 4
        half = max((c for c in range(1, self.last + 1) if self.mm(c, self.last) >= wanted), default=0)
        if left and right and (not half or not fits(left, self.mm(0, half - 1), TEXT, 1)):
            for text, side in ((left, "left"), (right, "right")):
                self.span(self.take(19), 0, self.last, cut(text, whole, TEXT, 1), self.book.look(align=side, **form))
            return
        row, half = self.take(19), max(half, 1)
        for text, side, first, last in ((left, "left", 0, half - 1), (right, "right", half, self.last)):
            shown = cut(text, self.mm(first, last), TEXT, 1)
            self.span(row, first, last, shown, self.book.look(align=side, **form))

    def section(self, text: str) -> None:
        """A heading over a line."""
        dark = look().colours["printed"]["dark"]
        form = self.book.look("head", HEAD, font_color=dark, bottom=2, bottom_color=dark, text_wrap=False)
        self.span(self.take(SECTION), 0, self.last, text, form)

    def para(self, text: str, size: float = TEXT, most: int = 12, font: str = "text") -> int:
        """A paragraph over the whole width, cut to `most` lines; its row."""
        mm = self.mm(0, self.last)
        text = cut(text, mm, size, most)
        row = self.take(self.para_height(text, size, most))
        self.span(row, 0, self.last, text, self.book.look(font, size, align="left"))
        return row

    def para_height(self, text: str, size: float = TEXT, most: int = 12) -> float:
        """Points that a paragraph will take."""
        return height(min(most, lines(text, self.mm(0, self.last), size)), size)

    def box(self, points: float) -> int:
        """An empty frame to write in; its row."""
        row = self.take(points)
        self.span(row, 0, self.last, "", self.book.framed(align="left", valign="top"))
        return row

    def signature(self) -> None:
        """The line of signatures, spread evenly over the width."""
        row = self.take(SIGNED)
        parts = self.spec.signature
        for (first, last), text in zip(self.even(len(parts)), parts, strict=True):
            align = "right" if last == self.last else "left"
            self.span(row, first, last, text, self.book.look("text", TEXT, align=align, text_wrap=False))

    def even(self, parts: int) -> list[tuple[int, int]]:
        """First and last column of pieces of about equal width."""
        whole, first, found = self.mm(0, self.last), 0, []
        for part in range(1, parts + 1):
            ends = range(first, self.last + 1 - (parts - part))
            last = min(ends, key=lambda end: abs(self.mm(0, end) - whole * part / parts))
            found.append((first, last))
            first = last + 1
        return found

    def link(self, row: int, column: int, target: str, value: str | int, kind: str = "text") -> None:
        """A cell that leads somewhere.

        Args:
            target: `internal:Sheet!A1` or `external:../folder/file.xlsx#Sheet!A1`, relative to the workbook.
        """
        form = self.book.framed(
            align="left" if kind == "text" else "center", font_color=look().colours["common"]["link"], underline=1
        )
        self.lead(row, column, target, str(value), form)
        if not isinstance(value, str):  # the writer makes a text of it
            self.put(row, column, value, form)

    # ---- tables --------------------------------------------------------------------------------------------------

    def table(
        self,
        spec: TableSpec,
        records: Sequence[Mapping[str, Value]],
        totals: Mapping[str, Value] | None = None,
        least: float = 0.0,
    ) -> Placed:
        """A table: header, a row a record, and the row of totals if the spec has one.

        Args:
            records: values by the keys of the columns; of a live column the value that Python computed. One that has
                nothing but GROUP is a heading over all columns.
            totals: what the row of totals has besides the live sums; of a live one the value.
            least: height of the rows, in points, instead of that of the spec; higher where a text needs it.
        """
        self.heads(spec)
        if spec.freeze >= 0:
            self.freeze(self.row, spec.freeze)
        placed = Placed(spec, spec.places, self.row, self.row + len(records) - 1)
        for record in records:
            self._record(placed, record, least)
        if spec.filtered and records:
            self.filters(Area(placed.first, 1, placed.last + 1, self.last + 1))
        if self.spec.flowing:
            self.repeat(placed.first - 1)
            self._lists.append(placed)
        if spec.total:
            self.sums(placed, records, totals or {})
        return placed

    def fitting(self, spec: TableSpec, records: Sequence[Mapping[str, Value]], reserve: float) -> int:
        """How many records the page holds below the header of a table, with `reserve` points for what follows."""
        room, count = self.left() - self._head_height(spec) - reserve, 0
        for record in records:
            room -= self._record_height(spec, record)
            if room < 0:
                break
            count += 1
        return count

    def height_of(self, spec: TableSpec, records: Sequence[Mapping[str, Value]]) -> float:
        """Points that a table will take."""
        rows = sum(in_pixels(self._record_height(spec, record)) for record in records)
        return in_pixels(self._head_height(spec)) + rows + (in_pixels(SUMS) if spec.total else 0)

    def ahead(self, spec: TableSpec, key: str, count: int) -> list[str]:
        """The addresses that a column of the first records of a table will have that is drawn next."""
        column = spec.places[key][0] + 1
        return [address(self.row + 2 + number, column) for number in range(count)]

    def heads(self, spec: TableSpec) -> None:
        """The header of a table."""
        row = self.take(self._head_height(spec))
        for one in spec.columns:
            self.span(row, *spec.places[one.key], one.label, self._head("center"))

    def _head(self, align: str):
        return self.book.framed(font="head", align=align, bg_color=look().colours["printed"]["head"])

    def _head_height(self, spec: TableSpec) -> float:
        most = max(lines(one.label, self.mm(*spec.places[one.key]) + 1, SMALL) for one in spec.columns)
        return max(22.0, height(most, SMALL))

    def _record(self, placed: Placed, record: Mapping[str, Value], least: float) -> None:
        row = self.take(self._record_height(placed.spec, record, least))
        if GROUP in record:
            self._groups.append(row)
            return self.span(row, 0, self.last, record[GROUP], self._head("left"))
        for one in placed.spec.columns:
            value = self._shown(one, placed.places[one.key], record)
            if one.live and not isinstance(value, str):
                value = Formula("=" + self._live(one.live, placed, row), value)
            self.span(row, *placed.places[one.key], value, self._form(one, value))

    def _record_height(self, spec: TableSpec, record: Mapping[str, Value], least: float = 0.0) -> float:
        if GROUP in record:
            return GROUPED
        texts = ((self._shown(one, place, record), place) for one in spec.columns for place in [spec.places[one.key]])
        plain = ((text.value if isinstance(text, Link) else text, place) for text, place in texts)
        most = max((lines(text, self.mm(*place), SMALL) for text, place in plain if isinstance(text, str)), default=1)
        return max(least or spec.least, height(most, SMALL, _TIGHT))

    def _shown(self, column: Column, place: tuple[int, int], record: Mapping[str, Value]) -> Value:
        """A value of a record, a text cut to the lines of its column."""
        value = record.get(column.key)
        if isinstance(value, Link) and isinstance(value.value, str):
            return Link(cut(value.value, self.mm(*place), SMALL, column.lines), value.target)
        return cut(value, self.mm(*place), SMALL, column.lines) if isinstance(value, str) else value

    def _form(self, column: Column, value: Value):
        if column.fill:
            return self.book.to_fill_in(column.kind)
        return self.book.cell(column.kind, value, column.strong and bool(value_of(value)))

    def _live(self, formula: str, placed: Placed, row: int) -> str:
        return formula.format_map({key: placed.cell(key, row) for key in placed.places})

    def sums(
        self, placed: Placed, records: Sequence[Mapping[str, Value]], totals: Mapping[str, Value], label: str = ""
    ) -> None:
        """The row of totals of a table; `label` instead of its own words."""
        row, spec = self.take(SUMS), placed.spec
        kept = [one.key in totals or bool(one.total) for one in spec.columns]
        first = kept.index(True)
        self.span(
            row,
            0,
            placed.places[spec.columns[first].key][0] - 1,
            label or spec.total,
            self.book.cell("word", strong=True),
        )
        for one in spec.columns[first:]:
            value = totals.get(one.key)
            if one.total == "sum" and one.key not in totals:
                value = self._sum(placed, one.key, records)
            elif one.total not in ("", "sum"):
                value = Formula("=" + self._live(one.total, placed, row), value)
            self.span(row, *placed.places[one.key], value, self.book.cell(one.kind, value, strong=True))

    @staticmethod
    def _sum(placed: Placed, key: str, records: Sequence[Mapping[str, Value]]) -> Value:
        if not records:
            return 0
        return Formula(f"=SUM({placed.range(key)})", sum((value_of(one.get(key)) for one in records), Decimal(0)))
