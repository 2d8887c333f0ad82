"""A total that takes a duty away (nobody, or too few), and what else the unit's workbook says about it.

A total is at least as large as each total that is a part of it (其中), and as the sum that a rule of the form sets
beside it (`sum_equals_stat`: members of the branches, sizes of the study groups), and as the rows that name each of
them (the roster). Where those say that the duty reaches the unit, nobody knows which of the two is wrong, and the
total takes no duty away; nor where a part of it is left empty, which is not 0. What the unit was asked about by a rule
and explained is no contradiction any more: the total stands, and somebody has to look at the explanation.

Source: calculations 1 (due = 0), 2 (missing ≠ zero), V07, V09; forms.md, annual_stat (其中).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import STATS
from toolkit.compute.doubts import doubted
from toolkit.compute.filters import RowFilter, interned
from toolkit.model.form import Form
from toolkit.model.organisations import BRANCHES, SHEET
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import UNDETERMINED, WARNING
from toolkit.model.rows import Row

BESIDE, LISTED, WITHIN = "sum_equals_stat", "stat_at_least_rows", "part_at_most_whole"
"""The rules that set a sum beside a total, rows of which each is one beside it, and a part beside its whole."""
PART, ROWS = (("STAT-AGAINST-PART", "STAT-PART-EXPLAINED"), ("STAT-AGAINST-ROWS", "STAT-ROWS-EXPLAINED"))
"""Codes of the reasons: what contradicts the total, and the same where the unit explained it."""


def contradicted(case: Case, stat: str, least: Decimal | int = 1, listed: RowFilter | None = None) -> Judged | None:
    """What else is said, where a total below `least` is contradicted or could be; None where it is not.

    无法判定, or 预警 where the unit explained all that contradicts it.

    Args:
        stat: the total as it is stated, below `least`.
        least: from which number on the duty reaches the unit.
        listed: rows each of which is one of those that the total counts.
    """
    found = list(_said_otherwise(case, stat, least, listed))
    return next((one for one in found if one.level == UNDETERMINED), found[0] if found else None)


def _said_otherwise(case: Case, stat: str, least: Decimal | int, listed: RowFilter | None) -> Iterator[Judged]:
    """Every number that contradicts a total, then what could; what is below an explained part is explained with it."""
    form, doubts, empty, waiting = case.context.dataset.form, [], [], [stat]
    while waiting:
        part = waiting.pop(0)
        number, rows = case.stat(part)
        if part != stat and number is not None and number >= least:
            told = _explained(case, WITHIN, rows)
            yield _against(case, stat, rows, (PART[told], _name(form, part), number), told)
            if told:
                continue
        if part != stat and number is None and rows:
            empty.append((part, rows))
        for column, counted in (*_beside(form, part), *((("", listed),) if listed and part == stat else ())):
            sum_of, open_rows = _sum(case, column, counted)
            if sum_of >= least:
                label, shown = form.by_name[counted.sheet].label, (counted.sheet, tuple(case.rows(counted)))
                told = _explained(case, BESIDE if column else LISTED, rows)
                yield _against(case, stat, (), (ROWS[told], label, sum_of), told, shown)
            doubts += open_rows
        waiting[:0] = _parts(form, part)
    if refused := tuple(row for row in case.all_refused(STATS) if row.stat_key in set(_below(form, stat))):
        doubts.append(Doubt(ROWS_REFUSED, STATS, refused))
    if doubts:
        yield doubted(case, doubts, case.unit)
    for part, rows in empty:
        yield _against(case, stat, rows, ("STAT-PART-EMPTY", _name(form, part), Decimal(0)), False)


def _against(case: Case, stat: str, rows, other: tuple[str, str, Decimal], told: bool, *shown) -> Judged:
    """The total, and what is said beside it: in other rows of the same sheet, or in rows `shown` of another one."""
    key, name, number = other
    value, stated = case.stat(stat)
    figures = {"value": f"{value:f}", "shown": f"{number:f}"}
    words = {"stat": _name(case.context.dataset.form, stat), "other": name}
    evidence = ((STATS, (*stated, *rows)), *shown)
    return Judged(WARNING if told else UNDETERMINED, key, figures, words, evidence)


def _explained(case: Case, check: str, rows: tuple[Row, ...]) -> bool:
    """Whether the unit explained, beside its total, what a rule of the form asked about it."""
    said, rules = case.context.dataset.explained, case.context.dataset.form.rules
    codes = [rule.code for rule in rules if rule.check == check and rule.sheet == STATS]
    return bool(rows) and all(any((code, *row.origin[1:]) in said for code in codes) for row in rows)


def _sum(case: Case, column: str, counted: RowFilter) -> tuple[Decimal, list[Doubt]]:
    """The sum of what is known, or without a column how many rows there are, and the rows that could add to it."""
    known = [getattr(row, column) if column else 1 for row in case.rows(counted)]
    found = sum((Decimal(number) for number in known if number is not None), Decimal(0))
    sheet, records = counted.sheet, case.context.records

    def adds(row: Row) -> bool:
        return not column or column in records.open(sheet, row) or bool(getattr(row, column))

    doubts = []
    if refused := tuple(filter(adds, case.refused(counted))):
        doubts.append(Doubt(ROWS_REFUSED, sheet, refused))
    lossy = records.lost_cells(sheet, filter(adds, case.lossy(counted)), {column, *counted.columns()})
    return found, [*doubts, *((lossy,) if lossy else ())]


def _parts(form: Form, stat: str) -> list[str]:
    """The totals that are a part of a total."""
    rows = form.by_name[STATS].fixed_rows
    key = next((row.key for row in rows if row.values["stat_key"] == stat), "")
    return [row.values["stat_key"] for row in rows if key and row.parent == key]


def _below(form: Form, stat: str) -> Iterator[str]:
    """All totals that are a part of a total, directly or not."""
    for part in _parts(form, stat):
        yield part
        yield from _below(form, part)


def _beside(form: Form, stat: str) -> Iterator[tuple[str, RowFilter]]:
    """The column that is added up beside a total, and of which rows, as the rules of the form say."""
    for rule in form.rules:
        if rule.check == BESIDE and rule.args["stat"] == stat:
            sheet, column = str(rule.args["far"]).split(".")
            known = form.by_name[sheet]
            active = (known.since, known.until) if sheet != SHEET else None
            yield column, interned(RowFilter(sheet, active=active, organisations=BRANCHES if sheet == SHEET else ""))


def _name(form: Form, stat: str) -> str:
    rows = form.by_name[STATS].fixed_rows
    return next(row.values["stat_name"] for row in rows if row.values["stat_key"] == stat)
