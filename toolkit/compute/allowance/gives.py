"""What the clauses of the allowance block can say, so that `policy check` can ask for it.

Source: calculations C3, C4; `toolkit.compute.allowance.results`.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.compute.families.base import Resting
from toolkit.compute.levels import missed
from toolkit.model.policy import Policy
from toolkit.model.result import MET, NOT_MET, WARNING

BUDGET, ELIGIBLE = "budget", "eligible"


@dataclass(frozen=True, slots=True)
class Paid(Resting):
    """A clause that the allowances judge, in the place of an indicator's family.

    Args:
        role: which of the clauses of the allowance block it is.
    """

    role: str

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Money that differs without a breach is a doubt, a standard below the floor is one at once.

        A budget below the need and a leader who is nobody's choice are as hard as their clause.
        """
        if self.role in (BUDGET, ELIGIBLE):
            return (MET, missed(closed=closed or self.role == ELIGIBLE, hard=hard))
        return (MET, WARNING, NOT_MET)


def paid(clause: str, policy: Policy) -> Paid:
    """The clause as the allowance block names it."""
    roles = policy.allowance["clauses"] if policy.allowance else {}
    return Paid(next((role for role, own in roles.items() if own == clause), ""))  # type: ignore[attr-defined]
