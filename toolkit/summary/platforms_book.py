"""外部平台.xlsx and 外部平台比对.xlsx: what a person types or uploads, and what a pasted list says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.model.register import Cell, Field
from toolkit.summary.book import Book, Record
from toolkit.summary.labels import Heading, SheetWords, book_words, by_number

if TYPE_CHECKING:
    from toolkit.registers.platforms import Compared, Platform

LONGEST_NAME = 31


def import_sheet(platform: Platform) -> str:
    """Name of the sheet that a list is pasted into."""
    return book_words("platforms")["import"].name.format(platform=platform.sheet)[:LONGEST_NAME]


def platforms_workbook(
    parts: Sequence[tuple[Platform, Sequence[Field], Sequence[Field], Sequence[tuple[Cell, ...]]]], title: str
) -> bytes:
    """For each platform an export sheet and an empty import sheet.

    Args:
        parts: a platform, the fields that go out, those that are asked back, our rows.
    """
    sheets = book_words("platforms")
    book = Book(title)
    for platform, out, back, rows in parts:
        _sheet(book, sheets["export"], platform, out, rows)
        _sheet(book, sheets["import"], platform, back, ())
    if not parts:
        _nothing(book, sheets["nothing"])
    return book.close()


def _sheet(
    book: Book, words_of: SheetWords, platform: Platform, fields: Sequence[Field], rows: Sequence[tuple[Cell, ...]]
) -> None:
    name = words_of.name.format(platform=platform.sheet)[:LONGEST_NAME]
    columns = [Heading(str(n), field.label, field.width, field.kind) for n, field in enumerate(fields)]
    page = book.page(replace(words_of, name=name), columns)
    page.frame(platform=platform.title, count=len(rows), clauses="、".join(platform.clauses))
    for note in words_of.notes:
        page.note(note)
    page.header()
    if rows:
        page.table(map(by_number, rows), filtered=True)


def _nothing(book: Book, words_of: SheetWords) -> None:
    page = book.page(words_of)
    page.frame()


def _compared(number: int, one: Compared, say: Callable[[Compared], str]) -> Record:
    sides = by_number(one.ours or (), "ours") | by_number(one.theirs or (), "theirs")
    return {"no": number, "state": say(one), **sides}


def comparison_workbook(
    parts: Sequence[tuple[Platform, Sequence[str], Sequence[str], Sequence[Compared]]],
    say: Callable[[Compared], str],
    title: str,
) -> bytes:
    """One sheet a platform: every row of either side once, its state, our values, the pasted values.

    Args:
        parts: a platform, the headings of our values, those of the pasted values, the rows.
    """
    sheet = book_words("platforms")["comparison"]
    book = Book(title)
    for platform, *headings, found in parts:
        columns = [*sheet.columns]
        for side, names in zip(("ours", "theirs"), headings, strict=True):
            label = sheet.words[side]
            columns += [Heading(f"{side}{n}", label.format(name=name), 16, "text") for n, name in enumerate(names)]
        page = book.page(SheetWords(platform.sheet[:LONGEST_NAME], title=sheet.title, left=sheet.left), columns)
        page.frame(platform=platform.title, count=len(found))
        page.header(freeze=2)
        page.table(
            (
                {"no": number, "state": say(one)}
                | by_number(one.ours or (), "ours")
                | by_number(one.theirs or (), "theirs")
                for number, one in enumerate(found, 1)
            ),
            filtered=True,
        )
    return book.close()
