"""The XML of one sheet, split into rows, so that single cells can be set without parsing the rest."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.model.cell import IN_XML, Area, address, column_number, place, serial
from toolkit.model.errors import XltoolError


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without the leading `=`; `shown` is its stored number, None = stored without a result."""

    text: str
    shown: Decimal | int | None = None


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as `#REF!`."""

    text: str


Value = str | int | float | Decimal | date | bool | Formula | CellError | None

_ROOT = re.compile(rb"<worksheet[\s>]")
_OPEN, _CLOSE = re.compile(rb"<sheetData\s*(/?)>"), b"</sheetData>"
_ROW_OPEN, _ROW_CLOSE = b"<row", b"</row>"
_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.S)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
_FORMULA = re.compile(rb"<f\b([^>]*)>")
_DIMENSION = re.compile(rb'(<dimension\s[^>]*?ref=")' + IN_XML + rb"(?::" + IN_XML + rb')?(")')
_ROW_NUMBER = re.compile(rb'\sr="(\d+)"')
_CELL_ADDRESS = re.compile(rb'\sr="' + IN_XML + rb'"')
_STYLE = re.compile(rb'\ss="\d+"')
_COLUMN, _COLUMN_PLACE = re.compile(rb"<col\s[^>]*>"), re.compile(rb'\s(min|max|style)="(\d+)"')
_ROW_HAS_STYLE = re.compile(rb'\scustomFormat="(?:1|true)"')
_SPANS = re.compile(rb'\sspans="[^"]*"')
_BAD_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXT_LIMIT = 32767


def escape(text: str) -> str:
    """Text as cell content: XML escaped, characters that XML cannot hold as `_xHHHH_`.

    >>> escape("a<b" + chr(11))
    'a&lt;b_x000B_'
    >>> escape("_x0041_")
    '_x005F_x0041_'
    """
    text = _BAD_CHARACTER.sub(_escaped, text)
    text = _SURROGATE.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    return f"_x{ord(found):04X}_" if len(found) == 1 else "_x005F" + found


def content(value: Value, epoch_1904: bool = False) -> tuple[str, str]:
    """Type attribute and inner XML of a cell with that value.

    Raises: ValueError: text above 32,767 characters, a number that is not finite. TypeError.
    """
    if isinstance(value, str):
        if len(value) > _TEXT_LIMIT:
            raise ValueError("text is longer than a cell can hold")
        text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
        return ' t="inlineStr"', text
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, date):
        return "", f"<v>{serial(value, epoch_1904)}</v>"
    if isinstance(value, int | float | Decimal):
        if not math.isfinite(value):
            raise ValueError("a cell holds finite numbers only")
        shown = format(value, "f") if isinstance(value, Decimal) else repr(value)
        return "", f"<v>{shown}</v>"
    if isinstance(value, CellError):
        return ' t="e"', f"<v>{escape(value.text)}</v>"
    if isinstance(value, Formula):
        shown = "" if value.shown is None else f"<v>{value.shown}</v>"
        return "", f"<f>{escape(value.text)}</f>{shown}"
    raise TypeError(f"no cell content for {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class _Cell:
    column: int
    style: bytes
    formula: bytes
    whole: bytes


@dataclass(frozen=True, slots=True)
class _Row:
    attributes: bytes
    cells: tuple[_Cell, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a set of cells changes in a sheet.

    Args:
        head: everything before the rows, its dimension widened where needed.
        first, last: the index of the first row that changes, and of the one after the last.
        rows: changed and new rows by row number.
        formula_gone: a formula was removed.
    """

    head: bytes
    first: int
    last: int
    rows: Mapping[int, bytes]
    formula_gone: bool


def _column_styles(head: bytes) -> list[tuple[int, int, str]]:
    """First and last column and the style attribute of the columns that have one.

    >>> _column_styles(b'<cols><col min="2" max="3" width="9" style="4"/><col min="5" max="5" width="9"/></cols>')
    [(2, 3, ' s="4"')]
    """
    found = []
    for tag in _COLUMN.findall(head):
        told = {name: int(number) for name, number in _COLUMN_PLACE.findall(tag)}
        if {b"min", b"max", b"style"} <= told.keys():
            found.append((told[b"min"], told[b"max"], f' s="{told[b"style"]}"'))
    return found


