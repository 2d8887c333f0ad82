"""台账名册.xlsx: one sheet a register, in front what there is and where every named system is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from toolkit.drawing.values import Value
from toolkit.model.register import Block, Field, Register
from toolkit.model.rows import Evidence
from toolkit.summary.book import LINE, Book, Page
from toolkit.summary.labels import Heading, SheetWords, book_words, by_number, words
from toolkit.summary.paper.choosing import WRAPPING, floor_of
from toolkit.summary.places import Places

LONGEST_NAME = 31
_JOINED = 5_000
"""Rows of a block whose last cells are joined with the empty ones on their right; a longer one keeps its columns."""


def registers_workbook(
    registers: Sequence[Register],
    served: Sequence[tuple[str, ...]],
    facts: Mapping[str, object],
    title: str,
    places: Places | None = None,
) -> bytes:
    """台账名册.xlsx: 目录, 系统对照, then one sheet a register.

    Args:
        served: group, system, clauses, where it is served, what is out of reach.
        facts: year, as_of and policy for the lines below the titles.
        title: title of the collection round, kept as the document's title.
        places: where the rows lie that are listed; None = nothing is linked.
    """
    sheets, places = book_words("registers"), places or Places()
    book = Book(title)
    contents = book.page(sheets["contents"])
    systems = book.page(sheets["systems"])
    for register in registers:
        _register(book, register, sheets["register"], facts, places)
    contents.frame(**facts)
    contents.header()
    contents.table(_contents(registers))
    for note in contents.words.notes:
        contents.note(note)
    systems.frame(**facts)
    systems.header(freeze=3)
    systems.table(
        (
            {"no": number, "group": group, "name": name, "clauses": clauses, "where": where, "out": out}
            for number, (group, name, clauses, where, out) in enumerate(served, 1)
        ),
        filtered=True,
    )
    return book.close()


def _contents(registers: Iterable[Register]) -> Iterable[dict[str, Value]]:
    for number, one in enumerate(registers, 1):
        rows = sum(len(block.rows) for block in one.blocks)
        yield {
            "no": number,
            "sheet": one.sheet,
            "title": one.title,
            "rows": rows,
            "clauses": "、".join(code for code, _ in one.basis),
        }


def _register(book: Book, register: Register, sheet: SheetWords, facts: Mapping[str, object], places: Places) -> None:
    widths = widths_of(register.blocks)
    headings = [Heading(str(n), "", width, "text") for n, width in enumerate(widths)]
    page = book.page(_titled(sheet, register), headings, floors=floors_of(register.blocks))
    widths = [column.width for column in page.columns]
    page.frame(**facts)
    for block in register.blocks:
        _block(page, block, widths, places)
    _all_columns(page, widths)
    for note in register.notes:
        page.note(note)
    if register.basis:
        page.section(words().common["basis"])
        for code, quote in register.basis:
            page.note(f"{code}　{quote}")


def _titled(sheet: SheetWords, register: Register) -> SheetWords:
    return SheetWords(name=register.sheet[:LONGEST_NAME], title=register.title, left=sheet.left, right=sheet.right)


def widths_of(blocks: Sequence[Block]) -> list[float]:
    """Column widths that fit every block of a sheet.

    >>> widths_of([Block("", (Field("a", width=10), Field("b", width=90)), ()), Block("", (Field("c", width=20),), ())])
    [20, 90]
    """
    count = max(len(block.fields) for block in blocks)
    return [max(block.fields[index].width for block in blocks if index < len(block.fields)) for index in range(count)]


def floors_of(blocks: Sequence[Block]) -> list[float]:
    """What each column needs at least for the fields of every block that stand in it, in characters.

    >>> floors_of([Block("", (Field("a"), Field("b", width=90)), ()), Block("", (Field("c", "count", 14),), ())])
    [14, 10.0]
    """
    count = max(len(block.fields) for block in blocks)
    columns = ([block.fields[index] for block in blocks if index < len(block.fields)] for index in range(count))
    return [max(floor_of(field.kind, field.width) for field in fields) for fields in columns]


def _all_columns(page: Page, widths: Sequence[float]) -> None:
    page.columns = tuple(Heading(str(n), "", width, "text") for n, width in enumerate(widths))


def _block(page: Page, block: Block, widths: Sequence[float], places: Places) -> None:
    """One table: head, rows and sums."""
    _head(page, block, widths)
    rows = [by_number(row) for row in _linked(block, places)]
    span = page.table(rows, again=partial(_head, page, block, widths))
    spread = range(len(block.fields) - 1, len(page.columns))
    for row in range(span.first, span.last + 1):
        page.join(row, spread)
    if span.empty:
        _all_columns(page, widths)
        page.note(words().common["nothing"])
    elif block.sums:
        page.join(page.row, spread)
        sums = page.sums(span, rows, map(str, block.sums))
        page.total(span, sums, label_columns=min(block.sums) or 1)
    if block.note:
        _all_columns(page, widths)
        page.note(block.note)
    page.row += 1


def _head(page: Page, block: Block, widths: Sequence[float]) -> None:
    """Heading and header of one table."""
    _all_columns(page, widths)
    if block.title:
        page.section(block.title)
    page.columns = tuple(_columns(block, widths))
    labels = [(column.label, column.width) for column in page.columns]
    lines = max(label.count("\n") + 1 + len(label) * 2 // int(width) for label, width in labels)
    for index, column in enumerate(page.columns):
        page.put(page.row, index, column.label, page.book.styles.header)
    page.join(page.row, range(len(block.fields) - 1, len(page.columns)))
    page.keep()
    page.height(page.row, max(28, lines * LINE + 8))
    page.row += 1


def _columns(block: Block, widths: Sequence[float]) -> Iterable[Heading]:
    """The columns of a block; where it ends in words these have all the room that is left on their right."""
    *others, last = block.fields
    for number, field in enumerate(others):
        yield Heading(str(number), field.label, widths[number], field.kind)
    yield from _ending(last, widths, len(others), last.kind in WRAPPING and len(block.rows) <= _JOINED)


def _ending(field: Field, widths: Sequence[float], at: int, spread: bool) -> Iterable[Heading]:
    yield Heading(str(at), field.label, sum(widths[at:]) if spread else widths[at], field.kind)
    for number in range(at + 1, len(widths) if spread else 0):
        yield Heading(str(number), "", widths[number], field.kind)


def _linked(block: Block, places: Places) -> Sequence[tuple[Value, ...]]:
    """The rows: the first cell with something in it leads to the merged row, the next one to the returned file."""
    if len(block.evidence) != len(block.rows):
        return block.rows
    return [_leading(row, own, places) for row, own in zip(block.rows, block.evidence, strict=True)]


def _leading(row: tuple[Value, ...], own: Evidence | None, places: Places) -> tuple[Value, ...]:
    linked = list(row)
    filled = (at for at, cell in enumerate(row) if cell not in (None, ""))
    for at, lead in zip(filled, (places.merged, places.returned), strict=False):
        linked[at] = lead(row[at], own)
    return tuple(linked)
