"""C11: 光荣在党50年: in which year a member is due, and whether all who are due have the medal.

Source: calculations C11; YZ-4.3-f. The clause names only the medal; cut-off and start day are parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.doubts import doubted
from toolkit.compute.families.base import OverRows
from toolkit.compute.families.checklist import TASKS, later
from toolkit.compute.families.coverage import share_figures
from toolkit.compute.fields import Column, Limit, ParameterName, Rows
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.periods import add_years
from toolkit.model.binder import Text, Texts
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row

NO_PROBATION = (date(1969, 4, 1), date(1977, 8, 11))
"""Joining dates, both included, at which there was no probation: Party age starts on the day of joining."""


@dataclass(frozen=True, slots=True)
class DueYear:
    """The year in which the medal is due; None = unknown. `mark` is the code of how it was worked out."""

    year: int | None
    mark: str = ""


def due_year(
    full_date: date | None,
    join_date: date | None,
    *,
    years: int = 50,
    cutoff: tuple[int, int] = (7, 1),
    from_joining: bool = False,
) -> DueYear:
    """The year whose cut-off day is the first on or after the day of `years` in the Party.

    Args:
        cutoff: month and day of the cut-off.
        from_joining: Party age starts on the day of joining (`medal_start`).

    >>> due_year(date(1973, 7, 1), None).year, due_year(date(1973, 7, 2), None).year
    (2023, 2024)
    >>> due_year(None, date(1977, 9, 10))
    DueYear(year=2029, mark='MEDAL-PROBATION')
    """
    mark, start = "", join_date if from_joining else full_date
    if start is None and join_date is not None:
        plain = NO_PROBATION[0] <= join_date <= NO_PROBATION[1]
        mark = "MEDAL-NO-PROBATION" if plain else "MEDAL-PROBATION"
        start = join_date if plain else add_years(join_date, 1)
    if start is None:
        return DueYear(None)
    reached = add_years(start, years)
    return DueYear(reached.year + (reached > date(reached.year, *cutoff)), mark)


def medal_level(due: int, issued: int, unknown: int, *, year: int, as_of: date, closed_case: bool) -> tuple[str, str]:
    """Level and code of the reason for the medals of one year.

    Args:
        unknown: members of whom no date is known.
        closed_case: the task row of the clause says that the open cases are settled (一贯表现良好 is the
            branch's decision).

    >>> [medal_level(3, 1, 0, year=2023, as_of=day, closed_case=False)[0]
    ...  for day in (date(2023, 6, 30), date(2023, 12, 31), date(2024, 1, 1))]
    ['预警', '预警', '不达标']
    """
    if issued < due and not closed_case:
        closed = as_of > date(year, 12, 31)
        return (NOT_MET, "MEDAL-MISSED") if closed else (WARNING, "MEDAL-OPEN")
    if unknown:
        return UNDETERMINED, "MEDAL-UNKNOWN"
    if due == 0:
        return NOT_APPLICABLE, "MEDAL-NOBODY"
    return MET, "MEDAL-MET" if issued == due else "MEDAL-SETTLED"


@dataclass(frozen=True, slots=True)
class Medal(OverRows):
    """`family: open_for` years: what is due in the year in which somebody has been in the Party for so long."""

    family = "open_for"
    mark = "issued"
    title = "到期应办"
    sentence = "{rows}，从“{full}”（没有的按“{join}”推算）起满{years}年、以{cutoff}为界，应有“{issued}”"
    steps = ("应颁{due}，已颁{done}", "{done}÷{due}＝{percent}", "到期年份不明的{unknown}名")
    periods = ("year", "only", "from")
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    full: Annotated[str, Column()]
    join: Annotated[str, Column()]
    issued: Annotated[str, Column()]
    years: Annotated[Number, Limit()]
    cutoff: Annotated[str, ParameterName()]
    start: Annotated[str, ParameterName()]
    joining: Annotated[str, Text(key="joining_value")]
    settled: Annotated[frozenset[str], Texts(frozenset)]
    key: Annotated[str, Column(role="key")]

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Once the year is over a medal that is due and not issued is a breach, however soft the clause."""
        return (MET, missed(closed=closed, hard=True))

    def judge(self, case: Case) -> Iterator[Judged]:
        """Due and issued; without a roster the module is not in use and nothing is due."""
        if not case.all_rows(self.rows.sheet) and not case.refused(self.rows):
            yield Judged(NOT_APPLICABLE, "MEDAL-NO-ROSTER")
            return
        month, day = str(case.context.required(self.cutoff)).split("-")
        years, joining = int(case.number(self.years)), case.context.required(self.start) == self.joining
        due: list[Row] = []
        unknown: list[Row] = []
        marks: set[str] = set()
        for row in case.rows(self.rows):
            found = due_year(
                getattr(row, self.full),
                getattr(row, self.join),
                years=years,
                cutoff=(int(month), int(day)),
                from_joining=joining,
            )
            issued = getattr(row, self.issued)
            if found.year is None and issued is None:
                unknown.append(row)
            elif issued == case.year or (issued is None and found.year is not None and found.year <= case.year):
                due.append(row)
                marks |= {found.mark} - {""}
        yield self._verdict(case, due, unknown, marks)

    def _verdict(self, case: Case, due: list[Row], unknown: list[Row], marks: set[str]) -> Judged:
        open_rows = [row for row in due if getattr(row, self.issued) is None]
        found = case.found(TASKS.sheet, "task_no", case.compiled.clause)
        closed_case = found.row is not None and found.row.status in self.settled and not later(found.row, case.as_of)
        could = [row for row in found.refused if case.context.records.could(TASKS.sheet, row, "status", self.settled)]
        issued = len(due) - len(open_rows)
        if could and open_rows:
            return doubted(case, [Doubt(ROWS_REFUSED, TASKS.sheet, tuple(could))], case.unit)
        level, key = medal_level(
            len(due), issued, len(unknown), year=case.year, as_of=case.as_of, closed_case=closed_case
        )
        figures = share_figures(issued, len(due)) | {"unknown": str(len(unknown))}
        notes = "".join(case.context.sentence(mark, {}) for mark in sorted(marks))
        words = {"year": str(case.year), "notes": f"（{notes}）" if notes else ""}
        settled = ((TASKS.sheet, (found.row,)),) if key == "MEDAL-SETTLED" else ()
        shown = (self.rows.sheet, tuple(open_rows or unknown or due))
        return Judged(level, key, figures, words, (shown, *settled))
