"""Formats of one workbook: equal ones are made once."""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from toolkit.drawing.look import look


class Formats:
    """The formats of a workbook.

    Args:
        base: properties that every format of a cell has unless it says otherwise.
    """

    def __init__(self, workbook: Workbook, **base: object) -> None:
        self._workbook, self._base = workbook, base
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def make(self, **properties: object) -> Format:
        """The format of a cell with these properties; the same properties give the same format."""
        return self._once({**self._base, **properties})

    def bare(self, **properties: object) -> Format:
        """The format that has nothing but these properties, as conditions need it."""
        return self._once(properties)

    def mark(self, kind: str) -> Format:
        """Ground and ink of what a condition marks, by the kind of the mark."""
        ground, ink = look().marks[kind]
        return self.bare(bg_color=ground, font_color=ink)

    def _once(self, properties: dict[str, object]) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]
