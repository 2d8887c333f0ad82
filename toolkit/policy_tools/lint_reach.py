"""Whether the form lets an indicator say both: met and missed.

For every condition by which an indicator judges a row (`Family.decides`) rows of invented units are taken, the cell is
set to what the condition accepts and to what it does not, an empty cell among them, and the row is put to the form's
own checks of that sheet. Where every such row is refused because of an 错误 at that cell, a level can never be seen.

Not tried here: rules over several sheets, and levels that come from counts, sums and dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pandas as pd

from toolkit.compute.case import Family
from toolkit.compute.filters import Condition
from toolkit.compute.indicators import ELSEWHERE, compile_indicators
from toolkit.model.errors import DefinitionError
from toolkit.model.finding import ERROR
from toolkit.model.form import Column, Form
from toolkit.model.policy import Policy
from toolkit.model.problems import Listed
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.texts import say
from toolkit.sample import sample_units
from toolkit.sample.filling import fill
from toolkit.sample.story import Story
from validators.compile import DTYPES, compiled
from validators.run import run

UNITS, SEED, TRIED = 8, 1, 6
PLAIN = ("in", "not", "filled")
"""Operators that can be tried on a value alone."""


def look(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """Adds the indicators of which the form hides a level; those that do not compile are said elsewhere."""
    trial = Trial(policy, form)
    for indicator in policy.indicators:
        if indicator.family in ELSEWHERE or indicator.force == "I":
            continue
        try:
            (one,) = compile_indicators(replace(policy, indicators=(indicator,)), form)
        except DefinitionError:
            continue
        for key, codes in trial.hidden(one.family):
            problems.add(indicator.file, indicator.line, say("check", key, codes="、".join(codes)))


@dataclass
class Trial:
    """Rows of invented units, changed in one cell and put to the checks of their sheet."""

    policy: Policy
    form: Form
    _rows: dict[str, list[dict]] | None = None
    _blocked: dict[tuple[str, str, object], tuple[str, ...] | None] = field(default_factory=dict)

    def hidden(self, family: Family) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Which of met and missed nobody can ever see, with the codes of the 错误 that hide it.

        Missed is hidden when no condition can be missed, or when a cell that is judged for being filled in may not be
        empty; met when one of the conditions cannot be met.
        """
        filters = (*family.filters, *family.weighed)
        conditions = [one for one in family.decides if one.operator in PLAIN]
        if not conditions or len(conditions) < len(family.decides) or not filters:
            return
        sheet = filters[0].sheet
        if any(name in self.form.by_name[sheet].key for one in conditions for name in one.columns):
            return  # what links to a key stands elsewhere, and is missed where there is no such row
        misses = [(one, self._codes(sheet, one, False)) for one in conditions]
        hidden = [codes for one, codes in misses if codes and one.operator == "filled"]
        if not hidden and all(codes for _, codes in misses):
            hidden = [codes for _, codes in misses]
        if hidden:
            yield "hides_missed", tuple(sorted({code for codes in hidden for code in codes}))
        meets = [codes for one in conditions if (codes := self._codes(sheet, one, True))]
        if meets:
            yield "hides_met", tuple(sorted({code for codes in meets for code in codes}))

    def _codes(self, sheet: str, condition: Condition, met: bool) -> tuple[str, ...]:
        """Codes of the 错误 against every value of one kind; () = some row can have one, or no value is known."""
        column = self.form.by_name[sheet].by_name[condition.columns[0]]
        test = _test(condition)
        against: set[str] = set()
        for value in self._values(sheet, column):
            if test(value) is met:
                codes = self._refused(sheet, column, value)
                if not codes:
                    return ()
                against.update(codes)
        return tuple(sorted(against))

    def _values(self, sheet: str, column: Column) -> list[object]:
        """What may be tried in a cell: nothing, every choice, what invented units write there."""
        written = [row.get(column.name) for row in self.rows.get(sheet, ())]
        known = list(dict.fromkeys(value for value in written if value not in (None, "")))
        return [None, *self.form.choices(column), *known[:TRIED]]

    def _refused(self, sheet: str, column: Column, value: object) -> tuple[str, ...]:
        """Codes of the 错误 at the cell in every row that was tried; () when one row passes, or there is no row."""
        at = sheet, column.name, value
        if at not in self._blocked:
            rows = self.rows.get(sheet, [])[:TRIED]
            self._blocked[at] = self._tried(sheet, column.name, [{**row, column.name: value} for row in rows])
        return self._blocked[at] or ()

    def _tried(self, sheet: str, column: str, rows: list[dict]) -> tuple[str, ...]:
        if not rows:
            return ()
        frame = _frame(self.form, sheet, rows, self.policy.first_year)
        bad: dict[int, set[str]] = {place: set() for place in range(len(rows))}
        for hit in run(compiled(self.form, sheet), frame):
            if hit.spec.severity == ERROR and column in hit.spec.touched:
                for place in frame.index[hit.bad]:
                    bad[place].add(hit.spec.code)
        return () if not all(bad.values()) else tuple(sorted(set().union(*bad.values())))

    @property
    def rows(self) -> dict[str, list[dict]]:
        """Rows of invented units by sheet."""
        if self._rows is None:
            self._rows = {}
            units = sample_units(self.policy, UNITS, SEED)
            codes = tuple(unit.code for unit in units)
            for unit in units:
                story = Story(unit, codes, self.form, self.policy.id, self.policy.first_year, SEED)
                for sheet, rows in fill(story, "", self.policy).rows.items():
                    self._rows.setdefault(sheet, []).extend(rows)
        return self._rows


def _test(condition: Condition):
    if condition.operator == "filled":
        return lambda value: (value not in (None, "")) is condition.flag
    if condition.operator == "in":
        return lambda value: value in condition.values
    return lambda value: value not in (None, "") and value not in condition.values


def _frame(form: Form, sheet: str, rows: list[dict], year: int) -> pd.DataFrame:
    """Rows as the checks of a sheet see them; each stands in a return of its own."""
    index = pd.RangeIndex(len(rows))
    data: dict[str, object] = {
        "_return": pd.Series(range(len(rows)), dtype="int64"),
        "_unit": pd.Series(["000000"] * len(rows), dtype=object),
        "_sheet": pd.Series([sheet] * len(rows), dtype=object),
        "_row": pd.Series([7] * len(rows), dtype="int64"),
    }
    for column in form.by_name[sheet].columns:
        cells = [_cell(column, row.get(column.name)) for row in rows]
        data[column.name] = pd.Series(cells, index=index, dtype=DTYPES.get(column.type, "object"))
    days = {"_as_of": date(year + 1, 1, 15), "_first_day": date(year, 1, 1), "_last_day": date(year, 12, 31)}
    for name, day in (*days.items(), ("_fill_date", date(year, 12, 20))):
        data[name] = pd.Series([pd.Timestamp(day)] * len(rows), dtype="datetime64[s]")
    data["_year"] = pd.Series([year] * len(rows), dtype="Int64")
    return pd.DataFrame(data)


def _cell(column: Column, value: object) -> object:
    if value in (None, ""):
        return pd.NaT if column.type == "date" else None
    if column.type == "date":
        return pd.Timestamp(value)  # type: ignore[arg-type]
    return Decimal(str(value)) if column.type == "decimal" else int(str(value)) if column.type == "integer" else value
