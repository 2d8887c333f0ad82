"""Annual totals in a register: one row a unit, a rate for each pair, small sensitive totals withheld."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from toolkit.model.form import FixedRow
from toolkit.model.register import Block, Cell, Field
from toolkit.model.withholding import hidden_stats, restricted_stats
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field

STATS = "annual_stat"


def stats_block(title: str, names: Sequence[str], view: View, note: str = "") -> Block | None:
    """Some totals of every unit that returned.

    Args:
        names: statistics by their English names, `done/due` for a rate; what the form lacks is left out.
    Returns: None when the form has none of them.
    """
    known = {row.values["stat_key"]: row for row in _fixed(view)}
    wanted = [tuple(name.split("/")) for name in names]
    wanted = [pair for pair in wanted if all(name in known for name in pair)]
    if not wanted:
        return None
    plain = [name for pair in wanted for name in reversed(pair)]
    plain = list(dict.fromkeys(plain))
    pairs = [pair for pair in wanted if len(pair) == 2]
    fields = [named_field("@unit"), *(_field(known[name]) for name in plain)]
    fields += [Field(word("rate", name=short_name(known[done])), "percent", 12) for done, _ in pairs]
    rows = [_row(view, unit.code, plain, pairs, known) for unit in view.units if unit.code in view.dataset.returned]
    restricted = restricted_stats(view.dataset.form)
    sums = tuple(place for place, name in enumerate(plain, 1) if known[name].key not in restricted)
    return Block(title, tuple(fields), rows, note, sums)


def _fixed(view: View) -> tuple[FixedRow, ...]:
    form = view.dataset.form
    return form.by_name[STATS].fixed_rows if STATS in form.by_name else ()


def _row(
    view: View, unit: str, names: list[str], pairs: list[tuple[str, ...]], known: dict[str, FixedRow]
) -> tuple[Cell, ...]:
    values = {name: row.value for name, row in view.stats.get(unit, {}).items() if row.value is not None}
    by_code = {known[name].key: Decimal(value) for name, value in values.items() if name in known}
    hidden = hidden_stats(by_code, view.dataset.form)

    def shown(name: str) -> Cell:
        return word("few") if known[name].key in hidden else values.get(name)

    def rate(done: str, due: str) -> Cell:
        cells = shown(done), shown(due)
        if any(isinstance(cell, str) or cell is None for cell in cells) or not cells[1]:
            return None
        return float(Decimal(values[done]) / Decimal(values[due]))

    return (view.unit_name(unit), *map(shown, names), *(rate(done, due) for done, due in pairs))


def _field(row: FixedRow) -> Field:
    unit = row.values["stat_unit"]
    kind = "money" if unit == "元" else "number"
    return Field(f"{short_name(row)}\n（{unit}）", kind, 13)


def short_name(row: FixedRow) -> str:
    """The name of a total without 其中.

    >>> short_name(FixedRow("A02", {"stat_name": "其中：离休干部数"}))
    '离休干部数'
    """
    return row.values["stat_name"].split("：")[-1]
