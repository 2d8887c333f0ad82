"""One function a button: the same public functions as the command of the CLI, the answer as cells and tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.bridge import settings, tables
from toolkit.bridge.protocol import DONE, FINDINGS, Answer, Reporter, Request, last_run
from toolkit.console import Button, console
from toolkit.model.errors import XltoolError
from toolkit.words import say, words

if TYPE_CHECKING:
    from toolkit.campaign import Campaign
    from toolkit.checked import Checked
    from toolkit.job import Job


@dataclass
class Desk:
    """What a task works with.

    Args:
        held: what is let go of when the task has ended.
    """

    request: Request
    button: Button
    reporter: Reporter
    held: ExitStack

    @cached_property
    def folder(self) -> Path:
        """The folder of the round: the one named, otherwise that of the workbook.

        Raises: XltoolError: M003 it is a web address, M018 it is on another computer.
        """
        text = self.value("cfg_folder") or self.request.book_folder
        if text.lower().startswith(("http:", "https:")):
            raise XltoolError("M003", folder=text)
        if text.replace("/", "\\").startswith("\\\\"):
            raise XltoolError("M018", folder=text)
        return Path(text)

    @cached_property
    def as_of(self) -> date:
        """The day of judgement; today where the cell is empty."""
        from toolkit.campaign import parse_day

        text = self.value("cfg_as_of")
        return parse_day(settings.plain_day(text)) if text else date.today()

    def value(self, name: str) -> str:
        """The text of a cell; the definition's own value where the workbook has no such cell."""
        return self.request.values.get(name, "")

    def label(self) -> str:
        """The button's label without its number."""
        return self.button.label.split(" ")[-1]

    def tell(self, name: str) -> None:
        """Shows what is being done."""
        self.reporter.tell(console().say(name, label=self.label()))

    @cached_property
    def campaign(self) -> Campaign:
        """The round, with the settings that a person changed in the workbook."""
        from toolkit.campaign import is_campaign, open_campaign

        changes = settings.changed(self.request.values) if is_campaign(self.folder) else {}
        if changes:
            settings.save(self.folder, changes)
        return open_campaign(self.folder)

    @cached_property
    def job(self) -> Job:
        """The job of the round; no other run works on it until the task has ended.

        Raises: XltoolError: K006 another run is at work on the round.
        """
        from toolkit.job import campaign_job

        def moved(done: int, total: int) -> None:
            text = console().say("working", label=self.label(), done=done, total=total)
            self.reporter.moved(text, done, total)

        job = campaign_job(self.campaign, self.as_of, moved)
        self.held.enter_context(job.exclusive())
        return job

    def check(self) -> Checked:
        """Reads, validates and merges the round in memory, with progress."""
        from toolkit.pipeline import check

        checked = check(self.job)
        self.tell("writing")
        return checked


def answer_with(
    desk: Desk,
    campaign: Campaign,
    message: str,
    *,
    outputs: Sequence[Path] = (),
    findings: Checked | None = None,
    bad: bool = False,
) -> Answer:
    """The answer of a task on a round: the board anew, the last run of the step, the files written."""
    cells, shown = tables.board(campaign, desk.as_of)
    cells |= last_run(desk.button.task, message)
    if outputs:
        cells["out_more"] = ""
        shown["outputs"] = tables.output_rows([path for path in outputs if path.suffix != ".parquet"][:8])
    if findings is not None:
        shown["findings"] = tables.findings_rows(findings)
        room = console().tables["findings"].room
        total = len(findings.findings)
        cells["out_more"] = console().say("more", shown=room, total=total) if total > room else ""
    return Answer(FINDINGS if bad else DONE, message, cells, shown, int(bad))


def create(desk: Desk) -> Answer:
    """1 新建批次: `xltool init`."""
    from macros.writing import write_console
    from toolkit.campaign import create_campaign
    from toolkit.policies import load_policy

    desk.tell("begin")
    for name in ("cfg_policy", "cfg_year", "cfg_units"):
        if not desk.value(name):
            raise XltoolError("M012", label=console().setting(name).label)
    unit_list = Path(desk.value("cfg_units"))
    campaign = create_campaign(
        desk.folder,
        policy=load_policy(desk.value("cfg_policy").split()[0]),
        year=_year(desk),
        unit_list=unit_list if unit_list.is_absolute() else desk.folder / unit_list,
        title=desk.value("cfg_title"),
        deadline=settings.plain_day(desk.value("cfg_deadline")),
    )
    write_console(campaign, replace=False)
    return answer_with(desk, campaign, console().say("created", folder=campaign.folder))


def _year(desk: Desk) -> int:
    text = desk.value("cfg_year")
    if not text.isdecimal():
        raise XltoolError("M012", label=console().setting("cfg_year").label)
    return int(text)


def distribute(desk: Desk) -> Answer:
    """2 下发模板: `xltool distribute`."""
    from toolkit.round_trip.issuing import issue, issued_counts

    desk.tell("begin")
    counts = issued_counts(issue(desk.campaign))
    return answer_with(desk, desk.campaign, say("distributed", folder=desk.campaign.issued, **counts))


