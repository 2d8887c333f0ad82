"""The cover 封面: who reports for which year, which sheets, what to mind, where to send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.model.cell import Area, column_number
from toolkit.model.form import Sheet
from toolkit.model.layout import (
    COVER_CHECK_ROW,
    COVER_FIRST_ROW,
    COVER_HEAD_ROW,
    COVER_NIL_COLUMN,
    COVER_UNIT,
    nil_cell,
)
from toolkit.templating import measure
from toolkit.templating.check_page import write_status
from toolkit.templating.choices import TICK_NAME
from toolkit.templating.page import Job, paged
from toolkit.templating.paper import Paper
from toolkit.templating.styles import COLOURS
from toolkit.templating.texts import Texts

_WIDTHS = (8.0, 22.0, 78.0, 20.0)
_LAST = len(_WIDTHS)
_SCALE = 80
"""Percent at which the cover fits one page across; a fit to width would ignore the page break."""
_NIL = column_number(COVER_NIL_COLUMN)


def write_cover(paper: Paper, job: Job, shown: str) -> None:
    """Writes the cover.

    Args:
        shown: what the check says in a blank form.
    """
    for place, width in enumerate(_WIDTHS, 1):
        paper.width(place, width)
    _head(paper, job)
    write_status(paper, job, COVER_CHECK_ROW, _LAST, shown)
    row = _sheets(paper, job)
    guide = row + 1
    last = _returns(paper, job, _guide(paper, job, guide) + 1)
    ticks = [nil_cell(job.form.sheets, sheet.name) for sheet in job.form.sheets if sheet.nil_allowed]
    paper.raw.set_selection(ticks[0] if ticks else COVER_UNIT)
    paged(paper, job, percent=_SCALE, area=Area(1, 1, last, _LAST))
    paper.raw.set_h_pagebreaks([guide - 1])
    paper.protect("heading")


def _head(paper: Paper, job: Job) -> None:
    """Title, year, basis, the lines about the unit (rows 5 to 8), the warning about secrets."""
    said, styles, policy = job.said.cover, job.styles, job.policy
    year = job.stamp.year or said["blank_year"]
    paper.height(1, 10)
    paper.across(2, 1, _LAST, said["title"].format(form_title=job.form.title), styles.title(24))
    paper.height(2, 40)
    paper.across(3, 1, _LAST, said["year"].format(year=year), styles.line("center"))
    facts = {"issuer": policy.issuer, "title": policy.title, "document_no": policy.document_no}
    if policy.document_no:
        facts["document_no"] = f"（{policy.document_no}）"
    paper.across(4, 1, _LAST, said["basis"].format(**facts), styles.plain(font_size=10, align="center"))
    paper.height(4, 22)
    values = {
        "unit": ("", not job.addressed),
        "code": ("", not job.addressed),
        "year": (said["year_value"].format(year=job.stamp.year) if job.stamp.year else "", not job.stamp.year),
        "sign": (said["sign_value"], False),
    }
    for row, (name, (text, open_)) in enumerate(values.items(), 5):
        paper.across(row, 1, 2, said[f"{name}_label"], styles.ruled(bold=True, align="center"))
        paper.across(row, 3, _LAST, text, styles.entry("@", "left", locked=not open_, indent=1))
        paper.height(row, 24)
    paper.across(9, 1, _LAST, said["secrecy"], styles.plain(bold=True, font_color=COLOURS["warning"], align="center"))
    paper.height(9, 26)


def _sheets(paper: Paper, job: Job) -> int:
    """The table of sheets with the ticks 本单位无此情况; gives its last row."""
    for place, head in enumerate(job.said.head, 1):
        paper.text(COVER_HEAD_ROW, place, head, job.styles.label("optional"))
    paper.height(COVER_HEAD_ROW, 24)
    open_rows = []
    for row, sheet in enumerate(job.form.sheets, COVER_FIRST_ROW):
        _sheet_line(paper, job, row, sheet)
        if sheet.nil_allowed:
            open_rows.append(Area(row, _NIL, row, _NIL))
    if open_rows:
        prompt = {"input_title": job.said.head[3], "input_message": job.said.cover["tick_prompt"]}
        title, text = job.said.errors["choice"]
        refuse = {"error_title": title, "error_message": text}
        paper.rule({"validate": "list", "source": f"={TICK_NAME}", **prompt, **refuse}, *open_rows)
    return COVER_FIRST_ROW + len(job.form.sheets) - 1


def _sheet_line(paper: Paper, job: Job, row: int, sheet: Sheet) -> None:
    styles, said = job.styles, job.said
    need = f"{said.needs[sheet.use]}。{said.note(sheet)}"
    if sheet.nil_allowed:
        need += f"；{said.cover['nil_hint']}"
    paper.text(row, 1, str(row - COVER_FIRST_ROW + 1), styles.ruled(align="center"))
    paper.text(row, 2, sheet.label, styles.ruled(align="left"))
    paper.text(row, 3, need, styles.ruled(align="left"))
    if sheet.nil_allowed:
        paper.blank(row, _NIL, styles.entry("@", "center"))
    else:
        paper.text(row, _NIL, said.cover["not_nil"], styles.entry("@", "center", locked=True))
    paper.height(row, measure.height([(need, _WIDTHS[2])], least=21))


def _guide(paper: Paper, job: Job, row: int) -> int:
    """填表说明, numbered; gives the row after it."""
    paper.across(row, 1, _LAST, job.said.cover["guide_title"], job.styles.head())
    paper.height(row, 24)
    for number, text in enumerate(job.said.guide, 1):
        line = f"{number}. {text}"
        paper.across(row + number, 1, _LAST, line, job.styles.plain(align="left"))
        paper.height(row + number, measure.height([(line, sum(_WIDTHS))]))
    return row + len(job.said.guide) + 1


def _returns(paper: Paper, job: Job, row: int) -> int:
    """报送要求; gives its last row."""
    paper.across(row, 1, _LAST, job.said.cover["return_title"], job.styles.head())
    paper.height(row, 24)
    for index, (_, label, text) in enumerate(job.said.returns, row + 1):
        paper.across(index, 1, 2, label, job.styles.ruled(align="center"))
        paper.across(index, 3, _LAST, text, job.styles.entry("@", "left", indent=1))
        paper.height(index, 22)
    return row + len(job.said.returns)


def return_cells(sheets: Sequence[Sheet], said: Texts, facts: Mapping[str, str]) -> dict[str, str]:
    """Addresses on the cover of the lines 报送要求 that a round fills in.

    Args:
        facts: text by key (`deadline`, `return_to`); an empty text leaves the line as it is.
    """
    title = COVER_FIRST_ROW + len(sheets) + len(said.guide) + 2
    return {f"C{title + number}": facts[key] for number, (key, _, _) in enumerate(said.returns, 1) if facts.get(key)}
