"""What the round before printed in its 综合汇总.xlsx, read back from the hidden sheet of its units."""

from __future__ import annotations

from collections.abc import Mapping
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
    from toolkit.our_books import OurBook, read_books, table, text_of
    from toolkit.words import words

    before = prior_campaign(campaign) if campaign else None
    path = before.output / words()["files"]["overview"] if before else Path()
    if campaign is None or before is None or not path.is_file():
        return None
    spec, book = book_spec(SPEC).behind["units"], read_books([path])[path]
    rows = book.sheets.get(spec.name, ()) if isinstance(book, OurBook) else ()
    units: dict[str, dict[str, Decimal]] = {}
    for _, row in table(rows, list(spec.columns.values())):
        if code := text_of(row[spec.columns["code"]]):
            own = units.setdefault(campaign.units.now(code), {})
            for key in NUMBERS:
                if (amount := _number(row.get(spec.columns[key]))) is not None:
                    own[key] = own.get(key, Decimal(0)) + amount
    return LastYear(before.year, units) if units else None


def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
