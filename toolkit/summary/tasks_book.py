"""责任清单汇总.xlsx: the answers of all offices; and what workbooks that people fill in have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from toolkit.model.catalogue import entry
from toolkit.model.stamp import META_SHEET
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import BookWords, book_words, words
from toolkit.summary.values import Formula, Span, Value

if TYPE_CHECKING:
    from toolkit.tasks import Problem
    from toolkit.tasks.merging import Merged
    from toolkit.tasks.offices import Offices

SPARE_DAYS = date(2000, 1, 1), date(2100, 12, 31)


def hidden_meta(book: Book, meta: Iterable[tuple[str, str]]) -> None:
    """The very hidden sheet that says what the workbook is."""
    sheet = book.raw.add_worksheet(META_SHEET)
    for row, (name, value) in enumerate(meta):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()


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
    rows: list[tuple[Value, ...]] = []
    for office in offices.lists.values():
        answers = merged.counted[office.key].answers if office.key in merged.counted else {}
        for clause in office.clauses:
            one, quote = answers.get(clause), offices.policy.clauses[clause].quote
            said = (one.status, one.done_date, one.evidence, one.reason) if one else (blank, None, None, None)
            rows.append((len(rows) + 1, office.name, clause, quote, *said))
    return page.body(rows, filtered=True)


def _progress(
    page: Page, offices: Offices, merged: Merged, statuses: Sequence[str], body: Span, facts: Mapping[str, object]
) -> None:
    page.frame(**facts)
    page.header(freeze=2)
    blank = book_words("task_overview")["tasks"].words["unanswered"]
    rows: list[list[Value]] = []
    for number, office in enumerate(offices.lists.values(), 1):
        own = merged.counted.get(office.key)
        said = Counter(one.status for one in own.answers.values()) if own else Counter()
        said[blank] = len(office.clauses) - sum(said.values())
        at = page.at(number)
        state = page.words.words[merged.state(office.key)]
        row: list[Value] = [number, office.name, state, own.file if own else None, len(office.clauses)]
        row += [_live(body, at, status, said[status]) for status in (*statuses, blank)]
        share = f'=IFERROR({page.cell("done", at)}/{page.cell("clauses", at)},"")'
        rows.append([*row, Formula(share, said[statuses[2]] / len(office.clauses))])
    span = page.body(rows)
    keys = ("clauses", "not_started", "under_way", "done", "not_applicable", "unanswered")
    page.total(span, page.sums(span, rows, keys), label_columns=4)
    for note in page.words.notes:
        page.note(note)


def _live(body: Span, row: int, status: str, count: int) -> Value:
    """The number of duties of an office at a status, live over the sheet of all duties."""
    if body.empty:
        return 0
    return body.live(f'COUNTIFS({{0}},B{row},{{1}},"{status}")', 1, 4, value=count)


def _followed(book: Book, sheets: BookWords, offices: Offices, merged: Merged, facts: Mapping) -> None:
    page = book.page(sheets["followed"])
    rows: list[tuple[Value, ...]] = []
    for key, one in merged.counted.items():
        for (clause, unit), said in one.followed.items():
            quote = offices.policy.clauses[clause].quote
            rows.append((len(rows) + 1, offices.lists[key].name, clause, quote, unit, said))
    page.frame(count=len(rows), **facts)
    page.header()
    page.body(rows, filtered=True)


def _problems(book: Book, sheets: BookWords, problems: Sequence[Problem]) -> None:
    page = book.page(sheets["problems"])
    page.frame(count=len(problems))
    page.header()
    rows = []
    for number, one in enumerate(problems, 1):
        said = entry(one.code)
        message, fix = (text.format(value=one.value) for text in (said.message, said.fix))
        rows.append((number, one.office, one.file, one.sheet, one.row or None, one.clause, one.code, message, fix))
    page.body(rows, filtered=True)


def accounts_sheet(book: Book, sheets: BookWords, accounts: Mapping[str, Mapping[str, int]]) -> None:
    """核对: each total beside the sum of its parts."""
    page = book.page(sheets["accounts"])
    page.frame()
    page.header()
    common, text = words().common, page.words.words
    for name, account in accounts.items():
        page.section(text[name])
        (head, total), *parts = account.items()
        span = page.body([(text[f"{name}_{key}"], count, None) for key, count in parts])
        live = span.live("SUM({0})", 1, value=sum(count for _, count in parts), local=True)
        same = common["agrees" if live.value == total else "differs"]
        row = page.row + 1
        check = Formula(f'=IF(B{row}={total},"{common["agrees"]}","{common["differs"]}")', same)
        page.body([(text[f"{name}_{head}"], live, check)])
