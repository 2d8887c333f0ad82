"""How the checks run: built once, no consequences of unreadable cells, refused rows, caps, order, strict rules."""

from __future__ import annotations

import doctest
import random
import string
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from markdown import UNITS, batch

from toolkit.forms import load_form
from toolkit.model import privacy
from toolkit.model.batch import SUPERSEDED
from toolkit.model.errors import DefinitionError
from toolkit.model.finding import from_catalogue
from toolkit.model.form import Form, Rule
from toolkit.model.strictyaml import load
from toolkit.policies import load_policy, policy_ids
from toolkit.validating import Verdict, validate
from validators import checks, compile, cross, names, series
from validators.arguments import bind
from validators.run import CheckFailedToRun, run
from validators.situation import situate

SWITCHES = frozenset({"collect_id_numbers"})


@cache
def form_of(policy: str = "yizheng-2022", switches: frozenset[str] = frozenset()) -> Form:
    return load_form(load_policy(policy), switches)


def verdict_of(text: str, policy: str = "yizheng-2022", cap: int = 200, change=lambda returned: None) -> Verdict:
    returned = batch(text, form_of(policy))
    change(returned)
    return validate(returned, as_of=date(2025, 12, 31), year=2025, policy=load_policy(policy), cap=cap)


def said(verdict: Verdict) -> set[tuple[str, str]]:
    return {(finding.code, cell) for finding in verdict.findings for cell in finding.cells}


def test_schemas_are_built_once_per_form_and_sheet(monkeypatch):
    built = []
    original = compile.build
    monkeypatch.setattr(compile, "build", lambda form, sheet: built.append(sheet.name) or original(form, sheet))
    form = replace(form_of())
    text = "## 活动台账\n| 活动序号 |\n| 1 |"
    for _ in range(3):
        validate(batch(text, form), as_of=date(2025, 12, 31), year=2025, policy=load_policy("yizheng-2022"))
    assert built == ["event"]
    assert compile.compile_schema(form, "event") is compile.compile_schema(form, "event")


@pytest.mark.parametrize("crash", [lambda frame: frame["no such column"] > 0, lambda frame: bool(1 / 0)])
def test_a_check_that_crashes_raises(crash):
    frame = pd.DataFrame({"a": [1]})
    schema = pa.DataFrameSchema(checks=pa.Check(crash, name="T-1", error="T-1"))
    with pytest.raises(CheckFailedToRun, match="T-1"):
        run(compile.Compiled(schema, {}), frame)


def test_a_verdict_without_rows_raises():
    """pandera reports a check that answers once for the whole frame without any row: nobody could be told where."""
    schema = pa.DataFrameSchema(checks=pa.Check(lambda frame: False, name="T-1", error="T-1"))
    with pytest.raises(CheckFailedToRun, match="T-1"):
        run(compile.Compiled(schema, {}), pd.DataFrame({"a": [1]}))


def test_a_frame_of_the_wrong_type_raises():
    form = form_of()
    returned = batch("## 活动台账\n| 实到人数 |\n| 3 |", form)
    frame = situate(returned, date(2025, 12, 31), 2025).frame("event").astype({"attend_count": object})
    with pytest.raises(CheckFailedToRun):
        run(compile.compiled(form, "event"), frame)
    with pytest.raises(CheckFailedToRun):
        run(compile.compiled(form, "event"), frame.drop(columns="title"))


@pytest.mark.parametrize(
    ("cell", "codes"),
    [("", {("COL-001", "A5")}), ("?", set()), ("党小组", {("COL-002", "A5")})],
)
def test_a_blank_unreadable_or_unknown_cell_hides_its_consequences(cell, codes):
    """POST-006 looks at both columns; with the post unknown it has nothing to say, nor has it about the person."""
    text = "## 任职与补贴\n| {} | 职务 |\n| {} | 后备书记 |"
    assert said(verdict_of(text.format("人员身份", cell))) == codes


def test_a_missing_column_is_not_reported_as_blank_and_its_rules_are_not_evaluated():
    text = "# 320001\n## 活动台账\n| 实到人数 |\n| 31 |\n# 320002\n## 活动台账\n| 实到人数 | 应到人数 |\n| 31 | 30 |"
    verdict = verdict_of(text)
    assert [(finding.file, finding.code) for finding in verdict.findings] == [("320002.xlsx", "EVENT-005")]


