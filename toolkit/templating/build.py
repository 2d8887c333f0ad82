"""The whole workbook: cover, sheets, lists, identity."""

from __future__ import annotations

import io

from xlsxwriter.workbook import Workbook

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
from toolkit.templating.styles import BODY, Styles
from toolkit.templating.table import write_table
from toolkit.templating.texts import texts
from toolkit.templating.vertical import write_vertical


def _options() -> dict[str, object]:
    """Made anew each time: xlsxwriter writes into them."""
    return {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": BODY, "font_size": 11, "font_scheme": False},
    }


def build(form: Form, policy: Policy, stamp: Stamp, *, addressed: bool) -> bytes:
    """The template's bytes, the same for the same arguments.

    Args:
        addressed: meant for one unit (patched in later): prefilled cells are locked.
    Raises: XltoolError: TPL-001 a text, name or list that Excel does not take.
    """
    buffer = io.BytesIO()
    with strictly(form.title):
        workbook = Workbook(buffer, _options())
        workbook.worksheet_class = LeanWorksheet
        said = texts()
        cover = Paper(workbook.add_worksheet(said.cover["sheet"]))
        papers = [Paper(workbook.add_worksheet(sheet.label)) for sheet in form.sheets]
        check = Paper(workbook.add_worksheet(CHECK_SHEET))
        job = Job(form, policy, stamp, Styles(workbook), Lists(workbook, form), said, addressed)
        grid = Grid(form, sheet_name(said.cover["sheet"]))
        write_cover(cover, job, write_check_page(check, job, grid))
        for paper, sheet in zip(papers, form.sheets, strict=True):
            writer = write_vertical if sheet.layout == "vertical" else write_table
            writer(paper, job, sheet)
            mark(paper, job, grid.blocks[sheet.name])
        grid.write(workbook, stamp.year)
        write_identity(workbook, form, policy, stamp)
        cover.sheet.activate()
        workbook.close()
    package = Package(buffer.getvalue())
    let_rows_grow(package, form)
    let_checks_run(package, grid, said.cover["sheet"], blank=not addressed)
    return package.to_bytes()
