"""The merged data as Parquet: the working dataset, exact and typed, one file a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.files import write_whole
from toolkit.model.form import Sheet
from toolkit.model.merged import OPEN, REFUSED
from toolkit.model.privacy import mask_label
from toolkit.summary.rows import python_values

if TYPE_CHECKING:
    from toolkit.model.merged import Merged

TYPES = {"integer": pa.int64(), "date": pa.date32()}
DIGITS = 38


def write_parquet(merged: Merged, folder: Path) -> list[Path]:
    """Writes `<sheet>.parquet` and `_refused_<sheet>.parquet` for every form sheet; returns the paths.

    Columns: `_unit`, `_file`, `_sheet`, `_row`, then the form's columns by their names, then `_open`: the names of
    the cells whose content nobody knows, comma separated (lost ones, which are empty, and in refused rows those of
    which one is wrong), and of refused rows `_codes`. Decimals are decimal128, dates date32. ID numbers are whole where
    a round collects them; nothing else personal is in the tables.
    """
    files = {one.index: one.file for one in merged.returns}
    open_cells = merged.open_cells()
    paths = []
    for sheet in merged.form.sheets:
        for begin, frames in (("", merged.tables), (REFUSED, merged.rejected)):
            sink = pa.BufferOutputStream()
            rows = table(sheet, frames[sheet.name], files, open_cells.get(sheet.name, {}))
            pq.write_table(rows, sink, compression="zstd")
            path = folder / f"{begin}{sheet.name}.parquet"
            write_whole(path, sink.getvalue().to_pybytes())
            paths.append(path)
    return paths


def table(
    sheet: Sheet, frame: pd.DataFrame, files: Mapping[int, str], open_cells: Mapping[tuple[int, int], frozenset[str]]
) -> pa.Table:
    """The rows of one sheet as an Arrow table."""
    columns = {
        "_unit": pa.array(frame["_unit"].tolist(), pa.string()),
        "_file": pa.array([files.get(index) for index in frame["_return"].tolist()], pa.string()),
        "_sheet": pa.array(map(mask_label, frame["_sheet"]), pa.string()),
        "_row": pa.array(frame["_row"].tolist(), pa.int64()),
    }
    for column in sheet.columns:
        values = python_values(frame, column)
        kind = decimal_type(values) if column.type == "decimal" else TYPES.get(column.type, pa.string())
        columns[column.name] = pa.array(values, kind)
    named = [
        ",".join(name for name in sheet.names if name in open_cells.get(key, ()))
        for key in zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)
    ]
    columns[OPEN] = pa.array(named, pa.string())
    if "_codes" in frame.columns:
        columns["_codes"] = pa.array(frame["_codes"].tolist(), pa.string())
    return pa.table(columns)


def decimal_type(values: list[Decimal | None]) -> pa.DataType:
    """decimal128 with as many places as the values need, at least 2."""
    places = [-int(value.as_tuple().exponent) for value in values if value is not None]
    return pa.decimal128(DIGITS, max(2, *places) if places else 2)
