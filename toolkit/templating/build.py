"""The whole workbook: cover, sheets, lists, identity."""

from __future__ import annotations

import io

from xlsxwriter.workbook import Workbook

from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.templating.choices import Lists
from toolkit.templating.cover import write_cover
from toolkit.templating.identity import write_identity
from toolkit.templating.page import Job
from toolkit.templating.paper import Paper, strictly
from toolkit.templating.rows import let_rows_grow
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
        said = texts()
        cover = Paper(workbook.add_worksheet(said.cover["sheet"]))
        papers = [Paper(workbook.add_worksheet(sheet.label)) for sheet in form.sheets]
        job = Job(form, policy, stamp, Styles(workbook), Lists(workbook, form), said, addressed)
        write_cover(cover, job)
        for paper, sheet in zip(papers, form.sheets, strict=True):
            writer = write_vertical if sheet.layout == "vertical" else write_table
            writer(paper, job, sheet)
        write_identity(workbook, form, policy, stamp)
        cover.sheet.activate()
        workbook.close()
    return let_rows_grow(buffer.getvalue(), form)
