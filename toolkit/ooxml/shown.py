"""What a sheet hides and shows: merged areas, hidden rows and columns, filters; and how hidden places are shown.

Patterns rely on the usual style, see `toolkit.ooxml.canonical`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from toolkit.model.cell import IN_XML, LAST_COLUMN, LAST_ROW, areas, column_number
from toolkit.ooxml.elements import attributes, with_attribute, without_attribute

if TYPE_CHECKING:
    from toolkit.ooxml.container import Package
    from toolkit.ooxml.editing import SheetEditor

_MERGE = re.compile(rb'<mergeCell ref="([A-Za-z]{1,3}[0-9]{1,7}:[A-Za-z]{1,3}[0-9]{1,7})"')
_HIDDEN = b' hidden="'
_LOW_ROW = re.compile(rb' ht="([0-2]?(?:\.\d*)?)"')
_FORMAT = re.compile(rb"<sheetFormatPr\b[^>]*>")
_KEEPS_HEIGHT = b'customHeight="'
_ROW_TAG = re.compile(rb"<row\b[^>]*>")
_COLUMN, _GIVEN = re.compile(rb"<col\b[^>]*>"), re.compile(rb'(\w+)="([^"]*)"')
_MOST_COLUMNS, _TAG = 200, 400
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_ON = ("1", "true")
_FROZEN = re.compile(
    rb'<sheetView\b[^>]* topLeftCell="' + IN_XML + rb'"[^>]*>\s*<pane\b([^>]* state="frozen(?:Split)?"[^>]*)'
)
"""A view in which some rows or columns stand still, and the first cell of these."""
_LOW, _NARROW = 3.0, 0.7
"""Rows lower (points) and columns narrower (characters) than these show nothing."""
_DEFAULT_HEIGHT = "15"
_POINT, _PIXEL, _CHARACTER, _USUAL_WIDTH = 12_700, 9_525, 7, 64 / 7
_FILTER = re.compile(rb"<autoFilter\b[^>]*>")
_CRITERIA = re.compile(rb"<filterColumn\b[^>]*/>|<filterColumn\b.*?</filterColumn>", re.S)


def merges(xml: bytes) -> list[tuple[int, int, int, int]]:
    """Merged ranges as zero-based (top, left, bottom, right).

    >>> merges(b'<sheetData></sheetData><mergeCells><mergeCell ref="L7:K8"/></mergeCells>')
    [(6, 10, 7, 11)]
    """
    start = xml.find(b"<mergeCells", max(0, xml.rfind(b"</sheetData>")))
    return list(_merged(xml[start : xml.find(b"</mergeCells>", start)])) if start >= 0 else []


@lru_cache(maxsize=256)
def _merged(block: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """The same by the list itself, which comes with the form."""
    found = areas(" ".join(ref.decode() for ref in _MERGE.findall(block)).upper())
    return tuple((area.top - 1, area.left - 1, area.bottom - 1, area.right - 1) for area in found)


def hidden_columns(xml: bytes) -> Sequence[int]:
    """Zero-based numbers of columns that are hidden, too narrow to show anything, or out of reach."""
    return _hidden_columns(xml[: max(0, xml.find(b"<sheetData"))])


@lru_cache(maxsize=256)
def _hidden_columns(head: bytes) -> tuple[int, ...]:
    """The same by what stands before the rows, which comes with the form."""
    hidden: list[int] = []
    named: set[int] = set()
    for tag in _COLUMN.findall(head):
        given = {name: value for name, value in _GIVEN.findall(tag)}
        first, last = int(given.get(b"min", b"1")), int(given.get(b"max", b"0"))
        columns = range(first - 1, min(last, first + _MOST_COLUMNS))
        named.update(columns)
        if given.get(b"hidden") in (b"1", b"true") or _number(given.get(b"width", b"9").decode() or "9") < _NARROW:
            hidden += columns
    if _number(_defaults_of(head).get("defaultColWidth", "9")) < _NARROW:
        hidden += sorted(set(range(_MOST_COLUMNS)) - named)
    return tuple(sorted({*hidden, *range(min(_out_of_reach(head)[1], _MOST_COLUMNS))}))


@lru_cache(maxsize=256)
def _out_of_reach(head: bytes) -> tuple[int, int]:
    """How many rows and columns lie before those that stand still, where nobody can scroll to.

    >>> view = b'<sheetView topLeftCell="C9" workbookViewId="0"><pane %s topLeftCell="D12" state="frozen"/></sheetView>'
    >>> [_out_of_reach(view % split) for split in (b'ySplit="3"', b'xSplit="1"', b'xSplit="1" ySplit="3"')]
    [(8, 0), (0, 2), (8, 2)]
    """
    found = _FROZEN.search(head)
    if found is None:
        return 0, 0
    rows = int(found[2]) - 1 if b"ySplit=" in found[3] else 0
    return rows, column_number(found[1].decode()) - 1 if b"xSplit=" in found[3] else 0


def hidden_rows(xml: bytes) -> list[int]:
    """Zero-based numbers of rows that are hidden, too low to show anything, or out of the reach of who scrolls."""
    rows = []
    for found in _LOW_ROW.finditer(xml) if b' ht="' in xml else ():
        start = xml.rfind(b"<", 0, found.start())
        number = _ROW_NUMBER.search(xml, start, found.start() + _TAG)
        if number and xml.startswith(b"<row ", start) and _number(found[1].decode() or "9") < _LOW:
            rows.append(int(number[1]) - 1)
    place = xml.find(_HIDDEN)
    while place >= 0:
        start = xml.rfind(b"<", 0, place)
        shown = xml.startswith((b"0", b"f"), place + len(_HIDDEN))
        number = None if shown else _ROW_NUMBER.search(xml, start, place + _TAG)
        if number and xml.startswith(b"<row ", start):
            rows.append(int(number[1]) - 1)
        place = xml.find(_HIDDEN, place + 1)
    head = xml[: max(0, xml.find(b"<sheetData"))]
    if _number(_defaults_of(head).get("defaultRowHeight", _DEFAULT_HEIGHT)) < _LOW:
        tags = (tag for tag in _ROW_TAG.findall(xml) if b' ht="' not in tag)
        rows += [int(number[1]) - 1 for tag in tags if (number := _ROW_NUMBER.search(tag))]
    if before := _out_of_reach(head)[0]:
        numbers = (int(found[1]) - 1 for tag in _ROW_TAG.findall(xml) if (found := _ROW_NUMBER.search(tag)))
        rows += [number for number in numbers if number < before]
    return rows


@lru_cache(maxsize=256)
def widths(head: bytes) -> tuple[Mapping[int, float], float]:
    """Widths of columns in characters by their number from 0, and that of all others; hidden ones are 0.

    Args:
        head: what stands before the rows.
    >>> columns = b'<cols><col min="1" max="1" width="9"/><col min="3" max="3"/></cols>'
    >>> widths(b'<sheetFormatPr defaultColWidth="12"/>' + columns)
    ({0: 9.0, 2: 12.0}, 12.0)
    """
    given = _defaults_of(head)
    usual = _number(given["defaultColWidth"]) if "defaultColWidth" in given else _USUAL_WIDTH
    found: dict[int, float] = {}
    for tag in _COLUMN.findall(head):
        told = attributes(tag)
        first, last = int(told.get("min", "1")), int(told.get("max", "0"))
        width = 0.0 if told.get("hidden") in _ON else _number(told.get("width", str(usual)))
        found |= dict.fromkeys(range(first - 1, min(last, first + _MOST_COLUMNS)), width)
    return found, usual


def fixed_heights(xml: bytes, start: int) -> dict[int, float]:
    """Heights in points of the rows that keep them whatever stands in them, by their number from 0.

    Args:
        start: where in the sheet to begin.
    """
    found = {}
    for tag in _ROW_TAG.findall(xml, start) if xml.find(_KEEPS_HEIGHT, start) >= 0 else ():
        told = attributes(tag)
        if told.get("customHeight") in _ON and "ht" in told and "r" in told:
            found[int(told["r"]) - 1] = _number(told["ht"])
    return found


class Lengths:
    """How wide the columns and how high the rows of a sheet are, in EMU; hidden ones are 0.

    Columns that say nothing are taken as Excel's usual ones, of 64 pixels.

    Args:
        xml: the sheet; looked at only when something is asked.
    """

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._columns: dict[int, int] | None = None
        self._rows: dict[int, int] = {}
        self._usual = (0, 0)

    def row(self, first: int, length: int) -> int:
        """The row in which a length ends that begins at the top of a row, both counted from 0.

        >>> Lengths(b'<sheetFormatPr defaultRowHeight="10"/><sheetData><row r="2" ht="30"/>').row(0, 12700 * 41)
        2
        """
        self._look()
        return _end(first, length, self._rows, self._usual[1], LAST_ROW - 1)

    def column(self, first: int, length: int) -> int:
        """The column in which a length ends that begins at the left of a column, both counted from 0.

        >>> Lengths(b'<cols><col min="1" max="2" width="10"/></cols><sheetData>').column(0, 9525 * 141)
        2
        """
        self._look()
        return _end(first, length, self._columns or {}, self._usual[0], LAST_COLUMN - 1)

    def _look(self) -> None:
        if self._columns is not None:
            return
        head = self._xml[: max(0, self._xml.find(b"<sheetData"))]
        columns, width = widths(head)
        self._columns = {at: _wide(size) for at, size in columns.items()}
        height = _number(_defaults_of(head).get("defaultRowHeight", _DEFAULT_HEIGHT))
        self._usual = _wide(width), round(height * _POINT)
        for tag in _ROW_TAG.findall(self._xml):
            told = attributes(tag)
            if told.get("hidden") in _ON or "ht" in told:
                size = 0 if told.get("hidden") in _ON else round(_number(told["ht"]) * _POINT)
                self._rows[int(told.get("r", "0")) - 1] = size


def _wide(width: float) -> int:
    """A width in characters of seven pixels as EMU."""
    return round(width * _CHARACTER) * _PIXEL


def _end(first: int, length: int, sizes: Mapping[int, int], usual: int, last: int) -> int:
    """Where a length ends; what ends at an edge does not reach the next place."""
    at, named = first, max(sizes, default=-1)
    while at <= named and length > (size := sizes.get(at, usual)):
        length -= size
        at += 1
    return min(last, at + (max(0, length - 1) // usual if at > named and usual else 0))


def _defaults_of(head: bytes) -> dict[str, str]:
    """What holds for the rows and columns of a sheet that say nothing themselves."""
    found = _FORMAT.search(head)
    return attributes(found[0]) if found else {}


def seen_at(merged: Iterable[tuple[int, int, int, int]], cells: Iterable[tuple[int, int]]) -> dict:
    """Cell (row, column) → the cell that shows its content: the first of its merged area, for covered cells only.

    Args:
        merged: areas as zero-based (top, left, bottom, right).
        cells: cells counted from 1.
    >>> seen_at([(6, 1, 7, 2)], [(8, 3), (9, 3)])
    {(8, 3): (7, 2)}
    """
    wanted = sorted(set(cells))
    found = {}
    for top, left, bottom, right in merged:
        for row, column in wanted[bisect_left(wanted, (top + 1, 0)) : bisect_left(wanted, (bottom + 2, 0))]:
            if left < column <= right + 1 and (row, column) != (top + 1, left + 1):
                found[row, column] = (top + 1, left + 1)
    return found


def show(package: Package, part: str, sheet: SheetEditor, rows: Iterable[int], columns: Iterable[int]) -> None:
    """Makes rows and columns visible: those hidden by hand, by a filter, in a closed group, or without height or width.

    The view begins with the first cell, so that none lies before rows and columns that stand still.

    A filter that hides one of the rows is cleared, with all that it hides; its buttons stay.

    Args:
        rows, columns: counted from 1.
    """
    wanted = {row for row in rows if _is_hidden(sheet, row)}
    if wanted:
        wanted |= _filtered(package, part, sheet, wanted) | _group(sheet, wanted)
        for row in sorted(wanted):
            sheet.change_row(row, _visible_row)
    _show_columns(sheet, set(columns))
    sheet.change_head("sheetFormatPr", _visible_format)
    sheet.change_head("sheetView", lambda tag: without_attribute(tag, "topLeftCell"))


def heighten(sheet: SheetEditor, row: int, least: float) -> None:
    """Makes a row high enough for its texts; one without a height of its own is fitted by whoever shows it.

    Args:
        least: height in points.
    """

    def higher(tag: bytes) -> bytes:
        own = attributes(tag).get("ht")
        return tag if own is None or _number(own) >= least else with_attribute(tag, "ht", f"{least:g}")

    sheet.change_row(row, higher)


def _is_hidden(sheet: SheetEditor, row: int) -> bool:
    given = attributes(sheet.row_tag(row))
    return given.get("hidden") in _ON or _number(given.get("ht", "15")) < _LOW


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return _LOW


def _visible_row(tag: bytes) -> bytes:
    for name in ("hidden", "collapsed"):
        tag = without_attribute(tag, name)
    if _number(attributes(tag).get("ht", "15")) < _LOW:
        tag = without_attribute(without_attribute(tag, "ht"), "customHeight")
    return tag


def _group(sheet: SheetEditor, wanted: set[int]) -> set[int]:
    """All rows of the closed groups in which rows lie, and the rows beside them that say that they are closed."""

    def level(row: int) -> bool:
        return attributes(sheet.row_tag(row)).get("outlineLevel", "0") != "0"

    found: set[int] = set()
    for row in sorted(wanted):
        if row in found or not level(row):
            continue
        for step in (-1, 1):
            at = row
            while level(at):
                found.add(at)
                at += step
            found.add(at)
    return {row for row in found if sheet.row_tag(row)}


def _filtered(package: Package, part: str, sheet: SheetEditor, wanted: set[int]) -> set[int]:
    """The rows that filters hide which hide one of the wanted rows; these filters are cleared."""
    found: set[int] = set()
    own = sheet.element("autoFilter")
    if rows := _hidden_by(sheet, own, wanted):
        sheet.set_element("autoFilter", _CRITERIA.sub(b"", own))
        found |= rows
    for name in package.related(part, "table").values():
        table = package.plain(name)
        if rows := _hidden_by(sheet, table, wanted):
            package.replace(name, _CRITERIA.sub(b"", table))
            found |= rows
    if found:
        sheet.change_head("sheetPr", lambda tag: without_attribute(tag, "filterMode"))
    return found


def _hidden_by(sheet: SheetEditor, text: bytes, wanted: set[int]) -> set[int]:
    """Hidden rows in the area of a filter that has criteria and hides one of the wanted rows."""
    tag = _FILTER.search(text)
    if tag is None or not _CRITERIA.search(text):
        return set()
    found: set[int] = set()
    for area in areas(attributes(tag[0]).get("ref", "")):
        if any(area.top < row <= area.bottom for row in wanted):
            start, end = bisect_left(sheet.rows, area.top + 1), bisect_left(sheet.rows, area.bottom + 1)
            found |= {row for row in sheet.rows[start:end] if _is_hidden(sheet, row)}
    return found


def _show_columns(sheet: SheetEditor, wanted: set[int]) -> None:
    hidden = {
        column
        for first, last, record in sheet.columns()
        if _is_hidden_column(record)
        for column in wanted
        if first <= column <= last
    }
    if not hidden:
        return
    records = sheet.split_columns(hidden)
    shown = {index for index, (first, last, _) in enumerate(records) if first == last and first in hidden}
    for index in sorted(shown):
        for step in (-1, 1):
            at = index
            while _in_group(records, at):
                shown.add(at)
                at += step
                if 0 <= at < len(records):
                    shown.add(at)
    sheet.put_columns(
        (first, last, _visible_column(record) if index in shown else record)
        for index, (first, last, record) in enumerate(records)
    )


def _in_group(records: Sequence[tuple[int, int, bytes]], at: int) -> bool:
    return 0 <= at < len(records) and attributes(records[at][2]).get("outlineLevel", "0") != "0"


def _is_hidden_column(record: bytes) -> bool:
    given = attributes(record)
    return given.get("hidden") in _ON or _number(given.get("width", "9")) < _NARROW


def _visible_column(record: bytes) -> bytes:
    for name in ("hidden", "collapsed"):
        record = without_attribute(record, name)
    if _number(attributes(record).get("width", "9")) < _NARROW:
        record = with_attribute(with_attribute(record, "width", "12"), "customWidth", "1")
    return record


def _visible_format(tag: bytes) -> bytes:
    """The defaults of a sheet whose rows have no height unless they say otherwise."""
    low = _number(attributes(tag).get("defaultRowHeight", _DEFAULT_HEIGHT)) < _LOW
    return with_attribute(tag, "defaultRowHeight", _DEFAULT_HEIGHT) if low else tag
