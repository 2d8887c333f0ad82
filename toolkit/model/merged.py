"""The merged data of one run: what a merge hands to the computations and the workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.model.batch import STATES, Dataset, Return
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
        rejected: rows refused because of 错误, with `_codes` (comma separated) and `_reason` (Chinese) at the end;
            those of older files and copies are not among them.
        accounting: one count a sheet, of files in whose place no other stands.
        not_data: rows that hold no data (合计, signature lines, notes), of the same files.
        aside: all rows of older files and copies.
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
    aside: int = 0

    @property
    def rows(self) -> dict[str, int]:
        """read = merged + rejected + not_data + aside."""
        parts = {
            "merged": sum(count.merged for count in self.accounting),
            "rejected": sum(count.rejected for count in self.accounting),
            "not_data": self.not_data,
            "aside": self.aside,
        }
        return {"read": sum(parts.values()), **parts}

    @property
    def files(self) -> dict[str, int]:
        """Number of files by state; total = sum of the states."""
        counts = {"total": len(self.returns)}
        return counts | {state: sum(item.state == state for item in self.returns) for state in STATES}

    def dataset(self, prior: Mapping[str, object] | None = None) -> Dataset:
        """What the computations see."""
        counting = [item for item in self.returns if item.counts]
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
