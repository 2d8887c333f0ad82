"""达标情况.xlsx: every unit under every clause, with figures, reasons and the text of the clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import ceil

from toolkit.drawing.measure import line_count
from toolkit.drawing.values import Formula, Span, Value
from toolkit.model.cell import Area, on_sheet
from toolkit.model.figures import AREA, HARD, LISTED, NOT_COUNTED, PROVED, SOFT, TASK, TOLD, Figures, UnitFigures
from toolkit.model.policy import Policy
from toolkit.model.reports import ComplianceReport
from toolkit.model.result import (
    LEVEL_KEYS,
    MET,
    MET_BY_EXCEPTION,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    UNSET,
    WARNING,
    Result,
)
from toolkit.model.unit import UnitList
from toolkit.summary.answers_sheet import Answers, answers_sheet
from toolkit.summary.basis import basis_rows, evidence_text
from toolkit.summary.book import LINE, Book, Page
from toolkit.summary.definitions import definitions, unset_sentence
from toolkit.summary.exempt_sheet import exempt_sheet, exempted
from toolkit.summary.grouping import clauses_used, in_order, part_of, short_title
from toolkit.summary.labels import BookWords, Heading, book_words, figure_name, words
from toolkit.summary.places import Places
from toolkit.summary.values import ratio, shown_names

PER_PAGE = 15
MATRIX_SCALE = 80
ID_HEIGHT = 64.0
WORST_SHOWN = 3
_ABOVE = 4
"""Rows above the lines of the two overviews: annex, title, day, header."""
HEAD_ROWS = 3
"""Rows of the matrix' header: clause id, title, nature."""


