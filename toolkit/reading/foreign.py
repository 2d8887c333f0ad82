"""The libraries that parse what other people made: workbooks, OLE2 files, encrypted ones.

Nothing else in the program imports one, and only worker processes ever load this module: there a deadline and a limit
of memory hold, and a library that aborts ends nothing but one file.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import python_calamine

from toolkit.ooxml.archive import Refused

LOCKED, DAMAGED = "F005", "F002"
DEFAULT = "VelvetSweatshop"
"""The password that Excel itself uses for workbooks that are protected but open without asking."""

Workbook = python_calamine.CalamineWorkbook
NOT_READABLE = (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError, ValueError)
"""What the reader of values raises about a file."""
NO_SHEET = (python_calamine.CalamineError, OverflowError, ValueError)
"""What it raises about one sheet."""
WORKSHEET, VISIBLE = python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible


def workbook(data: bytes) -> Workbook:
    """A workbook that passed the gate.

    Raises: Refused: F005 it needs a password; one of NOT_READABLE.
    """
    try:
        return _without_panic(Workbook.from_filelike, io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise Refused(LOCKED) from error


def grid(book: Workbook, title: str) -> list:
    """All cells of a sheet from A1 on; left alone, the reader would drop blank rows and columns before the first.

    Raises: one of NO_SHEET.
    """
    return _without_panic(lambda: book.get_sheet_by_name(title).to_python(skip_empty_area=False))


def _without_panic(parse: Callable, *given: object):
    """What the reader of values gives; where its own arithmetic gives up on a damaged file, it raises as for any other.

    A panic is no Exception, so that it would end the worker process, and the unit would hear of the program's end
    instead of the damage of its file.

    Raises: one of NOT_READABLE and of NO_SHEET.
    """
    try:
        return parse(*given)
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the type can be had from no module
            raise ValueError(str(error)) from error
        raise


def merged(book: Workbook, title: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """First and last cell, from 0, of the merged areas of a sheet; none where the library cannot tell."""
    try:
        return list(book.get_sheet_by_name(title).merged_cell_ranges or ())
    except NO_SHEET:
        return []


_SEPARATORS = ",\t;，"


def text_table(data: bytes) -> list[list[object]]:
    """The rows of a table of text, in the encodings and with the separators that Excel and WPS write.

    Raises: Refused: F002 it is in no such encoding, or no table.
    """
    import csv

    text = _decoded(data)
    head = "\n".join(text.splitlines()[:20])
    separator = max(_SEPARATORS, key=head.count)
    try:
        rows: list[list[object]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as error:
        raise Refused(DAMAGED) from error
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _decoded(data: bytes) -> str:
    wide = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ()
    for encoding in (*wide, "utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(DAMAGED)


def ole_stream(data: bytes, *names: str) -> bytes:
    """The first of some streams that an OLE2 file has; empty when it has none."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        found = next((name for name in names if file.exists(name)), "")
        return file.openstream(found).read() if found else b""


def is_locked(data: bytes) -> bool:
    """Whether an OLE2 file is a workbook that needs a password."""
    try:
        return _office_file(data).is_encrypted()
    except Exception:  # the library raises what its parser meets; then it is simply no such file
        return False


def unlock(data: bytes, password: str) -> bytes | None:
    """The workbook inside a locked one; None when the password does not fit."""
    try:
        file, opened = _office_file(data), io.BytesIO()
        if getattr(file, "format", "") == "ooxml":
            file.load_key(password=password, verify_password=True)
        else:
            file.load_key(password=password)
        file.decrypt(opened)
    except Exception:  # a wrong password and a damaged file look alike here: neither opens
        return None
    return opened.getvalue()


def _office_file(data: bytes):
    import msoffcrypto

    return msoffcrypto.OfficeFile(io.BytesIO(data))
