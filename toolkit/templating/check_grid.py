"""The hidden sheet `_check`: what the cells of every table mean, and which rules they break, row beside row.

Row 1 names the columns, row 2 holds words, row 3 single figures, row 4 how many rows are used; row 7 of a table is
row 7 here. Each table has a block:

    states (a column a column of the form) · meanings · prepared cells · dates and lookups · which rows are data · rules

The cells of the form are addressed as INDEX(column,7):INDEX(column,n), so deleted, inserted and sorted rows do no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from toolkit.drawing.book import Drawing
from toolkit.drawing.look import look
from toolkit.model.arrays import SEPARATOR, across, how_many, known, same
from toolkit.model.cell import Area, column_number, fixed, fixed_columns, on_sheet, place
from toolkit.model.form import Column, Form, Rule, Sheet
from toolkit.model.layout import (
    CHECK_GRID,
    COVER_YEAR,
    FIRST_ROW,
    VERTICAL_FIRST_ROW,
    VERTICAL_VALUE,
    nil_cell,
    rows,
)
from toolkit.reading.labels import spellings
from toolkit.reading.normal import compact
from toolkit.reading.words import vocabulary
from toolkit.templating import check_cells
from toolkit.templating.check_cells import BLANK, DOUBLE, FINE, NOWHERE, Place, in_words
from toolkit.templating.paper import Paper
from validators.excel import verdict
from validators.formulas import BLANK_ASKED, UNKNOWN, all_sure

WORDS_ROW, FIGURE_ROW, USED_ROW = 2, 3, 4
_CONTEXT = ("_as_of", "_year", "_first_day", "_last_day", "_fill_date", "dittos", "totals", "notes", "ticks")
_FIRST_BLOCK = 4
_MORE_FIXED_ROWS, _MORE_ROWS, _LEAST_ROWS = 20, 100, 150


def depth(sheet: Sheet) -> int:
    """How many rows of a sheet are checked."""
    if sheet.layout == "vertical":
        return 1
    return rows(sheet) + _MORE_FIXED_ROWS if sheet.fixed_rows else max(rows(sheet) + _MORE_ROWS, _LEAST_ROWS)


@dataclass
class Block:
    """One table's columns on `_check`.

    Args:
        first: number of its first column.
        dates, lookups: column numbers by name of the form's column.
        rules: the rules that have a formula, with their column numbers.
    """

    sheet: Sheet
    first: int
    dates: dict[str, int] = field(default_factory=dict)
    lookups: dict[str, int] = field(default_factory=dict)
    data: int = 0
    rules: dict[str, tuple[Rule, int]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The defined name of the block, states and rules together."""
        return f"check_{self.sheet.name}"

    @property
    def width(self) -> int:
        """Columns of the form."""
        return len(self.sheet.columns)

    @property
    def last(self) -> int:
        """Number of its last column."""
        return self.data + len(self.rules)

    @property
    def used(self) -> str:
        """The cell with the number of rows that are used, from 2 on: a single result would fill the whole column."""
        return fixed(USED_ROW, self.data)

    def column(self, number: int) -> str:
        """A column's used rows, as formulas on `_check` name them."""
        return self.area(number, number)

    def area(self, first: int, last: int) -> str:
        """The used rows of several columns."""
        if self.sheet.layout == "vertical":
            return self.whole(first, last)
        return f"{fixed(FIRST_ROW, first)}:INDEX({self.whole(last, last)},{self.used})"

    def whole(self, first: int, last: int) -> str:
        """All rows of several columns; below the used ones stands #N/A."""
        return Area(FIRST_ROW, first, FIRST_ROW + depth(self.sheet) - 1, last).corners

    def state(self, column: str) -> int:
        """Number of the column with the states of a column of the form."""
        return self.first + self.sheet.names.index(column)


