"""C8: reserve secretaries: who may be one, which branches have one, and secretaries still in service.

Source: calculations C8; YN-07-d/e/g.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import product
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.doubts import Doubts, doubted, doubts_of
from toolkit.compute.families.base import OneByOne, OverRows, Resting, Said
from toolkit.compute.families.coverage import coverage_key, named, percent, share_figures
from toolkit.compute.fields import Column, Limit, Rows
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import coverage, missed
from toolkit.compute.people import distinct
from toolkit.compute.periods import add_years
from toolkit.model.binder import Text, Texts
from toolkit.model.groups import Groups
from toolkit.model.people import Rulings
from toolkit.model.records import Doubt
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, WARNING
from toolkit.model.rows import Origin, Row


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a reserve: fields that were left empty are None."""

    retired_member: bool | None
    held_post: bool | None
    retired_on: date | None
    chosen_on: date | None


def limit_day(retired_on: date, years: int) -> date:
    """The last day on which someone may be chosen, that day included.

    >>> limit_day(date(2020, 2, 29), 5)
    datetime.date(2025, 2, 28)
    """
    return add_years(retired_on, years)


def candidate_level(candidate: Candidate, years: int, as_of: date, hard: bool = False) -> tuple[str, str]:
    """Level and code of the reason for one reserve.

    >>> fine = Candidate(True, True, date(2020, 6, 30), date(2025, 6, 30))
    >>> candidate_level(fine, 5, date(2025, 6, 30)), candidate_level(fine, 5, date(2026, 1, 1))
    (('达标', 'RESERVE-MET'), ('预警', 'RESERVE-OLD'))
    """
    if None in (candidate.retired_member, candidate.held_post, candidate.retired_on, candidate.chosen_on):
        return UNDETERMINED, "RESERVE-BLANK"
    assert candidate.retired_on and candidate.chosen_on
    doubt = missed(closed=True, hard=hard)
    if not candidate.retired_member:
        return doubt, "RESERVE-STATUS"
    if not candidate.held_post:
        return doubt, "RESERVE-NO-POST"
    last = limit_day(candidate.retired_on, years)
    if candidate.chosen_on > last:
        return doubt, "RESERVE-LATE"
    return (WARNING, "RESERVE-OLD") if as_of > last else (MET, "RESERVE-MET")


