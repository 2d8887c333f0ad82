"""How one row went through the returns of a unit."""

import json
import shutil

import pytest
from click.testing import CliRunner
from rounds import Round

from toolkit.cli import main_group
from toolkit.model.errors import XltoolError
from toolkit.round_trip.comparing import compare_returns, history_in_words, row_history

pytestmark = pytest.mark.rounds
SHEET = "任职与补贴"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three returns of one unit: an amount is put right, then the row is taken out; the newest lies there twice."""
    made = Round(tmp_path_factory.mktemp("history") / "批次", units=3)
    made.put(0, "一.xlsx", cells={("post", "paid_amount", 0): 1111}, day=1)
    made.put(0, "二.xlsx", cells={("post", "paid_amount", 0): 2222}, day=5)
    newest = made.put(0, "三.xlsx", rows={"post": lambda rows: rows[1:]}, day=9)
    newest.with_name("三 副本.xlsx").write_bytes(newest.read_bytes())
    made.put(1)
    made.check()
    return made


def test_a_row_is_followed_through_all_returns(made):
    found = row_history(made.campaign, made.units[0].code, SHEET, 7, "二.xlsx")
    assert [one.file for one in found] == ["一.xlsx", "二.xlsx", "三.xlsx"] or found[2].file == "三 副本.xlsx"
    assert [(label, *texts) for label, *texts in found[1].changes] == [("本期已发金额", "1111", "2222")]
    told = history_in_words(found)
    assert "1111" in told[0][3] and told[1][3] == "本期已发金额：1111 → 2222"
    assert told[2][3] == "没有这一行" and found[2].row == 0


def test_the_newest_return_names_the_row_by_default_and_the_vertical_sheet_has_none(made):
    unit = made.units[0].code
    found = row_history(made.campaign, unit, SHEET, 7)
    assert len(found) == 3 and all(one.row for one in found), "the second person of before, the first now"
    days = row_history(made.campaign, unit, "unit", 0)
    assert [one.changes[0][0] for one in days[1:]] == ["填报日期", "填报日期"]


def test_what_is_asked_wrong_is_one_sentence(made):
    unit = made.units[0].code
    for code, args in (
        ("K011", ("没有", SHEET, 7)),
        ("K040", (unit, "没有这张表", 7)),
        ("K049", (unit, SHEET, 5000)),
        ("K005", (unit, SHEET, 7, "没有.xlsx")),
    ):
        with pytest.raises(XltoolError, match=code):
            row_history(made.campaign, *args)


def test_the_command_prints_a_line_a_return(made):
    place = [str(made.campaign.folder), made.units[0].code, "--sheet", SHEET, "--row", "7", "--file", "二.xlsx"]
    shown = CliRunner().invoke(main_group, ["history", *place])
    assert shown.exit_code == 0 and shown.output.count(".xlsx") == 3 and "1111" in shown.output
    told = json.loads(CliRunner().invoke(main_group, ["history", *place, "--json"]).stdout)
    assert [bool(one["row"]) for one in told] == [True, True, False]


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize("forgotten", [False, True])
def test_a_version_that_was_overwritten_keeps_its_values(tmp_path, judged, forgotten):
    """The same name, other content: what it held is known from what was read, until that is deleted."""
    made = Round(tmp_path / "批次", units=2)
    unit = made.units[0].code
    made.put(0, "一.xlsx", cells={("post", "paid_amount", 0): 1111}, day=1)
    made.put(0, "二.xlsx", cells={("post", "paid_amount", 0): "5万元"}, day=2)
    made.check()
    made.put(0, "一.xlsx", cells={("post", "paid_amount", 0): 3333}, day=5)
    (made.campaign.inbox / "二.xlsx").unlink()
    if judged:
        made.check()
        made.check()
        assert any(line["what"] == "被同名文件覆盖" for line in made.campaign.ledger.history())
    if forgotten:
        shutil.rmtree(made.campaign.folder / ".xltool" / "memory")
    found = row_history(made.campaign, unit, SHEET, 7)
    assert [(one.file, bool(one.lost)) for one in found] == [("一.xlsx", True), ("二.xlsx", True), ("一.xlsx", False)]
    first, second, last = (line[3] for line in history_in_words(found))
    assert "被同名的新文件覆盖了" in first and "从“回收”移走" in second and "3333" in last
    assert ("上次校验以后" in first) != judged
    if forgotten:
        assert "值没有留下" in first and "值没有留下" in second and not first.count("1111")
        return
    assert "本期已发金额=1111" in first and "本期已发金额：1111 → 5万元" in second
    assert "本期已发金额：5万元 → 3333" in last and "没有留下" not in first + second
    with pytest.raises(XltoolError, match="K015"):
        compare_returns(made.campaign, unit)  # a version that is gone is no file to compare


def test_what_was_typed_and_not_understood_is_shown_in_the_first_version_too(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    made.put(0, "一.xlsx", cells={("post", "paid_amount", 0): "5万元"}, day=1)
    [told] = history_in_words(row_history(made.campaign, made.units[0].code, SHEET, 7))
    assert "本期已发金额=5万元" in told[3]
