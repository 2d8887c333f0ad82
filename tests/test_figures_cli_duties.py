"""Who bears what, and dates: FIG-15 to FIG-21 of the faults found in the figures, on the command line."""

from __future__ import annotations

import pytest
from figures_cli.returns import YIZHENG, YUNNAN, changed, event, organisation, yizheng, yunnan
from figures_cli.rounds import Round, command, folder_for, pages, table
from openpyxl import load_workbook

pytestmark = pytest.mark.rounds
BUREAU, OFFICE, PLAIN, EMPTY, RELISTED = "320901", "320902", "320903", "320904", "320905"
CITY = {
    BUREAU: "清渚市委老干部局",
    OFFICE: "清渚市委组织部",
    PLAIN: "清渚市教育局",
    EMPTY: "清渚市水利局",
    RELISTED: "清渚市民政局",
}
COUNTY = {"层级": "县（市、区）级"}


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Round:
    """A city: the bureau speaks for it, an office is listed at its level, the rest are departments."""
    units = [{"单位代码": code, "单位全称": name} for code, name in CITY.items()]
    units[0] |= COUNTY | {"代表本级": "是"}
    units[1] |= COUNTY
    made = Round(folder_for(tmp_path_factory, "市"), *YIZHENG, units)
    bureau = yizheng(BUREAU, CITY[BUREAU], 填报日期="2024-01-12")
    january = [event(20, BUREAU, "述职", "2024-01-10"), event(21, BUREAU, "提交工作报告", "2024-01-10")]
    more = [*january, event(22, BUREAU, "研究部署", "2023-03-10")]
    figures = bureau["年度汇总数"] | {"E05": 1000}
    made.give(BUREAU, bureau | {"活动台账": [*bureau["活动台账"], *more], "年度汇总数": figures})
    made.give(OFFICE, yizheng(OFFICE, CITY[OFFICE]))
    plain = changed(yizheng(PLAIN, CITY[PLAIN]), 活动台账__5__开始日期="2022-12-28")
    assert plain["活动台账"][5]["节点"] == "元旦春节"
    made.give(PLAIN, plain | {"流动党员": [_back_after_two_months(PLAIN, 具备转接条件="是")]})
    empty = yizheng(EMPTY, CITY[EMPTY])
    made.give(EMPTY, empty | {"任职与补贴": empty["任职与补贴"][1:]})
    made.give(RELISTED, yizheng(RELISTED, CITY[RELISTED]))
    _relist(made)
    made.run()
    return made


def _back_after_two_months(code: str, **more: object) -> dict[str, object]:
    """A member who was away from 10 January to 10 March."""
    year = 2023 if code.startswith("32") else 2025
    return {
        "流动序号": 1,
        "党组织代码": f"{code}-01",
        "流动方向": "流出",
        "党员编号": "M1",
        "流动类别": "不足6个月",
        "流出日期": f"{year}-01-10",
        "返回日期": f"{year}-03-10",
        "对方所在地": "江苏省扬州市邗江区",
        "具备转接条件": "否",
    } | more


def _relist(made: Round) -> None:
    """The bureau changes 层级 of a unit in its list after the workbooks were handed out."""
    path = made.folder / "单位名录.xlsx"
    book = load_workbook(path)
    sheet = book["单位名录"]
    head = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[head.index("单位代码")].value == RELISTED)
    row[head.index("层级")].value = COUNTY["层级"]
    book.save(path)


def test_fig_15_an_office_at_the_level_of_the_city_has_the_duties_of_every_unit(city):
    """组织部 is listed as 县（市、区）级 like the bureau; it is exempt from nothing that binds 各部门各单位."""
    office, plain = ([(one["条款"], one["等级"]) for one in _lines(city, code)] for code in (OFFICE, PLAIN))
    differing = {clause for clause, _ in set(office) ^ set(plain)}
    assert differing <= {"YZ-3.1-d", "YZ-3.2-i"}, "those of the floating member of the other unit"
    assert city.level(OFFICE, "YZ-1.1-f") == "达标"


def test_fig_15_who_speaks_for_the_city_bears_its_duties_besides_the_own_ones(city):
    assert city.level(BUREAU, "YZ-1.1-f") == "达标"
    assert city.level(BUREAU, "YZ-S1-i") == "达标"


def test_fig_15_a_list_that_was_changed_later_is_said_to_differ(city):
    """The form says 部门（单位）, the list 县（市、区）级: judged by the list, without one unknown level."""
    assert city.levels(RELISTED).count("无法判定") == 0
    assert city.level(RELISTED, "YZ-1.1-f") == "达标"
    assert any(CITY[RELISTED] in line["问题"] and "名录" in line["问题"] for line in city.findings())


def _lines(made: Round, code: str) -> list[dict]:
    return [line for line in made.rows("达标情况", "明细", "条款", "等级") if line["单位"] == CITY[code]]


def test_fig_17_a_new_year_visit_in_december_counts_for_the_year_that_begins(city):
    """元旦春节 of 2023 was visited on 28 December 2022: not refused, and 达标."""
    assert "EVENT-002" not in [line["代码"] for line in city.findings(PLAIN)]
    assert city.level(PLAIN, "YZ-3.4-g") == "达标"


@pytest.mark.parametrize("clause", ["YZ-S2-g", "YZ-S2-h"])
def test_fig_17_a_report_of_the_year_handed_in_in_january_is_late(city, clause):
    """Whether it stands with the bureau or, where several units bear it, with the whole area."""
    found = [one for code in (BUREAU, "") for one in city.verdicts(code, clause) if one[0] != "不适用"]
    assert [level for level, _ in found] == ["预警"], found


