"""One workbook file that is changed: parts by name, in the usual style; untouched parts keep their packed bytes."""

from __future__ import annotations

from functools import cached_property

from toolkit.model.catalogue import entry
from toolkit.model.cell import counts_from_1904
from toolkit.model.errors import XltoolError
from toolkit.ooxml.addresses import check_addresses
from toolkit.ooxml.archive import AMBIGUOUS, BOMB, CORRUPT, Entry, Refused, directory, inflate, part_name
from toolkit.ooxml.canonical import DOCTYPE, MAIN, MALFORMED, canonical, check
from toolkit.ooxml.usual import (
    Parts,
    Relation,
    Tab,
    is_plain,
    relations,
    relations_part,
    roles,
    tabs,
    usual,
    workbook_part,
)
from toolkit.ooxml.writing import Member, join_members, member

_PROBLEMS = {AMBIGUOUS: "unusual", BOMB: "large", CORRUPT: "damaged", DOCTYPE: "doctype", MALFORMED: "no_xml"}


def _unfit(problem: str) -> XltoolError:
    return XltoolError("PKG-001", problem=entry("PKG-001").problem(problem))


class Package:
    """The parts of one workbook; `replace`, `remove` and `to_bytes` write a patched copy.

    A workbook of a rare writer (parts under other names, prefixes, the strict standard, another encoding) is taken
    in the usual style, as the reader takes it; names of parts count in any case.

    Raises: XltoolError: PKG-001 not a zip, encrypted, damaged, or without a workbook inside.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._open(data)
        except Refused as error:
            raise _unfit(_PROBLEMS[error.code]) from error

    def _open(self, data: bytes) -> None:
        try:
            entries = directory(data)
        except Refused as error:
            raise _unfit("no_zip" if error.code == CORRUPT else _PROBLEMS[error.code]) from error
        if any(one.flags & 1 or one.method not in (0, 8) for one in entries.values()):
            raise _unfit("unusual")
        parts = Parts(data, entries)
        workbook = workbook_part(parts)
        if not workbook:
            raise _unfit("no_workbook")
        made = usual(parts, workbook)
        if made is not None:
            data = made
            parts = Parts(data, directory(data))
            workbook = workbook_part(parts)
        self.workbook = workbook
        self._members: dict[str, Member] = {}
        for key, one in parts.entries.items():
            if not key.endswith("/"):
                packed = data[one.offset : one.offset + one.packed]
                self._members[key] = Member(part_name(one.name), one.method, one.checksum, one.size, packed)
        found = roles(parts, workbook)
        self._plain = {name.lower() for name in (workbook, found.strings, found.styles, *found.sheets)}
        self._unpacked = parts.inflated
        self._changed: dict[str, bytes] = {}
        self._related: dict[str, list[Relation]] = {}

    def copy(self) -> Package:
        """An independent package with the same parts."""
        twin = object.__new__(Package)
        own = ("_members", "_plain", "_unpacked", "_changed", "_related")
        twin.__dict__ |= self.__dict__ | {name: self.__dict__[name].copy() for name in own}
        return twin

    @property
    def names(self) -> tuple[str, ...]:
        """Part names in the order of the zip."""
        return tuple(one.name for one in self._members.values())

    def has(self, name: str) -> bool:
        """Whether there is a part of that name."""
        return name.lower() in self._members

    def read(self, name: str) -> bytes:
        """A part, unpacked.

        Raises: KeyError: no such part. XltoolError: PKG-001 damaged, or larger than declared.
        """
        key = name.lower()
        if key in self._changed:
            return self._changed[key]
        one = self._members[key]
        if key in self._unpacked:
            return self._unpacked[key]
        try:
            return inflate(one.packed, Entry(one.name, 0, one.method, one.crc, len(one.packed), one.size, 0))
        except Refused as error:
            raise _unfit(_PROBLEMS[error.code]) from error

    def plain(self, name: str, main: str = MAIN) -> bytes:
        """A part in the usual style, which patterns may rely on; empty when there is none.

        Args:
            main: the namespace of its own elements.
        Raises: XltoolError: PKG-001 damaged, not well-formed.
        """
        if not self.has(name):
            return b""
        key, part = name.lower(), self.read(name)
        if key in self._plain:
            return part
        if is_plain(part, main):
            self._plain.add(key)
            return part
        try:
            return canonical(part, main)
        except Refused as error:
            raise _unfit(_PROBLEMS[error.code]) from error

    def check(self) -> None:
        """Refuses a workbook of which Excel would repair or reject the sheets, texts or styles as no XML.

        Raises: XltoolError: PKG-001.
        """
        try:
            for key in sorted(self._plain):
                if self.has(key):
                    check(self.read(key))
        except Refused as error:
            raise _unfit(_PROBLEMS[error.code]) from error

    def sheet(self, name: str) -> bytes:
        """The XML of a sheet in the usual style, its cells addressed as patterns find them.

        Raises: XltoolError: PKG-001 damaged, not well-formed, a cell twice or out of order.
        """
        part = self.plain(name)
        try:
            if not check_addresses(part):
                part = canonical(part)
        except Refused as error:
            raise _unfit(_PROBLEMS[error.code]) from error
        return part

    def replace(self, name: str, data: bytes) -> None:
        """Puts a part in place of the old one, or adds it at the end."""
        key = name.lower()
        if key not in self._members:
            self._members[key] = Member(name, 8, 0, 0, b"")
        self._changed[key] = data
        self._related.pop(key, None)

    def put(self, part: Member) -> None:
        """Puts a part that is already packed."""
        key = part.name.lower()
        self._changed.pop(key, None)
        self._unpacked.pop(key, None)
        self._members[key] = part

    def remove(self, name: str) -> None:
        """Takes a part out; its relations and content type are the caller's to take out."""
        for known in (self._members, self._unpacked, self._changed, self._related):
            known.pop(name.lower(), None)

    def to_bytes(self) -> bytes:
        """The whole file; the same parts always give the same bytes."""
        changed = self._changed
        return join_members(
            member(one.name, changed[key]) if key in changed else one for key, one in self._members.items()
        )

    def relations(self, source: str) -> list[Relation]:
        """The relations of a part.

        Args:
            source: part name; "" for the package itself.
        Raises: XltoolError: PKG-001.
        """
        path = relations_part(source)
        key = path.lower()
        if key not in self._related:
            try:
                self._related[key] = relations(self.read(path), source) if self.has(path) else []
            except Refused as error:
                raise _unfit(_PROBLEMS[error.code]) from error
        return self._related[key]

    def related(self, source: str, kind: str) -> dict[str, str]:
        """Relation id → part name, for the relations of a part whose type ends in `/kind`; only parts that are there.

        Args:
            source: part name; "" for the package itself.
        """
        return {
            one.identity: one.target
            for one in self.relations(source)
            if one.kind == kind and not one.external and self.has(one.target)
        }

    @property
    def tabs(self) -> list[Tab]:
        """All sheets as the workbook lists them, chart sheets too."""
        return tabs(self.read(self.workbook), self.relations(self.workbook))

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Sheet title → part name, in the order of the tabs (chart sheets left out)."""
        return {tab.title: tab.part for tab in self.tabs if tab.kind == "worksheet" and self.has(tab.part)}

    @cached_property
    def custom_properties(self) -> str:
        """Name of the part with the custom document properties; "" when there is none."""
        return next(iter(self.related("", "custom-properties").values()), "")

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
