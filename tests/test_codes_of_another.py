"""A code alone makes no file a unit's: the list edited by hand so that another unit stands under a used code."""

import itertools
import random
import zipfile
from dataclasses import replace

import pytest
from click.testing import CliRunner
from rounds import Round

from tests.macros import contract
from toolkit import bridge
from toolkit.campaign import SENT_BACK, UNIT_LIST, open_campaign, tabs
from toolkit.campaign.unit_list import read_unit_list, unit_list_workbook
from toolkit.cli.app import main_group
from toolkit.model.batch import DUPLICATE
from toolkit.model.errors import XltoolError
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.outputs import write_all, write_marked, write_merged
from toolkit.policies import load_policy
from toolkit.reading.identity import Sources, owner
from toolkit.reading.unit_names import Names, same_name
from toolkit.round_trip import states
from toolkit.round_trip.comparing import compare_returns
from toolkit.round_trip.mailing import send
from toolkit.round_trip.zipping import hand_out
from toolkit.sample import sample_units
from toolkit.words import words

pytestmark = pytest.mark.rounds
APART = words()["files"]["nobodys_folder"]
WRONG = {("party_org", "full_members", 0): 999}
OTHER = "青坪湖度假区建设指挥部"


@pytest.fixture
def made(tmp_path):
    made = Round(
        tmp_path / "批次", pick=lambda units: [replace(u, email=f"u{n}@a.cn", parent="") for n, u in enumerate(units)]
    )
    made.issue()
    return made


def by_hand(made, **names):
    """The list with other units under the codes of some places, as somebody types it."""
    path = made.campaign.folder / UNIT_LIST
    units = list(read_unit_list(path, made.campaign.form))
    for place, name in names.items():
        units[int(place[1:])] = replace(units[int(place[1:])], name=name, short_names=())
    path.write_bytes(unit_list_workbook(UnitList(tuple(units)), made.campaign.form))
    made.campaign = open_campaign(made.campaign.folder)


def said(checked, code):
    return [one for one in checked.findings if one.code == code]


def test_the_return_of_the_unit_that_had_the_code_is_nobodys(made):
    old, path = made.units[1], made.put(1, cells=WRONG)
    [copy] = write_marked(made.check())
    assert [one.unit for one in send(made.campaign, "marked", dry_run=True)] == [old.code]
    by_hand(made, u1=OTHER)
    # before anything is validated again
    assert made.state(1).file == "" and path.name in made.state(1).remark
    with pytest.raises(XltoolError, match="K015"):
        compare_returns(made.campaign, old.code)
    [kept] = send(made.campaign, "marked", dry_run=True)
    assert not kept.done and "对不上" in kept.outcome
    # and after that
    checked = made.check()
    [item] = checked.batch.returns
    assert item.disagrees and item.unit == "" and item.blocked
    [finding] = said(checked, "S033")
    assert {old.name, old.code, OTHER} <= {text for text in (old.name, old.code, OTHER) if text in finding.sentence}
    assert old.code not in set(checked.merged.tables["party_org"]["_unit"]) and made.state(1).file == ""
    checked.job.fewer = True
    [apart] = write_marked(checked)
    assert apart.parent.name == APART and not copy.exists()
    with pytest.raises(XltoolError, match="MAIL-003"):
        send(made.campaign, "marked", dry_run=True)


def test_the_workbook_issued_to_the_unit_that_had_the_code_goes_to_nobody(made):
    old = made.units[1]
    by_hand(made, u1=OTHER)
    assert old.code not in {one.unit for one in send(made.campaign, "issued", dry_run=True) if one.done}
    handed = hand_out(made.campaign, True)
    packed = {name for path in handed.zips for name in zipfile.ZipFile(path).namelist()}
    assert made.returns.names[old.code] not in packed and any(OTHER in name for name in packed)
    assert any(made.returns.names[old.code] in text for text in handed.sentences(made.campaign))


def renamed(made, place, name):
    done = CliRunner().invoke(
        main_group, ["unit", "rename", str(made.campaign.folder), made.units[place].code, "--name", name]
    )
    assert done.exit_code == 0, done.output
    made.campaign = open_campaign(made.campaign.folder)


def clicked(made, place, name):
    cells = {"cfg_list_unit": made.units[place].code, "cfg_list_name": name}
    answer = bridge.serve(contract.request(made.campaign.folder, "unit_rename", cfg_as_of=str(made.day), **cells))
    assert answer.exit_code == 0, answer.message
    made.campaign = open_campaign(made.campaign.folder)


