"""Cells of the output workbooks: one by one, and the rows of a table body at the speed of long tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import isfinite

from toolkit.drawing.cells import MOST_LINKS, masked, write
from toolkit.drawing.measure import whole_lines
from toolkit.drawing.values import Formula, Link, Value, fits, shortened
from toolkit.summary.labels import Heading
from toolkit.summary.long_sheet import Body, LongSheet
from toolkit.summary.styles import Styles

LINE, PADDING, HIGHEST = 15.5, 6.5, 400
"""Points of a line of text, of what is around it, of the highest row."""
_REMEMBERED = 50_000
_MOST = 10**15


class Texts:
    """What texts look like in the cells of one book; those that come again are not worked out again."""

    def __init__(self) -> None:
        self._known: tuple[dict[str, int | str], dict[str, int | str]] = ({}, {})

    def cell(self, sheet: LongSheet, text: str, code: bool) -> str:
        """What follows the format in a cell with a text."""
        known = self._known[code]
        found = known.get(text)
        if found is None:
            shown = shortened(masked(text, code))
            number = sheet.share(shown)
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[text] = sheet.inline(shown) if number is None else number
        elif found.__class__ is int:
            sheet.shared_once_more()
        return f' t="s"><v>{found}</v></c>' if found.__class__ is int else found


class TableBody:
    """The body of a table on a sheet.

    Args:
        body: where the rows go.
        columns: their headings; `styles`, `texts`: those of the book.
    """

    def __init__(self, sheet: LongSheet, body: Body, columns: Sequence[Heading], styles: Styles, texts: Texts) -> None:
        self._sheet, self.body, self._styles, self._texts = sheet, body, styles, texts
        self._kinds = [column.kind for column in columns]
        self._widths = [column.width for column in columns]
        self._printed = [not column.screen for column in columns]
        self._open = [column.open for column in columns]
        self._levels = [index for index, kind in enumerate(self._kinds) if kind == "level"]
        self._formats: dict[tuple[str, ...], tuple[int, tuple]] = {}
        self._lines: list[dict[str, int]] = [{} for _ in columns]

    def add(self, row: int, values: Sequence[Value]) -> None:
        """One row of values; wrapped text makes it higher.

        Raises: XltoolError: SUM-001 a cell was refused.
        """
        number, formats = self._formats_of(values)
        cells, lines = [], 1
        for index, (value, kind) in enumerate(zip(values, self._kinds, strict=True)):
            if value.__class__ is Link and self._sheet.hlink_count >= MOST_LINKS:
                value = value.value
            cells.append(self._cell(row, index, value, formats[index], kind == "code"))
            if self._printed[index] and isinstance(shown := _shown(value), str) and shown:
                lines = max(lines, self._line_count(index, shown))
        self.body.add(number, cells, min(lines * LINE + PADDING, HIGHEST))

    def _cell(self, row: int, index: int, value: Value, style: object, code: bool) -> str:
        kind = value.__class__
        if kind is str:
            return self._texts.cell(self._sheet, value, code) if value else "/>"
        if value is None:
            return "/>"
        small = kind is int and -_MOST < value < _MOST
        if small or (kind is Decimal and fits(value)) or (kind is float and isfinite(value)):
            return f"><v>{value:.16G}</v></c>"
        write(self._sheet, row, index, value, style, code)
        return self._sheet.lifted(row, index)

    def _formats_of(self, values: Sequence[Value]) -> tuple[int, tuple]:
        """The formats of a row, which the words of its levels decide."""
        key = tuple([str(_shown(values[index])) for index in self._levels])
        if (found := self._formats.get(key)) is None:
            cells, own = zip(self._kinds, values, self._open, strict=True), self._styles
            styles = [own.to_fill_in(kind) if waits else own.body(kind, _shown(one)) for kind, one, waits in cells]
            found = self._formats[key] = self.body.formats(tuple(styles)), tuple(styles)
        return found

    def _line_count(self, index: int, text: str) -> int:
        known = self._lines[index]
        if (found := known.get(text)) is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[text] = whole_lines(text, self._widths[index])
        return found


def _shown(value: Value) -> object:
    return value.value if isinstance(value, Formula | Link) else value
