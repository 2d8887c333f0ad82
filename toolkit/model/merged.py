"""The merged data of one run: what a merge hands to the computations and the workbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.model.batch import STATES, Dataset, Return
from toolkit.model.cell import row_of
from toolkit.model.finding import EXPLAINED, Finding
from toolkit.model.form import Form
from toolkit.model.records import OpenCells
from toolkit.model.rows import Table
from toolkit.model.standing import COUNTED, standings
from toolkit.model.unit import UnitList

if TYPE_CHECKING:
    import pandas as pd

REFUSED = "_refused_"
"""Begins the Parquet file of the refused rows of a sheet."""
OPEN = "_open"
"""Column of the Parquet files: the cells of a row whose content nobody knows."""


OTHERS_ROW = "COL-009"
"""Code of the 错误 that a row is another unit's."""


@dataclass(frozen=True, slots=True)
class SheetCount:
    """The account of one sheet: read = merged + rejected (rows that are no data are counted apart).

    Args:
        lossy: how many of the merged rows lost a cell.
    """

    sheet: str
    title: str
    merged: int
    rejected: int
    lossy: int = 0

    @property
    def read(self) -> int:
        """Data rows read."""
        return self.merged + self.rejected


@dataclass(frozen=True, slots=True)
class LostCell:
    """A cell of a merged row that is not merged because of 错误.

    Args:
        source: index of the return; unit: its code.
        sheet, column: names of the form; cell: the Excel address, "" when the column is not in the file.
        row: Excel row, 0 on the vertical sheet.
        codes, reason: of the 错误.
    """

    source: int
    unit: str
    sheet: str
    row: int
    column: str
    cell: str
    codes: tuple[str, ...]
    reason: str


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
        lost: cells of merged rows that are not merged; they are empty in `tables`.
        refused_cells: columns of refused rows of which one is wrong.
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
    lost: tuple[LostCell, ...] = ()
    refused_cells: OpenCells = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, int]:
        """read = merged + rejected + not_data + aside; of the merged rows `lossy` lost a cell."""
        parts = {
            "merged": sum(count.merged for count in self.accounting),
            "rejected": sum(count.rejected for count in self.accounting),
            "not_data": self.not_data,
            "aside": self.aside,
        }
        lossy = sum(count.lossy for count in self.accounting)
        return {"read": sum(parts.values()), **parts, "lossy": lossy}

    def accepted(self, sheet: str) -> Table:
        """The merged rows of a sheet, as the accounts count them; a figure asks `Dataset.records`."""
        return Table(sheet, self.form.by_name[sheet].names, self.tables[sheet])

    def refused(self, sheet: str) -> Table:
        """All refused rows of a sheet, as the accounts count them, those of files that do not count among them."""
        return Table(sheet, self.form.by_name[sheet].names, self.rejected[sheet])

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
            rejected={sheet: self._doubtful(frame) for sheet, frame in self.rejected.items()},
            returned=frozenset(item.unit for item in counting if item.unit),
            files={item.index: item.file for item in self.returns},
            year=self.year,
            prior=prior or {},
            missing=missing,
            open_cells=self.open_cells(),
            pending={unit: one for unit, one in standings(self.returns).items() if one != COUNTED},
            not_issued={item.unit: item.not_issued for item in counting if item.not_issued},
            explained=self._explained(),
        )

    def _explained(self) -> frozenset[tuple[str, int, int]]:
        """Rule, return and row of every 疑问 that the unit explained."""
        index = {item.file: item.index for item in self.returns if item.counts}
        told = [one for one in self.findings if one.severity == EXPLAINED and one.file in index]
        return frozenset((one.code, index[one.file], row_of(cell)) for one in told for cell in one.cells)

    def _doubtful(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The refused rows of a sheet that figures have to reckon with.

        Of a unit whose return counts, those of that return; of any other unit all, a row that stands in several of its
        files only once. A row that is another unit's raises no doubt about the unit that filled it in.
        """
        counting = {item.index for item in self.returns if item.counts}
        units = {item.unit for item in self.returns if item.counts}
        names = [name for name in frame.columns if not name.startswith("_")]
        seen: set[tuple[str, ...]] = set()
        kept, times = [], Counter()
        places = zip(frame["_return"].tolist(), frame["_unit"].tolist(), frame["_codes"].tolist(), strict=True)
        for (source, unit, codes), values in zip(places, frame[names].itertuples(index=False), strict=True):
            if OTHERS_ROW in codes.split(",") or source in counting or unit in units:
                kept.append(source in counting and OTHERS_ROW not in codes.split(","))
                continue
            row = (unit, *map(repr, values))
            times[source, row] += 1
            kept.append((*row, str(times[source, row])) not in seen)
            seen.add((*row, str(times[source, row])))
        return frame.loc[kept].drop(columns="_codes").reset_index(drop=True)

    def open_cells(self) -> OpenCells:
        """Lost cells of merged rows and cells in error of refused ones; a row refused as a whole has none."""
        found: dict[str, dict[tuple[int, int], frozenset[str]]] = {}
        for sheet, frame in self.rejected.items():
            cells = self.refused_cells.get(sheet, {})
            rows = zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)
            found[sheet] = {key: cells.get(key, frozenset()) for key in rows}
        for cell in self.lost:
            rows_of = found.setdefault(cell.sheet, {})
            at = cell.source, cell.row
            rows_of[at] = rows_of.get(at, frozenset()) | {cell.column}
        return found
