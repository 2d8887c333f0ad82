"""The one way to the rows that a figure rests on: merged rows, refused rows, lost cells, missing sheets.

A figure asks here and nowhere else, so that what was refused is never mistaken for what is not there:

    rows            what was merged; a lost cell is empty there
    refused         what was refused because of 错误; a cell in error is empty there: it could be anything
    open            the columns of a row whose content nobody knows
    lookup          one record by its key: found, perhaps among the refused ones, or not there
    doubt           what of a unit's sheet could change a figure that rests on some columns of it
    missing         a sheet that a unit's workbook lacks
    typed           the cells of one row as the unit typed them, to be shown

A figure that meets one of the last three where it could matter is 无法判定, with the words of the `Doubt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from toolkit.model.catalogue import entry
from toolkit.model.rows import Evidence, Origin, Row, Table

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.model.form import Column, Form

ROWS_REFUSED, CELLS_LOST = "ROWS-REFUSED", "CELLS-LOST"
NAMED = 3
"""How many lost cells a sentence names."""

OpenCells = Mapping[str, Mapping[tuple[int, int], frozenset[str]]]
"""sheet → (return index, Excel row) → columns whose content nobody knows; the vertical sheet has row 0."""
NOTHING_OPEN: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a figure cannot be said for certain.

    Args:
        code: ROWS_REFUSED or CELLS_LOST, the code of the reason in the catalogue.
        sheet: name of the sheet.
        rows: the refused rows, or the merged rows with lost cells.
        columns: of lost cells, in the order of the form.
    """

    code: str
    sheet: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()

    def words(self, form: Form) -> dict[str, str]:
        """The placeholders of the sentence: `sheets` and `refused`, or `cells`."""
        label = form.by_name[self.sheet].label
        if self.code == ROWS_REFUSED:
            return {"sheets": label, "refused": str(len(self.rows))}
        return {"cells": cells_in_words(form, self.sheet, self.rows, self.columns)}

    def sentence(self, form: Form) -> str:
        """The reason, without a full stop."""
        return entry(self.code).message.format(**self.words(form))


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up by key found.

    Args:
        row: the merged row, None when there is none.
        refused: where there is none, refused rows that could be it once put right.
    """

    row: Row | None
    refused: tuple[Row, ...] = ()


class Holdings(Protocol):
    """What records are kept of: merged and refused rows, what is open in them, the units that returned.

    Its fields are those of `toolkit.model.batch.Dataset`.
    """

    form: Form
    tables: dict[str, pd.DataFrame]
    rejected: dict[str, pd.DataFrame]
    returned: frozenset[str]
    files: Mapping[int, str]
    missing: Mapping[str, frozenset[str]]
    open_cells: OpenCells


class Records:
    """All records of one dataset."""

    def __init__(self, dataset: Holdings, merged: Mapping[str, Table] = MappingProxyType({})) -> None:
        """
        Args:
            merged: merged rows at hand, by sheet, instead of the frames of the dataset.
        """
        self._dataset, self._merged = dataset, merged
        self._tables: dict[tuple[str, bool], Table] = {}
        self._open: dict[tuple[str, bool], dict[Origin, frozenset[str]]] = {}
        self._typed: dict[str, dict[Origin, Row]] = {}
        self._keys: dict[tuple[str, str], tuple[dict, dict]] = {}

    def rows(self, sheet: str) -> Table:
        """The merged rows of a sheet; empty when the form has no such sheet."""
        return self._table(sheet, False)

    def refused(self, sheet: str) -> Table:
        """The refused rows of a sheet, cells in error empty."""
        return self._table(sheet, True)

    def as_typed(self, sheet: str) -> Mapping[Origin, Row]:
        """The refused rows as their units typed them, to be shown; by origin."""
        if sheet not in self._typed:
            columns = tuple(column.name for column in self._form_columns(sheet))
            table = Table(sheet, columns, self._dataset.rejected.get(sheet))
            self._typed[sheet] = {row.origin: row for row in table.rows}
        return self._typed[sheet]

    def typed(self, sheet: str, file: str, number: int) -> Mapping[str, object] | None:
        """The cells of a row, merged or refused, as its unit typed them; None when there is no such row."""
        for frame in (self._dataset.tables.get(sheet), self._dataset.rejected.get(sheet)):
            if frame is None or not len(frame):
                continue
            rows = frame[frame["_row"] == number]
            found = rows[[self._dataset.files[index] == file for index in rows["_return"]]]
            if len(found):
                return found.iloc[0].to_dict()
        return None

    def open(self, sheet: str, row: Row) -> frozenset[str]:
        """The columns of a row whose content nobody knows: lost, or in error where the row is refused."""
        for refused in (False, True):
            self._table(sheet, refused)
            if found := self._open[sheet, refused].get(row.origin):
                return found
        return NOTHING_OPEN

    def lost(self, sheet: str) -> Mapping[Origin, frozenset[str]]:
        """The lost cells of merged rows: origin of the row → columns."""
        self._table(sheet, False)
        return self._open[sheet, False]

    def could(self, sheet: str, row: Row, column: str, values: Iterable[object]) -> bool:
        """Whether a cell holds one of the values, or nobody knows what it holds."""
        return getattr(row, column) in values or column in self.open(sheet, row)

    def lookup(self, sheet: str, column: str, value: object, unit: str) -> Found:
        """The record of a unit whose key column holds a value."""
        merged, refused = self._by_key(sheet, column)
        row = merged.get((unit, value))
        if row is not None:
            return Found(row)
        return Found(None, (*refused.get((unit, value), ()), *refused.get((unit, None), ())))

    def doubt(
        self, unit: str, sheet: str, columns: Iterable[str], matters: Callable[[Row], bool] = lambda row: True
    ) -> Doubt | None:
        """Why a figure that rests on some columns of a unit's sheet is uncertain; None when it is not.

        Args:
            matters: whether a row, with what is known of it, could be one that the figure rests on.
        """
        refused = tuple(row for row in self.refused(sheet).by_unit.get(unit, ()) if matters(row))
        if refused:
            return Doubt(ROWS_REFUSED, sheet, refused)
        return self.lost_cells(sheet, (row for row in self.rows(sheet).by_unit.get(unit, ()) if matters(row)), columns)

    def lost_cells(self, sheet: str, rows: Iterable[Row], columns: Iterable[str]) -> Doubt | None:
        """The lost cells of some rows in some columns; None when there are none."""
        lost, wanted = self.lost(sheet), set(columns)
        if not lost:
            return None
        touched = {row: cells for row in rows if (cells := lost.get(row.origin, NOTHING_OPEN) & wanted)}
        if not touched:
            return None
        named = set().union(*touched.values())
        order = self._dataset.form.by_name[sheet].names
        return Doubt(CELLS_LOST, sheet, tuple(touched), tuple(name for name in order if name in named))

    def returned(self, unit: str) -> bool:
        """Whether the unit's return counts."""
        return unit in self._dataset.returned

    def missing(self, unit: str, sheets: Iterable[str]) -> str:
        """The label of a sheet that the unit's workbook lacks; "" when all are there."""
        for sheet in sheets:
            if unit in self._dataset.missing.get(sheet, ()):
                return self._dataset.form.by_name[sheet].label
        return ""

    def evidence(self, sheet: str, rows: Iterable[Row]) -> tuple[Evidence, ...]:
        """Rows as evidence, in their order."""
        from toolkit.model.rows import Evidence

        files, title = self._dataset.files, self._dataset.form.by_name[sheet].label
        return tuple(Evidence(files[row.origin.source], title, row.origin.row) for row in rows)

    def _table(self, sheet: str, refused: bool) -> Table:
        at = sheet, refused
        if at not in self._tables:
            columns = tuple(column.name for column in self._form_columns(sheet))
            frame = (self._dataset.rejected if refused else self._dataset.tables).get(sheet)
            known = None if refused else self._merged.get(sheet)
            table = Table(sheet, columns, frame) if known is None else known
            self._open[at] = self._open_cells(sheet, table, refused)
            self._tables[at] = _blanked(sheet, columns, table, self._open[at]) if refused else table
        return self._tables[at]

    def _form_columns(self, sheet: str) -> tuple[Column, ...]:
        form = self._dataset.form
        return form.by_name[sheet].columns if sheet in form.by_name else ()

    def _open_cells(self, sheet: str, table: Table, refused: bool) -> dict[Origin, frozenset[str]]:
        """By row. Where nobody said what is wrong in a refused row, what is asked for and empty could be anything."""
        known = self._dataset.open_cells.get(sheet, {})
        asked = [column.name for column in self._form_columns(sheet) if column.need != "optional"]
        found = {}
        for row in table.rows:
            cells = known.get((row.origin.source, row.origin.row))
            if cells is None and refused:
                cells = frozenset(name for name in asked if getattr(row, name) is None)
            if cells:
                found[row.origin] = cells
        return found

    def _by_key(self, sheet: str, column: str) -> tuple[dict, dict]:
        if (sheet, column) not in self._keys:
            merged = {(row.origin.unit, getattr(row, column)): row for row in self.rows(sheet).rows}
            refused: dict[tuple[str, object], list[Row]] = {}
            for row in self.refused(sheet).rows:
                refused.setdefault((row.origin.unit, getattr(row, column)), []).append(row)
            self._keys[sheet, column] = merged, refused
        return self._keys[sheet, column]


def _blanked(sheet: str, columns: tuple[str, ...], table: Table, cells: Mapping[Origin, frozenset[str]]) -> Table:
    """The same rows with their open cells empty."""
    blank = Table(sheet, columns, None)
    for row in table.rows:
        open_here = cells.get(row.origin, NOTHING_OPEN)
        known = row._replace(**dict.fromkeys(open_here)) if open_here else row
        blank.rows.append(known)
        blank.by_unit[row.origin.unit].append(known)
    return blank


def cells_in_words(form: Form, sheet: str, rows: Iterable[Row], columns: Iterable[str]) -> str:
    """Lost cells as a reason names them: “党组织情况”第7行“撤销日期”; of many the first ones."""
    known = form.by_name[sheet]
    labels = "、".join(f"“{known.by_name[name].label}”" for name in columns)
    rows = tuple(rows)
    if known.layout == "vertical":
        return entry("LOST-CELLS-VERTICAL").message.format(sheet=known.label, labels=labels)
    numbers = "、".join(str(row.origin.row) for row in rows[:NAMED]) + ("…" if len(rows) > NAMED else "")
    return entry("LOST-CELLS").message.format(sheet=known.label, rows=numbers, labels=labels)
