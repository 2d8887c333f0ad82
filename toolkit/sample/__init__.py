"""Invented units and filled returns, for the demo, the tests and the benchmarks.

The returns go through the real templates; what is wrong in them is planted and listed. No real
place, unit or person is meant, and the same arguments always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.unit import UnitList

if TYPE_CHECKING:
    from toolkit.sample.returns import Planted

LEVELS = ("none", "typical", "heavy")


def sample_units(policy: Policy, count: int, seed: int) -> UnitList:
    """An invented unit list of `count` units in official order."""
    from toolkit.sample.units import make_units

    return make_units(policy.id, count, seed)


def sample_returns(
    units: UnitList, form: Form, policy: Policy, year: int, seed: int, defects: str = "none"
) -> Iterator[tuple[str, bytes, list[Planted]]]:
    """Returned workbooks: file name, bytes, and what is wrong in it.

    Args:
        units: of `sample_units`, or any other list.
        year: report year; every day filled in lies in it, 填报日期 in its December.
        defects: none · typical (about a third of the files) · heavy (most of them).
    Returns: planted defects as {"file", "sheet", "cell", "code"}; empty sheet and cell = the file as a whole.
    """
    from toolkit.sample.returns import Returns

    yield from Returns(units, form, policy, year, seed, defects)
