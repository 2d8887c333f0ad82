"""The order of the stages: what to read, read, select, validate, merge, compute, summarise.

Every command of the CLI and every button calls one function of this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.aliases import confirmed, lookup
from toolkit.campaign import ISSUED, OUTPUT, SENT_BACK, Campaign, is_campaign, open_campaign
from toolkit.changes import vanished, write_changes
from toolkit.explaining import hear
from toolkit.files import write_whole
from toolkit.forms import load_form
from toolkit.merge import merge
from toolkit.model.batch import ACCEPTED, WITH_ERRORS, Batch, Dataset
from toolkit.model.errors import XltoolError
from toolkit.model.finding import ERROR, QUERY, Finding
from toolkit.model.form import Form
from toolkit.model.merged import Merged
from toolkit.model.policy import Parameters, Policy
from toolkit.model.result import AllowanceReport, ComplianceReport
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.model.withholding import withheld
from toolkit.policies import load_policy, policy_ids
from toolkit.reading import peek_stamp, read_returns, visible
from toolkit.selecting import select
from toolkit.validating import validate
from toolkit.words import words

if TYPE_CHECKING:
    from toolkit.fix_plan import Plan

Progress = Callable[[int, int], None]
NO_CAP = 10**9
_OURS = {ISSUED, SENT_BACK, OUTPUT, ".xltool"}


@dataclass
class Job:
    """What one run works on.

    Args:
        files: (name as shown, path), in a fixed order.
        expected: the identity that every return must carry; its empty fields are not compared.
        campaign: None when a folder of returned workbooks is all there is.
        passwords: unit name or code → passwords to open its workbooks; under "" those to try on every file.
    """

    policy: Policy
    form: Form
    units: UnitList
    year: int
    files: list[tuple[str, Path]]
    expected: Stamp
    as_of: date
    campaign: Campaign | None = None
    progress: Progress | None = None
    passwords: dict[str, list[str]] = field(default_factory=dict)
    parameters: Parameters = field(init=False)
    _alone: bool = field(default=False, init=False)

    @contextmanager
    def exclusive(self):
        """Only one run at a time works on the round, from reading to the last output; may be nested.

        Raises: XltoolError: K006 another run is at work on the round.
        """
        with self.campaign.exclusive() if self.campaign and not self._alone else nullcontext():
            before, self._alone = self._alone, True
            try:
                yield
            finally:
                self._alone = before

    @property
    def title(self) -> str:
        """The title printed on every output."""
        return self.campaign.title if self.campaign else self.form.title

    def __post_init__(self) -> None:
        overrides = self.campaign.overrides if self.campaign else {}
        self.parameters = Parameters(self.policy, self.as_of, overrides)


def job_for(
    paths: Sequence[Path], *, policy: str = "", as_of: date | None = None, progress: Progress | None = None
) -> Job:
    """The job of a campaign folder, or of files and folders.

    Args:
        paths: one campaign folder, or any files and folders; none = the current folder.
        policy: pack id or folder; without it the stamps of the files decide.
    Raises: XltoolError: K004 nothing to read, K009 stamps of several policies, and those of the campaign.
    """
    as_of = as_of or date.today()
    if len(paths) <= 1 and is_campaign(paths[0] if paths else Path()):
        return campaign_job(open_campaign(paths[0] if paths else Path()), as_of, progress)
    files = list(_scan(paths or [Path()]))
    if not files:
        raise XltoolError("K004", what="、".join(str(path) for path in paths) or "当前文件夹")
    named = load_policy(policy) if policy else None
    stamp = _common_stamp(files, named.id if named else "")
    chosen = named or load_policy(stamp.policy or policy_ids()[0])
    switches = frozenset(stamp.switches.split(",")) - {""}
    return Job(
        policy=chosen,
        form=load_form(chosen, switches),
        units=UnitList(),
        year=int(stamp.year) if stamp.year.isdigit() else as_of.year,
        files=files,
        expected=Stamp(policy=chosen.id, year=stamp.year, campaign=stamp.campaign),
        as_of=as_of,
        progress=progress,
    )


def campaign_job(campaign: Campaign, as_of: date, progress: Progress | None = None) -> Job:
    """The job of a collection round: everything in its folder 回收."""
    return Job(
        policy=campaign.policy,
        form=campaign.form,
        units=campaign.units,
        year=campaign.year,
        files=list(_scan([campaign.inbox])) if campaign.inbox.is_dir() else [],
        expected=campaign.stamp,
        as_of=as_of,
        campaign=campaign,
        progress=progress,
    )


def _scan(paths: Iterable[Path]) -> Iterable[tuple[str, Path]]:
    """(name as shown, path) of every file below the paths, our own output folders left out."""
    for path in paths:
        if path.is_dir():
            inner = [item for item in path.rglob("*") if not item.is_dir() or item.is_symlink()]
            for item in sorted(inner, key=lambda item: item.relative_to(path).as_posix()):
                parts = item.relative_to(path).parts
                if not _OURS & set(parts[:-1]):
                    yield visible("/".join(parts)), item
        elif path.exists() or path.is_symlink():
            yield visible(path.name), path
        else:
            raise XltoolError("K010", what=path)


def _common_stamp(files: Sequence[tuple[str, Path]], policy: str) -> Stamp:
    """What most stamps say; the policy must be one and the same unless the user names it."""
    stamps = [stamp for _, path in files if (stamp := peek_stamp(path))]
    policies = Counter(stamp.policy for stamp in stamps if stamp.policy in policy_ids())
    if not policy and len(policies) > 1:
        raise XltoolError("K009", policies="、".join(sorted(policies)))
    name = policy or next(iter(policies), "")
    alike = [stamp for stamp in stamps if stamp.policy == name]

    def most(values: Iterable[str]) -> str:
        ranked = Counter(value for value in values if value).most_common()
        return max(ranked, key=lambda item: (item[1], item[0]))[0] if ranked else ""

    campaigns = {stamp.campaign for stamp in alike}
    return Stamp(
        policy=name,
        year=most(stamp.year for stamp in alike),
        switches=most(stamp.switches for stamp in alike),
        campaign=campaigns.pop() if len(campaigns) == 1 else "",
    )


@dataclass
class Checked:
    """A job after reading, selecting, validating: what a merge does is known."""

    job: Job
    batch: Batch
    findings: list[Finding]
    merged: Merged
    earlier: dict[int, dict[str, dict[int, str]]] = field(default_factory=dict)
    """Explanations of the round before: return index → sheet title → row → text."""

    @property
    def has_errors(self) -> bool:
        """Whether any finding is at level 错误."""
        return any(finding.severity == ERROR for finding in self.findings)

    @cached_property
    def allowance(self) -> AllowanceReport:
        """The allowances of the merged data."""
        from toolkit.compute.allowance import allowance

        return allowance(self.dataset, self.job.policy, self.job.parameters, self.job.as_of)

    @cached_property
    def compliance(self) -> ComplianceReport:
        """The levels of all clauses, those of the allowances included."""
        from toolkit.compute.allowance import allowance_results
        from toolkit.compute.compliance import compliance

        extra = allowance_results(self.allowance, self.job.policy)
        return compliance(self.dataset, self.job.policy, self.job.parameters, self.job.as_of, extra)

    @cached_property
    def dataset(self) -> Dataset:
        """What the computations see, last year's key figures included."""
        from toolkit.prior import prior_figures

        return self.merged.dataset(prior_figures(self.job.campaign) if self.job.campaign else None)

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """File → the fewest steps that clear the most problems, counted again after simulating the first ones."""
        from toolkit.fix_plan import plans, settled, simulated

        batch, job = self.batch, self.job
        made = plans(self.findings, batch.returns, batch.form)
        if not made:
            return {}
        fixed = replace(batch, problem_cells=simulated(batch, made))
        facts = {"as_of": job.as_of, "year": job.year, "policy": job.policy, "parameters": job.parameters}
        again = validate(fixed, **facts, cap=NO_CAP).findings
        return settled(made, again, self.findings, batch.returns, batch.form)

    @cached_property
    def published(self) -> ComplianceReport:
        """The levels as they may leave: small sensitive totals without figures."""
        return withheld(self.compliance, self.job.policy, self.job.form)


