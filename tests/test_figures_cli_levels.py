"""Levels, totals, verdicts: FIG-22 to FIG-30 and FIG-35 of the faults found in the figures, on the command line."""

from __future__ import annotations

import re

import pytest
from figures_cli.returns import YIZHENG, YUNNAN, changed, organisation, post, yizheng, yunnan
from figures_cli.rounds import Round, command, folder_for, pages, table

pytestmark = pytest.mark.rounds
GOOD, UNTICKED, COMMITTEE, GENERAL, DEPUTY, SHARED, DISSOLVED, SILENT = (f"32090{number}" for number in range(1, 9))
CITY = {
    GOOD: "清渚市教育局",
    UNTICKED: "清渚市水利局",
    COMMITTEE: "清渚市民政局",
    GENERAL: "清渚市交通局",
    DEPUTY: "清渚市财政局",
    SHARED: "清渚市文旅局",
    DISSOLVED: "清渚市公安局",
    SILENT: "清渚市林业局",
}
ROSTER = {
    "党员编号": "M1",
    "党组织代码": f"{SHARED}-01",
    "姓名": "陈一",
    "党员状态": "正式",
    "入党日期": "1972-05-01",
    "转正日期（党龄起算日）": "1973-05-01",
    "干部类别": "退休",
    "组织关系所在": "原工作单位",
    "纪念章颁发年度": 2023,
    "名册状态": "在册",
}

AWAY = [
    {
        "流动序号": number,
        "党组织代码": f"{COMMITTEE}-03",
        "流动方向": "流出",
        "党员编号": f"F{number}",
        "流动类别": "长期异地居住",
        "流出日期": "2023-01-10",
        "对方所在地": "江苏省扬州市邗江区",
        "对方党组织": "某社区党支部",
        "具备转接条件": "是",
    }
    for number in range(1, 21)
]
"""Twenty members who ought to have been transferred: twenty lines of one clause of one unit."""


def _orgs(unit) -> list[dict[str, object]]:
    """The organisations of a unit: a 党委 over two 党总支, a 党总支 beside a branch of its own, or one branch."""
    code = unit["单位代码"]
    shapes = {
        COMMITTEE: (
            ("党委", 0),
            ("党总支", 1),
            ("党支部", 2),
            ("党支部", 2),
            ("党总支", 1),
            ("党支部", 5),
            ("党支部", 5),
        ),
        GENERAL: (("党总支", 0), ("党支部", 1), ("党支部", 0)),
    }
    return [
        organisation(unit, number, form, **({"上级党组织代码": f"{code}-{over:02}"} if over else {}))
        for number, (form, over) in enumerate(shapes.get(code, (("党支部", 0),)), 1)
    ]


def _of_sizes(good, orgs, sizes, members: int):
    """A return with these organisations, of these sizes, and as many members in 年度汇总数."""
    (branch,) = good["党组织情况"]
    names = ("党组织代码", "党组织全称", "设置形式", "上级党组织代码")
    rows = [
        branch | {name: org.get(name) for name in names} | {"正式党员数": size, "党员总数": size}
        for org, size in zip(orgs, sizes, strict=True)
    ]
    return good | {"党组织情况": rows, "年度汇总数": good["年度汇总数"] | dict.fromkeys(("A01", "A03", "A05"), members)}


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Round:
    """Seven units that returned and one that did not, default parameters."""
    units = [{"单位代码": code, "单位全称": name} for code, name in CITY.items()]
    made = Round(folder_for(tmp_path_factory, "等级"), *YIZHENG, units, [org for unit in units for org in _orgs(unit)])
    good = {code: yizheng(code, name) for code, name in CITY.items()}
    hardship = {GOOD: 2, UNTICKED: 1, GENERAL: 9}
    for code, number in hardship.items():
        good[code]["年度汇总数"] |= {"C02": number, "C03": number}
    orgs = {unit["单位代码"]: _orgs(unit) for unit in units}
    deputy = post(3, f"{DEPUTY}-01", "R009", "钱副", "副书记", 1200, month=12)
    shared = changed(
        good[SHARED], 党组织情况__0__是否单独组建="否", 活动台账__1__主讲或带队身份="离退休干部工作机构负责同志"
    )
    shared["单位情况"]["阵地形式"] = "统筹使用党群服务中心"
    given = {
        GOOD: good[GOOD],
        UNTICKED: good[UNTICKED] | {"任务清单": good[UNTICKED]["任务清单"] | {"状态": "未启动", "完成日期": None}},
        COMMITTEE: _of_sizes(good[COMMITTEE], orgs[COMMITTEE], (120, 60, 30, 30, 60, 30, 30), 120) | {"流动党员": AWAY},
        GENERAL: _of_sizes(good[GENERAL], orgs[GENERAL], (20, 20, 40), 60),
        DEPUTY: good[DEPUTY]
        | {"任职与补贴": [*good[DEPUTY]["任职与补贴"], deputy], "活动台账": good[DEPUTY]["活动台账"][:-1]},
        SHARED: _of_sizes(shared, orgs[SHARED], (30,), 30) | {"党员名册": [ROSTER]},
        DISSOLVED: changed(good[DISSOLVED], 党组织情况__0__撤销日期="2023-03-31"),
    }
    for code, sheets in given.items():
        made.give(code, sheets)
    made.run()
    return made


