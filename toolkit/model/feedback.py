"""What the inflow side reports back about a floating member, taken over by the outflow side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Credit:
    """One line of a feedback sheet and the outflow row that it was credited to.

    Args:
        source, row: return index and Excel row of the outflow row.
        count: how often the member took part where they live; None = not said.
        day: day of the feedback; file: the feedback sheet it stands in.
    """

    unit: str
    source: int
    row: int
    out_org: str
    out_no: str
    in_org: str
    in_no: str
    count: int | None
    day: date | None
    file: str
