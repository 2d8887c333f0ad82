"""Which sheet of a file is which sheet of the form: as a person said, by title, else by the labels it carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.model.layout import CHECK_GRID, CHECK_MARK, CHECK_SHEET, KEYS_SHOWN, LISTS_SHEET, MARK
from toolkit.model.stamp import META_SHEET
from toolkit.reading import normal
from toolkit.reading.columns import SheetPlan
from toolkit.reading.cover import tick_places
from toolkit.reading.left_out import LIKENESS, SAME_HEADINGS, left_out, on_our_own, rows_below
from toolkit.reading.locate import score
from toolkit.reading.normal import compact
from toolkit.reading.our_lists import beside_lists
from toolkit.reading.sheets import Book, Note

_BEYOND = 8
"""The first column of those to which the rows of the form reach, and where our 自检 has nothing but formulas."""
_OWN = frozenset((META_SHEET, LISTS_SHEET, CHECK_GRID, CHECK_SHEET))
UNCOUNTED, TWO_PLACES, AS_SAID = "S030", "S031", "S032"


def is_looked_at(title: str) -> bool:
    """Whether rows of the form could stand on a sheet; not on our own hidden sheets, marks and 自检.

    >>> [is_looked_at(title) for title in ("党员名册", "_党员名册", "_lists", "自检")]
    [True, True, False, False]
    """
    return title not in _OWN and not title.startswith(MARK)


def choose_sheets(
    book: Book, sheets: Sequence[SheetPlan], words: Mapping[str, Sequence[str]], told: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[Note]]:
    """Sheet name of the form → title in the file, and what is wrong with the sheets.

    Args:
        told: title → the sheet of the form that a person said it is; "" where it does not count.
    """
    helpers = {compact(word) for word in words["helper_sheets"]}
    looked_at = [t for t in book.titles if is_looked_at(t)]
    choice = _Choice(book, sheets, [t for t in looked_at if compact(t) not in helpers], told or {})
    for sheet in sheets:
        choice.by_title(sheet)
    choice.rest = [t for t in choice.rest if not _is_check(book, t)]
    choice.by_labels()
    chosen, notes = choice.chosen, choice.notes
    for sheet in sheets:
        if chosen.get(sheet.name) in book.hidden:
            notes.append(("S010", chosen[sheet.name], (), {}))
    for left in looked_at:
        if left in choice.told or left in chosen.values() or (left in choice.titles and left not in choice.rest):
            continue
        if any(map(any, book.grid(left))):
            is_cover = tick_places(book.grid(left), words) is not None
            helps = is_cover or {compact(left), normal.title(left)} & helpers
            if is_cover:
                notes += on_our_own(book.grid(left), left, sheets)
            elif (note := left_out(book.grid(left), left, sheets))[0] == SAME_HEADINGS or not helps:
                notes.append(note)
    notes += _on_sheets_of_ours(book, sheets, chosen)
    return chosen, notes


def _on_sheets_of_ours(book: Book, sheets: Sequence[SheetPlan], chosen: Mapping[str, str]) -> list[Note]:
    """Rows of the form on our 自检 and below its sheets of single values, where nobody reads them."""
    notes: list[Note] = []
    for title in sorted(_OWN & set(book.titles) - book.hidden):
        if book.holds_values(title, _BEYOND):
            notes += on_our_own(book.grid(title), title, sheets)
    longest = 1 + max(KEYS_SHOWN, *(len(column["choices"]) for sheet in sheets for column in sheet.columns))
    if LISTS_SHEET in book.hidden and book.holds_records(LISTS_SHEET, longest):
        notes += beside_lists(book.grid(LISTS_SHEET), sheets, book.lists())
    for sheet in sheets:
        if sheet.vertical and sheet.name in chosen:
            grid = book.grid(chosen[sheet.name])
            last = max((at for at, row in enumerate(grid) if sheet.labels_in(row)), default=0)
            if any(map(any, grid[last + 1 :])):
                notes += on_our_own(grid[last + 1 :], chosen[sheet.name], sheets)
    return notes


class _Choice:
    """The sheets that were chosen so far.

    Args:
        titles: the sheets that may be ones of the form; told: as for `choose_sheets`.
    """

    def __init__(self, book: Book, sheets: Sequence[SheetPlan], titles: list[str], told: Mapping[str, str]) -> None:
        self.book, self.sheets = book, sheets
        self.told = {title: name for title, name in told.items() if title in book.titles}
        self.titles = [title for title in titles if title not in self.told]
        self.rest = list(self.titles)
        self.chosen: dict[str, str] = {}
        self.unclear: set[str] = set()
        self.notes: list[Note] = [(UNCOUNTED, title, (), {}) for title, name in self.told.items() if not name]

    def by_title(self, sheet: SheetPlan) -> None:
        """Chooses a sheet by what was said of it, else by its title."""
        exact = [t for t in self.titles if compact(t) in sheet.titles]
        loose = [t for t in self.rest if t not in exact and normal.title(t) in map(normal.title, sheet.titles)]
        same = [t for t in exact + loose if t == (exact + loose)[0] or _filled(self.book, t, sheet)]
        self.rest = [t for t in self.rest if t not in exact + loose]
        if self._as_said(sheet, exact + loose):
            return
        if any(t in self.book.doubled for t in same) or len(same) > 1:
            self.notes.append(("S005", sheet.label, (), {"titles": "、".join(same)}))
            self.unclear.add(sheet.name)
        elif same:
            self.chosen[sheet.name] = same[0]
            if same[0] not in exact and compact(same[0]) != sheet.titles[0]:
                self.notes.append(("S021", same[0], (), {"sheet": sheet.label}))

    def _as_said(self, sheet: SheetPlan, own: Sequence[str]) -> bool:
        """Takes the sheet that a person named, unless there are rows in two places."""
        named = [title for title, name in self.told.items() if name == sheet.name]
        if not named:
            return False
        filled = [title for title in own if rows_below(self.book.grid(title), sheet)]
        taken = "" if filled else next(iter(named), "")
        if taken:
            self.chosen[sheet.name] = taken
            self.notes.append((AS_SAID, taken, (), {"label": sheet.label}))
        other = "、".join(filled) or taken
        for title in named:
            if title != taken:
                count = str(rows_below(self.book.grid(title), sheet))
                self.notes.append((TWO_PLACES, title, (), {"label": sheet.label, "other": other, "count": count}))
        return bool(taken)

    def by_labels(self) -> None:
        """Gives sheets that carry another title to the form sheet whose labels they hold, best likeness first."""
        missing = [s for s in self.sheets if s.name not in self.chosen and s.name not in self.unclear]
        likeness = []
        for sheet in missing:
            for title in self.rest:
                share = score(self.book.grid(title), sheet)[0] / len(sheet.columns)
                if share >= LIKENESS:
                    likeness.append((-share, title, sheet.name, sheet.label))
        for _, title, name, label in sorted(likeness):
            if title not in self.chosen.values() and name not in self.chosen:
                self.chosen[name] = title
                self.notes.append(("S021", title, (), {"sheet": label}))
        for sheet in missing:
            if sheet.name not in self.chosen and sheet.required:
                self.notes.append(("S004", sheet.label, (), {"sheet": sheet.label}))


def _is_check(book: Book, title: str) -> bool:
    """Whether a sheet is our 自检, or a copy of it, under whatever title."""
    first = next((str(cell) for row in book.grid(title)[:5] for cell in row if cell != ""), "")
    return first.startswith(CHECK_MARK)


def _filled(book: Book, title: str, sheet: SheetPlan) -> bool:
    """Whether a sheet that looks like a copy holds the labels and at least one more row."""
    grid = book.grid(title)
    hits, place = score(grid, sheet)
    if hits < 2:
        return False
    return sheet.vertical or any(cell != "" and cell not in sheet.names for row in grid[place + 1 :] for cell in row)
