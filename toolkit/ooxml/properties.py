"""Custom document properties (docProps/custom.xml): text values by name, read and set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolkit.ooxml.canonical import BETWEEN, OFFICE, escaped, parse
from toolkit.ooxml.relations import declare_part, relate

if TYPE_CHECKING:
    from toolkit.ooxml.container import Package

PART = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_KIND = "custom-properties"
_PROPERTY = re.compile(r"(?P<open><property\b([^>]*)>).*?(?P<close></property>)", re.S)
_END = re.compile(r"</Properties>\s*$")
_ALONE = re.compile(r"(<Properties\b[^>]*)/>\s*$")
_NAME = re.compile(r'\sname="([^"]*)"')
_PID = re.compile(r'\spid="(\d+)"')
_VALUES = f"{OFFICE}docPropsVTypes"
_PROPERTIES = f"{OFFICE}custom-properties"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"></Properties>'
)


def text_properties(part: bytes) -> dict[str, str]:
    """The text properties by name; of two with one name the first.

    Args:
        part: the XML of the list of properties.
    Raises: Refused: F007, F035.
    """
    found: dict[str, str] = {}
    name, text = "", []

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal name
        name = given.get("name", "") if tag.rpartition(BETWEEN)[2] == "property" else name
        text.clear()

    def end(tag: str) -> None:
        if tag.rpartition(BETWEEN)[2] != "property" and name:
            found.setdefault(name, "".join(text))

    parse(part, start, end, text.append)
    return found


def properties(package: Package) -> dict[str, str]:
    """The text properties of a workbook by name."""
    part = package.custom_properties
    return text_properties(package.plain(part, _PROPERTIES)) if part else {}


def with_properties(package: Package, properties: Mapping[str, str]) -> None:
    """Sets text properties; others stay, a missing part is made."""
    part = package.custom_properties
    text = package.plain(part, _PROPERTIES).decode("utf-8-sig") if part else _EMPTY
    package.replace(part or PART, _set(text, properties).encode())
    if not part:
        declare_part(package, PART, _TYPE)
        relate(package, "", _KIND, PART, "xltool")
        package.__dict__.pop("custom_properties", None)


def _set(text: str, properties: Mapping[str, str]) -> str:
    declared = "" if f'xmlns:vt="{_VALUES}"' in text else f' xmlns:vt="{_VALUES}"'
    left = {escaped(name).replace('"', "&quot;"): value for name, value in properties.items()}
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
        place = f' fmtid="{_FORMAT}" pid="{number}" name="{name}"'
        added.append(f"<property{place}>{_inner(declared, value)}</property>")
    text = _ALONE.sub(r"\1></Properties>", text)
    return _END.sub(lambda end: "".join(added) + end[0], text)


def _inner(declared: str, value: str) -> str:
    return f"<vt:lpwstr{declared}>{escaped(value)}</vt:lpwstr>"
