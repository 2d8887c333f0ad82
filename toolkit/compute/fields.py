"""The kinds of fields of the policy packs: rows, columns, conditions, limits, parameters, totals.

How definitions are bound: `toolkit.model.binder`; how names are looked up: `toolkit.compute.lookups`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from toolkit.compute.filters import OPERATORS, Condition, Number, RowFilter, interned
from toolkit.compute.lookups import Reading, nearest
from toolkit.model import organisations
from toolkit.model.binder import REQUIRED, SCALAR, SCHEMAS, TEXTS, Kind, Schema, Texts
from toolkit.model.form import Form
from toolkit.model.strictyaml import Record
from toolkit.model.windows import Window

STATS = "annual_stat"
VERTICAL = "vertical"


@dataclass(frozen=True)
class Rows(Kind):
    """A row filter (see `toolkit.compute.filters`); `unsure` columns stand beside it where it has some."""

    unsure: bool = False

    def read(self, at: Reading, key: str, default: Any) -> RowFilter | None:
        """The filter; the default where none is written."""
        part = at.part(key)
        if part is None:
            return at.fail(f"缺少“{key}”") if default is REQUIRED else default
        sheet = part.record.text("sheet")
        if sheet not in at.form.by_name:
            part.fail(f"没有表“{sheet}”" + nearest(sheet, at.form.by_name), "sheet")
        conditions = part.conditions("where", sheet)
        active = tuple(part.column(name, sheet, "active") for name in part.record.texts("active"))
        if active and len(active) != 2:
            part.fail("“active”应为起、止两列", "active")
        found = RowFilter(sheet, conditions, active or None, part.organisations(sheet))  # type: ignore[arg-type]
        part.record.done()
        if self.unsure:
            names = tuple(at.column(name, sheet, "unsure") for name in at.record.texts("unsure"))
            found = replace(found, unsure=names)
        at.named.columns.setdefault(sheet, set()).update(found.columns())
        return interned(found)

    def beside(self) -> tuple[str, ...]:
        """The columns in which an empty cell leaves open whether a row counts."""
        return ("unsure",) if self.unsure else ()

    def schema(self) -> Schema:
        """Sheet, conditions, columns of the days in force, selection of organisations."""
        return {"$ref": "#/$defs/rows"}


@dataclass(frozen=True)
class Column(Kind):
    """A column of the sheet of a field with rows (see `Reading.sheet_of`).

    Args:
        role: `key`, `since` or `until`: where nothing is written, the column that the form says for it.
        into: what it is kept as.
    """

    of: str = "rows"
    role: str = ""
    into: type = str

    def read(self, at: Reading, key: str, default: Any) -> str:
        """The name of the column."""
        if key not in at.record and not default:  # an optional column; of a role only where there are rows
            return ""
        sheet = at.sheet_of(self.of)
        if key not in at.record and self.role:
            known = role_of(at.form, sheet, self.role)
            if known or at.form.by_name[sheet].layout == VERTICAL:
                return self.into(at.column(known, sheet, key)) if known else ""
        name = at.record.text(key, default)
        return self.into(at.column(name, sheet, key)) if name else ""

    def wants(self, default: Any) -> bool:
        """A role is known from the form."""
        return default is REQUIRED and not self.role


def role_of(form: Form, sheet: str, role: str) -> str:
    """The column of a sheet that its rows are named by, begin with or end with; "" where the form says none.

    A sheet with one record is about the unit itself: it needs no name.
    """
    known = form.by_name[sheet]
    if known.layout == VERTICAL:
        return ""
    return next(iter(known.key), "") if role == "key" else getattr(known, role)


@dataclass(frozen=True)
class Columns(Kind):
    """Columns of the sheet of a field with rows."""

    of: str = "rows"

    def read(self, at: Reading, key: str, default: Any) -> tuple[str, ...]:
        """Their names; none where a field with a default is not written."""
        if key not in at.record and default is not REQUIRED:
            return default
        sheet = at.sheet_of(self.of)
        return tuple(at.column(name, sheet, key) for name in at.record.texts(key))

    def schema(self) -> Schema:
        """One name or several."""
        return TEXTS


@dataclass(frozen=True)
class Conditions(Kind):
    """Conditions on the rows of a field, or on the unit's own row."""

    of: str = "rows"

    def read(self, at: Reading, key: str, default: Any) -> tuple[Condition, ...]:
        """The conditions; none where a field with a default is not written."""
        if default is REQUIRED:
            at.record.take(key)
        return at.conditions(key, at.sheet_of(self.of)) if key in at.record else ()

    def schema(self) -> Schema:
        """Column → values."""
        return {"$ref": "#/$defs/conditions"}


