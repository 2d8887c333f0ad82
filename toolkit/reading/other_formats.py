"""Error values in .xls, .xlsb and .ods: the reader of values gives an empty cell, so they are looked up by hand."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from xml.parsers import expat

from toolkit.ooxml.usual import relations, relations_part
from toolkit.reading import foreign
from toolkit.reading.census import Place
from toolkit.reading.gate import Package

Marks = dict[str, dict[Place, tuple[str, str]]]
"""Sheet title → place → (code, error as shown)."""

_ERROR = "C006"
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _EOF, _SHEET, _FORMULA, _BOOLERR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
_ROW, _CELL_ERROR, _RESULT_ERROR, _BUNDLE = 0x00, 0x03, 0x0B, 0x9C
_TABLE, _TR, _TC, _P = "table:table", "table:table-row", ("table:table-cell", "table:covered-table-cell"), "text:p"
_SHOWN_ERRORS = ("#", "Err:", "错误:")
_MOST_REPEATS = 10_000


def error_cells(package: Package | str, data: bytes) -> Marks:
    """All cells with an error value; whatever of the file cannot be followed is left out.

    Args:
        package: as from the gate; `xls` for OLE2 files.
    """
    try:
        if isinstance(package, str):
            return _of_xls(data)
        return _of_ods(package) if package.format == "ods" else _of_xlsb(package)
    except (struct.error, IndexError, OSError, ValueError, expat.ExpatError):
        return {}


def _of_xls(data: bytes) -> Marks:
    stream = foreign.ole_stream(data, "Workbook", "Book")
    return {title: found for title, start in xls_sheets(stream).items() if (found := dict(_xls_sheet(stream, start)))}


def xls_sheets(stream: bytes) -> dict[str, int]:
    """Where each sheet of an .xls begins, by its title."""
    starts = {}
    for _, kind, body in records(stream, 0):
        if kind == _SHEET:
            length, wide = body[6], body[7] & 1
            text = body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            starts[text] = struct.unpack_from("<L", body)[0]
    return starts


def _xls_sheet(stream: bytes, start: int) -> Iterator[tuple[Place, tuple[str, str]]]:
    depth = 0
    for _, kind, body in records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        error = None
        if kind == _BOOLERR and body[7] == 1:
            error = body[6]
        elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            error = body[8]
        if error is not None and depth == 1:
            yield struct.unpack_from("<HH", body), (_ERROR, _ERRORS.get(error, "#"))


def records(stream: bytes, at: int) -> Iterator[tuple[int, int, bytes]]:
    """Place, kind and body of the records of an .xls from some place on."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _of_xlsb(package: Package) -> Marks:
    book = "xl/workbook.bin"
    targets = {one.identity: one.target for one in relations(package.part(relations_part(book)), book)}
    marks = {}
    for kind, body in _parts(package.part(book)):
        if kind == _BUNDLE:
            (length,) = struct.unpack_from("<L", body, 8)
            relation = body[12 : 12 + 2 * length].decode("utf-16-le")
            at = 12 + 2 * length
            (length,) = struct.unpack_from("<L", body, at)
            title = body[at + 4 : at + 4 + 2 * length].decode("utf-16-le")
            if found := _xlsb_sheet(package.part(targets.get(relation, ""))):
                marks[title] = found
    return marks


def _xlsb_sheet(part: bytes) -> dict[Place, tuple[str, str]]:
    row, found = -1, {}
    for kind, body in _parts(part):
        if kind == _ROW:
            (row,) = struct.unpack_from("<L", body)
        elif kind in (_CELL_ERROR, _RESULT_ERROR):
            (column,) = struct.unpack_from("<L", body)
            found[row, column] = (_ERROR, _ERRORS.get(body[8], "#"))
    return found


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[at : at + length]
        at += length


def _of_ods(package: Package) -> Marks:
    content = package.part("content.xml")
    if b"formula=" not in content and b'"error"' not in content:
        return {}
    reader = _Tables()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(content, True)
    return reader.marks


class _Tables:
    """Walks content.xml and notes cells whose formula shows an error."""

    def __init__(self) -> None:
        self.marks: Marks = {}
        self._title, self._row, self._column, self._rows = "", 0, 0, 1
        self._cell: dict[str, str] | None = None
        self._shown: list[str] = []
        self._in_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == _TABLE:
            self._title, self._row = attributes.get("table:name", ""), 0
        elif name == _TR:
            self._column, self._rows = 0, int(attributes.get("table:number-rows-repeated", "1"))
        elif name in _TC:
            self._cell, self._shown = attributes, []
        elif name == _P and self._cell is not None:
            self._in_text = True

    def text(self, data: str) -> None:
        """Text of a cell."""
        if self._in_text:
            self._shown.append(data)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == _P:
            self._in_text = False
        elif name in _TC and self._cell is not None:
            columns, shown = int(self._cell.get("table:number-columns-repeated", "1")), "".join(self._shown)
            wrong = self._cell.get("calcext:value-type") == "error" or (
                "table:formula" in self._cell and shown.startswith(_SHOWN_ERRORS)
            )
            if wrong and self._rows * columns <= _MOST_REPEATS:
                found = self.marks.setdefault(self._title, {})
                for row in range(self._row, self._row + self._rows):
                    for column in range(self._column, self._column + columns):
                        found[row, column] = (_ERROR, shown or "#")
            self._column, self._cell = self._column + columns, None
        elif name == _TR:
            self._row += self._rows
