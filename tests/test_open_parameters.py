"""A new round says which parameters the policy leaves open, by Chinese name, with the clause and what that means."""

import pytest
from click.testing import CliRunner

from tests.compliance_data import UNIT, form_of
from toolkit.campaign import SETTINGS, open_campaign, open_parameters
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.cli.app import main_group
from toolkit.model.errors import XltoolError
from toolkit.model.unit import UnitList
from toolkit.policies import load_policy

pytestmark = pytest.mark.rounds


@pytest.mark.parametrize(("pack", "year"), [("yizheng-2022", 2023), ("yunnan-2025", 2025)])
def test_init_prints_them_and_explains_them_in_the_settings(tmp_path, pack, year):
    policy, units = load_policy(pack), tmp_path / "名录.xlsx"
    units.write_bytes(unit_list_workbook(UnitList((UNIT,)), form_of(pack)))
    folder = tmp_path / "批次"
    arguments = ["init", str(folder), "--policy", pack, "--year", str(year), "--units", str(units)]
    answer = CliRunner().invoke(main_group, arguments)
    assert answer.exit_code == 0, answer.output
    text = (folder / SETTINGS).read_text("utf-8")
    found = open_parameters(policy, year)
    assert found and "未评" in text and "未评" in answer.output
    for one in found:
        (line,) = [line for line in text.splitlines() if line.startswith(f"#   {one.name}（")]
        assert one.title in line and one.clauses[0] in line and one.why in line
        assert one.title in answer.output
    assert open_campaign(folder).overrides == {}
    for value, says in (("0", "应为1以上的整数"), ("", "应为1以上的整数"), ("两条", "应为1以上的整数")):
        line = f'parameters: {{overall_hard: "{value}"}}'
        (folder / SETTINGS).write_text(text.replace("parameters: {}", line), "utf-8")
        with pytest.raises(XltoolError, match=says):
            open_campaign(folder)
    (folder / SETTINGS).write_text(text.replace("parameters: {}", 'parameters: {overall_hard: "3"}'), "utf-8")
    assert open_campaign(folder).overrides == {"overall_hard": 3}


def test_what_the_round_sets_is_open_no_more():
    policy = load_policy("yunnan-2025")
    names = {one.name for one in open_parameters(policy, 2025)}
    left = {one.name for one in open_parameters(policy, 2025, {"theme_of_year": "永远跟党走"})}
    assert names - left == {"theme_of_year"}
