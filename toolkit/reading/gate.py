"""The gate: what must hold before a parser sees the bytes of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from toolkit.model.cell import FAR_IN_XML, IN_XML, LAST_COLUMN, LAST_ROW, column_number
from toolkit.ooxml.addresses import check_addresses
from toolkit.ooxml.archive import Entry, Refused, appended, directory, head
from toolkit.ooxml.handed_in import MAX_FILE
from toolkit.ooxml.usual import STRINGS, WORKBOOK, Parts, relations, relations_part, tabs, usual, workbook_part
from toolkit.reading import sniff
from toolkit.reading.chains import check_chains

MAX_BOX = 2_000_000
MAX_SPREAD = 50

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
    sniff.COMPANY: "F036",
    sniff.PARTIAL: "F038",
    sniff.MAIL: "F040",
    sniff.SYLK: "F041",
    sniff.WEB: "F042",
}
_IN_ARCHIVES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ods", ".zip")
_OLE = {
    sniff.RIGHTS: "F037",
    sniff.MAIL: "F040",
    sniff.ENCRYPTED_OOXML: "F005",
    sniff.WORD: "F022",
    sniff.OTHER_OLE: "F004",
    sniff.CUT_OLE: "F002",
}

_DTD = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")
_HEAD = 4_000
XLSX = "xlsx"
_MANIFEST = "META-INF/manifest.xml"
"""What an OpenDocument package holds, and whether it takes a password to open."""
_ROOT = re.compile(rb"<[A-Za-z_]")
_SHAPE = bytes(65 if 65 <= code <= 90 else 48 if 48 <= code <= 57 else code for code in range(256))
_FAR = (b'"AAA0', b'00000"')
_FAR_REFERENCE = re.compile(rb"\br=[\"']" + FAR_IN_XML)
_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br=["\']' + IN_XML + rb'["\'][^>]*>')
_SHORTEST_STRING = 5
_ROW_RECORD, _CELL_RECORDS, _NUMBER = 0, range(1, 12), 4
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\'](\d{1,19})["\']')
_STRING_COUNT = re.compile(rb'uniqueCount="(\d+)"')

Opens = Callable[[str], bool]
"""Whether a reader is going to open the sheet of some title."""


def everything(title: str) -> bool:
    """A reader that opens every sheet."""
    return True


class Package(Parts):
    """An OOXML or ODS package that passed the gate; parts are inflated when they are asked for.

    Args:
        format: xlsx, xlsb or ods.

    `names` are the names of all parts, lower case; `data` are the bytes that readers open; `appended` says that bytes
    follow the end of the package; `rewritten` that the file was not in the usual style and `data` is a copy that is.
    `shut` are the parts (lower case) of sheets that the reader is not going to open: nobody has looked at them.
    """

    def __init__(
        self, data: bytes, entries: Mapping[str, Entry], format: str, shut: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(data, entries)
        self.shut = shut
        self.format, self.appended, self.rewritten = format, appended(data), False
        self.names = tuple(self.entries)

    def size(self, name: str) -> int:
        """How many bytes a part declares; 0 when there is none."""
        entry = self.entries.get(name.lower())
        return entry.size if entry else 0

    def true_name(self, name: str) -> str:
        """The name of a part as it is written in the package."""
        return self.entries[name].name

    def check(self) -> frozenset[str]:
        """Looks at every XML part but the shut ones before a parser does; the parts that are not in the usual style.

        Raises: Refused: F002, F006, F007 or F014.
        """
        odd = set()
        for name, entry in self.entries.items():
            if name in self.shut:
                continue
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                if not _look(self.part(name)):
                    odd.add(name)
            elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
                _check_records(self.part(name))
            elif name.endswith((".xml", ".rels")):
                start = head(self.data, entry, _HEAD)
                _check_prolog(start if _ROOT.search(start) else self.part(name))
                if name == STRINGS.lower() and _claims_too_much(start, entry.size):
                    odd.add(name)
        return frozenset(odd)

    def open_sheet(self, name: str) -> None:
        """Looks at a sheet after all that was to stay shut.

        Raises: Refused: F002, F006, F007 or F014.
        """
        if name.lower() in self.shut:
            _look(self.part(name))
            self.shut -= {name.lower()}


def check(data: bytes, opens: Opens = everything) -> Package | str:
    """The package of a zip-based workbook, or the format `xls` of an OLE2 one.

    Args:
        opens: sheets that the reader does not open are not looked at.
    Raises: Refused: the file must not be parsed; its code says why.
    """
    kind = sniff.kind_of(data)
    if len(data) > MAX_FILE:
        if kind == sniff.ZIP:
            _format(Parts(data, directory(data)))
        raise Refused("F006")
    if kind == sniff.OLE:
        content = sniff.ole_kind(data)
        if content == sniff.XLS:
            check_chains(data)
            return "xls"
        raise Refused(_OLE[content])
    if kind != sniff.ZIP:
        raise Refused(_NOT_WORKBOOKS[kind])
    return _open(data, opens)


def unchecked(data: bytes) -> Package | None:
    """The package of a zip-based workbook whose parts nobody has looked at yet; None for other files.

    Raises: Refused: the package itself must not be opened.
    """
    if len(data) > MAX_FILE or sniff.kind_of(data) != sniff.ZIP:
        return None
    entries = directory(data)
    return Package(data, entries, _format(Parts(data, entries))[0])


def _open(data: bytes, opens: Opens) -> Package:
    entries = directory(data)
    parts = Parts(data, entries)
    format, workbook = _format(parts)
    package = Package(data, entries, format, _shut(parts, workbook, opens))
    odd = package.check()
    if format != XLSX:
        return package
    made = usual(package, workbook, odd, package.shut)
    if made is None:
        return package
    entries = directory(made)
    twin = Package(made, entries, XLSX, _shut(Parts(made, entries), WORKBOOK, opens))
    twin.check()
    twin.appended, twin.rewritten = package.appended, True
    return twin


def _format(parts: Parts) -> tuple[str, str]:
    """The format of a package, and the name of its workbook part (xlsx)."""
    low = parts.entries.keys()
    if "word/document.xml" in low:
        raise Refused("F022")
    if workbook := workbook_part(parts):
        return XLSX, workbook
    if "xl/workbook.bin" in low:
        return "xlsb", ""
    if b"encryption-data" in parts.part(_MANIFEST):
        raise Refused("F005")
    if "content.xml" in low and "mimetype" in low:
        return "ods", ""
    if any(name.endswith(_IN_ARCHIVES) for name in low):
        raise Refused("B007")
    raise Refused("F004")


def _shut(parts: Parts, workbook: str, opens: Opens) -> frozenset[str]:
    """The parts of worksheets that the reader does not open under any title."""
    if not workbook or opens is everything:
        return frozenset()
    listed = tabs(parts.part(workbook), relations(parts.part(relations_part(workbook)), workbook))
    sheets = [tab for tab in listed if tab.kind == "worksheet"]
    named = {tab.part.lower() for tab in sheets} - {tab.part.lower() for tab in listed if tab not in sheets}
    return frozenset(named - {tab.part.lower() for tab in sheets if opens(tab.title)} - {""})


def _look(part: bytes) -> bool:
    """What must hold of a sheet; whether it is in the usual style."""
    _check_prolog(part)
    _check_extent(part)
    return check_addresses(part)


def _check_prolog(part: bytes) -> None:
    """Refuses a document type definition, which can only stand before the first element."""
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        part = part.decode("utf-16", "replace").encode()
    root = _ROOT.search(part)
    prolog = part[: root.start()] if root else part
    unusual = prolog.count(b"<?") > 1 or b"<!" in prolog
    if unusual and any(mark in part for mark in _DTD):
        raise Refused("F007")


def _claims_too_much(start: bytes, size: int) -> bool:
    """Whether a table of texts claims more texts than its bytes can hold (readers reserve memory for them)."""
    count = _STRING_COUNT.search(start)
    return count is not None and int(count[1]) * _SHORTEST_STRING > size + 10_000


def _check_extent(part: bytes) -> None:
    """Refuses cells so far apart that a reader would ask for gigabytes; most sheets pass on the first test.

    The first test: no reference with three letters (from column AAA) and no row number of five digits.
    """
    start, end = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
    shape = part[max(start, 0) : end if end > 0 else len(part)].translate(_SHAPE)
    if not any(mark in shape for mark in _FAR) or not _FAR_REFERENCE.search(part):
        return
    top, bottom, left, right, filled = LAST_ROW, 0, LAST_COLUMN, 0, 0
    for found in _REFERENCE.finditer(part):
        if found[0].endswith(b"/>"):
            continue
        column, row = column_number(found[1].decode()), int(found[2])
        if not 1 <= row <= LAST_ROW or column > LAST_COLUMN:
            raise Refused("F002")
        top, bottom = min(top, row), max(bottom, row)
        left, right = min(left, column), max(right, column)
        filled += 1
    if any(not 1 <= int(row) <= LAST_ROW for row in _ROW.findall(part)):
        raise Refused("F002")
    _check_box(top, bottom, left, right, filled)


def _check_box(top: int, bottom: int, left: int, right: int, filled: int) -> None:
    """Refuses a box around so few cells that a reader would fill it with nothing."""
    box = (bottom - top + 1) * (right - left + 1) if filled else 0
    if box > MAX_BOX and box > MAX_SPREAD * filled:
        raise Refused("F014")


def _check_records(part: bytes) -> None:
    """The same for a sheet of an .xlsb, whose cells carry their column, and whose rows their number (from 0)."""
    row, rows, columns, filled = 0, set(), set(), 0
    for kind, start, length in _records(part):
        if kind == _ROW_RECORD and length >= _NUMBER:
            row = int.from_bytes(part[start : start + _NUMBER], "little")
        elif kind in _CELL_RECORDS and length >= _NUMBER:
            column = int.from_bytes(part[start : start + _NUMBER], "little")
            if row >= LAST_ROW or column >= LAST_COLUMN:
                raise Refused("F002")
            rows.add(row)
            columns.add(column)
            filled += 1
    if filled:
        _check_box(min(rows), max(rows), min(columns), max(columns), filled)


def _records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of every record; both numbers are written in groups of seven bits."""
    place = 0
    while place < len(part):
        kind, place = part[place], place + 1
        if kind & 0x80 and place < len(part):
            kind, place = kind | part[place] << 8, place + 1
        length, shift = 0, 0
        while place < len(part) and shift < 28:
            byte, place = part[place], place + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, place, length
        place += length
