"""Which rows count: FIG-01 to FIG-08 of the faults found in the figures, on the command line."""

from __future__ import annotations

import pytest
from figures_cli.returns import YIZHENG, YUNNAN, changed, organisation, yizheng, yunnan
from figures_cli.rounds import Round, folder_for

pytestmark = pytest.mark.rounds


def pictures(made: Round, exit_code: int) -> dict[str, object]:
    """What must not depend on older versions: amounts, levels, totals, exit code; and what is said about errors."""
    levels, money, sums = "单位×条款 单位总览 条款总览 明细", "发放表 单位汇总 公示版", "数据_单位 年度汇总数 分类统计"
    found = {f"达标情况 {page}": made.text("达标情况", page) for page in levels.split()}
    found |= {f"发放表 {page}": made.text("工作补贴发放表", page) for page in money.split()}
    found |= {f"综合汇总 {page}": made.text("综合汇总", page) for page in sums.split()}
    found |= {"退出码": exit_code, "来源": made.text("综合汇总", "5 口径与依据")}
    found["发放表"] = [line for code in made.names for line in made.payments(code)]
    found["明细"] = made.rows("达标情况", "明细", "条款", "等级")
    found["错误"] = [(line["文件"], line["单元格"]) for line in made.findings() if line["级别"] == "错误"]
    return found


CORRECTED = {"320901": "清渚市教育局", "320902": "清渚市水利局"}
"""Two units that corrected the dates of their posts; the wrong files stay in 回收."""


@pytest.fixture(scope="module")
def corrected(tmp_path_factory):
    """The round, its pictures with the wrong files (an older one, one put aside with `choose`) and without them."""
    made = Round(
        folder_for(tmp_path_factory, "更正"), *YIZHENG, [{"单位代码": c, "单位全称": n} for c, n in CORRECTED.items()]
    )
    older = []
    for (code, name), day in zip(CORRECTED.items(), ("2023-12-05", "2023-12-20"), strict=True):
        good = yizheng(code, name)
        right = made.give(code, good)
        wrong = changed(good, 任职与补贴__0__任职日期="不详", 任职与补贴__1__任职日期="不详")
        older.append(
            made.give(code, wrong | {"单位情况": good["单位情况"] | {"填报日期": day}}, f"{name}（更正前）.xlsx")
        )
    made.run()
    assert made.ask("choose", "--unit", code, "--file", right.name, dated=False).exit_code == 0
    found = [pictures(made, made.run().exit_code)]
    for path in older:
        path.unlink()
    return made, *found, pictures(made, made.run().exit_code)


@pytest.mark.parametrize("code", CORRECTED, ids=["older", "chosen"])
def test_fig_01_a_unit_that_corrected_itself_is_judged_by_its_correction(corrected, code):
    _, with_it, _ = corrected
    secretary = [line for line in with_it["发放表"] if line["单位"] == CORRECTED[code]]
    assert [(line["应发"], line["核对结果"]) for line in secretary] == [(3600, "达标")]
    assert "无法判定" not in [line["等级"] for line in with_it["明细"] if line["单位"] == CORRECTED[code]]


def test_fig_01_an_older_version_is_no_error(corrected):
    """Nothing was refused because of 错误, and nothing is left to be put right."""
    _, with_it, _ = corrected
    assert with_it["退出码"] == 0
    assert "因有错误剔除0行" in with_it["来源"]
    assert with_it["错误"] == []


def test_fig_01_an_older_version_changes_no_page(corrected):
    _, with_it, without = corrected
    assert [name for name in without if name not in ("来源", "错误") and without[name] != with_it[name]] == []


SPOILT = [
    ("A1", "撤销后仍填报"),
    ("A2", "临时党支部"),
    ("A3", "撤销日期看不清"),
    ("B1", "没有填报人"),
    ("B2", "没有专责人"),
    ("B3", "办公电话填了手机"),
    ("C1", "没有主管责任单位"),
    ("D1", "四个党组织"),
    ("D2", "上级代码填错"),
]


