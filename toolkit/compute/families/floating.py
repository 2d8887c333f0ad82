"""C10: floating members: notice after six months away, contact every quarter, follow-up of shorter stays.

Source: calculations C10; YN-13-c/f/g/h/i. Six months are reached on add_months(out, 6), that day included; a
return before it breaks the stay, and a new row starts a new count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.coverage import percent
from toolkit.compute.families.over_rows import OneByOne, filled
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.periods import Period, add_months, day_after, ended_before, quarters
from toolkit.compute.reader import Reader
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
    """The evaluator of `family: after_months`: one result for each member away.

    Args:
        done: the column that shows the duty fulfilled.
        early: what an open case is before `months` are over: 不适用, or 预警 (YN-13-c), for then the time to see to it
            runs from the first day away.
    """

    rows: RowFilter
    key: str
    out: str
    back: str
    transferred: str
    done: str
    months: Number
    days: Number
    early: bool
    what: str

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What fulfils the duty."""
        return filled(self.done)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """The first days after the duty begins are a reminder."""
        return (MET, WARNING, missed(closed=True, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """The six-month test and what was done."""
        months, days = int(case.number(self.months)), int(case.number(self.days))
        rows = case.rows(self.rows)
        for row in rows:
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
            yield Judged(level, word, figures, words, ((self.rows.sheet, (row,)),), str(getattr(row, self.key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, "FLOAT-NOBODY")

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


def compile_after_months(reader: Reader) -> AfterMonths:
    """`family: after_months` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return AfterMonths(
        rows=rows,
        key=reader.column("key", rows.sheet),
        out=reader.column("out", rows.sheet),
        back=reader.column("back", rows.sheet),
        transferred=reader.column("transferred", rows.sheet),
        done=reader.column("done", rows.sheet),
        months=reader.number("months") or Number(),
        days=reader.number("grace_days") or Number(),
        early=reader.flag("open_before"),
        what=reader.text("what"),
    )


@dataclass(frozen=True, slots=True)
class Contact(OneByOne):
    """The evaluator of `family: contact`: one result for each member away and quarter due."""

    rows: RowFilter
    key: str
    out: str
    back: str
    contacts: tuple[str, ...]
    share: Number
    low: Number
    scope: str
    all_value: str
    months: Number

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


def compile_contact(reader: Reader) -> Contact:
    """`family: contact` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    contact = Contact(
        rows=rows,
        key=reader.column("key", rows.sheet),
        out=reader.column("out", rows.sheet),
        back=reader.column("back", rows.sheet),
        contacts=reader.columns("contacts", rows.sheet),
        share=reader.number("min_share") or Number(),
        low=reader.number("low") or Number(Decimal(1)),
        scope=reader.parameter("scope"),
        all_value=reader.text("scope_all"),
        months=reader.number("months") or Number(),
    )
    if len(contact.contacts) != 4:
        reader.fail("“contacts”应为四个季度的四列", "contacts")
    return contact


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
    """The evaluator of `family: tracked`: one result for each member away."""

    rows: RowFilter
    key: str
    out: str
    back: str
    kind: str
    seasonal: frozenset[str]
    complete: tuple[str, ...]
    months: Number

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What makes a row complete."""
        return filled(*self.complete)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Who is away is followed from the first day."""
        return (MET, missed(closed=True, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """Whether the row is complete."""
        months, rows = int(case.number(self.months)), case.rows(self.rows)
        for row in rows:
            out, back = getattr(row, self.out), getattr(row, self.back)
            long = out is not None and reached(out, back, case.as_of, months)
            short = not long or getattr(row, self.kind) in self.seasonal
            level, word = tracked_level(short, all(getattr(row, name) is not None for name in self.complete), case.hard)
            if ended_before(back, case.year):
                level, word = NOT_APPLICABLE, "FLOAT-PAST"
            figures = {"out": str(out or ""), "back": str(back or "")}
            words = {"months": str(months), "year": str(case.year)}
            yield Judged(level, word, figures, words, ((self.rows.sheet, (row,)),), str(getattr(row, self.key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, "FLOAT-NOBODY")


def compile_tracked(reader: Reader) -> Tracked:
    """`family: tracked` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return Tracked(
        rows=rows,
        key=reader.column("key", rows.sheet),
        out=reader.column("out", rows.sheet),
        back=reader.column("back", rows.sheet),
        kind=reader.column("kind", rows.sheet),
        seasonal=frozenset(reader.texts("seasonal")),
        complete=reader.columns("complete", rows.sheet),
        months=reader.number("months") or Number(),
    )
