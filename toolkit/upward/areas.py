"""What a return upward says of the whole area: results that a round can judge, and portions of those it cannot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from toolkit.model.figures import Figures
from toolkit.model.people import Values, marked
from toolkit.model.policy import Policy
from toolkit.model.portions import Portion, summed
from toolkit.model.result import Result
from toolkit.model.withholding import sensitive_clauses

if TYPE_CHECKING:
    from toolkit.compute.context import Context
    from toolkit.registers.view import View


def area_results(view: View, results: Iterable[Result], figures: Figures, policy: Policy) -> dict[str, tuple[str, str]]:
    """Clause → level and reason for the whole area, of the clauses that somebody on the list bears for it.

    Those to which all units contribute are judged by whoever merges the returns (`toolkit.upward.targets`).
    The reason of a clause that rests on a sensitive total stays behind at any size: beside the figures of the units
    it would give away those that are withheld.
    """
    from toolkit.compute.indicators import compile_indicators
    from toolkit.compute.judging import bearing_units

    speaking: dict[str, set[str]] = {}
    for compiled in compile_indicators(policy, view.dataset.form):
        if compiled.area and not compiled.everywhere and (bearing := bearing_units(compiled, view)):
            speaking[compiled.clause] = {"", bearing[0].code} if len(bearing) == 1 else {""}
    own = [one for one in results if one.unit in speaking.get(one.clause, ())]
    sensitive = sensitive_clauses(policy, view.dataset.form)
    reasons: dict[str, list[str]] = {}
    for one in own:
        reasons.setdefault(one.clause, []).append("" if one.clause in sensitive else one.reason)
    levels = {one.clause: figures.cells[one.unit, one.clause].level for one in own}
    return {clause: (level, "；".join(filter(None, reasons[clause]))) for clause, level in levels.items()}


def area_portions(view: Context, policy: Policy, key: bytes) -> dict[str, tuple[Portion, ...]]:
    """Clause → what the units of a round contribute to the figures of a whole area that are put together later.

    Names stay behind: under a key there are marks in their place, without one there is nothing.
    """
    from toolkit.compute.context import Context as Plain
    from toolkit.compute.indicators import compile_indicators
    from toolkit.compute.judging import Case, outside_of

    def mark(clause: str, looks: Values) -> str:
        return marked(looks, key, f"{policy.id}/{view.year}/{clause}")

    context = Plain(view.dataset, policy, view.parameters, view.as_of, mark=mark if key else None)
    returned = tuple(unit.code for unit in view.units if unit.code in view.dataset.returned)
    found: dict[str, tuple[Portion, ...]] = {}
    for compiled in compile_indicators(policy, view.dataset.form):
        if compiled.everywhere and not outside_of(compiled, context):
            own = summed(compiled.family.gather(Case(context, compiled, returned, "")))
            found[compiled.clause] = tuple(own) or tuple(Portion(unit.code) for unit in view.units[:1])
    return found
