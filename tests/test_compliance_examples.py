"""The worked examples of calculations C1, C2 and C5 to C13, exactly; the traps of section 5 stand among them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.compliance_data import UNIT, cells, dataset, form_of, of, report
from toolkit.compute.families import core_share, floating, medal, organisation_form, reserve
from toolkit.compute.levels import grace, term
from toolkit.compute.periods import add_months
from toolkit.model.catalogue import entry
from toolkit.model.figures import shares
from toolkit.model.result import worst
from toolkit.model.strictyaml import load, plain
from toolkit.policies import load_policy, parse_value

FOLDER = Path(__file__).parent / "compute"
KEYS = {"no", "case", "clause", "policy", "year", "as_of", "given", "expect", "reason", "figures", "call", "unit"}
KEYS |= {
    "returned",
    "rejected",
    "prior",
    "stats",
    "parameters",
    "branches",
    "liaisons",
    "cultivated",
    "name",
    "org_type",
}
KEYS |= {"reasons"}
ROWS = {
    "event": {"host_code": "320001"},
    "party_org": {
        "org_type": "党支部",
        "is_temporary": "否",
        "standalone": "是",
        "setting_place": "原单位",
        "set_date": "2010-01-01",
        "full_members": 10,
        "total_members": 10,
    },
    "post": {"post_no": "1", "org_code": "320001-01", "person_key": "P", "person_status": "离退休党员"},
    "floating": {"float_no": "1", "direction": "流出", "float_kind": "长期异地居住"},
}


def examples():
    for path in sorted(FOLDER.glob("compliance_*.yaml")):
        book = plain(load(path))
        for example in book["examples"]:
            assert not set(example) - KEYS, f"{path.name} {example['no']}"
            yield pytest.param(book["defaults"] | example, id=f"{example['no']} {example['case']}")


@pytest.mark.parametrize("example", list(examples()))
def test_worked_example(example):
    if "call" in example:
        assert CALLS[example["call"]](**example["given"]) == example["expect"]
        return
    found = report(build(example), example["as_of"], settings_of(example))
    clauses = example["clause"] if isinstance(example["clause"], list) else [example["clause"]]
    results = [result for clause in clauses for result in of(found, clause)]
    assert [result.level for result in results] == example["expect"]
    assert example.get("reason", "") in results[0].reason
    for part, result in zip(example.get("reasons", []), results, strict=False):
        assert part in result.reason
    assert {key: results[0].figures[key] for key in example.get("figures", {})} == example.get("figures", {})


def settings_of(example):
    """The parameters that an example sets, as the campaign's settings would hold them."""
    known = load_policy(example["policy"]).parameters
    found = example.get("parameters", {})
    return {
        name: tuple(text) if isinstance(text, list) else parse_value(text, known[name].type, known[name].choices)
        for name, text in found.items()
    }


def build(example):
    given = situation(example)
    facts = dict(example.get("unit", {}))
    facts |= {"speaks": facts["speaks"] == "是"} if "speaks" in facts else {}
    unit = replace(UNIT, **facts | ({"short_names": tuple(facts["short_names"])} if "short_names" in facts else {}))
    tables = {sheet: rows(sheet, found, example["policy"]) for sheet, found in given.items()}
    rejected = {sheet: rows(sheet, found, example["policy"]) for sheet, found in example.get("rejected", {}).items()}
    return dataset(
        example["policy"],
        tables,
        year=int(example["year"]),
        units=(unit,),
        returned=frozenset() if example.get("returned") == [] else None,
        rejected=rejected,
        prior=example.get("prior"),
        stats=example.get("stats"),
    )


def situation(example):
    """The rows of an example; a few shapes are written as numbers."""
    given = dict(example.get("given", {}))
    if "name" in example:
        given["party_org"] = [{"org_name": example["name"], "org_type": example["org_type"]}]
    if "branches" in example:
        given["party_org"] = [{}] * int(example["branches"])
        liaison = {"post_type": "党建联络员", "person_status": "在职党员", "start_date": "2020-01-01"}
        given["post"] = [liaison | {"org_code": f"320001-{n:02d}"} for n in range(1, int(example["liaisons"]) + 1)]
    if "cultivated" in example:
        example["unit"] = {"level": "省级", "speaks": "是"}
        tagged = {"post_type": "书记", "programme_tag": "省级培育书记"}
        given["post"] = [tagged | {"person_key": f"P{n}"} for n in range(int(example["cultivated"]))]
    return given


def rows(sheet, found, policy):
    columns = {column.name: column for column in form_of(policy).by_name[sheet].columns}
    result = []
    for number, row in enumerate(found, 1):
        row = {key: value for key, value in ROWS.get(sheet, {}).items() if key in columns} | row
        if sheet == "party_org":
            row.setdefault("org_code", f"320001-{number:02d}")
        if sheet == "unit":
            row.setdefault("unit_code", "320001")
        result.append({key: number_of(value, columns[key].type) for key, value in row.items()})
    return result


def number_of(value, kind):
    return int(value) if kind == "integer" else value


def day(text):
    return date.fromisoformat(text) if text else None


def hours(text):
    return Decimal(text) if text else None


def share(classes):
    verdict = core_share.core_share([tuple(map(hours, pair)) for pair in classes], Decimal("0.70"), closed=True)
    return [verdict.level, verdict.percent or "", list(verdict.classes)]


def year_due(full, join):
    found = medal.due_year(day(full), day(join))
    return [str(found.year or ""), entry(found.mark).message if found.mark else ""]


def rate(levels):
    share = shares(cells(levels))["据实"]
    return {"worst": worst(levels), "rate": f"{share.met}/{share.asked}"}


def quarters_due(out, back, year, as_of):
    return [str(number) for number in floating.due_quarters(day(out), day(back), int(year), day(as_of), Decimal("0.5"))]


CALLS = {
    "possible_forms": lambda full, total: list(organisation_form.possible_forms(int(full), int(total))),
    "core_share": share,
    "grace": lambda days, ok, limit: grace(int(days) if days else None, int(ok), int(limit)),
    "term": lambda end, as_of, remind: term(day(end), day(as_of), int(remind)),
    "limit_day": lambda retired_on, years: str(reserve.limit_day(day(retired_on), int(years))),
    "in_service": lambda now, before: reserve.in_service_level(
        tuple(map(int, now)), tuple(map(int, before)) if before else None
    )[0],
    "add_months": lambda day, months: str(add_months(date.fromisoformat(day), int(months))),
    "due_quarters": quarters_due,
    "due_year": year_due,
    "roll_up": rate,
}
