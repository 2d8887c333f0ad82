"""Why a cell is not met, in words: every subject that stands there, alike reasons once with all their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from toolkit.model.cell import rows_in_words
from toolkit.model.figures import Cell, Miss
from toolkit.summary.labels import words

MOST = 6
"""So many reasons are named; of more it is said how many there are."""
Said = Callable[[str], str]


def reasons(cell: Cell, said: Said = str, most: int = MOST, rows: bool = True) -> str:
    """Why the cell stands where it stands.

    Args:
        said: what may be said in place of a reason.
        rows: whether the rows are named that the reasons rest on.
    """
    found: dict[tuple[str, str], list[Miss]] = {}
    for one in cell.misses:
        text, sheet = said(one.reason), one.row.sheet if one.row and rows else ""
        own = text == one.reason
        found.setdefault((_named(one, cell.unit, text) if own else text, sheet if own else ""), []).append(one)
    texts = [_with_rows(text, sheet, own) for (text, sheet), own in found.items()]
    return _joined(texts, most) if texts else said(cell.reason)


def fixes(cell: Cell, said: Said = str, most: int = MOST) -> str:
    """What is to be done about the cell, every different thing once."""
    texts = [said(text) for text in dict.fromkeys(one.fix for one in cell.misses if one.fix)]
    return _joined(dict.fromkeys(texts), most, numbered=False) if texts else said(cell.fix)


def _named(one: Miss, unit: str, text: str) -> str:
    """A reason with its subject, where no row says whose it is; what the reason says already is not said again."""
    parts = [part for part in one.subject.split(" ") if part and part not in text and part != unit]
    if one.row or not parts:
        return text
    return words().said["miss_of"].format(subject=" ".join(parts), reason=text)


def _with_rows(text: str, sheet: str, own: list[Miss]) -> str:
    rows = sorted({one.row.row for one in own if one.row and one.row.row}) if sheet else []
    return words().said["miss_rows"].format(reason=text, sheet=sheet, rows=rows_in_words(rows)) if rows else text


def _joined(texts: Iterable[str], most: int, numbered: bool = True) -> str:
    known, said = list(texts), words().said
    if len(known) == 1:
        return known[0]
    shown = islice(known, most)
    if numbered:
        shown = (said["miss_number"].format(number=number, reason=text) for number, text in enumerate(shown, 1))
    return said["miss_join"].join(shown) + (said["misses"].format(count=len(known)) if len(known) > most else "")
