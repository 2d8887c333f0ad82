"""The figures that a director signs: cells, shares, a unit's line, its reported money. One notion each.

* Cell: a unit under a clause at its worst level. Rates count cells, never results.
* 应评: cells at 达标, 达标（例外）, 预警, 不达标 or 无法判定 of units whose return counts; 达标率 = met / 应评, apart
  for 据实 and 自报. 无法判定 is in it: an empty cell must not raise a rate. 不适用, 登记 and 未评 are outside.
* 总评: 硬性未达标 decides, then hard cells without data, then the rest. What a unit ticks itself, what is only
  suspected and what nobody has set never decides it.
* Money: reported = on the payment list + to be verified + not regulated + not merged.

They are counted in `toolkit.compute.figures` and `toolkit.compute.allowance.account`; every output reads them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from toolkit.model import standing
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, NOT_MET, UNSET, WARNING
from toolkit.model.rows import Evidence

HARD, SOFT, LISTED, TASK = NATURES = ("硬性", "软性", "登记", "任务")
"""What a clause is: its force (H and S→H, S, I), or a task that the unit ticks itself."""
PROVED, TOLD = KINDS = ("据实", "自报")
"""What a level rests on: rows and totals, or a tick. 登记 has no level and is neither."""
FAILED, OPEN, WARNED, FINE = "不达标", "待补数据", "有预警", "达标"
CHOOSE, TO_FIX, NOT_BACK = NOT_COUNTED = ("版本待选", "退回待改", "未返回")
WAITING = {standing.CHOOSE: CHOOSE, standing.AGAIN: TO_FIX}
"""Where a unit stands (`toolkit.model.standing`) → its 总评 while a file of it is still to be dealt with."""
RANK = (FAILED, OPEN, WARNED, FINE, *NOT_COUNTED)
"""All values of 总评, worst first; those of units whose return does not count come last."""
AREA = ""
"""Unit code of the whole area."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One subject at a level that is to be mended.

    Args:
        row: the first row that it rests on; None = none.
    """

    subject: str
    reason: str
    fix: str
    row: Evidence | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit under one clause: the worst level over its subjects, and the first subject that stands there.

    Args:
        unit: unit code, or AREA.
        nature: one of NATURES.
        verdict: the worst level without what is only suspected; "" = there is nothing else.
        subjects: how many subjects stand at that level.
        row: the first row that the level rests on; None = none.
        parameter: name of the open parameter where it is 未评.
        misses: all subjects at the level, where it is one that is to be mended.
    """

    unit: str
    clause: str
    nature: str
    level: str
    verdict: str
    reason: str
    fix: str
    code: str
    subjects: int
    row: Evidence | None
    parameter: str = ""
    misses: tuple[Miss, ...] = ()

    @property
    def kind(self) -> str:
        """据实 or 自报; "" for 登记."""
        return kind_of(self.nature)

    @property
    def asked(self) -> bool:
        """Whether it is 应评 when the unit's return counts."""
        return self.nature != LISTED and self.level not in (NOT_APPLICABLE, UNSET)

    @property
    def met(self) -> bool:
        """Whether it counts as met."""
        return self.asked and self.level in (MET, MET_BY_EXCEPTION)


def kind_of(nature: str) -> str:
    """What a clause of some nature rests on: 据实 or 自报; "" for 登记."""
    return {TASK: TOLD, LISTED: ""}.get(nature, PROVED)


@dataclass(frozen=True, slots=True)
class Share:
    """Met out of asked."""

    met: int = 0
    asked: int = 0

    @property
    def rate(self) -> float | None:
        """达标率; None when nothing is asked."""
        return self.met / self.asked if self.asked else None

    def __add__(self, other: Share) -> Share:
        return Share(self.met + other.met, self.asked + other.asked)


