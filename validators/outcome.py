"""What a check over several sheets returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Outcome:
    """Good rows, and the words by row that the message may use.

    Args:
        good: boolean Series on the sheet's index.
        facts: name → Series on the same index.
    """

    good: pd.Series
    facts: Mapping[str, pd.Series] = field(default_factory=dict)
