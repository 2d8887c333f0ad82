"""C6, the area as a whole: 100名左右, the kinds in one batch, the levels that train.

Source: calculations C6; YN-07-f, 08-i, 10-c, 05-e; YZ-4.3-c.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import Context
from toolkit.compute.families.counts import EventFilter
from toolkit.compute.families.coverage import plain
from toolkit.compute.families.over_area import OverArea, absent, unreported
from toolkit.compute.fields import Column, Limit, Rows
from toolkit.compute.filters import Number, RowFilter, UnitColumn
from toolkit.compute.levels import missed, target
from toolkit.compute.lookups import UNIT, Reading
from toolkit.compute.people import distinct, marks_of
from toolkit.compute.periods import year_of
from toolkit.model.binder import Flag, Inline, Text, Texts
from toolkit.model.portions import Portion, Tally, persons, things
from toolkit.model.records import ROWS_REFUSED
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row

PERSON = "person"


@dataclass(frozen=True, slots=True)
class Target(OverArea):
    """`family: frequency` over an area: distinct persons or branches against a number 左右."""

    family = "frequency"
    mark = "target"
    title = "累计目标"
    sentence = "{what}：{rows}，按“{distinct}”去重计数，到期达到{target}（左右：允许少{tolerance}，在容差内为预警）"
    steps = ("去重后{n}，目标{need}", "疑似的算成一人时{least}")

    rows: Annotated[RowFilter, Rows()]
    distinct: Annotated[str, Text()]
    wanted: Annotated[Number, Limit(key="target")]
    what: Annotated[str, Text()]
    tolerance: Annotated[Number, Limit()]
    everywhere: Annotated[bool, Flag()] = False

    def check(self, at: Reading) -> None:
        """What is counted is a column, or `person`."""
        if self.distinct != PERSON:
            at.column(self.distinct, self.rows.sheet, "distinct")

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """A number 左右 that is nearly reached is a doubt."""
        return (MET, WARNING, missed(closed=closed, hard=True))

    def gather(self, case: Case) -> Iterator[Portion]:
        """One portion a row: the person, or what the column names; a row that names nothing could be anything."""
        rows, context = case.rows(self.rows), case.context
        if self.distinct == PERSON:
            found = distinct(rows, context.dataset.rulings)
            circle = found.circle()
            mark = partial(context.mark, case.compiled.clause) if context.mark else None
            for row in rows:
                person = str(found.person[row.origin] + 1)
                yield Portion(row.origin.unit, "", person, circle[row.origin], 1, 0, marks_of(row, mark), found=(row,))
        else:
            for row in rows:
                thing = getattr(row, self.distinct)
                known = {"thing": str(thing), "circle": str(thing), "rows": 1} if thing is not None else {"unsure": 1}
                yield Portion(row.origin.unit, found=(row,), **known)
        for row in self.uncertain(case):
            yield Portion(row.origin.unit, unsure=1, found=(row,))

    def counted(self, portions: Sequence[Portion], keys: Mapping[str, str]) -> Tally:
        """How many persons or branches there are; the number of persons may lie between two bounds."""
        return persons(portions, keys) if self.distinct == PERSON else things(portions)

    def need(self, context: Context) -> str:
        """The number of persons or branches."""
        return plain(context.number(self.wanted))

    def weigh(self, case: Case, portions: Sequence[Portion]) -> Iterator[Judged]:
        """One result for the area; who is 疑似 the same person counts apart until somebody has confirmed it."""
        gathered, context = case.context.gathered, case.context
        tally = self.counted(portions, gathered.keys if gathered else {})
        unsure = sum(one.unsure for one in portions)
        level, key = self._level(case, tally, unsure)
        words = {"what": self.what, "doubt": "", "absent": absent(case) if key == "TARGET-ABSENT" else ""}
        figures = {"n": str(tally.most), "need": plain(case.number(self.wanted)), "deadline": str(case.deadline or "")}
        if tally.least < tally.most:
            figures["least"] = str(tally.least)
            note = "PERSONS-APART" if tally.keys > 1 else "PERSONS-DOUBT"
            words["doubt"] = context.sentence(note, {"least": str(tally.least)})
        shown = [one for one in portions if one.rows]
        if key == ROWS_REFUSED:
            figures, words = {"refused": str(unsure)}, {"sheets": context.dataset.form.by_name[self.rows.sheet].label}
            shown = [one for one in portions if one.unsure]
        yield Judged(level, key, figures, words, self.shown(shown))

    def _level(self, case: Case, tally: Tally, unsure: int) -> tuple[str, str]:
        """Level and code of the reason: what is not known decides nothing, and stands where it could decide nothing."""
        wanted, tolerance = case.number(self.wanted), case.number(self.tolerance)
        most, least, could = (
            target(count, wanted, tolerance, closed=case.closed)
            for count in (tally.most, tally.least, tally.most + unsure)
        )
        if most != least and tally.keys > 1:
            return UNDETERMINED, "TARGET-RANGE"
        if could != most:
            return UNDETERMINED, ROWS_REFUSED
        if most == NOT_MET and absent(case):
            return UNDETERMINED, "TARGET-ABSENT"
        if most == MET != least:
            return WARNING, "TARGET-DOUBT"
        keys = {MET: "TARGET-MET", NOT_MET: "TARGET-MISSED"}
        return most, keys.get(most) or ("TARGET-NEAR" if case.closed else "TARGET-OPEN")


def missing_kinds(found: Iterable[str | None], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that a batch lacks, in the order of the text.

    >>> missing_kinds(["先进党员", "先进党组织"], ("先进党组织", "先进党员", "先进党务工作者"))
    ('先进党务工作者',)
    """
    present = set(found)
    return tuple(kind for kind in wanted if kind not in present)


