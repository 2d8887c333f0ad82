"""Rounds of any size made without files: units, results, payments and their figures, for the tests of printed pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pandas as pd
import summary_cases as cases

from toolkit.compute.figures import advised, cells_of, figures_of, natures_of, terms_of, unit_figures
from toolkit.forms import load_form
from toolkit.model.batch import ACCEPTED, CONFLICT, UNREADABLE, Return
from toolkit.model.figures import Account, Money
from toolkit.model.merged import Merged, SheetCount
from toolkit.model.policy import Parameters
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.result import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, UNSET, WARNING, PersonAllowance, Result
from toolkit.model.rows import Evidence
from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.policies import load_policy
from toolkit.summary.unit_lines import UnitLines

YEARS = {"yizheng-2022": 2023, "yunnan-2025": 2025}
LONG = "某某省某某市某某自治县离退休干部服务管理中心第{}分中心筹备处"
KINDS = ("局", "镇", "社区", "中学", "有限公司")


@dataclass(frozen=True)
class Made:
    """A round without files."""

    lines: UnitLines
    merged: Merged


@cache
def made(count: int, pack: str, *, long: bool = False, rate: str = "300", quiet: bool = False) -> Made:
    """A round of `count` units.

    Args:
        long: names of 30 characters instead of short ones.
        rate: what a post is paid a month.
        quiet: everybody returned, and everything is met and paid.
    """
    random, policy, year = Random(count), load_policy(pack), YEARS[pack]
    units = UnitList(tuple(_unit(number, long) for number in range(count)))
    away = set() if quiet else {unit.code for unit in units.units[3::11]}
    day = date(year + 1, 1, 31)
    parameters = Parameters(policy, min(day, date(year, 12, 31)))
    merged = _merged(units, away, policy, year, random)
    persons = _persons(units, away, Decimal(rate), random, quiet)
    totals = {"persons": len(persons), **{key: _sum(persons, key) for key in ("due", "paid")}}
    used = {name: (str(one.at(day)), "") for name, one in policy.parameters.items() if one.at(day) is not None}
    money = AllowanceReport(pack, year, day, used, persons, {}, totals)
    results = advised(_results(units, policy, random, quiet), policy)
    natures = natures_of(policy, parameters)
    lines = unit_figures(cells_of(results, natures), merged.dataset(), list(units.by_code), terms_of(parameters))
    report = ComplianceReport(pack, year, day, {}, tuple(results), lines)
    figures = figures_of(report, policy, parameters, _account(units, away, persons))
    return Made(UnitLines(merged.dataset(), money, figures, policy), merged)


def _unit(number: int, long: bool) -> Unit:
    code = f"32108{number:04d}"
    name = LONG.format(number) if long else f"市第{number}{KINDS[number % len(KINDS)]}"
    return Unit(code, name, "机关", "部门（单位）", orgs=(KnownOrg(f"{code}-01", f"中共{name}支部", "党支部"),))


def _merged(units: UnitList, away: set[str], policy, year: int, random: Random) -> Merged:
    form = load_form(policy)
    returns = [_return(place, code, code in away) for place, code in enumerate(units.by_code)]
    returns = [item for item in returns if item is not None]
    counted = [item.unit for item in returns if item.state == ACCEPTED]
    tables = {sheet.name: cases.frame(sheet, 0) for sheet in form.sheets}
    tables["party_org"] = _orgs(form.by_name["party_org"], counted, random)
    refused = {
        name: table.iloc[:0].assign(_codes=pd.Series(dtype=object), _reason=pd.Series(dtype=object))
        for name, table in tables.items()
    }
    account = tuple(SheetCount(sheet.name, sheet.label, len(tables[sheet.name]), 0) for sheet in form.sheets)
    returns[0].rows_read = len(counted)
    return Merged(form, units, year, returns, tables, refused, [], account, 0)


def _return(place: int, code: str, away: bool) -> Return | None:
    """The file of a unit; of those away some returned nothing, some something that does not count."""
    state = (None, CONFLICT, UNREADABLE)[place % 3] if away else ACCEPTED
    return None if state is None else Return(place, f"{code}.xlsx", Path(code), state=state, unit=code)


def _orgs(sheet, counted: list[str], random: Random) -> pd.DataFrame:
    table = cases.frame(sheet, len(counted))
    members = [random.randrange(3, 60) for _ in counted]
    own = {
        "_unit": counted,
        "_return": list(range(len(counted))),
        "org_code": [f"{code}-01" for code in counted],
        "org_type": ["党支部"] * len(counted),
    }
    for name in ("parent_org_code", "is_temporary"):
        own[name] = pd.Series([None] * len(counted), dtype=object)
    for name in ("set_date", "dissolve_date"):
        own[name] = pd.Series([None] * len(counted), dtype="datetime64[s]")
    numbers = {name: pd.Series(members, dtype="Int64") for name in ("full_members", "total_members")}
    kept = {name: values for name, values in (own | numbers).items() if name in table.columns}
    return table.assign(**kept)


def _persons(
    units: UnitList, away: set[str], rate: Decimal, random: Random, quiet: bool
) -> tuple[PersonAllowance, ...]:
    found = []
    for code in units.by_code:
        for post in () if code in away else ("书记", "副书记", "委员")[: random.randrange(1, 4)]:
            due, level = rate * 12, MET
            paid = due if quiet else random.choice([due, due, due - rate, due + 100, None])
            if not quiet and random.random() < 0.05:
                due, level = None, UNDETERMINED
            found.append(_person(code, post, len(found), due, paid, level))
    return tuple(found)


def _person(code: str, post: str, number: int, due, paid, level: str) -> PersonAllowance:
    where = (Evidence(f"{code}.xlsx", "任职与补贴", 5 + number),)
    org, name = f"{code}-01", f"人{number}"
    return PersonAllowance(code, org, name, name, post, Decimal(12), None, due, paid, level, "", "", where)


def _results(units: UnitList, policy, random: Random, quiet: bool) -> list[Result]:
    clauses = list(policy.indicator_of) + [clause for bundle in policy.bundles for clause in bundle.clauses]
    clauses = clauses[:: 3 if len(units.units) > 100 else 1]
    spread = (MET, MET, MET, MET, MET, NOT_APPLICABLE, WARNING, NOT_MET, UNDETERMINED)
    found = []
    for code in units.by_code:
        bad = random.random()
        for clause in clauses:
            level = MET if quiet or random.random() > bad else random.choice(spread)
            found.append(Result(code, "", clause, level, {}, "理由" * 60, code="COUNT-MET"))
    if not quiet:
        found[0] = Result(found[0].unit, "", found[0].clause, UNSET, {}, "", parameter=next(iter(policy.parameters)))
    return found


def _account(units: UnitList, away: set[str], persons) -> Account:
    """Some units away reported money that is not merged; some money is only registered."""
    zero = Decimal(0)
    parts = {code: dict.fromkeys(("listed", "to_verify", "registered", "refused"), zero) for code in units.by_code}
    for one in persons:
        parts[one.unit]["to_verify" if one.level == UNDETERMINED else "listed"] += one.paid or zero
    for number, code in enumerate(sorted(away)):
        parts[code]["refused"] = Decimal(1200) * (number % 2)
    if away:
        parts[next(iter(units.by_code))]["registered"] = Decimal("7200.50")
    return Account({code: Money(reported=sum(own.values()), **own) for code, own in parts.items()})


def _sum(persons, key: str) -> Decimal:
    return sum((getattr(one, key) or Decimal(0) for one in persons), Decimal(0))
