"""A total of 0, or below the number from which a duty reaches a unit, takes no duty away that other cells bear out."""

from dataclasses import replace

import pytest
from compliance_data import dataset, form_of, of, report
from figures_cli.returns import YIZHENG as ON_DISK
from figures_cli.returns import yizheng
from figures_cli.rounds import Round, folder_for
from openpyxl import load_workbook

YIZHENG, YUNNAN = ("yizheng-2022", 2023), ("yunnan-2025", 2025)
NOBODY = dict.fromkeys(
    ("served_total", "served_party", "party_in_org", "served_nonparty", "nonparty_grouped", "trained_distinct"), 0
)
HERE = {"org_code": "320001-01", "org_type": "党支部", "set_date": "2010-01-01"}
GROUP = {"group_code": "320001-91", "set_date": "2010-01-01"}
MEMBERS = [
    (YIZHENG, "YZ-1.1-h"),
    (YIZHENG, "YZ-G2-b"),
    (YUNNAN, "YN-11-o"),
    (YUNNAN, "YN-12-c"),
    (YUNNAN, "YN-12-h"),
    (YUNNAN, "YN-02-c"),
    (YUNNAN, "YN-04-i"),
]
GROUPS = [(YUNNAN, clause) for clause in ("YN-11-o", "YN-12-h", "YN-04-i", "YN-02-f")]


def told(pack, clause, stats, orgs=(), groups=(), refused=(), lost=None):
    """Level and code under a clause; `refused` are rows of party_org, `lost` (row, columns) of a merged one."""
    policy, year = pack
    rows = [{"_row": 7 + n, **org} for n, org in enumerate(orgs)]
    away = [{"_row": 20 + n, **org} for n, org in enumerate(refused)]
    data = dataset(
        policy,
        {"party_org": rows, "study_group": list(groups)},
        year=year,
        stats=stats,
        rejected={"party_org": away},
        open_cells={"party_org": {(0, lost[0]): frozenset(lost[1])}} if lost else {},
    )
    (found,) = of(report(data, f"{year + 1}-01-10"), clause)
    return found.level, found.code


@pytest.mark.parametrize("case", MEMBERS, ids=lambda case: case[1])
def test_a_total_of_nobody_is_no_answer_where_branches_have_members(case):
    assert told(*case, NOBODY)[0] == "不适用"
    assert told(*case, NOBODY, [HERE | {"total_members": 12}]) == ("无法判定", "STAT-AGAINST-ROWS")
    gone, later = HERE | {"dissolve_date": "2023-05-01"}, HERE | {"set_date": "2030-01-01"}
    above = HERE | {"org_type": "党委"}
    for nobody in (gone, later, above):
        assert told(*case, NOBODY, [nobody | {"total_members": 12}])[0] == "不适用", nobody
    assert told(*case, NOBODY, [HERE | {"total_members": 0}])[0] == "不适用"


def test_the_members_of_a_temporary_branch_are_counted_elsewhere():
    temporary = HERE | {"org_type": "临时党组织", "total_members": 12}
    assert told(*MEMBERS[0], NOBODY, [temporary])[0] == "不适用"


@pytest.mark.parametrize("case", MEMBERS, ids=lambda case: case[1])
def test_a_branch_that_cannot_be_read_leaves_it_open(case):
    """Breaking what contradicts a total does not make the total certain."""
    twelve = HERE | {"total_members": 12}
    assert told(*case, NOBODY, refused=[twelve]) == ("无法判定", "ROWS-REFUSED")
    assert told(*case, NOBODY, [HERE], lost=(7, ("total_members",))) == ("无法判定", "CELLS-LOST")
    assert told(*case, NOBODY, [twelve], lost=(7, ("set_date",)))[0] == "无法判定"
    assert told(*case, NOBODY, refused=[HERE | {"total_members": 0}])[0] == "不适用", "whatever it is, it has nobody"


