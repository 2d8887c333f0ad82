"""What lies on a sheet: pictures, charts, boxes and buttons, and the cells that they touch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.vml import drawing_text

if TYPE_CHECKING:
    from toolkit.ooxml.container import Package

_CONTROL = re.compile(r"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.S)
_CONTROL_PLACE = re.compile(r"<x:Anchor>\s*(\d+)\s*,[^,]*,[^,]*,[^,]*,\s*(\d+)\s*,")
_MOST = 200


class Anchor(NamedTuple):
    """The first and last cell that something touches, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int
    is_picture: bool


def anchors(part: bytes) -> list[Anchor]:
    """What a drawing anchors to cells.

    Raises: Refused: F007, F035.
    """
    reader = _Anchors()
    parse(part, reader.start, reader.end, reader.text)
    return reader.found


class _Anchors:
    def __init__(self) -> None:
        self.found: list[Anchor] = []
        self._inside: list[str] = []
        self._corner: dict[str, int] = {}
        self._picture = False

    def start(self, name: str, _given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        if name.endswith("CellAnchor"):
            self._corner, self._picture = {}, False
        self._picture |= name == "pic"
        self._inside.append(name)

    def text(self, data: str) -> None:
        """Text."""
        if self._inside[-1] in ("row", "col") and len(self._inside) > 1 and data.strip().isdigit():
            self._corner[f"{self._inside[-2]} {self._inside[-1]}"] = int(data)

    def end(self, name: str) -> None:
        """An element ends."""
        name = self._inside.pop()
        if name.endswith("CellAnchor") and "from row" in self._corner:
            top, left = self._corner["from row"], self._corner.get("from col", 0)
            bottom, right = self._corner.get("to row", top), self._corner.get("to col", left)
            self.found.append(Anchor(top, left, bottom, right, self._picture))


def covered_columns(package: Package, part: str) -> set[int]:
    """Numbers of the columns that a drawing touches; hidden comments do not count."""
    found: set[int] = set()
    for name in package.related(part, "drawing").values():
        for one in anchors(package.read(name)):
            found |= _between(one.left, one.right)
    for name in package.related(part, "vmlDrawing").values():
        for shape in _CONTROL.findall(drawing_text(package.read(name))):
            place = _CONTROL_PLACE.search(shape)
            if place and 'ObjectType="Note"' not in shape:
                found |= _between(int(place[1]), int(place[2]))
    return found


def _between(first: int, last: int) -> set[int]:
    """Column numbers from 1, of zero-based first and last columns."""
    first, last = sorted((first, last))
    return set(range(first + 1, min(last, first + _MOST) + 2))
