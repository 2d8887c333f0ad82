"""The issued workbooks for whoever passes them on: 下发清单.xlsx, and one zip for each parent unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.distribute import Issued
from toolkit.files import at_hand, safe_name, write_whole
from toolkit.ooxml.writing import join_members, stored
from toolkit.round_trip.belonging import Outgoing, own_returns
from toolkit.round_trip.issuing import issue, left_over
from toolkit.round_trip.prefilling import Prefilling
from toolkit.round_trip.words import round_words
from toolkit.words import say


@dataclass(frozen=True, slots=True)
class Handed:
    """One unit's workbook in 下发清单."""

    unit: str
    name: str
    parent: str
    contact: str
    file: str
    state: str
    sha256: str
    zip: str


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a distribution wrote: the units' workbooks, 下发清单.xlsx, the zips.

    Args:
        others: see `toolkit.round_trip.prefilling.Prefilling.others`.
    """

    issued: list[Issued]
    book: Path
    zips: list[Path]
    others: Mapping[str, str]

    def sentences(self, campaign: Campaign) -> list[str]:
        """What the bureau has to know of it: old workbooks left there, units that get no rows of last year."""
        said = []
        if old := left_over(campaign, self.issued):
            said.append(say("left_over", folder=campaign.issued, files="、".join(old)))
        if self.others:
            named = "、".join(f"{code} {name}" for code, name in sorted(self.others.items()))
            said.append(say("not_carried", count=len(self.others), units=named))
        return said


def hand_out(campaign: Campaign, zips: bool = False) -> HandedOut:
    """Issues the workbooks, packs them for the parent units when asked to, and writes 下发清单.xlsx.

    Raises: XltoolError: K006 another run is at work; O001 to O003 from the disk.
    """
    with campaign.writing():
        known = Prefilling(campaign)
        issued = issue(campaign, known)
        rows = handed(campaign, issued, zips)
        made = write_zips(campaign, rows) if zips else []
        return HandedOut(issued, write_issued_list(campaign, rows), made, known.others)


def handed(campaign: Campaign, issued: Iterable[Issued], zips: bool) -> list[Handed]:
    """Every issued workbook in official order, with the zip that holds it."""
    records = {item.unit: item for item in issued}
    units, own = campaign.units, _own(campaign, issued) if zips else frozenset()
    found = []
    for unit in units:
        if item := records.get(unit.code):
            parent = units.get(unit.parent)
            name = parent.name if parent else unit.parent
            inside = zip_name(campaign, unit.code) if item.path in own else ""
            found.append(
                Handed(unit.code, unit.name, name, unit.contact, item.path.name, item.state, item.sha256, inside)
            )
    return found


def _own(campaign: Campaign, issued: Iterable[Issued]) -> frozenset[Path]:
    """The workbooks in 下发 that are their unit's: one that somebody put there or filled in may be another unit's."""
    return own_returns(
        campaign,
        [
            Outgoing(unit, item.path, item.sha256, unit.name)
            for item in issued
            if (unit := campaign.units.get(item.unit))
        ],
    )


def zip_name(campaign: Campaign, code: str) -> str:
    """File name of the zip with a unit's workbook: that of its parent unit, its own when it has none."""
    unit = campaign.units.by_code[code]
    parent = campaign.units.get(unit.parent)
    holder = parent or unit
    facts = {"code": holder.code, "name": holder.name}
    return safe_name(round_words().issued["zip"].format(**facts)) + ".zip"


def write_zips(campaign: Campaign, rows: Sequence[Handed]) -> list[Path]:
    """One zip a parent unit in 下发/打包: the same workbooks give the same bytes; names are UTF-8.

    Raises: XltoolError: O001 to O003 from the disk.
    """
    folder = campaign.issued / round_words().issued["folder"]
    by_zip: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.zip:
            by_zip[row.zip].append(row.file)
    for name, files in by_zip.items():
        write_whole(folder / name, _zip(campaign.issued / file for file in sorted(files)))
    return [folder / name for name in sorted(by_zip)]


def _zip(paths: Iterable[Path]) -> bytes:
    return join_members(stored(path.name, at_hand(path).read_bytes()) for path in paths)


def write_issued_list(campaign: Campaign, rows: Sequence[Handed]) -> Path:
    """Writes 汇总/下发清单.xlsx and returns its path."""
    from toolkit.round_trip.books import issued_workbook
    from toolkit.round_trip.burden import burdens
    from toolkit.round_trip.chase import deadline_text

    path = campaign.output / round_words().issued["book"]
    facts = {"title": campaign.title, "deadline": deadline_text(campaign), "has_prior": bool(campaign.prior)}
    write_whole(path, issued_workbook(rows, list(burdens(campaign)), **facts))
    return path
