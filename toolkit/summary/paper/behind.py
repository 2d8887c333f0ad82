"""Hidden sheets behind printed pages: the values that every printed figure points to; they are not printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import Formula, Span, Value, value_of
from toolkit.model.cell import fixed, on_sheet
from toolkit.summary.paper.page import Paper
from toolkit.summary.paper.specs import BehindSpec


class Behind:
    """A hidden sheet with one row a record, its headings in the first row.

    Args:
        records: values by the keys of the columns.
    """

    def __init__(self, spec: BehindSpec, records: Sequence[Mapping[str, Value]]) -> None:
        self.spec, self.records = spec, records
        self._at = {key: place for place, key in enumerate(spec.columns)}

    def put(self, book: Paper) -> None:
        """Writes the sheet; its addresses are known before."""
        sheet, form = Sheet(book, self.spec.name), book.styles.blank
        sheet.hide()
        for place, label in enumerate(self.spec.columns.values()):
            sheet.put(0, place, label, form)
        for row, record in enumerate(self.records, 1):
            for key, place in self._at.items():
                sheet.put(row, place, record.get(key), form, plain=key == "code")
        sheet.freeze(1, 0)

    def cell(self, index: int, key: str) -> Formula:
        """A figure that points to a record (0-based) here."""
        return Formula(f"={self.address(index, key)}", self.records[index].get(key))

    def address(self, index: int, key: str) -> str:
        """Address of a value, with the sheet."""
        return on_sheet(self.spec.name, fixed(index + 2, self._at[key] + 1))

    def range(self, key: str, first: int = 0) -> str:
        """Address of a column from a record on, with the sheet."""
        return Span(self.spec.name, first + 1, len(self.records)).column(self._at[key])

    def total(self, key: str, first: int = 0) -> Decimal:
        """The sum of a column from a record on."""
        return sum((value_of(one.get(key)) for one in self.records[first:]), Decimal(0))

    def sum(self, key: str, first: int = 0) -> Value:
        """The live sum of a column from a record on; 0 when there is none."""
        if first >= len(self.records):
            return 0
        return Formula(f"=SUM({self.range(key, first)})", self.total(key, first))

    def share(self, part: str, whole: str, index: int, none: str) -> Formula:
        """A live ratio of two values of a record; `none` where the whole is 0."""
        over, under = self.address(index, part), self.address(index, whole)
        return self._ratio(over, under, self.records[index].get(part), self.records[index].get(whole), none)

    def whole_share(self, part: str, whole: str, none: str, first: int = 0) -> Value:
        """A live ratio of the sums of two columns from a record on."""
        if first >= len(self.records):
            return none
        over, under = (f"SUM({self.range(key, first)})" for key in (part, whole))
        return self._ratio(over, under, self.total(part, first), self.total(whole, first), none)

    @staticmethod
    def _ratio(over: str, under: str, part: Value, whole: Value, none: str) -> Formula:
        value = float(value_of(part) / value_of(whole)) if value_of(whole) else none
        return Formula(f'=IF({under}=0,"{none}",{over}/{under})', value)


class Drawn:
    """A hidden sheet with what the charts draw, one block below the other."""

    def __init__(self, spec: BehindSpec) -> None:
        self.spec, self._lines = spec, list[Sequence[Value]]()

    def block(self, title: str, rows: Sequence[Sequence[Value]]) -> Span:
        """Adds a block below a line with its title; where it stands."""
        first = len(self._lines) + 1
        self._lines += [(title,), *rows, ()]
        return Span(self.spec.name, first, first + len(rows) - 1)

    def put(self, book: Paper) -> None:
        """Writes the sheet."""
        sheet, form = Sheet(book, self.spec.name), book.styles.blank
        sheet.hide()
        for row, values in enumerate(self._lines):
            for column, value in enumerate(values):
                sheet.put(row, column, value, form)
