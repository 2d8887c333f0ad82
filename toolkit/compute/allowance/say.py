"""Sentences and money as people read them; the words come from `toolkit/messages/allowance.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from toolkit.compute.months import GRAIN
from toolkit.model.catalogue import entry
from toolkit.model.form import Form
from toolkit.model.standing import AGAIN, CHOOSE

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence without its full stop, and how to put it right ("" = nothing to do)."""

    code: str
    text: str
    fix: str = ""


def reason(code: str, **facts: object) -> Reason:
    """The sentence of a code with its facts; money and dates are written out.

    >>> reason("ALW-304", excess=Decimal("3600"), overlap=12, payer="甲").text
    '重复发放3600.00元，重叠12个月'
    """
    record = entry(code)
    said = {name: _said(name, value) for name, value in facts.items()}
    return Reason(code, record.message.format(**said), record.fix.format(**said))


def not_counted(standing: str) -> Reason:
    """Why nothing is known of a unit of which no return counts.

    Args:
        standing: see `toolkit.model.standing`; "" = nothing came.
    """
    return reason({CHOOSE: "ALW-432", AGAIN: "ALW-433"}.get(standing, "ALW-431"))


def _said(name: str, value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and name not in ("months", "ratio"):
        return money(value)
    return value


def money(value: Decimal) -> str:
    """An amount with two places.

    >>> money(Decimal("3600"))
    '3600.00'
    """
    return f"{value.quantize(CENT, ROUND_HALF_UP):f}"


def stated(value: Decimal) -> Decimal:
    """An amount as it was filled in, with two places where nothing is lost.

    >>> stated(Decimal("3600")), stated(Decimal("0.005"))
    (Decimal('3600.00'), Decimal('0.005'))
    """
    rounded = value.quantize(CENT, ROUND_HALF_UP)
    return rounded if rounded == value else value


def cents(grained: Decimal) -> Decimal:
    """An exact sum of rate times grains as money, rounded half-up, once.

    >>> cents(Decimal(300) * (9 * GRAIN + 17 * GRAIN // 31))
    Decimal('2864.52')
    """
    return (grained / GRAIN).quantize(CENT, ROUND_HALF_UP)


def split(parts: list[Decimal]) -> list[Decimal]:
    """Money for each part so that the parts add up to the sum rounded once.

    >>> third = Decimal(100) * GRAIN / 3
    >>> [str(part) for part in split([third, third, third])]
    ['33.33', '33.34', '33.33']
    """
    shares, before, total = [], NOTHING, Decimal(0)
    for part in parts:
        share = NOTHING
        if part:
            total += part
            rounded = cents(total)
            share, before = rounded - before, rounded
        shares.append(share)
    return shares


def labels(form: Form, *sheets: str) -> dict[str, str]:
    """Chinese labels of the columns of the sheets, and of all sheets by their own names."""
    found = {sheet.name: sheet.label for sheet in form.sheets}
    for sheet in sheets:
        found |= {column.name: column.label for column in form.by_name[sheet].columns}
    return found
