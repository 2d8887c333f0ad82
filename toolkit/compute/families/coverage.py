"""C6: done out of due, from rows.

Source: calculations C6; YZ-2.2-h, 2.3-h; YN-02-e, 08-f, 08-h, 10-b, 12-b, 13-b and others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.contradicted import contradicted
from toolkit.compute.doubts import doubted
from toolkit.compute.families.base import Resting, filled
from toolkit.compute.fields import Column, Conditions, Limit, Rows, Stat
from toolkit.compute.filters import Condition, Number, RowFilter
from toolkit.compute.levels import coverage
from toolkit.compute.lookups import Reading
from toolkit.compute.periods import day_after
from toolkit.model.binder import Text
from toolkit.model.org_names import tidy
from toolkit.model.organisations import SHEET, Node
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED
from toolkit.model.rows import Row
from toolkit.model.standing import AGAIN, CHOOSE

NAMED = 5
"""How many missing subjects a reason names; the evidence rows name all."""
_ELSEWHERE = {CHOOSE: "ELSEWHERE-CHOOSE", AGAIN: "ELSEWHERE-AGAIN"}


def percent(done: Decimal | int, due: Decimal | int) -> str:
    """A share for reading: two places, half-up; never used for comparing.

    >>> percent(117, 118), percent(1749, 2500)
    ('99.15%', '69.96%')
    """
    return f"{(Decimal(done) * 100 / Decimal(due)).quantize(Decimal('0.01'), ROUND_HALF_UP)}%" if due else ""


def plain(value: Decimal | int | None) -> str:
    """A number without trailing zeros or exponent; empty for None.

    >>> plain(Decimal("300.00")), plain(Decimal("1E+2")), plain(None)
    ('300', '100', '')
    """
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share_figures(done: Decimal | int | None, due: Decimal | int | None) -> dict[str, str]:
    """done, due, rate and percent as text."""
    figures = {"done": plain(done), "due": plain(due)}
    if done is not None and due:
        figures |= {"rate": f"{plain(done)}/{plain(due)}", "percent": percent(done, due)}
    return figures


COVERAGE_KEYS = {
    "达标": "COVER-MET",
    "预警": "COVER-MISSING",
    "不达标": "COVER-MISSING",
    "不适用": "COVER-NONE",
    "无法判定": "COVER-UNKNOWN",
}


def coverage_key(case: Case, level: str) -> str:
    """The code of the reason; a miss of a dated duty names its date."""
    key = COVERAGE_KEYS[level]
    return f"{key}-BY" if key == "COVER-MISSING" and case.compiled.span.deadline else key


def named(subjects: Iterable[object]) -> str:
    """The first of the missing subjects, as a reason names them.

    >>> named(["01", "02"]), named([])
    ('：01、02', '')
    """
    names = [str(subject) for subject in subjects]
    return ("：" + "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")) if names else ""


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows elsewhere that fulfil a row: their `key` holds the row's `by`."""

    rows: Annotated[RowFilter, Rows()]
    key: Annotated[str, Column()]
    by: Annotated[str, Column("..rows")]


@dataclass(frozen=True, slots=True)
class Settling:
    """What is not due yet: `days` after a row was set up past the deadline, or after what fulfilled it came to an end.

    Args:
        left: the rows that fulfil another, whether they still do or no longer; until: their last day.
    """

    since: Annotated[str, Column()]
    days: Annotated[Number, Limit()]
    left: Linked | None = None
    until: Annotated[str, Text()] = ""

    def check(self, at: Reading) -> None:
        """The last day stands in the rows that fulfil another."""
        if self.until:
            at.column(self.until, self.left.rows.sheet if self.left else at.sheet_of("rows"), "until")

    def waits(self, case: Case, row: Row) -> bool:
        """Whether the row is still settling."""
        start: date | None = getattr(row, self.since)
        new = start is not None and not (case.deadline and start <= case.deadline) and self._runs(case, start)
        return new or self.changes(case, row)

    def changes(self, case: Case, row: Row) -> bool:
        """Whether what fulfilled the row has ended so lately that nobody else need be there yet."""
        if self.left is None:
            return False
        node = case.context.organisations.leads(row.origin.unit, getattr(row, self.left.by))
        return any(self._ended(case, one) for one in linked_rows(case, self.left).get(node, ()))

    def unread(self, case: Case, missing: Sequence[Row]) -> list[Row]:
        """Refused rows that may have fulfilled a missing one until lately."""
        if self.left is None:
            return []
        keys = {None, *(getattr(row, self.left.by) for row in missing)}
        return [
            one
            for one in case.refused(self.left.rows)
            if getattr(one, self.left.key) in keys and (getattr(one, self.until) is None or self._ended(case, one))
        ]

    def _ended(self, case: Case, one: Row) -> bool:
        end: date | None = getattr(one, self.until)
        return end is not None and end < case.as_of and self._runs(case, end)

    def _runs(self, case: Case, start: date) -> bool:
        return case.as_of <= day_after(start, int(case.number(self.days)))


