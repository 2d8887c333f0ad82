"""Annual totals over the years: this year's beside those of the earlier rounds, the whole area first, then each unit.

Source: YN-00-m (提升党员分类管理水平); YZ-S4-a, YN-S7-f/h (budget and spending).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from toolkit.model.form import FixedRow
from toolkit.model.register import Block, Cell, Field
from toolkit.model.rows import Evidence
from toolkit.registers.definitions import word
from toolkit.registers.stats import STATS, Pair, Shown, field_of_stat, known_pairs, short_name
from toolkit.registers.view import Line, View, named_field, traced

Year = Mapping[str, Shown]


def trend_block(title: str, names: Sequence[str], view: View, note: str = "") -> Block | None:
    """Some totals by year: one row a year for the whole area, then one a unit and year.

    Args:
        names: statistics by their English names, `done/due` for a rate; what the form lacks is left out.
    Returns: None when the form has none of them.
    """
    known, wanted = known_pairs(names, view)
    if not wanted:
        return None
    trend = _Trend(view, known, wanted)
    said = [note, *([] if trend.earlier else [word("without_prior")]), word("trend_area")]
    return traced(trend.fields, trend.lines(), "；".join(filter(None, said)), title=title)


@dataclass(frozen=True)
class _Trend:
    """The totals of all years.

    Args:
        known: every statistic of the form by its English name; wanted: single ones, and done with due.
    """

    view: View
    known: Mapping[str, FixedRow]
    wanted: Sequence[Pair]

    @cached_property
    def earlier(self) -> list[int]:
        """The earlier years, the oldest first."""
        return sorted(map(int, self.view.prior("earlier_stats")))

    @cached_property
    def years(self) -> dict[int, Year]:
        """Year → unit → what may be shown of it, of the units of this round."""
        before, view = self.view.prior("earlier_stats"), self.view
        found = {year: before[str(year)] for year in self.earlier} | {view.year: _this_year(view)}
        here = [unit.code for unit in view.units]
        return {year: {unit: Shown.of(own[unit], view) for unit in here if unit in own} for year, own in found.items()}

    @cached_property
    def plain(self) -> list[str]:
        """The statistics that stand as figures."""
        return list(dict.fromkeys(name for pair in self.wanted for name in reversed(pair)))

    @cached_property
    def pairs(self) -> list[Pair]:
        """Done and due of each rate."""
        return [pair for pair in self.wanted if len(pair) == 2]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The headings."""
        rates = [
            field
            for done, _ in self.pairs
            for field in (
                Field(word("rate", name=short_name(self.known[done])), "percent", 12),
                Field(word("points", name=short_name(self.known[done])), "number", 13),
            )
        ]
        plain = [field_of_stat(self.known[name]) for name in self.plain]
        return (named_field("@unit"), named_field("#year"), *plain, *rates, named_field("#units"))

    def lines(self) -> Iterator[Line]:
        """The rows: the whole area, then the units, each by year; of units alone when there are several years."""
        yield from self._lines(None)
        for unit in self.view.units if self.earlier else ():
            yield from self._lines(unit.code)

    def _lines(self, unit: str | None) -> Iterator[Line]:
        before: dict[Pair, Decimal | None] = {}
        for year, units in self.years.items():
            own = list(units.values()) if unit is None else [units[unit]] if unit in units else []
            if not own:
                continue
            rates: list[Cell] = []
            for pair in self.pairs:
                rate, last = _rate(own, pair), before.get(pair)
                moved = None if rate is None or last is None else round((rate - last) * 100, 1)
                rates += [None if rate is None else float(rate), moved]
                before[pair] = rate
            counted = sum(any(name in one.values for name in self.plain) for one in own)
            plain = (_sum(own, name) for name in self.plain)
            cells = (self.view.unit_name(unit), str(year), *plain, *rates, counted if unit is None else None)
            yield cells, self._behind(unit) if year == self.view.year else None

    def _behind(self, unit: str | None) -> Evidence | None:
        """The first total of this year that a row rests on."""
        stats = self.view.stats
        own = stats.values() if unit is None else [stats.get(unit, {})]
        return self.view.behind(STATS, *(one.get(name) for one in own for name in self.plain))


def _this_year(view: View) -> dict[str, dict[str, str]]:
    """Unit → statistic → value, of the units whose return counts."""
    return {
        unit: {name: str(row.value) for name, row in own.items() if row.value is not None}
        for unit, own in view.stats.items()
        if unit in view.dataset.returned
    }


def _sum(own: Sequence[Shown], name: str) -> Cell:
    """What is known of a statistic; of one unit its own cell, of several no sum that could tell a withheld one."""
    if len(own) == 1:
        return own[0].cell(name)
    if any(one.restricted(name) for one in own):
        return None
    values = [one.values[name] for one in own if name in one.values]
    return sum(values, Decimal(0)) if values else None


def _rate(own: Iterable[Shown], pair: Pair) -> Decimal | None:
    """The rate over the units of which both numbers are known."""
    done, due = pair
    both = [one for one in own if one.rate(done, due) is not None]
    total = sum((one.values[due] for one in both), Decimal(0))
    return sum((one.values[done] for one in both), Decimal(0)) / total if total else None
