"""C2: which form of organisation fits the number of members.

Two bases: full members for the lower limit, all members for the upper ones. 50 allows two forms, 100 only the
general branch. 可设立, 可建立 are permissive: what is absent is never a breach.

Source: calculations C2; YZ-2.1-b/c, YN-06-a/c, YN-02-b.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.context import STATS
from toolkit.compute.contradicted import contradicted
from toolkit.compute.families.base import Resting
from toolkit.compute.fields import Column, Limit, Rows, Stat
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.model.binder import Inline, Text
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row

BRANCH, GENERAL_BRANCH, COMMITTEE = "党支部", "党总支", "党委"


@dataclass(frozen=True, slots=True)
class Limits:
    """The sizes of the policy (parameters branch_min_full, branch_max_members, general_branch_*, committee_over)."""

    branch_min_full: int = 3
    branch_max: int = 50
    general_min: int = 50
    general_max: int = 100
    committee_over: int = 100


def possible_forms(full: int, total: int, limits: Limits = Limits()) -> tuple[str, ...]:
    """The forms that an organisation of this size may take undivided.

    >>> possible_forms(49, 50), possible_forms(100, 100), possible_forms(2, 60)
    (('党支部', '党总支'), ('党总支',), ())
    """
    if full < limits.branch_min_full:
        return ()
    forms = []
    if total <= limits.branch_max:
        forms.append(BRANCH)
    if limits.general_min <= total <= limits.general_max:
        forms.append(GENERAL_BRANCH)
    if total > limits.committee_over:
        forms.append(COMMITTEE)
    return tuple(forms)


def separate_level(
    full: int | None, built: bool, excepted: bool, minimum: int, *, closed: bool = False, hard: bool = False
) -> tuple[str, str]:
    """Whether a unit with enough full members has its own branch (YZ-2.1-b, YN-06-a, YN-02-b).

    >>> [separate_level(full, False, False, 3)[0] for full in (3, 2, None)]
    ['预警', '不适用', '无法判定']
    """
    if built:
        return MET, "FORM-SEPARATE"
    if full is None:
        return UNDETERMINED, "FORM-UNKNOWN"
    if full < minimum:
        return NOT_APPLICABLE, "FORM-FEW"
    if excepted:
        return MET_BY_EXCEPTION, "FORM-EXCEPTED"
    return missed(closed=closed, hard=hard), "FORM-NOT-SEPARATE"


def branch_size_level(total: int | None, excepted: bool, limit: int, hard: bool = False) -> tuple[str, str]:
    """Whether a branch is small enough (YZ-2.1-c).

    >>> branch_size_level(51, False, 50)[0], branch_size_level(50, False, 50)[0]
    ('预警', '达标')
    """
    if total is None:
        return UNDETERMINED, "FORM-UNKNOWN"
    if total <= limit:
        return MET, "FORM-SIZE-MET"
    if excepted:
        return MET_BY_EXCEPTION, "FORM-SIZE-EXCEPTED"
    return missed(closed=True, hard=hard), "FORM-SIZE-OVER"


def parts(total: int, limit: int) -> int:
    """Into how many branches to split: ⌈N / limit⌉.

    >>> parts(51, 50), parts(100, 50)
    (2, 2)
    """
    return -(-total // max(limit, 1))


def minimum_level(full: int | None, before: int | None, minimum: int) -> tuple[str, str]:
    """Whether a separate branch still has enough full members; the second return below it is a breach (YN-06-c).

    >>> minimum_level(2, 3, 3)[0], minimum_level(2, 2, 3)[0]
    ('预警', '不达标')
    """
    if full is None:
        return UNDETERMINED, "FORM-UNKNOWN"
    if full >= minimum:
        return MET, "FORM-MINIMUM-MET"
    again = before is not None and before < minimum
    return (NOT_MET, "FORM-MINIMUM-AGAIN") if again else (WARNING, "FORM-MINIMUM-FIRST")


def total_of(rows: Iterable[Row], column: str) -> int | None:
    """The sum of a column; None when a cell is empty."""
    values = [getattr(row, column) for row in rows]
    return None if None in values else int(sum(values))


@dataclass(frozen=True, slots=True)
class Leaves:
    """Where the numbers of members come from.

    Args:
        rows: leaf organisations, temporary ones left out (their members would count twice).
        roster: full members of the optional roster whose relation is in the unit.
        whole: all full members of the roster; it takes the place of the head count only where it is no shorter.
        fallback: a statistic that stands in where no organisation is registered.
    """

    rows: Annotated[RowFilter, Rows(key="leaves")]
    full: Annotated[str, Column()] = "full_members"
    roster: Annotated[RowFilter | None, Rows()] = None
    whole: Annotated[RowFilter | None, Rows(key="whole_roster")] = None
    fallback: Annotated[str, Stat()] = ""

    def full_members(self, case: Case, minimum: int) -> tuple[int | None, tuple[tuple[str, tuple[Row, ...]], ...]]:
        """F and the rows it rests on.

        A roster of some members says where their relation is, but not how many members there are: it is at least
        as many as it names.
        """
        count, shown = self._head_count(case)
        if self.roster is None or self.whole is None:
            return count, shown
        listed, own = case.rows(self.whole), case.rows(self.roster)
        complete = listed and count is not None and len(listed) >= count
        if complete or (count is None and len(own) >= minimum):
            return len(own), ((self.roster.sheet, tuple(own or listed)),)
        return count, shown

    def _head_count(self, case: Case) -> tuple[int | None, tuple[tuple[str, tuple[Row, ...]], ...]]:
        leaves = case.rows(self.rows)
        if leaves or not self.fallback:
            return total_of(leaves, self.full), ((self.rows.sheet, tuple(leaves)),)
        value, rows = case.stat(self.fallback)
        return None if value is None else int(value), ((STATS, rows),)


@dataclass(frozen=True, slots=True)
class Separate(Resting):
    """`family: form` of a unit: with enough full members it has an organisation of its own."""

    family = "form"
    title = "应建尽建"
    sentence = (
        "正式党员（{leaves}的“{full}”之和）达到{minimum}名时，应有{form}：{built}"
        "〖；没有但填了“{exception}”的，为达标（例外）〗"
    )
    steps = ("各支部正式党员数相加＝{full}名，达到{minimum}名才要求",)
    scopes = ("unit",)

    leaves: Annotated[Leaves, Inline()]
    built: Annotated[RowFilter, Rows()]
    form: Annotated[str, Text()]
    minimum: Annotated[Number, Limit()]
    exception: Annotated[str, Column()] = ""

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Leaves, the organisations that count as built, and the roster."""
        return (self.leaves.rows, self.built, *((self.leaves.roster,) if self.leaves.roster else ()))

    @property
    def stats(self) -> tuple[str, ...]:
        """The statistic that stands in."""
        return (self.leaves.fallback,) if self.leaves.fallback else ()

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What has an exception is met."""
        excepted = (MET_BY_EXCEPTION,) if self.exception else ()
        return (MET, *excepted, missed(closed=closed, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        minimum = int(case.number(self.minimum))
        full, rows = self.leaves.full_members(case, minimum)
        built = case.rows(self.built)
        excepted = [row for row in case.rows(self.leaves.rows) if self.exception and getattr(row, self.exception)]
        level, key = separate_level(
            full,
            bool(built) and (full is None or full >= minimum),
            bool(excepted),
            minimum,
            closed=case.closed,
            hard=case.hard,
        )
        figures = {"full": "" if full is None else str(full), "minimum": str(minimum)}
        counted_nobody = key == "FORM-FEW" and rows[0][0] == STATS
        if counted_nobody and (open_total := contradicted(case, self.leaves.fallback, minimum)):
            yield open_total
            return
        if key == "FORM-NOT-SEPARATE" and rows[0][0] == STATS:
            key = "FORM-NOT-REGISTERED"
        words = {
            "form": self.form,
            "exception": "、".join(dict.fromkeys(getattr(row, self.exception) for row in excepted)),
        }
        shown = ((self.built.sheet, tuple(built)),) if level == MET else rows
        yield Judged(level, key, figures, words, shown)
