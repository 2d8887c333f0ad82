"""Where things stand in an issued workbook: rows, columns and cells that several rooms must agree on.

The reader finds tables by their labels, never by these positions; they are for whoever writes.

    row 1 附件N · row 2 title · row 3 填报单位 and 计量单位 · row 4 note · row 5 Chinese labels
    table:    row 6 English names (locked, unseen), data from row 7, one column of the form a column
    vertical: one column of the form a row from row 6; A label, B English name (hidden), C value, D note
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.model.cell import address

if TYPE_CHECKING:  # the worker processes of the reader start without the model
    from toolkit.model.form import Sheet

TITLE_ROW, UNIT_ROW, NOTE_ROW, LABEL_ROW, NAME_ROW, FIRST_ROW = 2, 3, 4, 5, 6, 7
VERTICAL_FIRST_ROW = 6
VERTICAL_LABEL, VERTICAL_NAME, VERTICAL_VALUE, VERTICAL_NOTE = "A", "B", "C", "D"

COVER_UNIT, COVER_CODE, COVER_YEAR = "C5", "C6", "C7"
COVER_HEAD_ROW, COVER_FIRST_ROW = 11, 12
COVER_TITLE_COLUMN, COVER_NIL_COLUMN = "B", "D"
TICK = "√"

MARK = "【校验】"
"""Begins every label and every line that marking adds to a returned copy; the reader takes none of it for data."""
MARK_PROBLEM, MARK_FIX, MARK_NOTE = MARK + "问题", MARK + "怎么改", MARK + "说明"
MARK_CODE = MARK + "代码"
"""On the added sheet, beside `MARK_NOTE`: what an explanation there is about."""
MARK_LIST = "问题清单"
"""The sheet that marking adds to a returned copy."""

LISTS_SHEET = "_lists"
LIST_NAME, KEYS_NAME = "list_", "keys_"
"""How the names of lists of options, and of lists of keys, begin; each stands above its list too."""
KEYS_SHOWN = 60
"""How many keys of other sheets stand on it for a dropdown."""
CHECK_GRID = "_check"
CHECK_SHEET = "自检"
CHECK_MARK = "填表自检"
"""Begins the first cell of the sheet 自检, by which the reader knows it under any title."""
COVER_CHECK_ROW = 10
"""The row of the cover that says 可以上报 or 还有N处问题."""
RULED_ROWS = 20
"""Open tables are ruled, and printed, this far; below it a row is when something stands in it."""
SPARE_ROWS = 300
"""Rows below the offered ones that are open for typing, with formats and dropdowns."""


def cell(sheet: Sheet, column: str, index: int = 0) -> str:
    """Address of a column's cell in the record `index` (from 0) of an issued sheet.

    Raises: ValueError: the sheet has no such column.
    """
    place = sheet.names.index(column)
    if sheet.layout == "vertical":
        return f"{VERTICAL_VALUE}{VERTICAL_FIRST_ROW + place}"
    return address(FIRST_ROW + index, place + 1)


def rows(sheet: Sheet) -> int:
    """How many records the sheet offers; SPARE_ROWS more may be filled in below."""
    if sheet.layout == "vertical":
        return 1
    return len(sheet.fixed_rows) or sheet.blank_rows


def nil_cell(sheets: tuple[Sheet, ...], name: str) -> str:
    """Address on the cover of the tick 本单位无此情况 for a sheet.

    Raises: ValueError: no such sheet.
    """
    names = [sheet.name for sheet in sheets]
    return f"{COVER_NIL_COLUMN}{COVER_FIRST_ROW + names.index(name)}"
