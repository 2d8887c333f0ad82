"""Whom a duty is about: a unit that has nobody of that kind does not owe it (calculations 1, due = 0).

What was done all the same is judged: it says that there is somebody.

Source: YZ-1.1-h, YN-12-c (为离退休干部党员讲党课); YN-12-d (到离退休干部党组织调研); YZ-S4-j (党组织活动经费);
YN-11-o, YN-12-h (离退休干部).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import STATS
from toolkit.compute.contradicted import contradicted
from toolkit.compute.doubts import doubted
from toolkit.compute.fields import Rows, Stat
from toolkit.compute.filters import RowFilter, StatBeside
from toolkit.compute.lookups import Reading
from toolkit.compute.periods import year_of
from toolkit.model.binder import Text
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED
from toolkit.model.rows import Row


@dataclass(frozen=True, slots=True)
class Reach:
    """The people or organisations without which there is nothing to do.

    Args:
        of: what they are called.
        stat: a total of the unit; at 0 the duty does not reach it, unless other cells say that there is somebody.
        rows: or rows of the unit: without any that is there on a day of the year the duty does not reach it.
        shown: beside a total: rows that say that there is somebody, where the total says nothing.
    """

    of: Annotated[str, Text()]
    stat: Annotated[StatBeside, Stat(StatBeside)] = StatBeside("")
    rows: Annotated[RowFilter | None, Rows()] = None
    shown: Annotated[RowFilter | None, Rows()] = None

    def check(self, at: Reading) -> None:
        """Either a total or rows."""
        if bool(self.stat) == bool(self.rows):
            at.fail("“stat”和“rows”应有且只有一个")

    def nobody(self, case: Case) -> Judged | None:
        """不适用, where it is certain that there is nobody; 无法判定 where the unit's own cells contradict that."""
        if self.rows is None:
            value, rows = case.stat(self.stat)
            return (contradicted(case, self.stat) or self._none(((STATS, rows),))) if value == 0 else None
        missing = case.context.missing_sheet(case.unit, (self.rows.sheet,))
        if missing or _there(case, self.rows):
            return None
        return self._none(((self.rows.sheet, tuple(case.rows(self.rows))),))

    def uncertain(self, case: Case) -> Judged | None:
        """无法判定, where only rows that may not be there in the year say that there is somebody, or no total does.

        A row refused for something else than its days is somebody's all the same: the duty stands. So it does where
        the total is empty or refused, and an organisation shows that there is somebody.
        """
        there = _there(case, self.rows or self.shown) if self.rows or self.shown else {}
        doubts = list(filter(None, there.values()))
        if len(doubts) < len(there):
            return None
        if self.rows is not None:
            return doubted(case, doubts, case.unit) if there else None
        value, rows = case.stat(self.stat)
        if value is not None:
            return None
        refused = tuple(row for row in case.all_refused(STATS) if row.stat_key in (self.stat, None))
        if refused:
            return doubted(case, [Doubt(ROWS_REFUSED, STATS, refused)], case.unit)
        if sheet := case.context.missing_sheet(case.unit, (STATS,)):
            return Judged(UNDETERMINED, "SHEET-MISSING", words={"sheet": sheet})
        return Judged(UNDETERMINED, "REACH-UNKNOWN", words={"of": self.of}, rows=((STATS, rows),))

    def _none(self, rows: tuple) -> Judged:
        return Judged(NOT_APPLICABLE, "REACH-NOBODY", words={"of": self.of}, rows=rows)


def _there(case: Case, rows: RowFilter) -> dict[Row, Doubt | None]:
    """The rows, refused ones too, that are there on a day of the year, as far as can be read → what is open."""
    records, sheet = case.context.records, case.context.dataset.form.by_name[rows.sheet]
    days, year = {sheet.since, sheet.until} - {""}, year_of(case.year)

    def there(row: Row) -> bool:
        return year.overlap(*(getattr(row, day) if day else None for day in (sheet.since, sheet.until))) > 0

    found: dict[Row, Doubt | None] = {}
    for row in filter(there, case.rows(rows)):
        found[row] = records.lost_cells(sheet.name, (row,), days)
    for row in filter(there, case.refused(rows)):
        unread = records.open(sheet.name, row) & days
        found[row] = Doubt(ROWS_REFUSED, sheet.name, (row,)) if unread else None
    return found
