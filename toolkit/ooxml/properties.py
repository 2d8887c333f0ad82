"""Custom document properties (docProps/custom.xml): text values set by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, unescape

from toolkit.ooxml.container import Package

PART = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_PROPERTY = re.compile(r"(?P<open><(?:\w+:)?property\b([^>]*)>).*?(?P<close></(?:\w+:)?property>)", re.S)
_END = re.compile(r"</(?:\w+:)?Properties>\s*$")
_NAME = re.compile(r'\sname="([^"]*)"')
_PID = re.compile(r'\spid="(\d+)"')
_VALUE = re.compile(r"<vt:\w+\b[^>]*>([^<]*)</vt:")
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"></Properties>'
)


def properties(package: Package) -> dict[str, str]:
    """The text properties by name."""
    part = package.custom_properties
    found = {}
    for record in _PROPERTY.finditer(package.read(part).decode("utf-8-sig")) if part else ():
        name, value = _NAME.search(record[2]), _VALUE.search(record[0])
        if name:
            found[unescape(name[1], _QUOTES)] = unescape(value[1], _QUOTES) if value else ""
    return found


def with_properties(package: Package, properties: Mapping[str, str]) -> None:
    """Sets text properties; others stay, a missing part is made."""
    part = package.custom_properties
    text = package.read(part).decode("utf-8-sig") if part else _EMPTY
    package.replace(part or PART, _set(text, properties).encode())
    if not part:
        package.declare(PART, _TYPE, _RELATION)


def _set(text: str, properties: Mapping[str, str]) -> str:
    declared = "" if "xmlns:vt=" in text else f' xmlns:vt="{_VALUES}"'
    own = "" if f'<Properties xmlns="{_PROPERTIES}"' in text else f' xmlns="{_PROPERTIES}"'
    left = {escape(name, {'"': "&quot;"}): value for name, value in properties.items()}
    highest = 1

    def replaced(match: re.Match[str]) -> str:
        nonlocal highest
        name, pid = _NAME.search(match[2]), _PID.search(match[2])
        highest = max(highest, int(pid[1]) if pid else 1)
        if name is None or name[1] not in left:
            return match[0]
        return f"{match['open']}{_inner(declared, left.pop(name[1]))}{match['close']}"

    text = _PROPERTY.sub(replaced, text)
    added = []
    for number, (name, value) in enumerate(left.items(), highest + 1):
        place = f'{own} fmtid="{_FORMAT}" pid="{number}" name="{name}"'
        added.append(f"<property{place}>{_inner(declared, value)}</property>")
    return _END.sub(lambda end: "".join(added) + end[0], text)


def _inner(declared: str, value: str) -> str:
    return f"<vt:lpwstr{declared}>{escape(value)}</vt:lpwstr>"
