"""单位排名: worst first; up to 44 units by name on one page or two, of more the 36 worst and sums of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from toolkit.drawing.values import Formula, Value
from toolkit.model.figures import RANK
from toolkit.summary.director.behind import Told
from toolkit.summary.paper.fitting import first_fitting, split
from toolkit.summary.paper.page import Paper, PrintedPage
from toolkit.summary.paper.placed import Placed
from toolkit.summary.paper.specs import TableSpec
from toolkit.summary.unit_lines import UnitLine

PER_PAGE, WORST, NAMED = 22, 36, 8
TALLEST, LEAST = 34.0, 27.0
MYRIAD = 10_000
WIDEST = Decimal(10_000_000)
"""From this sum on money is printed in 万元."""
COUNTS, MONEY = ("orgs", "members", "hard", "soft"), ("due", "paid")
RATES = {"proved": ("met", "asked"), "told": ("told_met", "told_asked")}
_SIZE = 9.5


def pages(told: Told) -> list[tuple[int, int]]:
    """First unit and number of units of each page."""
    count = len(told.lines.ranked)
    shares = split(count, PER_PAGE) if count <= 2 * PER_PAGE else [PER_PAGE, WORST - PER_PAGE]
    return [(sum(shares[:number]), share) for number, share in enumerate(shares)]


def ranking(book: Paper, told: Told) -> None:
    """Draws the pages."""
    spec, shares = told.page("ranking"), pages(told)
    said, ranked = spec.words, told.lines.ranked
    printed = sum(count for _, count in shares)
    order = said["all"] if printed == len(ranked) else said["some"].format(count=printed)
    for first, count in shares:
        again = said["again"] if first else ""
        page = book.sheet(spec, again=again, order=order, day=told.lines.allowance.as_of)
        last = first + count == printed
        _page(page, told, range(first, first + count), printed if last else 0)


def _page(page: PrintedPage, told: Told, units: range, printed: int) -> None:
    """One page; the last one, which knows how many units are printed, has the sums."""
    large = _large(told)
    table = replace(_named(page.spec.tables["units"], page.words["myriad" if large else "yuan"]), total="")
    records = [_record(told, place, large) for place in units]
    placed = page.table(table, records, least=LEAST)
    if printed or not units:
        rest = told.lines.ranked[printed:]
        if rest:
            _sums(page, placed, told, printed, page.words["rest"].format(count=len(rest)))
        _sums(page, placed, told, 0, page.spec.tables["units"].total)
        _rest(page, told, rest)
        page.signature()
    page.stretch(placed.rows, TALLEST)


def _named(table: TableSpec, unit: str) -> TableSpec:
    """The table with the unit of its money in the headings."""
    return replace(table, columns=tuple(replace(one, label=one.label.format(money=unit)) for one in table.columns))


def _large(told: Told) -> bool:
    return any(told.data.total(key) >= WIDEST for key in MONEY)


def _record(told: Told, place: int, large: bool) -> dict[str, Value]:
    data, one, none = told.data, told.lines.ranked[place], told.page("ranking").words["nothing"]
    counted = one.figures.counted
    counts = {key: data.cell(place, key) if counted else none for key in COUNTS}
    rates = {key: data.share(*parts, place, none) for key, parts in RATES.items()}
    money = {key: _scaled(data.cell(place, key), large) if counted else none for key in MONEY}
    named = {"no": told.ways.unit(place + 1, one.code), "unit": one.short}
    named |= {"overall": one.figures.overall, "sentence": one.sentence}
    return {**named, **counts, **money, **(rates if counted else dict.fromkeys(RATES, none))}


def _scaled(value: Value, large: bool) -> Value:
    """An amount in 万元 where the sums are large."""
    if not large or not isinstance(value, Formula):
        return value
    return Formula(f"{value.text}/{MYRIAD}", Decimal(str(value.value or 0)) / MYRIAD)


def _sums(page: PrintedPage, placed: Placed, told: Told, first: int, label: str) -> None:
    """The sums over the units from one on."""
    data, none = told.data, page.words["nothing"]
    totals: dict[str, Value] = {key: data.sum(key, first) for key in COUNTS}
    totals |= {key: _scaled(data.sum(key, first), _large(told)) for key in MONEY}
    totals |= {key: data.whole_share(*parts, none, first) for key, parts in RATES.items()}
    page.sums(placed, (), totals, label)


def _rest(page: PrintedPage, told: Told, rest: Sequence[UnitLine]) -> None:
    """One line for each 总评 among the units that are not printed."""
    for overall in RANK:
        if own := [one.code for one in rest if one.figures.overall == overall]:
            names = (told.lines.named(own, count) for count in range(NAMED, 0, -1))
            facts = {"overall": overall, "count": len(own)}
            texts = (page.words["of_rest"].format(names=text, **facts) for text in names)
            page.para(first_fitting(texts, page.mm(0, page.last), _SIZE, 1), _SIZE, 1)