def _overall(made: Round, code: str) -> str:
    return made.line("达标情况", "单位总览", code, "总评")["总评"]


def test_fig_22_a_unit_that_did_everything_is_met(city, province):
    """No parameter that the text leaves open keeps it from 达标."""
    assert _overall(city, GOOD) == "达标"
    assert _overall(province, "530101") == "达标"


def test_fig_22_a_clause_that_only_lists_has_no_level_and_a_ticked_task_has_its_own(city, province):
    assert city.level(GOOD, "YZ-2.4-b") == "不适用"
    assert city.level(GOOD, "YZ-3.4-c") == "达标"
    assert province.level("530101", "YN-11-c") == "达标"


def test_fig_22_init_says_what_is_left_open(city):
    """By the Chinese name of the parameter."""
    assert "六有一提升项目" in re.sub(r"\s|│", "", city.said)


def test_fig_23_the_verdict_follows_the_weight_of_the_breaches(city):
    """Ticks alone do not make a unit 不达标; a hard breach does, and more of them come first."""
    assert _overall(city, UNTICKED) == "达标"
    assert _overall(city, DEPUTY) == "不达标"
    hard = {
        code: city.line("达标情况", "单位总览", code, "总评").get("硬性未达标") for code in (GOOD, UNTICKED, DEPUTY)
    }
    assert hard == {GOOD: 0, UNTICKED: 0, DEPUTY: 1}


def _rate(line: dict[str, object]) -> object:
    """The first rate of a line: the only one, or that of what is proved."""
    rate = next(value for label, value in line.items() if label.endswith("达标率"))
    return None if rate == "—" else rate


def test_fig_24_one_rate_in_one_book(city):
    """What the sentence on the page to sign says is what the table of the units adds up to."""
    said = re.findall(r"达标率([\d.]+%)", city.text("综合汇总", "1 总体情况"))[0]
    total = next(
        line for line in city.rows("综合汇总", "3 单位排名", "单位", "总评") if str(line["序号"]).startswith("合")
    )
    assert said == f"{_rate(total):.1%}"


def test_fig_24_who_did_not_return_is_in_no_rate_and_ticks_are_apart(city):
    assert _rate(city.line("综合汇总", "3 单位排名", SILENT, "总评")) is None
    assert _rate(city.line("综合汇总", "3 单位排名", UNTICKED, "总评")) == 1, "what is proved, not what is ticked"


def test_fig_24_who_did_not_return_has_no_breaches_either(city):
    """0 硬性未达标 beside 未返回 reads like a unit without fault; 综合汇总 leaves it empty, and so does 达标情况."""
    for book, sheet in (("达标情况", "单位总览"), ("综合汇总", "3 单位排名")):
        silent, good = (city.line(book, sheet, code, "总评") for code in (SILENT, GOOD))
        assert silent["总评"] == "未返回" and silent.get("硬性未达标") in (None, "—"), book
        assert good["硬性未达标"] == 0, book


