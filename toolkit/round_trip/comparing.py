"""Two returns of a unit → what changed, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from toolkit.campaign import Campaign
from toolkit.campaign.aliases import sheet_named
from toolkit.campaign.ledger_notes import shown_moment
from toolkit.campaign.words import campaign_words
from toolkit.job import campaign_job
from toolkit.model.batch import NOWHERE, Batch, Return
from toolkit.model.errors import XltoolError
from toolkit.model.form import Sheet
from toolkit.model.privacy import mask, mask_file_name
from toolkit.reading import stamps_of
from toolkit.reading.identity import of_stamp
from toolkit.reading.unit_names import Names
from toolkit.round_trip.belonging import noted_returns
from toolkit.round_trip.shown import row_text, value_text
from toolkit.round_trip.words import round_words

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_FIRST, _LAST = str(date.min), "9"
"""Where a return without a day stands among the others, and one that no run has seen."""
KINDS = (ADDED, REMOVED, CHANGED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One added row, removed row or changed cell.

    Args:
        key: the row's key columns as text; rows with equal keys are paired in the order they stand.
        label: label of the changed column; "" for a whole row.
        before, after: texts, ID numbers masked; "" = empty or no such row.
        old_cell, new_cell: Excel address, or the row number of a whole row; "" where there is none.
    """

    sheet: str
    kind: str
    key: str
    label: str
    before: str
    after: str
    old_cell: str
    new_cell: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two returned files of a unit."""

    unit: str
    old: str
    new: str
    old_day: str
    new_day: str
    differences: tuple[Difference, ...]

    def plain(self) -> dict[str, object]:
        """The same as plain data, with the number of each kind."""
        counts = {kind: sum(one.kind == kind for one in self.differences) for kind in KINDS}
        return {**asdict(self), "counts": counts}


def in_words(found: Comparison) -> tuple[str, list[tuple[str, ...]]]:
    """One sentence about the two files, and a row a difference: sheet, kind, key, label, before, after, place."""
    said = round_words().differences
    facts = {"unit": found.unit, "old": found.old, "new": found.new}
    if not found.differences:
        return said["same"].format(**facts), []
    days = {"old_day": found.old_day or said["none"], "new_day": found.new_day or said["none"]}
    rows = [
        (one.sheet, said[one.kind], one.key, one.label, one.before, one.after, one.new_cell or one.old_cell)
        for one in found.differences
    ]
    return said["heading"].format(**facts, **days), rows


def compare_returns(campaign: Campaign, unit: str, old: str = "", new: str = "") -> Comparison:
    """The difference between two returns of a unit that lie in 回收.

    Args:
        old, new: file names; default: the two newest contents by 填报日期 and first sight.
    Raises: XltoolError: K011 no such unit, K005 no such file of the unit, K015 fewer than two contents.
    """
    old, new = mask_file_name(old), mask_file_name(new)
    batch, readable = _read(campaign, unit, (old, new))
    by_name = {item.file: item for item in batch.returns}
    same = {item.sha256: item for item in readable}
    pair = [same.get(by_name[name].sha256) if name else None for name in (old, new)]
    rest = [item for item in readable if item not in pair]
    if pair[1] is None and rest:
        pair[1] = rest.pop()
    if pair[0] is None and rest:
        pair[0] = rest.pop()
    if pair[0] is None or pair[1] is None:
        raise XltoolError("K015", unit=unit, n=len(readable))
    return compare(batch, unit, pair[0], pair[1])


def _read(campaign: Campaign, unit: str, wanted: Iterable[str], gone: bool = False) -> tuple[Batch, list[Return]]:
    """All returns of a unit in 回收, and those that could be read, the oldest first.

    Args:
        gone: also those that were read once and are there no more, as far as it is kept what was read.
    Raises: XltoolError: K011 no such unit, K005 no file of this name.
    """
    from toolkit.pipeline import read

    if campaign.units.get(unit) is None:
        raise XltoolError("K011", unit=unit)
    files = _files_of(campaign, unit)
    named = {name for name, _ in files}
    for name in filter(None, wanted):
        if name not in named:
            raise XltoolError("K005", unit=unit, file=name)
    own = [(str(one["file"]), str(one["sha256"])) for one in noted_returns(campaign) if one["unit"] == unit]
    batch = read(replace(campaign_job(campaign, date.today()), files=files), own if gone else ())
    seen = campaign.ledger.first_seen()
    readable = [item for item in batch.returns if item.located]
    readable.sort(key=lambda item: (item.fill_date or date.min, seen.get(item.sha256, _LAST), item.file))
    return batch, readable


@dataclass(frozen=True, slots=True)
class Version:
    """One row of a unit in one of its returns.

    Args:
        row: its Excel row there, 0 = it is not there.
        changes: what differs from the return before, as texts (label, before, after); of the first one what it holds.
        lost: that the file was overwritten or taken away, and when; "" = it is there.
        known: whether it is known what it held.
    """

    file: str
    day: str
    row: int
    changes: tuple[tuple[str, str, str], ...]
    lost: str = ""
    known: bool = True


def row_history(campaign: Campaign, unit: str, sheet: str, row: int, file: str = "") -> list[Version]:
    """How a row went through the returns of a unit, the oldest first; copies are left out.

    A return that lies in 回收 no more, as one that was overwritten, is named with what became of it; what it held is
    known as long as it is kept what was read.

    Args:
        sheet: Chinese title or English name of the sheet; row: Excel row in `file`.
        file: default: the newest return.
    Raises: XltoolError: K011 no such unit, K005 no such file, K040 no such sheet, K049 no such row.
    """
    file, wanted = mask_file_name(file), sheet_named(campaign.form, sheet)
    batch, readable = _read(campaign, unit, (file,), gone=True)
    once, lost = list({item.sha256: item for item in reversed(readable)}.values())[::-1], _lost(campaign, unit, batch)
    frame = batch.tables[wanted.name]
    held = [_by_key(frame[frame["_return"] == item.index], wanted) for item in once]
    asked = [item.sha256 not in lost and file in ("", item.file) for item in once]
    rows = held[len(asked) - 1 - asked[::-1].index(True)].items() if any(asked) else ()
    key = next((key for key, one in rows if int(one["_row"] or 0) == row), None)
    if key is None:
        raise XltoolError("K049", unit=unit, sheet=wanted.label, row=row)
    seen, dated = campaign.ledger.first_seen(), []
    for item, one in zip(once, _versions(batch, wanted, key, list(zip(once, held, strict=True))), strict=True):
        gone = lost.pop(item.sha256, one)
        dated.append((one.day or _FIRST, seen.get(item.sha256, _LAST), replace(one, lost=gone.lost)))
    dated += [(one.day or _FIRST, seen.get(digest, _LAST), one) for digest, one in lost.items()]
    return [one for _, _, one in sorted(dated, key=lambda item: item[:2])]


def _lost(campaign: Campaign, unit: str, batch: Batch) -> dict[str, Version]:
    """SHA-256 → what is known without its values of each content that was read once and lies in 回收 no more."""
    said, here = round_words().differences, [item for item in batch.returns if item.path != NOWHERE]
    there, names = {item.sha256 for item in here}, {item.file for item in here}
    ended = {str(line["detail"]).rpartition(" ")[2]: shown_moment(line["at"]) for line in campaign.ledger.history()
             if line["what"] in (campaign_words().history["gone"], campaign_words().history["replaced"])}  # fmt: skip
    found = {}
    for record in noted_returns(campaign):
        digest, file, day = (str(record[key]) for key in ("sha256", "file", "fill_date"))
        if record["unit"] == unit and digest not in there:
            facts = {"seen": shown_moment(record["seen"]), "at": ended.get(digest[:12], said["not_yet"])}
            why = said["replaced" if file in names else "gone"].format(**facts)
            found[digest] = Version(file, day, 0, (), why, known=False)
    return found


def _versions(
    batch: Batch, sheet: Sheet, key: tuple[str, int], returns: list[tuple[Return, dict]]
) -> Iterator[Version]:
    before: tuple[Return, dict] | None = None
    for item, rows in returns:
        one = rows.get(key)
        day, at = str(item.fill_date or ""), int(one["_row"] or 0) if one else 0
        changes: tuple[tuple[str, str, str], ...] = ()
        if one and before is None:
            changes = (("", "", row_text(sheet, one, _texts(batch, sheet, item, one))),)
        elif one and before:
            found = _cells(batch, sheet, key, before, (item, one))
            changes = tuple((change.label, change.before, change.after) for change in found)
        yield Version(item.file, day, at, changes)
        before = (item, one) if one else before


def history_in_words(versions: Iterable[Version]) -> list[tuple[str, str, str, str]]:
    """File, day, row, what changed, of each return."""
    said = round_words().differences
    told = []
    for number, one in enumerate(versions):
        texts = [
            f"{label}：{before or said['blank']} → {after or said['blank']}" for label, before, after in one.changes
        ]
        if one.changes and not one.changes[0][0]:
            texts = [one.changes[0][2]]
        empty = said["not_there"] if not one.row else said["unchanged"] if number else ""
        held = "；".join(texts) or empty if one.known else said["unknown"]
        text = "；".join(filter(None, (one.lost, held)))
        told.append((one.file, one.day or said["none"], str(one.row or ""), text))
    return told


def _files_of(campaign: Campaign, unit: str) -> list[tuple[str, Path]]:
    """The files in 回收 that the ledger, or their stamp and name, give to a unit."""
    known = {str(record["file"]): str(record["unit"]) for record in noted_returns(campaign) if record["present"]}
    files = campaign_job(campaign, date.today()).files
    stamps = stamps_of([(name, path) for name, path in files if name not in known])
    names = Names(campaign.units)

    def owner(name: str, path: Path) -> str | None:
        if name in known:
            return known[name]
        stamp = stamps.get(path)
        return of_stamp(stamp, name, names, campaign.units) if stamp else ""

    return [(name, path) for name, path in files if owner(name, path) == unit]


def compare(batch: Batch, unit: str, old: Return, new: Return) -> Comparison:
    """The difference between two returns of one batch, in the order of the form."""
    found = tuple(item for sheet in batch.form.sheets for item in _sheet(batch, sheet, old, new))
    return Comparison(unit, old.file, new.file, str(old.fill_date or ""), str(new.fill_date or ""), found)


def _sheet(batch: Batch, sheet: Sheet, old: Return, new: Return) -> Iterator[Difference]:
    frame = batch.tables[sheet.name]
    before, after = (_by_key(frame[frame["_return"] == item.index], sheet) for item in (old, new))
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield _whole_row(sheet, key, one, other)
        else:
            yield from _cells(batch, sheet, key, (old, one), (new, other))


def _by_key(frame: pd.DataFrame, sheet: Sheet) -> dict[tuple[str, int], dict]:
    """(key as text, number among rows of that key) → row."""
    rows: dict[tuple[str, int], dict] = {}
    for row in frame.to_dict("records"):
        text = " ".join(value_text(row[name]) for name in sheet.key) if sheet.layout == "table" else ""
        number = 0
        while (text, number) in rows:
            number += 1
        rows[text, number] = row
    return rows


def _whole_row(sheet: Sheet, key: tuple[str, int], one: dict | None, other: dict | None) -> Difference:
    kind = REMOVED if other is None else ADDED
    before, after = (row_text(sheet, row) if row else "" for row in (one, other))
    places = (str(row["_row"]) if row else "" for row in (one, other))
    return Difference(sheet.label, kind, mask(key[0], typed=True), "", before, after, *places)


def _cells(batch: Batch, sheet: Sheet, key: tuple[str, int], one: tuple, other: tuple) -> Iterator[Difference]:
    texts = [_texts(batch, sheet, item, row) for item, row in (one, other)]
    for column in sheet.columns:
        before, after = (own[column.name] for own in texts)
        if before != after:
            places = [(item.index, sheet.name, (column.name,), int(row["_row"])) for item, row in (one, other)]
            cells = ("".join(batch.cells(*place)[:1]) for place in places)
            shown = (mask(text, typed=True) for text in (before, after))
            yield Difference(sheet.label, CHANGED, mask(key[0], typed=True), column.label, *shown, *cells)


def _texts(batch: Batch, sheet: Sheet, item: Return, row: dict) -> dict[str, str]:
    """The cells of a row as texts, by column; where a value was not understood, as it was typed."""
    typed, at, texts = item.as_typed(sheet.name), int(row["_row"] or 0), {}
    for column in sheet.columns:
        cell = "".join(batch.cells(item.index, sheet.name, (column.name,), at)[:1])
        texts[column.name] = value_text(row[column.name]) or typed.get(cell, "")
    return texts
