"""The merged data as Parquet: the working dataset, exact and typed, one file a sheet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.files import write_whole
from toolkit.model.form import Sheet
from toolkit.summary.rows import python_values

if TYPE_CHECKING:
    from toolkit.model.merged import Merged

TYPES = {"integer": pa.int64(), "date": pa.date32()}
DIGITS = 38


def write_parquet(merged: Merged, folder: Path) -> list[Path]:
    """Writes `<sheet>.parquet` for every form sheet; returns the paths.

    Columns: `_unit`, `_file`, `_sheet`, `_row`, then the form's columns by their names. Decimals are
    decimal128, dates date32; nothing is masked.
    """
    files = {one.index: one.file for one in merged.returns}
    paths = []
    for sheet in merged.form.sheets:
        sink = pa.BufferOutputStream()
        pq.write_table(table(sheet, merged.tables[sheet.name], files), sink, compression="zstd")
        path = folder / f"{sheet.name}.parquet"
        write_whole(path, sink.getvalue().to_pybytes())
        paths.append(path)
    return paths


def table(sheet: Sheet, frame: pd.DataFrame, files: dict[int, str]) -> pa.Table:
    """The rows of one sheet as an Arrow table."""
    columns = {
        "_unit": pa.array(frame["_unit"].tolist(), pa.string()),
        "_file": pa.array([files.get(index) for index in frame["_return"].tolist()], pa.string()),
        "_sheet": pa.array(frame["_sheet"].tolist(), pa.string()),
        "_row": pa.array(frame["_row"].tolist(), pa.int64()),
    }
    for column in sheet.columns:
        values = python_values(frame, column)
        kind = decimal_type(values) if column.type == "decimal" else TYPES.get(column.type, pa.string())
        columns[column.name] = pa.array(values, kind)
    return pa.table(columns)


def decimal_type(values: list[Decimal | None]) -> pa.DataType:
    """decimal128 with as many places as the values need, at least 2."""
    places = [-int(value.as_tuple().exponent) for value in values if value is not None]
    return pa.decimal128(DIGITS, max(2, *places) if places else 2)
