"""One file's bytes → plain tables, problems and repairs; runs inside a worker process."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter

import python_calamine

from toolkit.reading import census, gate
from toolkit.reading.cells import Cells, read_columns, read_vertical
from toolkit.reading.columns import SheetPlan
from toolkit.reading.cover import nil_sheets, pairs
from toolkit.reading.locate import Found, find_table, find_vertical
from toolkit.reading.marks import explanations
from toolkit.reading.normal import compact, letter
from toolkit.reading.package import Refused
from toolkit.reading.rows import BLANK, DATA, HEADER, NOTE, TOTAL, Judge
from toolkit.reading.sheets import Book, choose_sheets

META = "_meta"
_MOST_CELLS = 200


class Extractor:
    """Reads files of one form.

    Args:
        plan: see plan.py.
    """

    def __init__(self, plan: Mapping) -> None:
        self.plan, self.words = plan, plan["words"]
        self.sheets = {epoch: [SheetPlan(s, self.words, epoch) for s in plan["sheets"]] for epoch in (False, True)}
        self.helpers = frozenset(compact(word) for word in self.words["helper_columns"])
        self.headings = frozenset(compact(word) for word in self.words["value_headings"])
        self.dittos = frozenset(compact(word) for word in self.words["ditto_words"])
        self._judges: dict[tuple, tuple[Judge, itemgetter]] = {}

    def read(self, data: bytes) -> dict[str, object]:
        """Everything read from one file, in types that marshal takes.

        `refused` (a code) when the file must not or cannot be read; else `format`, `custom` and `meta`
        (identity pairs), `nil` (ticked labels), `notes` (code, sheet, cells, facts) and `sheets` (see `_sheet`).
        """
        try:
            package = gate.check(data)
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            return self._read(package, book)
        except Refused as refused:
            return {"refused": refused.code}
        except python_calamine.PasswordError:
            return {"refused": "F005"}
        except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError, ValueError):
            return {"refused": "F002"}

    def _read(self, package: gate.Package | str, calamine) -> dict[str, object]:
        known = None if isinstance(package, str) else package
        zipped = known if known is not None and known.format == "xlsx" else None
        epoch = zipped is not None and census.uses_1904(zipped)
        book = Book(calamine)
        notes = [(code, "", (), {}) for code in census.active_content(known)] if known else []
        if zipped is None:
            notes.append(("F028", "", (), {"format": known.format if known else "xls"}))
        chosen, more = choose_sheets(book, self.sheets[epoch], self.words)
        notes += more
        sheets = [
            self._sheet(book, zipped, sheet, chosen[sheet.name], notes)
            for sheet in self.sheets[epoch]
            if sheet.name in chosen
        ]
        meta = pairs(book.grid(META)) if META in book.titles else {}
        if not sheets and not meta and len(chosen) == 0:
            notes = [note for note in notes if note[0] != "S004"] + [("S017", "", (), {})]
        return {
            "format": known.format if known else "xls",
            "custom": census.custom_properties(known) if known else {},
            "meta": meta,
            "nil": nil_sheets(book, self.sheets[epoch], self.words),
            "notes": notes + book.notes,
            "sheets": [sheet for sheet in sheets if sheet],
        }

    def _sheet(self, book: Book, package, sheet: SheetPlan, title: str, notes: list) -> dict[str, object] | None:
        grid = book.grid(title)
        find = find_vertical(grid, sheet, self.headings) if sheet.vertical else find_table(grid, sheet, self.helpers)
        if find is None:
            if title not in book.failed:
                notes.append(("S012", title, (), {}))
            return None
        notes += [(code, title, cells, facts) for code, cells, facts in find.notes]
        lost = [sheet.columns[index]["name"] for index in sorted(find.broken)]
        for index, column in enumerate(sheet.columns):
            if index not in find.positions and index not in find.broken:
                needed = column["need"] != "optional"
                notes.append(("S006" if needed else "S020", title, (), {"label": column["label"]}))
                lost += [column["name"]] if needed else []
        xml = census.sheet_xml(package, title) if package else b""
        marked = census.marked_cells(xml)
        if census.NOWHERE in marked:  # an error or a formula without a result, in a cell without an address
            notes.append(("F016", title, (), {}))
            return None
        cells = Cells(marked, self.dittos)
        more = {"lost": lost, "explained": explanations(grid, find.header)}
        if sheet.vertical:
            return {**self._vertical(grid, sheet, title, find, cells), **more}
        return {**self._table(grid, sheet, title, find, cells, xml, notes), **more}

    def _vertical(self, grid, sheet: SheetPlan, title: str, found: Found, cells: Cells) -> dict[str, object]:
        values = read_vertical(grid, sheet, found, cells)
        return {
            "name": sheet.name,
            "title": title,
            "value": letter(found.value),
            "places": {sheet.columns[i]["name"]: row + 1 for i, row in found.positions.items()},
            "header": found.header + 1,
            "rows": [0],
            "columns": {sheet.columns[i]["name"]: [value] for i, value in values.items()},
            "not_data": 0,
            "problems": cells.problems,
            "repairs": cells.repairs,
            "hidden": [],
        }

    def _table(self, grid, sheet: SheetPlan, title, found: Found, cells: Cells, xml: bytes, notes: list) -> dict:
        order = sorted(found.positions, key=found.positions.__getitem__)
        places = tuple(found.positions[index] for index in order)
        judge, getter = self._judge(sheet, tuple(order), places)
        numbers, rows, aside = sift(grid, found.header, found.start, judge, getter)
        for place, (row, kind) in enumerate(aside[:200]):
            if kind in (TOTAL, NOTE) and place < 50:
                notes.append(("S013", title, (f"{letter(places[0])}{row + 1}",), {}))
        columns = read_columns(sheet, order, places, numbers, rows, cells)
        covered = merged_cells(census.merges(xml), found.start, places, numbers) if xml else []
        notes += [("S011", title, addresses(lost), {"area": area}) for area, lost in covered]
        unseen = sorted(set(census.hidden_rows(xml)) & set(numbers)) if xml else []
        if unseen:
            notes.append(("S010", title, addresses((row, places[0]) for row in unseen), {}))
        names = {place: sheet.columns[index]["name"] for place, index in zip(places, order, strict=True)}
        return {
            "name": sheet.name,
            "title": title,
            "value": "",
            "places": {sheet.columns[index]["name"]: letter(place) for index, place in found.positions.items()},
            "header": found.header + 1,
            "rows": [number + 1 for number in numbers],
            "columns": {sheet.columns[index]["name"]: values for index, values in columns.items()},
            "not_data": len(aside),
            "problems": cells.problems,
            "repairs": cells.repairs,
            "hidden": [(row + 1, names[place]) for _, lost in covered for row, place in lost],
        }

    def _judge(self, sheet: SheetPlan, order: tuple[int, ...], places: tuple[int, ...]) -> tuple[Judge, itemgetter]:
        key = (id(sheet), order, places)
        if key not in self._judges:
            if len(self._judges) > 500:
                self._judges.clear()
            getter = itemgetter(*places) if len(places) > 1 else lambda row, only=places[0]: (row[only],)
            self._judges[key] = (Judge(sheet, order, self.words), getter)  # type: ignore[assignment]
        return self._judges[key]


def sift(
    grid: Sequence, header: int, start: int, judge: Judge, getter
) -> tuple[list[int], list[tuple], list[tuple[int, str]]]:
    """Data rows and others under a header: grid row numbers, their cells, (row, kind) of those that are no data.

    Blank rows are in neither.
    """
    numbers: list[int] = []
    rows: list[tuple] = []
    aside: list[tuple[int, str]] = []
    head = getter(grid[header])
    for number in range(start, len(grid)):
        cells = getter(grid[number])
        kind = judge.kind(cells) if cells != head else HEADER
        if kind == DATA:
            numbers.append(number)
            rows.append(cells)
        elif kind != BLANK:
            aside.append((number, kind))
    return numbers, rows, aside


def addresses(places: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Excel addresses of (row, column) pairs, the first 200."""
    return tuple(f"{letter(column)}{row + 1}" for row, column in islice(places, _MOST_CELLS))


def merged_cells(
    ranges: Sequence[tuple[int, int, int, int]], start: int, places: Sequence[int], numbers: Sequence[int]
) -> list[tuple[str, list[tuple[int, int]]]]:
    """Merged ranges over data rows: the range, and its (row, column) places that have no value of their own."""
    found = []
    for top, left, bottom, right in ranges:
        if bottom < start:
            continue
        columns = [place for place in places if left <= place <= right]
        touched = [row for row in numbers if top <= row <= bottom]
        if columns and len(columns) * len(touched) > 1:
            area = f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"
            found.append((area, [(row, c) for row in touched for c in columns if (row, c) != (top, left)]))
    return found
