"""Properties of who is who over random units: blanks, order, suspicions and questions.

More units: XLTOOL_PEOPLE=200 pytest tests/test_people_properties.py
"""

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown import batch

from tests.allowance_data import parameters
from toolkit.compute.allowance import allowance
from toolkit.forms import load_form
from toolkit.model.batch import Dataset
from toolkit.model.people import Rulings, plain, printed
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy
from toolkit.round_trip.dispute_search import found
from toolkit.validating import validate
from validators.situation import situate

pytestmark = pytest.mark.slow
YN = load_policy("yunnan-2025")
FORM = load_form(YN)
DAY = date(2026, 1, 10)
CODES = ("320001", "320002", "320003", "320004")
UNITS = UnitList(tuple(Unit(code, f"单位{code}", "机关", "部门（单位）") for code in CODES))
COLUMNS = [
    "post_no",
    "org_code",
    "person_key",
    "person_name",
    "birth_ym",
    "person_status",
    "post_type",
    "start_date",
    "end_date",
]
HEAD = f"| {' | '.join((*COLUMNS, 'subsidy_recipient', 'paid_amount'))} |\n"
EXAMPLES = int(os.environ.get("XLTOOL_PEOPLE", "8"))
RELAXED = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def post(draw):
    """One post; few names and months of birth, so that units often share them."""
    paid = draw(st.sampled_from(["是", "是", "否"]))
    return {
        "name": draw(st.sampled_from(["王小明", "李四"])),
        "born": draw(st.sampled_from(["1956-08", "1957-01"])),
        "status": draw(st.sampled_from(["离退休党员", "离退休党员", "在职党员"])),
        "post": draw(st.sampled_from(["书记", "委员", "副书记", "党建联络员"])),
        "start": draw(st.sampled_from(["2020-01-01", "2025-07-01"])),
        "end": draw(st.sampled_from(["", "", "2025-06-30"])),
        "paid": paid,
        "amount": draw(st.sampled_from(["1200", "3600"])) if paid == "是" else "",
    }


rounds = st.lists(st.lists(post(), min_size=1, max_size=2), min_size=2, max_size=4)


STANDARDS = {"std_secretary": "300", "std_deputy": "210", "std_committee": "210"}


def returned(units, order=CODES, spoil=lambda name: name):
    """The returns of some units, read in this order."""
    texts = []
    for code, posts in sorted(zip(CODES, units, strict=False), key=lambda item: order.index(item[0])):
        rows = "".join(
            f"| {n} | {code}-01 | R{n} | {spoil(one['name'])} | {one['born']} | {one['status']} | {one['post']} "
            f"| {one['start']} | {one['end']} | {one['paid']} | {one['amount']} |\n"
            for n, one in enumerate(posts, 1)
        )
        texts.append(
            f"# {code}\n## 党组织情况\n| org_code | org_type |\n| {code}-01 | 党支部 |\n## 任职与补贴\n{HEAD}{rows}"
        )
    return batch("".join(texts), FORM, UNITS)


def report_of(made, rulings=None):
    """The allowances of some returns."""
    data = Dataset(
        form=FORM,
        units=UNITS,
        tables=made.tables,
        rejected={},
        returned=frozenset(item.unit for item in made.returns),
        files={item.index: item.file for item in made.returns},
        year=2025,
        rulings=rulings or Rulings(),
    )
    return allowance(data, YN, parameters(YN, DAY, STANDARDS), DAY)


def computed(units, order=CODES, spoil=lambda name: name):
    """Disputes, questions across units, and the allowance report of some units' posts."""
    made = returned(units, order, spoil)
    findings = validate(made, as_of=DAY, year=2025, policy=YN).findings
    asked = {(one.code, one.unit, one.cells, one.message) for one in findings if one.code.startswith("CROSS-")}
    return found(made, findings, situate(made, DAY, 2025, parameters(YN, DAY))), asked, report_of(made)


def figures(report):
    """What the report comes to, whatever the order of the files."""
    return sorted(
        (one.unit, one.evidence[0].row, plain(one.name), one.due, one.paid, one.level, one.reason, one.held)
        for one in report.persons
        if one.due is not None
    )


@RELAXED
@given(rounds, st.sampled_from(" \u00a0\u3000\u2003\u200b"), st.integers(1, 2))
def test_a_blank_inside_a_name_changes_no_figure_finding_or_dispute(units, blank, place):
    plainly = computed(units)
    spoilt = computed(units, spoil=lambda name: name[:place] + blank + name[place:])
    assert [one.number for one in plainly[0]] == [one.number for one in spoilt[0]]
    assert plainly[1] == spoilt[1] and figures(plainly[2]) == figures(spoilt[2])


SAME = {"name": "李四", "born": "1957-01", "status": "离退休党员", "post": "书记", "start": "2020-01-01", "end": ""}
PAID = {**SAME, "paid": "是", "amount": "3600"}
UNPAID = {**SAME, "paid": "否", "amount": ""}


@RELAXED
@given(rounds, st.permutations(CODES))
@example([[UNPAID], [UNPAID], [PAID], [UNPAID]], CODES[::-1])
@example([[PAID], [PAID, UNPAID], [UNPAID]], (CODES[2], CODES[1], CODES[0], CODES[3]))
def test_the_order_of_the_files_changes_no_dispute_and_no_figure(units, order):
    first, second = computed(units), computed(units, order)
    assert [(one.number, one.units, one.person) for one in first[0]] == [
        (one.number, one.units, one.person) for one in second[0]
    ]
    assert first[1] == second[1] and figures(first[2]) == figures(second[2])


@RELAXED
@given(rounds)
def test_a_person_is_in_one_dispute_and_every_suspicion_of_money_is_asked(units):
    disputes, _, report = computed(units)
    looks = [values for one in disputes for values in one.keys]
    assert len(looks) == len(set(looks)), "n units that claim one name and month of birth are one question"
    asked = {(values[0], unit) for one in disputes for values in one.keys for unit in one.units}
    for row in report.persons:
        if "疑似同一人" in row.reason and "本单位有同名" not in row.reason:
            assert (plain(row.name), row.unit) in asked


@RELAXED
@given(rounds, st.booleans())
def test_a_ruling_leaves_no_suspicion_between_the_units(units, same):
    disputes, _, before = computed(units)
    settled = {values: one.units for one in disputes for values in one.keys}
    apart = {values: {unit: n for n, unit in enumerate(codes)} for values, codes in settled.items()}
    rulings = Rulings(same={values: frozenset(codes) for values, codes in settled.items()}) if same else Rulings(apart)
    after = report_of(returned(units), rulings)
    assert not [row for row in after.persons if "有同名、同出生年月的人" in row.reason]
    if not same:
        assert [(row.due, row.paid) for row in before.persons] == [(row.due, row.paid) for row in after.persons]


@pytest.mark.parametrize("gap", ["\u034f", "\u17b4", "\u17b5", "\ufffc", "\u2800", "\u3164", "\U000e0020", "\u2064"])
def test_what_shows_nothing_inside_a_name_is_no_part_of_it(gap):
    assert plain(f"罗{gap}蕾") == plain("罗蕾") and printed(f"罗{gap}蕾") == "罗蕾"
