"""What the rules over several sheets see: all tables, the unit list, the report year, the day of judgement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.model import organisations
from toolkit.model.batch import Batch, Return
from toolkit.model.form import Form
from toolkit.model.unit import UnitList
from validators.arguments import FORMER
from validators.columns import DTYPES
from validators.others_rows import OWNER, others_rows

if TYPE_CHECKING:
    from toolkit.model.policy import Parameters


_DAYS = "datetime64[s]"
LastYear = Callable[[str], "pd.DataFrame | None"]


def no_last_year(_sheet: str) -> None:
    """The rows of the year before where no earlier round is known."""


@dataclass
class Situation:
    """The returns of one run, ready to be checked.

    Args:
        tables: sheet → frame with a RangeIndex, provenance and context columns, every column of the form.
        present: sheet → indexes of the returns in which the sheet was found.
        unfilled: sheet → indexes of the returns in which it is empty without a tick.
        counted: indexes of the returns that count (not blocked, not superseded, no duplicate).
        others: sheet → rows that are another unit's, with `_owner`; they are not in `tables`.
        last_year: sheet → the merged rows of the year before, `_unit` being the code of today; None without them.
        clashing: what was asked of `workbooks.clashes` → its answer; asked again by whoever settles the clashes.
    """

    form: Form
    units: UnitList
    tables: Mapping[str, pd.DataFrame]
    present: Mapping[str, frozenset[int]]
    unfilled: Mapping[str, frozenset[int]]
    counted: frozenset[int]
    as_of: date
    year: int
    parameters: Parameters | None = None
    others: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    last_year: LastYear = no_last_year
    clashing: dict[str, pd.DataFrame] = field(default_factory=dict)

    def frame(self, sheet: str) -> pd.DataFrame:
        """The table of a sheet."""
        return self.tables[sheet]

    def has(self, sheet: str, frame: pd.DataFrame) -> pd.Series:
        """Per row of `frame`: the row's return holds the sheet."""
        return frame["_return"].isin(self.present[sheet])

    @property
    def day(self) -> pd.Timestamp:
        """The day on which organisations and groups are looked at."""
        return pd.Timestamp(organisations.day_of(self.year, self.as_of))

    def gone(self, dissolved: pd.Series) -> pd.Series:
        """Per date of dissolution: whether it lies before the day."""
        return dissolved.notna() & (dissolved < self.day)

    def in_force(self, frame: pd.DataFrame) -> pd.Series:
        """Per row of a sheet with `set_date` and `dissolve_date`: whether it is in force on the day."""
        return ~(frame["set_date"].notna() & (frame["set_date"] > self.day)) & ~self.gone(frame["dissolve_date"])

    @cached_property
    def organisations(self) -> organisations.Organisations:
        """The organisations of all returns, each return for itself."""
        rows = organisations.read(self.tables[organisations.SHEET], home="_return")
        return organisations.Organisations(rows, self.day.date(), apart=True)

    def selected(self, selection: str) -> pd.Series:
        """Per row of the organisations' sheet: whether it belongs to a selection of `toolkit.model.organisations`."""
        frame = self.tables[organisations.SHEET]
        places = self.organisations.places(selection)
        rows = zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)
        return pd.Series([place in places for place in rows], index=frame.index, dtype=bool)

    @cached_property
    def stat_codes(self) -> dict[str, str]:
        """Code of a statistics row by its key."""
        return {row.values["stat_key"]: row.key for row in self.form.by_name["annual_stat"].fixed_rows}

    @cached_property
    def statistics(self) -> dict[str, dict[int, object]]:
        """stat_key → known value (Decimal) by return; a code that a return has twice is unknown."""
        frame = self.tables["annual_stat"]
        places = list(zip(frame["stat_code"], frame["_return"], strict=True))
        times, by_code = Counter(places), defaultdict(dict)
        for (code, home), value, known in zip(places, frame["value"], frame["value"].notna(), strict=True):
            if known and times[code, home] == 1:
                by_code[code][home] = value
        return {key: by_code.get(code, {}) for key, code in self.stat_codes.items()}


