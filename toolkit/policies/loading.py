"""The strict reader of one pack folder: five files, every record checked on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from toolkit.model import strictyaml
from toolkit.model.duties import CONDITIONS
from toolkit.model.policy import FORCES, PARAMETER_TYPES, Bundle, Clause, Indicator, Parameter, Policy, Value
from toolkit.model.problems import Problems
from toolkit.model.strictyaml import Record
from toolkit.policies.values import COUNT, parse_value

INDICATOR_KEYS = ("clause", "family", "force", "period", "subject", "applies", "remedy")
CLAUSES, PARAMETERS, TASKS, INDICATORS, NOT_ENCODED = (
    f"{name}.yaml" for name in ("clauses", "parameters", "tasks", "indicators", "not_encoded")
)
LONGEST_REMEDY = 28
"""Characters of a remedy: two lines of the column 怎么办."""

Item = TypeVar("Item")


def read_pack(folder: Path, problems: Problems) -> Policy | None:
    """The policy in a folder.

    Args:
        problems: raises the first problem, or lists them; a record with a problem is left out then.
    Returns: None when `pack.yaml` itself cannot be used (only where problems are listed).
    """
    clauses = _clauses(folder / CLAUSES, problems)
    levels, bundles, offices = _tasks(folder / TASKS, clauses, problems)
    parameters = _with_shared(_parameters(folder / PARAMETERS, clauses, problems, shared_parameters()))
    indicators = _indicators(folder / INDICATORS, clauses, problems)
    not_encoded = _not_encoded(folder / NOT_ENCODED, clauses, problems)
    with problems.catch():
        record = strictyaml.load(folder / "pack.yaml")
        policy = Policy(
            id=record.text("id"),
            version=record.text("version"),
            title=record.text("title"),
            short_title=record.text("short_title"),
            document_no=record.text("document_no"),
            issuer=record.text("issuer"),
            effective=record.day("effective"),
            ends=record.day("ends") if record.text("ends", "") else None,
            first_year=record.number("first_year", int),
            form_version=record.text("form_version"),
            form_title=record.text("form_title"),
            clauses=clauses,
            parameters=parameters,
            indicators=indicators,
            bundles=bundles,
            levels=levels,
            allowance=_plain(record, "allowance"),
            overlay={"sheets": _record(record, "sheets"), "choices": _record(record, "choices", Record())},
            groups=tuple((item.text("title"), item.texts("sections")) for item in record.records("groups")),
            folder=folder,
            not_encoded=not_encoded,
            offices=offices,
        )
        record.done()
        return policy
    return None


def _record(record: Record, key: str, default: object = ...) -> Record:
    value = record.take(key, default)
    if not isinstance(value, Record):
        record.fail(f"“{key}”应为键值对", key)
    return value  # type: ignore[return-value]


def _plain(record: Record, key: str) -> Mapping[str, object]:
    return strictyaml.plain(_record(record, key))  # type: ignore[return-value]


def _each(
    path: Path, key: str, read: Callable[[Record], Item], name: Callable[[Item], str], problems: Problems, what: str
) -> dict[str, Item]:
    """The records of a file by name, in order; a name twice is a problem."""
    found: dict[str, Item] = {}
    with problems.catch():
        root = strictyaml.load(path)
        records = root.records(key)
        root.done()
        for record in records:
            with problems.catch():
                item = read(record)
                if name(item) in found:
                    record.fail(what.format(name=name(item)))
                record.done()
                found[name(item)] = item
    return found


def _clauses(path: Path, problems: Problems) -> dict[str, Clause]:
    return _each(path, "clauses", _clause, lambda clause: clause.id, problems, "条款“{name}”重复")


def _clause(record: Record) -> Clause:
    return Clause(
        id=record.text("id"),
        section=record.text("section"),
        title=record.text("title"),
        quote=record.text("quote"),
        duty_bearer=record.text("duty_bearer"),
        responsible_units=record.texts("responsible_units"),
        kind=record.text("kind"),
        period=record.text("period"),
        subject=record.text("subject"),
        metric=record.text("metric", ""),
        data_needed=record.text("data_needed", ""),
        computable=record.text("computable", ""),
        notes=record.text("notes", ""),
    )


def _known_clauses(record: Record, key: str, clauses: Mapping[str, Clause]) -> tuple[str, ...]:
    ids = record.texts(key)
    for clause in ids:
        if clause not in clauses:
            record.fail(f"没有条款“{clause}”", key)
    return ids


def _tasks(
    path: Path, clauses: Mapping[str, Clause], problems: Problems
) -> tuple[dict, tuple[Bundle, ...], tuple[str, ...]]:
    levels: dict[str, dict[str, tuple[str, ...]]] = {}
    with problems.catch():
        root = strictyaml.load(path)
        for name, record in _record(root, "levels").items():
            with problems.catch():
                if not isinstance(record, Record):
                    root.fail(f"层级“{name}”应为键值对", "levels")
                levels[name] = {key: record.texts(key) for key in CONDITIONS}
                record.done()
        bundles: dict[str, Bundle] = {}
        for record in root.records("bundles"):
            with problems.catch():
                bundle = _bundle(record, levels, clauses)
                if bundle.task_no in bundles:
                    record.fail(f"任务编号“{bundle.task_no}”重复", "task_no")
                bundles[bundle.task_no] = bundle
        offices = _offices(root, clauses)
        root.done()
        return levels, tuple(bundles.values()), offices
    return levels, (), ()


def _offices(root: Record, clauses: Mapping[str, Clause]) -> tuple[str, ...]:
    """Who can be sent a list of duties: those named here, else all responsible units."""
    known = {name: None for clause in clauses.values() for name in clause.addressees}
    offices = root.texts("offices")
    for name in offices:
        if name not in known:
            root.fail(f"没有一条写明由“{name}”负责", "offices")
    return offices or tuple(dict.fromkeys(name for one in clauses.values() for name in one.responsible_units))


def _bundle(record: Record, levels: Mapping, clauses: Mapping[str, Clause]) -> Bundle:
    bundle = Bundle(
        task_no=record.text("task_no"),
        level=record.one_of("level", levels),
        section=record.text("section"),
        title=record.text("title"),
        clauses=_known_clauses(record, "clauses", clauses),
    )
    if not bundle.clauses:
        record.fail("“clauses”应至少有一条", "clauses")
    record.done()
    return bundle


def _parameters(
    path: Path, clauses: Mapping[str, Clause], problems: Problems, shared: Mapping[str, Parameter]
) -> dict[str, Parameter]:
    def read(record: Record) -> Parameter:
        name, kind, choices = record.text("name"), record.one_of("type", PARAMETER_TYPES), record.texts("choices")
        if name in shared and kind != shared[name].type:
            record.fail(f"参数“{name}”的“type”应为“{shared[name].type}”", "type")
        return Parameter(
            name=name,
            no=record.text("no", ""),
            title=record.text("title"),
            type=kind,
            unit=record.text("unit"),
            clauses=_known_clauses(record, "clauses", clauses),
            why=record.text("why", ""),
            source=record.text("source", ""),
            values=dated_values(record, "values", kind, choices),
            choices=choices,
            words=_words(record, choices),
            if_open=record.text("if_open", ""),
        )

    return _each(path, "parameters", read, lambda parameter: parameter.name, problems, "参数“{name}”重复")


@cache
def shared_parameters() -> Mapping[str, Parameter]:
    """The parameters of every policy, by name (`parameters.yaml` beside the packs)."""
    return _parameters(Path(__file__).with_name(PARAMETERS), {}, Problems(), {})


def _with_shared(own: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters of a pack and those of every policy; what the pack says itself holds from the day it says."""
    found = {**own}
    for name, shared in shared_parameters().items():
        mine = own.get(name, shared)
        before = tuple(dated for dated in shared.values if dated[0] < mine.values[0][0])
        found[name] = mine if mine is shared else replace(mine, values=(*before, *mine.values))
    return found


