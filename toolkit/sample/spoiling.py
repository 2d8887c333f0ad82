"""What happens to a whole returned file: bytes in, bytes out."""

from __future__ import annotations

import re
from html import escape

from toolkit.model.cell import IN_XML, LETTERS_IN_XML, letters, place, sheet_name
from toolkit.model.form import Sheet
from toolkit.ooxml.container import Package
from toolkit.ooxml.usual import TYPES

_ROW = re.compile(rb'(<row [^>]*?\br=")(\d+)(")')
_CELL = re.compile(rb'(<c r="' + LETTERS_IN_XML + rb')(\d+)(")')
_AREA = re.compile(rb'(\b(?:ref|sqref|topLeftCell|activeCell)=")([^"]*)(")')
_ADDRESS = re.compile(IN_XML)

WEB_PAGE = "<html><head><meta charset='utf-8'></head><body><table><tr><td>{name}</td></tr></table></body></html>"
TEXT = "单位,人数\n{name},12\n"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def without_sheet(data: bytes, title: str) -> bytes:
    """The workbook after somebody deleted a sheet, with the defined names that pointed to it."""
    package = Package(data)
    part, place = package.part_of(title), list(package.sheets).index(title)
    book = package.read(package.workbook).decode()
    relation = next(key for key, name in package.related(package.workbook, "worksheet").items() if name == part)
    shown = re.escape(escape(title))
    book = re.sub(rf'<sheet name="{shown}"[^>]*/>', "", book)
    book = re.sub(rf"<definedName [^>]*>(?:[^<]*[!,])?\'?{shown}\'?![^<]*</definedName>", "", book)
    book = re.sub(r'localSheetId="(\d+)"', lambda found: _renumbered(found, place), book)
    package.replace(package.workbook, book.encode())
    _drop(package, "xl/_rels/workbook.xml.rels", rf'<Relationship Id="{relation}"[^>]*/>')
    _drop(package, TYPES, rf'<Override PartName="/{re.escape(part)}"[^>]*/>')
    package.remove(part)
    return package.to_bytes()


def _renumbered(found: re.Match[str], removed: int) -> str:
    place = int(found[1])
    return f'localSheetId="{place - (place > removed)}"'


def _drop(package: Package, part: str, pattern: str) -> None:
    package.replace(part, re.sub(pattern, "", package.read(part).decode()).encode())


def renamed_sheet(data: bytes, title: str, new: str) -> bytes:
    """The workbook after somebody renamed a sheet."""
    package = Package(data)
    book = package.read(package.workbook).decode()
    old, shown = escape(title), escape(new)
    book = book.replace(f'<sheet name="{old}"', f'<sheet name="{shown}"')
    book = book.replace(f"{old}!", f"{escape(sheet_name(new), quote=False)}!")
    package.replace(package.workbook, book.encode())
    return package.to_bytes()


def with_rows_inserted(data: bytes, title: str, at: int, count: int) -> bytes:
    """The workbook after somebody inserted rows above row `at`; everything below moves down."""
    package = Package(data)
    part = package.part_of(title)

    def moved(row: bytes) -> bytes:
        return b"%d" % (int(row) + (count if int(row) >= at else 0))

    def moved_area(found: re.Match[bytes]) -> bytes:
        return found[1] + _ADDRESS.sub(lambda cell: cell[1] + moved(cell[2]), found[2]) + found[3]

    xml = package.read(part)
    for pattern in (_ROW, _CELL):
        xml = pattern.sub(lambda found: found[1] + moved(found[2]) + found[3], xml)
    package.replace(part, _AREA.sub(moved_area, xml))
    return package.to_bytes()


def next_letter(sheet: Sheet) -> str:
    """The first column to the right of the sheet's own."""
    return letters(len(sheet.columns) + 1)


def column_of(address: str) -> int:
    """Column number of an address."""
    return place(address)[1]