@dataclass(frozen=True, slots=True)
class RowCoverage(Resting):
    """`family: share` of rows: those that are due, and what makes one done.

    Args:
        rows: what is due; an empty cell in one of its `unsure` columns makes the whole share unknown.
        done: conditions on the row itself; or `linked`: a row elsewhere; or `listed`: the column that must say what the
            unit list says. Organisations that the list does not name are taken at their word.
    """

    family = "share"
    mark = "rows"
    title = "覆盖率"
    sentence = (
        "{what}：{rows}，每一行都〖有{done}〗〖有对应的记录（{linked}）〗〖“{listed}”已经登记〗，做到的÷应做的＝100%"
        "〖；刚设立的、对应的记录刚结束的先不算（{settling}）〗"
    )
    steps = ("应做的{due}，做到的{done}", "{done}÷{due}＝{percent}", "没有做到的{missing}")
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows(unsure=True)]
    what: Annotated[str, Text()]
    subject: Annotated[str, Column(role="key", key="key")]
    done: Annotated[tuple[Condition, ...], Conditions()] = ()
    linked: Linked | None = None
    listed: Annotated[str, Column()] = ""
    settling: Settling | None = None

    def check(self, at: Reading) -> None:
        """One thing makes a row done."""
        if sum(map(bool, (self.done, self.linked, self.listed))) != 1:
            at.fail("“done”“linked”“listed”应有且只有一个")

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The rows that are due and those that fulfil them."""
        return (self.rows, *((self.linked.rows,) if self.linked else ()))

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """The rows that fulfilled others until lately."""
        return (self.settling.left.rows,) if self.settling and self.settling.left else ()

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What makes a row done, here or elsewhere."""
        return self.done or filled(self.linked.by if self.linked else "")

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit; the reason names what is missing."""
        words = {"what": self.what, "missing": "", "deadline": str(case.deadline or "")}
        open_rows = self._open(case)
        if open_rows:
            yield Judged(UNDETERMINED, "COVER-BLANK", {"blank": str(len(open_rows))}, words, self._shown(open_rows))
            return
        passes, settling = self._passes(case), self.settling
        lacking = [row for row in case.rows(self.rows) if not passes(row)]
        missing = [row for row in lacking if not (settling and settling.waits(case, row))]
        waiting = {row.origin for row in lacking} - {row.origin for row in missing}
        due = [row for row in case.rows(self.rows) if row.origin not in waiting]
        if missing and settling and (unread := settling.unread(case, missing)):
            sheet = settling.left.rows.sheet if settling.left else ""
            yield doubted(case, [Doubt(ROWS_REFUSED, sheet, tuple(unread))], case.unit)
            return
        if hidden := self._hidden(case, missing):
            words["missing"] = named(getattr(row, self.subject) for row in hidden)
            why = sorted({code for codes in hidden.values() for code in codes})
            words["where"] = "；".join(case.context.sentence(code, {}) for code in why)
            yield Judged(UNDETERMINED, "COVER-ELSEWHERE", {"hidden": str(len(hidden))}, words, self._shown([*hidden]))
            return
        done = len(due) - len(missing)
        level = coverage(done, len(due), closed=case.closed, hard=case.hard)
        words["missing"] = named(getattr(row, self.subject) for row in missing)
        yield Judged(
            level, coverage_key(case, level), share_figures(done, len(due)), words, self._shown(missing or due)
        )

    def _hidden(self, case: Case, missing: list[Row]) -> dict[Row, tuple[str, ...]]:
        """Missing rows whose other row nobody can look up, with the codes of why."""
        if self.linked is None:
            return {}
        found = {row: hidden_from(case, self.linked, row) for row in missing}
        case.note(self.linked.rows.sheet, [one for why in found.values() for one in why.rows])
        return {row: why.codes for row, why in found.items() if why.codes}

    def _shown(self, rows: list[Row]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        return ((self.rows.sheet, tuple(rows)),)

    def _open(self, case: Case) -> list[Row]:
        unsure = self.rows.unsure
        if not unsure:
            return []
        return [row for row in case.rows(self.rows, unsure) if any(getattr(row, name) is None for name in unsure)]

    def _passes(self, case: Case):
        if self.linked:
            fulfilling, by = linked_rows(case, self.linked), self.linked.by
            leads = case.context.organisations.leads
            named = (leads(row.origin.unit, getattr(row, by)) for row in case.rows(self.rows))
            case.note(self.linked.rows.sheet, [row for node in named for row in fulfilling.get(node, ())])
            return lambda row: leads(row.origin.unit, getattr(row, by)) in fulfilling
        if self.listed:
            return self._as_listed(case)
        return RowFilter(self.rows.sheet, self.done).bound(case.context, case.day)

    def _as_listed(self, case: Case) -> Callable[[Row], bool]:
        """Whether the name of a row is the one of the unit list (YN-06-d)."""
        unit, name = case.context.unit(case.unit), attrgetter(self.listed)
        listed = {org.code: tidy(org.name) for org in unit.orgs} if unit else {}
        label = case.context.attribute_label(self.listed, self.rows.sheet)
        for row in case.rows(self.rows):
            code = getattr(row, self.subject)
            case.learn_listed(f"{label} {code}", listed.get(code, ""))
        return lambda row: tidy(name(row) or "") == listed.get(getattr(row, self.subject), tidy(name(row) or ""))


def linked_rows(case: Case, linked: Linked) -> Mapping[Node, Sequence[Row]]:
    """The rows that can fulfil another by what they name, over all workbooks; made once a filter.

    A row may be fulfilled from another workbook (a liaison who is listed elsewhere, a branch of the superior), but a
    code means the unit's own organisation first: codes of two units may be the same.
    """
    cache = case.context.scratch
    at = (id(linked), case.day)
    if at not in cache:
        leads = case.context.organisations.leads
        found: dict[Node, list[Row]] = defaultdict(list)
        for row in (row for own in case.context.select(linked.rows, case.day).values() for row in own):
            found[leads(row.origin.unit, getattr(row, linked.key))].append(row)
        cache[at] = dict(found)
    return cache[at]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Why what would fulfil a row cannot be looked up: codes of the reasons (none = it can), and the refused rows."""

    codes: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def hidden_from(case: Case, linked: Linked, row: Row) -> Hidden:
    """Why nobody can look up what would fulfil a row."""
    code, unit, known = getattr(row, linked.by), row.origin.unit, case.context.organisations
    there = linked.rows.sheet == SHEET
    if there and code and not known.has(unit, code) and known.leads(unit, code)[0] == unit:
        return Hidden(("ELSEWHERE-SEVERAL",))
    found = _hidden_keys(case, linked).get(code, {}) if code is not None else {}
    own = {
        other: rows for other, rows in found.items() if other == unit or not known.has(unit if there else other, code)
    }
    why = dict.fromkeys(_why(case, other) for other in own)
    return Hidden(tuple(why), tuple(one for rows in own.values() for one in rows))


