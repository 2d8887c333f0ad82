"""The cover's ticks 本单位无此情况, and the pairs of the hidden identity sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.reading.columns import SheetPlan
from toolkit.reading.normal import compact, label, title

if TYPE_CHECKING:
    from toolkit.reading.sheets import Book


def pairs(grid: Sequence[Sequence[object]]) -> dict[str, str]:
    """Names and values of the first two columns.

    >>> pairs([["xltool_unit", "3301"], ["xltool_year", 2025.0]])
    {'xltool_unit': '3301', 'xltool_year': '2025'}
    """
    found: dict[str, str] = {}
    for row in grid[:200]:
        if len(row) > 1 and row[0].__class__ is str and row[0]:
            value = row[1]
            found[row[0].strip()] = f"{value:.15g}" if value.__class__ is float else str(value).strip()  # type: ignore[union-attr]
    return found


def nil_sheets(book: Book, sheets: Iterable[SheetPlan], words: Mapping[str, Sequence[str]]) -> list[str]:
    """Names of the sheets that the unit ticked as 本单位无此情况 on the cover."""
    covers = {compact(word) for word in words["cover"]}
    named = [known for known in book.titles if title(known) in covers or compact(known) in covers]
    grid, places = next(
        ((book.grid(name), found) for name in named or book.titles if (found := tick_places(book.grid(name), words))),
        ([], None),
    )
    if places is None:
        return []
    start, sheet_at, nil_at = places
    by_title = {form: sheet.name for sheet in sheets for form in (*sheet.titles, *map(title, sheet.titles))}
    ticks = {compact(word) for word in words["ticks"]}
    found = []
    for row in grid[start:]:
        if len(row) > max(sheet_at, nil_at):
            named = by_title.get(compact(str(row[sheet_at]))) or by_title.get(title(str(row[sheet_at])))
            if named and _tick(row[nil_at]) in ticks:
                found.append(named)
    return sorted(set(found))


def tick_places(grid: Sequence[Sequence[object]], words: Mapping[str, Sequence[str]]) -> tuple[int, int, int] | None:
    """First row, column of the titles and column of the ticks, in the sheet that is a cover; None in any other."""
    sheet_words = {compact(word) for word in words["cover_sheet"]}
    nil_words = {compact(word) for word in words["cover_nil"]}
    for number, row in enumerate(grid[:100]):
        labels = [label(str(cell)) if cell != "" else "" for cell in row]
        sheet_at = next((at for at, text in enumerate(labels) if text in sheet_words), -1)
        nil_at = next((at for at, text in enumerate(labels) if text in nil_words), -1)
        if sheet_at >= 0 and nil_at >= 0:
            return number + 1, sheet_at, nil_at
    return None


def _tick(cell: object) -> str:
    if cell.__class__ is bool:
        return "TRUE" if cell else ""
    return "1" if cell == 1 else compact(str(cell))
