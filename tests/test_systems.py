"""Systems that the two texts name: rows planted in returned forms stand where the office that answers for them looks.

One test a system, over rounds that are issued, filled in, merged and summed up as a bureau does it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rounds import Round

from toolkit.checked import Checked
from toolkit.outputs import write_compliance_book, write_merged, write_overview_book
from toolkit.registers.files import write_platforms, write_registers

pytestmark = pytest.mark.rounds

YZ, YN = "yizheng-2022", "yunnan-2025"
STATS = ("served_total", "served_party", "served_nonparty", "classed_members", "budget_amount", "budget_spent")
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
    first = next(number for number, row in enumerate(rows) if row[0] and str(row[0]).endswith(title))
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


def two_years(folder, policy, first, plant):
    """A round and that of the next year, which names it as the one before."""
    made = []
    for year in (first, first + 1):
        found = Round(folder / str(year), 3, policy, year=year, settings={"prior": f"../{first}"} if made else {})
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
    share = {2023: (500, 400, 100, 100, 1000, 400), 2024: (500, 400, 100, 300, 1200, 900)}[year]
    return {"event": added("event", *events), "annual_stat": totals(made_round, **dict(zip(STATS, share, strict=True)))}


def planted_yunnan(made_round, place, year):
    """What is planted in the returns of Yunnan."""
    org = made_round.units[place].orgs[0].code
    events = [event(org, "主题党日", f"{year}-06-18", f"种下的主题党日{place}", expected_count=11, attend_count=9)]
    share = {2025: (500, 400, 100, 100, 1000, 400), 2026: (500, 400, 100, 300, 1200, 900)}[year]
    return {"event": added("event", *events), "annual_stat": totals(made_round, **dict(zip(STATS, share, strict=True)))}


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
