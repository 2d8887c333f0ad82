"""Who has returned what: for every unit exactly one state, and they add up to the unit list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.campaign import Campaign
from toolkit.model.batch import ACCEPTED, CONFLICT, IGNORED, WITH_ERRORS
from toolkit.model.errors import XltoolError

NOT_ISSUED, ISSUED, WAITING = "未发", "已发", "已收待查"
SENT_BACK, QUERIED, PASSED, OVERDUE = "有错退回", "有疑问", "已通过", "逾期"
UNIT_STATES = (NOT_ISSUED, ISSUED, WAITING, SENT_BACK, QUERIED, PASSED, OVERDUE)
_RANK = {ACCEPTED: 0, WITH_ERRORS: 1, CONFLICT: 2}


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit: its state and the file that the state rests on."""

    unit: str
    name: str
    state: str
    file: str
    fill_date: str
    errors: int
    queries: int


def unit_states(campaign: Campaign, today: date) -> list[UnitState]:
    """One state a unit, in official order, from the ledger and the folder 回收.

    A file that the last validation has not seen yet counts as 已收待查 for the unit in its stamp.
    """
    issued = campaign.ledger.issued()
    current = _current(campaign)
    waiting = _unseen(campaign)
    overdue = campaign.deadline is not None and today > campaign.deadline
    return [_state(unit, unit.code in issued, current.get(unit.code), waiting, overdue) for unit in campaign.units]


def _state(unit, is_issued: bool, record: dict | None, waiting: dict[str, str], overdue: bool) -> UnitState:
    if unit.code in waiting:
        return UnitState(unit.code, unit.name, WAITING, waiting[unit.code], "", 0, 0)
    if record is None:
        state = OVERDUE if overdue and is_issued else ISSUED if is_issued else NOT_ISSUED
        return UnitState(unit.code, unit.name, state, "", "", 0, 0)
    state = PASSED
    if record["state"] != ACCEPTED:
        state = SENT_BACK
    elif record["queries"]:
        state = QUERIED
    facts = (record["file"], record["fill_date"], record["errors"], record["queries"])
    return UnitState(unit.code, unit.name, state, *facts)


def _current(campaign: Campaign) -> dict[str, dict]:
    """Unit → the ledger's record of the return that counts."""
    best: dict[str, dict] = {}
    for record in campaign.ledger.returned():
        if record["present"] and record["unit"] and record["state"] in _RANK:
            held = best.get(str(record["unit"]))
            if held is None or _RANK[str(record["state"])] < _RANK[str(held["state"])]:
                best[str(record["unit"])] = record
    return best


def _unseen(campaign: Campaign) -> dict[str, str]:
    """Unit → file, for returns that came after the last validation."""
    import hashlib

    from toolkit.pipeline import campaign_job
    from toolkit.reading import peek_stamp

    known = {(record["sha256"], record["file"]) for record in campaign.ledger.returned() if record["state"] != IGNORED}
    names = {file for _, file in known}
    unseen = {}
    for file, path in campaign_job(campaign, date.today()).files:
        if file in names and (hashlib.sha256(path.read_bytes()).hexdigest(), file) in known:
            continue
        stamp = peek_stamp(path)
        if stamp and stamp.unit:
            unseen[stamp.unit] = file
    return unseen


def choose_return(campaign: Campaign, unit: str, file: str, why: str) -> None:
    """Notes which of several returns of a unit counts.

    Raises: XltoolError: K005 the last validation saw no such file of this unit.
    """
    for record in campaign.ledger.returned():
        if record["unit"] == unit and record["file"] == file and record["present"]:
            campaign.ledger.choose(unit, str(record["sha256"]), why)
            return
    raise XltoolError("K005", unit=unit, file=file)
