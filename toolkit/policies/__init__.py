"""The policy packs: clauses, dated parameters, indicators and task bundles as YAML, and their strict loader."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.errors import XltoolError
from toolkit.model.policy import (
    FORCES,
    PARAMETER_TYPES,
    Bundle,
    Clause,
    Indicator,
    Parameter,
    Policy,
    Value,
)
from toolkit.model.strictyaml import Record

FOLDER = Path(__file__).parent
_INDICATOR_KEYS = ("clause", "family", "force", "period", "subject", "applies")


def policy_ids() -> tuple[str, ...]:
    """The packs that ship with the toolkit, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml")))


def load_policy(name: str | Path) -> Policy:
    """The policy of a shipped pack's id or of a folder.

    Raises:
        XltoolError: P001 no such pack.
        DefinitionError: the pack breaks its own rules; with file and line.
    """
    folder = FOLDER / name if str(name) in policy_ids() else Path(name)
    if not (folder / "pack.yaml").is_file():
        raise XltoolError("P001", policy=name, known="、".join(policy_ids()))
    return _load(folder.resolve())


@cache
def _load(folder: Path) -> Policy:
    record = strictyaml.load(folder / "pack.yaml")
    clauses = _clauses(folder / "clauses.yaml")
    levels, bundles = _tasks(folder / "tasks.yaml", clauses)
    ends = record.text("ends", "")
    policy = Policy(
        id=record.text("id"),
        version=record.text("version"),
        title=record.text("title"),
        short_title=record.text("short_title"),
        document_no=record.text("document_no"),
        issuer=record.text("issuer"),
        effective=_date(record, "effective"),
        ends=date.fromisoformat(ends) if ends else None,
        first_year=int(record.text("first_year")),
        form_version=record.text("form_version"),
        form_title=record.text("form_title"),
        clauses=clauses,
        parameters=_parameters(folder / "parameters.yaml", clauses),
        indicators=_indicators(folder / "indicators.yaml", clauses),
        bundles=bundles,
        levels=levels,
        allowance=strictyaml.plain(record.take("allowance")),
        overlay={"sheets": record.take("sheets"), "choices": record.take("choices", Record())},
        groups=tuple((item.text("title"), item.texts("sections")) for item in record.records("groups")),
        folder=folder,
    )
    record.done()
    return policy


def _date(record: Record, key: str) -> date:
    try:
        return date.fromisoformat(record.text(key))
    except ValueError:
        return record.fail(f"“{key}”应为 2025-01-02 这样的日期", key)


def _clauses(path: Path) -> dict[str, Clause]:
    root = strictyaml.load(path)
    clauses: dict[str, Clause] = {}
    for record in root.records("clauses"):
        clause = Clause(
            id=record.text("id"),
            section=record.text("section"),
            title=record.text("title"),
            quote=record.text("quote"),
            duty_bearer=record.text("duty_bearer"),
            responsible_units=record.texts("responsible_units"),
            kind=record.text("kind"),
            period=record.text("period"),
            subject=record.text("subject"),
            metric=record.text("metric"),
            data_needed=record.text("data_needed"),
            computable=record.text("computable"),
            notes=record.text("notes"),
        )
        if clause.id in clauses:
            record.fail(f"条款“{clause.id}”重复", "id")
        record.done()
        clauses[clause.id] = clause
    root.done()
    return clauses


def _known_clauses(record: Record, key: str, clauses: dict[str, Clause]) -> tuple[str, ...]:
    ids = record.texts(key)
    for clause in ids:
        if clause not in clauses:
            record.fail(f"没有条款“{clause}”", key)
    return ids


def _tasks(path: Path, clauses: dict[str, Clause]) -> tuple[dict, tuple[Bundle, ...]]:
    root = strictyaml.load(path)
    level_records = root.take("levels")
    levels = {}
    for name, record in level_records.items():
        levels[name] = {
            "admin_level": record.texts("admin_level"),
            "unit_category": record.texts("unit_category"),
        }
        record.done()
    bundles = []
    for record in root.records("bundles"):
        bundles.append(
            Bundle(
                task_no=record.text("task_no"),
                level=record.one_of("level", levels),
                section=record.text("section"),
                title=record.text("title"),
                clauses=_known_clauses(record, "clauses", clauses),
            )
        )
        record.done()
    root.done()
    return levels, tuple(bundles)


def _parameters(path: Path, clauses: dict[str, Clause]) -> dict[str, Parameter]:
    root = strictyaml.load(path)
    found: dict[str, Parameter] = {}
    for record in root.records("parameters"):
        kind, choices = record.one_of("type", PARAMETER_TYPES), record.texts("choices")
        values = []
        for entry in record.records("values"):
            values.append((_date(entry, "from"), _value(entry, kind, choices)))
            entry.done()
        if not values or [day for day, _ in values] != sorted({day for day, _ in values}):
            record.fail("“values”应至少有一项，日期由早到晚且不重复", "values")
        parameter = Parameter(
            name=record.text("name"),
            no=record.text("no"),
            title=record.text("title"),
            type=kind,
            unit=record.text("unit"),
            clauses=_known_clauses(record, "clauses", clauses),
            why=record.text("why"),
            source=record.text("source"),
            values=tuple(values),
            choices=choices,
        )
        if parameter.name in found:
            record.fail(f"参数“{parameter.name}”重复", "name")
        record.done()
        found[parameter.name] = parameter
    root.done()
    return found


def _value(entry: Record, kind: str, choices: tuple[str, ...]) -> Value | None:
    raw = entry.take("value")
    if raw == "":
        return None
    if kind == "list":
        return entry.texts("value")
    try:
        return parse_value(entry.text("value"), kind, choices)
    except ValueError as error:
        return entry.fail(f"参数值“{raw}”不对：{error}", "value")


def parse_value(text: str, kind: str, choices: tuple[str, ...] = ()) -> Value:
    """A parameter's value from text; raises ValueError with a Chinese reason.

    >>> parse_value("300", "decimal")
    Decimal('300')
    """
    if kind == "flag":
        if text not in ("on", "off"):
            raise ValueError("只能是 on 或 off")
        return text == "on"
    if kind == "integer":
        return int(text)
    if kind == "decimal":
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValueError("不是数字") from error
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "list":
        return tuple(part for part in re.split(r"[;；、,，\n]", text) if part)
    if kind == "month_day" and not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError("应为 07-01 这样的月日")
    if kind == "choice" and text not in choices:
        raise ValueError(f"只能是 {'、'.join(choices)}")
    return text


def _indicators(path: Path, clauses: dict[str, Clause]) -> tuple[Indicator, ...]:
    if not path.exists():
        return ()
    root = strictyaml.load(path)
    indicators, seen = [], set()
    for record in root.records("indicators"):
        (clause,) = _known_clauses(record, "clause", clauses) or (record.fail("缺少“clause”"),)
        if clause in seen:
            record.fail(f"条款“{clause}”的指标重复", "clause")
        seen.add(clause)
        applies = record.take("applies", Record())
        indicators.append(
            Indicator(
                clause=clause,
                family=record.text("family"),
                force=record.one_of("force", FORCES),
                period=record.text("period"),
                subject=record.text("subject"),
                args={key: value for key, value in record.items() if key not in _INDICATOR_KEYS},
                applies={key: applies.texts(key) for key in applies},  # type: ignore[union-attr]
                file=record.file,
                line=record.line,
            )
        )
    root.done()
    return tuple(indicators)
