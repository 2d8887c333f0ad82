"""One answer of the computations: a level with its figures, the reason and the rows that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from toolkit.model.rows import Evidence

MET, MET_BY_EXCEPTION, WARNING, NOT_MET = "达标", "达标（例外）", "预警", "不达标"
NOT_APPLICABLE, UNDETERMINED, UNSET = "不适用", "无法判定", "未评"
LEVEL_KEYS = {
    "met": MET,
    "exception": MET_BY_EXCEPTION,
    "warning": WARNING,
    "not_met": NOT_MET,
    "not_applicable": NOT_APPLICABLE,
    "undetermined": UNDETERMINED,
    "unset": UNSET,
}
"""The levels by the keys of the columns that count them."""
LEVELS = tuple(LEVEL_KEYS.values())
"""未评: the policy leaves a parameter open and nobody has set it. No unit can do anything about it, so it is in no
rate and in no verdict; 无法判定 is what a unit can clear by filling in or putting right a cell."""
WORST_FIRST = (NOT_MET, UNDETERMINED, WARNING, MET_BY_EXCEPTION, MET, UNSET, NOT_APPLICABLE)


def worst(levels: Iterable[str]) -> str:
    """The worst of some levels; nothing at all is 不适用.

    >>> worst(["达标", "预警", "不适用"]), worst(["达标", "未评"])
    ('预警', '达标')
    """
    found = set(levels)
    return next((level for level in WORST_FIRST if level in found), NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class PersonAllowance:
    """One person's allowance for the year in one organisation and post (a row of the payment list).

    Args:
        months: months that count for this row, by the month rule.
        due: amount due by this row, rounded once; None = cannot be determined.
        paid: amount reported as paid in this row; None = left empty.
        level, reason: of the person as a whole (same on all rows of the person).
        monthly: (year-month, amount) for every month that this row carries; they add up to `due`.
        rate: the monthly rate; None = not set, or more than one rate in the year.
        evidence: the row itself first, then every row of other sheets that shaped the amount.
        shares: which part of each month of `monthly` counts: `1`, or days like `17/31`.
        number: number of the person in the report; rows with one number are one person.
        fix: what to fill in or put right, "" = nothing.
        steps: how the amount comes about, one sentence a step; the month lines add up to the amount.
        beside: rows that are not the person's own and shaped the level or the reason: of who may be the same person,
            and of the unit's pool.
        held: why the row is kept off the public notice (something about it has to be verified first), "" = it is not.
    """

    unit: str
    org: str
    person: str
    name: str
    post: str
    months: Decimal
    rate: Decimal | None
    due: Decimal | None
    paid: Decimal | None
    level: str
    reason: str
    clause: str
    evidence: tuple[Evidence, ...]
    monthly: tuple[tuple[str, Decimal], ...] = ()
    shares: tuple[str, ...] = ()
    number: int = 0
    fix: str = ""
    held: str = ""
    steps: tuple[str, ...] = ()
    beside: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One subject under one clause.

    Args:
        unit: unit code ("" for results of the whole area).
        subject: what is judged: the unit, an organisation, a group, a person (masked), a quarter …
        figures: name → exact value as text, in the order they are read aloud.
        fix: what to fill in or put right, "" = nothing.
        code: of the reason in the catalogue of messages; what the words say is asked of it, never of the words.
        parameter: name of the open parameter that leaves it 未评, "" = none.
    """

    unit: str
    subject: str
    clause: str
    level: str
    figures: Mapping[str, str]
    reason: str
    evidence: tuple[Evidence, ...] = ()
    fix: str = ""
    code: str = ""
    parameter: str = ""
