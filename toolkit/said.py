"""The figures of a run as the terminal and the console say them; the same ones as in the workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.disk import opened_in
from toolkit.model.figures import PROVED, RANK, TOLD, Share
from toolkit.model.finding import from_catalogue
from toolkit.summary.definitions import unset_sentence
from toolkit.words import say

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.feedback import Problem as Feedback
    from toolkit.tasks import Problem as Sheet

PARTS = ("reported", "listed", "to_verify", "registered", "refused")


def still_open(paths: Iterable[Path]) -> list[str]:
    """A sentence for every output that somebody has open as it was before it was written."""
    found = ((path.name, opened_in(path)) for path in paths)
    return [say("still_open", file=name, program=program) for name, program in found if program]


def files_refused(problems: Iterable[Sheet | Feedback]) -> list[str]:
    """A sentence for every list of duties or feedback sheet that was not counted as a whole; rows stand in the book."""
    return [from_catalogue(one.code, {"value": one.value}, file=one.file).sentence for one in problems if not one.row]


def marked_said(checked: Checked, marked: Sequence[Path]) -> str:
    """How many files go back to their units, and how many have nothing but hints."""
    from toolkit.annotate import only_hints

    hints = only_hints(checked.batch, checked.findings)
    return say("marked", n=len(marked)) + (say("only_hints", n=hints) if hints else "")


def money_said(checked: Checked) -> str:
    """Persons, what is due, what units reported as paid and where that went."""
    totals, money = checked.allowance.totals, checked.figures.account.total
    parts = {key: f"{getattr(money, key):.2f}" for key in PARTS}
    term = say("due_floor" if checked.job.policy.due_is_floor else "due")
    said = say("allowance", persons=totals["persons"], term=term, due=totals["due"], **parts)
    return said + (say("unread", count=money.unread) if money.unread else "")


def overall_said(checked: Checked) -> str:
    """How many units stand at which 总评, both rates, and what nobody has set."""
    figures = checked.figures
    counts = "，".join(
        say("overall_count", word=word, count=figures.overalls[word]) for word in RANK if figures.overalls[word]
    )
    rates = {"proved": percent(figures.whole[PROVED]), "told": percent(figures.whole[TOLD])}
    return say("overall", counts=counts, **rates) + "".join(unset_sentence(figures))


def overall_rows(checked: Checked) -> list[tuple]:
    """One row a unit, worst first."""
    return [
        (one.unit, one.overall, one.hard, one.soft, percent(one.proved), percent(one.told), one.unset)
        for one in checked.figures.ranked()
    ]


def percent(share: Share) -> str:
    """达标率 as people read it.

    >>> percent(Share(1, 3))
    '33.3%'
    """
    return say("no_rate") if share.rate is None else f"{share.rate:.1%}"
