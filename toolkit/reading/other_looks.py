"""How the sheets of .ods and .xls files look: struck out, raised and white text, what is hidden, what is merged."""

from __future__ import annotations

import struct
from xml.parsers import expat

from toolkit.reading.appearance import Appearance
from toolkit.reading.gate import Package
from toolkit.reading.ods_looks import of_ods
from toolkit.reading.xls_looks import of_xls


def appearances(package: Package | str, data: bytes) -> dict[str, Appearance] | None:
    """By title of the sheet; None when the file cannot be followed to its end. That of an .xlsb its format says.

    Args:
        package: as from the gate; `xls` for OLE2 files.
    """
    try:
        if isinstance(package, str):
            return of_xls(data)
        return of_ods(package) if package.format == "ods" else {}
    except (struct.error, IndexError, OSError, ValueError, expat.ExpatError):
        return None
