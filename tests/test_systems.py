"""Systems that the two texts name: rows planted in returned forms stand where the office that answers for them looks.

One test a system, over rounds that are issued, filled in, merged and summed up as a bureau does it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pytest
from offices import fill_in, say_offices
from openpyxl import load_workbook
from rounds import Round

from toolkit.checked import Checked
from toolkit.compute.indicators import says_form
from toolkit.model.figures import NOT_COUNTED
from toolkit.outputs import write_compliance_book, write_merged, write_overview_book
from toolkit.registers.files import write_platforms, write_registers
from toolkit.round_trip.unit_pages import write_unit_pages
from toolkit.tasks.files import inbox, write_lists, write_overview
from toolkit.upward.files import upward_of, write_merged_upward, write_upward

pytestmark = pytest.mark.rounds

YZ, YN = "yizheng-2022", "yunnan-2025"
STATS = ("served_total", "served_party", "served_nonparty", "classed_members", "budget_amount", "budget_spent")
YEAR_END = ("述职", "提交工作报告")
LARGE = {
    "org_type": "党支部",
    "full_members": 60,
    "total_members": 60,
    "exception_reason": None,
    "exception_note": None,
}
BUREAU, SPEAKER, OFFICE = range(3)
"""Places in the list: two bodies of the city or prefecture, of which the second speaks for it, and a department."""


@dataclass
class Made:
    """A round that is merged and summed up."""

    round: Round
    checked: Checked
    folder: Path

    @cached_property
    def registers(self):
        """台账名册.xlsx: sheet → rows."""
        return sheets(write_registers(self.checked, self.folder / "台账名册.xlsx"))

    @cached_property
    def compliance(self):
        """达标情况.xlsx: sheet → rows."""
        return sheets(write_compliance_book(self.checked, self.folder / "达标情况.xlsx"))

    def org(self, place, number=0):
        """Code and name of an organisation of a unit."""
        own = self.round.units[place].orgs[number]
        return own.code, own.name

    def table(self, sheet, title):
        """The rows of one table of a register, by heading."""
        return table(self.registers[sheet], title)


def sheets(path):
    """Sheet → rows of values, days as days."""
    book = load_workbook(path, data_only=True)
    plain = {name: [[_plain(cell) for cell in row] for row in book[name].values] for name in book.sheetnames}
    book.close()
    return plain


def _plain(cell):
    return cell.date() if isinstance(cell, datetime) else cell.replace("\n", "") if isinstance(cell, str) else cell


def table(rows, title):
    """The rows below a section's title and its headings, down to the first row that is none."""
    head = re.compile(rf"([一二三四五六七八九]、)?{re.escape(title)}")
    first = next(number for number, row in enumerate(rows) if row[0] and head.fullmatch(str(row[0])))
    heads = [head for head in rows[first + 1] if head]
    found = []
    for row in rows[first + 2 :]:
        if all(cell is None for cell in row[1 : len(heads)]):
            break
        found.append(dict(zip(heads, row, strict=False)))
    return found


def totals(made_round, **values):
    """Puts annual totals in by their English names."""
    keys = [row.values["stat_key"] for row in made_round.campaign.form.by_name["annual_stat"].fixed_rows]
    return lambda rows: [
        row | ({"value": values[key]} if key in values else {}) for key, row in zip(keys, rows, strict=True)
    ]


def added(sheet, *more):
    """Adds rows to those of a sheet, numbered after them."""
    number = {"event": "event_no", "post": "post_no", "honor": "item_no"}[sheet]
    return lambda rows: [*rows, *({number: str(900 + at)} | row for at, row in enumerate(more))]


def event(host, kind, day, title, **more):
    """One row of 活动台账."""
    usual = {"target_group": "离退休干部", "mode": "线下", "attend_count": 7, "evidence_no": "种-1"}
    return {
        **usual,
        "host_code": host,
        "event_type": kind,
        "event_date": date.fromisoformat(day),
        "title": title,
        **more,
    }


def finished(made_round, folder):
    """The round with what its clerks write."""
    checked = made_round.check()
    write_merged(checked, made_round.campaign.output / "汇总数据.xlsx")
    write_overview_book(checked, made_round.campaign.output / "综合汇总.xlsx")
    folder.mkdir(exist_ok=True)
    return Made(made_round, checked, folder)


