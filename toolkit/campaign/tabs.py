"""What further sheets in a unit's workbook are, as a person said for one round: a sheet of the form, or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from toolkit.campaign import Campaign
from toolkit.campaign.aliases import person, save_said, sheet_named
from toolkit.model import strictyaml
from toolkit.model.batch import Return
from toolkit.model.errors import XltoolError
from toolkit.model.in_place import lies
from toolkit.reading.unit_names import Names

FILE = "工作表确认.yaml"
LEFT_OUT = ("S028", "S035")
_KEYS = ("unit", "title", "sheet", "who", "at", "why", "name")


@dataclass(frozen=True)
class Tab:
    """One sheet that a person told apart: whose, its title, which sheet of the form it is ("" = it does not count).

    Args:
        name: what the list called the unit then; "" = said before this was noted.
    """

    unit: str
    title: str
    sheet: str
    who: str
    at: str
    why: str
    name: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A sheet that was not read though it looks like one of the form: whose, in which file, what is said of it."""

    unit: str
    file: str
    title: str
    problem: str


def confirmed(campaign: Campaign) -> list[Tab]:
    """What was said for a round, under the codes that the units have now.

    What was said of a unit whose code another one has now holds for nobody.

    Raises: DefinitionError: the file breaks its rules; with line.
    """
    path = campaign.folder / FILE
    if not lies(path):
        return []
    root, names = strictyaml.load(path), Names(campaign.units)
    found = []
    for record in root.records("tabs"):
        one = Tab(**{key: record.text(key, "") for key in _KEYS})
        code = campaign.units.now(str(one.unit))
        if not one.name or names.is_still(code, str(one.name)):
            found.append(replace(one, unit=code))
        record.done()
    root.done()
    return found


def lookup(tabs: Iterable[Tab]) -> dict[str, dict[str, str]]:
    """Unit → title → name of the sheet of the form, "" where it does not count."""
    found: dict[str, dict[str, str]] = {}
    for tab in tabs:
        found.setdefault(tab.unit, {})[str(tab.title)] = str(tab.sheet)  # texts of a file carry their place in it
    return found


def confirm(campaign: Campaign, unit: str, title: str, sheet: str, why: str = "", who: str = "") -> Tab:
    """Notes what a sheet in the workbook of a unit is, in the settings and the history of the round.

    Args:
        sheet: Chinese title or English name of the sheet of the form; "" = it does not count.
    Raises: XltoolError: K040 no such sheet, K045 no unit or title, K046 no such unit, K048 no table.
    """
    at = sheet_named(campaign.form, sheet) if sheet else None
    if not unit or not title:
        raise XltoolError("K045")
    if campaign.units.get(unit) is None:
        raise XltoolError("K046", unit=unit)
    if at and at.layout != "table":
        raise XltoolError("K048", sheet=at.label)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    made = Tab(unit, title, at.name if at else "", who or person(), now, why, campaign.units.by_code[unit].name)
    others = [known for known in confirmed(campaign) if (known.unit, known.title) != (unit, title)]
    detail = f"{title} {at.label if at else ''} {made.who} {why}"
    _save(campaign, [*others, made], "tab" if at else "tab_skipped", detail, unit)
    return made


def withdraw(campaign: Campaign, unit: str, title: str) -> None:
    """Takes back what was said.

    Raises: XltoolError: K047 nothing was said of it.
    """
    known = confirmed(campaign)
    rest = [tab for tab in known if (tab.unit, tab.title) != (unit, title)]
    if len(rest) == len(known):
        raise XltoolError("K047", unit=unit, title=title)
    _save(campaign, rest, "tab_withdrawn", f"{title} {person()}", unit)


def _save(campaign: Campaign, tabs: list[Tab], what: str, detail: str, unit: str) -> None:
    rows = [{key: str(getattr(tab, key)) for key in _KEYS} for tab in tabs]
    save_said(campaign, FILE, {"tabs": rows}, what, " ".join(detail.split()), unit)


def left_out(returns: Iterable[Return]) -> list[LeftOut]:
    """The sheets of the returns that were not read though they look like ones of the form."""
    return [
        LeftOut(returned.unit, returned.file, finding.sheet, finding.message)
        for returned in returns
        for finding in returned.findings
        if finding.code in LEFT_OUT
    ]
