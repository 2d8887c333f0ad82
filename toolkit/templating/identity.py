"""The identity of an issued workbook: the very hidden sheet `_meta` and the document properties."""

from __future__ import annotations

from datetime import datetime

from xlsxwriter.workbook import Workbook

from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.stamp import META_SHEET, Stamp
from toolkit.templating.paper import Paper

CREATED = datetime(2025, 1, 1)
"""Fixed, so that the same definitions always give the same bytes."""


def write_identity(workbook: Workbook, form: Form, policy: Policy, stamp: Stamp) -> None:
    """Writes the stamp into both places, and the titles of the sheets by name below the stamp."""
    paper = Paper(workbook.add_worksheet(META_SHEET))
    paper.sheet.very_hidden()
    plain = workbook.add_format({"num_format": "@"})
    pairs = (*stamp.pairs(), *((f"sheet_{sheet.name}", sheet.label) for sheet in form.sheets))
    for row, (name, value) in enumerate(pairs, 1):
        paper.text(row, 1, name, plain)
        paper.text(row, 2, value, plain)
    for name, value in stamp.pairs():
        workbook.set_custom_property(name, value, "text")
    workbook.set_properties({"title": form.title, "subject": policy.title, "created": CREATED})


def stamp_cells(stamp: Stamp) -> dict[str, str]:
    """The cells of `_meta` that carry the stamp: address → value."""
    return {f"B{row}": value for row, (_, value) in enumerate(stamp.pairs(), 1)}
