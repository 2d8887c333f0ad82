"""C7: the three elements of an organisation's name: unit, group served, form.

Source: calculations C7; YN-06-e, YN-00-g.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from toolkit.compute.case import Case
from toolkit.compute.families.base import OneByOne, Said
from toolkit.compute.fields import Column, Listed, Mapped, Rows
from toolkit.compute.filters import Number, RowFilter, UnitColumn
from toolkit.compute.levels import missed
from toolkit.compute.lookups import UNIT
from toolkit.model.org_names import NameElements, NamePattern, examine
from toolkit.model.result import MET, NOT_MET, WARNING
from toolkit.model.rows import Row

_SPLIT = re.compile(r"[;；、,，\n]+")


def name_level(verdict: NameElements, org_type: str, pattern: NamePattern) -> tuple[str, str]:
    """Level and code of the reason: an element missing, another form, only the short name, or fine.

    >>> pattern = NamePattern(("老干部",), (("党支部", ("支部",)),))
    >>> name_level(examine("教育局老干部支部", "仪征市教育局", ("教育局",), pattern), "党支部", pattern)
    ('预警', 'NAME-SHORT')
    """
    if verdict.missing:
        return NOT_MET, "NAME-MISSING"
    if verdict.form != dict(pattern.same).get(org_type, org_type):
        return NOT_MET, "NAME-FORM"
    return (WARNING, "NAME-SHORT") if verdict.short_only else (MET, "NAME-MET")


@dataclass(frozen=True, slots=True)
class OrgName(OneByOne):
    """`family: each`: the name of each organisation has three elements.

    Args:
        groups: words for the people served, or the parameter with them.
        endings: form → how a name of this form may end; same_form: form → the form that it counts as.
    """

    family = "each"
    mark = "endings"
    title = "名称三要素"
    sentence = (
        "{rows}，“{name}”含单位名称（或简称）、服务群体（{groups} 之一）、设置形式，并与“{form}”一致；只含简称的为预警"
    )
    steps = ("名称“{name}”，缺{missing}", "名称里的设置形式“{form}”，登记的“{registered}”")
    scopes = ("unit",)
    nobody = "NO-ORG"

    rows: Annotated[RowFilter, Rows()]
    name: Annotated[str, Column()]
    form: Annotated[str, Column()]
    unit_name: Annotated[str, Column(UNIT, into=UnitColumn)]
    shorts: Annotated[str, Column(UNIT, into=UnitColumn, key="short_names")]
    groups: Annotated[tuple[str, ...] | Number, Listed()]
    endings: Annotated[tuple[tuple[str, tuple[str, ...]], ...], Mapped()]
    key: Annotated[str, Column(role="key")]
    same: Annotated[tuple[tuple[str, tuple[str, ...]], ...], Mapped(key="same_form")] = ()

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """A name with the unit's short name only is a doubt."""
        return (MET, WARNING, missed(closed=closed, hard=hard))

    def each(self, case: Case) -> Callable[[Row], Said]:
        """Names against the unit's full and short names; before a deadline a miss is 预警."""
        unit, shorts = self._names(case)
        groups = case.context.required(self.groups.parameter) if isinstance(self.groups, Number) else self.groups
        pattern = NamePattern(groups, self.endings, tuple((form, kept[0]) for form, kept in self.same))

        def one(row: Row) -> Said:
            name, form = getattr(row, self.name) or "", getattr(row, self.form) or ""
            verdict = examine(name, unit, shorts, pattern)
            level, key = name_level(verdict, form, pattern)
            if level == NOT_MET:
                level = missed(closed=case.closed, hard=case.hard)
            words = {
                "name": name,
                "missing": "、".join(
                    case.context.sentence(f"NAME-ELEMENT-{part.upper()}", {}) for part in verdict.missing
                ),
                "form": verdict.form,
                "registered": form,
            }
            return level, key, {}, words

        return one

    def _names(self, case: Case) -> tuple[str, tuple[str, ...]]:
        """The unit's full name and short names, of the unit list and of its workbook."""
        listed, row = case.context.unit(case.unit), case.own_row()
        own: Row | None = row
        name = (
            (listed.name if listed and listed.name != listed.code else "") or getattr(own, self.unit_name, None) or ""
        )
        shorts = (*(listed.short_names if listed else ()), *_SPLIT.split(getattr(own, self.shorts, None) or ""))
        if listed:
            case.learn_listed(case.context.attribute_label(self.unit_name), listed.name)
            case.learn_listed(case.context.attribute_label(self.shorts), "、".join(listed.short_names))
        return name, tuple(dict.fromkeys(short for short in shorts if short))
