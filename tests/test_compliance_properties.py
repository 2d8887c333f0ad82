"""What must hold for any data: fewer events never help, order never matters, later days never soften a breach."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compliance_data import UNIT, cells, dataset, report
from toolkit.compute.families.core_share import core_share
from toolkit.compute.families.counts import Presence, Tally, count_level
from toolkit.compute.families.floating import due_quarters, notice_level
from toolkit.compute.families.medal import due_year, medal_level
from toolkit.compute.families.organisation_form import possible_forms
from toolkit.compute.families.reserve import matched
from toolkit.compute.families.standing import longest_gap, overdue_level
from toolkit.compute.families.vacancy import Term, complete, vacant_days
from toolkit.compute.levels import coverage, target, term
from toolkit.compute.periods import add_months, quarters, year_of
from toolkit.model.figures import shares
from toolkit.model.result import LEVELS, MET, NOT_MET, UNDETERMINED, WARNING, WORST_FIRST, worst

DAYS = st.dates(date(2022, 1, 1), date(2027, 12, 31))
BADNESS = {level: len(WORST_FIRST) - place for place, level in enumerate(WORST_FIRST)}
EFFECTIVE = date(2022, 12, 30)


def never_softer(first: str, later: str) -> bool:
    return not (first == NOT_MET and later == WARNING)


@given(n=st.integers(0, 5), unsure=st.integers(0, 3), low=st.integers(1, 3), day=DAYS)
def test_one_event_less_is_never_better(n, unsure, low, day):
    with_it, _ = count_level(Tally(n + 1, unsure, low), year_of(2023), day, effective=EFFECTIVE)
    without, _ = count_level(Tally(n, unsure, low), year_of(2023), day, effective=EFFECTIVE)
    # 无法判定 stands beside the scale: with one event less a doubtful row may no longer close the gap.
    assert with_it in (without, UNDETERMINED) or BADNESS[without] >= BADNESS[with_it]


@given(n=st.integers(0, 3), unsure=st.integers(0, 2), since=st.none() | DAYS, day=DAYS, later=st.integers(0, 900))
def test_a_later_day_never_softens_a_count(n, unsure, since, day, later):
    for period in (*quarters(2023), year_of(2023)):
        facts = {"effective": EFFECTIVE, "presence": Presence(since, None, Decimal(1))}
        first, _ = count_level(Tally(n, unsure, 2), period, day, **facts)
        second, _ = count_level(Tally(n, unsure, 2), period, day + timedelta(later), **facts)
        assert never_softer(first, second)
        assert not (first == NOT_MET and second != NOT_MET)


@given(out=DAYS, back=st.none() | DAYS, day=DAYS, later=st.integers(0, 900), noticed=st.booleans())
def test_a_later_day_never_softens_a_notice(out, back, day, later, noticed):
    first, _ = notice_level(out, back, False, noticed, day)
    second, _ = notice_level(out, back, False, noticed, day + timedelta(later))
    assert never_softer(first, second)
    assert set(due_quarters(out, back, 2025, day, Decimal("0.5"))) <= set(
        due_quarters(out, back, 2025, day + timedelta(later), Decimal("0.5"))
    )


@given(out=DAYS, away=st.integers(0, 900), grace=st.integers(-1, 60))
def test_a_notice_is_over_its_days_of_grace_only_where_there_are_any(out, away, grace):
    """YN-13-c has none (-1: 不达标 from the day on) and said 超过-1天."""
    level, word = notice_level(out, None, False, False, out + timedelta(away), days=grace)
    assert (word == "FLOAT-LATE") == (level == NOT_MET and grace > 0)


@given(since=DAYS, until=st.none() | DAYS, day=DAYS, later=st.integers(0, 900))
def test_a_later_day_never_softens_what_stays_open(since, until, day, later):
    facts = {"ok": 30, "limit": 90, "hard": True}
    first, _, _ = overdue_level(False, since, until, day, **facts)
    second, _, _ = overdue_level(False, since, until, day + timedelta(later), **facts)
    assert never_softer(first, second)
    assert never_softer(term(since, day, 90), term(since, day + timedelta(later), 90))


TERMS = st.lists(st.tuples(DAYS, st.integers(0, 700), st.booleans(), st.integers(0, 3)), max_size=5).map(
    lambda found: [Term(start, start + timedelta(days), leads, person) for start, days, leads, person in found]
)


@given(terms=TERMS, seats=st.integers(1, 3), day=DAYS)
def test_vacancies_and_gaps_do_not_depend_on_the_order_of_the_rows(terms, seats, day):
    backwards = list(reversed(terms))
    assert vacant_days(terms, seats, day, date(2021, 12, 31)) == vacant_days(backwards, seats, day, date(2021, 12, 31))
    pairs = [(start, end) for start, end, *_ in terms]
    assert longest_gap(pairs, date(2025, 1, 1), day) == longest_gap(pairs[::-1], date(2025, 1, 1), day)


@given(terms=TERMS, day=DAYS)
def test_a_gap_is_the_longest_run_of_uncovered_days(terms, day):
    pairs = [(start, end) for start, end, *_ in terms]
    since = date(2022, 1, 1)
    begun = [pair for pair in pairs if pair[0] <= day]
    found = longest_gap(pairs, since, day)
    if not begun:
        assert found is None
        return
    run = longest = 0
    at = min(start for start, _ in begun)
    while at <= day:
        run = 0 if any(start <= at <= end for start, end in begun) else run + 1
        longest = max(longest, run)
        at += timedelta(1)
    assert found == longest


@given(
    classes=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=5), closed=st.booleans()
)
def test_the_share_of_courses_compares_exactly(classes, closed):
    hours = [(Decimal(total), Decimal(min(core, total))) for total, core in classes]
    verdict = core_share(hours, Decimal("0.70"), closed=closed)
    passes = 10 * sum(core for _, core in hours) >= 7 * sum(total for total, _ in hours)
    assert (verdict.level in (MET, WARNING) and "BELOW" not in verdict.key) is passes
    assert core_share(hours[::-1], Decimal("0.70"), closed=closed).level == verdict.level


@given(full=st.integers(0, 150), more=st.integers(0, 30))
def test_a_size_has_at_most_two_forms_and_only_fifty_has_two(full, more):
    forms = possible_forms(full, full + more)
    assert len(forms) <= 2 and (len(forms) == 2) == (full >= 3 and full + more == 50)
    assert bool(forms) == (full >= 3)


@given(
    edges=st.dictionaries(
        st.sampled_from("abcd"), st.frozensets(st.sampled_from("wxyz"), max_size=4), min_size=1, max_size=4
    )
)
def test_the_matching_is_valid_and_of_maximum_size(edges):
    found = matched(edges)
    assert len(set(found.values())) == len(found)
    assert all(person in edges[branch] for branch, person in found.items())
    assert len(found) == best(list(edges.values()), frozenset())


def best(groups, used):
    if not groups:
        return 0
    skipped = best(groups[1:], used)
    return max([skipped, *(1 + best(groups[1:], used | {person}) for person in groups[0] - used)])


@given(done=st.integers(0, 200), due=st.integers(0, 200), n=st.integers(0, 120))
def test_coverage_and_targets_are_monotone(done, due, n):
    if done < due:
        assert coverage(done, due, closed=True, hard=True) == NOT_MET
        assert coverage(done, due, closed=False, hard=True) == WARNING == coverage(done, due, closed=True, hard=False)
    fewer = target(n, Decimal(100), Decimal("0.1"), closed=True)
    assert BADNESS[fewer] >= BADNESS[target(n + 1, Decimal(100), Decimal("0.1"), closed=True)]


@given(full=st.dates(date(1921, 7, 1), date(2000, 1, 1)))
def test_the_medal_is_due_on_the_first_cut_off_after_fifty_years(full):
    year = due_year(full, None).year
    reached = add_months(full, 600)
    assert date(year - 1, 7, 1) < reached <= date(year, 7, 1)
    levels = [medal_level(1, 0, 0, year=year, as_of=date(year, month, 1), closed_case=False)[0] for month in (6, 12)]
    assert levels == [WARNING, WARNING]


@given(levels=st.lists(st.sampled_from(LEVELS), max_size=12))
def test_the_roll_up_counts_everything_once(levels):
    share, bad = shares(cells(levels))["据实"], worst(levels)
    assert share.met <= share.asked <= len(levels)
    assert all(BADNESS[bad] >= BADNESS[level] for level in levels)
    assert (shares(cells(levels[::-1]))["据实"], worst(levels[::-1])) == (share, bad)


EVENT_TYPES = ("党课", "警示教育", "队伍状况分析", "主题党日", "负责同志调研", "书记委员集中培训")
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "event_type": st.sampled_from(EVENT_TYPES),
            "event_date": st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31)).map(str),
            "speaker_role": st.sampled_from(["党委（党组）书记", "外请", None]),
            "host_code": st.sampled_from(["320001", "320001-01"]),
            "_unit": st.sampled_from(["320001", "320002"]),
        }
    ),
    max_size=6,
)
UNITS = (UNIT, replace(UNIT, code="320002", name="某某市财政局"))


def whole(events, units=UNITS, as_of="2026-01-10"):
    tables = {
        "event": [{**row, "event_no": str(number), "_row": 5} for number, row in enumerate(events)],
        "party_org": [
            {"org_code": f"{unit.code}-01", "org_type": "党支部", "set_date": "2010-01-01", "_unit": unit.code}
            for unit in UNITS
        ],
    }
    found = report(dataset("yunnan-2025", tables, year=2025, units=units), as_of)
    return {(result.unit, result.clause, result.subject): (result.level, result.reason) for result in found.results}


@settings(max_examples=12, deadline=None)
@given(events=EVENTS, data=st.data())
def test_order_of_rows_and_units_changes_nothing(events, data):
    shuffled = data.draw(st.permutations(events))
    assert whole(events) == whole(shuffled, units=UNITS[::-1])


@settings(max_examples=12, deadline=None)
@given(events=EVENTS.filter(bool), data=st.data())
def test_removing_an_event_improves_no_level(events, data):
    gone = data.draw(st.integers(0, len(events) - 1))
    before, after = whole(events), whole([row for number, row in enumerate(events) if number != gone])
    for key, (level, _) in after.items():
        if before[key][0] != level and key[1] != "YN-03-h":
            assert BADNESS[level] >= BADNESS[before[key][0]] or before[key][0] == UNDETERMINED, key


@settings(max_examples=8, deadline=None)
@given(events=EVENTS, first=st.dates(date(2025, 1, 2), date(2026, 6, 1)), later=st.integers(1, 400))
def test_a_later_day_softens_no_result(events, first, later):
    before = whole(events, as_of=str(first))
    after = whole(events, as_of=str(first + timedelta(later)))
    for key, (level, _) in before.items():
        if key in after:
            assert never_softer(level, after[key][0]), key


@given(terms=TERMS, seats=st.integers(1, 3), day=DAYS)
def test_a_second_post_of_one_person_fills_no_seat(terms, seats, day):
    """YZ-2.2-b, 班子应配几人: posts of somebody who is in post on that day anyway change nothing but who leads."""
    more = [term._replace(leads=False) for term in terms if term.start <= day <= term.end]
    assert complete([*terms, *more], seats, day) == complete(terms, seats, day)
