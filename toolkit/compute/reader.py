"""Strict reading of an indicator's arguments: an unknown key, column, choice, statistic or parameter is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from toolkit.compute.filters import OPERATORS, Condition, Number, RowFilter, interned
from toolkit.model import organisations
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy
from toolkit.model.strictyaml import Items, Record
from toolkit.model.windows import Window


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


@dataclass(frozen=True)
class Reader:
    """The arguments of one indicator, or a nested part of them.

    Args:
        shared: whether they are of a definition for all packs, which may name choices that this pack dropped.
    """

    record: Record
    policy: Policy
    form: Form
    indicator: Indicator
    shared: bool = False

    def text(self, key: str, default: object = ...) -> str:
        """A text."""
        return str(self.record.text(key, default))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return self.record.texts(key)

    def one_of(self, key: str, allowed: tuple[str, ...], default: object = ...) -> str:
        """One of the allowed texts."""
        return self.record.one_of(key, allowed, default)

    def flag(self, key: str) -> bool:
        """true or false; false when missing."""
        return self.record.flag(key)

    def part(self, key: str) -> Reader | None:
        """A nested mapping; None when missing."""
        node = self.record.take(key, None)
        if node is None:
            return None
        if not isinstance(node, Record):
            self.record.fail(f"“{key}”应为键值对", key)
        return replace(self, record=node)

    def parts(self, key: str) -> list[Reader]:
        """A list of nested mappings."""
        return [replace(self, record=node) for node in self.record.records(key)]

    def done(self) -> None:
        """Raises for a key that nobody asked for."""
        self.record.done()

    def fail(self, problem: str, key: str | None = None):
        """Raises DefinitionError."""
        self.record.fail(problem, key)

    def number(self, key: str, default: str | None = ...) -> Number | None:  # type: ignore[assignment]
        """A literal number or `{parameter: name}`; None when missing and the default is None."""
        node = self.record.take(key, default)
        if node is None:
            return None
        if isinstance(node, Record):
            name = node.text("parameter")
            node.done()
            return Number(parameter=self.known_parameter(name, key))
        try:
            return Number(Decimal(str(node)))
        except InvalidOperation:
            return self.fail(f"“{key}”应为数字或 {{parameter: 参数名}}", key)

    def parameter(self, key: str, default: object = ...) -> str:
        """The name of a parameter of the pack."""
        name = self.text(key, default)
        return self.known_parameter(name, key) if name else ""

    def known_parameter(self, name: str, key: str) -> str:
        """The name itself, if the pack has such a parameter."""
        if name not in self.policy.parameters:
            self.fail(f"没有参数“{name}”", key)
        return name

    def month_day(self, key: str) -> str:
        """The name of a parameter of the pack that holds a month and a day."""
        return self.known_type(self.parameter(key), "month_day", key)

    def of_type(self, kind: str, key: str) -> str:
        """The name of a parameter of some type, written `{parameter: name}`."""
        part = self.part(key)
        assert part is not None
        name = part.known_type(part.parameter("parameter"), kind, "parameter")
        part.done()
        return name

    def known_type(self, name: str, kind: str, key: str) -> str:
        """The name itself, if the parameter is of this type."""
        if self.policy.parameters[name].type != kind:
            self.fail(f"“{key}”的参数“{name}”应为 {kind} 类型", key)
        return name

    def windows(self) -> tuple[Window, ...]:
        """The windows of the indicator, as the form has them."""
        return tuple(window for window in self.form.windows if window.clause == self.indicator.clause)

    def sheet(self, key: str) -> str:
        """The name of a sheet of the form."""
        name = self.text(key)
        if name not in self.form.by_name:
            self.fail(f"没有表“{name}”", key)
        return name

    def column(self, key: str, sheet: str, default: object = ...) -> str:
        """A column of a sheet."""
        name = self.text(key, default)
        return self.known_column(name, sheet, key) if name else ""

    def columns(self, key: str, sheet: str) -> tuple[str, ...]:
        """Columns of a sheet."""
        return tuple(self.known_column(name, sheet, key) for name in self.texts(key))

    def known_column(self, name: str, sheet: str, key: str) -> str:
        """The name itself, if the sheet has such a column."""
        if name not in self.form.by_name[sheet].by_name:
            self.fail(f"表“{sheet}”没有列“{name}”", key)
        return name

    def stat(self, key: str, default: object = ...) -> str:
        """The key of a statistic of the form."""
        name = self.text(key, default)
        rows = self.form.by_name["annual_stat"].fixed_rows if "annual_stat" in self.form.by_name else ()
        if name and name not in {row.values.get("stat_key") for row in rows}:
            self.fail(f"没有统计指标“{name}”", key)
        return name

    def clause(self, name: str, key: str) -> str:
        """The name itself, if the pack has such a clause."""
        if name not in self.policy.clauses:
            self.fail(f"没有条款“{name}”", key)
        return name

    def rows(self, key: str = "rows", required: bool = True) -> RowFilter | None:
        """A row filter (see `toolkit.compute.filters`)."""
        part = self.part(key)
        if part is None:
            return self.fail(f"缺少“{key}”") if required else None
        sheet = part.sheet("sheet")
        conditions = part.conditions("where", sheet)
        active = part.columns("active", sheet)
        if active and len(active) != 2:
            part.fail("“active”应为起、止两列", "active")
        selection = part.organisations(sheet)
        part.done()
        return interned(RowFilter(sheet, conditions, active or None, selection))  # type: ignore[arg-type]

    def rows_or_unsure(self, key: str = "rows") -> RowFilter:
        """The row filter of an indicator with its `unsure` columns."""
        rows = self.rows(key)
        assert rows is not None
        return interned(replace(rows, unsure=self.columns("unsure", rows.sheet)))

    def organisations(self, sheet: str) -> str:
        """A selection of the sheet's organisations; empty when none is asked for."""
        selection = self.one_of("organisations", ("", *organisations.SELECTIONS), "")
        if selection and sheet != organisations.SHEET:
            self.fail(f"“organisations”只用于表“{organisations.SHEET}”", "organisations")
        return selection

    def conditions(self, key: str, sheet: str) -> tuple[Condition, ...]:
        """The conditions of a mapping column → values."""
        part = self.part(key)
        return tuple(part.condition(name, sheet) for name in part.record) if part else ()

    def condition(self, key: str, sheet: str) -> Condition:
        """One condition on the column(s) that the key names."""
        columns = tuple(self.known_column(name, sheet, key) for name in key.split("|"))
        if not isinstance(self.record[key], Record):
            return Condition(columns, "in", frozenset(self._choices(self.texts(key), sheet, columns, key)))
        part = self.part(key)
        assert part is not None
        name = next((name for name in OPERATORS if name in part.record), "")
        if not name:
            part.fail(f"“{key}”的条件只能是 {'、'.join(OPERATORS)}")
        condition = part._operator(name, columns, sheet)
        part.done()
        return condition

    def _operator(self, name: str, columns: tuple[str, ...], sheet: str) -> Condition:
        if name == "not":
            return Condition(columns, name, frozenset(self._choices(self.texts(name), sheet, columns, name)))
        if name in ("filled", "in_year"):
            return Condition(columns, name, flag=self.flag(name))
        if name == "from":
            if isinstance(self.record[name], Record):
                return Condition(columns, name, parameter=self.of_type("date", name))
            return Condition(columns, name, day=self.day(name))
        if name in ("contains", "among"):
            part = self.part(name)
            parameter = part.parameter("parameter") if part else self.fail(f"“{name}”应为 {{parameter: 参数名}}", name)
            if name == "among":
                self._listed(parameter, columns, sheet, name)
            return Condition(columns, name, parameter=parameter)
        return Condition(columns, name, number=self.number(name) or Number())

    def known_choice(self, value: str, sheet: str, column: str, key: str) -> str:
        """The value itself, if the column offers it."""
        return self._choices((value,), sheet, (column,), key)[0]

    def _listed(self, parameter: str, columns: tuple[str, ...], sheet: str, key: str) -> None:
        """Every value that a list parameter ever has stands in the code list of the columns."""
        known = self.policy.parameters[parameter]
        if known.type != "list":
            self.fail(f"“{key}”的参数“{parameter}”应为 list 类型", key)
        for _, value in known.values:
            self._choices(value if isinstance(value, tuple) else (), sheet, columns, key)

    def _choices(self, values: tuple[str, ...], sheet: str, columns: tuple[str, ...], key: str) -> tuple[str, ...]:
        for name in columns:
            column = self.form.by_name[sheet].by_name[name]
            allowed = self.form.choices(column)
            if self.shared:
                values = tuple(value for value in values if value not in self.form.dropped.get(column.choices, ()))
            for value in values:
                if allowed and value not in allowed:
                    self.fail(f"“{column.label}”没有“{value}”这个选项", key)
        return values

    def day(self, key: str) -> date:
        """A date."""
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            return self.fail(f"“{key}”应为 2025-01-02 这样的日期", key)
