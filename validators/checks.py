"""Named checks within one sheet: frame → boolean Series, True = good.

Each takes the frame of a sheet (all returns together) and its own arguments by keyword, reads nothing else
and changes nothing. Empty cells are good unless the check is about emptiness: another rule asks for them.
`FACTS` holds, for some checks, the words that their message may use.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable

import pandas as pd

from toolkit.model import privacy
from toolkit.model.cell import rows_in_words
from toolkit.model.windows import Days, Window
from validators.arguments import FORMER, Col, Cols, Condition, When, Windows
from validators.series import always, compare, on_known, only

NUMBER_LIKE = re.compile(r"(?<![0-9A-Za-z])(?:\d{11}|\d{15}|\d{17}[0-9Xx])(?![0-9A-Za-z])")
"""As long as a telephone or citizen number, whatever its digits are."""


def holds(frame: pd.DataFrame, when: When) -> pd.Series:
    """True where all conditions hold; an empty cell is neither one of nor none of a list."""
    verdict = always(frame.index)
    for condition in when:
        columns = (frame[name] for name in condition.columns)
        verdict &= functools.reduce(operator.or_, (_meets(column, condition) for column in columns))
    return verdict


def _meets(column: pd.Series, condition: Condition) -> pd.Series:
    if condition.mode in ("in", "not"):
        found = column.isin(condition.values)
        return found if condition.mode == "in" else column.notna() & ~found
    return column.isna() if condition.mode == "empty" else column.notna()


def required(frame: pd.DataFrame, *, column: Col) -> pd.Series:
    """The cell is filled in."""
    return frame[column].notna()


def required_when(frame: pd.DataFrame, *, column: Col, when: When, from_year: int = 0) -> pd.Series:
    """The cell is filled in where the conditions hold (and the report year is not before `from_year`)."""
    filled = frame[column].notna()
    return filled if filled.all() else filled | ~holds(frame, when) | (frame["_year"] < from_year)


def required_after(
    frame: pd.DataFrame, *, column: Col, since: Col, until: Col, months: int, when: When = ()
) -> pd.Series:
    """The cell is filled in once `months` have passed since a date, by the day of judgement or `until`."""
    last = frame[until].fillna(frame["_as_of"])
    last = last.where(last <= frame["_as_of"], frame["_as_of"])
    reached = frame[since] + pd.DateOffset(months=months) <= last
    return frame[column].notna() | ~(reached & holds(frame, when))


def zero_when(frame: pd.DataFrame, *, column: Col, when: When) -> pd.Series:
    """The number is empty or 0 where the conditions hold."""
    return on_known(frame[column], lambda value: value == 0) | ~holds(frame, when)


def must_be(frame: pd.DataFrame, *, column: Col, values: tuple[str, ...], when: When = ()) -> pd.Series:
    """The value is one of `values` where the conditions hold; empty is not."""
    return frame[column].isin(values) | ~holds(frame, when)


def one_of(frame: pd.DataFrame, *, column: Col, values: tuple[str, ...], when: When = ()) -> pd.Series:
    """The value, if there is one, is one of `values` where the conditions hold."""
    return frame[column].isna() | must_be(frame, column=column, values=values, when=when)


def not_before(frame: pd.DataFrame, *, column: Col, other: Col) -> pd.Series:
    """The date is the other date or later."""
    return compare(frame[column], frame[other], operator.ge)


def not_after(frame: pd.DataFrame, *, column: Col, other: Col) -> pd.Series:
    """The date is the other date or earlier."""
    return compare(frame[column], frame[other], operator.le)


def within_year(frame: pd.DataFrame, *, column: Col, windows: Windows = ()) -> pd.Series:
    """The date lies in the report year, or on a day on which such an event counts for it."""
    return frame[column].isna() | _in_year(frame, column, windows, blank=True)


def not_in_future(frame: pd.DataFrame, *, column: Col, windows: Windows = ()) -> pd.Series:
    """A date that `within_year` takes is not later than the day of judgement."""
    late = frame[column] > frame["_as_of"]
    return ~(late & _in_year(frame, column, windows, blank=False))


def counts_this_year(frame: pd.DataFrame, *, column: Col, windows: Windows = ()) -> pd.Series:
    """A date of the report year does not belong to a season of the next year."""
    good = always(frame.index)
    for window in windows:
        if window.season:
            next_year = _on_days(frame, column, lambda year, of=window: of.days(year + 1))
            here = frame[column] <= frame["_last_day"]
            good &= ~(next_year & here & _concerned(frame, window, blank=False))
    return good


def _in_year(frame: pd.DataFrame, column: str, windows: tuple[Window, ...], *, blank: bool) -> pd.Series:
    """Per row: the date lies in the report year, or in a window that is about the row (see `_concerned`)."""
    found = (frame[column] >= frame["_first_day"]) & (frame[column] <= frame["_last_day"])
    for window in windows:
        days = _on_days(frame, column, window.days) | _on_days(frame, column, window.late_days)
        found |= days & _concerned(frame, window, blank=blank)
    return found


def _on_days(frame: pd.DataFrame, column: str, days: Callable[[int], Days | None]) -> pd.Series:
    """Per row: the date lies on the days that belong to the row's report year."""
    found = ~always(frame.index)
    for year in frame["_year"].unique().tolist():
        spans = days(int(year))
        if spans:
            first, last = (pd.Timestamp(day).as_unit("s") for day in spans)
            found |= (frame["_year"] == year) & (frame[column] >= first) & (frame[column] <= last)
    return found


