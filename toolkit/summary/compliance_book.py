"""达标情况.xlsx: every unit under every clause, with figures, reasons and the text of the clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil

from xlsxwriter.utility import xl_col_to_name

from toolkit.model.policy import Policy
from toolkit.model.result import (
    LEVELS,
    MET,
    MET_BY_EXCEPTION,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    UNSET,
    WARNING,
    ComplianceReport,
    Result,
    UnitRollUp,
)
from toolkit.model.unit import UnitList
from toolkit.summary.basis import basis_rows, evidence_text
from toolkit.summary.book import A3, LINE, Book, Page
from toolkit.summary.exempt_sheet import exempt_sheet, exempted
from toolkit.summary.grouping import cells, clauses_used, in_order, part_of, short_title
from toolkit.summary.labels import BookWords, Heading, book_words, words
from toolkit.summary.values import Formula, Span, Value, quoted, ratio, shown_names
from toolkit.summary.wording import line_count

PER_PAGE = 15
MATRIX_SCALE = 80
ID_HEIGHT = 64.0
WORST_SHOWN = 3
COUNTED = ("met", "warning", "not_met", "undetermined")


@dataclass(frozen=True)
class _Facts:
    report: ComplianceReport
    policy: Policy
    names: Mapping[str, str]
    results: Sequence[Result]
    clauses: Sequence[str]
    matrix: Mapping[tuple[str, str], str]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Unit codes of the matrix and their places in it, the whole area first when it has results."""
        area = [""] if any(not one.unit for one in self.results) else []
        unknown = sorted({one.unit for one in self.results} - set(self.names) - {""})
        return {unit: place for place, unit in enumerate([*area, *self.names, *unknown])}

    def name(self, unit: str) -> str:
        """The name of a unit as printed."""
        return self.names.get(unit, unit) if unit else words().common["area"]

    @property
    def facts(self) -> dict[str, object]:
        """Values for the placeholders of titles."""
        return {"year": self.report.year, "as_of": self.report.as_of, "policy": self.policy.short_title}


def compliance_workbook(report: ComplianceReport, policy: Policy, units: UnitList, title: str) -> bytes:
    """达标情况.xlsx: 单位×条款, 单位总览, 条款总览, 明细, 不适用说明, 参数与依据.

    Args:
        title: title of the collection round, kept as the document's title.
    """
    sheets = book_words("compliance")
    results = in_order(report.results, policy, units)
    clauses = clauses_used(results, policy)
    facts = _Facts(report, policy, shown_names(units), results, clauses, cells(results))
    book = Book(title)
    matrix = _matrix(book, sheets, facts)
    _units(book, sheets, facts, matrix)
    _clauses(book, sheets, facts, matrix)
    _details(book, sheets, facts)
    exempt_sheet(book, sheets["exempt"], exempted(results, facts.matrix), facts.name, facts.facts)
    page = book.page(sheets["basis"])
    page.frame(**facts.facts)
    page.header()
    page.body(basis_rows(report.parameters, policy))
    return book.close()


def _matrix(book: Book, sheets: BookWords, facts: _Facts) -> Span:
    """Levels in words and colours, one row a unit, one column a clause."""
    words_of = sheets["matrix"]
    width = float(words_of.words["cell"])
    columns = [Heading(code, code, width, "level") for code in facts.clauses]
    page = book.page(words_of, columns)
    page.paper(A3, fit=False)
    page.raw.set_print_scale(MATRIX_SCALE)
    fixed = len(words_of.columns)
    blocks = blocks_of(fixed, len(columns))
    page.frame_in_blocks(blocks, fixed, **facts.facts)
    _matrix_header(page, facts, fixed)
    worst_of = {one.unit: one.worst for one in facts.report.units}
    rows = [
        (number, facts.name(unit), worst_of.get(unit, ""), *(facts.matrix.get((unit, code)) for code in facts.clauses))
        for number, unit in enumerate(facts.rows, 1)
    ]
    span = page.body(rows)
    page.raw.freeze_panes(span.first, fixed)
    page.raw.repeat_rows(span.first - 2, span.first - 1)
    page.raw.repeat_columns(0, fixed - 1)
    page.raw.set_v_pagebreaks([first for first, _ in blocks[1:]])
    page.note_over(fixed, blocks[0][1], words_of.words["absent"])
    return span


def blocks_of(fixed: int, count: int, most: int = PER_PAGE) -> list[tuple[int, int]]:
    """First and last column of each printed page, evenly filled with at most `most`; the first also holds `fixed`.

    >>> blocks_of(3, 30)
    [(0, 17), (18, 32)]
    """
    pages = max(1, ceil(count / most))
    size = ceil(count / pages) if count else 0
    bounds = [fixed + min(index * size, count) for index in range(pages + 1)]
    spans = [(first, last - 1) for first, last in pairwise(bounds)]
    return [(0, spans[0][1]), *spans[1:]]


def _matrix_header(page: Page, facts: _Facts, fixed: int) -> None:
    """Two header rows: clause id turned, below it the short title."""
    styles, lines = page.book.styles, 1
    for index, column in enumerate(page.columns[:fixed]):
        page.merge_down(index, 2, column.label, styles.header)
    for index, code in enumerate(facts.clauses, fixed):
        page.put(page.row, index, code, styles.turned_header)
        title = short_title(facts.policy.clauses.get(code), code)
        page.put(page.row + 1, index, title, styles.header)
        lines = max(lines, line_count(title, page.columns[index].width))
    page.height(page.row, ID_HEIGHT)
    page.height(page.row + 1, lines * LINE + 10)
    page.row += 2


