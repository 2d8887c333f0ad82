"""Who has returned what: for every unit exactly one state, and they add up to the unit list."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from toolkit.campaign import Campaign
from toolkit.model.batch import ACCEPTED, IGNORED
from toolkit.model.errors import XltoolError
from toolkit.model.privacy import mask_file_name
from toolkit.model.standing import ABSENT, COUNTED, STANDINGS, standing_of
from toolkit.model.unit import Unit
from toolkit.round_trip.belonging import noted_returns
from toolkit.round_trip.words import round_words
from toolkit.words import words

NOT_ISSUED, ISSUED, WAITING = "未发", "已发", "已收待查"
SENT_BACK, QUERIED, NIL, PASSED, OVERDUE = "有错退回", "有疑问", "零报告", "已通过", "逾期"
UNIT_STATES = (NOT_ISSUED, ISSUED, WAITING, SENT_BACK, QUERIED, NIL, PASSED, OVERDUE)
DONE = (NIL, PASSED)
"""States in which nothing more is asked of a unit."""
ACCEPT, HOLD, REOPEN = "通过", "暂缓", "重开"


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit: its state and the file that the state rests on.

    Args:
        remark: what a person decided and why, that a decision no longer holds, or why no return counts.
        standing: see `toolkit.model.standing`; of the last validation.
    """

    unit: str
    name: str
    state: str
    file: str
    fill_date: str
    errors: int
    queries: int
    remark: str = ""
    standing: str = ABSENT


def unit_states(campaign: Campaign, today: date) -> list[UnitState]:
    """One state a unit, in official order, from the ledger and the folder 回收.

    A file that the last validation has not seen yet counts as 已收待查 for the unit in its stamp, when its name names
    no other; one without a stamp (an archive, a file with a password) for the unit that its name names, when nothing
    else came from that unit. A file whose marks of identity disagree is nobody's; the units that its name names have a
    remark. A person's 通过 holds for the content it was given to and is void for any other; 暂缓 holds until 通过 or
    重开.
    """
    ledger, current = campaign.ledger, _current(campaign)
    known = _Known(
        issued=ledger.issued(),
        current=current,
        waiting=_unseen(campaign, current),
        nil=ledger.nil_returns(),
        decisions=_decisions(campaign),
        overdue=campaign.deadline is not None and today > campaign.deadline,
        nobodys=_nobodys(campaign),
    )
    return [known.state(unit) for unit in campaign.units]


@dataclass(frozen=True)
class _Known:
    """What ledger and folder say, by unit code."""

    issued: Mapping[str, str]
    current: Mapping[str, dict]
    waiting: Mapping[str, str]
    nil: frozenset[tuple[str, str]]
    decisions: Mapping[str, dict]
    overdue: bool
    nobodys: Mapping[str, str]

    def state(self, unit: Unit) -> UnitState:
        """The one state of a unit."""
        record = self.current.get(unit.code)
        standing = _standing(record) if record else ABSENT
        if unit.code in self.waiting:
            return UnitState(unit.code, unit.name, WAITING, self.waiting[unit.code], "", 0, 0, standing=standing)
        if record is None:
            issued = unit.code in self.issued
            state = OVERDUE if self.overdue and issued else ISSUED if issued else NOT_ISSUED
            file = self.nobodys.get(unit.code, "")
            remark = round_words().states["unclear"].format(file=file) if file else ""
            return UnitState(unit.code, unit.name, state, "", "", 0, 0, remark)
        state, remark = self._decided(unit.code, record)
        facts = (record["file"], record["fill_date"], record["errors"], record["queries"])
        return UnitState(unit.code, unit.name, state, *facts, remark, standing)

    def _decided(self, code: str, record: dict) -> tuple[str, str]:
        """The state of a unit that returned something, and the remark."""
        passed = NIL if (record["sha256"], record["file"]) in self.nil else PASSED
        state = passed if record["state"] == ACCEPTED else SENT_BACK
        if state == passed and record["queries"]:
            state = QUERIED
        decision, said = self.decisions.get(code), round_words().states
        if decision is None or decision["verdict"] == REOPEN:
            return state, said.get(_standing(record), "")
        if decision["verdict"] == HOLD:
            return QUERIED, said["held"].format(**decision)
        if decision["sha256"] != record["sha256"]:
            return state, said["void"].format(**decision)
        if _standing(record) != COUNTED:
            return state, said["undecided"].format(**decision)
        return passed, said["accepted"].format(**decision)


def _decisions(campaign: Campaign) -> dict[str, dict]:
    """Unit → the last decision of a person; what was decided on a unit whose code another one has now is left out."""
    from toolkit.reading.unit_names import Names

    names = Names(campaign.units)
    found = campaign.ledger.decisions().items()
    return {code: one for code, one in found if not one["name"] or names.is_still(code, str(one["name"]))}


def _current(campaign: Campaign) -> dict[str, dict]:
    """Unit → the ledger's record of the return that its state rests on: the one that counts, where one does."""
    best: dict[str, tuple[int, dict]] = {}
    for record in noted_returns(campaign):
        unit, place = str(record["unit"]), STANDINGS.index(_standing(record))
        if record["present"] and unit and STANDINGS[place] != ABSENT and (unit not in best or place < best[unit][0]):
            best[unit] = place, record
    return {unit: record for unit, (_, record) in best.items()}


