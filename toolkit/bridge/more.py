"""更多操作, one function a button: decisions about the unit that is selected, and outputs beyond the nine steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from toolkit.bridge.protocol import Answer, Cell
from toolkit.bridge.tasks import Desk, answer_with
from toolkit.console import console
from toolkit.model.errors import XltoolError
from toolkit.model.unit import Unit
from toolkit.words import say, words

_LINE = 90
"""Characters that a row of the sheet 查看 shows."""


def _unit(desk: Desk) -> Unit:
    """The unit in the selected row.

    Raises: XltoolError: M016 no row of a unit is selected.
    """
    unit = desk.campaign.units.get(desk.request.picked)
    if unit is None:
        raise XltoolError("M016")
    return unit


def _needed(desk: Desk, name: str) -> str:
    """What a person wrote beside the buttons.

    Raises: XltoolError: M017 nothing.
    """
    text = desk.value(name).strip()
    if not text:
        raise XltoolError("M017", label=console().setting(name).label)
    return text


def decide(verdict: str, desk: Desk) -> Answer:
    """人工通过, 暂缓, 重开: `xltool accept`, `hold`, `reopen`."""
    from toolkit.round_trip import states

    desk.tell("begin")
    unit, why = _unit(desk), _needed(desk, "cfg_why")
    state = states.decide(desk.campaign, unit.code, getattr(states, verdict), why)
    facts = {"unit": state.unit, "name": state.name, "verdict": getattr(states, verdict), "state": state.state}
    answer = answer_with(desk, desk.campaign, say("decided", **facts))
    answer.puts["cfg_why"] = ""
    return answer


def diff(desk: Desk) -> Answer:
    """前后对比: `xltool diff`."""
    from toolkit.round_trip.comparing import compare_returns, in_words

    desk.tell("begin")
    unit = _unit(desk)
    heading, rows = in_words(compare_returns(desk.campaign, unit.code))
    if not rows:
        return answer_with(desk, desk.campaign, console().say("compared_same", unit=unit.name))
    lines = [("", heading)]
    for sheet, kind, key, label, before, after, place in rows:
        change = f"{label}：{before} → {after}" if label else before or after
        lines.append((f"{sheet}　{kind}　{place}", f"{key}　{change}"))
    return _shown(desk, console().say("compared", unit=unit.name, n=len(rows)), lines)


def explain(desk: Desk) -> Answer:
    """解释结果: `xltool explain`."""
    from toolkit.policy_tools.explain import explain_clause
    from toolkit.policy_tools.explain_text import clause_lines

    unit, clause = _unit(desk), _needed(desk, "cfg_clause").split()[0]
    desk.tell("begin")
    record = explain_clause(desk.check(), unit.code, clause)
    lines = [_split(line) for line in clause_lines(record).splitlines()]
    return _shown(desk, console().say("explained", unit=unit.name, clause=clause), lines)


def _split(line: str) -> tuple[str, str]:
    """A line of the terminal as label and text.

    >>> _split("等级：达标"), _split("  a.xlsx › 表 第8行：是"), _split("没有")
    (('等级', '达标'), ('', 'a.xlsx › 表 第8行：是'), ('', '没有'))
    """
    label, mark, text = line.partition("：")
    return (label, text) if mark and not line.startswith(" ") and len(label) < 12 else ("", line.strip())


def _shown(desk: Desk, message: str, lines: Sequence[tuple[str, str]]) -> Answer:
    """An answer whose lines stand on the sheet 查看, which comes to the front; long texts take several rows."""
    rows: list[tuple[Cell, ...]] = []
    for label, text in lines:
        parts = [text[at : at + _LINE] for at in range(0, len(text), _LINE)] or [""]
        rows += [(label if not number else "", part, "") for number, part in enumerate(parts)]
    table = console().tables["details"]
    # A row that holds nothing would end the table for whoever sorts or prints it.
    filled = [row for row in rows if row[0] or row[1]][: table.room]
    answer = answer_with(desk, desk.campaign, message)
    answer.tables["details"] = filled
    answer.sheet = table.sheet
    return answer


def _written(desk: Desk, message: str, outputs: Sequence[Path]) -> Answer:
    return answer_with(desk, desk.campaign, message, outputs=outputs)


def registers(desk: Desk) -> Answer:
    """台账名册: `xltool registers`."""
    from toolkit.registers.files import write_registers

    desk.tell("begin")
    path = write_registers(desk.check(), desk.campaign.output / words()["files"]["registers"])
    return _written(desk, console().say("registers"), [path])


def task_lists(desk: Desk) -> Answer:
    """任务清单: `xltool tasks`."""
    from toolkit.tasks.files import write_task_lists

    desk.tell("begin")
    paths = write_task_lists(desk.campaign)
    folder = paths[0].parent if paths else desk.folder
    return _written(desk, say("tasks_written", count=len(paths), folder=folder), paths)


def report_up(desk: Desk) -> Answer:
    """上报汇总: `xltool report-up`."""
    from toolkit.upward.files import upward_of, write_upward

    desk.tell("begin")
    path = desk.campaign.output / words()["files"]["upward"]
    write_upward(upward_of(desk.check()), path, desk.campaign.id)
    return _written(desk, console().say("reported_up"), [path])


def platforms(desk: Desk) -> Answer:
    """外部平台: `xltool platforms`."""
    from toolkit.registers.files import write_platforms

    desk.tell("begin")
    checked, campaign = desk.check(), desk.campaign
    path = campaign.output / words()["files"]["platforms"]
    write_platforms(checked.dataset, campaign.policy, campaign.folder, path, checked.job.title)
    return _written(desk, console().say("platforms"), [path])


def receipts(desk: Desk, unit: str = "") -> Answer:
    """全部回执: `xltool receipt`."""
    from toolkit.round_trip.receipt import write_receipts

    desk.tell("begin")
    paths = write_receipts(desk.check(), desk.as_of, unit)
    return _written(desk, say("receipts", count=len(paths), folder=paths[0].parent), paths)


def receipt(desk: Desk) -> Answer:
    """出回执: `xltool receipt` of one unit."""
    return receipts(desk, _unit(desk).code)


def mail(desk: Desk) -> Answer:
    """发邮件: `xltool mail`; a rehearsal unless the cell says otherwise, which it does for one time only."""
    from toolkit.round_trip.mailing import ISSUED, MARKED, send

    desk.tell("begin")
    choices = {item.name: item.choices for item in console().settings}
    what = MARKED if desk.value("cfg_mail_what") == choices["cfg_mail_what"][1] else ISSUED
    rehearsal, real = choices["cfg_mail_mode"]
    dry_run = desk.value("cfg_mail_mode") != real
    done = send(desk.campaign, what, dry_run=dry_run)
    counts = {"done": sum(one.done for one in done), "undone": sum(not one.done for one in done)}
    lines = [(one.name, f"{one.file}　{one.address}　{one.outcome}") for one in done]
    answer = _shown(desk, console().say("mail_tried" if dry_run else "mailed", **counts), lines)
    answer.puts["cfg_mail_mode"] = rehearsal
    return answer


MORE: dict[str, Callable[[Desk], Answer]] = {
    "registers": registers,
    "tasks": task_lists,
    "report_up": report_up,
    "platforms": platforms,
    "receipts": receipts,
    "mail": mail,
    "accept": partial(decide, "ACCEPT"),
    "hold": partial(decide, "HOLD"),
    "reopen": partial(decide, "REOPEN"),
    "diff": diff,
    "receipt": receipt,
    "explain": explain,
}
