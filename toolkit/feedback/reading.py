"""Feedback sheets that came in → credits, with an account of every file and every line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.feedback import Line, Problem, settle
from toolkit.model.batch import Dataset
from toolkit.model.errors import XltoolError
from toolkit.model.feedback import Credit
from toolkit.our_books import OurBook, count_of, day_of, read_books, table, text_of, workbooks_below
from toolkit.reading.door import Refusal
from toolkit.summary.feedback_book import KIND, labels


@dataclass(frozen=True)
class Received:
    """All feedback sheets of a folder.

    `files` and `rows` are accounts: the parts add up to the first figure.
    """

    credits: tuple[Credit, ...]
    problems: tuple[Problem, ...]
    files: Mapping[str, int]
    rows: Mapping[str, int]


def receive(folder: Path, dataset: Dataset, as_of: date) -> Received:
    """The lines of all feedback sheets below a folder, credited to the outflow rows of a round or refused.

    Raises: XltoolError: FBK-001 no workbook there.
    """
    paths = workbooks_below(folder)
    if not paths:
        raise XltoolError("FBK-001", folder=folder)
    lines: list[Line] = []
    problems: list[Problem] = []
    counts = {"read": 0, "blank": 0}
    files = {"total": len(paths), "counted": 0, "duplicate": 0, "refused": 0}
    seen: set[str] = set()
    for path, read in read_books(paths).items():
        name = path.relative_to(folder).as_posix()
        book = _ours(read, name, dataset.year)
        if isinstance(book, Problem):
            problems.append(book)
            files["refused"] += 1
        elif book.sha256 in seen:
            files["duplicate"] += 1
        else:
            files["counted"] += 1
            seen.add(book.sha256)
            _lines(book, name, as_of, lines, problems, counts)
    credits, refused = settle(lines, dataset)
    problems += refused
    rejected = sum(bool(one.row) for one in problems)
    rows = {"read": counts["read"], "credited": len(credits), "rejected": rejected, "blank": counts["blank"]}
    return Received(tuple(credits), tuple(problems), files, rows)


def _ours(book: OurBook | Refusal, name: str, year: int) -> OurBook | Problem:
    if isinstance(book, Refusal):
        return Problem(name, 0, None, "FBK-110", book.sentence)
    if book.kind != KIND:
        return Problem(name, 0, None, "FBK-111")
    if book.stamp.year != str(year):
        return Problem(name, 0, None, "FBK-112", book.stamp.year)
    return book


def _lines(
    book: OurBook, name: str, as_of: date, lines: list[Line], problems: list[Problem], counts: dict[str, int]
) -> None:
    """Adds the lines of one sheet to those that can be credited, or to the problems."""
    head = labels()
    for number, cells in table(book.sheets.get(head["sheet"], ()), [head["in_org"], head["out_org"], head["count"]]):
        cell = {key: text_of(cells.get(label)) for key, label in head.items()}
        if not cell["in_org"] and not cell["in_no"] and not cell["out_org"]:
            continue
        counts["read"] += 1
        day, count = day_of(cells.get(head["day"])), cell["count"]
        line = Line(
            in_org=cell["in_org"],
            in_no=cell["in_no"],
            out_org=cell["out_org"],
            out_date=day_of(cells.get(head["out_date"])),
            count=count_of(count),
            day=day,
            out_no=cell["out_no"],
            file=name,
            row=number,
        )
        if count and line.count is None:
            problems.append(Problem(name, number, line, "FBK-101", count))
        elif cell["day"] and (day is None or day > as_of):
            problems.append(Problem(name, number, line, "FBK-102", day.isoformat() if day else cell["day"]))
        elif not count and day is None:
            counts["blank"] += 1
        else:
            lines.append(line)
