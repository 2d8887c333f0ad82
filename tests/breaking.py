"""Rounds in memory of which one cell is broken: what the figures were, what they are now."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.compliance import compliance
from toolkit.compute.levels import worst
from toolkit.job import Job, campaign_job
from toolkit.merge import merge
from toolkit.model.batch import Batch
from toolkit.model.finding import ERROR
from toolkit.model.form import Column
from toolkit.model.result import UNDETERMINED, AllowanceReport, ComplianceReport
from toolkit.pipeline import read
from toolkit.selecting import select
from toolkit.trial import write_sample
from toolkit.validating import validate

WRONG = "不知道"
MOBILE = "13812345678"
NOWHERE = "999999-99"


@dataclass(frozen=True)
class Break:
    """One broken cell: the sheet, the place in its frame, the column, how, and the new value (None = unreadable)."""

    sheet: str
    at: int
    column: str
    how: str
    value: object = None

    def __str__(self) -> str:
        return f"{self.sheet}[{self.at}].{self.column} {self.how} {self.value}"


@dataclass(frozen=True)
class Figures:
    """What a round comes to.

    Args:
        levels: (unit, clause) → worst level and its reasons.
        due: (file, row) of a post → amount due.
        errors: (file, sheet label, cell) of every 错误.
    """

    levels: dict[tuple[str, str], tuple[str, str]]
    due: dict[tuple[str, int], object]
    errors: frozenset[tuple[str, str, str]]


class Story:
    """An invented round, read once.

    Args:
        day: of judgement; None = the middle of January after the year.
    """

    def __init__(self, folder: Path, policy: str, units: int, seed: int, day: date | None = None) -> None:
        campaign = write_sample(folder / f"{policy}-{seed}", policy=policy, units=units, seed=seed, defects="none")
        self.job: Job = campaign_job(campaign, day or date(campaign.year + 1, 1, 15))
        self.batch: Batch = read(self.job)
        select(self.batch, {})
        self.whole = self.figures(self.batch)

    def figures(self, batch: Batch) -> Figures:
        """Validates, merges and computes."""
        job = self.job
        facts = {"as_of": job.as_of, "year": job.year, "policy": job.policy, "parameters": job.parameters}
        verdict = validate(batch, **facts)
        losses = {"lost": verdict.lost, "open_cells": verdict.open_cells}
        dataset = merge(batch, verdict.refused, verdict.findings, job.year, **losses).dataset()
        paid: AllowanceReport = allowance(dataset, job.policy, job.parameters, job.as_of)
        report: ComplianceReport = compliance(
            dataset, job.policy, job.parameters, job.as_of, allowance_results(paid, job.policy)
        )
        return Figures(
            _levels(report),
            {(row.evidence[0].file, row.evidence[0].row): row.due for row in paid.persons},
            frozenset(
                (one.file, one.sheet, cell)
                for one in verdict.findings
                if one.severity == ERROR
                for cell in one.cells or ("",)
            ),
        )

    def breaks(self, chance: random.Random) -> Iterator[Break]:
        """Every way in which a cell of the round can be broken, in any order, without end."""
        sheets = [sheet for sheet in self.job.form.sheets if len(self.batch.tables[sheet.name])]
        while True:
            sheet = chance.choice(sheets)
            frame = self.batch.tables[sheet.name]
            at = chance.randrange(len(frame))
            column = chance.choice([column for column in sheet.columns if column.name in frame.columns])
            how, value = chance.choice(_ways(column))
            yield Break(sheet.name, at, column.name, how, value)

    def broken(self, one: Break) -> Figures | None:
        """The figures with one cell broken; None when nothing is said to be wrong with it."""
        batch = self._with(one)
        found = self.figures(batch)
        row = batch.tables[one.sheet].iloc[one.at]
        ret = batch.returns[int(row["_return"])]
        cells = batch.cells(ret.index, one.sheet, (one.column,), int(row["_row"]))
        said = {(file, cell) for file, _, cell in found.errors - self.whole.errors}
        unread = one.how == "unread"
        return found if unread or any((ret.file, cell) in said for cell in cells) else None

    def _with(self, one: Break) -> Batch:
        frame = self.batch.tables[one.sheet].copy()
        column = frame.columns.get_loc(one.column)
        value = one.value
        if value is None:
            value = pd.NaT if str(frame.dtypes.iloc[column]).startswith("datetime") else None
        if isinstance(value, date):
            value = pd.Timestamp(value)
        values = frame.iloc[:, column].tolist()
        values[one.at] = value
        frame[one.column] = pd.Series(values, index=frame.index, dtype=frame.dtypes.iloc[column])
        cells = {sheet: set(found) for sheet, found in self.batch.problem_cells.items()}
        if one.how == "unread":
            row = frame.iloc[one.at]
            cells.setdefault(one.sheet, set()).add((int(row["_return"]), int(row["_row"]), one.column))
        returns = [copy(item) for item in self.batch.returns]
        tables = {**self.batch.tables, one.sheet: frame}
        return replace(self.batch, tables=tables, problem_cells=cells, returns=returns)


def _ways(column: Column) -> list[tuple[str, object]]:
    """How a cell of a column can be broken."""
    ways: list[tuple[str, object]] = [("unread", None), ("blank", None)]
    if column.type == "choice":
        ways.append(("wrong choice", WRONG))
    if column.type == "integer":
        ways.append(("negative", -3))
    if column.type == "date":
        ways += [("early", date(1890, 1, 1)), ("late", date(2099, 1, 1))]
    if column.type == "text":
        ways += [("mobile", MOBILE), ("elsewhere", NOWHERE)]
    return ways


def _levels(report: ComplianceReport) -> dict[tuple[str, str], tuple[str, str]]:
    levels, reasons = defaultdict(list), defaultdict(list)
    for one in report.results:
        levels[one.unit, one.clause].append(one.level)
        reasons[one.unit, one.clause].append(f"{one.subject} {one.level} {one.reason}")
    return {key: (worst(found), "\n      ".join(reasons[key])) for key, found in levels.items()}


def changes(before: Figures, after: Figures) -> list[str]:
    """What may not change when a cell is broken: a level other than to 无法判定, an amount other than to unknown."""
    found = []
    for key, (level, why) in before.levels.items():
        now, reason = after.levels.get(key, ("—", ""))
        if now not in (level, UNDETERMINED):
            found.append(f"{key}: {level} → {now}\n      {why}\n   →  {reason}")
    for row, amount in before.due.items():
        now = after.due.get(row, "—")
        if now is not None and now != amount and (amount or now != "—"):
            found.append(f"应发 {row}: {amount} → {now}")
    return found
