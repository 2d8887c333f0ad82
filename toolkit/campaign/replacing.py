"""A 回收 that was emptied, renamed or lost much does not replace good outputs unless a person says so."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.model import strictyaml
from toolkit.model.errors import XltoolError

FILE = Path(__file__).with_suffix(".yaml")


@cache
def largest_fall() -> Decimal:
    """By which share the number of returns that count may fall unasked; the one place where it stands."""
    record = strictyaml.load(FILE)
    found = Decimal(record.text("fall"))
    record.done()
    return found


@contextmanager
def replacing(
    campaign: Campaign, files: int, counted: int, targets: Iterable[Path], *, fewer: bool, early: bool = False
):
    """To be opened around the writing of outputs, which are put in place together; may be nested.

    Args:
        files: number of returned files, whatever their state; counted: number of units whose return counts.
        targets: what is written; only what is there already can be lost.
        fewer: a person said that the outputs are to be replaced although there are fewer returns.
        early: what is written makes sense before the first return too, and says nothing of how many there were.
    Raises: XltoolError: K021 there is no return at all, K022 many fewer count than last time; nothing is written then.
    """
    before = campaign.ledger.counted_last()
    if not files and (before or not early):
        raise XltoolError("K021", folder=campaign.inbox.name)
    fell = counted < before * (1 - largest_fall()) and not fewer
    if fell and any(path.exists() for path in targets):
        share = f"{Decimal(before - counted) / before:.0%}"
        raise XltoolError("K022", folder=campaign.inbox.name, now=counted, before=before, share=share)
    with campaign.writing():
        yield
        if not (fell or early):
            campaign.ledger.note_written(counted)