def test_references_to_unreadable_codes_are_consequences():
    text = "## 党组织情况\n| 党组织代码 |\n| {} |\n| 320001-02 |\n"
    text += "## 任职与补贴\n| 党组织代码 |\n| 320001-01 |\n| 320001-0{} |"
    assert said(verdict_of(text.format("?", 2))) == set()
    assert said(verdict_of(text.format("", 2))) == {("COL-001", "A5")}
    assert said(verdict_of(text.format("", 9))) == {("COL-001", "A5"), ("COL-006", "A5"), ("COL-006", "A6")}


def test_an_empty_unticked_sheet_is_one_finding_and_not_one_for_every_reference():
    verdict = verdict_of("## 党组织情况\n| 党组织代码 |\n## 任职与补贴\n| 党组织代码 |\n| 320001-01 |")
    assert [finding.code for finding in verdict.findings] == ["NIL-001"]


def test_rows_with_errors_are_refused_and_queries_are_not():
    text = "## 任职与补贴\n| 任职序号 | 任职日期 | 离任日期 | 本年集中培训日期 |\n"
    text += "| 1 | 2024-01-01 |  | 2024-01-01 |\n|  | 2024-01-01 | 2023-01-01 |  |"
    verdict = verdict_of(text)
    assert said(verdict) == {("POST-022", "D5"), ("COL-001", "A6"), ("POST-014", "C6")}
    assert verdict.refused == {"post": {(0, 6): ("COL-001", "POST-014")}}


def test_rows_that_reading_could_not_read_are_refused_under_its_codes():
    def report(returned):
        returned.returns[0].findings.append(from_catalogue("COL-005", {"limit": 1}, sheet="任职与补贴", cells=("A5",)))

    text = "## 任职与补贴\n| 任职日期 | 离任日期 |\n| ? |  |\n| 2024-01-01 | ? |"
    assert verdict_of(text, change=report).refused == {"post": {(0, 5): ("COL-005",), (0, 6): ("COL-000",)}}


def test_a_tick_on_a_filled_sheet_refuses_its_rows():
    verdict = verdict_of("## 活动台账【无此情况】\n| 主题 |\n| 学习 |\n| 参观 |")
    assert verdict.refused == {"event": {(0, 5): ("NIL-002",), (0, 6): ("NIL-002",)}}
    assert "2 行" in verdict.findings[0].message


def test_the_vertical_sheet_has_row_0():
    verdict = verdict_of("## 单位情况\n| 填报人 | 填报日期 |\n|  | 2024-05-01 |")
    assert verdict.lost == {"unit": {(0, 0): {"filler": ("COL-001",), "fill_date": ("UNIT-010",)}}}
    assert verdict.refused == {}, "the row is a record of independent facts"
    assert said(verdict) == {("COL-001", "C5"), ("UNIT-010", "C6")}


def test_same_words_are_one_finding_and_other_values_another():
    verdict = verdict_of("## 活动台账\n| 主题 | 开始日期 |\n|  | 2024-01-01 |\n|  | 2024-01-02 |\n|  | 2024-01-01 |")
    found = [(finding.code, finding.cells, finding.value) for finding in verdict.findings]
    assert found == [
        ("COL-001", ("A5", "A6", "A7"), ""),
        ("EVENT-002", ("B5", "B7"), "2024-01-01"),
        ("EVENT-002", ("B6",), "2024-01-02"),
    ]


def test_a_flood_is_capped_by_rule_and_file_and_counted():
    rows = "".join(f"|  | 2024-01-{day:02d} |\n" for day in range(1, 31))
    text = f"# 320001\n## 活动台账\n| 主题 | 开始日期 |\n{rows}# 320002\n## 活动台账\n| 主题 |\n|  |"
    verdict = verdict_of(text, cap=10)
    first = [finding for finding in verdict.findings if finding.file == "320001.xlsx"]
    assert sum(len(finding.cells) for finding in first) == 20
    rest = [finding for finding in first if not finding.cells]
    assert [(finding.code, finding.severity) for finding in rest] == [("COL-001", "错误"), ("EVENT-002", "错误")]
    assert all("还有 20 处" in finding.message for finding in rest)
    assert len(verdict.refused["event"]) == 31


