"""Explanations: text, parameters, rows with their values, steps and level of one result; a person month by month."""

import json
import os
import random
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from random_rounds import RandomRound
from rounds import Round

from toolkit.cli import main_group
from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.compliance import compliance
from toolkit.job import campaign_job
from toolkit.model import strictyaml
from toolkit.model.catalogue import entry
from toolkit.model.errors import XltoolError
from toolkit.model.policy import Parameters
from toolkit.pipeline import check
from toolkit.policies import policy_ids
from toolkit.policy_tools import steps
from toolkit.policy_tools.explain import explain_clause, explain_person
from toolkit.policy_tools.explain_text import clause_lines, person_lines
from toolkit.policy_tools.uses import uses
from toolkit.summary.labels import figure_name
from toolkit.trial import write_sample

DAYS = {"yizheng-2022": date(2024, 1, 15), "yunnan-2025": date(2026, 1, 15)}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=policy_ids())
def run(request, tmp_path_factory):
    """A small round, checked and computed."""
    folder = tmp_path_factory.mktemp("解释") / request.param
    campaign = write_sample(folder, policy=request.param, units=4, seed=3, defects="heavy")
    return folder, check(campaign_job(campaign, DAYS[request.param]))


EXPLAINED = int(os.environ.get("XLTOOL_EXPLAINED", "6"))
"""How many rows are taken out and broken; 0 = every row."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def judged(checked, dataset):
    """(unit, clause) → what is said about it, in any order."""
    job, found = checked.job, defaultdict(list)
    parameters = Parameters(job.policy, job.as_of, job.parameters.overrides)
    paid = allowance_results(allowance(dataset, job.policy, parameters, job.as_of), job.policy)
    for one in compliance(dataset, job.policy, parameters, job.as_of, paid).results:
        found[one.unit, one.clause].append((one.subject, one.level, one.reason))
    return {key: sorted(said) for key, said in found.items()}


def changed(checked, before, dataset):
    """The (unit, clause) that another dataset changes; the count of all levels changes with any of them."""
    counting = {one.clause for one in checked.job.policy.indicators if "levels" in one.args}
    after = judged(checked, dataset)
    keys = before.keys() | after.keys()
    return [key for key in sorted(keys) if key[1] not in counting and before.get(key) != after.get(key)]


def listed(checked, unit, clause):
    """Every row that an explanation lists."""
    record = explain_clause(checked, unit, clause)
    rows = [row for result in record["results"] for row in result["rows"]] + record["also_read"]
    return {(row["file"], row["sheet"], row["row"]) for row in rows}


def some_rows(checked):
    """Rows of the round by sheet and place, drawn: (sheet, place in its frame, as explanations name it)."""
    dataset, form = checked.dataset, checked.job.form
    rows = [(sheet, at) for sheet, frame in dataset.tables.items() for at in range(len(frame))]
    random.Random(checked.job.policy.id).shuffle(rows)
    for sheet, at in rows[: EXPLAINED or None]:
        row = dataset.tables[sheet].iloc[at]
        yield sheet, at, (dataset.files[int(row["_return"])], form.by_name[sheet].label, int(row["_row"]))


def typed(sheet):
    """The columns of a sheet that a unit fills in, its keys left out."""
    printed = {name for row in sheet.fixed_rows for name in row.values} | set(sheet.key)
    return [column.name for column in sheet.columns if not column.prefilled and column.name not in printed]


def read_of(job, clause, sheet):
    """The columns of a sheet that a clause and its parts read."""
    indicator = job.policy.indicator_of.get(clause)
    if indicator is None:
        return set()
    parts = indicator.args["clauses"] if indicator.family == "combined" else ()
    own = set(uses(indicator, job.policy, job.form).columns.get(sheet, ()))
    return own.union(*(read_of(job, part, sheet) for part in parts))


def test_a_row_that_is_not_listed_changes_nothing_when_it_goes_or_is_refused(run):
    """What chooses rows (a column that the clause reads) may be anything in a refused row: such a break is a doubt."""
    _, checked = run
    dataset, job = checked.dataset, checked.job
    before = judged(checked, dataset)
    moved = 0
    for sheet, at, name in some_rows(checked):
        frame = dataset.tables[sheet]
        without = {**dataset.tables, sheet: frame.drop(frame.index[at])}
        row, column = frame.iloc[[at]], random.Random(f"{sheet}/{at}").choice(typed(job.form.by_name[sheet]))
        refused = pd.concat([dataset.rejected[sheet], row.assign(_reason="")]) if sheet in dataset.rejected else row
        place = (int(row["_return"].iloc[0]), int(row["_row"].iloc[0]))
        cells = {**dataset.open_cells.get(sheet, {}), place: frozenset({column})}
        broken = replace(
            dataset,
            tables=without,
            rejected={**dataset.rejected, sheet: refused},
            open_cells={**dataset.open_cells, sheet: cells},
        )
        for other, reads in ((replace(dataset, tables=without), frozenset()), (broken, frozenset({column}))):
            for unit, clause in changed(checked, before, other):
                moved += 1
                if reads.isdisjoint(read_of(job, clause, sheet) if reads else ()):
                    assert name in listed(checked, unit, clause), (unit, clause, name, column if reads else "")
    assert moved


def paid_rows(checked, dataset):
    """The row of a post → what is said about it."""
    job = checked.job
    parameters = Parameters(job.policy, job.as_of, job.parameters.overrides)
    report = allowance(dataset, job.policy, parameters, job.as_of)
    said = {one.evidence[0]: (one.due, one.paid, one.monthly, one.level, one.reason) for one in report.persons}
    return said, report.persons


def rows_of_person(checked, row):
    """Every row that the explanation of a person lists."""
    record = explain_person(checked, row.person, row.unit)
    posts = [post for person in record["persons"] for post in person["posts"]]
    return {(one["file"], one["sheet"], one["row"]) for post in posts for one in post["rows"]}


@pytest.mark.parametrize("seed", [2, 32])
def test_a_row_that_the_explanation_of_a_person_does_not_list_changes_nothing_of_it(tmp_path, seed):
    """Namesakes of another unit (2), and a pool of a unit that covers what one person lacks (32)."""
    made = RandomRound(tmp_path / "批次", seed)
    made.put_all()
    checked, form = made.checked, made.form
    before, persons = paid_rows(checked, checked.dataset)
    listed_rows, beside = {one.evidence[0]: one for one in persons}, 0
    for sheet in ("post", "party_org", "unit", "study_group"):
        frame = checked.dataset.tables.get(sheet, ())
        for at in range(len(frame)):
            row = frame.iloc[at]
            name = (checked.dataset.files[int(row["_return"])], form.by_name[sheet].label, int(row["_row"]))
            tables = {**checked.dataset.tables, sheet: frame.drop(frame.index[at])}
            after, _ = paid_rows(checked, replace(checked.dataset, tables=tables))
            for key, said in before.items():
                if after.get(key) != said and (key.file, key.sheet, key.row) != name:
                    assert name in rows_of_person(checked, listed_rows[key]), (name, key, said, after.get(key))
                    beside += name in {(one.file, one.sheet, one.row) for one in listed_rows[key].beside}
    assert beside
    steps = [step for one in persons for step in one.steps if step.startswith("单位统筹")]
    for step in steps:
        dues, paids = (text.split("＝")[1:] for text in step.split("，"))
        for parts, total in (dues, paids):
            assert sum(map(Decimal, parts.split("＋"))) == Decimal(total.removesuffix("元")), step
    assert bool(steps) == (seed == 32)


def test_every_number_of_a_reason_stands_in_the_steps(run):
    _, checked = run
    every = EXPLAINED == 0
    for unit, clause in sorted({(item.unit, item.clause) for item in checked.compliance.results}):
        if not every and random.Random(f"{unit}/{clause}").random() > 0.4:
            continue
        for item in explain_clause(checked, unit, clause)["results"]:
            steps = "；".join(item["steps"])
            assert steps and set(NUMBER.findall(item["reason"])) <= set(NUMBER.findall(steps)), (unit, clause, item)


def test_every_result_can_be_explained(run):
    _, checked = run
    first = checked.compliance.units[0].unit
    pairs = {(item.unit, item.clause) for item in checked.compliance.results if item.unit == first}
    for unit, clause in sorted(pairs):
        record = explain_clause(checked, unit, clause)
        own = [i for i in checked.compliance.results if (i.unit, i.clause) == (unit, clause)]
        assert [item["level"] for item in record["results"]] == [item.level for item in own]
        for item in record["results"]:
            for row in (*item["rows"], *record["also_read"]):
                assert row["values"], (unit, clause, row)
        assert checked.job.policy.clauses[clause].quote in clause_lines(record)


def test_the_unit_columns_that_a_name_is_compared_with_are_shown(run):
    """The families org_name and by_level read the sheet 单位情况 beside their rows."""
    _, checked = run
    clauses = [one.clause for one in checked.job.policy.indicators if "endings" in one.args]
    assert bool(clauses) == (checked.job.policy.id == "yunnan-2025")
    units = [item.unit for item in checked.compliance.units if item.unit in checked.dataset.returned]
    for unit, clause in ((unit, clause) for unit in units for clause in clauses):
        (own,) = [row for row in explain_clause(checked, unit, clause)["also_read"] if row["sheet"] == "单位情况"]
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


PARTS = {"AREA-AWAY", "AREA-REPORTS", "AREA-SILENT", "COVER-TERM", "LOST-CELLS", "LOST-CELLS-VERTICAL"}
"""Sentences that stand inside a reason and are none themselves."""


def test_every_fact_of_a_reason_has_a_name_that_a_clerk_can_read():
    """What no step has said is said as 名称＝值: “起算说明＝…”, never “counted＝…”."""
    path = Path(steps.__file__).parents[1] / "messages" / "compliance.yaml"
    reasons = [code for code in strictyaml.plain(strictyaml.load(path)) if code not in PARTS]
    reasons = [code for code in reasons if not code.startswith(("PERIOD-", "WINDOW-", "FAMILY-FORMER"))]
    facts = {name: code for code in reasons for name in steps._names(entry(code).message)}
    assert {"counted", "hidden", "names"} <= set(facts)
    named = {name: steps._book()["facts"].get(name) or figure_name(name, {"status": ""}) for name in facts}
    assert {name: facts[name] for name, label in named.items() if label.isascii()} == {}


@pytest.mark.parametrize(
    ("column", "typed"), [("paid_amount", "5万元"), ("start_date", "2023.5"), ("paid_amount", "约三千")]
)
def test_what_was_not_understood_is_shown_as_it_was_typed(tmp_path, column, typed):
    made = Round(tmp_path / "批次", 2)
    made.put(0, cells={("post", column, 0): typed})
    checked = made.check()
    [row] = [one for one in checked.allowance.persons if one.evidence[0].row == 7 and one.unit == made.units[0].code]
    record = explain_person(checked, row.person, row.unit)
    sheet = checked.job.form.by_name["post"]
    label, place = sheet.by_name[column].label, (sheet.label, 7)
    rows = [one for post in record["persons"][0]["posts"] for one in post["rows"]]
    shown = {one["values"][label] for one in rows if (one["sheet"], one["row"]) == place}
    assert shown == {f"{typed}（看不明白，没有采用）"}
    assert f"{label}={typed}（看不明白，没有采用）" in person_lines(record)