def matched(reserves: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Branch → reserve, as many branches as possible; one person serves one branch (maximum matching).

    Args:
        reserves: branch → persons who may serve it.

    >>> sorted(matched({"b1": frozenset({"li", "zhao"}), "b2": frozenset({"li"})}).items())
    [('b1', 'zhao'), ('b2', 'li')]
    """
    branch_of: dict[str, str] = {}

    def place(branch: str, tried: set[str]) -> bool:
        for person in sorted(reserves[branch] - tried):
            tried.add(person)
            if person not in branch_of or place(branch_of[person], tried):
                branch_of[person] = branch
                return True
        return False

    for branch in sorted(reserves):
        place(branch, set())
    return {branch: person for person, branch in branch_of.items()}


def in_service_level(
    now: tuple[int, int], before: tuple[int, int] | None, *, closed: bool = False, hard: bool = False
) -> tuple[str, str]:
    """Level and code of the reason for in-service secretaries out of all, against last year.

    >>> in_service_level((2, 8), (2, 10))[0], in_service_level((1, 10), None)[0], in_service_level((0, 10), None)[0]
    ('预警', '无法判定', '达标')
    """
    count, total = now
    if total == 0:
        return NOT_APPLICABLE, "IN-SERVICE-NOBODY"
    if count == 0:
        return MET, "IN-SERVICE-NONE"
    if before is None or before[1] == 0:
        return UNDETERMINED, "IN-SERVICE-NO-PRIOR"
    falling = count * before[1] < before[0] * total
    return (MET, "IN-SERVICE-FALLING") if falling else (missed(closed=closed, hard=hard), "IN-SERVICE-RISING")


@dataclass(frozen=True, slots=True)
class Eligibility(OneByOne):
    """`family: each` reserve: who may be one, on the day of being chosen and now."""

    family = "each"
    mark = "retired_on"
    title = "后备条件"
    sentence = (
        "{rows}，“{status}”为{wanted_status}，“{held}”为{yes}，“{chosen_on}”不晚于“{retired_on}”后{years}年；"
        "{years}年后仍在册的为预警"
    )
    steps = ("退休日{retired}加{years}年＝{limit}；确定日{chosen}，评定日{as_of}",)
    scopes = ("unit",)
    nobody = "RESERVE-NOBODY"

    rows: Annotated[RowFilter, Rows()]
    status: Annotated[str, Column()]
    wanted_status: Annotated[frozenset[str], Texts(frozenset)]
    held: Annotated[str, Column()]
    yes: Annotated[frozenset[str], Texts(frozenset)]
    retired_on: Annotated[str, Column()]
    years: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]
    chosen_on: Annotated[str, Column(role="since")]

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Who was chosen in time and has become too old is a reminder."""
        return (MET, WARNING, missed(closed=True, hard=hard))

    def each(self, case: Case) -> Callable[[Row], Said]:
        """The condition on the day someone was chosen."""
        years = int(case.number(self.years))

        def one(row: Row) -> Said:
            candidate = self._candidate(row)
            level, key = candidate_level(candidate, years, case.as_of, case.hard)
            retired = candidate.retired_on
            figures = {
                "retired": str(retired or ""),
                "chosen": str(candidate.chosen_on or ""),
                "limit": str(limit_day(retired, years)) if retired else "",
                "years": str(years),
            }
            return level, key, figures, {}

        return one

    def _candidate(self, row: Row) -> Candidate:
        status, held = getattr(row, self.status), getattr(row, self.held)
        return Candidate(
            None if status is None else status in self.wanted_status,
            None if held is None else held in self.yes,
            getattr(row, self.retired_on),
            getattr(row, self.chosen_on),
        )


@dataclass(frozen=True, slots=True)
class ReserveCoverage(Resting):
    """`family: share` of branches with a reserve of their own: one person serves one branch (a matching)."""

    family = "share"
    mark = "reserves"
    title = "后备覆盖"
    sentence = "{what}：{rows}，每个都有后备人选（{reserves}）；一人只算一个支部，不算本支部现任书记（{leaders}）"
    steps = ("应做的{due}，做到的{done}", "{done}÷{due}＝{percent}", "没有做到的{missing}")
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    reserves: Annotated[RowFilter, Rows()]
    leaders: Annotated[RowFilter, Rows()]
    org: Annotated[str, Column("reserves")]
    person: Annotated[str, Column("reserves")]
    what: Annotated[str, Text()]
    key: Annotated[str, Column(role="key")]

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Branches, reserves and present secretaries."""
        return (self.rows, self.reserves, self.leaders)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit; the reason names branches without a reserve.

        Whoever has the name and month of birth of a reserve elsewhere may be the same person: when the level hangs
        on that, it is a doubt to clear. Where rows of a unit that shares a reserve with this one were refused, nobody
        knows which branch the reserve serves.
        """
        if doubts := self._doubts_elsewhere(case):
            yield doubted(case, doubts, case.unit)
            return
        branches = [str(getattr(row, self.key)) for row in case.rows(self.rows)]
        pool = self._pool(case)
        sure, found = (pool.served(self, case, names) for names in (False, True))
        served = [branch for branch in branches if branch in sure]
        lacking = [branch for branch in branches if branch not in sure]
        level = coverage(len(served), len(branches), closed=case.closed, hard=case.hard)
        key = coverage_key(case, level)
        if level == MET and any(branch not in found for branch in served):
            level, key = WARNING, "RESERVE-SHARED"
        words = {
            "what": self.what,
            "missing": named(lacking),
            "deadline": str(case.deadline or ""),
        }
        rows = ((self.rows.sheet, tuple(case.rows(self.rows))), (self.reserves.sheet, tuple(case.rows(self.reserves))))
        yield Judged(level, key, share_figures(len(served), len(branches)), words, rows)

    def _doubts_elsewhere(self, case: Case) -> list[Doubt]:
        """Refused rows and lost cells of the units that share, or may share, a reserve with the unit."""
        cache, at = case.context.scratch, ("sharing", id(self), case.day)
        if at not in cache:
            cache[at] = self._sharing(case)
        others = tuple(sorted(cache[at].get(case.unit, frozenset()) - {case.unit}))
        doubts = doubts_of(replace(case, units=others)) if others else Doubts()
        return [*doubts.whole, *doubts.alone]

    def _sharing(self, case: Case) -> dict[str, frozenset[str]]:
        """Unit → the units with which it shares a reserve, were every suspicion true and every refused row one."""
        context = case.context
        both = (context.select(self.reserves, case.day), context.refused(self.reserves, case.day))
        rows = [row for found in both for own in found.values() for row in own]
        open_cells = partial(context.records.open, self.reserves.sheet)
        found = distinct(rows, context.dataset.rulings, open_cells)
        groups, web = Groups(len(rows)), found.web()
        for place, row in enumerate(rows):
            groups.join(place, web[row.origin])
            groups.join(place, row.origin.unit)
        sharing = [frozenset(rows[place].origin.unit for place in members) for members in groups.members()]
        return {unit: units for units in sharing for unit in units}

    def _pool(self, case: Case) -> Pool:
        """All reserves of all workbooks as persons; made once."""
        cache, at = case.context.scratch, ("reserves", id(self), case.day)
        if at not in cache:
            rows = [row for own in case.context.select(self.reserves, case.day).values() for row in own]
            known = [row for row in rows if getattr(row, self.person)]
            cache[at] = Pool.of(known, self.person, case.context.dataset.rulings)
        return cache[at]

    def able(self, case: Case, unit: str, persons: Mapping[Origin, str]) -> dict[str, set[str]]:
        """Branch of a unit → persons who may serve it; not its own secretary."""
        select, day = case.context.select, case.day
        leaders = {
            (getattr(row, self.org), getattr(row, self.person)) for row in select(self.leaders, day).get(unit, ())
        }
        able: dict[str, set[str]] = {str(getattr(row, self.key)): set() for row in select(self.rows, day).get(unit, ())}
        for row in select(self.reserves, day).get(unit, ()):
            org, person = getattr(row, self.org), getattr(row, self.person)
            if org in able and person and (org, person) not in leaders:
                able[org].add(persons[row.origin])
        return able


@dataclass(frozen=True)
class Pool:
    """The reserves of all workbooks.

    Args:
        persons: (only what is certain, name and month of birth too) → row → person, in every way that may be so.
        linked: (the same two) → units that share a person with another unit, or may.
    """

    persons: Mapping[bool, Sequence[Mapping[Origin, str]]]
    linked: Mapping[bool, frozenset[str]]
    _served: dict[tuple[bool, str], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: list[Row], key: str, rulings: Rulings) -> Pool:
        """The persons behind some rows, each named by its first unit and number, whatever the order of the rows."""
        found = distinct(rows, rulings)
        persons = {False: [found.person], True: list(found.worlds())}
        linked = {False: found.person, True: found.web()}
        return cls(
            {names: [_labelled(rows, key, one) for one in worlds] for names, worlds in persons.items()},
            {names: _linked(rows, numbers) for names, numbers in linked.items()},
        )

    def served(self, family: ReserveCoverage, case: Case, names: bool) -> frozenset[str]:
        """Branches with a reserve of their own, over the unit and all units that its persons may also serve."""
        units = self.linked[names] if case.unit in self.linked[names] else frozenset({case.unit})
        for rows, unit in product((family.leaders, family.rows, family.reserves), sorted(units)):
            case.note(rows.sheet, case.context.select(rows, case.day).get(unit, []))
        at = (names, min(units))
        if at not in self._served:
            found = (self._matched(family, case, units, persons) for persons in self.persons[names])
            self._served[at] = frozenset.intersection(*found)
        return self._served[at]

    def _matched(
        self, family: ReserveCoverage, case: Case, units: Iterable[str], persons: Mapping[Origin, str]
    ) -> frozenset[str]:
        able: dict[str, frozenset[str]] = {}
        for unit in sorted(units):
            able |= {branch: frozenset(people) for branch, people in family.able(case, unit, persons).items()}
        return frozenset(matched(able))


def _labelled(rows: Iterable[Row], key: str, numbers: Mapping[Origin, int]) -> dict[Origin, str]:
    """Row → person, by its first unit and number there."""
    return {row.origin: min(f"{one.origin.unit}/{getattr(one, key)}" for one in own)
            for own in _by_person(rows, numbers) for row in own}  # fmt: skip


def _linked(rows: Iterable[Row], numbers: Mapping[Origin, int]) -> frozenset[str]:
    """The units that share a person with another unit."""
    shared = ({row.origin.unit for row in own} for own in _by_person(rows, numbers))
    return frozenset(unit for units in shared if len(units) > 1 for unit in units)


def _by_person(rows: Iterable[Row], numbers: Mapping[Origin, int]) -> Iterable[list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(numbers[row.origin], []).append(row)
    return groups.values()


@dataclass(frozen=True, slots=True)
class InService(OverRows):
    """`family: share` that is to fall: the share of in-service secretaries against last year."""

    family = "share"
    mark = "in_service"
    title = "比上年下降"
    sentence = "{rows}中“{status}”为{in_service}的比例，为零或低于上年"
    steps = ("全部{due}，在职的{done}", "{done}÷{due}＝{percent}", "上年{before}＝{before_percent}")
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    status: Annotated[str, Column()]
    in_service: Annotated[frozenset[str], Texts(frozenset)]

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        rows = case.rows(self.rows)
        if blank := [row for row in rows if getattr(row, self.status) is None]:
            yield Judged(
                UNDETERMINED, "COVER-BLANK", {"blank": str(len(blank))}, {}, ((self.rows.sheet, tuple(blank)),)
            )
            return
        own = [row for row in rows if getattr(row, self.status) in self.in_service]
        prior = case.context.prior("in_service_secretaries").get(case.unit)
        before = (int(prior[0]), int(prior[1])) if prior else None
        case.learn_prior(
            case.context.attribute_label(self.status, self.rows.sheet), before and f"{before[0]}/{before[1]}"
        )
        level, key = in_service_level((len(own), len(rows)), before, closed=case.closed, hard=case.hard)
        figures = share_figures(len(own), len(rows))
        figures["before"] = f"{before[0]}/{before[1]}" if before else ""
        figures["before_percent"] = percent(*before) if before else ""
        yield Judged(level, key, figures, {}, ((self.rows.sheet, tuple(own or rows)),))
