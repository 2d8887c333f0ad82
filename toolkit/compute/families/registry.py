"""Registries and figures without a level: what there is, by what, and how it moved since last year.

Source: calculations 6, family `count` (force I): the result is 不适用 with the figures as its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import USUAL, Resting
from toolkit.compute.families.coverage import percent, plain
from toolkit.compute.fields import Column, Columns, Rows, Stat
from toolkit.compute.filters import RowFilter
from toolkit.compute.lookups import Reading
from toolkit.compute.people import distinct
from toolkit.model.binder import Text
from toolkit.model.people import COLUMNS
from toolkit.model.result import NOT_APPLICABLE
from toolkit.model.rows import Row

PERSON = COLUMNS[0]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    Args:
        rows: rows to count; `of`: the rows of which they are a share.
        total: column to add up instead; distinct: column whose values are counted once; of the number of a person
            the persons are counted, as they are told apart everywhere.
        by: columns to group by.
        stat: a total of the unit instead of rows; `of_stat`: the total of which it is a share.
        moved: column to compare with last year's key figures of the same name, by `key`.
    """

    label: Annotated[str, Text()]
    rows: Annotated[RowFilter | None, Rows()] = None
    of: Annotated[RowFilter | None, Rows()] = None
    total: Annotated[str, Column(key="sum")] = ""
    distinct: Annotated[str, Column()] = ""
    by: Annotated[tuple[str, ...], Columns()] = ()
    stat: Annotated[str, Stat()] = ""
    of_stat: Annotated[str, Stat()] = ""
    moved: Annotated[str, Column()] = ""
    key: Annotated[str, Column()] = ""

    def check(self, at: Reading) -> None:
        """Rows or a total."""
        if bool(self.rows) == bool(self.stat):
            at.fail("“rows”和“stat”应有且只有一个")

    def value(self, case: Case) -> tuple[str, tuple[tuple[str, tuple[Row, ...]], ...]]:
        """The figure as text and the rows it rests on."""
        if self.stat:
            return self._stat(case)
        assert self.rows is not None
        rows = case.rows(self.rows)
        shown = ((self.rows.sheet, tuple(rows)),)
        if self.moved:
            return self._moves(case, rows), shown
        if self.by:
            return grouped(rows, self.by), shown
        if self.total:
            return plain(sum((Decimal(getattr(row, self.total) or 0) for row in rows), Decimal(0))), shown
        if self.distinct == PERSON:
            return self._persons(case, rows), shown
        count = len({getattr(row, self.distinct) for row in rows}) if self.distinct else len(rows)
        if self.of:
            return share(count, len(case.rows(self.of))), shown
        return str(count), shown

    def _persons(self, case: Case, rows: list[Row]) -> str:
        """How many persons; with the least number while some of them may be one."""
        found = distinct(rows, case.context.dataset.rulings)
        text = share(found.count, len(case.rows(self.of))) if self.of else str(found.count)
        if found.least == found.count:
            return text
        return text + case.context.sentence("PERSONS-DOUBT", {"least": str(found.least)})

    def _stat(self, case: Case) -> tuple[str, tuple[tuple[str, tuple[Row, ...]], ...]]:
        value, rows = case.stat(self.stat)
        text = plain(value)
        if self.of_stat:
            due, more = case.stat(self.of_stat)
            rows = (*rows, *more)
            text = "" if value is None or due is None else share(value, due)
        before = case.context.prior("stats").get(case.unit, {}).get(self.stat)
        case.learn_prior(self.label, before)
        return text if before is None else f"{text}（{before}）", (("annual_stat", rows),)

    def _moves(self, case: Case, rows: list[Row]) -> str:
        assert self.rows is not None
        prior = case.context.prior(self.moved)
        for row in rows:
            code = str(getattr(row, self.key))
            case.learn_prior(f"{case.context.attribute_label(self.moved, self.rows.sheet)} {code}", prior.get(code))
        pairs = Counter(
            f"{prior[str(getattr(row, self.key))]}→{getattr(row, self.moved)}"
            for row in rows
            if str(getattr(row, self.key)) in prior
        )
        return "、".join(f"{pair}{count}" for pair, count in sorted(pairs.items()))


def share(done: Decimal | int, due: Decimal | int) -> str:
    """A share as people read it.

    >>> share(1, 4), share(0, 0)
    ('1/4（25.00%）', '0/0')
    """
    return f"{plain(done)}/{plain(due)}" + (f"（{percent(done, due)}）" if due else "")


def grouped(rows: list[Row], columns: tuple[str, ...]) -> str:
    """Rows counted by the values of some columns, in the order of the values; no rows are `0`.

    >>> from collections import namedtuple
    >>> row = namedtuple("row", "level")
    >>> grouped([row("省级"), row("单位级"), row("省级")], ("level",))
    '单位级1、省级2'
    """
    counts = Counter("·".join(str(getattr(row, name) or "—") for name in columns) for row in rows)
    return "、".join(f"{value}{count}" for value, count in sorted(counts.items())) or "0"


@dataclass(frozen=True, slots=True)
class Registry(Resting):
    """`family: information`: figures and no level."""

    family = "information"
    mark = "measures"
    title = "登记和统计"
    sentence = "列出数字，不评等级：{measures}"
    periods = (*USUAL, "event")

    measures: tuple[Measure, ...]

    def check(self, at: Reading) -> None:
        """No two figures are called alike."""
        if len({measure.label for measure in self.measures}) < len(self.measures):
            at.fail("“measures”的“label”重复", "measures")

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """All rows that are counted."""
        return tuple(rows for measure in self.measures for rows in (measure.rows, measure.of) if rows)

    @property
    def stats(self) -> tuple[str, ...]:
        """All totals that are shown."""
        return tuple(name for measure in self.measures for name in (measure.stat, measure.of_stat) if name)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """No level."""
        return ()

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result: figures and no level."""
        figures, rows = {}, {}
        for measure in self.measures:
            figures[measure.label], shown = measure.value(case)
            for sheet, found in shown:
                rows.setdefault(sheet, {}).update(dict.fromkeys(found))
        blank = case.context.sentence("REGISTRY-BLANK", {})
        listing = "，".join(f"{label}{value or blank}" for label, value in figures.items())
        evidence = tuple((sheet, tuple(found)) for sheet, found in rows.items())
        yield Judged(NOT_APPLICABLE, "REGISTRY", figures, {"listing": listing}, evidence)
