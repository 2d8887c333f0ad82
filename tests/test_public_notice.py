"""The public notice never prints paid-twice or 疑似 persons as clean lines; the bureau's sheet says who and why."""

import io
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from tests.allowance_data import cells, dataset, parameters
from toolkit.compute.allowance import allowance
from toolkit.compute.allowance.public import held_back
from toolkit.compute.allowance.say import reason
from toolkit.compute.allowance.verdict import Verdict
from toolkit.model.figures import Account
from toolkit.model.people import Rulings
from toolkit.policies import load_policy
from toolkit.summary.allowance_book import allowance_workbook
from toolkit.summary.public_notice import PublicNotice

YN = load_policy("yunnan-2025")
DAY = date(2026, 1, 10)
POSTS = """
单位   | 姓名 | 人员编号 | 出生年月 | 职务         | 本期已发金额
甲单位 | 双领 | J01      | 1950-01  | 书记         | 3600.00
甲单位 | 双领 | J01      | 1950-01  | 委员         | 2520.00
甲单位 | 张三 | J02      | 1956-08  | 书记         | 3600.00
乙单位 | 张三 | Y07      | 1956-08  | 学习小组组长 | 3600.00
乙单位 | 清白 | Y08      | 1951-02  | 书记         | 3600.00
"""
LOOKS = ("张三", "1956-08")
BOTH = {"甲单位": 0, "乙单位": 1}


def sheets(rulings=None):
    """The report, and the cells of 公示版 and 需核实."""
    data = dataset(YN, 2025, {"post": cells(POSTS)})
    data.rulings = rulings or Rulings()
    report = allowance(data, YN, parameters(YN, DAY), DAY)
    book = load_workbook(io.BytesIO(allowance_workbook(report, Account({}), YN, data.units, "试")))
    return report, *([list(sheet.values) for sheet in (book["公示版"], book["需核实"])])


def names(rows, column):
    return [row[column] for row in rows if isinstance(row[0], int)]


@pytest.mark.parametrize(
    ("rulings", "clean", "held"),
    [
        (Rulings(), {"清白"}, {"双领", "张三"}),
        (Rulings(same={LOOKS: frozenset(BOTH)}), {"清白"}, {"双领", "张三"}),
        (Rulings({LOOKS: BOTH}), {"清白", "张三"}, {"双领"}),
    ],
)
def test_who_is_held_back_and_what_the_bureau_is_told(rulings, clean, held):
    report, public, doubts = sheets(rulings)
    assert set(names(public, 1)) == clean
    told = [row for row in doubts if isinstance(row[0], int) and "暂不公示" in row]
    assert {row[3] for row in told} == held == {row.name for row in report.persons if row.held}
    assert all("重复发放" in str(row) or "疑似同一人，待确认" in str(row) for row in told)
    [note] = [str(cell) for row in doubts for cell in row if "公示版暂不列入" in str(cell)]
    left_out = sum((row.paid for row in report.persons if row.held), Decimal(0))
    assert f"{len(told)}行（已发{left_out}元，没有定的不计）" in note
    printed = sum(Decimal(str(row[4])) for row in public if isinstance(row[0], int))
    assert printed + left_out == report.totals["paid"], "nothing is lost between the two"


def test_a_suspicion_stands_under_doubts():
    _, _, doubts = sheets()
    assert [row[7] for row in doubts if row[3] == "张三"] == ["预警", "预警"]


def test_without_doubts_nothing_is_said():
    data = dataset(YN, 2025, {"post": cells("姓名 | 本期已发金额\n清白 | 3600.00")})
    report = allowance(data, YN, parameters(YN, DAY), DAY)
    book = load_workbook(io.BytesIO(allowance_workbook(report, Account({}), YN, data.units, "试")))
    assert "暂不" not in str(list(book["需核实"].values)) and names(list(book["公示版"].values), 1) == ["清白"]


MIXED = """
单位   | 姓名 | 人员编号 | 出生年月 | 职务 | 本期已发金额
甲单位 | 足额 | J01      | 1950-01  | 书记 | 3600.00
甲单位 | 少发 | J02      | 1951-01  | 书记 | 2400.00
甲单位 | 多发 | J03      | 1952-01  | 书记 | 4800.00
甲单位 | 没填 | J04      | 1953-01  | 书记 |
乙单位 | 错位 | Y01      | 1954-01  | 书记 | 3600.00
乙单位 | 错位 | Y01      | 1954-01  | 委员 |
"""


def test_only_what_is_sure_is_posted_and_the_sums_add_up():
    """Too much, not filled in, and in doubt are kept off; too little is sure, and is said beside the amount."""
    data = dataset(YN, 2025, {"post": cells(MIXED)})
    report = allowance(data, YN, parameters(YN, DAY), DAY)
    notice = PublicNotice.of(report.persons)
    assert {one.name for one in notice.shown} == {"足额", "少发"}
    assert {one.name for one in notice.left} == {"多发", "没填", "错位"}
    assert [one.name for one in notice.shown if notice.is_less(one)] == ["少发"]
    assert notice.facts["whole"] == report.totals["paid"]
    book = load_workbook(io.BytesIO(allowance_workbook(report, Account({}), YN, data.units, "试")))
    text = "\n".join(str(cell) for row in book["公示版"].values for cell in row if cell is not None)
    assert f"另有{len(notice.left)}行（{notice.facts['amount']}元，没有定的不计）" in text
    assert f"{report.totals['paid']}元，与发放表的合计一致" in text
    assert [row[5] for row in book["公示版"].values if isinstance(row[0], int)] == [None, "不足额"]


@pytest.mark.parametrize("paid", ["0.00", ""])
def test_as_long_as_nobody_was_paid_what_is_due_is_posted(paid):
    """What is due is sure where nobody was paid anything; nobody is marked, and nobody is posted with no answer."""
    data = dataset(YN, 2025, {"post": cells(f"姓名 | 本期已发金额\n清白 | {paid}")})
    notice = PublicNotice.of(allowance(data, YN, parameters(YN, DAY), DAY).persons)
    assert (notice.key, notice.less) == ("due", 0)
    assert [str(notice.amount(one)) for one in notice.shown] == (["3600.00"] if paid else [])
    assert len(notice.left) == (0 if paid else 1)


def test_months_before_a_founding_are_no_sure_money():
    why = reason("ALW-325", name="甲", day=DAY, early=Decimal(300))
    person = SimpleNamespace(doubt=None, paid=Decimal(0), total_due=Decimal(3600))
    less = reason("ALW-308", months=12, due=Decimal(3600), paid=Decimal(0), gap=Decimal(3600))
    assert held_back(person, Verdict("不达标", less)) == ""
    assert held_back(person, Verdict("不达标", less, notes=(why,))) == why.text
    assert held_back(person, Verdict("预警", why, notes=(less,))) == why.text
