"""A rule's arguments, parsed strictly by the signature of the check that it names.

A check is a function with keyword-only arguments whose annotations say what the YAML text means:

    Col       a column of the rule's sheet, or one of CONTEXT
    Cols      a list of such columns
    Far       `sheet.column`, any sheet of the form
    Fars      a list of those
    When      conditions, see `Condition`
    FarWhen   conditions on another sheet, whose columns are written `sheet.column`
    Windows   the windows of `column` (see `toolkit.model.windows`); they come from the form, never from the YAML.
              The columns that say which events they are about do not count as looked at: an unknown cell there
              keeps open whether a window holds, and no rule is silent for it.
    str, int, Decimal, tuple[str, ...]
"""

from __future__ import annotations

import inspect
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, get_type_hints

from toolkit.model.errors import DefinitionError
from toolkit.model.form import Form, Rule
from toolkit.model.windows import Window

FORMER = "_former"
"""Context column, only where codes of units changed: the codes that the unit of the row once had."""
CONTEXT = ("_as_of", "_first_day", "_last_day", "_fill_date", "_year")
"""Columns that every frame carries besides its own: date of judgement, the report year, the return's 填报日期."""

EXACT = Decimal(0)
"""The tolerance of figures that must be equal."""

_GIVEN = ("value", "label")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of `when`; all conditions of a rule must hold.

    In YAML: `post_type: [书记, 副书记]` is one of, `status: {not: [命名]}` is known and none of,
    `full_date: empty`, `full_date: filled`; `event_type/also_counts_as: [培训班]` holds if it does for any column.
    """

    columns: tuple[str, ...]
    mode: str
    values: tuple[str, ...] = ()


Col = Annotated[str, "column"]
Cols = Annotated[tuple[str, ...], "columns"]
Far = Annotated[tuple[str, str], "far column"]
Fars = Annotated[tuple[tuple[str, str], ...], "far columns"]
When = Annotated[tuple[Condition, ...], "conditions"]
FarWhen = Annotated[tuple[Condition, ...], "far conditions"]
Windows = Annotated[tuple[Window, ...], "windows"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule with its check and its parsed arguments.

    Args:
        touched: columns of the rule's sheet that it looks at, `at` included.
        far: (sheet, column) of other sheets that it looks at.
    """

    rule: Rule
    check: Callable
    args: Mapping[str, object]
    touched: tuple[str, ...]
    far: tuple[tuple[str, str], ...]


def bind(rule: Rule, check: Callable, form: Form, facts: tuple[str, ...] = ()) -> Bound:
    """The rule ready to run.

    Args:
        facts: names of the placeholders that the check fills in the message.
    Raises: DefinitionError: unknown or missing argument, unknown column, unknown placeholder; with file and line.
    """
    hints, parameters = _signature(check)
    columns = form.by_name[rule.sheet].by_name
    for name in rule.args:
        if name not in parameters or hints[name] == Windows:
            fail(rule, f"检查“{rule.check}”没有参数“{name}”", name)
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in rule.args:
            fail(rule, f"检查“{rule.check}”缺少参数“{name}”")
    for name in rule.at:
        if name not in columns:
            fail(rule, f"表“{rule.sheet}”没有列“{name}”")
    _check_placeholders(rule, {*columns, *facts, *_GIVEN})
    parser = _Parser(rule, form)
    args = {name: parser.parse(name, hints[name]) for name in rule.args}
    for name in parameters:
        if hints[name] == Windows:
            args[name] = form.windows_on(rule.sheet, str(args["column"]))
    return Bound(rule, check, args, tuple(dict.fromkeys((*rule.at, *parser.touched))), tuple(parser.far))


