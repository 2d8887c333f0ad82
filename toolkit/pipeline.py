"""The order of the stages: read, select, validate, hear the units' explanations, merge.

Every command of the CLI and every button runs `check` of a `Job` and writes what it needs of the `Checked`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from toolkit import log
from toolkit.campaign import MEMORY, UNIT_LIST, Campaign, tabs
from toolkit.campaign.aliases import confirmed, lookup
from toolkit.campaign.prior import rows_then
from toolkit.campaign.words import campaign_words
from toolkit.checked import Checked
from toolkit.job import Job
from toolkit.listed import follow_list
from toolkit.merge import merge
from toolkit.model.batch import ACCEPTED, WITH_ERRORS, Batch
from toolkit.model.duties import SPEAKS, YES
from toolkit.model.finding import ERROR, QUERY, Finding
from toolkit.model.privacy import mask
from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns, trace
from toolkit.round_trip.changes import vanished
from toolkit.round_trip.disputes import settle
from toolkit.round_trip.explaining import hear
from toolkit.round_trip.own_tasks import own_tasks
from toolkit.round_trip.suggesting import suggested
from toolkit.round_trip.words import round_words
from toolkit.selecting import select
from toolkit.validating import LISTED, failing, judged
from validators.situation import no_last_year


def read(job: Job, gone: Sequence[tuple[str, str]] = ()) -> Batch:
    """The files of a job, read with the labels and sheets that a person confirmed for the round.

    Args:
        gone: name and SHA-256 of contents that are there no more, to be read from what is kept of them.
    """
    given: dict = {"expected": job.expected, "progress": job.progress, "passwords": job.passwords}
    given["fresh"] = job.fresh
    if job.campaign:
        given["aliases"] = lookup(confirmed(job.campaign.folder))
        given["tabs"] = tabs.lookup(tabs.confirmed(job.campaign))
        given["memory_folder"] = job.campaign.folder / MEMORY / "read"
        given |= {"known": job.campaign.ledger.first_seen().keys(), "gone": gone}
    return read_returns(job.files, job.form, job.units, **given)


def check(job: Job) -> Checked:
    """Reads, selects, validates and merges in memory; writes nothing but the ledger.

    Raises: XltoolError: K006 another run is at work on the round.
    """
    with job.exclusive():
        with log.step("read", files=len(job.files)):
            batch = read(job)
        ledger = job.campaign.ledger if job.campaign else None
        memory = (ledger.chosen(), ledger.first_seen(), ledger.chosen_at()) if ledger else ({},)
        selection = select(batch, *memory)
        selection += _about_the_list(batch, job)
        with log.step("validate", rows=sum(map(len, batch.tables.values()))):
            last_year = partial(rows_then, job.campaign) if job.campaign else no_last_year
            raw = failing(batch, job.as_of, job.year, job.parameters, last_year)
            verdict = judged(batch, raw, LISTED)
        if not len(batch.units):  # only now: a list made of the returns is no list to check them against
            batch.units = job.units = _units_of(batch)
        more = read_returns(job.answers, job.form, job.units) if job.answers else None
        disputed = settle(batch, verdict, job, raw.situation, more)
        verdict = disputed.verdict
        own = [finding for item in batch.returns for finding in item.findings]
        gone = vanished(batch, job.campaign) if job.campaign else []
        heard = hear(batch, [*own, *selection, *verdict.findings, *gone], job.campaign)
        findings = sorted(suggested(batch, heard.findings, job.campaign), key=_place(batch))
        errors = {finding.file for finding in findings if finding.severity == ERROR}
        for item in batch.returns:
            if item.state == ACCEPTED and (item.file in errors or item.blocked):
                item.state = WITH_ERRORS
        losses = {"lost": verdict.lost, "open_cells": verdict.open_cells}
        with log.step("merge", findings=len(findings)):
            merged = merge(batch, verdict.refused, findings, job.year, **losses)
        if job.campaign:
            _note_returns(job.campaign, batch, findings)
            job.campaign.ledger.record_explanations(heard.records)
            job.campaign.ledger.record_dispute_replies(disputed.replies, round_words().disputes)
    return Checked(job, batch, findings, merged, raw, heard.earlier, disputed.disputes, disputed.rulings)


def _about_the_list(batch: Batch, job: Job) -> list[Finding]:
    """The bureau's own tasks: where the unit list and the workbooks disagree, and what looks wrong in the list."""
    place = UNIT_LIST, campaign_words().unit_list["units"]
    return [*follow_list(batch, job.policy, *place), *(own_tasks(job.campaign) if job.campaign else ())]


def _place(batch: Batch) -> Callable[[Finding], tuple]:
    """Sort key: unit in official order, its files by name, sheet in form order, severity, code, first cell."""
    files = {item.file: (*batch.units.place(item.unit), item.index) for item in batch.returns}
    sheets = {sheet.label: number for number, sheet in enumerate(batch.form.sheets)}
    severities = {ERROR: 0, QUERY: 1}

    def key(finding: Finding) -> tuple:
        return (
            files.get(finding.file, (*batch.units.place(finding.unit), len(files))),
            sheets.get(finding.sheet, -1),
            severities.get(finding.severity, 2),
            finding.code,
            finding.cells,
            finding.message,
        )

    return key


def _units_of(batch: Batch) -> UnitList:
    """The units that the returns themselves name, by code; used when there is no unit list."""
    units: dict[str, Unit] = {}
    for row in batch.tables["unit"].to_dict("records"):
        code = row["_unit"] or row["unit_code"]
        if code and code not in units:
            units[code] = Unit(
                code=code,
                name=mask(row["unit_name"] or code, typed=True),
                category=row["unit_category"] or "",
                level=row["admin_level"] or "",
                speaks=row.get(SPEAKS) == YES,
                parent=row["parent_unit_code"] or "",
            )
    return UnitList(tuple(units[code] for code in sorted(units)))


def _note_returns(campaign: Campaign, batch: Batch, findings: list[Finding]) -> None:
    files = {item.file: item.index for item in batch.returns}
    errors = Counter(files[f.file] for f in findings if f.severity == ERROR and f.file in files)
    queries = Counter(files[f.file] for f in findings if f.severity == QUERY and f.file in files)
    may_be_empty = {sheet.name for sheet in batch.form.sheets if sheet.nil_allowed}
    nil = {item.index for item in batch.returns if may_be_empty and may_be_empty <= item.nil}
    traces = {item.index: trace(item.file, item.path) for item in batch.returns if not item.sha256}
    campaign.ledger.record_returns(batch.returns, dict(errors), dict(queries), nil, traces, batch.units.names)
