"""Findings about data cells that the screen shows otherwise than the reader of values reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from toolkit.reading.appearance import Appearance
from toolkit.reading.census import Place
from toolkit.reading.columns import SheetPlan
from toolkit.reading.locate import Found
from toolkit.reading.looks import CROSSED, FILLED, PART_STRUCK, PICTURE, RAISED, STRUCK, SYMBOL, UNSEEN

PART, WHOLE, SIGN, IMAGE, COVERED, INVISIBLE, HIDDEN = "C031", "C032", "C033", "C034", "C035", "C039", "S010"
CHANGING, REPEATED, ZERO, AS_TYPED, BESIDE = "C046", "C047", "C048", "C049", "C050"
BACKGROUND = "S037"
_SHORT = 6
"""A text of more characters is rarely said twice over the width of its cell."""

Marks = dict[Place, tuple[str, str]]


class Screen:
    """What the screen shows of one sheet.

    Args:
        seen: how it looks.
        grid: its values.
        shown: places of symbols that were read as what the screen shows.
    """

    def __init__(
        self,
        seen: Appearance,
        grid: Sequence[Sequence[object]],
        sheet: SheetPlan,
        found: Found,
        shown: Collection[Place],
    ) -> None:
        self.seen, self.looks, self.grid = seen, seen.looks, grid
        self.sheet, self.found, self.shown = sheet, found, shown

    def lost(self) -> Marks:
        """Cells whose content cannot be known: place → (code, text). Free texts are only doubted, in `notes`."""
        marks: Marks = {}
        for place, seen in self.looks.items():
            if PICTURE in seen:
                marks[place] = (IMAGE, "")
            elif PART_STRUCK in seen and not self._is_free(place):
                marks[place] = (PART, "")
        return marks

    def _is_free(self, place: Place) -> bool:
        row, column = place
        at = row if self.sheet.vertical else column
        return any(
            self.sheet.columns[index]["type"] == "text"
            and not self.sheet.columns[index]["key"]
            and not self.sheet.columns[index]["is_name"]
            for index, position in self.found.positions.items()
            if position == at
        )

    def notes(
        self, values: Collection[Place], marked: Collection[Place], changed: Collection[Place] = ()
    ) -> list[tuple[str, tuple[Place, ...]]]:
        """(Code, places) of what is to be seen in the cells that were read.

        Args:
            values: the cells of the rows that were read; what an empty one would look like is nothing to see.
            marked: cells that have a finding of their own already.
            changed: cells that a conditional format shows otherwise by its number format.
        """
        by_code: dict[str, set[Place]] = {CHANGING: set(changed)} if changed else {}
        for place, seen in self.looks.items():
            if place in values and place not in marked and self._holds(*place):
                for code in self._codes(place, seen):
                    by_code.setdefault(code, set()).add(place)
        if self.seen.no_zeros and (zeros := {place for place in values if self._at(*place) == 0.0}):
            by_code[ZERO] = zeros - set(marked)
        if self.seen.formulas is not None:
            days = {place for place in values if isinstance(self._at(*place), date)}
            if otherwise := (days | set(values) & self.seen.formulas) - set(marked):
                by_code[AS_TYPED] = otherwise
        if beside := set(values) & set(self.seen.beside) - set(marked):
            by_code[BESIDE] = beside
        for first, last in self.seen.pictures:
            touched = {
                (row, column) for row, column in values if first[0] <= row <= last[0] and first[1] <= column <= last[1]
            }
            if touched:
                by_code.setdefault(COVERED, set()).update(touched)
        for top, left, bottom, right in self.seen.changing.hidden:
            touched = {at for at in values if top <= at[0] <= bottom and left <= at[1] <= right and self._holds(*at)}
            if touched:
                by_code.setdefault(CHANGING, set()).update(touched)
        hidden = self._hidden_columns()
        if hidden and (unseen := {place for place in values if place[1] in hidden and self._holds(*place)}):
            by_code[HIDDEN] = {(min(row for row, at in unseen if at == column), column) for _, column in unseen}
        if self.seen.background and any(self._holds(*place) for place in values):
            by_code[BACKGROUND] = set()
        return [(code, tuple(sorted(places))) for code, places in sorted(by_code.items())]

    def _at(self, row: int, column: int) -> object:
        return self.grid[row][column] if row < len(self.grid) and column < len(self.grid[row]) else ""

    def _holds(self, row: int, column: int) -> bool:
        return str(self._at(row, column)).strip() != ""

    def _hidden_columns(self) -> set[int]:
        """Hidden columns; those of a table that the form itself fills in it may hide too."""
        places = {} if self.sheet.vertical else self.found.positions
        own = {at for index, at in places.items() if index in self.sheet.prefilled}
        return set(self.seen.columns) - own

    def _codes(self, place: Place, seen: Iterable[str]) -> list[str]:
        codes = []
        for one in seen:
            if one in (STRUCK, RAISED, PART_STRUCK, CROSSED):
                codes.append(WHOLE)
            elif one == UNSEEN:
                codes.append(INVISIBLE)
            elif one == FILLED and (not isinstance(value := self._at(*place), str) or len(value) <= _SHORT):
                codes.append(REPEATED)
            elif one.startswith(SYMBOL) and place not in self.shown:
                codes.append(SIGN)
        return codes
