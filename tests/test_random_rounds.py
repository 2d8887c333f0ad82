"""Properties of whole rounds, on rounds made at random.

CI tries a few seeds; `XLTOOL_ROUNDS=200 pytest tests/test_random_rounds.py` is the long campaign (`XLTOOL_ROUNDS_FROM`
sets the first seed, `XLTOOL_BREAKS` how often cells are broken in each round, one of every unit at a time;
`XLTOOL_ROUNDS_LOG` names a file to which each round adds what was tried).
"""

from __future__ import annotations

import copy
import json
import os
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from breaking import a_break, changes
from random_rounds import RandomRound, as_on

from toolkit.compute.people import distinct
from toolkit.model.result import NOT_MET, WARNING
from toolkit.round_trip.states import UNIT_STATES, unit_states

FIRST = int(os.environ.get("XLTOOL_ROUNDS_FROM", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("XLTOOL_ROUNDS", "2")))
BREAKS = int(os.environ.get("XLTOOL_BREAKS", "3"))
pytestmark = pytest.mark.rounds


@pytest.fixture(scope="module", params=SEEDS)
def made(request, tmp_path_factory) -> RandomRound:
    """A random round whose units have all returned; each test leaves it as it was."""
    found = RandomRound(tmp_path_factory.mktemp("随机") / "轮次", request.param)
    found.put_all()
    assert found.whole.levels
    return found


def _log(made: RandomRound, **facts: object) -> None:
    """What was tried, for the figures of a campaign."""
    if name := os.environ.get("XLTOOL_ROUNDS_LOG"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"seed": made.seed, **facts}, ensure_ascii=False) + "\n")


def test_an_older_version_of_any_return_changes_nothing(made):
    rng, before = made.chance("older"), made.whole
    place = rng.randrange(len(made.units))
    older = copy.deepcopy(made.rows[place])
    for _ in range(rng.randrange(6)):
        made.twist(older, rng)
    name = f"旧的{place}.xlsx"
    path = made.put(place, name, rows=older, day=3)
    after = made.figures()
    path.unlink()
    assert after.levels == before.levels
    assert after.money == before.money and after.totals == before.totals
    assert after.error == before.error
    assert Counter({key: n for key, n in after.findings.items() if key[0] != name}) == before.findings
    assert {key[1] for key in after.findings if key[0] == name} <= {"B010", "B011", "B012"}
    _log(made, levels=len(before.worst()), amounts=len(before.due))


def test_persons_rows_units_totals_and_reported_money_agree(made):
    checked, report = made.checked, made.checked.allowance
    listed = {(one.unit, one.evidence[0].file, one.evidence[0].row): one for one in report.persons}
    assert len(listed) == len(report.persons) == report.totals["rows"]
    records, files = checked.dataset.records, checked.dataset.files
    posts = [*records.rows("post").rows, *records.refused("post").rows]
    rows = {(row.origin.unit, files[row.origin.source], row.origin.row): row for row in posts}
    assert listed.keys() <= rows.keys()
    people = distinct([row for key, row in rows.items() if key in listed], checked.dataset.rulings)
    assert people.count == report.totals["persons"] == sum(report.totals["levels"].values())
    assert people.count == len({one.number for one in report.persons})
    for code, unit in report.units.items():
        own = [one for one in report.persons if one.unit == code]
        assert (unit["rows"], unit["persons"]) == (len(own), len({one.number for one in own}))
        for name in ("due", "paid"):
            assert unit[name] == sum((getattr(one, name) or Decimal(0) for one in own), Decimal(0)), (code, name)
    for name in ("due", "paid"):
        assert report.totals[name] == sum(unit[name] for unit in report.units.values())
    account = checked.figures.account
    assert account.total.reported == sum(account.total.parts) and account.total.gap == 0
    assert all(money.reported == sum(money.parts) for money in account.units.values())
    for place, unit in enumerate(made.units):
        typed = [row.get("paid_amount") for row in made.rows[place].get("post", ())]
        if all(value is None or isinstance(value, (int, Decimal)) for value in typed):
            assert account.units[unit.code].reported == sum(map(Decimal, filter(None, typed))), unit.code
    states = Counter(state.state for state in unit_states(made.round.campaign, made.round.day))
    assert sum(states[state] for state in UNIT_STATES) == len(made.units) == sum(states.values())
    counts = checked.merged.files
    assert counts["total"] == len(made.units) == sum(n for state, n in counts.items() if state != "total")


def test_breaking_a_cell_changes_no_level_and_no_amount_but_to_unknown(made):
    rng = made.chance("break")
    for _ in range(BREAKS):
        tried = [a_break(rng, made.form, place, rows) for place, rows in enumerate(made.rows)]
        after, said = made.broken(tried)
        if len(said) < len(tried):  # the others are values that may stand there
            after, said = made.broken(said)
        wrong = changes(made.whole, after)
        _log(made, broken=len(said), compared=len(after.worst()), amounts=len(after.due), wrong=wrong)
        if wrong:
            alone = {str(one): changes(made.whole, made.broken([one])[0]) for one in said}
            pytest.fail("\n".join(f"{one}: {found}" for one, found in alone.items() if found) or f"{said}: {wrong}")


def test_the_order_of_files_units_and_rows_changes_nothing(made):
    rng, before = made.chance("order"), made.whole
    for place, rows in enumerate(made.rows):
        turned = copy.deepcopy(rows)
        for name, found in turned.items():
            sheet = made.form.by_name.get(name)
            above = any(value == "同上" for row in found for value in row.values())  # it means the row above
            if sheet and sheet.layout == "table" and not sheet.fixed_rows and name != "party_org" and not above:
                rng.shuffle(found)
        made.put(place, rows=turned)
    after = made.figures(shuffled=rng)
    made.put_all()
    assert after.levels == before.levels and after.money == before.money and after.totals == before.totals


def test_what_lies_after_the_day_of_judgement_changes_nothing(made):
    """A post that begins later is not there yet, one that ends later has not ended; the row stays where it is."""
    sheet, day, changed = made.form.by_name["post"], made.round.day, set()
    for place, rows in enumerate(made.rows):
        kept = [as_on(sheet, row, day) for row in rows.get("post", ())]
        if kept != rows.get("post", []):
            changed.add(made.put(place, rows={**rows, "post": kept}).name)
    if not changed:
        return
    before, after = made.whole, made.figures()
    made.put_all()
    same = not any(file in changed for file, *_ in before.errors ^ after.errors)
    _log(made, past=len(changed), compared_past=same)
    if same:  # a later row may contradict an earlier one, then it is an error on both
        assert after.levels == before.levels and after.due == before.due


def test_a_later_day_forgives_nothing(made):
    first = made.whole
    later = made.figures(made.round.day + timedelta(made.chance("later").randrange(1, 200)))
    for key, levels in first.levels.items():
        if NOT_MET in levels and key in later.levels:
            assert WARNING not in later.levels[key] or NOT_MET in later.levels[key], key