@pytest.mark.parametrize("say_so", [renamed, clicked])
def test_the_advice_ends_the_loop_when_it_is_the_same_unit(made, say_so):
    old = made.units[1]
    made.put(1)
    whole = {name: len(frame) for name, frame in made.check().merged.tables.items()}
    by_hand(made, u1=OTHER)
    hand_out(made.campaign)
    assert said(made.check(), "S033")
    say_so(made, 1, OTHER)
    checked = made.check()
    assert not said(checked, "S033") and not checked.batch.returns[0].blocked
    assert {name: len(frame) for name, frame in checked.merged.tables.items()} == whole
    assert made.campaign.units.once[old.code] == (old.name,)
    assert any(old.name in line["detail"] and OTHER in line["detail"] for line in made.campaign.ledger.history())


def test_the_advice_ends_the_loop_when_it_is_another_unit(made):
    old = made.units[1]
    made.put(1)
    by_hand(made, u1=OTHER)
    assert said(made.check(), "S033")
    by_hand(made, u1=old.name)
    kind = ("--category", old.category, "--level", old.level)
    done = CliRunner().invoke(main_group, ["unit", "add", str(made.campaign.folder), "N77", OTHER, *kind])
    assert done.exit_code == 0, done.output
    made.campaign = open_campaign(made.campaign.folder)
    checked = made.check()
    assert [item.unit for item in checked.batch.returns] == [old.code] and not said(checked, "S033")
    renamed(made, 1, old.name)
    assert OTHER not in made.campaign.units.once.get(old.code, ()), "that is the name of another unit of the list"


def test_codes_that_two_units_exchanged_by_hand(made):
    one, two = made.units[0], made.units[1]
    made.put(0)
    made.put(1)
    by_hand(made, u0=two.name, u1=one.name)
    checked = made.check()
    assert all(item.disagrees and not item.unit for item in checked.batch.returns) and len(said(checked, "S003")) == 2
    assert all(path.parent.name == APART for path in write_marked(checked))


def test_what_a_person_said_of_the_unit_that_had_the_code_holds_for_nobody_else(made):
    unit, other = made.units[1], made.units[2]
    made.put(1)
    made.put(2)
    made.check()
    for one in (unit, other):
        states.decide(made.campaign, one.code, states.HOLD, "等盖章件", who="王")
        tabs.confirm(made.campaign, one.code, "补充名单", "党组织情况")
    by_hand(made, u1=OTHER)
    made.check()
    assert "王" not in made.state(1).remark and made.state(2).remark == "暂缓（王）：等盖章件"
    assert [one.unit for one in tabs.confirmed(made.campaign)] == [other.code]
    with pytest.raises(XltoolError, match="K016"):
        states.decide(made.campaign, unit.code, states.REOPEN, "写错了")
    renamed(made, 1, OTHER)
    made.check()
    assert made.state(1).remark == "暂缓（王）：等盖章件" and len(tabs.confirmed(made.campaign)) == 2


def own_names(unit):
    town = unit.name.removeprefix("中共")
    return (f"中共{town}委员会", f"{town}机关党委", f" {town[:2]} {town[2:]} ", f"某某省{town}", f"{town}（老干部科）")


def test_what_a_clerk_makes_of_the_name_of_his_unit_costs_nothing(made):
    for name in own_names(made.units[2]):
        made.put(2, cells={("unit", "unit_name", 0): name})
        checked = made.check()
        assert not {"S003", "S033", "S034"} & {one.code for one in checked.findings}, name
        assert checked.batch.returns[0].unit == made.units[2].code


def test_a_quite_other_name_on_the_sheet_is_asked_about_once(made):
    made.put(2, cells={("unit", "unit_name", 0): OTHER})
    checked = made.check()
    [finding] = said(checked, "S034")
    assert OTHER in finding.message and finding.unit == made.units[2].code and finding.severity == "疑问"
    assert not said(checked, "B013") and len(checked.merged.tables["party_org"])


def test_a_spelling_of_the_name_of_another_unit_makes_it_nobodys(made):
    name = f"{made.units[3].name.removeprefix('中共')}机关党委"
    made.put(2, cells={("unit", "unit_name", 0): name})
    checked = made.check()
    assert checked.batch.returns[0].disagrees and made.units[3].name in said(checked, "S003")[0].message


def test_copies_and_the_whole_run_with_a_file_that_is_nobodys(made):
    path = made.put(1)
    (path.parent / "副本.xlsx").write_bytes(path.read_bytes())
    made.put(2)
    by_hand(made, u1=OTHER)
    checked = made.check()
    assert [item.state for item in checked.batch.returns].count(DUPLICATE) == 1
    write_all(checked, made.campaign.output)
    assert {item.unit for item in checked.batch.returns} == {"", made.units[2].code}


