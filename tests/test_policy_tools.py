"""Coverage of every clause, the lint and its broken packs, new packs, show, explain."""

import json
import shutil
from dataclasses import replace
from datetime import date
from itertools import islice, product
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit.campaign import SWITCHES
from toolkit.cli import main_group
from toolkit.compute.indicators import ELSEWHERE, FAMILIES, LAST
from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.problems import Listed, Problems
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED
from toolkit.policies import load_policy, policy_ids
from toolkit.policies.loading import read_pack
from toolkit.policy_tools.coverage import ANSWERS, NOT_ENCODED, SILENT, coverage
from toolkit.policy_tools.lint import lint
from toolkit.policy_tools.new import new_pack
from toolkit.policy_tools.reach import given, to_prove, unreached
from toolkit.policy_tools.reach.hunt import Hunt, Paid
from toolkit.policy_tools.reach.trials import Trials
from toolkit.policy_tools.show import clause_record, clause_text, policy_with
from toolkit.policy_tools.texts import formulas, texts
from toolkit.policy_tools.uses import uses

HERE = Path(__file__).parent
GOOD = HERE / "third_policy" / "haiqing-2026"
CASES = strictyaml.plain(strictyaml.load(HERE / "broken_packs" / "cases.yaml"))["cases"]


@pytest.fixture(scope="module")
def answers():
    return {name: coverage(load_policy(name), load_form(load_policy(name))) for name in policy_ids()}


def test_every_clause_is_answered(answers):
    found = [answer for name in policy_ids() for answer in answers[name]]
    assert len(found) == len({answer.id for answer in found}) == 382
    assert [
        answer.id for answer in found if answer.answer not in ANSWERS or not answer.where or not answer.reason
    ] == []


def test_every_narrative_clause_has_a_reason_of_its_own(answers):
    for name in policy_ids():
        policy = load_policy(name)
        narrative = {clause.id for clause in policy.clauses.values() if clause.kind == "narrative"}
        assert narrative == set(policy.not_encoded) == {a.id for a in answers[name] if a.answer == NOT_ENCODED}


def test_a_clause_that_nothing_answers_is_silent_and_found(tmp_path):
    pack = shutil.copytree(GOOD, tmp_path / "x")
    (pack / "not_encoded.yaml").unlink()
    policy = read_pack(pack, Listed())
    assert [answer.id for answer in coverage(policy, load_form(policy)) if answer.answer == SILENT] == ["HQ-0-a"]
    answer = CliRunner().invoke(main_group, ["policy", "coverage", str(pack), "--json"])
    assert answer.exit_code == 1


def test_coverage_as_json_has_exactly_the_agreed_keys():
    answer = CliRunner().invoke(main_group, ["policy", "coverage", "yizheng-2022", "--json"])
    assert answer.exit_code == 0
    assert {tuple(item) for item in json.loads(answer.output)} == {("id", "answer", "where", "reason")}


def test_every_family_has_a_title_and_a_formula():
    assert set(formulas()) == {*FAMILIES, *ELSEWHERE}


@pytest.mark.parametrize("name", policy_ids())
def test_no_formula_shows_a_name_of_the_program(name):
    policy = load_policy(name)
    form = load_form(policy)
    names = {column for sheet in form.sheets for column in sheet.names} | set(policy.parameters)
    for answer in coverage(policy, form):
        said = set(answer.reason.replace("“", " ").replace("”", " ").replace("（", " ").replace("）", " ").split())
        assert not said & names, answer


@pytest.mark.parametrize("name", [*policy_ids(), GOOD], ids=str)
def test_good_packs_have_no_problem(name):
    assert [str(problem) for problem in lint(name, reach=False).problems] == []


