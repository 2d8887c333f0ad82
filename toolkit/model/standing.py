"""Where a unit stands with its returns: one answer for every list, page, letter and computation."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.model.batch import CONFLICT, COUNTING, UNREADABLE, Return

COUNTED, CHOOSE, AGAIN, ABSENT = "counted", "choose", "again", "absent"
STANDINGS = (COUNTED, CHOOSE, AGAIN, ABSENT)
"""counted: a return of the unit counts · choose: it sent several that differ, and a person must choose one · again: it
sent only what cannot be used, and must send it again · absent: nothing is there. The first that holds is the unit's.
"""


def standing_of(state: str, blocked: bool) -> str:
    """Where a file of this state puts its unit.

    Args:
        state, blocked: of a `Return`, or of the ledger's record of one.
    """
    if state == CONFLICT:
        return CHOOSE
    if state == UNREADABLE or (state in COUNTING and blocked):
        return AGAIN
    return COUNTED if state in COUNTING else ABSENT


def standings(returns: Iterable[Return]) -> dict[str, str]:
    """Unit → where it stands; units from which nothing came, and nobody's files, are not among them."""
    found: dict[str, str] = {}
    for item in returns:
        one = standing_of(item.state, item.blocked)
        if item.unit and one != ABSENT:
            found[item.unit] = min(one, found.get(item.unit, one), key=STANDINGS.index)
    return found
