"""What a compiled indicator reads: sheets and columns of the form, totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING

from toolkit.compute.filters import StatBeside
from toolkit.model.form import Form

if TYPE_CHECKING:
    from toolkit.compute.case import Compiled


def columns_read(compiled: Compiled, form: Form) -> dict[str, tuple[str, ...]]:
    """Sheet → the columns that an indicator names, both in the order of the form."""
    named = compiled.named.columns
    return {
        sheet.name: tuple(name for name in sheet.names if name in named[sheet.name])
        for sheet in form.sheets
        if sheet.name in named
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