def test_fig_24_every_book_counts_levels_over_the_same_units(city, tmp_path):
    """条款总览, the matrix, 不适用说明 and what goes upward: the seven units that returned, the silent one apart."""
    upward, levels = tmp_path / "上报汇总.xlsx", ("达标", "预警", "不达标", "不适用", "无法判定", "未评")
    assert command("report-up", city.folder, "--as-of", city.as_of, "-o", upward).exit_code == 0
    sent = {one["条款"]: one for one in table(upward, "条款合计", "条款", "不适用")}
    lines = [line for line in city.rows("达标情况", "条款总览", "条款", "不适用") if line["条款"]]
    assert len(lines) > 100
    for line in lines:
        assert [line[level] for level in levels] == [sent[line["条款"]][level] for level in levels], line
        assert sum(line[level] for level in levels) == len(CITY) - 1 and line["未计入的单位"] == 1, line
        assert city.level(SILENT, line["条款"]) == "未返回"
    assert city.names[SILENT] not in city.text("达标情况", "不适用说明")
    assert city.line("达标情况", "单位总览", SILENT, "总评")["不适用"] is None


def test_fig_25_all_money_that_was_reported_is_listed(city):
    """The pay of a deputy secretary, which the policy does not regulate: 1 200 of 4 800."""
    book = city.folder / "汇总" / "工作补贴发放表.xlsx"
    assert any("钱副" in line and 1200 in line for lines in pages(book).values() for line in lines)
    reported = sum(line["已发金额"] for code in CITY for line in city.payments(code)) + 1200
    assert f"{reported:,.0f}" in city.text("综合汇总", "1 总体情况")


def test_fig_26_the_sum_for_the_level_above_is_the_sum(city, tmp_path):
    """2 and 1 are not shown by unit; together with the 9 of a third unit there are 12."""
    upward = tmp_path / "上报汇总.xlsx"
    assert command("report-up", city.folder, "--as-of", city.as_of, "-o", upward).exit_code == 0
    totals = {line["项目代码"]: line["合计"] for line in table(upward, "合计", "项目代码", "合计")}
    assert totals["C02"] == 12


@pytest.mark.parametrize(("code", "level"), [(COMMITTEE, "达标"), (GENERAL, "预警")], ids=["two of 60", "one of 20"])
def test_fig_27_a_general_branch_is_measured_by_the_branches_under_it(city, code, level):
    """Two of 60 under a 党委 are fine; one of 20 is too small, however many another branch has."""
    assert city.level(code, "YZ-2.1-d") == level


@pytest.mark.parametrize(
    ("clause", "level"),
    [
        pytest.param("YZ-2.1-b", "预警", id="a roster of one does not override a head count of 30"),
        pytest.param("YZ-1.1-h", "达标", id="the head of the office for retired cadres counts for a lecture"),
        pytest.param("YZ-S5-a", "不达标", id="a place of their own is a must"),
    ],
)
def test_fig_28_yizheng(city, clause, level):
    assert city.level(SHARED, clause) == level


def test_fig_30_an_explanation_of_money_names_what_cut_the_months(city):
    """Three months: the row of the organisation that was dissolved, and the day."""
    answer = city.ask("explain", "--person", "R001", "--unit", DISSOLVED)
    used = answer.output.split("用到的行")[1]
    assert "党组织情况" in used and "2023-03-31" in used, answer.output
    assert "应发=900.00" in answer.output


PROVINCE = {
    "530101": "清渚市教育局",
    "530102": "清渚市水利局",
    "530103": "清渚市民政局",
    "530104": "清渚市交通局",
    "530105": "清渚市财政局",
}
ALONE, JOINED, PLANNED, HALFWAY = list(PROVINCE)[1:]
ABSENT = "连续六个月没有参加"


