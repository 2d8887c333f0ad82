"""What xlsxwriter cannot say, patched into its file: rows that still grow, array formulas over whole tables.

xlsxwriter marks every height that it is given as set by hand; Excel then never fits the row to what
a clerk types into it. Without the mark the height holds until somebody types more than fits.
"""

from __future__ import annotations

import re

from toolkit.model.cell import LETTERS_IN_XML, letters
from toolkit.model.form import Form
from toolkit.model.layout import CHECK_GRID, CHECK_SHEET, FIRST_ROW, VERTICAL_FIRST_ROW
from toolkit.ooxml.container import Package
from toolkit.templating.check_grid import Grid, depth

_ROW = re.compile(rb'<row r="(\d+)"[^>]*>')
_BY_HAND = b' customHeight="1"'
_ARRAY = re.compile(rb'ref="(%s)%d"' % (LETTERS_IN_XML, FIRST_ROW))
_RESULT = re.compile(rb"(</f>)<v>[^<]*</v>")


def let_rows_grow(package: Package, form: Form) -> None:
    """Frees the rows of records to grow; headings keep their height."""
    for sheet in form.sheets:
        first = VERTICAL_FIRST_ROW if sheet.layout == "vertical" else FIRST_ROW
        part = package.part_of(sheet.label)
        package.replace(part, _ROW.sub(_freed(first), package.read(part)))


def let_checks_run(package: Package, grid: Grid, cover: str, *, blank: bool) -> None:
    """Gives the array formulas of `_check` all rows of their table, and keeps no result that may be untrue.

    A formula that is stored without a result is computed by every office when it opens the file, and shown as
    an empty cell by viewers that do not compute.

    Args:
        blank: the workbook goes out as it is, so that the results for a blank form are right.
    """
    last = {}
    for block in grid.blocks.values():
        last |= {letters(column): FIRST_ROW + depth(block.sheet) - 1 for column in range(block.first, block.last + 1)}

    def deep(match: re.Match[bytes]) -> bytes:
        column = match[1].decode()
        return b'ref="%s%d:%s%d"' % (match[1], FIRST_ROW, match[1], last[column])

    part = package.part_of(CHECK_GRID)
    package.replace(part, _RESULT.sub(rb"\1", _ARRAY.sub(deep, package.read(part))))
    for title in () if blank else (CHECK_SHEET, cover):
        part = package.part_of(title)
        package.replace(part, _RESULT.sub(rb"\1", package.read(part)))


def _freed(first: int):
    def freed(match: re.Match[bytes]) -> bytes:
        return match[0].replace(_BY_HAND, b"") if int(match[1]) >= first else match[0]

    return freed
