"""任务清单: the list that goes to one responsible unit, and the overview of all answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from toolkit.model.catalogue import entry
from toolkit.model.stamp import META_SHEET
from toolkit.summary.book import LINE, PADDING, Book, Page
from toolkit.summary.labels import BookWords, book_words, words
from toolkit.summary.values import Formula, Span, Value
from toolkit.summary.wording import line_count

if TYPE_CHECKING:
    from toolkit.tasks import Answer, Problem, Task

KIND = "tasks"
ANSWERED = ("owner", "status", "done_date", "evidence", "reason")
SPARE_DAYS = date(2000, 1, 1), date(2100, 12, 31)


def labels() -> dict[str, str]:
    """Headings of the list by key, and the name of its sheet: what a returned list is read by."""
    sheet = book_words("tasks")["list"]
    return {"sheet": sheet.name} | {column.key: column.label.replace("\n", "") for column in sheet.columns}


def task_list_workbook(
    unit: str,
    lines: Sequence[Task],
    statuses: Sequence[str],
    meta: Sequence[tuple[str, str]],
    facts: Mapping[str, object],
    title: str,
) -> bytes:
    """任务清单_单位.xlsx: one row a bundle, the clauses below it in an outline; five columns to fill in."""
    sheet = book_words("tasks")["list"]
    book = Book(title)
    page = book.page(sheet)
    page.frame(unit=unit, **facts)
    for note in sheet.notes:
        page.note(note)
    page.header(freeze=3)
    first = page.row
    for number, line in enumerate(lines, 1):
        _task_row(page, number, line)
    _inputs(page, first, statuses)
    page.raw.outline_settings(True, False, False, False)
    hidden_meta(book, meta)
    return book.close()


def hidden_meta(book: Book, meta: Iterable[tuple[str, str]]) -> None:
    """The very hidden sheet that says what the workbook is."""
    sheet = book.raw.add_worksheet(META_SHEET)
    for row, (name, value) in enumerate(meta):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()


def _task_row(page: Page, number: int, line: Task) -> None:
    blank: tuple[Value, ...] = (None,) * len(ANSWERED)
    text = line.requirement if line.clause else page.words.words["bundle"].format(title=line.requirement)
    values: list[Value] = [number, line.task_no, line.clause or None, line.section, text, line.due, *blank]
    _outlined(page, values, 1 if line.clause else 0)


def _outlined(page: Page, values: Sequence[Value], level: int, hide: bool = True) -> None:
    """One row of the body at a level of the outline; the rows of level 1 are folded away."""
    page.body([values])
    row = page.row - 1
    lines = max(
        line_count(value, column.width)
        for value, column in zip(values, page.columns, strict=True)
        if isinstance(value, str) or value is None
        for value in [value or ""]
    )
    height = min(lines * LINE + PADDING, 400)
    page.raw.set_row(row, height, None, {"level": level, "hidden": bool(level) and hide})


def _inputs(page: Page, first: int, statuses: Sequence[str]) -> None:
    """Dropdown and date validation on the columns to fill in."""
    if page.row == first:
        return
    last, at = page.row - 1, page.index
    words_of = page.words.words
    choice = {"validate": "list", "source": list(statuses), "error_message": words_of["status_error"]}
    day = {
        "validate": "date",
        "criteria": "between",
        "minimum": SPARE_DAYS[0],
        "maximum": SPARE_DAYS[1],
        "error_message": words_of["date_error"],
    }
    for key, rule in (("status", choice), ("done_date", day)):
        page.raw.data_validation(first, at(key), last, at(key), {**rule, "ignore_blank": True})


def task_overview_workbook(
    pairs: Mapping[str, Sequence[tuple[Task, Answer | None]]],
    returned: Mapping[str, str],
    problems: Sequence[Problem],
    accounts: Mapping[str, Mapping[str, int]],
    statuses: Sequence[str],
    facts: Mapping[str, object],
    title: str,
) -> bytes:
    """任务清单汇总.xlsx: 进度, 任务, 没有计入的, 核对.

    Args:
        pairs: responsible unit → its rows with the answers that count.
        returned: responsible unit → file that counts.
        accounts: `files` and `rows`, each with its total first.
    """
    sheets = book_words("task_overview")
    book = Book(title)
    front = book.page(sheets["progress"])
    body = _overview_rows(book, sheets, pairs, facts)
    _progress(front, pairs, returned, statuses, body, facts)
    _problems(book, sheets, problems)
    accounts_sheet(book, sheets, accounts)
    return book.close()


def _overview_rows(
    book: Book, sheets: BookWords, pairs: Mapping[str, Sequence[tuple[Task, Answer | None]]], facts: Mapping
) -> Span:
    page = book.page(sheets["tasks"])
    page.frame(**facts)
    page.header(freeze=3)
    first, number = page.row, 0
    for unit, lines in pairs.items():
        for line, answer in lines:
            number += 1
            own = (answer.status, answer.owner, answer.done_date, answer.evidence, answer.reason) if answer else ()
            cells: list[Value] = [*own] or [page.words.words["unanswered"], None, None, None, None]
            values: list[Value] = [number, unit, line.task_no, line.clause or None, line.requirement, line.due, *cells]
            _outlined(page, values, 1 if line.clause else 0, hide=False)
    page.raw.outline_settings(True, False, False, False)
    return Span(page.name, first, page.row - 1)


def _progress(
    page: Page,
    pairs: Mapping[str, Sequence[tuple[Task, Answer | None]]],
    returned: Mapping[str, str],
    statuses: Sequence[str],
    body: Span,
    facts: Mapping[str, object],
) -> None:
    page.frame(**facts)
    page.header(freeze=2)
    blank = book_words("task_overview")["tasks"].words["unanswered"]
    rows: list[list[Value]] = []
    for number, (unit, lines) in enumerate(pairs.items(), 1):
        clauses = [(line, answer) for line, answer in lines if line.clause]
        row: list[Value] = [number, unit, returned.get(unit), len(clauses)]
        for status in (*statuses, blank):
            count = sum((answer.status if answer else blank) == status for _, answer in clauses)
            row.append(_live(body, page.row + number, status, count))
        done = sum(bool(answer) and answer.status == statuses[2] for _, answer in clauses)  # type: ignore[union-attr]
        at = page.row + number
        share = f'=IFERROR({page.cell("done", at)}/{page.cell("clauses", at)},"")'
        rows.append([*row, Formula(share, done / len(clauses) if clauses else "")])
    span = page.body(rows)
    keys = ("clauses", "not_started", "under_way", "done", "not_applicable", "unanswered")
    page.total(span, page.sums(span, rows, keys), label_columns=3)
    for note in page.words.notes:
        page.note(note)


def _live(body: Span, row: int, status: str, count: int) -> Value:
    """A count of the clauses of a unit at a status, live over the sheet of all tasks."""
    if body.empty:
        return 0
    unit, clause, at = body.column(1), body.column(3), body.column(6)
    return Formula(f'=COUNTIFS({unit},B{row},{clause},"?*",{at},"{status}")', count)


def _problems(book: Book, sheets: BookWords, problems: Sequence[Problem]) -> None:
    page = book.page(sheets["problems"])
    page.frame(count=len(problems))
    page.header()
    rows = []
    for number, one in enumerate(problems, 1):
        said = entry(one.code)
        message, fix = (text.format(value=one.value) for text in (said.message, said.fix))
        rows.append((number, one.unit, one.file, one.row or None, one.task_no, one.clause, one.code, message, fix))
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
        live = Formula(f"=SUM({span.column(1, local=True)})", sum(count for _, count in parts))
        same = common["agrees" if live.value == total else "differs"]
        row = page.row + 1
        check = Formula(f'=IF(B{row}={total},"{common["agrees"]}","{common["differs"]}")', same)
        page.body([(text[f"{name}_{head}"], live, check)])
