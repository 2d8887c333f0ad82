"""The rows of sheet `post` that matter for the allowance, typed, with the days in post and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from toolkit.compute.allowance.places import GROUP, NOWHERE, ORG, Place, Places, because_of, served
from toolkit.compute.allowance.rules import HIGHEST_POST_ONLY, Rules
from toolkit.compute.allowance.say import NOTHING, Reason, reason, stated
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.months import day_masks
from toolkit.model.batch import Dataset
from toolkit.model.form import Form
from toolkit.model.organisations import words
from toolkit.model.people import Mention
from toolkit.model.records import NOTHING_OPEN
from toolkit.model.rows import Evidence, Row

POST, RECIPIENT, PAID = "post", "subsidy_recipient", "paid_amount"
NO_DAYS = (0,) * 12


@dataclass(slots=True)
class PostRow:
    """One post of one person.

    Args:
        masks: days in post by month of the year, bit 0 = the 1st; none where nobody knows since when.
        perhaps: the days on which the post may be held: `masks`, or every day up to its end.
        start: start date as text, for the tie order.
        paid: what was stated as paid; None = nothing was. With `no_paid` it is in doubt.
        no_due, no_paid: why what is due, or what was paid, is not known; None = it is.
        zero: why nothing is due for this row, None = the post's standard is due.
        rejected: the row was refused with 错误 and is no data; `open`: its cells that are in error.
        shown: organisation, number, name and post as they were typed; cells in error are empty elsewhere.
        ended: 离任日期 as filled in; at, led: the organisation and the study group.
        place: which of the two is served in; it may end the post earlier.
        early: days of `masks` on which `place` had not been set up yet.
        proof: the rows of other sheets that shaped the amount.
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
    perhaps: tuple[int, ...]
    paid: Decimal | None
    evidence: Evidence
    no_due: Reason | None = None
    no_paid: Reason | None = None
    zero: Reason | None = None
    rejected: bool = False
    open: frozenset[str] = NOTHING_OPEN
    shown: tuple[str, str, str, str] = ("", "", "", "")
    ended: date | None = None
    at: Place = NOWHERE
    led: Place = NOWHERE
    place: Place = NOWHERE
    early: tuple[int, ...] = NO_DAYS
    proof: tuple[Evidence, ...] = ()

    @property
    def mention(self) -> Mention:
        """What the row says about its person."""
        return Mention(self.unit, self.key, self.name, self.birth, self.id_number, self.open)

    @property
    def has_money(self) -> bool:
        """Whether an amount above 0 is stated."""
        return bool(self.paid)


def post_rows(dataset: Dataset, frame: Frame) -> list[PostRow]:
    """All rows of the report year that pay, should pay, or could: merged ones and refused ones.

    Returns: rows in the order of the tables; refused rows last, with `rejected`.
    Source: calculations C3 (scope, in-service), C4 (all rows of a person); 2 (missing is not zero).
    """
    rules, places = frame.rules, Places(dataset)
    found = []
    for table, rejected in ((dataset.records.rows(POST), False), (dataset.records.refused(POST), True)):
        for row, recipient, amount in _typed(dataset, table.rows, places, rejected, rules.eligible.posts):
            row.proof += frame.rates.proof(row.unit, row.post)
            money = recipient == rules.yes or bool(amount)
            if not _matters(row, money or bool(rejected and row.open & {RECIPIENT, PAID}), rules):
                continue
            if not rejected:
                _settle_paid(row, recipient, amount, frame)
                _settle_due(row, dataset.form, frame)
            found.append(row)
    return found


def _typed(
    dataset: Dataset, rows: Sequence[Row], places: Places, rejected: bool, leading: Sequence[str]
) -> Iterator[tuple]:
    """Each row with its recipient cell and its amount cell."""
    where = [_where(places, row, rejected, leading) for row in rows]
    ends = [earliest(row.end_date, place.end) for row, (*_, place) in zip(rows, where, strict=True)]
    starts = _days(row.start_date for row in rows)
    masks = day_masks(starts, _days(ends), dataset.year).tolist()
    since = _days(row.start_date or date(dataset.year, 1, 1) for row in rows)
    perhaps = day_masks(since, _days(ends), dataset.year).tolist()
    before = [earliest(end, _eve(place.start)) for end, (*_, place) in zip(ends, where, strict=True)]
    early = day_masks(starts, _days(before), dataset.year).tolist()
    evidence = dataset.records.evidence(POST, rows)
    typed = dataset.records.as_typed(POST) if rejected else {}
    for row, days, may_be, too_soon, (at, led, place), proof in zip(
        rows, masks, perhaps, early, where, evidence, strict=True
    ):
        amount = row.paid_amount
        made = PostRow(
            unit=row.origin.unit,
            org=row.org_code or "",
            group=getattr(row, "group_code", None) or "",
            post=row.post_type or "",
            post_no=row.post_no or "",
            key=row.person_key or "",
            name=row.person_name or "",
            birth=getattr(row, "birth_ym", None) or "",
            id_number=getattr(row, "id_number", None) or "",
            status=row.person_status or "",
            start=row.start_date.isoformat() if row.start_date else "",
            masks=tuple(days),
            perhaps=tuple(may_be),
            paid=amount if isinstance(amount, Decimal) and amount.is_finite() else None,
            evidence=proof,
            rejected=rejected,
            open=dataset.records.open(POST, row) if rejected else NOTHING_OPEN,
            shown=_shown(typed.get(row.origin, row), row),
            ended=row.end_date,
            at=at,
            led=led,
            place=place,
            early=tuple(too_soon) if place.start else NO_DAYS,
        )
        made.proof = (
            *dataset.records.evidence(ORG, made.at.rows),
            *(dataset.records.evidence(GROUP, made.led.rows) if made.led.rows else ()),
        )
        yield made, row.subsidy_recipient or "", made.paid


