"""What a policy leaves open: who waits for it, what leaving it open means, said alike wherever a clerk meets it."""

from __future__ import annotations

import json
import random
import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import cache
from types import SimpleNamespace

import pytest
import yaml
from click.testing import CliRunner
from openpyxl import load_workbook

from macros.console import build_console
from tests.compliance_data import UNIT, form_of
from tests.planted.rounds import rounds
from tests.planted.situations import policy_of
from toolkit import pipeline
from toolkit.bridge import protocol, settings, tables
from toolkit.bridge.desk import Desk, checked_answer
from toolkit.campaign import SETTINGS, create_campaign, open_campaign
from toolkit.campaign.parameters import lines_of, open_parameters, parameter_lines
from toolkit.campaign.settings_file import with_parameter
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.cli.app import main_group
from toolkit.compute.compliance import compliance
from toolkit.compute.figures import cells_of, natures_of, unit_figures
from toolkit.compute.indicators import LAST, compile_indicators, family_form
from toolkit.compute.waiting import waits
from toolkit.console import console
from toolkit.job import campaign_job
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.figures import TASK, Terms, shares
from toolkit.model.policy import Parameters
from toolkit.model.result import NOT_APPLICABLE, UNSET
from toolkit.model.unit import UnitList
from toolkit.outputs import write_summaries
from toolkit.policies import load_policy
from toolkit.policy_tools.show import clause_record, clause_text
from toolkit.registers.files import write_registers
from toolkit.report import compliance_report
from toolkit.said import overall_said
from toolkit.summary.definitions import unset_sentence
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

PACKS = [("yizheng-2022", 2023), ("yunnan-2025", 2025)]
NEVER_OPEN = ("strict_soft", "warn_from_share", "overall_")
NOT_PLANTED = {("liaison_gap_ok_days", "YN-08-f")}
"""Asked only about a branch that was set up within the last days of the year."""


@cache
def planted(pack):
    """Units that meet and miss every clause, and a day on which their year is over."""
    dataset = next(iter(rounds(pack, units=0))).dataset()
    return dataset, date(dataset.year + 1, 2, 10)


@pytest.fixture
def folder(tmp_path, request):
    """A round without returns of the pack that the test names."""
    pack, year = request.param
    units = tmp_path / "名录.xlsx"
    units.write_bytes(unit_list_workbook(UnitList((UNIT,)), form_of(pack)))
    create_campaign(tmp_path / "批次", policy=load_policy(pack), year=year, unit_list=units)
    return tmp_path / "批次"


def command(*arguments):
    return CliRunner().invoke(main_group, [str(one) for one in arguments])


# ---- who waits


@pytest.mark.parametrize("pack", [pack for pack, _ in PACKS])
def test_an_indicator_waits_for_just_what_leaves_it_unset(pack):
    """Every parameter is left open in turn; the clauses that are 未评 then are those that are said to wait for it."""
    dataset, day = planted(pack)
    policy, form = policy_of(pack), dataset.form
    compiled = compile_indicators(policy, form)
    for name in policy.parameters:
        parameters = Parameters(policy, day, {name: None})
        said = {one.clause for one in compiled if name in waits(one, parameters)}
        named = {one.clause for one in compiled if name in one.named.parameters} | said
        kept = [one for one in policy.indicators if one.clause in named and family_form(one) not in (None, *LAST)]
        small = replace(policy, indicators=tuple(kept), bundles=())
        found = compliance(dataset, small, Parameters(small, day, {name: None}), day).results if kept else ()
        seen = {one.clause for one in found if one.level == UNSET and one.parameter == name}
        assert {one.clause for one in found if one.level == UNSET} == seen, name
        assert {(name, clause) for clause in said ^ seen} <= NOT_PLANTED, name


