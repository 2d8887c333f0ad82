"""How far groups of clauses are met: 达标率 by group, by unit, by clause, of this year or the year that asks.

Rates count cells and keep 据实 and 自报 apart, as everywhere (`toolkit.model.figures`).
Source: YN-03-j (三个方面); YN-00-c/d, YZ-1.0-a … 4.0-a (分年主题, 行动).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.model.figures import KINDS, LISTED, Share, kind_of, shares
from toolkit.model.figures import Cell as Figure
from toolkit.model.register import Block, Cell, Field
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field
from toolkit.summary.grouping import in_groups, short_title


@dataclass(frozen=True)
class Rates:
    """The rates of some groups of clauses.

    Args:
        groups: name → ids of clauses and beginnings of sections.
        years: a clause that this year does not ask has the rate of the last year that did.
    """

    view: View
    groups: Sequence[tuple[str, Sequence[str]]]
    years: bool = False

    @cached_property
    def group_of(self) -> dict[str, str]:
        """Clause → group, in the order of the text."""
        return in_groups(self.view.policy, self.groups)

    @cached_property
    def names(self) -> list[str]:
        """The groups that the policy has clauses of, in their order."""
        own = set(self.group_of.values())
        return [name for name, _ in self.groups if name in own]

    def of(self, clause: str) -> tuple[int, Share]:
        """Year and rate of a clause."""
        view, this_year = self.view, self.view.figures.of_clause(clause)
        before = (year for year in sorted(view.earlier, reverse=True) if view.earlier[year].get(clause, Share()).asked)
        if this_year.asked or not self.years or (last := next(before, None)) is None:
            return view.year, this_year
        return last, view.earlier[last][clause]

    def whole(self, title: str, note: str) -> Block:
        """One row a group: how many clauses it has, met out of asked by 据实 and 自报."""
        rows: list[tuple[Cell, ...]] = []
        for name in self.names:
            found, own = dict.fromkeys(KINDS, Share()), [code for code in self.group_of if self.group_of[code] == name]
            for code in own:
                if kind := kind_of(self.view.figures.natures[code]):
                    found[kind] += self.of(code)[1]
            rows.append((name, len(own), *(cell for kind in KINDS for cell in _cells(found[kind]))))
        heads = (Field(word("rate_of", kind=kind, what=word(what)), *form) for kind in KINDS for what, form in FORMS)
        return Block(title, (named_field("#group"), named_field("#clauses"), *heads), rows, note)

    def by_unit(self, title: str) -> Block:
        """One row a unit whose return counts: the rates of every group."""
        figures, rows = self.view.figures, []
        cells: dict[tuple[str, str], list[Figure]] = {}
        for cell in figures.cells.values():
            if name := self.group_of.get(cell.clause):
                cells.setdefault((cell.unit, name), []).append(cell)
        for unit in self.view.units:
            if unit.code in figures.counted:
                own = [shares(cells.get((unit.code, name), ())) for name in self.names]
                rows.append((unit.name, *(share[kind].rate for share in own for kind in KINDS)))
        heads = (Field(f"{name}\n{kind}", "percent", 11) for name in self.names for kind in KINDS)
        return Block(title, (named_field("@unit"), *heads), rows, word("counted_units"))

    def by_clause(self, title: str) -> Block:
        """One row a clause, group by group: its year, met out of asked, or why it has no rate."""
        view, rows = self.view, []
        for name in self.names:
            for code in (code for code, own in self.group_of.items() if own == name):
                year, share = self.of(code)
                nature = view.figures.natures[code] if code not in view.policy.not_encoded else None
                head = (name, code, short_title(view.policy.clauses[code]), nature)
                rows.append((*head, str(year) if share.asked else None, *_cells(share), self._why(code, share)))
        fields = (Field(word(what), *form) for what, form in FORMS)
        names = ("#group", "#clause", "#title", "#nature", "#year")
        return Block(title, (*map(named_field, names), *fields, named_field("#state")), rows)

    def _why(self, code: str, share: Share) -> str | None:
        """Why a clause has no rate."""
        view, period = self.view, self.view.policy.clauses[code].period
        if share.asked:
            return None
        if code in view.policy.not_encoded:
            return view.policy.not_encoded[code][0]
        if period.isdecimal() and int(period) != view.year:
            return word("asked_in" if int(period) > view.year else "was_asked_in", year=period)
        return word("listed_only" if view.figures.natures[code] == LISTED else "asked_of_nobody")


FORMS: tuple[tuple[str, tuple[str, float]], ...] = (
    ("met", ("count", 9)),
    ("asked", ("count", 9)),
    ("met_rate", ("percent", 10)),
)
"""What is said of a rate, with kind and width of its column."""


def _cells(share: Share) -> tuple[Cell, ...]:
    """Met, asked and rate; nothing where nothing is asked."""
    return (share.met, share.asked, share.rate) if share.asked else (None, None, None)


def rates_blocks(
    title: str, groups: Mapping[str, Sequence[str]] | str, view: View, shows: Sequence[str], note: str
) -> list[Block]:
    """The tables of some groups of clauses; none when the policy has no clause of them.

    Args:
        groups: name → ids and beginnings of sections; ACTIONS = the actions of the policy.
        shows: of `units`, `clauses`, `years`.
    """
    own = view.policy.groups if isinstance(groups, str) else tuple(groups.items())
    rates = Rates(view, own, "years" in shows)
    if not rates.names:
        return []
    found = [rates.whole(title, note)]
    found += [rates.by_unit(word("by_unit"))] if "units" in shows else []
    return found + ([rates.by_clause(word("by_clause"))] if "clauses" in shows else [])


ACTIONS = "actions"
SHOWS = ("units", "clauses", "years")
