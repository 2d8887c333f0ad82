"""The forms: sheets, columns, code lists and rules as YAML, and the loader that reads them strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model import strictyaml
from toolkit.model.catalogue import SEVERITIES
from toolkit.model.form import COLUMN_TYPES, LOSES, NEEDS, ROW, USES, Column, FixedRow, Form, Rule, Sheet
from toolkit.model.policy import Parameters
from toolkit.model.problems import Problems
from toolkit.model.windows import Window, policy_windows, sentence

if TYPE_CHECKING:
    from toolkit.model.policy import Override, Policy
    from toolkit.model.strictyaml import Record

FOLDER = Path(__file__).parent
LAYOUTS = ("table", "vertical")
STRICT = Problems()
_WINDOWS = "{windows}"
"""In a note or an advice: which days beyond the report year may be filled in."""


@lru_cache(maxsize=1)
def earliest_day() -> date:
    """The first day that a date can be where its column says nothing else."""
    return strictyaml.load(FOLDER / "sheets.yaml").day("earliest")


def sheet_names() -> tuple[str, ...]:
    """All sheets that there are, in the order of the workbook."""
    return strictyaml.load(FOLDER / "sheets.yaml").texts("sheets")


def load_form(
    policy: Policy,
    switches: frozenset[str] = frozenset(),
    problems: Problems = STRICT,
    overrides: Mapping[str, Override] | None = None,
) -> Form:
    """The form of one policy: the shared sheets with the pack's additions and without what it hides.

    Args:
        policy: the policy pack; its `sheets` block says what is used, hidden and added.
        switches: campaign switches; a column with `switch` exists only when its switch is on.
        problems: raises the first problem, or lists them; what has a problem is left out then.
        overrides: a round's own parameters; they may move the days on which events count.
    Raises: DefinitionError: unknown or repeated key, unknown column, list or sheet; with file and line.
    """
    windows = policy_windows(policy.indicators, Parameters(policy, policy.effective, overrides))
    return (_strict if problems is STRICT else _loaded)(policy, switches, problems, windows)


@lru_cache(maxsize=32)
def _strict(policy: Policy, switches: frozenset[str], problems: Problems, windows: tuple[Window, ...]) -> Form:
    return _loaded(policy, switches, problems, windows)


def _loaded(policy: Policy, switches: frozenset[str], problems: Problems, windows: tuple[Window, ...]) -> Form:
    overlay = policy.overlay
    code_lists = _code_lists(overlay, problems)
    sheets = []
    for name in overlay.get("sheets", {}):
        with problems.catch():
            if name not in sheet_names():
                overlay["sheets"].fail(f"没有表“{name}”", name)
    for name in sheet_names():
        sheet = _sheet(strictyaml.load(FOLDER / f"{name}.yaml"), overlay, switches, code_lists, problems)
        if sheet.name == "task":
            sheet = replace(sheet, fixed_rows=_task_rows(policy))
        if sheet.use != "hidden":
            sheets.append(_worded(sheet, windows))
    dropped = {name: change.texts("drop") for name, change in overlay.get("choices", {}).items() if "drop" in change}
    return Form(
        policy=policy.id,
        version=policy.form_version,
        title=policy.form_title,
        sheets=tuple(sheets),
        code_lists=code_lists,
        rules=tuple(_worded_rule(rule, windows) for rule in _rules(policy, sheets, dropped, problems)),
        switches=switches,
        dropped=dropped,
        windows=windows,
    )


def _worded(sheet: Sheet, windows: tuple[Window, ...]) -> Sheet:
    """The sheet with the days that its windows allow written into the notes."""
    own = sentence(tuple(window for window in windows if window.sheet == sheet.name))
    return replace(
        sheet,
        columns=tuple(replace(column, note=column.note.replace(_WINDOWS, own)) for column in sheet.columns),
    )


def _worded_rule(rule: Rule, windows: tuple[Window, ...]) -> Rule:
    own = sentence(tuple(window for window in windows if window.sheet == rule.sheet))
    return replace(rule, fix=rule.fix.replace(_WINDOWS, own))


def _code_lists(overlay: Mapping, problems: Problems) -> dict[str, tuple[str, ...]]:
    """The shared lists with the pack's changes: `drop` and `add`, or `new` for a list of its own."""
    record = strictyaml.load(FOLDER / "choices.yaml").take("lists")
    lists = {name: record.texts(name) for name in record}
    for name, change in overlay.get("choices", {}).items():
        with problems.catch():
            if "new" in change and name not in lists:
                lists[name] = change.texts("new")
            elif name in lists:
                lists[name] = _changed_list(lists[name], change)
            else:
                overlay["choices"].fail(f"没有代码表“{name}”", name)
            change.done()
    return lists


def _changed_list(items: tuple[str, ...], change: Record) -> tuple[str, ...]:
    drop, add = change.texts("drop"), change.texts("add")
    for item in drop:
        if item not in items:
            change.fail(f"代码表里没有“{item}”", "drop")
    for item in add:
        if item in items:
            change.fail(f"代码表里已经有“{item}”", "add")
    return tuple(item for item in items if item not in drop) + add


