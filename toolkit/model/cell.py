"""Cells of a workbook: column letters, addresses, areas, how people are told of them, the numbers that keep days.

Everything counts from 1, and the row comes before the column. openpyxl.utils and xlsxwriter.utility know letters and
addresses too, but every worker process of the reader would load them, in more time than it takes to read a workbook;
a test compares them with this module over all columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

IN_XML = rb"([A-Z]{1,9})([0-9]{1,19})"
"""Letters and row of an address in a file; longer ones are none, and as numbers they would take for ever."""
LETTERS_IN_XML = rb"[A-Z]{1,9}"
NAME_IN_XML = rb"[A-Z]*[0-9]+"
"""The attribute `r` of a cell, or of a row, whose name has no letters."""
FAR_IN_XML = rb"(?:[A-Z]{3}|[A-Z]{0,2}[0-9]{5})"
"""Begins the name of every cell or row from column AAA or row 10000 on."""
IN_TEXT = r"[A-Z]{1,3}[1-9][0-9]{0,6}"
IN_FORMULA = r"\$?([A-Z]{1,3})\$?([0-9]{1,7})"

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_AREA = re.compile(rf"{IN_FORMULA}(?::{IN_FORMULA})?")

# --- letters and addresses -----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def letters(column: int) -> str:
    """Letters of a column number.

    Raises: ValueError: there is no such column.
    >>> letters(1), letters(27), letters(702), letters(LAST_COLUMN)
    ('A', 'AA', 'ZZ', 'XFD')
    """
    if column < 1:
        raise ValueError(f"not a column: {column}")
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(maxsize=4096)
def column_number(letters: str) -> int:
    """Column number of its letters; of letters behind XFD the number that they would have.

    Raises: ValueError: no letters, or others than A to Z.
    >>> column_number("A"), column_number("AB"), column_number("XFD")
    (1, 28, 16384)
    """
    if not (letters.isascii() and letters.isalpha() and letters.isupper()):
        raise ValueError(f"not a column: {letters!r}")
    result = 0
    for letter in letters:
        result = result * 26 + ord(letter) - 64
    return result


def address(row: int, column: int) -> str:
    """Address of a cell.

    >>> address(7, 3)
    'C7'
    """
    return f"{letters(column)}{row}"


@lru_cache(maxsize=4096)
def place(address: str) -> tuple[int, int]:
    """Row and column number of an address; as a key it sorts cells in the order in which they are read.

    Raises: ValueError: not the address of a cell.
    >>> place("C7"), sorted(("B10", "AA9", "B9"), key=place)
    ((7, 3), ['B9', 'AA9', 'B10'])
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or int(match[2]) > LAST_ROW or column_number(match[1]) > LAST_COLUMN:
        raise ValueError(f"not a cell address: {address!r}")
    return int(match[2]), column_number(match[1])


def row_of(address: str) -> int:
    """Row of an address.

    Raises: ValueError.
    """
    return place(address)[0]


def letters_of(address: str) -> str:
    """Column letters of an address.

    Raises: ValueError.
    """
    return letters(place(address)[1])


# --- areas and references ------------------------------------------------------------------------------------------


