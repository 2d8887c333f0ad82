"""Workbooks in memory behind the xlwings engine."""

import openpyxl
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, range_boundaries

from tests.macros import xlwings_engine

ALLOWED = {
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingRows": "insertRows",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
}


class Workbook:
    """One file, opened by openpyxl; `trail` says what was shown: (sheet, cell), in order."""

    def __init__(self, path):
        self.fullname = str(path)
        self.wb = openpyxl.load_workbook(path)
        self.trail = []

    def titles(self):
        return self.wb.sheetnames

    def names(self):
        return {name: self._place(one) for name, one in self.wb.defined_names.items()}

    @staticmethod
    def _place(defined):
        title, area = next(iter(defined.destinations))
        column, row, right, bottom = range_boundaries(area.replace("$", ""))
        return (title, row, column, bottom - row + 1, right - column + 1)

    def _cells(self, place):
        title, row, column, height, width = place
        return self.wb[title].iter_rows(row, row + height - 1, column, column + width - 1)

    def values(self, place):
        return [[cell.value for cell in row] for row in self._cells(place)]

    def enter(self, place, rows):
        for cells, values in zip(self._cells(place), rows, strict=False):
            for cell, value in zip(cells, values, strict=False):
                _enter(cell, value)

    def colour(self, place):
        fill = next(iter(self._cells(place)))[0].fill
        rgb = fill.fgColor.rgb if fill.fill_type == "solid" and isinstance(fill.fgColor.rgb, str) else ""
        return tuple(int(rgb[at : at + 2], 16) for at in (2, 4, 6)) if rgb else None

    def paint(self, place, colour):
        if self.protected(place[0]):
            raise RuntimeError("the sheet is protected")
        fill = PatternFill() if colour is None else PatternFill("solid", fgColor="{:02X}{:02X}{:02X}".format(*colour))
        for row in self._cells(place):
            for cell in row:
                cell.fill = fill

    def protected(self, title):
        return bool(self.wb[title].protection.sheet)

    def allowed(self, title, name):
        """Allowed is what openpyxl stores as not forbidden."""
        return not getattr(self.wb[title].protection, ALLOWED[name])

    def unprotect(self, title, password):
        if self.wb[title].protection.password and password == "":
            raise RuntimeError("the password is wrong")
        self.wb[title].protection.sheet = False

    def protect(self, title, allowed):
        self.wb[title].protection.sheet = True
        for name, value in allowed.items():
            setattr(self.wb[title].protection, ALLOWED[name], not value)

    def print_only(self, place):
        title, row, column, height, width = place
        last = f"{get_column_letter(column + width - 1)}{row + height - 1}"
        self.wb[title].print_area = f"{get_column_letter(column)}{row}:{last}"

    def save_copy(self, path):
        self.wb.save(path)

    def front(self):
        self.trail.append("front")

    def select(self, place):
        self.wb.active = self.wb[place[0]]
        self.trail.append((place[0], f"{get_column_letter(place[2])}{place[1]}"))


def _enter(cell, value):
    """What Excel does with an entry: an apostrophe in front makes it text, an equals sign a formula."""
    if cell.__class__.__name__ == "MergedCell":
        return
    if isinstance(value, str) and value.startswith("'"):
        cell.value = value[1:]
        cell.data_type = "s"
        cell.quotePrefix = True
    else:
        cell.value = value


def install(*paths):
    """The engine with these files open, active in xlwings; its one app."""
    return xlwings_engine.install("openpyxl", [Workbook(path) for path in paths])
