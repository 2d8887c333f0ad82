"""Named checks against what a unit reported for the year before; without last year's round they judge nothing."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from validators.arguments import Col, Cols, When
from validators.checks import holds
from validators.outcome import Outcome
from validators.series import display
from validators.situation import Situation


def near_last_year(
    situation: Situation, sheet: str, *, column: Col, key: Cols, share: Decimal, least: Decimal, when: When = ()
) -> Outcome:
    """The number is near that of last year: it differs by no more than `share` of it, or by no more than `least`.

    Args:
        key: columns that say which row of the unit it was last year; a row that stood there twice is unknown.
        share: part of last year's number, 0.3 = 30 %.
        least: difference that never matters, in the unit of the column.
        when: rows that are judged.
    """
    frame, before = situation.frame(sheet), situation.last_year(sheet)
    if before is None or before.empty:
        return Outcome(pd.Series(True, index=frame.index))
    names = ["_unit", *key]
    known = before.dropna(subset=[*names, column]).drop_duplicates(names, keep=False).set_index(names)[column]
    own = pd.MultiIndex.from_frame(frame[names]) if key else pd.Index(frame["_unit"])
    then = pd.Series(known.reindex(own).tolist(), index=frame.index, dtype=object)
    judged = then.notna() & frame[column].notna() & holds(frame, when)
    good = pd.Series(True, index=frame.index)
    for at in frame.index[judged]:
        now, last = Decimal(str(frame.at[at, column])), Decimal(str(then[at]))
        difference = abs(now - last)
        good[at] = difference <= least or difference <= share * last
    facts = {"before": then.map(display), "share": pd.Series(f"{share * 100:.0f}%", index=frame.index)}
    return Outcome(good, facts)


CHECKS = (near_last_year,)

FACTS = {"near_last_year": ("before", "share")}