def _units(book: Book, sheets: BookWords, facts: _Facts, matrix: Span) -> None:
    page = book.page(sheets["units"])
    page.frame(**facts.facts)
    page.header(freeze=2)
    rolled = {one.unit: one for one in facts.report.units}
    counts = Counter((unit, level) for (unit, _), level in facts.matrix.items())
    rows = [
        _unit_row(page, facts, matrix, counts, number, unit, rolled.get(unit))
        for number, unit in enumerate((unit for unit in facts.rows if unit), 1)
    ]
    span = page.body(rows, filtered=True)
    keys = ("met", "applicable", "warning", "not_met", "undetermined", "not_applicable")
    sums: dict[str, Value] = page.sums(span, rows, keys)
    met, applicable = (
        sum(getattr(one, key) for one in facts.report.units if one.unit) for key in ("met", "applicable")
    )
    sums["rate"] = rate(page, page.row + 1, met, applicable)
    page.total(span, sums, label_columns=3)
    page.note(page.words.words["by_matrix"])


def _unit_row(
    page: Page,
    facts: _Facts,
    matrix: Span,
    counts: Mapping[tuple[str, str], int],
    number: int,
    unit: str,
    rolled: UnitRollUp | None,
) -> tuple[Value, ...]:
    line = matrix.first + facts.rows[unit] + 1
    fixed = len(book_words("compliance")["matrix"].columns)
    first, last = xl_col_to_name(fixed), xl_col_to_name(fixed + len(facts.clauses) - 1)
    cells_of = f"{quoted(matrix.sheet)}!${first}${line}:${last}${line}"

    def live(level: str) -> Value:
        return Formula(f'=COUNTIF({cells_of},"{level}")', counts[unit, level]) if facts.clauses else 0

    met, applicable = (rolled.met, rolled.applicable) if rolled else (0, 0)
    row = page.row + number
    good = Formula(f'=COUNTIF({cells_of},"{MET}")+COUNTIF({cells_of},"{MET_BY_EXCEPTION}")', met)
    return (
        number,
        facts.name(unit),
        rolled.worst if rolled else "",
        good if facts.clauses else met,
        Formula("=" + "+".join(f"{page.letter(key)}{row}" for key in COUNTED), applicable),
        rate(page, row, met, applicable),
        *(live(level) for level in (WARNING, NOT_MET, UNDETERMINED, NOT_APPLICABLE)),
        _first_problems(facts, unit),
    )


def rate(page: Page, row: int, met: int, applicable: int) -> Formula:
    """达标率 of a row as a live formula; empty when nothing applies."""
    return Formula(f'=IFERROR({page.letter("met")}{row}/{page.letter("applicable")}{row},"")', ratio(met, applicable))


def _first_problems(facts: _Facts, unit: str) -> str:
    """The titles of the first clauses that the unit does not meet."""
    missed = [code for code in facts.clauses if facts.matrix.get((unit, code)) == NOT_MET]
    titles = "；".join(short_title(facts.policy.clauses.get(code), code) for code in missed[:WORST_SHOWN])
    more = words().common["and_more"].format(count=len(missed)) if len(missed) > WORST_SHOWN else ""
    return titles + more


def _clauses(book: Book, sheets: BookWords, facts: _Facts, matrix: Span) -> None:
    page = book.page(sheets["clauses"])
    page.frame(**facts.facts)
    page.header(freeze=2)
    parts = part_of(facts.policy)
    counts = Counter((code, level) for (_, code), level in facts.matrix.items())
    fixed = len(sheets["matrix"].columns)
    names = ("met", "exception", "warning", "not_met", "not_applicable", "undetermined", "unset")
    keys = dict(zip(LEVELS, names, strict=True))
    rows: list[tuple[Value, ...]] = []
    for number, code in enumerate(facts.clauses, 1):
        column = matrix.column(fixed + number - 1)
        live = [Formula(f'=COUNTIF({column},"{level}")', counts[code, level]) for level in LEVELS]
        clause = facts.policy.clauses.get(code)
        head = (number, code, parts.get(code, ""), short_title(clause, code))
        rows.append(
            (*head, *live, _clause_rate(page, page.row + number, {level: counts[code, level] for level in LEVELS}))
        )
    span = page.body(rows, filtered=True)
    sums: dict[str, Value] = page.sums(span, rows, keys.values())
    whole = {level: sum(counts[code, level] for code in facts.clauses) for level in LEVELS}
    sums["rate"] = _clause_rate(page, page.row + 1, whole)
    page.total(span, sums, label_columns=4)


def _clause_rate(page: Page, row: int, counts: Mapping[str, int]) -> Formula:
    """达标 with and without exception, of all but 不适用 and 未评."""
    at = {key: f"{page.letter(key)}{row}" for key in ("met", "exception", "warning", "not_met", "undetermined")}
    met = counts[MET] + counts[MET_BY_EXCEPTION]
    applicable = sum(counts.values()) - counts[NOT_APPLICABLE] - counts[UNSET]
    return Formula(f'=IFERROR(({at["met"]}+{at["exception"]})/({"+".join(at.values())}),"")', ratio(met, applicable))


def _details(book: Book, sheets: BookWords, facts: _Facts) -> None:
    page = book.page(sheets["details"])
    page.frame(count=len(facts.results), **facts.facts)
    page.header(freeze=4)
    page.body((_detail(number, one, facts) for number, one in enumerate(facts.results, 1)), filtered=True)


def _detail(number: int, one: Result, facts: _Facts) -> tuple[Value, ...]:
    clause = facts.policy.clauses.get(one.clause)
    return (
        number,
        facts.name(one.unit),
        one.subject,
        one.clause,
        short_title(clause, one.clause),
        one.level,
        "；".join(f"{name}：{value}" for name, value in one.figures.items()),
        one.reason,
        one.fix,
        evidence_text(one.evidence),
        clause.quote if clause else "",
    )
