"""Which return of a unit counts: the newest by the 填报日期 inside the workbook, never by file time.

A return that does not count because a newer one does, or because another file holds the same rows, is set aside: its
rows, its findings and its repairs feed nothing; what is left of it is one line in the list of files. That is not the
same as a return whose rows are refused because of 错误, nor as two returns of which a person must choose one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from toolkit.model.batch import CONFLICT, DUPLICATE, SUPERSEDED, UNREADABLE, Batch, Return
from toolkit.model.finding import Finding, from_catalogue

_COPY = "B001"
_OTHER_FORMAT = "F028"


def select(
    batch: Batch,
    chosen: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
    chosen_at: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings about units with several returns; sets `state` of each return and puts aside what does not count.

    The rows of returns that do not count move from `batch.tables` to `batch.set_aside`; their findings, repairs and
    problem cells go. Returns in conflict stay, so that their problems are shown, but a merge refuses them.

    Args:
        chosen: unit code → SHA-256 of the return that a person chose.
        seen: SHA-256 → when an earlier run first saw that content; what is not in it arrived after that.
        chosen_at: unit code → when the choice was made; something newer that arrives later ends the choice.
    """
    known = _Known(chosen, seen or {}, chosen_at or {})
    by_unit: dict[str, list[Return]] = defaultdict(list)
    for item in batch.returns:
        if item.counts and item.unit:
            by_unit[item.unit].append(item)
    findings = _same_rows(batch, [items for items in by_unit.values() if len(items) > 1], known)
    for unit, items in by_unit.items():
        items = [item for item in items if not item.aside]
        if len(items) > 1:
            findings += _decide(batch, items, known.choice(unit, items), known)
    findings += _answered(batch, by_unit, known)
    _put_aside(batch)
    return findings


@dataclass(frozen=True)
class _Known:
    """What the ledger knows; see `select`."""

    chosen: Mapping[str, str]
    seen: Mapping[str, str]
    chosen_at: Mapping[str, str]

    def choice(self, unit: str, items: Sequence[Return]) -> Return | None:
        """The return that a person chose; None when there is none, or one that is not older came after the choice."""
        digest, at = self.chosen.get(unit, ""), self.chosen_at.get(unit, "")
        picked = next((item for item in items if item.sha256 == digest), None)
        if picked is None:
            return None
        for item in items:
            after = item.sha256 not in self.seen or self.seen[item.sha256] > at
            older = item.fill_date and picked.fill_date and item.fill_date < picked.fill_date
            if at and item is not picked and after and not older:
                return None
        return picked

    def came_late(self, item: Return, current: Return) -> bool:
        """Whether an older return was first seen after the one that counts; unknown order is not late."""
        if not (item.fill_date and current.fill_date and item.fill_date < current.fill_date):
            return False
        known = self.seen.get(current.sha256)
        return known is not None and self.seen.get(item.sha256, "9") > known

    def older(self, item: Return, current: Return) -> bool:
        """Whether a return is certainly older than another.

        One without a 填报日期 is when it had been seen before the day on which the other was filled in, or before a
        person chose the other.
        """
        if item.fill_date and current.fill_date:
            return item.fill_date < current.fill_date
        seen = self.seen.get(item.sha256)
        if seen is None:
            return False
        picked = self.chosen.get(current.unit) == current.sha256 and seen <= self.chosen_at.get(current.unit, "")
        return picked or (current.fill_date is not None and seen[:10] < current.fill_date.isoformat())


def _decide(batch: Batch, items: list[Return], choice: Return | None, known: _Known) -> list[Finding]:
    if choice:
        return _supersede(batch, items, [choice], known)
    latest = [item for item in items if not any(known.older(item, one) for one in items)]
    latest.sort(key=lambda item: item.fill_date is None)
    findings = _supersede(batch, items, latest, known)
    if len(latest) > 1:
        facts: dict[str, object] = {"name": _name(batch, items[0].unit), "n": len(latest)}
        if latest[-1].fill_date is None:
            undated = next(item for item in latest if item.fill_date is None)
            return findings + _conflict(latest, "B009", {**facts, "file": undated.file})
        files = "、".join(item.file for item in latest)
        findings += _conflict(latest, "B002", {**facts, "day": latest[0].fill_date, "files": files})
    return findings


def _name(batch: Batch, unit: str) -> str:
    known = batch.units.get(unit)
    return known.name if known else unit


def _supersede(batch: Batch, items: list[Return], keep: list[Return], known: _Known) -> list[Finding]:
    """Marks all but the current ones as superseded; one that arrived late with an older date is said to have."""
    left = [item for item in items if all(item is not one for one in keep)]
    return [_set_aside(batch, item, keep[0], known) for item in left]


