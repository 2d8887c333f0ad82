"""One function a button: the same public functions as the command of the CLI, the answer as cells and tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.bridge.desk import Desk, answer_with, checked_answer
from toolkit.bridge.protocol import DONE, Answer
from toolkit.console import console
from toolkit.model.errors import XltoolError
from toolkit.said import files_refused, marked_said, money_said, overall_said
from toolkit.words import say, words

if TYPE_CHECKING:
    from toolkit.checked import Checked


def create(desk: Desk) -> Answer:
    """1 新建批次: `xltool init`."""
    from macros.writing import write_console
    from toolkit.round_trip.beginning import begin

    desk.tell("begin")
    before = _path(desk, "cfg_from")
    for name in ("cfg_policy", "cfg_year", "cfg_units"):
        if not desk.value(name) and before is None:
            raise XltoolError("M012", label=console().setting(name).label)
    listed, said = _path(desk, "cfg_units"), []
    if before and not (listed and listed.exists()):
        listed = None  # the cell holds the usual name, and last year's list is meant
    campaign = begin(
        desk.folder,
        policy=(desk.value("cfg_policy").split() or [""])[0],
        year=_year(desk) if desk.value("cfg_year") else None,
        unit_list=listed,
        title=desk.value("cfg_title"),
        deadline=desk.value("cfg_deadline"),
        heard=said.append,
        before=before,
    )
    write_console(campaign, replace=False)
    return answer_with(desk, campaign, "".join([console().say("created", folder=campaign.folder), *said]))


def _path(desk: Desk, name: str) -> Path | None:
    """What a cell names, relative to the folder of the round; None when it is empty."""
    text = desk.value(name).strip()
    return desk.folder / text if text else None


def _year(desk: Desk) -> int:
    text = desk.value("cfg_year")
    if not text.isdecimal():
        raise XltoolError("M012", label=console().setting("cfg_year").label)
    return int(text)


def distribute(desk: Desk, zips: bool = False) -> Answer:
    """2 下发模板, 打包下发: `xltool distribute`, with `--zip`."""
    from toolkit.round_trip.issuing import issued_counts
    from toolkit.round_trip.zipping import hand_out

    desk.tell("begin")
    made = hand_out(desk.campaign, zips)
    message = say("distributed", folder=desk.campaign.issued, **issued_counts(made.issued))
    if made.zips:
        message += "；" + say("zipped", count=len(made.zips), folder=made.zips[0].parent)
    message = "；".join([message, *map(console().in_buttons, made.sentences(desk.campaign))])
    return answer_with(desk, desk.campaign, message, outputs=[made.book, *made.zips])


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
    return checked_answer(desk, checked, _findings_sentence(checked), [book])


def annotate(desk: Desk) -> Answer:
    """4 退回修改: `xltool annotate`."""
    from toolkit.outputs import write_marked

    desk.tell("begin")
    checked = desk.check()
    marked = write_marked(checked)
    return checked_answer(desk, checked, marked_said(checked, marked), marked)


def merge(desk: Desk) -> Answer:
    """5 汇总: `xltool merge`."""
    from toolkit.outputs import write_merged

    desk.tell("begin")
    checked = desk.check()
    outputs = write_merged(checked, desk.campaign.output / words()["files"]["merged"])
    return checked_answer(desk, checked, _account_sentence(checked), outputs)


def allowance(desk: Desk) -> Answer:
    """6 核算补贴: `xltool allowance`."""
    from toolkit.outputs import write_allowance_book

    desk.tell("begin")
    checked = desk.check()
    book = write_allowance_book(checked, desk.campaign.output / words()["files"]["allowance"])
    return checked_answer(desk, checked, money_said(checked), [book], bad=False)


def compliance(desk: Desk) -> Answer:
    """7 达标核对: `xltool compliance`."""
    from toolkit.outputs import write_compliance_book

    desk.tell("begin")
    checked = desk.check()
    book = write_compliance_book(checked, desk.campaign.output / words()["files"]["compliance"])
    return checked_answer(desk, checked, overall_said(checked), [book], bad=False)


def summary(desk: Desk) -> Answer:
    """8 生成汇总表: `xltool summary`."""
    from toolkit.outputs import write_summaries

    desk.tell("begin")
    checked = desk.check()
    outputs = write_summaries(checked, desk.campaign.output)
    message = console().say("written", files="、".join(path.name for path in outputs))
    return checked_answer(desk, checked, message, outputs, bad=False)


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
    refused = map(console().in_buttons, files_refused(checked.feedback.problems if checked.feedback else ()))
    message = "".join([_findings_sentence(checked), _account_sentence(checked), *refused])
    return checked_answer(desk, checked, message, outputs)


def chase(desk: Desk) -> Answer:
    """9 催报: `xltool chase`."""
    from toolkit.round_trip.chase import said, write_chase

    desk.tell("begin")
    checked = desk.check()
    outputs, found = write_chase(checked, desk.as_of, desk.campaign.output)
    message = said(desk.campaign, outputs, found)
    return checked_answer(desk, checked, message, outputs, bad=False)


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
