"""Returned workbooks → findings and refused rows: one pandera pass a sheet, then the rules over several sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import pandas as pd

from toolkit.model.batch import DUPLICATE, IGNORED, SUPERSEDED, UNREADABLE, Batch, Return
from toolkit.model.catalogue import entry
from toolkit.model.duties import bundles_for
from toolkit.model.finding import ERROR, Finding
from toolkit.model.form import Sheet
from toolkit.model.merged import OTHERS_ROW
from toolkit.model.policy import Parameters, Policy
from validators.arguments import bind
from validators.compile import CHOICE, REQUIRED, Spec, compiled, is_cross, spec_of
from validators.cross import CROSS, CROSS_FACTS
from validators.findings import Placed, Reporter
from validators.losses import Losses
from validators.others_rows import OWNER, owner_columns
from validators.references import DIRECTORY, references
from validators.run import Hit, run
from validators.situation import LastYear, Situation, no_last_year, situate

UNREAD_CELL, UNKNOWN_CODE, NOT_LISTED = "COL-000", "COL-006", "COL-008"
EMPTY_UNTICKED, TICKED_BUT_FILLED, EMPTY, ROWS_MISSING = (f"NIL-00{number}" for number in (1, 2, 3, 4))
TASKS = "task"
LISTED = 200
"""Cells of one rule that are listed a file."""
WITHOUT_ROWS = (UNREADABLE, DUPLICATE, SUPERSEDED, IGNORED)
"""States of returns whose rows are not in the tables: nothing is said about their sheets and rows."""

RowKey = tuple[int, int]


@dataclass(frozen=True)
class Raw:
    """Which rows fail which checks, whatever cells nothing can be said about.

    Args:
        within: by sheet, the failing checks that look at this sheet only; further: those over several sheets.
    """

    situation: Situation
    within: tuple[list[Hit], ...]
    further: list[Hit]


@dataclass(frozen=True)
class Verdict:
    """What the checks say.

    Args:
        findings: in the order return, sheet, row, code.
        refused: sheet → (return index, Excel row) → codes of level 错误 that keep the row out of the merge,
            those from reading included; the vertical sheet has row 0.
        lost: sheet → row → column → codes of level 错误 that keep this cell out of the merge, not the row.
        open_cells: sheet → refused row → its columns that may be what is wrong.
    """

    findings: list[Finding]
    refused: dict[str, dict[RowKey, tuple[str, ...]]]
    lost: dict[str, dict[RowKey, dict[str, tuple[str, ...]]]] = field(default_factory=dict)
    open_cells: dict[str, dict[RowKey, frozenset[str]]] = field(default_factory=dict)


def validate(
    batch: Batch,
    *,
    as_of: date,
    year: int,
    policy: Policy,
    parameters: Parameters | None = None,
    last_year: LastYear = no_last_year,
    cap: int = LISTED,
) -> Verdict:
    """Findings of all returns, and the rows that they refuse.

    Args:
        as_of: day of judgement; year: the report year.
        parameters: the parameters in force; default: the pack's own on `as_of`.
        last_year: sheet → the merged rows of the year before, or None.
        cap: how many cells of one rule are listed a file; the rest is one finding 还有N处.
    """
    return judged(batch, failing(batch, as_of, year, parameters or Parameters(policy, as_of), last_year), cap)


def failing(batch: Batch, as_of: date, year: int, parameters: Parameters, last_year: LastYear = no_last_year) -> Raw:
    """The checks of `validate`, which take nearly all of its time."""
    situation = situate(batch, as_of, year, parameters, last_year)
    frames = {sheet.name: situation.frame(sheet.name) for sheet in batch.form.sheets}
    within = tuple(run(compiled(batch.form, name), frame) if len(frame) else [] for name, frame in frames.items())
    further = [hit for hit in (*_reference_hits(situation), *_cross_hits(situation)) if hit.bad.any()]
    return Raw(situation, within, further)


def judged(batch: Batch, raw: Raw, cap: int) -> Verdict:
    """What is said of the rows that fail, see `validate`.

    Args:
        batch: the batch of the checks, with the `problem_cells` of today: they are known to no check.
    """
    situation = raw.situation
    unknown = _Unknown(batch, situation)
    hits = [hit for own in raw.within for hit in unknown.settle(own)]
    hits += unknown.without_consequences(raw.further)
    hits = [hit for hit in hits if hit.bad.any()]
    reporter = Reporter(batch, situation, cap)
    located = [item for hit in hits for item in reporter.report(hit)]
    losses = Losses(batch.form)
    _lose_unread(batch, losses)
    for hit in hits:
        losses.add(situation.frame(hit.spec.sheet)[hit.bad], hit.spec)
    located += _sheet_findings(batch, situation, reporter, losses)
    located += _others_findings(batch, situation, cap, losses)
    return Verdict(
        findings=[item.finding for item in sorted(located, key=lambda item: item.order)],
        refused=losses.refused(),
        lost=losses.lost(),
        open_cells=losses.open_cells(),
    )


class _Unknown:
    """Cells that nothing can be said about: unreadable, in a column that the file lacks, blank though required.

    A rule that looks at such a cell is not reported for its row: the cell has a finding of its own.
    """

    def __init__(self, batch: Batch, situation: Situation) -> None:
        self._frames = situation.tables
        self._cells: dict[tuple[str, str], pd.Series] = {}
        for sheet, cells in batch.problem_cells.items():
            self._mark_unread(sheet, cells)
        for sheet in batch.form.sheets:
            for column in sheet.names:
                lacking = [
                    ret.index
                    for ret in batch.returns
                    if (place := ret.located.get(sheet.name)) and column not in (place.rows or place.letters)
                ]
                if lacking:
                    self.mark(sheet.name, column, self._frames[sheet.name]["_return"].isin(lacking))

    def _mark_unread(self, sheet: str, cells: Iterable[tuple[int, int, str]]) -> None:
        keys = pd.MultiIndex.from_frame(self._frames[sheet][["_return", "_row"]])
        by_column = defaultdict(list)
        for index, row, column in cells:
            by_column[column].append((index, row))
        for column, rows in by_column.items():
            self.mark(sheet, column, pd.Series(keys.isin(rows), index=self._frames[sheet].index))

    def mark(self, sheet: str, column: str, bad: pd.Series) -> None:
        """Adds cells."""
        known = self._cells.get((sheet, column))
        self._cells[sheet, column] = bad if known is None else known | bad

    def settle(self, hits: list[Hit]) -> list[Hit]:
        """The hits of one sheet without consequences; blank required cells and unknown choices count as unknown."""
        first = [hit for hit in hits if hit.spec.code in (REQUIRED, CHOICE) or hit.spec.asks_for_value]
        first = self.without_consequences(first)
        for hit in first:
            self.mark(hit.spec.sheet, hit.spec.at[0], hit.bad)
        rest = [hit for hit in hits if all(hit.spec is not other.spec for other in first)]
        return first + self.without_consequences(rest)

    def without_consequences(self, hits: Iterable[Hit]) -> list[Hit]:
        """The same hits, rows left out that rest on an unknown cell."""
        kept = []
        for hit in hits:
            bad = hit.bad
            if not bad.any():
                continue
            for column in hit.spec.touched:
                if (cells := self._cells.get((hit.spec.sheet, column))) is not None:
                    bad = bad & ~cells
            for sheet, column in hit.spec.far:
                if (cells := self._cells.get((sheet, column))) is not None:
                    returns = self._frames[sheet].groupby("_return").size()
                    unknown = self._frames[sheet].loc[cells, "_return"].value_counts()
                    lacking = unknown.index[unknown == returns.reindex(unknown.index)]
                    bad = bad & ~self._frames[hit.spec.sheet]["_return"].isin(lacking)
            kept.append(Hit(hit.spec, bad, hit.facts))
        return kept


def _reference_hits(situation: Situation) -> Iterator[Hit]:
    for sheet in situation.form.sheets:
        for column, outcome in references(situation, sheet.name):
            targets = dict.fromkeys(_target_label(situation, target) for target in column.references)
            listed = all(target.startswith(DIRECTORY) for target in column.references)
            record = entry(NOT_LISTED if listed else UNKNOWN_CODE)
            spec = Spec(
                code=record.code,
                severity=record.severity,
                sheet=sheet.name,
                at=(column.name,),
                message=record.message,
                fix=record.fix,
                touched=(column.name,),
                facts={"target": "、".join(label for label in targets if label)},
            )
            yield Hit(spec, ~outcome.good)


def _target_label(situation: Situation, target: str) -> str:
    sheet = target.split(".")[0]
    if sheet == DIRECTORY:
        return entry("DIRECTORY").message
    return f"“{situation.form.by_name[sheet].label}”表" if sheet in situation.form.by_name else ""


def _cross_hits(situation: Situation) -> Iterator[Hit]:
    for rule in situation.form.rules:
        if is_cross(rule) and len(situation.frame(rule.sheet)):
            bound = bind(rule, CROSS[rule.check], situation.form, CROSS_FACTS.get(rule.check, ()))
            outcome = bound.check(situation, rule.sheet, **bound.args)
            yield Hit(spec_of(bound), ~outcome.good, outcome.facts)


def _lose_unread(batch: Batch, losses: Losses) -> None:
    """Cells that could not be read, under the codes that reading gave them."""
    codes = defaultdict(list)
    for ret in batch.returns:
        titles = {place.title: sheet for sheet, place in ret.located.items()}
        for finding in ret.findings:
            for cell in finding.cells:
                codes[ret.index, titles.get(finding.sheet, ""), cell].append(finding.code)
    for sheet, cells in batch.problem_cells.items():
        for index, row, column in sorted(cells):
            if batch.returns[index].state in WITHOUT_ROWS:
                continue
            address = batch.cells(index, sheet, (column,), row)
            found = codes.get((index, sheet, address[0])) if address else None
            losses.cell(sheet, (index, row), column, found or [UNREAD_CELL])


def _others_findings(batch: Batch, situation: Situation, cap: int, losses: Losses) -> Iterator[Placed]:
    """Rows that are another unit's: none of them is merged, and nothing else is said about them."""
    if not situation.others:
        return
    reporter, record = Reporter(batch, replace(situation, tables=situation.others), cap), entry(OTHERS_ROW)
    for sheet, frame in situation.others.items():
        at = owner_columns(batch.form.by_name[sheet])[:1]
        spec = Spec(record.code, record.severity, sheet, at, record.message, record.fix, touched=at)
        names = {unit.code: f"{unit.code} {unit.name}" for unit in batch.units}
        facts = {"owner": frame[OWNER].map(lambda code, names=names: names.get(code, code))}
        yield from reporter.report(Hit(spec, pd.Series(True, index=frame.index), facts))
        losses.whole(sheet, frame, record.code)


