"""Workbooks of rare writers, written anew as the usual programs would have written them.

The reader of values and all patterns find the parts of a workbook under their usual names and in the usual style.
Where a workbook differs (a part under another name, prefixes, the strict standard, single quotes, comments, another
encoding), a copy in memory is made that says the same in the usual way, and everything looks at that copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from toolkit.ooxml.addresses import holds
from toolkit.ooxml.archive import AMBIGUOUS, Entry, Refused, inflate, part_name
from toolkit.ooxml.canonical import BETWEEN, MAIN, STRICT, canonical, parse, quoted, transitional
from toolkit.ooxml.writing import join_members, member

ROOT_RELATIONS, TYPES = "_rels/.rels", "[Content_Types].xml"
WORKBOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
_SHEET = "xl/worksheets/sheet{}.xml"
_SHEETS = "xl/worksheets/"
_BOOK_TYPES = re.compile(
    r"spreadsheetml\.(?:sheet|template)\.main\+xml|ms-excel\.(?:sheet|template|addin)\.\S*main\+xml"
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PROLOG = re.compile(rb"\s*<\?xml[^>]*\?>\s*")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w-]+)")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")
_CODED = re.compile(rb"<v>[^<&]*&#")
"""A value with signs by their number, which the reader of values does not take for a number."""
_HEAD = 2_000
_UNUSUAL = (b"<!", b"<?", b"='")
_INDIRECT = (b"/..", b'"..', b"./", b"%", b"\\")
"""Marks of a target in a list of relations that is no name as it stands."""
_FOREIGN_TEXT = re.compile(rb":(?:si|t)[ />]")
_ATTRIBUTE = rb"\s*[\w:]+\s*=\s*[\"']"
_LOOSE = tuple((mark, re.compile(mark + _ATTRIBUTE)) for mark in (b"\n", b"\t", b"\r", b"  "))
"""Blanks that the usual programs do not write before an attribute; the blanks alone are found quickly."""
_APART = re.compile(rb"\w(?:\s+=\s*|=\s+)[\"']")
"""An attribute apart from its sign of equality: who writes that, writes it from the first tag on."""


@dataclass(frozen=True)
class Relation:
    """One relation: `kind` is the last step of its type, `target` a part name, or an address outside the package."""

    identity: str
    kind: str
    type: str
    target: str
    external: bool


@dataclass(frozen=True)
class Tab:
    """One sheet as the workbook lists it.

    Args:
        part, kind: its part and the kind of the relation that leads there (`worksheet`, `chartsheet`); "" for none.
        state: visible, hidden or veryHidden.
    """

    title: str
    part: str
    kind: str
    state: str


@dataclass(frozen=True)
class Roles:
    """Which part is what.

    Args:
        sheets: parts of the worksheets, in the order of their relations.
    """

    workbook: str
    strings: str
    styles: str
    sheets: tuple[str, ...]


class Parts:
    """The parts of a package by their names in any case; parts are inflated when they are asked for.

    `inflated` are those that were, by their names in lower case.
    """

    def __init__(self, data: bytes, entries: Mapping[str, Entry]) -> None:
        self.data = data
        self.entries = {name.lower(): entry for name, entry in entries.items()}
        self.inflated: dict[str, bytes] = {}

    def part(self, name: str) -> bytes:
        """The bytes of a part; empty when there is none."""
        known = self.inflated.get(name) or self.inflated.get(name := name.lower())
        if known is None:
            entry = self.entries.get(name)
            known = self.inflated[name] = inflate(self.data, entry) if entry else b""
        return known


def relations(part: bytes, source: str) -> list[Relation]:
    """The relations that a list of relations holds.

    Args:
        source: the part that the list belongs to; "" for the package.
    """
    return list(_relations(part, source))


@lru_cache(maxsize=256)
def _relations(part: bytes, source: str) -> tuple[Relation, ...]:
    """The same; workbooks that were issued alike have the same lists."""
    found: list[Relation] = []

    def start(name: str, given: dict[str, str]) -> None:
        if name.endswith("Relationship"):
            kind, target = transitional(given.get("Type", "")), given.get("Target", "")
            external = given.get("TargetMode") == "External"
            if not external:
                target = target.replace("\\", "/")
                target = target[1:] if target.startswith("/") else normpath(join(dirname(source), target))
                target = unquote(target)
            found.append(Relation(given.get("Id", ""), kind.rpartition("/")[2], kind, target, external))

    if part:
        parse(part, start)
    return tuple(found)


@lru_cache(maxsize=1_000)
def relations_part(source: str) -> str:
    """Name of the part that holds the relations of a part; "" is the package itself.

    >>> relations_part("xl/worksheets/sheet1.xml"), relations_part("")
    ('xl/worksheets/_rels/sheet1.xml.rels', '_rels/.rels')
    """
    return join(dirname(source), "_rels", source.rpartition("/")[2] + ".rels")


def workbook_part(parts: Parts) -> str:
    """Name of the workbook part, by the relations of the package; "" when it has none.

    A package that lost its relations is taken by the name that the part usually has.

    Raises: Refused: F008 two of them.
    """
    named = [one.target for one in relations(parts.part(ROOT_RELATIONS), "") if one.kind == "officeDocument"]
    types = _types(parts.part(TYPES)) if TYPES.lower() in parts.entries else {}
    found = [target for target in dict.fromkeys(named) if _is_book(target, parts, types)]
    if len(found) > 1:
        raise Refused(AMBIGUOUS)
    if found:
        return found[0]
    return WORKBOOK if WORKBOOK in parts.entries and not named else ""


def _is_book(target: str, parts: Parts, types: Mapping[str, str]) -> bool:
    known = types.get("/" + target.lower(), "")
    return target.lower() in parts.entries and bool(_BOOK_TYPES.search(known) or target.lower() == WORKBOOK)


@lru_cache(maxsize=64)
def _types(part: bytes) -> Mapping[str, str]:
    """The types of the parts that a list of types names."""
    found: dict[str, str] = {}

    def start(name: str, given: dict[str, str]) -> None:
        if name.endswith("Override"):
            found[unquote(given.get("PartName", "")).lower()] = given.get("ContentType", "")

    parse(part, start)
    return found


def roles(parts: Parts, workbook: str) -> Roles:
    """Which part is what, by the relations of the workbook.

    Raises: Refused: F008 two tables of texts or styles.
    """
    by_kind: dict[str, list[str]] = {}
    for one in relations(parts.part(relations_part(workbook)), workbook):
        if not one.external and one.target not in by_kind.setdefault(one.kind, []):
            by_kind[one.kind].append(one.target)
    if any(len(by_kind.get(kind, ())) > 1 for kind in ("sharedStrings", "styles")):
        raise Refused(AMBIGUOUS)
    strings, styles = (next(iter(by_kind.get(kind, ())), "") for kind in ("sharedStrings", "styles"))
    return Roles(workbook, strings, styles, tuple(by_kind.get("worksheet", ())))


def tabs(workbook: bytes, related: Iterable[Relation]) -> list[Tab]:
    """The sheets of a workbook in their order.

    Args:
        workbook: the XML of the workbook part.
        related: its relations.
    """
    return list(_tabs(workbook, tuple(related)))


@lru_cache(maxsize=64)
def _tabs(workbook: bytes, related: tuple[Relation, ...]) -> tuple[Tab, ...]:
    """The same; workbooks that were issued alike list the same sheets."""
    by_identity = {one.identity: one for one in related}
    found: list[Tab] = []

    def start(name: str, given: dict[str, str]) -> None:
        if name.rpartition(BETWEEN)[2] == "sheet":
            identity = next((value for key, value in given.items() if key.endswith(BETWEEN + "id")), "")
            one = by_identity.get(identity)
            part, kind = (one.target, one.kind) if one else ("", "")
            found.append(Tab(given.get("name", ""), part, kind, given.get("state", "visible")))

    if workbook:
        parse(workbook, start)
    return tuple(found)


def usual(
    parts: Parts, workbook: str, odd: frozenset[str] = frozenset(), shut: frozenset[str] = frozenset()
) -> bytes | None:
    """The workbook in the usual style; None when it is so already.

    Args:
        odd: parts (lower case) that are known not to be in the usual style.
        shut: parts of sheets (lower case) that nobody opens, in whatever style.

    Raises: Refused: F035 a part is not well-formed, F007, F008.
    """
    found = roles(parts, workbook)
    if not odd and _is_usual(parts, found, shut):
        return None
    return _Rewriting(parts, found).to_bytes()


def _is_usual(parts: Parts, found: Roles, shut: frozenset[str]) -> bool:
    if found.workbook != WORKBOOK or found.strings not in ("", STRINGS) or found.styles not in ("", STYLES):
        return False
    if (not found.strings and STRINGS.lower() in parts.entries) or (not found.styles and STYLES in parts.entries):
        return False
    if not all(name.startswith(_SHEETS) or name.lower() not in parts.entries for name in found.sheets):
        return False
    if any(part_name(entry.name) != entry.name for entry in parts.entries.values()):
        return False
    if not all(_is_in_utf8(parts.part(name)) for name in (ROOT_RELATIONS, relations_part(WORKBOOK))):
        return False
    strings = parts.part(found.strings) if found.strings else b""
    if any(mark in parts.part(relations_part(WORKBOOK)) for mark in _INDIRECT) or _is_mixed(strings):
        return False
    named = (found.workbook, found.strings, found.styles, *found.sheets)
    if any(parts.entries[name.lower()].name != name for name in named if name.lower() in parts.entries):
        return False
    return all(is_plain(parts.part(name)) for name in named if name and name.lower() not in shut)


def _is_mixed(strings: bytes) -> bool:
    """Whether elements of other namespaces stand among the texts."""
    start = strings.find(b">", strings.find(b"<sst")) + 1
    return strings.find(b"xmlns", start) >= 0 or _FOREIGN_TEXT.search(strings, start) is not None


@lru_cache(maxsize=64)
def is_plain(part: bytes, main: str = MAIN) -> bool:
    """Whether a part of a workbook is written as the usual programs write it.

    Without comments, CDATA, instructions, attributes in single quotes, prefixes on its own elements and more than one
    blank before an attribute; in UTF-8.

    Args:
        main: the namespace of its own elements.
    """
    space = main.encode()
    if not part:
        return True
    prolog = _PROLOG.match(part)
    start = prolog.end() if prolog else 0
    if not _is_in_utf8(part) or (part.find(b"&#") >= 0 and _CODED.search(part)):
        return False
    head = part[start : start + _HEAD]
    root = head[: head.find(b">") + 1]
    return (
        head[:1] == b"<"
        and b'xmlns="' + space + b'"' in root
        and b":" not in root.split(None, 1)[0]
        and b"='" not in root
        and not any(holds(part, mark, start + len(root)) for mark in _UNUSUAL)
        and not _is_loose(part, start)
        and root.count(b'"' + space + b'"') == 1
        and part.find(b'"' + space + b'"', start + len(root)) < 0
    )


def _is_in_utf8(part: bytes) -> bool:
    """Whether a part is in the encoding that all readers take."""
    prolog = _PROLOG.match(part)
    encoding = _ENCODING.search(prolog[0]) if prolog else None
    return not part.startswith(_UTF16) and (not encoding or encoding[1].lower() in _UTF8)


def _is_loose(part: bytes, start: int) -> bool:
    """Whether blanks stand in tags where the usual programs write one or none."""
    if _APART.search(part, start, start + _HEAD):
        return True
    return any(part.find(mark, start) >= 0 and found.search(part, start) for mark, found in _LOOSE)


class _Rewriting:
    """One package written anew."""

    def __init__(self, parts: Parts, found: Roles) -> None:
        self.parts, self.found = parts, found
        new = {found.workbook: WORKBOOK, found.strings: STRINGS, found.styles: STYLES}
        new |= {name: _SHEET.format(number) for number, name in enumerate(found.sheets, 1)}
        new.pop("", None)
        self.main = frozenset(name.lower() for name in new)
        self.names = {name.lower(): made for name, made in new.items()}
        taken = {made.lower() for made in new.values()}
        for name in parts.entries:
            if name.endswith(".rels"):
                for one in relations(parts.part(name), self._source(part_name(parts.entries[name].name))):
                    if one.target.lower() in parts.entries and not one.external:
                        self.names.setdefault(one.target.lower(), one.target)
        for name, entry in parts.entries.items():
            if name in taken and name not in self.main:
                folder, _, file = part_name(entry.name).rpartition("/")
                self.names[name] = join(folder, f"aside_{file}")

    def to_bytes(self) -> bytes:
        """The zip file."""
        made = []
        for name, entry in self.parts.entries.items():
            if name == TYPES.lower():
                made.append((TYPES, self._types()))
            elif name.endswith(".rels") and "_rels/" in name:
                source = self._source(part_name(entry.name))
                made.append((relations_part(self._new(source) if source else ""), self._relations(name, source)))
            else:
                made.append((self._new(part_name(entry.name)), self._part(name)))
        return join_members(member(name, part) for name, part in made)

    def _part(self, name: str) -> bytes:
        part = self.parts.part(name)
        if name in self.main:
            return canonical(part, for_readers=True)
        if name.endswith(".xml") and STRICT.encode() in part[:_HEAD]:
            return re.sub(STRICT.encode() + rb"[\w/]+", lambda found: transitional(found[0].decode()).encode(), part)
        return part

    def _new(self, name: str) -> str:
        return self.names.get(name.lower(), name)

    @staticmethod
    def _source(name: str) -> str:
        """The part that a list of relations belongs to."""
        folder, _, file = name.rpartition("/")
        return join(folder[: -len("_rels")], file[: -len(".rels")]).lstrip("/")

    def _relations(self, name: str, source: str) -> bytes:
        rows = []
        for one in relations(self.parts.part(name), source):
            target = one.target if one.external else "/" + self._new(one.target)
            mode = ' TargetMode="External"' if one.external else ""
            rows.append(
                f"<Relationship Id={quoted(one.identity)} Type={quoted(one.type)} Target={quoted(target)}{mode}/>"
            )
        return f'<Relationships xmlns="{RELATIONSHIPS}">{"".join(rows)}</Relationships>'.encode()

    def _types(self) -> bytes:
        rows: list[str] = []

        def start(name: str, given: dict[str, str]) -> None:
            kind = name.rpartition(BETWEEN)[2]
            if kind == "Override":
                part = unquote(given.get("PartName", "").lstrip("/"))
                given = {"PartName": "/" + self._new(part), "ContentType": given.get("ContentType", "")}
            elif kind != "Default":
                return
            rows.append(f"<{kind}{''.join(f' {key}={quoted(value)}' for key, value in given.items())}/>")

        parse(self.parts.part(TYPES), start)
        return f'<Types xmlns="{CONTENT_TYPES}">{"".join(rows)}</Types>'.encode()
