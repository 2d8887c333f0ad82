"""Tables found by their labels: which row is the header, which column holds what; never by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from toolkit.model.cell import address
from toolkit.model.layout import MARK
from toolkit.reading.columns import SheetPlan
from toolkit.reading.normal import compact, label

Grid = Sequence[Sequence[object]]
Note = tuple[str, tuple[str, ...], dict[str, str]]
"""Code, cells, facts."""

HEADER_ROWS = 40


@dataclass(slots=True)
class Found:
    """Where the columns of a sheet are.

    Args:
        positions: column index of the plan → zero-based grid column (table) or grid row (vertical).
        header: zero-based grid row of the labels.
        start: first grid row that may hold data.
        value: grid column of the values (vertical).
        broken: columns that stand twice.
    """

    positions: dict[int, int] = field(default_factory=dict)
    header: int = 0
    start: int = 0
    value: int = -1
    notes: list[Note] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)


def score(grid: Grid, sheet: SheetPlan, most: int = HEADER_ROWS) -> tuple[int, int]:
    """Most labels of the sheet that stand in one row (vertical: one column), and which row (column) that is.

    Args:
        most: how many rows are looked at.
    """
    best, place = 0, -1
    if sheet.vertical:
        for index, cells in enumerate(zip(*grid[:200], strict=False)):
            if index > 20:
                break
            hits = len(sheet.labels_in(cells))
            if hits > best:
                best, place = hits, index
        return best, place
    for index, row in enumerate(grid[:most]):
        hits = len(sheet.labels_in(row)) if any(row) else 0
        if hits > best:
            best, place = hits, index
            if hits == len(sheet.columns):
                break
    return best, place


def find_table(grid: Grid, sheet: SheetPlan, helpers: frozenset[str]) -> Found | None:
    """The columns of a table sheet; None when no row looks like its header."""
    known = _known_layout(grid, sheet)
    if known:
        return known
    hits, header = score(grid, sheet)
    if hits < min(2, len(sheet.columns)):
        return None
    found = Found(header=header, start=header + 1)
    names = _names_row(grid, header, sheet)
    if names >= 0:
        found.start = max(found.start, names + 1)
    owners: dict[int, list[tuple[int, int]]] = {}
    unknown: list[int] = []
    second = _second_header(grid, header, names, sheet)
    for column, cell in enumerate(grid[header]):
        match = sheet.match(cell) or (sheet.match(grid[second][column]) if second >= 0 else None)
        if match:
            owners.setdefault(match[0], []).append((match[1], column))
        else:
            unknown.append(column)
    if second >= 0:
        found.start = max(found.start, second + 1)
    unknown += _choose(grid, found, sheet, owners)
    _by_hidden_names(grid, found, sheet, names, unknown)
    _unknown_columns(grid, found, unknown, helpers)
    _by_confirmation(grid, found, sheet)
    if names == header + 1 and len(found.positions) == len(sheet.columns) == len(grid[header]) and not found.notes:
        sheet.layouts[header, tuple(grid[header]), tuple(grid[names])] = found
        sheet.header = header
    return found


def _known_layout(grid: Grid, sheet: SheetPlan) -> Found | None:
    """What was found before under the very same two header rows, when nothing was wrong there."""
    if len(grid) <= sheet.header + 1:
        return None
    return sheet.layouts.get((sheet.header, tuple(grid[sheet.header]), tuple(grid[sheet.header + 1])))


def _names_row(grid: Grid, header: int, sheet: SheetPlan) -> int:
    """The row of English column names next to the header, or -1."""
    for row in (header + 1, header + 2, header - 1):
        if 0 <= row < len(grid):
            filled = [cell for cell in grid[row] if cell != ""]
            hits = sum(1 for cell in filled if cell.__class__ is str and cell in sheet.names)
            if hits >= 2 and hits * 2 >= len(filled):
                return row
    return -1


def _second_header(grid: Grid, header: int, names: int, sheet: SheetPlan) -> int:
    """The row beside the header that holds the labels of columns which the header row leaves open, or -1."""
    here = sheet.labels_in(grid[header])
    if len(here) == len(sheet.columns):
        return -1
    for row in (header + 1, header - 1):
        if row == names or not 0 <= row < len(grid):
            continue
        other = sheet.labels_in(grid[row])
        if other - here and len(other) >= 2:
            return row
    return -1


def _choose(grid: Grid, found: Found, sheet: SheetPlan, owners: dict[int, list[tuple[int, int]]]) -> list[int]:
    """Settles which grid column each label means; the columns that lost are unknown ones."""
    lost: list[int] = []
    for index, places in sorted(owners.items()):
        places.sort()
        best = [place for place in places if place[0] == places[0][0]]
        if len(best) > 1:
            filled = [place for place in best if _holds_data(grid, found.start, place[1])]
            best = filled or best[:1]
        if len(best) > 1:
            cells = tuple(address(found.header + 1, column + 1) for _, column in best)
            found.notes.append(("S009", cells, {"label": sheet.columns[index]["label"]}))
            found.broken.add(index)
            lost += [column for quality, column in places if (quality, column) not in best]
            continue
        found.positions[index] = best[0][1]
        lost += [column for _, column in places if column != best[0][1]]
    return lost


def _by_hidden_names(grid: Grid, found: Found, sheet: SheetPlan, names: int, unknown: list[int]) -> None:
    """Columns whose label was changed but whose hidden English name still stands below it."""
    if names < 0:
        return
    for column in list(unknown):
        index = sheet.names.get(str(grid[names][column]))
        if index is None or index in found.positions or index in found.broken:
            continue
        found.positions[index] = column
        unknown.remove(column)
        facts = {"label": sheet.columns[index]["label"], "seen": str(grid[found.header][column])[:30]}
        found.notes.append(("S019", (address(found.header + 1, column + 1),), facts))


def _unknown_columns(grid: Grid, found: Found, unknown: list[int], helpers: frozenset[str]) -> None:
    for column in sorted(unknown):
        text = str(grid[found.header][column]).strip()
        if compact(text) in helpers or label(text) in helpers or compact(text).startswith(MARK):
            continue
        filled = _holds_data(grid, found.start, column)
        if not text and not filled:
            continue
        code = "S008" if filled else "S018"
        found.notes.append((code, (address(found.header + 1, column + 1),), {"seen": text[:30]}))


def _by_confirmation(grid: Grid, found: Found, sheet: SheetPlan) -> None:
    """Notes the columns that are known only because a person confirmed their labels."""
    for index, column in sorted(found.positions.items()) if sheet.confirmed else ():
        text = str(grid[found.header][column])
        if compact(text) in sheet.confirmed:
            facts = {"label": sheet.columns[index]["label"], "seen": text[:30]}
            found.notes.append(("S027", (address(found.header + 1, column + 1),), facts))


def _holds_data(grid: Grid, start: int, column: int) -> bool:
    return any(row[column] != "" and str(row[column]).strip() for row in grid[start:])


def find_vertical(grid: Grid, sheet: SheetPlan, headings: frozenset[str]) -> Found | None:
    """The rows of a vertical sheet: label in one column, value to its right."""
    hits, place = score(grid, sheet)
    if hits < min(2, len(sheet.columns)):
        return None
    found = Found()
    rows: dict[int, list[int]] = {}
    first = len(grid)
    for index, row in enumerate(grid):
        if match := sheet.match(row[place]):
            rows.setdefault(match[0], []).append(index)
            first = min(first, index)
    found.header = max(0, first - 1)
    found.value = _value_column(grid, sheet, place, first, rows, headings)
    for index, places in sorted(rows.items()):
        filled = [row for row in places if found.value < len(grid[row]) and grid[row][found.value] != ""]
        if len(filled) > 1:
            cells = tuple(address(row + 1, place + 1) for row in filled)
            found.notes.append(("S009", cells, {"label": sheet.columns[index]["label"]}))
            found.broken.add(index)
        else:
            found.positions[index] = (filled or places)[0]
    return found


def _value_column(
    grid: Grid, sheet: SheetPlan, place: int, first: int, rows: dict[int, list[int]], headings: frozenset[str]
) -> int:
    for row in grid[max(0, first - 4) : first]:
        for column, cell in enumerate(row):
            if column > place and cell.__class__ is str and label(cell) in headings:  # type: ignore[arg-type]
                return column
    names = sum(
        1
        for index, places in rows.items()
        if place + 1 < len(grid[places[0]]) and grid[places[0]][place + 1] == sheet.columns[index]["name"]
    )
    return place + 2 if names * 2 >= len(rows) else place + 1
