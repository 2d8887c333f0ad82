"""Cells of the located rows parsed column by column; problems and repairs are collected with their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.reading.columns import SHORT, Parser, SheetPlan
from toolkit.reading.dates import day_of, iso
from toolkit.reading.locate import Found
from toolkit.reading.normal import compact
from toolkit.reading.texts import all_clean

Problem = tuple[str, int, int, str, str]
"""Code, Excel row, zero-based grid column, column name, value as typed."""
Repair = tuple[str, int, int, str, str]
"""Code, Excel row, zero-based grid column, value before, value after."""

DITTO, DITTO_LOST, MERGED, SECOND_TABLE = "R007", "C023", "S011", "S029"
_SHOWN = 200
_EXACT = 1e15
_MISS = object()


class Cells:
    """What came up while parsing one sheet of one file.

    Args:
        marked: cells that the reader cannot give: (row, column) → (code, text).
        dittos: compacted words that mean "as above".
    """

    def __init__(self, marked: Mapping[tuple[int, int], tuple[str, str]], dittos: frozenset[str]) -> None:
        self.marked, self.dittos = marked, dittos
        self.problems: list[Problem] = []
        self.repairs: list[Repair] = []

    def one(self, parser: Parser, value: object, row: int, column: int, name: str) -> object:
        """The value of one cell that needs a closer look; None when it has a problem."""
        answer, problem, repair = parser.cell(value)
        if problem:
            self.problems.append((problem, row + 1, column, name, shown(value)))
        elif repair:
            after = "" if answer is None else shown_value(answer, parser)
            self.repairs.append((repair, row + 1, column, shown(value), after))
        return answer


def read_columns(
    sheet: SheetPlan,
    order: Sequence[int],
    places: Sequence[int],
    numbers: Sequence[int],
    rows: Sequence[tuple],
    cells: Cells,
) -> dict[int, list]:
    """Parsed values by column index of the plan, aligned with `numbers`."""
    columns: dict[int, list] = {}
    for place, index, values in zip(places, order, zip(*rows, strict=True), strict=False):
        columns[index] = _column(sheet, index, place, values, numbers, cells)
    if not rows:
        columns = {index: [] for index in order}
    if cells.marked:
        _mark(sheet, order, places, numbers, columns, cells)
    return columns


def _column(sheet: SheetPlan, index: int, place: int, values: tuple, numbers: Sequence[int], cells: Cells) -> list:
    parser, name = sheet.parsers[index], sheet.columns[index]["name"]
    known = parser.memo.get
    if parser.free and _are_clean(values):
        odd = parser.odd
        found = [known(value, _MISS) if len(value) < SHORT or value[0] in odd else value for value in values]
    else:
        found = [known(value, _MISS) for value in values]
    at = -1
    for _ in range(found.count(_MISS)):
        at = found.index(_MISS, at + 1)
        value = values[at]
        if parser.number and value.__class__ is float and (number := _plain_number(value, parser.number)) is not None:
            found[at] = number
        elif value.__class__ is str and len(value) < SHORT and compact(value) in cells.dittos:
            found[at] = _ditto(found, value, at, numbers[at], place, name, cells, parser)
        else:
            found[at] = cells.one(parser, value, numbers[at], place, name)
    return found


def _plain_number(value: float, kind: type) -> int | str | None:
    """A number cell as int or as exact text; None when it needs a closer look."""
    if -_EXACT < value < _EXACT:
        if value == (whole := int(value)):
            return kind(whole)
        if kind is str and "e" not in (text := f"{value:.15g}"):
            return text
    return None


def _are_clean(values: tuple) -> bool:
    try:
        return all_clean(values)
    except TypeError:  # a number or a date among the texts
        return False


def _ditto(found: list, word: str, at: int, row: int, place: int, name: str, cells: Cells, parser: Parser) -> object:
    above = found[at - 1] if at else None
    if above is None:
        cells.problems.append((DITTO_LOST, row + 1, place, name, shown(word)))
    else:
        cells.repairs.append((DITTO, row + 1, place, shown(word), shown_value(above, parser)))
    return above


def _mark(sheet: SheetPlan, order, places, numbers, columns: dict[int, list], cells: Cells) -> None:
    """Error values and formulas without a result replace the empty cells that the reader gave."""
    at_row = {number: at for at, number in enumerate(numbers)}
    at_column = dict(zip(places, order, strict=True))
    for (row, column), (code, text) in sorted(cells.marked.items()):
        if row in at_row and column in at_column:
            index = at_column[column]
            columns[index][at_row[row]] = None
            cells.problems[:] = [one for one in cells.problems if one[1:3] != (row + 1, column)]
            cells.problems.append((code, row + 1, column, sheet.columns[index]["name"], text))


def lose_rows(
    sheet: SheetPlan,
    order: Sequence[int],
    places: Sequence[int],
    lost: Sequence[int],
    numbers: Sequence[int],
    columns: dict[int, list],
    cells: Cells,
) -> None:
    """Takes out what rows under a second header hold, and says so of each row.

    Args:
        lost: which of the rows, by their place in `numbers`.
    """
    rows = {numbers[at] + 1 for at in lost}
    cells.problems[:] = [one for one in cells.problems if one[1] not in rows]
    for values in columns.values():
        for at in lost:
            values[at] = None
    name = sheet.columns[order[0]]["name"]
    cells.problems += [(SECOND_TABLE, row, places[0], name, "") for row in sorted(rows)]


def read_vertical(grid: Sequence[Sequence[object]], sheet: SheetPlan, found: Found, cells: Cells) -> dict[int, object]:
    """Parsed values of a vertical sheet by column index of the plan."""
    values: dict[int, object] = {}
    for index, row in found.positions.items():
        name = sheet.columns[index]["name"]
        if marked := cells.marked.get((row, found.value)):
            cells.problems.append((marked[0], row + 1, found.value, name, marked[1]))
            values[index] = None
            continue
        value = grid[row][found.value] if found.value < len(grid[row]) else ""
        values[index] = None if value == "" else cells.one(sheet.parsers[index], value, row, found.value, name)
    return values


def shown(value: Any) -> str:
    """A cell as typed, at most 200 characters."""
    if value.__class__ is str:
        return value[:_SHOWN]  # type: ignore[index]
    if value.__class__ is bool:
        return "TRUE" if value else "FALSE"
    if value.__class__ is float or value.__class__ is int:
        return f"{value:.0f}" if value == value and abs(value) < 1e21 and value == int(value) else f"{value:.15g}"
    return iso(value)


def shown_value(value: object, parser: Parser) -> str:
    """A parsed value as people write it; days become dates."""
    if parser.is_date and value.__class__ is int:
        return day_of(value).isoformat()  # type: ignore[arg-type]
    return str(value)[:_SHOWN]
