"""Rows of the form that stand where nothing is read: on further sheets, and on our own ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from toolkit.reading.columns import SheetPlan
from toolkit.reading.locate import Grid, score
from toolkit.reading.normal import compact

Note = tuple[str, str, tuple[str, ...], dict[str, str]]

LIKENESS = 0.6
"""The share of the labels of a sheet that tells its headings."""
SAME_HEADINGS, ALIKE, UNKNOWN, ON_OURS = "S028", "S035", "S022", "S036"
_FEWEST, _FEWEST_ROWS = 3, 2
_MOST = 5_000
_TURNED = 200
_DAY = re.compile(r"(?:19|20)\d\d[-./年]?(?:0?[1-9]|1[0-2])\D?.{0,3}")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9-]{2,}")


def left_out(grid: Grid, title: str, sheets: Sequence[SheetPlan]) -> Note:
    """What to say of a sheet that is not read: rows of the form must not be lost quietly.

    Rows under the headings of the form are an error; rows that look like its rows without them are asked about. Either
    may stand on their side.
    """
    turned = tuple(zip(*grid[:_TURNED], strict=False))
    for sheet in sheets:
        if not sheet.vertical and (rows := rows_below(grid, sheet) or rows_below(turned, sheet)):
            return (SAME_HEADINGS, title, (), {"label": sheet.label, "count": str(rows)})
    filled = sum(map(any, grid))
    tables = [one for one in sheets if not one.vertical]
    alike = ((max(rows_alike(grid, one), rows_alike(turned, one)), one.label) for one in tables)
    count, label = max(alike, default=(0, ""))
    if count >= _FEWEST_ROWS:
        return (ALIKE, title, (), {"label": label, "count": str(count)})
    return (UNKNOWN, title, (), {"count": str(filled)})


def on_our_own(grid: Grid, title: str, sheets: Sequence[SheetPlan]) -> list[Note]:
    """What to say of rows under the headings of the form on a sheet that holds other things of ours."""
    found = ((rows_below(grid, sheet), sheet.label) for sheet in sheets if not sheet.vertical)
    return [(ON_OURS, title, (), {"label": label, "count": str(rows)}) for rows, label in found if rows]


def rows_below(grid: Grid, sheet: SheetPlan) -> int:
    """How many rows with something typed stand below the headings of a sheet of the form; 0 without its headings."""
    fewest = max(_FEWEST, LIKENESS * len(sheet.columns))
    if not sheet.vertical and max(map(len, grid), default=0) < fewest:
        return 0
    hits, place = score(grid, sheet, _MOST)
    if hits < fewest and not sheet.vertical:
        known = sheet.names.keys()
        rows = ((at, row) for at, row in enumerate(grid[:_MOST]) if not known.isdisjoint(row))
        hits, place = max(((_names(row, sheet), -at) for at, row in rows), default=(0, 0))
        place = -place
    if hits < fewest:
        return 0
    if sheet.vertical:
        return 1
    weak = {column for column, cell in enumerate(grid[place]) if _is_given(sheet, cell)}
    return sum(
        any(cell != "" and cell not in sheet.names for at, cell in enumerate(row) if at not in weak)
        for row in grid[place + 1 :]
    )


def _names(row: Sequence[object], sheet: SheetPlan) -> int:
    """How many of the English names of the columns stand in a row."""
    return sum(cell in sheet.names for cell in row if cell.__class__ is str)


def _is_given(sheet: SheetPlan, heading: object) -> bool:
    """Whether a column is filled in when the form is issued."""
    match = sheet.match(heading)
    return match is not None and (match[0] in sheet.prefilled or match[0] in sheet.serials)


def rows_alike(grid: Grid, sheet: SheetPlan) -> int:
    """How many rows hold what rows of a sheet of the form hold: two values of its lists, or one, a day and a code."""
    return sum(_is_alike(row, sheet.listed) for row in grid[:_MOST]) if sheet.listed else 0


def _is_alike(row: Sequence[object], listed: dict[str, frozenset[int]]) -> bool:
    columns: set[frozenset[int]] = set()
    days = codes = 0
    for cell in row:
        if cell.__class__ is str and cell:
            text = compact(cell)  # type: ignore[arg-type]
            if text in listed:
                columns.add(listed[text])
            elif _DAY.fullmatch(text):
                days += 1
            elif _CODE.fullmatch(text):
                codes += 1
        elif isinstance(cell, date):
            days += 1
    beside = bool(days) + bool(codes)
    return (len(columns) >= 2 and beside >= 1) or (len(columns) == 1 and beside == 2)
