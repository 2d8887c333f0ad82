"""Raw patching of .xlsx files: what is not touched stays byte for byte.

set_cells(data, {"单位情况": {"C5": "YZ-001"}})          one workbook, patched once
Template(data).fill({"单位情况": {"C5": "YZ-001"}})      one template, patched many times
Package(data)                                           parts of the container, for finer work
"""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.package.container import Package
from toolkit.package.filling import Cells, Template
from toolkit.package.sheet import CellError, Formula, SheetXml

__all__ = ["CellError", "Cells", "Formula", "Package", "SheetXml", "Template", "set_cells"]


def set_cells(data: bytes, cells: Cells, *, properties: Mapping[str, str] | None = None) -> bytes:
    """The workbook with the given cells (and custom document properties) set.

    Only the sheets named and docProps/custom.xml are written anew; every other part keeps its
    compressed bytes. Same input, same output, on every day and machine.

    Args:
        cells: sheet title → address (`C7`) → str (always text, never a formula), int, float, Decimal,
            date, datetime, bool, Formula, CellError, or None to clear. The cell keeps its style; its formula goes.
        properties: custom text properties by name.
    Raises: XltoolError: PKG-001 not a workbook, PKG-002 a sheet of that title is missing, PKG-003, PKG-004.
    """
    return Template(data).fill(cells, properties=properties)
