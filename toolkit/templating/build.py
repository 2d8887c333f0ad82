"""The whole workbook: cover, sheets, lists, identity."""

from __future__ import annotations

from toolkit.drawing.book import Drawing
from toolkit.model.cell import sheet_name
from toolkit.model.form import Form
from toolkit.model.layout import CHECK_SHEET
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.ooxml.container import Package
from toolkit.templating.check_grid import Grid
from toolkit.templating.check_marks import mark
from toolkit.templating.check_page import write_check_page
from toolkit.templating.choices import Lists
from toolkit.templating.cover import write_cover
from toolkit.templating.identity import write_identity
from toolkit.templating.page import Job
from toolkit.templating.paper import LeanWorksheet, Paper, strictly
from toolkit.templating.rows import let_checks_run, let_rows_grow
from toolkit.templating.styles import Styles, base
from toolkit.templating.table import write_table
from toolkit.templating.texts import texts
from toolkit.templating.vertical import write_vertical


def build(form: Form, policy: Policy, stamp: Stamp, *, addressed: bool) -> bytes:
    """The template's bytes, the same for the same arguments.

    Args:
        addressed: meant for one unit (patched in later): prefilled cells are locked.
    Raises: XltoolError: TPL-001 a text, name or list that Excel does not take.
    """
    plain: dict[str, object] = {**base(), "font_scheme": False}
    with strictly(form.title):
        book = Drawing(defaults=plain, worksheet=LeanWorksheet, title=form.title, subject=policy.title)
        said = texts()
        cover = Paper(book, said.cover["sheet"])
        papers = [Paper(book, sheet.label) for sheet in form.sheets]
        check = Paper(book, CHECK_SHEET)
        job = Job(form, policy, stamp, Styles(book.raw, **base(), valign="vcenter"), Lists(book, form), said, addressed)
        grid = Grid(form, sheet_name(said.cover["sheet"]))
        write_cover(cover, job, write_check_page(check, job, grid))
        for paper, sheet in zip(papers, form.sheets, strict=True):
            writer = write_vertical if sheet.layout == "vertical" else write_table
            writer(paper, job, sheet)
            mark(paper, job, grid.blocks[sheet.name])
        grid.write(book, stamp.year)
        write_identity(book, form, stamp)
        cover.raw.activate()
        package = Package(book.close())
    let_rows_grow(package, form)
    let_checks_run(package, grid, said.cover["sheet"], blank=not addressed)
    return package.to_bytes()
