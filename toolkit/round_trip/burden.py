"""What a round asks of its units, and how much of it the bureau holds already: one line a sheet of the form.

Source: N13 of the round trip (同源数据最多填一次); YN-03-k 切实减轻离退休干部党组织工作负担.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.campaign import Campaign
from toolkit.model.form import Form, Rule, Sheet
from toolkit.round_trip.prefilling import carried

COUNTED = ("roster_count", "sum_equals_stat")
"""Checks that compare a figure with rows of another sheet, from which it could be counted."""


@dataclass(frozen=True, slots=True)
class Burden:
    """One sheet of the form.

    Args:
        sheet: its label. open: units add rows as they need them. rows: printed ones, else 1.
        fields: cells that a unit sees, of one row in an open table.
        listed: filled in from the unit list. before: filled in the year before. counted: figures that another sheet
            gives, with the label of that sheet.
        asked: cells that a unit has to fill in itself, optional ones left out; of one row in an open table.
        cells: asked × units; None for an open table.
    """

    sheet: str
    open: bool
    rows: int
    fields: int
    listed: int
    before: int
    counted: tuple[tuple[str, str], ...]
    asked: int
    cells: int | None


def burdens(campaign: Campaign) -> Iterator[Burden]:
    """The sheets of a round's form, in their order."""
    known = _counted(campaign.form)
    for sheet in campaign.form.sheets:
        yield _burden(sheet, tuple(known[sheet.name]), len(campaign.units), bool(campaign.prior))


def _burden(sheet: Sheet, counted: tuple[tuple[str, str], ...], units: int, has_prior: bool) -> Burden:
    seen = [column for column in sheet.columns if not column.hidden]
    own = [column for column in seen if not column.prefilled]
    how = carried().get(sheet.name)
    before = [column for column in own if how and column.name in how.columns]
    held = before if has_prior else []
    asked = sum(column.need != "optional" and column not in held for column in own)
    rows = len(sheet.fixed_rows) or 1
    is_open = sheet.layout != "vertical" and not sheet.fixed_rows
    fields, listed = len(seen) * rows, (len(seen) - len(own)) * rows
    cells = None if is_open else asked * rows * units
    numbers = fields, listed, len(before) * rows, counted, asked * rows, cells
    return Burden(sheet.label, is_open, rows, *numbers)


def _counted(form: Form) -> dict[str, list[tuple[str, str]]]:
    """Sheet → its figures that another sheet gives: what the figure is, and the label of that sheet."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for rule in form.rules:
        if rule.check in COUNTED:
            found[rule.sheet].append((_figure(form.by_name[rule.sheet], rule), _source(form, rule)))
    return found


def _figure(sheet: Sheet, rule: Rule) -> str:
    stat = rule.args.get("stat")
    rows = (row.values["stat_name"] for row in sheet.fixed_rows if stat and row.values["stat_key"] == stat)
    return next(rows, sheet.by_name[str(rule.args["column"])].label)


def _source(form: Form, rule: Rule) -> str:
    far = str(rule.args.get("far") or rule.args["key"])
    return form.by_name[far.partition(".")[0]].label
