"""Planted situations in real workbooks, through the whole job; the order of rows, files and units changes nothing."""

import json
import subprocess
import sys
from random import Random

import pytest

from tests.planted.books import campaign_of, writable
from tests.planted.packing import packed
from tests.planted.rounds import USUAL_KIND, Round, place, rounds
from toolkit.campaign import SETTINGS
from toolkit.model.result import worst

pytestmark = pytest.mark.rounds

POLICIES = ("yizheng-2022", "yunnan-2025")


def usual_round(policy_id: str, most: int) -> Round:
    """The policy's usual round with the situations that workbooks can show, over at most so many units."""
    first = rounds(policy_id, units=0)[0]
    found = [item for planted in first.units for item in planted.situations if writable(item)]
    made = Round(policy_id, first.year, first.as_of, first.settings)
    for unit in packed(item for item in found if not item.given.get("kind"))[:most]:
        place(made, USUAL_KIND, unit)
    return made


def compliance(made: Round, folder, order=list) -> dict:
    """What `xltool compliance --json` prints about the round's workbooks."""
    campaign = campaign_of(made, made.units, folder, order)
    settings = campaign.folder / SETTINGS
    given = "".join(f"\n  {name}: {text}" for name, text in made.settings.items())
    text = settings.read_text(encoding="utf-8")
    assert "\nparameters: {}" in text
    settings.write_text(text.replace("\nparameters: {}", f"\nparameters:{given or ' {}'}"), encoding="utf-8")
    command = [sys.executable, "-m", "toolkit.cli", "compliance", str(folder), "--as-of", str(made.as_of), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("policy_id", "least"), [("yizheng-2022", 150), ("yunnan-2025", 140)])
def test_planted_levels_come_out_of_real_workbooks(policy_id, least, tmp_path):
    made = usual_round(policy_id, 20)
    found: dict[tuple, list] = {}
    for result in compliance(made, tmp_path / "round")["results"]:
        found.setdefault((result["unit"], result["clause"]), []).append(result)
    told = []
    for planted in made.units:
        for item in planted.situations:
            own = found[planted.unit.code, item.clause]
            own = [result for result in own if item.given.get("subject", "") in result["subject"]]
            if (level := worst(result["level"] for result in own)) != item.level:
                told.append(f"{planted.unit.code} [{item.label}] ≠ {level} {[result['reason'] for result in own]}")
    assert not told, "\n".join(told)
    assert sum(len(planted.situations) for planted in made.units) >= least


@pytest.mark.slow
@pytest.mark.parametrize("policy_id", POLICIES)
def test_the_order_of_rows_files_and_units_changes_nothing(policy_id, tmp_path):
    made = usual_round(policy_id, 4)

    def shuffled(items: list) -> list:
        items = list(items)
        Random(f"order/{len(items)}").shuffle(items)
        return items

    first, second = (compliance(made, tmp_path / name, order) for name, order in (("a", list), ("b", shuffled)))
    assert levels(first) == levels(second)
    assert first["parameters"] == second["parameters"]
    assert sorted(map(str, first["units"])) == sorted(map(str, second["units"]))


def levels(report: dict) -> list[tuple]:
    """What must not depend on order: unit, clause, subject, level, figures, how many rows it rests on."""
    return sorted(
        (*map(str, (result[key] for key in ("unit", "clause", "subject", "level", "figures"))), len(result["evidence"]))
        for result in report["results"]
    )
