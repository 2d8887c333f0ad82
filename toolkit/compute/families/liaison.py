"""C9: liaisons: who may be one, and how many organisations one person looks after.

Source: calculations C9; YN-08-a, YN-08-d.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.over_rows import OneByOne, OverRows
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.people import distinct
from toolkit.compute.reader import Reader
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, UNDETERMINED, WARNING
from toolkit.model.rows import Row


def load_level(organisations: int, limit: int, excepted: bool = False, hard: bool = False) -> tuple[str, str]:
    """Level and code of the reason for the number of organisations of one person (一般不超过).

    >>> load_level(3, 3)[0], load_level(4, 3)[0], load_level(4, 3, excepted=True)[0]
    ('达标', '预警', '达标（例外）')
    """
    if organisations <= limit:
        return MET, "LIAISON-LOAD-MET"
    if excepted:
        return MET_BY_EXCEPTION, "LIAISON-LOAD-EXCEPTED"
    return missed(closed=True, hard=hard), "LIAISON-LOAD-OVER"


def status_level(status: str | None, allowed: frozenset[str], hard: bool = True) -> tuple[str, str]:
    """Level and code of the reason for a person's status.

    >>> status_level("离退休党员", frozenset({"在职党员"}))[0], status_level(None, frozenset({"在职党员"}))[0]
    ('不达标', '无法判定')
    """
    if status is None:
        return UNDETERMINED, "STATUS-BLANK"
    return (MET, "STATUS-MET") if status in allowed else (missed(closed=True, hard=hard), "STATUS-OTHER")


@dataclass(frozen=True, slots=True)
class Status(OneByOne):
    """The evaluator of `family: status`: one result for each row."""

    rows: RowFilter
    key: str
    column: str
    allowed: frozenset[str]
    what: str

    @property
    def decides(self) -> tuple[Condition, ...]:
        """The status."""
        return (Condition((self.column,), "in", self.allowed),)

    def judge(self, case: Case) -> Iterator[Judged]:
        """The status against the allowed ones."""
        rows = case.rows(self.rows)
        for row in rows:
            status = getattr(row, self.column)
            level, key = status_level(status, self.allowed, case.hard)
            words = {"what": self.what, "status": status or "", "wanted": "、".join(sorted(self.allowed))}
            yield Judged(level, key, {}, words, ((self.rows.sheet, (row,)),), str(getattr(row, self.key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, "NO-SUBJECT", words={"what": self.what})


def compile_status(reader: Reader) -> Status:
    """`family: status` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return Status(
        rows=rows,
        key=reader.column("key", rows.sheet),
        column=reader.column("column", rows.sheet),
        allowed=frozenset(reader.texts("allowed")),
        what=reader.text("what"),
    )


@dataclass(frozen=True, slots=True)
class Load(OverRows):
    """The evaluator of `family: load`: one result for each person and unit, counted over all workbooks.

    Args:
        exceptions: organisations whose exception clears the excess.
    """

    rows: RowFilter
    key: str
    org: str
    limit: Number
    exceptions: RowFilter | None
    exception_key: str

    def judge(self, case: Case) -> Iterator[Judged]:
        """Distinct organisations of each person who holds such a post in the unit.

        Who may be somebody of another unit counts apart; where both together would be too many, that is a doubt.
        """
        limit = int(case.number(self.limit))
        people, excepted = self._people(case)
        done: set[int] = set()
        own = case.rows(self.rows)
        for row in own:
            number, posts, alike = people[row.origin]
            if number in done:
                continue
            done.add(number)
            orgs, most = ({getattr(post, self.org) for post in some} for some in (posts, alike))
            case.note(self.rows.sheet, alike)
            if self.exceptions:
                case.note(
                    self.exceptions.sheet, [row for org in sorted(most, key=str) for row in excepted.get(org, ())]
                )
            level, key = load_level(len(orgs), limit, not orgs.isdisjoint(excepted), case.hard)
            figures = {"n": str(len(orgs)), "limit": str(limit)}
            if level == MET and load_level(len(most), limit, not most.isdisjoint(excepted), case.hard)[0] != MET:
                level, key, posts = WARNING, "LIAISON-LOAD-DOUBT", alike
                figures["most"] = str(len(most))
            yield Judged(level, key, figures, {}, ((self.rows.sheet, tuple(posts)),), str(getattr(row, self.key)))
        if not own:
            yield Judged(NOT_APPLICABLE, "LIAISON-NOBODY")

    def _people(self, case: Case) -> tuple[dict, dict[str, list[Row]]]:
        """Row → (person, posts of the person, posts of all who may be the person), over all workbooks; made once."""
        cache, at = case.context.scratch, ("load", id(self), case.day)
        if at not in cache:
            rows = [row for own in case.context.select(self.rows, case.day).values() for row in own]
            found = distinct(rows, case.context.dataset.rulings)
            posts: dict[int, list[Row]] = defaultdict(list)
            alike: dict[int, list[Row]] = defaultdict(list)
            for row in rows:
                posts[found.person[row.origin]].append(row)
                alike[found.circle[row.origin]].append(row)
            people = {at: (number, posts[number], alike[found.circle[at]]) for at, number in found.person.items()}
            cleared: dict[str, list[Row]] = defaultdict(list)
            for own in case.context.select(self.exceptions, case.day).values() if self.exceptions else ():
                for row in own:
                    cleared[getattr(row, self.exception_key)].append(row)
            cache[at] = (people, dict(cleared))
        return cache[at]


def compile_load(reader: Reader) -> Load:
    """`family: load` from its arguments."""
    rows, exceptions = reader.rows(), reader.rows("exceptions", required=False)
    assert rows is not None
    return Load(
        rows=rows,
        key=reader.column("key", rows.sheet),
        org=reader.column("org", rows.sheet),
        limit=reader.number("limit") or Number(),
        exceptions=exceptions,
        exception_key=reader.column("exception_key", exceptions.sheet) if exceptions else "",
    )
