"""A job after reading and checking, and what is computed from it when it is asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit import log
from toolkit.job import Job
from toolkit.model.batch import IGNORED, Batch, Dataset
from toolkit.model.dispute import Dispute
from toolkit.model.figures import Figures
from toolkit.model.finding import ERROR, Finding
from toolkit.model.merged import Merged
from toolkit.model.people import Rulings
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.withholding import suppress_small_counts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from toolkit.feedback.reading import Received
    from toolkit.fix_plan import Plan
    from toolkit.validating import Raw

NO_CAP = 10**9


@dataclass
class Checked:
    """A job after reading, selecting, validating: what a merge does is known."""

    job: Job
    batch: Batch
    findings: list[Finding]
    merged: Merged
    raw: Raw | None
    """The rows that fail, before what is known of single cells."""
    earlier: dict[int, dict[str, dict[int, str]]] = field(default_factory=dict)
    """Explanations of the round before: return index → sheet title → row → text."""
    disputes: tuple[Dispute, ...] = ()
    rulings: Rulings = field(default_factory=Rulings)
    """See `Dataset.rulings`."""

    @property
    def has_errors(self) -> bool:
        """Whether any finding is at level 错误."""
        return any(finding.severity == ERROR for finding in self.findings)

    def replacing(self, *targets: Path, early: bool = False) -> AbstractContextManager[object]:
        """To be opened around the writing of outputs, which are put in place together, at the end; may be nested.

        Good ones are not replaced by those of an emptied 回收.

        Raises: XltoolError: K021, K022 see `toolkit.campaign.replacing`; nothing is written then.
        """
        from toolkit.campaign.replacing import replacing

        if self.job.campaign is None:
            return self.job.writing()
        counted = len({item.unit for item in self.batch.returns if item.counts})
        files = sum(item.state != IGNORED for item in self.batch.returns)
        return replacing(self.job.campaign, files, counted, targets, fewer=self.job.fewer, early=early)

    @cached_property
    def allowance(self) -> AllowanceReport:
        """The allowances of the merged data."""
        from toolkit.compute.allowance import allowance

        with log.step("allowance"):
            return allowance(self.dataset, self.job.policy, self.job.parameters, self.job.as_of)

    @cached_property
    def compliance(self) -> ComplianceReport:
        """The levels of all clauses, those of the allowances included."""
        from toolkit.compute.allowance import allowance_results
        from toolkit.compute.compliance import compliance

        extra = allowance_results(self.allowance, self.job.policy)
        with log.step("compliance"):
            return compliance(self.dataset, self.job.policy, self.job.parameters, self.job.as_of, extra)

    @cached_property
    def dataset(self) -> Dataset:
        """What the computations see: the merged rows, last year's key figures, what feedback sheets credited."""
        from toolkit.feedback import credited

        return credited(self.returned_dataset, self.feedback.credits) if self.feedback else self.returned_dataset

    @cached_property
    def returned_dataset(self) -> Dataset:
        """The merged rows as they came, with last year's key figures."""
        from toolkit.campaign.prior import prior_figures

        made = self.merged.dataset(prior_figures(self.job.campaign) if self.job.campaign else None)
        tables = {sheet: self._there_yet(sheet, frame) for sheet, frame in made.tables.items()}
        rejected = {
            sheet: self._there_yet(sheet, self._still_doubtful(sheet, frame)) for sheet, frame in made.rejected.items()
        }
        awaits = self.job.campaign.lower if self.job.campaign else ()
        return replace(made, rulings=self.rulings, tables=tables, rejected=rejected, awaits=awaits)

    def _there_yet(self, sheet: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The records as they were on the day of judgement: what began later is not there, what ended or was done later
        has not been; one without a readable date may have been there.
        """
        known = self.merged.form.by_name[sheet]
        if (later := self._later(sheet, frame, known.since)).any():
            frame = frame[~later].reset_index(drop=True)
        for name in (known.until, *known.happened):
            if (later := self._later(sheet, frame, name)).any():
                frame = frame.assign(**{name: frame[name].mask(later)})
        return frame

    def _later(self, sheet: str, frame: pd.DataFrame, column: str) -> np.ndarray:
        """Where a date lies after the day of judgement; one that is wrong says nothing."""
        import numpy as np

        if column not in frame:
            return np.zeros(len(frame), dtype=bool)
        later = (frame[column] > np.datetime64(self.job.as_of, "s")).to_numpy()
        wrong = self.merged.refused_cells.get(sheet, {})
        if not wrong or not later.any():
            return later
        keys = zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)
        return later & [column not in wrong.get(key, ()) for key in keys]

    def _still_doubtful(self, sheet: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Refused rows that may still become data: not those that their unit, or the bureau, gave to another unit."""
        given = {(at.source, at.row) for one in self.disputes for at in one.given_up if at.sheet == sheet}
        if not given:
            return frame
        keys = zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)
        return frame[[key not in given for key in keys]].reset_index(drop=True)

    @cached_property
    def feedback(self) -> Received | None:
        """What the feedback sheets in the round's folder 反馈 say; None when there are none."""
        from toolkit.feedback.files import received

        return received(self.job.campaign, self.returned_dataset, self.job.as_of) if self.job.campaign else None

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """File → the fewest steps that clear the most problems, counted again after simulating the first ones."""
        from toolkit.fix_plan import plans, settled, simulated
        from toolkit.validating import judged

        batch = self.batch
        made = plans(self.findings, batch.returns, batch.form)
        if not made:
            return {}
        again = judged(replace(batch, problem_cells=simulated(batch, made)), self.raw, NO_CAP).findings
        return settled(made, again, self.findings, batch.returns, batch.form)

    @cached_property
    def figures(self) -> Figures:
        """The figures of every output: cells, rates, 总评, the account of the money.

        Raises: XltoolError: ALW-003 the money does not balance; nothing may be written then.
        """
        from toolkit.compute.allowance.account import account
        from toolkit.compute.figures import figures_of

        money = account(self.batch, self.merged, self.allowance)
        return figures_of(self.published, self.job.policy, self.job.parameters, money)

    @cached_property
    def published(self) -> ComplianceReport:
        """The levels as they may leave: small sensitive totals without figures."""
        return suppress_small_counts(self.compliance, self.job.policy, self.job.form)
