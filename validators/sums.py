"""Named checks on figures that must agree within one return: statistics rows, organisations, groups, roster, events.

What must be equal may differ by `tolerance`, in the unit of the figure; without it not at all.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

import pandas as pd

from toolkit.model.organisations import BRANCHES, LEAVES, SHEET, total
from validators.arguments import EXACT, Col, Far
from validators.outcome import Outcome
from validators.series import compare, display, only
from validators.situation import Situation


def sum_by_return(rows: pd.DataFrame, column: str, by: list[str]) -> pd.Series:
    """Σ of a number by `by`; <NA> where one of the numbers is unknown."""
    groups = rows.groupby(by, sort=False)[column]
    total = groups.sum()
    return total.astype(object).where(groups.count() == groups.size(), None)


def _near(one: object, other: object, *, tolerance: Decimal) -> bool:
    """Whether two known numbers differ by no more than `tolerance`."""
    return abs(Decimal(str(one)) - Decimal(str(other))) <= tolerance


def _equal(left: pd.Series, right: pd.Series, tolerance: Decimal) -> pd.Series:
    if not tolerance:
        return compare(left, right, operator.eq)
    return compare(left.astype(object), right.astype(object), partial(_near, tolerance=tolerance))


def sum_of_leaves(
    situation: Situation, sheet: str, *, column: Col, kinds: tuple[str, ...], tolerance: Decimal = EXACT
) -> Outcome:
    """An organisation of the given kinds with leaves below it has the sum of their numbers."""
    orgs, known = situation.frame(sheet), situation.organisations
    below = [known.below(one) for one in known.items]
    sums = [total(leaves, full=column == "full_members") if leaves else None for leaves in below]
    expected = pd.Series(sums, index=orgs.index, dtype=object)
    good = _equal(orgs[column], expected, tolerance) | ~orgs["org_type"].isin(kinds)
    return Outcome(good, {"sum": expected.map(display)})


def roster_count(
    situation: Situation, sheet: str, *, column: Col, key: Far, status: Far, values: tuple[str, ...],
    also: Far = ("", ""), also_values: tuple[str, ...] = (), tolerance: Decimal = EXACT,
) -> Outcome:  # fmt: skip
    """The number of a standing branch is that of its rows in the roster, for returns that use the roster."""
    orgs, roster = situation.frame(sheet), situation.frame(key[0])
    listed = roster[status[1]].isin(values)
    if also_values:
        listed &= roster[also[1]].isin(also_values)
    counts = roster[listed].groupby(["_return", key[1]], sort=False).size()
    own = pd.MultiIndex.from_frame(orgs[["_return", "org_code"]])
    expected = counts.reindex(own, fill_value=0).set_axis(orgs.index)
    judged = orgs["_return"].isin(roster["_return"]) & situation.selected(BRANCHES) & orgs["org_code"].notna()
    return Outcome(_equal(orgs[column], expected, tolerance) | ~judged, {"count": expected.astype(str)})


def _rows_of(situation: Situation, frame: pd.DataFrame, key: str) -> pd.Series:
    return frame["stat_code"] == situation.stat_codes.get(key, "")


def _number(situation: Situation, frame: pd.DataFrame, key: str) -> pd.Series:
    """Per row: the value of the statistics row `key` in the row's return."""
    return _by_return(frame, situation.statistics.get(key, {}))


def _by_return(frame: pd.DataFrame, values: Mapping[int, object]) -> pd.Series:
    """Per row: the value of the row's return, None where it has none."""
    return pd.Series([values.get(home) for home in frame["_return"].tolist()], index=frame.index, dtype=object)


def _judged(good: pd.Series, rows: pd.Series) -> pd.Series:
    return good | ~rows


def sum_equals_stat(
    situation: Situation, sheet: str, *, column: Col, stat: str, far: Far, tolerance: Decimal = EXACT
) -> Outcome:
    """A statistics row is the sum over the branches (or over the rows in force of another sheet) of its return.

    Where an upper organisation stands without anything below it, its branches may stand in the workbooks of other
    units: the return alone cannot tell, and is not judged.
    """
    frame, other = situation.frame(sheet), situation.frame(far[0])
    branches = far[0] == SHEET
    counted = situation.selected(BRANCHES) if branches else situation.in_force(other)
    sums = sum_by_return(other[counted], far[1], ["_return"])
    unknown = set(sums.index[sums.isna()])
    if branches:
        unknown |= {one.home for one in situation.organisations.selected(LEAVES) if one.rank}
    expected = frame["_return"].map(sums.dropna()).astype(object)
    expected = expected.where(expected.notna() | frame["_return"].isin(unknown), 0)
    expected = expected.where(situation.has(far[0], frame) & ~frame["_return"].isin(unknown), None)
    good = _equal(frame[column], expected, tolerance)
    return Outcome(_judged(good, _rows_of(situation, frame, stat)), {"sum": expected.map(display)})


