"""The smallest .xls (BIFF8 in OLE2) and .xlsb (BIFF12) that hold texts and numbers; written by hand, byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile

from reading_books import Paper, Wrong

ERRORS = {"#DIV/0!": 7, "#REF!": 23, "#N/A": 42}
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def biff8(paper: Paper) -> bytes:
    """The workbook stream of an .xls."""
    pages = [_page(cells) for cells in paper.cells.values()]
    start = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(0x0042, b"\xb0\x04")
    size = len(start) + sum(4 + 8 + 2 * len(title) for title in paper.cells) + 4
    sheets = b""
    for title, page in zip(paper.cells, pages, strict=True):
        hidden = 2 if title == "_meta" else 1 if title in paper.hidden else 0
        sheets += _record(0x0085, struct.pack("<LBBBB", size, hidden, 0, len(title), 1) + title.encode("utf-16-le"))
        size += len(page)
    return start + sheets + _record(0x000A, b"") + b"".join(pages)


def _page(cells: dict) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0))
    for (row, column), value in sorted(cells.items(), key=lambda item: item[0]):
        if isinstance(value, Wrong):
            result = struct.pack("<HHHBBBBHHHLH", row, column, 0, 2, 0, ERRORS[value], 0, 0, 0xFFFF, 0, 0, 3)
            body += _record(0x0006, result + b"\x1e\x01\x00")
        elif isinstance(value, str) and value:
            text = value.encode("utf-16-le")
            body += _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)
        elif isinstance(value, int | float):
            body += _record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    return body + _record(0x000A, b"")


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file with these streams, each at least 4,096 bytes long (shorter ones are filled up)."""
    chains, data, at = [], b"", 0
    for content in streams.values():
        content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        sectors = len(content) // 512
        chains.append((at, len(content)))
        data, at = data + content, at + sectors
    entries = [_entry("Root Entry", 5, END, 0, child=1 if streams else FREE)]
    for number, (name, (first, size)) in enumerate(zip(streams, chains, strict=True), 1):
        entries.append(_entry(name, 2, first, size, right=number + 1 if number < len(streams) else FREE))
    directory = b"".join(entries).ljust(-(-len(entries) * 128 // 512) * 512, b"\0")
    table = []
    for first, size in [*chains, (at, len(directory))]:
        table += [*range(first + 1, first + size // 512), END]
    fat_sectors = 1
    while fat_sectors * 128 < len(table) + fat_sectors:
        fat_sectors += 1
    first_fat = len(table)
    table += [FAT] * fat_sectors
    table += [FREE] * (fat_sectors * 128 - len(table))
    where = [first_fat + number for number in range(fat_sectors)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, at, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109L", *where, *[FREE] * (109 - len(where)))
    return head + data + directory + struct.pack(f"<{len(table)}L", *table)


def _entry(name: str, kind: int, first: int, size: int, child: int = FREE, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBLLL", kind, 1, FREE, right, child)
    return text.ljust(64, b"\0") + struct.pack("<H", len(text)) + links + bytes(36) + struct.pack("<LQ", first, size)


def xls(paper: Paper) -> bytes:
    """The same cells as an .xls (and a WPS .et) file; texts and numbers only."""
    return ole({"Workbook": biff8(paper)})


def xlsb(paper: Paper) -> bytes:
    """The same cells as an .xlsb file; texts and numbers only."""
    head = b"".join(
        _part(0x9C, struct.pack("<LL", 2 if title == "_meta" else 0, number) + _wide(f"rId{number}") + _wide(title))
        for number, title in enumerate(paper.cells, 1)
    )
    book = _part(0x83, b"") + _part(0x8F, b"") + head + _part(0x90, b"") + _part(0x84, b"")
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'worksheet" Target="worksheets/sheet{number}.bin"/>'
        for number in range(1, len(paper.cells) + 1)
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.bin", book)
        package.writestr("xl/_rels/workbook.bin.rels", f"<Relationships>{relations}</Relationships>")
        for number, cells in enumerate(paper.cells.values(), 1):
            package.writestr(f"xl/worksheets/sheet{number}.bin", _binary_page(cells))
    return stream.getvalue()


def _binary_page(cells: dict) -> bytes:
    last = (max(row for row, _ in cells), max(column for _, column in cells))
    body = _part(0x81, b"") + _part(0x94, struct.pack("<LLLL", 0, last[0], 0, last[1])) + _part(0x91, b"")
    row_at = -1
    for (row, column), value in sorted(cells.items(), key=lambda item: item[0]):
        if row != row_at:
            body += _part(0x00, struct.pack("<LLHBBBL", row, 0, 300, 0, 0, 0, 0))
            row_at = row
        if isinstance(value, Wrong):
            body += _part(0x03, struct.pack("<LLB", column, 0, ERRORS[value]))
        elif isinstance(value, str) and value:
            body += _part(0x06, struct.pack("<LL", column, 0) + _wide(value))
        elif isinstance(value, int | float) and value != "":
            body += _part(0x05, struct.pack("<LLd", column, 0, value))
    return body + _part(0x92, b"") + _part(0x82, b"")


def _part(kind: int, data: bytes) -> bytes:
    """A BIFF12 record: kinds from 0x80 stand for two bytes, lengths go in groups of seven bits."""
    number = bytes([kind]) if kind < 0x80 else bytes([kind, 0x01])
    length, rest = b"", len(data)
    while rest >= 0x80:
        length, rest = length + bytes([rest & 0x7F | 0x80]), rest >> 7
    return number + length + bytes([rest]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")
