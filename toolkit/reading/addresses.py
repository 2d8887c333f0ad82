"""The addresses of a sheet's cells: every row once and in order, every cell once and in its row.

Readers differ on which of two cells with one address counts; Excel refuses such a file, and so do we.
"""

from __future__ import annotations

import re
from operator import ne

from toolkit.reading.package import Refused

MAX_ROW = 1_048_576

_QUICK = re.compile(rb'<(?:row|c) r="([A-Z]*\d+)"')
_SLOW = re.compile(rb'<(?:\w+:)?(?:row|c)\b(?:\s[^>]*?)?\sr=["\']([A-Z]*\d+)["\']')
_ELEMENT = re.compile(rb"<(?:\w+:)?(row|c)[\s>/]")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_addresses(part: bytes) -> None:
    """Looks at the addresses of a sheet; a sheet whose rows (or cells) carry none at all is counted by readers.

    Raises: Refused: F002 an address twice, out of order, in another row, or given for some only; F006 more rows
        than a sheet has.
    """
    rows, cells = part.count(b"<row ") + part.count(b"<row>"), part.count(b"<c ") + part.count(b"<c>")
    if rows > MAX_ROW:
        raise Refused("F006")
    refs = _QUICK.findall(part)
    if len(refs) != rows + cells:
        kinds = _ELEMENT.findall(part)
        rows, cells = kinds.count(b"row"), kinds.count(b"c")
        refs = _SLOW.findall(part)
    if not refs:
        return
    numbers = b",".join(refs).translate(None, _LETTERS).split(b",")
    named = sum(map(ne, numbers, refs))
    if len(refs) - named not in (0, rows) or named not in (0, cells) or len(set(refs)) != len(refs):
        raise Refused("F002")
    different = list(map(int, dict.fromkeys(numbers)))
    changes = 1 + sum(map(ne, numbers, numbers[1:]))
    if changes != len(different) or different != sorted(different) or different[0] < 1:
        raise Refused("F002")
