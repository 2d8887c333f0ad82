"""Returned rows → merged and refused rows, with an account that must balance."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from toolkit.model.batch import CONFLICT, Batch
from toolkit.model.catalogue import entries
from toolkit.model.cell import row_of
from toolkit.model.errors import XltoolError
from toolkit.model.finding import ERROR, Finding
from toolkit.model.form import Form, Sheet
from toolkit.model.merged import LostCell, Merged, SheetCount
from toolkit.model.privacy import mask_frame
from toolkit.model.records import OpenCells
from toolkit.model.unit import UnitList

RowKey = tuple[int, int]
Refused = Mapping[str, Mapping[RowKey, tuple[str, ...]]]
Lost = Mapping[str, Mapping[RowKey, Mapping[str, tuple[str, ...]]]]
_CONFLICT, _UNDATED = "B002", "B009"


NOTHING: Mapping = {}


def merge(
    batch: Batch,
    refused: Refused,
    findings: list[Finding],
    year: int,
    *,
    lost: Lost = NOTHING,
    open_cells: OpenCells = NOTHING,
) -> Merged:
    """The merged and the refused rows of a checked batch; rows of older files and copies are neither, only counted.

    Nothing personal stands in a cell that is not meant for it.

    Args:
        refused: sheet → (return index, row) → codes of the 错误 that refuse the row.
        findings: all findings; give the reasons in words.
        lost: sheet → row → column → codes of the 错误 that cost this cell only.
        open_cells: sheet → refused row → columns of which one is wrong.
    Raises: XltoolError: B008 the account does not balance (nothing may be written then).
    """
    whole = _whole_files(batch, findings)
    words = _words(findings, batch.form)
    tables, rejected, accounting, cells = {}, {}, [], []
    for sheet in batch.form.sheets:
        good, bad, codes = _part(batch, sheet.name, refused.get(sheet.name, {}), whole)
        own = _lost_cells(batch, sheet, good, lost.get(sheet.name, {}), findings)
        good, bad = (mask_frame(frame, sheet, batch.units.by_code) for frame in (_without(good, own), bad))
        tables[sheet.name], rejected[sheet.name] = good, _explained(batch, bad, codes, words)
        lossy = len({(cell.source, cell.row) for cell in own})
        accounting.append(SheetCount(sheet.name, sheet.label, len(good), len(bad), lossy))
        cells += own
    merged = Merged(
        form=batch.form,
        units=batch.units,
        year=year,
        returns=batch.returns,
        tables=tables,
        rejected=rejected,
        findings=findings,
        accounting=tuple(accounting),
        not_data=sum(item.not_data for item in batch.returns if not item.aside),
        aside=sum(map(len, batch.set_aside.values())) + sum(item.not_data for item in batch.returns if item.aside),
        lost=tuple(cells),
        refused_cells=open_cells,
    )
    _balance(batch, merged)
    return merged


def _part(batch: Batch, sheet: str, refused: Mapping, whole: dict[int, str]) -> tuple[pd.DataFrame, pd.DataFrame, list]:
    """The accepted rows, the refused rows, and the codes of each refused row; units in official order."""
    frame = _in_order(batch.tables[sheet], batch.units)
    codes = _codes(frame, refused, whole)
    bad = codes.notna().to_numpy()
    return frame.loc[~bad].reset_index(drop=True), frame.loc[bad].reset_index(drop=True), codes[bad].to_list()


def _in_order(frame: pd.DataFrame, units: UnitList) -> pd.DataFrame:
    """The rows with the units in official order; those of one unit as they stand, whatever its file is called."""
    ranked = sorted(set(frame["_unit"]), key=units.place)
    rank = {code: place for place, code in enumerate(ranked)}
    return frame.iloc[frame["_unit"].map(rank).argsort(kind="stable")] if len(frame) else frame


def _explained(batch: Batch, frame: pd.DataFrame, codes: list[str], words: Mapping) -> pd.DataFrame:
    """Refused rows with `_codes` and `_reason`."""
    files = [batch.returns[index].file for index in frame["_return"]]
    places = zip(codes, files, frame["_sheet"], frame["_row"].tolist(), strict=True)
    reasons = [_reason(*place, words) for place in places]
    return frame.assign(
        _codes=pd.Series(codes, index=frame.index, dtype=object),
        _reason=pd.Series(reasons, index=frame.index, dtype=object),
    )


def _lost_cells(
    batch: Batch, sheet: Sheet, good: pd.DataFrame, lost: Mapping[RowKey, Mapping], findings: list[Finding]
) -> list[LostCell]:
    """The cells that merged rows lost, in the order of the rows and of the form."""
    if not lost:
        return []
    said = _said(findings)
    found = []
    for index, unit, title, row in zip(
        good["_return"].tolist(), good["_unit"].tolist(), good["_sheet"].tolist(), good["_row"].tolist(), strict=True
    ):
        columns = lost.get((index, row), {})
        for name in (name for name in sheet.names if name in columns):
            address = next(iter(batch.cells(index, sheet.name, (name,), row)), "")
            codes = columns[name]
            own = [text for code in codes for text in said.get((batch.returns[index].file, title, address, code), ())]
            reason = "；".join(dict.fromkeys(own or [_catalogued(code) for code in codes]))
            found.append(LostCell(index, unit, sheet.name, row, name, address, codes, reason))
    return found


def _said(findings: list[Finding]) -> dict[tuple[str, str, str, str], list[str]]:
    """(file, sheet title, cell, code) → the 错误 of that cell in words."""
    said: dict[tuple[str, str, str, str], list[str]] = {}
    for finding in findings:
        for cell in finding.cells if finding.severity == ERROR else ():
            text = f"“{finding.label}”{finding.message}" if finding.label else finding.message
            said.setdefault((finding.file, finding.sheet, cell, finding.code), []).append(text)
    return said


def _without(frame: pd.DataFrame, cells: list[LostCell]) -> pd.DataFrame:
    """The rows with their lost cells empty."""
    if not cells:
        return frame
    frame = frame.copy()
    places = {key: at for at, key in enumerate(zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True))}
    by_column: dict[str, list[int]] = {}
    for cell in cells:
        if cell.column in frame.columns:
            by_column.setdefault(cell.column, []).append(places[cell.source, cell.row])
    for column, rows in by_column.items():
        values = frame[column].tolist()
        for row in rows:
            values[row] = None
        frame[column] = pd.Series(values, index=frame.index, dtype=frame[column].dtype)
    return frame


def _balance(batch: Batch, merged: Merged) -> None:
    """The rows the readers counted in the files must all be accounted for."""
    read = sum(item.rows_read for item in batch.returns)
    if read != merged.rows["read"]:
        raise XltoolError("B008", **{**merged.rows, "read": read})


def _whole_files(batch: Batch, findings: list[Finding]) -> dict[int, str]:
    """Return index → code, for returns of which no row may be merged."""
    blocking = {
        finding.file: finding.code for finding in reversed(findings) if finding.severity == ERROR and not finding.sheet
    }
    whole = {}
    for item in batch.returns:
        if item.state == CONFLICT:
            undated = any(finding.file == item.file and finding.code == _UNDATED for finding in findings)
            whole[item.index] = _UNDATED if undated else _CONFLICT
        elif item.blocked:
            whole[item.index] = blocking.get(item.file, "S003")
    return whole


def _codes(frame: pd.DataFrame, refused: Mapping[tuple[int, int], tuple[str, ...]], whole: dict[int, str]) -> pd.Series:
    """Codes that refuse each row, comma separated; None for a row that is merged."""
    result = [
        whole.get(index) or (",".join(refused[index, row]) if (index, row) in refused else None)
        for index, row in zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)
    ]
    return pd.Series(result, index=frame.index, dtype=object)


def _words(findings: list[Finding], form: Form) -> dict[tuple[str, str, int], list[str]]:
    """(file, sheet title, Excel row) → the 错误 of that row in words; row 0 on a vertical sheet."""
    vertical = {sheet.label for sheet in form.sheets if sheet.layout == "vertical"}
    words: dict[tuple[str, str, int], list[str]] = {}
    for finding in findings:
        if finding.severity != ERROR:
            continue
        text = f"“{finding.label}”{finding.message}" if finding.label else finding.message
        rows = {0 if finding.sheet in vertical else row_of(cell) for cell in finding.cells}
        for row in rows or {-1}:
            words.setdefault((finding.file, finding.sheet, row), []).append(text)
    return words


def _reason(codes: str, file: str, sheet: str, row: int, words: dict[tuple[str, str, int], list[str]]) -> str:
    """The row's own 错误 in words; for a file that counts not at all the reason of the file."""
    own = words.get((file, sheet, row)) or words.get((file, "", -1))
    if own:
        return "；".join(dict.fromkeys(own))
    return "；".join(map(_catalogued, codes.split(",")))


def _catalogued(code: str) -> str:
    return entries()[code].message if code in entries() else code
