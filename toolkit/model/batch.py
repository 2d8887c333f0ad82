"""What reading hands to the later stages: returned files, typed tables, the dataset.

Column dtypes of every table frame, by column type of the form:

    text, choice, month   object: str, None when empty (month is `YYYY-MM`)
    integer               Int64, <NA> when empty
    decimal               object: decimal.Decimal, None when empty
    date                  datetime64[s], NaT when empty

Provenance columns, first in every frame: `_return` (int, index into Batch.returns), `_unit`
(str, unit code of the return), `_sheet` (str, title of the sheet in the file), `_row` (int, Excel row;
0 on the vertical `unit` sheet, where each column has a row of its own).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model.feedback import Credit
from toolkit.model.finding import Finding
from toolkit.model.form import Form
from toolkit.model.people import Rulings
from toolkit.model.records import OpenCells, Records
from toolkit.model.unit import UnitList

if TYPE_CHECKING:
    import pandas as pd

PROVENANCE = ("_return", "_unit", "_sheet", "_row")

ACCEPTED, WITH_ERRORS, UNREADABLE = "accepted", "with_errors", "unreadable"
DUPLICATE, SUPERSEDED, CONFLICT, IGNORED = "duplicate", "superseded", "conflict", "ignored"
STATES = (ACCEPTED, WITH_ERRORS, UNREADABLE, DUPLICATE, SUPERSEDED, CONFLICT, IGNORED)
"""The state of a returned file; the numbers of all states add up to the number of files.

accepted: no 错误 · with_errors: read, some rows or the whole file refused · unreadable: not a workbook of
ours that can be read · duplicate: the same content as another file · superseded: an older return of the
same unit · conflict: same 填报日期, other content; a person must choose · ignored: temporary and system files,
opened archives, lists of disputes.
"""
COUNTING = (ACCEPTED, WITH_ERRORS)
ASIDE = (DUPLICATE, SUPERSEDED)
"""States of files that feed nothing but the list of files."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a sheet of the form was found in one file.

    Args:
        title: the sheet's title in the file.
        letters: column name → Excel column letter (table layout).
        rows: column name → Excel row (vertical layout; the letter is `value_letter`).
        header_row: Excel row of the labels.
    """

    title: str
    letters: Mapping[str, str]
    rows: Mapping[str, int] = field(default_factory=dict)
    value_letter: str = ""
    header_row: int = 0

    def cell(self, column: str, row: int) -> str:
        """Excel address of a column in a row; empty when the column is not in the file."""
        if self.rows:
            return f"{self.value_letter}{self.rows[column]}" if column in self.rows else ""
        return f"{self.letters[column]}{row}" if column in self.letters else ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A value put right while reading: where, from what, to what, why."""

    file: str
    sheet: str
    cell: str
    before: str
    after: str
    reason: str


NOWHERE = Path()
"""The place of what was read once and is there no more."""


@dataclass(slots=True)
class Return:
    """One returned file.

    Args:
        file: as shown; of a file in an archive `包.zip/文件.xlsx`.
        path: where it lies; of a file in an archive, the archive; NOWHERE when it is there no more.
        member: its name inside the archive, "" for a file of its own.
    """

    index: int
    file: str
    path: Path
    sha256: str = ""
    state: str = ACCEPTED
    unit: str = ""
    policy: str = ""
    version: str = ""
    campaign: str = ""
    period: str = ""
    fill_date: date | None = None
    located: dict[str, Located] = field(default_factory=dict)
    nil: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    blocked: bool = False
    disagrees: bool = False
    """The marks of identity (stamps, cells, file name) name different units: it is nobody's, and `unit` is "" then."""
    not_data: int = 0
    rows_read: int = 0
    notes: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)
    """Marked copies: sheet name → row → (the row's marked problems, the explanation that the unit wrote)."""
    remarks: dict[str, str] = field(default_factory=dict)
    """Marked copies: code and digest of a problem without a cell → the explanation on the added sheet."""
    member: str = ""
    lost: dict[tuple[str, int, str], str] = field(default_factory=dict)
    """Long numbers that Excel has cut: sheet name, Excel row, column → the digits that are left."""
    answers: tuple[tuple[str, ...], ...] = ()
    """A list of disputes that a unit filled in: its rows as texts."""
    not_issued: frozenset[str] = frozenset()
    """Task numbers that are the unit's now and did not stand in its workbook when it was issued."""

    @property
    def counts(self) -> bool:
        """Whether it is a return that counts: its good rows are merged, its figures are its unit's figures."""
        return self.state in COUNTING and not self.blocked

    def as_typed(self, sheet: str) -> dict[str, str]:
        """Address → what stands in the cells of a sheet that could not be read; in the tables they are empty."""
        spot = self.located.get(sheet)
        found = [one for one in self.findings if spot and one.sheet == spot.title and one.value]
        return {cell: one.value for one in found for cell in one.cells}

    @property
    def aside(self) -> bool:
        """Whether another file stands in its place: it feeds nothing but the list of files."""
        return self.state in ASIDE


