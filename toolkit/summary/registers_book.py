"""台账名册.xlsx: one sheet a register that has rows; what there is, where each system is served, the clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from toolkit.drawing.measure import line_count
from toolkit.drawing.values import Link
from toolkit.model.register import Block, Cell, Register
from toolkit.summary.book import LINE, Book, Page, Record
from toolkit.summary.cells import PADDING
from toolkit.summary.labels import OUTSIDE, Heading, SheetWords, book_words, by_number, words
from toolkit.summary.paper.choosing import WRAPPING, floor_of, laid_out, widened
from toolkit.summary.places import Places
from toolkit.summary.styles import body_size

LONGEST_NAME = 31
_SAMPLE = 60
"""Tables of a register, and rows of a table, that tell on which paper it is shorter."""
_JOINED = 5_000
"""Rows of a block whose last cells are joined with the empty ones on their right; a longer one keeps its columns."""


def registers_workbook(
    registers: Sequence[Register],
    served: Sequence[tuple[str, ...]],
    facts: Mapping[str, object],
    title: str,
    places: Places | None = None,
) -> bytes:
    """台账名册.xlsx: 目录, 系统对照, one sheet a register, 没有内容的名册, 条款原文.

    Args:
        served: group, system, clauses, where it is served, what is out of reach.
        facts: year, as_of and policy for the lines below the titles.
        title: title of the collection round, kept as the document's title.
        places: where the rows lie that are listed; None = nothing is linked.
    """
    sheets, places = book_words("registers"), places or Places()
    book = Book(title)
    contents = book.page(sheets["contents"], upright=True)
    systems = book.page(sheets["systems"])
    filled, empty = ([one for one in registers if bool(rows_of(one)) is some] for some in (True, False))
    for register in filled:
        _register(book, register, sheets["register"], facts, places)
    if empty:
        _listed(book.page(sheets["empty"], upright=True), _empty(empty), facts)
    _listed(book.page(sheets["quotes"]), _quotes(registers), facts)
    contents.frame(**facts)
    contents.header()
    contents.table(_contents(filled))
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


def rows_of(register: Register) -> int:
    """How many rows all its tables have."""
    return sum(len(block.rows) for block in register.blocks)


def _contents(registers: Iterable[Register]) -> Iterable[Record]:
    for number, one in enumerate(registers, 1):
        yield {"no": number, "sheet": one.sheet, "title": one.title, "rows": rows_of(one)}


def _listed(page: Page, records: Iterable[Record], facts: Mapping[str, object]) -> None:
    """A sheet of one table."""
    page.frame(**facts)
    page.header()
    page.table(records)


def _empty(registers: Iterable[Register]) -> Iterable[Record]:
    """One line a register without any row: what it rests on, and what is said about it."""
    for number, one in enumerate(registers, 1):
        said = dict.fromkeys((*(block.note for block in one.blocks), *one.notes))
        note = "；".join(filter(None, said)) or words().common["nothing"]
        yield {"no": number, "sheet": one.sheet, "clauses": _clauses(one), "note": note}


def _clauses(register: Register) -> str:
    return "、".join(code for code, _ in register.basis)


def _quotes(registers: Iterable[Register]) -> Iterable[Record]:
    """Every clause once, with the registers that rest on it."""
    quotes, sheets = dict[str, str](), dict[str, list[str]]()
    for one in registers:
        for code, quote in one.basis:
            quotes[code] = quote
            sheets.setdefault(code, []).append(one.sheet)
    for number, code in enumerate(sorted(quotes), 1):
        yield {"no": number, "clause": code, "quote": quotes[code], "sheets": "、".join(sheets[code])}


def _register(book: Book, register: Register, sheet: SheetWords, facts: Mapping[str, object], places: Places) -> None:
    widths, floors = widths_of(register.blocks), floors_of(register.blocks)
    headings = [Heading(str(n), "", width, "text") for n, width in enumerate(widths)]
    upright = shorter_upright(register.blocks, widths, floors)
    page = book.page(_titled(sheet, register), [*headings, *_doors(sheet)], floors, upright)
    widths = [column.width for column in page.columns if not column.screen]
    page.frame(**facts)
    for block in register.blocks:
        _block(page, block, widths, sheet, places)
    _all_columns(page, widths)
    for note in register.notes:
        page.note(note)
    if register.basis:
        page.note(sheet.words["basis"].format(clauses=_clauses(register)))


def _titled(sheet: SheetWords, register: Register) -> SheetWords:
    return replace(sheet, name=register.sheet[:LONGEST_NAME], title=register.title)


def _doors(sheet: SheetWords) -> list[Heading]:
    """The columns of the links: a text that leads somewhere is not wrapped everywhere, so no printed one is linked."""
    return [Heading(key, sheet.words[key], 9, "short", screen=True) for key in ("merged", "returned")]


def widths_of(blocks: Sequence[Block]) -> list[float]:
    """Column widths that fit every block of a sheet.

    >>> from toolkit.model.register import Field
    >>> widths_of([Block("", (Field("a", width=10), Field("b", width=90)), ()), Block("", (Field("c", width=20),), ())])
    [20, 90]
    """
    count = max(len(block.fields) for block in blocks)
    return [max(block.fields[index].width for block in blocks if index < len(block.fields)) for index in range(count)]


def shorter_upright(blocks: Sequence[Block], widths: Sequence[float], floors: Sequence[float]) -> bool:
    """Whether a register takes less paper upright, as far as its rows tell.

    >>> from toolkit.model.register import Field
    >>> few, words = Block("", (Field("a"),), [("甲",)] * 99), Block("", (Field("a", width=90),), [("甲" * 99,)] * 99)
    >>> shorter_upright([few], [12], [12]), shorter_upright([words], [220], [200])
    (True, False)
    """
    pages = []
    for upright in (True, False):
        layout, points = laid_out(widened(widths), floors, body_size(), upright), 0.0
        for block in blocks[:_SAMPLE]:
            rooms = [column.width for column in _columns(block, layout.widths)]
            step = len(block.rows) // _SAMPLE + 1
            points += sum(_height(row, rooms) for row in block.rows[::step]) * step
        pages.append(points * layout.scale / layout.paper.along)
    return pages[0] < pages[1]


def _height(row: tuple[Cell, ...], rooms: Sequence[float]) -> float:
    texts = (line_count(cell, room) for cell, room in zip(row, rooms, strict=False) if isinstance(cell, str))
    return max(texts, default=1) * LINE + PADDING


def floors_of(blocks: Sequence[Block]) -> list[float]:
    """What each column needs at least for the fields of every block that stand in it, in characters.

    >>> from toolkit.model.register import Field
    >>> floors_of([Block("", (Field("a"), Field("b", width=90)), ()), Block("", (Field("c", "count", 14),), ())])
    [14, 10.0]
    """
    count = max(len(block.fields) for block in blocks)
    columns = ([block.fields[index] for block in blocks if index < len(block.fields)] for index in range(count))
    return [max(floor_of(field.kind, field.width) for field in fields) for fields in columns]


def _all_columns(page: Page, widths: Sequence[float]) -> None:
    page.columns = tuple(Heading(str(n), "", width, "text") for n, width in enumerate(widths))


def _block(page: Page, block: Block, widths: Sequence[float], sheet: SheetWords, places: Places) -> None:
    """One table: head, rows and sums."""
    if not block.rows:
        _nothing(page, block, widths)
        return
    rows = list(_linked(block, places, sheet.words["open"]))
    doors = [one for one in _doors(sheet) if any(one.key in row for row in rows)]
    head = partial(_head, page, block, widths, doors)
    head()
    span = page.table(rows, again=head)
    spread = _spread(block, widths)
    for row in range(span.first, span.last + 1):
        page.join(row, spread)
    if block.sums:
        page.join(page.row, spread)
        sums = page.sums(span, rows, map(str, block.sums))
        page.total(span, sums, label_columns=min(block.sums) or 1)
    if block.note:
        _all_columns(page, widths)
        page.note(block.note)
    page.row += 1


def _nothing(page: Page, block: Block, widths: Sequence[float]) -> None:
    """A table without rows: its heading, and why it has none."""
    _all_columns(page, widths)
    if block.title:
        page.section(block.title)
    page.note("".join(filter(None, (words().common["nothing"], block.note))))
    page.row += 1


def _head(page: Page, block: Block, widths: Sequence[float], doors: Sequence[Heading]) -> None:
    """Heading and header of one table."""
    _all_columns(page, widths)
    if block.title:
        page.section(block.title)
    page.columns = (*_columns(block, widths), *doors)
    labels = [(column.label, column.width) for column in page.columns]
    lines = max(label.count("\n") + 1 + len(label) * 2 // int(width) for label, width in labels)
    for index, column in enumerate(page.columns):
        if column.kind != OUTSIDE:
            page.put(page.row, index, column.label, page.book.styles.header)
    page.join(page.row, _spread(block, widths))
    page.keep()
    page.height(page.row, max(28, lines * LINE + 8))
    page.row += 1


def _columns(block: Block, widths: Sequence[float]) -> Iterable[Heading]:
    """The columns of a block over the whole width; one that ends in words has all the room that is left there."""
    *others, last = block.fields
    spread = _spread(block, widths)
    for number, field in enumerate(others):
        yield Heading(str(number), field.label, widths[number], field.kind)
    yield Heading(str(len(others)), last.label, sum(widths[at] for at in spread), last.kind)
    for number in range(len(block.fields), len(widths)):
        inside = number in spread
        yield Heading(str(number), "", widths[number], last.kind if inside else OUTSIDE, screen=not inside)


def _spread(block: Block, widths: Sequence[float]) -> range:
    """The columns that the last field of a block has."""
    at, joined = len(block.fields) - 1, len(block.rows) <= _JOINED
    return range(at, len(widths) if joined and block.fields[-1].kind in WRAPPING else at + 1)


def _linked(block: Block, places: Places, text: str) -> Iterable[Record]:
    """The rows, each with its ways to the merged row and to the returned file."""
    evidence = block.evidence or [None] * len(block.rows)
    for row, own in zip(block.rows, evidence, strict=True):
        ways = {"merged": places.merged(text, own), "returned": places.returned(text, own)}
        yield by_number(row) | {key: way for key, way in ways.items() if isinstance(way, Link)}
