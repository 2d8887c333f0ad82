"""The unit list of a running round changed by the program: issued and returned workbooks go on counting.

A unit that gets another code or name keeps the former one in the ledger, by which its workbooks are known. The list is
judged before it is written: a change that would make it wrong is refused, and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from toolkit.campaign import OUTPUT, UNIT_LIST, Campaign
from toolkit.campaign.listing.draft import Draft, Line, Problem, Table
from toolkit.campaign.listing.review import free, write_review
from toolkit.campaign.listing.taking import said_of
from toolkit.campaign.listing.words import ASK, DONE, LOOK, STOP, list_words
from toolkit.campaign.prior import prior_names
from toolkit.campaign.unit_list import judge_draft, org_records, record_of, understand, unit_list_workbook, units_of
from toolkit.campaign.words import campaign_words
from toolkit.disk import make_folder
from toolkit.files import write_whole
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.unit import Unit, UnitList
from toolkit.reading.normal import compact
from toolkit.reading.unit_names import Names, names_of

FIELDS = ("code", "name", "short_names", "category", "level", "speaks", "parent", "town", "contact", "email")


def find_unit(units: UnitList, text: str) -> Unit:
    """The unit that a code, a name or a short name means, of today or of before.

    Raises: XltoolError: U010 none, or several.
    """
    if (known := units.get(units.now(text.strip()))) is not None:
        return known
    wanted = compact(text)
    found = [unit for unit in units if wanted in map(compact, names_of(unit, units))]
    if len(found) != 1:
        raise XltoolError("U010", unit=text, count=len(found))
    return found[0]


def add_unit(campaign: Campaign, facts: Mapping[str, str]) -> Unit:
    """Puts a unit at the end of the list.

    Args:
        facts: fields of the list; a parent may be named.
    Raises: XltoolError: U011 the code was another unit's, U012 the list would be wrong.
    """
    _unused(campaign, facts.get("code", ""), name=facts.get("name", ""))
    return _changed(campaign, "", facts)


def change_unit(campaign: Campaign, unit: Unit, facts: Mapping[str, str]) -> Unit:
    """Gives a unit other facts: its code, name, level, category, parent …

    Raises: XltoolError: U011 the code is or was another unit's, U012 the list would be wrong.
    """
    _unused(campaign, facts.get("code", ""), own=unit.code)
    return _changed(campaign, unit.code, facts)


def remove_unit(campaign: Campaign, unit: Unit, why: str, files: Sequence[str]) -> None:
    """Takes a unit off the list.

    Args:
        files: workbooks of the unit that lie in 回收.
    Raises: XltoolError: K012 no reason given, U013 a workbook of the unit lies in 回收, U014 other units name it.
    """
    if not why.strip():
        raise XltoolError("K012")
    if files:
        raise XltoolError("U013", name=unit.name, file="、".join(files[:3]))
    named = [one.name for one in campaign.units if unit.code in (one.parent, one.town) and one.code != unit.code]
    if named:
        raise XltoolError("U014", name=unit.name, units="、".join(named[:3]))
    rest = [one for one in campaign.units if one.code != unit.code]
    detail = list_words().changes["removed"].format(name=unit.name, why=why.strip())
    with campaign.writing():
        _keep_and_write(campaign, UnitList(tuple(rest)))
        campaign.ledger.record_removal(unit.code, unit.name, detail)


def check_list(campaign: Campaign) -> tuple[Path, Draft]:
    """Writes all that is to be said of the round's list into 汇总; the workbook and what it says."""
    draft = understand(campaign.folder / UNIT_LIST, campaign.form)
    folder = make_folder(campaign.folder / OUTPUT)
    with campaign.writing():
        return write_review(draft, campaign.form, folder), draft


def counts(draft: Draft) -> dict[str, int]:
    """How many units there are, and how much is to be settled, was put right, should be looked at."""
    units = sum(not line.out for line in draft.units.lines)
    numbers = {"open": len(draft.of(STOP, ASK)), "done": len(draft.of(DONE)), "look": len(draft.of(LOOK))}
    return {"units": units, **numbers}


