"""The unit list of a running round changed: issued and returned workbooks go on counting, nobody types again."""

from dataclasses import replace

import openpyxl
import pytest
from click.testing import CliRunner

from tests.macros import contract
from tests.rounds import Round
from toolkit import bridge
from toolkit.campaign import SENT_BACK, UNIT_LIST, open_campaign, tabs
from toolkit.cli.app import main_group
from toolkit.round_trip.chase import write_chase
from toolkit.round_trip.dispute_books import write_disputes
from toolkit.round_trip.issuing import issue
from toolkit.round_trip.mailing import send
from toolkit.round_trip.states import unit_states
from toolkit.round_trip.words import round_words

pytestmark = pytest.mark.rounds
TOWN = "园镇（乡镇）级"


def cli(made, *words, code=0):
    done = CliRunner().invoke(main_group, ["unit", words[0], str(made.campaign.folder), *words[1:]])
    assert done.exit_code == code, done.output
    made.campaign = open_campaign(made.campaign.folder)
    return done.output


def figures(made, once=None):
    """All that a run comes to, in the codes and names of before; `once`: what stands there now → what stood there."""

    def before(text):
        for new, old in (once or {}).items():
            text = text.replace(new, old)
        return text

    checked = made.check()
    results = checked.compliance.results
    levels = {(before(one.unit), one.clause, before(one.subject)): (one.level, before(one.reason)) for one in results}
    money = {before(code): str(one) for code, one in checked.figures.account.units.items()}
    rows = {name: len(frame) for name, frame in checked.merged.tables.items()}
    return levels, money, rows, checked


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    made = Round(tmp_path_factory.mktemp("改名录") / "批次", 4, policy="yizheng-2022")
    made.issue()
    for place in range(3):
        made.put(place)
    return made, figures(made)


@pytest.fixture
def made(base, tmp_path):
    """A copy of the round in which three of four units have returned."""
    import shutil

    folder = tmp_path / "批次"
    shutil.copytree(base[0].campaign.folder, folder)
    copy = Round.__new__(Round)
    copy.__dict__.update(base[0].__dict__)
    copy.campaign = open_campaign(folder)
    return copy


def test_another_code_and_name_after_returns_change_no_figure(base, made):
    old = made.units[2]
    cli(made, "rename", old.name, "--code", "Z999", "--name", f"{old.name}（更名）")
    levels, money, rows, checked = figures(made, {"Z999": old.code, f"{old.name}（更名）": old.name})
    assert {key for key in {*levels, *base[1][0]} if levels.get(key) != base[1][0].get(key)} == set()
    assert (money, rows) == base[1][1:3]
    assert not [one for one in checked.findings if one.code in ("B003", "S003", "COL-006")]
    item = next(one for one in checked.batch.returns if one.unit == "Z999")
    assert not item.blocked and old.code in item.file
    assert {state.unit for state in unit_states(made.campaign, made.day)} == {
        "Z999" if one.code == old.code else one.code for one in made.units
    }


def test_a_workbook_issued_before_the_change_and_returned_after_it_counts(base, made):
    late = made.units[3]
    cli(made, "rename", late.code, "--code", "Y1")
    cli(made, "rename", "Y1", "--code", "Y2", "--name", "新名称局")
    made.put(3)
    state = next(one for one in unit_states(made.campaign, made.day) if one.unit == "Y2")
    assert state.file and state.name == "新名称局"
    checked = made.check()
    item = next(one for one in checked.batch.returns if one.unit == "Y2")
    assert not item.blocked and item.state != "unreadable"
    assert set(checked.merged.tables["unit"]["unit_code"]) >= {"Y2"}
    assert late.code not in set(checked.merged.tables["unit"]["unit_code"])


def test_parents_follow_a_code_and_history_tells_it(made):
    parent = next(one for one in made.units if any(other.parent == one.code for other in made.units))
    children = [one.code for one in made.units if one.parent == parent.code]
    before = made.campaign.ledger.issued()[parent.code]
    cli(made, "rename", parent.code, "--code", "A0")
    assert all(made.campaign.units.by_code[code].parent == "A0" for code in children)
    assert made.campaign.ledger.issued()["A0"] == before and parent.code not in made.campaign.ledger.issued()
    assert any(line["unit"] == "A0" and "A0" in line["detail"] for line in made.campaign.ledger.history())
    again = issue(made.campaign)
    assert all(item.state == "未变" or "A0" in item.path.name or item.unit in children for item in again)


