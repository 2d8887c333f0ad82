"""One cell by the type of its value; the way in which all texts of outputs are masked and cut."""

from __future__ import annotations

from datetime import date

from xlsxwriter.worksheet import Worksheet

from toolkit.drawing.values import Formula, Link, OwnText, Value, checked, fits, plain_value, shortened
from toolkit.model.privacy import mask, screened

MOST_LINKS = 65_000
"""Links that a sheet may hold; what is beyond has none."""


def write(raw: Worksheet, row: int, column: int, value: Value, style: object, plain: bool = False) -> None:
    """One cell by the type of its value; text stays text, numbers beyond 15 digits become text.

    Args:
        plain: the text is a code of ours, which stays readable.

    Raises: XltoolError: SUM-001 the sheet is full or a text is longer than a cell can hold.
    """
    if isinstance(value, Link):
        if raw.hlink_count < MOST_LINKS:  # the text of a link is written over by the value
            checked(raw.write_url(row, column, value.target, style, "-"), raw.name)
        value = value.value
    if value is None or value == "":
        code = raw.write_blank(row, column, None, style)
    elif isinstance(value, Formula):
        code = raw.write_formula(row, column, value.text, style, plain_value(value.value))
    elif isinstance(value, str):
        code = raw.write_string(row, column, shortened(masked(value, plain)), style)
    elif isinstance(value, date):
        code = raw.write_datetime(row, column, value, style)
    elif fits(value):
        code = raw.write_number(row, column, value, style)
    else:
        code = raw.write_string(row, column, format(value, "f"), style)
    checked(code, raw.name)


def masked(text: str, code: bool) -> str:
    """A text as an output may show it; xlsxwriter takes one between the tags of a run for ready XML."""
    if not isinstance(text, OwnText):
        text = screened(text) if code else mask(text, typed=True, leaving=True)
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
