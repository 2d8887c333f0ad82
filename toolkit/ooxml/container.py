"""The zip container of a workbook: parts by name, untouched parts copied as they are."""

from __future__ import annotations

import zlib
from functools import cached_property
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

from toolkit.model.catalogue import entry
from toolkit.model.cell import counts_from_1904
from toolkit.model.errors import XltoolError
from toolkit.ooxml.archive import Entry, Refused, directory
from toolkit.ooxml.usual import ROOT_RELATIONS, TYPES, relations_part
from toolkit.ooxml.writing import Member, join_members, member

_ENCRYPTED = 0x1
PART_LIMIT = 512 * 1024 * 1024


def _unfit(problem: str, **facts: object) -> XltoolError:
    return XltoolError("PKG-001", problem=entry("PKG-001").problem(problem, **facts))


def _members(data: bytes) -> dict[str, Member]:
    try:
        parts = directory(data)
    except Refused as refused:
        raise _unfit("no_zip") from refused
    return {name: _raw(data, part) for name, part in parts.items() if not name.endswith("/")}


def _raw(data: bytes, part: Entry) -> Member:
    packed = data[part.offset : part.offset + part.packed]
    if part.flags & _ENCRYPTED or part.method not in (0, 8) or len(packed) != part.packed:
        raise _unfit("unusual")
    return Member(part.name, part.method, part.checksum, part.size, packed)


def parse_xml(data: bytes) -> ElementTree.Element:
    """The root of a small part; a document type declaration is refused.

    Raises: XltoolError: PKG-001.
    """
    if b"<!DOCTYPE" in data:
        raise _unfit("doctype")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise _unfit("no_xml") from error


class Package:
    """The parts of one workbook; `replace`, `remove` and `to_bytes` write a patched copy.

    Raises: XltoolError: PKG-001 not a zip, encrypted, or without a workbook inside.
    """

    def __init__(self, data: bytes) -> None:
        self._members = _members(data)

    def copy(self) -> Package:
        """An independent package with the same parts."""
        twin = object.__new__(Package)
        twin.__dict__ |= self.__dict__ | {"_members": dict(self._members)}
        return twin

    @property
    def names(self) -> tuple[str, ...]:
        """Part names in the order of the zip."""
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """A part, unpacked.

        Raises: KeyError: no such part. XltoolError: PKG-001 damaged, or larger than declared.
        """
        part = self._members[name]
        if part.size > PART_LIMIT:
            raise _unfit("large", name=name)
        if part.method == 0:
            data = part.packed
        else:
            try:
                data = zlib.decompressobj(-15).decompress(part.packed, part.size + 1)
            except zlib.error as error:
                raise _unfit("damaged", name=name) from error
        if len(data) != part.size or zlib.crc32(data) != part.crc:
            raise _unfit("damaged", name=name)
        return data

    def replace(self, name: str, data: bytes) -> None:
        """Puts a part in place of the old one, or adds it at the end."""
        self._members[name] = member(name, data)

    def put(self, part: Member) -> None:
        """Puts a part that is already packed."""
        self._members[part.name] = part

    def remove(self, name: str) -> None:
        """Takes a part out; its relations and content type are the caller's to take out."""
        self._members.pop(name, None)

    def to_bytes(self) -> bytes:
        """The whole file; the same parts always give the same bytes."""
        return join_members(self._members.values())

    def related(self, source: str, kind: str) -> dict[str, str]:
        """Relation id → part name, for the relations of a part whose type ends in `/kind`.

        Args:
            source: part name; "" for the package itself.
        """
        path = relations_part(source)
        if path not in self._members:
            return {}
        base = dirname(source)
        found = {}
        for node in parse_xml(self.read(path)):
            if node.get("Type", "").endswith("/" + kind) and node.get("TargetMode") != "External":
                target = node.get("Target", "")
                name = target[1:] if target.startswith("/") else normpath(join(base, target))
                found[node.get("Id", "")] = name
        return found

    @cached_property
    def workbook(self) -> str:
        """Name of the workbook part."""
        found = [name for name in self.related("", "officeDocument").values() if name in self._members]
        if not found:
            raise _unfit("no_workbook")
        return found[0]

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Sheet title → part name, in the order of the tabs (chart sheets left out)."""
        parts = self.related(self.workbook, "worksheet")
        found = {}
        for node in parse_xml(self.read(self.workbook)).iter():
            if node.tag.rpartition("}")[2] == "sheet":
                key = next((value for name, value in node.items() if name.endswith("}id")), "")
                if key in parts:
                    found[node.get("name", "")] = parts[key]
        return found

    @cached_property
    def custom_properties(self) -> str:
        """Name of the part with the custom document properties; "" when there is none."""
        return next((name for name in self.related("", "custom-properties").values() if name in self._members), "")

    @cached_property
    def epoch_1904(self) -> bool:
        """Whether dates count from 1904 (old Excel for Mac)."""
        return counts_from_1904(self.read(self.workbook))

    def part_of(self, title: str) -> str:
        """Part name of a sheet.

        Raises: XltoolError: PKG-002.
        """
        if title not in self.sheets:
            raise XltoolError("PKG-002", sheet=title)
        return self.sheets[title]

    def declare(self, name: str, content_type: str, relation: str) -> None:
        """Registers a new part: its content type, and its relation from the package."""
        types = self.read(TYPES)
        record = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
        self.replace(TYPES, types.replace(b"</Types>", record.encode()))
        relations = self.read(ROOT_RELATIONS)
        record = f'<Relationship Id="xltool1" Type="{relation}" Target="{name}"/></Relationships>'
        self.replace(ROOT_RELATIONS, relations.replace(b"</Relationships>", record.encode()))
