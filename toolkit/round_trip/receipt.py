"""Acceptance receipts: which file of a unit was taken, with hash, rows, totals and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from toolkit.campaign.ledger_notes import shown_moment
from toolkit.checked import Checked
from toolkit.compute.allowance.say import stated
from toolkit.distribute import file_names
from toolkit.files import write_whole
from toolkit.model.errors import XltoolError
from toolkit.model.figures import Money
from toolkit.round_trip.states import DONE, UnitState, unit_states
from toolkit.round_trip.words import round_words


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one unit is told.

    Args:
        seen: when the first validation saw this content, to the minute.
        rows: sheet title → rows merged.
        due: sum of the allowances of the unit; money: what it reported as paid, and where that went.
    """

    unit: str
    name: str
    state: str
    remark: str
    file: str
    sha256: str
    fill_date: str
    seen: str
    rows: dict[str, int]
    read: int
    merged: int
    rejected: int
    due: Decimal
    money: Money


def receipts(checked: Checked, today: date, unit: str = "") -> list[Receipt]:
    """One receipt for every unit that passed (or for one unit), in official order.

    Raises: XltoolError: K011 no such unit, REC-001 nothing has passed.
    """
    campaign = checked.job.campaign
    if campaign is None or (unit and campaign.units.get(unit) is None):
        raise XltoolError("K011", unit=unit)
    states = [state for state in unit_states(campaign, today) if state.state in DONE and unit in ("", state.unit)]
    if not states:
        raise XltoolError("REC-001")
    seen = campaign.ledger.first_seen()
    return [_receipt(checked, state, seen) for state in states]


def _receipt(checked: Checked, state: UnitState, seen: dict[str, str]) -> Receipt:
    item = next(item for item in checked.batch.returns if item.file == state.file)
    merged, rows, rejected = checked.merged, {}, 0
    for sheet in merged.form.sheets:
        count = int((merged.tables[sheet.name]["_return"] == item.index).sum())
        rejected += int((merged.rejected[sheet.name]["_return"] == item.index).sum())
        if count:
            rows[sheet.label] = count
    own = [person for person in checked.allowance.persons if person.unit == state.unit]
    return Receipt(
        unit=state.unit,
        name=state.name,
        state=state.state,
        remark=state.remark,
        file=item.file,
        sha256=item.sha256,
        fill_date=str(item.fill_date or ""),
        seen=shown_moment(seen.get(item.sha256, "")),
        rows=rows,
        read=item.rows_read,
        merged=sum(rows.values()),
        rejected=rejected,
        due=sum((person.due for person in own if person.due is not None), Decimal("0.00")),
        money=checked.figures.account.units.get(state.unit, Money()),
    )


def _money(money: Money, said: Mapping[str, str]) -> dict[str, str]:
    """The reported money and its four parts in words."""
    found = {key: stated(getattr(money, key)) for key in ("reported", "listed", "to_verify", "registered", "refused")}
    unread = said["unread"].format(count=money.unread) if money.unread else ""
    return {key: f"{value:f}" for key, value in found.items()} | {"unread": unread}


def write_receipts(checked: Checked, today: date, unit: str = "") -> list[Path]:
    """Writes a .docx to print and a .txt to send for each unit into 汇总/回执, and notes it in the ledger.

    Returns: the paths; the two of one unit differ in their suffix.

    Raises: XltoolError: see `receipts`; O001 to O003 from the disk.
    """
    campaign, said = checked.job.campaign, round_words().receipt
    found = receipts(checked, today, unit)
    assert campaign is not None
    folder, names = campaign.output / said["folder"], file_names(campaign.units)
    paths = []
    with campaign.writing():
        for one in found:
            path = folder / Path(names[one.unit]).with_suffix(".txt").name
            more = {"floor": campaign.policy.due_is_floor}
            text = receipt_text(one, campaign.title, today, **more)
            write_whole(path, ("\ufeff" + text.replace("\n", "\r\n")).encode())
            write_whole(
                path.with_suffix(".docx"),
                receipt_letter(receipt_text(one, campaign.title, today, between="；", **more), today),
            )
            campaign.ledger.note(said["folder"], one.unit, f"{one.file} {one.sha256[:12]}")
            paths += [path.with_suffix(".docx"), path]
    return paths


def receipt_letter(text: str, day: date) -> bytes:
    """The same text as a letter: its first line is who it is for, its last one the day."""
    from toolkit.letters.paper import LEFT, Letter

    said = round_words().receipt
    whom, *body, signed = [line for line in text.splitlines() if line]
    paper = Letter(said["folder"], day)
    paper.title([said["folder"]])
    paper.to(whom.rstrip("："))
    for line in body:
        paper.add(line, align=LEFT)
    paper.signed([signed])
    return paper.to_bytes()


def receipt_text(one: Receipt, title: str, today: date, *, floor: bool = False, between: str = "\n") -> str:
    """The receipt as text.

    Args:
        floor: what is due is only a lower limit.
        between: what stands between the sheets.
    """
    said = round_words().receipt
    rows = between.join(said["row"].format(sheet=sheet, merged=count) for sheet, count in one.rows.items())
    facts = {name: getattr(one, name) for name in ("state", "file", "sha256", "fill_date", "seen", "read", "merged")}
    facts |= {"rejected": one.rejected, "due": one.due, "rows": rows, "title": title}
    facts |= {"term": said["due_floor" if floor else "due"], **_money(one.money, said)}
    day = {"year": today.year, "month": today.month, "day": today.day}
    remark = f"，{one.remark}" if one.remark else ""
    return said["text"].format(unit=one.name, code=one.unit, remark=remark, **facts, **day)
