"""One pandera pass over a sheet → which rows fail which check; pandera's own texts never leave this module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from validators.compile import Compiled, Spec


class CheckFailedToRun(Exception):
    """A check crashed, or a frame is not what the form promises: our defect, not the unit's."""


@dataclass
class Hit:
    """The rows that fail one check.

    Args:
        bad: boolean Series on the sheet's index, True = bad.
        facts: placeholders by row, Series on (part of) the same index.
    """

    spec: Spec
    bad: pd.Series
    facts: Mapping[str, pd.Series] = field(default_factory=dict)


def run(compiled: Compiled, frame: pd.DataFrame) -> list[Hit]:
    """The failing checks of one sheet over all returns.

    Args:
        frame: own columns of the sheet, provenance and context columns; unique index.
    Raises: CheckFailedToRun: a check raised, a column is missing or has the wrong dtype.
    """
    try:
        compiled.schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:
        return [_hit(compiled, error, frame) for error in errors.schema_errors]
    return []


def _hit(compiled: Compiled, error: SchemaError, frame: pd.DataFrame) -> Hit:
    good = error.check_output
    by_row = isinstance(good, pd.Series) and good.index.equals(frame.index)
    if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or not by_row:
        what = getattr(error.check, "name", None) or error.check
        raise CheckFailedToRun(f"{compiled.schema.name}: {what}: {error.reason_code}: {str(error)[-500:]}")
    column = error.column_name if (error.column_name, error.check.name) in compiled.specs else None
    return Hit(compiled.specs[column, error.check.name], ~good.astype(bool))
