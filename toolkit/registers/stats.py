"""Annual totals in a register: one row a unit, a rate for each pair, small sensitive totals withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.model.form import FixedRow
from toolkit.model.register import Block, Cell, Field
from toolkit.model.withholding import hidden_stats, restricted_stats
from toolkit.registers.definitions import word
from toolkit.registers.view import Line, View, named_field, traced

STATS = "annual_stat"
Pair = tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """The totals of one unit, and what may be shown of them.

    Args:
        values: by English name; known: every total of the form by English name.
        hidden: codes of those that are too small to be shown.
    """

    values: Mapping[str, Decimal]
    known: Mapping[str, FixedRow]
    hidden: frozenset[str]
    kept: frozenset[str]

    @classmethod
    def of(cls, values: Mapping[str, object], view: View) -> Shown:
        """The totals of a unit by English name, as numbers or texts."""
        known = known_stats(view)
        own = {name: Decimal(str(value)) for name, value in values.items() if name in known}
        form = view.dataset.form
        hidden = hidden_stats({known[name].key: value for name, value in own.items()}, form)
        return cls(own, known, hidden, restricted_stats(form))

    def cell(self, name: str) -> Cell:
        """A total as it is shown; None = nobody filled it in."""
        return word("few") if self.known[name].key in self.hidden else self.values.get(name)

    def restricted(self, name: str) -> bool:
        """Whether a total is in no sum over units."""
        return self.known[name].key in self.kept

    def rate(self, done: str, due: str) -> float | None:
        """A rate; None where one of its numbers is withheld, unknown or nothing is due."""
        cells = self.cell(done), self.cell(due)
        if any(isinstance(cell, str) or cell is None for cell in cells) or not cells[1]:
            return None
        return float(self.values[done] / self.values[due])


def known_stats(view: View) -> dict[str, FixedRow]:
    """The totals of the form by their English names."""
    form = view.dataset.form
    rows = form.by_name[STATS].fixed_rows if STATS in form.by_name else ()
    return {row.values["stat_key"]: row for row in rows}


def known_pairs(names: Sequence[str], view: View) -> tuple[dict[str, FixedRow], list[Pair]]:
    """Every total of the form; of `name` and `done/due` those that it has."""
    known = known_stats(view)
    wanted = [tuple(name.split("/")) for name in names]
    return known, [pair for pair in wanted if all(name in known for name in pair)]


def stats_block(title: str, names: Sequence[str], view: View, note: str = "") -> Block | None:
    """Some totals of every unit that returned.

    Args:
        names: statistics by their English names, `done/due` for a rate; what the form lacks is left out.
    Returns: None when the form has none of them.
    """
    known, wanted = known_pairs(names, view)
    if not wanted:
        return None
    plain = list(dict.fromkeys(name for pair in wanted for name in reversed(pair)))
    pairs = [pair for pair in wanted if len(pair) == 2]
    fields = [named_field("@unit"), *(field_of_stat(known[name]) for name in plain)]
    fields += [Field(word("rate", name=short_name(known[done])), "percent", 12) for done, _ in pairs]
    lines = [_line(view, unit.code, plain, pairs) for unit in view.units if unit.code in view.dataset.returned]
    restricted = restricted_stats(view.dataset.form)
    sums = tuple(place for place, name in enumerate(plain, 1) if known[name].key not in restricted)
    return traced(fields, lines, note, sums, title)


def _line(view: View, unit: str, names: list[str], pairs: list[Pair]) -> Line:
    own = view.stats.get(unit, {})
    found = Shown.of({name: row.value for name, row in own.items() if row.value is not None}, view)
    cells = (view.unit_name(unit), *map(found.cell, names), *(found.rate(done, due) for done, due in pairs))
    return cells, view.behind(STATS, *map(own.get, names))


def field_of_stat(row: FixedRow) -> Field:
    """The heading of a total."""
    unit = row.values["stat_unit"]
    kind = "money" if unit == "元" else "number"
    return Field(f"{short_name(row)}\n（{unit}）", kind, 13)


def short_name(row: FixedRow) -> str:
    """The name of a total without 其中.

    >>> short_name(FixedRow("A02", {"stat_name": "其中：离休干部数"}))
    '离休干部数'
    """
    return row.values["stat_name"].split("：")[-1]
