"""What earlier rounds printed in their 综合汇总.xlsx, read back from its hidden sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model.figures import Share
from toolkit.summary.paper.specs import book_spec

if TYPE_CHECKING:
    from toolkit.campaign import Campaign

SPEC = Path(__file__).parent / "director" / "director.yaml"
NUMBERS = ("orgs", "members", "hard", "due", "paid", "met", "asked", "told_met", "told_asked")


@dataclass(frozen=True)
class LastYear:
    """The figures of the round before.

    Args:
        year: of its report.
        units: code that a unit has now → NUMBERS by key; what was empty is missing.
    """

    year: int
    units: Mapping[str, Mapping[str, Decimal]]

    def total(self, key: str) -> Decimal:
        """One of NUMBERS over all units."""
        return sum((one[key] for one in self.units.values() if key in one), Decimal(0))

    @property
    def proved(self) -> Share:
        """Met out of asked by rows and totals."""
        return Share(int(self.total("met")), int(self.total("asked")))

    @property
    def told(self) -> Share:
        """Met out of asked by ticks."""
        return Share(int(self.total("told_met")), int(self.total("told_asked")))


def last_year(campaign: Campaign | None) -> LastYear | None:
    """The figures of the round that the setting `prior` names.

    Returns: None when there is no such round, or it has no such workbook (that of an earlier version says less).
    """
    from toolkit.campaign.prior import prior_campaign
    from toolkit.our_books import text_of

    before = prior_campaign(campaign) if campaign else None
    if campaign is None or before is None:
        return None
    units: dict[str, dict[str, Decimal]] = {}
    for row in _printed(before, "units"):
        if code := text_of(row["code"]):
            own = units.setdefault(campaign.units.now(code), {})
            for key in NUMBERS:
                if (amount := _number(row[key])) is not None:
                    own[key] = own.get(key, Decimal(0)) + amount
    return LastYear(before.year, units) if units else None


def earlier_shares(campaign: Campaign | None) -> dict[int, dict[str, Share]]:
    """Year → clause → met out of asked, of the earlier rounds that printed it."""
    from toolkit.campaign.prior import earlier_rounds
    from toolkit.our_books import text_of

    found: dict[int, dict[str, Share]] = {}
    for one in earlier_rounds(campaign) if campaign else ():
        for row in _printed(one, "clauses"):
            met, asked = _number(row["met"]), _number(row["asked"])
            if met is not None and asked is not None:
                found.setdefault(one.year, {})[text_of(row["clause"])] = Share(int(met), int(asked))
    return found


def _printed(campaign: Campaign, key: str) -> Iterator[Mapping[str, object]]:
    """The rows of a hidden sheet of a round's 综合汇总.xlsx by key; none where it has no such workbook or sheet."""
    from toolkit.our_books import OurBook, read_books, table
    from toolkit.words import words

    path = campaign.output / words()["files"]["overview"]
    if not path.is_file():
        return
    spec, book = book_spec(SPEC).behind[key], read_books([path])[path]
    rows = book.sheets.get(spec.name, ()) if isinstance(book, OurBook) else ()
    for _, row in table(rows, list(spec.columns.values())):
        yield {name: row.get(head) for name, head in spec.columns.items()}


def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
