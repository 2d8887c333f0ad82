"""Changes of an invented return that may move the level of one indicator: each cell that it reads, row by row.

What is tried follows from what the indicator reads (`uses`): every choice, the numbers around its thresholds, days
around the turns of the year, no rows, more rows. Each is tried alone; what leads further is changed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from toolkit.compute.case import Compiled
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.reads import parts_of
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.policy import Parameters
from toolkit.policy_tools.reach.edits import (
    ALL,
    FIRST,
    HALF,
    MANY,
    NONE,
    STATS,
    Change,
    Which,
    copied,
    grown,
    kept,
    last_year,
    like,
    lowered,
    meeting,
    moved,
    one_by_one,
    one_of_each,
    rewritten,
    set_cells,
    set_stats,
)
from toolkit.policy_tools.reach.trials import Trial
from toolkit.policy_tools.uses import Uses, scalars

QUARTERS = 4


@dataclass(frozen=True)
class Changes:
    """All changes that concern one indicator.

    Args:
        day: of judgement; year: the report year.
        sample: what may stand in a cell for text.
    """

    compiled: Compiled
    uses: Uses
    form: Form
    parameters: Parameters
    day: date
    year: int
    sample: str

    def all(self) -> list[Change]:
        """Every change, the same order each time."""
        sheets = [(self.form.by_name[name], columns) for name, columns in self.uses.columns.items() if name != STATS]
        read = [(sheet, [one for one in sheet.columns if one.name in names and not one.key]) for sheet, names in sheets]
        tables = [(sheet, own) for sheet, own in read if sheet.layout == "table" and not sheet.fixed_rows]
        found = [*self._stats(), *self._last_year()]
        found += [
            meeting(one.sheet, self.meets(one), which) for one in self.filters for which in (Which(FIRST), Which(ALL))
        ]
        found += [change for sheet, own in tables for change in self._rows(sheet, own)]
        found += self._together([sheet for sheet, _ in tables])
        return [*found, *(change for sheet, own in read for change in self._cells(sheet, own))]

    @cached_property
    def filters(self) -> list[RowFilter]:
        """What rows must meet to be looked at."""
        return [part for part in parts_of(self.compiled.family) if isinstance(part, RowFilter) and part.conditions]

    def meets(self, rows: RowFilter) -> dict[str, object]:
        """Values of a row that a filter takes."""
        columns = self.form.by_name[rows.sheet].by_name
        found: dict[str, object] = {}
        for condition in rows.conditions:
            first, *others = (columns[name] for name in condition.columns)
            found |= {first.name: self._meets(condition, first), **{other.name: None for other in others}}
        return found

    def _meets(self, condition: Condition, column: Column) -> object:
        """A value of a column that meets a condition on it; None = an empty cell, or nothing better is known."""
        if condition.operator in ("at_least", "at_most"):
            number = condition.number
            limit = self._set(number.parameter) if number.parameter else number.literal
            return None if limit is None else int(str(limit)) if column.type == "integer" else Decimal(str(limit))
        if column.type == "date" and condition.flag:
            return condition.day or date(self.year, 6, 15)
        known = [value for value in self._values(column) if value is not None]
        if condition.operator == "not":
            known = [value for value in known if value not in condition.values]
        return known[0] if known and condition.flag else None

    def _cells(self, sheet: Sheet, own: Sequence[Column]) -> Iterator[Change]:
        for column in own:
            number = column.type in ("integer", "decimal")
            for value in self._values(column):
                yield set_cells(sheet.name, column.name, value, self.which(FIRST, sheet.name))
                every = self.which(ALL, sheet.name)
                if number and value is not None:
                    yield rewritten(sheet.name, column.name, value)
                else:
                    yield set_cells(sheet.name, column.name, value, every)
            if number:
                yield lowered(sheet.name, column.name, self.which(FIRST, sheet.name))

    def _rows(self, sheet: Sheet, own: Sequence[Column]) -> Iterator[Change]:
        """Fewer rows, more rows: as many as a threshold asks for, one for each choice."""
        first = self.which(FIRST, sheet.name)
        yield from (kept(sheet.name, which) for which in (Which(NONE), first, Which(HALF)))
        days = [column.name for column in own if column.type == "date"]
        for times in self._times():
            yield from (grown(sheet, first, times, day, self.year) for day in ("", *days))
        yield from (
            one_of_each(sheet, first, column.name, self.form.choices(column)) for column in own if column.choices
        )

    def likely(self, trial: Trial) -> int:
        """How near the rows of a trial are to what the indicator looks at."""
        sheets = [self.form.by_name[name] for name in self.uses.columns]
        best = [[self.which(FIRST, sheet.name).met(row) for row in trial.rows.get(sheet.name, ())] for sheet in sheets]
        return sum(1 + max(met) for met in best if met)

    def which(self, what: str, sheet: str) -> Which:
        """Some rows of a sheet, seen from the indicator."""
        return Which(what, tuple(rows for rows in self.filters if rows.sheet == sheet))

    def _times(self) -> list[int]:
        """By how many rows a sheet may grow: one, one a quarter, about as many as a threshold asks for."""
        asked = {int(number) - less for number in self.numbers for less in (0, 1, 2) if number <= MANY}
        return sorted({1, QUARTERS} | {times for times in asked if times > 0})

    def _together(self, tables: Sequence[Sheet]) -> Iterator[Change]:
        """More rows on all sheets at once, on those that are referred to first; of other persons, or of the same."""
        names = {target for sheet in tables for target in (sheet.name, *sheet.refers_to)}
        sheets = [one for one in self.form.sheets if one.name in names and one.layout == "table"]
        for times in self._times():
            for others in (True, False):
                more = [grown(one, self.which(FIRST, one.name), times, "", self.year, others=others) for one in sheets]
                yield one_by_one(more)
                for rows in self.filters:
                    yield one_by_one([*more, meeting(rows.sheet, self.meets(rows), Which(ALL))])
                    if self.compiled.everywhere:
                        yield one_by_one([*more, meeting(rows.sheet, self.meets(rows), Which(ALL)), copied])

    def _values(self, column: Column) -> list[object]:
        """What may be tried in a cell: every choice, numbers around the thresholds, days of several years, nothing.

        What is right for the form comes first, because it is what is changed further.
        """
        if column.type == "choice":
            return [*self._named(column), *self.form.choices(column), None]
        if column.type == "date":
            return [*self._days(), None]
        if column.type in ("integer", "decimal"):
            near = sorted(
                {number + step for number in (*self.numbers, Decimal(0)) for step in (-1, 0, 1)} | {Decimal(self.year)}
            )
            kind = int if column.type == "integer" else Decimal
            return [*(kind(number) for number in near if number >= 0), None]
        return [*self._named(column), column.example or self.sample, None]

    def _named(self, column: Column) -> list[object]:
        """The texts that the indicator's own conditions name for a column."""
        found: dict[object, None] = {}
        for condition in parts_of(self.compiled.family):
            if isinstance(condition, Condition) and column.name in condition.columns:
                found |= dict.fromkeys(sorted(condition.values))
                value = self.parameters.get(condition.parameter, self.parameters.day) if condition.parameter else None
                found |= dict.fromkeys(
                    value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
                )
        return list(found)

    @cached_property
    def numbers(self) -> list[Decimal]:
        """The thresholds of the indicator."""
        found: dict[Decimal, None] = {}
        for part in parts_of(self.compiled.family):
            if isinstance(part, Number):
                value = self._set(part.parameter) if part.parameter else part.literal
                if isinstance(value, Decimal | int):  # a day or a choice is no threshold
                    found[Decimal(value)] = None
        return list(found)

    def _set(self, parameter: str) -> object:
        return self.parameters.get(parameter, self.parameters.day)

    def _days(self) -> list[date]:
        """Days of the year, of the turns of the year, and of years before and after."""
        year = self.year
        inside = [date(year, month, 15) for month in (1, 3, 6, 9, 11)]
        turns = [
            date(year, 1, 1),
            date(year, 12, 31),
            date(year - 1, 12, 31),
            date(year - 1, 6, 30),
            date(year + 1, 1, 10),
        ]
        after = [date(year + 1, 2, 20), date(year + 1, 12, 31), date(year + 3, 6, 30)]
        before = [date(year - back, 3, 15) for back in (1, 2, 3, 4, 6, 12, 49, 50, 51, 55)]
        spans = [self.day - timedelta(int(days)) for days in self.numbers if 0 < days < 400]
        soon = [self.day + timedelta(int(days) // 2) for days in self.numbers if 1 < days < 400]
        return list(dict.fromkeys([*inside, *turns, *after, *before, *spans, *soon]))

    def _stats(self) -> Iterator[Change]:
        own = self._related()
        near = sorted({number + step for number in (*self.numbers, Decimal(0)) for step in (-1, 0, 1, 5)})
        for key in own:
            for value in (None, *(number for number in near if number >= 0)):
                yield set_stats({key: value})
            for other in own:
                if other != key:
                    yield from (like(key, other, step) for step in (-1, 0, 1))
        yield from (moved(pair, step) for pair in combinations(own, 2) for step in (-1, 1, 5))

    def _related(self) -> list[str]:
        """The totals that are read, with those that the rules of the form compare them with."""
        found = dict.fromkeys(self.uses.stats)
        for rule in self.form.rules if found else ():
            named = [*scalars(rule.args)] if rule.sheet == STATS else []
            if found.keys() & set(named):
                found |= dict.fromkeys(name for name in named if name in self._keys)
        return list(found)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(row.values["stat_key"] for row in self.form.by_name[STATS].fixed_rows)

    def _last_year(self) -> Iterator[Change]:
        """What the year before may have been, where the family compares with it."""
        yield last_year("full_members", lambda value: Decimal(0))
        yield last_year("in_service_secretaries", lambda pair: [pair[1], pair[1]])
        yield last_year("in_service_secretaries", lambda pair: [0, pair[1]])