@pytest.fixture(scope="module")
def province(tmp_path_factory) -> Round:
    """Five units of the other policy; what 长期不参加 means is set, no other parameter."""
    units = [{"单位代码": code, "单位全称": name} for code, name in PROVINCE.items()]
    made = Round(folder_for(tmp_path_factory, "省"), *YUNNAN, units, parameters=f"{{longterm_absence_text: {ABSENT}}}")
    good = {code: yunnan(code, name) for code, name in PROVINCE.items()}
    good["530101"]["年度汇总数"] |= dict.fromkeys(("B08", "B09", "B10", "B11"), 3)
    alone, half = good[ALONE], yunnan(HALFWAY, PROVINCE[HALFWAY], 填报日期="2025-07-05")
    member = post(
        5, f"{ALONE}-01", "R007", "孙志", "委员", 1000, month=12, born="1950.01", 本年集中培训日期="2025-04-10"
    )
    alone |= {"任职与补贴": [*alone["任职与补贴"][:3], member], "学习小组": [], "活动台账": alone["活动台账"][:7]}
    alone["年度汇总数"] |= {"A01": 10, "A04": 0, "A06": 0, "B01": 10}
    good[PLANNED]["年度汇总数"] |= {"A06": 3}
    secretary, leader = half["任职与补贴"][0], half["任职与补贴"][3]
    leader |= {name: secretary[name] for name in ("人员编号", "姓名", "出生年月", "人员身份")}
    for row in (secretary, leader):
        row |= {"本期已发月数": 6, "本期已发金额": 1800}
    half["活动台账"] = [row for row in half["活动台账"] if row["开始日期"] < "2025-07-01"]
    half["任务清单"] = {"责任岗位": "办公室主任", "状态": "进行中"}
    given = good | {
        JOINED: changed(good[JOINED], 党组织情况__0__是否单独组建="否", 活动台账__1__对象="党务干部"),
        PLANNED: changed(good[PLANNED], 党组织情况__0__党组织全称=f"中共{PROVINCE[PLANNED]}离退休干部党支部（筹）"),
        HALFWAY: half,
    }
    for code, sheets in given.items():
        made.give(code, sheets)
    made.run()
    return made


@pytest.mark.parametrize(
    ("code", "clause", "level"),
    [
        pytest.param(ALONE, "YN-02-i", "不适用", id="no study group, nothing to be paid like its leaders"),
        pytest.param(JOINED, "YN-00-f", "预警", id="a soft part is 预警 in the whole too"),
        pytest.param(JOINED, "YN-12-c", "不达标", id="a lecture for 党务干部 is none for retired members"),
        pytest.param(PLANNED, "YN-02-f", "预警", id="结合实际推动 is no must"),
        pytest.param(PLANNED, "YN-06-e", "达标", id="（筹） after the form of a name"),
    ],
)
def test_fig_28_yunnan(province, code, clause, level):
    assert province.level(code, clause) == level


def test_fig_29_the_proposal_does_not_contradict_the_verdict(province):
    """组织设置建议 of a unit that has a 预警 about its branch is not 规模合适."""
    proposed = {line["单位"]: line["建议"] for line in province.rows("台账名册", "组织设置建议", "单位", "建议")}
    assert [province.level(code, "YN-06-a") for code in ("530101", JOINED)] == ["达标", "预警"]
    assert "规模合适" in proposed[PROVINCE["530101"]]
    assert "规模合适" not in proposed[PROVINCE[JOINED]]


def test_fig_29_what_longterm_means_stands_in_the_reason(province):
    """A parameter that can be set changes something."""
    (found,) = province.verdicts("530101", "YN-12-l")
    assert ABSENT in found[1], found


def test_fig_35_double_pay_in_an_open_year_is_double_pay(province):
    """In July both posts have been paid for six months, 3 600 for 1 800 due: not only when the year is exceeded."""
    closed, province.as_of = province.as_of, "2025-07-10"
    assert province.ask("compliance").exit_code in (0, 1)
    found = province.verdicts(HALFWAY, "YN-02-j")
    province.as_of = closed
    assert [level for level, _ in found] == ["不达标"], found
