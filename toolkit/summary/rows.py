"""Typed tables → rows of a streamed sheet, at the speed of the writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import pandas as pd

from toolkit.drawing.measure import display_width
from toolkit.drawing.values import fits, shortened
from toolkit.model.cell import Area, serials
from toolkit.model.form import Column
from toolkit.model.privacy import mask, maybe, screened
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import Heading, SheetWords
from toolkit.summary.long_sheet import numbered

KINDS = {"integer": "count", "decimal": "number", "date": "date"}


class RowWriter:
    """Writes the rows of one form sheet; starts a numbered sheet when one is full.

    Args:
        label: title of the sheet.
        heads: the provenance columns 单位, 文件, 行.
        columns: the form's columns to show.
    """

    BATCH = 20_000

    def __init__(self, book: Book, label: str, heads: Sequence[Heading], columns: Sequence[Column]) -> None:
        self._book, self._label, self._columns = book, label, columns
        self._heads = tuple(heads)
        self._pages: list[Page] = []
        kinds = [KINDS.get(column.type, "text") for column in columns]
        money = [column.type == "decimal" and column.unit.startswith("元") for column in columns]
        kinds = ["money" if is_money else kind for kind, is_money in zip(kinds, money, strict=True)]
        self._formats = [book.styles.plain(kind) for kind in ("text", "text", "count", *kinds)]
        self._open()

    def _open(self) -> None:
        number = len(self._pages) + 1
        name = numbered(self._label, number)
        columns = [
            Heading(column.name, column.label, max(column.width, display_width(column.label) + 3), "text")
            for column in self._columns
        ]
        page = self._book.page(SheetWords(name, columns=self._heads), columns)
        page.header(freeze=3)
        self._pages.append(page)

    def write(self, frame: pd.DataFrame, names: Mapping[str, str], files: Mapping[int, str]) -> None:
        """The rows of a frame, in its order."""
        cells = [
            [names.get(code, code) for code in frame["_unit"].tolist()],
            [files.get(index, "") for index in frame["_return"].tolist()],
            [row or None for row in frame["_row"].tolist()],
            *(cell_values(frame, column) for column in self._columns),
        ]
        done = 0
        while done < len(frame):
            if self._pages[-1].row >= self._book.rows:
                self._open()
            page = self._pages[-1]
            count = min(len(frame) - done, self._book.rows - page.row)
            self._rows(page, [column[done : done + count] for column in cells])
            done += count

    def _rows(self, page: Page, cells: list[list]) -> None:
        page.raw.plain_rows(page.row, self._formats, cells)
        page.row += len(cells[0])

    def finish(self) -> int:
        """Puts the filters on; returns the number of sheets."""
        for page in self._pages:
            if page.row > 1:
                page.filters(Area(1, 1, page.row, page.last_column + 1))
        return len(self._pages)


def cell_values(frame: pd.DataFrame, column: Column) -> list:
    """One column as the cells of a sheet: str, int, Decimal or day number; None where empty.

    Decimals of more than 15 digits become text; personal numbers are masked.
    """
    if column.type == "date":
        return serials(frame[column.name])
    values = python_values(frame, column)
    if column.type == "decimal":
        return [value if value is None or fits(value) else format(value, "f") for value in values]
    if column.type == "text":
        if maybe(filter(None, values)):
            hide = screened if column.references or column.key else partial(mask, typed=True)
            values = [value and hide(value) for value in values]
        return [value and shortened(value) for value in values]
    return values


def python_values(frame: pd.DataFrame, column: Column) -> list:
    """One column as Python values: str, int, Decimal, date; None where empty."""
    series = frame[column.name]
    if column.type == "date":
        return [None if value is pd.NaT else value.date() for value in series.tolist()]
    return [None if value is None or value is pd.NA or value != value else value for value in series.tolist()]


def plain_text(value: str | int | Decimal | date | None) -> str:
    """A value as a person would write it.

    >>> plain_text(Decimal("300.00")), plain_text(date(2025, 1, 2)), plain_text(None)
    ('300.00', '2025-01-02', '')
    """
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
