"""Form → pandera schemas: one schema a sheet, built once, from the columns and from the rules within the sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd
import pandera.pandas as pa

from toolkit.model.catalogue import entry
from toolkit.model.form import Column, Form, Rule, Sheet
from toolkit.model.likeness import by_likeness
from validators import checks, columns
from validators.arguments import Bound, bind, fail
from validators.quiet import QuietCheck, QuietColumn, QuietSchema

REQUIRED, CHOICE, MINIMUM, MAXIMUM, LENGTH, DUPLICATE = (f"COL-00{n}" for n in (1, 2, 3, 4, 5, 7))
ID_NUMBER, MOBILE, EMAIL, EARLY = "COL-011", "COL-012", "COL-013", "COL-014"

_WHOLE_LIST, _NEAREST = 8, 6
"""Choices that are all named; of longer lists as many are."""
_CACHE: dict[int, tuple[Form, dict[str, Compiled]]] = {}


@dataclass(frozen=True)
class Spec:
    """What to say when a check fails, and which cells it rests on.

    Args:
        at: columns whose cells get the message.
        touched: all columns of the sheet that the check looks at.
        far: (sheet, column) of other sheets that it looks at.
        facts: placeholders of the message that are the same for all rows.
        explain: frame → placeholders that differ by row, called only after a failure.
        asks_for_value: the check only says that the cell is blank.
    """

    code: str
    severity: str
    sheet: str
    at: tuple[str, ...]
    message: str
    fix: str
    clause: str = ""
    touched: tuple[str, ...] = ()
    far: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    explain: Callable[[pd.DataFrame], Mapping[str, pd.Series]] | None = None
    asks_for_value: bool = False


@dataclass(frozen=True)
class Compiled:
    """A sheet's schema and, by (column, code), what its failures mean; the column of a frame check is None."""

    schema: pa.DataFrameSchema
    specs: Mapping[tuple[str | None, str], Spec]


def compile_schema(form: Form, sheet: str) -> pa.DataFrameSchema:
    """The pandera schema of one sheet of a form, built once per form and sheet.

    Raises: DefinitionError: a rule names an unknown argument or column; with file and line.
    """
    return compiled(form, sheet).schema


def compiled(form: Form, sheet: str) -> Compiled:
    """The schema with the meaning of its failures."""
    _, sheets = _CACHE.setdefault(id(form), (form, {}))
    if sheet not in sheets:
        sheets[sheet] = build(form, form.by_name[sheet])
    return sheets[sheet]


def build(form: Form, sheet: Sheet) -> Compiled:
    """Builds the schema of one sheet; `compiled` is the cached way in."""
    specs: dict[tuple[str | None, str], Spec] = {}
    schema_columns = {}
    asked_by_rule = {rule.at for rule in form.rules if rule.sheet == sheet.name and rule.check == "required"}
    for column in sheet.columns:
        found = []
        for code, predicate, facts in _column_checks(form, sheet, column, (column.name,) in asked_by_rule):
            explain = partial(_offered, column=column.name, choices=form.choices(column)) if code == CHOICE else None
            specs[column.name, code] = replace(_generic(code, sheet.name, (column.name,), facts), explain=explain)
            found.append(QuietCheck(code, predicate, of_blanks=predicate is columns.filled))
        schema_columns[column.name] = QuietColumn(
            columns.DTYPES.get(column.type, "object"), checks=found, nullable=True, coerce=False, required=True
        )
    frame_checks = []
    if sheet.key:
        rows_of = partial(checks.FACTS["unique"][1], columns=sheet.key)
        specs[None, DUPLICATE] = replace(_generic(DUPLICATE, sheet.name, sheet.key, {}), explain=rows_of)
        frame_checks.append(QuietCheck(DUPLICATE, partial(checks.unique, columns=sheet.key)))
    for bound in _bound_rules(form, sheet):
        specs[None, bound.rule.code] = spec_of(bound, _explain(bound))
        frame_checks.append(QuietCheck(bound.rule.code, partial(bound.check, **bound.args)))
    schema = QuietSchema(schema_columns, checks=frame_checks, coerce=False, strict=False, name=sheet.name)
    return Compiled(schema, specs)


