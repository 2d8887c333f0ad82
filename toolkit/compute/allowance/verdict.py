"""A level with its reason, and what the regimes share in giving it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.say import Reason, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.months import in_months
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, WARNING
from toolkit.model.rows import Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a person or a unit.

    Args:
        clause: role of the clause that decided: `amount` or `exclusive`.
        overlap, excess: months paid twice, and by how much.
        alone: the verdict without the doubt about who the person is, where that doubt decided.
        beside: rows of other people that were looked at, as those of the unit's pool.
        steps: how their sums come about.
    """

    level: str
    reason: Reason
    clause: str = "amount"
    overlap: int = 0
    excess: Decimal = Decimal(0)
    notes: tuple[Reason, ...] = field(default_factory=tuple)
    alone: Verdict | None = None
    beside: tuple[Evidence, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason with its notes, without a full stop."""
        return "；".join(part.text for part in (self.reason, *self.notes))


def doubted(person: Person, verdict: Verdict) -> Verdict:
    """The verdict with the doubt about who the person is: at best a warning, never a breach, no other amount.

    Source: calculations C4, forms.md V24 (疑似, confirmed by hand).
    """
    if person.doubt is None:
        return verdict
    if verdict.level in (MET, NOT_APPLICABLE):
        return Verdict(WARNING, person.doubt, "exclusive", notes=(verdict.reason, *verdict.notes), alone=verdict)
    return replace(verdict, notes=(*verdict.notes, person.doubt))


def undetermined(person: Person) -> Verdict | None:
    """无法判定 with what is lacking; None when nothing is."""
    lacking = person.unknown or person.no_paid
    return Verdict(UNDETERMINED, lacking) if lacking else None


def facts(person: Person, frame: Frame) -> dict[str, object]:
    """The figures that the sentences name."""
    due, paid = person.total_due, person.paid
    return {
        "months": in_months(person.grains(frame.completed)),
        "due": due,
        "paid": paid,
        "gap": due - paid,
        "excess": paid - due,
        "as_of": frame.as_of,
        "why": person.zero.text if person.zero else "",
    }


def say(code: str, known: dict[str, object], **more: object) -> Reason:
    """The sentence of a code from the figures of a person."""
    return reason(code, **{**known, **more})
