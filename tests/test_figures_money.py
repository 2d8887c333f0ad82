"""All reported money is accounted for: listed, to be verified, only registered, not merged (FIG-22 to FIG-25)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests import summary_cases as cases
from tests.compliance_data import cells
from tests.planted.rounds import USUAL_KIND, Round, place
from tests.rounds import Round as Campaign
from toolkit.compute.allowance.account import account
from toolkit.compute.figures import cells_of, natures_of, overall, unit_figures
from toolkit.model.errors import XltoolError
from toolkit.model.figures import KINDS, Account, Money, Terms, shares
from toolkit.model.result import LEVELS, Result
from toolkit.outputs import write_all
from toolkit.summary.allowance_book import allowance_workbook

pytestmark = pytest.mark.rounds


@pytest.mark.parametrize(("pack", "year", "unset"), [("yizheng-2022", 2023, 0), ("yunnan-2025", 2025, 1)])
def test_a_unit_that_meets_everything_is_fine_under_default_parameters(pack, year, unset):
    """FIG-22: nothing that a bureau has left open keeps a unit from 达标."""
    made = Round(pack, year, date(year + 1, 1, 15), {})
    place(made, USUAL_KIND, [])
    found = made.report().units[0]
    assert (found.overall, found.hard, found.soft, found.open, found.unset) == ("达标", 0, 0, 0, unset)
    assert found.proved.rate == found.told.rate == 1.0


def test_an_unknown_level_never_raises_a_rate_and_a_tick_never_moves_the_proved_one():
    for level in LEVELS:
        before, after = (shares(cells(["达标", one]))["据实"].rate for one in (level, "无法判定"))
        assert level in ("不适用", "未评") or after <= before
    ticks = cells(["不达标", "无法判定", "达标"], "任务")
    assert shares([*cells(["达标"]), *ticks])["据实"] == shares(cells(["达标"]))["据实"]


def test_only_hard_clauses_and_proved_ones_decide():
    assert [overall(*given, Terms(1, 1, 1)) for given in ((2, 0, 0), (0, 1, 9), (0, 0, 1), (0, 0, 0))] == [
        "不达标",
        "待补数据",
        "有预警",
        "达标",
    ]


def test_ticks_suspicions_and_open_parameters_do_not_decide():
    made = Round("yunnan-2025", 2025, date(2026, 1, 15), {})
    place(made, USUAL_KIND, [])
    data, found = made.dataset(), made.report()
    more = [
        Result("U001", "U001", "YN-11-c", "不达标", {}, "", code="TASK-OVERDUE"),
        Result("U001", "R001", "YN-02-j", "预警", {}, "", code="ALW-320"),
        Result("U001", "U001", "YN-10-d", "未评", {}, "", code="COUNT-NO-THEME", parameter="theme_of_year"),
    ]
    natures = natures_of(made.parameters.policy, made.parameters)
    judged = unit_figures(cells_of([*found.results, *more], natures), data, ["U001"], Terms(1, 1, 1))[0]
    assert judged.overall == "达标" and judged.told.met == found.units[0].told.met - 1


def deputies(rows):
    """Three deputy secretaries, paid 2 400 each, which the floor regime does not regulate."""
    first = next(row for row in rows if row["post_type"] == "书记")
    more = []
    for number in range(3):
        row = {
            **first,
            "post_no": str(900 + number),
            "person_key": f"D{number}",
            "person_name": f"副甲{'乙丙丁'[number]}",
        }
        row |= {"post_type": "副书记", "subsidy_recipient": "是", "paid_months": 12, "paid_amount": Decimal(2400)}
        more.append({name: value for name, value in row.items() if name not in ("end_date", "end_reason")})
    return [*rows, *more]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Four units of the floor regime; the first pays deputies, the third has a refused row."""
    campaign = Campaign(tmp_path_factory.mktemp("money") / "批次", 4, "yizheng-2022")
    campaign.put(0, rows={"post": deputies})
    campaign.put(1)
    campaign.put(2, cells={("post", "start_date", 0): "看不清"})
    return campaign


def test_deputies_are_only_registered_and_nothing_is_lost(made, tmp_path):
    checked = made.check()
    money = checked.figures.account
    first = money.units[made.units[0].code]
    assert first.registered == Decimal(7200) and [one.post for one in money.registered] == ["副书记"] * 3
    assert all(one.gap == 0 for one in money.units.values()) and money.total.gap == 0
    typed = checked.batch.tables["post"]
    assert money.total.reported == sum(value for value in typed["paid_amount"] if value is not None)
    write_all(checked, tmp_path)
    book = load_workbook(tmp_path / "工作补贴发放表.xlsx", data_only=True)
    rows = {row[1]: row for row in book["对账"].iter_rows(values_only=True) if isinstance(row[0], int)}
    assert rows[made.units[0].name][5] == 7200 and {row[8] for row in rows.values()} == {"相符"}
    assert sum(row[3] == "副甲乙" for row in book["仅登记"].iter_rows(values_only=True)) == 1
    overview = load_workbook(tmp_path / "综合汇总.xlsx", data_only=True)
    heads, *lines = overview["数据_单位"].iter_rows(values_only=True)
    places = [heads.index(label) for label in ("单位上报已发", "列入发放表", "待核实", "仅登记", "未并入")]
    shown = {line[1]: tuple(line[place] for place in places) for line in lines}
    assert shown == {name: row[2:7] for name, row in rows.items()}
    assert {row[3] for row in overview["核对"].iter_rows(min_row=4, values_only=True) if row[3]} == {"相符"}


