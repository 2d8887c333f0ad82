"""The documents open in a running LibreOffice, by JSON lines; runs under the Python that has `uno` (the system's).

One order a line in, `[name, argument, …]`; one answer a line out. The only argument is the name of the office's pipe.
A place is (sheet, row, column, height, width), counted from 1.
"""

import json
import os
import sys

import uno
from com.sun.star.beans import PropertyValue

XLSX = "Calc MS Excel 2007 XML"
NOTHING = -1


def desktop(pipe):
    """The office behind a pipe."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
    return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)


class Documents:
    """Every public method is an order; a document goes by its path."""

    def __init__(self, office):
        self._office = office

    def _open(self):
        found = {}
        components = self._office.Components.createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                found[uno.fileUrlToSystemPath(document.URL)] = document
        return found

    def documents(self):
        """Paths of the open workbooks."""
        return sorted(self._open())

    def titles(self, book):
        """Titles of the sheets."""
        return list(self._open()[book].Sheets.ElementNames)

    def names(self, book):
        """Name → place, for the names that mean cells."""
        found = {}
        document = self._open()[book]
        for name in document.NamedRanges.ElementNames:
            area = document.NamedRanges.getByName(name).ReferredCells
            if area is not None:
                at = area.RangeAddress
                size = (at.EndRow - at.StartRow + 1, at.EndColumn - at.StartColumn + 1)
                title = document.Sheets.getByIndex(at.Sheet).Name
                found[name] = (title, at.StartRow + 1, at.StartColumn + 1, *size)
        return found

    def _area(self, book, place):
        title, row, column, height, width = place
        sheet = self._open()[book].Sheets.getByName(title)
        return sheet.getCellRangeByPosition(column - 1, row - 1, column + width - 2, row + height - 2)

    def values(self, book, place):
        """Rows of values; None where a cell is empty."""
        return [[None if value == "" else value for value in row] for row in self._area(book, place).getDataArray()]

    def enter(self, book, place, rows):
        """Values as if typed: an apostrophe in front makes text, an equals sign a formula."""
        title, row, column, height, width = place
        height, width = max(height, len(rows)), max(width, len(rows[0]))
        if [len(rows), len(rows[0])] != [height, width]:
            raise ValueError("fewer values than cells")
        area = self._area(book, (title, row, column, height, width))
        area.setFormulaArray(tuple(tuple(_typed(value) for value in values) for values in rows))

    def colour(self, book, place):
        """Red, green, blue of the first cell's ground; None without one."""
        ground = self._area(book, place).getCellByPosition(0, 0).CellBackColor
        return None if ground == NOTHING else [ground >> 16 & 255, ground >> 8 & 255, ground & 255]

    def paint(self, book, place, colour):
        """Another ground; the office itself refuses where a sheet is protected."""
        area = self._area(book, place)
        area.CellBackColor = NOTHING if colour is None else colour[0] << 16 | colour[1] << 8 | colour[2]
        if self.colour(book, place) != colour:
            raise RuntimeError("the sheet is protected")

    def protected(self, book, title):
        """Whether a sheet is protected."""
        return self._open()[book].Sheets.getByName(title).isProtected()

    def unprotect(self, book, title, password):
        """Takes the protection away; a wrong password is an error."""
        sheet = self._open()[book].Sheets.getByName(title)
        sheet.unprotect(password)
        if sheet.isProtected():
            raise RuntimeError("the password is wrong")

    def protect(self, book, title, allowed):
        """Protects a sheet again, with what it allowed before."""
        self._open()[book].Sheets.getByName(title).protect("")

    def print_only(self, book, place):
        """Nothing but these cells of the sheet is printed."""
        area = self._area(book, place)
        area.Spreadsheet.setPrintAreas((area.RangeAddress,))

    def save_copy(self, book, path):
        """The document as it stands now into a file, as Excel's SaveCopyAs does."""
        kind = PropertyValue()
        kind.Name, kind.Value = "FilterName", XLSX
        self._open()[book].storeToURL(uno.systemPathToFileUrl(path), (kind,))

    def front(self, book):
        """The document's window in front of the others."""
        self._open()[book].CurrentController.Frame.ContainerWindow.toFront()

    def select(self, book, place):
        """Shows and selects cells."""
        controller = self._open()[book].CurrentController
        controller.setActiveSheet(self._open()[book].Sheets.getByName(place[0]))
        controller.select(self._area(book, place))

    def selected(self, book):
        """Sheet and address of the selection."""
        document = self._open()[book]
        sheet, _, address = document.CurrentSelection.AbsoluteName.replace("$", "").rpartition(".")
        return [sheet.strip("'"), address]

    def modified(self, book):
        """Whether the document differs from its file."""
        return self._open()[book].isModified()

    def close(self, book):
        """Closes a document without saving."""
        document = self._open()[book]
        document.setModified(False)
        document.close(True)


def _typed(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(value)


def main():
    """Answers orders until the input ends."""
    documents = Documents(desktop(sys.argv[1]))
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = {"value": getattr(documents, name)(*arguments)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    sys.stdout.flush()
    os._exit(0)  # pyuno can crash while the interpreter shuts down


main()
