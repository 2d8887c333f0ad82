"""Named checks across the workbooks of several units; only returns that count are compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from toolkit.model.org_names import by_name, plain_name
from toolkit.model.organisations import Node
from toolkit.model.people import plain
from validators.arguments import Col, Cols, Far, FarWhen, When
from validators.checks import holds
from validators.outcome import Outcome
from validators.series import only
from validators.situation import Situation

NOWHERE = ("", "")
NUMBER = "id_number"
"""The column with ID numbers: different ones are different persons, whatever else agrees."""


def _counted(situation: Situation, sheet: str) -> pd.DataFrame:
    frame = situation.frame(sheet)
    return frame[frame["_return"].isin(situation.counted)]


def _unit_name(situation: Situation, code: str) -> str:
    unit = situation.units.get(code)
    return unit.name if unit else code


def not_in_two_units(
    situation: Situation, sheet: str, *, keys: Cols, when: When = (), or_when: When = (), either: When = (),
    start: Col = "", end: Col = "", apart: Col = "", place: Col = "", own: tuple[str, ...] = (), guest: Col = "",
    guests: Far = NOWHERE, guests_when: FarWhen = (), spread: Col = "", limit: str = "",
) -> Outcome:  # fmt: skip
    """The same keys do not stand in two units (for the same month of the report year, where there are terms).

    Rows count on which `when` or `or_when` holds. Two rows do not contradict each other when both are filled in and
    differ in `apart`, when they have different ID numbers, when `either` holds on neither, or when both say the same
    in `place` and that is none of `own`; a row whose `guest` stands in `guests`, on a row of the same return on which
    `guests_when` holds, claims nobody. With `limit` (a parameter of the policy) rows of the same keys contradict each
    other only when they have more values of `spread` than that.
    """
    frame = situation.frame(sheet)
    args = {"keys": keys, "when": when, "or_when": or_when, "either": either, "start": start, "end": end}
    args |= {"apart": apart, "place": place, "own": own, "spread": spread, "limit": limit}
    pairs = clashes(situation, sheet, **args, guest=guest, guests=guests, guests_when=guests_when)
    words = pairs.groupby("index")["_unit_other"].agg(
        lambda codes: "、".join(_unit_name(situation, code) for code in sorted(set(codes), key=situation.units.place))
    )
    clashing = pairs["index"].unique()
    return Outcome(only(frame.index, clashing, [False] * len(clashing)), {"units": words})


def clashes(
    situation: Situation, sheet: str, *, keys: Cols, start: str = "", end: str = "", apart: str = "", place: str = "",
    own: tuple[str, ...] = (), either: When = (), spread: str = "", limit: str = "", when: When = (),
    or_when: When = (), guest: str = "", guests: tuple[str, str] = NOWHERE, guests_when: FarWhen = (),
) -> pd.DataFrame:  # fmt: skip
    """`index`, the keys, `_unit`, `_unit_other`: each row once for every other unit and set of keys that clash.

    `apart`, where it is given, is one more of the keys: filled in where both rows say the same.
    """
    claiming = (when, or_when, guest, guests, guests_when)
    asked = (keys, start, end, apart, place, own, either, spread, limit)
    known, name = situation.clashing, repr((sheet, asked, claiming))
    if name not in known:
        known[name] = _clashes(situation, sheet, _claims(situation, sheet, *claiming), *asked)
    return known[name]


def _clashes(
    situation: Situation, sheet: str, rows: pd.DataFrame, keys: Cols, start: str, end: str, apart: str, place: str,
    own: tuple[str, ...], either: When, spread: str, limit: str,
) -> pd.DataFrame:  # fmt: skip
    keys, frame = list(keys), situation.frame(sheet)
    rows = rows[rows[[*keys, *([start] if start else [])]].notna().all(axis=1)]
    rows = rows.assign(**{key: rows[key].map(plain) for key in keys}, _either=holds(rows, either))
    rows = rows[rows.groupby(keys, sort=False)["_unit"].transform("nunique") > 1]
    if limit:
        rows = rows[rows.groupby(keys, sort=False)[spread].transform("nunique") > _limit(situation, limit)]
    shown = [*keys, *([apart] if apart else []), "_unit", "_unit_other"]
    if rows.empty:
        return pd.DataFrame({"index": frame.index[:0], **dict.fromkeys(shown, "")})
    months = _months(rows, start, end) if start else rows.assign(_month=0)
    units = months.groupby([*keys, "_month"], sort=False)["_unit"].transform("nunique")
    more = dict.fromkeys(name for name in (apart, place, NUMBER) if name in months.columns and name not in keys)
    sharing = months.loc[units > 1, [*keys, "_month", "_unit", "_either", *more]]
    pairs = sharing.reset_index().merge(sharing, on=[*keys, "_month"], suffixes=("", "_other"))
    pairs = pairs[(pairs["_unit"] != pairs["_unit_other"]) & (pairs["_either"] | pairs["_either_other"])]
    if apart:
        one, other = pairs[apart], pairs[f"{apart}_other"]
        pairs = pairs.assign(**{apart: one.where(one == other, None)})[one.isna() | other.isna() | (one == other)]
    if NUMBER in more:
        one, other = (pairs[name].map(plain, na_action="ignore") for name in (NUMBER, f"{NUMBER}_other"))
        pairs = pairs[one.isna() | other.isna() | (one == other)]
    if place:
        pairs = pairs[(pairs[place] != pairs[f"{place}_other"]) | pairs[place].isin(own) | pairs[place].isna()]
    return pairs[["index", *shown]].drop_duplicates(["index", "_unit_other", *([apart] if apart else [])])


def _limit(situation: Situation, parameter: str) -> float:
    """The value of a number that the policy sets; infinite where it sets none."""
    known = situation.parameters
    value = known.get(parameter) if known and parameter in known.policy.parameters else None
    return float("inf") if value is None else float(value)  # type: ignore[arg-type]


def _claims(
    situation: Situation, sheet: str, when: When, or_when: When, guest: str, guests: tuple[str, str],
    guests_when: FarWhen,
) -> pd.DataFrame:  # fmt: skip
    """The rows with which a unit claims a person; see `not_in_two_units`."""
    rows = _counted(situation, sheet)
    rows = rows[holds(rows, when) | holds(rows, or_when)] if or_when else rows[holds(rows, when)]
    if not guest:
        return rows
    listed = situation.frame(guests[0])
    listed = listed[holds(listed, guests_when)]
    staying = set(zip(listed["_return"], listed[guests[1]], strict=True))
    at_home = [at not in staying for at in zip(rows["_return"], rows[guest], strict=True)]
    return rows[pd.Series(at_home, index=rows.index, dtype=bool)]


def _months(rows: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    """The rows once for each month of the report year that their term touches, with `_month`."""
    first = rows[start].where(rows[start] >= rows["_first_day"], rows["_first_day"])
    last = rows[end].fillna(rows["_last_day"])
    last = last.where(last <= rows["_last_day"], rows["_last_day"])
    inside = (last >= rows["_first_day"]) & (rows[start] <= last)
    months = np.arange(1, 13)
    at, month = np.nonzero(
        inside.to_numpy()[:, None]
        & (first.dt.month.to_numpy()[:, None] <= months)
        & (months <= last.dt.month.to_numpy()[:, None])
    )
    return rows.iloc[at].assign(_month=months[month])


def batch_complete(situation: Situation, sheet: str, *, column: Col, kind: Col, kinds: tuple[str, ...]) -> Outcome:
    """Over all units, every batch has rows of all kinds."""
    frame = situation.frame(sheet)
    rows = _counted(situation, sheet)
    rows = rows[rows[kind].isin(kinds) & rows[column].notna()]
    groups = rows.groupby(column, sort=False)[kind]
    good = only(frame.index, rows.index, groups.transform("nunique") == len(kinds))
    missing = groups.transform(lambda found: "、".join(kind for kind in kinds if kind not in set(found)))
    return Outcome(good, {"missing": missing})


def flow_paired(
    situation: Situation, sheet: str, *, code: Col, direction: Col, counterpart: Col, out: str, back: str
) -> Outcome:
    """Between two organisations of the merged set, the rows that one side calls out and the other calls in are as many.

    The counterpart is recognised by its full name or its code, the own unit's first; a row that names none of the set,
    or one of several units, is not judged.
    """
    frame = situation.frame(sheet)
    orgs = _counted(situation, "party_org").dropna(subset=["org_code", "org_name"])
    known = by_name(zip(orgs["_unit"], orgs["org_code"], orgs["org_name"], strict=True))
    rows = _counted(situation, sheet)
    rows = rows[rows[counterpart].notna() & rows[code].notna() & rows[direction].isin((out, back))]
    own = list(zip(rows["_unit"], rows[code], strict=True))
    others = [_other(known, place, text) for place, text in zip(own, rows[counterpart], strict=True)]
    rows = rows.assign(
        _own=pd.Series(own, rows.index, dtype=object), _other=pd.Series(others, rows.index, dtype=object)
    )
    rows = rows[rows["_other"].notna()]
    leaving = rows[direction] == out
    rows = rows.assign(
        _from=rows["_own"].where(leaving, rows["_other"]), _to=rows["_other"].where(leaving, rows["_own"]),
        _out=leaving.astype(int), _in=(~leaving).astype(int),
    )  # fmt: skip
    counts = rows.groupby(["_from", "_to"], sort=False)[["_out", "_in"]].transform("sum")
    good = only(frame.index, rows.index, counts["_out"] == counts["_in"])
    return Outcome(good, {"out": counts["_out"].astype(str), "back": counts["_in"].astype(str)})


def _other(known: Mapping[str, Collection[Node]], own: Node, text: str) -> Node | None:
    """The organisation that a text names on the other side, the own unit's first; None when there is not just one."""
    named = [place for place in known.get(plain_name(text), ()) if place != own]
    found = [place for place in named if place[0] == own[0]] or named
    return found[0] if len(found) == 1 else None


CHECKS = (not_in_two_units, batch_complete, flow_paired)

FACTS = {
    "not_in_two_units": ("units",),
    "batch_complete": ("missing",),
    "flow_paired": ("out", "back"),
}
