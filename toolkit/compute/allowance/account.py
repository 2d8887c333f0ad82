"""The account of the money: what units reported as paid = payment list + to be verified + not regulated + not merged.

Reported is read from the returns as they came, the four parts from what became of the rows; nobody's money may get
lost between the two, and nobody's may be counted twice. Older files and copies are no part of it. What the form does
not admit as an amount (below 0, or of an impossible size) is none: such rows are counted, their numbers are in no sum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit.compute.allowance.say import money
from toolkit.model.batch import UNREADABLE, Batch, Return
from toolkit.model.errors import XltoolError
from toolkit.model.figures import AREA, Account, Money, Registered
from toolkit.model.merged import Merged
from toolkit.model.privacy import mask_frame
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import UNDETERMINED
from toolkit.model.rows import Evidence, Row, Table

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.model.form import Column

SHEET, AMOUNT = "post", "paid_amount"
Sums = dict[str, Decimal]


def account(batch: Batch, merged: Merged, report: AllowanceReport) -> Account:
    """The reported money of every unit by what became of it.

    Raises: XltoolError: ALW-003 the parts of a unit are not what it reported (nothing may be written then).
    """
    sheet, frame = batch.form.by_name[SHEET], batch.tables[SHEET]
    kept = mask_frame(frame, sheet, batch.units.by_code)
    kept = kept.assign(**{AMOUNT: _amounts(kept[AMOUNT], sheet.by_name[AMOUNT])})
    typed = Table(SHEET, sheet.names, kept).rows
    speaking = _speaking(batch.returns, typed)
    refused = [row for row in merged.refused(SHEET).rows if _is_amount(row.paid_amount, sheet.by_name[AMOUNT])]
    registered = tuple(_registered(merged, report))
    sums = {
        "reported": _by_unit(typed, speaking),
        "listed": _sum((one.unit, one.paid) for one in report.persons if one.level != UNDETERMINED),
        "to_verify": _sum((one.unit, one.paid) for one in report.persons if one.level == UNDETERMINED),
        "registered": _sum((one.unit, one.amount) for one in registered),
        "refused": _by_unit(refused, speaking),
    }
    lost = frame[frame[AMOUNT].notna() & kept[AMOUNT].isna()]
    places = _unread(batch, lost, speaking)
    in_force = {row.origin[1:] for row in merged.accepted(SHEET).rows}
    owners = {item.index: item.unit or AREA for item in batch.returns}
    unread = Counter(owners[index] for index, _ in places)
    unmerged = Counter(owners[at[0]] for at in places if at not in in_force)
    codes = [*(unit.code for unit in batch.units), *sorted({*unread}.union(*sums.values()) - set(batch.units.by_code))]
    units = {
        code: Money(
            **{part: found.get(code, Decimal(0)) for part, found in sums.items()},
            unread=unread[code],
            unmerged=unmerged[code],
        )
        for code in codes
    }
    _balance(units, batch)
    closed = {item.unit or AREA for item in batch.returns if item.index in speaking and item.state == UNREADABLE}
    return Account(units, registered, tuple(code for code in [*codes, AREA] if code in closed))


def _amounts(cells: pd.Series, column: Column) -> pd.Series:
    """The cells without those that hold no amount."""
    return cells.where([_is_amount(value, column) for value in cells], None)


def _is_amount(value: object, column: Column) -> bool:
    """Whether a cell holds an amount that the form admits."""
    return isinstance(value, Decimal) and value.is_finite() and column.admits(value)


def _speaking(returns: Iterable[Return], typed: Iterable[Row]) -> frozenset[int]:
    """Indices of the returns whose money a unit reports: the one that counts, else the one with most money.

    A unit that still has to choose between versions, or to send a whole file again, has reported one of them, not all.
    """
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in typed:
        sums[row.origin.source] += row.paid_amount or 0
    best: dict[str, Return] = {}
    for item in returns:
        known = best.get(item.unit)
        if item.unit and not item.aside:
            better = known is None or (item.counts, sums[item.index]) > (known.counts, sums[known.index])
            best[item.unit] = item if better or known is None else known
    nobodys = [item for item in returns if not item.unit and not item.aside]
    return frozenset(item.index for item in (*best.values(), *nobodys))


def _by_unit(rows: Iterable[Row], speaking: frozenset[int]) -> Sums:
    """Amounts of the rows of some returns, by unit."""
    return _sum((row.origin.unit, row.paid_amount) for row in rows if row.origin.source in speaking)


def _sum(amounts: Iterable[tuple[str | None, Decimal | None]]) -> Sums:
    found: Sums = defaultdict(Decimal)
    for unit, value in amounts:
        if value is not None:
            found[unit or AREA] += value
    return dict(found)


def _registered(merged: Merged, report: AllowanceReport) -> Iterator[Registered]:
    """Merged rows with money that nobody was judged by: the policy does not regulate them, or they begin later."""
    title = merged.form.by_name[SHEET].label
    judged = {(one.unit, at.file, at.row) for one in report.persons for at in one.evidence if at.sheet == title}
    files = {item.index: item.file for item in merged.returns}
    for row in merged.accepted(SHEET).rows:
        unit, source, number = row.origin
        if row.paid_amount and (unit, files[source], number) not in judged:
            who = (row.org_code or "", row.person_name or "", row.post_type or "")
            later = row.start_date is not None and row.start_date > report.as_of
            yield Registered(unit, *who, row.paid_amount, Evidence(files[source], title, number), later)


def _unread(batch: Batch, numbers: pd.DataFrame, speaking: frozenset[int]) -> set[tuple[int, int]]:
    """Return and row of amounts that could not be read, or that are none: somebody's number, or out of bounds."""
    rows = {(index, row) for index, row, column in batch.problem_cells.get(SHEET, ()) if column == AMOUNT}
    rows |= set(zip(numbers["_return"].tolist(), numbers["_row"].tolist(), strict=True))
    return {(index, row) for index, row in rows if index in speaking}


def _balance(units: dict[str, Money], batch: Batch) -> None:
    """Raises: XltoolError: ALW-003 for the first unit whose money is not all accounted for."""
    for code, found in units.items():
        if found.gap:
            known = batch.units.get(code)
            parts = sum(found.parts, Decimal(0))
            name = known.name if known else code
            raise XltoolError("ALW-003", unit=name, reported=money(found.reported), parts=money(parts))