NEEDED = {
    "yizheng-2022": {"UNIT-022": "YZ-S1-m", "ORG-032": "YZ-2.1-h"},
    "yunnan-2025": {
        "GROUP-031": "YN-02-e",
        "TASK-031": "YN-S7-b",
        "TALENT-031": "YN-15-e",
        "FLOAT-031": "YN-13-i",
        "FLOAT-032": "YN-13-i",
    },
}
"""FIG-07: rules by which an empty cell that an indicator judges is a 疑问; without them the miss cannot be seen."""


def missing(folder, *clauses):
    """(clause, level) → the 错误 that stand against the level, for every level that nothing reaches.

    What is not about the end of the first year stands under (clause, level, when).
    """
    policy = load_policy(folder)
    found = unreached(policy, load_form(policy, frozenset(SWITCHES)), clauses)
    return {
        (hunt.compiled.clause, level, *filter(None, (hunt.when,))): codes
        for hunt in found
        for level, codes in hunt.missing.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code", "clause"), [(n, c, k) for n, of in NEEDED.items() for c, k in of.items()])
def test_a_cell_whose_emptiness_is_judged_is_no_error(tmp_path, name, code, clause):
    pack = shutil.copytree(load_policy(name).folder, tmp_path / name)
    path = pack / "rules.yaml"
    head, *entries = path.read_text(encoding="utf-8").split("  - code: ")
    path.write_text(head + "".join(f"  - code: {e}" for e in entries if not e.startswith(code)), encoding="utf-8")
    found = missing(pack, clause)
    assert [at for at, _ in found] == [clause] and all(found.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", policy_ids())
def test_every_level_of_every_indicator_can_be_reached(name):
    assert missing(name) == {}


REQUIRED = (
    # evidence of what is done: who is under way would still be 预警, who has done it without evidence never
    (
        "yizheng-2022",
        "YZ-1.1-b",
        "{sheet: task, check: required_when, at: [evidence_no], needs: [status]",
        "{column: evidence_no, when: {status: [已完成]}}",
        ("预警", "TASK-981"),
    ),
    # the day of training: another year's day would still be 不达标, who was never trained could not be seen
    (
        "yunnan-2025",
        "YN-05-g",
        "{sheet: post, check: required_when, at: [trained_date], needs: [post_type]",
        "{column: trained_date, when: {post_type: [书记, 副书记, 委员]}}",
        ("不达标", "POST-981"),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "clause", "rule", "args", "found"), REQUIRED, ids=lambda one: str(one)[:9])
def test_a_rule_that_asks_for_a_cell_that_is_judged_is_named(tmp_path, name, clause, rule, args, found):
    """Another way to the same level does not hide that the empty cell has become an 错误."""
    pack = shutil.copytree(load_policy(name).folder, tmp_path / name)
    path, (level, code) = pack / "rules.yaml", found
    more = f"  - {rule}, code: {code}, args: {args}, severity: 错误, message: 没有填, fix: 请补填, source: 列说明}}\n"
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n{more}", encoding="utf-8")
    assert missing(pack, clause) == {(clause, level): (code,)}


WHEN = (
    # reminders held back until more than the whole period is over; a share above the whole from 2025 on
    ("warn_from_share", "YZ-1.1-f", '"0"', '"1.5"', {("预警", "没到期限时"): ()}),
    (
        "core_share_min",
        "YZ-1.1-g",
        '"0.70"',
        '"0.70"\n      - {from: "2025-01-01", value: "1.01"}',
        {("达标", "2025年的"): (), ("预警", "2025年的"): ()},
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(("parameter", "clause", "old", "new", "found"), WHEN, ids=lambda one: str(one)[:15])
def test_what_there_is_only_before_the_deadline_or_in_a_later_year_is_proved(
    tmp_path, parameter, clause, old, new, found
):
    pack = shutil.copytree(load_policy("yizheng-2022").folder, tmp_path / "yizheng-2022")
    path = pack / "parameters.yaml"
    known = path.read_text(encoding="utf-8")
    at = known.index(f"name: {parameter}\n")
    path.write_text(known[:at] + known[at:].replace(old, new, 1), encoding="utf-8")
    assert missing(pack, clause) == {(clause, *when): codes for when, codes in found.items()}


UNREACHED = (
    # more visits than a year has days; a share above the whole; a hint that becomes an error
    ("yizheng-2022", "indicators.yaml", "YZ-1.3-d", "low: 2", "low: 400", {"达标": ()}),
    ("yizheng-2022", "indicators.yaml", "YZ-1.1-g", "{parameter: core_share_min}", "1.01", {"达标": (), "预警": ()}),
    ("yunnan-2025", "rules.yaml", "YN-08-a", "severity: 疑问", "severity: 错误", {"不达标": ("POST-005",)}),
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "file", "clause", "old", "new", "levels"), UNREACHED, ids=lambda one: str(one)[:9])
def test_a_level_that_nothing_reaches_is_named_with_what_stands_against_it(
    tmp_path, name, file, clause, old, new, levels
):
    pack = shutil.copytree(load_policy(name).folder, tmp_path / name)
    text = (pack / file).read_text(encoding="utf-8")
    at = text.index(f"clause: {clause}" if file == "indicators.yaml" else "code: POST-005")
    (pack / file).write_text(text[:at] + text[at:].replace(old, new, 1), encoding="utf-8")
    assert missing(pack, clause) == {(clause, level): codes for level, codes in levels.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", policy_ids())
def test_no_family_gives_a_level_that_it_does_not_name(name):
    """What was seen in trials is what the families say: hard and soft, before and after the end of the time."""
    policy = load_policy(name)
    trials = Trials(policy, form := load_form(policy, frozenset(SWITCHES)), given(policy))
    for compiled in to_prove(policy, form):
        family, force = compiled.indicator.family, compiled.indicator.force
        if family in (*LAST, "checklist"):
            continue
        forces = (force,) if family in ELSEWHERE else ("H", "S")
        for force, closed in product(forces, (True, False)):
            own = replace(compiled, indicator=replace(compiled.indicator, force=force))
            hunt = (Paid if family in ELSEWHERE else Hunt)(own, trials, closed)
            named = {level for over in {True, closed} for level in hunt.gives(over)}
            seen = {level for levels, _ in islice(hunt.search, 40) for level in levels}
            assert seen <= {*named, NOT_APPLICABLE, UNDETERMINED}, (compiled.clause, force, closed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_broken_pack_is_named_with_file_and_line(tmp_path, case):
    pack = shutil.copytree(GOOD, tmp_path / GOOD.name)
    edited = pack / case["file"]
    if case.get("delete"):
        edited.unlink()
    else:
        text = edited.read_text(encoding="utf-8")
        assert text.count(case["old"]) >= 1
        edited.write_text(text.replace(case["old"], case["new"], 1), encoding="utf-8")
    found = {(Path(p.file).name, p.line, p.problem) for p in lint(pack).problems}
    file = case.get("at_file", case["file"])
    line = int(case.get("line", "1"))
    if "at" in case:
        lines = (pack / file).read_text(encoding="utf-8").splitlines()
        line = next(number for number, text in enumerate(lines, 1) if case["at"] in text)
    if "starts" in case:
        assert any((f, n) == (file, line) and said.startswith(case["starts"]) for f, n, said in found), found
    else:
        assert (file, line, case["says"]) in found, found


def test_all_problems_are_listed_not_only_the_first(tmp_path):
    pack = shutil.copytree(GOOD, tmp_path / GOOD.name)
    for case in [*CASES[:3], *(case for case in CASES if case["name"] == "parameter without a unit")]:
        path = pack / case["file"]
        path.write_text(path.read_text(encoding="utf-8").replace(case["old"], case["new"], 1), encoding="utf-8")
    problems = lint(pack).problems
    assert len(problems) == 4
    answer = CliRunner().invoke(main_group, ["policy", "check", str(pack)])
    assert answer.exit_code == 1
    assert answer.output.count("：") >= 4 and "发现 4 个问题" in answer.output


@pytest.mark.parametrize("source", policy_ids())
def test_a_new_pack_is_a_good_pack(tmp_path, source):
    folder = new_pack(tmp_path / "chuxiong-2026", source)
    assert lint(folder, reach=False).problems == ()
    assert (load_policy(folder).id, load_policy(folder).clauses) == ("chuxiong-2026", load_policy(source).clauses)
    with pytest.raises(XltoolError, match="P005"):
        new_pack(folder, source)
    with pytest.raises(XltoolError, match="P006"):
        new_pack(tmp_path / "楚雄 2026", source)


def test_show_says_everything_about_a_clause():
    policy = policy_with("YZ-S4-l")
    said = clause_text(clause_record(policy, load_form(policy), "YZ-S4-l", date(2025, 1, 1)), date(2025, 1, 1))
    for part in ("每月不低于300元", "责任主体", "责任单位", "书记工作补贴最低标准：300元/月", "公式", "C3.1"):
        assert part in said


def test_show_of_an_unknown_clause_is_one_sentence():
    answer = CliRunner().invoke(main_group, ["policy", "show", "YZ-9-z"])
    assert (answer.exit_code, "[P004]" in answer.stderr) == (2, True)


@pytest.mark.parametrize("name", policy_ids())
def test_every_clause_can_be_shown(name):
    policy = load_policy(name)
    form = load_form(policy)
    for clause in policy.clauses:
        assert policy.clauses[clause].quote in clause_text(
            clause_record(policy, form, clause, date(2026, 1, 1)), date(2026, 1, 1)
        )


def test_the_answer_words_are_complete():
    assert set(texts()["answers"]) == set(ANSWERS)


@pytest.mark.parametrize(
    ("clause", "columns"), [("YN-06-e", ("unit_name", "unit_short_names")), ("YN-05-e", ("admin_level",))]
)
def test_what_an_indicator_reads_names_the_columns_of_the_unit_sheet(clause, columns):
    policy = load_policy("yunnan-2025")
    assert uses(policy.indicator_of[clause], policy, load_form(policy)).columns["unit"] == columns


def test_show_says_how_a_clause_counts_for_the_overall_verdict():
    def shown(clause):
        policy = policy_with(clause)
        record = clause_record(policy, load_form(policy), clause, date(2025, 12, 31))
        return record["overall"], clause_text(record, date(2025, 12, 31))

    hard, text = shown("YZ-2.2-b")
    assert hard["nature"] == "硬性" and [one["value"] for one in hard["parameters"]] == ["1", "1", "1"]
    assert "各项要求也没有写权重" in text and "总评不达标的条数" in text
    ticked, text = shown("YN-11-c")
    assert ticked == {"nature": "任务", "parameters": []} and "不影响总评" in text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("type: integer, values: [{from: 2026-01-01, value: '2'}]", "应为“count”"),
        ("type: count, values: [{from: 2026-01-01, value: '0'}]", "应为1以上的整数"),
        ("type: count, values: [{from: 2026-01-01, value: ''}]", "应为1以上的整数"),
    ],
)
def test_a_pack_sets_the_terms_from_a_day_on_and_never_below_one(tmp_path, line, says):
    pack = shutil.copytree(GOOD, tmp_path / "x")
    known = (pack / "parameters.yaml").read_text("utf-8")
    more = "  - {name: overall_hard, title: 条数, unit: 条, clauses: [], why: 没有写, source: 县里约定, "

    def read(line):
        (pack / "parameters.yaml").write_text(f"{known}\n{more}{line}}}\n", "utf-8")
        return read_pack(pack, Problems())

    with pytest.raises(DefinitionError, match=says):
        read(line)
    own = read("type: count, values: [{from: 2026-07-01, value: '2'}]").parameters["overall_hard"]
    assert [own.at(date(2026, month, 1)) for month in (1, 6, 7)] == [1, 1, 2]
