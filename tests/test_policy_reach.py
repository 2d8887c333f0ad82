"""Whether every level of every indicator can be reached, and whether a level that cannot is found and named."""

import shutil
from dataclasses import replace
from itertools import islice, product

import pytest

from toolkit.campaign import SWITCHES
from toolkit.compute.indicators import ELSEWHERE, LAST
from toolkit.forms import load_form
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED
from toolkit.model.rows import Table
from toolkit.policies import load_policy, policy_ids
from toolkit.policy_tools.reach import given, hunt, to_prove, unreached
from toolkit.policy_tools.reach.hunt import Hunt, Paid
from toolkit.policy_tools.reach.trials import Trials
from toolkit.reading.tables import build

pytestmark = pytest.mark.slow
ENOUGH = 400
"""Returns tried where a level is known not to be reachable; the whole proof tries more."""


@pytest.fixture
def few(monkeypatch):
    """What nothing reaches is not sought for long."""
    monkeypatch.setattr(hunt, "TRIES", ENOUGH)


NEEDED = {
    "yizheng-2022": {"UNIT-022": "YZ-S1-m", "ORG-032": "YZ-2.1-h"},
    "yunnan-2025": {
        "GROUP-031": "YN-02-e",
        "TASK-031": "YN-S7-b",
        "TALENT-031": "YN-15-e",
        "FLOAT-031": "YN-13-i",
        "FLOAT-032": "YN-13-i",
    },
}
"""FIG-07: rules by which an empty cell that an indicator judges is a 疑问; without them the miss cannot be seen."""


def missing(folder, *clauses):
    """(clause, level) → the 错误 that stand against the level, for every level that nothing reaches.

    What is not about the end of the first year stands under (clause, level, when).
    """
    policy = load_policy(folder)
    found = unreached(policy, load_form(policy, frozenset(SWITCHES)), clauses)
    return {
        (hunt.compiled.clause, level, *filter(None, (hunt.when,))): codes
        for hunt in found
        for level, codes in hunt.missing.items()
    }


@pytest.mark.parametrize(("name", "code", "clause"), [(n, c, k) for n, of in NEEDED.items() for c, k in of.items()])
def test_a_cell_whose_emptiness_is_judged_is_no_error(few, tmp_path, name, code, clause):
    pack = shutil.copytree(load_policy(name).folder, tmp_path / name)
    path = pack / "rules.yaml"
    head, *entries = path.read_text(encoding="utf-8").split("  - code: ")
    path.write_text(head + "".join(f"  - code: {e}" for e in entries if not e.startswith(code)), encoding="utf-8")
    found = missing(pack, clause)
    assert [at for at, _ in found] == [clause] and all(found.values())


@pytest.mark.parametrize("name", policy_ids())
def test_every_level_of_every_indicator_can_be_reached(name):
    assert missing(name) == {}


REQUIRED = (
    # evidence of what is done: who is under way would still be 预警, who has done it without evidence never
    (
        "yizheng-2022",
        "YZ-1.1-b",
        "{sheet: task, check: required_when, at: [evidence_no], needs: [status]",
        "{column: evidence_no, when: {status: [已完成]}}",
        ("预警", "TASK-981"),
    ),
    # the day of training: another year's day would still be 不达标, who was never trained could not be seen
    (
        "yunnan-2025",
        "YN-05-g",
        "{sheet: post, check: required_when, at: [trained_date], needs: [post_type]",
        "{column: trained_date, when: {post_type: [书记, 副书记, 委员]}}",
        ("不达标", "POST-981"),
    ),
)


@pytest.mark.parametrize(("name", "clause", "rule", "args", "found"), REQUIRED, ids=lambda one: str(one)[:9])
def test_a_rule_that_asks_for_a_cell_that_is_judged_is_named(few, tmp_path, name, clause, rule, args, found):
    """Another way to the same level does not hide that the empty cell has become an 错误."""
    pack = shutil.copytree(load_policy(name).folder, tmp_path / name)
    path, (level, code) = pack / "rules.yaml", found
    more = f"  - {rule}, code: {code}, args: {args}, severity: 错误, message: 没有填, fix: 请补填, source: 列说明}}\n"
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n{more}", encoding="utf-8")
    assert missing(pack, clause) == {(clause, level): (code,)}


