"""Sheets whose table bodies are kept as fragments of XML, not as cells: quick to write, and little memory however long.

What comes out is what xlsxwriter writes, byte for byte. A book keeps so many different texts in its table of shared
ones; where there are more, the text stands in its cell.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from struct import Struct
from tempfile import SpooledTemporaryFile

from xlsxwriter.format import Format
from xlsxwriter.worksheet import CellStringTuple, RowInfo, Worksheet

from toolkit.model.cell import LAST_ROW, letters
from toolkit.summary.labels import words

SHEET_ROWS, _LONGEST_NAME = LAST_ROW, 31
"""Rows of a sheet; a table that is longer goes on on numbered sheets."""
MOST_SHARED = 100_000
"""Different texts that the shared table of a book takes."""
_IN_MEMORY = 8_000_000
"""Bytes of rows that a body keeps before they go to disk."""
_BATCH, _BLOCK = 2_000, 16
"""Rows that leave the memory at once; rows that have a common span."""
_LENGTH = Struct("<Q")
_ODD = re.compile(r"[&<>\x00-\x08\x0b-\x1f\n\"\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\s|\s$")

Row = tuple[int, list[str]]
"""Number of the row's list of formats, then what follows the format in each cell."""


def numbered(name: str, number: int) -> str:
    """The name of the `number`th sheet over which a table goes."""
    if number == 1:
        return name
    beyond = len(words().common["part"].format(name="", number=number))
    return words().common["part"].format(name=name[: _LONGEST_NAME - beyond], number=number)


class Body:
    """The rows of one table: of every cell what stands in its tag after the format.

    Args:
        first: row of the sheet that it begins in, from 0.
        width: number of columns.
        place: folder for what does not stay in memory; None = the system's.
    """

    def __init__(self, sheet: LongSheet, first: int, width: int, place: Path | None) -> None:
        self.first, self.width, self.points = first, width, array("d")
        self._sheet, self._formats = sheet, dict[tuple, int]()
        self._rows: list[Row] = []
        self._place, self._file, self._stored = place, None, 0

    @property
    def last(self) -> int:
        """The row that it ends in; before `first` when it is empty."""
        return self.first + len(self.points) - 1

    def formats(self, formats: tuple) -> int:
        """The number of a list of formats, one a column."""
        return self._formats.setdefault(formats, len(self._formats))

    def add(self, formats: int, cells: list[str], points: float) -> None:
        """One row below the others."""
        self._rows.append((formats, cells))
        self.points.append(points)
        if len(self._rows) >= _BATCH:
            self._leave()

    def end(self) -> None:
        """No row is to follow."""
        if self.points:
            self._sheet.hold(self)

    def _leave(self) -> None:
        if self._file is None:
            self._file = SpooledTemporaryFile(_IN_MEMORY, dir=self._place)  # noqa: SIM115 closed when all is read
        data = marshal.dumps(self._rows)
        self._file.write(_LENGTH.pack(len(data)) + data)
        self._stored += 1
        self._rows = []

    def rows(self) -> Iterator[Row]:
        """All rows, once."""
        if self._file is not None:
            self._file.seek(0)
            for _ in range(self._stored):
                yield from marshal.loads(self._file.read(*_LENGTH.unpack(self._file.read(_LENGTH.size))))
            self._file.close()
        yield from self._rows
        self._rows = []

    def xml(self, rows: Iterable[Row], first: int, factor: float = 1.0) -> Iterator[str]:
        """Rows as XML, the first of which is `first`."""
        lists, plans = list(self._formats), dict[int, list[tuple[str, str]]]()
        tails, points = _Tails(self._sheet, factor), self.points[first - self.first :]
        for row, ((number, cells), high) in enumerate(zip(rows, points, strict=False), first + 1):
            if (plan := plans.get(number)) is None:  # formats get their numbers in the order in which rows use them
                plan = plans[number] = [
                    (f'<c r="{letters(column)}', f'" s="{one._get_xf_index()}"')
                    for column, one in enumerate(lists[number], 1)
                ]
            inner = "".join([f"{a}{row}{b}{cell}" for (a, b), cell in zip(plan, cells, strict=True)])
            yield f'<row r="{row}"{self._sheet.span(row - 1)}{tails[high]}>{inner}</row>'


