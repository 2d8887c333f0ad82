"""责任单位.xlsx: asks once a round which unit each office of the text is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.model.stamp import OFFICES
from toolkit.our_books import plain_label
from toolkit.summary.paper.behind import Behind
from toolkit.summary.paper.inputs import offer
from toolkit.summary.paper.page import SMALL, Paper
from toolkit.summary.paper.specs import book_spec
from toolkit.summary.tasks_book import hidden_meta

KIND = OFFICES
SPEC = Path(__file__).with_name("mapping.yaml")


@dataclass(frozen=True, slots=True)
class Asked:
    """One name of the text.

    Args:
        clauses: number of its duties of the year.
        unit: what stands in the cell to fill in.
        why: recognised, open, nobody or said.
    """

    name: str
    clauses: int
    unit: str
    why: str


def said(key: str) -> str:
    """A word of the sheet."""
    return book_spec(SPEC).pages["offices"].words[key]


def head(key: str) -> str:
    """The heading of a column, as a workbook is read."""
    columns = book_spec(SPEC).pages["offices"].tables["offices"].columns
    return next(plain_label(one.label) for one in columns if one.key == key)


def mapping_workbook(
    rows: Sequence[Asked], units: Sequence[str], meta: Sequence[tuple[str, str]], facts: dict, title: str
) -> bytes:
    """The workbook.

    Args:
        units: what the cells offer, besides 名录外 and 不发.
    """
    spec, book = book_spec(SPEC), Paper(title)
    page = book.sheet(spec.pages["offices"], **facts)
    for note in page.spec.notes:
        page.para(note, SMALL)
    offered = [{"unit": text} for text in (said("outside"), said("none"), *units)]
    known = Behind(spec.behind["units"], offered)
    records = [
        {"no": number, "name": one.name, "clauses": one.clauses, "unit": one.unit, "why": said(one.why)}
        for number, one in enumerate(rows, 1)
    ]
    offer(page, page.table(page.spec.tables["offices"], records), {"unit": f"={known.range('unit')}"})
    known.put(book)
    hidden_meta(book, meta)
    return book.close()