def _concerned(frame: pd.DataFrame, window: Window, *, blank: bool) -> pd.Series:
    """Per row: the window is about it.

    Args:
        blank: or could be, once an empty cell is filled in (of several columns the first).
    """
    verdict = always(frame.index)
    for term in window.terms:
        met = frame[term.columns[0]].isna() & blank
        for name in term.columns:
            met |= frame[name].isin(term.values)
        verdict &= met
    return verdict


def at_most(frame: pd.DataFrame, *, column: Col, other: Col) -> pd.Series:
    """The number is not greater than the other number."""
    return compare(frame[column], frame[other], operator.le)


def positive(frame: pd.DataFrame, *, column: Col) -> pd.Series:
    """The number is greater than 0."""
    return on_known(frame[column], lambda value: value > 0)


def two_decimals(frame: pd.DataFrame, *, column: Col) -> pd.Series:
    """The amount has no more than two decimals that count."""
    return on_known(frame[column], lambda value: value == round(value, 2))


def differs(frame: pd.DataFrame, *, column: Col, other: Col) -> pd.Series:
    """The two values are not the same."""
    return compare(frame[column], frame[other], operator.ne)


def matches(frame: pd.DataFrame, *, column: Col, pattern: str) -> pd.Series:
    """The whole text matches the pattern."""
    found = re.compile(pattern)
    return on_known(frame[column], lambda text: found.fullmatch(text) is not None)


def lacks(frame: pd.DataFrame, *, column: Col, pattern: str) -> pd.Series:
    """No part of the text matches the pattern."""
    found = re.compile(pattern)
    return on_known(frame[column], lambda text: found.search(text) is None)


def code_of(frame: pd.DataFrame, *, column: Col, owner: Col, serial: str) -> pd.Series:
    """The code is the owner's code, or one that the owner once had, followed by a serial of the given pattern."""
    found = re.compile(serial)
    known = frame[[column, owner]].dropna()
    once = frame[FORMER].reindex(known.index) if FORMER in frame else [()] * len(known)
    good = [
        any(code.startswith(one) and found.fullmatch(code[len(one) :]) for one in (root, *former))
        for code, root, former in zip(known[column], known[owner], once, strict=True)
    ]
    return only(frame.index, known.index, good)


def no_personal_number(frame: pd.DataFrame, *, column: Col) -> pd.Series:
    """The number is not, and does not hold, a telephone or citizen number: 11, 15 or 18 digits."""

    def harmless(text: str) -> bool:
        return not (NUMBER_LIKE.search(text) or privacy.holds(text, (privacy.ID_NUMBER, privacy.MOBILE)))

    return on_known(frame[column], harmless)


def valid_id_number(frame: pd.DataFrame, *, column: Col) -> pd.Series:
    """The text is an 18-digit citizen number with a possible birth date and the right check character (GB 11643)."""
    return on_known(frame[column], privacy.checksum_ok)


def unique(frame: pd.DataFrame, *, columns: Cols) -> pd.Series:
    """No other row of the same return has the same values; rows with an empty one are left out."""
    keys = ["_return", *columns]
    double = frame.duplicated(keys, keep=False)
    return ~double | frame[list(columns)].isna().any(axis=1) if double.any() else always(frame.index)


def one_value(frame: pd.DataFrame, *, column: Col, per: Cols) -> pd.Series:
    """All rows of a return with the same values in `per` agree on `column`."""
    known = frame[frame[[column, *per]].notna().all(axis=1)]
    values = known.drop_duplicates(["_return", *per, column])
    if not values.duplicated(["_return", *per]).any():
        return always(frame.index)
    return only(
        frame.index, known.index, known.groupby(["_return", *per], sort=False)[column].transform("nunique") <= 1
    )


