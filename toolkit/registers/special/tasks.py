"""任务清单化: how far each task of the list is, over the units.

Source: YN-S7-b; calculations C13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from toolkit.model.register import Block, Field
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.view import Line, View, named_field, traced

SHEET = "task"


def progress(view: View) -> Sequence[Block]:
    """One row a task: units that have it, by status; how many say who is responsible and until when."""
    if not view.has(SHEET, ["status", "owner", "due_date"]):
        return []
    statuses = view.dataset.form.choices(view.dataset.form.by_name[SHEET].by_name["status"])
    titles = {bundle.task_no: bundle.title for bundle in view.policy.bundles}
    tasks: dict[str, list[Row]] = {number: [] for number in titles}
    for row in view.rows(SHEET):
        if row.task_no:
            tasks.setdefault(row.task_no, []).append(row)
    lines: list[Line] = []
    for number, own in tasks.items():
        if own:
            counts = Counter(row.status for row in own)
            told = sum(bool(row.owner and row.due_date) for row in own)
            found = (counts[one] for one in (*statuses, None))
            cells = (number, titles.get(number), len(own), *found, told, told / len(own))
            lines.append((cells, view.behind(SHEET, *own)))
    heads = (Field(one, "count", 9) for one in (*statuses, word("blank")))
    first, last = (map(named_field, names) for names in (("#task", "#task_title", "#having"), ("#owned", "#rate")))
    fields = (*first, *heads, *last)
    return [traced(fields, lines, sums=tuple(range(2, len(fields) - 1)))]
