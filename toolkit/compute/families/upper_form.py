"""C2 for a general branch or a committee: its size is that of the branches below it.

可设立, 可建立 are permissive: having none is never a breach.

Source: calculations C2; YZ-2.1-d/e.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.doubts import doubted
from toolkit.compute.families.base import Resting
from toolkit.compute.families.organisation_form import total_of
from toolkit.compute.fields import Column, Limit, Rows
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.lookups import Reading
from toolkit.model.binder import Text
from toolkit.model.organisations import PARENT, READS, Organisation
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, UNDETERMINED
from toolkit.model.rows import Row


def upper_level(
    exists: bool, total: int | None, low: int, high: int | None, excepted: bool = False, hard: bool = False
) -> tuple[str, str]:
    """Whether a general branch or committee has the size for it; having none is never a breach (YZ-2.1-d/e).

    >>> upper_level(True, 40, 50, 100)[0], upper_level(False, 120, 101, None)[0], upper_level(True, 101, 101, None)[0]
    ('预警', '不适用', '达标')
    """
    if total is None:
        return UNDETERMINED, "FORM-UNKNOWN"
    fits = total >= low and (high is None or total <= high)
    if not exists:
        return NOT_APPLICABLE, "FORM-MAY" if fits else "FORM-NONE"
    if fits:
        return MET, "FORM-UPPER-MET"
    if excepted:
        return MET_BY_EXCEPTION, "FORM-UPPER-EXCEPTED"
    return missed(closed=True, hard=hard), "FORM-UPPER-OUTSIDE"


@dataclass(frozen=True, slots=True)
class UpperForm(Resting):
    """`family: form` of an organisation above others: a general branch or a committee over the leaf branches."""

    family = "form"
    mark = "total"
    title = "上级组织的人数范围"
    sentence = (
        "设有{form}（{rows}）的，所属支部（{leaves}）的“{total}”合计〖不少于{low}〗〖超过{over}〗〖，不超过{high}〗；"
        "没有设的不扣"
    )
    steps = ("所属支部党员数相加＝{total}名，范围{range}",)
    scopes = ("unit",)

    leaves: Annotated[RowFilter, Rows()]
    total: Annotated[str, Column("leaves")]
    rows: Annotated[RowFilter, Rows()]
    form: Annotated[str, Text()]
    exception: Annotated[str, Column()] = ""
    low: Annotated[Number | None, Limit()] = None
    over: Annotated[Number | None, Limit()] = None
    high: Annotated[Number | None, Limit()] = None

    def check(self, at: Reading) -> None:
        """One lower border."""
        if (self.low is None) == (self.over is None):
            at.fail("“low”和“over”应有且只有一个")

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The leaves and the organisations of this form."""
        return (self.leaves, self.rows)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What has an exception is met."""
        excepted = (MET_BY_EXCEPTION,) if self.exception else ()
        return (MET, *excepted, missed(closed=True, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each organisation of this form; one for the unit when it has none."""
        low = int(case.number(self.low)) if self.low else int(case.number(self.over or Number(Decimal(0)))) + 1
        high = int(case.number(self.high)) if self.high else None
        upper = case.rows(self.rows)
        for row in upper:
            unread = self._unread(case, case.context.organisations.at(row.origin[1:]))
            yield doubted(case, unread, str(row.org_code)) if unread else self._one(case, row, low, high)
        if not upper:
            leaves = case.rows(self.leaves)
            total = total_of(leaves, self.total)
            level, key = upper_level(False, total, low, high)
            figures, words = self._said(total, low, high)
            yield Judged(level, key, figures, words, ((self.rows.sheet, tuple(leaves)),))

    def _one(self, case: Case, row: Row, low: int, high: int | None) -> Judged:
        """An organisation against the leaves below it; its own number where nothing names it as its parent.

        Its own number says the same as their sum. Where the sum may lack some of them (they name no parent, their
        unit did not return) and the two lead to different levels, nobody can tell.
        """
        known, sheet = case.context.organisations, self.rows.sheet
        own = known.at(row.origin[1:])
        below = case.context.rows_at(sheet, [one.place for one in known.below(own)])
        stated, exception = getattr(row, self.total), getattr(row, self.exception) if self.exception else None
        total = total_of(below, self.total) if below else stated
        level, key = upper_level(True, total, low, high, bool(exception), case.hard)
        loose = known.unassigned(own) if below else ()
        heard = {unit.code for unit in case.context.units if case.heard(unit.code)}
        absent = known.absent(own, heard) if below else ()
        other, _ = upper_level(True, stated, low, high, bool(exception), case.hard)
        if (loose or absent) and other != level:
            level, key = UNDETERMINED, "FORM-UPPER-LOOSE" if loose else "FORM-UPPER-ABSENT"
        figures, words = self._said(total, low, high)
        figures |= {"loose": str(len(loose)), "absent": str(len(absent))}
        words |= {"exception": exception or ""}
        rows = (row, *below, *case.context.rows_at(sheet, [one.place for one in loose]))
        return Judged(level, key, figures, words, ((sheet, rows),), own.code)

    def _unread(self, case: Case, own: Organisation) -> list[Doubt]:
        """Refused rows and lost cells of other units because of which nobody knows what is below an organisation."""
        records, sheet = case.context.records, self.rows.sheet
        read = {*READS, self.total}

        def could(row: Row) -> bool:
            wrong = records.open(sheet, row) & read
            if row.origin.unit == case.unit or not wrong:
                return False
            if PARENT not in wrong:
                return row.parent_org_code == own.code
            return _listed_below(case, own, row)

        refused = tuple(row for row in case.context.refused_table(sheet).rows if could(row))
        lossy = [row for row in case.context.table(sheet).rows if row.origin in records.lost(sheet) and could(row)]
        lost = records.lost_cells(sheet, lossy, read)
        return [*([Doubt(ROWS_REFUSED, sheet, refused)] if refused else []), *([lost] if lost else [])]

    def _said(self, total: int | None, low: int, high: int | None) -> tuple[dict[str, str], dict[str, str]]:
        """Figures and words of the reason."""
        figures = {"total": "" if total is None else str(total), "low": str(low), "high": str(high or "")}
        return figures, {"form": self.form, "range": f"{low}—{high}" if high else f"≥{low}"}


def _listed_below(case: Case, upper: Organisation, row: Row) -> bool:
    """Whether an organisation of another unit, whose parent cannot be read, may be right below an upper one.

    The unit list says where it belongs; where it does not, it may be below the unit that its own stands below.
    """
    unit = case.context.unit(row.origin.unit)
    listed = next((org.parent for org in unit.orgs if org.code == row.org_code), "") if unit else ""
    return listed == upper.code if listed else unit is not None and unit.parent == upper.home
