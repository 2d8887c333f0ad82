"""A visit before the festival on a round on disk, by the command line: neither refused nor lost between two years."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from rounds import Round

from toolkit.cli import main_group
from toolkit.job import job_for
from toolkit.outputs import write_merged
from toolkit.pipeline import check

pytestmark = pytest.mark.rounds

SEASON = "元旦春节"


def moved_to(day: date | None):
    """A change of the event rows: every visit of the season takes place on a day; None = there is none."""

    def change(rows):
        kept = [row for row in rows if row.get("occasion") != SEASON or day is not None]
        return [row | {"event_date": day} if row.get("occasion") == SEASON else row for row in kept]

    return {"event": change}


def returned(folder, year: int, *days: date | None) -> Round:
    """A round of Yizheng with one return for each day on which the visits of the season took place."""
    made = Round(folder, len(days), policy="yizheng-2022", year=year)
    for place, day in enumerate(days):
        made.put(place, rows=moved_to(day))
    return made


def said(made: Round, command: str, as_of: str) -> dict:
    folder = str(made.campaign.folder)
    found = CliRunner().invoke(main_group, [command, folder, "--as-of", as_of, "--json"], catch_exceptions=False)
    return json.loads(found.stdout)


def season_levels(made: Round, as_of: str) -> list[str]:
    """The level of the season for each unit, in the order of the list."""
    results = said(made, "compliance", as_of)["results"]
    found = {one["unit"]: one for one in results if one["clause"] == "YZ-3.4-g" and SEASON in one["subject"]}
    return [found[unit.code]["level"] for unit in made.units]


def test_a_visit_in_december_counts_for_the_year_of_the_festival(tmp_path):
    made = returned(tmp_path / "2025", 2025, date(2024, 12, 28), date(2025, 1, 15), date(2025, 12, 28))
    codes = {(one["code"], one["unit"]) for one in said(made, "validate", "2026-02-10")["findings"]}
    assert not {unit for code, unit in codes if code == "EVENT-002"}
    assert {unit for code, unit in codes if code == "EVENT-019"} == {made.units[2].code}
    assert season_levels(made, "2026-02-10") == ["达标", "达标", "不达标"]


def test_what_was_typed_last_year_is_there_this_year(tmp_path):
    """Three returns of 2025 with a visit in December 2025; of 2026 none, the same once more, and another one."""
    day = date(2025, 12, 28)
    before = returned(tmp_path / "2025", 2025, day, day, None)
    run = check(job_for([before.campaign.folder], as_of=date(2026, 2, 10)))
    write_merged(run, before.campaign.output / "汇总数据.xlsx")
    this = returned(tmp_path / "2026", 2026, None, day, None)
    assert season_levels(this, "2027-02-10") == ["不达标", "达标", "不达标"]
    this.settings(prior="../2025")
    assert season_levels(this, "2027-02-10") == ["达标", "达标", "不达标"]
