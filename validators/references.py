"""References between sheets: a code must stand where the form says, in the same return or in the unit list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from toolkit.model.form import Column
from validators.outcome import Outcome
from validators.series import only
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
    rows = frame.loc[frame[column].notna(), ["_return", "_unit", column]]
    keys = list(zip(rows["_return"], rows[column], strict=True))
    found = [False] * len(keys)
    unread: Counter[int] = Counter()
    judged = set(frame["_return"])
    for target, code in targets:
        if target == DIRECTORY:
            directory = _in_directory(situation, rows, column, code)
            found = [seen or listed for seen, listed in zip(found, directory, strict=True)]
            continue
        other = situation.frame(target)
        filled = other[code].notna()
        known = set(zip(other.loc[filled, "_return"], other.loc[filled, code], strict=True))
        found = [seen or key in known for seen, key in zip(found, keys, strict=True)]
        judged &= situation.present[target] - situation.unfilled.get(target, frozenset())
        unread.update(other.loc[~filled, "_return"])
    absent = Counter(home for home, _ in {key for key, seen in zip(keys, found, strict=True) if not seen})
    judged -= {home for home, count in absent.items() if count <= unread[home]}
    good = [seen or home not in judged for seen, (home, _) in zip(found, keys, strict=True)]
    return Outcome(only(frame.index, rows.index, good))


def _in_directory(situation: Situation, rows: pd.DataFrame, column: str, code: str) -> list[bool]:
    """Codes that the unit list knows; organisations of other units are unknown when it lists none at all."""
    units = situation.units
    codes = {code for unit in units for code in (unit.code, unit.parent, unit.town)} - {""}
    if code == "unit_code":
        return [value in codes for value in rows[column]]
    orgs = {code for unit in units for org in unit.orgs for code in (org.code, org.parent)} - {""}
    if orgs:
        return [value in codes or value in orgs for value in rows[column]]
    each = zip(rows[column], rows["_unit"], strict=True)
    return [value in codes or not value.startswith(units.codes(unit)) for value, unit in each]