NAMED = {YZ: ("six_have_one_up", "san_you"), YN: ("four_mechanisms",)}
"""Lists that the texts only name; the second round says what stands in them."""


def two_years(folder, policy, first, plant):
    """A round and that of the next year, which names it as the one before."""
    made = []
    for year in (first, first + 1):
        lists = ", ".join(f"{name}: [种下的甲, 种下的乙]" for name in NAMED[policy])
        later = {"prior": f"../{first}", "parameters": f"{{{lists}}}"}
        found = Round(folder / str(year), 3, policy, year=year, settings=later if made else {})
        found.issue()
        for place in range(3):
            found.put(place, rows=plant(found, place, year))
        made.append(finished(found, folder / f"{year}出"))
    return made


@pytest.fixture(scope="module")
def yizheng(tmp_path_factory):
    """2023 and 2024 in Yizheng."""
    return two_years(tmp_path_factory.mktemp("yz"), YZ, 2023, planted_yizheng)


@pytest.fixture(scope="module")
def yunnan(tmp_path_factory):
    """2025 and 2026 in Yunnan."""
    return two_years(tmp_path_factory.mktemp("yn"), YN, 2025, planted_yunnan)


def planted_yizheng(made_round, place, year):
    """What is planted in the returns of Yizheng."""
    org = made_round.units[place].orgs[0].code
    events = [event(org, "主题党日", f"{year}-06-18", f"种下的主题党日{place}", expected_count=11, attend_count=9)]
    events.append(event(org, "走访慰问", f"{year}-06-19", "种下的走访", occasion="无"))
    events.append(event(org, "报告会", f"{year}-06-20", "“五聚焦、五落实”宣讲会", also_counts_as="党课"))
    events.append(event(org, "志愿服务", f"{year}-06-21", f"征先锋志愿行{place}"))
    share = {2023: (500, 400, 100, 100, 1000, 400), 2024: (500, 400, 100, 300, 1200, 900)}[year]
    stats = totals(made_round, **dict(zip(STATS, share, strict=True)))
    if place == SPEAKER:
        city = made_round.units[place].code
        events.append(event(city, "提交工作报告", f"{year + 1}-01-08", "种下的年终报告"))
        events.append(event(city, "述职", f"{year}-12-20", "种下的述职"))
    honors = added("honor", honor(org, "党建品牌", f"绿扬先锋·红枫{place}"), honor(org, "先进党员", "绿扬先锋某某某"))
    held = lambda rows: added("event", *events)([row for row in rows if row["event_type"] not in YEAR_END])  # noqa: E731
    found = {"event": held, "annual_stat": stats, "honor": honors, **left_undone(place)}
    return found | crowded(place)


def crowded(place):
    """A branch of the department has grown too large."""
    return {"party_org": lambda rows: [rows[0] | LARGE, *rows[1:]]} if place == OFFICE else {}


def honor(host, kind, name, **more):
    """One row of 创建与品牌."""
    return {"host_code": host, "item_type": kind, "item_name": name, "level": "单位级", "status": "申报", **more}


def left_undone(place):
    """The department has begun none of its tasks."""
    nothing = {"status": "未启动", "done_date": None, "evidence_no": None, "na_reason": None}
    return {"task": lambda rows: [row | nothing for row in rows]} if place == OFFICE else {}


def planted_yunnan(made_round, place, year):
    """What is planted in the returns of Yunnan."""
    org = made_round.units[place].orgs[0].code
    events = [event(org, "主题党日", f"{year}-06-18", f"种下的主题党日{place}", expected_count=11, attend_count=9)]
    events.append(event(org, "报告会", f"{year}-06-20", "党建品牌交流", brand_tag="金色云岭"))
    share = {2025: (500, 400, 100, 100, 1000, 400), 2026: (500, 400, 100, 300, 1200, 900)}[year]
    stats = totals(made_round, **dict(zip(STATS, share, strict=True)))
    own = {
        "post": added("post", *staff(org, year)),
        "unit": lambda rows: [rows[0] | {"staff_total": 4, "staff_young": 1}],
    }
    own = own if place == OFFICE else {}
    found = {"event": added("event", *events), "annual_stat": stats, **own, **left_undone(place)}
    return found | crowded(place)