def _sheet(record: Record, overlay: Mapping, switches: frozenset[str], lists: Mapping, problems: Problems) -> Sheet:
    name = record.text("name")
    change = overlay.get("sheets", {}).get(name) or strictyaml.Record()
    columns: list[Column] = []
    for entry in (*record.records("columns"), *change.records("add_columns")):
        with problems.catch():
            column = _column(entry, lists, switches)
            if column and column.name in {other.name for other in columns}:
                entry.fail(f"表“{name}”已经有列“{column.name}”", "name")
            columns += [column] if column else []
    rows: list[FixedRow] = []
    for entry in (*record.records("rows"), *change.records("add_rows")):
        with problems.catch():
            rows.append(_fixed_row(entry))
    hidden = _hidden(change, "hide", f"表“{name}”没有列", {column.name for column in columns}, problems)
    hidden_rows = _hidden(change, "hide_rows", f"表“{name}”没有行", {row.key for row in rows}, problems)
    use = "required"
    with problems.catch():
        use = change.one_of("use", USES, "required")
        if change:
            change.done()
    sheet = Sheet(
        name=name,
        label=record.text("label"),
        use=use,
        layout=record.one_of("layout", LAYOUTS),
        filler=record.text("filler"),
        basis=record.text("basis"),
        columns=tuple(column for column in columns if column.name not in hidden),
        nil_allowed=record.flag("nil_allowed"),
        fixed_rows=tuple(row for row in rows if row.key not in hidden_rows),
        blank_rows=record.number("blank_rows", int, "30"),
        aliases=record.texts("aliases"),
        person=record.texts("person"),
        loses=record.one_of("loses", LOSES, ROW),
        since=record.text("since", ""),
        until=record.text("until", ""),
        happened=record.texts("happened"),
    )
    dated = (("since", sheet.since), ("until", sheet.until), *(("happened", name) for name in sheet.happened))
    for key, wanted in dated:
        if wanted and not any(column.name == wanted and column.type == "date" for column in columns):
            record.fail(f"表“{name}”没有日期列“{wanted}”", key)
    if unknown := set(sheet.person) - {column.name for column in columns}:
        record.fail(f"表“{name}”没有列“{min(unknown)}”", "person")
    record.done()
    return sheet


def _hidden(change: Record, key: str, problem: str, known: set[str], problems: Problems) -> tuple[str, ...]:
    names = change.texts(key)
    for name in names:
        with problems.catch():
            if name not in known:
                change.fail(f"{problem}“{name}”", key)
    return names


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
        earliest=_earliest(record),
        max_length=record.number("max_length", int) if "max_length" in record else None,
        references=record.texts("references"),
        note=record.text("note", ""),
        example=record.text("example", ""),
        aliases=record.texts("aliases"),
        personal=record.flag("personal"),
        prefilled=record.flag("prefilled"),
        hidden=record.flag("hidden"),
        key=record.flag("key"),
        width=record.number("width", float, "12"),
        is_name=record.flag("is_name"),
    )
    if (column.type == "choice") != bool(choices):
        record.fail("选择列必须给出代码表，其他列不能给", "type")
    record.take("max_length", "")
    record.done()
    return column if not switch or switch in switches else None


def _earliest(record: Record) -> date | None:
    if "earliest" in record:
        return record.day("earliest")
    return earliest_day() if record.text("type") == "date" else None


def _number(record: Record, key: str) -> Decimal | None:
    return record.number(key, Decimal) if key in record else None


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
            "requirement": f"{bundle.title}：\n{quotes}" if len(clauses) > 1 else f"{bundle.title}：{clauses[0].quote}",
            "responsible_units": "、".join(bearers),
            "due_date": "{year}-12-31",
        }
        rows.append(FixedRow(key=bundle.task_no, values=values))
    return tuple(rows)


def _rules(
    policy: Policy, sheets: list[Sheet], dropped: Mapping[str, tuple[str, ...]], problems: Problems
) -> tuple[Rule, ...]:
    """The rules whose columns all exist in this form; a shared rule without the values that the pack dropped."""
    present = {(sheet.name, column) for sheet in sheets for column in sheet.names}
    files = sorted((FOLDER / "rules").glob("*.yaml"))
    pack_rules = policy.folder / "rules.yaml"
    rules, seen = [], {}
    for path in [*files, *([pack_rules] if pack_rules.exists() else [])]:
        with problems.catch():
            record = strictyaml.load(path)
            entries = record.records("rules")
            record.done()
            for entry in entries:
                with problems.catch():
                    rule, needs = read_rule(entry)
                    if rule.code in seen:
                        entry.fail(f"规则代码“{rule.code}”重复", "code")
                    seen[rule.code] = rule
                    shared = path != pack_rules
                    if needs <= present and not (shared and _pointless(rule, sheets, dropped)):
                        rules.append(rule)
    return tuple(rules)


def _pointless(rule: Rule, sheets: list[Sheet], dropped: Mapping[str, tuple[str, ...]]) -> bool:
    """Takes dropped values out of the rule's conditions; whether one of them can never hold then."""
    when = rule.args.get("when")
    if not dropped or not isinstance(when, strictyaml.Record):
        return False
    columns = next(sheet for sheet in sheets if sheet.name == rule.sheet).by_name
    for key, wanted in when.items():
        lists = [columns[name].choices for name in key.split("/") if name in columns]
        gone = {value for name in lists for value in dropped.get(name, ())}
        holder, at = (wanted, "not") if isinstance(wanted, strictyaml.Record) else (when, key)
        values = (holder[at],) if isinstance(holder[at], str) else tuple(holder[at])
        kept = strictyaml.Items(value for value in values if value not in gone)
        if len(kept) == len(values):
            continue
        if not kept and holder is when:
            return True
        holder[at] = kept
    return False


def read_rule(record: Record) -> tuple[Rule, set[tuple[str, str]]]:
    """One rule, and the (sheet, column) pairs that must exist for it."""
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
    needs = {tuple(item.split(".", 1)) if "." in item else (sheet, item) for item in (*rule.at, *record.texts("needs"))}
    record.done()
    return rule, needs  # type: ignore[return-value]