@pytest.mark.parametrize("case", GROUPS, ids=lambda case: case[1])
def test_a_total_of_nobody_is_no_answer_where_study_groups_have_members(case):
    assert told(*case, NOBODY)[0] == "不适用"
    assert told(*case, NOBODY, groups=[GROUP | {"group_size": 8}]) == ("无法判定", "STAT-AGAINST-ROWS")
    gone = GROUP | {"group_size": 8, "dissolve_date": "2024-05-01"}
    assert told(*case, NOBODY, groups=[gone])[0] == "不适用"


@pytest.mark.parametrize(
    "pack, clause, part, few",
    [
        (YIZHENG, "YZ-1.1-h", "party_in_org", 1),
        (YIZHENG, "YZ-2.1-b", "party_in_org", 3),
        (YIZHENG, "YZ-1.1-h", "classed_members", 1),
        (YUNNAN, "YN-02-d", "nonparty_grouped", 3),
        (YUNNAN, "YN-02-f", "nonparty_grouped", 3),
        (YUNNAN, "YN-02-b", "party_in_org", 3),
        (YUNNAN, "YN-06-a", "party_in_org", 3),
        (YUNNAN, "YN-12-h", "trained_distinct", 1),
        (YUNNAN, "YN-12-h", "party_in_org", 1),
    ],
)
def test_a_whole_is_no_less_than_its_parts(pack, clause, part, few):
    assert told(pack, clause, NOBODY)[0] == "不适用"
    assert told(pack, clause, NOBODY | {part: few - 1})[0] == "不适用" if few > 1 else True
    assert told(pack, clause, NOBODY | {part: few}) == ("无法判定", "STAT-AGAINST-PART")


@pytest.mark.parametrize("case", [MEMBERS[0], MEMBERS[2], MEMBERS[6]], ids=lambda case: case[1])
def test_a_part_that_is_left_empty_is_no_0(case):
    """Emptying the part that contradicts its whole does not make the whole certain."""
    part = "party_in_org"
    assert told(*case, NOBODY | {part: 4}) == ("无法判定", "STAT-AGAINST-PART")
    assert told(*case, NOBODY | {part: None}) == ("无法判定", "STAT-PART-EMPTY")


@pytest.mark.parametrize(
    ("clause", "more", "rule", "code"),
    [
        ("YZ-1.1-h", {}, "STAT-007", "STAT-ROWS-EXPLAINED"),
        ("YZ-1.1-h", {"party_in_org": 12}, "STAT-004", "STAT-PART-EXPLAINED"),
        ("YZ-2.1-b", {"party_in_org": 12}, "STAT-004", "STAT-PART-EXPLAINED"),
    ],
)
def test_what_the_unit_explained_is_for_somebody_to_look_at(clause, more, rule, code):
    """The unit can do nothing more: a doubt to clear, which no verdict rests on; other contradictions stay."""
    branch = HERE | {"total_members": 12}
    rows = {} if clause == "YZ-2.1-b" else {"party_org": [branch]}
    data = dataset("yizheng-2022", rows, year=2023, stats=NOBODY | more)
    asked = {row["stat_key"]: row["_row"] for row in data.tables["annual_stat"].to_dict("records")}

    def level(*said):
        (found,) = of(report(replace(data, explained=frozenset(said)), "2024-01-10"), clause)
        return found.level, found.code

    key = "party_in_org"
    assert level()[0] == level(("STAT-009", 0, asked[key]))[0] == "无法判定"
    assert level((rule, 0, asked["served_nonparty"]))[0] == "无法判定", "said of another row"
    assert level((rule, 0, asked[key])) == ("预警", code)


