"""What holds for every set of posts: sums agree, nobody is due more than one allowance, order does not matter."""

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.allowance_data import dataset, parameters
from toolkit.compute.allowance import allowance
from toolkit.compute.months import RULES
from toolkit.model.policy import Dated, Parameters
from toolkit.policies import load_policy

YEAR = 2025
STANDARDS = {"书记": "333.33", "学习小组组长": "333.33", "副书记": "233.331", "委员": "210", "学习小组副组长": "210"}
COLUMNS = {"书记补贴标准": "333.33", "副书记补贴标准": "233.331", "委员补贴标准": "210"}
PACKS = {"yunnan-2025": tuple(STANDARDS), "yizheng-2022": ("书记",)}
RELAXED = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

days = st.integers(0, 800).map(lambda number: date(2024, 6, 1) + timedelta(number))


@st.composite
def posts(draw, pack):
    person = draw(st.integers(0, 3))
    start, length = draw(days), draw(st.one_of(st.none(), st.integers(0, 500)))
    paid = draw(st.sampled_from(["", "0.00", "333.33", "1000.01", "3999.96"]))
    return {
        "单位": draw(st.sampled_from(["甲单位", "乙单位"])),
        "党组织代码": draw(st.sampled_from(["01", "02"])),
        "人员编号": f"R{person}",
        "姓名": f"人{person}",
        "出生年月": "1956-08" if draw(st.booleans()) else "",
        "人员身份": draw(st.sampled_from(["离退休党员", "离退休党员", "在职党员"])),
        "职务": draw(st.sampled_from(PACKS[pack])),
        "任职日期": start.isoformat(),
        "离任日期": "" if length is None else (start + timedelta(length)).isoformat(),
        "是否领取补贴": "是" if paid else "否",
        "本期已发金额": paid,
    }


cases = st.sampled_from(sorted(PACKS)).flatmap(
    lambda pack: st.tuples(
        st.just(pack),
        st.lists(posts(pack), max_size=7),
        st.sampled_from(RULES),
        st.sampled_from([date(2025, 1, 10), date(2025, 8, 20), date(2026, 1, 10)]),
    )
)


def report_of(pack, records, rule, as_of, shuffled=None, renumbered=False):
    policy = load_policy(pack)
    units = [{"单位": unit, **COLUMNS} for unit in ("甲单位", "乙单位")]
    data = dataset(policy, YEAR, {"post": records, "unit": units})
    if shuffled is not None:
        data.tables["post"] = data.tables["post"].sample(frac=1, random_state=shuffled)
    if renumbered:
        swap = {0: 1, 1: 0}
        data.files = {swap[number]: name for number, name in data.files.items()}
        for table in data.tables.values():
            table["_return"] = table["_return"].map(swap)
    return allowance(data, policy, parameters(policy, as_of, {"month_rule": rule}), as_of)


@RELAXED
@given(cases)
def test_person_unit_and_total_agree(case):
    report = report_of(*case)
    for key in ("due", "paid"):
        amounts = [getattr(row, key) for row in report.persons if getattr(row, key) is not None]
        assert sum(amounts) == sum(unit[key] for unit in report.units.values()) == report.totals[key]
    assert all(sum(amount for _, amount in row.monthly) == row.due for row in report.persons)
    assert report.totals["rows"] == len(report.persons) == sum(unit["rows"] for unit in report.units.values())
    assert sum(report.totals["levels"].values()) == report.totals["persons"]


@RELAXED
@given(cases)
def test_one_allowance_a_month_at_most(case):
    report = report_of(*case)
    held = defaultdict(Fraction)
    for row in report.persons:
        assert 0 <= row.months <= 12
        for (month, _), share in zip(row.monthly, row.shares, strict=True):
            held[row.number, month] += Fraction(share)
    assert all(0 < share <= 1 for share in held.values())
    per_person = defaultdict(Decimal)
    for row in report.persons:
        per_person[row.number] += row.due
    top = Decimal("333.33") if case[0] == "yunnan-2025" else Decimal(300)
    assert all(0 <= due <= 12 * top for due in per_person.values())


@RELAXED
@given(cases, st.integers(0, 99))
def test_order_of_rows_and_files_changes_nothing(case, seed):
    report = report_of(*case)
    assert report_of(*case, shuffled=seed, renumbered=True) == report