@dataclass(frozen=True, slots=True)
class Kinds(OverArea):
    """`family: frequency` by kind: each batch of an area must show all kinds."""

    family = "frequency"
    mark = "kinds"
    title = "各类齐全"
    sentence = "{what}：同一“{batch}”里，“{kind}”包括 {kinds} 各类。计入的记录：{rows}"
    steps = ("同一批里{kinds}类，应有{need}类",)
    periods = ("event", "year", "only", "from")

    rows: Annotated[RowFilter, Rows()]
    batch: Annotated[str, Column()]
    kind: Annotated[str, Column()]
    day: Annotated[str, Column(role="since", key="date")]
    wanted: Annotated[tuple[str, ...], Texts(key="kinds")]
    what: Annotated[str, Text()]
    everywhere: Annotated[bool, Flag()] = False

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """A batch is complete when it is named."""
        return (MET, missed(closed=True, hard=hard))

    def gather(self, case: Case) -> Iterator[Portion]:
        """One portion a row of the year, under its batch."""
        year = year_of(case.year)
        for row in case.rows(self.rows):
            if year.holds(getattr(row, self.day)):
                yield Portion(row.origin.unit, self._batch(row), getattr(row, self.kind) or "", rows=1, found=(row,))
        for row in self.uncertain(case):
            if getattr(row, self.day) is None or year.holds(getattr(row, self.day)):
                yield Portion(row.origin.unit, self._batch(row), unsure=1, found=(row,))

    def _batch(self, row: Row) -> str:
        return getattr(row, self.batch) or ""

    def weigh(self, case: Case, portions: Sequence[Portion]) -> Iterator[Judged]:
        """One result for each batch of the year; none is 不适用."""
        batches: dict[str, list[Portion]] = {}
        unsure = [one for one in portions if one.unsure]
        for one in portions:
            if one.rows:
                batches.setdefault(one.subject, []).append(one)
        if unsure and not batches:
            yield self._refused(case, unsure, "")
        for name, own in sorted(batches.items()):
            lacking = missing_kinds((one.thing for one in own), self.wanted)
            doubtful = [one for one in unsure if one.subject in (name, "")]
            if name and lacking and doubtful:
                yield self._refused(case, doubtful, name)
                continue
            figures = {"kinds": str(len(self.wanted) - len(lacking)), "need": str(len(self.wanted))}
            words = {"what": self.what, "batch": name, "missing": "、".join(lacking), "absent": absent(case)}
            yield Judged(
                *self._level(case, name, lacking), figures, words, self.shown(own), name, days=year_of(case.year).ends
            )
        if not batches and not unsure:
            yield Judged(NOT_APPLICABLE, "KINDS-NONE", words={"what": self.what})

    def _level(self, case: Case, name: str, lacking: tuple[str, ...]) -> tuple[str, str]:
        if not name:
            return UNDETERMINED, "KINDS-NO-BATCH"
        if lacking and absent(case):
            return UNDETERMINED, "KINDS-ABSENT"
        return (missed(closed=True, hard=case.hard), "KINDS-MISSING") if lacking else (MET, "KINDS-MET")

    def _refused(self, case: Case, unsure: Sequence[Portion], name: str) -> Judged:
        figures = {"refused": str(sum(one.unsure for one in unsure))}
        words = {"sheets": case.context.dataset.form.by_name[self.rows.sheet].label}
        return Judged(UNDETERMINED, ROWS_REFUSED, figures, words, self.shown(unsure), name)


