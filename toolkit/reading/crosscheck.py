"""The second source: what the XML of a sheet holds against what the reader of values gave, cell by cell.

Counting decides: as many cells with a value in the XML as in the grid, and nothing more is looked at. Where the
numbers differ, or the sheet is not in the usual style, every cell is looked up in the XML parsed by another parser,
and those that the reader lost, invented or changed are named.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence

from toolkit.reading.canonical import canonical
from toolkit.reading.census import Place, marked_cells, place_of, sheet_parts
from toolkit.reading.gate import Package

DISAGREE = "F012"
MOST_BYTES = 20_000_000
_CELL = re.compile(rb"<c\b([^>]*[^/])>(.*?)</c>", re.S)
_TYPE = re.compile(rb'\st="(\w+)"')
_VALUE = re.compile(rb"<v[^>/]*>([^<]*)</v>")
_TEXT = re.compile(rb"<t[^>/]*>([^<]*)</t>")
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.S)
_ITEM = re.compile(rb"<si>(.*?)</si>|<si\s*/>", re.S)
_SHOWN = 40

Grid = Sequence[Sequence[object]]
Marks = dict[Place, tuple[str, str]]


def compared(xml: bytes, grid: Grid, marked: Marks, package: Package, title: str) -> tuple[bytes, Marks]:
    """The XML to go on with, and all cells without a usable value: place → (code, what the XML holds).

    Args:
        xml: the sheet, as from the census.
        marked: cells known to have no usable value.
    """
    odd = sheet_parts(package).get(title, "").lower() in package.odd
    filled = sum(len(row) - row.count("") for row in grid)  # type: ignore[attr-defined]
    if not odd and filled == xml.count(b"<v>") + xml.count(b"<is>") - len(marked):
        return xml, marked
    if not odd and len(xml) <= MOST_BYTES:
        xml = canonical(xml)
        marked = marked_cells(xml) | marked
    return xml, _disagreements(xml, grid, marked, package) | marked


def _disagreements(xml: bytes, grid: Grid, marked: Collection[Place], package: Package) -> Marks:
    held, found = _held(xml, package), {}
    for place, text in held.items():
        if place not in marked and not _same(_at(grid, place), text):
            found[place] = (DISAGREE, text[:_SHOWN])
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            blank = value.__class__ is str and not value.strip()  # type: ignore[attr-defined]
            if not blank and (row, column) not in held and (row, column) not in marked:
                found[row, column] = (DISAGREE, "")
    return found


def _held(xml: bytes, package: Package) -> dict[Place, str]:
    """Every cell with something in it, as text."""
    strings: list[str] | None = None
    held: dict[Place, str] = {}
    for head, body in _CELL.findall(xml):
        kind, value = _TYPE.search(head), _VALUE.search(body)
        if kind and kind[1] == b"s" and value:
            if strings is None:
                strings = [_joined(item) for item in _ITEM.findall(package.part("xl/sharedStrings.xml"))]
            number = value[1].strip()
            text = strings[int(number)] if number.isdigit() and int(number) < len(strings) else ""
        else:
            text = _text(value[1]) if value else _joined(body)
        if text.strip():
            held[place_of(b"<c" + head)] = text
    return held


def _joined(item: bytes) -> str:
    return _text(b"".join(_TEXT.findall(_PHONETIC.sub(b"", item))))


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace"))


def _at(grid: Grid, place: Place) -> object:
    row, column = place
    return grid[row][column] if 0 <= row < len(grid) and column < len(grid[row]) else ""


def _same(value: object, text: str) -> bool:
    """Whether the reader gave what the cell holds: the same number, the same text but for blanks."""
    if value.__class__ is float:
        try:
            return value == float(text)
        except ValueError:
            return False
    if value.__class__ is str:
        return "".join(value.split()) == "".join(text.split()) or "_x" in text  # type: ignore[attr-defined]
    return True