@RELAXED
@given(cases)
def test_due_is_what_counting_day_by_day_gives(case):
    """An independent computation, day by day, with fractions."""
    pack, records, rule, as_of = case
    report = report_of(*case)
    due = defaultdict(Decimal)
    for row in report.persons:
        due[row.number] += row.due
    together = {}
    for row in report.persons:
        together.setdefault(row.number, []).append(row.evidence[0].row)
    by_row = dict(enumerate(records, 5))
    for number, rows in together.items():
        assert due[number] == slowly([by_row[row] for row in rows], rule, as_of, pack)


@RELAXED
@given(cases, st.integers(0, 99))
def test_a_suspicion_changes_no_amount_and_gives_no_breach(case, seed):
    """Everybody looks like somebody of the other unit; without the months of birth nothing but the doubts goes."""
    pack, records, *rest = case
    alike = [{**one, "出生年月": "1956-08", "人员编号": f"{one['人员编号']}{one['单位']}"} for one in records]
    unlike = [{**one, "出生年月": ""} for one in alike]
    with_doubts, without = report_of(pack, alike, *rest, shuffled=seed), report_of(pack, unlike, *rest)
    assert {**with_doubts.totals, "levels": 0} == {**without.totals, "levels": 0}
    for one, other in zip(with_doubts.persons, without.persons, strict=True):
        assert (one.evidence, one.due, one.paid, one.monthly, one.number) == (
            other.evidence, other.due, other.paid, other.monthly, other.number,
        )  # fmt: skip
        suspected = "疑似" in one.reason
        assert one.level == ("预警" if suspected and other.level in ("达标", "不适用") else other.level)
        assert suspected or one.reason == other.reason


def slowly(records, rule, as_of, pack):
    exact = Fraction(0)
    for month in range(1, 13):
        length = monthrange(YEAR, month)[1]
        if date(YEAR, month, length) >= as_of:
            continue
        best = [
            max((rate_on(record, date(YEAR, month, day), pack) for record in records), default=0)
            for day in range(1, length + 1)
        ]
        if rule == "daily":
            exact += sum(best) / length
        elif rule == "first_day":
            exact += best[0]
        elif rule == "any_day":
            exact += max(best)
        else:
            exact += max((rate for rate in best if 2 * sum(other >= rate for other in best) >= length), default=0)
    scaled = exact * 100
    return Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)) / 100


def rate_on(record, day, pack):
    end = record["离任日期"]
    if record["人员身份"] == "在职党员" or day.isoformat() < record["任职日期"] or (end and day.isoformat() > end):
        return Fraction(0)
    return Fraction(300) if pack == "yizheng-2022" else Fraction(STANDARDS[record["职务"]])


@pytest.mark.parametrize("value", ["0.005", "0.015", "0.025", "1.004999", "2.675"])
def test_money_is_rounded_half_up(value):
    from toolkit.compute.allowance.say import cents
    from toolkit.compute.months import GRAIN

    assert cents(Decimal(value) * GRAIN) == Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def carried(report):
    """Row of a post → month → which part of it counts."""
    months = {}
    for row in report.persons:
        named = (month for month, _ in row.monthly)
        months[row.evidence[0]] = dict(zip(named, row.shares, strict=True)) if row.due is not None else None
    return months


@RELAXED
@given(
    cases,
    st.sampled_from(["month_rule", "pay_in_service", "dup_keep", "secretary_scope"]),
    st.integers(2, 12),
    st.integers(1, 28),
    st.randoms(use_true_random=False),
)
def test_what_changes_inside_the_year_changes_the_months_from_then_on_only(case, name, month, day, chance):
    """The months before are those of a year under the old value, the months after those of a year under the new one."""
    pack, records, _, as_of = case
    policy = load_policy(pack)
    values = {
        "month_rule": RULES,
        "pay_in_service": (True, False),
        "dup_keep": ("highest", "post_order"),
        "secretary_scope": (("党支部",), ("党总支", "党委"), ("党支部", "党总支", "党委", "联合党支部")),
    }[name]
    if name not in policy.parameters:
        return
    one, other = chance.sample(values, 2)
    units = [{"单位": unit, **COLUMNS} for unit in ("甲单位", "乙单位")]
    data = dataset(policy, YEAR, {"post": records, "unit": units})
    change = Dated(((date(YEAR, 1, 1), one), (date(YEAR, month, day), other)))
    old, new, both = (
        carried(allowance(data, policy, Parameters(policy, min(as_of, date(YEAR, 12, 31)), {name: value}), as_of))
        for value in (one, other, change)
    )
    first = f"{YEAR}-{month + (day > 1):02d}"
    for row, months in both.items():
        if months is not None and None not in (old[row], new[row]):
            before = {key: share for key, share in old[row].items() if key < first}
            assert months == before | {key: share for key, share in new[row].items() if key >= first}
