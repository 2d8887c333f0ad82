"""Hidden sheets behind printed pages: the values that every printed figure points to; they are not printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.model.cell import fixed, on_sheet
from toolkit.summary.book import write
from toolkit.summary.paper.page import Paper
from toolkit.summary.values import Formula, Span, Value, value_of


class Behind:
    """A hidden sheet with one row a record, its headings in the first row.

    Args:
        columns: key → heading.
        records: values by key.
    """

    def __init__(
        self, book: Paper, name: str, columns: Mapping[str, str], records: Sequence[Mapping[str, Value]]
    ) -> None:
        self.name, self.records, self._at = name, records, {key: place for place, key in enumerate(columns)}
        self.raw = book.raw.add_worksheet(name)
        self.raw.hide()
        form = book.styles.blank
        for place, label in enumerate(columns.values()):
            write(self.raw, 0, place, label, form)
        for row, record in enumerate(records, 1):
            for key, place in self._at.items():
                write(self.raw, row, place, record.get(key), form, plain=key == "code")
        self.raw.freeze_panes(1, 0)

    def cell(self, index: int, key: str) -> Formula:
        """A figure that points to a record (0-based) here."""
        return Formula(f"={self.address(index, key)}", self.records[index].get(key))

    def address(self, index: int, key: str) -> str:
        """Address of a value, with the sheet."""
        return on_sheet(self.name, fixed(index + 2, self._at[key] + 1))

    def range(self, key: str, first: int = 0) -> str:
        """Address of a column from a record on, with the sheet."""
        return Span(self.name, first + 1, len(self.records)).column(self._at[key])

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

    def __init__(self, book: Paper, name: str) -> None:
        self.name, self._row, self._form = name, 0, book.styles.blank
        self.raw = book.raw.add_worksheet(name)
        self.raw.hide()

    def block(self, title: str, rows: Sequence[Sequence[Value]]) -> Span:
        """Writes a block below a line with its title; where it stands."""
        write(self.raw, self._row, 0, title, self._form)
        first = self._row + 1
        for row, values in enumerate(rows, first):
            for column, value in enumerate(values):
                write(self.raw, row, column, value, self._form)
        self._row = first + len(rows) + 1
        return Span(self.name, first, first + len(rows) - 1)