def test_sentences_say_where_what_and_how():
    verdict = verdict_of("## 任职与补贴\n| 任职日期 | 离任日期 |\n| 2024-01-01 | 2023-05-01 |")
    assert verdict.findings[0].sentence == (
        "[POST-014] 320001.xlsx › 任职与补贴!B5 “离任日期”：2023-05-01 早于任职日期 2024-01-01；"
        "请核对两个日期，仍在任的把“离任日期”留空。"
    )


def test_personal_numbers_are_masked_in_messages_and_values():
    number, mobile = "11010519491231002X", "13812345678"
    text = f"## 任职与补贴\n| 人员编号 | 姓名 |\n| {number} | 王一 |\n| {mobile} | 王二{mobile} |\n"
    text += "| 123456789012345 | 王三 |"
    words = "".join(finding.sentence + finding.value for finding in verdict_of(text).findings)
    assert "110105********002X" in words
    assert not any(secret in words for secret in (number, mobile, "123456789012345"))


def test_older_and_blocked_returns_are_not_compared_with_others():
    text = "# 320001\n## 任职与补贴\n| 姓名 | 出生年月 | 任职日期 | 离任日期 | 是否领取补贴 |\n"
    text += "| 王一 | 1956-08 | 2020-01-01 |  | 是 |\n"
    text += text.replace("320001", "320002")

    def older(returned):
        returned.returns[1].state = SUPERSEDED

    assert {code for code, _ in said(verdict_of(text, "yunnan-2025"))} == {"CROSS-001"}
    assert said(verdict_of(text, "yunnan-2025", change=older)) == set()


def test_nothing_is_said_about_the_sheets_of_returns_whose_rows_were_set_aside():
    def set_aside(returned):
        returned.returns[0].state = SUPERSEDED
        returned.tables["task"] = returned.tables["task"].iloc[:0]

    verdict = verdict_of("## 任务清单\n| 状态 | 完成日期 |\n| 已完成 | ? |", change=set_aside)
    assert (verdict.findings, verdict.refused) == ([], {})


def test_organisations_of_the_unit_list_are_known_parents():
    text = "## 党组织情况\n| 党组织代码 | 上级党组织代码 |\n| 320001-01 | {} |"
    assert said(verdict_of(text.format("320000-90"))) == set(), (
        "a list without organisations cannot judge others' codes"
    )
    assert said(verdict_of(text.format("320001-90"))) == {("COL-006", "B5")}
    assert said(verdict_of(text.format("320002"))) == set()


def _everything() -> str:
    """Many kinds of defects, the same in three returns."""
    one = (Path(__file__).parent / "checks" / "many_defects.md").read_text(encoding="utf-8")
    return "".join(one.replace("320001", unit) for unit in ("320001", "320002", "320003"))


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_change_the_findings(seed):
    def shuffle(returned):
        rng = random.Random(seed)
        for name, frame in returned.tables.items():
            order = list(range(len(frame)))
            rng.shuffle(order)
            returned.tables[name] = frame.iloc[order].reset_index(drop=True)

    plain, shuffled = verdict_of(_everything()), verdict_of(_everything(), change=shuffle)
    assert len(plain.findings) > 20
    assert shuffled.findings == plain.findings
    assert shuffled.refused == plain.refused


def test_the_batch_itself_is_not_changed():
    returned = batch(_everything(), form_of())
    before = {name: frame.copy() for name, frame in returned.tables.items()}
    validate(returned, as_of=date(2025, 12, 31), year=2025, policy=load_policy("yizheng-2022"))
    for name, frame in before.items():
        pd.testing.assert_frame_equal(returned.tables[name], frame)


