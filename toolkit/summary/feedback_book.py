"""双向反馈单: what the inflow side sends to the outflow side; 双向反馈汇总: what the outflow side took over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.model.catalogue import entry
from toolkit.summary.book import Book
from toolkit.summary.labels import book_words
from toolkit.summary.tasks_book import accounts_sheet, hidden_meta

if TYPE_CHECKING:
    from toolkit.feedback import Line, Problem
    from toolkit.model.feedback import Credit

KIND = "feedback"


def labels() -> dict[str, str]:
    """Headings of the sheet by key, and its name: what a feedback sheet is read by."""
    sheet = book_words("feedback")["list"]
    return {"sheet": sheet.name} | {column.key: column.label.replace("\n", "") for column in sheet.columns}


def feedback_workbook(
    org: str, lines: Sequence[Line], meta: Iterable[tuple[str, str]], facts: Mapping[str, object], title: str
) -> bytes:
    """双向反馈单_党组织.xlsx: one row a member; the last column is the outflow side's."""
    book = Book(title)
    page = book.page(book_words("feedback")["list"])
    page.frame(org=org, **facts)
    for note in page.words.notes:
        page.note(note)
    page.header(freeze=3)
    page.body(
        (number, one.in_org, one.in_no, one.out_org, one.out_date, one.count, one.day, None)
        for number, one in enumerate(lines, 1)
    )
    hidden_meta(book, meta)
    return book.close()


def received_workbook(
    credits: Sequence[Credit],
    problems: Sequence[Problem],
    accounts: Mapping[str, Mapping[str, int]],
    facts: Mapping[str, object],
    title: str,
) -> bytes:
    """双向反馈汇总.xlsx: 记入, 没有记入的, 核对."""
    sheets = book_words("feedback")
    book = Book(title)
    page = book.page(sheets["credits"])
    page.frame(**facts)
    page.header(freeze=3)
    page.body(
        (
            (number, one.out_org, one.out_no, one.in_org, one.in_no, one.count, one.day, one.file)
            for number, one in enumerate(credits, 1)
        ),
        filtered=True,
    )
    page = book.page(sheets["problems"])
    page.frame(count=len(problems))
    page.header()
    page.body((_problem(number, one) for number, one in enumerate(problems, 1)), filtered=True)
    accounts_sheet(book, sheets, accounts)
    return book.close()


def _problem(number: int, one: Problem) -> tuple:
    said = entry(one.code)
    orgs = (one.line.out_org, one.line.in_org, one.line.in_no) if one.line else (None, None, None)
    message, fix = (text.format(value=one.value) for text in (said.message, said.fix))
    return (number, one.file, one.row or None, *orgs, one.code, message, fix)