def _column_checks(
    form: Form, sheet: Sheet, column: Column, asked_by_rule: bool
) -> Iterator[tuple[str, Callable, dict[str, str]]]:
    """Code, predicate and fixed words of the checks that a column's definition implies."""
    if column.need == "required" and not asked_by_rule:
        yield REQUIRED, columns.filled, {}
    if column.type == "choice":
        yield CHOICE, partial(columns.one_of, values=form.choices(column)), {}
    if column.minimum is not None:
        yield MINIMUM, partial(columns.at_least, limit=column.minimum), {"limit": str(column.minimum)}
    if column.maximum is not None:
        yield MAXIMUM, partial(columns.at_most, limit=column.maximum), {"limit": str(column.maximum)}
    if column.earliest is not None:
        yield EARLY, partial(columns.not_earlier, day=column.earliest), {"limit": column.earliest.isoformat()}
    if column.max_length is not None:
        yield LENGTH, partial(columns.not_longer, length=column.max_length), {"limit": str(column.max_length)}
    if _may_hold_anything(form, sheet, column):
        yield ID_NUMBER, columns.no_id_number, {}
        yield MOBILE, columns.no_mobile, {}
        if column.type == "text":
            yield EMAIL, columns.no_email, {}


def _may_hold_anything(form: Form, sheet: Sheet, column: Column) -> bool:
    """Numbers, and text that people type freely: no code of ours, no column with its own rule about long numbers."""
    if column.type in ("integer", "decimal"):
        return True
    if column.type != "text" or column.prefilled or column.references:
        return False
    own = {"code_of", "valid_id_number", "no_personal_number"}
    return not any(rule.sheet == sheet.name and column.name in rule.at and rule.check in own for rule in form.rules)


def _offered(frame: pd.DataFrame, column: str, choices: tuple[str, ...]) -> dict[str, pd.Series]:
    """What a cell could have: all choices of a short list, of a long one those most like what was typed."""
    words = {
        value: _offer(str(value), choices) for value in frame[column].dropna().unique() if value not in set(choices)
    }
    return {"choices": frame[column].map(words)}


def _offer(typed: str, choices: tuple[str, ...]) -> str:
    if len(choices) <= _WHOLE_LIST:
        return "、".join(choices)
    named = "、".join(by_likeness(typed, choices)[:_NEAREST])
    return entry(CHOICE).problem("nearest", named=named, count=len(choices))


def _generic(code: str, sheet: str, at: tuple[str, ...], facts: dict[str, str]) -> Spec:
    record = entry(code)
    return Spec(code, record.severity, sheet, at, record.message, record.fix, touched=at, facts=facts)


def _bound_rules(form: Form, sheet: Sheet) -> Iterator[Bound]:
    """The rules of the sheet that look at this sheet only."""
    for rule in form.rules:
        if rule.sheet == sheet.name and not is_cross(rule):
            check = checks.CHECKS[rule.check]
            yield bind(rule, check, form, checks.FACTS.get(rule.check, ((), None))[0])


def is_cross(rule: Rule) -> bool:
    """Whether the rule's check looks at several sheets or workbooks.

    Raises: DefinitionError: no check of that name.
    """
    from validators.cross import CROSS

    if rule.check not in CROSS and rule.check not in checks.CHECKS:
        fail(rule, f"没有检查“{rule.check}”")
    return rule.check in CROSS


def spec_of(bound: Bound, explain: Callable | None = None) -> Spec:
    """What a rule says when it fails."""
    rule = bound.rule
    return Spec(
        code=rule.code,
        severity=rule.severity,
        sheet=rule.sheet,
        at=rule.at,
        message=rule.message,
        fix=rule.fix,
        clause=rule.clause,
        touched=bound.touched,
        far=bound.far,
        explain=explain,
        asks_for_value=rule.check == "required",
    )


def _explain(bound: Bound) -> Callable | None:
    if bound.rule.check not in checks.FACTS:
        return None
    return partial(checks.FACTS[bound.rule.check][1], **bound.args)