@dataclass
class Batch:
    """All returns of one run: files, typed tables (one per sheet kind), findings.

    Args:
        tables: sheet name → frame over all readable returns (see the module's docstring).
        problem_cells: sheet name → (return index, Excel row, column) of cells that could not be read; they are empty
            in the tables and have a finding already. The vertical sheet has row 0.
        set_aside: the same for returns that do not count (older ones, copies), filled by `selecting`.
    """

    form: Form
    units: UnitList
    returns: list[Return]
    tables: dict[str, pd.DataFrame]
    findings: list[Finding] = field(default_factory=list)
    set_aside: dict[str, pd.DataFrame] = field(default_factory=dict)
    problem_cells: dict[str, set[tuple[int, int, str]]] = field(default_factory=dict)

    def cells(self, return_index: int, sheet: str, columns: tuple[str, ...], row: int) -> tuple[str, ...]:
        """Excel addresses of the columns in one row of one return."""
        located = self.returns[return_index].located.get(sheet)
        if located is None:
            return ()
        return tuple(cell for column in columns if (cell := located.cell(column, row)))


@dataclass
class Dataset:
    """What the computations see; they look everything up in its `records`.

    Args:
        tables: merged rows only, by sheet name; sheets of the form that nobody filled are empty frames.
        rejected: rows refused with 错误, same columns plus `_reason`; they are no data, but a level that they
            could change is 无法判定.
        units: the unit list (in official order); without a campaign, the units that returned.
        returned: codes of the units whose return counts.
        files: file name by `_return`.
        sheet_titles: Chinese title by sheet name.
        year: the report year.
        prior: last year's key figures, {} when there is no earlier campaign (format: `toolkit.compute.prior`).
        missing: sheet name → units whose workbook lacks that sheet; missing is not the same as empty.
        credits: what feedback sheets of other places filled into empty cells of `floating`.
        open_cells: cells whose content nobody knows: lost ones of merged rows (empty in `tables`), and those that
            are wrong in refused rows.
        pending: units that sent something of which nothing counts → `CHOOSE` or `AGAIN` (see `model.standing`).
        not_issued: unit → task numbers that it was never asked about (see `Return.not_issued`).
        rulings: what was settled about persons that agree in name and month of birth, or in ID number.
        awaits: returns upward of lower levels that are merged later; figures of the whole area wait for them.
        explained: (rule, return index, Excel row) of every 疑问 that the unit explained.
    """

    form: Form
    units: UnitList
    tables: dict[str, pd.DataFrame]
    rejected: dict[str, pd.DataFrame]
    returned: frozenset[str]
    files: Mapping[int, str]
    year: int
    prior: Mapping[str, object] = field(default_factory=dict)
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()
    rulings: Rulings = field(default_factory=Rulings)
    pending: Mapping[str, str] = field(default_factory=dict)
    open_cells: OpenCells = field(default_factory=dict)
    not_issued: Mapping[str, frozenset[str]] = field(default_factory=dict)
    awaits: tuple[str, ...] = ()
    explained: frozenset[tuple[str, int, int]] = frozenset()

    @cached_property
    def records(self) -> Records:
        """The access to everything that a figure looks up."""
        return Records(self)

    def filled(self, sheet: str, cells: Mapping[tuple[int, int], Mapping[str, object]]) -> Dataset:
        """The dataset with values in empty cells of merged rows; filled cells stay as they are.

        Args:
            cells: (return index, Excel row) → column → value; None and columns that the form lacks change nothing.
        """
        import pandas as pd

        frame = self.tables[sheet].copy()
        places = dict(zip(zip(frame["_return"], frame["_row"], strict=True), frame.index, strict=True))
        for at, values in cells.items():
            for name, value in values.items():
                if value is not None and name in frame.columns and pd.isna(frame.at[places[at], name]):
                    frame.at[places[at], name] = pd.Timestamp(value) if isinstance(value, date) else value
        return replace(self, tables={**self.tables, sheet: frame})