def _sheet_findings(batch: Batch, situation: Situation, reporter: Reporter, losses: Losses) -> Iterator[Placed]:
    """Empty sheets, ticks that contradict, printed rows that are gone."""
    readable = [ret for ret in batch.returns if ret.state not in (UNREADABLE, DUPLICATE, IGNORED, SUPERSEDED)]
    for sheet in batch.form.sheets:
        frame = situation.frame(sheet.name)
        counts = frame["_return"].value_counts()
        gone = _missing_rows(sheet, frame)
        for ret in readable:
            if sheet.name not in ret.located:
                continue
            place = partial(reporter.about_sheet, ret, sheet)
            ticked, count = sheet.name in ret.nil, int(counts.get(ret.index, 0))
            if ticked and count:
                yield place(TICKED_BUT_FILLED, count=count)
                spec = Spec(TICKED_BUT_FILLED, ERROR, sheet.name, (), "", "")
                losses.add(frame[frame["_return"] == ret.index], spec)
            elif not count and not ticked and sheet.use == "required" and _asked(batch, situation, ret, sheet):
                yield place(EMPTY_UNTICKED if sheet.nil_allowed else EMPTY)
            elif count and gone.get(ret.index):
                yield place(ROWS_MISSING, rows="、".join(gone[ret.index]))


def _asked(batch: Batch, situation: Situation, ret: Return, sheet: Sheet) -> bool:
    """Whether the unit was asked anything on a sheet; a task list without a row for units of its kind is empty."""
    unit = batch.units.get(ret.unit)
    if sheet.name != TASKS or situation.parameters is None or unit is None or not unit.level:
        return True
    return bool(bundles_for(situation.parameters.policy, unit))


def _missing_rows(sheet: Sheet, frame: pd.DataFrame) -> dict[int, list[str]]:
    """By return: keys of printed rows that every unit gets and that are not there.

    Rows of the task list differ by unit, so none of them can be said to be missing.
    """
    keys = [row.key for row in sheet.fixed_rows if "stat_key" in row.values]
    if not keys:
        return {}
    present = frame.groupby("_return")[sheet.key[0]].agg(set)
    return {index: [key for key in keys if key not in found] for index, found in present.items()}
