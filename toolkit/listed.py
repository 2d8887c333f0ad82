"""What the unit list says of a unit goes before what stands in its workbook, which was issued before the list changed.

The cells are issued filled in and locked; nobody types them. So nothing is asked of the unit: the list's value is used,
and one finding a unit tells the bureau where the two disagree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from toolkit.model.batch import Batch, Return
from toolkit.model.catalogue import entry
from toolkit.model.duties import CATEGORY, LEVEL, NO, SPEAKS, YES, bundles_for
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.policy import Policy
from toolkit.model.unit import Unit
from toolkit.reading.identity import TWO_NAMES

DISAGREES, NOT_ASKED = "B013", "B014"
SHEET, TASKS = "unit", "task"
COLUMNS = {
    "name": "unit_name",
    "short_names": "unit_short_names",
    "category": CATEGORY,
    "level": LEVEL,
    "speaks": SPEAKS,
    "parent": "parent_unit_code",
    "town": "town_code",
}
"""Field of the unit list → column of the sheet that is issued filled in from it."""
NAMED = 3
_JOIN, _SEVERAL = "；", re.compile("[;、,]")


def follow_list(batch: Batch, policy: Policy, file: str, sheet: str) -> list[Finding]:
    """Puts the list's values into the rows of the sheet 单位情况; gives one finding a return that says otherwise.

    Notes in every return which tasks its unit bears now without having been asked about them (`Return.not_issued`).

    Args:
        file, sheet: name of the unit list and of its sheet of units, as findings show them.
    """
    frame = batch.tables.get(SHEET)
    if frame is None or not len(batch.units):
        return []
    findings: list[Finding] = []
    changes: dict[str, dict[int, str | None]] = {}
    for at, row in enumerate(frame.to_dict("records")):
        item = batch.returns[row["_return"]]
        unit = batch.units.get(item.unit)
        if unit is None or item.blocked:
            continue
        issued = {field: _cell(row.get(column)) for field, column in COLUMNS.items()}
        listed = {field: value for field, value in _listed(unit).items() if COLUMNS[field] in frame.columns}
        for field, value in listed.items():
            if value and issued[field] != value:
                changes.setdefault(COLUMNS[field], {})[at] = value
        place = {"file": file, "sheet": sheet}
        findings += _disagreement(batch, unit, item, issued, listed, place)
        item.not_issued = frozenset(_not_issued(batch, policy, unit, item, issued))
        findings += _unasked(batch, unit, item, place)
    batch.tables[SHEET] = _changed(frame, changes)
    return findings


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _listed(unit: Unit) -> dict[str, str]:
    written = {"speaks": YES if unit.speaks else NO, "short_names": _JOIN.join(unit.short_names)}
    return {field: written.get(field) or getattr(unit, field) or "" for field in COLUMNS}


def _changed(frame: pd.DataFrame, changes: Mapping[str, Mapping[int, str | None]]) -> pd.DataFrame:
    if not changes:
        return frame
    frame = frame.copy()
    for column, cells in changes.items():
        values = frame[column].tolist()
        for at, value in cells.items():
            values[at] = value
        frame[column] = pd.Series(values, index=frame.index, dtype=object)
    return frame


def _disagreement(
    batch: Batch, unit: Unit, item: Return, issued: Mapping[str, str], listed: Mapping[str, str], place: Mapping
) -> Iterator[Finding]:
    """The one finding about a return whose cells say something else than the list; an empty cell says nothing."""
    both = {name: (issued[name], value) for name, value in listed.items() if issued[name] and value}
    differs = [name for name, (cell, value) in both.items() if _plain(cell) != _plain(value)]
    if any(one.code == TWO_NAMES for one in item.findings):
        differs = [name for name in differs if name != "name"]  # the unit is asked about it
    if not differs:
        return
    columns = batch.form.by_name[SHEET].by_name
    said = entry(DISAGREES)
    pairs = [
        said.problem("pair", label=columns[COLUMNS[name]].label, issued=issued[name], listed=listed[name])
        for name in differs
    ]
    cells = batch.units.places.get(unit.code, {})
    facts: dict[str, object] = {"name": unit.name, "file": item.file, "pairs": "；".join(pairs)}
    yield from_catalogue(
        DISAGREES,
        facts,
        cells=tuple(cells[name] for name in differs if name in cells),
        label="、".join(columns[COLUMNS[name]].label for name in differs),
        value="、".join(listed[name] for name in differs),
        **place,
    )


def _plain(text: str) -> tuple[str, ...]:
    """What a cell says, whatever its blanks and widths; of several names the order says nothing."""
    return tuple(sorted(filter(None, _SEVERAL.split("".join(unicodedata.normalize("NFKC", text).split())))))


def _not_issued(batch: Batch, policy: Policy, unit: Unit, item: Return, issued: Mapping[str, str]) -> Iterator[str]:
    """Tasks that are the unit's by the list of today and were not by that of the day of issue.

    A workbook older than the column 代表本级 was issued by other rules: there the tasks of a level are taken not to
    have been asked about when none of them stands in it, though others do.
    """
    frame = batch.tables.get(TASKS)
    if frame is None or TASKS not in item.located:
        return
    now = bundles_for(policy, unit)
    if SPEAKS in item.located[SHEET].rows:
        stood = {"level": issued["level"] or unit.level, "category": issued["category"] or unit.category}
        then = replace(unit, **stood, speaks=issued["speaks"] == YES)
        known = {bundle.task_no for bundle in bundles_for(policy, then)}
        yield from (bundle.task_no for bundle in now if bundle.task_no not in known)
        return
    rows = set(frame.loc[frame["_return"] == item.index, "task_no"])
    levels = {bundle.level for bundle in policy.bundles if bundle.task_no in rows}
    yield from (bundle.task_no for bundle in now if levels and bundle.level not in levels)


def _unasked(batch: Batch, unit: Unit, item: Return, place: Mapping) -> Iterator[Finding]:
    if not item.not_issued:
        return
    form = batch.form.by_name[TASKS]
    order = [row.key for row in form.fixed_rows if row.key in item.not_issued]
    named = "、".join(order[:NAMED]) + ("…" if len(order) > NAMED else "")
    cell = batch.units.places.get(unit.code, {}).get("code", "")
    facts: dict[str, object] = {"name": unit.name, "file": item.file, "count": len(order), "tasks": named}
    yield from_catalogue(NOT_ASKED, facts, cells=(cell,) if cell else (), **place)
