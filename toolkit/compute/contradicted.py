"""A total that takes a duty away (nobody, or too few), and what else the unit's workbook says about it.

A total is at least as large as each total that is a part of it (其中), and as the sum that a rule of the form sets
beside it (`sum_equals_stat`: members of the branches, sizes of the study groups), and as the rows that name each of
them (the roster). Where those say that the duty reaches the unit, nobody knows which of the two is wrong, and the
total takes no duty away.

Source: calculations 1 (due = 0), V07, V09; forms.md, annual_stat (其中).
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
from toolkit.model.result import UNDETERMINED
from toolkit.model.rows import Row

BESIDE = "sum_equals_stat"
"""The rule that sets the rows of a sheet beside a total."""


def contradicted(case: Case, stat: str, least: Decimal | int = 1, listed: RowFilter | None = None) -> Judged | None:
    """无法判定, where a total below `least` is contradicted, or could be by what was refused; None where it is not.

    Args:
        stat: the total as it is stated, below `least`.
        least: from which number on the duty reaches the unit.
        listed: rows each of which is one of those that the total counts.
    """
    value, stated = case.stat(stat)
    form, doubts = case.context.dataset.form, []
    for part in _with_parts(form, stat):
        number, rows = case.stat(part)
        if part != stat and number is not None and number >= least:
            return _against(form, stat, value, (stated, rows), ("STAT-AGAINST-PART", _name(form, part), number))
        for column, counted in (*_beside(form, part), *((("", listed),) if listed and part == stat else ())):
            found, open_rows = _sum(case, column, counted)
            if found >= least:
                shown = ((STATS, stated), (counted.sheet, tuple(case.rows(counted))))
                label = form.by_name[counted.sheet].label
                return _against(form, stat, value, (stated,), ("STAT-AGAINST-ROWS", label, found), shown)
            doubts += open_rows
    parts = set(_with_parts(form, stat)) - {stat}
    if refused := tuple(row for row in case.all_refused(STATS) if row.stat_key in parts):
        doubts.append(Doubt(ROWS_REFUSED, STATS, refused))
    return doubted(case, doubts, case.unit) if doubts else None


def _against(form: Form, stat: str, value, stated, other: tuple[str, str, Decimal], shown=()) -> Judged:
    key, name, number = other
    figures = {"value": f"{value:f}", "shown": f"{number:f}"}
    rows = shown or ((STATS, tuple(row for rows in stated for row in rows)),)
    return Judged(UNDETERMINED, key, figures, {"stat": _name(form, stat), "other": name}, rows)


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


def _with_parts(form: Form, stat: str) -> Iterator[str]:
    """A total and all totals that are a part of it, directly or not."""
    rows = form.by_name[STATS].fixed_rows
    keys = {row.values["stat_key"]: row.key for row in rows}
    yield stat
    for row in rows:
        if row.parent == keys[stat]:
            yield from _with_parts(form, row.values["stat_key"])


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
