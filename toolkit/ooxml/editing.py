"""One sheet's XML with single cells, columns and top-level elements changed; everything else stays as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping

from toolkit.model.cell import LETTERS_IN_XML, address, column_number
from toolkit.ooxml.elements import Element, attributes, children, with_attribute
from toolkit.ooxml.sheet import SheetXml, Value, content

ORDER = (  # noqa: SIM905 - one word a line says no more
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
).split()
"""The elements of a sheet in the order that the standard asks for (ECMA-376 part 1, CT_Worksheet)."""
_RANK = {name: rank for rank, name in enumerate(ORDER)}
_LETTERS = re.compile(rb'<c\b[^>]*?\sr="(' + LETTERS_IN_XML + rb")[0-9]")
_COLS = re.compile(rb"<cols\b[^>]*>(?P<inner>.*?)</cols>", re.S)
_COL = re.compile(rb"<col\b[^>]*?(?:/>|></col>)")
_WHOLE_HEAD = re.compile(rb"<c\b[^>]*>")
_ROW_STYLE = re.compile(rb'\ss="(\d+)"')

Change = Callable[[bytes], bytes]
"""A changed opening tag."""


class SheetEditor:
    """A sheet that is changed in place.

    Args:
        data: the XML of the sheet.
    Raises: XltoolError: PKG-003 an unusual way of writing.
    """

    def __init__(self, data: bytes) -> None:
        self._sheet = SheetXml(data)
        self._edits: dict[int, dict[int, bytes | None]] = {}
        self._tags: dict[int, bytes] = {}
        self._elements: list[Element] | None = None

    # --- cells ---------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[int]:
        """Numbers of the rows that the sheet has."""
        return self._sheet.numbers

    def raw_row(self, row: int) -> bytes:
        """A row as it was, empty when the sheet has none of that number."""
        index = self._index(row)
        return b"" if index is None else self._sheet.rows[index]

    def row_tag(self, row: int) -> bytes:
        """The opening tag of a row as it is now; empty when the sheet has none of that number."""
        if row in self._tags:
            return b"<row" + self._tags[row] + b">"
        raw = self.raw_row(row)
        return raw[: raw.find(b">") + 1]

    def change_row(self, row: int, change: Change) -> None:
        """Changes the opening tag of a row that the sheet has."""
        index = self._index(row)
        if index is not None:
            old = self._tags.get(row, self._sheet._row(index).attributes)
            self._tags[row] = change(b"<row" + old + b">")[len(b"<row") : -1]

    def cells(self, row: int) -> Iterator[tuple[int, int, bytes]]:
        """(column, style, XML) of the cells of a row, as they were."""
        index = self._index(row)
        for cell in self._sheet._row(index).cells if index is not None else ():
            style = re.search(rb"\d+", cell.style)
            yield cell.column, int(style[0]) if style else 0, cell.whole

    def style(self, row: int, column: int) -> int:
        """The cell format that the cell has, or would have: its own, that of its row, that of its column."""
        for known, style, _ in self.cells(row):
            if known == column:
                return style
        tag = self.raw_row(row).partition(b">")[0]
        if b'customFormat="1"' in tag and (found := _ROW_STYLE.search(tag)):
            return int(found[1])
        for first, last, record in self.columns():
            if first <= column <= last:
                return int(attributes(record).get("style", "0"))
        return 0

    def put(self, row: int, column: int, value: Value, style: int) -> None:
        """Sets value and format of a cell; None is an empty cell."""
        start = f'<c r="{address(row, column)}" s="{style}"'
        if value is None:
            text = f"{start}/>"
        else:
            kind, inner = content(value)
            text = f"{start}{kind}>{inner}</c>"
        self._edits.setdefault(row, {})[column] = text.encode()

    def restyle(self, row: int, column: int, style: int) -> None:
        """Sets the format of a cell and nothing else."""
        for known, _, whole in self.cells(row):
            if known == column:
                head = _WHOLE_HEAD.match(whole)
                assert head is not None
                changed = with_attribute(head[0], "s", str(style), after="r")
                self._edits.setdefault(row, {})[column] = changed + whole[head.end() :]
                return
        self.put(row, column, None, style)

    def drop(self, row: int, column: int) -> None:
        """Takes a cell out."""
        self._edits.setdefault(row, {})[column] = None

    def is_dropped(self, row: int, column: int) -> bool:
        """Whether the cell was taken out."""
        return self._edits.get(row, {}).get(column, b"") is None

    def used_columns(self) -> set[int]:
        """Numbers of the columns in which any row has a cell."""
        found: set[bytes] = set()
        for row in self._sheet.rows:
            found.update(_LETTERS.findall(row))
        return {column_number(name.decode()) for name in found}

    # --- columns -------------------------------------------------------------------------------------------------

    def columns(self) -> list[tuple[int, int, bytes]]:
        """(first, last, XML) of the records of columns, in their order."""
        place = _COLS.search(self._sheet.head)
        found = []
        for record in _COL.findall(place["inner"]) if place else ():
            given = attributes(record)
            found.append((int(given["min"]), int(given["max"]), record))
        return found

    def split_columns(self, at: Iterable[int]) -> list[tuple[int, int, bytes]]:
        """The records, each of these columns in a record of its own."""
        wanted, found = sorted(at), []
        for first, last, record in self.columns():
            start = first
            for column in [*(c for c in wanted if first <= c <= last), last + 1]:
                if column > start:
                    found.append((start, column - 1, _spanning(record, start, column - 1)))
                if column <= last:
                    found.append((column, column, _spanning(record, column, column)))
                start = column + 1
        return found

    def put_columns(self, records: Iterable[tuple[int, int, bytes]]) -> None:
        """Writes the records of columns in their order, in place of those that were there."""
        inner = b"".join(record for _, _, record in sorted(records))
        head = self._sheet.head
        place = _COLS.search(head)
        text = b"<cols>" + inner + b"</cols>" if inner else b""
        start, end = place.span() if place else (len(head), len(head))
        self._sheet.head = head[:start] + text + head[end:]

    def set_columns(self, widths: Mapping[int, float | None]) -> None:
        """Sets the width of columns; None takes the record of a column out. Records over several columns are split."""
        kept = [one for one in self.split_columns(widths) if one[0] != one[1] or one[0] not in widths]
        for column, width in widths.items():
            if width is not None:
                text = f'<col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
                kept.append((column, column, text.encode()))
        self.put_columns(kept)

    # --- elements before the rows ----------------------------------------------------------------------------------

    def change_head(self, name: str, change: Change) -> None:
        """Changes the opening tag of an element before the rows, where there is one."""
        head = self._sheet.head
        found = re.search(rb"<" + name.encode() + rb"\b[^>]*>", head)
        if found:
            self._sheet.head = head[: found.start()] + change(found[0]) + head[found.end() :]

    # --- elements after the rows -----------------------------------------------------------------------------------

    def _tail(self) -> list[Element]:
        if self._elements is None:
            self._elements = list(children(self._sheet.tail))
        return self._elements

    def element(self, name: str) -> bytes:
        """The XML of a top-level element after the rows; empty when there is none."""
        if b"<" + name.encode() not in self._sheet.tail:
            return b""
        for one in self._tail():
            if one.name == name:
                return self._sheet.tail[one.start : one.end]
        return b""

    def set_element(self, name: str, text: bytes) -> None:
        """Puts a top-level element in its place; an empty text takes it out."""
        tail, at = self._sheet.tail, None
        for one in self._tail():
            if one.name == name:
                self._put_tail(tail[: one.start] + text + tail[one.end :])
                return
            if at is None and self._rank(one) > _RANK[name]:
                at = one.start
        if text:
            at = tail.rindex(b"</") if at is None else at
            self._put_tail(tail[:at] + text + tail[at:])

    def _put_tail(self, tail: bytes) -> None:
        self._sheet.tail, self._elements = tail, None

    def _rank(self, one: Element) -> int:
        """The rank of an element; that of its content for a choice between versions (mc:AlternateContent)."""
        if one.name != "AlternateContent":
            return _RANK.get(one.name, len(ORDER))
        inside = self._sheet.tail[one.start : one.end]
        found = [rank for name, rank in _RANK.items() if re.search(rb"<(?:\w+:)?" + name.encode() + rb"[\s>/]", inside)]
        return min(found, default=len(ORDER))

    # --- the whole -------------------------------------------------------------------------------------------------

    def _index(self, row: int) -> int | None:
        at = bisect_left(self._sheet.numbers, row)
        return at if at < len(self._sheet.numbers) and self._sheet.numbers[at] == row else None

    def to_bytes(self) -> bytes:
        """The XML of the changed sheet."""
        sheet = self._sheet
        rows = dict(zip(sheet.numbers, sheet.rows, strict=True))
        wanted: dict[int, dict[int, Value]] = {}
        for row in self._tags.keys() - self._edits.keys():
            rows[row] = self._rebuilt(row, {})
        for row, edits in self._edits.items():
            rows[row] = self._rebuilt(row, edits)
            if present := [column for column, cell in edits.items() if cell is not None]:
                wanted[row] = dict.fromkeys(present)
        head = sheet._grown(wanted, dict.fromkeys(wanted, b"")) if wanted else sheet.head
        return b"".join((head, b"<sheetData>", *(rows[row] for row in sorted(rows)), b"</sheetData>", sheet.tail))

    def _rebuilt(self, row: int, edits: Mapping[int, bytes | None]) -> bytes:
        index = self._index(row)
        attributes_ = b' r="%d"' % row if index is None else self._sheet._row(index).attributes
        attributes_ = self._tags.get(row, attributes_)
        cells: dict[int, bytes | None] = {column: whole for column, _, whole in self.cells(row)}
        before = len(cells)
        cells |= edits
        left = {column: cell for column, cell in cells.items() if cell is not None}
        if len(left) != before:
            attributes_ = re.sub(rb'\sspans="[^"]*"', b"", attributes_)
        inside = b"".join(left[column] for column in sorted(left))
        return b"".join((b"<row", attributes_, b">", inside, b"</row>"))


def _spanning(record: bytes, first: int, last: int) -> bytes:
    return with_attribute(with_attribute(record, "min", str(first)), "max", str(last))
