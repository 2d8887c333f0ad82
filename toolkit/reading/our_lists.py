"""What a unit wrote on our sheet of lists beside the lists, which the names of the workbook tell.

Where a program or a format keeps no names, each list of options ends with its first empty cell below its own name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from toolkit.model.cell import IN_FORMULA, IN_XML, column_number, letters
from toolkit.model.layout import KEYS_NAME, KEYS_SHOWN, LIST_NAME, LISTS_SHEET
from toolkit.reading.columns import SheetPlan
from toolkit.reading.left_out import ALIKE, Note, on_our_own, rows_alike

BESIDE = "S038"
_FEWEST_ROWS = 2
_OURS = re.compile(f"{LISTS_SHEET}'?!{IN_FORMULA}(?::{IN_FORMULA})?".encode())
_CELL = re.compile(b'<c r="' + IN_XML)


@lru_cache(maxsize=64)
def last_rows(workbook: bytes) -> Mapping[int, int]:
    """The last row of each list, from 0, by its column.

    >>> names = b"<definedName>_lists!$A$2:$A$9</definedName><definedName>OFFSET(_lists!$B$2,0,0,1,1)</definedName>"
    >>> last_rows(names)
    {0: 8, 1: 60}
    """
    return {
        column_number(column.decode()) - 1: int(last or int(first) + KEYS_SHOWN - 1) - 1
        for column, first, _, last in _OURS.findall(workbook)
    }


def may_hold_more(xml: bytes, ours: Mapping[int, int]) -> bool:
    """Whether cells stand beside our lists, as far as the bytes of the sheet say at a glance.

    Args:
        ours: see `last_rows`; none in a workbook that lost its names.
    """
    last = {letters(column + 1).encode(): row + 1 for column, row in ours.items()}
    return bool(last) and any(int(row) > last.get(column, 0) for column, row in _CELL.findall(xml))


def beside_lists(grid: Sequence[Sequence[object]], sheets: Sequence[SheetPlan], ours: Mapping[int, int]) -> list[Note]:
    """What to say of what stands beside our lists: rows of the form, rows like them, or anything at all.

    Args:
        ours: see `last_rows`.
    """
    ours = ours or _below_names(grid)
    if found := on_our_own(grid, LISTS_SHEET, sheets):
        return found
    foreign = [
        ["" if column in ours and row <= ours[column] else cell for column, cell in enumerate(cells)]
        for row, cells in enumerate(grid)
    ]
    tables = [one for one in sheets if not one.vertical]
    count, label = max(((rows_alike(foreign, one), one.label) for one in tables), default=(0, ""))
    if count >= _FEWEST_ROWS:
        return [(ALIKE, LISTS_SHEET, (), {"label": label, "count": str(count)})]
    filled = sum(any(cell != "" for cell in row) for row in foreign) if ours else 0
    return [(BESIDE, LISTS_SHEET, (), {"count": str(filled)})] if filled else []


def _below_names(grid: Sequence[Sequence[object]]) -> Mapping[int, int]:
    """The last row of each list that stands below its own name, from 0, by its column."""
    heads = [(column, str(cell)) for column, cell in enumerate(grid[0])] if grid else []
    found = {column: KEYS_SHOWN for column, head in heads if head.startswith(KEYS_NAME)}
    for column in (column for column, head in heads if head.startswith(LIST_NAME)):
        ends = (row for row, cells in enumerate(grid) if column >= len(cells) or cells[column] == "")
        found[column] = next(ends, len(grid)) - 1
    return found
