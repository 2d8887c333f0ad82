"""Red and orange cells: conditional formats that show what `_check` found.

They refer to it by names, which every Excel since 2007 takes, and reach as far as rows are checked. Pasting cells over
them may take them away; the sheet 自检 goes on counting then.
"""

from __future__ import annotations

from collections import defaultdict

from toolkit.model.cell import Area
from toolkit.model.finding import ERROR, HINT
from toolkit.model.form import Sheet
from toolkit.model.layout import FIRST_ROW, VERTICAL_FIRST_ROW
from toolkit.templating.check_grid import Block, depth
from toolkit.templating.page import Job
from toolkit.templating.paper import Paper
from validators.formulas import UNSURE

_MOST = 5
"""Rules in one conditional format: its formula stays short enough to be edited by hand."""
_VALUE = 3


def mark(paper: Paper, job: Job, block: Block) -> None:
    """Writes the conditional formats of one sheet."""
    sheet = block.sheet
    vertical = sheet.layout == "vertical"
    row = "1" if vertical else f"ROW()-{FIRST_ROW - 1}"
    column = f"ROW()-{VERTICAL_FIRST_ROW - 1}" if vertical else "COLUMN()"
    state = f"INDEX({block.name},{row},{column})"
    everywhere = _area(sheet, 1, block.width)
    red, orange = job.styles.bad(), job.styles.doubtful()
    paper.highlight(everywhere, {"type": "formula", "criteria": f"=AND({state}>0,{state}<{UNSURE})", "format": red})
    for (place, serious), numbers in sorted(_by_column(block).items(), key=lambda item: (item[0][0], not item[0][1])):
        for start in range(0, len(numbers), _MOST):
            found = ",".join(f"INDEX({block.name},{row},{number})" for number in numbers[start : start + _MOST])
            formula = f"=SUM({found})>0"
            look = red if serious else orange
            paper.highlight(_area(sheet, place, place), {"type": "formula", "criteria": formula, "format": look})
    paper.highlight(everywhere, {"type": "formula", "criteria": f"={state}={UNSURE}", "format": orange})


def _by_column(block: Block) -> dict[tuple[int, bool], list[int]]:
    """Columns of the block with verdicts, by the form's column that they mark and whether they are errors."""
    found: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for rule, number in block.rules.values():
        if rule.severity != HINT:
            for name in rule.at:
                place = block.sheet.names.index(name) + 1
                found[place, rule.severity == ERROR].append(number - block.first + 1)
    return found


def _area(sheet: Sheet, first: int, last: int) -> Area:
    """The cells of some columns of the form, as far as they are checked."""
    if sheet.layout == "vertical":
        return Area(VERTICAL_FIRST_ROW + first - 1, _VALUE, VERTICAL_FIRST_ROW + last - 1, _VALUE)
    return Area(FIRST_ROW, first, FIRST_ROW + depth(sheet) - 1, last)
