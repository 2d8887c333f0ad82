"""更多操作, one function a button: outputs beyond the nine steps, and what comes back from others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.bridge.desk import Desk, answer_with, shown
from toolkit.bridge.protocol import Answer
from toolkit.bridge.tasks import distribute
from toolkit.console import console
from toolkit.said import files_refused
from toolkit.words import say, words

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.round_trip.backtest import RuleHits


def _written(desk: Desk, message: str, outputs: Sequence[Path], bad: bool = False, more: Sequence[str] = ()) -> Answer:
    """What was written; where there is more to say, its lines stand on 查看."""
    if more:
        return shown(desk, message, [("", console().in_buttons(line)) for line in more], outputs=outputs, bad=bad)
    return answer_with(desk, desk.campaign, message, outputs=outputs, bad=bad)


def _target(desk: Desk, key: str) -> Path:
    return desk.campaign.output / words()["files"][key]


def registers(desk: Desk) -> Answer:
    """台账名册: `xltool registers`."""
    from toolkit.registers.files import write_registers

    desk.tell("begin")
    path = write_registers(desk.check(), _target(desk, "registers"))
    return _written(desk, console().say("registers"), [path])


def task_lists(desk: Desk) -> Answer:
    """责任清单: `xltool tasks`."""
    from toolkit.tasks.files import said_of, write_lists

    desk.tell("begin")
    written = write_lists(desk.check())
    message, *more = said_of(written)
    return _written(desk, message, written.paths, more=more)


def returned_tasks(desk: Desk) -> Answer:
    """收责任单: `xltool tasks --merge`."""
    from toolkit.tasks.files import write_overview

    desk.tell("begin")
    path, merged = write_overview(desk.campaign, desk.place("cfg_task_lists"), desk.as_of)
    message = say("tasks_merged", **{f"file_{key}": n for key, n in merged.files.items()}, **merged.rows)
    return _written(desk, message, [path], bool(merged.problems), files_refused(merged.problems))


def report_up(desk: Desk) -> Answer:
    """上报汇总: `xltool report-up`."""
    from toolkit.upward.files import upward_of, write_upward

    desk.tell("begin")
    path, checked = _target(desk, "upward"), desk.check()
    with checked.replacing(path):
        write_upward(upward_of(checked), path, desk.campaign.id)
    return _written(desk, console().say("reported_up"), [path])


def merge_up(desk: Desk) -> Answer:
    """合并上报: `xltool merge-up`, with the title, the parameters and the expected returns of the round."""
    from toolkit.upward.files import lower_returns, write_merged_upward

    desk.tell("begin")
    files, path = lower_returns([desk.place("cfg_upward")]), _target(desk, "upward_merged")
    whole = write_merged_upward(files, path, desk.campaign.title, desk.campaign)
    message = say("merged_up", files=len(files), units=len(whole.units), returned=len(whole.returned))
    return _written(desk, message, [path])


def platforms(desk: Desk) -> Answer:
    """外部平台: `xltool platforms`."""
    from toolkit.registers.files import write_platforms

    desk.tell("begin")
    checked, campaign = desk.check(), desk.campaign
    path = _target(desk, "platforms")
    with checked.replacing(path):
        write_platforms(checked.dataset, campaign.policy, campaign.folder, path, checked.job.title)
    return _written(desk, console().say("platforms"), [path])


def pasted_platforms(desk: Desk) -> Answer:
    """比对名单: `xltool platforms --import`."""
    from toolkit.registers.files import compare_platforms

    desk.tell("begin")
    pasted, path = desk.place("cfg_pasted"), _target(desk, "comparison")
    checked, campaign = desk.check(), desk.campaign
    facts = (checked.dataset, campaign.policy, campaign.folder, pasted, path, checked.job.title)
    with checked.replacing(path):
        counts = compare_platforms(*facts)
    states = ("same", "different", "only_ours", "only_theirs")
    return _written(desk, say("compared", **{state: counts[state] for state in states}), [path])


def feedback(desk: Desk) -> Answer:
    """写反馈单: `xltool feedback`."""
    from toolkit.feedback.files import inbox, write_feedback

    desk.tell("begin")
    folder = _target(desk, "feedback_folder")
    paths, nobody = write_feedback(desk.check(), folder)
    message = say("feedback_written", count=len(paths), nobody=nobody, folder=folder)
    return _written(desk, message + console().say("feedback_next", inbox=inbox(desk.campaign)), paths)


def returned_feedback(desk: Desk) -> Answer:
    """收反馈单: `xltool feedback --merge` of the folder from which `run` takes them."""
    from toolkit.feedback.files import inbox, write_received
    from toolkit.feedback.reading import receive

    desk.tell("begin")
    checked = desk.check()
    found = receive(inbox(desk.campaign), checked.returned_dataset, desk.as_of)
    message = say("feedback_merged", **{f"file_{key}": n for key, n in found.files.items()}, **found.rows)
    paths = write_received(checked, _target(desk, "feedback_overview"), found)
    return _written(desk, message, paths, bool(found.problems), files_refused(found.problems))


def disputes(desk: Desk) -> Answer:
    """争议核对: `xltool disputes`."""
    desk.tell("begin")
    return disputed(desk, desk.check())


def disputed(desk: Desk, checked: Checked) -> Answer:
    """Writes the lists of disputes; the disputes stand on 查看, numbered as the bureau's book numbers them."""
    from toolkit.round_trip.dispute_books import counts, in_words, write_disputes

    paths = write_disputes(checked)
    total = len(checked.disputes)
    message = say("disputed", total=total, count=len(paths) - 1, **counts(checked.disputes))
    return shown(desk, message, in_words(checked), outputs=paths)