def read(job: Job) -> Batch:
    """The files of a job, read with the labels that a person confirmed for the round."""
    given = {"expected": job.expected, "progress": job.progress, "passwords": job.passwords}
    given["aliases"] = lookup(confirmed(job.campaign.folder)) if job.campaign else None
    return read_returns(job.files, job.form, job.units, **given)


def check(job: Job) -> Checked:
    """Reads, selects, validates and merges in memory; writes nothing but the ledger.

    Raises: XltoolError: K006 another run is at work on the round.
    """
    with job.exclusive():
        batch = read(job)
        ledger = job.campaign.ledger if job.campaign else None
        memory = (ledger.chosen(), ledger.first_seen(), ledger.chosen_at()) if ledger else ({},)
        selection = select(batch, *memory)
        verdict = validate(batch, as_of=job.as_of, year=job.year, policy=job.policy, parameters=job.parameters)
        if not len(batch.units):  # only now: a list made of the returns is no list to check them against
            batch.units = job.units = _units_of(batch)
        own = [finding for item in batch.returns for finding in item.findings]
        gone = vanished(batch, job.campaign) if job.campaign else []
        heard = hear(batch, [*own, *selection, *verdict.findings, *gone], job.campaign)
        findings = sorted(heard.findings, key=_place(batch))
        errors = {finding.file for finding in findings if finding.severity == ERROR}
        for item in batch.returns:
            if item.state == ACCEPTED and (item.file in errors or item.blocked):
                item.state = WITH_ERRORS
        merged = merge(batch, verdict.refused, findings, job.year)
        if job.campaign:
            _note_returns(job.campaign, batch, findings)
            job.campaign.ledger.record_explanations(heard.records)
    return Checked(job, batch, findings, merged, heard.earlier)


