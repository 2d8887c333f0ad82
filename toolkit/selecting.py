"""Which return of a unit counts: the newest by the 填报日期 inside the workbook, never by file time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from toolkit.model.batch import CONFLICT, DUPLICATE, SUPERSEDED, Batch, Return
from toolkit.model.finding import Finding, from_catalogue

_COUNTING = ("accepted", "with_errors")


def select(
    batch: Batch,
    chosen: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
    chosen_at: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings about units with several returns; sets `state` of each return and moves rows aside.

    The rows of returns that do not count move from `batch.tables` to `batch.set_aside`. Returns in
    conflict stay in the tables, so that their problems are shown, but a merge refuses them.

    Args:
        chosen: unit code → SHA-256 of the return that a person chose.
        seen: SHA-256 → when an earlier run first saw that content; what is not in it arrived after that.
        chosen_at: unit code → when the choice was made; something newer that arrives later ends the choice.
    """
    seen = seen or {}
    by_unit: dict[str, list[Return]] = defaultdict(list)
    for item in batch.returns:
        if item.state in _COUNTING and item.unit and not item.blocked:
            by_unit[item.unit].append(item)
    findings: list[Finding] = []
    for unit, items in by_unit.items():
        if len(items) > 1:
            choice = _standing(items, chosen.get(unit, ""), (chosen_at or {}).get(unit, ""), seen)
            findings += _decide(batch, unit, items, choice, seen)
    _set_aside(batch)
    return findings


def _standing(items: list[Return], choice: str, at: str, seen: Mapping[str, str]) -> str:
    """The choice, or "" when a return that is not older came after it was made."""
    picked = next((item for item in items if item.sha256 == choice), None)
    if picked is None or not at:
        return choice
    for item in items:
        after = item.sha256 not in seen or seen[item.sha256] > at
        older = item.fill_date and picked.fill_date and item.fill_date < picked.fill_date
        if item is not picked and after and not older:
            return ""
    return choice


def _decide(batch: Batch, unit: str, items: list[Return], choice: str, seen: Mapping[str, str]) -> list[Finding]:
    known = batch.units.get(unit)
    name = known.name if known else unit
    picked = [item for item in items if item.sha256 == choice]
    if picked:
        return _supersede(items, picked, name, seen)
    undated = [item for item in items if item.fill_date is None]
    if undated:
        return _conflict(items, "B009", {"name": name, "n": len(items), "file": undated[0].file})
    newest = max(item.fill_date for item in items if item.fill_date)
    latest = [item for item in items if item.fill_date == newest]
    findings = _same_rows(batch, latest)
    latest = [item for item in latest if item.state in _COUNTING]
    if len(latest) > 1:
        files = "、".join(item.file for item in latest)
        facts = {"name": name, "n": len(latest), "day": newest, "files": files}
        return findings + _supersede(items, latest, name, seen) + _conflict(latest, "B002", facts)
    return findings + _supersede(items, latest, name, seen)


def _supersede(items: list[Return], keep: list[Return], name: str, seen: Mapping[str, str]) -> list[Finding]:
    """Marks all but the current ones as superseded; one that arrived late with an older date is said to have."""
    findings = []
    for item in items:
        if item in keep or item.state not in _COUNTING:
            continue
        item.state = SUPERSEDED
        facts = {"name": name, "newer": keep[0].file, "day": item.fill_date, "newer_day": keep[0].fill_date}
        findings.append(_about(item, "B012" if _came_late(item, keep[0], seen) else "B010", facts))
    return findings


def _came_late(item: Return, current: Return, seen: Mapping[str, str]) -> bool:
    """Whether an older return was first seen after the one that counts; unknown order is not late."""
    if not (item.fill_date and current.fill_date and item.fill_date < current.fill_date):
        return False
    known = seen.get(current.sha256)
    return known is not None and seen.get(item.sha256, "9") > known


def _conflict(items: list[Return], code: str, facts: dict[str, object]) -> list[Finding]:
    for item in items:
        item.state = CONFLICT
    return [_about(item, code, facts) for item in items]


def _about(item: Return, code: str, facts: dict[str, object]) -> Finding:
    return from_catalogue(code, facts, unit=item.unit, file=item.file)


def _same_rows(batch: Batch, items: list[Return]) -> list[Finding]:
    """Marks returns whose rows equal those of an earlier one as duplicates; the one with most explanations stays."""
    seen: dict[str, Return] = {}
    findings = []
    for item in sorted(items, key=lambda item: -sum(map(len, item.notes.values()))):
        digest = _rows_digest(batch, item)
        if digest in seen:
            item.state = DUPLICATE
            findings.append(_about(item, "B011", {"other": seen[digest].file}))
        else:
            seen[digest] = item
    return findings


def _rows_digest(batch: Batch, item: Return) -> str:
    digest = hashlib.sha256()
    for sheet, frame in batch.tables.items():
        rows = frame.loc[frame["_return"] == item.index].drop(columns=["_return", "_sheet", "_row"])
        digest.update(sheet.encode())
        digest.update(repr(rows.to_numpy(dtype=object).tolist()).encode())
    for finding in item.findings:
        digest.update(repr((finding.code, finding.cells, finding.value)).encode())
    return digest.hexdigest()


def _set_aside(batch: Batch) -> None:
    aside = {item.index for item in batch.returns if item.state in (SUPERSEDED, DUPLICATE)}
    for sheet, frame in batch.tables.items():
        if aside and len(frame):
            away = frame["_return"].isin(aside)
            batch.set_aside[sheet] = frame.loc[away]
            batch.tables[sheet] = frame.loc[~away].reset_index(drop=True)
        else:
            batch.set_aside[sheet] = frame.iloc[0:0]


def counting(batch: Batch) -> frozenset[int]:
    """Indices of the returns whose rows may be merged."""
    return frozenset(item.index for item in batch.returns if item.state in _COUNTING and not item.blocked)


def empty_like(frame: pd.DataFrame) -> pd.DataFrame:
    """No rows, same columns and dtypes."""
    return frame.iloc[0:0]
