"""What an issued workbook holds beyond the unit list: the round's deadline, and last period's rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from toolkit.campaign import Campaign
from toolkit.forms import FOLDER as FORMS
from toolkit.model import layout, strictyaml
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.unit import Unit

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.model.batch import Dataset

FILE = FORMS / "prefill.yaml"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """How the rows of one sheet go on into the next period.

    Args:
        match: columns by which a row is the same row in both years.
        who: column that names the row for people.
        ended: (column, value) with which a row is over; value "" = any.
        columns: what is filled in again.
    """

    match: tuple[str, ...]
    who: str
    ended: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]

    def key(self, row: Row) -> tuple[str, ...]:
        """The row's key as text; empty parts stay empty."""
        return tuple("" if empty(row.get(name)) else str(row[name]) for name in self.match)

    def over(self, row: Row) -> bool:
        """Whether the row is not expected again."""
        return any(not empty(row.get(name)) and (not value or str(row[name]) == value) for name, value in self.ended)


@cache
def carried() -> dict[str, Carried]:
    """Sheet name → how its rows go on, from `forms/prefill.yaml`.

    Raises: DefinitionError: a missing, unknown or repeated key; with file and line.
    """
    found = {}
    for name, record in strictyaml.load(FILE).items():
        ended = (text.partition("=") for text in record.texts("ended"))
        found[name] = Carried(
            match=record.texts("match"),
            who=record.text("who"),
            ended=tuple((column, value) for column, _, value in ended),
            columns=record.texts("carried"),
        )
        record.done()
    return found


def empty(value: object) -> bool:
    """Whether a typed value is no value."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value)) or str(value) == "NaT"


class Prefilling:
    """Makes the extra cells of each unit's workbook.

    Args:
        campaign: its settings name the deadline, where to report, and the round before.
    Raises: XltoolError: PRI-001 to PRI-004, when the first unit is asked for.
    """

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    def cells(self, form: Form, unit: Unit) -> dict[str, dict[str, object]]:
        """Cells by sheet title for one unit's copy; `form` is the form as this unit gets it."""
        from toolkit.templating.texts import texts

        cells: dict[str, dict[str, object]] = {texts().cover["sheet"]: self._notice(form)}
        for sheet in form.sheets:
            if own := dict(self._sheet(sheet, unit)):
                cells[sheet.label] = own
        return cells

    def _notice(self, form: Form) -> dict[str, object]:
        from toolkit.templating.cover import return_cells
        from toolkit.templating.texts import texts

        day, said = self.campaign.deadline, texts()
        deadline = said.cover["deadline"].format(year=day.year, month=day.month, day=day.day) if day else ""
        facts = {"deadline": deadline, "return_to": self.campaign.return_to}
        return dict(return_cells(form.sheets, said, facts))

    @cached_property
    def others(self) -> dict[str, str]:
        """Code of a unit of today → the other unit that had it last year, whose rows it does not get."""
        from toolkit.campaign.prior import others_then

        return others_then(self.campaign)

    @cached_property
    def _prior(self) -> Dataset | None:
        from toolkit.campaign.prior import prior_dataset

        return prior_dataset(self.campaign)

    @cached_property
    def _rows(self) -> dict[tuple[str, str], list[Row]]:
        """(sheet, code that the unit has now) → last period's rows that go on, in their order."""
        rows: dict[tuple[str, str], list[Row]] = {}
        for name, how in carried().items():
            frame: pd.DataFrame | None = self._prior.tables.get(name) if self._prior else None
            for row in frame.to_dict("records") if frame is not None else ():
                unit = self.campaign.units.now(str(row["_unit"]))
                if not how.over(row) and unit not in self.others:
                    rows.setdefault((name, unit), []).append(row)
        return rows

    def _sheet(self, sheet: Sheet, unit: Unit) -> Iterator[tuple[str, object]]:
        rows = self._rows.get((sheet.name, unit.code), [])
        if sheet.name == "party_org":
            rows = _known_first(unit, rows)
        how = carried().get(sheet.name)
        for index, row in enumerate(rows if how else ()):
            for name in how.columns if how else ():
                column = sheet.by_name.get(name)
                if column and not empty(row.get(name)):
                    yield layout.cell(sheet, name, index), cell_value(column, row[name])


def _known_first(unit: Unit, rows: list[Row]) -> list[Row]:
    """Rows of organisations in the order of the unit list, those it does not know after them."""
    by_code = {str(row["org_code"]): row for row in rows}
    known = [by_code.pop(org.code, {}) for org in unit.orgs]
    return [*known, *by_code.values()]


def cell_value(column: Column, value: object) -> object:
    """A typed value as it is written into a workbook."""
    if column.type == "month":
        return str(value).replace("-", ".")
    if column.type in ("text", "choice"):
        return str(value)
    return value.date() if hasattr(value, "to_pydatetime") else value  # type: ignore[attr-defined]
