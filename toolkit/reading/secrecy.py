"""Secrecy marks (秘密★, 机密★, 绝密★): a file that bears one is not for this program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from toolkit.reading.gate import Package

SECRET = "F029"

_MARK = re.compile("(绝密|机密|秘密)[★☆]|[★☆](绝密|机密|秘密)")
_STARS = ("★".encode(), "☆".encode(), b"&#9733;", b"&#x2605;")
_SECRET = "密".encode()
"""What every mark has beside its star."""
_END = re.compile(
    rb"</(?:\w+:)?(?:si|c|p|div|property|oddHeader|evenHeader|firstHeader|oddFooter|evenFooter|title|subject|keywords)>"
)
_TAG = re.compile(rb"<[^>]*>")
_BLANK = re.compile(r"\s+")
_WRITTEN = (".xml", ".vml")


def mark_in(text: str) -> str:
    """The secrecy mark in a text, or "".

    >>> mark_in("机　密 ★ 1年"), mark_in("★必填；保密办公室填写")
    ('机密★', '')
    """
    found = _MARK.search(_BLANK.sub("", text))
    return f"{found[1] or found[2]}★" if found else ""


def mark_in_package(package: Package) -> str:
    """The secrecy mark in the texts, headers, text boxes, comments and properties of a package, or ""."""
    parts = (package.part(name) for name in package.names if name.endswith(_WRITTEN))
    return next(filter(None, map(_mark_in_part, parts)), "")


@lru_cache(maxsize=96)
def _mark_in_part(part: bytes) -> str:
    """The same of one part; most come with the form."""
    if part.isascii() or _SECRET not in part or not any(star in part for star in _STARS):
        return ""
    bare = _TAG.sub(b"", _END.sub(b"\x1f", part)).replace(b"&#9733;", _STARS[0]).replace(b"&#x2605;", _STARS[0])
    return mark_in(bare.decode("utf-8", "replace").replace("\x1f", "；"))


def mark_in_grids(grids: Iterable[list]) -> str:
    """The secrecy mark in the cells of sheets, or ""."""
    for grid in grids:
        for row in grid:
            for cell in row:
                if cell.__class__ is str and ("★" in cell or "☆" in cell) and (found := mark_in(cell)):
                    return found
    return ""
