"""A sheet that the reader of values refuses as a whole because of single cells: those cells are taken out and named."""

from __future__ import annotations

import re
from html import unescape

from toolkit.model.cell import LAST_SERIAL
from toolkit.ooxml.usual import STRINGS
from toolkit.ooxml.writing import join_members, stored
from toolkit.reading import census
from toolkit.reading.census import Place
from toolkit.reading.crosscheck import DISAGREE
from toolkit.reading.gate import Package

UNREADABLE_CELL, ERROR_VALUE = "C026", "C006"
_CELL = re.compile(rb"<c\b([^>]*[^/])>(.*?)</c>", re.S)
_TYPE = re.compile(rb'\st="(\w+)"')
_STYLE = re.compile(rb'\ss="\d+"')
_VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</v>")
_NO_COUNT = re.compile(rb"<v\b[^>]*>(?!\d+</v>)")
"""A value that is no whole number: what a number, a shared text and a day may not be is among these."""
_DAY = re.compile(rb"\s*(?:\d{4}-\d\d|\d\d:\d\d|T\d\d|P)")
_KNOWN_ERRORS = frozenset((b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!", b"#DATA!"))
_BOOLEANS = frozenset((b"0", b"1", b"true", b"false"))
_TEXTS = frozenset((b"e", b"inlineStr", b"str"))
_TYPES = frozenset((b"b", b"d", b"e", b"inlineStr", b"n", b"s", b"str"))
_HARMLESS = b"<v>#N/A</v>"


def without_bad_cells(package: Package, title: str) -> tuple[bytes, dict[Place, tuple[str, str]]] | None:
    """The workbook with the bad cells of one sheet made harmless, and what stood there; None when none is bad."""
    name = census.sheet_parts(package).get(title, "")
    xml = census.sheet_xml(package, title)
    strings = package.part(STRINGS).count(b"<si")
    marks: dict[Place, tuple[str, str]] = {}
    changed = False

    def mend(found: re.Match) -> bytes:
        nonlocal changed
        head, body = found[1], found[2]
        problem = _problem(head, body, strings)
        if not problem:
            return found[0]
        changed = True
        if problem == "day":
            return b"<c" + _STYLE.sub(b"", head) + b">" + body + b"</c>"
        value = _VALUE.search(body)
        marks[census.place_of(head)] = (problem, value[1].decode("utf-8", "replace") if value else "#")
        return b"<c" + _TYPE.sub(b"", head) + b' t="e">' + _HARMLESS + b"</c>"

    mended = _CELL.sub(mend, xml)
    return (_packed(package, name, mended), marks) if changed else None


def misread_cells(package: Package, xml: bytes) -> dict[Place, tuple[str, str]]:
    """Cells whose text is no value of their type, and that the reader of values takes for one: place → (code, text).

    It gives the first shared text for one of the number x, -1 or 1.5, a text for a number that is none, and 5 for 50
    whose 0 is written as a character reference.
    """
    found: dict[Place, tuple[str, str]] = {}
    strings = -1
    for value in _NO_COUNT.finditer(xml):
        start, end = xml.rfind(b"<c ", 0, value.start()), xml.find(b"</c>", value.end())
        head, body = xml[start + 2 : xml.find(b">", start)], xml[value.start() : end]
        kind = _TYPE.search(head)
        if kind and kind[1] in _TEXTS:
            continue
        strings = package.part(STRINGS).count(b"<si") if strings < 0 else strings
        text = _VALUE.search(body)
        said = text[1].decode("utf-8", "replace") if text else "#"
        if "&" in said:
            found[census.place_of(head)] = (DISAGREE, unescape(said))
        elif _problem(head, body, strings) == UNREADABLE_CELL:
            found[census.place_of(head)] = (UNREADABLE_CELL, said)
    return found


def _problem(head: bytes, body: bytes, strings: int) -> str:
    """The code of a cell that a reader chokes on; `day` for a number too big for the date that its style shows."""
    kind, value = _TYPE.search(head), _VALUE.search(body)
    of, text = kind[1] if kind else b"n", value[1] if value else b""
    if of == b"e":
        return "" if text in _KNOWN_ERRORS else ERROR_VALUE
    if of not in _TYPES or (of == b"b" and text not in _BOOLEANS):
        return UNREADABLE_CELL
    if of == b"s":
        return "" if text.strip().isdigit() and int(text) < strings else UNREADABLE_CELL
    if (of == b"n" and text and not _is_number(text)) or (of == b"d" and text and not _DAY.match(text)):
        return UNREADABLE_CELL
    return "day" if of == b"n" and _STYLE.search(head) and _beyond_days(text) else ""


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return b"_" not in text


def _beyond_days(text: bytes) -> bool:
    try:
        return not 0 <= float(text) <= LAST_SERIAL
    except ValueError:
        return False


def _packed(package: Package, name: str, mended: bytes) -> bytes:
    return join_members(
        stored(package.true_name(part), mended if part == name.lower() else package.part(part))
        for part in package.names
    )