def test_level_and_parent_move_after_returns_and_nobody_types_again(base, made):
    one, other = made.units[2], made.units[0]
    cli(made, "move", one.code, "--parent", other.name, "--level", TOWN)
    now = made.campaign.units.by_code[one.code]
    assert (now.parent, now.level) == (other.code, TOWN)
    _, money, rows, checked = figures(made)
    assert (money, rows) == base[1][1:3]
    assert any(found.code == "B013" for found in checked.findings)


REFUSED = {
    "a code in use": (lambda m: ("rename", m.units[2].code, "--code", m.units[1].code), "U011"),
    "itself as parent": (lambda m: ("move", m.units[2].code, "--parent", m.units[2].code), "U012"),
    "nobody as parent": (lambda m: ("move", m.units[2].code, "--parent", "没有的局"), "U012"),
    "a level that is none": (lambda m: ("move", m.units[2].code, "--level", "处级局"), "U012"),
    "the name of another": (lambda m: ("rename", m.units[2].code, "--name", m.units[1].name), "U012"),
    "a unit that has returned": (lambda m: ("remove", m.units[2].code, "--why", "撤并"), "U013"),
    "nobody": (lambda m: ("move", "没有这个局", "--parent", ""), "U010"),
    "a unit twice": (
        lambda m: ("add", m.units[1].code, "新局", "--category", "机关", "--level", "部门（单位）"),
        "U011",
    ),
}


def test_what_would_harm_is_refused_and_changes_nothing(made):
    made.check()
    before = (made.campaign.folder / UNIT_LIST).read_bytes()
    for kind, (words, code) in REFUSED.items():
        said = cli(made, *words(made), code=2)
        assert f"[{code}]" in said, (kind, said)
    assert (made.campaign.folder / UNIT_LIST).read_bytes() == before


def test_a_former_code_is_never_another_units(made):
    old = made.units[2].code
    cli(made, "rename", old, "--code", "Z9")
    said = cli(made, "add", old, "新局", "--category", "机关", "--level", "部门（单位）", code=2)
    assert "[U011]" in said
    cli(made, "rename", "Z9", "--code", old)
    assert made.campaign.units.now("Z9") == old and made.campaign.units.first(old) == old


def test_the_code_of_a_unit_that_left_is_never_another_units(made):
    """Its workbooks carry the code: they would be counted for the other unit, and sent to it."""
    left = made.units[3]
    others = [one.code for one in made.units if left.code in (one.parent, one.town)]
    for code in others:
        cli(made, "move", code, "--parent", "")
    kind = ("--category", left.category, "--level", left.level, "--parent", left.parent)
    cli(made, "remove", left.code, "--why", "撤并")
    assert made.campaign.units.now(left.code) == left.code
    assert left.name in cli(made, "add", left.code, "新成立的局", *kind, code=2)
    assert "[U011]" in cli(made, "add", f" {left.code} ", "新成立的局", *kind, code=2)
    assert "[U011]" in cli(made, "rename", made.units[2].code, "--code", left.code, code=2)
    cli(made, "add", left.code, left.name, *kind)
    made.put(3)
    assert next(one for one in unit_states(made.campaign, made.day) if one.unit == left.code).file
    cli(made, "rename", left.code, "--code", "Z9")
    cli(made, "rename", "Z9", "--code", left.code)


def test_a_return_that_no_validation_has_seen_keeps_its_unit_on_the_list(made):
    made.put(3)
    said = cli(made, "remove", made.units[3].code, "--why", "撤并", code=2)
    assert "[U013]" in said and "xlsx" in said
    assert made.campaign.units.get(made.units[3].code)


def test_what_was_said_of_a_sheet_goes_with_the_unit(made):
    one = made.units[2]
    tabs.confirm(made.campaign, one.code, "备用页", "")
    cli(made, "rename", one.code, "--code", "Z9")
    assert tabs.lookup(tabs.confirmed(made.campaign)) == {"Z9": {"备用页": ""}}
    tabs.withdraw(made.campaign, "Z9", "备用页")
    assert tabs.confirmed(made.campaign) == []


def test_no_text_under_a_former_name_stays_and_the_issued_workbook_still_goes_out(made):
    late = made.units[3]
    folder = made.campaign.output / round_words().chase["folder"]
    lists = made.campaign.folder / SENT_BACK / round_words().disputes["folder"]
    old = f"{late.code}_{late.name}"
    write_chase(made.check(), made.day, made.campaign.output)
    assert (folder / f"{old}.txt").is_file()
    lists.mkdir(parents=True)
    stale = lists / round_words().disputes["file"].format(stem=old)
    stale.write_bytes(b"of before")
    cli(made, "rename", late.code, "--code", "Z9", "--name", "新名称局")
    checked = made.check()
    write_chase(checked, made.day, made.campaign.output)
    write_disputes(checked)
    assert (folder / "Z9_新名称局.txt").is_file() and not (folder / f"{old}.txt").exists() and not stale.exists()
    assert [one.file for one in send(made.campaign, "issued", dry_run=True) if one.unit == "Z9"] == [f"{old}.xlsx"]
    issue(made.campaign)
    assert [one.file for one in send(made.campaign, "issued", dry_run=True) if one.unit == "Z9"] == ["Z9_新名称局.xlsx"]
    for code in [one.code for one in made.campaign.units if "Z9" in (one.parent, one.town)]:
        cli(made, "move", code, "--parent", "")
    cli(made, "remove", "Z9", "--why", "撤并")
    write_chase(made.check(), made.day, made.campaign.output)
    assert not (folder / "Z9_新名称局.txt").exists()


