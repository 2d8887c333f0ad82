"""How much room text needs: widths in half-width characters, heights in points."""

from __future__ import annotations

import math

from toolkit.drawing.measure import widest, wrapped
from toolkit.model.form import Column, Form, Sheet

LINE = 15.0
TALLEST = 400.0
PAGE = 200.0
"""Characters across one landscape page at about two thirds of the size on screen."""
_DEFAULT_WIDTH = 12.0


def lines(text: str, columns: float, indent: float = 1.3) -> int:
    """Lines that `text` takes in a cell `columns` characters wide, wrapped.

    A little generous: a closing mark is never put at the start of a line, and fonts differ.

    >>> lines("一二三四五六", 11), lines("", 9)
    (2, 1)
    """
    return wrapped(text, columns * 0.97 - 0.7 - indent)


def height(cells: list[tuple[str, float]], least: float = 20.0, line: float = LINE, indent: float = 1.3) -> float:
    """Row height in points so that every (text, column width) of the row is readable.

    >>> height([("一二三四五六", 11)])
    35.0
    """
    most = max((lines(text, columns, indent) for text, columns in cells), default=1)
    return min(TALLEST, max(least, most * line + 5))


def column_widths(sheet: Sheet, form: Form) -> list[float]:
    """Widths of a table's columns, 0 for hidden ones; together not wider than one readable page.

    What is wide gives way first: text wraps, codes and dates do not.
    """
    wanted = [0.0 if column.hidden else _wanted(column, form) for column in sheet.columns]
    least = [min(one, _least(column, one)) for one, column in zip(wanted, sheet.columns, strict=True)]
    surplus, excess = sum(wanted) - sum(least), sum(wanted) - PAGE
    if sheet.fixed_rows or excess <= 0 or not surplus:
        return wanted
    keep = max(0.0, 1 - excess / surplus)
    return [round(low + (one - low) * keep, 1) for low, one in zip(least, wanted, strict=True)]


def _least(column: Column, wanted: float) -> float:
    """How narrow a column may become: sentences need more than names, dates and numbers give nothing."""
    if column.type == "text":
        return 22.0 if (column.max_length or 0) > 50 else 12.0
    return 9.0 if column.type == "choice" else wanted


def _wanted(column: Column, form: Form) -> float:
    """As the form says, otherwise as label (in three lines) and content need."""
    if column.width != _DEFAULT_WIDTH:
        return column.width
    unit = widest(f"（{column.unit}）") if column.unit else 0
    label = max(math.ceil(widest(column.label) / 3 / 2) * 2, unit)
    content = {"integer": 6, "decimal": 7, "date": 11, "month": 8, "text": 11}.get(column.type, 0)
    if column.type == "decimal" and (not column.unit or column.unit.startswith("元")):
        content = 13
    if column.type == "text" and column.example:
        content = min(11, widest(column.example) + 2)
    if column.type == "choice":
        content = min(16, max(map(widest, form.choices(column))) + 2)
    return float(max(7, label + 1, content))
