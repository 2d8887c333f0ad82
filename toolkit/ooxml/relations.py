"""Relations between parts, and the content types of parts: single records added and taken out."""

from __future__ import annotations

import re
from posixpath import dirname, relpath
from xml.sax.saxutils import quoteattr

from toolkit.ooxml.container import Package, parse_xml
from toolkit.ooxml.usual import TYPES, relations_part

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def relate(package: Package, source: str, kind: str, target: str, identity: str) -> str:
    """Id of the relation from a part to another, made when there is none.

    Args:
        kind: last step of the relation's type, such as `comments`.
        identity: id to use when it is free, otherwise with a number after it.
    """
    for known, part in package.related(source, kind).items():
        if part == target:
            return known
    name = relations_part(source)
    data = package.read(name) if name in package.names else _EMPTY.encode()
    taken = {node.get("Id") for node in parse_xml(data)}
    number, chosen = 1, identity
    while chosen in taken:
        number += 1
        chosen = f"{identity}{number}"
    path = quoteattr(relpath(target, dirname(source)))
    record = f'Relationship Id="{chosen}" Type="{OFFICE}/{kind}" Target={path}/>'
    package.replace(name, _with_record(data, record))
    return chosen


def unrelate(package: Package, source: str, target: str) -> None:
    """Takes out the relations from a part to another; a list of relations that is empty then goes too."""
    name = relations_part(source)
    if name not in package.names:
        return
    kinds = {node.get("Type", "").rpartition("/")[2] for node in parse_xml(package.read(name))}
    for kind in kinds:
        for identity, part in package.related(source, kind).items():
            if part == target:
                pattern = rb'<(?:\w+:)?Relationship\b[^>]*?\bId="' + re.escape(identity.encode()) + rb'"[^>]*?/>'
                package.replace(name, re.sub(pattern, b"", package.read(name)))
    if not len(parse_xml(package.read(name))):
        package.remove(name)


def declare_part(package: Package, name: str, content_type: str) -> None:
    """The part has this content type from now on."""
    undeclare_part(package, name)
    record = f'Override PartName="/{name}" ContentType="{content_type}"/>'
    package.replace(TYPES, _with_record(package.read(TYPES), record))


def undeclare_part(package: Package, name: str) -> None:
    """The part has no content type of its own any more."""
    pattern = rb'<(?:\w+:)?Override\b[^>]*PartName="/' + re.escape(name.encode()) + rb'"[^>]*?/>'
    old = package.read(TYPES)
    new = re.sub(pattern, b"", old)
    if new != old:
        package.replace(TYPES, new)


def declare_suffix(package: Package, suffix: str, content_type: str) -> None:
    """All parts with this suffix have this content type, unless the package says otherwise already."""
    types = package.read(TYPES)
    for node in parse_xml(types):
        if node.get("Extension", "").lower() == suffix:
            return
    first = re.search(rb"<(\w+:)?Types\b[^>]*>", types)
    assert first is not None
    prefix = (first[1] or b"").decode()
    record = f'<{prefix}Default Extension="{suffix}" ContentType="{content_type}"/>'.encode()
    package.replace(TYPES, types[: first.end()] + record + types[first.end() :])


def free_name(package: Package, pattern: str) -> str:
    """The first part name of a pattern with `{}` for a number that no part has yet."""
    taken = {name.lower() for name in package.names}
    number = 1
    while pattern.format(number).lower() in taken:
        number += 1
    return pattern.format(number)


def _with_record(data: bytes, record: str) -> bytes:
    """The list with one more record, given without its opening bracket, at the end."""
    end = re.search(rb"</(\w+:)?(?:Relationships|Types)>\s*\Z", data)
    if end is None:
        empty = re.search(rb"<(\w+:)?(Relationships|Types)\b([^>]*)/>\s*\Z", data)
        assert empty is not None
        prefix = empty[1] or b""
        opened = b"<" + prefix + empty[2] + empty[3] + b">"
        return data[: empty.start()] + opened + b"<" + prefix + record.encode() + b"</" + prefix + empty[2] + b">"
    prefix = end[1] or b""
    return data[: end.start()] + b"<" + prefix + record.encode() + data[end.start() :]
