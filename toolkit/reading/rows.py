"""Which rows under a header are data: not the blank ones, nor totals, notes, signatures and serial numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from toolkit.reading.columns import SheetPlan
from toolkit.reading.labels import NOTED, SURE, Labels
from toolkit.reading.normal import compact

DATA, BLANK, GHOST, TOTAL, NOTE, HEADER = "data", "blank", "ghost", "total", "note", "header"

_SERIAL = re.compile(r"\d{1,5}(?:\.0)?")
_LEADING, _LONG = 2, 3


class Judge:
    """Tells data rows from others.

    Args:
        sheet: the sheet of the form.
        order: plan column index of each cell of the rows that are judged.
        labels: what tells the labels of totals and notes.
    """

    def __init__(self, sheet: SheetPlan, order: Sequence[int], labels: Labels) -> None:
        self.sheet, self.order, self.width, self.labels = sheet, order, len(order), labels
        weak = sheet.serials | sheet.prefilled
        self.strong = [place for place, index in enumerate(order) if index not in weak]
        self.chosen = [place for place, index in enumerate(order) if index in sheet.choices]
        self.keys = [place for place, index in enumerate(order) if index in sheet.serials]
        self.names = [place for place, index in enumerate(order) if index in sheet.person_names]
        self.few = self.width - len(self.strong) + 2

    def kind(self, cells: Sequence[object]) -> str:
        """DATA, or why the row is none."""
        filled = self.width - cells.count("")
        if not filled:
            return BLANK
        first = cells[0]
        if self.few < filled and first.__class__ is str and len(first) > _LONG and not self.labels.may_be(first):  # type: ignore[arg-type]
            return DATA
        for place in self._leading(cells):
            cell = cells[place]
            if (
                cell.__class__ is str
                and cell
                and self.labels.may_be(cell)
                and (other := self._other(place, cells, filled))
            ):  # type: ignore[arg-type]
                return other
        if self.sheet.fixed:
            return self._fixed(cells)
        if filled <= self.few:
            return self._sparse(cells)
        return DATA

    def _leading(self, cells: Sequence[object]) -> list[int]:
        """Where the first filled cells stand, and the names: nobody is called 合计."""
        first = list(islice((place for place, cell in enumerate(cells) if cell != ""), _LEADING))
        return first + [place for place in self.names if place not in first]

    def _other(self, place: int, cells: Sequence[object], filled: int) -> str:
        """TOTAL or NOTE when the text at a place says so."""
        said = self.labels.of(_spread(place, cells))
        if said == NOTED:
            return NOTE if filled <= max(3, self.width // 2) else ""
        if not said or self._is_printed(cells):
            return ""
        return TOTAL if said == SURE or self._only_figures(cells) else ""

    def _is_printed(self, cells: Sequence[object]) -> bool:
        """Whether a row is one that the form itself prints."""
        return any(compact(str(cells[place])) in self.sheet.fixed for place in self.keys) if self.sheet.fixed else False

    def _only_figures(self, cells: Sequence[object]) -> bool:
        """Whether nothing but figures, in digits or in words, stands beside the label."""
        return only_numbers([cell for cell in cells if cell.__class__ is not str or not self.labels.is_figure(cell)])  # type: ignore[arg-type]

    def _fixed(self, cells: Sequence[object]) -> str:
        for place in self.keys:
            if compact(str(cells[place])) in self.sheet.fixed:
                return DATA
        return DATA if any(not _is_blank(cells[place]) for place in self.strong) else GHOST

    def _sparse(self, cells: Sequence[object]) -> str:
        """A row of few cells: serial numbers, prefilled cells and one dropdown default alone are no data."""
        open_cells = [place for place in self.strong if not _is_blank(cells[place])]
        if any(self._is_code(cells[place]) for place in self.keys if self.order[place] not in self.sheet.prefilled):
            return DATA
        if open_cells and not (len(open_cells) == 1 and open_cells[0] in self.chosen):
            return DATA
        return GHOST if any(not _is_blank(cell) for cell in cells) else BLANK

    @staticmethod
    def _is_code(cell: object) -> bool:
        """Whether a key cell holds more than a running number."""
        text = str(cell).strip()
        return bool(compact(text)) and not _SERIAL.fullmatch(text)


def only_numbers(cells: Sequence[object]) -> bool:
    """Whether a row holds at most one text, its label; a record of somebody or something holds more."""
    texts = sum(cell.__class__ is not float and not _is_blank(cell) for cell in cells)
    return texts <= 1


def _spread(place: int, cells: Sequence[object]) -> str:
    """A text; together with the next one where both are single characters: 合 and 计 in two cells.

    >>> _spread(0, ("合", "", "计", 3.0)), _spread(0, ("合计", "人"))
    ('合计', '合计')
    """
    first = str(cells[place])
    after = next((cell for cell in cells[place + 1 :] if cell != ""), "") if len(first) == 1 else ""
    return f"{first}{after}" if after.__class__ is str and len(after) == 1 else first  # type: ignore[arg-type]


def _is_blank(cell: object) -> bool:
    return cell == "" or (cell.__class__ is str and not compact(cell))  # type: ignore[arg-type]
