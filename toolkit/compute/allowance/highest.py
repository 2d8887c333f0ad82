"""Regime highest_post_only: one allowance a month, for the highest post, whatever the unit that pays.

Source: YN-02-i, YN-02-j; calculations C4.
"""

from __future__ import annotations

from decimal import Decimal

from toolkit.compute.allowance.founding import question_of
from toolkit.compute.allowance.person import Person, overlap_months
from toolkit.compute.allowance.say import NOTHING, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.allowance.verdict import Verdict, facts, say, undetermined
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING

DUPLICATE, BOTH_PAID = "ALW-304", "ALW-305"


def judge(person: Person, frame: Frame) -> Verdict:
    """The level of a person; the order of the tests is that of C4.

    Two paid posts in one month, together above what is due so far, are a breach at once, not only when the year
    is over. Money paid ahead of its months is none, as long as no post has received more than it is due for the
    whole year: that is a doubt (预警).
    """
    lacking = undetermined(person)
    if lacking:
        return lacking
    known = facts(person, frame)
    due, paid = person.total_due, person.paid
    if not due and not (paid and person.total_year):
        if paid:
            return Verdict(WARNING, say("ALW-303", known))
        return Verdict(NOT_APPLICABLE, say("ALW-302", known))
    overlap = overlap_months(person, frame)
    if overlap and paid > due and not _only_ahead(person):
        excess = min(paid - due, _beyond(person))
        duplicate = say(DUPLICATE, known, excess=excess, overlap=overlap, payer=_payer(person))
        return Verdict(NOT_MET, duplicate, "exclusive", overlap, excess)
    if paid == due and all(row.paid == amount for row, amount in zip(person.rows, person.due, strict=True)):
        return Verdict(MET, say("ALW-301", known))
    if overlap and paid <= due:
        return Verdict(WARNING, say(BOTH_PAID, known), "exclusive", overlap)
    return Verdict(*_amount(paid - due, known, frame))


def _amount(excess, known: dict[str, object], frame: Frame) -> tuple:
    """Level and reason where no two posts are paid for one month."""
    if excess > 0:
        return WARNING, say("ALW-306" if frame.closed else "ALW-307", known)
    if not excess:
        return WARNING, say("ALW-310", known)
    return (NOT_MET, say("ALW-308", known)) if frame.closed else (WARNING, say("ALW-309", known))


def _only_ahead(person: Person) -> bool:
    """Whether no row has received more than it carries over the whole year."""
    return not _beyond(person)


def _beyond(person: Person) -> Decimal:
    """What the rows have received beyond what each of them carries over the whole year."""
    pairs = zip(person.rows, person.year_due, strict=True)
    return sum((max(NOTHING, (row.paid or NOTHING) - amount) for row, amount in pairs), NOTHING)


def _payer(person: Person) -> str:
    """The posts to which the months belong."""
    pairs = zip(person.rows, person.year_due, strict=True)
    return "、".join(dict.fromkeys(row.post for row, amount in pairs if amount))


def exclusive(person: Person, verdict: Verdict) -> Verdict:
    """The same person under the clause against double pay; who may be somebody else too is a doubt."""
    if verdict.clause == "exclusive":
        return verdict
    if verdict.level == UNDETERMINED and len(person.all_rows) + len(person.perhaps) > 1:
        return verdict
    if person.doubt is not None:
        return Verdict(WARNING, person.doubt)
    if len(person.rows) < 2:
        return Verdict(NOT_APPLICABLE, reason("ALW-311"))
    return Verdict(MET, reason("ALW-312"))


def amount(person: Person, verdict: Verdict, frame: Frame) -> Verdict:
    """The same person under the clause on the amount: paid at least what is due, as the one person that it is."""
    verdict = verdict.alone or verdict
    if verdict.reason.code == DUPLICATE:
        return question_of(verdict) or Verdict(MET, say("ALW-301", facts(person, frame)))
    return verdict
