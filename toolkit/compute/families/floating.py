"""C10: floating members: notice after six months away, contact every quarter, follow-up of shorter stays.

Source: calculations C10; YN-13-c/f/g/h/i. Six months are reached on add_months(out, 6), that day included; a
return before it breaks the stay, and a new row starts a new count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import OneByOne, Said, filled
from toolkit.compute.families.coverage import percent
from toolkit.compute.fields import Column, Columns, Limit, ParameterName, Rows
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.lookups import Reading
from toolkit.compute.periods import Period, add_months, day_after, ended_before, quarters
from toolkit.model.binder import Flag, Text, Texts
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Row


def reached(out: date, back: date | None, as_of: date, months: int) -> bool:
    """Whether someone was away for `months` in one stretch.

    >>> reached(date(2025, 1, 10), date(2025, 7, 9), date(2026, 1, 1), 6)
    False
    >>> reached(date(2025, 1, 10), date(2025, 7, 10), date(2026, 1, 1), 6)
    True
    """
    return min(back or as_of, as_of) >= add_months(out, months)


def notice_level(
    out: date | None,
    back: date | None,
    transferred: bool,
    noticed: bool,
    as_of: date,
    *,
    months: int = 6,
    days: int = 30,
    hard: bool = True,
    last: date | None = None,
) -> tuple[str, str]:
    """Level and code of the reason for a duty that begins after `months` away.

    Args:
        noticed: the duty is fulfilled.
        days: after the day it begins, within which a miss is only 预警.
        last: the last of these days; None = counted from the day on which the months are full.

    >>> out = date(2025, 8, 31)
    >>> [notice_level(out, None, False, False, day)[0] for day in
    ...  (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 30), date(2026, 3, 31))]
    ['不适用', '预警', '预警', '不达标']
    """
    if transferred:
        return NOT_APPLICABLE, "FLOAT-TRANSFERRED"
    if out is None:
        return UNDETERMINED, "FLOAT-UNDATED"
    if not reached(out, back, as_of, months):
        return NOT_APPLICABLE, "FLOAT-SHORT"
    if noticed:
        return MET, "FLOAT-DONE"
    late = as_of > (last or day_after(add_months(out, months), days))
    # Without days of grace there is nothing to be "over": the day on which the months were full says it all.
    return (NOT_MET, "FLOAT-LATE" if days > 0 else "FLOAT-DUE") if late and hard else (WARNING, "FLOAT-DUE")


def due_quarters(out: date, back: date | None, year: int, as_of: date, share: Decimal) -> tuple[int, ...]:
    """Numbers of the quarters in which someone was away for at least `share` of the days.

    >>> due_quarters(date(2025, 2, 20), date(2025, 11, 10), 2025, date(2026, 1, 1), Decimal("0.5"))
    (2, 3)
    """
    last = min(back or as_of, as_of)
    return tuple(
        number
        for number, quarter in enumerate(quarters(year), 1)
        if (away := quarter.overlap(out, last)) and away >= share * quarter.days
    )


def contact_level(contacts: int | None, low: int, quarter: Period, as_of: date, hard: bool = False) -> tuple[str, str]:
    """Level and code of the reason for the contacts of one quarter that is due (原则上).

    >>> [contact_level(n, 1, quarters(2025)[1], date(2026, 1, 1))[0] for n in (1, 0, None)]
    ['达标', '预警', '无法判定']
    """
    if contacts is None:
        return UNDETERMINED, "CONTACT-BLANK"
    if contacts >= low:
        return MET, "CONTACT-MET"
    return missed(closed=quarter.closed(as_of), hard=hard), "CONTACT-NONE"


@dataclass(frozen=True, slots=True)
class AfterMonths(OneByOne):
    """`family: open_for` of stays: once a member is away for some months something is to be done.

    Args:
        done: the column that shows the duty fulfilled.
        early: what an open case is before `months` are over: 不适用, or 预警 (YN-13-c), for then the time to see to it
            runs from the first day away.
    """

    family = "open_for"
    mark = "months"
    title = "满月后应办"
    sentence = (
        "{what}：{rows}，“{out}”满{months}个月（到“{back}”或评定日为止）、没有“{transferred}”的，应有“{done}”"
        "〖；{grace_days}天内为预警，更晚为不达标〗"
    )
    steps = (
        "{out}加{months}个月＝{day}",
        "从{begin}起{graced}天，最晚的一天是{last}",
        "从{begin}起不满{within}个月，最晚的一天是{last}",
        "返回日{back}",
    )
    scopes = ("unit",)
    nobody = "FLOAT-NOBODY"

    rows: Annotated[RowFilter, Rows()]
    back: Annotated[str, Column()]
    transferred: Annotated[str, Column()]
    done: Annotated[str, Column()]
    months: Annotated[Number, Limit()]
    days: Annotated[Number, Limit(key="grace_days")]
    what: Annotated[str, Text()]
    key: Annotated[str, Column(role="key")]
    out: Annotated[str, Column(role="since")]
    early: Annotated[bool, Flag(key="open_before")] = False

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What fulfils the duty."""
        return filled(self.done)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """The first days after the duty begins are a reminder."""
        return (MET, WARNING, missed(closed=True, hard=hard))

    def each(self, case: Case) -> Callable[[Row], Said]:
        """The six-month test and what was done."""
        months, days = int(case.number(self.months)), int(case.number(self.days))

        def one(row: Row) -> Said:
            out, done = getattr(row, self.out), getattr(row, self.done) is not None
            back = getattr(row, self.back)
            begin, last = self._counted(out, months, days, case.first_day) if out else (None, None)
            level, word = notice_level(
                out,
                back,
                getattr(row, self.transferred) is not None,
                done,
                min(back or case.as_of, case.as_of) if self.early else case.as_of,
                months=months,
                days=days,
                hard=case.hard,
                last=last,
            )
            if ended_before(back, case.year):
                level, word = NOT_APPLICABLE, "FLOAT-PAST"
            elif word == "FLOAT-SHORT":
                level, word = self._short(done, back, case.as_of)
            elif self.early and level == WARNING and back is not None and back <= case.as_of:
                level, word = NOT_APPLICABLE, "FLOAT-BACK"
            figures = {"out": str(out or ""), "day": str(add_months(out, months)) if out else "", "grace": str(days)}
            figures["back"] = str(back or "")
            words = {"what": self.what, "months": str(months), "year": str(case.year)}
            words |= {"counted": case.days_left_out(begin)}
            if begin and last:
                words |= {"begin": str(max(begin, case.first_day)), "last": str(last)}
                words |= {"within": str(months)} if self.early else {"graced": str(days)}
            return level, word, figures, words

        return one

    def said(self) -> dict[str, str]:
        """Nothing."""
        return {}

    def _counted(self, out: date, months: int, days: int, first_day: date) -> tuple[date, date]:
        """The day from which the days to see to it run, and the last of them; those before `first_day` do not count."""
        if self.early:
            return out, day_after(add_months(max(out, first_day), months), days)
        begin = add_months(out, months)
        return begin, day_after(max(begin, first_day), days)

    def _short(self, done: bool, back: date | None, as_of: date) -> tuple[str, str]:
        """Level and code of the reason of a stay that has not reached the months: who is back owes nothing more."""
        if self.early and done:
            return MET, "FLOAT-DONE"
        if back is not None and back <= as_of:
            return NOT_APPLICABLE, "FLOAT-BACK"
        return (WARNING, "FLOAT-EARLY") if self.early else (NOT_APPLICABLE, "FLOAT-SHORT")


