"""The unit list (单位名录): who must return a workbook, in official order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign.listing.words import STOP
from toolkit.campaign.words import campaign_words
from toolkit.model.duties import NO, YES
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.in_place import instead
from toolkit.model.privacy import mask_label, recognise
from toolkit.model.unit import KnownOrg, Unit, UnitList

if TYPE_CHECKING:
    from toolkit.campaign.listing.draft import Draft, Problem


def read_unit_list(path: Path, form: Form) -> UnitList:
    """The units of a list in any shape, and their organisations.

    Args:
        form: gives the allowed categories, levels and forms of organisation.
    Raises: XltoolError: U001 unreadable, U002 no sheet is a list, U003 what nobody can work with, U004 no unit.

    A list made before the column 代表本级 existed is read as if nobody spoke for an area.
    """
    draft = understand(path, form)
    if found := draft.of(STOP):
        raise _bad(draft, found)
    return units_of(draft)


def understand(path: Path, form: Form) -> Draft:
    """A list in any shape as it is understood, with everything about it that was put right or has to be looked at.

    Raises: XltoolError: U001 unreadable, U002 no sheet is a list, U004 no unit.
    """
    from toolkit.campaign.listing.draft import draft_of

    draft = draft_of(path.name, _sheets(path))
    if draft is None:
        raise XltoolError("U002", file=path.name, what=campaign_words().units["name"])
    if not draft.units.lines:
        raise XltoolError("U004", file=path.name)
    return judge_draft(draft, form)


def judge_draft(draft: Draft, form: Form) -> Draft:
    """The same list with its cells put right and everything about it noted."""
    from toolkit.campaign.listing.relations import relate, tidy_orgs
    from toolkit.campaign.listing.values import tidy

    tidy(draft, form)
    relate(draft, form)
    tidy_orgs(draft, form)
    return draft


def units_of(draft: Draft) -> UnitList:
    """The units of a list that is fit to work with."""
    orgs: dict[str, list[KnownOrg]] = {}
    for line in draft.orgs.lines:
        one = line.values
        known = KnownOrg(one["code"], mask_label(one["name"]), one["type"], one.get("parent", ""))
        orgs.setdefault(one["unit"], []).append(known)
    lines = [line for line in draft.units.lines if not line.out]
    units = [_unit(line.values, orgs.get(line.values["code"], ())) for line in lines]
    recognise(unit.code for unit in units)
    places = {
        line.values["code"]: {name: draft.units.place(line.row, name) for name in draft.units.columns} for line in lines
    }
    return UnitList(tuple(units), "speaks" in draft.units.columns, places)


def _unit(record: Mapping[str, str], orgs: Sequence[KnownOrg]) -> Unit:
    return Unit(
        speaks=record["speaks"] == YES,
        code=record["code"],
        name=mask_label(record["name"]),
        category=record["category"],
        level=record["level"],
        parent=record.get("parent", ""),
        short_names=tuple(mask_label(name) for name in record.get("short_names", "").split("；") if name),
        town=record.get("town", ""),
        contact=record.get("contact", ""),
        email=record.get("email", ""),
        orgs=tuple(orgs),
    )


def _sheets(path: Path) -> Mapping[str, Sequence[Sequence]]:
    """The sheets of a list, which goes through the same door as every other file that people hand in."""
    from toolkit.reading.door import Cells, read_list

    said = campaign_words()
    if not path.exists():
        raise XltoolError("U001", file=path, problem=instead(path), advice=said.problem("look_again"))
    read = read_list(path)
    if isinstance(read, Cells):
        return read.sheets
    advice = said.problem("put_back", advice=read.advice)
    raise XltoolError("U001", file=path.name, problem=read.message, advice=advice)


def _bad(draft: Draft, problems: Sequence[Problem]) -> XltoolError:
    """The first of the problems, and how many there are."""
    said, first = campaign_words(), problems[0]
    labels = said.orgs if first.orgs else said.units
    problem = first.sentence + (said.problem("more", count=len(problems) - 1) if len(problems) > 1 else "")
    facts = {"row": first.row, "label": labels.get(first.column, ""), "value": first.given, "problem": problem}
    return XltoolError("U003", file=draft.file, **facts)


def unit_list_workbook(units: UnitList, form: Form) -> bytes:
    """The sheets 单位名录, 党组织 and 填写说明; what a list lacks is an empty table to fill in."""
    from toolkit.campaign.listing.sheets import ListBook

    book = ListBook(form)
    book.lists([record_of(unit) for unit in units], [record for unit in units for record in org_records(unit)])
    book.notes()
    return book.close()


def record_of(unit: Unit) -> dict[str, str]:
    """A unit as its row of the list."""
    return {
        "code": unit.code,
        "name": unit.name,
        "short_names": "；".join(unit.short_names),
        "category": unit.category,
        "level": unit.level,
        "speaks": YES if unit.speaks else NO,
        "parent": unit.parent,
        "town": unit.town,
        "contact": unit.contact,
        "email": unit.email,
    }


def org_records(unit: Unit) -> list[dict[str, str]]:
    """The organisations of a unit as their rows of the list."""
    return [
        {"unit": unit.code, "code": org.code, "name": org.name, "type": org.type, "parent": org.parent}
        for org in unit.orgs
    ]
