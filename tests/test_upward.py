"""Returns upward: lower totals add up, small sensitive totals stay behind, nothing personal travels."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from compliance_data import UNIT, dataset, form_of
from hypothesis import given, settings
from hypothesis import strategies as st
from office import needs_office, recalculate
from openpyxl import load_workbook

from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.compliance import compliance
from toolkit.compute.figures import figures_of
from toolkit.model.errors import XltoolError
from toolkit.model.figures import Account, Money, Share
from toolkit.model.policy import Parameters
from toolkit.model.result import LEVELS
from toolkit.model.unit import Unit
from toolkit.model.withholding import sensitive_clauses, suppress_small_counts
from toolkit.policies import load_policy
from toolkit.summary.compliance_book import compliance_workbook
from toolkit.upward import merged, source_totals
from toolkit.upward.files import upward_of, write_merged_upward, write_upward
from toolkit.upward.reading import merge_upward, read_upward

pytestmark = pytest.mark.rounds

YZ, YN = "yizheng-2022", "yunnan-2025"
DAY = date(2026, 1, 15)
PROVINCE = Unit("530000", "省委老干部局", "机关", "省级", speaks=True)
SENSITIVE = {"sanction_followup_due": 2, "sanction_followup_done": 1}


def unit(number):
    """A unit of the lowest level."""
    return Unit(f"5301{number:02d}", f"某州第{number}单位", "机关", "部门（单位）")


def rows(units):
    """A branch, a paid secretary, two events and some totals for every unit; totals grow with its number."""
    tables = {"party_org": [], "post": [], "event": [], "annual_stat": []}
    codes = {row.values["stat_key"]: row for row in form_of(YN).by_name["annual_stat"].fixed_rows}
    for number, one in enumerate(units, 1):
        code, own = f"{one.code}-01", {"_unit": one.code}
        members = {"full_members": 10 + number, "total_members": 11 + number, "branch_grade": "规范"}
        org = {"org_code": code, "org_name": f"{one.name}党支部", "org_type": "党支部"}
        tables["party_org"].append({**org, **members, **own})
        name = {"person_key": "1", "person_name": "张王李", "birth_ym": "1950-01", "person_status": "离退休党员"}
        paid = {"subsidy_recipient": "是", "paid_months": 12, "paid_amount": Decimal("3600.50")}
        tables["post"].append(
            {"org_code": code, "post_type": "书记", "start_date": "2024-01-01", **name, **paid, **own}
        )
        for day in ("2025-03-01", "2025-09-01"):
            event = {"event_type": "警示教育", "event_date": day, "title": "某活动", "attend_count": 10 * number}
            tables["event"].append({"host_code": one.code, **event, **own})
        stats = {"served_total": 20 * number, "sanction_followup_due": number, "sanction_followup_done": 1}
        for key, value in stats.items():
            tables["annual_stat"].append({"stat_code": codes[key].key, "stat_key": key, "value": value, **own})
    tables["unit"] = [{"unit_code": one.code, "subsidy_std_secretary": 300, "_unit": one.code} for one in units]
    return tables


def checked(units, tables=None, as_of=DAY, title="某州", policy=None):
    """What a run gives, as far as a return upward needs it."""
    policy = policy or load_policy(YN)
    data = dataset(YN, tables or rows(units), year=2025, units=units)
    parameters = Parameters(policy, as_of)
    money = allowance(data, policy, parameters, as_of)
    report = compliance(data, policy, parameters, as_of, allowance_results(money, policy))
    job = SimpleNamespace(policy=policy, parameters=parameters, as_of=as_of, campaign=None, title=title)
    published = suppress_small_counts(report, policy, data.form)
    figures = figures_of(published, policy, parameters, account_of(money, data))
    found = {"dataset": data, "job": job, "published": published, "compliance": report, "allowance": money}
    return SimpleNamespace(**found, figures=figures)


def account_of(report, data):
    """The reported money when every row with money stands on the payment list."""
    paid = {unit.code: Decimal(0) for unit in data.units}
    for one in report.persons:
        paid[one.unit] += one.paid or 0
    return Account({code: Money(reported=amount, listed=amount) for code, amount in paid.items()})


FIRST, SECOND = (unit(1), unit(2), unit(3)), (unit(4), unit(5))


@pytest.fixture
def files(tmp_path):
    """Two returns of the lower level."""
    pairs = (("甲州", FIRST), ("乙州", SECOND))
    return [write_upward(upward_of(checked(units), name), tmp_path / f"{name}.xlsx") for name, units in pairs]


def test_what_is_written_is_what_is_read_back(files):
    whole = upward_of(checked(FIRST), "甲州")
    again = read_upward(files[0])
    assert (again.totals(), again.counts()) == (whole.totals(), whole.counts())
    assert (dict(again.units), dict(again.levels)) == (dict(whole.units), dict(whole.levels))
    assert again.returned == whole.returned and again.as_of == "2026-01-15"


def test_lower_totals_add_up_to_the_upper_one(files, tmp_path):
    parts = [read_upward(path) for path in files]
    whole = write_merged_upward(files, tmp_path / "省.xlsx", "全省")
    direct = upward_of(checked((*FIRST, *SECOND)), "一次汇总")
    for code, (total, shown, hidden) in whole.totals().items():
        own = [part.totals().get(code, (Decimal(0), 0, 0)) for part in parts]
        assert (total, shown, hidden) == tuple(sum(place, type(place[0])(0)) for place in zip(*own, strict=True)), code
    for clause, counts in whole.counts().items():
        assert counts == {level: sum(part.counts()[clause][level] for part in parts) for level in LEVELS}
    sums = source_totals(whole)
    assert all(sum(own.get(code, 0) for own in sums.values()) == total for code, (total, *_) in whole.totals().items())
    assert whole.totals()["A01"] == (Decimal(20 * 6 + 20 * 3), 5, 0)
    assert direct.totals()["活动（次）·警示教育"] == whole.totals()["活动（次）·警示教育"] == (10, 5, 0)
    assert whole.totals()["工作补贴·单位上报已发"][0] == Decimal("18002.50")


def test_money_in_files_of_nobody_travels_too(tmp_path):
    """The upper level sees the sum that the lower one signed, and its four parts."""
    run = checked(FIRST)
    account = run.figures.account
    units = {**account.units, "": Money(reported=Decimal(8640), refused=Decimal(8640))}
    run.figures = replace(run.figures, account=replace(account, units=units))
    write_upward(upward_of(run, "甲州"), tmp_path / "甲.xlsx")
    other = write_upward(upward_of(checked(SECOND), "乙州"), tmp_path / "乙.xlsx")
    whole = write_merged_upward([tmp_path / "甲.xlsx", other], tmp_path / "省.xlsx", "全省")
    money = [total for code, (total, *_) in whole.totals().items() if code.startswith("工作补贴·")][2:]
    assert money == [Decimal("26642.50"), Decimal("18002.50"), 0, 0, 8640]
    book = load_workbook(tmp_path / "省.xlsx", data_only=True)
    assert {row[4] for row in book["核对"].iter_rows(min_row=4, values_only=True) if row[0] == "工作补贴"} == {"相符"}
    (line,) = (row for row in book["分单位数据"].iter_rows(values_only=True) if row[4] == 8640 and "上报" in row[3])
    assert line[1] == "认不出单位的文件"


def test_merging_again_at_the_next_level_changes_no_figure(files, tmp_path):
    once = write_merged_upward(files, tmp_path / "州.xlsx", "一级")
    twice = write_merged_upward([tmp_path / "州.xlsx"], tmp_path / "省.xlsx", "二级")
    assert twice.totals() == once.totals() and twice.counts() == once.counts()
    assert len(twice.sources) == 2


def test_order_of_the_files_changes_nothing(files):
    one, two = merge_upward(files, ""), merge_upward(files[::-1], "")
    assert one.totals() == two.totals() and one.counts() == two.counts()


@given(st.lists(st.integers(0, 8), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_the_total_is_the_true_one_or_says_that_it_is_not(values):
    """Whatever is small: the sum of all, or of the units shown under its own name; and no unit can be worked out."""
    units = tuple(unit(number) for number in range(1, len(values) + 1))
    tables = rows(units)
    followed = [row for row in tables["annual_stat"] if row["stat_key"] == "sanction_followup_due"]
    for row, value in zip(followed, values, strict=True):
        row["value"] = value
    whole = upward_of(checked(units, tables), "甲州")
    code = followed[0]["stat_code"]
    small = [value for value in values if value < 3]
    total, shown, hidden = whole.totals()[code]
    assert (shown, hidden) == (len(values) - len(small), len(small))
    if code in whole.partial():
        assert total == sum(values) - sum(small)
        assert len(small) == 1 or sum(values) < 3 or sum(small) in (0, 2 * len(small))
    else:
        assert total == sum(values)
        assert not small or (len(small) > 1 and total >= 3 and 0 < sum(small) < 2 * len(small))


def test_small_sensitive_totals_are_no_figures_of_their_units(files, tmp_path):
    whole = write_merged_upward(files, tmp_path / "省.xlsx", "全省")
    key = {row.values["stat_key"]: row.key for row in form_of(YN).by_name["annual_stat"].fixed_rows}
    due, done = whole.totals()[key["sanction_followup_due"]], whole.totals()[key["sanction_followup_done"]]
    assert due == (1 + 2 + 3 + 1 + 2, 1, 4) and done == (3, 1, 4)
    assert whole.partial() >= {key["sanction_followup_done"]} and key["sanction_followup_due"] not in whole.partial()
    page = {row[1]: row for row in load_workbook(tmp_path / "省.xlsx")["合计"].iter_rows(values_only=True)}
    assert page[key["sanction_followup_due"]][6] == "全部单位合计" and page["A01"][6] == "全部单位合计"
    assert page[key["sanction_followup_done"]][6] == "已列数单位小计"
    hidden = {one.unit for one in whole.figures if one.value is None}
    assert hidden == {"530101", "530102", "530104", "530105"}
    assert whole.levels["530101", "YN-12-i"] == "达标" and whole.levels["530102", "YN-12-i"] == "不达标"
    sheet = load_workbook(tmp_path / "省.xlsx")["分单位数据"]
    found = {(row[0], row[2]): row[4] for row in sheet.iter_rows(values_only=True)}
    assert found["530102", key["sanction_followup_done"]] == "不足3"
    assert found["530103", key["sanction_followup_due"]] == 3


def test_results_from_small_sensitive_totals_carry_no_figure():
    run = checked(FIRST)
    assert sensitive_clauses(run.job.policy, run.dataset.form) >= {"YN-12-i", "YN-12-l"}
    shown = {one.unit: one for one in run.published.results if one.clause == "YN-12-i"}
    plain = {one.unit: one for one in run.compliance.results if one.clause == "YN-12-i"}
    assert plain["530102"].figures["due"] == "2" and not shown["530102"].figures
    assert not any(digit in shown["530102"].reason for digit in "12456789")
    assert shown["530103"] == plain["530103"] and shown["530103"].figures["due"] == "3"
    assert [one.level for one in run.published.results] == [one.level for one in run.compliance.results]
    assert run.published.units == run.compliance.units


def test_the_compliance_workbook_prints_no_withheld_figure(tmp_path):
    run = checked(FIRST)
    facts = run.published, run.figures, run.job.policy, run.dataset.units
    (tmp_path / "a.xlsx").write_bytes(compliance_workbook(*facts, ""))
    cells = [
        row for row in load_workbook(tmp_path / "a.xlsx")["明细"].iter_rows(values_only=True) if row[3] == "YN-12-i"
    ]
    assert [row[6] is None for row in cells] == [True, True, False]


def test_no_personal_data_travels(files):
    for path in files:
        book = load_workbook(path)
        rows_of = (row for sheet in book for row in sheet.iter_rows(values_only=True))
        text = "\n".join(str(cell) for row in rows_of for cell in row if cell)
        for secret in ("张王李", "1950-01", "某活动"):
            assert secret not in text


def changed(path, target, sheet, edit):
    """A copy with one sheet edited."""
    book = load_workbook(path)
    edit(book[sheet])
    book.save(target)
    return target


def test_a_return_changed_by_hand_is_refused(files, tmp_path):
    def raise_a_figure(sheet):
        row = next(row for row in sheet.iter_rows() if row[2].value == "A01")
        row[4].value += 1

    target = changed(files[0], tmp_path / "改.xlsx", "分单位数据", raise_a_figure)
    with pytest.raises(XltoolError, match="UPW-003"):
        read_upward(target)
    assert read_upward(changed(files[0], tmp_path / "存.xlsx", "合计", lambda sheet: None)).units


@pytest.mark.parametrize("code", ["UPW-001", "UPW-002", "UPW-004", "UPW-005", "UPW-006"])
def test_files_that_cannot_be_merged(files, tmp_path, code):
    other = tmp_path / "x.xlsx"
    if code == "UPW-001":
        other.write_bytes(b"nothing")
    elif code == "UPW-002":
        run = checked(FIRST)
        other.write_bytes(compliance_workbook(run.published, run.figures, run.job.policy, run.dataset.units, ""))
    elif code == "UPW-004":
        whole = upward_of(checked((unit(9),)), "丙州")
        object.__setattr__(whole, "year", 2026)
        write_upward(whole, other)
    elif code == "UPW-005":
        write_upward(upward_of(checked((unit(1), unit(9))), "丙州"), other)
    else:
        other.write_bytes(files[0].read_bytes())
    with pytest.raises(XltoolError, match=code):
        merge_upward([*files, other], "")


def test_merging_parts_with_a_common_unit_is_a_mistake():
    whole = upward_of(checked(FIRST), "")
    with pytest.raises(ValueError):
        merged([whole, whole], "")


def test_the_workbook_of_the_province_feeds_the_clauses_that_only_it_bears():
    """The same form filled at province level: quarterly lectures (YN-05-d), training of staff (YN-09-e)."""
    units = (PROVINCE, unit(1))
    tables = rows(units)
    lecture = {"event_type": "大讲坛", "brand_tag": "云岭银潮之声", "title": "讲", "attend_count": 9}
    for day in ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01"):
        tables["event"].append({"host_code": "530000", "event_date": day, "_unit": "530000", **lecture})
    found = levels(checked(units, tables))
    assert {found["530000", "YN-05-d", subject] for subject in subjects(found, "530000", "YN-05-d")} == {"达标"}
    assert found["530101", "YN-05-d", "530101"] == "不适用"
    assert found["530000", "YN-09-e", "530000"] == "不达标"
    moved = [dict(row, _unit="530101", host_code="530101") for row in tables["event"] if row["_unit"] == "530000"]
    elsewhere = {**tables, "event": [row for row in tables["event"] if row["_unit"] != "530000"] + moved}
    again = levels(checked(units, elsewhere))
    assert {again["530000", "YN-05-d", subject] for subject in subjects(again, "530000", "YN-05-d")} == {"不达标"}


def levels(run):
    """(unit, clause, subject) → level."""
    return {(one.unit, one.clause, one.subject): one.level for one in run.compliance.results}


def subjects(found, code, clause):
    """The subjects of a unit under a clause."""
    return [subject for one, other, subject in found if (one, other) == (code, clause)]


@pytest.mark.parametrize(
    ("policy_id", "year", "as_of"),
    [
        (YN, 2024, date(2024, 12, 31)),
        (YN, 2025, date(2025, 1, 1)),
        (YN, 2028, date(2028, 12, 31)),
        (YZ, 2022, date(2022, 12, 31)),
        (YZ, 2023, date(2022, 12, 29)),
    ],
)
def test_a_policy_not_in_force_applies_to_nothing(policy_id, year, as_of):
    policy = load_policy(policy_id)
    secretary = {"post_type": "书记", "person_key": "1", "person_status": "离退休党员", "start_date": "2020-01-01"}
    posts = [{**secretary, "org_code": "320001-01", "subsidy_recipient": "是", "paid_amount": 1}]
    data = dataset(policy_id, {"post": posts}, year=year, units=(UNIT,))
    parameters = Parameters(policy, as_of)
    money = allowance(data, policy, parameters, as_of)
    report = compliance(data, policy, parameters, as_of, allowance_results(money, policy))
    assert {one.level for one in report.results} == {"不适用"}
    judged = set(policy.indicator_of) | {code for bundle in policy.bundles for code in bundle.clauses}
    assert {one.clause for one in report.results} == judged
    assert [(one.proved, one.told, one.unset) for one in report.units] == [(Share(), Share(), 0)]


OFFICE = Unit("530001", "省委组织部", "机关", "省级", speaks=True)


def province_tables(units):
    """What two units at province level report, who share the clauses of the province."""
    tables = rows(units)
    lecture = {"event_type": "大讲坛", "brand_tag": "云岭银潮之声", "title": "讲", "attend_count": 9}
    for number, day in enumerate(("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01")):
        host = units[number % 2].code
        tables["event"].append({"host_code": host, "event_date": day, "_unit": host, **lecture})
    return tables


def test_results_of_whole_areas_travel_over_two_levels_and_reconcile(tmp_path):
    """County → prefecture → province; the province's two offices share a clause, so no unit alone has its level."""
    county = write_upward(upward_of(checked(FIRST), "甲县"), tmp_path / "县.xlsx", "c1")
    own = write_upward(upward_of(checked(SECOND, title="乙州"), "乙州"), tmp_path / "州直.xlsx", "c2")
    write_merged_upward([county, own], tmp_path / "州.xlsx", "全州")
    offices = (PROVINCE, OFFICE)
    run = checked(offices, province_tables(offices))
    top = write_upward(upward_of(run, "省直"), tmp_path / "省直.xlsx", "c3")
    whole = write_merged_upward([tmp_path / "州.xlsx", top], tmp_path / "省.xlsx", "全省")
    again = read_upward(tmp_path / "省.xlsx")
    assert set(again.areas) == set(whole.areas) and len(whole.sources) == 3
    province = {one.clause: one for one in whole.areas if one.source.endswith("/530000")}
    assert province["YN-05-d"].level == "达标" and province["YN-09-e"].level == "不达标"
    assert "大讲坛" in province["YN-05-d"].reason
    assert (("530000", "YN-05-d") in whole.levels) and whole.levels["530000", "YN-05-d"] == "不适用"
    assert {one.clause for one in whole.areas if not one.source.endswith("/530000")} == {
        "YN-05-c",
        "YN-15-c",
        "YN-15-d",
    }
    counts = whole.area_counts()
    assert counts == {
        clause: sum(whole.area_counts(source).get(clause, 0) for source in whole.sources) for clause in counts
    }
    assert counts["YN-05-d"] == 1 and counts["YN-15-c"] == 3
    sheet = load_workbook(tmp_path / "省.xlsx", data_only=True)["核对"]
    checks = {row[1]: row[2:] for row in sheet.iter_rows(values_only=True) if row[0] == "全辖区等级（批次数）"}
    assert len(checks) == len(counts) and {result for *_, result in checks.values()} == {"相符"}
    for name in ("县", "州", "省直", "省"):
        text = "\n".join(
            str(cell)
            for sheet in load_workbook(tmp_path / f"{name}.xlsx")
            for row in sheet.iter_rows(values_only=True)
            for cell in row
        )
        assert "张王李" not in text and "某活动" not in text


