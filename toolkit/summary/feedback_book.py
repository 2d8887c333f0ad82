"""双向反馈单: what the inflow side sends to the outflow side; 双向反馈汇总: what the outflow side took over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.drawing.values import Value
from toolkit.model.catalogue import entry
from toolkit.model.stamp import FEEDBACK
from toolkit.summary.book import Book
from toolkit.summary.labels import book_words
from toolkit.summary.tasks_book import accounts_sheet, hidden_meta

if TYPE_CHECKING:
    from toolkit.feedback import Line, Problem
    from toolkit.model.feedback import Credit

KIND = FEEDBACK


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
    page.table(
        {
            "no": number,
            "in_org": one.in_org,
            "in_no": one.in_no,
            "out_org": one.out_org,
            "out_date": one.out_date,
            "count": one.count,
            "day": one.day,
            "out_no": None,
        }
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
    page.table(
        (
            {
                "no": number,
                "out_org": one.out_org,
                "out_no": one.out_no,
                "in_org": one.in_org,
                "in_no": one.in_no,
                "count": one.count,
                "day": one.day,
                "file": one.file,
            }
            for number, one in enumerate(credits, 1)
        ),
        filtered=True,
    )
    page = book.page(sheets["problems"])
    page.frame(count=len(problems))
    page.header()
    page.table((_problem(number, one) for number, one in enumerate(problems, 1)), filtered=True)
    accounts_sheet(book, sheets, accounts)
    return book.close()


def _problem(number: int, one: Problem) -> dict[str, Value]:
    said = entry(one.code)
    keys = ("out_org", "in_org", "in_no")
    orgs = {key: getattr(one.line, key) for key in keys} if one.line else {}
    message, fix = (text.format(value=one.value) for text in (said.message, said.fix))
    return {
        "no": number,
        "file": one.file,
        "row": one.row or None,
        **orgs,
        "code": one.code,
        "message": message,
        "fix": fix,
    }
