"""What the XML of a sheet says that the reader of values cannot: errors, formulas, merges, hidden rows."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from toolkit.model.cell import IN_FORMULA, IN_XML, areas, column_number, counts_from_1904
from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.properties import PART as CUSTOM_PROPERTIES
from toolkit.ooxml.properties import text_properties
from toolkit.ooxml.usual import ROOT_RELATIONS, WORKBOOK, relations, relations_part, tabs
from toolkit.reading.gate import Package

Place = tuple[int, int]
"""Zero-based row and column."""
NOWHERE: Place = (-1, -1)
"""The place of a cell that carries no address."""

_REF = re.compile(rb'r="' + IN_XML + rb'"')
_ERROR_VALUE = re.compile(rb"<v>([^<]*)</v>")
_RESULT = re.compile(rb"<v(?: [^>/]*)?>[^<]")
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>")
_FUNCTIONS = "HYPERLINK|WEBSERVICE|IMAGE|FILTERXML|RTD|CALL|REGISTER(?:\\.ID)?|EXEC|SQL\\.REQUEST"
_CALL = re.compile(rf"\b({_FUNCTIONS})\s*\(|\w\|[^|]*!", re.I)
_CALLING = re.compile(rf"<f[^>]*>[^<]*(?:{_FUNCTIONS}|\|)".encode(), re.I)
_FROM_TO = f"{IN_FORMULA}:{IN_FORMULA}".encode()
_SUMMING = re.compile(rb'<c r="' + IN_XML + rb'"[^>]*><f>(?:SUBTOTAL\(\d+,|SUM\()' + _FROM_TO + rb"\)</f>")

_VIEW = re.compile(rb"<workbookView\b[^>]*>")
_UNSEEN = tuple(map(re.compile, (rb' visibility="(?:hidden|veryHidden)"', rb' showSheetTabs="(?:0|false)"')))
"""Windows that are not shown, and those that show one sheet alone."""

_maps: dict[tuple[bytes, bytes], dict[str, str]] = {}


def sheet_parts(package: Package) -> Mapping[str, str]:
    """Part names by sheet title."""
    key = (package.part(WORKBOOK), package.part(relations_part(WORKBOOK)))
    if key not in _maps:
        if len(_maps) > 200:
            _maps.clear()
        parts: dict[str, str] = {}
        for tab in tabs(key[0], relations(key[1], WORKBOOK)):
            parts.setdefault(tab.title, tab.part)
        _maps[key] = parts
    return _maps[key]


def sheet_xml(package: Package, title: str) -> bytes:
    """The XML of a sheet; empty when there is none."""
    return package.part(sheet_parts(package).get(title, ""))


def uses_1904(package: Package) -> bool:
    """Whether the workbook counts days from 1904."""
    return counts_from_1904(package.part(WORKBOOK))


def marked_cells(xml: bytes) -> dict[Place, tuple[str, str]]:
    """Cells whose value the reader cannot give: place → (code, text as shown).

    C006: an error value; C007: a formula without a stored result. The reader of values answers both
    with an empty cell.
    """
    if b't="e"' not in xml and not has_formulas(xml):
        return {}
    marked: dict[Place, tuple[str, str]] = {}
    for chunk in xml.split(b"<c ")[1:]:
        head, _, rest = chunk.partition(b">")
        if head.endswith(b"/"):
            continue
        body, _, _ = rest.partition(b"</c>")
        if b't="e"' in head:
            value = _ERROR_VALUE.search(body)
            marked[place_of(head)] = ("C006", value[1].decode("utf-8", "replace") if value else "#")
        elif b"<f" in body and not (_RESULT.search(body) or (b't="str"' in head and b"<v" in body)):
            marked[place_of(head)] = ("C007", "=")
    return marked


@lru_cache(maxsize=8)
def has_formulas(xml: bytes) -> bool:
    """Whether a sheet has formulas; one that takes part in another's has no text of its own."""
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if 0 <= start < end and xml.find(b"f", start, end) < 0:  # one letter is found the quickest
        return False
    return b"</f>" in xml or b"<f " in xml or b"<f/" in xml


def place_of(head: bytes) -> Place:
    """The place of a cell by its opening tag."""
    found = _REF.search(head)
    return (int(found[2]) - 1, column_number(found[1].decode()) - 1) if found else NOWHERE


def calling_cells(xml: bytes) -> dict[str, list[Place]]:
    """Cells whose formula opens links, calls programs or fetches data: name of the function → places."""
    found: dict[str, list[Place]] = {}
    if b"</f>" not in xml or not _CALLING.search(xml):
        return found
    for chunk in xml.split(b"<c ")[1:]:
        head, _, rest = chunk.partition(b">")
        formula = _FORMULA.search(rest.partition(b"</c>")[0])
        if formula and (call := _CALL.search(html.unescape(formula[1].decode("utf-8", "replace")))):
            found.setdefault((call[1] or "DDE").upper(), []).append(place_of(head))
    return found


def total_rows(package: Package, title: str) -> set[int]:
    """Zero-based numbers of the total rows of the tables on a sheet."""
    name = sheet_parts(package).get(title, "")
    found: set[int] = set()

    def start(tag: str, given: dict[str, str]) -> None:
        count, whole = given.get("totalsRowCount", ""), list(areas(given.get("ref", "")))
        if tag.rpartition(BETWEEN)[2] == "table" and count.isdecimal() and whole:
            found.update(range(whole[0].bottom - int(count), whole[0].bottom))

    for one in relations(package.part(relations_part(name)), name) if name else ():
        if one.kind == "table" and (part := package.part(one.target)):
            parse(part, start)
    return found


def summing_rows(xml: bytes, grid: Sequence[Sequence[object]]) -> set[int]:
    """Zero-based numbers of rows whose numbers are all sums over the cells above them in their column."""
    sums: dict[int, set[int]] = {}
    for letters, number, first, top, last, bottom in _SUMMING.findall(xml) if has_formulas(xml) else ():
        row, column = int(number) - 1, column_number(letters.decode()) - 1
        if first == last == letters and int(top) < int(bottom) <= row:
            sums.setdefault(row, set()).add(column)
    return {
        row
        for row, columns in sums.items()
        if row < len(grid) and all(at in columns for at, cell in enumerate(grid[row]) if cell.__class__ is float)
    }


def hides_itself(package: Package) -> bool:
    """Whether no window of a workbook is shown when it is opened, or none shows which sheets there are."""
    views = _VIEW.findall(package.part(WORKBOOK))
    return bool(views) and any(all(map(unseen.search, views)) for unseen in _UNSEEN)


def active_content(package: Package) -> list[str]:
    """Codes of active or external content that the package carries (never run, never followed)."""
    low, codes = package.names, []
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in low):
        codes.append("F009")
    if any("/activex/" in name or "/embeddings/" in name or name.endswith("connections.xml") for name in low):
        codes.append("F025")
    links = [name for name in low if "/externallinks/" in name and name.endswith(".xml")]
    if any(b"<ddeLink" in package.part(name) for name in links):
        codes.append("F025")
    if links:
        codes.append("F010")
    return sorted(set(codes))


def custom_properties(package: Package) -> dict[str, str]:
    """Text properties of the package's own list of properties by name."""
    named = [one.target for one in relations(package.part(ROOT_RELATIONS), "") if one.kind == "custom-properties"]
    found: dict[str, str] = {}
    for part in filter(None, map(package.part, named or [CUSTOM_PROPERTIES])):
        found = text_properties(part) | found
    return found