def test_an_area_result_from_a_sensitive_total_is_a_level_only(tmp_path):
    """At any size: 13 for the area beside 12 of the units shown would tell the 1 that is withheld."""
    policy = load_policy(YN)
    followed = replace(policy.indicator_of["YN-12-i"], subject="province", applies={"speaks_for": ("省级",)})
    others = tuple(one for one in policy.indicators if one.clause != "YN-12-i")
    run = checked((PROVINCE, OFFICE, unit(1)), policy=replace(policy, indicators=(*others, followed)))
    plain = next(one for one in run.compliance.results if one.clause == "YN-12-i" and not one.unit)
    assert plain.figures["due"] == "3" and plain.level == "不达标"
    path = write_upward(upward_of(run, "省直"), tmp_path / "省.xlsx")
    (area,) = [one for one in read_upward(path).areas if one.clause == "YN-12-i"]
    assert (area.level, area.reason) == ("不达标", "")


def test_an_area_result_changed_by_hand_is_refused(tmp_path):
    offices = (PROVINCE, OFFICE)
    path = write_upward(upward_of(checked(offices, province_tables(offices)), ""), tmp_path / "a.xlsx")

    def better(sheet):
        next(row for row in sheet.iter_rows() if row[1].value == "YN-09-e")[3].value = "达标"

    with pytest.raises(XltoolError, match="UPW-003"):
        read_upward(changed(path, tmp_path / "b.xlsx", "全辖区等级", better))


@needs_office
@pytest.mark.libreoffice
def test_live_totals_and_checks(files, tmp_path):
    write_merged_upward(files, tmp_path / "省.xlsx", "全省")
    cached = load_workbook(tmp_path / "省.xlsx", data_only=True)
    again = recalculate(tmp_path / "省.xlsx", tmp_path)
    for name in ("合计", "条款合计", "核对"):
        numbers = {
            cell.coordinate: cell.value
            for row in cached[name].iter_rows()
            for cell in row
            if isinstance(cell.value, int | float)
        }
        assert numbers and {place: again[name][place] for place in numbers} == pytest.approx(numbers), name
    assert {value for value in again["核对"].values() if value in ("相符", "不符")} == {"相符"}
