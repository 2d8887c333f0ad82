"""What works on workbooks that are open in Excel, through xlwings; the buttons reach it over the bridge or RunPython.

button(request)      RunPython: one button's work, shown in the calling workbook while it runs
refresh()            RunPython: the calling control workbook's tables anew
open_return()        the returned workbook that is open
check_book(…)        校验当前工作簿: marks its cells; nothing is saved
next_problem(…)      下一处
explain(…)           填入说明
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.bridge import serve
from toolkit.bridge.protocol import DONE, Answer, Cell
from toolkit.bridge.tables import board
from toolkit.console import console
from toolkit.drawing.look import look
from toolkit.files import safe_name, write_whole
from toolkit.model.errors import XltoolError
from toolkit.model.finding import QUERY, Finding
from toolkit.model.layout import MARK_NOTE
from toolkit.model.stamp import META_SHEET, PREFIX

if TYPE_CHECKING:
    import xlwings

LEAST = 6
_MEMORY = ".xltool/live.json"
_SEARCHED = "A1:AZ12"
_ALLOWANCES = (
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingRows",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in the open workbook; `cells` is empty when it concerns a whole sheet or the file."""

    severity: str
    sheet: str
    cells: tuple[str, ...]
    sentence: str


@dataclass
class Seen:
    """What the last check of an open workbook found, kept between two buttons.

    Args:
        at: number of the problem that is shown, from 0.
        colours: (sheet, cell, colour before it was marked; None = no fill).
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    at: int = 0
    colours: list[tuple[str, str, list[int] | None]] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Remembers this in the round."""
        write_whole(folder / _MEMORY, json.dumps(asdict(self), ensure_ascii=False).encode())


def remembered(folder: Path, file: str) -> Seen | None:
    """What the last check found, if it was of this file."""
    path = folder / _MEMORY
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    problems = [
        Problem(item["severity"], item["sheet"], tuple(item["cells"]), item["sentence"]) for item in data["problems"]
    ]
    seen = Seen(data["file"], problems, data["at"], [tuple(item) for item in data["colours"]])
    return seen if seen.file == file else None


def open_return() -> xlwings.Book:
    """The one returned workbook that is open.

    Raises: XltoolError: M006 no Excel to talk to, M007 none is open, M008 several are.
    """
    found = [book for book in _books() if _is_ours(book)]
    if not found:
        raise XltoolError("M007")
    if len(found) > 1:
        raise XltoolError("M008", n=len(found), files="、".join(book.name for book in found))
    return found[0]


def _books() -> list[xlwings.Book]:
    import xlwings as xw

    try:
        return [book for app in xw.apps for book in app.books]
    except xw.XlwingsError as error:
        raise XltoolError("M006") from error


def _is_ours(book: xlwings.Book) -> bool:
    if META_SHEET not in [sheet.name for sheet in book.sheets]:
        return False
    names = book.sheets[META_SHEET].range("A1:A20").value
    return any(str(name).startswith(PREFIX) for name in names)


