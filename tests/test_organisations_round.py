"""A round on disk: what 综合汇总 and 问题清单 say of organisations that are dissolved or temporary."""

import json

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from rounds import Round

from toolkit.cli import main_group

pytestmark = pytest.mark.rounds


def test_dissolved_and_temporary_organisations_of_a_round(tmp_path):
    """FIG-04, FIG-05: four rows, three in force, ten members; the figure 10 of the unit is right."""
    made = Round(tmp_path / "批次", units=3, policy="yizheng-2022")
    made.issue()
    place = next(n for n, unit in enumerate(made.units) if len(unit.orgs) == 2 and not any(o.parent for o in unit.orgs))
    unit = made.units[place]

    def orgs(rows):
        first, second = ({**row, "full_members": 5, "total_members": 5} for row in rows)
        gone = {**first, "org_code": f"{unit.code}-03", "total_members": 6, "dissolve_date": f"{made.year}-06-30"}
        temporary = {**first, "org_code": f"{unit.code}-04", "total_members": 5, "is_temporary": "是"}
        return [first, second, gone, temporary]

    printed = [row.values["stat_key"] for row in made.campaign.form.by_name["annual_stat"].fixed_rows]
    figure = {("annual_stat", "value", printed.index("party_in_org")): 10}
    made.put(place, day=20, rows={"party_org": orgs}, cells=figure)
    as_of = ("--as-of", f"{made.year}-12-31")
    answer = CliRunner().invoke(main_group, ["run", str(made.campaign.folder), *as_of])
    assert answer.exit_code in (0, 1), answer.output
    pages = load_workbook(made.campaign.folder / "汇总" / "综合汇总.xlsx", data_only=True)
    lines = {row[1].value: (row[3].value, row[4].value) for row in pages["数据_单位"]}
    assert lines[unit.name] == (3, 10)
    tally = [row[3].value for row in pages["分类统计"] if row[0].value == "党组织情况"]
    assert sum(tally) == 3
    answer = CliRunner().invoke(main_group, ["validate", str(made.campaign.folder), "--json", *as_of])
    codes = {finding["code"] for finding in json.loads(answer.output)["findings"]}
    assert "STAT-007" not in codes
