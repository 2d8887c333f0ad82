"""One file's bytes → plain tables, problems and repairs; runs inside a worker process."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter

from toolkit.model.cell import Area, address, letters
from toolkit.model.layout import MARK, MARK_LIST
from toolkit.model.stamp import DISPUTES, KIND
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.usual import STYLES
from toolkit.reading import census, display, formulas, gate, secrecy
from toolkit.reading.answers import answers
from toolkit.reading.appearance import Appearance
from toolkit.reading.cells import Cells, lose_rows, read_columns, read_vertical
from toolkit.reading.census import Place
from toolkit.reading.choosing import choose_sheets, is_looked_at
from toolkit.reading.columns import SheetPlan
from toolkit.reading.cover import nil_sheets, pairs
from toolkit.reading.crosscheck import coded_cells, compared
from toolkit.reading.labels import Labels
from toolkit.reading.locate import Found, find_table, find_vertical
from toolkit.reading.marks import explanations, remarks
from toolkit.reading.normal import compact
from toolkit.reading.nothing import Nothing
from toolkit.reading.opening import opened
from toolkit.reading.other_books import kind_of
from toolkit.reading.other_formats import error_cells
from toolkit.reading.room import Room, fits_of
from toolkit.reading.rows import BLANK, DATA, GHOST, HEADER, NOTE, TOTAL, Judge, only_numbers
from toolkit.reading.screen import Screen
from toolkit.reading.sheets import Book
from toolkit.reading.strips import Strip, Taken, strips
from toolkit.reading.texts import DISGUISED

META = "_meta"
_LISTINGS = (MARK_LIST, MARK + MARK_LIST)
_MOST_CELLS = 200
_FEWEST_LABELS = 3


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
        self.labels, self.nothing = Labels(self.words), Nothing("text", self.words)
        self._judges: dict[tuple, tuple[Judge, itemgetter]] = {}

    def read(
        self, data: bytes, passwords: Sequence[str] = (), told: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Everything read from one file, in types that marshal takes.

        `refused` (a code, with its `facts`) when the file must not or cannot be read; `answers` (see answers.py) when
        it is a list of disputes; `other` (see other_books.py) when it is something else of ours; else
        `format`, `custom` and `meta` (identity pairs), `nil` (ticked labels), `notes` (code, sheet, cells, facts) and
        `sheets` (see `_sheet`).

        Args:
            passwords: tried when the file needs one to open.
            told: see `choose_sheets`.
        """
        answer, how = opened(data, passwords, partial(self._read, told=told or {}), self._opens)
        if how and "notes" in answer:
            answer["notes"].append((how, "", (), {}))  # type: ignore[attr-defined]
        return answer

    def _opens(self, title: str) -> bool:
        """Whether a sheet is read in every workbook in which it stands."""
        return title == META or title in _LISTINGS or is_looked_at(title)

    def _read(self, package: gate.Package | str, data: bytes, told: Mapping[str, str]) -> dict[str, object]:
        known = None if isinstance(package, str) else package
        data = known.data if known is not None else data
        zipped = known if known is not None and known.format == gate.XLSX else None
        book = Book.of(package, data)
        mark = secrecy.mark_in_package(known) if known else ""
        if mark := mark or (secrecy.mark_in_grids(map(book.grid, book.titles)) if zipped is None else ""):
            raise Refused(secrecy.SECRET, {"mark": mark})
        meta = pairs(book.grid(META)) if META in book.titles else {}
        if meta.get(KIND) == DISPUTES:
            return {"answers": answers(book.grid(title) for title in book.titles if title != META)}
        if other := kind_of(meta, map(book.grid, book.titles), self.words["list_headings"]):
            return {"other": other}
        if zipped is None:
            book.marks |= error_cells(package, data)
        epoch = zipped is not None and census.uses_1904(zipped)
        notes = _file_notes(known)
        chosen, more = choose_sheets(book, self.sheets[epoch], self.words, told)
        notes += more
        sheets = [
            self._sheet(book, zipped, sheet, chosen[sheet.name], notes)
            for sheet in self.sheets[epoch]
            if sheet.name in chosen
        ]
        if not sheets and not meta and len(chosen) == 0:
            notes = [note for note in notes if note[0] != "S004"] + [("S017", "", (), {})]
        return {
            "format": known.format if known else "xls",
            "custom": census.custom_properties(known) if known else {},
            "meta": meta,
            "nil": nil_sheets(book, self.sheets[epoch], self.words),
            "notes": notes + book.notes,
            "remarks": [
                one for title in book.titles if title in _LISTINGS for one in remarks(book.grid(title), self.nothing)
            ],
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
        lost = lost_columns(sheet, find, title, notes)
        xml = census.sheet_xml(package, title) if package else b""
        marked = census.marked_cells(xml) | book.marks.get(title, {})
        if census.NOWHERE in marked:  # an error or a formula without a result, in a cell without an address
            notes.append(("F016", title, (), {}))
            return None
        shown = book.symbols.get(title, frozenset())
        seen = book.appearance(title)
        screen = Screen(seen, grid, sheet, find, shown)
        if package:
            marked = compared(xml, grid, marked, package, shown, epoch_1904=census.uses_1904(package))
        marked |= screen.lost()
        marked, unsure = _doubted(package, xml, grid, marked) if package else (marked, [])
        notes += [
            ("C008", title, addresses(places), {"function": name}) for name, places in census.calling_cells(xml).items()
        ]
        cells = Cells(marked, self.dittos)
        more = {"lost": lost, "explained": explanations(grid, find.header, self.nothing)}
        if sheet.vertical:
            table = self._vertical(grid, sheet, title, find, cells, seen, notes)
            rows, columns = list(find.positions.values()), [find.value]
        else:
            table = self._table(grid, sheet, title, find, cells, seen, notes, _sums(sheet, package, title, xml, grid))
            rows, columns = [row - 1 for row in table["rows"]], list(find.positions.values())  # type: ignore[attr-defined]
        values = Taken(rows, columns)
        if doubtful := [place for place in unsure if place in values and place not in marked]:
            notes.append((formulas.DOUBTFUL, title, addresses(doubtful), {}))
        kinds = {
            (at, -1) if sheet.vertical else (-1, at): sheet.columns[index]["type"]
            for index, at in find.positions.items()
        }
        changed = display.changed_at_times(seen.changing.formats, grid, values, kinds)
        notes += [(code, title, addresses(places), {}) for code, places in screen.notes(values, marked, changed)]
        notes += _coded(package, title, xml, values) if package else []
        if package and rows:
            taken = strips(grid, sheet.columns, find, rows, vertical=sheet.vertical)
            told = marked.keys() | {(row - 1, column) for _, row, column, _, _ in cells.problems}
            notes += _by_styles(package, title, xml, grid, taken, seen, told)
        elif not package:
            found = display.seen_under(seen.formats, grid, values, kinds)
            notes += [(code, title, addresses(at), {"format": form}) for (code, form), at in found.items()]
        return {**table, **more}

    def _vertical(
        self, grid, sheet: SheetPlan, title: str, found: Found, cells: Cells, seen: Appearance, notes: list
    ) -> dict[str, object]:
        values = read_vertical(grid, sheet, found, cells)
        names = {row: sheet.columns[index]["name"] for index, row in found.positions.items()}
        covered = merged_cells(seen.merged, 0, (found.value,), sorted(names))
        notes += [("S011", title, addresses(lost), {"area": area}) for area, lost in covered]
        return {
            "name": sheet.name,
            "title": title,
            "value": letters(found.value + 1),
            "places": {sheet.columns[i]["name"]: row + 1 for i, row in found.positions.items()},
            "header": found.header + 1,
            "rows": [0],
            "columns": {sheet.columns[i]["name"]: [value] for i, value in values.items()},
            "not_data": 0,
            "problems": cells.problems,
            "repairs": cells.repairs,
            "hidden": [(0, names[row]) for _, lost in covered for row, _ in lost],
        }

    def _table(
        self, grid, sheet: SheetPlan, title, found: Found, cells: Cells, seen: Appearance, notes: list, sums: set[int]
    ) -> dict:
        order = sorted(found.positions, key=found.positions.__getitem__)
        places = tuple(found.positions[index] for index in order)
        judge, getter = self._judge(sheet, tuple(order), places)
        numbers, rows, aside = sift(grid, found.header, found.start, judge, getter, sums)
        named = [row for row, kind in aside if kind in (TOTAL, NOTE)]
        notes += [("S013", title, (one,), {}) for one in addresses((row, places[0]) for row in named[:50])]
        second = second_header(sheet, found, grid, numbers)
        if second >= 0:
            aside.append((numbers.pop(second), HEADER))
            del rows[second]
        columns = read_columns(sheet, order, places, numbers, rows, cells)
        if second >= 0:
            lose_rows(sheet, order, places, range(second, len(numbers)), numbers, columns, cells)
        alone = self._errors_alone(sheet, order, places, judge, found.start, numbers, aside, cells)
        covered = merged_cells(seen.merged, found.start, places, numbers)
        headings = covered_cells(seen.merged, ((found.header, place) for place in places), grid)
        notes += [("S011", title, addresses(lost), {"area": area}) for area, lost in (*headings, *covered)]
        unseen = sorted(set(seen.rows) & set(numbers))
        if unseen:
            notes.append(("S010", title, addresses((row, places[0]) for row in unseen), {}))
        names = {place: sheet.columns[index]["name"] for place, index in zip(places, order, strict=True)}
        return {
            "name": sheet.name,
            "title": title,
            "value": "",
            "places": {sheet.columns[index]["name"]: letters(place + 1) for index, place in found.positions.items()},
            "header": found.header + 1,
            "rows": [number + 1 for number in numbers],
            "columns": {sheet.columns[index]["name"]: values for index, values in columns.items()},
            "not_data": len(aside) + len(alone),
            "problems": cells.problems,
            "repairs": cells.repairs,
            "hidden": [(row + 1, names[place]) for _, lost in covered for row, place in lost],
        }

    @staticmethod
    def _errors_alone(sheet, order, places, judge: Judge, start: int, numbers, aside, cells: Cells) -> set[int]:
        """Names errors in rows that look blank to the reader; the rows that are not counted yet."""
        kinds = dict(aside)
        looked_at = {places[place]: sheet.columns[order[place]]["name"] for place in judge.strong}
        known, found = set(numbers), set()
        for (row, column), (code, text) in sorted(cells.marked.items()):
            if row >= start and column in looked_at and row not in known and kinds.get(row, GHOST) == GHOST:
                cells.problems.append((code, row + 1, column, looked_at[column], text))
                found.add(row)
        return found - set(kinds)

    def _judge(self, sheet: SheetPlan, order: tuple[int, ...], places: tuple[int, ...]) -> tuple[Judge, itemgetter]:
        key = (id(sheet), order, places)
        if key not in self._judges:
            if len(self._judges) > 500:
                self._judges.clear()
            getter = itemgetter(*places) if len(places) > 1 else lambda row, only=places[0]: (row[only],)
            self._judges[key] = (Judge(sheet, order, self.labels), getter)  # type: ignore[assignment]
        return self._judges[key]


def _doubted(
    package: gate.Package, xml: bytes, grid: Sequence, marked: Mapping[Place, str]
) -> tuple[dict[Place, str], list[Place]]:
    """The marked cells with those whose formula has another result, and those that nobody calculated anew."""
    stale, unsure = formulas.doubted(xml, grid, marked, exact=not formulas.as_displayed(package))
    return stale | marked, unsure if formulas.not_up_to_date(package) else []


def _coded(package: gate.Package, title: str, xml: bytes, values: Collection[Place]) -> list[tuple]:
    """Notes about figures that are written by their codes."""
    found = coded_cells(xml, package).items()
    return [(DISGUISED, title, addresses((at,)), {"value": text}) for at, text in found if at in values]


def _by_styles(
    package: gate.Package,
    title: str,
    xml: bytes,
    grid: Sequence,
    taken: Sequence[Strip],
    seen: Appearance,
    told: Collection[Place],
) -> list[tuple]:
    """Notes about cells that do not show what they hold because of their formats and of the room that they have."""
    styles, fits = display.number_styles(package), fits_of(package.part(STYLES))
    start = max(0, xml.find(b'<row r="%d"' % (min(min(strip.rows) for strip in taken) + 1)))
    under = display.cells_under(xml, {*display.unusual(styles, xml), *fits.strange}, start)
    found = display.seen_otherwise(styles, xml, taken, under)
    notes: list[tuple] = [(code, title, addresses(at), {"format": form}) for (code, form), at in found.items()]
    strange = {place: style for place, style in under.items() if style in fits.strange}
    small = Room(fits, xml, start, grid, seen.merged, seen.rows, told).seen_in_part(taken, strange)
    return notes + [(code, title, addresses(at), {"label": label}) for (code, label), at in small.items()]


def _sums(sheet: SheetPlan, package: gate.Package | None, title: str, xml: bytes, grid: Sequence) -> set[int]:
    """Rows that hold sums by their formulas or as the total row of a table; none among rows that the form prints."""
    if sheet.fixed or package is None:
        return set()
    return census.summing_rows(xml, grid) | census.total_rows(package, title)


def _file_notes(known: gate.Package | None) -> list[tuple]:
    """Notes about the file as a whole."""
    notes: list[tuple] = [(code, "", (), {}) for code in census.active_content(known)] if known else []
    if known is not None and known.appended:
        notes.append(("F030", "", (), {}))
    if known is not None and known.format == gate.XLSX and census.hides_itself(known):
        notes.append(("F043", "", (), {}))
    if known is None or known.format != gate.XLSX:
        notes.append(("F028", "", (), {"format": known.format if known else "xls"}))
    return notes


def lost_columns(sheet: SheetPlan, found: Found, title: str, notes: list) -> list[str]:
    """Names of the needed columns that are not there or stand twice; those that are not there are noted."""
    lost = [sheet.columns[index]["name"] for index in sorted(found.broken)]
    for index, column in enumerate(sheet.columns):
        if index not in found.positions and index not in found.broken:
            needed = column["needed"]
            if column["prefilled"] and not needed:
                continue  # the bureau knows it; a workbook issued before the form had the column is whole
            notes.append(("S006" if needed else "S020", title, (), {"label": column["label"]}))
            lost += [column["name"]] if needed else []
    return lost


def sift(
    grid: Sequence, header: int, start: int, judge: Judge, getter, sums: Collection[int] = ()
) -> tuple[list[int], list[tuple], list[tuple[int, str]]]:
    """Data rows and others under a header: grid row numbers, their cells, (row, kind) of those that are no data.

    Blank rows are in neither.

    Args:
        sums: rows whose numbers are sums; a record of its own may have a sum among its cells.
    """
    numbers: list[int] = []
    rows: list[tuple] = []
    aside: list[tuple[int, str]] = []
    head = getter(grid[header])
    for number in range(start, len(grid)):
        cells = getter(grid[number])
        total = number in sums and only_numbers(cells)
        kind = HEADER if cells == head else TOTAL if total else judge.kind(cells)
        if kind == DATA:
            numbers.append(number)
            rows.append(cells)
        elif kind != BLANK:
            aside.append((number, kind))
    return numbers, rows, aside


def second_header(sheet: SheetPlan, found: Found, grid: Sequence, numbers: Sequence[int]) -> int:
    """Which of the rows is a second header whose labels stand in other columns than above; -1 for none.

    Below it the cells of a row would be taken for those of other columns.
    """
    first = {cell for number in numbers for cell in grid[number][:_FEWEST_LABELS]}
    for at, number in enumerate(numbers if any(map(sheet.match, first)) else ()):
        row = grid[number]
        if not any(map(sheet.match, row[:_FEWEST_LABELS])):
            continue
        labels = {match[0]: column for column, cell in enumerate(row) if (match := sheet.match(cell))}
        moved = any(found.positions.get(index) != column for index, column in labels.items())
        if len(labels) >= _FEWEST_LABELS and len(labels) * 2 > len(sheet.columns) and moved:
            return at
    return -1


def addresses(places: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Excel addresses of (row, column) pairs, the first 200."""
    return tuple(address(row + 1, column + 1) for row, column in islice(places, _MOST_CELLS) if row >= 0)


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
        if lost := [(row, column) for row in touched for column in columns if (row, column) != (top, left)]:
            found.append((str(Area(top + 1, left + 1, bottom + 1, right + 1)), lost))
    return found


def covered_cells(
    ranges: Sequence[tuple[int, int, int, int]], cells: Iterable[Place], grid: Sequence[Sequence[object]]
) -> list[tuple[str, list[Place]]]:
    """Merged ranges under which some of the cells hold what nobody sees: the range, and those cells."""
    filled = [(row, column) for row, column in cells if column < len(grid[row]) and grid[row][column] != ""]
    found = []
    for top, left, bottom, right in ranges:
        inside = [at for at in filled if top <= at[0] <= bottom and left <= at[1] <= right and at != (top, left)]
        if inside:
            found.append((str(Area(top + 1, left + 1, bottom + 1, right + 1)), sorted(inside)))
    return found