def _set_aside(batch: Batch, item: Return, current: Return, known: _Known) -> Finding:
    late = known.came_late(item, current)
    item.state = SUPERSEDED
    facts: dict[str, object] = {"name": _name(batch, item.unit), "newer": current.file}
    if late:
        return _about(item, "B012", {**facts, "day": item.fill_date, "newer_day": current.fill_date})
    return _about(item, "B010", facts)


def _conflict(items: list[Return], code: str, facts: dict[str, object]) -> list[Finding]:
    for item in items:
        item.state = CONFLICT
    return [_about(item, code, facts) for item in items]


def _about(item: Return, code: str, facts: dict[str, object]) -> Finding:
    return from_catalogue(code, facts, unit=item.unit, file=item.file)


def _answered(batch: Batch, by_unit: Mapping[str, list[Return]], known: _Known) -> Iterator[Finding]:
    """Sets aside files that were refused as a whole and that their unit has since replaced by a good one."""
    for item in batch.returns:
        refused = item.state == UNREADABLE or (item.blocked and not item.aside)
        current = next((one for one in by_unit.get(item.unit, ()) if not one.aside), None)
        if current and refused and known.older(item, current):
            yield _set_aside(batch, item, current, known)


def _same_rows(batch: Batch, groups: Sequence[Sequence[Return]], known: _Known) -> list[Finding]:
    """Marks returns of a unit that hold the same rows as another one of it as duplicates.

    The one that stays is the one that a person chose, then the one with most explanations, then one that can be
    marked, then the one with the shortest name.
    """
    findings: list[Finding] = []
    rows = _Rows(batch) if groups else None
    for items in groups:
        kept: dict[str, Return] = {}
        for item in sorted(items, key=lambda one: (one.sha256 != known.chosen.get(one.unit), *_preferred(one))):
            other = kept.setdefault(rows.digest(item), item) if rows else item
            if other is not item:
                item.state = DUPLICATE
                findings.append(_about(item, "B011", {"other": other.file}))
    return findings


def _preferred(item: Return) -> tuple[object, ...]:
    other_format = any(finding.code == _OTHER_FORMAT for finding in item.findings)
    return -sum(map(len, item.notes.values())), other_format, len(item.file), item.file


class _Rows:
    """What returns say, to be compared."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._places = {sheet: frame.groupby("_return").indices for sheet, frame in batch.tables.items()}
        self._unread: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        for sheet, cells in batch.problem_cells.items():
            for index, row, name in cells:
                self._unread[index, sheet].append((row, name))

    def digest(self, item: Return) -> str:
        """Equal for returns that say the same: sheets, ticks and rows by value, whatever format and order they have.

        A cell that could not be read counts as what was typed there.
        """
        found = hashlib.sha256(repr((sorted(item.located), sorted(item.nil))).encode())
        for sheet, frame in self._batch.tables.items():
            own = frame.iloc[self._places[sheet].get(item.index, [])]
            rows = [
                (*map(_plain, values), self._typed(item, sheet, row))
                for row, *values in own.drop(columns=["_return", "_unit", "_sheet"]).itertuples(index=False, name=None)
            ]
            found.update(repr((sheet, sorted(rows))).encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    def _typed(self, item: Return, sheet: str, row: int) -> str:
        """What stands in the cells of a row that could not be read."""
        names = sorted(name for at, name in self._unread.get((item.index, sheet), ()) if at == row)
        if not names:
            return ""
        title = item.located[sheet].title
        typed = {(one.sheet, cell): one.value for one in item.findings if one.value for cell in one.cells}
        cells = [self._batch.cells(item.index, sheet, (name,), row) for name in names]
        return repr([(name, typed.get((title, *cell))) for name, cell in zip(names, cells, strict=True)])


def _plain(value: object) -> str:
    """A value as text, equal for equal values."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _put_aside(batch: Batch) -> None:
    """Takes the returns that do not count out of everything but the list of files."""
    aside = {item.index for item in batch.returns if item.aside}
    for item in batch.returns:
        if item.aside:
            item.findings = [finding for finding in item.findings if finding.code == _COPY]
            item.repairs = []
    for sheet, frame in batch.tables.items():
        away = frame["_return"].isin(aside)
        batch.set_aside[sheet] = frame.loc[away]
        if away.any():
            batch.tables[sheet] = frame.loc[~away].reset_index(drop=True)
    for sheet, cells in batch.problem_cells.items():
        batch.problem_cells[sheet] = {cell for cell in cells if cell[0] not in aside}
