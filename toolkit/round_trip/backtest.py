"""Today's rules over an earlier round's accepted returns: what would be refused that was accepted then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from toolkit.campaign import Campaign
from toolkit.campaign.prior import merged_dataset
from toolkit.checked import Checked
from toolkit.fix_plan import problems
from toolkit.job import Job, campaign_job
from toolkit.model.batch import COUNTING
from toolkit.model.errors import XltoolError
from toolkit.model.finding import ERROR, HINT
from toolkit.model.form import Form
from toolkit.model.stamp import Stamp
from toolkit.pipeline import check
from toolkit.round_trip.signing import Signature, signatures

SUSPICIOUS = 0.05
"""Share of the accepted returns beyond which an 错误 that refuses accepted rows is suspicious."""


@dataclass(frozen=True, slots=True)
class RuleHits:
    """One rule over the earlier round.

    Args:
        hits: rows (or sheets, files) that it names; units: how many units.
        refused: rows accepted then that it would refuse now; returns: in how many of the accepted files.
        share: `returns` by all accepted files.
        suspicious: refuses so much of what was accepted that the rule is probably wrong, and nobody stands by it.
        signed: who stands by it and why, "" = nobody.
    """

    code: str
    severity: str
    message: str
    hits: int
    units: int
    refused: int
    returns: int
    share: float
    suspicious: bool
    signed: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was accepted then and would be refused now."""

    unit: str
    file: str
    sheet: str
    row: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackTest:
    """Rules, the most harmful first; hits by unit; the rows that would be refused."""

    files: int
    rows: int
    rules: tuple[RuleHits, ...]
    units: dict[str, int]
    refused: tuple[RefusedRow, ...]

    @property
    def suspicious(self) -> bool:
        """Whether any rule needs a second look before new templates go out."""
        return any(rule.suspicious for rule in self.rules)

    @property
    def refuses_anew(self) -> bool:
        """Whether any accepted row would be refused by a rule that nobody stands by."""
        return any(rule.refused and not rule.signed for rule in self.rules)

    def plain(self) -> dict[str, object]:
        """The same as plain data."""
        return asdict(self)


def backtest(
    campaign: Campaign, as_of: date, form: Form | None = None, progress: Callable[[int, int], None] | None = None
) -> BackTest:
    """Runs the rules of `form` over the returns that the round accepted; writes nothing, not even its ledger.

    Args:
        form: the form with the rules to be tried; default: the one that would be issued now.
    Raises: XltoolError: K004 nothing was accepted there, PRI-003 nothing was merged there.
    """
    accepted = _accepted_rows(campaign)
    files = {file for file, _, _ in accepted}
    job = campaign_job(campaign, as_of, progress)
    chosen = [(name, path) for name, path in job.files if name in files]
    if not chosen:
        raise XltoolError("K004", what=campaign.inbox)
    job = Job(
        policy=campaign.policy,
        form=form or campaign.form,
        units=campaign.units,
        year=campaign.year,
        files=chosen,
        expected=replace(campaign.stamp, version="") if campaign.id else Stamp(),
        as_of=as_of,
        progress=progress,
    )
    job.parameters = campaign.parameters(as_of)
    return _result(check(job), accepted, signatures(campaign, job.form))


def _accepted_rows(campaign: Campaign) -> set[tuple[str, str, int]]:
    """(file, sheet name, Excel row) of every row that the round merged."""
    counting = {
        str(record["file"])
        for record in campaign.ledger.returned()
        if record["present"] and record["state"] in COUNTING
    }
    tables = merged_dataset(campaign).tables
    return {
        (str(row["_file"]), sheet, int(row["_row"]))
        for sheet, frame in tables.items()
        for row in frame[["_file", "_row"]].to_dict("records")
        if str(row["_file"]) in counting
    }


def _result(checked: Checked, accepted: set[tuple[str, str, int]], signed: Mapping[str, Signature]) -> BackTest:
    refused = _refused(checked, accepted)
    files = {file for file, _, _ in accepted}
    rows, returns = Counter(), defaultdict(set)
    for row in refused:
        for code in row.codes:
            rows[code] += 1
            returns[code].add(row.file)
    hits, units, said = Counter(), defaultdict(set), {}
    by_unit: Counter[str] = Counter()
    for item in checked.batch.returns:
        own = [one for one in checked.findings if one.file == item.file and one.severity != HINT]
        for problem in problems(own, checked.batch.form):
            finding = problem.finding
            hits[finding.code] += problem.count
            by_unit[item.unit] += problem.count
            units[finding.code].add(item.unit)
            said.setdefault(finding.code, (finding.severity, finding.message))
    rules = []
    for code, (severity, message) in said.items():
        share = len(returns[code]) / len(files)
        by = f"{signed[code].who}：{signed[code].why}" if code in signed else ""
        suspicious = severity == ERROR and share > SUSPICIOUS and not by
        facts = (hits[code], len(units[code]), rows[code], len(returns[code]), round(share, 4), suspicious, by)
        rules.append(RuleHits(code, severity, message, *facts))
    rules.sort(key=lambda rule: (-rule.refused, -rule.hits, rule.code))
    return BackTest(len(files), len(accepted), tuple(rules), dict(sorted(by_unit.items())), tuple(refused))


def _refused(checked: Checked, accepted: set[tuple[str, str, int]]) -> list[RefusedRow]:
    found = []
    for sheet in checked.batch.form.sheets:
        for row in checked.merged.rejected[sheet.name].to_dict("records"):
            item = checked.batch.returns[row["_return"]]
            if (item.file, sheet.name, int(row["_row"])) in accepted:
                codes = tuple(str(row["_codes"]).split(","))
                found.append(RefusedRow(item.unit, item.file, sheet.label, int(row["_row"]), codes))
    return found