def _words(record: Record, choices: tuple[str, ...]) -> dict[str, str]:
    """How a clerk reads the choices of a parameter."""
    words = _record(record, "words", Record())
    for name in words:
        if name not in choices:
            record.fail(f"“words”里的“{name}”不在“choices”里", "words")
    return {name: words.text(name) for name in words}


def dated_values(
    record: Record, key: str, kind: str, choices: tuple[str, ...]
) -> tuple[tuple[date, Value | None], ...]:
    """The values of `key` with the days from which they hold, each written `{from: 2025-07-01, value: …}`."""
    values = []
    for entry in record.records(key):
        values.append((entry.day("from"), _value(entry, kind, choices)))
        entry.done()
    if not values or [day for day, _ in values] != sorted({day for day, _ in values}):
        record.fail(f"“{key}”应至少有一项，日期由早到晚且不重复", key)
    return tuple(values)


def _value(entry: Record, kind: str, choices: tuple[str, ...]) -> Value | None:
    raw = entry.take("value")
    if raw == "" and kind != COUNT:
        return None
    if kind == "list":
        return entry.texts("value")
    try:
        return parse_value(entry.text("value"), kind, choices)
    except ValueError as error:
        return entry.fail(f"参数值“{raw}”不对：{error}", "value")


def _indicators(path: Path, clauses: Mapping[str, Clause], problems: Problems) -> tuple[Indicator, ...]:
    def read(record: Record) -> Indicator:
        (clause,) = _known_clauses(record, "clause", clauses) or (record.fail("缺少“clause”"),)
        applies = _record(record, "applies", Record())
        args = Record((key, record.take(key)) for key in record if key not in INDICATOR_KEYS)
        args.file, args.line, args.lines = record.file, record.line, record.lines
        return Indicator(
            clause=clause,
            family=record.text("family"),
            force=record.one_of("force", FORCES),
            period=record.text("period"),
            subject=record.text("subject"),
            args=args,
            applies={key: applies.texts(key) for key in applies},
            remedy=_remedy(record),
            file=record.file,
            line=record.line,
        )

    found = _each(path, "indicators", read, lambda item: item.clause, problems, "条款“{name}”的指标重复")
    return tuple(found.values())


def _remedy(record: Record) -> str:
    """What a unit has to do that does not meet the clause: one sentence that fits a printed column."""
    text = record.text("remedy")
    if not text:
        record.fail("“remedy”不能为空", "remedy")
    if len(text) > LONGEST_REMEDY:
        record.fail(f"“remedy”有{len(text)}个字，最多{LONGEST_REMEDY}个字", "remedy")
    return text


def _not_encoded(path: Path, clauses: Mapping[str, Clause], problems: Problems) -> dict[str, tuple[str, str]]:
    """Clause → (reason, where it shows); a pack without narrative clauses has no such file."""
    found: dict[str, tuple[str, str]] = {}
    if not path.exists():
        return found
    with problems.catch():
        root = strictyaml.load(path)
        for record in root.records("not_encoded"):
            with problems.catch():
                said = (record.text("reason"), record.text("where", ""))
                for clause in _known_clauses(record, "clauses", clauses):
                    if clause in found:
                        record.fail(f"条款“{clause}”已经写过理由", "clauses")
                    found[clause] = said
                record.done()
        root.done()
    return found