def _rule(**changes) -> Rule:
    args = {"column": "end_date", "other": "start_date"}
    given = {"code": "T-1", "sheet": "post", "check": "not_before", "args": args,
             "severity": "错误", "at": ("end_date",), "message": "{value}", "fix": "", **changes}  # fmt: skip
    return Rule(**given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"args": {"column": "end_date"}}, "缺少参数“other”"),
        ({"args": {"column": "end_date", "other": "start_date", "days": "3"}}, "没有参数“days”"),
        ({"args": {"column": "end_date", "other": "begin"}}, "没有列“begin”"),
        ({"at": ("finish",)}, "没有列“finish”"),
        ({"message": "{limit}"}, "“{limit}”没有出处"),
        ({"check": "required_when", "args": {"column": "end_date", "when": {"post_type": ["主席"]}}}, "没有选项“主席”"),
        ({"check": "quarter_begun", "args": {"column": "paid_months", "quarter": "一"}}, "应为数字"),
        ({"check": "refers_to", "args": {"column": "org_code", "key": "party_org.code"}}, "没有“party_org.code”这一列"),
        ({"check": "older"}, "没有检查“older”"),
    ],
)  # fmt: skip
def test_rules_are_read_strictly(changes, words):
    form = replace(form_of(), rules=(_rule(**changes),))
    returned = batch("## 任职与补贴\n| 任职日期 |\n| 2024-01-01 |", form)
    with pytest.raises(DefinitionError, match=words):
        validate(returned, as_of=date(2025, 12, 31), year=2025, policy=load_policy("yizheng-2022"))


def test_a_broken_rule_is_named_with_its_file_and_line(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text("rules:\n  - code: T-1\n    args:\n      column: end_date\n      other: begin\n")
    args = load(path).records("rules")[0]["args"]
    with pytest.raises(DefinitionError) as error:
        bind(_rule(args=args), checks.not_before, form_of())
    assert (error.value.file, error.value.line) == (str(path), 5)


@pytest.mark.parametrize("policy", policy_ids())
def test_every_rule_binds_and_names_the_clauses_of_its_policy(policy):
    form = form_of(policy, SWITCHES)
    for rule in form.rules:
        check, facts = (cross.CROSS[rule.check], cross.CROSS_FACTS.get(rule.check, ())) if compile.is_cross(rule) else (
            checks.CHECKS[rule.check], checks.FACTS.get(rule.check, ((), None))[0])  # fmt: skip
        bind(rule, check, form, facts)
        assert not rule.clause or rule.clause in load_policy(policy).clauses
        assert not rule.message.endswith("。") and not rule.fix.endswith("。")


def test_rules_need_the_columns_that_they_look_at():
    """The loader drops a rule when a column in `at` or `needs` is hidden; so every other column must be in `needs`."""
    for policy in policy_ids():
        form = form_of(policy, SWITCHES)
        for sheet in form.sheets:
            for column in sheet.columns:
                if not column.key:
                    _without(form, sheet.name, column.name)


def _without(form: Form, sheet: str, column: str) -> None:
    named = f"{sheet}.{column}"
    for rule in form.rules:
        text = [*rule.at, *_texts(rule.args)]
        words = [name for part in (rule.message, rule.fix) for _, name, _, _ in string.Formatter().parse(part)]
        looked_at = (rule.sheet == sheet and column in (*text, *words)) or named in text
        if looked_at:
            assert (sheet, column) in rule_needs(rule), f"{rule.code}: {named}"


def _texts(node) -> list[str]:
    if isinstance(node, dict):
        return [word for key, value in node.items() for word in (*key.split("/"), *_texts(value))]
    return [word for item in node for word in _texts(item)] if isinstance(node, list | tuple) else [str(node)]


@cache
def _records(file: str) -> dict[str, tuple[str, ...]]:
    """Columns in `at` and `needs` by rule code."""
    entries = load(Path(file)).records("rules")
    return {entry["code"]: (*entry.texts("at"), *entry.texts("needs")) for entry in entries}


def rule_needs(rule: Rule) -> set[tuple[str, str]]:
    names = _records(rule.args.file)[rule.code]
    return {tuple(name.split(".", 1)) if "." in name else (rule.sheet, name) for name in names}


def test_every_rule_of_the_form_specification_has_a_record():
    """V01 is for reading (identity) and the choice among several returns; V31 holds for all text columns (COL-011).

    V02 (what the unit list knows) is B013: the list's value is used, and no unit is asked to type it again.
    """
    sources = "、".join(rule.source for policy in policy_ids() for rule in form_of(policy, SWITCHES).rules)
    assert {f"V{number:02d}" for number in range(1, 43)} - set(sources.split("、")) == {"V01", "V02", "V31"}


@pytest.mark.parametrize("module", [names, privacy, series])
def test_examples_in_docstrings(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted and not outcome.failed


def test_the_unit_list_of_the_tests_is_a_tree():
    assert all(unit.parent in UNITS.by_code for unit in UNITS if unit.parent)