class SheetXml:
    """One sheet's XML, split; `patched` gives it with cells set, and leaves the object as it was.

    Args:
        data: the XML of a sheet in the usual style, see `Package.plain`.
    Raises: XltoolError: PKG-003 it has no sheetData, or comments and the like.
    """

    def __init__(self, data: bytes, epoch_1904: bool = False) -> None:
        self.epoch_1904 = epoch_1904
        root = _ROOT.search(data, 0, 4096)
        if root is None or data.find(b"<!", root.end()) >= 0:
            raise XltoolError("PKG-003")
        opening = _OPEN.search(data)
        if opening is None:
            raise XltoolError("PKG-003")
        self.head = data[: opening.start()]
        closed = bool(opening[1])
        end = opening.end() if closed else data.rindex(_CLOSE)
        self.tail = data[end if closed else end + len(_CLOSE) :]
        self._columns = _column_styles(self.head)
        self._split(b"" if closed else data[opening.end() : end])
        self._parsed: dict[int, _Row] = {}

    def _split(self, body: bytes) -> None:
        self.numbers: list[int] = []
        self.rows: list[bytes] = []
        opening, closing = _ROW_OPEN, _ROW_CLOSE
        for chunk in body.split(closing):
            start = chunk.find(opening)
            while start >= 0:
                end = chunk.index(b">", start)
                alone = chunk[end - 1] == 0x2F
                self._take(chunk[start : end + 1], chunk[start : end + 1] if alone else chunk[start:] + closing)
                start = chunk.find(opening, end) if alone else -1

    def _take(self, tag: bytes, whole: bytes) -> None:
        given = _ROW_NUMBER.search(tag)
        self.numbers.append(int(given[1]) if given else (self.numbers[-1] + 1 if self.numbers else 1))
        self.rows.append(whole)

    def _row(self, index: int) -> _Row:
        """The parsed row, kept for the next time."""
        if index not in self._parsed:
            match = _ROW.match(self.rows[index])
            assert match is not None
            attributes, inner = match[1].rstrip(b"/"), match[2] or b""
            if not _ROW_NUMBER.search(attributes):
                attributes += b' r="%d"' % self.numbers[index]
            self._parsed[index] = _Row(attributes, self._cells(inner, self.numbers[index]))
        return self._parsed[index]

    def _cells(self, inner: bytes, row: int) -> tuple[_Cell, ...]:
        found, column = [], 0
        for match in _CELL.finditer(inner):
            given, whole = _CELL_ADDRESS.search(match[1]), match[0]
            column = column_number(given[1].decode()) if given else column + 1
            if not given:
                start = len(b"<c")
                whole = whole[:start] + f' r="{address(row, column)}"'.encode() + whole[start:]
            style = _STYLE.search(match[1])
            formula = _FORMULA.search(match[2] or b"")
            found.append(_Cell(column, style[0] if style else b"", formula[0] if formula else b"", whole))
        return tuple(found)

    def changes(self, cells: Mapping[str, Value]) -> Changes:
        """What setting the cells changes in the sheet.

        Raises: XltoolError: PKG-004 a cell that other cells' shared formula hangs on.
        """
        wanted: dict[int, dict[int, Value]] = {}
        for spot, value in cells.items():
            row, column = place(spot)
            wanted.setdefault(row, {})[column] = value
        rows: dict[int, bytes] = {}
        formula_gone = False
        for row, values in wanted.items():
            index = bisect_left(self.numbers, row)
            known = index < len(self.numbers) and self.numbers[index] == row
            old = self._row(index) if known else _Row(b' r="%d"' % row, ())
            text, gone = self._patched_row(row, old, values)
            formula_gone = formula_gone or gone
            if known or any(value is not None for value in values.values()):
                rows[row] = text
        first = bisect_left(self.numbers, min(rows)) if rows else len(self.rows)
        last = bisect_right(self.numbers, max(rows)) if rows else len(self.rows)
        return Changes(self._grown(wanted, rows), first, last, rows, formula_gone)

    def patched(self, cells: Mapping[str, Value]) -> tuple[bytes, bool]:
        """The sheet's XML with the cells set, and whether a formula was removed.

        Raises: see `changes`.
        """
        changes = self.changes(cells)
        front, back = self.before(changes.first), self.after(changes.last)
        return b"".join((changes.head, front, self.between(changes), back)), changes.formula_gone

    def before(self, first: int) -> bytes:
        """Everything between the head and row index `first`."""
        return b"".join((b"<sheetData>", *self.rows[:first]))

    def between(self, changes: Changes) -> bytes:
        """The rows from the first to the last that changes, changed and new ones in their places."""
        part = slice(changes.first, changes.last)
        merged = dict(zip(self.numbers[part], self.rows[part], strict=True)) | dict(changes.rows)
        return b"".join(merged[row] for row in sorted(merged))

    def after(self, last: int) -> bytes:
        """Everything from row index `last` on."""
        return b"".join((*self.rows[last:], _CLOSE, self.tail))

    def _patched_row(self, row: int, old: _Row, values: Mapping[int, Value]) -> tuple[bytes, bool]:
        gone = False
        cells = {cell.column: cell.whole for cell in old.cells}
        styles = {cell.column: cell.style.decode() for cell in old.cells}
        for cell in old.cells:
            if cell.formula and cell.column in values:
                if b't="shared"' in cell.formula and b"ref=" in cell.formula:
                    raise XltoolError("PKG-004", cell=address(row, cell.column))
                gone = True
        for column, value in values.items():
            style = styles[column] if column in styles else self._usual_style(old, column)
            start = f'<c r="{address(row, column)}"{style}'
            if value is None:
                if column in cells:
                    cells[column] = f"{start}/>".encode()
                continue
            kind, inner = content(value, self.epoch_1904)
            cells[column] = f"{start}{kind}>{inner}</c>".encode()
        attributes = old.attributes
        if len(cells) > len(old.cells):
            attributes = _SPANS.sub(b"", attributes)
        inside = b"".join(cells[column] for column in sorted(cells))
        return b"".join((_ROW_OPEN, attributes, b">", inside, _ROW_CLOSE)), gone

    def _usual_style(self, row: _Row, column: int) -> str:
        """The style of a cell that is not there yet: that of its row or its column, as where a person types."""
        if _ROW_HAS_STYLE.search(row.attributes) and (own := _STYLE.search(row.attributes)):
            return own[0].decode()
        return next((style for first, last, style in self._columns if first <= column <= last), "")

    def _grown(self, wanted: Mapping[int, Mapping[int, Value]], changed: Mapping[int, bytes]) -> bytes:
        """The head, its dimension widened where the cells lie outside."""
        match = _DIMENSION.search(self.head)
        if match is None or not changed:
            return self.head
        columns = [column for row in changed for column in wanted[row]]
        left, top = column_number(match[2].decode()), int(match[3])
        right, bottom = (column_number(match[4].decode()), int(match[5])) if match[4] else (left, top)
        box = Area(min(top, *changed), min(left, *columns), max(bottom, *changed), max(right, *columns))
        if box == (top, left, bottom, right):
            return self.head
        return self.head[: match.start()] + match[1] + str(box).encode() + match[6] + self.head[match.end() :]