def _unused(campaign: Campaign, code: str, *, own: str = "", name: str = "") -> None:
    """A code means one unit for the whole of a round, also when the unit is gone; it may come back under its name."""
    units, code = campaign.units, code.strip()
    gone = campaign.ledger.removed().get(code, "")
    if gone and compact(gone) != compact(name):
        raise XltoolError("U011", taken=code, name=gone)
    holder = code if code in units.by_code else units.former.get(code, "")
    if code and holder and holder != own:
        known = units.get(holder)
        raise XltoolError("U011", taken=code, name=known.name if known else holder)


def _changed(campaign: Campaign, code: str, facts: Mapping[str, str]) -> Unit:
    """Writes the list with other facts of a unit; code: "" = a new one."""
    units, form = campaign.units, campaign.form
    before = units.get(code)
    records = [record_of(unit) for unit in units]
    own = next((one for one in records if one["code"] == code), None) if code else None
    if own is None:
        own = dict.fromkeys(FIELDS, "")
        records.append(own)
    own |= {name: text.strip() for name, text in facts.items()}
    if facts.get("code", "") and code:
        for one in records:
            one |= {name: own["code"] for name in ("parent", "town") if one[name] == code}
    orgs = [record for unit in units for record in org_records(unit)]
    orgs = [one | {"unit": own["code"]} if one["unit"] == code else one for one in orgs]
    draft = _judged(records, orgs, form)
    known = {(one.kind, one.column, one.given) for one in _judged([*map(record_of, units)], [], form).of(STOP, ASK)}
    row = next(line.row for line in draft.units.lines if line.values["code"] == own["code"].strip() or line.raw is own)
    wrong = [one for one in draft.of(STOP, ASK) if one.row == row or (one.kind, one.column, one.given) not in known]
    if wrong:
        raise XltoolError("U012", problem=_said(wrong[0]))
    now = units_of(draft)
    unit = next(line for line in draft.units.lines if line.row == row).values["code"]
    made = now.by_code[unit]
    with campaign.writing():
        _keep_and_write(campaign, now)
        had = _had(campaign, before, made, facts)
        changes = _differences(before, made, had)
        new_code = made.code if before and made.code != code else ""
        campaign.ledger.record_change(code or made.code, new_code, had, changes)
    return made


def _had(campaign: Campaign, before: Unit | None, made: Unit, facts: Mapping[str, str]) -> list[str]:
    """Names that the unit had until now.

    A name that the list has already says that what it called this code before, until somebody typed over it, is the
    same unit.
    """
    if before is None:
        return []
    if before.name != made.name:
        return [before.name]
    others = Names(UnitList(tuple(unit for unit in campaign.units if unit.code != before.code)))
    noted = (
        (*campaign.ledger.called(before.code), prior_names(campaign).get(before.code, "")) if facts.get("name") else ()
    )
    return [name for name in noted if name not in ("", made.name) and not others.called(name)]


def _judged(records: Iterable[dict[str, str]], orgs: Iterable[dict[str, str]], form: Form) -> Draft:
    units = Table(lines=[Line(row, dict(one), one) for row, one in enumerate(records, 2)], columns=_columns())
    own = Table(lines=[Line(row, dict(one), one) for row, one in enumerate(orgs, 2)])
    return judge_draft(Draft(UNIT_LIST, units, own), form)


def _columns() -> dict[str, int]:
    return {name: at for at, name in enumerate(FIELDS)}


def _said(one: Problem) -> str:
    return f"{said_of(replace(one, row=0))}，{one.advice}"


def _differences(before: Unit | None, made: Unit, had: Sequence[str]) -> str:
    """What changed, for the history.

    Args:
        had: names that it had until now.
    """
    said, labels = list_words().changes, campaign_words().units
    if before is None:
        return said["added"].format(name=made.name)
    old, new = record_of(before) | ({"name": "、".join(had)} if had else {}), record_of(made)
    parts = [
        said["field"].format(label=labels[name], old=old[name] or "—", new=new[name] or "—")
        for name in FIELDS
        if old[name] != new[name]
    ]
    return "；".join([made.name, *parts])


def _keep_and_write(campaign: Campaign, units: UnitList) -> None:
    """The list anew; where it held more than a list of ours does, the one that was there stays beside it."""
    path = campaign.folder / UNIT_LIST
    draft = understand(path, campaign.form)
    if draft.problems or not draft.units.plain:
        data = path.read_bytes()
        write_whole(free(path.parent, list_words().book["kept"], data), data)
    write_whole(path, unit_list_workbook(units, campaign.form))
