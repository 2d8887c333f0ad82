"""Named checks over several sheets of one return: (situation, sheet) → boolean Series on the sheet's rows, True = good.

What a return does not contain (a sheet, a number) is unknown, and the unknown is never bad. `CROSS` also lists the
checks of `sums.py` (figures that must agree), `workbooks.py` (several units) and `last_year.py`.
"""

from __future__ import annotations

import operator

import pandas as pd

from toolkit.model.organisations import BRANCHES, UPPER
from validators import last_year, names, sums, workbooks
from validators.arguments import Col, Far, Fars, When
from validators.checks import holds
from validators.outcome import Outcome
from validators.series import always, compare, on_known, only
from validators.situation import Situation


def look_up(situation: Situation, sheet: str, column: str, key: tuple[str, str], field: str) -> pd.Series:
    """The far row's `field` for the code in `column`, within the same return; empty where there is no such row."""
    far, code = situation.frame(key[0]), key[1]
    first: dict[tuple[int, str], int] = {}
    for place, at in enumerate(zip(far["_return"], far[code], strict=True)):
        first.setdefault(at, place)
    near = situation.frame(sheet)
    rows = zip(near["_return"], near[column], near[column].notna(), strict=True)
    places = [first.get((home, value), -1) if known else -1 for home, value, known in rows]
    found = far[field].array.take(places, allow_fill=True)
    return pd.Series(found, index=near.index)


def referred_is(
    situation: Situation, sheet: str, *, column: Col, key: Far, target: Far, values: tuple[str, ...], when: When = ()
) -> Outcome:
    """The row that the code names has one of `values` in `field`."""
    frame = situation.frame(sheet)
    found = look_up(situation, sheet, column, key, target[1])
    good = found.isna() | found.isin(values) | ~holds(frame, when)
    return Outcome(good, {"found": found})


def referred_equals(situation: Situation, sheet: str, *, column: Col, key: Far, target: Far, other: Col) -> Outcome:
    """`field` of the row that the code names is the same as `other` of this row."""
    found = look_up(situation, sheet, column, key, target[1])
    frame = situation.frame(sheet)
    return Outcome(found.isna() | frame[other].isna() | (found == frame[other]), {"found": found})


def referred_in_force(situation: Situation, sheet: str, *, column: Col, key: Far, dissolved: Far) -> Outcome:
    """The organisation that the code names is not dissolved on the day of judgement."""
    found = look_up(situation, sheet, column, key, dissolved[1])
    return Outcome(~situation.gone(found.astype("datetime64[s]")), {"found": found})


def refers_to(situation: Situation, sheet: str, *, column: Col, key: Far, when: When = ()) -> Outcome:
    """Where the conditions hold, the code stands in the key column."""
    frame = situation.frame(sheet)
    found = look_up(situation, sheet, column, key, key[1]).notna()
    needed = holds(frame, when) & frame[column].notna() & situation.has(key[0], frame)
    return Outcome(found | ~needed)


def in_roster(situation: Situation, sheet: str, *, column: Col, key: Far, when: When = ()) -> Outcome:
    """As `refers_to`, for returns that use the far sheet at all (it has a row)."""
    used = situation.frame(key[0])["_return"]
    outcome = refers_to(situation, sheet, column=column, key=key, when=when)
    return Outcome(outcome.good | ~situation.frame(sheet)["_return"].isin(used))


def host_founded(
    situation: Situation, sheet: str, *, column: Col, host: Col, key: Far, since: Far, when: When = ()
) -> Outcome:
    """Where the conditions hold, the date is not before the date in `since` of the row that the host code names."""
    frame, found = situation.frame(sheet), look_up(situation, sheet, host, key, since[1])
    good = compare(frame[column], found.astype("datetime64[s]"), operator.ge)
    return Outcome(good | ~holds(frame, when), {"found": found})


def host_not_dissolved(situation: Situation, sheet: str, *, column: Col, host: Col, key: Far, until: Far) -> Outcome:
    """The date is not after the date in `until` of the row that the host code names."""
    found = look_up(situation, sheet, host, key, until[1])
    good = compare(situation.frame(sheet)[column], found.astype("datetime64[s]"), operator.le)
    return Outcome(good, {"found": found})


def no_cycle(situation: Situation, sheet: str, *, column: Col, parent: Col, within: str = "return") -> Outcome:
    """Going from parent to parent never comes back to the same code; a row that names itself is for `differs`.

    A row whose parent is no code, or whose code is nobody's parent, closes no circle; peeling off such rows again
    and again leaves exactly the circles (and the ways between two circles).

    Args:
        within: `return`, or `all` when the codes of different returns belong together.
    """
    frame = situation.frame(sheet)
    rows = frame.loc[frame[column].notna() & frame[parent].notna(), ["_return", column, parent]]
    links = [
        (at, (home if within == "return" else 0, code), (home if within == "return" else 0, above))
        for at, home, code, above in rows.itertuples()
        if code != above and (within == "return" or home in situation.counted)
    ]
    while True:
        codes, parents = {code for _, code, _ in links}, {above for _, _, above in links}
        rest = [link for link in links if link[2] in codes and link[1] in parents]
        if len(rest) == len(links):
            return Outcome(only(frame.index, pd.Index([at for at, *_ in rest], dtype="int64"), [False] * len(rest)))
        links = rest


