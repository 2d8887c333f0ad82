"""What a mutated workbook still says, told by a parser of its own: rows that no change has touched.

A row is unharmed where its cells, the labels above, the texts and formats that they use, and the day from which the
workbook counts are those of the original. Bytes and zip headers are guarded by checksums: whatever changes there, no
row is harmed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.parsers import expat

from mutating import Parts

SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_BETWEEN = "\x0c"
"""A character that stands in no XML."""
HEAD_ROWS = 6
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
ALL = None
"""Every row."""


class Unclear(Exception):
    """A part that does not say one thing."""


def _name(element: ElementTree.Element) -> str:
    space, _, local = element.tag.rpartition("}")
    return local if space[1:] in SPACES else "?" + local


def _tree(part: bytes) -> ElementTree.Element:
    """The root of a part.

    The parser of ElementTree parts space and name by }, and takes no space with such a sign in it; every reader does.
    """
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: builder.start(
        _universal(name), {_universal(one): value for one, value in given.items()}
    )
    parser.EndElementHandler = lambda name: builder.end(_universal(name))
    parser.CharacterDataHandler = builder.data
    parser.SkippedEntityHandler = _undefined
    try:
        parser.Parse(part, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unclear from error


def _universal(name: str) -> str:
    space, between, local = name.rpartition(_BETWEEN)
    return f"{{{space}}}{local}" if between else local


def _undefined(name: str, _is_parameter: bool) -> None:
    raise Unclear(name)


def _children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [child for child in element if _name(child) == name]


def texts(part: bytes) -> list[str]:
    """The shared texts, each with its runs and their looks."""
    root = _tree(part)
    return [ElementTree.tostring(one, "unicode") for one in _children(root, "si")]


def formats(part: bytes) -> str:
    """All that a style sheet says."""
    return ElementTree.tostring(_tree(part), "unicode") if part else ""


def epoch(part: bytes) -> str:
    """From which day the workbook counts."""
    return next((str(one.get("date1904")) for one in _tree(part) if _name(one) == "workbookPr"), "")


def cells(part: bytes) -> dict[int, list]:
    """Per row number the cells that have something in them: (column, type, style, formula, value, inline text).

    Raises: Unclear: rows or cells stand twice, or in a row that has another number.
    """
    found: dict[int, list] = {}
    number = 0
    unclear: set[int] = set()
    for data in _children(_tree(part), "sheetData"):
        for row in _children(data, "row"):
            said = row.get("r")
            number = int(said) if said and re.fullmatch(r"[1-9]\d{0,6}", said) else number + 1
            unclear |= {number} if said not in (None, str(number)) or number in found else set()
            found[number] = list(_row(row, number, found.get(number, []), unclear))
    for row in unclear:
        found[row] = [("unclear",)]
    return found


def _row(row: ElementTree.Element, number: int, before: list, unclear: set[int]):
    yield from before
    column, seen = "", set()
    for cell in _children(row, "c"):
        address = _ADDRESS.fullmatch(cell.get("r", "")) or (cell.get("r") is None and _next(column, number))
        if not address or address[1] in seen:
            unclear.add(number)
            continue
        column = address[1]
        seen.add(column)
        if int(address[2]) != number:
            unclear |= {number, int(address[2])}
        value, formula, inline = (
            "|".join(ElementTree.tostring(one, "unicode") for one in _children(cell, name)) for name in ("v", "f", "is")
        )
        if value or formula or inline:
            yield column, cell.get("t", "n"), cell.get("s", "0"), formula, value, inline


def _next(column: str, number: int):
    """The address after a column, as a match."""
    count = 0
    for letter in column:
        count = count * 26 + ord(letter) - 64
    letters, count = "", count + 1
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(65 + rest) + letters
    return _ADDRESS.fullmatch(f"{letters}{number}")


class Original:
    """A workbook before it was changed.

    Args:
        parts: its parts.
        sheets: name of the form's sheet → part.
        names: the parts of the workbook, of the texts and of the formats.
    """

    def __init__(self, parts: Parts, sheets: Mapping[str, str], names: tuple[str, str, str]) -> None:
        self.parts, self.sheets = parts, sheets
        self._book, self._texts, self._styles = names
        self._known = self._shared(parts)
        self._cells = {part: cells(parts[part]) for part in sheets.values()}

    def _shared(self, parts: Parts) -> tuple:
        part = parts.get(self._texts, b"")
        return epoch(parts[self._book]), formats(parts.get(self._styles, b"")), texts(part) if part else []

    def unharmed(self, parts: Parts | None) -> dict[str, set[int] | None]:
        """Sheet of the form → numbers of its rows that nothing has touched; ALL for every row.

        Args:
            parts: of the mutant; None where only bytes or the package were changed.
        """
        if parts is None or all(parts[name] == part for name, part in self.parts.items()):
            return dict.fromkeys(self.sheets, ALL)
        try:
            day, looks, shared = self._shared(parts)
        except Unclear:
            return {}
        if (day, looks) != self._known[:2]:
            return {}
        found = {}
        for sheet, name in self.sheets.items():
            try:
                now = cells(parts[name])
            except Unclear:
                continue
            before = self._cells[name]
            same = {row for row in before if self._same(before[row], now.get(row, []), shared)}
            more = {row for row, held in now.items() if held and row not in before}
            if all(row in same for row in before if row <= HEAD_ROWS) and not any(row <= HEAD_ROWS for row in more):
                found[sheet] = ALL if len(same) == len(before) and not more else same
        return found

    def _same(self, before: list, now: list, shared: list[str]) -> bool:
        if sorted(before) != sorted(now):
            return False
        for cell in before:
            if cell != ("unclear",) and cell[1] == "s":
                number = re.search(r">\s*(\d+)\s*<", cell[4])
                if number and shared[int(number[1]) : int(number[1]) + 1] != self._known[2][int(number[1]) :][:1]:
                    return False
        return True

    def is_broken(self, parts: Parts) -> bool:
        """Whether a part that every reader needs is no XML any more."""
        needed = (self._book, self._texts, self._styles, *self.sheets.values())
        for part in filter(None, map(parts.get, needed)):
            try:
                _tree(part)
            except Unclear:
                return True
        return False


def original(parts: Parts, sheets: Mapping[str, str]) -> Original:
    """What a workbook says before it is changed.

    Args:
        sheets: name of the form's sheet → its title.
    """
    _, root = _related(parts, "")
    book = root["officeDocument"]
    targets, kinds = _related(parts, book)
    listed = {}
    for tabs in _children(_tree(parts[book]), "sheets"):
        for tab in _children(tabs, "sheet"):
            identity = next(value for key, value in tab.attrib.items() if key.endswith("}id"))
            listed[tab.get("name")] = targets[identity]
    found = {sheet: listed[title] for sheet, title in sheets.items() if title in listed}
    return Original(parts, found, (book, kinds.get("sharedStrings", ""), kinds.get("styles", "")))


def _related(parts: Parts, source: str) -> tuple[dict[str, str], dict[str, str]]:
    """The parts that a part is related to: by identity, and by the last step of the type."""
    names = {unquote(name).lstrip("/").lower(): name for name in parts}
    folder, _, file = unquote(source).lstrip("/").rpartition("/")
    by_identity, by_kind = {}, {}
    for one in _tree(parts[names[posixpath.join(folder, "_rels", f"{file}.rels").lower()]]):
        target = posixpath.normpath(posixpath.join("/" + folder, unquote(str(one.get("Target"))).replace("\\", "/")))
        if part := names.get(target[1:].lower()):
            by_identity[str(one.get("Id"))] = by_kind[str(one.get("Type")).rpartition("/")[2]] = part
    return by_identity, by_kind