@dataclass(frozen=True, slots=True)
class Contact(OneByOne):
    """`family: frequency` in columns: how often a member away was spoken to in each quarter that is due."""

    family = "frequency"
    mark = "contacts"
    title = "按季联系"
    sentence = (
        "{rows}，一个季度内流出满{min_share}的，当季联系（{contacts}）不少于{low}次；没有填写的为无法判定。"
        "范围：{scope}"
    )
    steps = ("{period}联系{n}次，要求{need}次",)
    periods = ("quarter",)
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()]
    back: Annotated[str, Column()]
    contacts: Annotated[tuple[str, ...], Columns()]
    share: Annotated[Number, Limit(key="min_share")]
    scope: Annotated[str, ParameterName()]
    all_value: Annotated[str, Text(key="scope_all")]
    months: Annotated[Number, Limit()]
    low: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]
    out: Annotated[str, Column(role="since")]

    def check(self, at: Reading) -> None:
        """One column a quarter."""
        if len(self.contacts) != 4:
            at.fail("“contacts”应为四个季度的四列", "contacts")

    def judge(self, case: Case) -> Iterator[Judged]:
        """Contacts of each quarter in which the member was away for long enough."""
        everyone = case.context.required(self.scope) == self.all_value
        months, found = int(case.number(self.months)), 0
        for row in case.rows(self.rows):
            out, back = getattr(row, self.out), getattr(row, self.back)
            if out is None:
                found += 1
                yield self._one(row, UNDETERMINED, "FLOAT-UNDATED", {"out": ""}, None)
            elif everyone or reached(out, back, case.as_of, months):
                for number in due_quarters(out, back, case.year, case.as_of, case.number(self.share)):
                    found += 1
                    yield self._quarter(case, row, number)
        if not found:
            yield Judged(NOT_APPLICABLE, "CONTACT-NOT-DUE")

    def _quarter(self, case: Case, row: Row, number: int) -> Judged:
        quarter = quarters(case.year)[number - 1]
        contacts, low = getattr(row, self.contacts[number - 1]), int(case.number(self.low))
        level, word = contact_level(contacts, low, quarter, case.as_of, case.hard)
        figures = {"n": "" if contacts is None else str(contacts), "need": str(low)}
        out, last = getattr(row, self.out), min(getattr(row, self.back) or case.as_of, case.as_of)
        why = {
            "first": str(max(out, quarter.start)),
            "last": str(min(last, quarter.end)),
            "away": str(quarter.overlap(out, last)),
            "of": str(quarter.days),
            "share": percent(case.number(self.share), 1),
        }
        return self._one(row, level, word, figures, quarter, why)

    def _one(
        self,
        row: Row,
        level: str,
        word: str,
        figures: dict[str, str],
        quarter: Period | None,
        why: Mapping[str, str] = MappingProxyType({}),
    ) -> Judged:
        label, days = (quarter.label, quarter.ends) if quarter else ("", None)
        subject = f"{getattr(row, self.key)} {label}".strip()
        words = {"period": label, **why}
        return Judged(level, word, figures, words, ((self.rows.sheet, (row,)),), subject, days=days)


