"""What every register sees: rows with the names that belong to their codes, levels, parameters, the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial

from toolkit.compute.context import Context
from toolkit.compute.figures import figures_of
from toolkit.compute.filters import RowFilter
from toolkit.compute.people import Distinct
from toolkit.model.batch import Dataset
from toolkit.model.figures import Account, Figures, Share
from toolkit.model.form import Column
from toolkit.model.policy import Parameters, Policy
from toolkit.model.privacy import mask_value
from toolkit.model.register import Block, Cell, Field
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.result import Result
from toolkit.model.rows import Evidence, Row
from toolkit.model.windows import holds
from toolkit.registers.definitions import vocabulary, word
from toolkit.registers.names import Names

TYPES = {"integer": "count", "decimal": "number", "date": "date", "choice": "short", "month": "short"}
MONEY = ("元", "元/月")


class View(Context, Names):
    """The dataset of one report with the names and levels that registers print."""

    def __init__(
        self,
        dataset: Dataset,
        policy: Policy,
        parameters: Parameters,
        as_of: date,
        compliance: ComplianceReport,
        allowance: AllowanceReport,
        earlier: Mapping[int, Mapping[str, Share]] | None = None,
    ) -> None:
        super().__init__(dataset, policy, parameters, as_of)
        self.compliance, self.allowance, self.earlier = compliance, allowance, earlier or {}

    @cached_property
    def figures(self) -> Figures:
        """The cells and rates of the round, as in all outputs; the account of the money is none of a register."""
        return figures_of(self.compliance, self.policy, self.parameters, Account({}))

    def has(self, sheet: str, columns: Iterable[str] = ()) -> bool:
        """Whether the form has a sheet with these columns."""
        found = self.dataset.form.by_name.get(sheet)
        return found is not None and set(columns) <= set(found.names)

    def filtered(self, rows: RowFilter) -> list[Row]:
        """Merged rows of the year that pass a filter, in official order of the units.

        What belongs to a season across the year end (元旦春节) stands in the register of one year only.
        """
        found = (row for own in self.select(rows, self.day).values() for row in own)
        return self.ordered(row for row in found if self._of_the_year(rows.sheet, row))

    def _of_the_year(self, sheet: str, row: Row) -> bool:
        """Whether the season of the row, where it has one, is one of the report year; without a date it may be."""
        known = [window for window in self.dataset.form.windows if window.season and window.sheet == sheet]
        own = [window for window in known if window.concerns(partial(getattr, row))]
        return not own or any(
            getattr(row, window.column) is None or holds(window.days(self.year), getattr(row, window.column))
            for window in own
        )

    def missing_note(self, rows: RowFilter, columns: Iterable[str]) -> str:
        """What is said below a list of rows while some were refused or have lost cells; "" when it is complete."""
        refused = [row for own in self.refused(rows, self.day).values() for row in own]
        lossy = [row for own in self.lossy(rows, self.day).values() for row in own]
        doubt = self.records.lost_cells(rows.sheet, lossy, {*columns, *rows.columns()})
        said = [word("rows_refused", n=len(refused))] if refused else []
        return "；".join([*said, *([word("cells_lost", n=len(doubt.rows))] if doubt else [])])

    def behind(self, sheet: str, *rows: Row | None) -> Evidence | None:
        """Where the first of some rows stands; None when there is none."""
        known = [row for row in rows if row is not None][:1]
        return next(iter(self.records.evidence(sheet, known)), None)

    def level_of(self, unit: str) -> str:
        """The level of a unit (省级 … 部门（单位）); empty when nobody says."""
        found = self.unit(unit)
        return (self.attribute(found, "admin_level") or "") if found else ""

    def results(self, clauses: Sequence[str]) -> list[Result]:
        """The results of some clauses, in the order of the units."""
        wanted = set(clauses)
        return [one for one in self.compliance.results if one.clause in wanted]

    def value(self, row: Row, sheet: str, name: str, shown: frozenset[str]) -> Cell:
        """One cell: a derived column (`@…`) or one of the form; personal data masked unless it is to be shown."""
        value = self.of(row, name)
        if name.startswith("@"):
            return value
        column = self.dataset.form.by_name[sheet].by_name[name]
        return value if value is None or not column.personal or name in shown else mask_value(value)

    def derived(self, row: Row, name: str) -> Cell:
        """A column that the form does not have; the level of the unit besides those of `Names`."""
        return self.level_of(row.origin.unit) if name == "@level" else super().derived(row, name)

    def of(self, row: Row, name: str) -> Cell:
        """A column of a row as it is, or a derived one (`@…`)."""
        return self.derived(row, name) if name.startswith("@") else getattr(row, name)

    def field(self, sheet: str, name: str) -> Field:
        """The heading of a column."""
        if name.startswith("@"):
            return named_field(name)
        return field_of(self.dataset.form.by_name[sheet].by_name[name])


Line = tuple[tuple[Cell, ...], Evidence | None]
"""A row of a table, and the record behind it."""


def traced(
    fields: Iterable[Field], lines: Iterable[Line], note: str = "", sums: tuple[int, ...] = (), title: str = ""
) -> Block:
    """A table of which every row leads to the record behind it."""
    found = list(lines)
    rows, evidence = [cells for cells, _ in found], [own for _, own in found]
    return Block(title, tuple(fields), rows, note, sums, evidence)


def doubt_note(found: Distinct) -> str:
    """What is said below a number of persons while some of them may be one; "" when nobody is 疑似."""
    if found.least == found.count:
        return ""
    return word("persons_doubt", count=found.count, least=found.least)


def named_field(name: str) -> Field:
    """The heading of a derived column: `label` or `label|kind|width` in the vocabulary."""
    label, _, rest = vocabulary()["columns"][name].partition("|")
    kind, _, width = rest.partition("|")
    return Field(label, kind or "text", float(width or 14))


def field_of(column: Column) -> Field:
    """The heading of a column of the form."""
    kind = TYPES.get(column.type, "text")
    if column.unit in MONEY:
        kind = "money"
    if column.key:
        kind = "code"
    label = (
        f"{column.label}\n（{column.unit}）" if column.unit and kind in ("count", "number", "money") else column.label
    )
    return Field(label, kind, max(8.0, min(column.width + 1, 30.0)))
