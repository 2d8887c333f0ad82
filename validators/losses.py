"""What 错误 cost: the row, or the cell where the rows of a sheet are records of independent facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from toolkit.model.finding import ERROR
from toolkit.model.form import CELL, Form
from validators.compile import Spec

RowKey = tuple[int, int]
"""Return index and Excel row; the vertical sheet has row 0."""


class Losses:
    """Rows and cells that are kept out of the merge.

    Where a rule compares several cells of a row, any of them may be the wrong one: all are lost, but never a key.
    A row is refused when its sheet loses rows, when its key is in error, or when the row as a whole is.
    """

    def __init__(self, form: Form) -> None:
        self._keys = {sheet.name: frozenset(sheet.key) for sheet in form.sheets}
        self._by_cell = {sheet.name for sheet in form.sheets if sheet.loses == CELL}
        self._own = {sheet.name: frozenset(sheet.names) for sheet in form.sheets}
        self._codes: dict[str, dict[RowKey, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._cells: dict[str, dict[RowKey, dict[str, list[str]]]] = defaultdict(dict)
        self._whole: dict[str, set[RowKey]] = defaultdict(set)

    def add(self, rows: pd.DataFrame, spec: Spec) -> None:
        """The rows that fail a check; only 错误 cost anything."""
        if spec.severity == ERROR:
            for key in zip(rows["_return"].tolist(), rows["_row"].tolist(), strict=True):
                self._lose(spec.sheet, key, spec.at, spec.touched, [spec.code])

    def whole(self, sheet: str, rows: pd.DataFrame, code: str) -> None:
        """Rows that are refused as they stand."""
        for key in zip(rows["_return"].tolist(), rows["_row"].tolist(), strict=True):
            self._codes[sheet][key].append(code)
            self._whole[sheet].add(key)

    def cell(self, sheet: str, key: RowKey, column: str, codes: list[str]) -> None:
        """A cell that could not be read."""
        self._lose(sheet, key, (column,), (column,), codes)

    def _lose(self, sheet: str, key: RowKey, at: tuple[str, ...], touched: Iterable[str], codes: list[str]) -> None:
        self._codes[sheet][key] += codes
        keys = self._keys[sheet]
        if sheet not in self._by_cell or not at or keys & set(at):
            self._whole[sheet].add(key)
        cells = self._cells[sheet].setdefault(key, {})
        spared = keys - set(at) if sheet in self._by_cell else ()
        for column in (*at, *touched):
            if column in self._own[sheet] and column not in spared:
                known = cells.setdefault(column, [])
                known += [code for code in codes if code not in known]

    def refused(self) -> dict[str, dict[RowKey, tuple[str, ...]]]:
        """Sheet → row → all its codes, for rows that are not merged."""
        return {
            sheet: {key: tuple(dict.fromkeys(rows[key])) for key in sorted(rows) if key in self._whole[sheet]}
            for sheet, rows in self._codes.items()
            if self._whole[sheet]
        }

    def lost(self) -> dict[str, dict[RowKey, dict[str, tuple[str, ...]]]]:
        """Sheet → row → column → codes, for rows that are merged without these cells."""
        found = {
            sheet: {
                key: {column: tuple(codes) for column, codes in cells.items()}
                for key, cells in sorted(rows.items())
                if key not in self._whole[sheet] and cells
            }
            for sheet, rows in self._cells.items()
        }
        return {sheet: rows for sheet, rows in found.items() if rows}

    def open_cells(self) -> dict[str, dict[RowKey, frozenset[str]]]:
        """Sheet → refused row → columns of which one is wrong; none when the row as a whole is refused."""
        return {
            sheet: {key: frozenset(self._cells[sheet].get(key, ())) for key in sorted(self._whole[sheet])}
            for sheet in self._codes
            if self._whole[sheet]
        }
