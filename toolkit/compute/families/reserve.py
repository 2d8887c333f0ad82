"""C8: reserve secretaries: who may be one, which branches have one, and secretaries still in service.

Source: calculations C8; YN-07-d/e/g.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from toolkit.compute.families.coverage import coverage_key, named, percent, share_figures
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.judging import Case, Judged
from toolkit.compute.levels import coverage, missed
from toolkit.compute.periods import add_years
from toolkit.compute.reader import Reader
from toolkit.compute.rows import Row
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, WARNING


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
class Eligibility:
    """The evaluator of `family: reserve_eligible`: one result for each reserve."""

    rows: RowFilter
    key: str
    status: str
    wanted_status: frozenset[str]
    held: str
    yes: frozenset[str]
    retired_on: str
    chosen_on: str
    years: Number
    stats: tuple[str, ...] = ()
    tolerant: bool = False

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The reserves."""
        return (self.rows,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """The condition on the day someone was chosen."""
        years, rows = int(case.number(self.years)), case.rows(self.rows)
        for row in rows:
            candidate = self._candidate(row)
            level, key = candidate_level(candidate, years, case.as_of, case.hard)
            retired = candidate.retired_on
            figures = {
                "retired": str(retired or ""),
                "chosen": str(candidate.chosen_on or ""),
                "limit": str(limit_day(retired, years)) if retired else "",
                "years": str(years),
            }
            yield Judged(level, key, figures, {}, ((self.rows.sheet, (row,)),), str(getattr(row, self.key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, "RESERVE-NOBODY")

    def _candidate(self, row: Row) -> Candidate:
        status, held = getattr(row, self.status), getattr(row, self.held)
        return Candidate(
            None if status is None else status in self.wanted_status,
            None if held is None else held in self.yes,
            getattr(row, self.retired_on),
            getattr(row, self.chosen_on),
        )


def compile_eligible(reader: Reader) -> Eligibility:
    """`family: reserve_eligible` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return Eligibility(
        rows=rows,
        key=reader.column("key", rows.sheet),
        status=reader.column("status", rows.sheet),
        wanted_status=frozenset(reader.texts("wanted_status")),
        held=reader.column("held", rows.sheet),
        yes=frozenset(reader.texts("yes")),
        retired_on=reader.column("retired_on", rows.sheet),
        chosen_on=reader.column("chosen_on", rows.sheet),
        years=reader.number("years") or Number(),
    )


@dataclass(frozen=True, slots=True)
class ReserveCoverage:
    """The evaluator of `family: reserve_coverage`: branches with a reserve of their own."""

    rows: RowFilter
    key: str
    reserves: RowFilter
    leaders: RowFilter
    org: str
    person: str
    what: str
    stats: tuple[str, ...] = ()
    tolerant: bool = False

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Branches, reserves and present secretaries."""
        return (self.rows, self.reserves, self.leaders)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit; the reason names branches without a reserve."""
        branches = [str(getattr(row, self.key)) for row in case.rows(self.rows)]
        leaders = {(getattr(row, self.org), getattr(row, self.person)) for row in case.rows(self.leaders)}
        able: dict[str, set[str]] = {branch: set() for branch in branches}
        reserves = case.rows(self.reserves)
        for row in reserves:
            org, person = getattr(row, self.org), getattr(row, self.person)
            if org in able and person and (org, person) not in leaders:
                able[org].add(str(person))
        found = matched({branch: frozenset(people) for branch, people in able.items()})
        level = coverage(len(found), len(branches), closed=case.closed, hard=case.hard)
        lacking = [branch for branch in branches if branch not in found]
        words = {
            "what": self.what,
            "missing": named(lacking),
            "deadline": str(case.deadline or ""),
        }
        rows = ((self.rows.sheet, tuple(case.rows(self.rows))), (self.reserves.sheet, tuple(reserves)))
        yield Judged(level, coverage_key(case, level), share_figures(len(found), len(branches)), words, rows)


def compile_reserve_coverage(reader: Reader) -> ReserveCoverage:
    """`family: reserve_coverage` from its arguments."""
    rows, reserves, leaders = reader.rows(), reader.rows("reserves"), reader.rows("leaders")
    assert rows is not None and reserves is not None and leaders is not None
    return ReserveCoverage(
        rows=rows,
        key=reader.column("key", rows.sheet),
        reserves=reserves,
        leaders=leaders,
        org=reader.column("org", reserves.sheet),
        person=reader.column("person", reserves.sheet),
        what=reader.text("what"),
    )


@dataclass(frozen=True, slots=True)
class InService:
    """The evaluator of `family: in_service_share`: the share of in-service secretaries against last year."""

    rows: RowFilter
    status: str
    in_service: frozenset[str]
    stats: tuple[str, ...] = ()
    tolerant: bool = False

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The secretaries."""
        return (self.rows,)

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
        level, key = in_service_level((len(own), len(rows)), before, closed=case.closed, hard=case.hard)
        figures = share_figures(len(own), len(rows))
        figures["before"] = f"{before[0]}/{before[1]}" if before else ""
        figures["before_percent"] = percent(*before) if before else ""
        yield Judged(level, key, figures, {}, ((self.rows.sheet, tuple(own or rows)),))


def compile_in_service(reader: Reader) -> InService:
    """`family: in_service_share` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return InService(
        rows=rows,
        status=reader.column("status", rows.sheet),
        in_service=frozenset(reader.texts("in_service")),
    )
