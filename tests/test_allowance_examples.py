"""The worked examples of the allowances, exactly; each file is readable by the policy's author."""

from datetime import date
from decimal import Decimal

import pytest

from tests.allowance_data import FOLDER, cells, dataset, parameters
from toolkit.compute.allowance import allowance
from toolkit.model.people import Rulings
from toolkit.model.strictyaml import load, plain
from toolkit.policies import load_policy

TABLES = {"posts": "post", "unit": "unit", "orgs": "party_org", "groups": "study_group", "statistics": "annual_stat"}
KEYS = {"no", "case", "clause", "decided", "year", "as_of", "parameters", "refused", "absent"}
KEYS |= {"persons", "units", "by_month_rule", "confirmed"}


def examples():
    for path in sorted(FOLDER.glob("allowance_*.yaml")):
        book = plain(load(path))
        for example in book["examples"]:
            assert not set(example) - KEYS - set(TABLES), f"{path.name} {example['no']}"
            rules = example.get("by_month_rule") or {None: example.get("persons", {})}
            for rule, persons in rules.items():
                yield pytest.param(book, example, rule, persons, id=f"{example['no']}{'-' + rule if rule else ''}")


@pytest.mark.parametrize(("book", "example", "rule", "persons"), list(examples()))
def test_worked_example(book, example, rule, persons):
    report = computed(book, example, rule)
    for name, expected in persons.items():
        assert seen(report, name, expected) == expected
    for unit, expected in example.get("units", {}).items():
        assert {key: text(report.units[unit][key]) for key in expected} == expected
    assert persons or example.get("units")


def computed(book, example, rule):
    folder = FOLDER / book["policy"]
    policy = load_policy(folder if folder.is_dir() else book["policy"])
    assert example["clause"] in policy.clauses
    as_of = date.fromisoformat(example.get("as_of", book["as_of"]))
    tables = {sheet: cells(example[key]) for key, sheet in TABLES.items() if key in example}
    data = dataset(
        policy,
        int(example.get("year", book["year"])),
        tables,
        refused={"post": cells(example["refused"])} if "refused" in example else {},
        absent=example.get("absent", ()),
    )
    data.rulings = confirmed(example.get("confirmed", ()), tables["post"]) if "post" in tables else data.rulings
    overrides = dict(example.get("parameters", {}))
    if rule:
        overrides["month_rule"] = rule
    return allowance(data, policy, parameters(policy, as_of, overrides), as_of)


def confirmed(names, posts):
    """Somebody has confirmed that the rows of these names are about one person each."""
    rows = [(post["姓名"], post["出生年月"], post["单位"]) for post in posts if post["姓名"] in names]
    return Rulings(same={(name, born): frozenset(row[2] for row in rows if row[0] == name) for name, born, _ in rows})


def seen(report, name, expected):
    rows = [row for row in report.persons if name in (row.name, row.person)]
    assert len({(row.level, row.reason, row.number) for row in rows}) == 1
    known = {"level": rows[0].level, "reason": rows[0].reason, "fix": rows[0].fix, "clause": rows[0].clause}
    known["due"] = text(None if rows[0].due is None else sum(row.due for row in rows))
    known["months"] = text(sum(row.months for row in rows))
    known["posts"] = {row.post: text(row.due) for row in rows if row.due}
    figures = [result.figures for result in report.results if rows[0].evidence[0] in result.evidence]
    known["overlap"] = max(found.get("重叠月数", "0") for found in figures)
    return {key: known[key] for key in expected}


def text(value):
    if value is None:
        return "null"
    return f"{value:f}" if isinstance(value, Decimal) else value