class Streamed(Body):
    """A body whose rows go into the file of a sheet that is written as it is made."""

    def __init__(self, sheet: LongSheet, first: int, width: int, place: Path | None) -> None:
        super().__init__(sheet, first, width, place)
        self._next = first

    def _leave(self) -> None:
        rows, self._rows = self._rows, []
        self._sheet.fh.write("".join(self.xml(rows, self._next)))
        self._next += len(rows)

    def end(self) -> None:
        """No row is to follow; as always in such a sheet the last one waits until something follows it."""
        last, self._rows = self._rows[-1:], self._rows[:-1]
        self._leave()
        self._sheet.passed(self, partial(self.xml, last, self.last))


class _Tails(dict[float, str]):
    """What says in the tag of a row how high it is, by points."""

    def __init__(self, sheet: LongSheet, factor: float) -> None:
        super().__init__()
        self._sheet, self._factor = sheet, factor

    def __missing__(self, points: float) -> str:
        info = RowInfo(height=int(points * self._factor * 4.0 / 3.0 + 0.5))
        xml = self._sheet.caught(lambda: self._sheet._write_row(0, None, info))
        self[points] = tail = xml[len('<row r="1"') : -1]
        return tail


class LongSheet(Worksheet):
    """A sheet of xlsxwriter that holds bodies among its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[Body] = []
        self.factor = 1.0
        """How much higher the rows of all bodies are made."""
        self._spans: dict[int, str] = {}
        self._waiting: Callable[[], Iterable[str]] | None = None

    def body(self, first: int, width: int, place: Path | None) -> Body:
        """A new body from a row on, of full rows; see `Body`."""
        if not self.constant_memory:
            return Body(self, first, width, place)
        self._write_single_row(first)
        return Streamed(self, first, width, place)

    def join(self, row: int, first: int, last: int) -> None:
        """Cells that are written already, or as part of a body, become one."""
        self.merge.append([row, first, row, last])

    def plain_rows(self, first: int, formats: Sequence[Format], columns: Sequence[Sequence]) -> None:
        """Rows of texts and numbers of 15 digits at most, in columns, into a sheet that is written as it is made.

        What is empty has no cell.
        """
        last = first + len(columns[0]) - 1
        self._write_single_row(first)
        self.fh.write("".join(self._plain(first, formats, [column[:-1] for column in columns])))
        self._reach(first, last, len(columns))
        self._waiting = partial(self._plain, last, formats, [column[-1:] for column in columns])

    def _plain(self, first: int, formats: Sequence[Format], columns: Sequence[Sequence]) -> Iterator[str]:
        self._number(formats, columns)
        numbers, inner = range(first + 1, first + len(columns[0]) + 1), []
        for index, (form, column) in enumerate(zip(formats, columns, strict=True), 1):
            inner.append(self._plain_column(letters(index), form, numbers, column))
        for row, cells in zip(numbers, zip(*inner, strict=True), strict=True):
            yield f'<row r="{row}">{"".join(cells)}</row>'

    def _plain_column(self, letter: str, form: Format, numbers: Iterable[int], values: Iterable) -> list[str]:
        known: dict[str, str] = {}
        cells = []
        for row, value in zip(numbers, values, strict=True):
            if value is None or value == "":
                cells.append("")
            elif value.__class__ is str:
                if (text := known.get(value)) is None:
                    text = known[value] = self.inline(value)
                cells.append(f'<c r="{letter}{row}" s="{form._get_xf_index()}"{text}')
            else:
                cells.append(f'<c r="{letter}{row}" s="{form._get_xf_index()}"><v>{value:.16G}</v></c>')
        return cells

    @staticmethod
    def _number(formats: Sequence[Format], columns: Iterable[Sequence]) -> None:
        """Formats get their numbers in the order in which the rows use them."""
        uses = []
        for index, column in enumerate(columns):
            used = (row for row, value in enumerate(column) if value is not None and value != "")
            uses += [(row, index) for row in (next(used, None),) if row is not None]
        for _, index in sorted(uses):
            formats[index]._get_xf_index()

    def hold(self, body: Body) -> None:
        """Takes a body that is whole."""
        self.bodies.append(body)
        self._reach(body.first, body.last, body.width)

    def passed(self, body: Body, waiting: Callable[[], Iterable[str]]) -> None:
        """Goes on below a body that is written but for what waits."""
        if body.points:
            self._reach(body.first, body.last, body.width)
            self._waiting = waiting

    def _write_single_row(self, current_row_num: int = 0) -> None:
        if self._waiting is not None:
            self.fh.write("".join(self._waiting()))
            self._waiting, self.previous_row = None, current_row_num
        else:
            super()._write_single_row(current_row_num)

    def _reach(self, first: int, last: int, width: int) -> None:
        """What a body fills; the row that is being written is its last one."""
        self.previous_row = first
        self._check_dimensions(first, 0)
        self._check_dimensions(last, width - 1)
        self.previous_row = last

    def share(self, text: str) -> int | None:
        """The number of a text in the book's table of shared ones; None where it has to stand in its cell."""
        table = self.str_table
        if self.constant_memory or (table.unique_count >= MOST_SHARED and text not in table.string_table):
            return None
        return table._get_shared_string_index(text)

    def shared_once_more(self) -> None:
        """Counts one more cell with a shared text."""
        self.str_table.count += 1

    def inline(self, text: str) -> str:
        """What follows the format in a cell that holds its text."""
        if not _ODD.search(text):
            return f' t="inlineStr"><is><t>{text}</t></is></c>'
        text = self._escape_control_characters(text)
        preserve = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f' t="inlineStr"><is><t{preserve}>{self._escape_data(text)}</t></is></c>'

    def lifted(self, row: int, column: int) -> str:
        """What follows the format in a cell that was written the usual way, which is taken out again."""
        cell = self.table[row].pop(column)
        if not self.table[row]:
            del self.table[row]
        link = self.hyperlinks[row].get(column) if row in self.hyperlinks and not self.constant_memory else None
        if link is not None and not isinstance(cell, CellStringTuple):
            link._is_object_link = True  # xlsxwriter sees it by the cell
        known, self.col_info = self.col_info, {}
        xml = self.caught(lambda: self._write_cell(row, column, cell._replace(format=None)))
        self.col_info = known
        return xml[xml.index('"', len('<c r="')) + 1 :]

    def caught(self, write: Callable[[], None]) -> str:
        """The XML that one of the sheet's own methods writes."""
        outside, self.fh = self.fh, StringIO()
        write()
        caught, self.fh = self.fh.getvalue(), outside
        return caught

    def span(self, row: int) -> str:
        """The first and last column of a row and its neighbours, as its tag has it."""
        return self._spans.get(row // _BLOCK, "")

    def _calculate_spans(self) -> None:
        if not self.bodies:
            super()._calculate_spans()

    def _write_rows(self) -> None:
        if not self.bodies:
            super()._write_rows()
            return
        self._span_all()
        first, last = self.dim_rowmin, self.dim_rowmax
        for body in sorted(self.bodies, key=lambda one: one.first):
            self.dim_rowmax = body.first - 1
            super()._write_rows()
            for row in body.xml(body.rows(), body.first, self.factor):
                self.fh.write(row)
            self.dim_rowmin = body.last + 1
        self.dim_rowmax = last
        super()._write_rows()
        self.dim_rowmin = first

    def _span_all(self) -> None:
        ends = [(row // _BLOCK, min(cells), max(cells)) for row, cells in self.table.items() if cells]
        for body in self.bodies:
            ends += [(block, 0, body.width - 1) for block in range(body.first // _BLOCK, body.last // _BLOCK + 1)]
        found: dict[int, tuple[int, int]] = {}
        for block, first, last in ends:
            known = found.get(block, (first, last))
            found[block] = min(first, known[0]), max(last, known[1])
        self.row_spans = {block: f"{first + 1}:{last + 1}" for block, (first, last) in found.items()}
        self._spans = {block: f' spans="{span}"' for block, span in self.row_spans.items()}
