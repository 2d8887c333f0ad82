"""What can be done to an invented return: cells, rows, annual totals, figures of the year before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from toolkit.compute.filters import Condition, RowFilter
from toolkit.model.form import Column, Sheet
from toolkit.model.people import BIRTH, COLUMNS
from toolkit.policy_tools.reach.trials import Trial
from toolkit.sample.words import full_name

STATS, SEED = "annual_stat", 1
MANY = 400
"""Rows that a sheet gets at most."""
Change = Callable[[Trial], Trial]
ALL, HALF, FIRST, NONE = ("all", "half", "first", "none")


@dataclass(frozen=True)
class Which:
    """Some rows of a sheet: all, every second, none, or the first of those that are looked at most likely.

    Args:
        filters: what rows that are looked at meet, as far as a row alone shows it.
    """

    what: str
    filters: tuple[RowFilter, ...] = ()

    def of(self, rows: Sequence[Mapping[str, object]]) -> Sequence[int]:
        """Their places."""
        if self.what == FIRST:
            return [max(range(len(rows)), key=lambda at: (self.met(rows[at]), -at))] if rows else []
        return {ALL: range(len(rows)), HALF: range(0, len(rows), 2), NONE: ()}[self.what]

    def met(self, row: Mapping[str, object]) -> int:
        """How many conditions of a filter a row meets at most, of those that name its values."""
        return max((sum(_holds(one, row) for one in conditions) for conditions in self._named), default=0)

    @cached_property
    def _named(self) -> list[list[Condition]]:
        return [[one for one in rows.conditions if one.operator == "in"] for rows in self.filters]


def _holds(condition: Condition, row: Mapping[str, object]) -> bool:
    return any(row.get(name) in condition.values for name in condition.columns)


def kept(sheet: str, which: Which) -> Change:
    """Only some rows of a sheet."""

    def change(trial: Trial) -> Trial:
        rows = trial.rows.get(sheet, ())
        return _with(trial, sheet, [rows[at] for at in which.of(rows)])

    return change


def set_cells(sheet: str, column: str, value: object, which: Which) -> Change:
    """One value in a column of some rows."""

    def change(trial: Trial) -> Trial:
        rows = [dict(row) for row in trial.rows.get(sheet, ())]
        for at in which.of(rows):
            rows[at][column] = value
        return _with(trial, sheet, rows)

    return change


def rewritten(sheet: str, column: str, value: object) -> Change:
    """One value in every row in which something stands; in every row where nothing stands anywhere."""

    def change(trial: Trial) -> Trial:
        own = trial.rows.get(sheet, ())
        some = any(row.get(column) not in (None, "") for row in own)
        rows = [{**row, column: value} if not some or row.get(column) not in (None, "") else row for row in own]
        return _with(trial, sheet, rows)

    return change


def meeting(sheet: str, values: Mapping[str, object], which: Which) -> Change:
    """Some values in several columns of some rows."""

    def change(trial: Trial) -> Trial:
        found = [dict(row) for row in trial.rows.get(sheet, ())]
        for at in which.of(found):
            found[at] |= values
        return _with(trial, sheet, found)

    return change


def one_by_one(changes: Sequence[Change]) -> Change:
    """Some changes after one another."""

    def change(trial: Trial) -> Trial:
        for one in changes:
            trial = one(trial)
        return trial

    return change


def copied(trial: Trial) -> Trial:
    """Another unit that fills in the same."""
    return replace(trial, copies=trial.copies + 1)


def lowered(sheet: str, column: str, which: Which) -> Change:
    """A tenth less in a column of some rows."""

    def change(trial: Trial) -> Trial:
        rows = [dict(row) for row in trial.rows.get(sheet, ())]
        for at in which.of(rows):
            value = rows[at].get(column)
            if isinstance(value, int | Decimal):
                rows[at][column] = value * 9 // 10 if isinstance(value, int) else value * 9 / 10
        return _with(trial, sheet, rows)

    return change


def grown(sheet: Sheet, like: Which, times: int, day: str, year: int, *, others: bool = True) -> Change:
    """More rows like one of the sheet; what a row refers to goes round among what there is.

    Args:
        day: a column in which each has another day; "" = none.
        others: each is of another person.
    """

    def change(trial: Trial) -> Trial:
        rows = trial.rows.get(sheet.name, ())
        if not rows or len(rows) + times > MANY:
            return trial
        rng, copies, model = Random(f"{SEED}/{sheet.name}"), [], rows[like.of(rows)[0]]
        for number in range(times):
            own = dict(model)
            for column in sheet.columns:
                if column.key and own.get(column.name):
                    own[column.name] = _next(str(own[column.name]), len(rows) + number)
                elif column.name in COLUMNS and others and own.get(column.name):
                    own[column.name] = _another(column, own[column.name], number, rng)
                elif known := _referred(trial, column, own.get(column.name)):
                    own[column.name] = known[(number + 1) % len(known)]
            if day:
                own[day] = date(year, 1, 4) + timedelta(number * 340 // times)
            copies.append(own)
        return _with(trial, sheet.name, [*rows, *copies])

    return change


def _next(key: str, place: int) -> str:
    """The key of a row further down: the number at its end counts on.

    >>> _next("320901-X01", 2), _next("R098", 2), _next("X", 2)
    ('320901-X03', 'R100', 'X2')
    """
    digits = re.search(r"\d*$", key)[0]  # type: ignore[index]
    stem = key[: len(key) - len(digits)]
    return f"{stem}{int(digits or 0) + place:0{len(digits)}d}"


def _another(column: Column, value: object, number: int, rng: Random) -> object:
    """What tells another person apart: the number in the unit and the name; nobody's ID number is made up."""
    if column.is_name:
        return full_name(rng)
    return f"{value}{number + 1:03d}" if column.name == COLUMNS[0] else value if column.name == BIRTH else None


