"""The styles part: cell formats derived from existing ones; new ones are appended, known ones used again."""

from __future__ import annotations

import re
from functools import cached_property

from toolkit.model.errors import XltoolError
from toolkit.ooxml.elements import Element, attributes, children, with_attribute

_ROOT = re.compile(rb"<(\w+:)?styleSheet\b[^>]*>")
_NOTHING = b'<fill><patternFill patternType="none"/></fill>'


class Styles:
    """The styles of one workbook.

    Args:
        data: the XML of the styles part.
    Raises: XltoolError: PKG-003 no list of cell formats.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        root = _ROOT.search(data)
        if root is None:
            raise XltoolError("PKG-003")
        self.prefix = root[1] or b""
        self._sections = {element.name: element for element in children(data, root.end())}
        self._added: dict[str, list[bytes]] = {}
        self._lists: dict[str, list[bytes]] = {}
        if not {"cellXfs", "fills", "fonts", "borders"} <= set(self._sections):
            raise XltoolError("PKG-003")

    def items(self, section: str) -> list[bytes]:
        """The records of a section (`fonts`, `fills`, `borders`, `cellXfs`), by their index."""
        if section not in self._lists:
            place: Element = self._sections[section]
            self._lists[section] = [
                self._data[one.start : one.end] for one in children(self._data, place.inner, place.inside)
            ]
        return self._lists[section]

    def add(self, section: str, record: bytes) -> int:
        """Index of a record, appended when it is new; written without namespace prefix."""
        if self.prefix:
            record = re.sub(rb"<(/?)(?=\w)", rb"<\1" + self.prefix, record)
        known = self.items(section)
        if record in known:
            return known.index(record)
        known.append(record)
        self._added.setdefault(section, []).append(record)
        return len(known) - 1

    def fill(self, style: int) -> bytes:
        """The fill of a cell format, without namespace prefix."""
        fills = self.items("fills")
        number = int(attributes(_head(self.items("cellXfs")[style])).get("fillId", "0"))
        record = fills[number] if number < len(fills) else _NOTHING
        return self.bare(record)

    def bare(self, record: bytes) -> bytes:
        """A record without namespace prefix."""
        if not self.prefix:
            return record
        return record.replace(b"<" + self.prefix, b"<").replace(b"</" + self.prefix, b"</")

    def with_fill(self, style: int, fill: bytes) -> int:
        """The cell format that differs from another in nothing but its fill."""
        formats = self.items("cellXfs")
        record = formats[style if style < len(formats) else 0]
        head = _head(record)
        changed = with_attribute(with_attribute(head, "fillId", str(self.add("fills", fill))), "applyFill", "1")
        return self._format(changed + record[len(head) :])

    def _format(self, record: bytes) -> int:
        shape = _shape(record)
        if shape not in self._shapes:
            bare = (
                record.replace(b"<" + self.prefix, b"<").replace(b"</" + self.prefix, b"</") if self.prefix else record
            )
            self._shapes[shape] = self.add("cellXfs", bare)
        return self._shapes[shape]

    @cached_property
    def _shapes(self) -> dict[tuple, int]:
        """What a cell format says → the first index that says it."""
        found: dict[tuple, int] = {}
        for index, record in enumerate(self.items("cellXfs")):
            found.setdefault(_shape(record), index)
        return found

    def to_bytes(self) -> bytes:
        """The part with the new records."""
        data, parts, start = self._data, [], 0
        for section, place in sorted(self._sections.items(), key=lambda item: item[1].start):
            if section not in self._added:
                continue
            count = str(len(self.items(section)))
            head = with_attribute(data[place.start : place.inner], "count", count)
            if place.inner == place.end:
                head = head[:-2] + b">"
            close = b"</" + self.prefix + section.encode() + b">"
            parts += [data[start : place.start], head, data[place.inner : place.inside], *self._added[section], close]
            start = place.end
        return b"".join((*parts, data[start:]))


def _head(record: bytes) -> bytes:
    return record[: record.index(b">") + 1]


def _shape(record: bytes) -> tuple:
    """A cell format without the order of its attributes, and without `applyFill`, which programs ignore."""
    head = _head(record)
    given = attributes(head)
    given.pop("applyFill", None)
    return tuple(sorted(given.items())), record[len(head) :]
