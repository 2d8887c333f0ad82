"""Old marks taken off a workbook: colours, comment lines, added columns, the sheet 问题清单."""

from __future__ import annotations

import html
import re

from toolkit.annotating.colours import FILL_PROPERTY, NO_FILL, is_none, number_of
from toolkit.model.layout import MARK, MARK_FIX, MARK_LIST, MARK_NOTE, MARK_PROBLEM
from toolkit.ooxml.comments import Comments
from toolkit.ooxml.container import Package
from toolkit.ooxml.editing import SheetEditor
from toolkit.ooxml.elements import children
from toolkit.ooxml.properties import properties
from toolkit.ooxml.sheets import remove
from toolkit.ooxml.styles import Styles

LINE = re.compile(rf"\r?\n?{MARK}[^\n]*")
_LABELS = frozenset((MARK_PROBLEM, MARK_FIX, MARK_NOTE))
_SIGN = MARK.encode()
_TEXT = re.compile(rb"<(?:t|v)\b[^>]*>(.*?)</(?:t|v)>", re.S)
"""Texts, also those that a writer keeps as the result of a formula (SheetJS)."""
_SHARED = re.compile(rb"<v\b[^>]*>(\d+)</")
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_ENCODED = re.compile(rb"&#(?:x0*3010|0*%d);" % ord(MARK[0]), re.I)
_FILL = re.compile(rb'^<xf\b[^>]*\sfillId="(\d+)"')


def is_marked(package: Package, styles: Styles) -> bool:
    """Whether the workbook may carry marks of an earlier round."""
    if _SIGN in package.read(package.workbook) or MARK_LIST in package.sheets:
        return True
    if any(number_of(fill) is not None for fill in styles.items("fills")) or _marked_texts(package):
        return True
    return any(_SIGN in _readable(package.read(part)) for part in package.sheets.values())


def strip(package: Package, styles: Styles) -> None:
    """Takes all marks off; cells get back the fill that they had."""
    shared = _marked_texts(package)
    for title in (MARK_LIST, MARK + MARK_LIST):
        if title in package.sheets and _is_ours(_readable(package.read(package.part_of(title))), shared):
            remove(package, title)
    formats = _marked_formats(package, styles)
    for part in package.sheets.values():
        _strip_sheet(package, part, shared, formats)


def _marked_texts(package: Package) -> dict[int, str]:
    """Shared texts with our sign, by their index."""
    name = next((part for part in package.related(package.workbook, "sharedStrings").values()), "")
    data = _readable(package.read(name)) if name else b""
    if _SIGN not in data:
        return {}
    root = next(children(data))
    items = enumerate(children(data, root.inner, root.inside))
    texts = ((index, data[one.start : one.end]) for index, one in items)
    return {index: _text(item) for index, item in texts if _SIGN in item}


def _readable(data: bytes) -> bytes:
    """A part in which our sign stands as itself; some writers put every character above ASCII as its number."""
    return _REFERENCE.sub(_character, data) if b"&#" in data and _ENCODED.search(data) else data


def _character(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16) if found[1] else int(found[2])
    return chr(number).encode("utf-8", "replace") if 127 < number < 0x110000 else found[0]


def _text(item: bytes) -> str:
    return html.unescape(b"".join(_TEXT.findall(item)).decode("utf-8", "replace"))


def _is_ours(sheet: bytes, shared: dict[int, str]) -> bool:
    """Whether a sheet named 问题清单 is one that marking added: its first text begins with our sign."""
    first = _TEXT.search(sheet)
    if first and first[1].startswith(_SIGN):
        return True
    used = _SHARED.search(sheet)
    return bool(used) and shared.get(int(used[1]), "").startswith(MARK)


def _marked_formats(package: Package, styles: Styles) -> dict[int, int]:
    """Cell formats with a mark's colour → the format that the cell had before."""
    fills = {index: number_of(fill) for index, fill in enumerate(styles.items("fills"))}
    if not any(number is not None for number in fills.values()):
        return {}
    kept, first = properties(package), styles.items("fills")[0]
    none = first if is_none(first) else NO_FILL  # in the words of the program that wrote the file
    found = {}
    for style, record in enumerate(list(styles.items("cellXfs"))):
        fill = _FILL.search(record)
        number = fills.get(int(fill[1])) if fill else None
        if number is not None:
            made = styles.with_fill(style, kept.get(f"{FILL_PROPERTY}{number}", "").encode() or none)
            found[style] = 0 if made is None else made
    return found


def _strip_sheet(package: Package, part: str, shared: dict[int, str], formats: dict[int, int]) -> None:
    data = _readable(package.read(part))
    has_comments = bool(package.related(part, "comments"))
    colours = re.compile(rb'\ss="(?:%s)"' % b"|".join(b"%d" % style for style in formats)) if formats else None
    coloured = colours if colours and colours.search(data) else None
    labelled = _SIGN in data or any(b"<v>%d</v>" % index in data for index in shared)
    comments = Comments(package, part) if has_comments else None
    if comments:
        comments.cut(LINE)
    if not (coloured or labelled or (comments and comments.changed)):
        return
    sheet = SheetEditor(_readable(package.sheet(part)))
    if labelled:
        _drop_columns(sheet, shared)
    if coloured:
        for row in sheet.rows:
            if coloured.search(sheet.raw_row(row)):
                _restore(sheet, row, formats)
    if comments:
        comments.save(sheet)
    package.replace(part, sheet.to_bytes())


def _restore(sheet: SheetEditor, row: int, formats: dict[int, int]) -> None:
    """Gives the marked cells of a row their own format back, those that are taken out anyway left aside."""
    for column, style, _ in list(sheet.cells(row)):
        if style in formats and not sheet.is_dropped(row, column):
            sheet.restyle(row, column, formats[style])


def _drop_columns(sheet: SheetEditor, shared: dict[int, str]) -> None:
    """Takes out the added columns, from the row of their labels down."""
    for row in sheet.rows:
        raw = sheet.raw_row(row)
        if _SIGN not in raw and not (shared and b't="s"' in raw):
            continue
        columns = {column for column, _, cell in sheet.cells(row) if _cell_text(cell, shared) in _LABELS}
        if columns:
            for below in sheet.rows[sheet.rows.index(row) :]:
                for column, _, _ in list(sheet.cells(below)):
                    if column in columns:
                        sheet.drop(below, column)
            sheet.set_columns(dict.fromkeys(columns))
            return


def _cell_text(cell: bytes, shared: dict[int, str]) -> str:
    if b't="s"' in cell:
        index = _SHARED.search(cell)
        return shared.get(int(index[1]), "") if index else ""
    return _text(cell) if _SIGN in cell else ""
