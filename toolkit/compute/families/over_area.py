"""What families have in common whose figure of the whole area is put together from what its units contribute.

A round judges it from its own rows; a level that merges returns upward judges it from what they carry. Both go
through `judge`, so that the same facts get the same level, whoever puts them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.compute.context import Context
from toolkit.compute.families.base import Resting
from toolkit.compute.families.coverage import NAMED
from toolkit.compute.filters import RowFilter
from toolkit.compute.judging import Case, Judged
from toolkit.model.portions import Portion, Tally
from toolkit.model.rows import Row


class OverArea(Resting):
    """A family over the rows of one filter in all workbooks of an area; it weighs refused rows itself."""

    __slots__ = ()
    scopes = ("area",)
    rows: RowFilter

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The rows that count."""
        return (self.rows,)

    def gather(self, case: Case) -> Iterable[Portion]:
        """What the units of a case contribute, row by row."""
        raise NotImplementedError

    def weigh(self, case: Case, portions: Sequence[Portion]) -> Iterable[Judged]:
        """What is said of the area on what its units contribute."""
        raise NotImplementedError

    def counted(self, portions: Sequence[Portion], keys: Mapping[str, str]) -> Tally | None:
        """How many different things there are; None where the family counts none."""
        return None

    def need(self, context: Context) -> str:
        """The number that is wanted; "" where the figure is no number.

        Raises: Unset: the parameter is open.
        """
        return ""

    def judge(self, case: Case) -> Iterable[Judged]:
        """The results for the area."""
        gathered = case.context.gathered
        given = gathered.portions.get(case.compiled.clause, ()) if gathered else self.gather(case)
        return self.weigh(case, tuple(given))

    def uncertain(self, case: Case) -> Iterator[Row]:
        """Rows that could count once they are put right: refused ones, and merged ones that lack what decides."""
        counted = {row.origin for row in case.rows(self.rows)}
        yield from case.refused(self.rows)
        yield from (row for row in case.lossy(self.rows) if row.origin not in counted)

    def shown(self, portions: Iterable[Portion]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """The rows of some portions, as far as they are at hand."""
        return ((self.rows.sheet, tuple(row for one in portions for row in one.found)),)


def absent(case: Case) -> str:
    """What of the area is not there to be counted, in words: units and returns upward; "" = nothing is missing."""
    context = case.context
    away = sum(not case.heard(unit.code) for unit in context.units)
    units = context.sentence("AREA-AWAY", {"away": away}) if away else ""
    return "，".join(filter(None, (units, unreported(case))))


def unreported(case: Case) -> str:
    """Which returns upward are missing or say nothing of the clause, in words; "" in a round that merges none."""
    gathered, said = case.context.gathered, case.context.sentence
    if gathered is None:
        return ""
    names = {"AREA-REPORTS": gathered.missing, "AREA-SILENT": gathered.silent_on(case.compiled.clause)}
    parts = [said(key, {"count": len(found), "names": _first(found)}) for key, found in names.items() if found]
    return "，".join(parts if gathered.listed else [*parts, said("AREA-UNLISTED", {})])


def _first(names: Sequence[str]) -> str:
    """Names as a reason lists them: of many the first ones."""
    return "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
