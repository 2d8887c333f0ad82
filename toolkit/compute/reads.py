"""What a compiled family reads: sheets and columns of the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

from toolkit.compute.filters import Condition, RowFilter, StatBeside, UnitColumn
from toolkit.model.form import Form
from toolkit.model.organisations import READS

UNIT = "unit"


def columns_read(family: object, form: Form) -> dict[str, tuple[str, ...]]:
    """Sheet → the columns that a compiled family names, both in the order of the form."""
    named = set(names_in(family))
    sheets = {item.sheet for item in parts_of(family) if isinstance(item, RowFilter)}
    beside = {str(item) for item in parts_of(family) if isinstance(item, UnitColumn)}
    return {
        sheet.name: tuple(name for name in sheet.names if name in (named if sheet.name in sheets else beside))
        for sheet in form.sheets
        if sheet.name in sheets or (sheet.name == UNIT and beside)
    }


def stats_read(family: object) -> tuple[str, ...]:
    """The totals of a unit that a compiled family reads, those that its level rests on first."""
    beside = (str(item) for item in parts_of(family) if isinstance(item, StatBeside))
    return tuple(dict.fromkeys(filter(None, (*family.stats, *beside))))  # type: ignore[attr-defined]


def parts_of(node: object) -> Iterator[object]:
    """Every part of a compiled family."""
    yield node
    if isinstance(node, str):
        return
    for name in _fields(type(node)):
        yield from parts_of(getattr(node, name))
    if isinstance(node, tuple | list | frozenset | set):
        for item in node:
            yield from parts_of(item)
    elif isinstance(node, dict):
        yield from parts_of(list(node.values()))


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def names_in(family: object) -> Iterator[str]:
    """All names in a compiled family; the values that a condition compares with are no names.

    A filter that asks for a selection of organisations reads the columns that decide who belongs to it.
    """
    values = {item for part in parts_of(family) if isinstance(part, Condition) for item in part.values}
    for item in parts_of(family):
        if isinstance(item, RowFilter) and item.organisations:
            yield from READS
        if isinstance(item, str) and item not in values:
            yield item
