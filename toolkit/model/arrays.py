"""Excel array formulas: the few expressions over whole columns from which all others are built.

Every expression is entered as an array formula. So no AND, OR, COUNTIF or INDEX over rows: they do not go row by row.
"""

from __future__ import annotations

from collections.abc import Iterable

ODD, UNLISTED = "¿", "✗"
"""In a column of values: a cell that a formula cannot read for sure; one that is surely wrong, a choice that is not
listed or a number where a date belongs."""
SEPARATOR = "‖"
_LONGEST = 250


def quoted(text: str) -> str:
    """A text as formula literals, none of them longer than Excel takes.

    >>> quoted('4" x')
    '"4"" x"'
    """
    parts = [text[start : start + _LONGEST] for start in range(0, len(text), _LONGEST)] or [""]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def among(value: str, values: Iterable[str]) -> str:
    """Whether a value is one of a list, letter by letter; an empty one is not.

    >>> among("A7:A9", ["是", "否"])
    'ISNUMBER(FIND("‖"&A7:A9&"‖","‖是‖否‖"))'
    """
    joined = SEPARATOR + "".join(one + SEPARATOR for one in values)
    return f'ISNUMBER(FIND("{SEPARATOR}"&{value}&"{SEPARATOR}",{quoted(joined)}))'


def sure(value: str) -> str:
    """Whether a cell is empty or holds something that could be read."""
    return f'({value}<>"{ODD}")*({value}<>"{UNLISTED}")'


def known(value: str) -> str:
    """Whether a cell holds something that could be read."""
    return f'({value}<>"")*({value}<>"{ODD}")'


def all_of(parts: Iterable[str]) -> str:
    """The product of conditions; 1 of none."""
    return "*".join(f"({part})" for part in parts) or "1"


def across(column: str) -> str:
    """A column lying down, to be compared with every row of another."""
    return f"TRANSPOSE({column})"


def how_many(pairs: str, others: str) -> str:
    """Per row, for how many rows of `others` the condition on pairs holds."""
    return f"MMULT(--(({pairs})>0),ROW({others})^0)"


def same(column: str, other: str) -> str:
    """Whether two values are the same, letter by letter."""
    return f"EXACT({column},{other})"


def numbers(*values: str) -> str:
    """Whether all are numbers."""
    return "*".join(f"ISNUMBER({value})" for value in values)
