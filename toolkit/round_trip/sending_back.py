"""What goes back to the units: a marked copy of each file, or a list of problems where it cannot be marked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from toolkit.annotate import annotate, place_of, to_send_back
from toolkit.annotating.plan import Notes
from toolkit.campaign import Campaign
from toolkit.files import at_hand, below, remove, write_whole
from toolkit.fix_plan import Plan, Step
from toolkit.model.batch import Batch, Return
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.unit import UnitList
from toolkit.words import words

OTHER_FORMAT, CANNOT_MARK = "F028", "ANN-001"


def send_back(
    batch: Batch,
    findings: Iterable[Finding],
    folder: Path,
    *,
    title: str,
    earlier: Mapping[int, Notes] | None = None,
    plans: Mapping[str, Plan] | None = None,
    campaign: Campaign | None = None,
) -> list[Path]:
    """Writes one file for every return with something open, and returns their paths.

    In a round the ledger notes what was written; a copy that nobody changed since goes when it is no longer needed.

    Args:
        title: title on the lists of problems.
        earlier: see `toolkit.annotate.annotate`.
        plans: file → the shortest way to put it right; its first steps come first in the file's 问题清单.
    """
    findings = list(findings)
    lead = {item.index: plan_lines(plans[item.file]) for item in batch.returns if plans and item.file in plans}
    written, left = annotate(batch, findings, folder, earlier=earlier, lead=lead)
    own = to_send_back(batch, findings)
    for item in left:
        plan = {item.file: plans[item.file]} if plans and item.file in plans else None
        written.append(_list(batch, item, own[item.file], folder, title, plan))
    if campaign:
        _note(batch, written, folder, campaign)
    return written


def plan_lines(plan: Plan) -> list[str]:
    """The shortest way to put a file right, as numbered lines under its headline."""
    steps = [f"{number}. {_step(step)}" for number, step in enumerate(plan.first, 1)]
    return [plan.headline, *steps] if steps else []


def _step(step: Step) -> str:
    return f"{step.action}（{step.suggestion}）" if step.suggestion else step.action


def _list(
    batch: Batch, item: Return, findings: Sequence[Finding], folder: Path, title: str, plan: Mapping[str, Plan] | None
) -> Path:
    """A list of problems of one file that cannot be marked; it says nothing about other units."""
    from toolkit.summary.findings import findings_workbook

    path = folder / list_name(place_of(item))
    other = [one for one in item.findings if one.code == OTHER_FORMAT]
    if other:
        facts: dict[str, object] = {"format": Path(item.file).suffix.lstrip(".")}
        findings = [*findings, from_catalogue(CANNOT_MARK, facts, unit=item.unit, file=item.file)]
    units = UnitList(tuple(unit for unit in batch.units if unit.code == item.unit))
    write_whole(path, findings_workbook(findings, [item], units, title, plan))
    return path


def list_name(file: str) -> str:
    """Name of the list of problems of a returned file; the old suffix stays in it, so that two stay two.

    >>> list_name("甲/教育局.xls")
    '甲/教育局.xls_问题清单.xlsx'
    """
    return f"{file}_{words()['files']['findings']}"


def _note(batch: Batch, written: Sequence[Path], folder: Path, campaign: Campaign) -> None:
    """Tells the ledger; takes out copies of before that are not needed any more and that nobody changed."""
    places = {place_of(item): item.unit for item in batch.returns}
    units = places | {list_name(place): unit for place, unit in places.items()}
    now = {path.relative_to(folder).as_posix(): _digest(path) for path in written}
    gone = {name: digest for name, digest in campaign.ledger.sent_back().items() if name not in now}
    for name, digest in gone.items():
        path = below(folder, name)
        if path and path.is_file() and _digest(path) == digest:
            remove(path, careful=True)
    rows = [(name, units.get(name, ""), digest) for name, digest in now.items()]
    campaign.ledger.record_sent_back(rows, gone, campaign.units.names)


def _digest(path: Path) -> str:
    return hashlib.sha256(at_hand(path).read_bytes()).hexdigest()
