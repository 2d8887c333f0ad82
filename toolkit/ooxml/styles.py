"""The styles part: cell formats derived from existing ones; new ones are appended, known ones used again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from toolkit.model.errors import XltoolError
from toolkit.ooxml.canonical import MAIN
from toolkit.ooxml.container import Package
from toolkit.ooxml.elements import Element, attributes, children, with_attribute
from toolkit.ooxml.relations import declare_part, relate
from toolkit.ooxml.usual import STYLES

ORDER = tuple(
    "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst".split()  # noqa: SIM905
)
"""The sections of the part in the order that the standard asks for (ECMA-376 part 1, CT_Stylesheet)."""
FONT_ORDER = tuple(
    "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme".split()  # noqa: SIM905
)
"""The properties of a font in the order that Excel and the Open XML SDK ask for."""
MOST = {"cellXfs": 65_430, "fills": 65_430, "borders": 65_430, "fonts": 512}
"""How many records a workbook may have, as the Open XML SDK counts (Excel takes 65,490 formats), and fonts in Excel."""
_NOTHING = b'<fill><patternFill patternType="none"/></fill>'
_FORMAT = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"%s/>'
_FIRST = {
    "fonts": b'<font><sz val="11"/><name val="Calibri"/></font>',
    "fills": _NOTHING + b'<fill><patternFill patternType="gray125"/></fill>',
    "borders": b"<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellStyleXfs": _FORMAT % b"",
    "cellXfs": _FORMAT % b' xfId="0"',
}
"""What stands in a section that has to be there and that a writer left out."""
_EMPTY = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{MAIN}"></styleSheet>'.encode()
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_USED = re.compile(rb'\s(?:s|style)="(\d+)"')
_XF = re.compile(rb"<xf\b[^>]*/>|<xf\b[^>]*[^>/]>.*?</xf>", re.S)
_ROOT = re.compile(rb"<styleSheet\b[^>]*>")
_APPLIED = frozenset((b'applyFill="1"', b'applyFill="0"', b'applyFill="true"', b'applyFill="false"'))


class Styles:
    """The styles of one workbook.

    Args:
        data: the XML of the styles part in the usual style.
        used: tells which cell formats the sheets use; asked when there is no room for another one.
    Raises: XltoolError: PKG-003 no list of styles.
    """

    def __init__(self, data: bytes, used: Callable[[], Iterable[int]] = tuple) -> None:
        root = _ROOT.search(data)
        if root is None:
            raise XltoolError("PKG-003")
        self._data, self._sections = _completed(data, root.end())
        self._used = used
        self._lists: dict[str, list[bytes]] = {}
        self._changed: set[str] = set()
        self._places: dict[str, dict[object, int]] = {}
        self._free: list[int] | None = None

    def items(self, section: str) -> list[bytes]:
        """The records of a section (`fonts`, `fills`, `borders`, `cellXfs`), by their index.

        Fonts whose properties a writer put in another order than the standard's (openpyxl, ExcelJS) are put in order.
        """
        if section not in self._lists:
            place: Element = self._sections[section]
            found = _XF.findall(self._data, place.inner, place.inside) if section == "cellXfs" else []
            if len(found) < 2:
                found = [self._data[one.start : one.end] for one in children(self._data, place.inner, place.inside)]
            self._lists[section] = found
            if section == "fonts" and (ordered := [_font(record) for record in found]) != found:
                self._lists[section] = ordered
                self._changed.add(section)
        return self._lists[section]

    def add(self, section: str, record: bytes) -> int | None:
        """Index of a record, new when there is none like it; None when Excel takes no more of them."""
        places, key = self._known(section), _key(section, record)
        if key in places:
            return places[key]
        known = self.items(section)
        if len(known) < MOST.get(section, len(known) + 1):
            known.append(record)
            place: int | None = len(known) - 1
        else:
            place = self._unused() if section == "cellXfs" else None
            if place is None:
                return None
            places.pop(_key(section, known[place]), None)
            known[place] = record
        self._changed.add(section)
        places[key] = place
        return place

    def _known(self, section: str) -> dict[object, int]:
        """What a record says → the first index that says it."""
        if section not in self._places:
            places: dict[object, int] = {}
            for index, record in enumerate(self.items(section)):
                places.setdefault(_key(section, record), index)
            self._places[section] = places
        return self._places[section]

    def _unused(self) -> int | None:
        """A cell format that no cell, row or column has; each is given once."""
        if self._free is None:
            taken = {0, *self._used()}
            self._free = [index for index in range(len(self.items("cellXfs")) - 1, 0, -1) if index not in taken]
        return self._free.pop() if self._free else None

    def recount(self) -> None:
        """From now on formats count as unused by what the sheets hold now."""
        self._free = None

    def fill(self, style: int) -> bytes:
        """The fill of a cell format."""
        fills, formats = self.items("fills"), self.items("cellXfs")
        record = formats[style if style < len(formats) else 0]
        number = int(attributes(_head(record)).get("fillId", "0"))
        return fills[number] if number < len(fills) else _NOTHING

    def with_fill(self, style: int, fill: bytes) -> int | None:
        """The cell format that differs from another in nothing but its fill; None when there is no room for it."""
        formats = self.items("cellXfs")
        record = formats[style if style < len(formats) else 0]
        head, number = _head(record), self.add("fills", fill)
        if number is None:
            return None
        changed = with_attribute(with_attribute(head, "fillId", str(number)), "applyFill", "1")
        return self.add("cellXfs", changed + record[len(head) :])

    def with_font(self, font: int, properties: Mapping[str, bytes]) -> int | None:
        """The font that differs from another in some properties, such as `b`; None when there is no room for it.

        Args:
            properties: name → the XML of the property, empty when it goes.
        """
        return self.add("fonts", _font(self.items("fonts")[font], properties))

    def to_bytes(self) -> bytes:
        """The part with the new records."""
        data, parts, start = self._data, [], 0
        for section, place in sorted(self._sections.items(), key=lambda item: item[1].start):
            if section not in self._changed:
                continue
            items = self.items(section)
            head = with_attribute(data[place.start : place.inner], "count", str(len(items)))
            parts += [data[start : place.start], head, *items, b"</" + section.encode() + b">"]
            start = place.end
        return b"".join((*parts, data[start:]))


def styles_part(package: Package) -> str:
    """Name of the styles part of a workbook, made where a writer left it out."""
    known = package.related(package.workbook, "styles")
    if known:
        return next(iter(known.values()))
    name = STYLES
    package.replace(name, _EMPTY)
    declare_part(package, name, _TYPE)
    relate(package, package.workbook, "styles", name, "xltoolStyles")
    return name


def used_formats(package: Package) -> set[int]:
    """The cell formats that cells, rows or columns of any sheet have."""
    parts = (package.read(tab.part) for tab in package.tabs if package.has(tab.part))
    return {int(number) for part in parts for number in set(_USED.findall(part))}


def _completed(data: bytes, inner: int) -> tuple[bytes, dict[str, Element]]:
    """The part with all sections that cell formats need, each with one record at least; and its sections.

    Args:
        inner: where the content of the root begins.
    """
    found = _quick(data)
    if found:
        return data, found
    known = {one.name: one for one in children(data, inner)}
    for section in reversed([name for name in ORDER if name in _FIRST]):
        place = known.get(section)
        if place is not None and next(children(data, place.inner, place.inside), None) is not None:
            continue
        text = b"<%s>%s</%s>" % (section.encode(), _FIRST[section], section.encode())
        later = ORDER[ORDER.index(section) + 1 :]
        at = min((known[name].start for name in later if name in known), default=data.rindex(b"</styleSheet"))
        start, end = (place.start, place.end) if place else (at, at)
        data = data[:start] + text + data[end:]
        known = {one.name: one for one in children(data, inner)}
    return data, known


def _quick(data: bytes) -> dict[str, Element]:
    """The sections that cell formats need, looked for by name; empty when one is missing or empty.

    None of them stands inside another, and workbooks of years have tens of thousands of formats to scan.
    """
    found = {}
    for section in _FIRST:
        name = section.encode()
        start, inside = data.find(b"<" + name + b" "), data.find(b"</" + name + b">")
        inner = data.find(b">", start) + 1
        if not 0 <= start < inner < inside or data.find(b"<", inner, inside) < 0:
            return {}
        found[section] = Element(section, start, inner, inside, inside + len(name) + 3)
    return found


def _font(record: bytes, properties: Mapping[str, bytes] | None = None) -> bytes:
    """A font with its properties in order, some of them changed."""
    place = next(children(record))
    own = [(one.name, record[one.start : one.end]) for one in children(record, place.inner, place.inside)]
    names = [name for name, _ in own]
    known = {name: rank for rank, name in enumerate(FONT_ORDER)}
    ranks = [known.get(name, len(known)) for name in names]
    if not properties and ranks == sorted(ranks):
        return record
    left = [(name, text) for name, text in (dict(own) | dict(properties or {})).items() if text]
    ranked = sorted(left, key=lambda one: known.get(one[0], len(known)))
    return b"<font>" + b"".join(text for _, text in ranked) + b"</font>"


def _head(record: bytes) -> bytes:
    return record[: record.index(b">") + 1]


def _key(section: str, record: bytes) -> object:
    """What a record says; of a cell format without the order of attributes and `applyFill`, which programs ignore."""
    if section != "cellXfs":
        return record
    head, _, rest = record.partition(b">")
    return frozenset(head.rstrip(b"/").split()) - _APPLIED, rest