@pytest.mark.parametrize("pack", [pack for pack, _ in PACKS])
def test_lists_have_no_level_ticks_wait_for_nothing_and_what_is_unset_decides_nothing(pack):
    """Point 7 for every clause, with everything open that a policy leaves open, and with all else open too."""
    dataset, day = planted(pack)
    policy = policy_of(pack)
    codes = [unit.code for unit in dataset.units]
    for overrides in ({}, {name: None for name in policy.parameters if not name.startswith(NEVER_OPEN)}):
        parameters = Parameters(policy, day, overrides)
        natures = natures_of(policy, parameters)
        results = compliance(dataset, policy, parameters, day).results
        listed = {one.clause for one in policy.indicators if one.force == "I"}
        assert {one.level for one in results if one.clause in listed} == {NOT_APPLICABLE}
        unset = [one for one in results if one.level == UNSET]
        assert unset or not overrides
        for one in unset:
            assert one.parameter or one.code in ("TASK-NOT-ISSUED", "COMBINED-UNSET"), one
            assert natures[one.clause] != TASK or one.code == "TASK-NOT-ISSUED", one
        cells = cells_of(results, natures)
        without = cells_of([one for one in results if one.level != UNSET], natures)
        assert shares(cells.values()) == shares(without.values())
        figures = [unit_figures(found, dataset, codes, Terms(1, 1, 1)) for found in (cells, without)]
        assert [replace(one, unset=0) for one in figures[0]] == list(figures[1])


# ---- what is said


def test_every_book_says_once_what_is_unset_and_why_the_day_is_that_day(tmp_path):
    """FIG-22, FIG-34: one sentence on the page that is signed, the reason of the day wherever the day stands."""
    made = tmp_path / "批次"
    write_sample(made, policy="yunnan-2025", units=2, seed=3)
    path = made / SETTINGS
    path.write_text(path.read_text("utf-8").replace('deadline: ""', 'deadline: "2026-01-20"'), "utf-8")
    job = campaign_job(open_campaign(made), None)
    checked = pipeline.check(job)
    sentence = "".join(unset_sentence(checked.figures))
    assert "“当年主题党日主题”还没有设定，YN-10-d 未评" in sentence and job.judged_on == f"2026-01-20{job.day_note}"
    assert "按报送截止日期" in job.day_note
    books = [*write_summaries(checked, made), write_registers(checked, made / "台账.xlsx")]
    for book, times in zip(books, (0, 1, 0, 0), strict=True):
        text = [cell for cell in texts_of(book) if "2026-01-20" in cell or sentence in cell]
        days = [cell for cell in text if re.search("(日|日期|截止)：2026-01-20", cell)]
        whole = any if book is books[2] else all  # the frame of a printed page is cut to its line
        assert days and whole(job.day_note in cell for cell in days), book.name
        assert sum(sentence in cell for cell in text) == times, book.name
    unset = [cell for cell in texts_of(books[2]) if "当年主题党日主题" in cell and "尚未设定" in cell]
    assert len(unset) == 1, "the page that is signed says it in its own words"
    request = protocol.Request(made / "a.req", "compliance", str(made), "", "", {})
    button = console().button("compliance")
    with ExitStack() as held:
        desk = Desk(request, button, protocol.Reporter(request.path), held)
        answer = checked_answer(desk, checked, overall_said(checked), [], bad=False)
    assert sentence in answer.message and answer.message.endswith(f"评定日期 {job.judged_on}。")
    assert compliance_report(checked.compliance, checked.figures, job.why)["as_of_why"] == "deadline"


def texts_of(book):
    """All texts of a workbook."""
    opened = load_workbook(book, read_only=True)
    return [str(cell) for sheet in opened for row in sheet.iter_rows(values_only=True) for cell in row if cell]


@pytest.mark.parametrize(("pack", "year"), PACKS)
def test_every_open_parameter_says_what_leaving_it_open_means(pack, year):
    policy, unknown = load_policy(pack), "没有写明"
    lines = parameter_lines(policy, form_of(pack), year)
    assert [one.name for one in lines if not one.value] == [one.name for one in open_parameters(policy, year)]
    for line in lines:
        assert line.if_open and unknown not in line.if_open and line.allowed and line.clauses, line.name
    blank = replace(policy.parameters["longterm_absence_text"], if_open="")
    poorer = replace(policy, parameters={**policy.parameters, blank.name: blank})
    (line,) = [one for one in parameter_lines(poorer, form_of(pack), year) if one.name == blank.name]
    assert unknown in line.if_open