def _place(batch: Batch) -> Callable[[Finding], tuple]:
    """Sort key: file in reading order, sheet in form order, severity, code, first cell."""
    files = {item.file: item.index for item in batch.returns}
    sheets = {sheet.label: number for number, sheet in enumerate(batch.form.sheets)}
    severities = {ERROR: 0, QUERY: 1}

    def key(finding: Finding) -> tuple:
        return (
            files.get(finding.file, len(files)),
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
                name=row["unit_name"] or code,
                category=row["unit_category"] or "",
                level=row["admin_level"] or "",
                parent=row["parent_unit_code"] or "",
            )
    return UnitList(tuple(units[code] for code in sorted(units)))


def _note_returns(campaign: Campaign, batch: Batch, findings: list[Finding]) -> None:
    files = {item.file: item.index for item in batch.returns}
    errors = Counter(files[f.file] for f in findings if f.severity == ERROR and f.file in files)
    queries = Counter(files[f.file] for f in findings if f.severity == QUERY and f.file in files)
    may_be_empty = {sheet.name for sheet in batch.form.sheets if sheet.nil_allowed}
    nil = {item.index for item in batch.returns if may_be_empty and may_be_empty <= item.nil}
    campaign.ledger.record_returns(batch.returns, dict(errors), dict(queries), nil)


def write_findings(checked: Checked, path: Path) -> Path:
    """Writes 问题清单.xlsx and returns its path."""
    from toolkit.summary.findings import findings_workbook

    batch, title = checked.batch, checked.job.title
    data = findings_workbook(checked.findings, batch.returns, batch.units, title, checked.plans)
    write_whole(path, data)
    return path


def write_marked(checked: Checked, folder: Path | None = None) -> list[Path]:
    """Writes into 退回 what goes back to the units, marked copies of their own files, and returns the paths."""
    from toolkit.sending_back import send_back

    job = checked.job
    folder = folder or (job.campaign.folder if job.campaign else Path()) / SENT_BACK
    more = {"title": job.title, "earlier": checked.earlier, "plans": checked.plans, "campaign": job.campaign}
    return send_back(checked.batch, checked.findings, folder, **more)


def write_merged(checked: Checked, book: Path) -> list[Path]:
    """Writes 汇总数据.xlsx and one Parquet file a sheet; returns their paths."""
    from toolkit.summary.merged import merged_workbook, write_parquet

    merged_workbook(checked.merged, book)
    folder = book.with_name(book.stem + "_parquet")
    return [book, *write_parquet(checked.merged, folder)]


def write_allowance_book(checked: Checked, path: Path) -> Path:
    """Writes 工作补贴发放表.xlsx and returns its path."""
    from toolkit.summary.allowance_book import allowance_workbook
    from toolkit.summary.grouping import organisation_names

    job, names = checked.job, organisation_names(checked.dataset)
    write_whole(path, allowance_workbook(checked.allowance, job.policy, checked.batch.units, job.title, names))
    return path


def write_compliance_book(checked: Checked, path: Path) -> Path:
    """Writes 达标情况.xlsx and returns its path."""
    from toolkit.summary.compliance_book import compliance_workbook

    job = checked.job
    write_whole(path, compliance_workbook(checked.published, job.policy, checked.batch.units, job.title))
    return path


def write_overview_book(checked: Checked, path: Path) -> Path:
    """Writes 综合汇总.xlsx and returns its path."""
    from toolkit.summary.overview_book import overview_workbook

    data = overview_workbook(
        checked.merged, checked.dataset, checked.allowance, checked.published, checked.job.policy, checked.job.title
    )
    write_whole(path, data)
    return path


def write_summaries(checked: Checked, folder: Path) -> list[Path]:
    """Writes 工作补贴发放表, 达标情况 and 综合汇总; returns their paths."""
    files = words()["files"]
    return [
        write_allowance_book(checked, folder / files["allowance"]),
        write_compliance_book(checked, folder / files["compliance"]),
        write_overview_book(checked, folder / files["overview"]),
    ]


def write_all(checked: Checked, folder: Path) -> list[Path]:
    """Writes everything a run gives: 问题清单, 汇总数据 with Parquet, the three summaries, 台账名册."""
    from toolkit.registers_files import write_registers

    files = words()["files"]
    return [
        write_findings(checked, folder / files["findings"]),
        *write_merged(checked, folder / files["merged"]),
        *write_changes(checked, folder),
        *write_summaries(checked, folder),
        write_registers(checked, folder / files["registers"]),
    ]
