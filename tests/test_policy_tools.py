"""Coverage of every clause, the lint and its broken packs, new packs, show, explain."""

import json
import shutil
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from click.testing import CliRunner

from toolkit.cli import main_group
from toolkit.compute.indicators import ELSEWHERE, FAMILIES
from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.binder import keys_of
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.problems import Listed, Problems
from toolkit.policies import load_policy, policy_ids
from toolkit.policies.loading import read_pack
from toolkit.policy_tools.coverage import ANSWERS, NOT_ENCODED, SILENT, coverage
from toolkit.policy_tools.lint import lint
from toolkit.policy_tools.new import new_pack
from toolkit.policy_tools.reach import hunt
from toolkit.policy_tools.show import clause_record, clause_text, policy_with
from toolkit.policy_tools.texts import formulas, texts
from toolkit.policy_tools.uses import uses

HERE = Path(__file__).parent
GOOD = HERE / "third_policy" / "haiqing-2026"
CASES = strictyaml.plain(strictyaml.load(HERE / "broken_packs" / "cases.yaml"))["cases"]
PROVED = "永远不会出现"
"""What only the proof of reachable levels says: tens of thousands of returns are tried."""


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
    assert set(formulas()) == {*ELSEWHERE}
    forms = [form for forms in FAMILIES.values() for form in forms]
    assert all(form.title and form.sentence and form.periods for form in forms)
    for form in forms:
        keys = {*keys_of(form), "period", "goal", "own"}
        names = {name for _, name, _, _ in Formatter().parse(form.sentence.replace("〖", "").replace("〗", "")) if name}
        assert names <= keys, form


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


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=pytest.mark.slow if PROVED in case.get("starts", "") else ()) for case in CASES],
    ids=lambda case: case["name"],
)
def test_a_broken_pack_is_named_with_file_and_line(tmp_path, case, monkeypatch):
    monkeypatch.setattr(hunt, "TRIES", 400)
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
