"""Workbooks edited and stored in other formats by a running LibreOffice, under the system's Python, which has `uno`.

The only argument is the name of the office's pipe. One JSON line in, `[name, argument, …]`, one line out, the answer;
every public method of `Desk` is an order. Rows and columns are counted from 1.
"""

import json
import os
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet import TableFilterField
from com.sun.star.sheet.FilterOperator import NOT_EMPTY
from com.sun.star.table import TableSortField

WAIT = 60
ELSEWHERE = "elsewhere"
OF_TABLES = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "pdf": "calc_pdf_Export",
    "csv": "Text - txt - csv (StarCalc)",
}
OF_TEXTS = {"docx": "MS Word 2007 XML", "pdf": "writer_pdf_Export"}
"""Format → the office's filter that writes it."""


def option(name, value):
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def desktop(pipe):
    """The office behind a pipe, as soon as it listens."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    end = time.monotonic() + WAIT
    while True:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


class Edits:
    """Every public method is an edit of one sheet."""

    def __init__(self, document, title):
        self._document = document
        self._sheet = document.Sheets.getByName(title)
        self._sheet.unprotect("")

    def _area(self, top, left, bottom, right):
        return self._sheet.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1)

    def copy_row(self, row, onto, width):
        """A row copied over another one, with its formats."""
        source = self._area(row, 1, row, width).RangeAddress
        self._sheet.copyRange(self._area(onto, 1, onto, 1).getCellByPosition(0, 0).CellAddress, source)

    def paste(self, row, texts):
        """Cells that never saw this form over a row, with their formats: copied from a plain sheet that goes again."""
        sheets = self._document.Sheets
        sheets.insertNewByName(ELSEWHERE, sheets.Count)
        area = sheets.getByName(ELSEWHERE).getCellRangeByPosition(0, 0, len(texts) - 1, 0)
        area.setDataArray((tuple(texts),))
        self._sheet.copyRange(self._area(row, 1, row, 1).getCellByPosition(0, 0).CellAddress, area.RangeAddress)
        sheets.removeByName(ELSEWHERE)

    def insert(self, row, count):
        self._sheet.Rows.insertByIndex(row - 1, count)

    def delete(self, row, count):
        self._sheet.Rows.removeByIndex(row - 1, count)

    def sort(self, top, bottom, width, column):
        """Rows sorted downwards by a column."""
        field = TableSortField()
        field.Field, field.IsAscending = column - 1, False
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        self._area(top, 1, bottom, width).sort((option("SortFields", fields), option("ContainsHeader", False)))

    def filter(self, top, bottom, width, column):
        """Only the rows in which a column is filled in."""
        area = self._area(top, 1, bottom, width)
        wanted = area.createFilterDescriptor(True)
        field = TableFilterField()
        field.Field, field.Operator = column - 1, NOT_EMPTY
        wanted.setFilterFields((field,))
        area.filter(wanted)


class Desk:
    """Every public method is an order."""

    def __init__(self, office):
        self._office = office

    def _opened(self, path):
        url = uno.systemPathToFileUrl(path)
        document = self._office.loadComponentFromURL(url, "_blank", 0, (option("Hidden", True),))
        if document is None:
            raise ValueError(f"no document: {path}")
        return document

    def store(self, source, target, kind, options):
        """A file in another format."""
        document = self._opened(source)
        try:
            of_texts = document.supportsService("com.sun.star.text.GenericTextDocument")
            wanted = [option("FilterName", (OF_TEXTS if of_texts else OF_TABLES)[kind])]
            wanted += [option("FilterOptions", options)] if options else []
            document.storeToURL(uno.systemPathToFileUrl(target), tuple(wanted))
        finally:
            document.close(True)

    def edit(self, source, target, title, edits):
        """A workbook after edits of one sheet: calculated, and stored as xlsx."""
        document = self._opened(source)
        try:
            found = Edits(document, title)
            for name, *arguments in edits:
                getattr(found, name)(*arguments)
            document.calculateAll()
            document.storeToURL(uno.systemPathToFileUrl(target), (option("FilterName", OF_TABLES["xlsx"]),))
        finally:
            document.close(True)


def main():
    """Answers orders until the input ends."""
    desk = Desk(desktop(sys.argv[1]))
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            getattr(desk, name)(*arguments)
            answer = ""
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        print(json.dumps(answer), flush=True)
    sys.stdout.flush()
    os._exit(0)  # pyuno can crash while the interpreter shuts down


main()
