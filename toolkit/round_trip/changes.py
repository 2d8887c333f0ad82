"""This period's rows against last period's: new, changed, missing; nobody vanishes silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.campaign.prior import prior_dataset
from toolkit.files import write_whole
from toolkit.model.batch import Batch, Dataset, Return
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Column, Sheet
from toolkit.model.privacy import mask
from toolkit.round_trip.prefilling import Carried, carried, empty
from toolkit.round_trip.shown import value_text
from toolkit.round_trip.words import round_words

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.campaign import Campaign
    from toolkit.checked import Checked

NEW, CHANGED, MISSING, ENDED = "new", "changed", "missing", "ended"
KINDS = (NEW, CHANGED, MISSING, ENDED)


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new, changed, missing or has ended since last period.

    Args:
        who: what names the row for people; key: the columns that identify it.
        detail: `栏目：原来 → 现在` of every changed cell that is normally carried over.
        row: Excel row in this period's file, 0 = not there.
    """

    unit: str
    file: str
    sheet: str
    kind: str
    who: str
    key: str
    detail: str
    row: int


def changes(batch: Batch, prior: Dataset) -> list[Change]:
    """What changed in the returns that count, by return, sheet of the form and row.

    A row of last period that had ended then (离任, 撤销, 转出 …) is not expected again; one that ends now is
    `ended`, and one that is simply not there is `missing`.
    """
    found = []
    known = {unit for frame in prior.tables.values() for unit in frame["_unit"]}
    for item in batch.returns:
        if item.counts and item.unit in known:
            for sheet in batch.form.sheets:
                how = carried().get(sheet.name)
                before = prior.tables.get(sheet.name)
                if how and sheet.layout == "table" and before is not None and sheet.name in item.located:
                    found += _sheet(batch, item, sheet, how, before)
    return found


def _sheet(batch: Batch, item: Return, sheet: Sheet, how: Carried, before: pd.DataFrame) -> Iterator[Change]:
    frame = batch.tables[sheet.name]
    own = _by_key(frame[frame["_return"] == item.index], how)
    now = {key: _with_typed(item, sheet, row) for key, row in own.items()}
    then = _by_key(before[before["_unit"] == item.unit], how)
    for key, row in now.items():
        old = then.get(key)
        if old is None:
            yield _change(item, sheet, NEW, how, row, "", row)
        elif how.over(row) and not how.over(old):
            yield _change(item, sheet, ENDED, how, row, _detail(sheet, how, old, row, ended=True), row)
        elif detail := _detail(sheet, how, old, row):
            yield _change(item, sheet, CHANGED, how, row, detail, row)
    for key, old in then.items():
        if key not in now and not how.over(old):
            yield _change(item, sheet, MISSING, how, old, "", None)


def _with_typed(item: Return, sheet: Sheet, row: dict[str, Any]) -> dict[str, Any]:
    """The row with what was typed in cells that could not be read: they are not empty."""
    spot, typed = item.located[sheet.name], item.as_typed(sheet.name)
    found = {name: typed.get(spot.cell(name, int(row["_row"]))) for name in sheet.names if empty(row.get(name))}
    return row | {name: text for name, text in found.items() if text}


def _by_key(frame: pd.DataFrame, how: Carried) -> dict[tuple[str, ...], dict[str, Any]]:
    """Key → row, the last one where a key stands twice; rows without any key are left out."""
    rows = {how.key(row): row for row in frame.to_dict("records")}
    return {key: row for key, row in rows.items() if any(key)}


def _change(item: Return, sheet: Sheet, kind: str, how: Carried, row: dict, detail: str, now: dict | None) -> Change:
    who = mask(value_text(row.get(how.who)), typed=True)
    key = mask(" ".join(how.key(row)), typed=True)
    return Change(item.unit, item.file, sheet.label, kind, who, key, detail, int(now["_row"]) if now else 0)


def _detail(sheet: Sheet, how: Carried, old: dict, new: dict, ended: bool = False) -> str:
    said = round_words().changes
    names = [*how.columns, *(column for column, _ in how.ended)] if ended else how.columns
    texts = []
    for name in dict.fromkeys(names):
        column = sheet.by_name.get(name)
        if column and name in old and (before := _text(column, old[name])) != (after := _text(column, new.get(name))):
            facts = {"label": column.label, "before": before or said["blank"], "after": after or said["blank"]}
            texts.append(said["detail"].format(**facts))
    return mask(said["join"].join(texts), typed=True)


def _text(column: Column, value: object) -> str:
    """A value as text, the same for what was read now and what was stored last period."""
    text = "" if empty(value) else value_text(value)
    if column.type == "date":
        return text[:10]
    return text.rstrip("0").rstrip(".") if column.type == "decimal" and "." in text else text


def vanished(batch: Batch, campaign: Campaign) -> list[Finding]:
    """A 疑问 for every row of last period that is missing without having ended; none without an earlier round.

    Raises: XltoolError: PRI-001 to PRI-004 the earlier round.
    """
    prior = prior_dataset(campaign)
    return [
        from_catalogue("CHG-001", {"who": one.who, "key": one.key}, unit=one.unit, file=one.file, sheet=one.sheet)
        for one in (changes(batch, prior) if prior else ())
        if one.kind == MISSING
    ]


def write_changes(checked: Checked, folder: Path) -> list[Path]:
    """Writes 增减变动.xlsx when there is an earlier round; returns its path or nothing."""
    campaign = checked.job.campaign
    prior = prior_dataset(campaign) if campaign else None
    if campaign is None or prior is None:
        return []
    from toolkit.round_trip.books import changes_workbook

    path = folder / round_words().changes["book"]
    names = {unit.code: unit.name for unit in campaign.units}
    write_whole(path, changes_workbook(changes(checked.batch, prior), names, campaign.title))
    return [path]
