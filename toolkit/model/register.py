"""A register as it is printed: blocks of rows under headings, with the clauses it rests on. Data, no computation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toolkit.model.rows import Evidence

CELL_KINDS = ("text", "short", "code", "count", "number", "money", "percent", "date", "level")

Cell = str | int | float | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a register.

    Args:
        kind: one of CELL_KINDS; decides format and alignment.
        width: in characters of the body font; a Chinese character is 2.
    """

    label: str
    kind: str = "text"
    width: float = 12.0


@dataclass(frozen=True, slots=True)
class Block:
    """One table of a register.

    Args:
        sums: positions of the columns that are added up below the rows.
        evidence: of each row the record of the form behind it, the first where there are several; None = none.
    """

    title: str
    fields: tuple[Field, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    sums: tuple[int, ...] = ()
    evidence: Sequence[Evidence | None] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """One register, list or ledger that a policy names.

    Args:
        key: name in the definitions; sheet: name of its worksheet (at most 31 characters).
        basis: (clause id, text of the clause) of everything the register rests on.
    """

    key: str
    sheet: str
    title: str
    basis: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