def check_book(book: xlwings.Book, folder: Path, as_of: date) -> Seen:
    """Validates the open workbook as it stands on the screen, marks its cells and goes to the first problem.

    A copy is what is read; the workbook itself is not saved. Marks of an earlier check vanish.

    Args:
        folder: the round, for its unit list and settings; any other folder works without them.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / safe_name(book.name)
        book.api.SaveCopyAs(str(copy))
        findings = _findings(copy, folder, as_of)
    seen = Seen(book.name, [_problem(finding) for finding in findings])
    before = remembered(folder, book.name)
    unmark(book, before)
    mark(book, seen)
    seen.save(folder)
    if seen.problems:
        show_problem(book, seen.problems[0])
    return seen


def _findings(copy: Path, folder: Path, as_of: date) -> list[Finding]:
    from toolkit.campaign import is_campaign, open_campaign
    from toolkit.job import campaign_job, job_for
    from toolkit.pipeline import check

    job = job_for([copy], as_of=as_of)
    if is_campaign(folder):
        job = campaign_job(open_campaign(folder), as_of)
        job.files = [(copy.name, copy)]
        # The ledger records what is in 回收, and this copy is not.
        job.campaign = None
    return [finding for finding in check(job).findings if finding.file == copy.name]


def _problem(finding: Finding) -> Problem:
    return Problem(finding.severity, finding.sheet, finding.cells, finding.sentence)


def mark(book: xlwings.Book, seen: Seen) -> None:
    """Colours the cells of all problems; the worst comes last and stays on top."""
    titles = [sheet.name for sheet in book.sheets]
    marked: set[tuple[str, str]] = set()
    for problem in reversed(seen.problems):
        if problem.sheet not in titles:
            continue
        sheet = book.sheets[problem.sheet]
        with unlocked(sheet):
            for cell in problem.cells:
                if (problem.sheet, cell) not in marked:
                    colour = sheet.range(cell).color
                    seen.colours.append((problem.sheet, cell, list(colour) if colour else None))
                    marked.add((problem.sheet, cell))
                sheet.range(cell).color = _colour(problem.severity)


def unmark(book: xlwings.Book, seen: Seen | None) -> None:
    """Gives the cells of an earlier check their own colours back."""
    titles = [sheet.name for sheet in book.sheets]
    for title, cell, colour in seen.colours if seen else ():
        if title in titles:
            with unlocked(book.sheets[title]) as sheet:
                sheet.range(cell).color = (colour[0], colour[1], colour[2]) if colour else None


def _colour(severity: str) -> tuple[int, int, int]:
    ground = look().chips[severity][0]
    return (int(ground[1:3], 16), int(ground[3:5], 16), int(ground[5:7], 16))


@contextmanager
def unlocked(sheet: xlwings.Sheet) -> Iterator[xlwings.Sheet]:
    """The sheet without its protection, which comes back as it was.

    Raises: XltoolError: M015 it has a password.
    """
    if not sheet.api.ProtectContents:
        yield sheet
        return
    allowed = {name: bool(getattr(sheet.api.Protection, name)) for name in _ALLOWANCES}
    try:
        sheet.api.Unprotect("")
    except Exception as error:
        raise XltoolError("M015", sheet=sheet.name) from error
    try:
        yield sheet
    finally:
        sheet.api.Protect("", **allowed)


def show_problem(book: xlwings.Book, problem: Problem) -> None:
    """Goes to the first cell of a problem, or to its sheet."""
    book.activate()
    if problem.sheet in [sheet.name for sheet in book.sheets]:
        sheet = book.sheets[problem.sheet]
        sheet.activate()
        if problem.cells:
            sheet.range(problem.cells[0]).select()


def next_problem(book: xlwings.Book, folder: Path) -> Seen:
    """Goes to the next problem of the last check; after the last one `at` is the number of problems.

    Raises: XltoolError: M009 the workbook has not been checked.
    """
    seen = _last_check(book, folder)
    seen.at = min(seen.at + 1, len(seen.problems))
    seen.save(folder)
    if seen.at < len(seen.problems):
        show_problem(book, seen.problems[seen.at])
    return seen


def explain(book: xlwings.Book, folder: Path, text: str) -> str:
    """Writes an explanation into the 说明 column of the row of the present 疑问; returns `工作表!单元格`.

    Raises: XltoolError: M009 not checked, M010 too short, M011 no 疑问 here, M013 the sheet has no such column.
    """
    seen = _last_check(book, folder)
    text = text.strip()
    if len(text) < LEAST:
        raise XltoolError("M010", text=text, least=LEAST)
    problem = seen.problems[seen.at] if seen.at < len(seen.problems) else None
    if problem is None or problem.severity != QUERY or not problem.cells:
        raise XltoolError("M011")
    sheet = book.sheets[problem.sheet]
    column = _column_of(sheet.range(_SEARCHED).value, MARK_NOTE)
    if column is None:
        raise XltoolError("M013", sheet=problem.sheet, label=MARK_NOTE)
    cell = sheet.range((sheet.range(problem.cells[0]).row, column))
    with unlocked(sheet):
        cell.value = as_text(text)
    return f"{problem.sheet}!{cell.get_address(False, False)}"


def _last_check(book: xlwings.Book, folder: Path) -> Seen:
    seen = remembered(folder, book.name)
    if seen is None:
        raise XltoolError("M009", file=book.name)
    return seen


def _column_of(rows: Sequence[Sequence[object]], label: str) -> int | None:
    """Number of the column with this label, from 1.

    >>> _column_of([[None, "说明 "], [1, 2]], "说明")
    2
    """
    for row in rows:
        for number, value in enumerate(row, 1):
            if isinstance(value, str) and value.strip() == label:
                return number
    return None


def button(request: str) -> None:
    """One button's work, called by RunPython: progress and result appear in the calling workbook."""
    import xlwings as xw

    book = xw.Book.caller()

    def heard(text: str, done: int, total: int) -> None:
        show(book, {"out_message": text, "out_progress": done / total if total else 0})

    answer = serve(Path(request), heard)
    if answer:
        show(book, answer.cells(), answer.tables)
        if answer.sheet:
            book.sheets[answer.sheet].activate()


def refresh(folder: str = "") -> None:
    """The tables of the calling control workbook anew, called by RunPython.

    Args:
        folder: the round; without it the folder of the workbook.
    """
    import xlwings as xw

    from toolkit.campaign import open_campaign

    book = xw.Book.caller()
    campaign = open_campaign(Path(folder) if folder else Path(book.fullname).parent)
    cells, tables = board(campaign, date.today())
    message = console().say("refreshed_live", total=cells["out_total"])
    show(book, Answer(DONE, message, cells).cells(), tables)


def show(book: xlwings.Book, cells: dict[str, Cell], tables: dict[str, Sequence[Sequence[Cell]]] | None = None) -> None:
    """Writes named cells and tables in place; names that the workbook lacks are left out."""
    names = {name.name: name for name in book.names}
    for name, value in cells.items():
        if name in names:
            names[name].refers_to_range.value = as_text(value)
    for name, rows in (tables or {}).items():
        area = names[f"tbl_{name}"].refers_to_range
        area.clear_contents()
        if rows:
            area[0, 0].value = [[as_text(value) for value in row] for row in rows]
        if f"page_{name}" in names:
            head = names[f"page_{name}"].refers_to_range
            head.sheet.page_setup.print_area = head.resize(head.shape[0] + len(rows)).address


def as_text(value: Cell) -> Cell:
    """A text that Excel takes as text, whatever it begins with; a number stays a number."""
    return f"'{value}" if isinstance(value, str) and value else value
