"""The merged data of one run: what a merge hands to the computations and the workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.model.batch import ACCEPTED, STATES, WITH_ERRORS, Dataset, Return
from toolkit.model.finding import Finding
from toolkit.model.form import Form
from toolkit.model.unit import UnitList

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SheetCount:
    """The account of one sheet: read = merged + rejected (rows that are no data are counted apart)."""

    sheet: str
    title: str
    merged: int
    rejected: int

    @property
    def read(self) -> int:
        """Data rows read."""
        return self.merged + self.rejected


@dataclass
class Merged:
    """The merged data of one run.

    Args:
        tables: accepted rows, by sheet name; columns as in `Batch.tables`.
        rejected: refused rows with `_codes` (comma separated) and `_reason` (Chinese) at the end.
        accounting: one count a sheet.
        not_data: rows that hold no data (合计, signature lines, notes).
    """

    form: Form
    units: UnitList
    year: int
    returns: list[Return]
    tables: dict[str, pd.DataFrame]
    rejected: dict[str, pd.DataFrame]
    findings: list[Finding]
    accounting: tuple[SheetCount, ...]
    not_data: int

    @property
    def rows(self) -> dict[str, int]:
        """read = merged + rejected + not_data."""
        merged = sum(count.merged for count in self.accounting)
        rejected = sum(count.rejected for count in self.accounting)
        return {
            "read": merged + rejected + self.not_data,
            "merged": merged,
            "rejected": rejected,
            "not_data": self.not_data,
        }

    @property
    def files(self) -> dict[str, int]:
        """Number of files by state; total = sum of the states."""
        counts = {"total": len(self.returns)}
        return counts | {state: sum(item.state == state for item in self.returns) for state in STATES}

    def dataset(self, prior: Mapping[str, object] | None = None) -> Dataset:
        """What the computations see."""
        counting = [item for item in self.returns if item.state in (ACCEPTED, WITH_ERRORS) and not item.blocked]
        missing = {
            sheet.name: frozenset(item.unit for item in counting if sheet.name not in item.located)
            for sheet in self.form.sheets
        }
        return Dataset(
            form=self.form,
            units=self.units,
            tables=self.tables,
            rejected={sheet: frame.drop(columns="_codes") for sheet, frame in self.rejected.items()},
            returned=frozenset(item.unit for item in counting if item.unit),
            files={item.index: item.file for item in self.returns},
            year=self.year,
            prior=prior or {},
            missing=missing,
        )
