"""A small xlwings engine for machines without Excel, so that code written for Excel runs there.

It covers what `macro_api` uses; everything else raises NotImplementedError from xlwings' own base classes. It exercises
our code and xlwings' converters, not Excel's COM. What a workbook does is done by one of two: `openpyxl_books.Workbook`
(a file in memory) or `office_books.Workbook` (a document that is open in LibreOffice).
"""

import re
from typing import Protocol

import xlwings as xw
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes as base

Colour = tuple[int, int, int] | None
Place = tuple[str, int, int, int, int]
"""Sheet, row, column, height, width."""


class Workbook(Protocol):
    """What the engine asks of a workbook."""

    fullname: str

    def titles(self) -> list[str]: ...
    def names(self) -> dict[str, Place]: ...
    def values(self, place: Place) -> list[list]: ...
    def enter(self, place: Place, rows: list[list]) -> None: ...
    def colour(self, place: Place) -> Colour: ...
    def paint(self, place: Place, colour: Colour) -> None: ...
    def protected(self, title: str) -> bool: ...
    def allowed(self, title: str, name: str) -> bool: ...
    def unprotect(self, title: str, password: str) -> None: ...
    def protect(self, title: str, allowed: dict[str, bool]) -> None: ...
    def print_only(self, place: Place) -> None: ...
    def save_copy(self, path: str) -> None: ...
    def front(self) -> None: ...
    def select(self, place: Place) -> None: ...


class Engine:
    type = "linux"

    def __init__(self, name, workbooks):
        self.name = name
        self.apps = Apps([App(self, workbooks)])

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

    def __init__(self, engine, workbooks):
        self.engine = engine
        self.books = Books(self, workbooks)

    def activate(self, steal_focus=None):
        pass


class Books(base.Books):
    active = None

    def __init__(self, app, workbooks):
        self._books = [Book(app, one) for one in workbooks]
        self.active = self._books[-1] if self._books else None

    def __iter__(self):
        return iter(self._books)

    def __len__(self):
        return len(self._books)

    def __call__(self, key):
        return self._books[key - 1] if isinstance(key, int) else next(one for one in self._books if one.name == key)


class Native:
    """Excel's own object of a workbook, as far as our code uses it."""

    def __init__(self, workbook):
        self._workbook = workbook

    def SaveCopyAs(self, path):
        self._workbook.save_copy(path)


class Book(base.Book):
    app = fullname = sheets = names = api = None

    def __init__(self, app, workbook):
        self.app, self.workbook, self.fullname = app, workbook, workbook.fullname
        self.sheets, self.names = Sheets(self), Names(self)
        self.api = Native(workbook)

    @property
    def name(self):
        return re.split(r"[/\\]", self.fullname)[-1]

    def activate(self):
        self.app.books.active = self
        self.workbook.front()


class Sheets(base.Sheets):
    def __init__(self, book):
        self.book = book

    def __iter__(self):
        return (Sheet(self.book, title) for title in self.book.workbook.titles())

    def __len__(self):
        return len(self.book.workbook.titles())

    def __call__(self, key):
        titles = self.book.workbook.titles()
        return Sheet(self.book, titles[key - 1] if isinstance(key, int) else titles[titles.index(key)])


class Protection:
    """Excel's Protection object."""

    def __init__(self, workbook, title):
        self._workbook, self._title = workbook, title

    def __getattr__(self, name):
        return self._workbook.allowed(self._title, name)


class NativeSheet:
    """Excel's own object of a sheet."""

    def __init__(self, workbook, title):
        self._workbook, self._title = workbook, title
        self.Protection = Protection(workbook, title)

    @property
    def ProtectContents(self):
        return self._workbook.protected(self._title)

    def Unprotect(self, password):
        self._workbook.unprotect(self._title, password)

    def Protect(self, password, **allowed):
        self._workbook.protect(self._title, allowed)


class PageSetup(base.PageSetup):
    api = None

    def __init__(self, sheet):
        self._sheet = sheet

    @property
    def print_area(self):
        return None

    @print_area.setter
    def print_area(self, value):
        place = self._sheet.range(value).coords
        self._sheet.book.workbook.print_only(place)


class Sheet(base.Sheet):
    book = api = name = page_setup = None

    def __init__(self, book, title):
        self.book, self.name = book, title
        self.api = NativeSheet(book.workbook, title)
        self.page_setup = PageSetup(self)

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
        self.book.workbook.select((self.name, 1, 1, 1, 1))


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

    @property
    def _workbook(self):
        return self.sheet.book.workbook

    @property
    def raw_value(self):
        values = self._workbook.values(self.coords)
        return values[0][0] if self.shape == (1, 1) else tuple(map(tuple, values))

    @raw_value.setter
    def raw_value(self, value):
        if not isinstance(value, (list, tuple)):
            value = [[value] * self.shape[1]] * self.shape[0]
        self._workbook.enter(self.coords, [list(row) for row in value])

    @property
    def color(self):
        return self._workbook.colour(self.coords)

    @color.setter
    def color(self, value):
        self._workbook.paint(self.coords, value)

    @property
    def address(self):
        return self.get_address(True, True, False)

    def get_address(self, row_absolute=True, column_absolute=True, external=False):
        mark = ("$" if column_absolute else "", "$" if row_absolute else "")
        bottom, right = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        first, last = (
            f"{mark[0]}{get_column_letter(column)}{mark[1]}{row}"
            for row, column in ((self.row, self.column), (bottom, right))
        )
        return first if first == last else f"{first}:{last}"

    def clear_contents(self):
        self.raw_value = None

    def select(self):
        self._workbook.select(self.coords)


class Names(base.Names):
    def __init__(self, book):
        self.book = book

    def __iter__(self):
        return (Name(self.book, name, place) for name, place in self.book.workbook.names().items())

    def __len__(self):
        return len(self.book.workbook.names())

    def __call__(self, key):
        return list(self)[key - 1]


class Name(base.Name):
    name = None

    def __init__(self, book, name, place):
        self.book, self.name, self._place = book, name, place

    @property
    def refers_to_range(self):
        title, *place = self._place
        return Range(Sheet(self.book, title), *place)


def install(name, workbooks):
    """The engine with these workbooks open, active in xlwings; its one app."""
    engine = xw.main.Engine(impl=Engine(name, workbooks))
    xw.engines.add(engine)
    engine.activate()
    return engine.impl.apps.active


def remove():
    """No engine any more, and no calling workbook."""
    xw.engines.active = None
    xw.Book.__dict__.get("_mock_caller") and delattr(xw.Book, "_mock_caller")