def test_units_come_and_go(made):
    cli(
        made, "add", "N1", "新成立的局", "--category", "机关", "--level", "部门（单位）", "--parent", made.units[0].name
    )
    assert [item.unit for item in issue(made.campaign) if item.state == "新发"] == ["N1"]
    assert made.campaign.units.by_code["N1"].parent == made.units[0].code
    cli(made, "remove", "N1", "--why", "并入别的局")
    assert made.campaign.units.units == tuple(made.units)


def test_what_else_the_list_held_is_kept(made):
    path = made.campaign.folder / UNIT_LIST
    book = openpyxl.load_workbook(path)
    book["单位名录"]["K1"] = "值班电话"
    book.save(path)
    before = path.read_bytes()
    cli(made, "rename", made.units[2].code, "--name", "某某局")
    assert (path.parent / "单位名录_原件.xlsx").read_bytes() == before
    assert "要先定下来的 0 处" in cli(made, "check") and (made.campaign.output / "单位名录_核对.xlsx").exists()


def test_disputes_keep_their_numbers():
    from toolkit.model.dispute import Dispute
    from toolkit.model.unit import Unit, UnitList

    units = UnitList((Unit("9", "甲", "", ""), Unit("2", "乙", "", "")), former={"1": "9"})
    before = Dispute("N", ("1", "2"), {}, (), ())
    after = replace(before, units=("2", "9"), first={"9": units.first("9")})
    assert before.number_for("1") == after.number_for("9") and before.number_for("2") == after.number_for("2")


def test_sent_back_is_still_the_units(made):
    made.check()
    old = made.units[2]
    state = {one.unit: one.state for one in unit_states(made.campaign, made.day)}[old.code]
    cli(made, "rename", old.code, "--code", "Q7")
    after = {one.unit: one.state for one in unit_states(made.campaign, made.day)}
    assert after["Q7"] == state


# --- the buttons ---------------------------------------------------------------------------------------------------


def press(made, task, **cells):
    answer = bridge.serve(contract.request(made.campaign.folder, task, cfg_as_of=str(made.day), **cells))
    made.campaign = open_campaign(made.campaign.folder)
    return answer


def test_each_change_has_its_button_and_its_cells_are_empty_afterwards(made):
    first, one = made.units[0], made.units[2]
    facts = {"code": "N1", "name": "新成立的局", "category": "机关", "level": "部门（单位）", "parent": first.name}
    answer = press(made, "unit_add", **{f"cfg_list_{name}": text for name, text in facts.items()})
    assert answer.exit_code == 0 and "N1" in answer.message and "“2 下发模板”" in answer.message
    assert answer.puts["cfg_list_code"] == "" and made.campaign.units.by_code["N1"].parent == first.code
    press(made, "unit_rename", cfg_list_unit=one.name, cfg_list_code="Z1")
    press(made, "unit_move", cfg_list_unit="Z1", cfg_list_level=TOWN)
    assert made.campaign.units.by_code["Z1"].level == TOWN and made.campaign.units.now(one.code) == "Z1"
    assert press(made, "unit_remove", cfg_list_unit="N1").message.startswith("[M017]")
    press(made, "unit_remove", cfg_list_unit="N1", cfg_list_why="并入")
    assert made.campaign.units.get("N1") is None
    assert press(made, "unit_rename", cfg_list_unit="Z1").message.startswith("[M017]")
    checked = press(made, "unit_check")
    assert checked.exit_code == 0 and "单位名录_核对.xlsx" in str(checked.tables["outputs"])


def test_a_round_starts_from_last_year_by_the_button(made, tmp_path):
    folder = tmp_path / "下一年"
    folder.mkdir()
    answer = bridge.serve(contract.request(folder, "create", cfg_from=str(made.campaign.folder)))
    assert answer.exit_code == 0, answer.message
    new = open_campaign(folder)
    assert (
        new.year == made.campaign.year + 1
        and new.units.units == made.campaign.units.units
        and "带过来" in answer.message
    )
