"""Workbooks saved again by programs that people use: the same cells, written by other hands.

`WRITERS[name](pairs)` reads each source and writes its target; `missing(name)` says why a writer cannot run here.
openpyxl, xlsxwriter and pandas come with the lock file and LibreOffice with the machine, so these always run; the
JavaScript ones want node and `npm ci --prefix tests/writers`, which `.ci/run` does where npm is.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import office
import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.utils.datetime import to_excel
from openpyxl.utils.escape import unescape

HERE = Path(__file__).parent / "writers"
Pairs = Sequence[tuple[Path, Path]]
"""Source and target; the targets are .xlsx or .xls as `SUFFIX` says."""
NODE = shutil.which("node")
_JAVASCRIPT = {"sheetjs": "xlsx", "exceljs": "exceljs", "populate": "xlsx-populate"}
_TIME_A_BOOK, _START = 30, 120


def _openpyxl(pairs: Pairs) -> None:
    for source, target in pairs:
        book = openpyxl.load_workbook(source)
        book.save(target)


def _xlsxwriter(pairs: Pairs) -> None:
    """Values, number formats, results of formulas and marks of identity; hidden sheets stay hidden."""
    for source, target in pairs:
        shown, held = openpyxl.load_workbook(source, data_only=True), openpyxl.load_workbook(source)
        with xlsxwriter.Workbook(target) as book:
            formats: dict[str, object] = {}
            for one in (one for one in held.custom_doc_props.props if one.value):
                book.set_custom_property(one.name, one.value, "text")
            for old in held.worksheets:
                new = book.add_worksheet(old.title)
                for cell in _cells(old):
                    code = cell.number_format
                    if code not in formats:
                        formats[code] = book.add_format({"num_format": code})
                    result = shown[old.title][cell.coordinate].value if cell.data_type == "f" else None
                    _write(new, cell, result, formats[code])
                if old.sheet_state != "visible":
                    new.very_hidden() if old.sheet_state == "veryHidden" else new.hide()


def _cells(sheet) -> Iterable:
    return (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _write(sheet, cell, result: object, form: object) -> None:
    row, column, value = cell.row - 1, cell.column - 1, cell.value
    if cell.data_type == "f":
        text = value if isinstance(value, str) else value.text
        if isinstance(result, dt.date | dt.time | dt.timedelta):
            result = to_excel(result)
        sheet.write_formula(row, column, text, form, "" if result is None else result)
    elif cell.data_type == "e":
        sheet.write_formula(row, column, f"={value}", form, value)
    elif isinstance(value, dt.date | dt.time | dt.timedelta):
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, unescape(str(value)), form)


def _pandas(pairs: Pairs) -> None:
    """Nothing but values, under the formats of pandas: no properties, no hidden sheets, no formulas."""
    for source, target in pairs:
        frames = pd.read_excel(source, sheet_name=None, header=None, na_filter=False, dtype=object, engine="openpyxl")
        with pd.ExcelWriter(target, engine="openpyxl") as book:
            for title, frame in frames.items():
                frame.to_excel(book, sheet_name=title, header=False, index=False)


def _office(kind: str, pairs: Pairs) -> None:
    sources = [source for source, _ in pairs]
    folder = pairs[0][1].parent
    for made, (_, target) in zip(office.convert_all(sources, folder, kind, anew=False), pairs, strict=True):
        made.replace(target)


def _javascript(name: str, pairs: Pairs) -> None:
    order = json.dumps([[str(source), str(target)] for source, target in pairs])
    command = [str(NODE), "--max-old-space-size=2000", str(HERE / "save.js"), name]
    limit = _START + _TIME_A_BOOK * len(pairs)
    done = subprocess.run(command, input=order, text=True, capture_output=True, timeout=limit, check=False)
    assert done.returncode == 0, done.stderr


WRITERS: dict[str, Callable[[Pairs], None]] = {
    "openpyxl": _openpyxl,
    "xlsxwriter": _xlsxwriter,
    "pandas": _pandas,
    "LibreOffice": partial(_office, "xlsx"),
    "LibreOffice .xls": partial(_office, "xls"),
    **{name: partial(_javascript, name) for name in _JAVASCRIPT},
}
SUFFIX = {"LibreOffice .xls": ".xls"}
"""What the files of a writer end with, where it is not .xlsx."""
ALWAYS = ("openpyxl", "xlsxwriter", "pandas", "LibreOffice")
"""Writers that run on every machine of the tests."""


def missing(name: str) -> str:
    """Why a writer cannot run here; empty when it can."""
    if name.startswith("LibreOffice"):
        return "" if office.SOFFICE or office.IN_CI else "LibreOffice (soffice) is not installed"
    if name not in _JAVASCRIPT:
        return ""
    if not NODE:
        return "node is not installed"
    installed = (HERE / "node_modules" / _JAVASCRIPT[name]).is_dir()
    return "" if installed else "not installed: npm ci --prefix tests/writers"
