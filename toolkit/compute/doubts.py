"""What of the records could change a level: refused rows and lost cells that an indicator rests on.

A family says which of its rows are each judged alone (`alone`): a doubt about one of those is a result of its own,
the others stand. Any other doubt makes the whole result 无法判定. Rows that a family weighs itself are left to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import STATS
from toolkit.compute.filters import RowFilter
from toolkit.compute.reads import columns_read
from toolkit.model.form import Form
from toolkit.model.records import CELLS_LOST, ROWS_REFUSED, Doubt, cells_in_words
from toolkit.model.result import UNDETERMINED
from toolkit.model.rows import Row


@dataclass
class Doubts:
    """The doubts of one case.

    Args:
        whole: they concern whatever is said.
        alone: they concern one row each, or rows that are not among the merged ones.
    """

    whole: list[Doubt] = field(default_factory=list)
    alone: list[Doubt] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.whole or self.alone)


def doubts_of(case: Case) -> Doubts:
    """Everything refused or lost that could change what a family says about a case."""
    found = Doubts()
    alone = case.compiled.family.alone
    for rows in case.compiled.family.filters:
        into = found.alone if alone is not None and rows == alone else found.whole
        if refused := case.refused(rows):
            into.append(Doubt(ROWS_REFUSED, rows.sheet, tuple(refused)))
        into += _lost(case, rows)
    if refused := _refused_stats(case):
        found.whole.append(Doubt(ROWS_REFUSED, STATS, refused))
    found.whole = _together(found.whole)
    return found


def _lost(case: Case, rows: RowFilter) -> Iterable[Doubt]:
    """Lost cells that the family reads, of rows that pass a filter or could pass it; one doubt a row."""
    lossy = case.lossy(rows)
    if not lossy:
        return ()
    read = _reads(case).get(rows.sheet, ())
    found = (case.context.records.lost_cells(rows.sheet, (row,), read) for row in lossy)
    return [doubt for doubt in found if doubt]


def _reads(case: Case) -> dict[str, tuple[str, ...]]:
    scratch, compiled = case.context.scratch, case.compiled
    at = ("reads", id(compiled.family))
    if at not in scratch:
        scratch[at] = columns_read(compiled, case.context.dataset.form)
    return scratch[at]


def _refused_stats(case: Case) -> tuple[Row, ...]:
    stats = case.compiled.family.stats
    if not stats:
        return ()
    return tuple(row for row in case.all_refused(STATS) if row.stat_key in stats or row.stat_key is None)


def _together(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Refused rows once a sheet, however many filters they could pass."""
    refused: dict[str, dict[Row, None]] = {}
    for doubt in doubts:
        if doubt.code == ROWS_REFUSED:
            refused.setdefault(doubt.sheet, {}).update(dict.fromkeys(doubt.rows))
    lost = [doubt for doubt in doubts if doubt.code == CELLS_LOST]
    return [*(Doubt(ROWS_REFUSED, sheet, tuple(rows)) for sheet, rows in refused.items()), *dict.fromkeys(lost)]


def in_words(doubts: Sequence[Doubt], form: Form) -> tuple[str, dict[str, str], dict[str, str]]:
    """Code of the reason, its figures and its words; refused rows are said before lost cells."""
    refused = [doubt for doubt in doubts if doubt.code == ROWS_REFUSED]
    if refused:
        sheets = "、".join(dict.fromkeys(form.by_name[doubt.sheet].label for doubt in refused))
        return ROWS_REFUSED, {"refused": str(sum(len(doubt.rows) for doubt in refused))}, {"sheets": sheets}
    cells = "、".join(dict.fromkeys(cells_in_words(form, one.sheet, one.rows, one.columns) for one in doubts))
    return CELLS_LOST, {}, {"cells": cells}


def doubted(case: Case, doubts: Sequence[Doubt], subject: str = "") -> Judged:
    """无法判定 because of refused rows or lost cells; about the row where it is only one and no subject is given."""
    form = case.context.dataset.form
    key, figures, words = in_words(doubts, form)
    rows = tuple((doubt.sheet, doubt.rows) for doubt in doubts)
    concerned = {(doubt.sheet, row) for doubt in doubts for row in doubt.rows}
    names = [getattr(row, form.by_name[sheet].key[0]) for sheet, row in concerned if form.by_name[sheet].key]
    return Judged(UNDETERMINED, key, figures, words, rows, subject or (str(names[0] or "") if len(names) == 1 else ""))
