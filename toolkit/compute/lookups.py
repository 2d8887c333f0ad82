"""Where a definition of a pack is read: every name is looked up where it must stand, and noted.

Names are those of sheets and columns of the form, of its choices and totals, of the parameters and clauses of the pack.
What was named is what an indicator reads (`Named`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from toolkit.compute.filters import OPERATORS, Condition, Number, RowFilter
from toolkit.model import organisations
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy
from toolkit.model.strictyaml import Items, Record

UNIT = "unit"


def record_of(indicator: Indicator) -> Record:
    """The indicator's arguments as a Record that knows its file and line."""
    record = _record(indicator.args, indicator.file, indicator.line)
    assert isinstance(record, Record)
    return record


def _record(node: object, file: str, line: int) -> Record | Items | str:
    if isinstance(node, Record):
        return node
    if isinstance(node, Mapping):
        record = Record()
        record.file, record.line = file, line
        for key, value in node.items():
            record.lines[str(key)] = line
            record[str(key)] = _record(value, file, line)
        record.lines.update(getattr(node, "lines", {}))
        return record
    if isinstance(node, (list, tuple)):
        return Items(_record(item, file, line) for item in node)
    return str(node)


@dataclass
class Named:
    """What a definition names: sheet → columns, totals, parameters."""

    columns: dict[str, set[str]] = field(default_factory=dict)
    stats: dict[str, None] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Reading:
    """Where a definition is read: its record, the values of its fields so far, and what its names are looked up in.

    Args:
        shared: whether it is a definition for all packs, which may name choices that this pack dropped.
        outer: the definition that this one is a part of.
    """

    record: Record
    policy: Policy
    form: Form
    indicator: Indicator
    shared: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    outer: Reading | None = None
    named: Named = field(default_factory=Named)

    def inside(self, record: Record, values: dict[str, Any]) -> Reading:
        """A part of the definition, or the definition itself with the values found so far."""
        return replace(self, record=record, values=values, outer=self)

    def apart(self) -> Reading:
        """The same, of which nothing is noted: for names that say whom a clause is about, not what is read."""
        return replace(self, named=Named())

    def fail(self, problem: str, key: str | None = None) -> Any:
        """Raises DefinitionError."""
        self.record.fail(problem, key)

    def part(self, key: str) -> Reading | None:
        """A nested mapping; None when missing."""
        node = self.record.take(key, None)
        if node is None:
            return None
        if not isinstance(node, Record):
            self.fail(f"“{key}”应为键值对", key)
        return replace(self, record=node)

    def sheet_of(self, of: str) -> str:
        """The sheet of a field with rows, `unit` itself, or ("..rows") of a field of a definition around this one."""
        if of == UNIT:
            return UNIT
        at, name = (self.outer, of[2:]) if of.startswith("..") else (self, of)
        while at is not None:
            rows = at.values.get(name)
            if isinstance(rows, RowFilter):
                return rows.sheet
            at = at.outer
        return self.fail(f"缺少“{name}”")

    def column(self, name: str, sheet: str, key: str) -> str:
        """The name itself, if the sheet has such a column."""
        known = self.form.by_name[sheet].by_name
        if name not in known:
            self.fail(f"表“{sheet}”没有列“{name}”" + nearest(name, known), key)
        self.named.columns.setdefault(sheet, set()).add(name)
        return name

    def parameter(self, name: str, key: str, kind: str = "") -> str:
        """The name itself, if the pack has such a parameter, and of this type."""
        if name not in self.policy.parameters:
            self.fail(f"没有参数“{name}”" + nearest(name, self.policy.parameters), key)
        if kind and self.policy.parameters[name].type != kind:
            self.fail(f"“{key}”的参数“{name}”应为 {kind} 类型", key)
        self.named.parameters.add(name)
        return name

    def named_parameter(self, key: str, kind: str = "") -> str:
        """The name of a parameter, written `{parameter: name}`."""
        part = self.part(key)
        if part is None:
            return self.fail(f"缺少“{key}”")
        name = part.parameter(part.record.text("parameter"), "parameter" if kind else key, kind)
        part.record.done()
        return name

    def limit(self, key: str) -> Number:
        """A number: a literal, or `{parameter: name}`."""
        node = self.record.take(key)
        if isinstance(node, Record):
            return Number(parameter=self.named_parameter(key))
        try:
            return Number(Decimal(str(node)))
        except InvalidOperation:
            return self.fail(f"“{key}”应为数字或 {{parameter: 参数名}}", key)

    def conditions(self, key: str, sheet: str) -> tuple[Condition, ...]:
        """The conditions of a mapping column → values."""
        part = self.part(key)
        return tuple(part.condition(name, sheet) for name in part.record) if part else ()

    def condition(self, key: str, sheet: str) -> Condition:
        """One condition on the column(s) that the key names."""
        columns = tuple(self.column(name, sheet, key) for name in key.split("|"))
        if not isinstance(self.record[key], Record):
            return Condition(columns, "in", frozenset(self.choices(self.record.texts(key), sheet, columns, key)))
        part = self.part(key)
        assert part is not None
        name = next((name for name in OPERATORS if name in part.record), "")
        if not name:
            part.fail(f"“{key}”的条件只能是 {'、'.join(OPERATORS)}")
        condition = part._operator(name, columns, sheet)
        part.record.done()
        return condition

    def _operator(self, name: str, columns: tuple[str, ...], sheet: str) -> Condition:
        if name == "not":
            return Condition(columns, name, frozenset(self.choices(self.record.texts(name), sheet, columns, name)))
        if name in ("filled", "in_year"):
            return Condition(columns, name, flag=self.record.flag(name))
        if name == "from":
            if isinstance(self.record[name], Record):
                return Condition(columns, name, parameter=self.named_parameter(name, "date"))
            return Condition(columns, name, day=self.record.day(name))
        if name in ("contains", "among"):
            if not isinstance(self.record[name], Record):
                self.fail(f"“{name}”应为 {{parameter: 参数名}}", name)
            parameter = self.named_parameter(name)
            if name == "among":
                self._listed(parameter, columns, sheet, name)
            return Condition(columns, name, parameter=parameter)
        return Condition(columns, name, number=self.limit(name))

    def _listed(self, parameter: str, columns: tuple[str, ...], sheet: str, key: str) -> None:
        """Every value that a list parameter ever has stands in the code list of the columns."""
        known = self.policy.parameters[self.parameter(parameter, key, "list")]
        for _, value in known.values:
            self.choices(value if isinstance(value, tuple) else (), sheet, columns, key)

    def choices(self, values: tuple[str, ...], sheet: str, columns: tuple[str, ...], key: str) -> tuple[str, ...]:
        """The values themselves, if the columns offer them."""
        for name in columns:
            column = self.form.by_name[sheet].by_name[name]
            allowed = self.form.choices(column)
            if self.shared:
                values = tuple(value for value in values if value not in self.form.dropped.get(column.choices, ()))
            for value in values:
                if allowed and value not in allowed:
                    self.fail(f"“{column.label}”没有“{value}”这个选项" + nearest(value, allowed), key)
        return values

    def organisations(self, sheet: str) -> str:
        """A selection of the sheet's organisations; empty when none is asked for."""
        selection = self.record.one_of("organisations", ("", *organisations.SELECTIONS), "")
        if selection and sheet != organisations.SHEET:
            self.fail(f"“organisations”只用于表“{organisations.SHEET}”", "organisations")
        return selection


def nearest(name: str, known: Iterable[str]) -> str:
    """The name that may have been meant, as the end of a sentence; empty where none is alike."""
    like = get_close_matches(name, list(known), n=1, cutoff=0.75)
    return f"，是不是“{like[0]}”" if like else ""