def stat_total(
    situation: Situation, sheet: str, *, column: Col, total: str, parts: tuple[str, ...], tolerance: Decimal = EXACT
) -> Outcome:
    """A statistics row is the sum of others; all of them are marked, for nobody knows which one is wrong."""
    frame = situation.frame(sheet)
    numbers = [situation.statistics.get(key, {}) for key in parts]
    known = set(numbers[0]).intersection(*numbers[1:])
    expected = _by_return(frame, {home: sum(number[home] for number in numbers) for home in known})
    whole = _number(situation, frame, total)
    rows = frame["stat_code"].isin([situation.stat_codes.get(key, "") for key in (total, *parts)])
    good = _equal(whole, expected, tolerance)
    return Outcome(_judged(good, rows), {"sum": expected.map(display), "total": whole.map(display)})


def part_at_most_whole(
    situation: Situation, sheet: str, *, column: Col, keys: tuple[str, ...] = (), without: tuple[str, ...] = ()
) -> Outcome:
    """A statistics row is not greater than the row of which it is a part.

    Args:
        keys: only these rows; without: all rows but these.
    """
    frame = situation.frame(sheet)
    printed = {row.key: row.values for row in situation.form.by_name[sheet].fixed_rows}
    over: dict[str, Mapping[str, str]] = {}
    for row in situation.form.by_name[sheet].fixed_rows:
        key = row.values["stat_key"]
        if row.parent in printed and key not in without and (not keys or key in keys):
            over[row.key] = printed[row.parent]
    above = [over.get(code) for code in frame["stat_code"]]
    homes = zip(above, frame["_return"].tolist(), strict=True)
    whole = [row and situation.statistics[row["stat_key"]].get(home) for row, home in homes]
    wholes = pd.Series(whole, index=frame.index, dtype=object)
    names = pd.Series([row and row["stat_name"] for row in above], index=frame.index, dtype=object)
    good = compare(frame[column], wholes, operator.le)
    return Outcome(good, {"whole": wholes.map(display), "whole_name": names})


def stat_at_most(situation: Situation, sheet: str, *, column: Col, stat: str, other: str) -> Outcome:
    """One statistics row is not greater than another."""
    frame = situation.frame(sheet)
    limit = _number(situation, frame, other)
    good = compare(frame[column], limit, operator.le)
    return Outcome(_judged(good, _rows_of(situation, frame, stat)), {"limit": limit.map(display)})


def stat_whole_number(situation: Situation, sheet: str, *, column: Col) -> Outcome:
    """Numbers of persons, times and things are whole."""
    frame = situation.frame(sheet)
    whole = {row.key for row in situation.form.by_name[sheet].fixed_rows if row.integer}
    numbers = frame.loc[frame["stat_code"].isin(whole) & frame[column].notna(), column]
    return Outcome(only(frame.index, numbers.index, [number == int(number) for number in numbers]))


def known_fixed_row(situation: Situation, sheet: str, *, column: Col) -> Outcome:
    """The row is one of those printed on the sheet."""
    frame = situation.frame(sheet)
    keys = {row.key for row in situation.form.by_name[sheet].fixed_rows}
    return Outcome(frame[column].isin(keys) | frame[column].isna())


def stat_at_most_attendance(
    situation: Situation, sheet: str, *, column: Col, stat: str, far: Far, kind: Far, also: Far, types: tuple[str, ...]
) -> Outcome:
    """A number of distinct persons is not greater than all attendances of the events of the given types together."""
    frame, events = situation.frame(sheet), situation.frame(far[0])
    counted = events[events[kind[1]].isin(types) | events[also[1]].isin(types)]
    sums = sum_by_return(counted, far[1], ["_return"])
    known = frame["_return"].map(sums).astype(object)
    known = known.where(frame["_return"].isin(sums.index), 0).where(situation.has(far[0], frame), None)
    good = compare(frame[column], known, operator.le)
    return Outcome(_judged(good, _rows_of(situation, frame, stat)), {"sum": known.map(display)})


def stat_at_least_rows(
    situation: Situation, sheet: str, *, column: Col, stat: str, status: Far, values: tuple[str, ...],
    also: Far = ("", ""), also_values: tuple[str, ...] = (), day: Far = ("", ""),
) -> Outcome:  # fmt: skip
    """A statistics row is not less than the rows of another sheet that it counts, those with a day in the year."""
    frame, rows = situation.frame(sheet), situation.frame(status[0])
    listed = rows[status[1]].isin(values)
    if also_values:
        listed &= rows[also[1]].isin(also_values)
    if day[1]:
        listed &= (rows[day[1]] >= rows["_first_day"]) & (rows[day[1]] <= rows["_last_day"])
    counts = rows[listed].groupby("_return", sort=False).size().to_dict()
    least = _by_return(frame, counts)
    good = compare(frame[column], least, operator.ge)
    return Outcome(_judged(good, _rows_of(situation, frame, stat)), {"count": least.map(display)})


CHECKS = (
    sum_of_leaves, roster_count, sum_equals_stat, stat_total, part_at_most_whole, stat_at_most, stat_whole_number,
    known_fixed_row, stat_at_most_attendance, stat_at_least_rows,
)  # fmt: skip

FACTS = {
    "sum_of_leaves": ("sum",),
    "roster_count": ("count",),
    "sum_equals_stat": ("sum",),
    "stat_total": ("sum", "total"),
    "part_at_most_whole": ("whole", "whole_name"),
    "stat_at_most": ("limit",),
    "stat_at_most_attendance": ("sum",),
    "stat_at_least_rows": ("count",),
}
