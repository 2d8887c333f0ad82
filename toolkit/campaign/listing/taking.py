"""A bureau's own list becomes the list of a round, or the workbook that says what is to be settled before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from toolkit.campaign.listing.draft import Draft, Problem
from toolkit.campaign.listing.review import free, write_review
from toolkit.campaign.listing.words import ASK, DONE, LOOK, STOP, list_words
from toolkit.campaign.unit_list import understand, unit_list_workbook, units_of
from toolkit.campaign.words import campaign_words
from toolkit.files import write_whole
from toolkit.model.cell import more
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.privacy import screened

Heard = Callable[[str], None]
_SOME = 5
_ZIP = b"PK"
SAID_OFTEN = "no_speaker"
"""What every run says anyway (see `list_notices`)."""


def take_list(path: Path, form: Form) -> Draft:
    """The list at a path, when nothing in it is to be settled first.

    Raises: XltoolError: U001, U002, U004; U005 something is: all of it is written beside the list.
    """
    draft = understand(path, form)
    if found := draft.of(STOP, ASK):
        review = write_review(draft, form, path.parent)
        raise XltoolError("U005", file=path.name, count=len(found), first=said_of(found[0]), review=review)
    return draft


def keep_list(draft: Draft, source: Path, target: Path, form: Form, heard: Heard) -> None:
    """Puts a list into a round: as it is where it is a list of ours, else anew; then the one it was made of stays.

    Args:
        heard: is told what was put right, what was left out, where all of it stands.
    """
    words = list_words()
    done, look = draft.of(DONE), [one for one in draft.of(LOOK) if one.kind != SAID_OFTEN]
    data, ours = source.read_bytes(), draft.units.title == campaign_words().unit_list["units"] and draft.units.plain
    same = target.exists() and target.samefile(source)
    if ours and not done and not draft.reviewed and data.startswith(_ZIP) and source.suffix.lower() == target.suffix:
        if not same:
            write_whole(target, data)
    else:
        if same:
            write_whole(free(target.parent, words.book["kept"], data), data)
        write_whole(target, unit_list_workbook(units_of(draft), form))
    for name, found in (("done", done), ("look", look)):
        if found:
            some = "；".join(map(said_of, found[:_SOME])) + (more(len(found) - _SOME) if len(found) > _SOME else "")
            heard(words.said[name].format(count=len(found), some=some))
    if done or look:
        heard(words.said["review"].format(path=write_review(draft, form, target.parent)))


def said_of(one: Problem) -> str:
    """A problem in one line."""
    labels = campaign_words().orgs if one.orgs else campaign_words().units
    place = list_words().said["row"].format(row=one.row) if one.row else one.sheet
    given = f"“{screened(one.given)}”" if one.given else ""
    becomes = f" → “{screened(one.suggestion)}”" if one.suggestion and one.weight == DONE else ""
    return f"{place}{labels.get(one.column, '')}{given}{becomes}：{one.sentence}"