def test_what_follows_is_derived_from_who_reads_it():
    policy, form = load_policy("yunnan-2025"), form_of("yunnan-2025")
    said = {one.name: one.if_open for one in parameter_lines(policy, form, 2025)}
    assert "YN-10-d 未评，不计入总评和达标率" in said["theme_of_year"]
    assert "《单位情况》填的“书记补贴标准”核算" in said["std_secretary"]
    assert "教育管理机制" in said["four_mechanisms"] and "YN-11-c 按任务清单的办理状态评" in said["four_mechanisms"]
    assert "未评" not in said["lecture_leaders"]
    by_leader = {one.name: one.if_open for one in parameter_lines(policy, form, 2025, {"lecture_basis": "leader"})}
    assert "YN-12-c、YN-12-d 未评" in by_leader["lecture_leaders"]
    city = {
        one.name: one.if_open for one in parameter_lines(load_policy("yizheng-2022"), form_of("yizheng-2022"), 2023)
    }
    assert "YZ-2.4-b 只登记" in city["six_have_one_up"]


@pytest.mark.parametrize(("pack", "year"), PACKS)
def test_the_same_is_said_by_init_the_settings_file_show_and_the_console(tmp_path, pack, year):
    units, folder = tmp_path / "名录.xlsx", tmp_path / "批次"
    units.write_bytes(unit_list_workbook(UnitList((UNIT,)), form_of(pack)))
    answer = command("init", folder, "--policy", pack, "--year", year, "--units", units)
    assert answer.exit_code == 0, answer.output
    campaign = open_campaign(folder)
    assert campaign.overrides == {}
    text = (folder / SETTINGS).read_text("utf-8")
    cells = tables.setting_cells(campaign)
    screen = "".join(answer.output.split())
    for number, line in enumerate(lines_of(campaign), 1):
        (written,) = [one for one in text.splitlines() if one.startswith(f"#   {line.name}（{line.title}）")]
        assert line.if_open in written and line.quotes in written and line.allowed in written
        assert line.name in screen and line.clauses[0][0] in screen
        assert cells[f"out_parameter_{number}"] == line.title
        assert cells[f"cfg_parameter_{number}"] == line.shown
        assert all(part in cells[f"out_about_{number}"] for part in (line.if_open, line.quotes, line.allowed))
        assert cells[f"known_parameter_{number}"] == f"{line.name}={line.shown}"
        record = clause_record(campaign.policy, campaign.form, line.clauses[0][0], date(year, 12, 31))
        if not line.value:
            assert f"{line.title}：{line.shown}" in clause_text(record, date(year, 12, 31))
            assert line.if_open in clause_text(record, date(year, 12, 31))


@pytest.mark.parametrize("clause", ["YN-10-d", "YZ-1.1-h"])
def test_show_says_what_to_do_about_a_clause(clause):
    answer = command("policy", "show", clause)
    policy = load_policy("yunnan-2025" if clause.startswith("YN") else "yizheng-2022")
    assert f"怎么办：{policy.indicator_of[clause].remedy}" in answer.output


# ---- setting one


@pytest.mark.parametrize("folder", [PACKS[1]], indirect=True)
def test_set_keeps_the_comments_and_takes_clerks_words(folder):
    before = (folder / SETTINGS).read_text("utf-8")
    typed = {
        "当年主题党日主题": "永远 “跟党走”: #1",
        "四项工作机制": "甲、乙，丙",
        "讲党课的口径": "按每名负责同志计",
        "在职党员是否计发": "是",
        "std_secretary": "３００.５",
        "overall_hard": "3",
    }
    for name, value in typed.items():
        answer = command("set", folder, name, value)
        assert answer.exit_code == 0, answer.output
    found = open_campaign(folder).overrides
    assert found["theme_of_year"] == "永远 “跟党走”: #1" and found["four_mechanisms"] == ("甲", "乙", "丙")
    assert (
        found["lecture_basis"] == "leader"
        and found["pay_in_service"] is True
        and str(found["std_secretary"]) == "300.5"
    )
    assert found["overall_hard"] == 3
    kept = [line for line in (folder / SETTINGS).read_text("utf-8").splitlines() if not line.startswith("parameters")]
    assert kept == [line for line in before.splitlines() if not line.startswith("parameters")]
    assert command("set", folder, "theme_of_year", "").exit_code == 0
    assert open_campaign(folder).overrides["theme_of_year"] is None
    listed = json.loads(command("set", folder, "--json").output)
    assert {one["name"]: one["value"] for one in listed}["std_secretary"] == "300.5"


