"""What every family sees: the tables as rows, the parameters in force, the day of judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from toolkit.compute.filters import Number, RowFilter
from toolkit.compute.trace import Trace
from toolkit.model.batch import Dataset
from toolkit.model.catalogue import entry
from toolkit.model.duties import SPEAKS, SPEAKS_FOR, attribute
from toolkit.model.organisations import Organisations, organisations_of
from toolkit.model.people import Values
from toolkit.model.policy import Parameter, Parameters, Policy, Value
from toolkit.model.portions import Gathered
from toolkit.model.rows import Evidence, Origin, Row, Table
from toolkit.model.unit import Unit

STATS = "annual_stat"


def by_unit(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the unit of their return."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.origin.unit, []).append(row)
    return found


class Unset(Exception):
    """A parameter that the policy leaves open and nobody set; every result that needs it is 未评."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter.name)
        self.parameter = parameter


class Context:
    """The dataset of one report under one policy on one day.

    Args:
        as_of: the day of judgement.
        trace: where what is read is noted; None = nowhere.
        gathered: what returns upward say of the area; None = its figures are gathered from the rows.
        mark: what stands for a name and month of birth, or an ID number, under a clause; None = persons are not marked.
    """

    def __init__(
        self,
        dataset: Dataset,
        policy: Policy,
        parameters: Parameters,
        as_of: date,
        trace: Trace | None = None,
        *,
        gathered: Gathered | None = None,
        mark: Callable[[str, Values], str] | None = None,
    ) -> None:
        self.dataset, self.policy, self.parameters, self.as_of = dataset, policy, parameters, as_of
        self.trace, self.gathered, self.mark = trace, gathered, mark
        self.year = dataset.year
        self.day = min(as_of, date(dataset.year, 12, 31))
        self.records = dataset.records
        self._selected: dict[tuple, tuple[RowFilter, dict[str, list[Row]]]] = {}
        self._words: dict[tuple, tuple[Mapping[str, str], str]] = {}
        self._evidence: dict[tuple[str, Origin], tuple[Evidence, ...]] = {}
        self.scratch: dict[Any, Any] = {}

    def table(self, sheet: str) -> Table:
        """The merged rows of a sheet."""
        return self.records.rows(sheet)

    def refused_table(self, sheet: str) -> Table:
        """The refused rows of a sheet; cells in error are empty."""
        return self.records.refused(sheet)

    def select(self, rows: RowFilter, day: date, ignoring: tuple[str, ...] = ()) -> dict[str, list[Row]]:
        """Rows that pass a filter, by unit; one pass over the sheet for each filter and day."""
        key = (id(rows), day, ignoring)
        if key not in self._selected:
            # The filter is kept with its rows: its identity must stay its own while the report lasts.
            self._selected[key] = rows, self._filter(self.table(rows.sheet), rows, day, ignoring)
        return self._selected[key][1]

    def refused(self, rows: RowFilter, day: date) -> dict[str, list[Row]]:
        """Refused rows that pass a filter or could pass it once put right, by unit."""
        key = (id(rows), day, None)
        if key not in self._selected:
            self._selected[key] = rows, self._possible(self.refused_table(rows.sheet).rows, rows, day)
        return self._selected[key][1]

    def lossy(self, rows: RowFilter, day: date) -> dict[str, list[Row]]:
        """Merged rows that lost a cell and pass a filter or could pass it, by unit."""
        key = (id(rows), day, "lossy")
        if key not in self._selected:
            lost = self.records.lost(rows.sheet)
            found = [row for row in self.table(rows.sheet).rows if row.origin in lost] if lost else []
            self._selected[key] = rows, self._possible(found, rows, day)
        return self._selected[key][1]

    def _filter(self, table: Table, rows: RowFilter, day: date, ignoring: Iterable[str]) -> dict[str, list[Row]]:
        return by_unit(filter(rows.bound(self, day, ignoring), table.rows)) if table.rows else {}

    def _possible(self, found: list[Row], rows: RowFilter, day: date) -> dict[str, list[Row]]:
        open_cells = partial(self.records.open, rows.sheet)
        return by_unit(filter(rows.possible(self, day, open_cells), found)) if found else {}

    @cached_property
    def organisations(self) -> Organisations:
        """The merged organisations on the day of judgement, at most the last day of the year."""
        return organisations_of(self.dataset, self.as_of)

    def rows_at(self, sheet: str, places: Iterable[object]) -> tuple[Row, ...]:
        """The merged rows that stand at some places (return, Excel row), in that order."""
        at = self.scratch.setdefault(("rows", sheet), {})
        if not at:
            at.update((row.origin[1:], row) for row in self.table(sheet).rows)
        return tuple(at[place] for place in places)

    @cached_property
    def stats(self) -> dict[str, dict[str, Row]]:
        """unit → statistic key → row."""
        found: dict[str, dict[str, Row]] = {}
        if STATS in self.dataset.form.by_name:
            for row in self.table(STATS).rows:
                found.setdefault(row.origin.unit, {})[row.stat_key] = row
        return found

    @cached_property
    def unit_rows(self) -> dict[str, Row]:
        """unit → its row on the sheet `unit`."""
        return {unit: rows[0] for unit, rows in self.table("unit").by_unit.items()}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """All units in official order; units that returned without being on the list come last."""
        listed = tuple(self.dataset.units)
        known = {unit.code for unit in listed}
        extra = sorted(self.dataset.returned - known)
        return (*listed, *(Unit(code, code, "", "") for code in extra))

    @cached_property
    def _unit_of(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    def unit(self, code: str) -> Unit | None:
        """The unit of a code."""
        return self._unit_of.get(code)

    def attribute(self, unit: Unit, name: str) -> str | None:
        """What a unit is: as the unit list has it, otherwise its workbook (see `toolkit.model.duties`)."""
        own = self.unit_rows.get(unit.code)
        value = attribute(unit, name, own)
        if self.trace is not None:
            label = self.sentence("LISTED", {"label": self.attribute_label(name)})
            shown = value or (entry("FLAG-NO").message if name == SPEAKS_FOR else "")
            self.trace.learn(unit.code, label, shown)
            if own is not None and value != attribute(unit, name):
                self.trace.read(unit.code, "unit", (own,))
        return value

    def attribute_label(self, name: str, sheet: str = "unit") -> str:
        """The heading under which an attribute is filled in."""
        column = self.dataset.form.by_name[sheet].by_name.get(SPEAKS if name == SPEAKS_FOR else name)
        return column.label if column else name

    def setting(self, name: str) -> Value | None:
        """A parameter on the day of judgement; None = left open."""
        return self.parameters.get(name, self.day)

    def number(self, number: Number) -> Decimal:
        """A threshold.

        Raises: Unset: the parameter is open.
        """
        if not number.parameter:
            assert number.literal is not None
            return number.literal
        return Decimal(str(self.required(number.parameter)))

    def required(self, name: str) -> Value:
        """A parameter that must be set.

        Raises: Unset: it is open.
        """
        value = self.setting(name)
        if value is None:
            raise Unset(self.policy.parameters[name])
        return value

    @cached_property
    def strict(self) -> bool:
        """Whether 一般, 原则上 count as hard (A25)."""
        return bool(self.setting("strict_soft"))

    def prior(self, name: str) -> Mapping[str, Any]:
        """One kind of last year's key figures (see `toolkit.compute.prior`); empty when there are none."""
        found = self.dataset.prior.get(name) or {}
        return found if isinstance(found, Mapping) else {}

    def missing_sheet(self, unit: str, sheets: Iterable[str]) -> str:
        """The title of a sheet that the unit's workbook lacks; empty when all are there."""
        return self.records.missing(unit, sheets)

    def evidence(self, sheet: str, rows: Iterable[Row]) -> tuple[Evidence, ...]:
        """Rows as evidence."""
        found = [self._one(sheet, row.origin) for row in rows]
        return found[0] if len(found) == 1 else tuple(item for pair in found for item in pair)

    def _one(self, sheet: str, origin: Origin) -> tuple[Evidence, ...]:
        """One row as evidence, made once: a row of the task list is evidence for a dozen clauses."""
        at = (sheet, origin)
        if at not in self._evidence:
            title = self.dataset.form.by_name[sheet].label
            self._evidence[at] = (Evidence(self.dataset.files[origin.source], title, origin.row),)
        return self._evidence[at]

    def sentence(self, key: str, facts: Mapping[str, object]) -> str:
        """A sentence of the catalogue."""
        return self.said(key, {}, facts)[1]

    def fix(self, key: str, figures: Mapping[str, str], words: Mapping[str, object]) -> str:
        """What a sentence of the catalogue tells people to do; "" where it leaves that to the clause."""
        text = entry(key).fix
        return text.format(**figures, **words) if text else ""

    def said(self, key: str, figures: Mapping[str, str], words: Mapping[str, object]) -> tuple[Mapping[str, str], str]:
        """Figures and reason; equal ones are one object, which keeps ten thousand units small."""
        cached = (key, *figures.items(), *words.items())
        if cached not in self._words:
            self._words[cached] = figures, entry(key).message.format(**figures, **words)
        return self._words[cached]
