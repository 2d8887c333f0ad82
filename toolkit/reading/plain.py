"""All cells of a workbook as typed, no table looked for: for the small workbooks of ours that other people return."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

from toolkit.ooxml.archive import CORRUPT, Refused
from toolkit.reading import gate

Sheets = dict[str, list[list[object]]]


class PlainReader:
    """What a worker reads with."""

    def read(self, data: bytes, _passwords: Sequence[str]) -> dict[str, object]:
        """{"sheets": title → rows from A1} or {"refused": code}."""
        import python_calamine

        try:
            gate.check(data)
            workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            titles = workbook.sheet_names
            sheets = {title.strip(): workbook.get_sheet_by_name(title).to_python(False) for title in titles}
        except Refused as error:
            return {"refused": error.code}
        except python_calamine.CalamineError:
            return {"refused": CORRUPT}
        return {"sheets": {title: [[_sent(cell) for cell in row] for row in rows] for title, rows in sheets.items()}}


def _sent(cell: object) -> object:
    """A cell as marshal takes it; dates as a tuple of their text."""
    if isinstance(cell, str | float | int):
        return cell
    return (cell.isoformat(),) if isinstance(cell, date) else str(cell)


def received(sheets: Sheets) -> Sheets:
    """The sheets of an answer, dates as dates again."""
    return {
        title: [[_day(cell[0]) if isinstance(cell, tuple) else cell for cell in row] for row in rows]
        for title, rows in sheets.items()
    }


def _day(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
