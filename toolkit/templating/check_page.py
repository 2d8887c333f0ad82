"""The sheet 自检: a line a rule, how many problems and where the first one is; on top what there is left to do."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.model.arrays import quoted
from toolkit.model.catalogue import entry
from toolkit.model.cell import Area, address, column_number, fixed, fixed_column, fixed_columns, on_sheet
from toolkit.model.finding import ERROR, HINT
from toolkit.model.form import Sheet
from toolkit.model.layout import (
    CHECK_GRID,
    CHECK_MARK,
    CHECK_SHEET,
    FIRST_ROW,
    VERTICAL_FIRST_ROW,
    VERTICAL_VALUE,
)
from toolkit.templating import measure
from toolkit.templating.check_blank import Blank, blank_line
from toolkit.templating.check_cells import BLANK, DOUBLE, EARLY, HIGH, LONG, LOW, NOT_LISTED, NOWHERE, TYPED
from toolkit.templating.check_grid import FIGURE_ROW, Block, Grid, depth
from toolkit.templating.page import Job, paged
from toolkit.templating.paper import Paper
from validators.formulas import UNSURE

_WIDTHS = (15.0, 8.0, 7.0, 24.0, 60.0, 56.0, 8.0)
_LAST = len(_WIDTHS)
_ORDER, _TARGET, _FOUND = 8, 9, 10
"""Hidden columns: open lines so far, where the first problem is, its row and column as one number."""
_STATUS_ROW, _NOTE_ROW, _OPEN_ROW, _OPEN_LINES = 2, 3, 5, 25
_LIST_ROW = _OPEN_ROW + _OPEN_LINES + 3
_FIRST_LINE = _LIST_ROW + 2
_GENERAL = {BLANK: "COL-001", NOT_LISTED: "COL-002", LOW: "COL-003", HIGH: "COL-004", LONG: "COL-005",
            NOWHERE: "COL-006", DOUBLE: "COL-007", EARLY: "COL-014", TYPED: "C030"}  # fmt: skip
_NAMED = re.compile(r"\{[^{}]*\}")
_BEYOND = 1500


@dataclass(frozen=True)
class Line:
    """One line of 自检.

    Args:
        found: row and column of the first problem as row * 1000 + column, an array formula; "" = the sheet as a whole.
        labels: the columns' labels, where they are always the same.
        area: else the cells with the labels of all columns.
    """

    code: str
    sheet: Sheet
    severity: str
    message: str
    fix: str
    count: str
    found: str = ""
    labels: str = ""
    area: str = ""


def lines(job: Job, grid: Grid) -> Iterator[Line]:
    """All lines, sheet by sheet: the sheet as a whole, the columns' definitions, the rules."""
    for block in grid.blocks.values():
        yield from _about_sheet(job, grid, block)
        yield from _about_columns(job, block)
        for code, (rule, number) in block.rules.items():
            area = f"{CHECK_GRID}!{block.whole(number, number)}"
            place = block.sheet.names.index(rule.at[0]) + 1
            found = f"(MATCH(1,{area},0)+{FIRST_ROW - 1})*1000+{place}"
            labels = job.said.check["join"].join(block.sheet.by_name[name].label for name in rule.at)
            texts = (_NAMED.sub("…", rule.message), _NAMED.sub("…", rule.fix))
            yield Line(code, block.sheet, rule.severity, *texts, f"COUNTIF({area},1)", found, labels)


def _about_sheet(job: Job, grid: Grid, block: Block) -> Iterator[Line]:
    sheet = block.sheet
    if sheet.layout == "vertical":
        return
    rows = f"COUNTIF({CHECK_GRID}!{block.whole(block.data, block.data)},1)"
    tick = f"{CHECK_GRID}!{fixed(FIGURE_ROW, block.data)}"
    if sheet.nil_allowed:
        if sheet.use == "required":
            yield _from_catalogue("NIL-001", sheet, f"IF(AND({rows}=0,{tick}=0),1,0)")
        yield _from_catalogue("NIL-002", sheet, f"IF(AND({rows}>0,{tick}=1),1,0)")
    elif sheet.use == "required" and (sheet.fixed_rows or not _issued_filled(sheet)):
        yield _from_catalogue("NIL-003", sheet, f"IF({rows}=0,1,0)")
    last = FIRST_ROW + depth(sheet) - 1
    whole = on_sheet(sheet.label, fixed_columns(1, block.width))
    beyond = f"INDEX({whole},{last + 1},1):INDEX({whole},{last + _BEYOND},{block.width})"
    text = job.said.check["beyond"].format(row=last)
    yield Line("", sheet, job.said.check["unsure"], text, job.said.check["beyond_fix"], f"IF(COUNTA({beyond})>0,1,0)")