def _nobodys(campaign: Campaign) -> dict[str, str]:
    """Unit → a file that its name gives to the unit and something inside gives to another; so it is nobody's."""
    from toolkit.reading.unit_names import Names

    names, found = Names(campaign.units), {}
    for record in noted_returns(campaign):
        if record["present"] and record["blocked"] and not record["unit"]:
            found |= dict.fromkeys(names.named(str(record["file"])), str(record["file"]))
    return found


def _standing(record: Mapping[str, object]) -> str:
    return standing_of(str(record["state"]), bool(record["blocked"]))


def _unseen(campaign: Campaign, current: Mapping[str, dict]) -> dict[str, str]:
    """Unit → file, for returns that came after the last validation."""
    from toolkit.job import campaign_job
    from toolkit.reading import stamps_of, trace
    from toolkit.reading.identity import of_stamp
    from toolkit.reading.sniff import is_junk
    from toolkit.reading.unit_names import Names

    records, names = noted_returns(campaign), Names(campaign.units)
    judged = {(record["sha256"], record["file"]) for record in records if record["state"] != IGNORED}
    known = {(record["sha256"], record["file"]) for record in records}
    files = {file for _, file in known}
    unseen = {}
    all_files = campaign_job(campaign, date.today()).files
    traces = {file: (trace(file, path), file) if file in files else None for file, path in all_files}
    new = [(file, path) for file, path in all_files if traces[file] not in judged]
    stamps = stamps_of(new)
    for file, path in new:
        seen, stamp = traces[file], stamps[path]
        marked = bool(stamp and stamp.unit)
        unit = of_stamp(stamp, file, names, campaign.units)
        if unit and marked:
            unseen[unit] = file
        elif unit and seen not in known and not is_junk(file) and unit not in current:
            unseen.setdefault(unit, file)
    return unseen


def choose_return(campaign: Campaign, unit: str, file: str, why: str) -> None:
    """Notes which of several returns of a unit counts.

    Raises: XltoolError: K005 the last validation saw no such file of this unit, K017 it has not seen one that is there.
    """
    if unseen := _unseen(campaign, _current(campaign)).get(unit):
        raise XltoolError("K017", unit=unit, file=mask_file_name(unseen))
    for record in returns_of(campaign, unit):
        if record["file"] == mask_file_name(file):
            campaign.ledger.choose(unit, str(record["sha256"]), why)
            return
    raise XltoolError("K005", unit=unit, file=file)


def returns_of(campaign: Campaign, unit: str) -> list[dict[str, object]]:
    """The ledger's records of the returns of a unit that lie in 回收, as the last validation saw them."""
    return [record for record in noted_returns(campaign) if record["unit"] == unit and record["present"]]


def files_of(campaign: Campaign, unit: str) -> list[str]:
    """The files of a unit that lie in 回收, those among them that no validation has seen yet."""
    seen = [str(record["file"]) for record in returns_of(campaign, unit)]
    unseen = _unseen(campaign, _current(campaign)).get(unit)
    return list(dict.fromkeys([*seen, unseen] if unseen else seen))


def history(campaign: Campaign, unit: str = "") -> list[dict[str, object]]:
    """What happened to a unit, or to all, oldest first."""
    return [line for line in campaign.ledger.history() if unit in ("", line["unit"])]


def in_words(detail: str) -> str:
    """The detail of a line of history; where it ends with the state of a file, that state as people read it."""
    head, mark, state = detail.rpartition("：")
    return f"{head}{mark}{words()['file_states'].get(state, state)}" if mark else detail


def decide(campaign: Campaign, code: str, verdict: str, why: str, who: str = "") -> UnitState:
    """Notes a person's 通过, 暂缓 or 重开 for a unit and gives its state after that.

    Args:
        who: default: the name of the person who is logged in.
    Raises: XltoolError: K011 no such unit, K012 no reason given, K013 nothing returned or not validated yet,
        K014 the return that counts cannot be accepted (not readable, or one of several has to be chosen),
        K016 nothing to reopen.
    """
    if campaign.units.get(code) is None:
        raise XltoolError("K011", unit=code)
    if not why.strip():
        raise XltoolError("K012")
    before = _decisions(campaign).get(code)
    if verdict == REOPEN and (before is None or before["verdict"] == REOPEN):
        raise XltoolError("K016", unit=code)
    current = _current(campaign)
    record = current.get(code)
    if verdict != REOPEN and (record is None or code in _unseen(campaign, current)):
        raise XltoolError("K013", unit=code)
    if verdict == ACCEPT and record and _standing(record) != COUNTED:
        raise XltoolError("K014", unit=code, file=record["file"])
    digest = str(record["sha256"]) if record else ""
    campaign.ledger.decide(code, verdict, digest, who or person(), why.strip(), campaign.units.by_code[code].name)
    return next(state for state in unit_states(campaign, date.today()) if state.unit == code)


def person() -> str:
    """The name of the person who is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return round_words().states["nobody"]
