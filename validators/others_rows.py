"""Rows that a unit filled in for another one: whose they are, by the codes in them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from toolkit.model.form import Form, Sheet
from toolkit.model.unit import UnitList

OWNER = "_owner"
"""In frames of rows of other units: code of the unit whose row it is."""
_UNIT = "unit.unit_code"
_BODIES = ("party_org.org_code", "study_group.group_code")


def owner_columns(sheet: Sheet) -> tuple[str, ...]:
    """The columns that say whose a row is: the unit's code, or else the organisations and groups that it is about."""
    if sheet.layout != "table":
        return ()
    unit = tuple(column.name for column in sheet.columns if column.references == (_UNIT,))
    return unit or tuple(column.name for column in sheet.columns if set(column.references) & {_UNIT, *_BODIES})


def others_rows(form: Form, units: UnitList, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """Sheet → code of the unit whose row it is, by index, for rows that are another unit's than the file's."""
    owners = _Owners(form, units, tables)
    found = {}
    for sheet in form.sheets:
        frame = tables[sheet.name]
        owner = pd.Series("", index=frame.index, dtype=object)
        for name in owner_columns(sheet):
            codes = zip(frame["_return"].tolist(), frame["_unit"].tolist(), frame[name].tolist(), strict=True)
            other = pd.Series([owners.of(*place) for place in codes], index=frame.index, dtype=object)
            owner = owner.where(owner != "", other)
        if (owner != "").any():
            found[sheet.name] = owner[owner != ""]
    return found


class _Owners:
    """Whose a code is: as the file itself says, as the unit list says, or as the code begins."""

    def __init__(self, form: Form, units: UnitList, tables: Mapping[str, pd.DataFrame]) -> None:
        self._units = units
        self._listed: dict[str, set[str]] = {}
        for unit in units:
            for org in unit.orgs:
                self._listed.setdefault(org.code, set()).add(unit.code)
        self._said: dict[tuple[int, str], str] = {}
        for target in _BODIES:
            sheet, _, code = target.partition(".")
            if sheet not in form.by_name or "unit_code" not in form.by_name[sheet].by_name:
                continue
            frame = tables[sheet][["_return", "_unit", code, "unit_code"]].dropna()
            for source, own, body, unit in frame.itertuples(index=False, name=None):
                if unit == own or self._known(unit):
                    self._said[source, body] = self._said[source, unit] = unit
        self._found: dict[tuple[int, str, object], str] = {}

    def of(self, source: int, own: str, code: object) -> str:
        """The other unit whose code it is; "" when it is the file's own, or nobody knows."""
        if not isinstance(code, str) or not own or code == own:
            return ""
        at = source, own, code
        if at not in self._found:
            owner = self._owner(source, code)
            self._found[at] = owner if owner != own else ""
        return self._found[at]

    def _owner(self, source: int, code: str) -> str:
        if (source, code) in self._said:
            return self._said[source, code]
        listed = self._listed.get(code, set())
        if listed:
            return next(iter(listed)) if len(listed) == 1 else ""
        head = self._units.now(code.partition("-")[0])
        return next((one for one in (code, head) if one in self._units.by_code), "")

    def _known(self, unit: str) -> bool:
        """Whether a code can be another unit's; without a unit list the file is taken at its word."""
        return not len(self._units) or unit in self._units.by_code