def _issued_filled(sheet: Sheet) -> bool:
    """Whether all rows come printed; a unit that got none is asked nothing."""
    return all(sheet.by_name[name].prefilled for name in sheet.key)


def _from_catalogue(code: str, sheet: Sheet, count: str) -> Line:
    record = entry(code)
    return Line(code, sheet, record.severity, record.message.replace("{count}", "…"), record.fix, count)


def _about_columns(job: Job, block: Block) -> Iterator[Line]:
    area = f"{CHECK_GRID}!{block.whole(block.first, block.first + block.width - 1)}"
    for state, code in _GENERAL.items():
        if _possible(block, state):
            yield _column_line(block, code, (entry(code).severity, *entry(code).general), area, state)
    said = tuple(job.said.check[key] for key in ("unsure", "unread", "unread_fix"))
    yield _column_line(block, "", said, area, UNSURE)


def _column_line(block: Block, code: str, said: tuple[str, ...], area: str, state: int) -> Line:
    labels = f"{CHECK_GRID}!{Area(1, block.first, 1, block.first + block.width - 1).corners}"
    first = f"MIN(IF(IFERROR({area},0)={state},ROW({area})*1000+COLUMN({area})-{block.first - 1}))"
    return Line(code, block.sheet, *said, f"COUNTIF({area},{state})", first, area=labels)


def _possible(block: Block, state: int) -> bool:
    """Whether a column of the sheet can be in a state."""
    columns = block.sheet.columns
    return {
        BLANK: True,
        NOT_LISTED: any(column.type == "choice" for column in columns),
        LOW: any(column.minimum is not None for column in columns),
        HIGH: any(column.maximum is not None for column in columns),
        TYPED: any(column.type == "date" for column in columns),
        EARLY: any(column.earliest is not None for column in columns),
        LONG: any(column.max_length is not None for column in columns),
        NOWHERE: bool(block.lookups),
        DOUBLE: block.sheet.layout == "table",
    }[state]


def write_check_page(paper: Paper, job: Job, grid: Grid) -> str:
    """Writes the sheet 自检; gives what the status says in a blank form."""
    found = list(lines(job, grid))
    blank = [blank_line(line.code, line.sheet, grid.form, job.stamp.year) for line in found]
    said, styles, last = job.said.check, job.styles, _FIRST_LINE + len(found) - 1
    for place, width in enumerate(_WIDTHS, 1):
        paper.width(place, width)
    for place in (_ORDER, _TARGET, _FOUND):
        paper.width(place, 4, hidden=True)
    paper.across(1, 1, _LAST, f"{CHECK_MARK}{said['title']}", styles.title(20))
    paper.height(1, 34)
    paper.across(_NOTE_ROW, 1, _LAST, said["note"], styles.note(10))
    paper.height(_NOTE_ROW, measure.height([(said["note"], sum(_WIDTHS))], least=32))
    _totals(paper, last, found, blank)
    shown = said["problems"].format(count=_sum(found, blank, {ERROR}))
    write_status(paper, job, _STATUS_ROW, _LAST, shown)
    _open_lines(paper, job, last, found, blank)
    _heading(paper, job, _LIST_ROW, said["list_title"])
    for row, (line, known) in enumerate(zip(found, blank, strict=True), _FIRST_LINE):
        _line(paper, job, row, line, known, sum(1 for count, _ in blank[: row - _FIRST_LINE + 1] if count))
    faint = {"type": "formula", "criteria": f"=$C{_FIRST_LINE}=0", "format": styles.faint()}
    paper.highlight(Area(_FIRST_LINE, 1, last, _LAST), faint)
    paper.freeze(_STATUS_ROW, 0)
    paged(paper, job, area=Area(1, 1, _OPEN_ROW + _OPEN_LINES + 1, _LAST))
    paper.protect("heading")
    return shown


