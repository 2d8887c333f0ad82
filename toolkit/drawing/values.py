"""Values of cells: live formulas with what Python computed, links, spans of rows; texts and numbers made safe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from toolkit.drawing.look import look
from toolkit.model.cell import Area, on_sheet
from toolkit.model.errors import XltoolError
from toolkit.model.privacy import mask

LONGEST = 32_767
EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula and the value that Python computed for it."""

    text: str
    value: object = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A value that leads somewhere.

    Args:
        target: `internal:Sheet!A1` or `external:../folder/file.xlsx#Sheet!A1`, relative to the workbook.
    """

    value: object
    target: str


@dataclass(frozen=True, slots=True)
class Span:
    """The rows of a table body, 0-based, and the name of its sheet.

    Args:
        before: its rows on the sheets before this one, where one sheet does not take them all.
    """

    sheet: str
    first: int
    last: int
    before: tuple[Span, ...] = ()

    def column(self, index: int, local: bool = False) -> str:
        """The absolute range of one column, with the sheet unless `local`."""
        cells = Area(self.first + 1, index + 1, self.last + 1, index + 1).corners
        return cells if local else on_sheet(self.sheet, cells)

    def live(self, function: str, *columns: int, value: object, local: bool = False) -> Formula:
        """A formula over columns of the body and its value; over several sheets it is the sum of one for each.

        Args:
            function: the formula with {0}, {1} … for the ranges of the columns.
            local: on the sheet of the body itself.
        """
        local = local and not self.before
        terms = [function.format(*(one.column(index, local) for index in columns)) for one in (*self.before, self)]
        return Formula("=" + "+".join(terms), value)

    def beginning(self, count: int) -> Span:
        """Its first rows, at most `count` of them, on the sheet that it ends on."""
        return replace(self, last=min(self.last, self.first + count - 1))

    @property
    def empty(self) -> bool:
        """True when the body has no row."""
        return self.last < self.first and not self.before


class OwnText(str):
    """Text of the bureau itself, with its own telephone numbers and addresses: it is written as it is."""

    __slots__ = ()


Value = str | int | float | Decimal | date | Formula | Link | None


def value_of(value: Value) -> Decimal:
    """The number in a cell, 0 for anything that SUM would skip."""
    if isinstance(value, Formula | Link):
        return value_of(value.value)  # type: ignore[arg-type]
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else Decimal(0)


def checked(code: object, place: str) -> None:
    """Raises when xlsxwriter refused a write (it returns a negative code, or False).

    Raises: XltoolError: SUM-001.
    """
    if code not in (0, None):
        raise XltoolError("SUM-001", sheet=place)


def plain_value(value: object) -> object:
    """The cached value of a formula as xlsxwriter writes it: number or text."""
    if value is None:
        return ""
    return mask(value, typed=True, leaving=True) if isinstance(value, str) else value


def fits(value: int | float | Decimal) -> bool:
    """True when Excel keeps every digit of the number.

    >>> fits(123456789012345), fits(Decimal("1234567890123456.78"))
    (True, False)
    """
    if isinstance(value, float):
        return True
    digits = Decimal(value).as_tuple().digits
    return len(digits) <= EXACT_DIGITS


def shortened(text: str) -> str:
    """The text, visibly cut when a cell cannot hold it; Excel counts UTF-16 units."""
    if len(text) * 2 <= LONGEST or len(text.encode("utf-16-le")) // 2 <= LONGEST:
        return text
    return text[: LONGEST // 2 - 50] + look().cut.format(count=len(text))
