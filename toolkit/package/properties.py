"""Custom document properties (docProps/custom.xml): text values set by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from toolkit.package.container import Package

PART = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_PROPERTY = re.compile(r"<(?:\w+:)?property\b([^>]*)>.*?</(?:\w+:)?property>", re.S)
_NAME = re.compile(r'\sname="([^"]*)"')
_PID = re.compile(r'\spid="(\d+)"')
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"></Properties>'
)


def with_properties(package: Package, properties: Mapping[str, str]) -> None:
    """Sets text properties; others stay, a missing part is made."""
    part = next(iter(package.related("", "custom-properties").values()), PART)
    text = package.read(part).decode("utf-8-sig") if part in package.names else _EMPTY
    for name, value in properties.items():
        text = _set(text, name, value)
    package.replace(part, text.encode())
    if part == PART:
        package.declare(PART, _TYPE, _RELATION)


def _set(text: str, name: str, value: str) -> str:
    declared = "" if "xmlns:vt=" in text else f' xmlns:vt="{_VALUES}"'
    inner = f"<vt:lpwstr{declared}>{escape(value)}</vt:lpwstr>"
    pids = [1]
    for match in _PROPERTY.finditer(text):
        found, pid = _NAME.search(match[1]), _PID.search(match[1])
        pids.append(int(pid[1]) if pid else 1)
        if found and found[1] == escape(name, {'"': "&quot;"}):
            start, end = match.start(), match.end()
            old = text[start:end]
            opening = old[: old.index(">") + 1]
            return text[:start] + opening + inner + old[old.rindex("</") :] + text[end:]
    own = "" if f'<Properties xmlns="{_PROPERTIES}"' in text else f' xmlns="{_PROPERTIES}"'
    place = f'{own} fmtid="{_FORMAT}" pid="{max(pids) + 1}"'
    record = f"<property{place} name={quoteattr(name)}>{inner}</property>"
    return re.sub(r"</(?:\w+:)?Properties>\s*$", lambda end: record + end[0], text)