def staff(org, year):
    """Three of the Party-affairs staff of whom one was trained this year and one the year before."""
    days = (date(year, 5, 6), date(year - 1, 5, 6), None)
    usual = {"org_code": org, "post_type": "党务工作者", "person_status": "在职党员", "subsidy_recipient": "否"}
    return [
        {
            **usual,
            "person_key": f"D90{n}",
            "person_name": f"党务{n}",
            "start_date": date(2020, 1, 1),
            "trained_date": day,
        }
        for n, day in enumerate(days)
    ]


BOTH = pytest.mark.parametrize("made", ["yizheng", "yunnan"])


@BOTH
def test_branch_record_has_dates_titles_and_attendance(made, request):
    """党员记实管理: a table an organisation, with every activity; what may tell of persons is only counted."""
    first, _ = request.getfixturevalue(made)
    for place in (BUREAU, SPEAKER, OFFICE):
        code, name = first.org(place)
        own = first.table("支部活动记录", f"{name}（{code}）活动记录")
        (row,) = [row for row in own if row["主题"] == f"种下的主题党日{place}"]
        day = date(first.round.year, 6, 18)
        assert (row["开始日期"], row["应到人数（人）"], row["实到人数（人）"]) == (day, 11, 9)
        days = [row["开始日期"] for row in own if isinstance(row["开始日期"], date)]
        assert days == sorted(days)
        assert own[-1]["实到人数（人）"] == sum(row["实到人数（人）"] or 0 for row in own[:-1])
    assert "种下的走访" not in str(first.registers["支部活动记录"])


@BOTH
def test_managed_by_class_over_the_years(made, request):
    """党员分类管理: the share of this year beside that of the round before, for the area and for each unit."""
    first, second = request.getfixturevalue(made)
    assert [row["年度"] for row in first.table("分类管理", "历年变化")] == [str(first.round.year)]
    for name in ("全辖区", second.round.units[OFFICE].name):
        rows = [row for row in second.table("分类管理", "历年变化") if row["单位"] == name]
        assert [row["年度"] for row in rows] == [str(first.round.year), str(second.round.year)]
        assert [row["已纳入分类管理的党员数占比"] for row in rows] == [0.25, 0.75]
        assert [row["已纳入分类管理的党员数占比比上年（百分点）"] for row in rows] == [None, 50]


@BOTH
def test_budget_against_spending_over_the_years(made, request):
    """经费保障: budget, spending and the share spent, year by year."""
    _, second = request.getfixturevalue(made)
    rows = [row for row in second.table("经费", "历年预算和支出") if row["单位"] == second.round.units[OFFICE].name]
    assert [row["离退休干部党建工作经费预算（元）"] for row in rows] == [1000, 1200]
    assert [row["已支出（元）"] for row in rows] == [400, 900]
    assert [row["已支出占比"] for row in rows] == [0.4, 0.75]
    area = [row for row in second.table("经费", "历年预算和支出") if row["单位"] == "全辖区"]
    assert [(row["已支出（元）"], row["有数的单位"]) for row in area] == [(1200, 3), (2700, 3)]


@pytest.mark.parametrize("platform", ["江苏老干部云", "扬州一网通"])
def test_what_goes_to_a_platform_says_whose_it_is(yizheng, platform):
    """江苏老干部云, 扬州一网通: each row with its unit and branch, unit by unit."""
    first, _ = yizheng
    job = first.checked.job
    path = write_platforms(first.checked.dataset, job.policy, None, first.folder / "外部平台.xlsx", job.title)
    rows = sheets(path)[f"导出·{platform}"]
    heads = next(number for number, row in enumerate(rows) if row[0] == "单位")
    lines = [dict(zip(rows[heads], row, strict=True)) for row in rows[heads + 1 :]]
    for place in (BUREAU, SPEAKER, OFFICE):
        (row,) = [row for row in lines if row["主题"] == f"种下的主题党日{place}"]
        unit = first.round.units[place]
        assert (row["单位"], row["主办单位或党组织"]) == (unit.name, unit.orgs[0].name)
    units = [row["单位"] for row in lines]
    assert list(dict.fromkeys(units)) == [unit.name for unit in first.round.units]
    assert units == sorted(units, key=[unit.name for unit in first.round.units].index)


