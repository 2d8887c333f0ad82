"""Later days, rates that change in mid-year, soft rules taken as hard: over the planted units and a sample round."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.compliance_data import form_of, frame
from tests.planted.rounds import USUAL_KIND, Round, place, report, rounds
from tests.planted.situations import policy_of
from toolkit.compute.allowance import allowance
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameters
from toolkit.model.result import Result, worst
from toolkit.sample import sample_units
from toolkit.sample.filling import fill
from toolkit.sample.story import Story

pytestmark = pytest.mark.rounds

POLICIES = ("yizheng-2022", "yunnan-2025")
DAYS = ("{year}-04-01", "{year}-08-20", "{year}-12-31", "{next}-01-01", "{next}-06-30")


def sample(policy_id: str, year: int, count: int) -> Dataset:
    """The truth of a sample round as the merge hands it over."""
    form, units = form_of(policy_id), sample_units(policy_of(policy_id), count, seed=7)
    codes = tuple(unit.code for unit in units)
    tables: dict[str, list[dict]] = {sheet.name: [] for sheet in form.sheets}
    for unit in units:
        for sheet, rows in fill(
            Story(unit, codes, form, policy_id, year, 7), "封面", policy_of(policy_id)
        ).rows.items():
            fixed = form.by_name[sheet].fixed_rows if rows else ()
            for number, row in enumerate(rows):
                known = {name: cell.format(year=year) for name, cell in fixed[number].values.items()} if fixed else {}
                cells = {name: cell for name, cell in {**known, **row}.items() if cell != ""}
                tables[sheet].append(cells | {"_unit": unit.code, "_row": len(tables[sheet]) + 7})
    for sheet, rows in tables.items():
        for row in rows:
            for name in [name for name in row if not name.startswith("_") and name not in form.by_name[sheet].names]:
                del row[name]
    frames = {name: frame(form, name, rows, "") for name, rows in tables.items()}
    nothing = {name: frame(form, name, [], "") for name in tables}
    return Dataset(form, units, frames, nothing, frozenset(codes), {0: "样例.xlsx"}, year)


def softened(dataset: Dataset, policy_id: str, settings: Parameters) -> list[str]:
    """Results that are 不达标 on one day and anything better on the next, though only time has passed.

    Rows that hold a date after the first day are not there yet, on both days. Sums of an open year are exempt: what
    was paid is as of the day the form was filled in, and what is due grows with the months (double pay so far may lie
    within the whole year's due in the end).
    """
    year, told, breaches = dataset.year, [], 0
    sums = set(policy_of(policy_id).allowance["clauses"].values())
    days = [date.fromisoformat(text.format(year=year, next=year + 1)) for text in DAYS]
    for first, later in pairwise(days):
        known = by_subject(dataset, policy_id, settings, first, first)
        after = by_subject(dataset, policy_id, settings, first, later)
        for key, before in known.items():
            if before.level == "不达标" and not (before.clause in sums and first.year == year):
                breaches += 1
                if key not in after or after[key].level != "不达标":
                    told.append(f"{first} {key} {before.reason} → {later} {after.get(key)}")
    assert breaches
    return told


def by_subject(dataset: Dataset, policy_id: str, settings: Parameters, known: date, day: date) -> dict[tuple, Result]:
    """The results on a day from the rows that held no later date than `known`; the worst of each subject."""
    tables = {sheet: frame[~later_rows(frame, known)] for sheet, frame in dataset.tables.items()}
    parameters = Parameters(policy_of(policy_id), day, settings.overrides)
    found: dict[tuple, Result] = {}
    for result in report(replace(dataset, tables=tables), parameters, day).results:
        key = result.unit, result.clause, result.subject
        if key not in found or worst((found[key].level, result.level)) != found[key].level:
            found[key] = result
    return found


def later_rows(frame, day: date):
    """Which rows hold a date after the day; deadlines that are printed on the form do not count."""
    dated = [name for name in frame.select_dtypes("datetime") if name not in ("due_date", "term_end_date")]
    return (frame[dated] > str(day)).any(axis=1)


@pytest.mark.parametrize("policy_id", POLICIES)
def test_a_later_day_softens_no_level_of_a_sample_round(policy_id):
    data = sample(policy_id, 2025, 8)
    assert softened(data, policy_id, Parameters(policy_of(policy_id), date(2025, 12, 31))) == []


@pytest.mark.parametrize("policy_id", POLICIES)
def test_a_later_day_softens_no_planted_level(policy_id):
    made = rounds(policy_id, units=0)[0]
    assert softened(made.dataset(), policy_id, made.parameters) == []


@pytest.mark.parametrize("policy_id", POLICIES)
def test_strict_soft_makes_every_missed_soft_rule_a_breach(policy_id):
    policy, found, told = policy_of(policy_id), set(), []
    for made in rounds(policy_id, units=0):
        soft = {
            (planted.unit.code, item)
            for planted in made.units
            for item in planted.situations
            if item.level == "预警" and made.as_of.year > made.year and not item.given.get("reminder")
            if policy.indicator_of[item.clause].force == "S"
        }
        if not soft:
            continue
        made.settings["strict_soft"] = "on"
        results = made.report().results
        for unit, item in soft:
            level = worst(one.level for one in results if (one.unit, one.clause) == (unit, item.clause))
            found.add(item.clause)
            if level != "不达标":
                told.append(f"{unit} [{item.label}] {level}")
    assert told == []
    assert found == {one.clause for one in policy.indicators if one.force == "S"}


def test_a_rate_that_changes_in_mid_year_splits_the_months():
    made = Round("yizheng-2022", 2025, date(2026, 2, 10), {})
    place(made, USUAL_KIND, [])
    policy = policy_of(made.policy)
    minimum = policy.parameters["secretary_minimum"]
    raised = replace(minimum, values=(*minimum.values, (date(2025, 7, 1), Decimal(400))))
    changed = replace(policy, parameters={**policy.parameters, "secretary_minimum": raised})
    paid = allowance(made.dataset(), changed, Parameters(changed, made.as_of), made.as_of)
    (row,) = (row for row in paid.persons if row.post == "书记")
    assert row.due == Decimal("4200.00")
    assert dict(row.monthly) == {f"2025-{month:02d}": Decimal(300 if month < 7 else 400) for month in range(1, 13)}
    assert row.level == "不达标" and row.rate is None
    fixed = Parameters(changed, made.as_of, {"secretary_minimum": Decimal(300)})
    usual = allowance(made.dataset(), changed, fixed, made.as_of)
    assert [one.due for one in usual.persons if one.post == "书记"] == [Decimal("3600.00")]