@dataclass(frozen=True)
class _Facts:
    report: ComplianceReport
    figures: Figures
    policy: Policy
    names: Mapping[str, str]
    results: Sequence[Result]
    clauses: Sequence[str]
    day: str = ""
    places: Places = field(default_factory=Places)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Unit codes of the matrix and their places in it, the whole area first when it has results."""
        area = [AREA] if any(not one.unit for one in self.results) else []
        unknown = sorted({one.unit for one in self.results} - set(self.names) - {AREA})
        return {unit: place for place, unit in enumerate([*area, *self.names, *unknown])}

    @property
    def exempt(self) -> set[tuple[str, str]]:
        """The cells 不适用, (unit, clause), of units whose return counts and of the whole area."""
        said = self.figures.counted | {AREA}
        return {key for key, cell in self.figures.cells.items() if cell.level == NOT_APPLICABLE and cell.unit in said}

    def name(self, unit: str) -> str:
        """The name of a unit as printed."""
        return self.names.get(unit, unit) if unit else words().common["area"]

    def overall(self, unit: str) -> str:
        """总评 of a unit; the whole area has none."""
        known = self.figures.by_unit.get(unit)
        return known.overall if known else ""

    @property
    def facts(self) -> dict[str, object]:
        """Values for the placeholders of titles."""
        return {"year": self.report.year, "as_of": self.day or self.report.as_of, "policy": self.policy.short_title}


@dataclass(frozen=True)
class OverviewRows:
    """Where the lines of 单位总览 and 条款总览 stand: unit or clause → row, from 1.

    Args:
        unit_sheet, clause_sheet: names of the two sheets.
    """

    unit_sheet: str
    clause_sheet: str
    units: Mapping[str, int]
    clauses: Mapping[str, int]


def overview_rows(report: ComplianceReport, figures: Figures, policy: Policy, units: UnitList) -> OverviewRows:
    """The rows of the two overviews in the 达标情况.xlsx that `compliance_workbook` makes of the same figures."""
    results = in_order(report.results, policy, units)
    clauses = clauses_used(results, policy)
    facts = _Facts(report, figures, policy, shown_names(units), results, clauses)
    of_units = {one.unit: number for number, one in enumerate(_listed(facts), _ABOVE + 1)}
    of_clauses = {code: number for number, code in enumerate(clauses, _ABOVE + 1)}
    sheets = book_words("compliance")
    return OverviewRows(sheets["units"].name, sheets["clauses"].name, of_units, of_clauses)


def _listed(facts: _Facts) -> list[UnitFigures]:
    """The units of 单位总览, in its order."""
    return [facts.figures.by_unit[unit] for unit in facts.rows if unit in facts.figures.by_unit]


@dataclass(frozen=True)
class _Matrix:
    """Where the matrix stands: its rows, the columns of the clauses, the row of their natures."""

    span: Span
    first: int
    last: int
    natures: int
    area: bool

    def row(self, place: int) -> str:
        """The clauses of one row, absolute."""
        return self._across(self.span.first + place)

    @property
    def nature_row(self) -> str:
        """The natures of the clauses, absolute."""
        return self._across(self.natures)

    def _across(self, row: int) -> str:
        return on_sheet(self.span.sheet, Area(row + 1, self.first + 1, row + 1, self.last + 1).corners)

    def units(self, column: int) -> str:
        """One clause over all units, the row of the whole area left out."""
        return Span(self.span.sheet, self.span.first + self.area, self.span.last).column(self.first + column)


def compliance_workbook(
    report: ComplianceReport,
    figures: Figures,
    policy: Policy,
    units: UnitList,
    title: str,
    day: str = "",
    places: Places | None = None,
    answers: Answers | None = None,
) -> bytes:
    """达标情况.xlsx: 单位×条款, 单位总览, 条款总览, 明细, 不适用说明, 责任单位答复, 参数与依据.

    Args:
        title: title of the collection round, kept as the document's title.
        day: the day of judgement as it is printed, with the reason why it is that day; "" = only the day.
        places: where the rows lie that the levels rest on; None = nothing is linked.
        answers: what the offices answered on their lists of duties; None = no list has come back.
    """
    sheets = book_words("compliance")
    results = in_order(report.results, policy, units)
    clauses = clauses_used(results, policy)
    facts = _Facts(report, figures, policy, shown_names(units), results, clauses, day, places or Places())
    book = Book(title)
    matrix = _matrix(book, sheets, facts)
    _units(book, sheets, facts, matrix)
    _clauses(book, sheets, facts, matrix)
    _details(book, sheets, facts)
    exempt_sheet(book, sheets["exempt"], exempted(results, facts.exempt), facts.name, facts.facts)
    if answers:
        answers_sheet(book, sheets["answers"], answers, figures, policy, facts.facts)
    page = book.page(sheets["basis"])
    page.frame(**facts.facts)
    page.header()
    page.table(basis_rows(report.parameters, policy))
    return book.close()


def _matrix(book: Book, sheets: BookWords, facts: _Facts) -> _Matrix:
    """Levels in words and colours, one row a unit, one column a clause."""
    words_of = sheets["matrix"]
    width = float(words_of.words["cell"])
    columns = [Heading(code, code, width, "level") for code in facts.clauses]
    page = book.page(words_of, columns)
    page.scaled(MATRIX_SCALE)
    fixed = len(words_of.columns)
    blocks = blocks_of(fixed, len(columns))
    page.frame_in_blocks(blocks, fixed, **facts.facts)
    _matrix_header(page, facts, fixed)
    rows = [
        {
            "no": number,
            "unit": facts.name(unit),
            "overall": facts.overall(unit),
            **{code: facts.figures.shown(unit, code) for code in facts.clauses},
        }
        for number, unit in enumerate(facts.rows, 1)
    ]
    span = page.table(rows)
    page.freeze(span.first, fixed)
    page.repeat(span.first - HEAD_ROWS, span.first - 1)
    page.raw.repeat_columns(0, fixed - 1)
    page.raw.set_v_pagebreaks([first for first, _ in blocks[1:]])
    page.note_over(fixed, blocks[0][1], words_of.words["absent"])
    return _Matrix(span, fixed, fixed + max(len(facts.clauses), 1) - 1, span.first - 1, AREA in facts.rows)


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
    """Three header rows: clause id turned, below it the short title, below that what kind of clause it is."""
    styles, lines = page.book.styles, 1
    for index, column in enumerate(page.columns[:fixed]):
        page.merge_down(index, HEAD_ROWS, column.label, styles.header)
    for index, code in enumerate(facts.clauses, fixed):
        page.put(page.row, index, code, styles.turned_header)
        title = short_title(facts.policy.clauses.get(code), code)
        page.put(page.row + 1, index, title, styles.header)
        page.put(page.row + 2, index, facts.figures.natures.get(code, ""), styles.header)
        lines = max(lines, line_count(title, page.columns[index].width))
    page.height(page.row, ID_HEIGHT)
    page.height(page.row + 1, lines * LINE + 10)
    page.height(page.row + 2, LINE + 6)
    page.row += HEAD_ROWS


def _units(book: Book, sheets: BookWords, facts: _Facts, matrix: _Matrix) -> None:
    page = book.page(sheets["units"])
    page.opens()
    page.frame(**facts.facts)
    page.header(freeze=2)
    places = {one.unit: place for place, one in enumerate(facts.figures.ranked(), 1) if one.counted}
    rows = [
        _unit_row(page, facts, matrix, number, one, places.get(one.unit))
        for number, one in enumerate(_listed(facts), 1)
    ]
    span = page.table(rows, filtered=True)
    keys = ("hard", "soft", "unknown", "met", "asked", "told_met", "told_asked", "unset", "not_applicable")
    sums: dict[str, Value] = page.sums(span, rows, keys)
    for kind, prefix in ((PROVED, ""), (TOLD, "told_")):
        share = facts.figures.whole[kind]
        sums[f"{prefix}rate"] = rate(page, page.row + 1, share.met, share.asked, prefix)
    page.total(span, sums, label_columns=4)
    for text in (*definitions(facts.figures), *unset_sentence(facts.figures)):
        page.note(text)


def _unit_row(
    page: Page, facts: _Facts, matrix: _Matrix, number: int, one: UnitFigures, place: int | None
) -> dict[str, Value]:
    """One unit; of a unit whose return does not count nothing is said but that, as in 综合汇总."""
    cells, row = matrix.row(facts.rows[one.unit]), page.at(number)

    def live(value: int, *pairs: tuple[str, str]) -> Value:
        terms = [f'COUNTIFS({matrix.nature_row},"{nature}",{cells},"{level}")' for nature, level in pairs]
        return Formula("=" + "+".join(terms), value) if facts.clauses else value

    if not one.counted:
        return {
            "no": number,
            "unit": facts.name(one.unit),
            "overall": one.overall,
            "place": place,
            "note": _first_problems(facts, one),
        }

    def among(value: int, level: str) -> Value:
        return Formula(f'=COUNTIF({cells},"{level}")', value) if facts.clauses else value

    good = (MET, MET_BY_EXCEPTION)
    proved, told = one.proved, one.told
    asked = "+".join(page.cell(key, row) for key in ("hard", "soft", "unknown", "met"))
    missed = [(TASK, level) for level in (*good, WARNING, NOT_MET, UNDETERMINED)]
    return {
        "no": number,
        "unit": facts.name(one.unit),
        "overall": one.overall,
        "place": place,
        "hard": live(one.hard, (HARD, NOT_MET)),
        "soft": live(one.soft, (HARD, WARNING), (SOFT, WARNING), (SOFT, NOT_MET)),
        "unknown": live(one.unknown, (HARD, UNDETERMINED), (SOFT, UNDETERMINED)),
        "met": live(proved.met, *((nature, level) for nature in (HARD, SOFT) for level in good)),
        "asked": Formula(f"={asked}", proved.asked),
        "rate": rate(page, row, proved.met, proved.asked),
        "told_met": live(told.met, *((TASK, level) for level in good)),
        "told_asked": live(told.asked, *missed),
        "told_rate": rate(page, row, told.met, told.asked, "told_"),
        "unset": among(one.unset, UNSET),
        "not_applicable": among(one.exempt, NOT_APPLICABLE),
        "note": _first_problems(facts, one),
    }


def rate(page: Page, row: int, met: int, asked: int, prefix: str = "") -> Formula:
    """达标率 of a row as a live formula; empty when nothing is asked."""
    cells = f"{page.cell(prefix + 'met', row)}/{page.cell(prefix + 'asked', row)}"
    return Formula(f'=IFERROR({cells},"")', ratio(met, asked))


def _first_problems(facts: _Facts, one: UnitFigures) -> str:
    """The titles of the first hard clauses that the unit does not meet."""
    missed = [cell.clause for cell in facts.figures.breaches(one.unit)] if one.counted else []
    titles = "；".join(short_title(facts.policy.clauses.get(code), code) for code in missed[:WORST_SHOWN])
    more = words().common["and_more"].format(count=len(missed)) if len(missed) > WORST_SHOWN else ""
    return titles + more


def _clauses(book: Book, sheets: BookWords, facts: _Facts, matrix: _Matrix) -> None:
    page = book.page(sheets["clauses"])
    page.frame(**facts.facts)
    page.header(freeze=2)
    parts = part_of(facts.policy)
    counts, silent = facts.figures.counts, [one.unit for one in facts.figures.units if not one.counted]
    rows: list[dict[str, Value]] = []
    for number, code in enumerate(facts.clauses, 1):
        column = matrix.units(number - 1)
        live = {key: Formula(f'=COUNTIF({column},"{level}")', counts[code, level]) for key, level in LEVEL_KEYS.items()}
        absent = "+".join(f'COUNTIF({column},"{word}")' for word in NOT_COUNTED)
        whole = facts.figures.cells.get((AREA, code))
        share = _clause_rate(page, page.at(number), facts, code)
        title = short_title(facts.policy.clauses.get(code), code)
        head = {"no": number, "clause": code, "group": parts.get(code, ""), "title": title}
        head["nature"] = facts.figures.natures.get(code, "")
        waiting = Formula(f"={absent}", sum((unit, code) in facts.figures.cells for unit in silent))
        rows.append({**head, **live, "waiting": waiting, "rate": share, "whole": whole.level if whole else ""})
    span = page.table(rows, filtered=True)
    page.total(span, page.sums(span, rows, (*LEVEL_KEYS, "waiting")), label_columns=5)


def _clause_rate(page: Page, row: int, facts: _Facts, code: str) -> Value:
    """达标率 of a clause over the units; a clause that only lists has none."""
    if facts.figures.natures.get(code) == LISTED:
        return ""
    at = {key: page.cell(key, row) for key in ("met", "exception", "warning", "not_met", "undetermined")}
    share = facts.figures.of_clause(code)
    cells = f"({at['met']}+{at['exception']})/({'+'.join(at.values())})"
    return Formula(f'=IFERROR({cells},"")', ratio(share.met, share.asked))


def _details(book: Book, sheets: BookWords, facts: _Facts) -> None:
    page = book.page(sheets["details"])
    page.frame(count=len(facts.results), **facts.facts)
    page.header(freeze=4)
    page.table((_detail(number, one, facts) for number, one in enumerate(facts.results, 1)), filtered=True)


def _detail(number: int, one: Result, facts: _Facts) -> dict[str, Value]:
    clause, own = facts.policy.clauses.get(one.clause), one.evidence[0] if one.evidence else None
    return {
        "no": facts.places.merged(number, own),
        "unit": facts.name(one.unit),
        "subject": one.subject,
        "clause": one.clause,
        "title": short_title(clause, one.clause),
        "level": one.level,
        "figures": "；".join(
            f"{figure_name(name, one.figures)}：{value}" for name, value in one.figures.items() if value
        ),
        "reason": one.reason,
        "fix": one.fix,
        "evidence": facts.places.returned(evidence_text(one.evidence), own),
        "quote": clause.quote if clause else "",
    }
