"""What all visible sheets share: the four rows on top, print set-up, protection."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model.form import Form, Sheet
from toolkit.model.layout import NOTE_ROW, TITLE_ROW, UNIT_ROW
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.templating import measure
from toolkit.templating.choices import Lists
from toolkit.templating.paper import Paper
from toolkit.templating.styles import Styles
from toolkit.templating.texts import Texts

_A4 = 9
_MARGINS = {"left": 0.55, "right": 0.55, "top": 0.6, "bottom": 0.7}
_ALLOWED = {
    "sort": True,
    "autofilter": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
}


@dataclass(frozen=True)
class Job:
    """What every part of the workbook needs while it is written.

    Args:
        addressed: issued to one unit: its prefilled cells are locked.
    """

    form: Form
    policy: Policy
    stamp: Stamp
    styles: Styles
    lists: Lists
    said: Texts
    addressed: bool


def basis(policy: Policy, sheet: Sheet, said: Texts) -> str:
    """`依据《…》三(一)1、…`: the sections whose clauses ask for this sheet; "" when none does."""
    asking = [clause for clause in policy.clauses.values() if f"{sheet.name}(" in clause.data_needed]
    sections = said.sheet["basis_join"].join(dict.fromkeys(clause.section for clause in asking))
    return said.sheet["basis"].format(title=policy.title, sections=sections) if sections else ""


def units(sheet: Sheet) -> tuple[str, ...]:
    """Units of measure on a sheet, each once."""
    found = [column.unit for column in sheet.columns if column.unit and not column.hidden]
    found += [row.values["stat_unit"] for row in sheet.fixed_rows if "stat_unit" in row.values]
    return tuple(dict.fromkeys(found))


def top(paper: Paper, job: Job, sheet: Sheet, widths: list[float]) -> None:
    """Rows 1 to 4: 附件N, title, 填报单位 and date and 计量单位, note.

    Args:
        widths: column widths, 0 for hidden columns.
    """
    said, styles, last = job.said.sheet, job.styles, len(widths)
    number = job.form.sheets.index(sheet) + 1
    for column in range(1, last + 1):
        paper.blank(1, column, styles.corner())
        paper.blank(UNIT_ROW, column, styles.line())
    paper.text(1, 1, said["corner"].format(number=number), styles.corner())
    paper.height(1, 22)
    paper.across(TITLE_ROW, 1, last, job.said.title(sheet), styles.title())
    paper.height(TITLE_ROW, 32)
    paper.text(UNIT_ROW, 1, said["unit_line"].format(unit=""), styles.line())
    paper.text(UNIT_ROW, _middle(widths), said["date_line"], styles.line())
    measures = said["measure_join"].join(units(sheet))
    if measures:
        end = max(index for index, width in enumerate(widths, 1) if width)
        paper.text(UNIT_ROW, end, said["measure"].format(units=measures), styles.line("right"))
    paper.height(UNIT_ROW, 20)
    parts = (job.said.note(sheet), said["legend"], basis(job.policy, sheet, job.said))
    note = said["note_join"].join(part for part in parts if part)
    paper.across(NOTE_ROW, 1, last, note, styles.note())
    paper.height(NOTE_ROW, measure.height([(note, sum(widths))], line=13.5))


def _middle(widths: list[float]) -> int:
    """The column that begins nearest to two fifths of the width."""
    starts, left = [], 0.0
    for width in widths:
        starts.append(left)
        left += width
    seen = [index for index, width in enumerate(widths) if width and index > 0]
    return min(seen, key=lambda index: abs(starts[index] - left * 0.42)) + 1


def printing(paper: Paper, job: Job, area: tuple[int, int], repeat: int) -> None:
    """A4 landscape, one page wide, the top rows on every page, page numbers; and the protection.

    Args:
        area: last row and last column that are printed.
        repeat: rows 1 to `repeat` come again on every page; 0 for none.
    """
    sheet = paper.sheet
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(**_MARGINS)
    sheet.center_horizontally()
    sheet.set_footer("&C" + job.said.sheet["footer"])
    sheet.print_area(0, 0, area[0] - 1, area[1] - 1)
    if repeat:
        sheet.repeat_rows(0, repeat - 1)
    sheet.protect("", _ALLOWED)
