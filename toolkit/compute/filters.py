"""The row filter of the packs: which rows of which sheet an indicator looks at.

In a pack:

    rows:
      sheet: event
      where:
        event_type|also_counts_as: [情况通报]   # either column holds one of the values
        mode: {not: [送学上门]}                 # filled and none of the values
        dissolve_date: {filled: "false"}        # empty
        full_members: {at_least: {parameter: branch_min_full}}
        award_date: {from: {parameter: model_branch_from}}   # that day or later; also from: "2025-01-01"
        trained_date: {in_year: "true"}         # in the report year
        title: {contains: {parameter: theme_of_year}}
        speaker_role: {among: {parameter: leader_roles}}   # one of the values of a list
      active: [start_date, end_date]            # in force on the day of judgement
      organisations: branches                   # of the sheet party_org: a selection of toolkit.model.organisations
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from toolkit.model.organisations import READS, in_force, possible
from toolkit.model.rows import Row

if TYPE_CHECKING:
    from toolkit.compute.context import Context

Test = Callable[[Any], bool]
OPERATORS = ("not", "filled", "at_least", "at_most", "from", "in_year", "contains", "among")


class UnitColumn(str):
    """A column of the sheet `unit` that a family reads beside its rows."""


class StatBeside(str):
    """A total of the unit that a family reads beside those that its level rests on."""


@dataclass(frozen=True, slots=True)
class Number:
    """A threshold: a literal of the pack or the name of a parameter."""

    literal: Decimal | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one column, or on either of several.

    Args:
        operator: `in` or one of OPERATORS.
        values: texts, for `in` and `not`.
        flag: for `filled` and `in_year`.
        number: for `at_least` and `at_most`; `day` for `from`; `parameter` for `contains` and `among`, and for a
            `from` whose day is none of the text.
    """

    columns: tuple[str, ...]
    operator: str
    values: frozenset[str] = frozenset()
    flag: bool = True
    number: Number = Number()
    day: date | None = None
    parameter: str = ""

    def test(self, context: Context) -> Test:
        """The test of one value; an empty cell passes only `filled: false`."""
        if self.operator == "in":
            return self.values.__contains__
        if self.operator == "not":
            return lambda value: value is not None and value not in self.values
        if self.operator == "filled":
            return lambda value: (value is not None) is self.flag
        if self.operator == "in_year":
            return lambda value: (value is not None and value.year == context.year) is self.flag
        if self.operator == "from":
            first = context.required(self.parameter) if self.parameter else self.day
            assert isinstance(first, date)
            return lambda value: value is not None and value >= first
        if self.operator == "among":
            listed = context.required(self.parameter)
            return frozenset(listed if isinstance(listed, tuple) else (str(listed),)).__contains__
        if self.operator == "contains":
            part = context.setting(self.parameter) or ""
            return lambda value: value is not None and str(part) in str(value)
        limit = context.number(self.number)
        if self.operator == "at_least":
            return lambda value: value is not None and value >= limit
        return lambda value: value is not None and value <= limit


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows of one sheet that meet all conditions.

    Args:
        active: (first day, last day) columns; the row must be in force on the day of judgement.
        organisations: a selection of organisations to which the row must belong; "" = any row.
        unsure: columns in which an empty cell leaves open whether the row matches.
    """

    sheet: str
    conditions: tuple[Condition, ...] = ()
    active: tuple[str, str] | None = None
    organisations: str = ""
    unsure: tuple[str, ...] = ()

    def bound(self, context: Context, day: date, ignoring: Iterable[str] = ()) -> Callable[[Row], bool]:
        """A test of rows.

        Args:
            day: the day on which rows must be in force.
            ignoring: columns in which an empty cell counts as a match (it could be one); of `a|b` only a.
        """
        lenient = set(ignoring)
        plain: list[tuple[attrgetter, Test]] = []
        wide: list[tuple[tuple[attrgetter, ...], Test, bool]] = []
        for condition in self.conditions:
            getters, test = tuple(attrgetter(name) for name in condition.columns), condition.test(context)
            if len(getters) == 1 and not lenient & set(condition.columns):
                plain.append((getters[0], test))
            else:
                wide.append((getters, test, bool(lenient & set(condition.columns))))
        start, end = (attrgetter(name) for name in self.active) if self.active else (None, None)
        selected = self._selected(context, lenient)

        def passes(row: Row) -> bool:
            for get, test in plain:
                if not test(get(row)):
                    return False
            for getters, test, blank_counts in wide:
                cells = [get(row) for get in getters]
                if not any(map(test, cells)) and not (blank_counts and cells[0] is None):
                    return False
            if selected and not selected(row):
                return False
            return start is None or end is None or in_force(start(row), end(row), day)

        return passes

    def possible(
        self, context: Context, day: date, open_cells: Callable[[Row], frozenset[str]]
    ) -> Callable[[Row], bool]:
        """A test of rows: whether a row passes, or could pass.

        Args:
            open_cells: the columns of a row whose content nobody knows; they are empty in the row.
        """
        tests = [(condition.columns, condition.test(context)) for condition in self.conditions]
        selected = self._selected(context, set(READS))

        def passes(row: Row) -> bool:
            unknown = open_cells(row).union(name for name in self.unsure if getattr(row, name) is None)
            for columns, test in tests:
                if unknown.isdisjoint(columns) and not any(test(getattr(row, name)) for name in columns):
                    return False
            if selected and not selected(row):
                return False
            return not self.active or in_force(getattr(row, self.active[0]), getattr(row, self.active[1]), day)

        return passes

    def _selected(self, context: Context, lenient: set[str]) -> Test | None:
        """The test of `organisations`; with its columns among the lenient ones, whether the row could belong there."""
        if not self.organisations:
            return None
        if lenient & set(READS):
            day = context.organisations.day
            return lambda row: possible({name: getattr(row, name, None) for name in READS}, self.organisations, day)
        places = context.organisations.places(self.organisations)
        return lambda row: row.origin[1:] in places

    def columns(self) -> frozenset[str]:
        """All columns that the filter reads."""
        named = {name for condition in self.conditions for name in condition.columns}
        return frozenset(named | set(self.active or ()) | set(READS if self.organisations else ()))


@cache
def interned(rows: RowFilter) -> RowFilter:
    """The one object for all equal filters, so that rows are selected once and found by identity."""
    return rows