def _shown(typed: Row, known: Row) -> tuple[str, str, str, str]:
    """A name that is in error may hold anything and is not shown."""
    return typed.org_code or "", typed.person_key or "", known.person_name or "", typed.post_type or ""


def _where(places: Places, row: Row, rejected: bool, leading: Sequence[str]) -> tuple[Place, Place, Place]:
    """The organisation and the group of a post, and which of them is served in.

    Which group a refused row is about may be unknown; then nothing is known to end the post.
    """
    unit, group, post = row.origin.unit, getattr(row, "group_code", None) or "", row.post_type or ""
    at, led = places.org(unit, row.org_code or ""), places.group(unit, group)
    unknown = rejected and not led.known and (not post or post in leading)
    return at, led, NOWHERE if unknown else served(post, at, led, leading)


def earliest(*days: date | None) -> date | None:
    """The first of the days that are known; None when none is."""
    return min((day for day in days if day is not None), default=None)


def _eve(day: date | None) -> date | None:
    return day and day - timedelta(days=1)


def _days(days: Iterable[date | None]) -> pd.Series:
    return pd.Series(np.array([day or "NaT" for day in days], dtype="datetime64[s]"))


def _matters(row: PostRow, money: bool, rules: Rules) -> bool:
    """Whether the row can change an amount of the year."""
    if row.post and row.post not in rules.posts:
        return rules.regime == HIGHEST_POST_ONLY and money
    if not row.post and not row.rejected:
        return rules.regime == HIGHEST_POST_ONLY and money
    return any(row.masks) or money or not row.start


def _settle_paid(row: PostRow, recipient: str, amount: Decimal | None, frame: Frame) -> None:
    """What was paid: not a recipient = 0; a recipient without an amount is not known."""
    names, label = frame.names, frame.names["paid_amount"]
    if recipient == frame.rules.no:
        row.paid = stated(amount) if amount else NOTHING
        if amount:
            row.no_paid = reason("ALW-106", paid=amount, label=label, recipient=names["subsidy_recipient"])
    elif amount is not None:
        row.paid = stated(amount)
    else:
        code, blank = ("ALW-105", label) if recipient else ("ALW-111", names["subsidy_recipient"])
        row.no_paid = reason(code, label=blank)


def _settle_due(row: PostRow, form: Form, frame: Frame) -> None:
    """Why nothing is due, or why that is not known, if so."""
    org = row.at
    if not row.start:
        row.no_due = reason("ALW-107", label=frame.names["start_date"])
    if row.post not in frame.rules.posts:
        row.zero = reason("ALW-153", post=row.post)
    elif row.status in frame.rules.in_service and not any(frame.in_service):
        row.zero = reason("ALW-151")
    elif frame.scoped and not org.known:
        row.no_due = reason("ALW-110", org=row.org, sheet=frame.names["party_org"])
    elif frame.scoped and org.kind_doubt and any(row.masks):
        row.no_due = because_of(org.kind_doubt, form)
    elif not any(_in_scope(org, scope) for scope in frame.scopes):
        row.zero = reason("ALW-152")
    elif (doubt := row.place.end_doubt) and any(row.masks):
        row.no_due = because_of(doubt, form)


def paid_months(row: PostRow, frame: Frame) -> list[bool]:
    """By month, whether a post of such a person in such an organisation is paid at all."""
    serving = row.status in frame.rules.in_service
    return [
        (paid or not serving) and _in_scope(row.at, scope)
        for paid, scope in zip(frame.in_service, frame.scopes, strict=True)
    ]


def _in_scope(org: Place, scope: tuple[str, ...] | None) -> bool:
    """Whether secretaries of such an organisation are paid; of temporary ones only where the scope names them."""
    return scope is None or (org.type in scope and (not org.temporary or words().temporary in scope))