class Area(NamedTuple):
    """A block of cells; as text `B2:C9`, one cell `B2`."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    @property
    def fixed(self) -> str:
        """The absolute reference: `$B$2:$C$9`, one cell `$B$2`."""
        one = (self.top, self.left) == (self.bottom, self.right)
        return fixed(self.top, self.left) if one else self.corners

    @property
    def corners(self) -> str:
        """The absolute reference with both corners, of one cell too: `$B$2:$B$2`."""
        return f"{fixed(self.top, self.left)}:{fixed(self.bottom, self.right)}"


def areas(text: str) -> Iterator[Area]:
    """The areas that a text such as `A1:B2 $C$3` names, whichever of their corners stand first.

    >>> [str(area) for area in areas("A1:B2 $C$3 L7:K2")]
    ['A1:B2', 'C3', 'K2:L7']
    """
    for one, start, other, end in _AREA.findall(text):
        top, bottom = sorted((int(start), int(end or start)))
        left, right = sorted((column_number(one), column_number(other or one)))
        yield Area(top, left, bottom, right)


def area(text: str) -> Area:
    """The one area that a text names.

    Raises: ValueError: it names none, or something else besides.
    >>> area("$B$2:$C$9")
    Area(top=2, left=2, bottom=9, right=3)
    """
    if not _AREA.fullmatch(text):
        raise ValueError(f"not an area: {text!r}")
    return next(areas(text))


def fixed(row: int, column: int) -> str:
    """The absolute reference of a cell.

    >>> fixed(7, 3)
    '$C$7'
    """
    return f"${letters(column)}${row}"


def fixed_column(row: int, column: int) -> str:
    """The reference of a cell that goes down with its formula, but not sideways.

    >>> fixed_column(7, 3)
    '$C7'
    """
    return f"${letters(column)}{row}"


def fixed_columns(first: int, last: int) -> str:
    """The absolute reference of whole columns.

    >>> fixed_columns(1, 28)
    '$A:$AB'
    """
    return f"${letters(first)}:${letters(last)}"


def sheet_name(title: str) -> str:
    """The title of a sheet as formulas and links name it.

    >>> sheet_name("单位'甲")
    "'单位''甲'"
    """
    return "'" + title.replace("'", "''") + "'"


def on_sheet(title: str, reference: object) -> str:
    """A reference with its sheet.

    >>> on_sheet("单位'甲", "$C$7")
    "'单位''甲'!$C$7"
    """
    return f"{sheet_name(title)}!{reference}"


# --- in words ------------------------------------------------------------------------------------------------------


def in_words(cells: Sequence[str], most: int = 5) -> str:
    """The first cells, and how many there are when not all are named.

    >>> in_words(("A5", "B5")), in_words(("A5", "B5", "C5"), most=2)
    ('A5、B5', 'A5、B5 等3处')
    """
    return "、".join(cells[:most]) + (more(len(cells)) if len(cells) > most else "")


def more(count: int) -> str:
    """Follows the first of `count` places."""
    return _said("CELLS-MORE", count=count)


def rows_in_words(rows: Iterable[int], most: int = 5) -> str:
    """The first row numbers, sorted, and how many there are when not all are named.

    >>> rows_in_words([7, 3]), rows_in_words([1, 2, 3, 4, 5, 6])
    ('第3、7行', '第1、2、3、4、5行等6行')
    """
    known = sorted(rows)
    code = "ROWS-NAMED" if len(known) <= most else "ROWS-NAMED-MORE"
    return _said(code, rows="、".join(map(str, known[:most])), count=len(known))


def _said(code: str, **facts: object) -> str:
    from toolkit.model.catalogue import entry  # the worker processes of the reader start without it

    return entry(code).message.format(**facts)


# --- numbers of days -----------------------------------------------------------------------------------------------

LAST_SERIAL = 2_958_465
"""9999-12-31, the last day that a cell can show."""
LIKELY_SERIALS = range(10_000, 73_416)
"""Day numbers that returns mean as days (1927-05-18 to 2100-12-31); one below them in a cell with a date format is a
typed year or another number."""
NO_DAY = 60
"""1900-02-29, which never was: spreadsheets count it, so that every number before it is one day later."""
_ZERO = datetime(1899, 12, 30)
_ORDINAL = _ZERO.toordinal()
_SHIFT_1904 = 1462
"""Days between the two beginnings: old Excel for Mac counts from 1904-01-01, with the number 0."""
_IN_WORKBOOK = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*?\sdate1904\s*=\s*[\"'](?:1|true)[\"']")


@lru_cache(maxsize=8)
def counts_from_1904(workbook: bytes) -> bool:
    """Whether the XML of a workbook says that its days count from 1904."""
    return bool(_IN_WORKBOOK.search(workbook))


def serial(day: date, epoch_1904: bool = False) -> int | float:
    """The number by which a cell keeps a day, with the time of day as fraction; 0 and less before the first day.

    >>> serial(date(2025, 3, 1)), serial(date(1900, 1, 1)), serial(date(1900, 3, 1)), serial(datetime(1905, 7, 15, 12))
    (45717, 1, 61, 2023.5)
    >>> serial(date(1904, 1, 2), epoch_1904=True)
    1
    """
    days = _closed(day.toordinal() - _ORDINAL, epoch_1904)
    if not isinstance(day, datetime):
        return days
    seconds = day.hour * 3600 + day.minute * 60 + day.second + day.microsecond / 1e6
    return days + seconds / 86_400 if seconds else days


def serials(days: pd.Series) -> list[int | None]:
    """The numbers of a column of days; None where there is none."""
    return [None if passed != passed else _closed(int(passed)) for passed in (days - _ZERO).dt.days.tolist()]


def _closed(passed: int, epoch_1904: bool = False) -> int:
    """The number after so many days, without the day that never was."""
    return passed - _SHIFT_1904 if epoch_1904 else passed - (passed <= NO_DAY)


def day(serial: int, epoch_1904: bool = False) -> date:
    """The day that a number keeps.

    Raises: ValueError: none: before the first day, after the last one, or the 29th of February 1900.
    >>> day(45717), day(59), day(61), day(0, epoch_1904=True)
    (datetime.date(2025, 3, 1), datetime.date(1900, 2, 28), datetime.date(1900, 3, 1), datetime.date(1904, 1, 1))
    """
    passed = serial + _SHIFT_1904 if epoch_1904 else serial + (serial < NO_DAY)
    if not (0 if epoch_1904 else 1) <= serial or passed > LAST_SERIAL or (serial == NO_DAY and not epoch_1904):
        raise ValueError(f"not a day: {serial}")
    return date.fromordinal(_ORDINAL + passed)
