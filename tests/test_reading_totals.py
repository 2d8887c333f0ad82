"""Total rows by their sense: whatever their label looks like they are no data, and no record is taken for one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_books import small_form

from toolkit.reading.columns import SheetPlan
from toolkit.reading.labels import Labels, spellings
from toolkit.reading.plan import make_plan
from toolkit.reading.rows import DATA, TOTAL, Judge
from toolkit.reading.words import vocabulary

WORDS = vocabulary()
LABELS = Labels(WORDS)
PLAN = make_plan(small_form())


def judge(name: str) -> Judge:
    sheet = SheetPlan(next(s for s in PLAN["sheets"] if s["name"] == name), WORDS)
    return Judge(sheet, range(len(sheet.columns)), LABELS)


ORG, STAT = judge("org"), judge("stat")
OLD = str.maketrans({pair[1]: pair[0] for pair in WORDS["traditional"]})


@pytest.mark.parametrize(
    "label",
    [
        *(
            "小計",
            "合計",
            "總計",
            "累計",
            "本頁小計",
            "∑",
            "Σ",
            "∑：",
            "合计（大写）：",
            "合计（大写）：叁仟陆佰元整",
            "本页小计",
        ),
        *(
            "累计",
            "本年累计",
            "共计 3 人",
            "共计三人",
            "共 3 人",
            "以上共 5 人",
            "总 计",
            "总　计",
            "合　 计：",
            "Total",
            "Subtotal",
        ),
        *(
            "Sub-total",
            "SUB TOTAL:",
            "Grand Total",
            "合计人数",
            "合计金额（元）",
            "合计（人民币大写）叁仟元整",
            "一、合计",
            "3.小计",
        ),
        *(
            "总人数",
            "总额",
            "计",
            "共",
            "各支部合计",
            "本月合计 ￥3,600.00",
            "合計（大寫）：叁仟元整",
            "合计：——",
            "【合计】",
        ),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_spellings_of_a_total(label, place):
    cells = [""] * 9
    cells[place], cells[5] = label, 30.0
    assert ORG.kind(cells) == TOTAL, label


SENSE = """
叁仟捌佰肆拾元整|（大写）叁仟捌佰肆拾元整|金额大写：叁仟捌佰肆拾元整|人民币叁仟捌佰肆拾元|¥3,840.00|3840元整|合计4人、3840元
共4人3840元|一共4人|合计：男3人，女1人|合计约4人|合计 100%|占比|占比（%）|所占比例|人均补贴|应发总额|较上年增减|中位数
余额|合计栏|合-计|合/计|“合计”|合计→|合计=3840|合计（不含退休）|合计，不含退休|以上4人|以上四人|以上共计肆人|共有党员4人|共有4名党员
男3人，女1人|其中：女|本表共计4人|承前页|过次页|以下空白|———以下空白———|人数：4人
"""


@pytest.mark.parametrize("label", SENSE.replace("\n", "|").strip("|").split("|"))
@pytest.mark.parametrize("place", [0, 1])
def test_totals_by_what_they_say(label, place):
    cells = [""] * 9
    cells[place], cells[5] = label, 30.0
    assert ORG.kind(cells) == TOTAL, label


def test_a_label_spread_over_cells():
    assert ORG.kind(("合", "", "计", "", "", 30.0, "", "", "")) == TOTAL
    assert ORG.kind(("合", "計", "", "", "", 30.0, "", "", "")) == TOTAL
    assert ORG.kind(("合", "力支部", "党支部", "", "", 30.0, "", "", "")) == DATA


def test_many_numbers_behind_the_label():
    assert ORG.kind(("退休党员合计", 1.0, 2.0, 3.0, 4.0, 30.0, 5.0, 6.0, 7.0)) == TOTAL
    assert ORG.kind(("以上合计", "", "", "", "", 30.0, "叁仟元整", "", "")) == TOTAL


BLANK = st.sampled_from(["", " ", "\u3000", "\u00a0", "  "])
COLON = st.sampled_from(["", ":", "：", " ："])
BRACKETS = st.sampled_from(["", "（元）", "(人)", "（大写）", "【大写】", "(单位：元)"])
FIGURE = st.sampled_from(["", "3人", "12 名", "3,600.00元", "￥3600", "叁仟陆佰元整", "人民币叁仟元整"])


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["", *WORDS["total_leads"]]),
    st.sampled_from(WORDS["total_words"]),
    BRACKETS,
    COLON,
    FIGURE,
    BLANK,
    st.booleans(),
    st.sampled_from([str.upper, str.lower, str.title, str]),
)
def test_any_total_in_any_dress(lead, word, brackets, colon, figure, blank, old, case):
    label = blank.join(case(lead + word)) + brackets + colon + figure
    label = label.translate(OLD) if old else label
    for place in (0, 1):
        cells = ["", "", "", "", "", 30.0, "", "", ""]
        cells[place] = label
        assert ORG.kind(cells) == TOTAL, label


RECORDS = [
    "数据汇总支部",
    "总工会退休支部",
    "共青团支部",
    "平均里社区支部",
    "计量所支部",
    "合计划处支部",
    "累计桥村支部",
    "总站支部",
    "合计划处支部1",
    "汇总含山支部",
    "占比亚支部2组",
    "本页支部4",
    "以上海支部",
    "其中村支部",
    "中共机关支部4",
    "计生支部3",
]


@given(st.sampled_from(RECORDS), st.sampled_from(["U1-01", "合1", "总01", "Sum-1", "共-4"]))
def test_a_record_is_no_total(name, code):
    assert ORG.kind(("", name, "", "", "", 30.0, "", "", "")) == DATA
    assert ORG.kind((code, name, "党支部", 45413.0, "", 30.0, "", "", "")) == DATA
    assert ORG.kind((code, name, "", "", "", "", "", "", "")) == DATA


@pytest.mark.parametrize("name", ["计元", "总伟", "共青", "和计", "平均田", "计一", "余额", "陆元", "万元"])
def test_nobody_is_called_a_total(name):
    assert ORG.kind(("R001", name, "", "", "", 30.0, "", "", "")) == DATA


@pytest.mark.parametrize("name", ["总人数", "合计", "党员总数"])
def test_a_row_that_the_form_prints_is_data(name):
    assert STAT.kind(("A01", name, 30.0)) == DATA


@given(st.sampled_from(spellings(WORDS)))
def test_what_the_workbook_takes_for_a_total_is_one(label):
    assert LABELS.of(label) == "sure"