def _value(shown):
    return None if shown in ("—", "", 0) else shown


def test_both_books_print_the_same_rates_and_verdicts(made, tmp_path):
    checked = made.check()
    write_all(checked, tmp_path)
    found = []
    for name, sheet in (("达标情况", "单位总览"), ("综合汇总", "3 单位排名")):
        page = load_workbook(tmp_path / f"{name}.xlsx", data_only=True)[sheet]
        lines = list(page.iter_rows(values_only=True))
        at = next(number for number, line in enumerate(lines) if line[0] == "序号")
        heads = [str(label).replace("\n", "") for label in lines[at]]
        wanted = [heads.index(label) for label in ("单位", "总评", "据实达标率", "自报达标率")]
        found.append(
            [tuple(_value(line[place]) for place in wanted) for line in lines[at:] if isinstance(line[0], int)]
        )
    full = {name: unit.name for unit in made.units for name in (unit.name, *unit.short_names)}
    found = [[(full[row[0]], *row[1:]) for row in rows] for rows in found]
    assert set(found[0]) == set(found[1]) and len(found[0]) == len(found[1]) == 4
    whole = checked.figures
    assert [row[1] for row in found[0]] == [one.overall for one in whole.units]
    totals = {
        kind: sum(getattr(one, part).asked for one in whole.units)
        for kind, part in zip(KINDS, ("proved", "told"), strict=True)
    }
    assert totals == {kind: whole.whole[kind].asked for kind in KINDS}


@pytest.mark.parametrize("typed", [-500, "-0.01", 36_000_000_000_000, "120000.01", "12345678901"])
def test_what_cannot_be_an_amount_is_an_error_and_in_no_sum(typed, tmp_path):
    """It lowers nothing and raises nothing that was reported; the row waits for its correction and is counted."""
    campaign = Campaign(tmp_path / "批次", 2, "yizheng-2022")
    campaign.put(0, cells={("post", "paid_amount", 0): typed})
    campaign.put(1)
    checked = campaign.check()
    account = checked.figures.account
    broken, sound = (account.units[unit.code] for unit in campaign.units)
    assert [found.gap for found in account.units.values()] == [0, 0]
    assert (broken.reported, broken.refused, broken.unread) == (sum(broken.parts), 0, 1) and broken.reported >= 0
    assert (sound.unread, sound.reported > 0) == (0, True)
    assert broken.unknown == {"to_verify": 0, "refused": 1} and not sum(sound.unknown.values())
    codes = {one.code for one in checked.findings if one.severity == "错误" and one.unit == campaign.units[0].code}
    assert codes & {"COL-003", "COL-004"}, codes


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(unread=2, unmerged=2), ["2行金额不明", 0, 0, 0, "2行金额不明", "2行金额不明"]),
        (Money(unread=3), ["3行金额不明", 0, "3行金额不明", 0, 0, "3行金额不明"]),
        (Money(unread=3, unmerged=1), ["3行金额不明", 0, "2行金额不明", 0, "1行金额不明", "3行金额不明"]),
        (Money(Decimal(9), refused=Decimal(9), unread=1, unmerged=1), [9, 0, 0, 0, 9, 9]),
        (Money(), [0, 0, 0, 0, 0, 0]),
    ],
)
def test_the_account_shows_no_zero_for_money_that_nobody_knows(money, shown):
    unit = cases.UNITS.units[0]
    found = Account({unit.code: money})
    data = allowance_workbook(replace(cases.allowance(), persons=()), found, cases.policy(), cases.UNITS, "试")
    book = load_workbook(BytesIO(data), data_only=True)
    lines = [row for row in book["对账"].iter_rows(values_only=True) if row[0] in (1, "合　计")]
    assert [list(row[2:8]) for row in lines] == [shown, shown] and [row[8] for row in lines] == ["相符"] * 2
    assert [row[9] for row in lines] == [money.unread or None, money.unread]


def test_money_that_does_not_balance_stops_everything(made, tmp_path):
    checked = made.check()
    frame = checked.merged.tables["post"]
    lost = frame[frame["paid_amount"].notna()].index[-1:]
    checked.merged = replace(checked.merged, tables={**checked.merged.tables, "post": frame.drop(lost)})
    checked.allowance  # noqa: B018 - of the rows as they are now
    with pytest.raises(XltoolError, match="ALW-003"):
        account(checked.batch, checked.merged, checked.allowance)
    with pytest.raises(XltoolError, match="ALW-003"):
        write_all(checked, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_money_of_a_return_that_cannot_be_opened_is_not_said_to_agree(made, tmp_path):
    """Nothing compared with nothing is no agreement; an older copy that cannot be opened takes nothing away."""
    broken = made.copied(tmp_path / "打不开")
    path = broken.put(1)
    path.write_bytes(path.read_bytes()[:2000])
    (broken.campaign.inbox / "不知道谁的.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    checked = broken.check()
    assert checked.figures.account.closed[0] == made.units[1].code
    write_all(checked, tmp_path / "out")
    page = load_workbook(tmp_path / "out" / "工作补贴发放表.xlsx", data_only=True)["对账"]
    said = {row[1]: row[8] for row in page.iter_rows(values_only=True) if isinstance(row[0], int)}
    assert said[made.units[1].name] == "打不开" and said[made.units[0].name] == "相符"
    notes = [str(row[0]) for row in page.iter_rows(values_only=True) if "打不开，报了多少钱不知道" in str(row[0])]
    assert len(notes) == 1 and made.units[1].name in notes[0]
