"""What people fill in on a printed page: drop-down lists, rules of dates, a field above a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.drawing.values import Value
from toolkit.model.cell import Area
from toolkit.summary.paper.page import PIXEL, TEXT, USUAL, PrintedPage
from toolkit.summary.paper.placed import Placed

Answers = Sequence[Value] | str
"""What a cell may be: some texts, or the first and the last day of a date; or `=` and the range of texts that are
offered, then it may be another one too."""
_FIELDS = 9
"""The label of a field takes such a part of the width."""


def offer(page: PrintedPage, placed: Placed, answers: Mapping[str, Answers]) -> None:
    """Puts a list or a rule on the columns of a table that are to be filled in.

    Args:
        answers: key of a column → what its cells may be, where the spec does not say.
    """
    for one in placed.spec.columns:
        known = answers.get(one.key, one.choices)
        if one.fill and known and placed.rows:
            _rule(page, placed.first, placed.last, placed.places[one.key][0], one.kind, known, one.refused)


def field(page: PrintedPage, label: str, kind: str, answers: Answers, refused: str) -> None:
    """A label and, right of it, a cell to fill in, on a line of its own.

    Args:
        kind: of the cell, as of a column; refused: what is said to an answer that it cannot be.
    """
    row, column = page.take(USUAL + PIXEL), page.even(_FIELDS)[0][1] + 1
    page.span(row, 0, column - 1, label, page.book.look("head", TEXT, align="right", text_wrap=False))
    page.span(row, column, column, None, page.book.to_fill_in(kind))
    _rule(page, row, row, column, kind, answers, refused)


def _rule(page: PrintedPage, first: int, last: int, column: int, kind: str, known: Answers, refused: str) -> None:
    free = isinstance(known, str)
    rule: dict[str, object] = {"validate": "list", "source": known if free else list(known), "show_error": not free}
    if kind == "date":
        rule = {"validate": "date", "criteria": "between", "minimum": known[0], "maximum": known[1]}
    rule |= {"error_message": refused, "ignore_blank": True}
    page.rule(rule, Area(first + 1, column + 1, last + 1, column + 1))
