"""The standard of each post in each unit, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from toolkit.compute.allowance.rules import FLOOR_WITH_POOL, PostRule, Rules
from toolkit.compute.allowance.say import Reason, labels, reason
from toolkit.compute.months import days_of
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameters
from toolkit.model.records import ROWS_REFUSED
from toolkit.model.rows import Evidence

NIL = Decimal(0)
UNIT = "unit"
Months = tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """The standard of one post in one unit.

    Args:
        months: rate that is due, by month; 0 outside the policy's time, None = not set.
        missing: which cell or parameter to fill in, None = all months are set.
        optional: nobody has to fill in the cell.
    """

    months: Months
    missing: Reason | None = None
    optional: bool = False


@dataclass
class Rates:
    """Standards by unit and post, computed once each.

    Args:
        in_force: whether the policy is in force, by month of the year.
        day: the day on which a unit's standard is compared with floor and ceiling.
    """

    dataset: Dataset
    rules: Rules
    parameters: Parameters
    as_of: date
    in_force: tuple[bool, ...] = ()
    day: date = date.min
    _cells: dict[str, dict[str, Decimal | None]] = field(default_factory=dict)
    _known: dict[tuple[str, str], Standard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        year = self.dataset.year
        self.in_force = months_in_force(self.parameters.policy, year)
        self.day = min(max(self.as_of, date(year, 1, 1)), date(year, 12, 31))
        self._cells = _unit_cells(self.dataset, self.rules)

    def of(self, unit: str, post: str) -> Standard:
        """The standard of a post of the pack in a unit."""
        key = (unit, post)
        if key not in self._known:
            self._known[key] = self._standard(unit, self.rules.posts[post])
        return self._known[key]

    def stated(self, unit: str, post: str, day: date) -> Decimal | None:
        """What the unit, or the parameter for all units, sets on a day, before any ceiling."""
        rule = self.rules.posts[post]
        common = self._parameter(rule.parameter, day)
        return common if common is not None else self._cells.get(unit, {}).get(rule.column)

    def proof(self, unit: str, post: str) -> tuple[Evidence, ...]:
        """The unit's own row, where the standard of the post stands on it; a refused one too."""
        rule, records = self.rules.posts.get(post), self.dataset.records
        if rule is None or not rule.column or (self.rules.regime == FLOOR_WITH_POOL and rule.floor):
            return ()
        tables = (records.rows(UNIT), records.refused(UNIT))
        return records.evidence(UNIT, [row for table in tables for row in table.by_unit.get(unit, ())])

    def source(self, unit: str, post: str, day: date) -> Reason:
        """Where the standard of a month comes from."""
        rule, names = self.rules.posts[post], labels(self.dataset.form, UNIT)
        titles = self.parameters.policy.parameters
        if self.rules.regime == FLOOR_WITH_POOL and rule.floor:
            return reason("ALW-607", title=titles[rule.floor].title)
        if self._parameter(rule.parameter, day) is not None:
            found = reason("ALW-607", title=titles[rule.parameter].title)
        else:
            found = reason("ALW-608", sheet=names[UNIT], label=names.get(rule.column, ""))
        cap, own = self.cap(unit, post, day), self.stated(unit, post, day)
        if cap is None or own is None or own <= cap[0]:
            return found
        percent = f"{(cap[1] * 100).normalize():f}%"
        return reason("ALW-609", source=found.text, own=f"{own:f}", of=rule.cap_of, ratio=percent, cap=f"{cap[0]:f}")

    def unknown(self, unit: str, post: str) -> bool:
        """Whether nobody knows what the unit filled in as its standard: refused, lost, or the sheet is missing."""
        column, records = self.rules.posts[post].column, self.dataset.records
        if not column or column not in self.dataset.form.by_name[UNIT].by_name:
            return False
        return bool(records.missing(unit, (UNIT,)) or records.doubt(unit, UNIT, (column,)))

    def floor(self, post: str, day: date) -> Decimal | None:
        """The least standard of a post on a day; None = there is none."""
        return self._parameter(self.rules.posts[post].floor, day)

    def cap(self, unit: str, post: str, day: date) -> tuple[Decimal, Decimal] | None:
        """Ceiling and share of a post on a day; None = there is none, or the other standard is not set."""
        rule = self.rules.posts[post]
        ratio = self._parameter(rule.cap_ratio, day)
        base = self.stated(unit, rule.cap_of, day) if rule.cap_of else None
        return None if ratio is None or base is None else (ratio * base, ratio)

    def _parameter(self, name: str, day: date) -> Decimal | None:
        value = self.parameters.get(name, day) if name else None
        return value if isinstance(value, Decimal) else None

    def _standard(self, unit: str, rule: PostRule) -> Standard:
        firsts = [date(self.dataset.year, month, 1) for month in range(1, 13)]
        months, lacking = [], ""
        for first, valid in zip(firsts, self.in_force, strict=True):
            value, lack = self._month(unit, rule, first) if valid else (NIL, "")
            months.append(value)
            lacking = lacking or lack
        missing = self._missing(unit, lacking) if lacking else None
        return Standard(tuple(months), missing, bool(lacking) and self.optional(unit, rule.post))

    def _month(self, unit: str, rule: PostRule, day: date) -> tuple[Decimal | None, str]:
        """The rate of a month, or the post whose standard is lacking."""
        if self.rules.regime == FLOOR_WITH_POOL and rule.floor:
            value = self.floor(rule.post, day)
            return value, "" if value is not None else rule.post
        value = self.stated(unit, rule.post, day)
        if value is None:
            return None, rule.post
        if rule.cap_of and self._parameter(rule.cap_ratio, day) is not None:
            cap = self.cap(unit, rule.post, day)
            return (None, rule.cap_of) if cap is None else (min(value, cap[0]), "")
        return value, ""

    def _missing(self, unit: str, post: str) -> Reason:
        """What has to be filled in before the due amount of the post can be said."""
        floor = self.rules.posts[post].floor
        if self.rules.regime == FLOOR_WITH_POOL and floor:
            return reason("ALW-104", post=post, title=self.parameters.policy.parameters[floor].title)
        return self.lacking(unit, post)

    def optional(self, unit: str, post: str) -> bool:
        """Whether the form leaves it to the unit to fill in the standard of the post, and it did not."""
        asked = self.dataset.form.by_name[UNIT].by_name.get(self.rules.posts[post].column)
        return asked is not None and asked.need == "optional" and not self.unknown(unit, post)

    def lacking(self, unit: str, post: str) -> Reason:
        """Which cell or parameter has to be filled in for the standard of the post."""
        rule = self.rules.posts[post]
        names, records = labels(self.dataset.form, UNIT), self.dataset.records
        label = names.get(rule.column, "")
        title = self.parameters.policy.parameters[rule.parameter].title if rule.parameter else ""
        facts = {"post": rule.post, "sheet": names[UNIT], "label": label, "title": title}
        if not label:
            return reason("ALW-103", **facts)
        if records.missing(unit, (UNIT,)):
            return reason("ALW-116", **facts)
        if doubt := records.doubt(unit, UNIT, (rule.column,)):
            return reason("ALW-112" if doubt.code == ROWS_REFUSED else "ALW-114", **facts)
        return reason("ALW-102" if title else "ALW-101", **facts)


def months_in_force(policy, year: int) -> tuple[bool, ...]:
    """Whether the policy is in force, by month of the year: on at least one day of the month.

    The month in which it takes effect is paid like any other; the months before it are nobody's. The 31 days of
    calculations C1 are for periods of duties, not for months of money.

    Source: YN-02-i (effective 2025-01-02, 2025 is a full year), YZ-S4-l; calculations 2 (effective dates).
    """
    if year < policy.first_year:
        return (False,) * 12
    lasts = [date(year, month, days) for month, days in enumerate(days_of(year), 1)]
    return tuple(
        policy.effective <= last and (policy.ends is None or last.replace(day=1) <= policy.ends) for last in lasts
    )


def _unit_cells(dataset: Dataset, rules: Rules) -> dict[str, dict[str, Decimal | None]]:
    columns = sorted({rule.column for rule in rules.posts.values() if rule.column})
    return {
        row.origin.unit: {column: _finite(getattr(row, column, None)) for column in columns}
        for row in dataset.records.rows(UNIT).rows
    }


def _finite(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) and value.is_finite() else None
