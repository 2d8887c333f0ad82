"""C5: the share of theory, Party-spirit and situation courses in the hours of the training classes.

The year's total decides; one class below the share is a doubt. Compared exactly: 69.96% fails even where it prints
as 70.0%. Source: calculations C5; YZ-1.1-g.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import Resting
from toolkit.compute.families.counts import EventFilter
from toolkit.compute.families.coverage import percent, plain
from toolkit.compute.fields import Column, Limit, ParameterName
from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.levels import missed
from toolkit.compute.periods import year_of
from toolkit.model.binder import Inline, Text
from toolkit.model.result import MET, UNDETERMINED, WARNING, worst

Hours = tuple[Decimal | None, Decimal | None]
"""Total and core hours of one class."""


@dataclass(frozen=True, slots=True)
class ShareVerdict:
    """Level, code of the reason, the share for reading (None = not known) and the level of each class."""

    level: str
    key: str
    percent: str | None
    classes: tuple[str, ...] = ()


def core_share(
    classes: Sequence[Hours], minimum: Decimal, *, closed: bool, per_class: bool = False, hard: bool = True
) -> ShareVerdict:
    """The verdict on all classes of a year.

    Args:
        per_class: each class decides, not the total of the year (`core_share_basis`).

    >>> core_share([(Decimal(2500), Decimal(1749))], Decimal("0.70"), closed=True)
    ShareVerdict(level='不达标', key='SHARE-BELOW', percent='69.96%', classes=('预警',))
    """
    if not classes:
        return ShareVerdict(missed(closed=closed, hard=hard), "SHARE-NO-CLASS", None)
    if any(total is None or core is None or total <= 0 or core < 0 or core > total for total, core in classes):
        return ShareVerdict(UNDETERMINED, "SHARE-UNKNOWN", None)
    levels = tuple(MET if core >= minimum * total else WARNING for total, core in classes)  # type: ignore[operator]
    total = sum((hours[0] for hours in classes), Decimal(0))  # type: ignore[misc]
    core = sum((hours[1] for hours in classes), Decimal(0))  # type: ignore[misc]
    passes = core >= minimum * total if not per_class else worst(levels) == MET
    if not passes:
        return ShareVerdict(missed(closed=closed, hard=hard), "SHARE-BELOW", percent(core, total), levels)
    level = worst(levels)
    return ShareVerdict(level, "SHARE-MET" if level == MET else "SHARE-CLASS", percent(core, total), levels)


@dataclass(frozen=True, slots=True)
class CoreShare(Resting):
    """`family: share` of one column in another, over the events of a year."""

    family = "share"
    mark = "core"
    title = "课时占比"
    sentence = (
        "{period}各“{what}”的“{core}”合计÷“{total}”合计，不低于{minimum}（精确比较，不先四舍五入）；"
        "全年达到、个别班次低于的为预警。计入的记录：{rows}"
    )
    steps = (
        "{classes}个班次，三类课程课时÷总课时＝{rate}＝{percent}，要求不低于{minimum}",
        "低于{minimum}的班次{below}个",
    )
    periods = ("year", "only", "from")

    events: Annotated[EventFilter, Inline()]
    total: Annotated[str, Column()]
    core: Annotated[str, Column()]
    minimum: Annotated[Number, Limit()]
    basis: Annotated[str, ParameterName()]
    per_class: Annotated[str, Text()]
    what: Annotated[str, Text()]

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The classes."""
        return (self.events.rows,)

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """One class below the share is a doubt."""
        return (MET, WARNING, missed(closed=closed, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit and year; a class without a date leaves it open."""
        events, year = self.events.find(case), year_of(case.year)
        rows = events.counted(year)
        words = {"what": self.what, "period": year.label}
        minimum = case.number(self.minimum)
        figures = {"classes": str(len(rows)), "minimum": percent(minimum, 1)}
        if unsure := events.unsure(year):
            figures["unsure"] = str(len(unsure))
            yield Judged(UNDETERMINED, "SHARE-UNDATED", figures, words, ((self.events.rows.sheet, tuple(unsure)),))
            return
        per_class = case.context.required(self.basis) == self.per_class
        hours = [(getattr(row, self.total), getattr(row, self.core)) for row in rows]
        verdict = core_share(hours, minimum, closed=case.closed, per_class=per_class, hard=case.hard)
        below = sum(level == WARNING for level in verdict.classes)
        if verdict.percent is not None:
            totals = [sum((Decimal(pair[at]) for pair in hours), Decimal(0)) for at in (1, 0)]
            figures |= {
                "rate": f"{plain(totals[0])}/{plain(totals[1])}",
                "percent": verdict.percent,
                "below": str(below),
            }
        shown = ((self.events.rows.sheet, tuple(rows)),)
        yield Judged(verdict.level, verdict.key, figures, words, shown, days=year.ends)