def test_evaluation_in_the_three_dimensions_of_the_text(yunnan):
    """评价体系: levels by 政治功能, 组织功能, 作用发挥, for the area and each unit; what nobody began is not met."""
    first, _ = yunnan
    whole = first.table("评价三个方面", "三个方面的达标率")
    assert [row["方面、行动、主题"] for row in whole] == ["政治功能", "组织功能", "作用发挥"]
    units = {row["单位"]: row for row in first.table("评价三个方面", "各单位达标率")}
    done, undone = (first.round.units[place].name for place in (BUREAU, OFFICE))
    assert {units[undone][f"{name}自报"] for name in ("政治功能", "组织功能", "作用发挥")} == {0}
    assert units[done]["政治功能自报"] > 0
    asked = {row["条款"]: row["性质"] for row in records(first.compliance["条款总览"], "条款")}
    own = [row for row in records(first.compliance["单位×条款"], "单位") if row["单位"] == undone]
    figures = first.checked.figures
    cells = [cell for cell in figures.cells.values() if cell.unit in figures.counted and cell.kind == "据实"]
    political = [cell for cell in cells if first.checked.job.policy.clauses[cell.clause].section[0] in "二三"]
    assert own and {asked[cell.clause] for cell in political} <= {"硬性", "软性"}
    expected = sum(cell.met for cell in political), sum(cell.asked for cell in political)
    assert (whole[0]["据实达标"], whole[0]["据实应评"]) == expected


def records(rows, head):
    """The rows below the first row that has a heading, by heading."""
    first = next(number for number, row in enumerate(rows) if head in row)
    return [dict(zip(rows[first], row, strict=True)) for row in rows[first + 1 :]]


def test_progress_of_each_yearly_theme(yunnan):
    """分年主题: each theme with its clauses and rates; next year those of the year before still stand there."""
    first, second = yunnan
    clauses = {row["条款"]: row for row in records(first.compliance["条款总览"], "条款")}
    for made in (first, second):
        rows = {row["依据条款"]: row for row in made.table("分年主题进度", "逐条")}
        assert [*rows] == [f"YN-00-{letter}" for letter in "fghijklmnopqrs"]
        for code in ("YN-00-f", "YN-00-g", "YN-00-h", "YN-00-i", "YN-00-j", "YN-00-k"):
            own, printed = rows[code], clauses[code]
            assert own["年度"] == "2025"
            assert own["达标"] == printed["达标"] + printed["达标（例外）"]
            assert own["达标率"] == pytest.approx(printed["达标率"])
        assert rows["YN-00-h"]["达标"] < rows["YN-00-h"]["应评"] == 3
        assert rows["YN-00-q"]["情况"] == "2027年评" and rows["YN-00-p"]["情况"].startswith("总体要求的原则性表述")
    before, now = (one.table("分年主题进度", "分年主题的进度") for one in (first, second))
    assert [row["自报应评"] for row in before] == [9, None, None]
    asked = sum(second.checked.figures.of_clause(code).asked for code in ("YN-00-l", "YN-00-n"))
    assert [row["自报应评"] for row in now] == [9, asked, None] and asked


@BOTH
def test_rates_of_the_actions(made, request):
    """四个行动、五个行动: the rates are those of 综合汇总."""
    first, _ = request.getfixturevalue(made)
    rows = {row["方面、行动、主题"]: row for row in first.table("分年主题进度", "各行动的达标率")}
    assert [*rows] == [name for name, _ in first.checked.job.policy.groups]
    whole = first.checked.figures.whole
    assert sum(row["自报应评"] or 0 for row in rows.values()) == whole["自报"].asked
    assert sum(row["据实达标"] or 0 for row in rows.values()) == whole["据实"].met


