"""Names and rates as the outputs show them."""

from __future__ import annotations

from collections import Counter

from toolkit.model.unit import UnitList
from toolkit.summary.wording import as_criterion


def ratio(part: int, whole: int) -> float | str:
    """`part / whole` as the cached value of a rate; empty when there is nothing to divide by."""
    return part / whole if whole else ""


def shown_names(units: UnitList) -> dict[str, str]:
    """Unit names by code, in official order: safe as criteria of SUMIFS, made distinct by the code where two agree."""
    counts = Counter(as_criterion(unit.name) for unit in units)
    return {
        unit.code: name if counts[name] == 1 else f"{name}（{unit.code}）"
        for unit in units
        if (name := as_criterion(unit.name))
    }
