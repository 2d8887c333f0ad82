"""pandera schemas that write no report of their own: what failed is read from the outputs of the checks.

pandera's report, a table of failure cases for each failing check, put together three times, takes longer than all
checks together once a return has mistakes. So does what it does around each check and each dtype (it looks for
packages that are not there): a form has hundreds of both. Everything else is pandera's own.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import ClassVar

import pandas as pd
import pandera.pandas as pa
from pandera.backends.base import CoreCheckResult
from pandera.backends.pandas.components import ColumnBackend
from pandera.backends.pandas.container import DataFrameSchemaBackend
from pandera.errors import FailureCaseMetadata, SchemaErrorReason


class _Quiet:
    def run_check(self, check_obj, schema, check, check_index, *args) -> CoreCheckResult:
        """One check of rows, its output and nothing about single cases.

        Raises: TypeError: the check does not say yes or no to each row.
        """
        [name] = args or [None]
        good = check.says(check_obj if name is None else check_obj[name])
        if not isinstance(good, pd.Series) or not pd.api.types.is_bool_dtype(good):
            raise TypeError(f"no verdict on each row: {type(good).__name__}")
        return CoreCheckResult(
            passed=bool(good.all()),
            check=check,
            check_index=check_index,
            check_output=good,
            reason_code=SchemaErrorReason.DATAFRAME_CHECK,
            message=check.error,
        )

    def failure_cases_metadata(self, schema_name, schema_errors) -> FailureCaseMetadata:
        """No report."""
        return FailureCaseMetadata(failure_cases=None, message={}, error_counts={})


class _QuietColumns(_Quiet, ColumnBackend):
    _fitting: ClassVar[set[tuple[object, str]]] = set()
    """dtypes that were found to be what a schema asks for."""

    def run_checks(self, check_obj: pd.DataFrame, schema) -> list[CoreCheckResult]:
        """The checks of a column; where all its cells are empty, those that judge empty cells."""
        if not check_obj[schema.name].notna().any():
            schema = copy(schema)
            schema.checks = [check for check in schema.checks if check.of_blanks]
        return super().run_checks(check_obj, schema)

    def check_dtype(self, check_obj: pd.Series, schema) -> CoreCheckResult:
        """Whether the column is of its dtype, looked up once."""
        pair = (check_obj.dtype, str(schema.dtype))
        if pair in self._fitting:
            return CoreCheckResult(passed=True, check=f"dtype('{schema.dtype}')")
        found = super().check_dtype(check_obj, schema)
        if found.passed:
            self._fitting.add(pair)
        return found


class _QuietFrames(_Quiet, DataFrameSchemaBackend):
    pass


class QuietCheck(pa.Check):
    """A check of rows under its stable code.

    Args (of what it was made with):
        says: Series or frame → boolean Series, True = good.
        of_blanks: it may be False for an empty cell.
    """

    def __init__(
        self, code: str, says: Callable[[pd.Series | pd.DataFrame], pd.Series], *, of_blanks: bool = True
    ) -> None:
        super().__init__(says, name=code, error=code, ignore_na=False)
        self.says, self.of_blanks = says, of_blanks


class QuietColumn(pa.Column):
    """A column of a sheet."""


class QuietSchema(pa.DataFrameSchema):
    """A sheet; its errors are in `SchemaErrors.schema_errors` only."""


QuietColumn.register_backend(pd.DataFrame, _QuietColumns)
QuietSchema.register_backend(pd.DataFrame, _QuietFrames)
