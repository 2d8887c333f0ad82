"""The sheets of the control workbook that hold one table each: units, findings, details."""

from __future__ import annotations

from collections.abc import Sequence

from macros.book import Board, Book, Cell, first_of
from toolkit.console import Table, console
from toolkit.drawing.look import look
from toolkit.model.cell import Area, address, letters
from toolkit.model.finding import LEVELS
from toolkit.model.policy import Policy
from toolkit.round_trip.states import UNIT_STATES

_WIDE = 15.0
_WORDS = {"units": UNIT_STATES, "findings": LEVELS}


def add_table(book: Book, table: Table, code: str, rows: Sequence[Sequence[Cell]], policy: Policy | None) -> None:
    """A sheet with a table that can be filtered and sorted; behind its columns a hidden address and the link to it.

    Args:
        policy: of the round; its clauses are offered where a unit's result is explained.
    """
    sheet = book.sheet(table.sheet, code)
    count = len(table.columns)
    target, link = count + 1, count + 2
    _columns(book, sheet, table)
    _title(book, sheet, console().texts["heads"][table.name], letters(link + 1))
    head = 4
    if table.name == "units":
        head = _tools(book, sheet, letters(link + 1), policy)
    elif table.name == "findings":
        note = book.format(font_color=book.look["section_text"], locked=False, indent=1)
        sheet.field("B3:E3", "out_more", note)
    _heads(book, sheet, table, head)
    first, last = head + 1, head + table.room
    _fill(book, sheet, table, rows, first)
    sheet.filters(Area(head, 2, last, link + 1))
    sheet.freeze(head, 3 if table.words else 2)
    body = Area(first, 2, last, target + 1)
    sheet.filled_in(body)
    sheet.define(f"tbl_{table.name}", body)
    sheet.define(f"page_{table.name}", Area(1, 1, head, link + 1))
    _colour(book, sheet, table, first, last)
    sheet.repeat(head - 1)
    sheet.page(Area(1, 1, head + len(rows), link + 1))


def _columns(book: Book, sheet: Board, table: Table) -> None:
    count = len(table.columns)
    sheet.raw.set_default_row(table.height)
    sheet.widths({"A": 1.5})
    for number, (_, width) in enumerate(table.columns, 1):
        sheet.column_width(number, width, _body(book, width))
    sheet.column_width(count + 2, 8)
    sheet.column_width(count + 1, 10, book.format(locked=False), hidden=True)


def _title(book: Book, sheet: Board, text: str, last: str) -> None:
    look = book.look
    sheet.row_height(0, 8)
    sheet.row_height(1, 32)
    style = book.format(bg_color=look["band"], font_color=look["band_text"], bold=True, font_size=14, indent=1)
    sheet.write(f"B2:{last}2", text, style)


def _tools(book: Book, sheet: Board, last: str, policy: Policy | None) -> int:
    """State of the last run, the buttons for the selected unit, what they need; the number of the row of headings."""
    look, heads = book.look, console().texts["heads"]
    frame = {"border": 1, "border_color": look["line"]}
    state = book.format(**frame, bg_color=look["head"], font_color=look["text"], indent=1, text_wrap=True)
    sheet.row_height(2, 30)
    sheet.formula(f"B3:{last}3", heads["unit_status"], state)
    for row, (place, columns) in enumerate({"unit": (1, 2, 2, 3, 7, 7, 7), "look": (1, 2, 2, 3, 7)}.items(), 3):
        sheet.row_height(row, 30)
        sheet.row_of_buttons(row, console().at(place), columns, 26)
    label = book.format(**frame, bg_color=look["head"], align="center", font_color=look["section_text"])
    entry = book.format(**frame, locked=False, num_format="@", indent=1, text_wrap=True, bg_color=look["input"])
    places = {"cfg_why": ("B6", "C6:D6"), "cfg_clause": ("E6:F6", f"G6:{last}6")}
    places |= {"cfg_file": ("B7", "C7:D7"), "cfg_dispute": ("E7:F7", f"G7:{last}7")}
    for row in (5, 6):
        sheet.row_height(row, 24)
    for name, (before, cells) in places.items():
        setting = console().setting(name)
        sheet.write(before, setting.label, label)
        sheet.field(cells, name, entry, guard=False)
        rule: dict[str, str] = {"validate": "any"}
        if policy and name == "cfg_clause":
            rule = {"validate": "list", "source": f"={_clauses(book, policy)}", "error_type": "warning"}
        told = {"input_title": setting.label, "input_message": setting.note}
        sheet.rule({**rule, **told}, first_of(cells))
    hint = book.format(font_color=look["faint"], font_size=9, indent=1)
    sheet.row_height(7, 20)
    sheet.write(f"B8:{last}8", heads["unit_hint"], hint)
    return 9


def _clauses(book: Book, policy: Policy) -> str:
    """The clauses of a policy with their titles, on a sheet that nobody sees; the name of their cells."""
    clauses = [f"{clause.id} {clause.title}" for clause in policy.clauses.values()]
    sheet = book.texts("_clauses", "ShtClauses", clauses)
    sheet.define("lst_clauses", Area(1, 1, len(clauses), 1))
    return "lst_clauses"


def _heads(book: Book, sheet: Board, table: Table, row: int) -> None:
    look = book.look
    frame = {"border": 1, "border_color": look["line"]}
    style = book.format(**frame, bg_color=look["section"], font_color=look["section_text"], bold=True, align="center")
    sheet.row_height(row - 1, 24)
    for number, text in enumerate([*(name for name, _ in table.columns), "", table.link], 1):
        sheet.exact(row - 1, number, text, style)


def _body(book: Book, width: float):
    """Unlocked, so that the table can be sorted; narrow columns are centred."""
    if width >= _WIDE:
        return book.format(locked=False, text_wrap=True, indent=1)
    return book.format(locked=False, text_wrap=True, align="center")


def _fill(book: Book, sheet: Board, table: Table, rows: Sequence[Sequence[Cell]], first: int) -> None:
    """The first rows of a table, and the links of all rows: they follow the hidden addresses, sorted or not."""
    count = len(table.columns)
    links = book.format(locked=False, font_color=look().colours["common"]["link"], underline=1, align="center")
    widths = [*(width for _, width in table.columns), _WIDE]
    for number in range(table.room):
        row = first + number
        values = rows[number] if number < len(rows) else ()
        for column, (value, width) in enumerate(zip(values, widths, strict=False), 1):
            sheet.write(address(row, column + 1), value, _body(book, width))
        target = address(row, count + 2)
        formula = f'=IF({target}="","",HYPERLINK({target},"{table.link}"))'
        sheet.formula(address(row, count + 3), formula, links, table.link if values and values[-1] else "")


def _colour(book: Book, sheet: Board, table: Table, first: int, last: int) -> None:
    """Lines around the rows that hold something, and the column of states in colours.

    The areas do not overlap: where two rules meet, LibreOffice applies one of them only.
    """
    count, number = len(table.columns), table.words
    if number:
        area = Area(first, number + 1, last, number + 1)
        sheet.colour_words(area, _WORDS[table.name], **sheet.frame())
    parts = [(1, number - 1), (number + 1, count), (count + 2, count + 2)]
    areas = [Area(first, left + 1, last, right + 1) for left, right in parts if 1 <= left <= right]
    edge = book.formats.bare(**sheet.frame())
    filled = f'=OR($B{first}<>"",$C{first}<>"")'
    rule = {"type": "formula", "criteria": filled, "format": edge, "multi_range": " ".join(map(str, areas))}
    sheet.highlight(areas[0], rule)