def backtest(desk: Desk) -> Answer:
    """规则回测: `xltool rules backtest` on the round before this one; signs a rule first when one is named."""
    from toolkit.campaign import open_campaign
    from toolkit.round_trip import signing
    from toolkit.round_trip.backtest import backtest as try_rules

    desk.tell("begin")
    earlier = open_campaign(desk.earlier("cfg_backtest"))
    if rule := desk.value("cfg_sign").strip():
        signing.sign(earlier, earlier.form, rule, desk.needed("cfg_sign_why"))
    found = try_rules(earlier, desk.as_of, progress=desk.moved)
    lines = [(f"{one.code}　{one.severity}", _tried(one)) for one in found.rules]
    message = say("backtested", files=found.files, rows=found.rows, refused=len(found.refused))
    message += console().say("doubtful" if found.suspicious else "not_doubtful", title=earlier.title)
    answer = shown(desk, message, lines, bad=found.suspicious)
    answer.puts |= {"cfg_sign": "", "cfg_sign_why": ""}
    return answer


def _tried(rule: RuleHits) -> str:
    remark = rule.signed or say("suspicious") * rule.suspicious
    facts = {"message": rule.message, "hits": rule.hits, "units": rule.units, "refused": rule.refused}
    return console().say("rule_tried", **facts, share=f"{rule.share:.1%}", remark=remark)


def receipts(desk: Desk, unit: str = "") -> Answer:
    """全部回执: `xltool receipt`."""
    from toolkit.round_trip.receipt import write_receipts

    desk.tell("begin")
    paths = write_receipts(desk.check(), desk.as_of, unit)
    return _written(desk, say("receipts", count=len({path.stem for path in paths}), folder=paths[0].parent), paths)


def letters(desk: Desk) -> Answer:
    """写文书: `xltool letters`."""
    from toolkit.letters.files import said, write_letters

    desk.tell("begin")
    written = write_letters(desk.check())
    return _written(desk, said(written), written.paths)


def unit_pages(desk: Desk) -> Answer:
    """单位页: `xltool pages`."""
    from toolkit.round_trip.unit_pages import said, write_unit_pages

    desk.tell("begin")
    checked = desk.check()
    paths = write_unit_pages(checked)
    return _written(desk, said(checked, paths), paths)


def mail(desk: Desk) -> Answer:
    """发邮件: `xltool mail`; a rehearsal unless the cell says otherwise, which it does for one time only."""
    from toolkit.round_trip.mailing import KINDS, send

    desk.tell("begin")
    kinds = dict(zip(console().setting("cfg_mail_what").choices, KINDS, strict=True))
    what = kinds.get(desk.value("cfg_mail_what"), KINDS[0])
    rehearsal, real = console().setting("cfg_mail_mode").choices
    dry_run = desk.value("cfg_mail_mode") != real
    done = send(desk.campaign, what, dry_run=dry_run)
    counts = {"done": sum(one.done for one in done), "undone": sum(not one.done for one in done)}
    lines = [(one.name, f"{one.file}　{one.address}　{one.outcome}") for one in done]
    answer = shown(desk, console().say("mail_tried" if dry_run else "mailed", **counts), lines)
    answer.puts["cfg_mail_mode"] = rehearsal
    return answer


MORE: dict[str, Callable[[Desk], Answer]] = {
    "registers": registers,
    "tasks": task_lists,
    "report_up": report_up,
    "platforms": platforms,
    "receipts": receipts,
    "letters": letters,
    "pages": unit_pages,
    "mail": mail,
    "pack": partial(distribute, zips=True),
    "disputes": disputes,
    "feedback": feedback,
    "feedback_in": returned_feedback,
    "tasks_in": returned_tasks,
    "platforms_in": pasted_platforms,
    "merge_up": merge_up,
    "backtest": backtest,
}
