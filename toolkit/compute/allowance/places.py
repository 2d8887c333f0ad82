"""The organisation and the study group of a post: form, temporary or not, first and last day, what of that is unknown.

Who leads a study group serves in the group, whatever becomes of the branch that it names
(采取离退休干部党支部挂联学习小组模式): the group's days count, not the branch's. Everybody else serves in the
organisation.

Source: calculations C3 (scope; nobody is in post after the organisation has been dissolved); YN-02-e, YN-02-i.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from toolkit.compute.allowance.say import Reason, reason
from toolkit.model.batch import Dataset
from toolkit.model.form import Form
from toolkit.model.organisations import is_temporary
from toolkit.model.records import ROWS_REFUSED, Doubt
from toolkit.model.rows import Row
from toolkit.model.unit import UnitList

ORG, GROUP = "party_org", "study_group"
KIND = ("org_type", "is_temporary")
START, END = ("set_date",), ("dissolve_date",)


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation or a group as far as it is known.

    Args:
        known: whether it is registered at all.
        start: the day it was set up, None = not known.
        end: its last day, None = it exists.
        rows: what says so: its row, or refused ones that may be it; none = only the unit list knows it.
        kind_doubt, start_doubt, end_doubt: why its form, or its first or last day, is not known; None = it is.
    """

    known: bool
    type: str = ""
    temporary: bool = False
    start: date | None = None
    end: date | None = None
    rows: tuple[Row, ...] = ()
    kind_doubt: Doubt | None = None
    start_doubt: Doubt | None = None
    end_doubt: Doubt | None = None


NOWHERE = Place(False)


class Places:
    """All organisations and groups of a dataset; organisations that only the unit list knows come from there."""

    def __init__(self, dataset: Dataset) -> None:
        self._records, self._form = dataset.records, dataset.form
        self._listed = _listed(dataset.units)
        self._known: dict[tuple[str, str, str], Place] = {}

    def org(self, unit: str, code: str) -> Place:
        """The organisation of a post."""
        return self._place(ORG, "org_code", unit, code)

    def group(self, unit: str, code: str) -> Place:
        """The study group of a post."""
        return self._place(GROUP, "group_code", unit, code) if GROUP in self._form.by_name else NOWHERE

    def _place(self, sheet: str, column: str, unit: str, code: str) -> Place:
        at = (sheet, unit, code)
        if at not in self._known:
            self._known[at] = self._find(sheet, column, unit, code) if code else NOWHERE
        return self._known[at]

    def _find(self, sheet: str, column: str, unit: str, code: str) -> Place:
        found = self._records.lookup(sheet, column, code, unit)
        row = found.row
        if row is not None:
            doubts = (self._records.lost_cells(sheet, (row,), names) for names in (KIND, START, END))
            kind, mark = getattr(row, "org_type", None) or "", getattr(row, "is_temporary", None)
            days = row.set_date, row.dissolve_date
            return Place(True, kind, is_temporary(kind, mark), *days, (row,), *doubts)
        if found.refused:
            doubt = Doubt(ROWS_REFUSED, sheet, found.refused)
            return Place(True, rows=found.refused, kind_doubt=doubt, start_doubt=doubt, end_doubt=doubt)
        listed = self._listed.get((unit, code)) if sheet == ORG else None
        return NOWHERE if listed is None else Place(True, listed, is_temporary(listed, None))


def served(post: str, at: Place, led: Place, leading: Container[str]) -> Place:
    """Where somebody serves: who leads a study group, in the group; everybody else in the organisation.

    Args:
        post: "" = nobody knows it; then the one of the two that lasts longer.
        at, led: the organisation and the study group of the post.
        leading: the posts of those who lead a group.
    """
    if not led.known or (post and post not in leading):
        return at
    return led if post else max(at, led, key=lambda place: place.end or date.max)


def _listed(units: UnitList) -> dict[tuple[str, str], str]:
    return {(unit.code, org.code): org.type for unit in units for org in unit.orgs}


def because_of(doubt: Doubt, form: Form) -> Reason:
    """Why an amount cannot be said because of a doubt about a sheet, and what to put right."""
    return reason("ALW-113", doubt=doubt.sentence(form), sheet=form.by_name[doubt.sheet].label)