def _hidden_keys(case: Case, linked: Linked) -> Mapping[str, Mapping[str, Sequence[Row]]]:
    """Key → unit whose row cannot be looked up → its refused rows; none where its return does not count."""
    context, at = case.context, ("hidden", id(linked), case.day)
    if at not in context.scratch:
        found: dict[str, dict[str, list[Row]]] = defaultdict(dict)
        for unit, rows in context.refused(linked.rows, case.day).items():
            for row in rows:
                found[getattr(row, linked.key)].setdefault(unit, []).append(row)
        if linked.rows.sheet == SHEET:
            for unit in context.units:
                if unit.code not in context.dataset.returned:
                    for org in unit.orgs:
                        found[org.code].setdefault(unit.code, [])
        context.scratch[at] = found
    return context.scratch[at]


def _why(case: Case, unit: str) -> str:
    data = case.context.dataset
    if unit in data.returned:
        return "ELSEWHERE-REFUSED"
    return _ELSEWHERE.get(data.pending.get(unit, ""), "ELSEWHERE-AWAY")


@dataclass(frozen=True, slots=True)
class Presence(Resting):
    """`family: frequency` of rows that must exist where a total reaches a threshold (YN-02-d)."""

    family = "frequency"
    mark = "stat"
    title = "应有尽有"
    sentence = "“{stat}”达到{minimum}时，应有{what}：{rows}"
    steps = ("有关人数{value}，达到{minimum}才要求；现有{n}个",)

    rows: Annotated[RowFilter, Rows()]
    stat: Annotated[str, Stat()]
    what: Annotated[str, Text()]
    minimum: Annotated[Number, Limit()]

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The rows that must exist."""
        return (self.rows,)

    @property
    def stats(self) -> tuple[str, ...]:
        """The statistic."""
        return (self.stat,)

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit."""
        value, stat_rows = case.stat(self.stat)
        minimum, rows = case.number(self.minimum), case.rows(self.rows)
        figures = {"value": plain(value), "minimum": plain(minimum), "n": str(len(rows))}
        evidence = (("annual_stat", stat_rows), (self.rows.sheet, tuple(rows)))
        words = {"what": self.what}
        if rows:
            level, key = "达标", "EXISTS-MET"
        elif value is None:
            level, key = UNDETERMINED, "EXISTS-UNKNOWN"
        elif value < minimum:
            if open_total := contradicted(case, self.stat, minimum):
                yield open_total
                return
            level, key = NOT_APPLICABLE, "EXISTS-FEW"
        else:
            level, key = coverage(0, 1, closed=case.closed, hard=case.hard), "EXISTS-MISSING"
        yield Judged(level, key, figures, words, evidence)