PARAMETER: Schema = {"$ref": "#/$defs/parameter"}
PACK_SCHEMAS = {
    **SCHEMAS,
    "parameter": {"type": "object", "properties": {"parameter": SCALAR}, "required": ["parameter"]},
    "condition": {
        "type": "object",
        "properties": {name: {"anyOf": [TEXTS, PARAMETER]} for name in OPERATORS},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    },
    "conditions": {
        "type": "object",
        "additionalProperties": {"anyOf": [TEXTS, {"$ref": "#/$defs/condition"}]},
    },
    "rows": {
        "type": "object",
        "properties": {
            "sheet": SCALAR,
            "where": {"$ref": "#/$defs/conditions"},
            "active": {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2},
            "organisations": {"enum": list(organisations.SELECTIONS)},
        },
        "required": ["sheet"],
        "additionalProperties": False,
    },
}
"""What the schema of a pack refers to under `$defs`."""


@dataclass(frozen=True)
class Limit(Kind):
    """A number: a literal, or `{parameter: name}`."""

    def read(self, at: Reading, key: str, default: Any) -> Number | None:
        """The number."""
        return default if key not in at.record and default is not REQUIRED else at.limit(key)

    def schema(self) -> Schema:
        """A number or a parameter."""
        return {"anyOf": [{"type": ["number", "string"]}, PARAMETER]}


@dataclass(frozen=True)
class ParameterName(Kind):
    """The name of a parameter of the pack, of a type where one is asked for."""

    of_type: str = ""

    def read(self, at: Reading, key: str, default: Any) -> str:
        """The name."""
        name = at.record.text(key, default)
        return at.parameter(name, key, self.of_type) if name else ""


@dataclass(frozen=True)
class Listed(Kind):
    """A list of texts, or `{parameter: name}` of a parameter of type list."""

    def read(self, at: Reading, key: str, default: Any) -> tuple[str, ...] | Number:
        """The texts, or the parameter."""
        if isinstance(at.record.get(key), Record):
            return Number(parameter=at.named_parameter(key, "list"))
        return Texts().read(at, key, default)

    def schema(self) -> Schema:
        """Texts or a parameter."""
        return {"anyOf": [TEXTS, PARAMETER]}


@dataclass(frozen=True)
class Stat(Kind):
    """The key of a total of the form; one that is read beside those that a level rests on is kept as another type."""

    into: type = str

    def read(self, at: Reading, key: str, default: Any) -> str:
        """The key."""
        name = at.record.text(key, default)
        rows = at.form.by_name[STATS].fixed_rows if STATS in at.form.by_name else ()
        known = {row.values.get("stat_key", "") for row in rows}
        if name and name not in known:
            at.fail(f"没有统计指标“{name}”" + nearest(name, known), key)
        return self.into(name)


@dataclass(frozen=True)
class Clauses(Texts):
    """Clauses of the pack."""

    def read(self, at: Reading, key: str, default: Any) -> tuple[str, ...]:
        """Their ids."""
        found = super().read(at, key, default)
        for name in found:
            if name not in at.policy.clauses:
                at.fail(f"没有条款“{name}”", key)
        return found


@dataclass(frozen=True)
class Mapped(Kind):
    """A mapping of names that the pack chooses; `columns`: they are columns of the sheet `unit`."""

    columns: bool = False

    def read(self, at: Reading, key: str, default: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Name → texts, in their order."""
        part = at.part(key) if key in at.record or default is not REQUIRED else at.fail(f"缺少“{key}”")
        return tuple((str(name), part.record.texts(name)) for name in part.record) if part else ()

    def schema(self) -> Schema:
        """Any names."""
        return {"type": "object", "additionalProperties": TEXTS}


@dataclass(frozen=True)
class OwnClause(Kind):
    """The clause of the indicator itself; it is not written here."""

    written = False

    def read(self, at: Reading, key: str, default: Any) -> str:
        """Its id."""
        return at.indicator.clause


@dataclass(frozen=True)
class OwnWindows(Kind):
    """The windows of the indicator, as the form has them; `seasons`, `from` and `late` are what makes them."""

    written = False

    def read(self, at: Reading, key: str, default: Any) -> tuple[Window, ...]:
        """The windows."""
        return tuple(window for window in at.form.windows if window.clause == at.indicator.clause)
