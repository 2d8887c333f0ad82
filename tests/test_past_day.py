"""What was done after the day of judgement had not been done on that day, whichever cell says when it was done.

FIG-08 says it of rows that begin later; here a row that was there says a later day in another of its columns.
"""

from __future__ import annotations

import pytest
from compliance_data import form_of
from figures_cli.returns import YIZHENG, YUNNAN, post, yizheng, yunnan
from figures_cli.rounds import Round, folder_for

from toolkit.policies import policy_ids

pytestmark = pytest.mark.rounds
UNIT, NAME = "320901", "清渚市教育局"
STAYS_OPEN = {"party_org.term_end_date", "task.due_date", "unit.fill_date", "event.end_date", "task.done_date"} | {
    f"{sheet}.{name}" for sheet in ("member", "post") for name in ("join_date", "full_date", "retire_date")
}
"""Dates that lie ahead by their nature, or that another column decides with (状态 of a task)."""


def one(factory, policy, sheets, as_of: str) -> Round:
    """A round of one unit, computed on a day."""
    made = Round(folder_for(factory, "过去"), *policy, [{"单位代码": UNIT, "单位全称": NAME}], as_of=as_of)
    made.give(UNIT, sheets)
    made.run()
    return made


def worst(made: Round, clause: str) -> str:
    """The level of the clause on the page of the director."""
    return made.level(UNIT, clause)


def away(year: int, **days: object) -> dict[str, object]:
    """A member who left on 10 January."""
    place = {"对方所在地": "江苏省扬州市邗江区", "对方党组织": "邗江区某社区党支部", "具备转接条件": "是"}
    who = {
        "流动序号": 1,
        "党组织代码": f"{UNIT}-01",
        "流动方向": "流出",
        "党员编号": "R009",
        "流动类别": "长期异地居住",
    }
    return who | {"流出日期": f"{year}-01-10"} | place | days


def transferred(day: str):
    return yizheng(UNIT, NAME) | {"流动党员": [away(2023, 转接完成日期=day)]}


def medal_case_closed(day: str):
    """One who is 50 years in the Party has no medal; the branch closed the case on a day."""
    member = {
        "党员编号": "R011",
        "党组织代码": f"{UNIT}-01",
        "姓名": "何建军",
        "出生年月": "1950.03",
        "党员状态": "正式",
    }
    member |= {"入党日期": "1973-05-01", "转正日期（党龄起算日）": "1973-05-01", "干部类别": "退休"}
    member |= {"组织关系所在": "原工作单位", "名册状态": "在册"}
    sheets = yizheng(UNIT, NAME)
    return sheets | {"党员名册": [member], "任务清单": sheets["任务清单"] | {"完成日期": day}}


@pytest.mark.parametrize(
    ("sheets", "clause", "early", "late"),
    [
        (transferred("2023-11-01"), "YZ-3.1-d", "不达标", "达标"),
        (medal_case_closed("2023-11-01"), "YZ-4.3-f", "预警", "达标"),
        (yizheng(UNIT, NAME), "YZ-1.1-a", "预警", "达标"),
    ],
    ids=["transfer", "medal", "task"],
)
def test_what_was_done_later_had_not_been_done_in_yizheng(tmp_path_factory, sheets, clause, early, late):
    made = one(tmp_path_factory, YIZHENG, sheets, "2023-08-30")
    assert worst(made, clause) == early
    made.as_of = "2024-01-15"
    made.run()
    assert worst(made, clause) == late


def test_the_end_of_a_closed_year_does_not_know_what_was_done_after_it(tmp_path_factory):
    """Nobody names a day: the year's end is the day of judgement, and the transfer of February is no excuse."""
    made = one(tmp_path_factory, YIZHENG, transferred("2024-02-01"), "2024-01-01")
    answer = made.ask("run", "--fresh", dated=False)
    assert answer.exit_code in (0, 1) and "2024-01-01" in answer.output
    ((level, reason),) = made.verdicts(UNIT, "YZ-3.1-d")
    assert level == "不达标" and "356天" in reason, reason