def shares(cells: Iterable[Cell]) -> dict[str, Share]:
    """Met out of asked by 据实 and 自报, over cells of units whose returns count."""
    found = dict.fromkeys(KINDS, Share())
    for cell in cells:
        if cell.asked:
            found[cell.kind] += Share(int(cell.met), 1)
    return found


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit over all its clauses.

    Args:
        overall: 总评, one of RANK.
        hard: 硬性未达标, 据实 cells of hard clauses at 不达标.
        soft: 软性未达标, other 据实 cells at 预警 or 不达标, suspicions among them.
        open: hard cells at 无法判定 for want of data.
        unset: cells that are 未评; exempt: those that are 不适用.
        proved, told: 应评 and 达标 by what they rest on; both empty when the return does not count.
    """

    unit: str
    overall: str
    hard: int = 0
    soft: int = 0
    open: int = 0
    unset: int = 0
    exempt: int = 0
    proved: Share = Share()
    told: Share = Share()

    @property
    def unknown(self) -> int:
        """据实 cells at 无法判定, hard and soft."""
        return self.proved.asked - self.proved.met - self.hard - self.soft

    @property
    def counted(self) -> bool:
        """Whether the unit's return counts."""
        return self.overall not in NOT_COUNTED

    @property
    def place(self) -> tuple:
        """Sort key of the ranking: 总评, 硬性未达标 falling, 据实 rate rising, code."""
        return RANK.index(self.overall), -self.hard, self.proved.rate or 0.0, self.unit


@dataclass(frozen=True, slots=True)
class Terms:
    """From how many cells on 总评 is 不达标, 待补数据, 有预警 (parameters of every policy)."""

    hard: int
    open: int
    soft: int


