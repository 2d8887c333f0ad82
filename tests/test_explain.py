"""Explanations: text, parameters, rows with their values, steps and level of one result; a person month by month."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from toolkit.cli import main_group
from toolkit.job import campaign_job
from toolkit.model.errors import XltoolError
from toolkit.pipeline import check
from toolkit.policies import policy_ids
from toolkit.policy_tools.explain import explain_clause, explain_person
from toolkit.policy_tools.explain_text import clause_lines, figure_name, person_lines
from toolkit.trial import write_sample

DAYS = {"yizheng-2022": date(2024, 1, 15), "yunnan-2025": date(2026, 1, 15)}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=policy_ids())
def run(request, tmp_path_factory):
    """A small round, checked and computed."""
    folder = tmp_path_factory.mktemp("解释") / request.param
    campaign = write_sample(folder, policy=request.param, units=4, seed=3, defects="none")
    return folder, check(campaign_job(campaign, DAYS[request.param]))


def test_every_result_can_be_explained(run):
    _, checked = run
    first = checked.compliance.units[0].unit
    pairs = {(item.unit, item.clause) for item in checked.compliance.results if item.unit == first}
    for unit, clause in sorted(pairs):
        record = explain_clause(checked, unit, clause)
        own = [i for i in checked.compliance.results if (i.unit, i.clause) == (unit, clause)]
        assert [item["level"] for item in record["results"]] == [item.level for item in own]
        for item in record["results"]:
            for row in item["rows"]:
                assert row["values"], (unit, clause, row)
        assert checked.job.policy.clauses[clause].quote in clause_lines(record)


def test_the_unit_columns_that_a_name_is_compared_with_are_shown(run):
    """The families org_name and by_level read the sheet 单位情况 beside their rows."""
    _, checked = run
    clauses = [one.clause for one in checked.job.policy.indicators if one.family == "org_name"]
    assert bool(clauses) == (checked.job.policy.id == "yunnan-2025")
    units = [item.unit for item in checked.compliance.units if item.unit in checked.dataset.returned]
    for unit, clause in ((unit, clause) for unit in units for clause in clauses):
        for result in explain_clause(checked, unit, clause)["results"]:
            (own,) = [row for row in result["rows"] if row["sheet"] == "单位情况"]
            assert own["values"].keys() == {"单位全称", "规范简称"} and own["values"]["单位全称"]


def test_every_figure_has_a_name_in_words(run):
    _, checked = run
    unnamed = {
        key
        for item in checked.compliance.results
        for key in item.figures
        if figure_name(key, item.figures).isascii() and key not in checked.job.policy.clauses
    }
    assert unnamed == set()


def test_the_months_of_every_person_add_up(run):
    _, checked = run
    people = {(item.unit, item.person) for item in checked.allowance.persons}
    for unit, person in sorted(people):
        record = explain_person(checked, person, unit)
        for one in record["persons"]:
            if one["due"] is not None:
                assert sum(Decimal(month["amount"]) for month in one["months"]) == Decimal(one["due"])
            assert one["posts"] and all(row["values"] for post in one["posts"] for row in post["rows"])
        assert person_lines(record)


def test_no_identity_number_is_shown(run):
    _, checked = run
    keys = [item for item in checked.dataset.tables["post"]["person_key"].dropna() if len(item) == 18]
    said = "".join(person_lines(explain_person(checked, item.person)) for item in checked.allowance.persons)
    assert not [key for key in keys if key in said]


def test_an_explanation_as_json_and_as_text(run):
    folder, checked = run
    unit, clause = next((i.unit, i.clause) for i in checked.compliance.results if i.unit and i.evidence and i.figures)
    day = checked.job.as_of.isoformat()
    call = ["explain", str(folder), "--unit", unit, "--clause", clause, "--as-of", day]
    answer = CliRunner().invoke(main_group, [*call, "--json"])
    record = json.loads(answer.output)
    assert (answer.exit_code, record["id"], record["unit"]) == (0, clause, unit)
    assert {"quote", "indicator", "parameters", "results"} <= set(record)
    text = CliRunner().invoke(main_group, call).output
    row = record["results"][0]["rows"][0]
    assert f"{row['file']} › {row['sheet']} 第{row['row']}行" in text


def test_what_cannot_be_explained_is_one_sentence(run):
    folder, checked = run
    clause = next(iter(checked.job.policy.clauses))
    for call, code in (
        (lambda: explain_clause(checked, "000000", clause), "P007"),
        (lambda: explain_clause(checked, "", "XX-1"), "P004"),
        (lambda: explain_person(checked, "没有这个人"), "P007"),
    ):
        with pytest.raises(XltoolError, match=code):
            call()
    answer = CliRunner().invoke(main_group, ["explain", str(folder)])
    assert (answer.exit_code, "[P008]" in answer.stderr) == (2, True)
