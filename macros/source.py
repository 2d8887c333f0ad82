"""The VBA of the control workbook: text files in `macros/vba`, one module each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from macros.vba_pack import DOCUMENT, SHEET_BASE, STANDARD, WORKBOOK_BASE, Module, pack

FOLDER = Path(__file__).with_name("vba")
PROJECT, BOOK = "XlTool", "ThisWorkbook"


def modules(sheets: Sequence[str], folder: Path = FOLDER) -> list[Module]:
    """The workbook's module, an empty one a sheet, and every `.bas` file by name.

    Args:
        sheets: code names of the sheets, in order.
    """
    book = Module(BOOK, DOCUMENT, (folder / f"{BOOK}.cls").read_text(encoding="ascii"), WORKBOOK_BASE)
    documents = [Module(name, DOCUMENT, "", SHEET_BASE) for name in sheets]
    standard = [Module(path.stem, STANDARD, path.read_text(encoding="ascii")) for path in sorted(folder.glob("*.bas"))]
    return [book, *documents, *standard]


def project(sheets: Sequence[str], folder: Path = FOLDER) -> bytes:
    """The vbaProject.bin for a workbook with these sheets."""
    return pack(modules(sheets, folder), PROJECT)
