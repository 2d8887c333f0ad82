"""The form: sheets, columns, code lists and rules, as read from `toolkit/forms` and a policy pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from toolkit.model.windows import Window

COLUMN_TYPES = ("text", "choice", "integer", "decimal", "date", "month")
NEEDS = ("required", "conditional", "optional")
USES = ("required", "optional", "hidden")
LOSES = ROW, CELL = ("row", "cell")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Args:
        name, label: English identifier and the Chinese label on the sheet.
        type: one of COLUMN_TYPES; `month` is a year and month, kept as text `YYYY-MM`.
        need: required, conditional (a rule says when) or optional.
        choices: name of a code list, for type choice.
        minimum, maximum: inclusive bounds of a number.
        earliest: the first day that a date can be; nothing of its kind is older.
        references: `sheet.column` keys of which the value must match one.
        note: 填写说明, also the input prompt in the cell.
        aliases: other labels under which units return the column.
        personal: holds personal data.
        prefilled: issued filled in and locked.
        hidden: issued as a hidden column.
        key: (part of) the primary key of the sheet.
        width: column width in characters.
        is_name: holds the name of a person, written as `people.printed` says.
        parameter_choices: name of a policy parameter that lists further allowed values.
    """

    name: str
    label: str
    type: str
    need: str
    unit: str = ""
    choices: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    earliest: date | None = None
    max_length: int | None = None
    references: tuple[str, ...] = ()
    note: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    personal: bool = False
    prefilled: bool = False
    hidden: bool = False
    key: bool = False
    width: float = 12.0
    is_name: bool = False

    def admits(self, number: Decimal | int) -> bool:
        """Whether a number lies within the bounds."""
        above = self.minimum is None or number >= self.minimum
        return above and (self.maximum is None or number <= self.maximum)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which check with which arguments, how severe, which cells, message and fix.

    `check` names a function of `validators/checks.py` (within one sheet) or of
    `validators/cross.py` (over several sheets or workbooks); `args` are its keyword arguments.
    `message` may use `{value}`, `{label}` and the placeholders that the check fills.
    """

    code: str
    sheet: str
    check: str
    args: Mapping[str, object]
    severity: str
    at: tuple[str, ...]
    message: str
    fix: str
    clause: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A row that is printed on the sheet (annual_stat: one statistic; task: one bundle).

    Args:
        key: value of the sheet's key column.
        values: the other prefilled cells, by column name.
        integer: the number asked for is a whole number (annual_stat).
        parent: key of the row of which this one is a part (其中).
        sensitive: small totals leave the unit as a level only.
    """

    key: str
    values: Mapping[str, str]
    integer: bool = True
    parent: str = ""
    sensitive: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet of the workbook.

    Args:
        layout: `table` (a row a record) or `vertical` (one record, a row a column).
        use: required, optional (a module) or hidden, as the policy pack says.
        nil_allowed: an empty sheet is declared by a tick 本单位无此情况 on the cover.
        fixed_rows: rows printed on the sheet; units only fill in the open cells.
        blank_rows: how many empty rows the template offers.
        person: the columns with name and month of birth, where a row is about a person whom units may dispute.
        loses: what an 错误 costs: `row`, or `cell` where a row is a record of facts that do not depend on one
            another; the row is merged without the cell then. An 错误 in a key column always costs the row.
        since: the date column that says from which day on there is such a record at all; "" = none says so.
        until: the date column that says when it ended; on an earlier day nobody knew. "" = none says so.
        happened: the other date columns of what became of it or was done for it; on an earlier day it had not been.
    """

    name: str
    label: str
    use: str
    layout: str
    filler: str
    basis: str
    columns: tuple[Column, ...]
    nil_allowed: bool = False
    fixed_rows: tuple[FixedRow, ...] = ()
    blank_rows: int = 30
    aliases: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    loses: str = ROW
    since: str = ""
    until: str = ""
    happened: tuple[str, ...] = ()

    @cached_property
    def refers_to(self) -> tuple[str, ...]:
        """The sheets that its columns name a row of; `directory` is the unit list."""
        return tuple(dict.fromkeys(name.partition(".")[0] for column in self.columns for name in column.references))

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the sheet."""
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)


@dataclass(frozen=True, eq=False)
class Form:
    """The workbook of one policy pack: what is asked, what is allowed; two are the same only when they are one object.

    Args:
        policy, version: identity stamped into every workbook; `version` is dotted integers.
        sheets: the sheets in use, in order; hidden sheets and columns are already left out.
        code_lists: allowed values by list name, in order.
        rules: all rules whose columns exist in this form.
        switches: campaign switches in force (`collect_id_numbers`).
        dropped: values that the pack took out of shared lists; what is shared by all packs may still name them.
        windows: when certain events count, where that is not simply the report year.
    """

    policy: str
    version: str
    title: str
    sheets: tuple[Sheet, ...]
    code_lists: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    switches: frozenset[str] = field(default_factory=frozenset)
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Sheet]:
        """Sheets by name."""
        return {sheet.name: sheet for sheet in self.sheets}

    def choices(self, column: Column) -> tuple[str, ...]:
        """Allowed values of a choice column, in order."""
        return self.code_lists[column.choices] if column.choices else ()

    def windows_on(self, sheet: str, column: str) -> tuple[Window, ...]:
        """The windows whose date stands in a column of a sheet."""
        return tuple(one for one in self.windows if (one.sheet, one.column) == (sheet, column))
