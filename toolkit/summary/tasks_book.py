"""责任清单汇总.xlsx: the answers of all offices; and what workbooks that people fill in have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import Formula, Span, Value
from toolkit.model.catalogue import entry
from toolkit.model.stamp import META_SHEET
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import BookWords, book_words, words

if TYPE_CHECKING:
    from toolkit.tasks import Problem
    from toolkit.tasks.merging import Merged
    from toolkit.tasks.offices import Offices

_STATES = ("not_started", "under_way", "done", "not_applicable", "unanswered")
"""Columns of the answers, in the order in which the form offers them."""
SPARE_DAYS = date(2000, 1, 1), date(2100, 12, 31)


def hidden_meta(book: Book, meta: Iterable[tuple[str, str]]) -> None:
    """The very hidden sheet that says what the workbook is."""
    sheet = Sheet(book, META_SHEET)
    for row, (name, value) in enumerate(meta):
        sheet.exact(row, 0, name)
        sheet.exact(row, 1, value)
    sheet.hide(very=True)


def task_overview_workbook(
    offices: Offices, merged: Merged, statuses: Sequence[str], facts: Mapping[str, object], title: str
) -> bytes:
    """责任清单汇总.xlsx: 进度, 责任事项, 督办, 没有计入的, 核对."""
    sheets = book_words("task_overview")
    book = Book(title)
    front = book.page(sheets["progress"])
    body = _duties(book, sheets, offices, merged, facts)
    _progress(front, offices, merged, statuses, body, facts)
    _followed(book, sheets, offices, merged, facts)
    _problems(book, sheets, merged.problems)
    accounts_sheet(book, sheets, {"files": merged.files, "rows": merged.rows})
    return book.close()


def _duties(book: Book, sheets: BookWords, offices: Offices, merged: Merged, facts: Mapping) -> Span:
    page = book.page(sheets["tasks"])
    page.frame(**facts)
    page.header(freeze=3)
    blank = page.words.words["unanswered"]
    rows: list[dict[str, Value]] = []
    for office in offices.lists.values():
        answers = merged.counted[office.key].answers if office.key in merged.counted else {}
        for clause in office.clauses:
            one, quote = answers.get(clause), offices.policy.clauses[clause].quote
            keys = ("status", "done_date", "evidence", "reason")
            said = {key: getattr(one, key) for key in keys} if one else {"status": blank}
            rows.append({"no": len(rows) + 1, "unit": office.name, "clause": clause, "requirement": quote, **said})
    return page.table(rows, filtered=True)


def _progress(
    page: Page, offices: Offices, merged: Merged, statuses: Sequence[str], body: Span, facts: Mapping[str, object]
) -> None:
    page.frame(**facts)
    page.header(freeze=2)
    blank = book_words("task_overview")["tasks"].words["unanswered"]
    shown = dict(zip(_STATES, (*statuses, blank), strict=True))
    rows: list[dict[str, Value]] = []
    for number, office in enumerate(offices.lists.values(), 1):
        own = merged.counted.get(office.key)
        said = Counter(one.status for one in own.answers.values()) if own else Counter()
        said[blank] = len(office.clauses) - sum(said.values())
        at = page.at(number)
        state = page.words.words[merged.state(office.key)]
        live = {key: _live(body, at, status, said[status]) for key, status in shown.items()}
        share = f'=IFERROR({page.cell("done", at)}/{page.cell("clauses", at)},"")'
        rate = Formula(share, said[shown["done"]] / len(office.clauses))
        file, count = own.file if own else None, len(office.clauses)
        rows.append(
            {"no": number, "unit": office.name, "state": state, "file": file, "clauses": count, **live, "rate": rate}
        )
    span = page.table(rows)
    page.total(span, page.sums(span, rows, ("clauses", *shown)), label_columns=4)
    for note in page.words.notes:
        page.note(note)


def _live(body: Span, row: int, status: str, count: int) -> Value:
    """The number of duties of an office at a status, live over the sheet of all duties."""
    if body.empty:
        return 0
    return body.live(f'COUNTIFS({{0}},B{row},{{1}},"{status}")', 1, 4, value=count)


def _followed(book: Book, sheets: BookWords, offices: Offices, merged: Merged, facts: Mapping) -> None:
    page = book.page(sheets["followed"])
    rows: list[dict[str, Value]] = []
    for key, one in merged.counted.items():
        for (clause, unit), said in one.followed.items():
            quote = offices.policy.clauses[clause].quote
            rows.append(
                {
                    "no": len(rows) + 1,
                    "office": offices.lists[key].name,
                    "clause": clause,
                    "requirement": quote,
                    "unit": unit,
                    "said": said,
                }
            )
    page.frame(count=len(rows), **facts)
    page.header()
    page.table(rows, filtered=True)


def _problems(book: Book, sheets: BookWords, problems: Sequence[Problem]) -> None:
    page = book.page(sheets["problems"])
    page.frame(count=len(problems))
    page.header()
    rows = []
    for number, one in enumerate(problems, 1):
        said = entry(one.code)
        message, fix = (text.format(value=one.value) for text in (said.message, said.fix))
        rows.append(
            {
                "no": number,
                "unit": one.office,
                "file": one.file,
                "sheet": one.sheet,
                "row": one.row or None,
                "clause": one.clause,
                "code": one.code,
                "message": message,
                "fix": fix,
            }
        )
    page.table(rows, filtered=True)


def accounts_sheet(book: Book, sheets: BookWords, accounts: Mapping[str, Mapping[str, int]]) -> None:
    """核对: each total beside the sum of its parts."""
    page = book.page(sheets["accounts"])
    page.frame()
    page.header()
    common, text = words().common, page.words.words
    for name, account in accounts.items():
        page.section(text[name])
        (head, total), *parts = account.items()
        span = page.table([{"item": text[f"{name}_{key}"], "count": count, "result": None} for key, count in parts])
        live = span.live("SUM({0})", 1, value=sum(count for _, count in parts), local=True)
        same = common["agrees" if live.value == total else "differs"]
        row = page.row + 1
        check = Formula(f'=IF(B{row}={total},"{common["agrees"]}","{common["differs"]}")', same)
        page.table([{"item": text[f"{name}_{head}"], "count": live, "result": check}])
