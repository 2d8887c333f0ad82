"""What stands behind the pages: one row a unit, worst first, and what the charts draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from toolkit.drawing.values import Span, Value
from toolkit.model.figures import AREA, PROVED, TOLD, Figures, Money, kind_of
from toolkit.model.merged import Merged
from toolkit.model.standing import COUNTED
from toolkit.summary.director.ways import Ways
from toolkit.summary.grouping import action_of, actions
from toolkit.summary.labels import words
from toolkit.summary.last_year import SPEC, LastYear
from toolkit.summary.paper.behind import Behind, Drawn
from toolkit.summary.paper.specs import BookSpec, PageSpec, book_spec
from toolkit.summary.unit_lines import UnitLine, UnitLines

WORST, LABEL = 7, 14
BANDS = (95, 90, 80, 60)
"""Lower ends of the bands of rates, in per cent."""
MONEY = ("reported", "listed", "to_verify", "registered", "refused")


@dataclass(frozen=True)
class Told:
    """All that the pages say.

    Args:
        facts: what the frames of the pages print. ways: where units and clauses lead.
    """

    lines: UnitLines
    merged: Merged
    facts: Mapping[str, object]
    before: LastYear | None = None
    ways: Ways = field(default_factory=Ways)
    drawn: Drawn = field(default_factory=lambda: Drawn(book_spec(SPEC).behind["drawn"]))

    @cached_property
    def spec(self) -> BookSpec:
        """The pages, in the words of the policy."""
        common = words().common
        known = book_spec(SPEC)
        return known.saying(common["due"], common["due_floor"]) if self.lines.policy.due_is_floor else known

    def page(self, key: str) -> PageSpec:
        """The spec of a page."""
        return self.spec.pages[key]

    @property
    def figures(self) -> Figures:
        """The figures of the round."""
        return self.lines.figures

    @cached_property
    def data(self) -> Behind:
        """One row a unit, worst first; below them the money of files that belong to no unit of the figures."""
        events = Counter(row.origin.unit for row in self.lines.dataset.records.rows("event").rows)
        rows = [_row(one, events) for one in self.lines.ranked]
        rest = [code for code in self.figures.account.units if code not in self.lines.all]
        return Behind(self.spec.behind["units"], [*rows, *(self._nobody(code) for code in rest)])

    @cached_property
    def clauses(self) -> Behind:
        """One row a clause that something is asked of: what later rounds compare with."""
        natures, found = self.figures.natures, self.figures.by_clause
        rows = [(clause, kind_of(nature), found[clause]) for clause, nature in natures.items() if clause in found]
        records = [{"clause": code, "kind": kind, "met": own.met, "asked": own.asked} for code, kind, own in rows]
        return Behind(self.spec.behind["clauses"], records)

    def _nobody(self, code: str) -> dict[str, Value]:
        name = words().common["nobody"] if code == AREA else code
        return {"code": code, "name": name, **_money(self.figures.account.units[code])}


def _row(one: UnitLine, events: Mapping[str | None, int]) -> dict[str, Value]:
    counted, figures = one.figures.counted, one.figures
    levels: dict[str, Value] = {
        "orgs": one.orgs,
        "members": one.members,
        "events": events.get(one.code, 0),
        "hard": figures.hard,
        "soft": figures.soft,
        "met": figures.proved.met,
        "asked": figures.proved.asked,
        "told_met": figures.told.met,
        "told_asked": figures.told.asked,
    }
    return {
        "code": one.code,
        "name": one.name,
        "state": words().standings[COUNTED] if counted else figures.overall,
        "overall": figures.overall,
        "due": one.due,
        "paid": one.paid,
        **_money(one.money),
        **(levels if counted else {}),
    }


def _money(money: Money) -> dict[str, Value]:
    return {key: getattr(money, key) for key in MONEY}


def rates(told: Told) -> Span:
    """Rates by action of the policy, 据实 and 自报."""
    policy, title = told.lines.policy, told.page("front").charts["parts"].title
    found = told.figures.by_group(action_of(policy))
    asking = [name for name in actions(policy) if any(share.asked for share in found.get(name, {}).values())]
    return told.drawn.block(title, [(name, *(found[name][kind].rate for kind in (PROVED, TOLD))) for name in asking])


def worst(told: Told) -> tuple[Span, int]:
    """Hard requirements that most units miss, and the most units that miss one."""
    page = told.page("front")
    missed = [(_short(told.lines.title(clause)), count) for clause, count in told.figures.most_missed()[:WORST]]
    rows = missed or [(page.words["no_worst"], 0)]
    return told.drawn.block(page.charts["worst"].title, rows), rows[0][1]


def bands(told: Told) -> tuple[Span, int]:
    """Units by their 据实 rate, and the largest number of units."""
    page = told.page("front")
    found = Counter(_band(one.proved.rate) for one in told.figures.units)
    rows = [(name, found[number]) for number, name in enumerate(_bands(page.words))]
    rows.append((page.words["counted_out"], found[-1]))
    return told.drawn.block(page.charts["bands"].title, rows), max(count for _, count in rows)


def _band(rate: float | None) -> int:
    """The number of the band of a rate; -1 when there is none."""
    if rate is None:
        return -1
    return next((number for number, low in enumerate(BANDS) if rate >= low / 100), len(BANDS))


def _bands(said: Mapping[str, str]) -> Iterator[str]:
    yield said["band_top"].format(low=BANDS[0])
    for high, low in pairwise(BANDS):
        yield said["band"].format(low=low, high=high)
    yield said["band_end"].format(high=BANDS[-1])


def _short(title: str) -> str:
    return title if len(title) <= LABEL else f"{title[: LABEL - 1]}…"
