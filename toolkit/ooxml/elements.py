"""Elements of a part found by scanning its tags, so that the rest of the part stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = re.compile(rb"""<(/?)([\w.-]+:)?([\w.-]+)((?:"[^"]*"|'[^']*'|[^'">])*?)(/?)>""")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name without prefix, and where it lies.

    Args:
        inner: where its content begins; `inside` is where it ends.
    """

    name: str
    start: int
    inner: int
    inside: int
    end: int


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements side by side from `start`; ends at `end` or at the first closing tag of the level above."""
    depth, opened = 0, (0, 0, b"")
    for tag in _TAG.finditer(data, start, len(data) if end is None else end):
        if tag[1]:
            depth -= 1
            if depth < 0:
                return
            if depth == 0:
                yield Element(opened[2].decode(), opened[0], opened[1], tag.start(), tag.end())
        elif tag[5]:
            if depth == 0:
                yield Element(tag[3].decode(), tag.start(), tag.end(), tag.end(), tag.end())
        else:
            if depth == 0:
                opened = (tag.start(), tag.end(), tag[3])
            depth += 1


def attributes(tag: bytes) -> dict[str, str]:
    """Attributes of an opening tag, as written (entities stay).

    >>> attributes(b'<xf numFmtId="0" fillId=\\'2\\'/>')
    {'numFmtId': '0', 'fillId': '2'}
    """
    found = re.findall(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return {name.decode(): (double or single).decode("utf-8", "replace") for name, double, single in found}


def with_attribute(tag: bytes, name: str, value: str, after: str = "") -> bytes:
    """The opening tag with the attribute set; a new one comes last, or behind the one that is named.

    >>> with_attribute(b'<c r="A1" t="s">', "s", "7", after="r")
    b'<c r="A1" s="7" t="s">'
    >>> with_attribute(b'<c r="A1" s="3"/>', "s", "7"), with_attribute(b'<c r="A1">', "s", "7")
    (b'<c r="A1" s="7"/>', b'<c r="A1" s="7">')
    >>> with_attribute(b'<xf xfId="0" />', "applyFill", "1")
    b'<xf xfId="0" applyFill="1"/>'
    """
    known = re.compile(rb"""(\s""" + re.escape(name.encode()) + rb"""\s*=\s*)(?:"[^"]*"|'[^']*')""")
    text = b'"' + value.encode() + b'"'
    if known.search(tag):
        return known.sub(lambda found: found[1] + text, tag, count=1)
    behind = (
        re.search(rb"""\s""" + re.escape(after.encode()) + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", tag) if after else None
    )
    cut = behind.end() if behind else len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:cut].rstrip() + b" " + name.encode() + b"=" + text + tag[cut:]


def without_attribute(tag: bytes, name: str) -> bytes:
    """The opening tag without the attribute."""
    return re.sub(rb"""\s""" + re.escape(name.encode()) + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag, count=1)
