"""Named checks across the workbooks of several units; only returns that count are compared."""

from __future__ import annotations

import pandas as pd

from validators.arguments import Col, Cols, When
from validators.checks import holds
from validators.outcome import Outcome
from validators.series import only
from validators.situation import Situation


def _counted(situation: Situation, sheet: str) -> pd.DataFrame:
    frame = situation.frame(sheet)
    return frame[frame["_return"].isin(situation.counted)]


def _unit_name(situation: Situation, code: str) -> str:
    unit = situation.units.get(code)
    return unit.name if unit else code


def not_in_two_units(situation: Situation, sheet: str, *, keys: Cols, start: Col, end: Col, when: When = ()) -> Outcome:
    """The same keys do not stand in two units for the same month of the report year."""
    frame = situation.frame(sheet)
    pairs = clashes(situation, sheet, keys=keys, start=start, end=end, when=when)
    words = pairs.groupby("index")["_unit_other"].agg(
        lambda codes: "、".join(_unit_name(situation, code) for code in sorted(codes))
    )
    clashing = pairs["index"].unique()
    return Outcome(only(frame.index, clashing, [False] * len(clashing)), {"units": words})


def namesake_in_two_units(
    situation: Situation, sheet: str, *, column: Col, apart: Col, start: Col, end: Col, when: When = ()
) -> Outcome:
    """The same name does not stand in two units for the same month, unless `apart` says that they are two persons."""
    frame = situation.frame(sheet)
    pairs = clashes(situation, sheet, keys=(column,), start=start, end=end, when=when)
    known = _counted(situation, sheet)
    known = known[holds(known, when)].assign(_name=lambda rows: rows[column].str.upper())[["_name", "_unit", apart]]
    pairs = pairs.assign(_own=pairs["index"].map(frame[apart]))
    pairs = pairs.merge(known.drop_duplicates(), left_on=[column, "_unit_other"], right_on=["_name", "_unit"])
    pairs = pairs[pairs["_own"].isna() | pairs[apart].isna() | (pairs["_own"] == pairs[apart])]
    words = pairs.groupby("index")["_unit_other"].agg(
        lambda codes: "、".join(_unit_name(situation, code) for code in sorted(set(codes)))
    )
    same = pairs["index"].unique()
    return Outcome(only(frame.index, same, [False] * len(same)), {"units": words})


def clashes(situation: Situation, sheet: str, *, keys: Cols, start: Col, end: Col, when: When = ()) -> pd.DataFrame:
    """`index`, the keys, `_unit`, `_unit_other`: each row once for every other unit with the same keys and month."""
    frame = situation.frame(sheet)
    rows = _counted(situation, sheet)
    rows = rows[holds(rows, when) & rows[[start, *keys]].notna().all(axis=1)]
    rows = rows.assign(**{key: rows[key].str.upper() for key in keys})
    rows = rows[rows.groupby(list(keys), sort=False)["_unit"].transform("nunique") > 1]
    if rows.empty:
        return pd.DataFrame({"index": frame.index[:0], **dict.fromkeys([*keys, "_unit", "_unit_other"], "")})
    months = _months(rows, start, end)
    units = months.groupby([*keys, "_month"], sort=False)["_unit"].transform("nunique")
    sharing = months.loc[units > 1, [*keys, "_month", "_unit"]]
    pairs = sharing.reset_index().merge(sharing, on=[*keys, "_month"], suffixes=("", "_other"))
    pairs = pairs[pairs["_unit"] != pairs["_unit_other"]].drop_duplicates(["index", "_unit_other"])
    return pairs[["index", *keys, "_unit", "_unit_other"]]


def _months(rows: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    """The rows once for each month of the report year that their term touches, with `_month`."""
    first = rows[start].where(rows[start] >= rows["_first_day"], rows["_first_day"]).dt.month
    last = rows[end].fillna(rows["_last_day"])
    last = last.where(last <= rows["_last_day"], rows["_last_day"])
    inside = (last >= rows["_first_day"]) & (rows[start] <= last)
    each = [rows[inside & (first <= month) & (month <= last.dt.month)].assign(_month=month) for month in range(1, 13)]
    return pd.concat(each)


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

    The counterpart is recognised by its full name or its code; a row that names none of the set is not judged.
    """
    frame = situation.frame(sheet)
    orgs = _counted(situation, "party_org").dropna(subset=["org_code", "org_name"])
    known = {**dict(zip(orgs["org_name"], orgs["org_code"], strict=True)),
             **dict(zip(orgs["org_code"], orgs["org_code"], strict=True))}  # fmt: skip
    rows = _counted(situation, sheet)
    rows = rows.assign(_other=rows[counterpart].map(known))
    rows = rows[rows["_other"].notna() & rows[code].notna() & rows[direction].isin((out, back))]
    leaving = rows[direction] == out
    rows = rows.assign(
        _from=rows[code].where(leaving, rows["_other"]), _to=rows["_other"].where(leaving, rows[code]),
        _out=leaving.astype(int), _in=(~leaving).astype(int),
    )  # fmt: skip
    counts = rows.groupby(["_from", "_to"], sort=False)[["_out", "_in"]].transform("sum")
    good = only(frame.index, rows.index, counts["_out"] == counts["_in"])
    return Outcome(good, {"out": counts["_out"].astype(str), "back": counts["_in"].astype(str)})


CHECKS = (not_in_two_units, namesake_in_two_units, batch_complete, flow_paired)

FACTS = {
    "not_in_two_units": ("units",),
    "namesake_in_two_units": ("units",),
    "batch_complete": ("missing",),
    "flow_paired": ("out", "back"),
}
