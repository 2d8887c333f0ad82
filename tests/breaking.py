"""Cells that are broken: which ones, how, and what may change because of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from toolkit.model.form import Column, Form, Sheet
from toolkit.model.result import MET, NOT_APPLICABLE, UNDETERMINED, UNSET, WARNING

if TYPE_CHECKING:
    from random_rounds import Figures

WRONG, MOBILE, NOWHERE, LONG = "不知道", "13812345678", "999999-99", "9" * 19
LEFT_ALONE = frozenset({"fill_date", "unit_code"})
"""Which version of a return counts, and whose it is, are other questions."""
GARBAGE: Mapping[str, Sequence[object]] = {
    "date": ("？", "见附件", "2025-13-45", "1900-02-30", date(1890, 1, 1), date(2099, 1, 1), "#REF!"),
    "month": ("？", "2025-13", "见附件", "1800.01", "2099-01"),
    "integer": ("？", "约10", -3, LONG, "#REF!"),
    "decimal": ("？", "见附件", -5, "同上", LONG, "#N/A"),
    "choice": (WRONG, "见附件"),
    "text": (MOBILE,),
}
"""Some of it may stand in some cells; what is not said to be wrong is not broken."""


@dataclass(frozen=True)
class Break:
    """One broken cell: place of the unit in the round, sheet, the place of its row, the column, what stands there."""

    place: int
    sheet: str
    at: int
    column: str
    value: object = None

    def __str__(self) -> str:
        return f"[{self.place}] {self.sheet}[{self.at}].{self.column} := {self.value!r}"


def a_break(chance: Random, form: Form, place: int, rows: Mapping[str, Sequence[Mapping]]) -> Break:
    """A cell of one return and what breaks it; any sheet, any row, any column that the unit can type into."""
    while True:
        sheet = form.by_name[chance.choice([name for name, found in rows.items() if found])]
        at = chance.randrange(len(rows[sheet.name]))
        ours = sheet.layout == "vertical" or sheet.fixed_rows
        columns = [one for one in sheet.columns if not one.hidden and not (ours and one.prefilled)]
        columns = [one for one in columns if one.name not in LEFT_ALONE]
        column = chance.choice(columns)
        before, value = rows[sheet.name][at].get(column.name), chance.choice(ways(sheet, column))
        if value != before and not (value is None and before in (None, "")):
            return Break(place, sheet.name, at, column.name, value)


def ways(sheet: Sheet, column: Column) -> list[object]:
    """What breaks a cell of a column; that nothing stands there is wrong where something must."""
    found = list(GARBAGE[column.type])
    if column.references or column.name.endswith("_code"):
        found += [NOWHERE] * 2
    if column.need != "optional" and not sheet.fixed_rows:
        found.append(None)
    return found


def changes(before: Figures, after: Figures) -> list[str]:
    """What may not change when cells are broken: a level other than to 无法判定, an amount other than to unknown.

    A level at which nothing was wrong may become a suspicion, or wait for an open parameter.
    """
    found = []
    was, now = before.worst(), after.worst()
    for key, level in was.items():
        then = now.get(key, "—")
        if then not in (level, UNDETERMINED) and not _only_open(level, then, after.said(*key)):
            found.append(f"{key}: {level} → {then}: {before.said(*key)} → {after.said(*key)}")
    for row, amount in before.due.items():
        then = after.due.get(row, "—")
        if then is not None and then != amount and (amount or then != "—"):
            found.append(f"应发 {row}: {amount} → {then}")
    found += [f"应发 {row}: new {due}" for row, due in after.due.items() if due and row not in before.due]
    return found


def _only_open(level: str, then: str, said: str) -> bool:
    """Whether nothing was wrong, and now it is a suspicion, or waits for a parameter that nobody has set."""
    return level in (MET, NOT_APPLICABLE) and (then == UNSET or (then == WARNING and "疑似同一人" in said))
