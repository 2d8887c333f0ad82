"""What the public notice may print: the rows of the payment list that are sure, what is left out, and how it adds up.

公示版 of 工作补贴发放表 and the letter 公示稿 both print this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.model.result import NOT_MET, WARNING, PersonAllowance

PAID, DUE = "paid", "due"


@dataclass(frozen=True)
class PublicNotice:
    """The rows of a payment list, in its order, as far as they may be posted.

    Args:
        key: the amount that is printed: PAID, or DUE as long as nobody was paid.
        shown: rows with an amount, of which all is sure; left: rows kept off, whose amount may not be known.
    """

    key: str
    shown: tuple[PersonAllowance, ...]
    left: tuple[PersonAllowance, ...]

    @classmethod
    def of(cls, persons: Sequence[PersonAllowance]) -> PublicNotice:
        """The notice of a payment list."""
        key = PAID if any(one.paid for one in persons) else DUE
        shown = tuple(one for one in persons if getattr(one, key) and not one.held)
        return cls(key, shown, tuple(one for one in persons if one.held and getattr(one, key) != 0))

    def amount(self, one: PersonAllowance) -> Decimal:
        """What is printed of a row; nothing where it is not known."""
        return getattr(one, self.key) or Decimal(0)

    def is_less(self, one: PersonAllowance) -> bool:
        """Whether the person got less than is due, which is said beside the amount."""
        return self.key == PAID and one.level in (WARNING, NOT_MET)

    @property
    def less(self) -> int:
        """How many rows are marked."""
        return sum(map(self.is_less, self.shown))

    @property
    def shown_sum(self) -> Decimal:
        """The sum that is printed."""
        return sum(map(self.amount, self.shown), Decimal(0))

    @property
    def facts(self) -> dict[str, object]:
        """How many rows are left out, and how the sums add up to that of the payment list."""
        left = sum(map(self.amount, self.left), Decimal(0))
        return {"count": len(self.left), "amount": left, "shown": self.shown_sum, "whole": self.shown_sum + left}