def _code(mark: str) -> str:
    return f"3209{10 + [known for known, _ in SPOILT].index(mark)}"


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> Round:
    """Units of the floor regime, each with one awkward row or cell."""
    units = [{"单位代码": _code(mark), "单位全称": f"清渚市{name}局"} for mark, name in SPOILT]
    orgs = [
        organisation(unit, number)
        for unit in units
        for number in ((1, 2, 3, 4) if "四个" in unit["单位全称"] else (1,))
    ]
    made = Round(folder_for(tmp_path_factory, "格"), *YIZHENG, units, orgs)
    good = {mark: yizheng(_code(mark), made.names[_code(mark)]) for mark, _ in SPOILT}
    blank = {"党组织情况__0__支部等次": None}
    given = {
        "A1": changed(good["A1"], 党组织情况__0__撤销日期="2023-03-31", **blank),
        "A2": changed(good["A2"], 党组织情况__0__是否临时党组织="是", **blank),
        "A3": changed(good["A3"], 党组织情况__0__撤销日期="三月底"),
        "B1": good["B1"] | {"单位情况": good["B1"]["单位情况"] | {"填报人": None}},
        "B2": good["B2"] | {"单位情况": good["B2"]["单位情况"] | {"党建工作专责人": None}},
        "B3": good["B3"] | {"单位情况": good["B3"]["单位情况"] | {"办公电话": "13812345678"}},
        "C1": changed(good["C1"], 党组织情况__0__设置依托="养老机构", 党组织情况__0__主管责任单位=None),
        "D1": good["D1"] | {"党组织情况": _four(good["D1"])},
        "D2": changed(good["D2"], 党组织情况__0__上级党组织代码=f"{_code('D1')}-02"),
    }
    for mark, sheets in given.items():
        made.give(_code(mark), sheets)
    made.run()
    return made


def _four(good):
    """Two branches of five in force, one of six dissolved in June, a temporary one of five."""
    (first,) = good["党组织情况"]
    code, name = first["所属单位代码"], first["党组织全称"].removesuffix("党支部")
    five = {"正式党员数": 5, "党员总数": 5}
    return [
        first | five | {"党组织全称": f"{name}第一党支部"},
        first | five | {"党组织代码": f"{code}-02", "党组织全称": f"{name}第二党支部"},
        first
        | {"党组织代码": f"{code}-03", "党组织全称": f"{name}第三党支部", "党员总数": 6, "正式党员数": 6}
        | {"撤销日期": "2023-06-30"},
        first | five | {"党组织代码": f"{code}-04", "党组织全称": f"{name}第四党支部", "是否临时党组织": "是"},
    ]


def test_fig_02_a_branch_dissolved_in_march_pays_three_months(cells):
    """Another cell of its row is blank; that the branch was dissolved is not forgotten with it."""
    assert cells.payment(_code("A1"), "周桂芳")[0] == 900


def test_fig_02_a_temporary_branch_pays_nothing(cells):
    assert cells.payment(_code("A2"), "周桂芳") == (0, "预警")


def test_fig_02_an_unreadable_day_of_dissolution_leaves_the_amount_open(cells):
    (line,) = (line for line in cells.payments(_code("A3")) if line["姓名"] == "周桂芳")
    assert (line["应发"], line["核对结果"]) == (None, "无法判定")
    assert "党组织情况" in line["说明"]


@pytest.mark.parametrize("mark", ["B1", "B2", "B3"])
def test_fig_06_one_cell_of_the_unit_sheet_takes_no_payment_away(cells, mark):
    """填报人, 党建工作专责人, a mobile number in 办公电话."""
    assert cells.payment(_code(mark), "周桂芳") == (3600, "达标")
    assert cells.level(_code(mark), "YZ-S4-l") == "达标"
    assert cells.level(_code(mark), "YZ-S5-a") == "达标"


def test_fig_07_a_blank_that_an_indicator_judges_is_a_miss(cells):
    """No 专责人 is 不达标, no 主管责任单位 outside the own unit is a miss of a soft clause."""
    assert cells.level(_code("B2"), "YZ-S1-m") == "不达标"
    assert cells.level(_code("C1"), "YZ-2.1-h") == "预警"


def test_fig_04_only_branches_in_force_are_counted(cells):
    """Four rows: one was dissolved in June, one is temporary; another unit names the second one as its superior."""
    line = cells.line("综合汇总", "数据_单位", _code("D1"), "党组织", "党员")
    assert (line["党组织"], line["党员"]) == (3, 10)
    tally = [
        line["数量"] for line in cells.rows("综合汇总", "分类统计", "分类", "数量") if line["工作表"] == "党组织情况"
    ]
    assert sum(tally) == 3 + len(SPOILT) - 1 - 1, "one a unit but A1, which was dissolved, and three of D1"


def test_fig_05_the_right_sum_is_no_doubt(cells):
    """Ten members in two branches; five in a temporary one and six in a dissolved one do not count."""
    assert "STAT-007" not in [line["代码"] for line in cells.findings(_code("D1"))]


YUNNAN_UNITS = (
    "组已撤销",
    "组缺人数",
    "组日期看不清",
    "支部缺等次",
    "支部日期看不清",
    "组未挂联",
    "任务无人",
    "缺填报人",
    "年中成立",
    "支部先撤",
)