def test_what_was_done_later_had_not_been_done_in_yunnan(tmp_path_factory):
    """A floating member of whom everything was seen to in November, training in October, a group dissolved later."""
    sheets, done = yunnan(UNIT, NAME), "2025-11-20"
    days = dict.fromkeys(("系统登记日期", "报到日期", "通报流入地日期", "纳入居住地管理日期", "双向反馈日期"), done)
    sheets["流动党员"] = [
        away(2025, 本人愿意转接="否", 一季度联系次数=1, 二季度联系次数=1, 三季度联系次数=1, 四季度联系次数=1, **days)
    ]
    for row in sheets["任职与补贴"]:
        if "本年集中培训日期" in row:
            row["本年集中培训日期"] = "2025-10-20"
    sheets["学习小组"][0]["撤销日期"] = "2025-09-28"
    sheets["活动台账"] = [row for row in sheets["活动台账"] if not str(row["开始日期"]).startswith("2025-11-20")]
    sheets["银发人才库"] = [
        {"人才序号": 1, "党组织代码": f"{UNIT}-01", "姓名": "何建军", "专长": "教育", "入库级别": "单位级"}
        | {"本人自愿": "是", "同意日期": done}
    ]
    made = one(tmp_path_factory, YUNNAN, sheets, "2025-09-01")
    clauses = ("YN-13-d", "YN-13-e", "YN-13-f", "YN-13-g", "YN-05-g", "YN-04-g", "YN-15-e")
    early = {clause: worst(made, clause) for clause in clauses}
    assert early == dict(zip(clauses, ("不达标", "预警", "不达标", "预警", "预警", "预警", "不适用"), strict=True))
    third = [level for level, reason in made.verdicts(UNIT, "YN-02-k") if "第3季度" in reason]
    assert third == ["达标"], "on that day the group was there"
    made.as_of = "2026-01-15"
    made.run()
    assert {worst(made, clause) for clause in clauses} == {"达标"}
    third = [level for level, reason in made.verdicts(UNIT, "YN-02-k") if "第3季度" in reason]
    assert third == ["不适用"], "dissolved within the quarter"


@pytest.mark.parametrize("policy", policy_ids())
def test_every_date_of_the_form_says_what_it_means_on_an_earlier_day(policy):
    """A new date column is the beginning, the end or something that happened; or it is named here with the reason."""
    form, told = form_of(policy), []
    for sheet in form.sheets:
        for column in sheet.columns:
            known = column.name in (sheet.since, sheet.until, *sheet.happened)
            if column.type == "date" and not known and f"{sheet.name}.{column.name}" not in STAYS_OPEN:
                told.append(f"{sheet.name}.{column.name}")
    assert told == []


def test_days_before_the_policy_was_in_force_are_no_delay_in_yunnan(tmp_path_factory):
    """Away for ten months when the plan came into force: its days to see to it run from then on (YN-13-c, -f)."""
    sheets, known = yunnan(UNIT, NAME), dict.fromkeys(("系统登记日期", "报到日期"), "2025-01-05")
    back = away(2025, 本人愿意转接="否", 流出日期="2024-03-01", 返回日期="2025-03-10", 对方党组织=None, **known)
    gone = away(2025, 本人愿意转接="否", 流出日期="2024-03-01", 对方党组织=None, **known)
    sheets["流动党员"] = [gone, back | {"流动序号": 2, "党员编号": "R010"}]
    made = one(tmp_path_factory, YUNNAN, sheets, "2025-01-20")
    (notice, reason), _ = made.verdicts(UNIT, "YN-13-f")
    assert notice == "预警" and "以前的天数不计" in reason, "18 of the 30 days"
    assert [level for level, _ in made.verdicts(UNIT, "YN-13-c")] == ["预警", "预警"]
    told = made.ask("explain", "--unit", UNIT, "--clause", "YN-13-f").output
    assert "从2025-01-02起30天，最晚的一天是2025-02-01" in told and "counted" not in told
    made.as_of = "2025-07-01"
    made.run()
    assert [level for level, _ in made.verdicts(UNIT, "YN-13-c")] == ["预警", "不适用"], "six months, less a day"
    made.as_of = "2025-07-02"
    made.run()
    assert [level for level, _ in made.verdicts(UNIT, "YN-13-c")] == ["不达标", "不适用"]
    assert [level for level, _ in made.verdicts(UNIT, "YN-13-f")] == ["不达标", "不达标"]


@pytest.mark.parametrize(
    ("terms", "level"),
    [
        ((("2024-01-01", "2025-02-28"), ("2025-11-01", None)), "不适用"),
        ((("2024-01-01", "2025-03-31"), ("2025-10-01", None)), "不达标"),
        ((("2025-01-01", "2025-06-30"), ("2025-03-01", "2025-05-31")), "不达标"),
    ],
    ids=["four months", "six months", "two posts at once"],
)
def test_months_between_two_terms_are_no_months_in_post(tmp_path_factory, terms, level):
    """YN-05-g asks for training of who was in post for six months; who left in between was not."""
    sheets = yunnan(UNIT, NAME)
    for number, (start, end) in enumerate(terms):
        row = post(7 + number, f"{UNIT}-01", "R020", "何建军", ("委员", "副书记")[number], born="1950.03")
        row |= {"任职日期": start} | ({"离任日期": end, "离任原因": "其他"} if end else {})
        sheets["任职与补贴"].append(row)
    made = one(tmp_path_factory, YUNNAN, sheets, "2026-01-15")
    levels = [found for found, reason in made.verdicts(UNIT, "YN-05-g") if "已参加" not in reason]
    assert levels == [level]
