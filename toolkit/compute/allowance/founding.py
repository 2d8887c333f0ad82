"""Months in post before the organisation, or the study group, was set up: counted as filled in, and asked about.

Where the day of founding is in error nobody knows whether there are such months: the amount stands, the level is
无法判定.

The text says what a month in post is worth (每月不低于300元; 分别比照…落实工作补贴), not whether there can be
one before the organisation was set up: one that was renamed or rebuilt may have a late date of founding, or one of the
two dates is wrong. So no amount changes, nothing is a breach for these months alone, and what hangs on them is a
suspicion.

Source: YZ-S4-l, YN-02-i, silent; calculations C3.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from toolkit.compute.allowance.floor import Pool
from toolkit.compute.allowance.person import Person, make_person
from toolkit.compute.allowance.rows import NO_DAYS, PostRow
from toolkit.compute.allowance.say import NOTHING, Reason, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.allowance.verdict import Verdict
from toolkit.model.form import Form
from toolkit.model.result import NOT_MET, UNDETERMINED, WARNING

_NOT_KNOWN = "ALW-327"
"""What is said where the day of founding is in error."""


def since_founding(person: Person, frame: Frame) -> Person:
    """The person without the days before the founding; the person itself where there are none that count."""
    if person.unknown or not any(any(row.early) for row in person.rows):
        return person
    kept = [_kept(row) for row in person.rows]
    return make_person([*kept, *person.refused], frame, person.perhaps)


def _kept(row: PostRow) -> PostRow:
    days = tuple(all_days & ~early for all_days, early in zip(row.masks, row.early, strict=True))
    return replace(row, masks=days, early=NO_DAYS)


def question(person: Person, later: Person, form: Form) -> Reason | None:
    """What has to be asked about the days before the founding; None where no amount hangs on them.

    Args:
        later: the person since the founding.
    """
    if person.unknown:
        return None
    less = [max(NOTHING, due - left) for due, left in zip(person.due, later.due, strict=True)]
    row = next((row for row, amount in zip(person.rows, less, strict=True) if amount and any(row.early)), None)
    if row is not None:
        code, name = ("ALW-326", row.group) if row.place is row.led else ("ALW-325", row.org)
        return reason(code, early=sum(less, NOTHING), name=name, day=row.place.start)
    doubts = (row.place.start_doubt for row, due in zip(person.rows, person.due, strict=True) if due)
    lost = next((doubt for doubt in doubts if doubt), None)
    return lost and reason(_NOT_KNOWN, doubt=lost.sentence(form), sheet=form.by_name[lost.sheet].label)


def asked(verdict: Verdict, otherwise: Verdict, doubt: Reason | None, shared: Reason | None) -> Verdict:
    """The verdict with the question: never better than a warning, and no breach for these months alone.

    It is 无法判定 where the day itself is not known, because then the question may have to be asked or not.

    Args:
        otherwise: the verdict without the days before the founding.
        doubt: the person's own question; shared: that of the unit's pool. None = there is none.
    """
    lenient = verdict.level == NOT_MET and otherwise.level != NOT_MET
    if not doubt:
        return replace(verdict, level=WARNING, notes=(*verdict.notes, *filter(None, [shared]))) if lenient else verdict
    if verdict.level in (UNDETERMINED, NOT_MET) and not lenient:
        return replace(verdict, notes=(*verdict.notes, doubt))
    level = UNDETERMINED if doubt.code == _NOT_KNOWN else WARNING
    return replace(verdict, level=level, reason=doubt, notes=(verdict.reason, *verdict.notes))


def pools_asked(pools: Mapping[str, Pool], later: Mapping[str, Pool]) -> dict[str, Pool]:
    """The pools as they are shown: what is enough without the days before the founding is a warning, no breach."""
    return {unit: _pool(pool, later[unit], shared_question(pools, later, [unit])) for unit, pool in pools.items()}


def shared_question(
    pools: Mapping[str, Pool] | None, later: Mapping[str, Pool] | None, units: Collection[str]
) -> Reason | None:
    """What has to be asked about the pools of some units; None where no amount hangs on days before a founding."""
    early = sum((pools[unit].due - later[unit].due for unit in units), NOTHING) if pools and later else NOTHING
    return reason("ALW-328", early=early) if early else None


def _pool(pool: Pool, later: Pool, early: Reason | None) -> Pool:
    breach = pool.level == NOT_MET and later.level != NOT_MET
    return replace(pool, level=WARNING, reason=early) if breach and early else pool
