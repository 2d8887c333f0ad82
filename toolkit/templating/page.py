"""What all visible sheets share: the four rows on top, print set-up, protection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.model.cell import Area
from toolkit.model.form import Form, Sheet
from toolkit.model.layout import NOTE_ROW, TITLE_ROW, UNIT_ROW
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.templating import measure
from toolkit.templating.choices import Lists
from toolkit.templating.paper import Paper
from toolkit.templating.styles import Styles
from toolkit.templating.texts import Texts

_SHARES = {1: (), 2: (0.55,), 3: (0.4, 0.7)}
"""Where the second and third text of row 3 begin, as shares of the width."""


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
    """Units of measure on a sheet, each once; none where every row names its own."""
    return tuple(dict.fromkeys(column.unit for column in sheet.columns if column.unit and not column.hidden))


def top(paper: Paper, job: Job, sheet: Sheet, widths: list[float]) -> None:
    """Rows 1 to 4: 附件N, title, 填报单位 and date and 计量单位, note.

    Args:
        widths: column widths, 0 for hidden columns.
    """
    said, styles, last = job.said.sheet, job.styles, len(widths)
    number = job.form.sheets.index(sheet) + 1
    for column in range(1, last + 1):
        paper.blank(1, column, styles.corner())
    paper.text(1, 1, said["corner"].format(number=number), styles.corner())
    paper.height(1, 22)
    larger = enlargement(widths)
    paper.across(TITLE_ROW, 1, last, job.said.title(sheet), styles.title(round(20 * larger)))
    paper.height(TITLE_ROW, 30 * larger)
    _unit_line(paper, job, sheet, widths)
    paper.height(UNIT_ROW, 20 * larger)
    parts = (job.said.note(sheet), said["legend"], basis(job.policy, sheet, job.said))
    note = said["note_join"].join(part for part in parts if part)
    paper.across(NOTE_ROW, 1, last, note, styles.note(round(10 * larger)))
    paper.height(NOTE_ROW, measure.height([(note, sum(widths) / larger)], line=13.5 * larger))


def enlargement(widths: list[float]) -> float:
    """How much larger the heading of a wide table is set, as printing will shrink it; at most 1.25.

    >>> enlargement([100.0]), enlargement([100.0, 60.0]), enlargement([400.0])
    (1.0, 1.25, 1.25)
    """
    return max(1.0, min(1.25, round(sum(widths) / 128, 2)))


def _unit_line(paper: Paper, job: Job, sheet: Sheet, widths: list[float]) -> None:
    """Row 3: 填报单位 left, 填报日期 in the middle of wide tables, 计量单位 right."""
    said, last, size = job.said.sheet, len(widths), round(12 * enlargement(widths))
    measures = said["measure_join"].join(units(sheet))
    texts = [said["unit_line"].format(unit="")]
    if sheet.layout == "table":
        texts.append(said["date_line"])
    if measures:
        texts.append(said["measure"].format(units=measures))
    starts = [1, *(_begin(widths, share) for share in _SHARES[len(texts)]), last + 1]
    for place, text in enumerate(texts):
        align = "left" if place == 0 else "right" if place == len(texts) - 1 else "center"
        paper.across(UNIT_ROW, starts[place], starts[place + 1] - 1, text, job.styles.line(align, size))


def _begin(widths: list[float], share: float) -> int:
    """The visible column that begins nearest to a share of the width."""
    starts = [sum(widths[:place]) for place in range(len(widths))]
    seen = [place for place, width in enumerate(widths) if width and place > 0]
    return min(seen, key=lambda place: abs(starts[place] - sum(widths) * share)) + 1


def printing(paper: Paper, job: Job, area: tuple[int, int] | None, repeat: int) -> None:
    """A4 landscape, one page wide, the top rows on every page, page numbers; and the protection.

    Args:
        area: last row and last column that are printed; None = whatever is ruled or filled in, so that
            neither a page of empty rows is printed nor a filled row left out.
        repeat: rows 1 to `repeat` come again on every page.
    """
    paged(paper, job, area=Area(1, 1, *area) if area else None)
    paper.repeat(0, repeat - 1)
    paper.protect("form")


def paged(paper: Paper, job: Job, **more: Any) -> None:
    """A4 landscape with margins and page numbers; what else `Sheet.paper` takes."""
    paper.paper("form", text=job.said.sheet["footer"], **more)
