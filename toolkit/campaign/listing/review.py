"""单位名录_核对.xlsx: every row as understood with the suggestions filled in, and every problem with its place.

Whoever starts a round with this workbook accepts what is filled in; what is red stays open until somebody fills it in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from toolkit.campaign.listing.draft import Draft, Line, Problem, Table
from toolkit.campaign.listing.sheets import ListBook
from toolkit.campaign.listing.words import ASK, DONE, LOOK, STOP, list_words
from toolkit.campaign.words import campaign_words
from toolkit.drawing.look import look
from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import OwnText
from toolkit.files import write_whole
from toolkit.model.cell import address, on_sheet
from toolkit.model.form import Form
from toolkit.model.privacy import screened

_WIDTHS = (7, 13, 22, 26, 18, 26, 44, 28, 40, 8)


def review_workbook(draft: Draft, form: Form) -> bytes:
    """The bytes of the workbook."""
    book = ListBook(form)
    sheet = Sheet(book, list_words().book["sheet"])
    dropped = {one.row for one in draft.problems if one.drop}
    lines = [line for line in draft.units.lines if not line.out and line.row not in dropped]
    at = {line.row: number for number, line in enumerate(lines)}
    org_at = {line.row: number for number, line in enumerate(draft.orgs.lines)}
    _results(book, sheet, draft, at, org_at)
    found = [one for one in draft.problems if one.column and one.row and one.weight != LOOK]
    units = _filled(lines, [one for one in found if not one.orgs], at)
    orgs = _filled(draft.orgs.lines, [one for one in found if one.orgs], org_at)
    book.lists(units[0], orgs[0], units[1], orgs[1])
    book.notes()
    return book.close()


def _filled(lines: list[Line], problems: list[Problem], at: Mapping[int, int]) -> tuple[list, dict]:
    """The rows with what is suggested, and the marks on their cells; the heaviest of several says its word."""
    rows = [{name: screened(text) for name, text in line.values.items()} for line in lines]
    marks: dict[tuple[int, str], tuple[str, str]] = {}
    for one in sorted(problems, key=lambda one: one.weight in (STOP, ASK)):
        if one.row not in at:
            continue
        place = at[one.row], one.column
        if one.weight != DONE and one.suggestion is not None:
            rows[at[one.row]][one.column] = one.suggestion
        kind = "mended" if one.weight == DONE else "open" if one.suggestion is None else "filled"
        marks[place] = look().colours["units"][kind], _note(one)
    return rows, marks


def _note(one: Problem) -> str:
    said = list_words().book
    given = screened(one.given) or said["empty"]
    return said["note"].format(given=given, problem=one.sentence, advice=one.advice)


def _results(book: ListBook, sheet: Sheet, draft: Draft, at: Mapping[int, int], org_at: Mapping[int, int]) -> None:
    """All problems, the heaviest first, each with the way to its cell in this workbook and in the list it came from."""
    said, words = list_words().book, list_words()
    make, link_ink = book.formats.make, look().colours["common"]["link"]
    title = book.formats.bare(bold=True, font_size=book.sizes["title"])
    text, strong = make(text_wrap=True, valign="top"), make(bold=True, text_wrap=True, valign="top")
    link = make(font_color=link_ink, underline=1, border=1, valign="top")
    plain = make(text_wrap=True, valign="top", border=1)
    red = make(text_wrap=True, valign="top", border=1, bg_color=book.colours["open"])
    last = len(words.columns) - 1
    sheet.columns_of(_WIDTHS)
    counts = {"open": len(draft.of(STOP, ASK)), "done": len(draft.of(DONE)), "look": len(draft.of(LOOK))}
    units = sum(not line.out for line in draft.units.lines)
    sheet.span(0, 0, last, OwnText(said["title"].format(file=screened(draft.file))), title)
    sheet.span(1, 0, last, OwnText(said["counts"].format(units=units, **counts)), strong)
    sheet.span(2, 0, last, OwnText(said["how"] if draft.problems else said["nothing"]), text)
    sheet.row_height(0, 26)
    sheet.row_height(2, 34)
    for column, label in enumerate(words.columns.values()):
        sheet.put(3, column, OwnText(label), book.head())
    for number, one in enumerate([*draft.of(STOP, ASK), *draft.of(DONE), *draft.of(LOOK)], 1):
        row = 3 + number
        sheet.put(row, 0, number, plain)
        for column, value in enumerate(_cells(draft, one), 1):
            heavy = column == 1 and one.weight in (STOP, ASK)
            sheet.exact(row, column, screened(value), red if heavy else plain)
        if target := _target(one, org_at if one.orgs else at):
            sheet.lead(row, last, target, words.go, link)
        else:
            sheet.exact(row, last, "", plain)
    sheet.freeze(4, 0)
    sheet.paper("units")
    sheet.repeat(3)


def _cells(draft: Draft, one: Problem) -> Iterator[str]:
    """What stands in the row of a problem, without its number and the link."""
    words, table = list_words(), draft.orgs if one.orgs else draft.units
    labels = campaign_words().orgs if one.orgs else campaign_words().units
    line = next((line for line in table.lines if line.row == one.row), None) if one.row else None
    yield words.weights[one.weight]
    yield _place(table, one)
    yield f"{line.values.get('code', '')} {line.values.get('name', '')}".strip() if line else ""
    yield labels.get(one.column, "")
    yield one.given
    yield one.sentence
    yield words.book["drop"] if one.drop else _suggested(one)
    yield one.advice


def _suggested(one: Problem) -> str:
    return "" if one.suggestion is None else one.suggestion or list_words().book["empty"]


def _place(table: Table, one: Problem) -> str:
    cell = table.place(one.row, one.column) or (str(one.row) if one.row else "")
    title = one.sheet or table.title
    return f"{title} {cell}".strip()


def _target(one: Problem, at: Mapping[int, int]) -> str:
    """The cell of this workbook that a problem is about, as a link; "" = none."""
    said = campaign_words()
    labels, sheet = (said.orgs, "orgs") if one.orgs else (said.units, "units")
    if one.row not in at:
        return ""
    column = [*labels].index(one.column) + 1 if one.column in labels else 1
    return f"internal:{on_sheet(said.unit_list[sheet], address(at[one.row] + 2, column))}"


def write_review(draft: Draft, form: Form, folder: Path) -> Path:
    """Writes the workbook into a folder, never over one that says something else: somebody may have filled it in."""
    data = review_workbook(draft, form)
    path = free(folder, list_words().book["file"], data)
    write_whole(path, data)
    return path


def free(folder: Path, stem: str, data: bytes) -> Path:
    """Where a workbook can lie without anything being lost: a new name, or that of a file with just this content."""
    path, number = folder / f"{stem}.xlsx", 1
    while path.exists() and path.read_bytes() != data:
        number += 1
        path = folder / f"{stem}{number}.xlsx"
    return path
