"""`init --from`: last year's round is the start of the next one."""

import pytest
from click.testing import CliRunner

from tests.rounds import Round
from toolkit.campaign import open_campaign
from toolkit.campaign.prior import prior_dataset
from toolkit.cli.app import main_group
from toolkit.our_books import read_books
from toolkit.outputs import write_merged
from toolkit.tasks.offices import Offices

pytestmark = pytest.mark.rounds


def init(folder, *words):
    return CliRunner().invoke(main_group, ["init", str(folder), *map(str, words)])


@pytest.fixture
def last(tmp_path):
    made = Round(tmp_path / "2025年", 2, policy="yizheng-2022", year=2025)
    mail = '{host: "smtp.example.cn", port: "465", ssl: "on", user: "bgs", from: "bgs@example.cn"}'
    made.settings(
        return_to="市委老干部局组织科",
        mail=mail,
        parameters='{month_rule: "any_day"}',
        report_key="某市某局2025上报口令",
    )
    made.settings(deadline="2025-12-31", title="旧标题")
    return made


def test_list_policy_and_settings_carry_over_and_last_year_is_compared(last, tmp_path):
    done = init(tmp_path / "2026年", "--from", last.campaign.folder)
    assert done.exit_code == 0 and "带过来" in done.output, done.output
    new = open_campaign(tmp_path / "2026年")
    old = last.campaign
    assert (new.year, new.policy.id, new.units.units) == (2026, old.policy.id, old.units.units)
    assert (new.return_to, new.mail, new.overrides, new.report_key) == (
        old.return_to,
        old.mail,
        old.overrides,
        old.report_key,
    )
    assert (new.prior, new.deadline) == ("../2025年", None) and "2026" in new.title and new.id != old.id
    last.issue()
    last.put(0)
    write_merged(last.check(), old.output / "汇总数据.xlsx")
    assert prior_dataset(new).year == 2025


def test_what_is_said_goes_before_last_year(last, tmp_path):
    done = init(tmp_path / "新", "--from", last.campaign.folder, "--year", 2027, "--title", "新标题")
    assert done.exit_code == 0, done.output
    assert (open_campaign(tmp_path / "新").year, open_campaign(tmp_path / "新").title) == (2027, "新标题")


def test_no_earlier_year_is_refused_and_leaves_nothing(last, tmp_path):
    done = init(tmp_path / "新", "--from", last.campaign.folder, "--year", 2025)
    assert done.exit_code == 2 and "PRI-002" in done.output and not (tmp_path / "新").exists()
    done = init(tmp_path / "新", "--policy", "yizheng-2022", "--year", 2025)
    assert done.exit_code == 2 and "--units" in done.output and not (tmp_path / "新").exists()


def _column(folder):
    """Name in the text → the unit, as the program reads it."""
    return dict(Offices(open_campaign(folder)).said)


def test_what_offices_are_carries_over_with_the_stamp_of_the_new_round(last, tmp_path):
    before = Offices(last.campaign)
    names = list(before.addressees)[:3]
    unit = last.campaign.units.units[0]
    Offices(last.campaign, dict(zip(names, (unit.code, "名录外", "999999"), strict=True))).write()
    done = init(tmp_path / "2026年", "--from", last.campaign.folder)
    assert done.exit_code == 0 and "责任单位.xlsx" in done.output and names[2] in done.output, done.output
    said = _column(tmp_path / "2026年")
    assert [said[name] for name in names] == [unit.code, "名录外", "999999"]
    stamped = read_books([tmp_path / "2026年" / "责任单位.xlsx"]).popitem()[1]
    assert stamped.stamp.campaign == open_campaign(tmp_path / "2026年").id != last.campaign.id


def test_without_a_mapping_nothing_is_said_of_it(last, tmp_path):
    done = init(tmp_path / "2026年", "--from", last.campaign.folder)
    assert done.exit_code == 0 and "责任单位" not in done.output
    assert not (tmp_path / "2026年" / "责任单位.xlsx").exists()


def test_a_mapping_that_cannot_be_read_is_said_and_stops_nothing(last, tmp_path):
    (last.campaign.folder / "责任单位.xlsx").write_bytes(b"PK broken")
    done = init(tmp_path / "2026年", "--from", last.campaign.folder)
    assert done.exit_code == 0 and "没有带过来" in done.output, done.output
    assert not (tmp_path / "2026年" / "责任单位.xlsx").exists()
