"""不适用说明: how many clauses are 不适用 for every unit, and why; so that nobody takes 不适用 for nothing to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from toolkit.drawing.values import Value
from toolkit.model.exemptions import Exemption, exemptions, reason_of
from toolkit.model.result import Result
from toolkit.summary.book import Book
from toolkit.summary.labels import SheetWords, words

NAMED = 12
KEYS = ("count",)


@dataclass
class Exempted:
    """The clauses of one unit that are 不适用 for one reason.

    Args:
        example: the reason of the first of them, in full.
    """

    unit: str
    why: Exemption
    clauses: list[str] = field(default_factory=list)
    example: str = ""


def exempted(results: Sequence[Result], cells: Set[tuple[str, str]]) -> list[Exempted]:
    """Cells 不适用 by unit and reason, units and reasons in order; a cell of several subjects has its first reason.

    Args:
        results: in official order.
        cells: those that are, (unit, clause).
    """
    order = {one.key: place for place, one in enumerate(exemptions())}
    found: dict[str, dict[str, Exempted]] = {}
    seen: set[tuple[str, str]] = set()
    for one in results:
        cell = (one.unit, one.clause)
        if cell not in cells or cell in seen:
            continue
        seen.add(cell)
        why = reason_of(one.code)
        group = found.setdefault(one.unit, {}).setdefault(why.key, Exempted(one.unit, why, [], one.reason))
        group.clauses.append(one.clause)
    return [own[key] for own in found.values() for key in sorted(own, key=order.__getitem__)]


def exempt_sheet(
    book: Book, sheet: SheetWords, found: Sequence[Exempted], name: Callable[[str], str], facts: Mapping[str, object]
) -> None:
    """The sheet: the reasons with their totals, then every unit with its reasons."""
    page = book.page(sheet)
    page.frame(count=sum(len(one.clauses) for one in found), **facts)
    page.header(freeze=2)
    rows: list[dict[str, Value]] = [
        {
            "no": number,
            "unit": name(one.unit),
            "reason": one.why.title,
            "count": len(one.clauses),
            "clauses": _named(one.clauses),
            "example": one.example,
            "next": one.why.next,
        }
        for number, one in enumerate(found, 1)
    ]
    span = page.table(rows, filtered=True)
    page.total(span, page.sums(span, rows, KEYS), label_columns=3)
    page.section(sheet.words["by_reason"])
    totals = Counter[str]()
    for one in found:
        totals[one.why.key] += len(one.clauses)
    whole: list[dict[str, Value]] = [
        {
            "no": number,
            "unit": words().common["all_units"],
            "reason": one.title,
            "count": totals[one.key],
            "clauses": None,
            "example": None,
            "next": one.next,
        }
        for number, one in enumerate((one for one in exemptions() if totals[one.key]), 1)
    ]
    again = page.table(whole)
    page.total(again, page.sums(again, whole, KEYS), label_columns=3)
    for note in sheet.notes:
        page.note(note)


def _named(clauses: Sequence[str]) -> str:
    text = "、".join(clauses[:NAMED])
    return text + words().common["and_more"].format(count=len(clauses)) if len(clauses) > NAMED else text
