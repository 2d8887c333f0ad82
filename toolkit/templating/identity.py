"""The identity of an issued workbook: the very hidden sheet `_meta` and the document properties."""

from __future__ import annotations

from toolkit.drawing.book import Drawing
from toolkit.drawing.look import look
from toolkit.model.form import Form
from toolkit.model.stamp import META_SHEET, Stamp
from toolkit.templating.paper import Paper


def write_identity(book: Drawing, form: Form, stamp: Stamp) -> None:
    """Writes the stamp into both places, and the titles of the sheets by name below the stamp."""
    paper = Paper(book, META_SHEET)
    paper.hide(very=True)
    plain = book.formats.bare(num_format=look().numbers["form"]["typed"])
    pairs = (*stamp.pairs(), *((f"sheet_{sheet.name}", sheet.label) for sheet in form.sheets))
    for row, (name, value) in enumerate(pairs, 1):
        paper.text(row, 1, name, plain)
        paper.text(row, 2, value, plain)
    for name, value in stamp.pairs():
        book.raw.set_custom_property(name, value, "text")


def stamp_cells(stamp: Stamp) -> dict[str, str]:
    """The cells of `_meta` that carry the stamp: address → value."""
    return {f"B{row}": value for row, (_, value) in enumerate(stamp.pairs(), 1)}
