"""The identity stamped into every issued workbook, in two places: a hidden sheet and document properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

META_SHEET = "_meta"
PREFIX = "xltool_"
KIND = PREFIX + "kind"
"""On the sheet `_meta` of a workbook of ours that is no return: what it is."""
DISPUTES, TASKS, FEEDBACK, OFFICES, UPWARD = "disputes", "tasks", "feedback", "offices", "upward"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who issued which form to whom for which year; all values are text, "" = not issued to one unit.

    On the sheet `_meta` (very hidden): column A `xltool_<field>`, column B the value, from row 1.
    In docProps/custom.xml: one text property `xltool_<field>` each.

    Args:
        campaign: id of the collection round.
        policy, version: policy pack and form version (dotted integers, compared as numbers).
        unit, unit_name: unit code and name of the addressee.
        year: report year.
        switches: campaign switches, comma separated.
    """

    campaign: str = ""
    policy: str = ""
    version: str = ""
    unit: str = ""
    unit_name: str = ""
    year: str = ""
    switches: str = ""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Property names and values, in a fixed order."""
        return tuple((PREFIX + field.name, getattr(self, field.name)) for field in fields(self))


def from_pairs(pairs: Mapping[str, str]) -> Stamp | None:
    """The stamp in a mapping of property names to values; None when there is none of ours.

    >>> from_pairs({"xltool_policy": "yizheng-2022", "other": "x"}).policy
    'yizheng-2022'
    """
    known = {field.name for field in fields(Stamp)}
    found = {name[len(PREFIX) :]: value for name, value in pairs.items() if name.startswith(PREFIX)}
    found = {name: value for name, value in found.items() if name in known}
    return Stamp(**found) if found else None
