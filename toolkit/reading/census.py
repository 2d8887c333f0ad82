"""What the XML of a sheet says that the reader of values cannot: errors, formulas, merges, hidden rows."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from toolkit.model.cell import IN_XML, column_number, counts_from_1904
from toolkit.reading.canonical import canonical
from toolkit.reading.gate import Package

Place = tuple[int, int]
"""Zero-based row and column."""
NOWHERE: Place = (-1, -1)
"""The place of a cell that carries no address."""

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_MERGE = re.compile(rb'<mergeCell ref="' + IN_XML + rb":" + IN_XML + rb'"')
_REF = re.compile(rb'r="' + IN_XML + rb'"')
_ERROR_VALUE = re.compile(rb"<v>([^<]*)</v>")
_RESULT = re.compile(rb"<v>[^<]")
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>")
_FUNCTIONS = "HYPERLINK|WEBSERVICE|IMAGE|FILTERXML|RTD|CALL|REGISTER(?:\\.ID)?|EXEC|SQL\\.REQUEST"
_CALL = re.compile(rf"\b({_FUNCTIONS})\s*\(|\w\|[^|]*!", re.I)
_CALLING = re.compile(rf"<f[^>]*>[^<]*(?:{_FUNCTIONS}|\|)".encode(), re.I)
_HIDDEN = b' hidden="'
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_PROPERTY = re.compile(rb'<property\b[^>]*\bname="([^"]*)"[^>]*>\s*<(?:\w+:)?\w+>([^<]*)<')
_PREFIX = re.compile(rb"<(/?)\w+:(?=[a-zA-Z])")

_maps: dict[tuple[bytes, bytes], dict[str, str]] = {}


def sheet_parts(package: Package) -> Mapping[str, str]:
    """Part names by sheet title."""
    key = (package.part("xl/workbook.xml"), package.part("xl/_rels/workbook.xml.rels"))
    if key not in _maps:
        if len(_maps) > 200:
            _maps.clear()
        _maps[key] = _sheet_parts(*key)
    return _maps[key]


def _sheet_parts(workbook: bytes, relations: bytes) -> dict[str, str]:
    targets = relation_targets(relations)
    parts: dict[str, str] = {}
    for found in _SHEET.finditer(workbook):
        attributes = _attributes(found[1])
        identity = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        parts.setdefault(attributes.get("name", ""), targets.get(identity, ""))
    return parts


def relation_targets(relations: bytes) -> dict[str, str]:
    """Part names by the ids of a workbook's relations."""
    targets = {}
    for found in _RELATION.finditer(relations):
        attributes = _attributes(found[1])
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return targets


def _attributes(text: bytes) -> dict[str, str]:
    return {
        found[1].decode(): html.unescape((found[2] or found[3] or b"").decode("utf-8", "replace"))
        for found in _ATTRIBUTE.finditer(text)
    }


def sheet_xml(package: Package, title: str) -> bytes:
    """The XML of a sheet in the usual style, without namespace prefixes; empty when there is none."""
    name = sheet_parts(package).get(title, "")
    part = package.part(name)
    if name.lower() in package.odd:
        return canonical(part)
    return part if b"<worksheet" in part[:2000] else _PREFIX.sub(rb"<\1", part)


def uses_1904(package: Package) -> bool:
    """Whether the workbook counts days from 1904."""
    return counts_from_1904(package.part("xl/workbook.xml"))


def marked_cells(xml: bytes) -> dict[Place, tuple[str, str]]:
    """Cells whose value the reader cannot give: place → (code, text as shown).

    C006: an error value; C007: a formula without a stored result. The reader of values answers both
    with an empty cell.
    """
    if b't="e"' not in xml and b"</f>" not in xml:
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
        elif b"<f" in body and b't="str"' not in head and not _RESULT.search(body):
            marked[place_of(head)] = ("C007", "=")
    return marked


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


def merges(xml: bytes) -> list[tuple[int, int, int, int]]:
    """Merged ranges as zero-based (top, left, bottom, right)."""
    return [
        (int(top) - 1, column_number(left.decode()) - 1, int(bottom) - 1, column_number(right.decode()) - 1)
        for left, top, right, bottom in _MERGE.findall(xml, max(0, xml.rfind(b"</sheetData>")))
    ]


def hidden_rows(xml: bytes) -> list[int]:
    """Zero-based numbers of hidden rows."""
    rows = []
    place = xml.find(_HIDDEN)
    while place >= 0:
        start = xml.rfind(b"<", 0, place)
        shown = xml.startswith((b"0", b"f"), place + len(_HIDDEN))
        number = None if shown else _ROW_NUMBER.search(xml, start, place + 400)
        if number and xml.startswith(b"<row ", start):
            rows.append(int(number[1]) - 1)
        place = xml.find(_HIDDEN, place + 1)
    return rows


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
    """Text properties of docProps/custom.xml by name."""
    return {
        name.decode("utf-8", "replace"): html.unescape(value.decode("utf-8", "replace"))
        for name, value in _PROPERTY.findall(package.part("docProps/custom.xml"))
    }
