"""问题在哪里: the requirements that most units miss, what to do, and whose return does not count yet."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.drawing.values import Value
from toolkit.model.figures import NOT_COUNTED, TASK, Missed
from toolkit.summary.director.behind import Told
from toolkit.summary.paper.fitting import first_fitting
from toolkit.summary.paper.page import SMALL, TEXT, PrintedPage
from toolkit.summary.unit_lines import UnitLines

SHOWN, NAMED, LINES = 12, 5, 3
AWAY, AWAY_LINES = 18, 2
TALLEST = 44.0
_BELOW = 2 * 24 + 9 + 22
"""Points of what stands between the requirements and the units that do not count."""


def clauses(page: PrintedPage, told: Told) -> None:
    """Draws the page."""
    said, table, away = page.words, page.spec.tables["clauses"], _away(page, told)
    found = [one for one in told.figures.missed if one.nature != TASK]
    tasks = [one for one in told.figures.missed if one.nature == TASK]
    records = [_record(page, told, number, one) for number, one in enumerate(found[:SHOWN], 1)]
    below = sum(page.para_height(text, most=AWAY_LINES) for text in away)
    shown = page.fitting(table, records, _BELOW + below)
    rows = page.table(table, records[:shown]).rows if found else range(0)
    if not found:
        page.para(said["none"])
    for text, own in (("rest", found[shown:]), ("tasks", tasks)):
        if own:
            _sum_row(page, said[text].format(count=len(own)), own)
    page.skip()
    page.section(said["waiting"])
    for text in away:
        page.para(text, most=AWAY_LINES)
    page.stretch(rows, TALLEST)


def _record(page: PrintedPage, told: Told, number: int, one: Missed) -> dict[str, Value]:
    units, said = told.lines, page.words
    indicator = units.policy.indicator_of.get(one.clause)
    title = said["clause"].format(title=units.title(one.clause), section=units.section(one.clause))
    return {
        "no": told.ways.clause(number, one.clause),
        "clause": title,
        "nature": one.nature,
        "failed": len(one.failed),
        "warned": len(one.warned),
        "units": _units(page, units, one),
        "remedy": indicator.remedy if indicator else "",
    }


def _units(page: PrintedPage, units: UnitLines, one: Missed) -> str:
    """As many names as the cell holds."""
    place = page.spec.tables["clauses"].places["units"]
    said = (units.named(one.failed or one.warned, count) for count in range(NAMED, 0, -1))
    return first_fitting(said, page.mm(*place), SMALL, LINES)


def _sum_row(page: PrintedPage, text: str, own: Sequence[Missed]) -> None:
    """One line for requirements that are not listed: cells, not units."""
    row, book = page.take(24), page.book
    page.span(row, 0, 0, "", book.cell("word"))
    page.span(row, 1, 2, text, book.cell("text"))
    page.span(row, 3, 3, sum(len(one.failed) for one in own), book.cell("count"))
    page.span(row, 4, 4, sum(len(one.warned) for one in own), book.cell("count"))
    page.span(row, 5, 6, page.words["see"], book.cell("text"))


def _away(page: PrintedPage, told: Told) -> list[str]:
    """Whose return does not count, and what to do about it."""
    said, found = page.words, []
    for state in reversed(NOT_COUNTED):
        if own := [one.unit for one in told.figures.units if one.overall == state]:
            names = (told.lines.named(own, count) for count in range(AWAY, 0, -1))
            facts = {"state": state, "count": len(own), "advice": said[state]}
            texts = (said["state"].format(names=text, **facts) for text in names)
            found.append(first_fitting(texts, page.mm(0, page.last), TEXT, AWAY_LINES))
    return found or [said["nobody"]]
