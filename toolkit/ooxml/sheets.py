"""Whole sheets added, taken out, shown and selected, with every index that counts sheets kept right."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from toolkit.ooxml.canonical import quoted
from toolkit.ooxml.container import Package
from toolkit.ooxml.elements import Element, attributes, children, with_attribute, without_attribute
from toolkit.ooxml.relations import OFFICE, declare_part, free_name, relate, take_out

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ROOT = re.compile(rb"<workbook\b[^>]*>")
_LOCAL = re.compile(rb'(\slocalSheetId=")(\d+)(")')
_NAME = re.compile(rb"<definedName\b[^>]*?(?:/>|>.*?</definedName>)", re.S)
_VIEW = re.compile(rb"<workbookView\b[^>]*>")
_SHEET_VIEW = re.compile(rb"<sheetView\b[^>]*>")
_BEFORE_VIEWS = ("sheetPr", "dimension")
_ON = ("1", "true")


def add_first(package: Package, title: str, data: bytes) -> str:
    """Puts a new sheet before all others; the sheet that was open stays the open one. Returns its part name."""
    name = free_name(package, "xl/worksheets/sheet{}.xml")
    workbook = package.workbook
    package.replace(name, data)
    declare_part(package, name, _TYPE)
    key = relate(package, workbook, "worksheet", name, "xltoolList")
    book = package.read(workbook)
    taken = {attributes(book[one.start : one.inner]).get("sheetId") for one in _listed(book)}
    number = next(one for one in range(1, len(taken) + 2) if str(one) not in taken)
    record = f'<sheet xmlns:r="{OFFICE}" name={quoted(title)} sheetId="{number}" r:id="{key}"/>'
    at = _sheets(book).inner
    book = _shifted(_with_view(book[:at] + record.encode() + book[at:]), lambda index: index + 1)
    package.replace(workbook, book)
    _forget(package)
    return name


def remove(package: Package, title: str) -> None:
    """Takes a sheet out, with its names and its printer settings."""
    name, workbook = package.part_of(title), package.workbook
    listed, book = _listed(package.read(workbook)), package.read(workbook)
    gone = next(index for index, tab in enumerate(package.tabs) if tab.part == name)
    book = book[: listed[gone].start] + book[listed[gone].end :]
    book = _NAME.sub(lambda found: b"" if b' localSheetId="%d"' % gone in found[0] else found[0], book)
    last = max(0, len(listed) - 2)
    package.replace(workbook, _shifted(book, lambda index: min(last, index - 1 if index > gone else index)))
    for part in package.related(name, "printerSettings").values():
        take_out(package, name, part)
    take_out(package, workbook, name)
    _forget(package)


def show(package: Package, titles: Collection[str]) -> None:
    """Makes sheets visible that are hidden."""
    book = package.read(package.workbook)
    tabs = package.tabs
    for one, tab in reversed(list(zip(_listed(book), tabs, strict=True))):
        if tab.title in titles and tab.state != "visible":
            tag = without_attribute(book[one.start : one.inner], "state")
            book = book[: one.start] + tag + book[one.inner :]
    package.replace(package.workbook, book)


def select_one(package: Package) -> None:
    """Leaves one sheet selected, the open one; where that cannot be seen, the first that can.

    Whatever is typed while several sheets are selected goes into all of them. The row of tabs begins with the first,
    and no window is hidden.
    """
    tabs, book = package.tabs, _with_view(package.read(package.workbook))
    seen = [index for index, tab in enumerate(tabs) if tab.state == "visible"]
    view = _VIEW.search(book)
    active = _index(attributes(view[0]).get("activeTab", "0")) if view else 0
    if active not in seen:
        active = next(iter(seen), 0)

    def opened(found: re.Match[bytes]) -> bytes:
        tag = without_attribute(without_attribute(found[0], "firstSheet"), "visibility")
        return with_attribute(tag, "activeTab", str(active))

    package.replace(package.workbook, _VIEW.sub(opened, book))
    for index, tab in enumerate(tabs):
        if package.has(tab.part):
            before = package.plain(tab.part)
            after = _selected(before, index == active)
            if after != before:
                package.replace(tab.part, after)


def _selected(sheet: bytes, yes: bool) -> bytes:
    """The sheet selected, or not, in all its windows."""
    end = sheet.find(b"<sheetData")
    head, tail = (sheet, b"") if end < 0 else (sheet[:end], sheet[end:])

    def view(found: re.Match[bytes]) -> bytes:
        is_selected = attributes(found[0]).get("tabSelected") in _ON
        if yes:
            return found[0] if is_selected else with_attribute(found[0], "tabSelected", "1")
        return without_attribute(found[0], "tabSelected") if is_selected else found[0]

    head, views = _SHEET_VIEW.subn(view, head)
    if yes and not views:
        root = sheet.find(b">", re.search(rb"<\w+sheet\b", sheet).start()) + 1  # type: ignore[union-attr]
        first = [one.end for one in children(sheet, root, None if end < 0 else end) if one.name in _BEFORE_VIEWS]
        at = max(first, default=root)
        text = b'<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>'
        return sheet[:at] + text + sheet[at:]
    return head + tail


def _sheets(book: bytes) -> Element:
    root = _ROOT.search(book)
    assert root is not None
    return next(one for one in children(book, root.end()) if one.name == "sheets")


def _listed(book: bytes) -> list[Element]:
    """The records of the sheets, in their order."""
    place = _sheets(book)
    return list(children(book, place.inner, place.inside))


def _with_view(book: bytes) -> bytes:
    """The workbook with a window, whose first sheet is open when nothing else is said."""
    if _VIEW.search(book):
        return book
    at = _sheets(book).start
    return book[:at] + b'<bookViews><workbookView activeTab="0"/></bookViews>' + book[at:]


def _index(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _shifted(book: bytes, moved: Callable[[int], int]) -> bytes:
    """The workbook with every sheet index moved."""
    book = _LOCAL.sub(lambda found: b"%s%d%s" % (found[1], moved(int(found[2])), found[3]), book)

    def view(found: re.Match[bytes]) -> bytes:
        tag = found[0]
        given = attributes(tag)
        tag = with_attribute(tag, "activeTab", str(moved(_index(given.get("activeTab", "0")))))
        if "firstSheet" in given:
            tag = with_attribute(tag, "firstSheet", str(moved(_index(given["firstSheet"]))))
        return tag

    return _VIEW.sub(view, book)


def _forget(package: Package) -> None:
    package.__dict__.pop("sheets", None)
