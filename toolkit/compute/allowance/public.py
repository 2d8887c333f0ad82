"""Whose amounts may be posted in public: those of which nothing is left to verify."""

from __future__ import annotations

from toolkit.compute.allowance.founding import QUESTIONS
from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.verdict import Verdict
from toolkit.model.catalogue import entry
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED


def held_back(person: Person, verdict: Verdict) -> str:
    """Why the person's rows are kept off a public notice; "" = they are sure.

    Sure is who got what is due, and who got less: what was paid and what is due are both known, and only the rest has
    to be made up. Whatever else is 预警, 不达标 or 无法判定 has to be looked at first: paid twice or too much, paid
    although nothing is due, months before a founding, who the person is.
    """
    if verdict.level in (MET, NOT_APPLICABLE) and person.doubt is None:
        return ""
    asked = person.doubt or next((one for one in (verdict.reason, *verdict.notes) if _asks(one.code)), None)
    amount = verdict.clause == "amount"
    if amount and asked is None and verdict.level != UNDETERMINED and person.paid < person.total_due:
        return ""
    return asked.text if asked and amount else verdict.reason.text


def _asks(code: str) -> bool:
    return code in QUESTIONS or entry(code).suspicion
