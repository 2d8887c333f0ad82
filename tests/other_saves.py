"""The same return saved otherwise: as .xls with values only, with rows in another order."""

from __future__ import annotations

import io
from datetime import date, datetime
from types import SimpleNamespace

from openpyxl import load_workbook
from zoo.legacy import biff8, ole

EPOCH = date(1899, 12, 30)


def as_xls(data: bytes) -> bytes:
    """The values of an .xlsx as .xls: days become day numbers, formulas and formats are gone."""
    book = load_workbook(io.BytesIO(data))
    cells = {
        sheet.title: {
            (cell.row - 1, cell.column - 1): _plain(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None and cell.data_type != "f"
        }
        for sheet in book
    }
    return ole({"Workbook": biff8(SimpleNamespace(cells=cells, hidden=()))})


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return (day - EPOCH).days
    return value if isinstance(value, str) else float(value)