@pytest.fixture(scope="module")
def groups(tmp_path_factory) -> Round:
    """Units whose study group or branch has one blank or unreadable cell."""
    units = [
        {"单位代码": f"5301{number:02}", "单位全称": f"清渚市{name}局"} for number, name in enumerate(YUNNAN_UNITS, 1)
    ]
    made = Round(folder_for(tmp_path_factory, "组"), *YUNNAN, units)
    for number, (code, name) in enumerate(made.names.items()):
        good = yunnan(code, name)
        quiet = [row for row in good["活动台账"] if row["活动类型"] not in ("学习小组学习", "主题党日")]
        idle = good | {"活动台账": quiet}
        made.give(
            code,
            (
                changed(good, 学习小组__0__撤销日期="2025-03-31", 学习小组__0__成员人数=None),
                changed(idle, 学习小组__0__成员人数=None),
                changed(idle, 学习小组__0__组建日期="不详"),
                changed(idle, 党组织情况__0__支部等次=None),
                changed(idle, 党组织情况__0__成立日期="不详"),
                changed(good, 学习小组__0__挂联党支部代码=None),
                good | {"任务清单": good["任务清单"] | {"责任岗位": None}},
                good | {"单位情况": good["单位情况"] | {"填报人": None}},
                changed(good, 党组织情况__0__成立日期="2025-06-15", 学习小组__0__组建日期="2025-04-10"),
                changed(good, 党组织情况__0__撤销日期="2025-03-31"),
            )[number],
        )
    made.run()
    return made


def _group(name: str) -> str:
    return f"5301{YUNNAN_UNITS.index(name) + 1:02}"


def test_fig_02_a_group_dissolved_in_march_pays_three_months(groups):
    assert groups.payment(_group("组已撤销"), "冯玉兰")[0] == 900
    assert groups.payment(_group("组已撤销"), "冯玉兰")[1] != "达标"


def test_fig_06_the_standard_of_a_unit_outlives_another_cell(groups):
    """The amount rests on 书记补贴标准 of the same one-row sheet."""
    assert groups.payment(_group("缺填报人"), "周桂芳") == (3600, "达标")


def test_months_before_the_founding_are_paid_and_asked_about(groups):
    """Nobody says nothing: the amounts stand, the lines are 预警 under 需核实, no breach and no other 总评."""
    for name, text in (("周桂芳", "早于党组织"), ("冯玉兰", "早于学习小组")):
        assert groups.payment(_group("年中成立"), name) == (3600, "预警")
        lines = groups.rows("工作补贴发放表", "需核实", "姓名", "原因")
        (line,) = (one for one in lines if (one["单位"], one["姓名"]) == ("清渚市年中成立局", name))
        assert text in line["原因"] and "待核实" in line["原因"]
    assert groups.level(_group("年中成立"), "YN-02-i") == "预警"


def test_a_day_of_founding_that_cannot_be_read_takes_no_payment_away_and_is_asked_about(groups):
    (line,) = (line for line in groups.payments(_group("支部日期看不清")) if line["姓名"] == "周桂芳")
    assert (line["应发"], line["核对结果"]) == (3600, "无法判定") and "成立日期" in line["说明"]


def test_a_group_outlives_the_branch_that_it_names(groups):
    assert groups.payment(_group("支部先撤"), "冯玉兰")[0] == 3600
    assert groups.payment(_group("支部先撤"), "周桂芳")[0] == 900


@pytest.mark.parametrize(
    ("unit", "clause", "level"),
    [
        ("组缺人数", "YN-02-k", "不达标"),
        ("组日期看不清", "YN-02-k", "无法判定"),
        ("支部缺等次", "YN-10-d", "不达标"),
        ("支部日期看不清", "YN-10-d", "无法判定"),
    ],
)
def test_fig_03_a_broken_cell_of_the_subject_improves_no_level(groups, unit, clause, level):
    """No group studied, no branch had its day: 不达标, and never 不适用 because its row has an error."""
    assert groups.level(_group(unit), clause) == level


def test_fig_07_a_group_without_branch_and_tasks_without_an_owner(groups):
    assert groups.level(_group("组未挂联"), "YN-02-e") == "不达标"
    assert groups.level(_group("任务无人"), "YN-S7-b") == "预警"


def test_fig_08_a_past_day_is_judged_as_of_that_day(corrected):
    """On 30 June nothing of the second half year is there yet: no 错误, no row refused, no unknown level."""
    made, *_ = corrected
    made.as_of = "2023-06-30"
    assert made.run().exit_code == 0
    assert "因有错误剔除0行" in made.text("综合汇总", "5 口径与依据")
    assert [line["代码"] for line in made.findings() if line["级别"] == "错误"] == []
    assert made.level("320901", "YZ-S1-g") == "预警", "to be heard in November"
    assert made.level("320901", "YZ-1.1-f") == "达标", "trained in March"
