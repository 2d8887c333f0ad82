"""All cells of a workbook as typed, no table looked for: for the small workbooks of ours that other people return."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from toolkit.reading import gate
from toolkit.reading.package import CORRUPT, Refused
from toolkit.reading.supervisor import Answer, Supervisor, Task

SECONDS, MEMORY = 20.0, 1_500_000_000
GONE = "F001"
Sheets = dict[str, list[list[object]]]


class PlainReader:
    """The worker's side."""

    def read(self, data: bytes, _passwords: Sequence[str]) -> Answer:
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


def read_cells(paths: Sequence[Path]) -> Iterator[tuple[int, bytes, Sheets | None]]:
    """(place in `paths`, bytes, title → rows) as the files get done; None for the rows of a file nobody can read.

    Each file is read in a worker process with a deadline and a memory limit.
    """
    read: dict[int, bytes] = {}

    def load(job: int) -> Task | Answer:
        try:
            read[job] = paths[job].read_bytes()
        except OSError:
            read[job] = b""
            return {"refused": GONE}
        return read[job], ()

    for job, answer in Supervisor(None, None, SECONDS, MEMORY).run(range(len(paths)), load):
        sheets = (answer or {}).get("sheets")
        yield job, read.pop(job), None if sheets is None else _received(sheets)


def _sent(cell: object) -> object:
    """A cell as marshal takes it; dates as a tuple of their text."""
    if isinstance(cell, str | float | int):
        return cell
    return (cell.isoformat(),) if isinstance(cell, date) else str(cell)


def _received(sheets: Sheets) -> Sheets:
    return {
        title: [[_day(cell[0]) if isinstance(cell, tuple) else cell for cell in row] for row in rows]
        for title, rows in sheets.items()
    }


def _day(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
