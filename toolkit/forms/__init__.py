"""The forms: sheets, columns, code lists and rules as YAML, and the loader that reads them strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model import strictyaml
from toolkit.model.catalogue import SEVERITIES
from toolkit.model.form import COLUMN_TYPES, NEEDS, USES, Column, FixedRow, Form, Rule, Sheet

if TYPE_CHECKING:
    from toolkit.model.policy import Policy
    from toolkit.model.strictyaml import Record

FOLDER = Path(__file__).parent
LAYOUTS = ("table", "vertical")


def load_form(policy: Policy, switches: frozenset[str] = frozenset()) -> Form:
    """The form of one policy: the shared sheets with the pack's additions and without what it hides.

    Args:
        policy: the policy pack; its `sheets` block says what is used, hidden and added.
        switches: campaign switches; a column with `switch` exists only when its switch is on.
    Raises: DefinitionError: unknown or repeated key, unknown column, list or sheet; with file and line.
    """
    overlay = policy.overlay
    code_lists = _code_lists(overlay)
    sheets = []
    for name in strictyaml.load(FOLDER / "sheets.yaml").texts("sheets"):
        sheet = _sheet(strictyaml.load(FOLDER / f"{name}.yaml"), overlay, switches, code_lists)
        if sheet.name == "task":
            sheet = replace(sheet, fixed_rows=_task_rows(policy))
        if sheet.use != "hidden":
            sheets.append(sheet)
    return Form(
        policy=policy.id,
        version=policy.form_version,
        title=policy.form_title,
        sheets=tuple(sheets),
        code_lists=code_lists,
        rules=_rules(policy, sheets),
        switches=switches,
    )


def _code_lists(overlay: Mapping) -> dict[str, tuple[str, ...]]:
    record = strictyaml.load(FOLDER / "choices.yaml").take("lists")
    lists = {name: record.texts(name) for name in record}
    for name, change in overlay.get("choices", {}).items():
        if name not in lists:
            overlay["choices"].fail(f"没有代码表“{name}”", name)
        drop = change.texts("drop")
        lists[name] = tuple(item for item in lists[name] if item not in drop) + change.texts("add")
        change.done()
    return lists


def _sheet(record: Record, overlay: Mapping, switches: frozenset[str], lists: Mapping) -> Sheet:
    name = record.text("name")
    change = overlay.get("sheets", {}).get(name) or strictyaml.Record()
    hidden, hidden_rows = change.texts("hide"), change.texts("hide_rows")
    columns = [
        _column(entry, lists, switches)
        for entry in (*record.records("columns"), *change.records("add_columns"))
    ]
    known = {column.name for column in columns if column}
    for column in hidden:
        if column not in known:
            change.fail(f"表“{name}”没有列“{column}”", "hide")
    rows = [_fixed_row(entry) for entry in (*record.records("rows"), *change.records("add_rows"))]
    for key in hidden_rows:
        if key not in {row.key for row in rows}:
            change.fail(f"表“{name}”没有行“{key}”", "hide_rows")
    sheet = Sheet(
        name=name,
        label=record.text("label"),
        use=change.one_of("use", USES, "required"),
        layout=record.one_of("layout", LAYOUTS),
        filler=record.text("filler"),
        basis=record.text("basis"),
        columns=tuple(column for column in columns if column and column.name not in hidden),
        nil_allowed=record.flag("nil_allowed"),
        fixed_rows=tuple(row for row in rows if row.key not in hidden_rows),
        blank_rows=int(record.text("blank_rows", "30")),
        aliases=record.texts("aliases"),
    )
    record.done()
    if change:
        change.done()
    return sheet


def _column(record: Record, lists: Mapping, switches: frozenset[str]) -> Column | None:
    """One column; None when its campaign switch is off."""
    switch = record.text("switch", "")
    choices = record.text("choices", "")
    if choices and choices not in lists:
        record.fail(f"没有代码表“{choices}”", "choices")
    column = Column(
        name=record.text("name"),
        label=record.text("label"),
        type=record.one_of("type", COLUMN_TYPES),
        need=record.one_of("need", NEEDS),
        unit=record.text("unit", ""),
        choices=choices,
        minimum=_number(record, "minimum"),
        maximum=_number(record, "maximum"),
        max_length=int(record.text("max_length")) if "max_length" in record else None,
        references=record.texts("references"),
        note=record.text("note", ""),
        example=record.text("example", ""),
        aliases=record.texts("aliases"),
        personal=record.flag("personal"),
        prefilled=record.flag("prefilled"),
        hidden=record.flag("hidden"),
        key=record.flag("key"),
        width=float(record.text("width", "12")),
    )
    if (column.type == "choice") != bool(choices):
        record.fail("选择列必须给出代码表，其他列不能给", "type")
    record.take("max_length", "")
    record.done()
    return column if not switch or switch in switches else None


def _number(record: Record, key: str) -> Decimal | None:
    return Decimal(record.text(key)) if key in record else None


def _fixed_row(record: Record) -> FixedRow:
    row = FixedRow(
        key=record.text("key"),
        values={
            "stat_code": record.text("key"),
            "stat_key": record.text("stat_key"),
            "stat_name": record.text("stat_name"),
            "stat_unit": record.text("stat_unit"),
        },
        integer=record.flag("integer", True),
        parent=record.text("parent", ""),
        sensitive=record.flag("sensitive"),
    )
    record.done()
    return row


def _task_rows(policy: Policy) -> tuple[FixedRow, ...]:
    """One row a bundle; `{year}` in the due date is filled in when a workbook is issued."""
    rows = []
    for bundle in policy.bundles:
        clauses = [policy.clauses[clause] for clause in bundle.clauses]
        quotes = "\n".join(f"{number}. {clause.quote}" for number, clause in enumerate(clauses, 1))
        named = dict.fromkeys(unit for clause in clauses for unit in clause.responsible_units)
        bearers = named or dict.fromkeys(clause.duty_bearer for clause in clauses if clause.duty_bearer)
        values = {
            "task_no": bundle.task_no,
            "clause_ref": bundle.section,
            "requirement": f"{bundle.title}：\n{quotes}"
            if len(clauses) > 1
            else f"{bundle.title}：{clauses[0].quote}",
            "responsible_units": "、".join(bearers),
            "due_date": "{year}-12-31",
        }
        rows.append(FixedRow(key=bundle.task_no, values=values))
    return tuple(rows)


def _rules(policy: Policy, sheets: list[Sheet]) -> tuple[Rule, ...]:
    """The rules whose columns all exist in this form."""
    present = {(sheet.name, column) for sheet in sheets for column in sheet.names}
    files = sorted((FOLDER / "rules").glob("*.yaml"))
    pack_rules = policy.folder / "rules.yaml"
    rules, seen = [], {}
    for path in [*files, *([pack_rules] if pack_rules.exists() else [])]:
        record = strictyaml.load(path)
        for entry in record.records("rules"):
            rule, needs = _rule(entry)
            if rule.code in seen:
                entry.fail(f"规则代码“{rule.code}”重复", "code")
            seen[rule.code] = rule
            if needs <= present:
                rules.append(rule)
        record.done()
    return tuple(rules)


def _rule(record: Record) -> tuple[Rule, set[tuple[str, str]]]:
    sheet = record.text("sheet")
    args = record.take("args", strictyaml.Record())
    rule = Rule(
        code=record.text("code"),
        sheet=sheet,
        check=record.text("check"),
        args=args,  # type: ignore[arg-type]
        severity=record.one_of("severity", SEVERITIES),
        at=record.texts("at"),
        message=record.text("message"),
        fix=record.text("fix", ""),
        clause=record.text("clause", ""),
        source=record.text("source", ""),
    )
    needs = {
        tuple(item.split(".", 1)) if "." in item else (sheet, item)
        for item in (*rule.at, *record.texts("needs"))
    }
    record.done()
    return rule, needs  # type: ignore[return-value]
