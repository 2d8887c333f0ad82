"""Relations between parts, and the content types of parts: single records added and taken out."""

from __future__ import annotations

import re
from posixpath import dirname, relpath
from typing import TYPE_CHECKING

from toolkit.ooxml.canonical import quoted
from toolkit.ooxml.usual import CONTENT_TYPES, RELATIONSHIPS, TYPES, relations_part

if TYPE_CHECKING:
    from toolkit.ooxml.container import Package

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY = f'{_HEAD}<Relationships xmlns="{RELATIONSHIPS}"></Relationships>'.encode()
_RECORD = re.compile(rb"<Relationship\b[^>]*?/>|<Relationship\b[^>]*>\s*</Relationship>")
_IDENTITY = re.compile(rb'\sId="([^"]*)"')
_END = re.compile(rb"</(?:Relationships|Types)>\s*\Z")
_ALONE = re.compile(rb"<(Relationships|Types)\b([^>]*)/>\s*\Z")
_TYPES_HEAD = re.compile(rb"<Types\b[^>]*>")
_SUFFIX = re.compile(rb'<Default\b[^>]*\sExtension="([^"]*)"')


def relate(package: Package, source: str, kind: str, target: str, identity: str) -> str:
    """Id of the relation from a part to another, made when there is none.

    Args:
        source: part name; "" for the package itself.
        kind: last step of the relation's type, such as `comments`.
        identity: id to use when it is free, otherwise with a number after it.
    """
    for known, part in package.related(source, kind).items():
        if part == target:
            return known
    name = relations_part(source)
    taken = {one.identity for one in package.relations(source)}
    number, chosen = 1, identity
    while chosen in taken:
        number += 1
        chosen = f"{identity}{number}"
    path = quoted(relpath(target, dirname(source) or "."))
    record = f'<Relationship Id="{chosen}" Type="{OFFICE}/{kind}" Target={path}/>'
    package.replace(name, _with_record(package.plain(name, RELATIONSHIPS) or _EMPTY, record))
    return chosen


def unrelate(package: Package, source: str, target: str) -> None:
    """Takes out the relations from a part to another; a list of relations that is empty then goes too."""
    gone = {
        one.identity for one in package.relations(source) if one.target.lower() == target.lower() and not one.external
    }
    if not gone:
        return
    name = relations_part(source)

    def kept(found: re.Match[bytes]) -> bytes:
        identity = _IDENTITY.search(found[0])
        return b"" if identity and identity[1].decode() in gone else found[0]

    package.replace(name, _RECORD.sub(kept, package.plain(name, RELATIONSHIPS)))
    if not package.relations(source):
        package.remove(name)


def declare_part(package: Package, name: str, content_type: str) -> None:
    """The part has this content type from now on."""
    undeclare_part(package, name)
    record = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
    package.replace(TYPES, _with_record(package.plain(TYPES, CONTENT_TYPES), record))


def undeclare_part(package: Package, name: str) -> None:
    """The part has no content type of its own any more."""
    pattern = rb'<Override\b[^>]*PartName="/' + re.escape(name.encode()) + rb'"[^>]*?(?:/>|>\s*</Override>)'
    old = package.plain(TYPES, CONTENT_TYPES)
    new = re.sub(pattern, b"", old, flags=re.I)
    if new != old:
        package.replace(TYPES, new)


def declare_suffix(package: Package, suffix: str, content_type: str) -> None:
    """All parts with this suffix have this content type, unless the package says otherwise already."""
    types = package.plain(TYPES, CONTENT_TYPES)
    if suffix.encode() in (one.lower() for one in _SUFFIX.findall(types)):
        return
    first = _TYPES_HEAD.search(types)
    assert first is not None
    record = f'<Default Extension="{suffix}" ContentType="{content_type}"/>'.encode()
    package.replace(TYPES, types[: first.end()] + record + types[first.end() :])


def take_out(package: Package, source: str, name: str) -> None:
    """Takes a part out, with its relations, the relation that leads to it and its content type."""
    unrelate(package, source, name)
    package.remove(relations_part(name))
    package.remove(name)
    undeclare_part(package, name)


def free_name(package: Package, pattern: str) -> str:
    """The first part name of a pattern with `{}` for a number that no part has yet."""
    number = 1
    while package.has(pattern.format(number)):
        number += 1
    return pattern.format(number)


def _with_record(data: bytes, record: str) -> bytes:
    """The list with one more record at the end."""
    end = _END.search(data)
    if end is None:
        alone = _ALONE.search(data)
        assert alone is not None
        kind = alone[1]
        return data[: alone.start()] + b"<" + kind + alone[2] + b">" + record.encode() + b"</" + kind + b">"
    return data[: end.start()] + record.encode() + data[end.start() :]
