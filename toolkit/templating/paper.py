"""A worksheet that never loses anything quietly: every return code and warning of xlsxwriter raises."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from toolkit.drawing.sheet import Sheet
from toolkit.model.cell import Area
from toolkit.model.errors import XltoolError

TEXT_LIMIT = 32767
FORMULA_LIMIT = 8192


@contextmanager
def strictly(place: str) -> Iterator[None]:
    """Turns every warning of xlsxwriter inside the block into TPL-001 with the place.

    Raises: XltoolError: TPL-001.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            yield
        except UserWarning as warning:
            raise XltoolError("TPL-001", place=place, problem=warning) from warning


class LeanWorksheet(Worksheet):
    """Writes formulas as they are: they use only functions of Excel 2010, which need no prefix.

    xlsxwriter looks for 30 to 130 newer functions in every formula, which took half of a template's time.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")


class Paper(Sheet):
    """One worksheet; rows and columns count from 1, as in Excel."""

    def done(self, code: object, place: str = "") -> None:
        """Looks at what the writer answered.

        Raises: XltoolError: TPL-001 it refused.
        """
        if isinstance(code, int) and code < 0:
            place = f"{self.name}!{place}" if place else self.name
            raise XltoolError("TPL-001", place=place, problem=f"xlsxwriter {code}")

    def text(self, row: int, column: int, text: str, form: Format) -> None:
        """Writes text as text, whatever it begins with; empty text is an empty cell."""
        write = self.raw.write_string if text else self.raw.write_blank
        self.done(write(row - 1, column - 1, text, form), f"R{row}C{column}")

    def blank(self, row: int, column: int, form: Format) -> None:
        """An empty cell with a format."""
        self.done(self.raw.write_blank(row - 1, column - 1, None, form), f"R{row}C{column}")

    def day(self, row: int, column: int, day: date, form: Format) -> None:
        """A date as a real date."""
        moment = datetime(day.year, day.month, day.day)
        self.done(self.raw.write_datetime(row - 1, column - 1, moment, form), f"R{row}C{column}")

    def formula(self, row: int, column: int, formula: str, value: str | float = "", form: Format | None = None) -> None:
        """A formula with the value that viewers without calculation show."""
        self.done(self.raw.write_formula(row - 1, column - 1, formula, form, value), f"R{row}C{column}")

    def array(self, row: int, column: int, formula: str, *, shown: str | float = "") -> None:
        """An array formula, without its `=`, in one cell."""
        if len(formula) > FORMULA_LIMIT:
            raise XltoolError("TPL-001", place=f"{self.name}!R{row}C{column}", problem="formula too long")
        place = row - 1, column - 1
        self.done(self.raw.write_array_formula(*place, *place, f"{{={formula}}}", None, shown), f"R{row}C{column}")

    def across(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        """Text over the cells `first` to `last` of a row, merged."""
        if first == last:
            return self.text(row, first, text, form)
        place = f"R{row}C{first}"
        if len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            raise XltoolError("TPL-001", place=f"{self.name}!{place}", problem="text too long")
        self.merge(Area(row, first, row, last), form)
        return self.text(row, first, text, form)

    def height(self, row: int, points: float) -> None:
        """A fixed row height."""
        self.row_height(row - 1, points)

    def width(self, column: int, characters: float, form: Format | None = None, *, hidden: bool = False) -> None:
        """A column's width, and the format of its cells that are not written."""
        self.column_width(column - 1, characters, form, hidden=hidden)
