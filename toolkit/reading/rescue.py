"""A sheet that the reader of values refuses as a whole because of single cells: those cells are taken out and named."""

from __future__ import annotations

import re

from toolkit.model.cell import LAST_SERIAL
from toolkit.ooxml.writing import join_members, stored
from toolkit.reading import census
from toolkit.reading.census import Place
from toolkit.reading.gate import Package

UNREADABLE_CELL, ERROR_VALUE = "C026", "C006"
_CELL = re.compile(rb"<c\b([^>]*[^/])>(.*?)</c>", re.S)
_TYPE = re.compile(rb'\st="(\w+)"')
_STYLE = re.compile(rb'\ss="\d+"')
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_KNOWN_ERRORS = frozenset((b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!", b"#DATA!"))
_BOOLEANS = frozenset((b"0", b"1", b"true", b"false"))
_TYPES = frozenset((b"b", b"d", b"e", b"inlineStr", b"n", b"s", b"str"))
_HARMLESS = b"<v>#N/A</v>"


def without_bad_cells(package: Package, title: str) -> tuple[bytes, dict[Place, tuple[str, str]]] | None:
    """The workbook with the bad cells of one sheet made harmless, and what stood there; None when none is bad."""
    name = census.sheet_parts(package).get(title, "")
    xml = census.sheet_xml(package, title)
    strings = package.part("xl/sharedStrings.xml").count(b"<si")
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
    return "day" if of == b"n" and _STYLE.search(head) and _beyond_days(text) else ""


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