def test_the_five_basics_stay_after_their_year(yunnan):
    """五个基本: asked in 2025 only; the round of 2026 shows what came of it."""
    first, second = yunnan
    for made in (first, second):
        (row,) = made.table("五个基本", "落实情况（2025年评，以后年度列2025年的结果）")
        assert (row["自报应评"], row["自报达标"]) == (3, sum(done_in(first, place) for place in range(3)))
    assert not done_in(first, OFFICE)


def done_in(made, place):
    """Whether the cell of 五个基本 of a unit is met."""
    return made.checked.figures.cells[made.round.units[place].code, "YN-00-i"].met


def test_plans_and_brands_by_what_units_wrote(yizheng, yunnan):
    """上位计划与品牌: rows whose title, tag or name has the words; awards of persons are never searched."""
    first, _ = yizheng
    counts = {row["计划、工程、品牌"]: row for row in first.table("上位计划和品牌", "各项次数")}
    found = {name: (row["活动台账（行）"], row["创建与品牌（行）"], row["涉及单位"]) for name, row in counts.items()}
    assert found == {
        "五聚焦五落实": (3, 0, 3),
        "绿扬先锋": (0, 3, 3),
        "征先锋": (3, 0, 3),
        "质量提升行动": (0, 0, 0),
    }
    rows = first.table("上位计划和品牌", "写明的行")
    unit = first.round.units[OFFICE]
    assert ("绿扬先锋", "创建与品牌", unit.name, unit.orgs[0].name, "绿扬先锋·红枫2") in {
        (row["计划、工程、品牌"], row["来源"], row["单位"], row["主办单位或党组织"], row["单位写的"]) for row in rows
    }
    assert "某某某" not in str(first.registers["上位计划和品牌"])
    first, _ = yunnan
    (row,) = first.table("上位计划和品牌", "各项次数")
    assert (row["计划、工程、品牌"], row["活动台账（行）"]) == ("金色云岭", 3)


def test_trained_share_of_the_third_corps(yunnan):
    """三支队伍: Party-affairs staff with how many of them were trained this year, in all and by unit."""
    first, _ = yunnan
    rows = {row["队伍"]: row for row in first.table("书记队伍", "三支队伍")}
    staff_of_all = sum(row.staff_total for row in first.checked.dataset.records.rows("unit").rows)
    third = rows["党务干部"]
    assert (third["人数"], third["本年已集中培训"]) == (staff_of_all, 1)
    assert third["比例"] == pytest.approx(1 / staff_of_all)
    own = {row["单位"]: row for row in first.table("书记队伍", "党务干部培训（各单位）")}
    own = own[first.round.units[OFFICE].name]
    assert [own[head] for head in ("党务干部（单位情况）", "其中逐人登记", "本年已集中培训", "比例")] == [4, 3, 1, 0.25]
    assert "党务0" not in str(first.table("书记队伍", "党务干部培训（各单位）"))


@BOTH
def test_every_unit_has_a_result_sheet_for_its_assessment(made, request):
    """年度考核、述职评议: a page a unit to be put to its papers, with the figures of the register's table."""
    first, _ = request.getfixturevalue(made)
    found = {row["单位"]: row for row in first.table("考核和述职", "各单位结果（年度考核、述职评议用）")}
    (path,) = write_unit_pages(first.checked)
    pages = load_workbook(path, data_only=True).worksheets
    assert len(pages) == len(found) == 3
    for unit, page in zip(first.round.units, pages, strict=True):
        row, texts = found[unit.name], [str(cell.value) for line in page.iter_rows() for cell in line if cell.value]
        assert unit.name in texts[0] and row["总评"] in texts and row["总评"] not in NOT_COUNTED
        assert tile(page, "硬性要求未达标（项）") == row["硬性要求未达标（项）"]
        for head in ("达标率（据实）", "达标率（自报）"):
            assert tile(page, head) == pytest.approx(row[head])
    assert found[first.round.units[OFFICE].name]["达标率（自报）"] == 0


def tile(page, label):
    """The figure below the label of a tile."""
    cell = next(cell for row in page.iter_rows() for cell in row if cell.value == label)
    return page.cell(cell.row + 1, cell.column).value


