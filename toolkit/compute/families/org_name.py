"""C7: the three elements of an organisation's name: unit, group served, form.

Source: calculations C7; YN-06-e, YN-00-g.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.coverage import COVERAGE_KEYS, named, share_figures
from toolkit.compute.families.over_rows import OneByOne, OverRows
from toolkit.compute.filters import RowFilter, UnitColumn
from toolkit.compute.levels import coverage, missed
from toolkit.compute.reader import Reader
from toolkit.model.org_names import NameElements, NamePattern, examine, tidy
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, WARNING
from toolkit.model.rows import Row
from toolkit.model.strictyaml import Record

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
    """The evaluator of `family: org_name`: one result for each organisation.

    Args:
        served: the parameter with the words for the people served; "" = those of the pattern.
    """

    rows: RowFilter
    key: str
    name: str
    form: str
    unit_name: str
    shorts: str
    pattern: NamePattern
    served: str = ""

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """A name with the unit's short name only is a doubt."""
        return (MET, WARNING, missed(closed=closed, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """Names against the unit's full and short names; before a deadline a miss is 预警."""
        unit, shorts = self._names(case)
        rows, pattern = case.rows(self.rows), self.pattern
        if self.served:
            pattern = replace(pattern, groups=case.context.required(self.served))
        for row in rows:
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
            yield Judged(level, key, {}, words, ((self.rows.sheet, (row,)),), str(getattr(row, self.key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, "NO-ORG")

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


def compile_org_name(reader: Reader) -> OrgName:
    """`family: org_name` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    endings, same = reader.part("endings"), reader.part("same_form")
    served = reader.of_type("list", "groups") if isinstance(reader.record.get("groups"), Record) else ""
    return OrgName(
        rows=rows,
        key=reader.column("key", rows.sheet),
        name=reader.column("name", rows.sheet),
        form=reader.column("form", rows.sheet),
        unit_name=UnitColumn(reader.column("unit_name", "unit")),
        shorts=UnitColumn(reader.column("short_names", "unit")),
        pattern=NamePattern(
            groups=() if served else reader.texts("groups"),
            endings=tuple((name, endings.texts(name)) for name in endings.record) if endings else (),
            same=tuple((name, same.text(name)) for name in same.record) if same else (),
        ),
        served=served,
    )


@dataclass(frozen=True, slots=True)
class ListedName(OverRows):
    """The evaluator of `family: listed_name`: the name in use is the one of the unit list (YN-06-d).

    Organisations that the unit list does not name are taken at their word.
    """

    rows: RowFilter
    key: str
    name: str
    what: str

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for the unit; the reason names those that differ."""
        unit, rows = case.context.unit(case.unit), case.rows(self.rows)
        listed = {org.code: tidy(org.name) for org in unit.orgs} if unit else {}
        for row in rows:
            code = getattr(row, self.key)
            case.learn_listed(
                f"{case.context.attribute_label(self.name, self.rows.sheet)} {code}", listed.get(code, "")
            )
        other = [
            row
            for row in rows
            if tidy(getattr(row, self.name) or "")
            != listed.get(getattr(row, self.key), tidy(getattr(row, self.name) or ""))
        ]
        level = coverage(len(rows) - len(other), len(rows), closed=case.closed, hard=case.hard)
        words = {"what": self.what, "missing": named(getattr(row, self.key) for row in other), "deadline": ""}
        figures = share_figures(len(rows) - len(other), len(rows))
        yield Judged(level, COVERAGE_KEYS[level], figures, words, ((self.rows.sheet, tuple(other or rows)),))


def compile_listed_name(reader: Reader) -> ListedName:
    """`family: listed_name` from its arguments."""
    rows = reader.rows()
    assert rows is not None
    return ListedName(
        rows=rows,
        key=reader.column("key", rows.sheet),
        name=reader.column("name", rows.sheet),
        what=reader.text("what"),
    )
