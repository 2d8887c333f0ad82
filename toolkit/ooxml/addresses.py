"""The addresses of a sheet's cells: every row once and in order, every cell once and in its row.

Readers differ on which of two cells with one address counts; Excel refuses such a file, and so do we.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import ne

from toolkit.model.cell import LAST_ROW, NAME_IN_XML
from toolkit.ooxml.archive import Refused

_QUICK = re.compile(rb'<(?:row|c) r="(' + NAME_IN_XML + rb')"')
_SLOW = re.compile(rb'<(?:\w+:)?(?:row|c)\b(?:\s[^>]*?)?\sr\s*=\s*["\'](' + NAME_IN_XML + rb")[\"']")
_ELEMENT = re.compile(rb"<(?:\w+:)?(row|c)[\s>/]")
_PADDED, _HEAD = re.compile(rb"<v>\s"), 20_000
"""Blanks around values: a writer that pads them pads them from the start."""
_LATE_STYLE = re.compile(rb'" (?:t|cm|vm|ph)="[^"<]*"(?: (?:t|cm|vm|ph)="[^"<]*")* s="')
"""A style behind the type: patterns look for it behind the address."""
_FOREIGN = re.compile(rb":(?:row|c|v|t|is)[ />]")
"""Elements of another namespace with the names of ours."""
_NO_TEXT = re.compile(rb't="s"><v>(?![0-9]+<)')
"""Texts of no number."""
_COMMON = 100_000
"""Bytes of addresses up to which a sheet may be one of many that are alike."""
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_addresses(part: bytes) -> bool:
    """Looks at the addresses of a sheet; a sheet whose rows (or cells) carry none at all is counted by readers.

    Returns: whether the sheet is in the style of the usual writers, so that patterns find what stands in it.

    Raises: Refused: F002 an address twice, out of order, in another row, or given for some only; F006 more rows
        than a sheet has.
    """
    start, end = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
    data = part[start:end] if 0 <= start < end else part
    rows, cells, refs = data.count(b"<row"), data.count(b"<c"), _QUICK.findall(data)
    usual = rows > 0 and len(refs) == rows + cells and not holds(data, b"<!") and not holds(data, b"<?")
    usual = usual and not _PADDED.search(data, 0, _HEAD) and not _LATE_STYLE.search(data)
    usual = usual and not (b"&" in data and b'="&' in data) and b"xmlns" not in data
    usual = usual and not _FOREIGN.search(data) and not _NO_TEXT.search(data)
    if not usual:
        kinds = _ELEMENT.findall(data)
        rows, cells = kinds.count(b"row"), kinds.count(b"c")
        refs = _SLOW.findall(data)
    if rows > LAST_ROW:
        raise Refused("F006")
    joined = b",".join(refs)
    if refs and not (_known if len(joined) < _COMMON else _in_order)(joined, rows, cells):
        raise Refused("F002")
    return usual


def holds(part: bytes, mark: bytes, start: int = 0) -> bool:
    """Whether a mark of two characters stands in a part; the second, which is rare, is looked for first."""
    return part.find(mark[1:], start) >= 0 and part.find(mark, start) >= 0


def _in_order(joined: bytes, rows: int, cells: int) -> bool:
    """Whether addresses are given for all rows or none, all cells or none, each once, in order, cells in their row.

    Args:
        joined: the addresses of rows and cells as they stand.
    """
    refs = joined.split(b",")
    numbers = joined.translate(None, _LETTERS).split(b",")
    named = sum(map(ne, numbers, refs))
    if len(refs) - named not in (0, rows) or named not in (0, cells) or len(set(refs)) != len(refs):
        return False
    different = list(map(int, dict.fromkeys(numbers)))
    changes = 1 + sum(map(ne, numbers, numbers[1:]))
    return changes == len(different) and different == sorted(different) and different[0] >= 1


_known = lru_cache(maxsize=256)(_in_order)
"""The same; sheets that were issued alike have the same addresses in many files."""
