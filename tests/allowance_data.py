"""Small datasets for the allowance tests, from tables as a clerk would write them."""

from __future__ import annotations

from decimal import Decimal
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
    full = [{**DEFAULTS.get(sheet, {}), **record} for record in records]
    data: dict[str, object] = {
        "_return": [places[record["单位"]] for record in full],
        "_unit": [record["单位"] for record in full],
        "_sheet": form.by_name[sheet].label,
        "_row": [int(record.get("行", number)) for number, record in enumerate(full, 5)],
    }
    for column in columns:
        raw = [record.get(column.label, "") or None for record in full]
        if column.type == "date":
            data[column.name] = pd.Series(pd.to_datetime(raw), dtype="datetime64[s]")
        elif column.type == "integer":
            data[column.name] = pd.array([None if item is None else int(item) for item in raw], dtype="Int64")
        elif column.type == "decimal":
            data[column.name] = pd.Series([None if item is None else Decimal(item) for item in raw], dtype=object)
        else:
            data[column.name] = pd.Series(raw, dtype=object)
    return pd.DataFrame(data)


def dataset(policy: Policy, year: int, tables: dict[str, list[dict]], *, refused=(), absent=(), switches=()) -> Dataset:
    """A dataset of the given rows; units, organisations and standards that are not given get the defaults.

    Args:
        refused: rows of `post` that were rejected; absent: units of the list that did not return.
    """
    form = load_form(policy, frozenset(switches))
    posts = [{**DEFAULTS["post"], **record} for record in (*tables.get("post", ()), *refused)]
    for record in posts:
        record.setdefault("人员编号", record.get("姓名", ""))
    refused = posts[len(tables.get("post", ())) :]
    posts = posts[: len(tables.get("post", ()))]
    names = dict.fromkeys(record["单位"] for record in (*posts, *refused, *tables.get("unit", ()))) or {"甲单位": None}
    places = {name: place for place, name in enumerate(names)}
    given = {record["单位"] for record in tables.get("unit", ())}
    units = [*tables.get("unit", ()), *({"单位": name} for name in names if name not in given)]
    listed = {(record.get("单位", "甲单位"), record["党组织代码"]) for record in tables.get("party_org", ())}
    orgs = list(tables.get("party_org", ()))
    for record in (*posts, *refused):
        if (record["单位"], record["党组织代码"]) not in listed:
            listed.add((record["单位"], record["党组织代码"]))
            orgs.append({"单位": record["单位"], "党组织代码": record["党组织代码"]})
    rows = {
        "post": posts,
        "unit": units,
        "party_org": orgs,
        **{k: v for k, v in tables.items() if k in ("study_group", "annual_stat")},
    }
    built = {sheet.name: frame(form, sheet.name, rows.get(sheet.name, []), places) for sheet in form.sheets}
    rejected = {sheet.name: frame(form, sheet.name, [], places).assign(_reason="") for sheet in form.sheets}
    rejected["post"] = frame(form, "post", list(refused), places).assign(_reason="错误")
    order = tuple(Unit(code, code, "机关", "部门（单位）") for code in (*names, *absent))
    return Dataset(
        form=form,
        units=UnitList(order),
        tables=built,
        rejected=rejected,
        returned=frozenset(names),
        files={place: f"{name}.xlsx" for name, place in places.items()},
        year=year,
    )


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