def no_overlap(frame: pd.DataFrame, *, start: Col, end: Col, per: Cols, when: When = ()) -> pd.Series:
    """No two rows of a return with the same values in `per` share a day; an empty end is still going on."""
    return _partners(frame, start=start, end=end, per=per, when=when).isna()


def _partners(frame: pd.DataFrame, *, start: str, end: str, per: tuple[str, ...], when: When = ()) -> pd.Series:
    """Excel row of one row that overlaps, <NA> where none does.

    Sorted by start, a row overlaps an earlier one if and only if it starts no later than the latest end so far.
    """
    rows = frame[holds(frame, when) & frame[[start, *per]].notna().all(axis=1)]
    rows = rows[rows[end].isna() | (rows[end] >= rows[start])]
    partner: dict[int, int] = {}
    if rows.duplicated(["_return", *per]).any():
        rows = rows.assign(_end=rows[end].fillna(pd.Timestamp.max.floor("s"))).sort_values([start, "_row"])
        latest: dict[tuple, tuple[pd.Timestamp, int, int]] = {}
        keys = zip(*(rows[name] for name in ("_return", *per)), strict=True)
        for key, at, row, first, last in zip(keys, rows.index, rows["_row"], rows[start], rows["_end"], strict=True):
            until, holder, holder_at = latest.get(key, (first, row, at))
            if holder_at != at and first <= until:
                partner[at] = holder
                partner.setdefault(holder_at, row)
            if last >= until:
                latest[key] = last, row, at
    return pd.Series([partner.get(at) for at in frame.index], index=frame.index, dtype="Int64")


def months_at_most(frame: pd.DataFrame, *, column: Col, start: Col, end: Col) -> pd.Series:
    """The number of months is not greater than the months of the report year touched by the term."""
    return compare(frame[column], _months(frame, start, end), operator.le)


def _months(frame: pd.DataFrame, start: str, end: str) -> pd.Series:
    """Calendar months of the report year with at least one day in post, Int64; <NA> without a start."""
    first = frame[start].where(frame[start] >= frame["_first_day"], frame["_first_day"])
    last = frame[end].fillna(frame["_last_day"])
    last = last.where(last <= frame["_last_day"], frame["_last_day"])
    months = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month + 1
    return months.clip(lower=0).where(frame[start].notna()).astype("Int64")


def quarter_begun(frame: pd.DataFrame, *, column: Col, quarter: int) -> pd.Series:
    """The number is empty or 0 while the quarter of the report year has not begun on the day of judgement."""
    month = 3 * (quarter - 1)
    begun = frame["_as_of"] >= frame["_first_day"] + pd.DateOffset(months=month)
    return begun | on_known(frame[column], lambda value: value == 0)


def _same_rows(frame: pd.DataFrame, *, columns: tuple[str, ...]) -> dict[str, pd.Series]:
    bad = frame[~unique(frame, columns=columns)]
    words = bad.groupby(["_return", *columns], sort=False)["_row"].transform(lambda rows: rows_in_words(list(rows)))
    return {"rows": words}


def _values_in_use(frame: pd.DataFrame, *, column: str, per: tuple[str, ...]) -> dict[str, pd.Series]:
    bad = frame[~one_value(frame, column=column, per=per)]
    words = bad.groupby(["_return", *per], sort=False)[column].transform(lambda found: "、".join(sorted(set(found))))
    return {"values": words}


def _other_row(frame: pd.DataFrame, **args) -> dict[str, pd.Series]:
    return {"other": _partners(frame, **args).dropna()}


def _months_in_post(frame: pd.DataFrame, *, column: str, start: str, end: str) -> dict[str, pd.Series]:
    return {"months": _months(frame, start, end)}


CHECKS = {
    check.__name__: check
    for check in (
        required, required_when, required_after, zero_when, must_be, one_of, not_before, not_after, within_year,
        not_in_future, counts_this_year, at_most, positive, two_decimals, differs, matches, lacks, code_of,
        no_personal_number, valid_id_number, unique, one_value, no_overlap, months_at_most, quarter_begun,
    )
}  # fmt: skip

FACTS = {
    "unique": (("rows",), _same_rows),
    "one_value": (("values",), _values_in_use),
    "no_overlap": (("other",), _other_row),
    "months_at_most": (("months",), _months_in_post),
}