@pytest.mark.parametrize("folder", [PACKS[1]], indirect=True)
@pytest.mark.parametrize(
    ("name", "value", "code", "says"),
    [
        ("lecture_leaders", "三", "P002", "不是整数"),
        ("lecture_leaders", "2.5", "P002", "不是整数"),
        ("std_secretary", "NaN", "P002", "不是数字"),
        ("讲党课的口径", "leader2", "P002", "只能选：按单位计、按每名负责同志计"),
        ("四项工作机制", "、，", "P002", "一项也没有"),
        ("计为党组织书记的组织", "党支部、支部", "P002", "没有“支部”这一项"),
        ("month_rule", "", "P002", "不能留空"),
        ("overall_hard", "", "P002", "应为1以上的整数"),
        ("总评不达标的条数（硬性未达标）", "0", "P002", "应为1以上的整数"),
        ("没有这个", "1", "P010", "没有参数“没有这个”"),
    ],
)
def test_a_wrong_value_is_one_sentence_and_changes_nothing(folder, name, value, code, says):
    before = (folder / SETTINGS).read_bytes()
    answer = command("set", folder, name, value)
    assert answer.exit_code == 2 and answer.output.startswith(f"[{code}]") and says in answer.output
    assert len(answer.output.splitlines()) == 1 and (folder / SETTINGS).read_bytes() == before


@pytest.mark.parametrize("folder", [PACKS[1]], indirect=True)
def test_the_cells_of_the_console_reach_the_round(folder):
    lines = lines_of(open_campaign(folder))
    row = {line.name: number for number, line in enumerate(lines, 1)}
    shown = {name: str(value) for name, value in tables.setting_cells(open_campaign(folder)).items()}
    assert settings.changed_parameters(shown) == {}
    typed = {
        **shown,
        f"cfg_parameter_{row['theme_of_year']}": "永远跟党走",
        f"cfg_parameter_{row['std_deputy']}": "三百",
    }
    with pytest.raises(XltoolError, match=r"P002.*副书记补贴统一标准.*“三百”.*不是数字"):
        settings.save(folder, {"title": "新"}, settings.changed_parameters(typed))
    assert open_campaign(folder).overrides == {} and open_campaign(folder).title != "新"
    typed[f"cfg_parameter_{row['std_deputy']}"] = "300"
    settings.save(folder, {"title": "新"}, settings.changed_parameters(typed))
    campaign = open_campaign(folder)
    assert (campaign.title, campaign.overrides["theme_of_year"]) == ("新", "永远跟党走")
    after = tables.setting_cells(campaign)
    assert after[f"cfg_parameter_{row['theme_of_year']}"] == "永远跟党走"
    assert settings.changed_parameters({name: str(value) for name, value in after.items()}) == {}


def test_more_open_parameters_than_rows_are_not_lost(monkeypatch):
    policy, form = load_policy("yunnan-2025"), form_of("yunnan-2025")
    lines = parameter_lines(policy, form, 2025)
    many = tuple(replace(lines[0], name=f"p{number}") for number in range(console().parameter_room + 3))
    monkeypatch.setattr(tables, "lines_of", lambda campaign: many)
    cells = tables.parameter_cells(None)
    assert "还有 3 个" in cells[f"out_about_{console().parameter_room}"]


def test_dated_values_are_not_wiped_out_by_one(tmp_path):
    units = tmp_path / "名录.xlsx"
    units.write_bytes(unit_list_workbook(UnitList((UNIT,)), form_of("yunnan-2025")))
    create_campaign(tmp_path / "批次", policy=load_policy("yunnan-2025"), year=2025, unit_list=units)
    path = tmp_path / "批次" / SETTINGS
    dated = 'parameters: {std_secretary: [{from: "2025-07-01", value: "400"}]}'
    path.write_text(path.read_text("utf-8").replace("parameters: {}", dated), "utf-8")
    answer = command("set", tmp_path / "批次", "书记补贴统一标准", "300")
    assert answer.exit_code == 2 and "P009" in answer.output and dated in path.read_text("utf-8")


