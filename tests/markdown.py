"""Small returned workbooks written as Markdown tables.

    # 320001                      a return of this unit (default: one return of 320001)
    ## 任职与补贴                  a sheet by its label; add 【无此情况】 for a tick on the cover
    | 任职日期   | 离任日期   |    labels or names of columns, in the order of the sheet's Excel columns A, B, …
    | 2024-01-01 | 2023-05-01 |    the first row is Excel row 5; `?` is a cell that could not be read

Columns that a table does not show are missing from that file, so a case shows only what it is about.
On the vertical sheet 单位情况 the cells are C5, C6, … in the order of the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd

from toolkit.model.batch import Batch, Located, Return
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.unit import Unit, UnitList

UNITS = UnitList(
    (
        Unit("320000", "中共某某市委老干部局", "机关", "县（市、区）级", speaks=True),
        Unit("320001", "某某市教育局", "机关", "部门（单位）", parent="320000", short_names=("教育局",)),
        Unit("320002", "某某市卫生健康委员会", "机关", "部门（单位）", parent="320000"),
        Unit("320003", "某某市水务集团", "国有企业", "部门（单位）", parent="320000"),
    )
)
FIRST_ROW = 5
EMPTY = {"integer": pd.NA, "date": pd.NaT}
DTYPES = {"integer": "Int64", "date": "datetime64[s]"}


def frame(text: str, sheet: Sheet, unit: str = "320001", index: int = 0) -> pd.DataFrame:
    """The table of one sheet in one return, typed, with provenance."""
    rows = _rows(text)
    columns = [_column(sheet, label) for label in rows[0]] if rows else []
    cells = [[_parse(column, cell) for column, cell in zip(columns, row, strict=True)] for row in rows[1:]]
    vertical = sheet.layout == "vertical"
    data = {
        "_return": pd.Series([index] * len(cells), dtype="int64"),
        "_unit": pd.Series([unit] * len(cells), dtype=object),
        "_sheet": pd.Series([sheet.label] * len(cells), dtype=object),
        "_row": pd.Series([0 if vertical else FIRST_ROW + n for n in range(len(cells))], dtype="int64"),
    }
    for column in sheet.columns:
        place = columns.index(column) if column in columns else None
        values = [EMPTY.get(column.type) if place is None else row[place] for row in cells]
        data[column.name] = pd.Series(values, dtype=DTYPES.get(column.type, "object"))
    return pd.DataFrame(data)


def batch(text: str | Mapping[str, str], form: Form, units: UnitList = UNITS, fill_date: date | None = None) -> Batch:
    """All returns of a text, or of several texts, whose files then lie in folders of the texts' names."""
    returns: list[Return] = []
    tables: dict[str, list[pd.DataFrame]] = {sheet.name: [] for sheet in form.sheets}
    problems: dict[str, set[tuple[int, int, str]]] = {sheet.name: set() for sheet in form.sheets}
    by_label = {sheet.label: sheet for sheet in form.sheets}
    texts = {"": text} if isinstance(text, str) else text
    for index, (folder, unit, body) in enumerate(_returns(texts)):
        located, nil = {}, set()
        blocks = re.split(r"^## *(.+?)\s*$", body, flags=re.M)
        for title, table in zip(blocks[1::2], blocks[2::2], strict=True):
            sheet = by_label[title.replace("【无此情况】", "")]
            nil |= {sheet.name} if title.endswith("【无此情况】") else set()
            located[sheet.name] = _located(sheet, table)
            tables[sheet.name].append(frame(table, sheet, unit, index))
            problems[sheet.name] |= {(index, row, name) for row, name in _unread(sheet, table)}
        name = f"{folder}/{unit}.xlsx" if folder else f"{unit}.xlsx"
        returns.append(Return(index=index, file=name, path=Path(name), unit=unit, fill_date=fill_date,
                              located=located, nil=frozenset(nil)))  # fmt: skip
    empty = {sheet.name: frame("", sheet) for sheet in form.sheets}
    return Batch(
        form=form,
        units=units,
        returns=returns,
        tables={name: pd.concat(found, ignore_index=True) if found else empty[name] for name, found in tables.items()},
        problem_cells=problems,
    )


def _returns(texts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Folder, unit and body of every return."""
    for folder, text in texts.items():
        parts = re.split(r"^# *(\S+)\s*$", text, flags=re.M)
        if len(parts) == 1:
            yield folder, "320001", text
        for unit, body in zip(parts[1::2], parts[2::2], strict=True):
            yield folder, unit, body


def _rows(text: str) -> list[list[str]]:
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.strip().startswith("|")]
    rows = [[cell.strip() for cell in line] for line in lines]
    return [row for row in rows if not all(re.fullmatch("-+", cell) for cell in row)]


def _column(sheet: Sheet, label: str) -> Column:
    return next(column for column in sheet.columns if label in (column.name, column.label))


def _parse(column: Column, cell: str):
    if cell in ("", "?"):
        return EMPTY.get(column.type)
    parsers = {"integer": int, "decimal": Decimal, "date": pd.Timestamp}
    return parsers.get(column.type, str)(cell)


def _located(sheet: Sheet, table: str) -> Located:
    rows = _rows(table)
    names = [_column(sheet, label).name for label in rows[0]] if rows else list(sheet.names)
    if sheet.layout == "vertical":
        places = {name: FIRST_ROW + number for number, name in enumerate(names)}
        return Located(title=sheet.label, letters={}, rows=places, value_letter="C")
    return Located(title=sheet.label, letters={name: chr(ord("A") + number) for number, name in enumerate(names)})


def _unread(sheet: Sheet, table: str):
    rows = _rows(table)
    for number, row in enumerate(rows[1:]):
        for label, cell in zip(rows[0], row, strict=True):
            if cell == "?":
                yield 0 if sheet.layout == "vertical" else FIRST_ROW + number, _column(sheet, label).name
