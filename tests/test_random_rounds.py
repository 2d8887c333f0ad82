"""Properties of whole rounds, on rounds made at random.

CI tries a few seeds; `XLTOOL_ROUNDS=200 pytest tests/test_random_rounds.py` is the long campaign
(`XLTOOL_ROUNDS_FROM` sets the first seed).
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from random_rounds import RandomRound, broken

from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, NOT_MET, UNDETERMINED, UNSET, WARNING

FIRST = int(os.environ.get("XLTOOL_ROUNDS_FROM", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("XLTOOL_ROUNDS", "2")))
pytestmark = pytest.mark.rounds
GOODNESS = {NOT_MET: 0, UNDETERMINED: 1, UNSET: 1, WARNING: 2, MET_BY_EXCEPTION: 3, MET: 4, NOT_APPLICABLE: 5}


@pytest.fixture(params=SEEDS)
def made(request, tmp_path) -> RandomRound:
    """A random round whose units have all returned."""
    found = RandomRound(tmp_path / "轮次", request.param)
    found.put_all()
    return found


def test_an_older_version_of_any_return_changes_nothing(made):
    before = made.figures()
    place = made.rng.randrange(len(made.units))
    older = copy.deepcopy(made.rows[place])
    for _ in range(made.rng.randrange(6)):
        made._twist(older)
    name = f"旧的{place}.xlsx"
    made.put(place, name, rows=older, day=3)
    after = made.figures()
    assert after.levels == before.levels
    assert after.money == before.money and after.totals == before.totals
    assert after.error == before.error
    assert Counter({key: n for key, n in after.findings.items() if key[0] != name}) == before.findings
    assert {key[1] for key in after.findings if key[0] == name} <= {"B010", "B011", "B012"}


def test_breaking_a_cell_improves_no_level_and_changes_no_amount(made):
    before, worst = made.figures(), made.figures().worst()
    for _ in range(4):
        place = made.rng.randrange(len(made.units))
        rows = copy.deepcopy(made.rows[place])
        sheet = made.form.by_name[made.rng.choice([name for name, found in rows.items() if found])]
        at, column, value = broken(made.rng, sheet, rows[sheet.name])
        rows[sheet.name][at] = {**rows[sheet.name][at], column: value}
        file = made.put(place, rows=rows).name
        after = made.figures()
        made.put(place)
        new = {key for key in after.findings if key not in before.findings and key[0] == file}
        if not any(key in after.errors for key in new):
            continue  # the value is one that may stand there
        said = f"{sheet.name}.{column} row {at} of unit {made.units[place].code}: {value!r}"
        for key, level in after.worst().items():
            was = worst[key]
            assert level == UNDETERMINED or GOODNESS[level] <= GOODNESS[was], f"{said}: {key} {was} → {level}"
        dues = before.dues()
        for unit, amounts in after.dues().items():
            assert not amounts - dues.get(unit, Counter()), f"{said}: {amounts - dues.get(unit, Counter())}"


def test_the_order_of_files_units_and_rows_changes_nothing(made):
    before = made.figures()
    mixed = made.figures(shuffled=Random(made.rng.random()))
    assert mixed.levels == before.levels and mixed.money == before.money and mixed.totals == before.totals
    for place, rows in enumerate(made.rows):
        turned = copy.deepcopy(rows)
        for name, found in turned.items():
            sheet = made.form.by_name.get(name)
            if sheet and sheet.layout == "table" and not sheet.fixed_rows and name != "party_org":
                made.rng.shuffle(found)
        made.put(place, rows=turned)
    after = made.figures()
    assert after.levels == before.levels and after.money == before.money and after.totals == before.totals


def test_a_later_day_forgives_nothing(made):
    first = made.figures()
    later = made.figures(made.round.day + timedelta(made.rng.randrange(1, 200)))
    for key, levels in first.levels.items():
        if NOT_MET in levels and key in later.levels:
            assert WARNING not in later.levels[key] or NOT_MET in later.levels[key], key
