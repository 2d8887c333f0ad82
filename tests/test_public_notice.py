"""The public notice never prints paid-twice or 疑似 persons as clean lines; the bureau's sheet says who and why."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.allowance_data import cells, dataset, parameters
from toolkit.compute.allowance import allowance
from toolkit.model.figures import Account
from toolkit.model.people import Rulings
from toolkit.policies import load_policy
from toolkit.summary.allowance_book import allowance_workbook

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
    assert f"{len(told)}行、已发{left_out}元" in note
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
