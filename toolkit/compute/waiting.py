"""Which open parameters an indicator waits for: while one of them is open, what needs it is 未评.

A family waits for every parameter that it names, unless it says that it can do without (`idle`): a word that is only
shown, or a number of a reading that is not in force.
"""

from __future__ import annotations

from toolkit.compute.case import Compiled
from toolkit.compute.reads import parts_of
from toolkit.model.policy import Parameters


def waits(compiled: Compiled, parameters: Parameters) -> frozenset[str]:
    """The parameters without which an indicator gives no level; a clause that only lists waits for none.

    Args:
        parameters: those in force; they say which reading holds where the text allows two.
    """
    if compiled.information:
        return frozenset()
    idle = {name for part in parts_of(compiled.family) for name in _ask(part, "idle", parameters)}
    beside = {name for part in parts_of(compiled.family) for name in _ask(part, "beside")}
    named = {*compiled.named.parameters, *beside} & set(parameters.policy.parameters)
    return frozenset(named - idle)


def _ask(part: object, name: str, *arguments: object) -> tuple[str, ...]:
    answer = getattr(part, name, None)
    return answer(*arguments) if callable(answer) else ()
