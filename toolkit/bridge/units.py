"""The buttons on the sheet 各单位, one function each: they decide on the unit of the selected row, or tell about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from toolkit.bridge.desk import Desk, answer_with, shown
from toolkit.bridge.more import disputed, receipts
from toolkit.bridge.protocol import Answer
from toolkit.campaign.ledger_notes import shown_moment
from toolkit.console import console
from toolkit.words import say, words


def decide(verdict: str, desk: Desk) -> Answer:
    """人工通过, 暂缓, 重开: `xltool accept`, `hold`, `reopen`."""
    from toolkit.round_trip import states

    desk.tell("begin")
    unit, why = desk.unit, desk.needed("cfg_why")
    state = states.decide(desk.campaign, unit.code, getattr(states, verdict), why)
    facts = {"unit": state.unit, "name": state.name, "verdict": getattr(states, verdict), "state": state.state}
    return _emptied(answer_with(desk, desk.campaign, say("decided", **facts)), "cfg_why")


def _emptied(answer: Answer, *cells: str) -> Answer:
    """The answer; what a person wrote for this one decision goes away."""
    answer.puts |= dict.fromkeys(cells, "")
    return answer


def choose(desk: Desk) -> Answer:
    """选定哪份: `xltool choose`; lists the returns of the unit until a person names one."""
    from toolkit.round_trip.states import choose_return

    desk.tell("begin")
    unit, file = desk.unit, _file(desk)
    if not file:
        files = _returns(desk)
        lines = [(f"{number}", _described(record)) for number, record in enumerate(files, 1)]
        return shown(desk, console().say("choices", unit=unit.name, n=len(files)), lines)
    choose_return(desk.campaign, unit.code, file, desk.value("cfg_why").strip())
    message = say("chosen", file=file) + console().say("chosen_next")
    return _emptied(answer_with(desk, desk.campaign, message), "cfg_file", "cfg_why")


def _returns(desk: Desk) -> list[dict[str, object]]:
    from toolkit.round_trip.states import returns_of

    return returns_of(desk.campaign, desk.unit.code)


def _described(record: dict[str, object]) -> str:
    state = words()["file_states"][str(record["state"])]
    return console().say("choice", file=record["file"], day=record["fill_date"] or "—", state=state)


def _file(desk: Desk) -> str:
    """The file that a person named, by its number in the list of the unit's returns or by its name."""
    text, files = desk.value("cfg_file").strip(), _returns(desk)
    if text.isdecimal() and 1 <= int(text) <= len(files):
        return str(files[int(text) - 1]["file"])
    return text


def migrate(desk: Desk) -> Answer:
    """转旧版表: `xltool migrate`; without a file named, the one that the unit returned."""
    from toolkit.job import scan
    from toolkit.model.privacy import mask_file_name
    from toolkit.round_trip.migrate import write_migration
    from toolkit.round_trip.states import unit_states

    desk.tell("begin")
    unit, campaign = desk.unit, desk.campaign
    states = unit_states(campaign, desk.as_of)
    file = _file(desk) or next(state.file for state in states if state.unit == unit.code) or desk.needed("cfg_file")
    inside = dict(scan([campaign.inbox])).get(mask_file_name(file), campaign.folder / file)
    paths, receipt = write_migration(campaign, inside)
    counts = {"renamed": len(receipt.renamed), "dropped": len(receipt.dropped), "needs_you": len(receipt.needs_you)}
    message = say("migrated", carried=receipt.carried, **counts)
    message += console().say("migrated_next", folder=paths[0].parent)
    lines = [("", line) for line in receipt.text.splitlines()]
    return _emptied(shown(desk, message, lines, outputs=paths, bad=bool(receipt.needs_you)), "cfg_file")


def settle(verdict: str, desk: Desk) -> Answer:
    """裁定归该单位, 裁定不是一人, 裁定是同一人: `xltool disputes --settle`, with `--to`, `--apart` or `--same`."""
    from toolkit.round_trip.disputes import rule, verdict_of

    desk.tell("begin")
    number, why = desk.needed("cfg_dispute"), desk.needed("cfg_why")
    unit = desk.unit.code if verdict == "to" else ""
    rule(desk.campaign, desk.check().disputes, number, verdict_of(unit, verdict == "apart", verdict == "same"), why, "")
    return _emptied(disputed(desk, desk.check()), "cfg_dispute", "cfg_why")


def diff(desk: Desk) -> Answer:
    """前后对比: `xltool diff`."""
    from toolkit.round_trip.comparing import compare_returns, in_words

    desk.tell("begin")
    heading, rows = in_words(compare_returns(desk.campaign, desk.unit.code))
    if not rows:
        return answer_with(desk, desk.campaign, console().say("compared_same", unit=desk.unit.name))
    lines = [("", heading)]
    for sheet, kind, key, label, before, after, place in rows:
        change = f"{label}：{before} → {after}" if label else before or after
        lines.append((f"{sheet}　{kind}　{place}", f"{key}　{change}"))
    return shown(desk, console().say("compared", unit=desk.unit.name, n=len(rows)), lines)


def history(desk: Desk) -> Answer:
    """经过: `xltool history` of one unit."""
    from toolkit.round_trip import states

    desk.tell("begin")
    found = states.history(desk.campaign, desk.unit.code)
    lines = [(shown_moment(line["at"]), f"{line['what']}　{states.in_words(str(line['detail']))}") for line in found]
    return shown(desk, console().say("happened", unit=desk.unit.name, n=len(found)), lines)


def explain(desk: Desk) -> Answer:
    """解释结果: `xltool explain`."""
    from toolkit.policy_tools.explain import explain_clause
    from toolkit.policy_tools.explain_text import clause_lines

    unit, clause = desk.unit, desk.needed("cfg_clause").split()[0]
    desk.tell("begin")
    record = explain_clause(desk.check(), unit.code, clause)
    lines = [_split(line) for line in clause_lines(record).splitlines()]
    return shown(desk, console().say("explained", unit=unit.name, clause=clause), lines)


def _split(line: str) -> tuple[str, str]:
    """A line of the terminal as label and text.

    >>> _split("等级：达标"), _split("  a.xlsx › 表 第8行：是"), _split("没有")
    (('等级', '达标'), ('', 'a.xlsx › 表 第8行：是'), ('', '没有'))
    """
    label, mark, text = line.partition("：")
    return (label, text) if mark and not line.startswith(" ") and len(label) < 12 else ("", line.strip())


def receipt(desk: Desk) -> Answer:
    """出回执: `xltool receipt` of one unit."""
    return receipts(desk, desk.unit.code)


UNITS: dict[str, Callable[[Desk], Answer]] = {
    "accept": partial(decide, "ACCEPT"),
    "hold": partial(decide, "HOLD"),
    "reopen": partial(decide, "REOPEN"),
    "choose": choose,
    "settle": partial(settle, "to"),
    "apart": partial(settle, "apart"),
    "same": partial(settle, "same"),
    "receipt": receipt,
    "diff": diff,
    "explain": explain,
    "history": history,
    "migrate": migrate,
}
