"""Small datasets for the allowance tests, from tables as a clerk would write them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd

from toolkit.forms import load_form
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameters, Policy
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy, parse_value

FOLDER = Path(__file__).parent / "compute"

DEFAULTS = {
    "post": {
        "单位": "甲单位",
        "党组织代码": "01",
        "人员身份": "离退休党员",
        "职务": "书记",
        "任职日期": "2020-01-01",
        "是否领取补贴": "是",
    },
    "unit": {"书记补贴标准": "300", "副书记补贴标准": "210", "委员补贴标准": "210"},
    "party_org": {"单位": "甲单位", "设置形式": "党支部", "是否临时党组织": "否"},
    "study_group": {"单位": "甲单位"},
    "annual_stat": {"单位": "甲单位"},
}


@cache
def _form(folder: Path, switches: tuple[str, ...]):
    return load_form(load_policy(folder), frozenset(switches))


def cells(table: str) -> list[dict[str, str]]:
    """The rows of a table written with bars; the first line holds the labels.

    >>> cells('''姓名 | 职务
    ... 张三 | 书记''')
    [{'姓名': '张三', '职务': '书记'}]
    """
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def frame(form, sheet: str, records: list[dict[str, str]], places: dict[str, int]) -> pd.DataFrame:
    """A typed frame as reading hands it over; cells by label, the key 单位 for the unit."""
    columns = form.by_name[sheet].columns
    data: dict[str, object] = {
        "_return": [places[record["单位"]] for record in records],
        "_unit": [record["单位"] for record in records],
        "_sheet": form.by_name[sheet].label,
        "_row": [int(record.get("行", number)) for number, record in enumerate(records, 5)],
    }
    for column in columns:
        raw = [record.get(column.label, "") or None for record in records]
        if column.type == "date":
            data[column.name] = pd.Series(pd.to_datetime(raw), dtype="datetime64[s]")
        elif column.type == "integer":
            data[column.name] = pd.array([None if item is None else int(item) for item in raw], dtype="Int64")
        elif column.type == "decimal":
            data[column.name] = pd.Series([None if item is None else Decimal(item) for item in raw], dtype=object)
        else:
            data[column.name] = pd.Series(raw, dtype=object)
    return pd.DataFrame(data)


def dataset(policy: Policy, year: int, tables: dict, *, refused: dict | None = None, absent=(), switches=()) -> Dataset:
    """A dataset of the given rows; units, organisations and standards that are not given get the defaults.

    Args:
        tables: sheet → records, by label; refused: the same for rows that were rejected.
        absent: units of the list that did not return.
    """
    form, refused = _form(policy.folder, tuple(switches)), refused or {}
    merged, rejected = (
        {sheet: [_filled(sheet, record) for record in records] for sheet, records in given.items()}
        for given in (tables, refused)
    )
    posts = [*merged.get("post", ()), *rejected.get("post", ())]
    every = (*posts, *merged.get("unit", ()), *rejected.get("unit", ()))
    places = {name: place for place, name in enumerate(dict.fromkeys([r["单位"] for r in every] or ["甲单位"]))}
    stated = {record["单位"] for sheet in (merged, rejected) for record in sheet.get("unit", ())}
    units = [*merged.get("unit", ()), *(_filled("unit", {"单位": name}) for name in places if name not in stated)]
    return Dataset(
        form=form,
        units=UnitList(tuple(Unit(code, code, "机关", "部门（单位）") for code in (*places, *absent))),
        tables=_frames(form, {**merged, "unit": units, "party_org": _orgs(merged, posts)}, places),
        rejected={name: table.assign(_reason="错误") for name, table in _frames(form, rejected, places).items()},
        returned=frozenset(places),
        files={place: f"{name}.xlsx" for name, place in places.items()},
        year=year,
    )


def _filled(sheet: str, record: dict[str, str]) -> dict[str, str]:
    full = {**DEFAULTS.get(sheet, {}), **record}
    if sheet == "post":
        full.setdefault("人员编号", full.get("姓名", ""))
    return full


def _orgs(merged: dict, posts: list[dict]) -> list[dict]:
    """The organisations that are given, and a branch for every other code of the posts."""
    orgs = {(record["单位"], record["党组织代码"]): record for record in merged.get("party_org", ())}
    for post in posts:
        key = (post["单位"], post["党组织代码"])
        orgs.setdefault(key, _filled("party_org", dict(zip(("单位", "党组织代码"), key, strict=True))))
    return list(orgs.values())


def _frames(form, rows: dict, places: dict[str, int]) -> dict[str, pd.DataFrame]:
    names = [sheet.name for sheet in form.sheets]
    return {name: frame(form, name, rows[name], places) if rows.get(name) else _empty(form, name) for name in names}


_EMPTY: dict[tuple, pd.DataFrame] = {}


def _empty(form, sheet: str) -> pd.DataFrame:
    key = (form.policy, form.switches, sheet)
    if key not in _EMPTY:
        _EMPTY[key] = frame(form, sheet, [], {})
    return _EMPTY[key].copy()


def parameters(policy: Policy, day, overrides: dict[str, str] | None = None) -> Parameters:
    """The pack's parameters with overrides written as in the settings."""
    parsed = {}
    for name, text in (overrides or {}).items():
        known = policy.parameters[name]
        parsed[name] = parse_value(text, known.type, known.choices) if text else None
    return Parameters(policy, day, parsed)


def third_policy() -> Policy:
    """A made-up policy that exists only as YAML."""
    return load_policy(FOLDER / "third_policy")