def parent_given(situation: Situation, sheet: str, *, column: Col, kind: Col, until: Col) -> Outcome:
    """A standing branch names its parent when its return also has a standing organisation of an upper form."""
    frame = situation.frame(sheet)
    upper = frame.loc[situation.selected(UPPER), "_return"]
    needed = situation.selected(BRANCHES) & frame["_return"].isin(upper)
    return Outcome(frame[column].notna() | ~needed)


def required_if_any(situation: Situation, sheet: str, *, column: Col, far: Far, values: tuple[str, ...]) -> Outcome:
    """The cell is filled in when the return has a row with one of `values` in the far column."""
    frame, other = situation.frame(sheet), situation.frame(far[0])
    returns = other.loc[other[far[1]].isin(values), "_return"]
    return Outcome(frame[column].notna() | ~frame["_return"].isin(returns))


def not_below_parameter(situation: Situation, sheet: str, *, column: Col, parameter: str) -> Outcome:
    """The amount is not below the policy's parameter; a parameter that is left open judges nothing."""
    frame = situation.frame(sheet)
    limit = situation.parameters.get(parameter) if situation.parameters else None
    if limit is None:
        return Outcome(always(frame.index))
    good = on_known(frame[column], lambda value: value >= limit)
    return Outcome(good, {"limit": pd.Series(str(limit), index=frame.index)})


def known_clause(situation: Situation, sheet: str, *, column: Col) -> Outcome:
    """The value is the id of a clause of the policy."""
    frame = situation.frame(sheet)
    clauses = situation.parameters.policy.clauses if situation.parameters else {}
    return Outcome(frame[column].isna() | frame[column].isin(clauses) | (not clauses))


def name_complete(
    situation: Situation, sheet: str, *, column: Col, kind: Col, unit_name: Far, short: Far, groups: str = ""
) -> Outcome:
    """The organisation's name has its three elements and agrees with its type (see `names.name_elements`).

    `groups` is the policy's parameter with the words for the people served; without it those of the form hold.
    """
    frame = situation.frame(sheet)
    served = situation.parameters.get(groups) if groups and situation.parameters else None
    served = served if isinstance(served, tuple) else ()
    units = situation.frame(unit_name[0]).drop_duplicates("_return").set_index("_return")
    given = pd.DataFrame({
        "name": frame[column],
        "type": frame[kind],
        "unit": frame["_return"].map(units[unit_name[1]]),
        "short": frame["_return"].map(units[short[1]]),
    }).dropna(subset=["name", "type", "unit"])  # fmt: skip
    problems = pd.Series(
        [names.name_elements(row.name_, row.unit, names.split_short(row.short), row.type, served).reason
         for row in given.rename(columns={"name": "name_"}).itertuples()],
        index=given.index, dtype=object,
    )  # fmt: skip
    return Outcome(only(frame.index, problems.index, problems == ""), {"problem": problems})


def no_names(situation: Situation, sheet: str, *, column: Col, roster: Fars) -> Outcome:
    """The text holds no name of two or more characters that stands in the return's own lists of persons."""
    frame = situation.frame(sheet)
    texts = frame.loc[frame[column].notna(), ["_return", column]]
    known = pd.concat([_persons(situation, place) for place in roster]).drop_duplicates()
    pairs = texts.reset_index().merge(known, on="_return")
    hits = [name in text for name, text in zip(pairs["_name"], pairs[column], strict=True)]
    named = pd.Index(pairs.loc[hits, "index"]).unique()
    return Outcome(only(frame.index, named, [False] * len(named)))


def _persons(situation: Situation, place: tuple[str, str]) -> pd.DataFrame:
    found = situation.frame(place[0])[["_return", place[1]]].dropna()
    found = found[found[place[1]].str.len() >= 2]
    return found.rename(columns={place[1]: "_name"})


CROSS = {
    check.__name__: check
    for check in (
        referred_is, referred_equals, referred_in_force, refers_to, in_roster, host_founded, host_not_dissolved,
        no_cycle, parent_given, required_if_any, not_below_parameter, known_clause, name_complete,
        no_names, *sums.CHECKS, *workbooks.CHECKS, *last_year.CHECKS,
    )
}  # fmt: skip

CROSS_FACTS = {
    "referred_is": ("found",),
    "referred_equals": ("found",),
    "referred_in_force": ("found",),
    "host_founded": ("found",),
    "host_not_dissolved": ("found",),
    "not_below_parameter": ("limit",),
    "name_complete": ("problem",),
    **sums.FACTS,
    **workbooks.FACTS,
    **last_year.FACTS,
}
