"""The columns that marking added to a returned copy: no data, but the explanations in them are read."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.model.layout import MARK_CODE, MARK_NOTE, MARK_PROBLEM
from toolkit.reading.normal import compact
from toolkit.reading.nothing import Nothing


def explanations(grid: Sequence[Sequence[object]], header: int, nothing: Nothing) -> list[tuple[int, str, str]]:
    """(Excel row, the marked problems of the row, what the unit wrote) of the rows with an explanation.

    Args:
        nothing: what explains nothing.

    >>> from toolkit.reading.words import vocabulary
    >>> head, nothing = ["姓名", "【校验】问题", "【校验】说明"], Nothing("text", vocabulary())
    >>> explanations([head, ["甲", "[POST-004] 疑问：…", "九月才到任"], ["乙", "…", "无"]], 0, nothing)
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
        if text and not nothing.meant_by(compact(text)):
            found.append((number + 1, str(row[problem]) if problem >= 0 else "", text))
    return found


def remarks(grid: Sequence[Sequence[object]], nothing: Nothing) -> list[tuple[str, str]]:
    """(code and digest, what the unit wrote) of the lines of the added sheet with an explanation.

    >>> from toolkit.reading.words import vocabulary
    >>> head, nothing = ["问题", "【校验】说明", "【校验】代码"], Nothing("text", vocabulary())
    >>> remarks([head, ["…", "八月调往省厅", "CHG-001 1A2B3C4D"], ["…", "无", "CHG-002 1A2B3C4D"]], nothing)
    [('CHG-001 1A2B3C4D', '八月调往省厅')]
    """
    note = code = -1
    found = []
    for row in grid:
        if note < 0:
            labels = [compact(cell) if cell.__class__ is str else "" for cell in row]  # type: ignore[arg-type]
            if MARK_NOTE in labels and MARK_CODE in labels:
                note, code = labels.index(MARK_NOTE), labels.index(MARK_CODE)
        elif (text := str(row[note]).strip()) and (ref := str(row[code]).strip()):
            found += [] if nothing.meant_by(compact(text)) else [(ref, text)]
    return found
