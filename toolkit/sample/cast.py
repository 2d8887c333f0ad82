"""Units of a spoilt round that are not left to chance, so that every value of 总评 occurs in it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model.figures import CHOOSE, FAILED, FINE, NOT_BACK, OPEN, TO_FIX, WARNED
from toolkit.model.unit import UnitList
from toolkit.sample.defects import Spoiler
from toolkit.sample.files import amount_left_open, as_filled, last_year, nothing, two_versions
from toolkit.sample.posts import CROSSING
from toolkit.sample.story import CARELESS, FLAWLESS, SOUND

LEAST = 12
"""In a round of fewer units everything is left to chance."""


@dataclass(frozen=True, slots=True)
class Part:
    """How a unit spends its year, and what becomes of its return."""

    manner: str
    spoil: Spoiler


PARTS = {
    FINE: Part(FLAWLESS, as_filled),
    WARNED: Part(SOUND, as_filled),
    OPEN: Part(FLAWLESS, amount_left_open),
    FAILED: Part(CARELESS, as_filled),
    TO_FIX: Part(FLAWLESS, last_year),
    CHOOSE: Part(FLAWLESS, two_versions),
    NOT_BACK: Part(CARELESS, nothing),
}
"""Value of 总评 → what leads to it."""


def cast(units: UnitList, defects: str) -> dict[str, Part]:
    """Unit code → its part, spread over the list; empty where nothing is spoilt or the round is small.

    The first two units speak for others; units that share a person with another one are paid twice.
    """
    codes = [
        unit.code
        for place, unit in enumerate(units)
        if place > 1 and place % CROSSING not in (CROSSING - 2, CROSSING - 1)
    ]
    if defects == "none" or len(units) < LEAST:
        return {}
    step = len(codes) // len(PARTS)
    return dict(zip(codes[::step], PARTS.values(), strict=False))
