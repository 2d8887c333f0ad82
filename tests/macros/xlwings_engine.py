"""A small xlwings engine over openpyxl, so that code written for Excel runs where there is none.

It covers what `macro_api` uses; everything else raises NotImplementedError from xlwings' own base classes.
It exercises our code and xlwings' converters, not Excel's COM.
"""

import re

import openpyxl
import xlwings as xw
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes as base


class Engine:
    name = type = "openpyxl"

    def __init__(self, *books):
        app = App()
        self.apps = Apps([app])
        for path in books:
            app.books.open(path)

    @staticmethod
    def prepare_xl_data_element(value, options):
        return value

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str=False):
        return [[empty_as if value is None else value for value in row] for row in data]


class Apps(base.Apps):
    def __init__(self, apps):
        self._apps = apps
        self.active = apps[0]

    def __iter__(self):
        return iter(self._apps)

    def __len__(self):
        return len(self._apps)

    def keys(self):
        return [1]

    def __getitem__(self, pid):
        return self._apps[0]


class App(base.App):
    engine = books = None
    pid = 1

    def __init__(self):
        self.books = Books(self)
        self.trail = []
        """What was shown: (book, sheet, cell), in order."""

    def activate(self, steal_focus=None):
        self.trail.append("front")


class Books(base.Books):
    active = None

    def __init__(self, app):
        self.app, self._books = app, []

    def open(self, path, **_):
        book = Book(self.app, path)
        self._books.append(book)
        self.active = book
        return book

    def __iter__(self):
        return iter(self._books)

    def __len__(self):
        return len(self._books)

    def __call__(self, key):
        return self._books[key - 1] if isinstance(key, int) else next(one for one in self._books if one.name == key)


class Workbook:
    """Excel's own object of a workbook, as far as our code uses it."""

    def __init__(self, book):
        self._book = book

    def SaveCopyAs(self, path):
        self._book.wb.save(path)


class Book(base.Book):
    app = fullname = sheets = names = api = None

    def __init__(self, app, path):
        self.app, self.fullname = app, str(path)
        self.wb = openpyxl.load_workbook(path)
        self.sheets = Sheets(self)
        self.names = Names(self)
        self.api = Workbook(self)

    @property
    def name(self):
        return re.split(r"[/\\]", self.fullname)[-1]

    def activate(self):
        self.app.books.active = self


class Sheets(base.Sheets):
    def __init__(self, book):
        self.book = book

    def __iter__(self):
        return (Sheet(self.book, ws) for ws in self.book.wb.worksheets)

    def __len__(self):
        return len(self.book.wb.worksheets)

    def __call__(self, key):
        ws = self.book.wb.worksheets[key - 1] if isinstance(key, int) else self.book.wb[key]
        return Sheet(self.book, ws)


ALLOWED = {
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingRows": "insertRows",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
}


class Protection:
    """Excel's Protection object: allowed is what openpyxl stores as not forbidden."""

    def __init__(self, ws):
        self._ws = ws

    def __getattr__(self, name):
        return not getattr(self._ws.protection, ALLOWED[name])


class Worksheet:
    """Excel's own object of a sheet."""

    def __init__(self, ws):
        self._ws = ws
        self.Protection = Protection(ws)

    @property
    def ProtectContents(self):
        return bool(self._ws.protection.sheet)

    def Unprotect(self, password):
        if self._ws.protection.password and password == "":
            raise RuntimeError("the password is wrong")
        self._ws.protection.sheet = False

    def Protect(self, password, **allowed):
        self._ws.protection.sheet = True
        for name, value in allowed.items():
            setattr(self._ws.protection, ALLOWED[name], not value)


class Sheet(base.Sheet):
    book = api = None

    def __init__(self, book, ws):
        self.book, self.ws = book, ws
        self.api = Worksheet(ws)

    @property
    def name(self):
        return self.ws.title

    def range(self, first, last=None):
        if isinstance(first, Range):
            end = last or first
            bottom, right = end.row + end.shape[0] - 1, end.column + end.shape[1] - 1
            return Range(self, first.row, first.column, bottom - first.row + 1, right - first.column + 1)
        if isinstance(first, tuple):
            row, column, *size = first
            bottom, right = last or (first[:2] if not size else (row + size[0] - 1, column + size[1] - 1))
        else:
            column, row, right, bottom = range_boundaries(first.replace("$", ""))
        return Range(self, row, column, bottom - row + 1, right - column + 1)

    def activate(self):
        self.book.wb.active = self.ws


class Range(base.Range):
    sheet = row = column = shape = None
    api = True

    def __init__(self, sheet, row, column, height, width):
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (height, width)

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, row, column=None):
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    @property
    def coords(self):
        return (self.sheet.name, self.row, self.column, *self.shape)

    def _cells(self):
        bottom, right = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        return self.sheet.ws.iter_rows(self.row, bottom, self.column, right)

    @property
    def raw_value(self):
        values = tuple(tuple(cell.value for cell in row) for row in self._cells())
        return values[0][0] if self.shape == (1, 1) else values

    @raw_value.setter
    def raw_value(self, value):
        if not isinstance(value, (list, tuple)):
            value = [[value] * self.shape[1]] * self.shape[0]
        for row, values in zip(self._cells(), value, strict=False):
            for cell, one in zip(row, values, strict=False):
                _enter(cell, one)

    @property
    def color(self):
        fill = next(self._cells())[0].fill
        rgb = fill.fgColor.rgb if fill.fill_type == "solid" and isinstance(fill.fgColor.rgb, str) else ""
        return tuple(int(rgb[at : at + 2], 16) for at in (2, 4, 6)) if rgb else None

    @color.setter
    def color(self, value):
        if self.sheet.ws.protection.sheet:
            raise RuntimeError("the sheet is protected")
        fill = PatternFill() if value is None else PatternFill("solid", fgColor="{:02X}{:02X}{:02X}".format(*value))
        for row in self._cells():
            for cell in row:
                cell.fill = fill

    @property
    def address(self):
        return self.get_address(True, True, False)

    def get_address(self, row_absolute=True, column_absolute=True, external=False):
        mark = ("$" if column_absolute else "", "$" if row_absolute else "")
        return f"{mark[0]}{get_column_letter(self.column)}{mark[1]}{self.row}"

    def clear_contents(self):
        self.raw_value = None

    def select(self):
        self.sheet.book.app.trail.append((self.sheet.book.name, self.sheet.name, self.get_address(False, False)))


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


class Names(base.Names):
    def __init__(self, book):
        self.book = book

    def __iter__(self):
        return (Name(self.book, name, one) for name, one in self.book.wb.defined_names.items())

    def __len__(self):
        return len(self.book.wb.defined_names)

    def __call__(self, key):
        return list(self)[key - 1]


class Name(base.Name):
    name = None

    def __init__(self, book, name, defined):
        self.book, self.name, self._defined = book, name, defined

    @property
    def refers_to_range(self):
        title, area = next(iter(self._defined.destinations))
        return Sheet(self.book, self.book.wb[title]).range(area)


def install(*paths):
    """The engine with these workbooks open, active in xlwings; its one app."""
    engine = xw.main.Engine(impl=Engine(*paths))
    engine.impl.apps.active.engine = engine.impl
    xw.engines.add(engine)
    engine.activate()
    return engine.impl.apps.active