def test_rows_of_last_year_go_only_to_the_unit_whose_they_were(tmp_path):
    last = Round(tmp_path / "2025年", 3, policy="yizheng-2022", year=2025)
    last.issue()
    for place in range(3):
        last.put(place)
    write_merged(last.check(), last.campaign.output / "汇总数据.xlsx")
    new = Round(tmp_path / "2026年", 3, policy="yizheng-2022", year=2026, settings={"prior": "../2025年"})
    code = new.units[1].code
    assert not hand_out(new.campaign).others
    own = rows_of(new, 1)
    assert own
    by_hand(new, u1=OTHER)
    handed = hand_out(new.campaign)
    assert set(handed.others) == {code} and last.units[1].name in "".join(handed.sentences(new.campaign))
    assert not rows_of(new, 1) and rows_of(new, 0)
    renamed(new, 1, OTHER)
    assert not hand_out(new.campaign).others and rows_of(new, 1) == own


def rows_of(made, place):
    """What stands in the columns of names of the sheet of posts of an issued workbook."""
    from openpyxl import load_workbook

    unit = made.campaign.units.units[place]
    [path] = made.campaign.issued.glob(f"{unit.code}_{unit.name}.xlsx")
    sheet = made.campaign.form.by_name["post"]
    rows = load_workbook(path)[sheet.label].iter_rows(min_row=7, values_only=True)
    return [row for row in rows if any(row)]


# --- the rule -------------------------------------------------------------------------------------------------------

LISTS = {policy: list(sample_units(load_policy(policy), 60, 3)) for policy in ("yizheng-2022", "yunnan-2025")}


@pytest.mark.parametrize("policy", LISTS)
def test_no_two_units_of_a_list_have_one_name(policy):
    full = [unit.name for unit in LISTS[policy]]
    assert [pair for pair in itertools.combinations(full, 2) if same_name(*pair)] == []


@pytest.mark.parametrize("policy", LISTS)
def test_a_file_is_a_units_only_under_a_name_of_the_unit(policy):
    """Whatever the stamps, the cell and the file's name say: no code without a name of the unit that has it."""
    rng, units = random.Random(11), LISTS[policy]
    names = Names(UnitList(tuple(units)))
    mine = 0
    for _ in range(1500):
        own, other = rng.sample(units, 2)
        texts = [
            "",
            own.name,
            own.short_names[0],
            rng.choice(own_names(own)),
            other.name,
            OTHER,
            rng.choice(own_names(other)),
        ]
        meta, custom, title = (rng.choice(texts) for _ in range(3))
        codes = [rng.choice([own.code, own.code, own.code, "", other.code]) for _ in range(3)]
        file = rng.choice(["返回.xlsx", f"{own.code}_{own.name}.xlsx", f"{other.name}.xlsx"])
        found = Sources(
            Stamp(unit=codes[0], unit_name=custom), Stamp(unit=codes[1], unit_name=meta), codes[2], file, True, title
        )
        code, said = owner(found, names)
        if code:
            mine += 1
            assert set(filter(None, codes)) <= {code}
            assert not said or any(names.may_call(code, name) for name in said)
            assert not any(names.called(name) - {code} and code not in names.called(name) for name in said)
            strange = [name for name in said if not names.may_call(code, name)]
            assert set(strange) <= {OTHER}
    assert mine > 100


def test_short_names_count_and_names_of_units_that_the_list_does_not_know_too():
    names = Names(UnitList((Unit("1", "甲局", "", "", short_names=("老甲",)),), once={"1": ("旧局",)}))
    for name in ("甲局", "老甲", "旧局", "某某市甲局"):
        assert owner(Sources(Stamp(unit="1", unit_name=name), None, "1", "", True), names)[0] == "1"
    assert owner(Sources(Stamp(unit="1", unit_name="乙局"), None, "1", "", True), names)[0] is None
    assert owner(Sources(Stamp(unit="9", unit_name="乙局"), None, "9", "", True), names)[0] == "9"


def test_a_list_of_problems_is_still_the_units(made):
    """What cannot be marked goes back as a list, which carries no stamp."""
    path = made.campaign.inbox / "坏文件.xlsx"
    path.write_bytes(b"%PDF-1.7")
    name = made.returns.names[made.units[1].code].replace(".xlsx", ".xls")
    path.rename(made.campaign.inbox / name)
    write_marked(made.check())
    [one] = send(made.campaign, "marked", dry_run=True)
    assert one.unit == made.units[1].code and one.done
    by_hand(made, u1=OTHER)
    assert not any(one.done for one in send(made.campaign, "marked", dry_run=True))
    assert list((made.campaign.folder / SENT_BACK).rglob("*.xlsx"))
