"""C6, the area as a whole: 100名左右, the kinds in one batch, the levels that train.

Source: calculations C6; YN-07-f, 08-i, 10-c, 05-e; YZ-4.3-c.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.counts import EventFilter, event_filter
from toolkit.compute.families.coverage import plain
from toolkit.compute.families.over_rows import OverRows, Resting
from toolkit.compute.filters import Number, RowFilter, UnitColumn
from toolkit.compute.levels import missed, target
from toolkit.compute.people import distinct
from toolkit.compute.periods import year_of
from toolkit.compute.reader import Reader
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row


@dataclass(frozen=True, slots=True)
class Target(OverRows):
    """The evaluator of `family: target`: distinct persons or branches against a number 左右."""

    rows: RowFilter
    distinct: str
    wanted: Number
    tolerance: Number
    what: str

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the area; who is 疑似 the same person counts apart until somebody has confirmed it."""
        rows = case.rows(self.rows)
        if self.distinct == "person":
            persons = distinct(rows, case.context.dataset.rulings)
            count, least = persons.count, persons.least
        else:
            count = least = len({getattr(row, self.distinct) for row in rows})
        wanted, tolerance = case.number(self.wanted), case.number(self.tolerance)
        level = target(count, wanted, tolerance, closed=case.closed)
        keys = {MET: "TARGET-MET", NOT_MET: "TARGET-MISSED"}
        key = keys.get(level) or ("TARGET-NEAR" if case.closed else "TARGET-OPEN")
        figures = {"n": str(count), "need": plain(wanted), "deadline": str(case.deadline or "")}
        what = self.what
        if least < count:
            figures["least"] = str(least)
            what += case.context.sentence("PERSONS-DOUBT", {"least": str(least)})
            if level == MET and target(least, wanted, tolerance, closed=case.closed) != MET:
                level, key = WARNING, "TARGET-DOUBT"
        yield Judged(level, key, figures, {"what": what}, ((self.rows.sheet, tuple(rows)),))


def compile_target(reader: Reader) -> Target:
    """`family: target` from its arguments; `distinct` is a column, or `person`."""
    rows = reader.rows()
    assert rows is not None
    distinct = reader.text("distinct")
    if distinct != "person":
        reader.known_column(distinct, rows.sheet, "distinct")
    return Target(
        rows=rows,
        distinct=distinct,
        wanted=reader.number("target") or Number(),
        tolerance=reader.number("tolerance") or Number(Decimal(0)),
        what=reader.text("what"),
    )


def missing_kinds(found: Iterable[str | None], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that a batch lacks, in the order of the text.

    >>> missing_kinds(["先进党员", "先进党组织"], ("先进党组织", "先进党员", "先进党务工作者"))
    ('先进党务工作者',)
    """
    present = set(found)
    return tuple(kind for kind in wanted if kind not in present)


@dataclass(frozen=True, slots=True)
class Kinds(OverRows):
    """The evaluator of `family: kinds`: each batch must show all kinds."""

    rows: RowFilter
    batch: str
    kind: str
    day: str
    wanted: tuple[str, ...]
    what: str

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each batch of the year; none is 不适用."""
        batches: dict[str | None, list[Row]] = {}
        for row in case.rows(self.rows):
            if year_of(case.year).holds(getattr(row, self.day)):
                batches.setdefault(getattr(row, self.batch), []).append(row)
        for name, rows in sorted(batches.items(), key=lambda item: item[0] or ""):
            lacking = missing_kinds((getattr(row, self.kind) for row in rows), self.wanted)
            figures = {"kinds": str(len(self.wanted) - len(lacking)), "need": str(len(self.wanted))}
            words = {"what": self.what, "batch": name or "", "missing": "、".join(lacking)}
            if name is None:
                level, key = UNDETERMINED, "KINDS-NO-BATCH"
            elif lacking:
                level, key = missed(closed=True, hard=case.hard), "KINDS-MISSING"
            else:
                level, key = MET, "KINDS-MET"
            shown = ((self.rows.sheet, tuple(rows)),)
            yield Judged(level, key, figures, words, shown, name or "", days=year_of(case.year).ends)
        if not batches:
            yield Judged(NOT_APPLICABLE, "KINDS-NONE", words={"what": self.what})


def compile_kinds(reader: Reader) -> Kinds:
    """`family: kinds` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return Kinds(
        rows=rows,
        batch=reader.column("batch", rows.sheet),
        kind=reader.column("kind", rows.sheet),
        day=reader.column("date", rows.sheet),
        wanted=reader.texts("kinds"),
        what=reader.text("what"),
    )


@dataclass(frozen=True, slots=True)
class Matrix(Resting):
    """The evaluator of `family: by_level`: every administrative level holds at least one event a year."""

    events: EventFilter
    attribute: str
    levels: tuple[str, ...]
    what: str

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The events."""
        return (self.events.rows,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each level."""
        year = year_of(case.year)
        level_of = {unit.code: case.context.attribute(unit, self.attribute) for unit in case.context.units}
        events = self.events.find(case)
        counted, unsure = events.counted(year), events.unsure(year)
        for name in self.levels:
            own = [row for row in counted if level_of.get(row.origin.unit) == name]
            doubtful = [row for row in unsure if level_of.get(row.origin.unit) == name]
            units = [code for code, level in level_of.items() if level == name]
            returned = [code for code in units if code in case.context.dataset.returned]
            level, key = matrix_level(len(own), len(doubtful), len(units), len(returned), case.closed, case.hard)
            figures = {"n": str(len(own)), "units": str(len(units)), "returned": str(len(returned))}
            words = {"what": self.what, "level": name, "period": year.label}
            yield Judged(level, key, figures, words, ((self.events.rows.sheet, tuple(own)),), name, days=year.ends)


def matrix_level(n: int, unsure: int, units: int, returned: int, closed: bool, hard: bool) -> tuple[str, str]:
    """Level and code of the reason for one administrative level.

    >>> matrix_level(0, 0, 3, 3, True, False)[0], matrix_level(0, 0, 3, 2, True, False)[0]
    ('预警', '无法判定')
    """
    if n:
        return MET, "MATRIX-MET"
    if not units:
        return UNDETERMINED, "MATRIX-NOBODY"
    if unsure or returned < units:
        return UNDETERMINED, "MATRIX-UNSURE"
    return missed(closed=closed, hard=hard), "MATRIX-EMPTY"


def compile_by_level(reader: Reader) -> Matrix:
    """`family: by_level` from its arguments."""
    return Matrix(
        events=event_filter(reader),
        attribute=UnitColumn(reader.column("attribute", "unit")),
        levels=reader.texts("levels"),
        what=reader.text("what"),
    )