def test_one_value_set_leaves_all_others_and_the_comments():
    """Whatever way a person wrote the parameters, and whichever is set then."""
    names = [f"p{number}" for number in range(6)]
    for seed in range(60):
        chance = random.Random(seed)
        given = {
            name: chance.choice(["1", "甲: # 乙", ["x", "y"], [{"from": "2025-07-01", "value": "3"}]])
            for name in names[: chance.randint(0, 5)]
        }
        style = chance.choice([True, False])
        body = yaml.safe_dump({"parameters": given}, allow_unicode=True, default_flow_style=style, sort_keys=False)
        body = body.removeprefix("{").removesuffix("}\n") + "\n" if style else body
        lines = body.splitlines()
        if not style and given:
            between = [at for at, line in enumerate(lines) if line.startswith("  p")]
            lines.insert(chance.choice([*between, len(lines)]), "  # 一句话")
        text = "\n".join(["# 头", 'year: "2025"', *lines, "# 尾", "mail: {}", ""])
        name, value = chance.choice(names), chance.choice(["新", ("a", "b"), ""])
        found = with_parameter(text, name, value)
        wanted = {**given, name: list(value) if isinstance(value, tuple) else value}
        assert yaml.safe_load(found) == {"year": "2025", "parameters": wanted, "mail": {}}, (seed, found)
        assert [part for part in found.splitlines() if "# " in part and "甲" not in part] == [
            part for part in text.splitlines() if "# " in part and "甲" not in part
        ]


@pytest.mark.parametrize("folder", [PACKS[1]], indirect=True)
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('overall_hard: "0"', "应为1以上的整数"),
        ('overall_hard: ""', "应为1以上的整数"),
        ('overall_hard: "两条"', "应为1以上的整数"),
        ('month_rule: ""', "不能留空"),
        ('branch_min_full: [{from: "2025-07-01", value: ""}]', "不能留空"),
        ('lecture_leaders: ["3"]', "应为文字"),
        ("secretary_scope: []", "不能留空"),
        ("secretary_scope: [党支部, 支部]", "没有“支部”这一项，只有 党委、"),
        ('leader_roles: [{from: "2025-07-01", value: [主任]}]', "没有“主任”这一项"),
    ],
)
def test_a_wrong_value_typed_into_the_file_is_refused(folder, line, says):
    """What the text of the policy sets stays set: nobody makes a clause go away by emptying its number."""
    path = folder / SETTINGS
    path.write_text(path.read_text("utf-8").replace("parameters: {}", f"parameters: {{{line}}}"), "utf-8")
    with pytest.raises((XltoolError, DefinitionError), match=says):
        open_campaign(folder)


@pytest.mark.parametrize("folder", [PACKS[1]], indirect=True)
def test_a_list_typed_into_the_file_may_be_one_text(folder):
    path, line = folder / SETTINGS, 'parameters: {four_mechanisms: "甲、乙", theme_of_year: "", std_deputy: ""}'
    path.write_text(path.read_text("utf-8").replace("parameters: {}", line), "utf-8")
    assert open_campaign(folder).overrides == {
        "four_mechanisms": ("甲", "乙"),
        "theme_of_year": None,
        "std_deputy": None,
    }


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
@pytest.mark.parametrize("words", ["读法", "很长的读法" * 60])
def test_the_console_offers_the_words_of_an_open_choice(tmp_path, words):
    """A choice that a policy leaves open gets a list to choose from, as long as Excel takes it."""
    policy, form = load_policy("yunnan-2025"), form_of("yunnan-2025")
    known = policy.parameters["contact_scope"]
    opened = replace(
        known, values=((known.values[0][0], None),), words={name: f"{words}{name}" for name in known.choices}
    )
    policy = replace(policy, parameters={**policy.parameters, opened.name: opened})
    lines = [one for one in parameter_lines(policy, form, 2025) if one.name == opened.name]
    assert lines[0].choices == tuple(opened.words.values()) and "YN-13-h 未评" in lines[0].if_open
    round_of = SimpleNamespace(policy=policy, form=form, year=2025, overrides={})
    cells = {"out_about_1": lines[0].said("in_console")}
    (tmp_path / "a.xlsm").write_bytes(build_console(round_of, cells=cells))
    sheet = load_workbook(tmp_path / "a.xlsm", keep_vba=True)[console().texts["sheets"]["settings"]]
    offered = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert any(words in formula for formula in offered) == (len(words) < 100)
