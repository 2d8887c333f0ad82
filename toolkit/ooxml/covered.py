"""What lies on a sheet: pictures, charts, boxes and buttons, and the cells that they touch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.shown import Lengths
from toolkit.ooxml.vml import drawing_text

if TYPE_CHECKING:
    from toolkit.ooxml.container import Package

_CONTROL = re.compile(r"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.S)
_SHOWN_NOTE = re.compile(r"<x:Visible\s*/>|<x:Visible>\s*(?:True)?\s*</x:Visible>")
_OPEN = re.compile(rb'<x:Visible|ObjectType=["\'](?!Note)')
_PLACE = re.compile(r"<x:Anchor>\s*" + r"\s*,\s*".join([r"(-?\d+)"] * 8) + r"\s*</x:Anchor>")
_CONTROL_PLACE = re.compile(r"<x:Anchor>\s*(\d+)\s*,[^,]*,[^,]*,[^,]*,\s*(\d+)\s*,")
_MOST = 200
_ANCHOR = ("CellAnchor", "absoluteAnchor")
_SHAPES = ("sp", "pic", "graphicFrame", "cxnSp", "contentPart")
"""Boxes, pictures, charts, lines, and strokes of a pen."""
_CORNERS = ("row", "col", "rowOff", "colOff")
_LINES = ("line", "lineInv", "mathMultiply", "mathMinus")
_FILLS = ("solidFill", "gradFill", "blipFill", "pattFill", "grpFill")


class Anchor(NamedTuple):
    """The first and last cell that something touches, counted from 0.

    Args:
        hides: it hides what lies below: a picture, a chart, a shape with a ground or words of its own.
    """

    top: int
    left: int
    bottom: int
    right: int
    hides: bool


def anchors(part: bytes, sheet: bytes = b"") -> list[Anchor]:
    """What a drawing lays on the cells of a sheet.

    Args:
        sheet: the XML of the sheet, for what is anchored by its size.
    Raises: Refused: F007, F035.
    """
    reader = _Anchors(Lengths(sheet))
    parse(part, reader.start, reader.end, reader.text)
    return reader.found


def controls(part: bytes) -> list[Anchor]:
    """What an old drawing (VML) lays on the cells of a sheet: buttons and boxes, and comments that are always shown."""
    if not _OPEN.search(part):
        return []
    found = []
    for shape in _CONTROL.findall(drawing_text(part)):
        place, is_note = _PLACE.search(shape), 'ObjectType="Note"' in shape
        if place and 'ObjectType="' in shape and (not is_note or _SHOWN_NOTE.search(shape)):
            left, _, top, _, right, beyond, bottom, below = map(int, place.groups())
            last = bottom - (bottom > top and not below), right - (right > left and not beyond)
            found.append(Anchor(top, left, *last, hides=True))
    return found


class _Anchors:
    """The anchors of a drawing.

    Args:
        lengths: those of the columns and rows of its sheet.
    """

    def __init__(self, lengths: Lengths) -> None:
        self.found: list[Anchor] = []
        self._lengths = lengths
        self._inside: list[str] = []
        self._corner: dict[str, int] = {}
        self._hides = False
        self._shape = _Shape()

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(BETWEEN)[2]
        above = self._inside[-1] if self._inside else ""
        if name.endswith(_ANCHOR):
            self._corner, self._hides = {}, False
        elif above.endswith(_ANCHOR) and name in ("ext", "pos"):
            self._corner |= {f"{name} {key}": int(text) for key, text in given.items() if text.isdigit()}
        elif name in _SHAPES:
            self._shape = _Shape(opaque=name != "sp")
        else:
            self._shape.take(above, name, given)
        self._inside.append(name)

    def text(self, data: str) -> None:
        """Text."""
        if not data.strip():
            return
        if self._inside[-1] in _CORNERS and len(self._inside) > 1 and data.strip().isdigit():
            self._corner[f"{self._inside[-2]} {self._inside[-1]}"] = int(data)
        elif self._inside[-1] == "t":
            self._shape.opaque = True

    def end(self, name: str) -> None:
        """An element ends."""
        name = self._inside.pop()
        if name in _SHAPES:
            self._hides |= self._shape.opaque and not self._shape.hidden
        elif name.endswith(_ANCHOR) and {"from row", "pos y"} & set(self._corner):
            self.found.append(self._anchor(self._corner.get))

    def _anchor(self, given: Callable[[str, int], int]) -> Anchor:
        top, left = given("from row", 0), given("from col", 0)
        if "to row" in self._corner or "ext cx" not in self._corner:
            bottom, right = given("to row", top), given("to col", left)
            bottom -= bottom > top and given("to rowOff", 1) == 0
            right -= right > left and given("to colOff", 1) == 0
            return Anchor(top, left, bottom, right, self._hides)
        x, y = given("pos x", given("from colOff", 0)), given("pos y", given("from rowOff", 0))
        bottom, right = (
            self._lengths.row(top, y + given("ext cy", 0)),
            self._lengths.column(left, x + given("ext cx", 0)),
        )
        return Anchor(self._lengths.row(top, y + 1), self._lengths.column(left, x + 1), bottom, right, self._hides)


@dataclass
class _Shape:
    """What one shape hides."""

    opaque: bool = False
    hidden: bool = False
    clear: bool = False

    def take(self, above: str, name: str, given: dict[str, str]) -> None:
        """One element inside it."""
        if name == "cNvPr":
            self.hidden = given.get("hidden") in ("1", "true")
        elif name == "prstGeom":
            self.opaque = self.opaque or given.get("prst") in _LINES
        elif (above == "spPr" and name in _FILLS) or (name == "fillRef" and given.get("idx", "0") != "0"):
            self.opaque = self.opaque or not self.clear
        elif above == "spPr" and name == "noFill":
            self.clear = True


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
