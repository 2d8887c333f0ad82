"""Row heights that fit at first and still grow: what xlsxwriter cannot say, patched into its file.

xlsxwriter marks every height that it is given as set by hand; Excel then never fits the row to what
a clerk types into it. Without the mark the height holds until somebody types more than fits.
"""

from __future__ import annotations

import re

from toolkit.model.form import Form
from toolkit.model.layout import FIRST_ROW, VERTICAL_FIRST_ROW
from toolkit.package import Package

_ROW = re.compile(rb'<row r="(\d+)"[^>]*>')
_BY_HAND = b' customHeight="1"'


def let_rows_grow(data: bytes, form: Form) -> bytes:
    """The workbook with the rows of records free to grow; headings keep their height."""
    package = Package(data)
    for sheet in form.sheets:
        first = VERTICAL_FIRST_ROW if sheet.layout == "vertical" else FIRST_ROW
        part = package.part_of(sheet.label)
        package.replace(part, _ROW.sub(_freed(first), package.read(part)))
    return package.to_bytes()


def _freed(first: int):
    def freed(match: re.Match[bytes]) -> bytes:
        return match[0].replace(_BY_HAND, b"") if int(match[1]) >= first else match[0]

    return freed
