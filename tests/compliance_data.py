"""Small datasets for the compliance tests: rows as plain dicts, missing columns empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

import pandas as pd

from toolkit.compute.compliance import compliance
from toolkit.forms import load_form
from toolkit.model.batch import Dataset
from toolkit.model.figures import Cell
from toolkit.model.form import Form
from toolkit.model.policy import Parameters
from toolkit.model.reports import ComplianceReport
from toolkit.model.result import Result
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy

USUAL = {"event": {"target_group": "离退休干部"}}
"""Cells of a row that a case is not about."""
UNIT = Unit("320001", "某某市教育局", "机关", "部门（单位）", short_names=("教育局",))


@cache
def form_of(policy_id: str, switches: frozenset[str] = frozenset()) -> Form:
    """The form of a policy, read once."""
    return load_form(load_policy(policy_id), switches)


def frame(form, sheet: str, rows: list[dict], unit: str) -> pd.DataFrame:
    """A typed table as reading makes it."""
    columns = form.by_name[sheet].columns
    rows = [USUAL.get(sheet, {}) | row for row in rows]
    data = {
        "_return": pd.Series([0] * len(rows), dtype="int64"),
        "_unit": pd.Series([row.get("_unit", unit) for row in rows], dtype=object),
        "_sheet": pd.Series([form.by_name[sheet].label] * len(rows), dtype=object),
        "_row": pd.Series([row.get("_row", number + 5) for number, row in enumerate(rows)], dtype="int64"),
    }
    for column in columns:
        values = [row.get(column.name) for row in rows]
        if column.type == "date":
            data[column.name] = pd.Series(pd.to_datetime(values), dtype="datetime64[s]")
        elif column.type == "integer":
            data[column.name] = pd.Series(values, dtype="Int64")
        elif column.type == "decimal":
            cells = [None if value is None else Decimal(str(value)) for value in values]
            data[column.name] = pd.Series(cells, dtype=object)
        else:
            data[column.name] = pd.Series(values, dtype=object)
    for row in rows:
        unknown = set(row) - {column.name for column in columns} - {"_unit", "_row"}
        assert not unknown, f"{sheet}: {unknown}"
    return pd.DataFrame(data)


def dataset(
    policy_id: str,
    tables: Mapping[str, list[dict]] | None = None,
    *,
    year: int,
    units: tuple[Unit, ...] = (UNIT,),
    returned: frozenset[str] | None = None,
    rejected: Mapping[str, list[dict]] | None = None,
    prior: Mapping[str, object] | None = None,
    missing: Mapping[str, frozenset[str]] | None = None,
    stats: Mapping[str, object] | None = None,
    open_cells: Mapping[str, Mapping[tuple[int, int], frozenset[str]]] | None = None,
    switches: frozenset[str] = frozenset(),
) -> Dataset:
    """A dataset of one or more units; rows without `_unit` belong to the first; `stats` fills annual_stat."""
    form = form_of(policy_id, switches)
    tables, first = dict(tables or {}), units[0].code
    if stats:
        tables["annual_stat"] = [*tables.get("annual_stat", []), *_stats(form, stats)]
    tables.setdefault("unit", [{"unit_code": unit.code, "_unit": unit.code} for unit in units])
    return Dataset(
        form=form,
        units=UnitList(units),
        tables={sheet.name: frame(form, sheet.name, tables.get(sheet.name, []), first) for sheet in form.sheets},
        rejected={
            sheet.name: frame(form, sheet.name, (rejected or {}).get(sheet.name, []), first) for sheet in form.sheets
        },
        returned=frozenset(unit.code for unit in units) if returned is None else returned,
        files={0: "单位.xlsx"},
        year=year,
        prior=prior or {},
        missing=missing or {},
        open_cells=open_cells or {},
    )


def _stats(form, stats: Mapping[str, object]) -> list[dict]:
    return [
        {"stat_code": row.key, "stat_key": row.values["stat_key"], "value": stats[row.values["stat_key"]]}
        for row in form.by_name["annual_stat"].fixed_rows
        if row.values["stat_key"] in stats
    ]


def report(data: Dataset, as_of: date | str, overrides: Mapping | None = None, extra=()) -> ComplianceReport:
    """The compliance report of a dataset."""
    policy = load_policy(data.form.policy)
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    return compliance(data, policy, Parameters(policy, min(day, date(data.year, 12, 31)), overrides), day, extra)


def cells(levels, nature: str = "硬性") -> list[Cell]:
    """One cell a level, each of a clause of its own."""
    return [Cell("1", str(n), nature, level, level, "", "", "", 1, None) for n, level in enumerate(levels)]


def of(found: ComplianceReport, clause: str, unit: str = UNIT.code) -> list[Result]:
    """The results of one clause and unit."""
    return [result for result in found.results if result.clause == clause and result.unit == unit]


def levels(found: ComplianceReport, clause: str, unit: str = UNIT.code) -> list[str]:
    """Their levels."""
    return [result.level for result in of(found, clause, unit)]