def _totals(paper: Paper, last: int, found: list[Line], blank: list[Blank]) -> None:
    """The hidden figures of the status: problems of level 错误, and all others but 提示."""
    kinds, counts = (Area(_FIRST_LINE, column, last, column).corners for column in (2, 3))
    errors = f'SUMIF({kinds},"{ERROR}",{counts})'
    paper.formula(1, _ORDER, f"={errors}", _sum(found, blank, {ERROR}))
    rest = {line.severity for line in found} - {ERROR, HINT}
    paper.formula(1, _TARGET, f'=SUM({counts})-{errors}-SUMIF({kinds},"{HINT}",{counts})', _sum(found, blank, rest))


def _sum(found: list[Line], blank: list[Blank], kinds: set[str]) -> int:
    return sum(count for line, (count, _) in zip(found, blank, strict=True) if line.severity in kinds)


def write_status(paper: Paper, job: Job, row: int, last: int, shown: str) -> None:
    """The big line 可以上报 or 还有N处问题, over the cells 1 to `last` of a row.

    Args:
        shown: what viewers that do not calculate show.
    """
    said = job.said.check
    errors, rest = (f"{CHECK_SHEET}!{fixed(1, place)}" for place in (_ORDER, _TARGET))
    problems, doubts = (_joined(said[key], {"count": cell}) for key, cell in (("problems", errors), ("doubts", rest)))
    formula = f"=IF({errors}>0,{problems},IF({rest}>0,{doubts},{quoted(said['ready'])}))"
    paper.across(row, 1, last, "", job.styles.status())
    paper.formula(row, 1, formula, shown, job.styles.status())
    good = f"=LEFT($A${row},{len(said['ready'])})={quoted(said['ready'])}"
    paper.highlight(Area(row, 1, row, last), {"type": "formula", "criteria": good, "format": job.styles.good()})
    paper.height(row, 42)


def _joined(text: str, cells: Mapping[str, str]) -> str:
    """A text with placeholders as a formula that joins its parts with cells."""
    parts = []
    for before, name, _, _ in string.Formatter().parse(text):
        parts += [quoted(before)] if before else []
        parts += [cells[name]] if name else []
    return "&".join(parts)


def _heading(paper: Paper, job: Job, row: int, title: str) -> None:
    paper.across(row, 1, _LAST, title, job.styles.head())
    paper.height(row, 26)
    for place, head in enumerate(job.said.check_head, 1):
        paper.text(row + 1, place, head, job.styles.label("optional"))
    paper.height(row + 1, 24)


def _line(paper: Paper, job: Job, row: int, line: Line, known: Blank, order: int) -> None:
    count, found = known
    middle, left = job.styles.ruled(align="center"), job.styles.ruled(align="left")
    paper.text(row, 1, line.sheet.label, middle)
    paper.text(row, 2, line.severity, middle)
    paper.formula(row, 3, f"={line.count}", count, middle)
    number = fixed_column(row, _FOUND)
    paper.array(row, _FOUND, f"IF($C{row}>0,IFERROR({line.found or FIRST_ROW * 1000 + 1},0),0)", shown=found)
    where, target = _where(job, line, number), _target(line, number)
    paper.formula(row, 4, f'=IF($C{row}>0,{where},"")', where_text(job, line, found) if count else "", left)
    paper.text(row, 5, line.message, left)
    paper.text(row, 6, line.fix, left)
    paper.formula(row, _TARGET, f"={target}", target_text(line, found))
    link = quoted(job.said.check["go"])
    shown = job.said.check["go"] if count else ""
    paper.formula(row, 7, f'=IF($C{row}>0,HYPERLINK($I{row},{link}),"")', shown, job.styles.link())
    before = fixed_column(row - 1, _ORDER) if row > _FIRST_LINE else "0"
    paper.formula(row, _ORDER, f"={before}+($C{row}>0)", order)
    paper.height(row, measure.height([(line.message, _WIDTHS[4]), (line.fix, _WIDTHS[5])], least=21))


