"""Whole sheets added to a workbook and taken out again, with every index that counts sheets kept right."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from toolkit.ooxml.container import Package, parse_xml
from toolkit.ooxml.elements import attributes, children, with_attribute
from toolkit.ooxml.relations import (
    OFFICE,
    declare_part,
    free_name,
    relate,
    undeclare_part,
    unrelate,
)
from toolkit.ooxml.usual import relations_part

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ROOT = re.compile(rb"<(\w+:)?workbook\b[^>]*>")
_LOCAL = re.compile(rb'(\slocalSheetId=")(\d+)(")')
_NAME = re.compile(rb"<(?:\w+:)?definedName\b[^>]*?(?:/>|>.*?</(?:\w+:)?definedName>)", re.S)
_VIEW = re.compile(rb"<(?:\w+:)?workbookView\b[^>]*>")


def add_first(package: Package, title: str, data: bytes) -> str:
    """Puts a new sheet before all others; the sheet that was open stays the open one. Returns its part name."""
    name = free_name(package, "xl/worksheets/sheet{}.xml")
    workbook = package.workbook
    package.replace(name, data)
    declare_part(package, name, _TYPE)
    key = relate(package, workbook, "worksheet", name, "xltoolList")
    book = package.read(workbook)
    root = _ROOT.search(book)
    assert root is not None
    numbers = [int(one.get("sheetId", "0")) for one in parse_xml(book).iter() if one.tag.endswith("}sheet")]
    p = (root[1] or b"").decode()
    record = (
        f'<{p}sheet xmlns:r="{OFFICE}" name={quoteattr(title)} sheetId="{max(numbers, default=0) + 1}" r:id="{key}"/>'
    )
    sheets = next(one for one in children(book, root.end()) if one.name == "sheets")
    book = book[: sheets.inner] + record.encode() + book[sheets.inner :]
    package.replace(workbook, _shifted(book, lambda index: index + 1))
    _forget(package)
    return name


def remove(package: Package, title: str) -> None:
    """Takes a sheet out, with its names and its printer settings."""
    name = package.part_of(title)
    workbook = package.workbook
    book = package.read(workbook)
    root = _ROOT.search(book)
    assert root is not None
    sheets = next(one for one in children(book, root.end()) if one.name == "sheets")
    listed = list(children(book, sheets.inner, sheets.inside))
    keys = {key for key, part in package.related(workbook, "worksheet").items() if part == name}
    gone = next(i for i, one in enumerate(listed) if keys & set(attributes(book[one.start : one.inner]).values()))
    book = book[: listed[gone].start] + book[listed[gone].end :]
    book = _NAME.sub(lambda found: b"" if b' localSheetId="%d"' % gone in found[0] else found[0], book)
    last = max(0, len(listed) - 2)
    package.replace(workbook, _shifted(book, lambda index: min(last, index - 1 if index > gone else index)))
    unrelate(package, workbook, name)
    for kind in ("printerSettings",):
        for part in package.related(name, kind).values():
            package.remove(part)
            undeclare_part(package, part)
    package.remove(relations_part(name))
    package.remove(name)
    undeclare_part(package, name)
    _forget(package)


def _shifted(book: bytes, moved) -> bytes:
    """The workbook with every sheet index moved."""
    book = _LOCAL.sub(lambda found: b"%s%d%s" % (found[1], moved(int(found[2])), found[3]), book)

    def view(found: re.Match[bytes]) -> bytes:
        tag = found[0]
        given = attributes(tag)
        tag = with_attribute(tag, "activeTab", str(moved(int(given.get("activeTab", "0")))))
        if "firstSheet" in given:
            tag = with_attribute(tag, "firstSheet", str(moved(int(given["firstSheet"]))))
        return tag

    return _VIEW.sub(view, book)


def _forget(package: Package) -> None:
    package.__dict__.pop("sheets", None)
