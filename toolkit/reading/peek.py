"""The stamp of a workbook from its package alone; no sheet parser is started."""

from __future__ import annotations

import html
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from toolkit.model.cell import IN_XML
from toolkit.model.stamp import META_SHEET, Stamp, from_pairs
from toolkit.ooxml.archive import Refused
from toolkit.reading import census, gate

_STRING = re.compile(rb"<si>(.*?)</si>", re.S)
_TEXT = re.compile(rb"<t[^>]*>([^<]*)</t>")
_CELL = re.compile(rb'<c r="' + IN_XML + rb'"([^>]*)>(.*?)</c>', re.S)
_VALUE = re.compile(rb"<v>([^<]*)</v>")


_ASKED = ("docProps/custom.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml")
_MOST = 20_000_000
"""Parts bigger than this are not inflated in the main process."""


def stamp_of(path: Path) -> Stamp | None:
    """The stamp in the document properties, else on the hidden sheet; None when there is none."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > gate.MAX_FILE:
            return None
        package = gate.unchecked(path.read_bytes())
        if package is None or any(package.size(name) > _MOST for name in _ASKED):
            return None
        return from_pairs(census.custom_properties(package)) or from_pairs(_meta_pairs(package))
    except (OSError, Refused):
        return None


def _meta_pairs(package: gate.Package) -> Mapping[str, str]:
    part = census.sheet_parts(package).get(META_SHEET, "")
    xml = census.sheet_xml(package, META_SHEET) if package.size(part) <= _MOST else b""
    if not xml:
        return {}
    shared = [_joined(item) for item in _STRING.findall(package.part("xl/sharedStrings.xml"))]
    cells: dict[tuple[str, str], str] = {}
    for column, row, attributes, body in _CELL.findall(xml):
        cells[column.decode(), row.decode()] = _cell(attributes, body, shared)
    return {text: cells.get(("B", row), "") for (column, row), text in cells.items() if column == "A"}


def _cell(attributes: bytes, body: bytes, shared: list[str]) -> str:
    if b't="inlineStr"' in attributes:
        return _joined(body)
    value = _VALUE.search(body)
    text = html.unescape(value[1].decode("utf-8", "replace")) if value else ""
    if b't="s"' in attributes:
        return shared[int(text)] if text.isdecimal() and int(text) < len(shared) else ""
    return text


def _joined(xml: bytes) -> str:
    return html.unescape("".join(part.decode("utf-8", "replace") for part in _TEXT.findall(xml)))