def tracked_level(short: bool, complete: bool, hard: bool = False) -> tuple[str, str]:
    """Level and code of the reason for the follow-up of a stay below six months or with the seasons.

    >>> tracked_level(True, True)[0], tracked_level(True, False)[0], tracked_level(False, True)[0]
    ('达标', '预警', '不适用')
    """
    if not short:
        return NOT_APPLICABLE, "TRACK-LONG"
    return (MET, "TRACK-MET") if complete else (missed(closed=True, hard=hard), "TRACK-GAPS")


@dataclass(frozen=True, slots=True)
class Tracked(OneByOne):
    """`family: each` stay that is short or comes with the seasons: its row is complete."""

    family = "each"
    mark = "seasonal"
    title = "跟踪管理"
    sentence = "{rows}，“{out}”不满{months}个月或“{kind}”为{seasonal}的，{complete} 都已填写"
    steps = ("{out}加{months}个月，同评定日{as_of}（已返回的同返回日）比", "返回日{back}")
    scopes = ("unit",)
    nobody = "FLOAT-NOBODY"

    rows: Annotated[RowFilter, Rows()]
    back: Annotated[str, Column()]
    kind: Annotated[str, Column()]
    seasonal: Annotated[frozenset[str], Texts(frozenset)]
    complete: Annotated[tuple[str, ...], Columns()]
    months: Annotated[Number, Limit()]
    key: Annotated[str, Column(role="key")]
    out: Annotated[str, Column(role="since")]

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What makes a row complete."""
        return filled(*self.complete)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Who is away is followed from the first day."""
        return (MET, missed(closed=True, hard=hard))

    def each(self, case: Case) -> Callable[[Row], Said]:
        """Whether the row is complete."""
        months = int(case.number(self.months))

        def one(row: Row) -> Said:
            out, back = getattr(row, self.out), getattr(row, self.back)
            long = out is not None and reached(out, back, case.as_of, months)
            short = not long or getattr(row, self.kind) in self.seasonal
            level, word = tracked_level(short, all(getattr(row, name) is not None for name in self.complete), case.hard)
            if ended_before(back, case.year):
                level, word = NOT_APPLICABLE, "FLOAT-PAST"
            figures = {"out": str(out or ""), "back": str(back or "")}
            return level, word, figures, {"months": str(months), "year": str(case.year)}

        return one
