"""Columns of a merged table as plain lists; a column that the form does not have is empty."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd


def texts(frame: pd.DataFrame, name: str) -> list[str]:
    """A text column, "" where it is empty or the form does not have it."""
    if name not in frame:
        return [""] * len(frame)
    return [value if isinstance(value, str) else "" for value in frame[name].tolist()]


def decimals(frame: pd.DataFrame, name: str) -> list[Decimal | None]:
    """A decimal column, None where it is empty or the form does not have it."""
    if name not in frame:
        return [None] * len(frame)
    return [value if isinstance(value, Decimal) and value.is_finite() else None for value in frame[name].tolist()]


def dates(frame: pd.DataFrame, name: str) -> pd.Series:
    """A date column, NaT where it is empty or the form does not have it."""
    if name not in frame:
        return pd.Series(np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[s]"), index=frame.index)
    return pd.to_datetime(frame[name]).astype("datetime64[s]")