@cache
def _signature(check: Callable) -> tuple[dict[str, object], dict[str, inspect.Parameter]]:
    """Annotations and keyword-only parameters; evaluating them anew for every rule costs more than the checks."""
    parameters = inspect.signature(check).parameters.items()
    keywords = {name: parameter for name, parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    return get_type_hints(check, include_extras=True), keywords


def fail(rule: Rule, problem: str, key: str | None = None):
    """Raises DefinitionError at the rule's place in its file."""
    problem = f"规则 {rule.code}：{problem}"
    file, line = getattr(rule.args, "file", rule.sheet), getattr(rule.args, "line", 0)
    raise DefinitionError(file, getattr(rule.args, "lines", {}).get(key or "", line), problem)


def _check_placeholders(rule: Rule, known: set[str]) -> None:
    for text in (rule.message, rule.fix):
        for _, name, _, _ in string.Formatter().parse(text):
            if name is not None and name not in known:
                fail(rule, f"文字里的“{{{name}}}”没有出处")


class _Parser:
    """Parses one rule's arguments and notes which columns they name."""

    def __init__(self, rule: Rule, form: Form) -> None:
        self.rule, self.form = rule, form
        self.touched: list[str] = []
        self.far: list[tuple[str, str]] = []

    def parse(self, name: str, kind: object) -> object:
        """The value of argument `name`."""
        value = self.rule.args[name]
        parsers = {
            Col: self._column,
            Cols: lambda name, value: tuple(self._column(name, item) for item in self._texts(name, value)),
            Far: self._far,
            Fars: lambda name, value: tuple(self._far(name, item) for item in self._texts(name, value)),
            When: self._when,
            FarWhen: self._far_when,
            str: self._text,
            int: lambda name, value: self._number(name, value, int),
            Decimal: lambda name, value: self._number(name, value, Decimal),
            tuple[str, ...]: self._texts,
        }
        return parsers[kind](name, value)

    def _text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            fail(self.rule, f"参数“{name}”应为文字", name)
        return str(value)

    def _texts(self, name: str, value: object) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            fail(self.rule, f"参数“{name}”应为文字列表", name)
        return tuple(self._text(name, item) for item in items)

    def _number(self, name: str, value: object, kind: type):
        try:
            return kind(self._text(name, value))
        except (ValueError, InvalidOperation):
            return fail(self.rule, f"参数“{name}”应为数字", name)

    def _column(self, name: str, value: object) -> str:
        column = self._text(name, value)
        if column in CONTEXT:
            return column
        if column not in self.form.by_name[self.rule.sheet].by_name:
            fail(self.rule, f"表“{self.rule.sheet}”没有列“{column}”", name)
        self.touched.append(column)
        return column

    def _far(self, name: str, value: object) -> tuple[str, str]:
        sheet, _, column = self._text(name, value).partition(".")
        if sheet not in self.form.by_name or column not in self.form.by_name[sheet].by_name:
            fail(self.rule, f"没有“{value}”这一列", name)
        self.far.append((sheet, column))
        return sheet, column

    def _when(self, name: str, value: object) -> tuple[Condition, ...]:
        return tuple(
            self._condition(name, key, wanted, [(self.rule.sheet, self._column(name, part)) for part in key.split("/")])
            for key, wanted in self._mapping(name, value)
        )

    def _far_when(self, name: str, value: object) -> tuple[Condition, ...]:
        return tuple(
            self._condition(name, key, wanted, [self._far(name, part) for part in key.split("/")])
            for key, wanted in self._mapping(name, value)
        )

    def _mapping(self, name: str, value: object) -> Iterable[tuple[str, object]]:
        if not isinstance(value, Mapping):
            fail(self.rule, f"参数“{name}”应为条件", name)
        return value.items()  # type: ignore[attr-defined]

    def _condition(self, name: str, key: str, wanted: object, at: list[tuple[str, str]]) -> Condition:
        columns = tuple(column for _, column in at)
        if wanted in ("empty", "filled"):
            return Condition(columns, str(wanted))
        if isinstance(wanted, Mapping):
            if set(wanted) != {"not"}:
                fail(self.rule, f"条件“{key}”只能写 not", name)
            return Condition(columns, "not", self._known(at[0], name, self._texts(name, wanted["not"])))
        return Condition(columns, "in", self._known(at[0], name, self._texts(name, wanted)))

    def _known(self, at: tuple[str, str], name: str, values: tuple[str, ...]) -> tuple[str, ...]:
        """The values, each of which must stand in the code list of the column."""
        column = self.form.by_name[at[0]].by_name[at[1]]
        for value in values:
            if column.type == "choice" and value not in self.form.choices(column):
                fail(self.rule, f"列“{column.name}”没有选项“{value}”", name)
        return values
