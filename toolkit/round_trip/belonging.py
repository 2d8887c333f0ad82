"""Whose a file is before it leaves the house: nothing goes to a unit but what all marks of identity say is its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.files import at_hand
from toolkit.model.stamp import DISPUTES, TASKS
from toolkit.model.unit import Unit
from toolkit.our_books import OurBook, read_books
from toolkit.reading import read_returns
from toolkit.reading.unit_names import Names
from toolkit.round_trip.words import round_words


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file that is to go to a unit.

    Args:
        digest: SHA-256 of what was written for this unit, as the ledger has it; "" = not noted.
        name: what the list called the unit when it was written.
    """

    unit: Unit
    path: Path
    digest: str = ""
    name: str = ""


def own_returns(campaign: Campaign, files: Iterable[Outgoing]) -> frozenset[Path]:
    """Those of the workbooks that are their unit's.

    What is still as it was written for the unit is, when the unit is who had its code then. Everything else is read
    again as a return is, and belongs to the unit when its stamps, its cells and its name say so.
    """
    names = Names(campaign.units)
    same, changed = set(), []
    for one in files:
        if one.digest and digest_of(one.path) == one.digest and names.is_still(one.unit.code, one.name):
            same.add(one.path)
        else:
            changed.append(one)
    found = units_of(campaign, [one.path for one in changed])
    return frozenset(same | {one.path for one in changed if found.get(one.path) == one.unit.code})


def noted_returns(campaign: Campaign) -> list[dict[str, object]]:
    """The ledger's records of the returned files; those of a unit whose code another one has now are nobody's."""
    names = Names(campaign.units)
    return [
        record
        if not record["name"] or names.is_still(str(record["unit"]), str(record["name"]))
        else {**record, "unit": "", "blocked": 1}
        for record in campaign.ledger.returned()
    ]


def units_of(campaign: Campaign, paths: Iterable[Path]) -> dict[Path, str]:
    """The codes of the units whose returns lie at some paths, by all marks of identity; nobody's are left out."""
    files = [(path.name, path) for path in paths]
    read = read_returns(files, campaign.form, campaign.units, expected=campaign.stamp).returns if files else []
    return {item.path: item.unit for item in read if item.unit and item.located}


def own_disputes(campaign: Campaign, files: Sequence[Outgoing]) -> frozenset[Path]:
    """Those of the lists of disputes that were written in this round for their unit."""
    books = read_books([one.path for one in files])
    return frozenset(one.path for one in files if _addressee(campaign, books[one.path]) == one.unit.code)


def own_lists(campaign: Campaign, files: Sequence[Outgoing]) -> frozenset[Path]:
    """Those of the lists of duties that were written in this round for their unit."""
    books = read_books([one.path for one in files])

    def unit_of(book: object) -> str:
        ours = isinstance(book, OurBook) and book.kind == TASKS and book.stamp.campaign == campaign.id
        return campaign.units.now(book.stamp.unit) if ours else ""  # type: ignore[attr-defined]

    return frozenset(one.path for one in files if unit_of(books[one.path]) == one.unit.code)


def _addressee(campaign: Campaign, book: object) -> str:
    """The code of the unit that a list of disputes of this round was written for."""
    if isinstance(book, OurBook) and book.kind == DISPUTES and book.stamp.campaign == campaign.id:
        return campaign.units.now(book.meta.get(ADDRESSEE, ""))
    return ""


ADDRESSEE = "xltool_addressee"
"""On the sheet `_meta` of a list of disputes: the code of its unit."""


def not_theirs() -> str:
    """What is said of a file that does not go out."""
    return round_words().mail["not_theirs"]


def digest_of(path: Path) -> str:
    """SHA-256 of a file of ours, also of one that is just being written."""
    return hashlib.sha256(at_hand(path).read_bytes()).hexdigest()
