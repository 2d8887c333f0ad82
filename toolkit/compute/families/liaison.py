"""C9: liaisons: who may be one, and how many organisations one person looks after.

Source: calculations C9; YN-08-a, YN-08-d.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.doubts import doubted
from toolkit.compute.families.base import OverRows, first_key
from toolkit.compute.fields import Column, Limit, Rows
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.people import Distinct, distinct
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, WARNING
from toolkit.model.rows import Origin, Row


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


@dataclass(frozen=True, slots=True)
class Load(OverRows):
    """`family: each` person: how many organisations somebody has, counted over all workbooks.

    Args:
        exceptions: organisations whose exception clears the excess.
    """

    family = "each"
    mark = "org"
    title = "联系个数"
    sentence = "{rows}，一人的“{org}”（全部汇总的工作簿一起数）不超过{limit}个〖；{exceptions}的除外〗"
    steps = ("不同的党组织{n}个，上限{limit}个", "疑似的人合起来{most}个")
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    org: Annotated[str, Column()]
    limit: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]
    exceptions: Annotated[RowFilter | None, Rows()] = None
    exception_key: Annotated[str, Column("exceptions")] = ""

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What has an exception is met."""
        excepted = (MET_BY_EXCEPTION,) if self.exceptions else ()
        return (MET, *excepted, missed(closed=True, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """Distinct organisations of each person who holds such a post in the unit, named by the person's first post.

        Who may be somebody of another unit counts apart; where both together would be too many, that is a doubt.
        Where rows that were refused elsewhere would make it too many, or an exception cannot be read, nobody knows.
        """
        load, people = self._load(case), {}
        for row in case.rows(self.rows):
            people.setdefault(load.found.person[row.origin], []).append(row)
        for own in people.values():
            yield self._judged(case, load, own[0], first_key(own, self.key))
        if not people:
            yield Judged(NOT_APPLICABLE, "LIAISON-NOBODY")

    def _judged(self, case: Case, load: _Everywhere, row: Row, subject: str) -> Judged:
        limit, excepted = int(case.number(self.limit)), self._excepted(case)
        posts, alike, lost = load.of(row)
        orgs, most, all_of_them = (
            {getattr(post, self.org) or post.origin for post in some} for some in (posts, alike, (*alike, *lost))
        )
        case.note(self.rows.sheet, (*alike, *lost))
        if self.exceptions:
            clearing = [row for org in sorted(most, key=str) for row in excepted.get(org, ())]
            case.note(self.exceptions.sheet, clearing)
        level, key = load_level(len(orgs), limit, not orgs.isdisjoint(excepted), case.hard)
        figures = {"n": str(len(orgs)), "limit": str(limit)}
        if level == MET and load_level(len(most), limit, not most.isdisjoint(excepted), case.hard)[0] != MET:
            level, key, posts = WARNING, "LIAISON-LOAD-DOUBT", alike
            figures["most"] = str(len(most))
        elif level == MET and load_level(len(all_of_them), limit, hard=case.hard)[0] != MET:
            return doubted(case, [Doubt(ROWS_REFUSED, self.rows.sheet, tuple(lost))], subject)
        elif level not in (MET, MET_BY_EXCEPTION) and (doubts := self._unread(case, orgs)):
            return doubted(case, doubts, subject)
        return Judged(level, key, figures, {}, ((self.rows.sheet, tuple(posts)),), subject)

    def _load(self, case: Case) -> _Everywhere:
        """All liaisons of all workbooks; made once."""
        cache, at = case.context.scratch, ("load", id(self), case.day)
        if at not in cache:
            cache[at] = _everywhere(case, self.rows)
        return cache[at]

    def _excepted(self, case: Case) -> Mapping[object, list[Row]]:
        """Organisations with an exception and the rows that say so, over all workbooks; made once."""
        cache, at = case.context.scratch, ("excepted", id(self), case.day)
        if at not in cache:
            cleared: dict[object, list[Row]] = defaultdict(list)
            for own in case.context.select(self.exceptions, case.day).values() if self.exceptions else ():
                for row in own:
                    cleared[getattr(row, self.exception_key)].append(row)
            cache[at] = dict(cleared)
        return cache[at]

    def _unread(self, case: Case, orgs: Set[object]) -> list[Doubt]:
        """Refused rows and lost cells because of which nobody knows whether one of the organisations is excepted."""
        rows, records, found = self.exceptions, case.context.records, []
        if rows is None:
            return found
        named = {None, *orgs}
        refused = [row for own in case.context.refused(rows, case.day).values() for row in own]
        if refused := [row for row in refused if getattr(row, self.exception_key) in named]:
            found.append(Doubt(ROWS_REFUSED, rows.sheet, tuple(refused)))
        lossy = [row for own in case.context.lossy(rows, case.day).values() for row in own]
        lossy = [row for row in lossy if getattr(row, self.exception_key) in named]
        lost = records.lost_cells(rows.sheet, lossy, (*rows.columns(), self.exception_key))
        return [*found, lost] if lost else found


@dataclass(frozen=True)
class _Everywhere:
    """The rows of a filter over all workbooks by person.

    Args:
        found: the persons behind merged and refused rows.
        posts: person → merged rows; lost: person → refused rows that could pass.
        place: row → its place among all.
    """

    found: Distinct
    posts: Mapping[int, list[Row]]
    lost: Mapping[int, list[Row]]
    place: Mapping[Origin, int]

    def of(self, row: Row) -> tuple[Sequence[Row], Sequence[Row], Sequence[Row]]:
        """Posts of the row's person, of all who may be the person, and refused rows that may be about one of them."""
        person = self.found.person[row.origin]
        circle = self.found.persons.circle(person)
        return self.posts[person], self._all(self.posts, circle), self._all(self.lost, circle)

    def _all(self, rows: Mapping[int, list[Row]], circle: Sequence[int]) -> list[Row]:
        found = (row for person in circle for row in rows.get(person, ()))
        return sorted(found, key=lambda row: self.place[row.origin])


def _everywhere(case: Case, rows: RowFilter) -> _Everywhere:
    context = case.context
    merged = [row for own in context.select(rows, case.day).values() for row in own]
    refused = [row for own in context.refused(rows, case.day).values() for row in own]
    every = [*merged, *refused]
    found = distinct(every, context.dataset.rulings, partial(context.records.open, rows.sheet))
    posts, lost = defaultdict(list), defaultdict(list)
    for into, own in ((posts, merged), (lost, refused)):
        for row in own:
            into[found.person[row.origin]].append(row)
    return _Everywhere(found, posts, lost, {row.origin: place for place, row in enumerate(every)})