def situate(
    batch: Batch, as_of: date, year: int, parameters: Parameters | None = None, last_year: LastYear = no_last_year
) -> Situation:
    """The situation of a batch."""
    counted = {ret.index for ret in batch.returns if ret.counts}
    present = {
        sheet.name: frozenset(ret.index for ret in batch.returns if sheet.name in ret.located)
        for sheet in batch.form.sheets
    }
    known = _by_return({ret.index: _known_until(ret, as_of) for ret in batch.returns})
    filled = _by_return({ret.index: ret.fill_date for ret in batch.returns})
    tables = {sheet.name: _table(batch, sheet.name, year, known, filled) for sheet in batch.form.sheets}
    ticked = {ret.index: ret.nil for ret in batch.returns}
    unfilled = {
        name: frozenset(index for index in present[name] - set(frame["_return"]) if name not in ticked[index])
        for name, frame in tables.items()
    }
    refused_whole = [
        ret.index for ret in batch.returns if ret.blocked
    ]  # whose file it is, is said once, not of each row
    own = {name: frame[~frame["_return"].isin(refused_whole)] for name, frame in tables.items()}
    owners = others_rows(batch.form, batch.units, own)
    others = {name: tables[name].loc[owner.index].assign(**{OWNER: owner}) for name, owner in owners.items()}
    tables |= {name: tables[name].drop(index=owner.index).reset_index(drop=True) for name, owner in owners.items()}
    return Situation(
        form=batch.form,
        units=batch.units,
        tables=tables,
        others=others,
        present=present,
        unfilled=unfilled,
        counted=frozenset(counted),
        as_of=as_of,
        year=year,
        parameters=parameters,
        last_year=last_year,
    )


def _table(batch: Batch, sheet: str, year: int, known: np.ndarray, filled: np.ndarray) -> pd.DataFrame:
    """The sheet's frame with every column of the form and the context columns; the batch's own stays as it is.

    Args:
        known, filled: by index of a return, the last day that it can know of, and the day on which it was filled in.
    """
    frame = batch.tables.get(sheet)
    if frame is None:
        frame = pd.DataFrame({"_return": [], "_unit": [], "_sheet": [], "_row": []}).astype(
            {"_return": "int64", "_row": "int64"}
        )
    frame = frame.reset_index(drop=True)
    extra: dict[str, object] = {}
    for column in batch.form.by_name[sheet].columns:
        if column.name not in frame.columns:
            extra[column.name] = pd.Series(None, index=frame.index, dtype=DTYPES.get(column.type, "object"))
    home = frame["_return"].to_numpy(dtype="int64")
    extra["_as_of"] = known[home]
    for name, day in {"_first_day": date(year, 1, 1), "_last_day": date(year, 12, 31)}.items():
        extra[name] = np.full(len(frame), day, dtype=_DAYS)
    extra["_fill_date"] = filled[home]
    if batch.units.former:
        once = [batch.units.codes(code)[1:] for code in frame["_unit"]]
        extra[FORMER] = pd.Series(once, index=frame.index, dtype=object)
    extra["_year"] = pd.Series(year, index=frame.index, dtype="Int64")
    whole = pd.concat([frame, pd.DataFrame(extra, index=frame.index)], axis=1)
    return whole.set_axis(whole.columns.astype(object), axis=1)  # names that pandas looks up much faster than its texts


def _by_return(days: Mapping[int, date | None]) -> np.ndarray:
    """Days by the index of a return, NaT where there is none."""
    found = np.full(max(days, default=-1) + 1, np.datetime64("NaT"), dtype=_DAYS)
    for place, day in days.items():
        found[place] = np.datetime64("NaT") if day is None else day
    return found


def _known_until(item: Return, as_of: date) -> date:
    """The last day that a return can know of: the day of judgement, or a later one on which it was really filled in.

    What happened after an earlier day of judgement is no mistake; what lies after the day of filling in, or after
    today, is one.
    """
    return max(as_of, min(item.fill_date, date.today())) if item.fill_date else as_of
