"""Who still owes what, with a text for each unit that can be pasted and sent as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.checked import Checked
from toolkit.distribute import file_names, former_names
from toolkit.files import remove, write_whole
from toolkit.fix_plan import Plan, Step
from toolkit.model.finding import Finding
from toolkit.model.standing import CHOOSE
from toolkit.round_trip.states import DONE, NOT_ISSUED, QUERIED, SENT_BACK, UNIT_STATES, UnitState, unit_states
from toolkit.round_trip.words import round_words
from toolkit.summary.findings import step_cells
from toolkit.words import say

_CHOICE = ("B002", "B009")
_LACKING = ("S004", "NIL-001", "NIL-003")
_MOST, _NAMED = 3, 5
"""Actions that a text asks for, and cells of a sheet that it names of each."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one unit is asked for.

    Args:
        missing: what has not come, in words.
        problems: at most three actions, those that clear the most problems first.
        text: ready to be sent; "" when the unit cannot be asked for anything (nothing handed out yet).
    """

    unit: str
    name: str
    contact: str
    state: str
    missing: str
    errors: int
    queries: int
    problems: tuple[str, ...]
    text: str


def reminders(checked: Checked, states: Sequence[UnitState], today: date) -> list[Reminder]:
    """One reminder for every unit that is not done, in official order."""
    campaign = checked.job.campaign
    if campaign is None:
        return []
    names = file_names(campaign.units)
    return [
        _reminder(checked, campaign, state, names[state.unit], today) for state in states if state.state not in DONE
    ]


def _reminder(checked: Checked, campaign: Campaign, state: UnitState, issued: str, today: date) -> Reminder:
    plan = checked.plans.get(state.file) if state.file else None
    problems = _problems(plan) if plan else ()
    findings = [finding for finding in checked.findings if state.file and finding.file == state.file]
    lacking = _lacking(findings)
    unit = campaign.units.by_code[state.unit]
    open_ones = sum(state.unit in one.units and one.asks(state.unit) for one in checked.disputes)
    facts = (campaign, state, issued, lacking, problems, open_ones, today)
    text = "" if state.state == NOT_ISSUED else _text(*facts)
    said = (state.state, _missing(state, lacking), state.errors, state.queries, problems, text)
    return Reminder(state.unit, state.name, unit.contact, *said)


def _problems(plan: Plan) -> tuple[str, ...]:
    said = round_words().chase
    return tuple(said["problem"].format(number=at, action=text) for at, text in enumerate(asked(plan)[:_MOST], 1))


def asked(plan: Plan) -> list[str]:
    """What a unit is asked to do about its return, in words for the unit, each with the cells that it is about."""
    return [_placed(action, step) for action, step in asked_steps(plan)]


def _placed(action: str, step: Step) -> str:
    return round_words().chase["at"].format(action=action, cells=step_cells(step, _NAMED)) if step.cells else action


def asked_steps(plan: Plan) -> list[tuple[str, Step]]:
    """What a unit is asked to do about its return, in words for the unit, 错误 first, and the step that it is."""
    return [(_action(step), step) for step in sorted(plan.steps, key=_gravity)]


def _gravity(step: Step) -> tuple[int, int]:
    """错误 before 疑问, then the most problems."""
    return -min(step.errors, 1), -step.problems


def _action(step: Step) -> str:
    return round_words().chase["which"] if set(step.codes) & set(_CHOICE) else step.action


def _lacking(findings: Sequence[Finding]) -> str:
    """The sheets that are not there or empty without a tick."""
    lacking = (
        f"“{finding.sheet}”" if finding.sheet else finding.message for finding in findings if finding.code in _LACKING
    )
    return round_words().chase["join"].join(dict.fromkeys(lacking))


def _missing(state: UnitState, lacking: str) -> str:
    said = round_words().chase
    if state.state == NOT_ISSUED:
        return said["not_issued"]
    if not state.file:
        return said["nothing"]
    again = said["returned"].format(file=state.file) if state.errors else ""
    return said["also"].join(filter(None, (lacking, again)))


def _text(
    campaign: Campaign,
    state: UnitState,
    issued: str,
    lacking: str,
    problems: Sequence[str],
    disputes: int,
    today: date,
) -> str:
    said = round_words().chase
    facts = {"file": state.file or issued, "errors": state.errors, "queries": state.queries, "remark": state.remark}
    head = {"unit": state.name, "title": campaign.title, "deadline": deadline_text(campaign)}
    left = said["left"].format(left=_left(campaign.deadline, today)) if campaign.deadline else ""
    lines = [said["head"].format(**head, left=left)]
    if not state.file:
        lines.append(said["not_returned"].format(**facts))
    else:
        choose = state.standing == CHOOSE
        kind = "sent_back" if state.state == SENT_BACK else "held" if state.remark else "queried"
        kind = CHOOSE if choose else kind
        lines.append(said[kind].format(**facts))
        if disputes:
            lines.append(said["disputes"].format(count=disputes))
        if lacking:
            lines.append(said["missing"].format(missing=lacking))
        if problems:
            lines += [said["problems"], *problems]
        if state.state in (SENT_BACK, QUERIED) and not choose:
            lines.append(said["again"])
    if campaign.return_to:
        lines.append(said["return_to"].format(return_to=campaign.return_to))
    return "\n".join(lines)


def deadline_text(campaign: Campaign) -> str:
    """The deadline as people read it."""
    return campaign.deadline.isoformat() if campaign.deadline else round_words().chase["no_deadline"]


def _left(deadline: date, today: date) -> str:
    said, days = round_words().chase, (deadline - today).days
    if days == 0:
        return said["today"]
    return said["days_left"].format(days=days) if days > 0 else said["days_over"].format(days=-days)


def write_chase(checked: Checked, today: date, folder: Path) -> tuple[list[Path], list[Reminder]]:
    """Writes 催报名单.xlsx and one .txt a unit; texts of units that need no reminder any more go away.

    Raises: XltoolError: O001 to O003 from the disk, K021, K022 see `Checked.replacing`.
    """
    from toolkit.round_trip.books import chase_workbook
    from toolkit.round_trip.chase_lists import list_reminders, list_texts

    campaign, said = checked.job.campaign, round_words().chase
    assert campaign is not None
    states = unit_states(campaign, today)
    found = reminders(checked, states, today)
    counted = Counter(state.state for state in states)
    counts = {state: counted[state] for state in UNIT_STATES}
    facts = {"title": campaign.title, "deadline": deadline_text(campaign), "today": today.isoformat()}
    book, lists = folder / said["book"], list_reminders(campaign, checked.job.as_of)
    with checked.replacing(book, early=True):
        write_whole(book, chase_workbook(found, counts, lists, **facts))
        others = list_texts(campaign, lists)
        return [book, *_write_texts(campaign, found, others, folder / said["folder"])], found


def said(campaign: Campaign, paths: Sequence[Path], found: Sequence[Reminder]) -> str:
    """What the terminal and the console say of the reminders."""
    line, texts = say("chased", count=len(found), total=len(campaign.units)), paths[1:]
    return line + (say("chase_texts", count=len(texts), folder=texts[0].parent) if texts else "")


def _write_texts(campaign: Campaign, found: Sequence[Reminder], others: Mapping[str, str], folder: Path) -> list[Path]:
    """Writes the texts, and takes away those that nobody needs any more.

    Args:
        others: name → text that goes to others than units for their returns; "" = it goes away.
    """
    names = {code: Path(name).with_suffix(".txt").name for code, name in file_names(campaign.units).items()}
    texts = {names[one.unit]: one.text for one in found if one.text} | {
        name: text for name, text in others.items() if text
    }
    former = former_names(campaign.units, campaign.ledger.removed()).values()
    for name in (*names.values(), *others, *(Path(name).with_suffix(".txt").name for own in former for name in own)):
        if name not in texts:
            remove(folder / name)
    for name, text in texts.items():
        # A mark at the front, so that the old Notepad reads UTF-8; CRLF for the same reason.
        write_whole(folder / name, ("\ufeff" + text.replace("\n", "\r\n") + "\r\n").encode())
    return [folder / name for name in texts]
