"""pandera schemas that write no report of their own: what failed is read from the outputs of the checks.

pandera's report, a table of failure cases for each failing check, put together three times, takes longer than all
checks together once a return has mistakes. Everything else is pandera's own.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.backends.base import CoreCheckResult
from pandera.backends.pandas.components import ColumnBackend
from pandera.backends.pandas.container import DataFrameSchemaBackend
from pandera.errors import FailureCaseMetadata, SchemaErrorReason


class _Quiet:
    def run_check(self, check_obj, schema, check, check_index, *args) -> CoreCheckResult:
        """One check, its output and nothing about single cases."""
        found = check(check_obj, *args)
        return CoreCheckResult(
            passed=found.check_passed,
            check=check,
            check_index=check_index,
            check_output=found.check_output,
            reason_code=SchemaErrorReason.DATAFRAME_CHECK,
            message=check.error,
        )

    def failure_cases_metadata(self, schema_name, schema_errors) -> FailureCaseMetadata:
        """No report."""
        return FailureCaseMetadata(failure_cases=None, message={}, error_counts={})


class _QuietColumns(_Quiet, ColumnBackend):
    pass


class _QuietFrames(_Quiet, DataFrameSchemaBackend):
    pass


class QuietColumn(pa.Column):
    """A column of a sheet."""


class QuietSchema(pa.DataFrameSchema):
    """A sheet; its errors are in `SchemaErrors.schema_errors` only."""


QuietColumn.register_backend(pd.DataFrame, _QuietColumns)
QuietSchema.register_backend(pd.DataFrame, _QuietFrames)