def test_fig_18_a_member_who_came_back_need_not_be_transferred(city):
    (found,) = city.verdicts(PLAIN, "YZ-3.1-d")
    assert found[0] == "不适用", found


def test_fig_21_a_vacancy_says_from_which_day_it_is_counted(city):
    """The branch never had a secretary: counted, and said to be counted, from the first day of the year."""
    (found,) = city.verdicts(EMPTY, "YZ-2.2-b")
    assert found[0] == "不达标"
    assert "2023-01-01" in found[1] and "380天" in found[1], found


PROVINCE = {"530101": "清渚市教育局", "530102": "清渚市水利局"}
OF_PROVINCE = ("YN-05-d", "YN-05-e", "YN-07-f", "YN-08-i", "YN-09-e", "YN-10-c")


@pytest.fixture(scope="module")
def prefecture(tmp_path_factory) -> Round:
    """A prefecture under month_rule half; a secretary changed branches on 2 January, a member came back in March."""
    units = [{"单位代码": code, "单位全称": name} for code, name in PROVINCE.items()]
    orgs = [organisation(units[0]), organisation(units[0], 2), organisation(units[1])]
    made = Round(folder_for(tmp_path_factory, "州"), *YUNNAN, units, orgs, parameters="{month_rule: half}")
    first, second = PROVINCE
    good = yunnan(first, PROVINCE[first])
    (branch,), (secretary, *others) = good["党组织情况"], good["任职与补贴"]
    other = branch | {"党组织代码": f"{first}-02", "党组织全称": organisation(units[0], 2)["党组织全称"]}
    posts = [
        secretary | {"离任日期": "2025-01-01", "本期已发月数": 0, "本期已发金额": 0},
        *others,
        secretary | {"任职序号": 9, "党组织代码": f"{first}-02", "任职日期": "2025-01-02"},
    ]
    made.give(first, good | {"党组织情况": [branch, other], "任职与补贴": posts})
    away = _back_after_two_months(second, 系统登记日期="2025-01-15", 报到日期="2025-01-20", 一季度联系次数=2)
    made.give(second, yunnan(second, PROVINCE[second]) | {"流动党员": [away]})
    made.run()
    return made


def test_fig_16_what_the_province_has_to_do_is_not_unknown_for_a_prefecture(prefecture):
    """Judged by the province; no unit of this round speaks for it."""
    for clause in OF_PROVINCE:
        (found,) = prefecture.verdicts("", clause)
        assert found[0] == "不适用" and "省级" in found[1], (clause, found)


def test_fig_16_a_target_of_the_province_counts_the_persons_of_all_returns_upward(tmp_path):
    """100名左右 after merge-up: one secretary from the province's own return and one from a department."""
    names = {"530001": "云南省委老干部局", "530102": "清渚市水利局"}
    units = [{"单位代码": code, "单位全称": name} for code, name in names.items()]
    made = Round(tmp_path / "批次", *YUNNAN, [units[0] | {"层级": "省级", "代表本级": "是"}, units[1]])
    parts = []
    for code, name in names.items():
        given = made.give(code, changed(yunnan(code, name), 任职与补贴__0__培育计划="省级培育书记"))
        parts.append(tmp_path / f"{code}.xlsx")
        words = ("--policy", made.policy, "--as-of", made.as_of, "--title", name, "-o", parts[-1])
        assert command("report-up", given, *words).exit_code == 0
    merged = tmp_path / "全省.xlsx"
    assert command("merge-up", *parts, "-o", merged, "--title", "全省").exit_code == 0
    (line,) = [
        line
        for sheet in _with(merged, "条款", "情况")
        for line in table(merged, sheet, "条款", "情况")
        if line["条款"] == "YN-07-f"
    ]
    assert line["等级"] == "预警"
    assert line["情况"].startswith("省级培育党支部书记2"), line["情况"]


def _with(path, *labels: str) -> list[str]:
    """The pages of a book that have these columns."""
    return [name for name, lines in pages(path).items() if any(set(labels) <= set(line) for line in lines)]


def test_fig_18_a_member_who_came_back_is_no_longer_warned_about(prefecture):
    (found,) = prefecture.verdicts("530102", "YN-13-c")
    assert found[0] == "不适用", found


def test_fig_19_no_month_before_the_policy_is_paid(tmp_path, monkeypatch):
    """An own pack in force from 1 March 2025: ten months, not eleven."""
    monkeypatch.chdir(tmp_path)
    assert command("policy", "new", "chuxiong-2026", "--from", YUNNAN[0]).exit_code == 0
    pack = tmp_path / "chuxiong-2026" / "pack.yaml"
    text = pack.read_text("utf-8")
    assert 'effective: "2025-01-02"' in text
    pack.write_text(text.replace('effective: "2025-01-02"', 'effective: "2025-03-01"'), "utf-8")
    made = Round(tmp_path / "批次", str(pack.parent), 2025, [{"单位代码": "530101", "单位全称": "清渚市教育局"}])
    made.give("530101", yunnan("530101", "清渚市教育局"))
    made.run()
    (line,) = (line for line in made.payments("530101") if line["职务"] == "书记")
    assert (line["月数"], line["应发"]) == (10, 3000)


def test_fig_20_a_month_goes_to_the_post_held_for_most_of_it(prefecture):
    """January: one day in the first branch, thirty in the second one."""
    lines = [line for line in prefecture.payments("530101") if line["职务"] == "书记"]
    assert {line["党组织"][-4:]: (line["月数"], line["应发"]) for line in lines} == {
        "部党支部": (0, 0),
        "二党支部": (12, 3600),
    }
    assert {line["核对结果"] for line in lines} == {"达标"}
