"""The days on which an event counts: the rule that takes or refuses a date and the family that counts it agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest
from compliance_data import dataset, form_of, of, report
from markdown import batch

from toolkit.compute.context import Context
from toolkit.compute.families.occasions import year_end_level
from toolkit.compute.indicators import compile_indicators
from toolkit.compute.judging import judge
from toolkit.compute.prior import key_figures
from toolkit.forms import load_form
from toolkit.model.policy import Dated, Parameters
from toolkit.model.unit import Unit
from toolkit.model.windows import half_year_days, holds, quarter_days, year_days
from toolkit.policies import load_policy
from toolkit.validating import validate

YZ, YN = "yizheng-2022", "yunnan-2025"
YEAR, MARGIN = 2026, 60
LATER = date(2028, 6, 30)
REFUSING = ("EVENT-002", "EVENT-004", "POST-022")


@dataclass(frozen=True)
class Kind:
    """One kind of window: whose events, and on which days they count for a year (written by hand, not by the owner).

    Args:
        cells: cells of the row beside the date. subject: the part of the clause's results that is looked at.
    """

    policy: str
    clause: str
    cells: dict[str, str]
    days: tuple[tuple[date, date], ...]
    late: tuple[date, date] | None = None
    subject: str = ""
    sheet: str = "event"
    level: str = "部门（单位）"

    def counts(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.days)


def year(number: int) -> tuple[tuple[date, date], ...]:
    return ((date(number, 1, 1), date(number, 12, 31)),)


KINDS = {
    "年度": Kind(YZ, "YZ-1.1-f", {"event_type": "培训班"}, year(YEAR)),
    "半年": Kind(YN, "YN-12-h", {"event_type": "队伍状况分析"}, year(YEAR)),
    "元旦春节": Kind(
        YZ,
        "YZ-3.4-g",
        {"event_type": "走访慰问", "occasion": "元旦春节"},
        ((date(YEAR - 1, 10, 1), date(YEAR, 9, 30)),),
        subject="元旦春节",
    ),
    "同时计入的元旦春节": Kind(
        YZ,
        "YZ-3.4-g",
        {"event_type": "志愿服务", "also_counts_as": "走访慰问", "occasion": "元旦春节"},
        ((date(YEAR - 1, 10, 1), date(YEAR, 9, 30)),),
        subject="元旦春节",
    ),
    "老年节": Kind(YZ, "YZ-3.4-g", {"event_type": "走访慰问", "occasion": "老年节"}, year(YEAR), subject="老年节"),
    "年底": Kind(
        YZ,
        "YZ-S2-g",
        {"event_type": "述职"},
        ((date(YEAR, 10, 1), date(YEAR, 12, 31)),),
        late=(date(YEAR + 1, 1, 1), date(YEAR + 1, 1, 31)),
        level="县（市、区）级",
    ),
    "培训": Kind(
        YN,
        "YN-05-g",
        {"post_type": "书记", "person_key": "P", "start_date": "2020-01-01"},
        year(YEAR),
        sheet="post",
    ),
}
DAYS = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(-MARGIN - 35, 366 + MARGIN)]
EDGES = sorted(
    {day for day in DAYS if (day.month, day.day) in {(1, 1), (1, 31), (2, 1), (9, 30), (10, 1), (12, 31), (3, 15)}}
)
"""Every day of the year, from 95 days before it (a season begins on 1 October) to 60 days after it."""


def column_of(kind: Kind) -> str:
    return "event_date" if kind.sheet == "event" else "trained_date"


@cache
def refused(name: str, report_year: int = YEAR) -> frozenset[date]:
    """Days that the rules refuse in the form of a year, judged long after it."""
    kind = KINDS[name]
    form = form_of(kind.policy)
    sheet, labels = form.by_name[kind.sheet], [column_of(kind), *kind.cells]
    rows = ["| " + " | ".join([str(day), *kind.cells.values()]) + " |" for day in DAYS]
    text = "\n".join([f"## {sheet.label}", "| " + " | ".join(labels) + " |", *rows])
    found = validate(batch(text, form), as_of=LATER, year=report_year, policy=load_policy(kind.policy), cap=999)
    cells = [int(cell[1:]) for one in found.findings if one.code in REFUSING for cell in one.cells]
    return frozenset(DAYS[row - 5] for row in cells)


@cache
def judged(name: str, report_year: int = YEAR) -> dict[date, list[str]]:
    """Levels of the clause for a unit whose only event took place on a day; every day is a unit."""
    kind = KINDS[name]
    area = kind.level != "部门（单位）"
    days = EDGES if area else DAYS
    units = [Unit(f"U{number:03d}", f"单位{number}", "机关", kind.level, speaks=area) for number in range(len(days))]
    rows = [
        kind.cells | {column_of(kind): str(day), "_unit": unit.code}
        | ({"host_code": unit.code} if kind.sheet == "event" else {"post_no": unit.code})
        for unit, day in zip(units, days, strict=True)
    ]  # fmt: skip
    found: dict[date, list[str]] = {day: [] for day in days}
    if area:
        for unit, day, row in zip(units, days, rows, strict=True):
            data = dataset(kind.policy, {kind.sheet: [row]}, year=report_year, units=(unit,))
            found[day] = [result.level for result in one_clause(data, kind)]
        return found
    day_of = {unit.code: day for unit, day in zip(units, days, strict=True)}
    data = dataset(kind.policy, {kind.sheet: rows}, year=report_year, units=tuple(units))
    for result in one_clause(data, kind):
        if kind.subject in result.subject:
            found[day_of[result.unit]].append(result.level)
    return found


def one_clause(data, kind: Kind):
    """The results of one clause, without all the others."""
    policy = load_policy(kind.policy)
    (compiled,) = compile_indicators(replace(policy, indicators=(policy.indicator_of[kind.clause],)), data.form)
    return list(judge(compiled, Context(data, policy, Parameters(policy, LATER), LATER)))


@pytest.mark.parametrize("name", KINDS)
def test_an_event_counts_on_exactly_the_days_of_its_window(name):
    kind = KINDS[name]
    for day, levels in judged(name).items():
        late = kind.late is not None and kind.late[0] <= day <= kind.late[1]
        met = levels.count("达标")
        assert met == (1 if kind.counts(day) else 0), f"{day} {levels}"
        assert ("预警" in levels) == late, f"{day} {levels}"


@pytest.mark.parametrize("name", KINDS)
def test_an_event_that_could_count_is_never_refused(name):
    counted = {day for day, levels in judged(name).items() if {"达标", "预警"} & set(levels)}
    assert counted and not counted & refused(name)


@pytest.mark.parametrize("name", KINDS)
def test_an_event_that_is_taken_counts_this_year_or_the_next_or_lies_in_the_year(name):
    """Beyond the year nothing is taken that does not count; inside it only a season passes on to the next year."""
    kind, taken = KINDS[name], set(DAYS) - refused(name)
    for day in taken:
        late = kind.late is not None and kind.late[0] <= day <= kind.late[1]
        assert kind.counts(day) or late or day.year == YEAR, day
    inside = {day for day in taken if day.year == YEAR and not kind.counts(day)}
    if kind.subject == "元旦春节":
        assert min(inside) == date(YEAR, 10, 1) and max(inside) == date(YEAR, 12, 31)
    elif kind.late is None:
        assert inside == set()


@pytest.mark.parametrize("name", ["元旦春节", "同时计入的元旦春节"])
def test_no_visit_is_lost_between_two_years_or_counted_twice(name):
    """Every day belongs to exactly one year, and the form of that year takes it."""
    both = {report_year: judged(name, report_year) for report_year in (YEAR, YEAR + 1)}
    for day in (day for day in DAYS if day >= date(YEAR - 1, 10, 1)):
        years = [report_year for report_year in both if "达标" in both[report_year][day]]
        expected = YEAR + (day >= date(YEAR, 10, 1))
        assert years == [expected], day
        assert day not in refused(name, expected)


QUARTER, JANUARY = (date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 1, 31))
CITY = Unit("320000", "市委离退休干部工委", "机关", "县（市、区）级", speaks=True)


@pytest.mark.parametrize(
    ("as_of", "level", "key"),
    [
        ("2025-09-30", "不适用", "OUT-FUTURE"),
        ("2025-10-01", "预警", "COUNT-OPEN"),
        ("2025-12-31", "预警", "COUNT-OPEN"),
        ("2026-01-01", "预警", "YEAR-END-OVERDUE"),
        ("2026-01-31", "预警", "YEAR-END-OVERDUE"),
        ("2026-02-01", "不达标", "COUNT-MISSED"),
    ],
)
def test_a_report_that_is_missing_at_the_end_of_the_year(as_of, level, key):
    found = year_end_level(0, 0, 0, 1, days=QUARTER, late_days=JANUARY, as_of=date.fromisoformat(as_of))
    assert found == (level, key)


def test_without_late_days_the_year_end_is_the_end():
    day = date(2026, 1, 10)
    assert year_end_level(0, 0, 0, 1, days=QUARTER, late_days=None, as_of=day) == ("不达标", "COUNT-MISSED")


def year_end(events, as_of):
    data = dataset(YZ, {"event": [{"host_code": CITY.code, **event} for event in events]}, year=2025, units=(CITY,))
    return {clause: of(report(data, as_of), clause, CITY.code)[0] for clause in ("YZ-S2-g", "YZ-S2-h")}


def test_a_report_in_january_is_late_and_one_on_10_january_is_said_to_be_overdue():
    found = year_end([{"event_type": "述职", "event_date": "2026-01-08"}], "2026-01-10")
    assert [result.level for result in found.values()] == ["预警", "预警"]
    assert "过了年才完成" in found["YZ-S2-g"].reason
    assert "2026-01-31以前补上" in found["YZ-S2-h"].reason and "未结束" not in found["YZ-S2-h"].reason


def visits(day, year, as_of, prior=None, **cells):
    row = {"host_code": "320001", "event_type": "走访慰问", "occasion": "元旦春节", "event_date": day, **cells}
    data = dataset(YZ, {"event": [row] if day else []}, year=year, prior=prior)
    (found,) = (item for item in of(report(data, as_of), "YZ-3.4-g") if "元旦春节" in item.subject)
    return data, found


def test_a_visit_of_last_years_form_is_carried_into_this_year():
    """Typed in December in the form of 2025, it counts for 2026 without being typed again, and only once if it is."""
    before, old = visits("2025-12-20", 2025, "2026-01-10")
    assert old.level == "不达标"
    prior = key_figures(before)
    assert prior["next_year"] == {"YZ-3.4-g": {"元旦春节": {"320001": ["2025-12-20"]}}}
    _, missing = visits(None, 2026, "2026-12-01")
    assert missing.level == "不达标", "1 October has passed: nothing can count any more"
    _, new = visits(None, 2026, "2026-12-01", prior)
    assert new.level == "达标" and "含上年填报的1次" in new.reason
    _, again = visits("2025-12-20", 2026, "2026-12-01", prior)
    assert again.figures["n"] == "1"


def test_a_visit_is_open_until_its_season_ends():
    assert visits(None, 2026, "2026-09-30")[1].level == "预警"
    assert visits(None, 2026, "2026-10-01")[1].level == "不达标"


def test_a_round_may_move_the_days_and_the_form_moves_with_them():
    policy = load_policy(YZ)
    form = load_form(policy, overrides={"new_year_season_from": "12-15", "year_end_late_until": None})
    assert form is load_form(policy, overrides={"new_year_season_from": "12-15", "year_end_late_until": None})
    assert load_form(policy) is load_form(policy, overrides={"month_rule": "half"})
    season, report_g, _ = form.windows
    assert season.days(2026) == (date(2025, 12, 15), date(2026, 12, 14)) and report_g.late_days(2025) is None
    note = form.by_name["event"].by_name["event_date"].note
    assert "上年12月15日" in note and "次年" not in note
    assert "上年10月1日" in load_form(policy).by_name["event"].by_name["event_date"].note
    assert "次年" not in load_form(load_policy(YN)).by_name["event"].by_name["event_date"].note


def test_a_day_that_changes_from_some_year_on_still_loses_no_day():
    """The season of a year ends where that of the next year begins, whatever the dated value."""
    moved = Dated(((date(2026, 1, 1), "11-15"), (date(2027, 6, 1), "09-01")))
    season = load_form(load_policy(YZ), overrides={"new_year_season_from": moved}).windows[0]
    assert [season.days(year)[0] for year in (2025, 2026, 2027)] == [
        date(2024, 10, 1),
        date(2025, 11, 15),
        date(2026, 9, 1),
    ]
    for year in range(2023, 2029):
        assert season.days(year)[1] + timedelta(days=1) == season.days(year + 1)[0]


def test_the_parts_of_a_year_hold_every_day_once():
    for year_ in (2024, 2025):
        for parts in (half_year_days(year_), quarter_days(year_), (year_days(year_),)):
            days = [date(year_, 1, 1) + timedelta(days=number) for number in range(366)]
            for day in days:
                assert sum(holds(part, day) for part in parts) == (day.year == year_)
