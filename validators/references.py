"""References between sheets: a code must stand where the form says, in the same return or in the unit list."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.form import Column
from validators.outcome import Outcome
from validators.series import always, only
from validators.situation import Situation

DIRECTORY = "directory"


def references(situation: Situation, sheet: str) -> Iterator[tuple[Column, Outcome]]:
    """The outcome of every column of the sheet that refers to others, as far as the form has the others."""
    frame = situation.frame(sheet)
    for column in situation.form.by_name[sheet].columns:
        if not column.references or not frame[column.name].notna().any():
            continue
        targets = [(target, code) for target, _, code in (place.partition(".") for place in column.references)]
        targets = [place for place in targets if _exists(situation, *place)]
        if targets and targets != [(sheet, column.name)]:
            yield column, exists(situation, sheet, column.name, targets)


def _exists(situation: Situation, sheet: str, column: str) -> bool:
    if sheet == DIRECTORY:
        return len(situation.units) > 0
    return sheet in situation.form.by_name and column in situation.form.by_name[sheet].by_name


def exists(situation: Situation, sheet: str, column: str, targets: list[tuple[str, str]]) -> Outcome:
    """The value stands in one of the targets.

    A return is not judged when a target sheet is missing from it or empty without a tick, and not for values that
    may stand in target cells that could not be read (as many values as such cells): those have findings of their own.
    """
    frame = situation.frame(sheet)
    known = frame[column].notna()
    judged = always(frame.index)
    keys = pd.MultiIndex.from_frame(frame.loc[known, ["_return", column]])
    found = pd.Series(False, index=frame.index[known])
    unread = pd.Series(0, index=frame["_return"].unique())
    for target, code in targets:
        if target == DIRECTORY:
            found |= _in_directory(situation, frame[known], column, code)
            continue
        other = situation.frame(target)
        found |= keys.isin(pd.MultiIndex.from_frame(other.loc[other[code].notna(), ["_return", code]]))
        judged &= situation.has(target, frame) & ~frame["_return"].isin(situation.unfilled.get(target, frozenset()))
        unread = unread.add(other[other[code].isna()].groupby("_return").size(), fill_value=0)
    good = only(frame.index, found.index, found)
    bad = frame.loc[~good, ["_return", column]].drop_duplicates()
    absent = bad["_return"].value_counts()
    excused = absent.index[absent <= unread.reindex(absent.index, fill_value=0)]
    return Outcome(good | ~judged | frame["_return"].isin(excused))


def _in_directory(situation: Situation, rows: pd.DataFrame, column: str, code: str) -> pd.Series:
    """Codes that the unit list knows; organisations of other units are unknown when it lists none at all."""
    units = situation.units
    codes = {code for unit in units for code in (unit.code, unit.parent, unit.town)} - {""}
    if code == "unit_code":
        return rows[column].isin(codes)
    orgs = {code for unit in units for org in unit.orgs for code in (org.code, org.parent)} - {""}
    if orgs:
        return rows[column].isin(codes | orgs)
    own = [value.startswith(units.codes(unit)) for value, unit in zip(rows[column], rows["_unit"], strict=True)]
    return rows[column].isin(codes) | ~pd.Series(own, index=rows.index, dtype=bool)