@BOTH
def test_tasks_by_status_and_their_levels(made, request):
    """任务清单: what a unit answered stands in the progress of each task and as a level in 达标情况."""
    first, _ = request.getfixturevalue(made)
    rows = {row["任务编号"]: row for row in first.table("任务清单化", "各项任务的进度")}
    matrix = {row["单位"]: row for row in records(first.compliance["单位×条款"], "单位")}
    own = [row for row in first.checked.dataset.records.rows("task").rows if row.origin.unit == place_code(first)]
    assert len(own) > 10
    for row in own:
        counts = rows[row.task_no]
        assert counts["未启动"] >= 1 and counts["有这项任务的单位"] == sum(
            counts[status] for status in ("未启动", "进行中", "已完成", "不适用", "未填")
        )
        if row.task_no not in first.checked.job.policy.indicator_of:
            assert matrix[first.round.units[OFFICE].name][row.task_no] in ("不达标", "不适用")


def place_code(made):
    """Code of the department."""
    return made.round.units[OFFICE].code


@BOTH
def test_answers_of_the_offices_stand_beside_the_levels(made, request):
    """任务项目化: what an office answered on its list comes out in 达标情况 with the levels under the same clause."""
    first, _ = request.getfixturevalue(made)
    campaign, unit = first.round.campaign, first.round.units[OFFICE]
    name = next(name for name in campaign.policy.offices if name in ("各地各部门", "市财政局"))
    say_offices(campaign, {name: unit.code}, "不发")
    path = next(path for path in write_lists(first.checked).lists if unit.name in path.name)
    failed = [cell for cell in first.checked.figures.cells.values() if (cell.unit, cell.level) == (unit.code, "不达标")]
    clauses = {row[1] for row in load_workbook(path)["责任清单"].values if str(row[1]).startswith(("YZ", "YN"))}
    clause = next(cell.clause for cell in failed if cell.clause in clauses)
    day = date(first.round.year, 6, 1)
    fill_in(path, inbox(campaign) / "交回.xlsx", {clause: ("已完成", day, "种-9", "")}, day)
    rows = records(sheets(write_compliance_book(first.checked, first.folder / "答复.xlsx"))["责任单位答复"], "责任单位")
    rows = {row["条款"]: row for row in rows if row["条款"]}
    one = rows[clause]
    assert (one["责任单位"], one["答复"], one["完成日期"], one["佐证材料编号"]) == (unit.name, "已完成", day, "种-9")
    assert (one["本单位等级"], one["答复与等级"]) == ("不达标", "不一致")
    assert one["不达标单位"] == first.checked.figures.counts[clause, "不达标"] >= 1
    assert {row["答复"] for code, row in rows.items() if code != clause} == {"没有答复"}
    _, merged = write_overview(campaign, inbox(campaign), first.checked.job.as_of)
    assert merged.counted[unit.code].answers.keys() == {clause}
    said = campaign.folder / "责任单位.xlsx"
    said.write_bytes(b"?")
    rows = sheets(write_compliance_book(first.checked, first.folder / "答复.xlsx"))["责任单位答复"]
    assert any(str(row[0]).startswith("没有列出责任单位的答复：[TSK-002]") for row in rows)
    said.unlink()


@BOTH
def test_suggested_forms_agree_with_the_levels(made, request):
    """党组织设置: a branch of 60 is split, and nobody is told that all fits beside a level that says otherwise."""
    first, _ = request.getfixturevalue(made)
    rows = {row["单位"]: row for row in first.table("组织设置建议", "建议")}
    own = rows[first.round.units[OFFICE].name]
    assert "分设" in own["建议"] and own["党员"] >= 60
    policy = first.checked.job.policy
    clauses = {one.clause for one in policy.indicators if says_form(one)}
    for unit in first.round.units:
        levels = {
            one.level for one in first.checked.published.results if one.unit == unit.code and one.clause in clauses
        }
        assert (rows[unit.name]["建议"] == "现有党支部规模合适") <= (levels <= {"达标", "不适用"}), unit.name
    found = [row for row in first.table("组织设置建议", "需要处理的") if row["单位"] == first.round.units[OFFICE].name]
    assert any("60" in row["情况"] for row in found) == (made == "yizheng")  # Yunnan's text asks for no size


