"""The gate: what must hold before a parser sees the bytes of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from toolkit.reading import sniff
from toolkit.reading.normal import column_index
from toolkit.reading.package import Refused, directory, inflate

MAX_FILE = 25_000_000
MAX_BOX = 2_000_000
MAX_SPREAD = 50
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_DEPTH_BYTES = 50_000_000

_NOT_WORKBOOKS = {
    sniff.EMPTY: "F001",
    sniff.PDF: "F020",
    sniff.IMAGE: "F021",
    sniff.HTML: "F018",
    sniff.XML: "F023",
    sniff.TEXT: "F019",
    sniff.RTF: "F022",
    sniff.ARCHIVE: "B007",
    sniff.UNKNOWN: "F002",
}
_OLE = {sniff.ENCRYPTED_OOXML: "F005", sniff.WORD: "F022", sniff.OTHER_OLE: "F004"}

_DTD = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")
_HEAD = 2_000
_FAR = re.compile(rb'r="(?:[A-Z]{3}|[A-Z]{0,2}\d{5})')
_REFERENCE = re.compile(rb'<c r="([A-Z]{1,9})(\d{1,19})"[^>]*>')
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,19})"')
_STRING_COUNT = re.compile(rb'uniqueCount="(\d+)"')


class Package:
    """An OOXML or ODS package that passed the gate.

    Args:
        format: xlsx, xlsb or ods.
        parts: the inflated XML parts by name.
        names: the names of all parts.
    """

    __slots__ = ("format", "names", "parts")

    def __init__(self, format: str, parts: Mapping[str, bytes], names: tuple[str, ...]) -> None:
        self.format, self.parts, self.names = format, parts, names


def check(data: bytes) -> Package | str:
    """The package of a zip-based workbook, or the format `xls` of an OLE2 one.

    Raises: Refused: the file must not be parsed; its code says why.
    """
    if len(data) > MAX_FILE:
        raise Refused("F006")
    kind = sniff.kind_of(data)
    if kind == sniff.OLE:
        content = sniff.ole_kind(data)
        if content == sniff.XLS:
            return "xls"
        raise Refused(_OLE[content])
    if kind != sniff.ZIP:
        raise Refused(_NOT_WORKBOOKS[kind])
    return _open(data)


def _open(data: bytes) -> Package:
    entries = directory(data)
    names = tuple(entries)
    format = _format(names)
    parts: dict[str, bytes] = {}
    for name, entry in entries.items():
        if name.endswith((".xml", ".rels")) or entry.size > MAX_DEPTH_BYTES:
            part = inflate(data, entry)
            _check_part(name, part)
            parts[name] = part
    return Package(format, parts, names)


def _format(names: tuple[str, ...]) -> str:
    low = {name.lower() for name in names}
    if "xl/workbook.xml" in low:
        return "xlsx"
    if "xl/workbook.bin" in low:
        return "xlsb"
    if "content.xml" in low and "mimetype" in low:
        return "ods"
    if "word/document.xml" in low:
        raise Refused("F022")
    if any(name.endswith((".xlsx", ".xls", ".xlsm", ".et")) for name in low):
        raise Refused("B007")
    raise Refused("F004")


def _check_part(name: str, part: bytes) -> None:
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        part = part.decode("utf-16", "replace").encode()
    head = part[:_HEAD]
    if b"<!" in part and any(mark in part for mark in _DTD):
        raise Refused("F007")
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        _check_extent(part)
    elif name == "xl/sharedStrings.xml":
        count = _STRING_COUNT.search(head)
        if count and int(count[1]) > 8 * part.count(b"<si") + 1000:
            raise Refused("F006")


def _check_extent(part: bytes) -> None:
    """Refuses cells so far apart that a reader would ask for gigabytes; most sheets pass on the first test."""
    if not _FAR.search(part):
        return
    top, bottom, left, right, filled = MAX_ROW, 0, MAX_COLUMN, 0, 0
    for found in _REFERENCE.finditer(part):
        if found[0].endswith(b"/>"):
            continue
        column, row = column_index(found[1].decode()), int(found[2])
        if not 1 <= row <= MAX_ROW or column >= MAX_COLUMN:
            raise Refused("F002")
        top, bottom = min(top, row), max(bottom, row)
        left, right = min(left, column), max(right, column)
        filled += 1
    if any(not 1 <= int(row) <= MAX_ROW for row in _ROW.findall(part)):
        raise Refused("F002")
    box = (bottom - top + 1) * (right - left + 1) if filled else 0
    if box > MAX_BOX and box > MAX_SPREAD * filled:
        raise Refused("F014")