class Grid:
    """Plans and writes `_check`; the other parts of the check ask it where things stand."""

    def __init__(self, form: Form, cover: str) -> None:
        self.form, self._cover = form, cover
        self.words = vocabulary()
        self.context = {name: f"$B${row}" for row, name in enumerate(_CONTEXT, 1)}
        self._looked_at: set[tuple[str, str]] = set()
        self.blocks: dict[str, Block] = {}
        place = _FIRST_BLOCK
        for sheet in form.sheets:
            block = self.blocks[sheet.name] = self._planned(sheet, place)
            place = block.last + 2
        self._formulas = self._rendered()

    def _planned(self, sheet: Sheet, first: int) -> Block:
        block = Block(sheet, first)
        place = first + 3 * block.width
        for column in sheet.columns:
            if column.type in ("date", "month"):
                block.dates[column.name], place = place, place + 2
        for column in sheet.columns:
            if self._targets(sheet, column):
                block.lookups[column.name], place = place, place + 1
        block.data = place
        return block

    def _rendered(self) -> dict[str, str]:
        """The formulas of the rules, by code; sets their columns.

        The blocks grow while their rules are counted, so a first rendering finds out which rules have one.
        """
        for rule in self.form.rules:
            if verdict(rule, self) is not None:
                block = self.blocks[rule.sheet]
                block.rules[rule.code] = (rule, 0)
        place = _FIRST_BLOCK
        for name, old in self.blocks.items():
            block = self.blocks[name] = self._planned(old.sheet, place)
            block.rules = {
                code: (rule, block.data + number) for number, (code, (rule, _)) in enumerate(old.rules.items(), 1)
            }
            place = block.last + 2
        if "unit" in self.blocks and "fill_date" in self.form.by_name["unit"].by_name:
            self.context["_fill_date"] = self.values("unit", "fill_date").split(":")[0]
        rules = [rule for block in self.blocks.values() for rule, _ in block.rules.values()]
        return {rule.code: str(verdict(rule, self)) for rule in rules}

    def _targets(self, sheet: Sheet, column: Column) -> list[tuple[str, str]]:
        """Where the values of a reference column must stand; none when the unit list is one of the places."""
        places = [tuple(reference.split(".", 1)) for reference in column.references]
        if any(name == "directory" for name, _ in places):
            return []
        here = [(name, code) for name, code in places if name in self.form.by_name]
        return here if here != [(sheet.name, column.name)] else []

    def values(self, sheet: str, column: str) -> str:
        """What the cells of a column mean."""
        self._looked_at.add((sheet, column))
        block = self.blocks[sheet]
        return block.column(block.state(column) + block.width)

    def states(self, sheet: str, column: str) -> str:
        """How they stand."""
        block = self.blocks[sheet]
        return block.column(block.state(column))

    def rows(self, sheet: str) -> str:
        """Which rows are data."""
        block = self.blocks[sheet]
        return block.column(block.data)

    def write(self, book: Drawing, year: str) -> None:
        """Writes the sheet and defines the names of the blocks.

        Raises: XltoolError: TPL-001 a formula or a name that Excel does not take.
        """
        paper = Paper(book, CHECK_GRID)
        paper.hide()
        plain = book.formats.bare(num_format=look().numbers["form"]["decimal"])
        self._general(paper, plain, year)
        for block in self.blocks.values():
            self._block(paper, plain, block)
            book.define(block.name, on_sheet(CHECK_GRID, block.whole(block.first, block.last)))

    def _general(self, paper: Paper, plain, year: str) -> None:
        for row, name in enumerate(_CONTEXT, 1):
            paper.text(row, 1, name, plain)
        typed = f'IFERROR(VALUE(LEFT(TRIM({self._cover}!{fixed(*place(COVER_YEAR))}),4)),"")'
        own = self.context["_year"]
        paper.formula(1, 2, "=TODAY()", 0)
        paper.formula(2, 2, f"={year}" if year else f"={typed}", int(year) if year else "")
        paper.formula(3, 2, f'=IF(ISNUMBER({own}),DATE({own},1,1),"")')
        paper.formula(4, 2, f'=IF(ISNUMBER({own}),DATE({own},12,31),"")')
        lists = {
            "dittos": self.words["ditto_words"],
            "totals": spellings(self.words),
            "notes": self.words["note_words"],
            "ticks": self.words["ticks"],
        }
        for name, listed in lists.items():
            words = dict.fromkeys((*listed, *map(compact, listed)))
            text = SEPARATOR + "".join(word + SEPARATOR for word in words)
            paper.text(_CONTEXT.index(name) + 1, 2, text, plain)

    def _block(self, paper: Paper, plain, block: Block) -> None:
        for column in block.sheet.columns:
            self._column(paper, plain, block, column)
        paper.array(FIRST_ROW, block.data, self._data(block))
        if block.sheet.layout == "table":
            area = self._cells(block, str(FIRST_ROW + depth(block.sheet) - 1))
            paper.array(USED_ROW, block.data, f"MAX(2,IF(ISBLANK({area}),0,ROW({area})-{FIRST_ROW - 1}))")
        if block.sheet.nil_allowed:
            cell = nil_cell(self.form.sheets, block.sheet.name)
            ticked = in_words(
                f'SUBSTITUTE(SUBSTITUTE({self._cover}!{cell}&""," ",""),"\u3000","")', self.context["ticks"]
            )
            paper.formula(FIGURE_ROW, block.data, f"=--{ticked}", 0)
        for code, (_, number) in block.rules.items():
            paper.text(1, number, code, plain)
            paper.array(FIRST_ROW, number, self._formulas[code])

    def place(self, block: Block, column: Column) -> Place:
        """Where the cells of a column and what is made of them stand."""
        number = block.state(column.name)
        meaning, prepared = number + block.width, number + 2 * block.width
        index = block.sheet.names.index(column.name)
        return Place(
            raw=self._raw(block, index),
            prepared=block.column(prepared),
            meaning=block.column(meaning),
            state=block.column(number),
            words=fixed(WORDS_ROW, prepared),
            listed=fixed(WORDS_ROW, meaning),
        )

    def _raw(self, block: Block, index: int) -> str:
        vertical = block.sheet.layout == "vertical"
        column = column_number(VERTICAL_VALUE) if vertical else index + 1
        whole = on_sheet(block.sheet.label, fixed_columns(column, column))
        if vertical:
            return f"INDEX({whole},{VERTICAL_FIRST_ROW + index})"
        return f"INDEX({whole},{FIRST_ROW}):INDEX({whole},{block.used}+{FIRST_ROW - 1})"

    def _column(self, paper: Paper, plain, block: Block, column: Column) -> None:
        place, number = self.place(block, column), block.state(column.name)
        meaning, prepared = number + block.width, number + 2 * block.width
        paper.text(1, number, column.label, plain)
        paper.text(1, meaning, column.name, plain)
        paper.text(WORDS_ROW, prepared, check_cells.empties(column, self.form, self.words), plain)
        if column.type == "choice":
            paper.text(WORDS_ROW, meaning, check_cells.spellings(column, self.form, self.words), plain)
        paper.array(FIRST_ROW, prepared, check_cells.prepared(place, column))
        dates: tuple[str, ...] = ()
        if column.name in block.dates:
            text = block.dates[column.name]
            dates = block.column(text), block.column(text + 1)
            paper.array(FIRST_ROW, text, check_cells.dated(place, column))
            paper.array(FIRST_ROW, text + 1, check_cells.numbered(column, dates[0]))
        watched = column.key or bool(column.max_length) or (block.sheet.name, column.name) in self._looked_at
        watched = watched or column.name in block.lookups or self._is_target(block.sheet, column)
        formula = check_cells.meaning(place, column, dates, self.context["dittos"], watched=watched)
        paper.array(FIRST_ROW, meaning, formula)
        asked = any(
            rule.check == "required" and rule.sheet == block.sheet.name and rule.at == (column.name,)
            for rule in self.form.rules
        )
        blank = BLANK_ASKED if asked else BLANK if column.need == "required" else FINE
        more = [*self._double(block, column), *self._nowhere(paper, block, column)]
        paper.array(FIRST_ROW, number, check_cells.state(place, column, self.rows(block.sheet.name), blank, more))

    def _is_target(self, sheet: Sheet, column: Column) -> bool:
        name = f"{sheet.name}.{column.name}"
        return any(name in other.references for one in self.form.sheets for other in one.columns)

    def _double(self, block: Block, column: Column) -> Iterable[tuple[int, str]]:
        """The key of a table stands in another row."""
        if column.name not in block.sheet.key or block.sheet.layout == "vertical":
            return []
        value, data = self.values(block.sheet.name, column.name), self.rows(block.sheet.name)
        return [(DOUBLE, f"{how_many(f'{same(value, across(value))}*{across(data)}', data)}>1")]

    def _nowhere(self, paper: Paper, block: Block, column: Column) -> Iterable[tuple[int, str]]:
        """A code that stands in none of its places; see `validators.references`."""
        if column.name not in block.lookups:
            return []
        value, data = self.values(block.sheet.name, column.name), self.rows(block.sheet.name)
        found, unread, judged = [], [], []
        for name, code in self._targets(block.sheet, column):
            other, there = self.values(name, code), self.rows(name)
            found.append(how_many(f"{same(value, across(other))}*{across(there)}", other))
            judged.append(f"({all_sure(self, name, code)})")
            unread.append(f"SUM({there}*({self.states(name, code)}>={UNKNOWN}))")
            if self.form.by_name[name].layout == "table":
                tick = fixed(FIGURE_ROW, self.blocks[name].data)
                judged.append(f"(SUM({there})+N({tick})>0)")
        at = block.lookups[column.name]
        lost = block.column(at)
        usable = known(value)
        paper.array(FIRST_ROW, at, f"--({data}*{usable}*(({'+'.join(found)})=0)>0)")
        each = how_many(f"{same(value, across(value))}*{across(lost)}", lost)
        different = f"ROUND(SUM(IF({lost}=1,1/{each},0)),0)"
        figure = fixed(FIGURE_ROW, at)
        judged.append(f"({different}>{'+'.join(unread)})")
        paper.array(FIGURE_ROW, at, f"--({'*'.join(judged)}>0)")
        return [(NOWHERE, f"({lost}=1)*({figure}=1)")]

    def _data(self, block: Block) -> str:
        if block.sheet.layout == "vertical":
            return "1"
        area = self._cells(block, f"{block.used}+{FIRST_ROW - 1}")
        first = block.first + 2 * block.width
        places = [self.place(block, column) for column in block.sheet.columns]
        prepared = block.area(first, first + block.width - 1)
        return check_cells.data_rows(block.sheet, places, area, prepared, self.context)

    @staticmethod
    def _cells(block: Block, last: str) -> str:
        """The cells of the form from the first row to a last one."""
        whole = on_sheet(block.sheet.label, fixed_columns(1, block.width))
        return f"INDEX({whole},{FIRST_ROW},1):INDEX({whole},{last},{block.width})"