def test_a_report_in_january_belongs_to_the_year_before(yizheng):
    """双述职、议事协调: the report handed in on 8 January is taken, listed and judged as that of the year before."""
    first, second = yizheng
    city = first.round.units[SPEAKER]
    (row,) = [
        row
        for row in first.table("考核和述职", "述职、提交报告、议事协调会议、听取汇报、研究部署")
        if row["主题"] == "种下的年终报告"
    ]
    assert (row["单位"], row["开始日期"]) == (city.name, date(2024, 1, 8))
    levels = {row["条款"]: row["等级"] for row in records(first.compliance["明细"], "条款") if row["单位"] == city.name}
    assert (levels["YZ-S2-g"], levels["YZ-S2-h"]) == ("达标", "预警")
    assert not [row for row in second.checked.findings if row.code == "EVENT-002"]


def test_the_provinces_figures_after_merging_what_came_from_below(tmp_path):
    """云岭银学、大讲坛、四级培训: lectures of the province, courses by class, training by level over all rounds."""
    paths = []
    for name, place, level in (("省", 0, "省级"), ("州", 1, "州（市）级")):
        one = Round(
            tmp_path / name, 4, YN, pick=lambda listed, at=place, of=level: [replace(listed[at], level=of, speaks=True)]
        )
        one.issue()
        code = one.units[0].code
        more = [event(code, "培训班", "2025-05-06", "种下的培训班", hours_total=8, attend_count=30)]
        if level == "省级":
            tag = {"brand_tag": "云岭银潮之声"}
            more += [event(code, "大讲坛", f"2025-{month:02}-06", "种下的大讲坛", **tag) for month in (2, 5, 8, 11)]
        courses = [honor(code, "精品课程", f"课程{n}", course_class="党性教育主体课") for n in range(2)]
        clean = lambda rows, more=more: [  # noqa: E731
            *(row for row in rows if row["event_type"] not in ("培训班", "大讲坛")),
            *added("event", *more)([]),
        ]
        one.put(0, rows={"event": clean, "honor": added("honor", *courses)})
        paths.append(write_upward(upward_of(one.check()), tmp_path / f"{name}.xlsx", one.campaign.id))
    write_merged_upward(paths, tmp_path / "全省.xlsx", "全省", one.campaign)
    book = sheets(tmp_path / "全省.xlsx")
    total = {(row["类别"], row["项目"]): row for row in records(book["合计"], "项目") if row["项目"]}
    found = {key: row["合计"] for key, row in total.items()}
    assert found["四级培训（次）", "省级·培训班"] == found["四级培训（次）", "州（市）级·培训班"] == 1
    assert found["四级培训（人次）", "州（市）级·培训班"] == 30 and found["四级培训（次）", "省级·大讲坛"] == 4
    assert found["精品课程（按类别）", "党性教育主体课"] == 4
    area = {row["条款"]: row["等级"] for row in records(book["全辖区等级"], "条款")}
    assert area["YN-05-d"] == "达标"
    aims = {row["条款"]: row for row in records(book["本级目标"], "条款")}
    assert "县（市、区）级" in str(aims["YN-05-e"]) and aims["YN-05-e"]["等级"] != "达标"


LISTS = [
    ("yizheng", "six_have_one_up", "六有一提升", "项目"),
    ("yizheng", "san_you", "走访慰问和帮扶", "“三有一落实”项目"),
    ("yunnan", "four_mechanisms", "教育管理机制", "“四项工作机制”项目"),
]


@pytest.mark.parametrize(("made", "name", "sheet", "title"), LISTS)
def test_a_list_that_the_text_only_names_is_printed_when_it_is_set(made, name, sheet, title, request):
    """六有一提升、三有一落实、四项机制: the items as soon as a round says them; before, what to do about it."""
    first, second = request.getfixturevalue(made)
    assert first.table(sheet, title) == []
    assert f"（{name}）里填写" in str(first.registers[sheet])
    assert [row["项目"] for row in second.table(sheet, title)] == ["种下的甲", "种下的乙"]
    assert f"（{name}）里填写" not in str(second.registers[sheet])
