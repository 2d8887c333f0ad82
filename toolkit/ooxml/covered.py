"""Columns of a sheet on which pictures, charts, boxes or buttons lie."""

from __future__ import annotations

import re

from toolkit.ooxml.container import Package

_ANCHOR = re.compile(rb"<(?:\w+:)?(?:two|one)CellAnchor\b.*?</(?:\w+:)?(?:two|one)CellAnchor>", re.S)
_COLUMN = re.compile(rb"<(?:\w+:)?col>(\d+)</")
_CONTROL = re.compile(r"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.S)
_CONTROL_PLACE = re.compile(r"<x:Anchor>\s*(\d+)\s*,[^,]*,[^,]*,[^,]*,\s*(\d+)\s*,")
_MOST = 200


def covered_columns(package: Package, part: str) -> set[int]:
    """Numbers of the columns that a drawing touches; hidden comments do not count."""
    found: set[int] = set()
    for name in package.related(part, "drawing").values():
        for anchor in _ANCHOR.findall(package.read(name)):
            columns = [int(text) for text in _COLUMN.findall(anchor)]
            if columns:
                found |= _between(min(columns), max(columns))
    for name in package.related(part, "vmlDrawing").values():
        for shape in _CONTROL.findall(package.read(name).decode("utf-8", "replace")):
            place = _CONTROL_PLACE.search(shape)
            if place and 'ObjectType="Note"' not in shape:
                found |= _between(int(place[1]), int(place[2]))
    return found


def _between(first: int, last: int) -> set[int]:
    """Column numbers from 1, of zero-based first and last columns."""
    return set(range(first + 1, min(last, first + _MOST) + 2))
