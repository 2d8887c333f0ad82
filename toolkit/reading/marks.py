"""The columns that marking added to a returned copy: no data, but the explanations in them are read."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.model.layout import MARK_NOTE, MARK_PROBLEM
from toolkit.reading.normal import compact


def explanations(grid: Sequence[Sequence[object]], header: int) -> list[tuple[int, str, str]]:
    """(Excel row, the marked problems of the row, what the unit wrote) of the rows with an explanation.

    >>> explanations([["姓名", "【校验】问题", "【校验】说明"], ["甲", "[POST-004] 疑问：…", "九月才到任"]], 0)
    [(2, '[POST-004] 疑问：…', '九月才到任')]
    """
    labels = [compact(cell) if cell.__class__ is str else "" for cell in grid[header]]  # type: ignore[arg-type]
    if MARK_NOTE not in labels:
        return []
    note = labels.index(MARK_NOTE)
    problem = labels.index(MARK_PROBLEM) if MARK_PROBLEM in labels else -1
    found = []
    for number in range(header + 1, len(grid)):
        row = grid[number]
        text = str(row[note]).strip()
        if text:
            found.append((number + 1, str(row[problem]) if problem >= 0 else "", text))
    return found
