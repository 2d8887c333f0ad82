"""Invented units on which `policy check` tries what an indicator can say: a round of one return, held in memory.

Nothing is written and no workbook is made: rows are typed as reading types them, judged as a run judges them, and put
to the checks that returned rows go through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.case import Compiled
from toolkit.compute.context import Context
from toolkit.compute.families.combined import by_clause
from toolkit.compute.judging import judge
from toolkit.compute.prior import key_figures
from toolkit.compute.reads import columns_read
from toolkit.distribute import form_for
from toolkit.model import cell
from toolkit.model.batch import Batch, Dataset, Located, Return
from toolkit.model.duties import SPEAKS_FOR, Duty, attribute, refusal
from toolkit.model.finding import ERROR
from toolkit.model.form import Form, Sheet
from toolkit.model.organisations import SHEET
from toolkit.model.policy import Parameters, Policy
from toolkit.model.records import Records
from toolkit.model.rows import Origin, Table
from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.reading.tables import build
from toolkit.sample import sample_units
from toolkit.sample.filling import fill
from toolkit.sample.story import CARELESS, FLAWLESS, Story
from toolkit.templating.prefill import org_values, unit_values
from toolkit.templating.table import day_of
from toolkit.validating import validate

UNITS, SEED, KEPT = 12, 1, 500
SEVERAL = 3
"""Rows that a result rests on are told apart up to this number."""
FIRST_ROW = 7
UNIT, FILLED_ON = "unit", "fill_date"
EPOCH = date(1970, 1, 1)
Rows = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, eq=False)
class Trial:
    """One invented unit and what it returned.

    Args:
        rows: sheet → its rows, column → str, int, Decimal or date; an absent column is an empty cell.
        prior: last year's key figures (`toolkit.compute.prior`).
        copies: how many further units of the round fill in the same under codes of their own; they speak for no area.
    """

    unit: Unit
    rows: Rows
    prior: Mapping[str, object] = field(default_factory=dict)
    copies: int = 0

    def round(self) -> list[Trial]:
        """The unit and its copies."""
        more = [self.called(f"{self.unit.code}{number}") for number in range(1, self.copies + 1)]
        return [replace(self, copies=0), *(replace(one, unit=replace(one.unit, speaks=False)) for one in more)]

    def typed(self, sheet: Sheet, index: int) -> Iterator[tuple[Origin, Mapping[str, object]]]:
        """The rows of one sheet with their places."""
        first = 0 if sheet.layout == "vertical" else FIRST_ROW
        for number, row in enumerate(self.rows.get(sheet.name, ()), first):
            yield Origin(self.unit.code, index, number), row

    def piece(self, sheet: Sheet, index: int) -> tuple[int, str, dict]:
        """The rows of one sheet as a worker reports them."""
        found = list(self.typed(sheet, index))
        columns = {column.name: [_stored(row.get(column.name)) for _, row in found] for column in sheet.columns}
        return index, self.unit.code, {"title": sheet.label, "rows": [at.row for at, _ in found], "columns": columns}

    def attribute(self, name: str) -> str | None:
        """What the unit is (see `toolkit.model.duties`)."""
        return attribute(self.unit, name, next((SimpleNamespace(**row) for row in self.rows.get(UNIT, ())), None))

    def bare(self, form: Form, read: Mapping[str, Collection[str]], needs: Collection[str]) -> Trial:
        """The same return with as little as possible of what is not read.

        Args:
            read: sheet → columns that are looked at; other sheets are left out where they may be empty.
            needs: of the columns that are not looked at only those with one of these needs are kept (see `Column`).
        """
        found: dict[str, list[dict[str, object]]] = {}
        for sheet in form.sheets:
            if sheet.name in read or not sheet.nil_allowed:
                kept = {one.name for one in sheet.columns if one.need in needs or one.name in read.get(sheet.name, ())}
                rows = self.rows.get(sheet.name, ())
                found[sheet.name] = [{name: value for name, value in row.items() if name in kept} for row in rows]
        return replace(self, rows=found)

    def filled_by(self, day: date) -> Trial:
        """The same return, filled in on a day at the latest."""
        filled = self.filled_on
        if filled is None or filled <= day:
            return self
        return replace(self, rows={**self.rows, UNIT: [{**row, FILLED_ON: day} for row in self.rows[UNIT]]})

    @property
    def filled_on(self) -> date | None:
        """The day on which it was filled in, where it says so."""
        filled = next((row.get(FILLED_ON) for row in self.rows.get(UNIT, ())), None)
        return filled if isinstance(filled, date) else None

    def full(self, form: Form, sheets: Collection[str]) -> Trial:
        """The same return with something in every empty cell of some sheets that offers a choice."""
        found = dict(self.rows)
        for sheet in (form.by_name[name] for name in sheets):
            first = {one.name: form.choices(one)[0] for one in sheet.columns if one.type == "choice"}
            found[sheet.name] = [
                {**first, **{name: value for name, value in row.items() if value not in (None, "")}}
                for row in self.rows.get(sheet.name, ())
            ]
        return replace(self, rows=found)

    def called(self, code: str) -> Trial:
        """The same unit under another code, so that several trials can be checked as one round."""
        own = self.unit.code
        orgs = tuple(
            KnownOrg(*(text.replace(own, code) for text in (org.code, org.name, org.type, org.parent)))
            for org in self.unit.orgs
        )
        unit = replace(self.unit, code=code, orgs=orgs)
        rows = {
            sheet: [
                {column: value.replace(own, code) if isinstance(value, str) else value for column, value in row.items()}
                for row in own_rows
            ]
            for sheet, own_rows in self.rows.items()
        }
        return Trial(unit, rows, self.prior, self.copies)


def _stored(value: object) -> object:
    """A value as a worker hands it over: a date as the day since 1970."""
    return None if value in (None, "") else (value - EPOCH).days if isinstance(value, date) else value


@dataclass
class Trials:
    """Trials under one policy: how the invented units fill in the form, what is judged, what the checks refuse."""

    policy: Policy
    form: Form
    parameters: Mapping[str, object]
    _made: dict[tuple[int, Duty], tuple[Trial, ...]] = field(default_factory=dict)
    _tables: dict[tuple[str, str, int], tuple[object, Table]] = field(default_factory=dict)
    """Sheet, unit and rows → the rows themselves, which keeps their place taken, and the table."""
    _sheets: dict[int, tuple[Compiled, tuple[str, ...]]] = field(default_factory=dict)
    """Indicator → itself, which keeps its place taken, and the sheets that it reads."""

    def dataset(self, trial: Trial, year: int, sheets: Collection[str] = ()) -> Dataset:
        """The round of a trial and its copies, every row merged.

        Args:
            sheets: the only ones that are looked at; none = all.
        """
        own, read = trial.round(), [sheet for sheet in self.form.sheets if sheet.name in sheets or not sheets]
        units, files = UnitList(tuple(one.unit for one in own)), {at: one.unit.code for at, one in enumerate(own)}
        data = Dataset(self.form, units, {}, {}, frozenset(files.values()), files, year, trial.prior)
        data.records = Records(data, {sheet.name: self._table(sheet, own) for sheet in read})
        return data

    def _table(self, sheet: Sheet, own: Sequence[Trial]) -> Table:
        """The rows of some trials on one sheet; of one trial made once, however often other sheets change."""
        if len(own) > 1:
            return Table.typed(
                sheet.name, sheet.names, [row for at, one in enumerate(own) for row in one.typed(sheet, at)]
            )
        rows = own[0].rows.get(sheet.name, ())
        at = sheet.name, own[0].unit.code, id(rows)
        if at not in self._tables:
            if len(self._tables) > KEPT:
                self._tables.clear()
            self._tables[at] = rows, Table.typed(sheet.name, sheet.names, own[0].typed(sheet, 0))
        return self._tables[at][1]

    def units(self, year: int) -> tuple[Trial, ...]:
        """Invented units of every kind: one that does all that is asked and one that does little, unit by unit."""
        if (year, ()) not in self._made:
            self._made[year, ()] = self._all(list(sample_units(self.policy, UNITS, SEED)), year)
        return self._made[year, ()]

    def _all(self, units: Sequence[Unit], year: int, known: Sequence[Mapping] = ()) -> tuple[Trial, ...]:
        codes = tuple(unit.code for unit in units)
        filled = zip_longest(units, known, fillvalue={})
        return tuple(self._unit(*pair, codes, year, manner) for pair in filled for manner in (FLAWLESS, CARELESS))

    def _unit(self, unit: Unit, own: Mapping, codes: tuple[str, ...], year: int, manner: str) -> Trial:
        form = form_for(self.form, self.policy, unit)
        story = Story(unit, codes, form, self.policy.id, year, SEED, manner)
        rows = {name: [dict(row) for row in own_rows] for name, own_rows in fill(story, "", self.policy).rows.items()}
        for sheet in form.sheets:
            if sheet.fixed_rows:
                filled = rows.get(sheet.name, [])
                rows[sheet.name] = [
                    {sheet.key[0]: fixed.key, **fixed.values, **(filled[at] if at < len(filled) else {})}
                    for at, fixed in enumerate(sheet.fixed_rows)
                ]
        known = {UNIT: [{**unit_values(unit), **own}], "party_org": [org_values(unit, org) for org in unit.orgs]}
        for name, records in known.items():
            for row, values in zip(rows.get(name, ()), records, strict=False):
                row |= {column: value for column, value in values.items() if column in form.by_name[name].by_name}
        typed = {name: [_typed(form.by_name[name], row, year) for row in some] for name, some in rows.items()}
        trial = Trial(unit, typed)
        return replace(trial, prior=key_figures(self.dataset(trial, year)))

    def bearing(self, duty: Duty, year: int) -> tuple[Trial, ...]:
        """The invented units that bear a duty; where none does, all of them made into such a unit."""
        own = tuple(trial for trial in self.units(year) if refusal(duty, trial.attribute) is None)
        if own or (year, duty) in self._made:
            return own or self._made[year, duty]
        units = [_made_to_bear(unit, duty) for unit in sample_units(self.policy, UNITS, SEED)]
        self._made[year, duty] = self._all([unit for unit, _ in units], year, [known for _, known in units])
        return self._made[year, duty]

    def in_force(self, year: int, day: date) -> Parameters:
        """The parameters on a day, those that the policy leaves open set to something."""
        return Parameters(self.policy, min(day, date(year, 12, 31)), self.parameters)  # type: ignore[arg-type]

    def levels(
        self, compiled: Compiled, trial: Trial, year: int, day: date, parts: Sequence[Compiled] = ()
    ) -> set[tuple[str, str, int]]:
        """The levels of one indicator on a trial, every row merged: level, code of the reason, rows it rests on.

        Args:
            parts: the indicators on whose levels it rests.
        """
        sheets = {SHEET, UNIT, *(sheet for one in (compiled, *parts) for sheet in self.sheets(one))}
        data = self.dataset(trial, year, sheets)
        context = Context(data, self.policy, self.in_force(year, day), day)
        context.scratch["results"] = by_clause(found for part in parts for found in judge(part, context))
        return {(found.level, found.code, min(len(found.evidence), SEVERAL)) for found in judge(compiled, context)}

    def sheets(self, compiled: Compiled) -> Iterable[str]:
        """The sheets that an indicator reads."""
        if id(compiled) not in self._sheets:
            self._sheets[id(compiled)] = compiled, (*compiled.sheets, *columns_read(compiled, self.form))
        return self._sheets[id(compiled)][1]

    def paid(
        self, clause: str, trial: Trial, year: int, day: date, sheets: Collection[str]
    ) -> set[tuple[str, str, int]]:
        """The levels of a clause that the allowances judge, as `levels` gives them.

        Args:
            sheets: those that the allowances read.
        """
        report = allowance(self.dataset(trial, year, sheets), self.policy, self.in_force(year, day), day)
        own = [found for found in allowance_results(report, self.policy) if found.clause == clause]
        return {(found.level, found.code, min(len(found.evidence), SEVERAL)) for found in own}

    def refused(self, trials: Sequence[Trial], year: int, day: date) -> list[tuple[str, ...]]:
        """For each trial the codes of the 错误 that a return with these rows gets; () = it is merged whole."""
        if not trials:
            return []
        wide = len(str(len(trials)))
        rounds = [trial.called(f"{number:0{wide}d}Z").round() for number, trial in enumerate(trials)]
        returns, pieces = [], {sheet.name: [] for sheet in self.form.sheets}
        for number, trial in ((number, trial) for number, own in enumerate(rounds) for trial in own):
            for sheet in self.form.sheets:
                pieces[sheet.name].append(trial.piece(sheet, len(returns)))
            returns.append(self._return(trial, len(returns), f"{number}/{trial.unit.code}.xlsx", year))
        tables = {sheet.name: build(sheet, pieces[sheet.name]) for sheet in self.form.sheets}
        units = UnitList(tuple(trial.unit for own in rounds for trial in own))
        batch = Batch(form=self.form, units=units, returns=returns, tables=tables)
        verdict = validate(
            batch, as_of=day, year=year, policy=self.policy, parameters=self.in_force(year, day), cap=10**6
        )
        codes: list[set[str]] = [set() for _ in rounds]
        for finding in verdict.findings:
            if finding.severity == ERROR:
                codes[int(finding.file.partition("/")[0])].add(finding.code)
        return [tuple(sorted(found)) for found in codes]

    def _return(self, trial: Trial, index: int, file: str, year: int) -> Return:
        located = {sheet.name: _located(sheet) for sheet in self.form.sheets}
        empty = [sheet for sheet in self.form.sheets if not trial.rows.get(sheet.name)]
        nil = frozenset(sheet.name for sheet in empty if sheet.nil_allowed)
        code = trial.unit.code
        return Return(
            index=index,
            file=file,
            path=Path(file),
            unit=code,
            fill_date=trial.filled_on or date(year, 12, 20),
            located=located,
            nil=nil,
        )


def _located(sheet: Sheet) -> Located:
    if sheet.layout == "vertical":
        rows = {name: FIRST_ROW + number for number, name in enumerate(sheet.names)}
        return Located(title=sheet.label, letters={}, rows=rows, value_letter="C")
    letters = {name: cell.letters(number) for number, name in enumerate(sheet.names, 1)}
    return Located(title=sheet.label, letters=letters)


def _typed(sheet: Sheet, row: Mapping[str, object], year: int) -> dict[str, object]:
    """A row with each value in the type of its column, printed dates included."""
    typed: dict[str, object] = {}
    for name, value in row.items():
        kind = sheet.by_name[name].type if name in sheet.by_name else ""
        if value in (None, "") or not kind:
            continue
        if kind == "date" and isinstance(value, str):
            value = day_of(value, str(year))
        elif kind == "integer":
            value = int(str(value))
        elif kind == "decimal":
            value = Decimal(str(value))
        typed[name] = value
    return typed


def _made_to_bear(unit: Unit, duty: Duty) -> tuple[Unit, dict[str, object]]:
    """The unit changed so that it bears a duty in the first of its ways, and what it fills in about itself for that."""
    own: dict[str, object] = {}
    for name, allowed in duty[0] if duty else ():
        value = min(allowed, default="")
        if name == SPEAKS_FOR:
            unit = replace(unit, speaks=True, level=value)
        elif name in LISTED:
            unit = replace(unit, **{LISTED[name]: value})
        else:
            own[name] = value
    return unit, own


LISTED = {"admin_level": "level", "unit_category": "category"}
"""Attribute of a unit → its field in the unit list."""