def _findings_sentence(checked: Checked) -> str:
    from toolkit.model.finding import ERROR, HINT, QUERY

    counts = Counter(finding.severity for finding in checked.findings)
    numbers = {"errors": counts[ERROR], "queries": counts[QUERY], "hints": counts[HINT]}
    return say("validated", files=checked.merged.files["total"], rows=checked.merged.rows["read"], **numbers)


def _account_sentence(checked: Checked) -> str:
    return say("accounted", total=checked.merged.files["total"], **checked.merged.rows)


def validate(desk: Desk) -> Answer:
    """3 校验返回表: `xltool validate`."""
    from toolkit.outputs import write_findings

    desk.tell("begin")
    checked = desk.check()
    book = write_findings(checked, desk.campaign.output / words()["files"]["findings"])
    return _checked_answer(desk, checked, _findings_sentence(checked), [book])


def annotate(desk: Desk) -> Answer:
    """4 退回修改: `xltool annotate`."""
    from toolkit.outputs import write_marked

    desk.tell("begin")
    checked = desk.check()
    marked = write_marked(checked)
    return _checked_answer(desk, checked, say("marked", n=len(marked)), marked)


def merge(desk: Desk) -> Answer:
    """5 汇总: `xltool merge`."""
    from toolkit.outputs import write_merged

    desk.tell("begin")
    checked = desk.check()
    outputs = write_merged(checked, desk.campaign.output / words()["files"]["merged"])
    return _checked_answer(desk, checked, _account_sentence(checked), outputs)


def allowance(desk: Desk) -> Answer:
    """6 核算补贴: `xltool allowance`."""
    from toolkit.outputs import write_allowance_book

    desk.tell("begin")
    checked = desk.check()
    book = write_allowance_book(checked, desk.campaign.output / words()["files"]["allowance"])
    totals = checked.allowance.totals
    message = say("allowance", persons=totals["persons"], due=totals["due"], paid=totals["paid"])
    return _checked_answer(desk, checked, message, [book], bad=False)


def compliance(desk: Desk) -> Answer:
    """7 达标核对: `xltool compliance`."""
    from toolkit.outputs import write_compliance_book

    desk.tell("begin")
    checked = desk.check()
    book = write_compliance_book(checked, desk.campaign.output / words()["files"]["compliance"])
    levels = Counter(unit.worst for unit in checked.compliance.units)
    each = [console().say("level", level=level, n=n) for level, n in levels.items()]
    message = console().say("levels", levels="，".join(each))
    return _checked_answer(desk, checked, message, [book], bad=False)


def summary(desk: Desk) -> Answer:
    """8 生成汇总表: `xltool summary`."""
    from toolkit.outputs import write_summaries

    desk.tell("begin")
    checked = desk.check()
    outputs = write_summaries(checked, desk.campaign.output)
    message = console().say("written", files="、".join(path.name for path in outputs))
    return _checked_answer(desk, checked, message, outputs, bad=False)


def run(desk: Desk) -> Answer:
    """一键全流程: `xltool run`."""
    from toolkit.rerun import Rerun

    desk.tell("begin")
    rerun = Rerun(desk.job, desk.campaign.output)
    if last := rerun.last():
        message = say("unchanged", folder=desk.campaign.output)
        return answer_with(desk, desk.campaign, message, bad=bool(last.exit_code))
    checked = desk.check()
    outputs, _ = rerun.done(checked)
    message = _findings_sentence(checked) + _account_sentence(checked)
    return _checked_answer(desk, checked, message, outputs)


def _checked_answer(
    desk: Desk, checked: Checked, message: str, outputs: Sequence[Path], bad: bool | None = None
) -> Answer:
    bad = checked.has_errors if bad is None else bad
    return answer_with(desk, desk.campaign, message, outputs=outputs, findings=checked, bad=bad)


def chase(desk: Desk) -> Answer:
    """9 催报: `xltool chase`."""
    from toolkit.round_trip.chase import write_chase

    desk.tell("begin")
    checked = desk.check()
    outputs, found = write_chase(checked, desk.as_of, desk.campaign.output)
    message = say("chased", count=len(found), total=len(desk.campaign.units))
    return _checked_answer(desk, checked, message, outputs, bad=False)


def status(desk: Desk) -> Answer:
    """刷新情况: `xltool status`."""
    desk.tell("begin")
    from toolkit.round_trip.states import ISSUED, NOT_ISSUED, OVERDUE, unit_states

    states = unit_states(desk.campaign, desk.as_of)
    out = sum(item.state in (NOT_ISSUED, ISSUED, OVERDUE) for item in states)
    message = console().say("refreshed", total=len(states), returned=len(states) - out)
    return answer_with(desk, desk.campaign, message)


def open_folder(desk: Desk) -> Answer:
    """打开文件夹: the file manager at the folder of the round.

    Raises: XltoolError: M005 there is no program for it.
    """
    folder = desk.folder
    if sys.platform == "win32":
        os.startfile(folder)
    else:
        opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
        if opener is None:
            raise XltoolError("M005", folder=folder)
        subprocess.Popen([opener, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Answer(DONE, console().say("opened", folder=folder))


TASKS: dict[str, Callable[[Desk], Answer]] = {
    "create": create,
    "distribute": distribute,
    "validate": validate,
    "annotate": annotate,
    "merge": merge,
    "allowance": allowance,
    "compliance": compliance,
    "summary": summary,
    "chase": chase,
    "run": run,
    "status": status,
    "open": open_folder,
}
