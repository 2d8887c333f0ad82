"""Reads back workbooks that we wrote and other people filled in or passed on: identity, tables, cells as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import put_in_order
from toolkit.files import all_below
from toolkit.model.cell import LIKELY_SERIALS, serial
from toolkit.model.stamp import KIND, META_SHEET, Stamp, from_pairs
from toolkit.reading.normal import narrow

if TYPE_CHECKING:
    from toolkit.reading.door import Cells, Refusal

_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_BLANK = re.compile(r"\s")


@dataclass(frozen=True)
class OurBook:
    """One workbook.

    Args:
        sha256: of its bytes.
        kind: what we wrote it as; "" when it carries no stamp of ours.
        sheets: title → rows of values, from A1.
    """

    path: Path
    sha256: str
    kind: str
    stamp: Stamp
    meta: Mapping[str, str]
    sheets: Mapping[str, Sequence[Sequence[object]]]


def workbooks_below(folder: Path) -> list[Path]:
    """What is handed in below a folder, in a fixed order; lock files and hidden files left out.

    What is no workbook, a link or a folder that cannot be opened is one of them: `read_books` says why it is not read.
    """
    put_in_order(folder)
    from toolkit.reading.sniff import is_junk

    found = sorted(all_below(folder)) if folder.is_dir() else []
    return [path for path in found if not is_junk(path.name) and path.name[0] != "."]


def read_books(paths: Sequence[Path]) -> dict[Path, OurBook | Refusal]:
    """The workbooks at some paths; a `Refusal` for what is no workbook, is damaged, dangerous or gone."""
    from toolkit.reading.door import Cells, read_cells

    for folder in {path.parent for path in paths}:
        put_in_order(folder)
    read = read_cells(paths)
    return {path: _book(path, one) if isinstance(one, Cells) else one for path, one in read.items()}


def _book(path: Path, read: Cells) -> OurBook:
    pairs = {text_of(row[0]): text_of(row[1]) for row in read.sheets.get(META_SHEET, ()) if len(row) > 1}
    return OurBook(path, read.sha256, pairs.get(KIND, ""), from_pairs(pairs) or Stamp(), pairs, read.sheets)


def meta_rows(kind: str, stamp: Stamp, more: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """The rows of `_meta`: what kind of workbook it is, its identity, and what else is kept."""
    return [(KIND, kind), *stamp.pairs(), *sorted((more or {}).items())]


def text_of(value: object) -> str:
    """A cell as text: whole numbers without a fraction, no blanks around it.

    >>> text_of(3.0), text_of(" 甲 "), text_of(None)
    ('3', '甲', '')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value if value is not None else "").strip(" \u3000\t\r\n\xa0")


def plain_label(label: object) -> str:
    """A heading without blanks and line breaks."""
    return _BLANK.sub("", text_of(label))


def table(rows: Sequence[Sequence[object]], needed: Sequence[str]) -> Iterator[tuple[int, dict[str, object]]]:
    """(Excel row, heading → value) of every filled row below the first row that holds all needed headings.

    Nothing when there is no such row.
    """
    heads: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        if heads:
            line = {head: row[place] for place, head in heads.items() if place < len(row)}
            if any(text_of(value) for value in line.values()):
                yield number, line
            continue
        labels = {place: plain_label(cell) for place, cell in enumerate(row)}
        if set(needed) <= set(labels.values()):
            heads = {place: label for place, label in labels.items() if label}


def has_table(rows: Sequence[Sequence[object]], needed: Sequence[str]) -> bool:
    """Whether a row holds all needed headings."""
    return any(set(needed) <= {plain_label(cell) for cell in row} for row in rows)


def count_of(value: object) -> int | None:
    """A whole number as people type it; None for everything else, a footnote mark or a figure of another script too.

    >>> count_of(12.0), count_of("１２ "), count_of("12①"), count_of("1٣"), count_of("")
    (12, 12, None, None, None)
    """
    text = narrow(text_of(value))
    return int(text) if text.isascii() and text.isdigit() else None


def day_of(value: object) -> date | None:
    """A date as Excel keeps it or as people type it; None for everything else, a year typed into a date cell too.

    >>> day_of("2025年3月1日"), day_of("２０２５/3/1"), day_of("三月"), day_of("2025-3-1٣"), day_of(date(1905, 7, 15))
    (datetime.date(2025, 3, 1), datetime.date(2025, 3, 1), None, None, None)
    """
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return day if serial(day) >= LIKELY_SERIALS.start else None
    found = _DAY.fullmatch(narrow(text_of(value)))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
