"""Which rows under a header are data: not the blank ones, nor totals, notes, signatures and serial numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from toolkit.reading.columns import SheetPlan
from toolkit.reading.normal import compact

DATA, BLANK, GHOST, TOTAL, NOTE, HEADER = "data", "blank", "ghost", "total", "note", "header"

_SERIAL = re.compile(r"\d{1,5}(?:\.0)?")
_LEADING, _LONG, _LONGEST_LEAD = 2, 3, 20


class Judge:
    """Tells data rows from others.

    Args:
        sheet: the sheet of the form.
        order: plan column index of each cell of the rows that are judged.
        words: the vocabulary.
    """

    def __init__(self, sheet: SheetPlan, order: Sequence[int], words: Mapping[str, Sequence[str]]) -> None:
        self.sheet, self.order, self.width = sheet, order, len(order)
        totals = "|".join(sorted((compact(word) for word in words["total_words"]), key=len, reverse=True))
        label = rf"(?:{totals})(?:[(（][^)）]*[)）])?[:：]?\s*(?:\d[\d.,]*[一-鿿]{{0,2}})?"
        self.sums = re.compile(rf"(.{{0,{_LONGEST_LEAD}}}?){label}", re.I)
        self.ends = re.compile(rf"{label}\s*$", re.I)
        self.leads = frozenset(compact(word) for word in words["total_leads"])
        notes = "|".join(sorted((compact(word) for word in words["note_words"]), key=len, reverse=True))
        self.note = re.compile(rf"(?:{notes})(?:\([^)]*\))?(?:[:：]|\d[.、]|$)")
        starts = {word[0] for key in ("total_words", "note_words", "total_leads") for word in words[key]}
        self.starts = frozenset(form for char in starts for form in (char, char.upper()))
        weak = sheet.serials | sheet.prefilled
        self.strong = [place for place, index in enumerate(order) if index not in weak]
        self.chosen = [place for place, index in enumerate(order) if index in sheet.choices]
        self.keys = [place for place, index in enumerate(order) if index in sheet.serials]
        self.few = self.width - len(self.strong) + 2

    def kind(self, cells: Sequence[object]) -> str:
        """DATA, or why the row is none."""
        filled = self.width - cells.count("")
        if not filled:
            return BLANK
        first = cells[0]
        if self.few < filled and first.__class__ is str and len(first) > _LONG and first[0] not in self.starts:  # type: ignore[arg-type, index]
            return DATA
        looked = 0
        for cell in cells:
            if cell != "":
                if cell.__class__ is str and (cell[0] in self.starts or cell[0] <= " " or self.ends.search(cell)):  # type: ignore[index, arg-type]
                    other = self._other(cell, cells, filled)  # type: ignore[arg-type]
                    if other:
                        return other
                looked += 1
                if looked == _LEADING:
                    break
        if self.sheet.fixed:
            return self._fixed(cells)
        if filled <= self.few:
            return self._sparse(cells)
        return DATA

    def _other(self, cell: str, cells: Sequence[object], filled: int) -> str:
        form = compact(cell)
        if self._is_total(form, cells):
            return TOTAL
        return NOTE if filled <= max(3, self.width // 2) and self.note.match(form) else ""

    def _is_total(self, form: str, cells: Sequence[object]) -> bool:
        """Whether a text labels a total: 合计(元), 合计:4人, 以上合计; 市教育局汇总 beside numbers only."""
        found = self.sums.fullmatch(form)
        if found is None:
            return False
        return not found[1] or found[1].lower() in self.leads or only_numbers(cells)

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


def _is_blank(cell: object) -> bool:
    return cell == "" or (cell.__class__ is str and not compact(cell))  # type: ignore[arg-type]
