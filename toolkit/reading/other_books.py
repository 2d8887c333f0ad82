"""Workbooks that are no returns but lie among them: lists of ours, and the unit list; each has a place of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from toolkit.model.stamp import FEEDBACK, KIND, OFFICES, TASKS, UPWARD
from toolkit.reading.normal import compact

UNIT_LIST = "units"
CODES = {TASKS: "I004", FEEDBACK: "I005", OFFICES: "I006", UPWARD: "I007", UNIT_LIST: "I008"}
"""What each is, and what is said of it: where it belongs."""
_ROWS, _MORE = 15, 2


def kind_of(meta: Mapping[str, str], grids: Iterable[Sequence[Sequence[object]]], headings: Collection[str]) -> str:
    """What a workbook is that is no return; "" = it may be one.

    Args:
        meta: what its sheet `_meta` says.
        grids: the cells of its sheets.
        headings: of a unit list, the one that every list has first.
    """
    if meta:
        kind = meta.get(KIND, "")
        return kind if kind in CODES else ""
    first, *others = map(compact, headings)
    for grid in grids:
        for row in grid[:_ROWS]:
            known = {compact(str(cell)) for cell in row if cell}
            if first in known and len(known.intersection(others)) >= _MORE:
                return UNIT_LIST
    return ""