def _where(job: Job, line: Line, number: str) -> str:
    """The formula of 第N行“…”."""
    if not line.found:
        return quoted(job.said.check["whole"])
    label = quoted(line.labels) if line.labels else f"INDEX({line.area},1,MOD({number},1000))"
    key = "first_label" if line.sheet.layout == "vertical" else "first_row"
    return _joined(job.said.check[key], {"row": f"INT({number}/1000)", "label": label})


def where_text(job: Job, line: Line, found: int) -> str:
    """What it gives for a place."""
    if not line.found:
        return job.said.check["whole"]
    label = line.labels or line.sheet.columns[found % 1000 - 1].label
    key = "first_label" if line.sheet.layout == "vertical" else "first_row"
    return job.said.check[key].format(row=found // 1000, label=label)


def _target(line: Line, number: str) -> str:
    title = quoted("#" + on_sheet(line.sheet.label, ""))
    if line.sheet.layout == "vertical":
        return f'{title}&"{VERTICAL_VALUE}"&({VERTICAL_FIRST_ROW - 1}+MAX(1,MOD({number},1000)))'
    return f"{title}&ADDRESS(MAX({FIRST_ROW},INT({number}/1000)),MAX(1,MOD({number},1000)),4)"


def target_text(line: Line, found: int) -> str:
    """What it gives for a place."""
    row, column = max(FIRST_ROW, found // 1000), max(1, found % 1000)
    if line.sheet.layout == "vertical":
        row, column = VERTICAL_FIRST_ROW - 1 + column, column_number(VERTICAL_VALUE)
    return "#" + on_sheet(line.sheet.label, address(row, column))


def _open_lines(paper: Paper, job: Job, last: int, found: list[Line], blank: list[Blank]) -> None:
    """The first open lines once more, without the ones that are fine."""
    _heading(paper, job, _OPEN_ROW, job.said.check["todo_title"].format(most=_OPEN_LINES))
    open_lines = [(line, known) for line, known in zip(found, blank, strict=True) if known[0]]
    order = Area(_FIRST_LINE, _ORDER, last, _ORDER).corners
    middle, left = job.styles.open_cell("center"), job.styles.open_cell("left")
    for number, row in enumerate(range(_OPEN_ROW + 2, _OPEN_ROW + 2 + _OPEN_LINES), 1):
        place = fixed_column(row, _FOUND)
        at = min((at for at, known in enumerate(_running(blank)) if known == number), default=-1) + 1
        paper.formula(row, _FOUND, f"=IFERROR(MATCH({number},{order},0),0)", at)
        texts: tuple = ("",) * 6
        if number <= len(open_lines):
            line, (count, first) = open_lines[number - 1]
            where = where_text(job, line, first)
            texts = (line.sheet.label, line.severity, count, where, line.message, line.fix)
        for column, shown in enumerate(texts, 1):
            listed = Area(_FIRST_LINE, column, last, column).corners
            formula = f'=IF({place}>0,INDEX({listed},{place}),"")'
            paper.formula(row, column, formula, shown, left if column in (4, 5, 6) else middle)
        target = f"INDEX({Area(_FIRST_LINE, _TARGET, last, _TARGET).corners},{place})"
        link = f'=IF({place}>0,HYPERLINK({target},{quoted(job.said.check["go"])}),"")'
        paper.formula(row, 7, link, job.said.check["go"] if texts[0] else "", job.styles.link())
        paper.height(row, 32)
    serious = {"type": "formula", "criteria": f'=$B{_OPEN_ROW + 2}="{ERROR}"', "format": job.styles.bad()}
    paper.highlight(Area(_OPEN_ROW + 2, 2, _OPEN_ROW + 1 + _OPEN_LINES, 2), serious)


def _running(blank: list[Blank]) -> Iterator[int]:
    """How many lines are open up to each one; 0 where a line is not."""
    open_so_far = 0
    for count, _ in blank:
        open_so_far += bool(count)
        yield open_so_far if count else 0
