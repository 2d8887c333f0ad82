"""Which offices still owe their list of duties, with a text for each that can be pasted and sent as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.our_books import workbooks_below
from toolkit.ours import noted
from toolkit.round_trip.words import round_words
from toolkit.tasks import LISTS, RECORD
from toolkit.tasks.files import inbox, list_names, stamp_of, statuses
from toolkit.tasks.merging import ABSENT, CONFLICT, COUNTED, Merged, merge_lists
from toolkit.tasks.offices import Office, Offices


@dataclass(frozen=True, slots=True)
class ListReminder:
    """What one office is asked for.

    Args:
        key: of the office; stem: of the name of its list.
        state: of its list, see `toolkit.tasks.merging.STATES`, or ABSENT.
        wrong, blank: rows that were refused, rows without an answer.
    """

    key: str
    name: str
    contact: str
    stem: str
    state: str
    duties: int
    wrong: int
    blank: int
    text: str


def list_reminders(campaign: Campaign, as_of: date) -> list[ListReminder]:
    """One reminder for every office whose list was written and has not come back whole, in the order of the text.

    Raises: XltoolError: TSK-002 责任单位.xlsx cannot be read.
    """
    handed = noted(campaign.folder / RECORD).get(LISTS)
    if not handed:
        return []
    offices = Offices(campaign)
    names, merged = list_names(offices.lists), Merged(())
    if workbooks_below(inbox(campaign)):
        merged = merge_lists(inbox(campaign), offices, stamp_of(campaign), statuses(campaign), as_of)
    written = {key: one for key, one in offices.lists.items() if names[key] in handed}
    return list(_reminders(campaign, written, names, merged))


def list_texts(campaign: Campaign, reminders: Sequence[ListReminder]) -> dict[str, str]:
    """Name of a text below 催报 → the text, "" where the office owes nothing any more."""
    handed = noted(campaign.folder / RECORD).get(LISTS, {})
    return {f"{Path(name).stem}.txt": "" for name in handed} | {f"{one.stem}.txt": one.text for one in reminders}


def _reminders(
    campaign: Campaign, offices: dict[str, Office], names: dict[str, str], merged: Merged
) -> Iterator[ListReminder]:
    said = round_words().chase_lists
    for key, office in offices.items():
        state, own = merged.state(key), merged.counted.get(key)
        wrong, blank = (len(own.problems), own.blank) if own else (0, 0)
        if state == COUNTED and not wrong and not blank:
            continue
        kind = state if state in (ABSENT, CONFLICT) else "unfinished" if own else "refused"
        facts = {"unit": office.name, "title": campaign.title, "wrong": wrong, "blank": blank, "file": names[key]}
        lines = [said["head"].format(**facts), said[kind].format(**facts)]
        if campaign.return_to:
            lines.append(round_words().chase["return_to"].format(return_to=campaign.return_to))
        contact, stem = office.unit.contact if office.unit else "", Path(names[key]).stem
        yield ListReminder(key, office.name, contact, stem, state, len(office.clauses), wrong, blank, "\n".join(lines))