def one_of_each(sheet: Sheet, like: Which, column: str, values: Iterable[str]) -> Change:
    """Rows like one of the sheet, one for each choice of a column."""
    values = list(values)

    def change(trial: Trial) -> Trial:
        found = grown(sheet, like, len(values), "", 0)(trial)
        rows = [dict(row) for row in found.rows.get(sheet.name, ())]
        for row, value in zip(rows[-len(values) :] if rows else (), values, strict=False):
            row[column] = value
        return _with(trial, sheet.name, rows)

    return change


def _referred(trial: Trial, column: Column, value: object) -> list[object]:
    """What a reference may name: all keys of the sheet in which its value stands."""
    for target in column.references if value else ():
        sheet, _, key = target.partition(".")
        known = [row.get(key) for row in trial.rows.get(sheet, ())]
        if value in known:
            return known
    return []


def set_stats(values: Mapping[str, Decimal | None]) -> Change:
    """Other annual totals."""

    def change(trial: Trial) -> Trial:
        rows = [{**row, "value": values.get(row["stat_key"], row.get("value"))} for row in trial.rows.get(STATS, ())]
        return _with(trial, STATS, rows)

    return change


def like(key: str, other: str, step: int) -> Change:
    """An annual total that stands by another one."""

    def change(trial: Trial) -> Trial:
        known = {row["stat_key"]: row.get("value") for row in trial.rows.get(STATS, ())}
        value = known.get(other)
        return trial if value is None else set_stats({key: max(Decimal(0), Decimal(str(value)) + step)})(trial)

    return change


def moved(keys: Sequence[str], step: int) -> Change:
    """Annual totals that grow, or shrink, together."""

    def change(trial: Trial) -> Trial:
        known = {row["stat_key"]: row.get("value") for row in trial.rows.get(STATS, ())}
        found = {key: max(Decimal(0), Decimal(str(known.get(key) or 0)) + step) for key in keys}
        return set_stats(found)(trial)

    return change


def last_year(name: str, made: Callable) -> Change:
    """Another figure of the year before."""

    def change(trial: Trial) -> Trial:
        known = trial.prior.get(name) or {}
        return replace(trial, prior={**trial.prior, name: {key: made(value) for key, value in known.items()}})

    return change


def _with(trial: Trial, sheet: str, rows: list) -> Trial:
    return replace(trial, rows={**trial.rows, sheet: rows})