@dataclass(frozen=True, slots=True)
class Matrix(OverArea):
    """`family: frequency` by level: every administrative level of an area holds at least one event a year."""

    family = "frequency"
    mark = "levels"
    title = "各级都有"
    sentence = "{what}：{levels} 各级单位，{period}内都有记录：{rows}"
    steps = ("{level}：{n}次；{units}家单位，返回{returned}家",)
    periods = ("year", "only", "from")

    events: Annotated[EventFilter, Inline()]
    attribute: Annotated[str, Column(UNIT, into=UnitColumn)]
    levels: Annotated[tuple[str, ...], Texts()]
    what: Annotated[str, Text()]
    everywhere: Annotated[bool, Flag()] = False

    @property
    def rows(self) -> RowFilter:
        """The events."""
        return self.events.rows

    def gather(self, case: Case) -> Iterator[Portion]:
        """One portion a unit, so that it is known who is there to be asked, and one for each event."""
        context, year, events = case.context, year_of(case.year), self.events.find(case)
        level_of = {unit.code: context.attribute(unit, self.attribute) or "" for unit in context.units}
        yield from (Portion(code, level) for code, level in level_of.items())
        for row in events.counted(year):
            yield Portion(row.origin.unit, level_of.get(row.origin.unit, ""), rows=1, found=(row,))
        for row in events.unsure(year):
            yield Portion(row.origin.unit, level_of.get(row.origin.unit, ""), unsure=1, found=(row,))

    def weigh(self, case: Case, portions: Sequence[Portion]) -> Iterator[Judged]:
        """One result for each level."""
        year, hidden = year_of(case.year), bool(unreported(case))
        note = case.context.sentence("AREA-INCOMPLETE", {}) if hidden else ""
        for name in self.levels:
            own = [one for one in portions if one.subject == name]
            n, unsure = sum(one.rows for one in own), sum(one.unsure for one in own) + hidden
            units = {one.unit for one in own}
            returned = {unit for unit in units if case.heard(unit)}
            level, key = matrix_level(n, unsure, len(units), len(returned), case.closed, case.hard)
            figures = {"n": str(n), "units": str(len(units)), "returned": str(len(returned))}
            words = {"what": self.what, "level": name, "period": year.label, "absent": note}
            shown = self.shown(one for one in own if one.rows)
            yield Judged(level, key, figures, words, shown, name, days=year.ends)


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
