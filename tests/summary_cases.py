"""A small round made by hand for the tests of the summaries: eight units, hostile texts, every state and level."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd

from toolkit.compute.figures import cells_of, figures_of, natures_of, unit_figures
from toolkit.forms import load_form
from toolkit.model.batch import STATES, Repair, Return
from toolkit.model.figures import Account, Figures, Money, Registered, Terms
from toolkit.model.finding import Finding
from toolkit.model.merged import Merged, SheetCount
from toolkit.model.policy import Parameters
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.result import (
    LEVELS,
    UNSET,
    PersonAllowance,
    Result,
)
from toolkit.model.rows import Evidence
from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.policies import load_policy

ID_NUMBER, MOBILE = "11010519491231002X", "13812345678"
HOSTILE = ("=1+1", "{=1+1}", "http://example.invalid/", "internal:A1", "@SUM(A1)", "#N/A")
NAMES = ("市教育局", "市财政局", "=市水利局", "市农业农村局*", "市文化和旅游局", "真州镇", "青山镇", "市档案馆")
UNITS = UnitList(
    tuple(
        Unit(
            f"32108100{number}",
            name,
            "机关",
            "部门（单位）",
            orgs=(KnownOrg(f"32108100{number}-01", f"中共{name}离退休干部支部委员会", "党支部"),),
        )
        for number, name in enumerate(NAMES, 1)
    )
)
CODES = tuple(UNITS.by_code)
AS_OF = date(2024, 1, 15)


@cache
def policy():
    return load_policy("yizheng-2022")


@cache
def form():
    return load_form(policy())


def returns() -> list[Return]:
    """One file in every state, two accepted, and one of an unknown unit."""
    found = []
    for index, state in enumerate((*STATES, "accepted")):
        unit = "" if state in ("unreadable", "ignored") else CODES[index % len(CODES)]
        found.append(Return(index, f"返回{index}.xlsx", Path(f"{index}.xlsx"), state=state, unit=unit))
    found[0].repairs.append(Repair("返回0.xlsx", "任职与补贴", "J7", "２０２３年", "2023", "全角数字改为半角"))
    found[0].fill_date = date(2023, 12, 20)
    found[0].not_data = 3
    return found


def findings() -> list[Finding]:
    """Out of order on purpose; with secrets and with text that looks like formulas."""
    rows = [
        ("提示", CODES[1], "活动台账", ("C9",), "没有登记活动"),
        ("错误", CODES[1], "任职与补贴", ("D10",), "人员编号像身份证号"),
        ("疑问", CODES[0], "任职与补贴", ("L12",), f"与联系电话 {MOBILE} 相同"),
        ("错误", CODES[0], "任职与补贴", ("D5", "D6"), "离任日期早于任职日期"),
        ("错误", "", "", (), "文件打不开"),
    ]
    values = (ID_NUMBER, *HOSTILE)
    return [
        Finding(f"T-{index:03d}", severity, message, "请核对", unit, f"{unit}.xlsx", sheet, cells, "列", values[index])
        for index, (severity, unit, sheet, cells, message) in enumerate(rows)
    ]


def person(unit: int, name: str, months: int, due: str | None, paid: str | None, level: str) -> PersonAllowance:
    """A row of the payment list at 300 a month."""
    code = CODES[unit]
    return PersonAllowance(
        unit=code,
        org=f"{code}-01",
        person=f"P-{name}",
        name=name,
        post="书记",
        months=Decimal(months),
        rate=Decimal(300),
        due=None if due is None else Decimal(due),
        paid=None if paid is None else Decimal(paid),
        level=level,
        reason=f"{name}的理由",
        clause="YZ-S4-l",
        evidence=(Evidence("返回0.xlsx", "任职与补贴", 5), Evidence("返回0.xlsx", "任职与补贴", 9)),
        monthly=tuple((f"2023-{month:02d}", Decimal(300)) for month in range(1, months + 1)),
    )


def allowance() -> AllowanceReport:
    """Units out of order, an unknown amount due, an unknown amount paid."""
    persons = (
        person(1, "李甲", 12, "3600.00", "3600.00", "达标"),
        person(0, "张乙", 9, "2700.00", "2000.05", "不达标"),
        person(0, "王丙", 3, "900.00", None, "无法判定"),
        person(2, "赵丁", 12, None, "3600.00", "无法判定"),
        person(3, "孙戊", 0, "0.00", "100.00", "预警"),
    )
    units = {CODES[0]: {"pool_level": "不达标", "standard_level": "达标", "budget_level": "预警"}}
    totals = {"due": Decimal("7200.00"), "paid": Decimal("9300.05")}
    parameters = {"month_rule": ("first_day", "YZ-S4-l"), "secretary_minimum": ("300", "批次设置")}
    return AllowanceReport("yizheng-2022", 2023, AS_OF, parameters, persons, units, totals)


def account() -> Account:
    """The money of `allowance`, with a row that the policy does not regulate, a refused row and an unread one."""
    row = Registered(
        CODES[0], f"{CODES[0]}-01", "钱己", "副书记", Decimal("1200.00"), Evidence("返回0.xlsx", "任职与补贴", 20)
    )
    parts: dict[str, dict[str, Decimal]] = {code: dict.fromkeys(("listed", "to_verify"), Decimal(0)) for code in CODES}
    for one in allowance().persons:
        parts[one.unit]["to_verify" if one.level == "无法判定" else "listed"] += one.paid or 0
    parts[CODES[0]]["registered"] = row.amount
    parts[CODES[1]]["refused"] = Decimal("500.00")
    units = {
        code: Money(reported=sum(own.values()), **own, unread=int(code == CODES[2])) for code, own in parts.items()
    }
    return Account(units, (row,))


def compliance(clauses: int = 30) -> ComplianceReport:
    """Every level; two subjects under some clauses; one unit without any result."""
    codes = [clause.id for clause in policy().clauses.values() if clause.computable == "yes"][:clauses]
    codes += [clause for bundle in policy().bundles for clause in bundle.clauses][:5]
    results = []
    for row, unit in enumerate(CODES[:-1]):
        for column, code in enumerate(codes):
            for subject in range(1 + (row + column) % 3 // 2):
                level = LEVELS[(row * 5 + column * 3 + subject) % len(LEVELS)]
                evidence = (Evidence("返回0.xlsx", "活动台账", 5 + column),)
                named = "occasions" if level == UNSET else ""
                why = "NO-SUBJECT" if level == "不适用" else "COUNT-MET"
                facts = ({"次数": str(column)}, "理由", evidence, "请补报", why, named)
                results.append(Result(unit, f"对象{subject}", code, level, *facts))
    results.reverse()
    parameters = {"month_rule": ("first_day", "YZ-S4-l")}
    cells = cells_of(results, natures_of(policy(), Parameters(policy(), AS_OF)))
    units = unit_figures(cells, merged().dataset(), CODES, Terms(1, 1, 1))
    return ComplianceReport("yizheng-2022", 2023, AS_OF, parameters, tuple(results), units)


def figures(clauses: int = 30) -> Figures:
    """The figures of `compliance` and `account`."""
    return figures_of(compliance(clauses), policy(), Parameters(policy(), AS_OF), account())


def value_for(column, row: int):
    """A plausible value of a column; every third row is empty."""
    if row % 3 == 2:
        return None
    is_code = column.key or column.references
    texts = (f"{CODES[0]}-01", ID_NUMBER) if is_code else (*HOSTILE, ID_NUMBER, MOBILE, "文字")
    choices = form().choices(column) or ("无",)
    return {
        "integer": row,
        "decimal": Decimal("3600.10") if row % 2 else Decimal("1234567890123456.78"),
        "date": pd.Timestamp("2023-03-15"),
        "choice": choices[row % len(choices)],
        "month": "1950-08",
    }.get(column.type, texts[row % len(texts)])


DTYPES = {"integer": "Int64", "date": "datetime64[s]"}


def frame(sheet, rows: int) -> pd.DataFrame:
    """A typed table of one sheet."""
    columns = {
        "_return": [0] * rows,
        "_unit": [CODES[row % 2] for row in range(rows)],
        "_sheet": [sheet.label] * rows,
        "_row": [5 + row for row in range(rows)],
    }
    for column in sheet.columns:
        values = [value_for(column, row) for row in range(rows)]
        columns[column.name] = pd.Series(values, dtype=DTYPES.get(column.type, object))
    return pd.DataFrame(columns)


def merged(rows: int = 9, rejected: int = 2) -> Merged:
    """Tables of every sheet, refused rows in `post`, an account that balances."""
    tables = {sheet.name: frame(sheet, rows) for sheet in form().sheets}
    tables["party_org"]["org_code"] = [f"{unit}-{row:02d}" for row, unit in enumerate(tables["party_org"]["_unit"])]
    tables["party_org"]["parent_org_code"] = pd.Series([None] * rows, dtype=object)
    tables["annual_stat"] = annual()
    refused = {}
    for sheet in form().sheets:
        bad = frame(sheet, rejected if sheet.name == "post" else 0)
        codes, reasons = ["T-001,T-003"] * len(bad), ["人员编号像身份证号"] * len(bad)
        refused[sheet.name] = bad.assign(
            _codes=pd.Series(codes, dtype=object), _reason=pd.Series(reasons, dtype=object)
        )
    account = tuple(
        SheetCount(sheet.name, sheet.label, len(tables[sheet.name]), len(refused[sheet.name]))
        for sheet in form().sheets
    )
    files = returns()
    files[0].rows_read = sum(count.read for count in account) + files[0].not_data
    return Merged(form(), UNITS, 2023, files, tables, refused, findings(), account, files[0].not_data)


def annual() -> pd.DataFrame:
    """Annual statistics of two units; sensitive ones add up to 1, only the first to 20."""
    sheet = form().by_name["annual_stat"]
    first = next(row.key for row in sheet.fixed_rows if row.sensitive)
    records = []
    for number, unit in enumerate(CODES[:2]):
        for place, row in enumerate(sheet.fixed_rows):
            value = number if row.sensitive and row.key != first else 10
            record = dict.fromkeys(sheet.names) | {"stat_code": row.key, "value": Decimal(value)}
            records.append({"_return": 0, "_unit": unit, "_sheet": sheet.label, "_row": 5 + place} | record)
    return pd.DataFrame(records)


def parts(data: bytes) -> dict[str, str]:
    """The XML parts of a workbook."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name).decode("utf-8") for name in package.namelist()}


def formulas(data: bytes) -> list[str]:
    """All formulas of a workbook."""
    return [
        text
        for name, xml in parts(data).items()
        if name.startswith("xl/worksheets/")
        for text in re.findall(r"<f[^>]*>([^<]*)</f>", xml)
    ]
