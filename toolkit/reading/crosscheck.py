"""The second source: what the XML of a sheet holds against what the reader of values gave, cell by cell.

Counting decides: as many cells with a value in the XML as in the grid, and nothing more is looked at. Where the
numbers differ, or the file was not in the usual style, every cell is read by another parser, and those that the
reader lost, invented or changed are named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, time, timedelta
from functools import lru_cache

from toolkit.model.cell import IN_XML, column_number, serial
from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.usual import STRINGS
from toolkit.reading.census import Place
from toolkit.reading.gate import Package

DISAGREE = "F012"
_SHOWN = 40
_SECOND = 1 / 86_400
_NAME = re.compile(IN_XML.decode())
_ESCAPED = re.compile("_x00([0-9A-Fa-f]{2})_")
"""Characters that the reader of values puts in place of their numbers; all others are said (C042)."""
_CODED = re.compile("(?<!_x005F)_x003[0-9]_")
"""Figures among them: Excel shows the figure, LibreOffice its code; letters written so are read as Excel shows them."""
_HINT, _TEXT_KINDS = b"_x003", ("str", "inlineStr")

Grid = Sequence[Sequence[object]]
Marks = dict[Place, tuple[str, str]]


def compared(
    xml: bytes, grid: Grid, marked: Marks, package: Package, aside: Collection[Place] = (), *, epoch_1904: bool = False
) -> Marks:
    """All cells without a usable value: place → (code, what the XML holds).

    Args:
        xml: the sheet.
        marked: cells known to have no usable value.
        aside: cells that are not compared.
    """
    filled = sum(len(row) - row.count("") for row in grid)  # type: ignore[attr-defined]
    if not package.rewritten and filled == xml.count(b"<v>") + xml.count(b"<is>") - len(marked):
        return marked
    return _disagreements(xml, grid, {*marked, *aside}, package, epoch_1904) | marked


def _disagreements(xml: bytes, grid: Grid, marked: Collection[Place], package: Package, epoch_1904: bool) -> Marks:
    held, found = held_cells(xml, package), {}
    for place, (kind, text) in held.items():
        if place not in marked and not _same(_at(grid, place), kind, text, epoch_1904):
            found[place] = (DISAGREE, text[:_SHOWN])
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            blank = value.__class__ is str and not value.strip()  # type: ignore[attr-defined]
            if not blank and (row, column) not in held and (row, column) not in marked:
                found[row, column] = (DISAGREE, "")
    return found


def held_cells(xml: bytes, package: Package) -> dict[Place, tuple[str, str]]:
    """Every cell with something in it: place → (type, text); texts of the shared table are of type `str`."""
    reader = _Cells()
    parse(xml, reader.start, reader.end, reader.text)
    strings: list[str] | None = None
    held: dict[Place, tuple[str, str]] = {}
    for place, kind, text in reader.found:
        if kind == "s":
            strings = shared_texts(package) if strings is None else strings
            number = text.strip()
            kind, text = "str", strings[int(number)] if number.isdigit() and int(number) < len(strings) else ""
        if text.strip():
            held[place] = (kind, text)
    return held


def coded_cells(xml: bytes, package: Package) -> dict[Place, str]:
    """Cells whose text holds figures by their code: place → what is written there."""
    if not any(_has_codes(part) for part in (package.part(STRINGS), xml)):
        return {}
    held = held_cells(xml, package).items()
    return {place: text for place, (kind, text) in held if kind in _TEXT_KINDS and _CODED.search(text)}


@lru_cache(maxsize=64)
def _has_codes(part: bytes) -> bool:
    return _HINT in part and _CODED.search(part.decode("utf-8", "replace")) is not None


def shared_texts(package: Package) -> list[str]:
    """The texts of the shared table, by their number."""
    reader = _Texts()
    if part := package.part(STRINGS):
        parse(part, reader.start, reader.end, reader.text)
    return reader.found


class _Texts:
    """Collects the texts of `si`, without phonetic readings."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text: list[str] = []
        self._open = self._aside = 0

    def start(self, name: str, _given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        if name == "si":
            self._text = []
        self._open += name == "t"
        self._aside += name == "rPh"

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.rpartition(BETWEEN)[2]
        self._open -= name == "t"
        self._aside -= name == "rPh"
        if name == "si":
            self.found.append("".join(self._text))

    def text(self, data: str) -> None:
        """Text."""
        if self._open and not self._aside:
            self._text.append(data)


class _Cells:
    """Collects (place, type, text) of cells: the text of `v`, else the texts of `is`."""

    def __init__(self) -> None:
        self.found: list[tuple[Place, str, str]] = []
        self._row = self._column = -1
        self._kind = ""
        self._inside: list[str] = []
        self._value: list[str] = []
        self._inline: list[str] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        if name == "row":
            number = given.get("r", "")
            self._row, self._column = int(number) - 1 if number.isdecimal() else self._row + 1, -1
        elif name == "c":
            found = _NAME.fullmatch(given.get("r", ""))
            self._column = column_number(found[1]) - 1 if found else self._column + 1
            self._row = int(found[2]) - 1 if found else self._row
            self._kind, self._value, self._inline = given.get("t", "n"), [], []
        self._inside.append(name)

    def end(self, name: str) -> None:
        """An element ends."""
        self._inside.pop()
        if name.rpartition(BETWEEN)[2] == "c" and self._inside[-1:] == ["row"]:
            value, inline = "".join(self._value), "".join(self._inline)
            if value or inline:
                self.found.append(
                    ((self._row, self._column), self._kind if value or not inline else "str", value or inline)
                )

    def text(self, data: str) -> None:
        """Text."""
        if self._inside[-2:] == ["c", "v"]:
            self._value.append(data)
        elif self._inside[-1:] == ["t"] and "is" in self._inside and "rPh" not in self._inside:
            self._inline.append(data)


def _at(grid: Grid, place: Place) -> object:
    row, column = place
    return grid[row][column] if 0 <= row < len(grid) and column < len(grid[row]) else ""


def _same(value: object, kind: str, text: str, epoch_1904: bool) -> bool:
    """Whether the reader gave what the cell holds: the same number, day or truth, the same text but for blanks."""
    if value.__class__ is str:
        if "_x" in text:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        return "".join(value.split()) == "".join(text.split())  # type: ignore[attr-defined]
    if value.__class__ is bool:
        return kind == "b" and value == (text.strip() in ("1", "true"))
    if isinstance(value, date | time | timedelta) and kind == "d":
        return True  # written as a date: there is no number to compare
    try:
        number = float(text)
    except ValueError:
        return False
    if isinstance(value, float | int):
        return value == number
    if isinstance(value, time):
        number %= 1  # of a number below zero the reader gives the time of day too
    return abs(_serial(value, epoch_1904) - number) < _SECOND


def _serial(value: object, epoch_1904: bool) -> float:
    """The number that Excel keeps for a day, a time or a span."""
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) / timedelta(days=1)
    assert isinstance(value, date)
    return float(serial(value, epoch_1904))
