"""The rows of sheet `post` that matter for the allowance, typed, with the days in post and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from toolkit.compute.allowance.columns import dates, decimals, texts
from toolkit.compute.allowance.rules import HIGHEST_POST_ONLY, Rules
from toolkit.compute.allowance.say import NOTHING, Reason, reason, stated
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.months import day_masks
from toolkit.model.batch import Dataset, Evidence


@dataclass(slots=True)
class PostRow:
    """One post of one person.

    Args:
        masks: days in post by month of the year, bit 0 = the 1st.
        start: start date as text, for the tie order.
        paid: what was paid; None = not known.
        no_due, no_paid: why what is due, or what was paid, is not known; None = it is.
        zero: why nothing is due for this row, None = the post's standard is due.
        rejected: the row was refused with 错误 and is no data.
    """

    unit: str
    org: str
    group: str
    post: str
    post_no: str
    key: str
    name: str
    birth: str
    id_number: str
    status: str
    start: str
    masks: tuple[int, ...]
    paid: Decimal | None
    evidence: Evidence
    no_due: Reason | None = None
    no_paid: Reason | None = None
    zero: Reason | None = None
    rejected: bool = False

    @property
    def has_money(self) -> bool:
        """Whether an amount above 0 is stated."""
        return bool(self.paid)


@dataclass(frozen=True, slots=True)
class _Org:
    type: str
    temporary: bool
    dissolved: np.datetime64


def post_rows(dataset: Dataset, frame: Frame) -> list[PostRow]:
    """All rows of the report year that pay, should pay, or could: merged ones and refused ones.

    Returns: rows in the order of the tables; refused rows last, with `rejected`.
    Source: calculations C3 (scope, in-service), C4 (all rows of a person); 2 (missing is not zero).
    """
    rules, orgs, ends = frame.rules, _organisations(dataset, frame.rules), _group_ends(dataset)
    found = []
    for table, rejected in ((dataset.tables.get("post"), False), (dataset.rejected.get("post"), True)):
        if table is None or table.empty:
            continue
        for row, recipient, amount in _typed(dataset, table, orgs, ends):
            if not _matters(row, recipient == rules.yes or bool(amount), rejected, rules):
                continue
            row.rejected = rejected
            if not rejected:
                _settle_paid(row, recipient, amount, frame)
                _settle_due(row, orgs.get((row.unit, row.org)), frame)
            found.append(row)
    return found


def _typed(dataset: Dataset, frame: pd.DataFrame, orgs: dict, ends: dict) -> Iterator[tuple]:
    """Each row with its recipient cell and its amount cell."""
    columns = {
        name: texts(frame, name)
        for name in ("org_code", "group_code", "post_type", "post_no", "person_key", "person_name", "birth_ym")
    }
    units = [str(code) for code in frame["_unit"].tolist()]
    start, end = dates(frame, "start_date"), dates(frame, "end_date")
    limits = [
        min_date(_dissolved(orgs, unit, org), ends.get((unit, group)))
        for unit, org, group in zip(units, columns["org_code"], columns["group_code"], strict=True)
    ]
    masks = day_masks(start, _earlier(end, limits), dataset.year).tolist()
    starts = start.dt.strftime("%Y-%m-%d").fillna("").tolist()
    cells = zip(
        units,
        *columns.values(),
        texts(frame, "id_number"),
        texts(frame, "person_status"),
        starts,
        masks,
        decimals(frame, "paid_amount"),
        dataset.evidence("post", frame),
        texts(frame, "subsidy_recipient"),
        strict=True,
    )
    for unit, org, group, post, number, key, name, birth, identity, status, since, days, amount, row, yes in cells:
        made = PostRow(
            unit, org, group, post, number, key, name, birth, identity, status, since, tuple(days), amount, row
        )
        yield made, yes, amount


def _matters(row: PostRow, money: bool, rejected: bool, rules: Rules) -> bool:
    """Whether the row can change an amount of the year."""
    if row.post not in rules.posts:
        wanted = rules.regime == HIGHEST_POST_ONLY and money
        return wanted or (rejected and not row.post and bool(row.key or row.name))
    return any(row.masks) or money or not row.start


def _settle_paid(row: PostRow, recipient: str, amount: Decimal | None, frame: Frame) -> None:
    """What was paid: not a recipient = 0; a recipient without an amount is not known."""
    names, label = frame.names, frame.names["paid_amount"]
    if recipient == frame.rules.no:
        row.paid = NOTHING
        if amount:
            row.paid = None
            row.no_paid = reason("ALW-106", paid=amount, label=label, recipient=names["subsidy_recipient"])
    elif amount is not None:
        row.paid = stated(amount)
    else:
        code, blank = ("ALW-105", label) if recipient else ("ALW-111", names["subsidy_recipient"])
        row.no_paid = reason(code, label=blank)


def _settle_due(row: PostRow, org: _Org | None, frame: Frame) -> None:
    """Why nothing is due, or why that is not known, if so."""
    if not row.start:
        row.no_due = reason("ALW-107", label=frame.names["start_date"])
    if row.post not in frame.rules.posts:
        row.zero = reason("ALW-153", post=row.post)
    elif row.status in frame.rules.in_service and not frame.pay_in_service:
        row.zero = reason("ALW-151")
    elif frame.scope is not None and org is None:
        row.no_due = reason("ALW-110", org=row.org, sheet=frame.names["party_org"])
    elif org is not None and frame.scope is not None and not _in_scope(org, frame.rules, frame.scope):
        row.zero = reason("ALW-152")


def _in_scope(org: _Org, rules: Rules, scope: tuple[str, ...]) -> bool:
    temporary = org.temporary or org.type in rules.temporary_types
    return org.type in scope and (not temporary or any(kind in scope for kind in rules.temporary_types))


def _organisations(dataset: Dataset, rules: Rules) -> dict[tuple[str, str], _Org]:
    """Organisations as returned; those that only the unit list knows come from there."""
    never = np.datetime64("NaT")
    known = {
        (unit.code, org.code): _Org(org.type, org.type in rules.temporary_types, never)
        for unit in dataset.units
        for org in unit.orgs
    }
    frame = dataset.tables.get("party_org")
    if frame is not None and not frame.empty:
        cells = zip(
            frame["_unit"].tolist(),
            texts(frame, "org_code"),
            texts(frame, "org_type"),
            texts(frame, "is_temporary"),
            dates(frame, "dissolve_date").to_numpy(),
            strict=True,
        )
        for unit, code, kind, temporary, dissolved in cells:
            known[(str(unit), code)] = _Org(kind, temporary == rules.yes, dissolved)
    return known


def _group_ends(dataset: Dataset) -> dict[tuple[str, str], np.datetime64]:
    frame = dataset.tables.get("study_group")
    if frame is None or frame.empty:
        return {}
    keys = zip(frame["_unit"].tolist(), texts(frame, "group_code"), strict=True)
    return dict(zip(keys, dates(frame, "dissolve_date").to_numpy(), strict=True))


def _dissolved(orgs: dict, unit: str, org: str) -> np.datetime64 | None:
    found = orgs.get((unit, org))
    return found.dissolved if found else None


def min_date(*days: np.datetime64 | None) -> np.datetime64:
    """The earliest of the dates that are given; NaT when none is."""
    given = [day for day in days if day is not None and not np.isnat(day)]
    return min(given) if given else np.datetime64("NaT")


def _earlier(end: pd.Series, limits: list) -> pd.Series:
    """Nobody is in post after the organisation or the group has been dissolved."""
    limit = pd.Series(np.array(limits, dtype="datetime64[s]"), index=end.index)
    return end.where(limit.isna() | (end <= limit), limit)