WHEN = (
    # reminders held back until more than the whole period is over; a share above the whole from 2025 on
    ("warn_from_share", "YZ-1.1-f", '"0"', '"1.5"', {("预警", "没到期限时"): ()}),
    (
        "core_share_min",
        "YZ-1.1-g",
        '"0.70"',
        '"0.70"\n      - {from: "2025-01-01", value: "1.01"}',
        {("达标", "2025年的"): (), ("预警", "2025年的"): ()},
    ),
)


@pytest.mark.parametrize(("parameter", "clause", "old", "new", "found"), WHEN, ids=lambda one: str(one)[:15])
def test_what_there_is_only_before_the_deadline_or_in_a_later_year_is_proved(
    tmp_path, parameter, clause, old, new, found
):
    pack = shutil.copytree(load_policy("yizheng-2022").folder, tmp_path / "yizheng-2022")
    path = pack / "parameters.yaml"
    known = path.read_text(encoding="utf-8")
    at = known.index(f"name: {parameter}\n")
    path.write_text(known[:at] + known[at:].replace(old, new, 1), encoding="utf-8")
    assert missing(pack, clause) == {(clause, *when): codes for when, codes in found.items()}


UNREACHED = (
    # more visits than a year has days; a share above the whole; a hint that becomes an error
    ("yizheng-2022", "indicators.yaml", "YZ-1.3-d", "low: 2", "low: 400", {"达标": ()}),
    ("yizheng-2022", "indicators.yaml", "YZ-1.1-g", "{parameter: core_share_min}", "1.01", {"达标": (), "预警": ()}),
    ("yunnan-2025", "rules.yaml", "YN-08-a", "severity: 疑问", "severity: 错误", {"不达标": ("POST-005",)}),
)


@pytest.mark.parametrize(("name", "file", "clause", "old", "new", "levels"), UNREACHED, ids=lambda one: str(one)[:9])
def test_a_level_that_nothing_reaches_is_named_with_what_stands_against_it(
    few, tmp_path, name, file, clause, old, new, levels
):
    pack = shutil.copytree(load_policy(name).folder, tmp_path / name)
    text = (pack / file).read_text(encoding="utf-8")
    at = text.index(f"clause: {clause}" if file == "indicators.yaml" else "code: POST-005")
    (pack / file).write_text(text[:at] + text[at:].replace(old, new, 1), encoding="utf-8")
    assert missing(pack, clause) == {(clause, level): codes for level, codes in levels.items()}


@pytest.mark.parametrize("name", policy_ids())
def test_rows_at_hand_are_those_that_reading_makes(name):
    policy = load_policy(name)
    trials = Trials(policy, form := load_form(policy, frozenset(SWITCHES)), given(policy))
    for trial in trials.units(policy.first_year):
        for sheet in form.sheets:
            read = Table(sheet.name, sheet.names, build(sheet, [trial.piece(sheet, 0)]))
            assert Table.typed(sheet.name, sheet.names, trial.typed(sheet, 0)).rows == read.rows


@pytest.mark.parametrize("name", policy_ids())
def test_no_family_gives_a_level_that_it_does_not_name(name):
    """What was seen in trials is what the families say: hard and soft, before and after the end of the time."""
    policy = load_policy(name)
    trials = Trials(policy, form := load_form(policy, frozenset(SWITCHES)), given(policy))
    for compiled in to_prove(policy, form):
        family, force = compiled.indicator.family, compiled.indicator.force
        if isinstance(compiled.family, LAST) or family == "checklist":
            continue
        forces = (force,) if family in ELSEWHERE else ("H", "S")
        for force, closed in product(forces, (True, False)):
            own = replace(compiled, indicator=replace(compiled.indicator, force=force))
            hunt = (Paid if family in ELSEWHERE else Hunt)(own, trials, closed)
            named = {level for over in {True, closed} for level in hunt.gives(over)}
            seen = {level for levels, _ in islice(hunt.search, 40) for level in levels}
            assert seen <= {*named, NOT_APPLICABLE, UNDETERMINED}, (compiled.clause, force, closed)