@pytest.mark.rounds
def test_an_explanation_in_the_marked_copy_reaches_the_level(tmp_path_factory):
    code = "320904"
    made = Round(folder_for(tmp_path_factory, "说明"), *ON_DISK, [{"单位代码": code, "单位全称": "清渚市财政局"}])
    good = yizheng(code, "清渚市财政局")
    events = [one for one in good["活动台账"] if one["活动类型"] != "党课"]
    nobody = good["年度汇总数"] | dict.fromkeys(("A01", "A03", "A05"), 0)
    path = made.give(code, good | {"年度汇总数": nobody, "活动台账": events})
    made.run()
    assert made.level(code, "YZ-1.1-h") == "无法判定"
    assert made.ask("annotate").exit_code == 0
    (marked,) = (made.folder / "退回").rglob("*.xlsx")
    book = load_workbook(marked)
    lines = {str(line[0].value): line for line in book["年度汇总数"].iter_rows()}
    (column,) = (cell.column for line in lines.values() for cell in line if "【校验】说明" in str(cell.value))
    book["年度汇总数"].cell(lines["A05"][0].row, column).value = "10名党员由老干部局统一服务管理，本单位只代管组织关系"
    book.save(path)
    made.run()
    ((level, reason),) = made.verdicts(code, "YZ-1.1-h")
    assert level == "预警" and "单位已作说明" in reason
    assert made.line("达标情况", "单位总览", code, "总评")["总评"] == "达标"


def test_the_reason_names_both_numbers():
    data = dataset("yizheng-2022", {"party_org": [HERE | {"total_members": 12}]}, year=2023, stats=NOBODY)
    (found,) = of(report(data, "2024-01-10"), "YZ-1.1-h")
    assert found.reason == "“其中：中共党员数”填的是0，“党组织情况”表里有12人，互相矛盾，不能判定"
    assert [one.sheet for one in found.evidence] == ["年度汇总数", "党组织情况"]


@pytest.mark.parametrize("case", [MEMBERS[0], MEMBERS[2], MEMBERS[3]], ids=lambda case: case[1])
def test_a_row_or_a_sheet_that_is_not_there_is_no_number(case):
    """A total whose row is missing is as unknown as an empty one; so is one whose whole sheet is missing."""
    (policy, year), clause = case
    assert told(*case, {"visit_due": 3}) == ("无法判定", "REACH-UNKNOWN")
    missing = {"annual_stat": frozenset({"320001"})}
    (found,) = of(report(dataset(policy, year=year, missing=missing), f"{year + 1}-01-10"), clause)
    assert (found.level, found.code) == ("无法判定", "SHEET-MISSING")
    assert form_of(policy).by_name["annual_stat"].label in found.reason


@pytest.mark.parametrize(
    "pack, clause, stats, row, rule",
    [
        (YIZHENG, "YZ-3.4-d", ("served_lixiu", "lixiu_plan_done"), {"cadre_type": "离休"}, "STAT-014"),
        (YUNNAN, "YN-01-i", ("retired_this_year", "retired_honored"), {"retire_date": "2025-06-01"}, "STAT-015"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_total_of_nobody_is_no_answer_where_the_roster_names_somebody(pack, clause, stats, row, rule):
    policy, year = pack

    def level(members=(), refused=(), said=""):
        data = dataset(
            policy,
            {"member": [{"record_status": "在册"} | one for one in members]},
            rejected={"member": [{"record_status": "在册"} | one for one in refused]},
            year=year,
            stats=dict.fromkeys(stats, 0),
        )
        at = dict(zip(data.tables["annual_stat"]["stat_key"], data.tables["annual_stat"]["_row"], strict=True))
        data = replace(data, explained=frozenset({(said, 0, at[stats[0]])}))
        (found,) = of(report(data, f"{year + 1}-01-10"), clause)
        return found.level, found.code

    other = {"cadre_type": "退休"}
    assert level() == level([other]) == level([row | {"record_status": "已注销"}]) == ("不适用", "COVER-NONE")
    assert level([other, other | row]) == ("无法判定", "STAT-AGAINST-ROWS")
    assert level([row], said=rule) == ("预警", "STAT-ROWS-EXPLAINED")
    assert level(refused=[row]) == level(refused=[row], said=rule) == ("无法判定", "ROWS-REFUSED")