@dataclass(frozen=True, slots=True)
class Money:
    """What a unit reported as paid, and where it went: reported = listed + to_verify + registered + refused.

    Args:
        listed: on the payment list, judged; to_verify: on it, 无法判定.
        registered: merged, but of a post that the policy does not regulate.
        refused: not merged (rows with 错误, returns that do not count).
        unread: rows whose amount could not be read or is out of bounds; they are in no sum.
        unmerged: those of them that were not merged; the others are to be verified.
    """

    reported: Decimal = Decimal(0)
    listed: Decimal = Decimal(0)
    to_verify: Decimal = Decimal(0)
    registered: Decimal = Decimal(0)
    refused: Decimal = Decimal(0)
    unread: int = 0
    unmerged: int = 0

    @property
    def unknown(self) -> dict[str, int]:
        """Part → how many rows of it have an amount that nobody knows."""
        return {"to_verify": self.unread - self.unmerged, "refused": self.unmerged}

    @property
    def parts(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """The four parts."""
        return self.listed, self.to_verify, self.registered, self.refused

    @property
    def gap(self) -> Decimal:
        """Reported less the parts; not 0 = something was lost or counted twice."""
        return self.reported - sum(self.parts, Decimal(0))

    def __add__(self, other: Money) -> Money:
        sums = (left + right for left, right in zip(self.parts, other.parts, strict=True))
        return Money(self.reported + other.reported, *sums, self.unread + other.unread, self.unmerged + other.unmerged)


@dataclass(frozen=True, slots=True)
class Registered:
    """A merged row with money that is judged nowhere.

    Args:
        later: the post begins after the day of judgement; otherwise the policy does not regulate it.
    """

    unit: str
    org: str
    name: str
    post: str
    amount: Decimal
    row: Evidence
    later: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """All reported money: units in official order, then those that the list does not know; AREA = files of nobody.

    Args:
        closed: units whose return cannot be opened: nobody knows what they reported.
    """

    units: Mapping[str, Money]
    registered: tuple[Registered, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def total(self) -> Money:
        """All units together."""
        return sum(self.units.values(), Money())


@dataclass(frozen=True)
class Missed:
    """A clause that some units do not meet: codes of those at 不达标 and at 预警, worst units first."""

    clause: str
    nature: str
    failed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    @property
    def weight(self) -> tuple[int, int, int]:
        """Sort key: 硬性, 软性, 任务; most units first."""
        return (HARD, SOFT, TASK).index(self.nature), -len(self.failed), -len(self.warned)


@dataclass(frozen=True)
class Figures:
    """All figures of a round.

    Args:
        units: those of the list in official order, then those that returned without being on it.
        cells: (unit code, clause) → cell.
        natures: clause → nature, of every clause of the policy.
        unset: open parameters that leave something 未评: name → title.
    """

    units: tuple[UnitFigures, ...]
    cells: Mapping[tuple[str, str], Cell]
    natures: Mapping[str, str]
    account: Account
    terms: Terms
    unset: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def waiting(self) -> dict[str, tuple[str, ...]]:
        """Open parameter → the clauses that are 未评 somewhere because of it."""
        found: dict[str, dict[str, None]] = {}
        for cell in self.cells.values():
            if cell.parameter:
                found.setdefault(cell.parameter, {})[cell.clause] = None
        return {name: tuple(clauses) for name, clauses in found.items()}

    @cached_property
    def by_unit(self) -> dict[str, UnitFigures]:
        """Unit code → its figures."""
        return {one.unit: one for one in self.units}

    @cached_property
    def counted(self) -> frozenset[str]:
        """Codes of the units whose return counts."""
        return frozenset(one.unit for one in self.units if one.counted)

    @cached_property
    def counts(self) -> Counter[tuple[str, str]]:
        """(clause, level) → number of units whose return counts, 不适用 and 未评 too; nothing else counts levels."""
        return Counter((cell.clause, cell.level) for cell in self.cells.values() if cell.unit in self.counted)

    @cached_property
    def whole(self) -> dict[str, Share]:
        """Met out of asked by 据实 and 自报, over all units."""
        return shares(cell for cell in self.cells.values() if cell.unit in self.counted)

    @cached_property
    def by_clause(self) -> dict[str, Share]:
        """Clause → met out of asked over the units; a clause that only lists is not in it."""
        found: dict[str, Share] = {}
        for cell in self.cells.values():
            if cell.asked and cell.unit in self.counted:
                found[cell.clause] = found.get(cell.clause, Share()) + Share(int(cell.met), 1)
        return found

    def by_group(self, groups: Mapping[str, str]) -> dict[str, dict[str, Share]]:
        """Group → met out of asked by 据实 and 自报, in the order of the clauses.

        Args:
            groups: clause → its group; clauses that only list are in none.
        """
        found: dict[str, dict[str, Share]] = {}
        for clause, nature in self.natures.items():
            if kind := kind_of(nature):
                own = found.setdefault(groups[clause], dict.fromkeys(KINDS, Share()))
                own[kind] += self.of_clause(clause)
        return found

    def of_clause(self, clause: str) -> Share:
        """Met out of asked over the units under one clause."""
        return self.by_clause.get(clause, Share())

    def shown(self, unit: str, clause: str) -> str:
        """What stands in the matrix: the level, or why nothing of the unit counts; "" where the clause says nothing."""
        cell = self.cells.get((unit, clause))
        if cell is None:
            return ""
        known = self.by_unit.get(unit)
        return cell.level if known is None or known.counted else known.overall

    def ranked(self) -> list[UnitFigures]:
        """Worst first; units whose return does not count come last, as one block."""
        return sorted(self.units, key=lambda one: one.place)

    @cached_property
    def _breaches(self) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.cells.values():
            if cell.unit in self.counted and is_breach(cell):
                found.setdefault(cell.unit, []).append(cell)
        return found

    def breaches(self, unit: str) -> list[Cell]:
        """硬性未达标 of a unit, in the order of the clauses; nothing of one whose return does not count."""
        return self._breaches.get(unit, [])

    @cached_property
    def missed(self) -> list[Missed]:
        """Clauses that units do not meet: hard ones, soft ones, tasks; each time most units first."""
        place = {one.unit: number for number, one in enumerate(self.ranked())}
        found: dict[str, Missed] = {}
        for cell in sorted(
            (one for one in self.cells.values() if one.unit in self.counted), key=lambda one: place[one.unit]
        ):
            if cell.level in (NOT_MET, WARNING) and cell.nature != LISTED:
                known = found.setdefault(cell.clause, Missed(cell.clause, cell.nature))
                (known.failed if cell.level == NOT_MET else known.warned).append(cell.unit)
        order = {clause: number for number, clause in enumerate(self.natures)}
        return sorted(found.values(), key=lambda one: (*one.weight, order.get(one.clause, len(order))))

    def most_missed(self) -> list[tuple[str, int]]:
        """Clauses with 硬性未达标 and in how many units, most units first."""
        found = Counter(cell.clause for cell in self.cells.values() if cell.unit in self.counted and is_breach(cell))
        order = {clause: place for place, clause in enumerate(self.natures)}
        return sorted(found.items(), key=lambda item: (-item[1], order.get(item[0], len(order))))

    @cached_property
    def overalls(self) -> Counter[str]:
        """总评 → number of units."""
        return Counter(one.overall for one in self.units)


def is_breach(cell: Cell) -> bool:
    """Whether a cell of a unit whose return counts is 硬性未达标."""
    return cell.nature == HARD and cell.verdict == NOT_MET
