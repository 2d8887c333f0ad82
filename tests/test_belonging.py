"""A unit's data goes only where stamps, cells, file name and unit list agree: letters, zips, 退回, lists, states."""

import itertools
import random
import zipfile
from dataclasses import replace

import pytest
from rounds import Round

from toolkit.campaign import SENT_BACK
from toolkit.model.errors import XltoolError
from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.filling import set_cells
from toolkit.outputs import write_marked
from toolkit.reading.identity import whose
from toolkit.reading.unit_names import Names
from toolkit.round_trip.chase import reminders
from toolkit.round_trip.comparing import compare_returns
from toolkit.round_trip.issuing import issue
from toolkit.round_trip.mailing import send
from toolkit.round_trip.zipping import hand_out, handed, write_zips
from toolkit.words import words

pytestmark = pytest.mark.rounds
APART = words()["files"]["nobodys_folder"]
WRONG = {("party_org", "full_members", 0): 999}


@pytest.fixture
def made(tmp_path):
    def pick(units):
        return [replace(unit, email=f"u{n}@example.cn", parent="") for n, unit in enumerate(units)]

    made = Round(tmp_path / "批次", pick=pick)
    made.issue()
    return made


def in_anothers(made, filler: int, issued: int) -> bytes:
    """The workbook issued to one unit, filled in by another: its code and name typed over those that stood there."""
    return made.workbook(filler, cells=WRONG, unit=made.units[issued].code)


def test_a_workbook_issued_to_another_unit_is_nobodys(made):
    """mail sent the people of one unit to the other, status booked the file to it and asked its writer again."""
    path = made.campaign.inbox / f"再报{made.returns.names[made.units[0].code]}"
    path.write_bytes(in_anothers(made, 0, 1))
    checked = made.check()
    [item] = checked.batch.returns
    assert item.disagrees and item.unit == "" and item.blocked
    assert {finding.unit for finding in checked.findings if finding.file == path.name} == {""}
    first, second = made.state(0), made.state(1)
    assert (first.file, second.file) == ("", "") and path.name in first.remark and second.remark == ""
    [copy] = write_marked(checked)
    assert copy == made.campaign.folder / SENT_BACK / APART / path.name
    with pytest.raises(XltoolError, match="MAIL-003"):
        send(made.campaign, "marked", dry_run=True)
    assert path.name not in "".join(one.text for one in reminders(checked, made.states(), made.day))
    with pytest.raises(XltoolError, match="K015"):
        compare_returns(made.campaign, made.units[1].code)


def test_before_validation_it_is_nobodys_too(made):
    (made.campaign.inbox / made.returns.names[made.units[0].code]).write_bytes(in_anothers(made, 0, 1))
    assert [state.file for state in made.states()] == ["", "", "", ""]
    (made.campaign.inbox / "无名.xlsx").write_bytes(made.workbook(2))
    assert [state.file for state in made.states()] == ["", "", "无名.xlsx", ""]


def test_only_the_name_of_the_unit_was_typed_over(made):
    data = made.workbook(0, cells={("unit", "unit_name", 0): made.units[3].name})
    (made.campaign.inbox / "返回.xlsx").write_bytes(data)
    [item] = made.check().batch.returns
    said = next(finding.message for finding in item.findings if finding.code == "S003")
    assert item.disagrees and made.units[3].name in said and made.units[0].name in said


def test_once_it_is_put_right_the_copy_apart_goes(made):
    path = made.campaign.inbox / made.returns.names[made.units[0].code]
    path.write_bytes(in_anothers(made, 0, 1))
    write_marked(made.check())
    path.write_bytes(made.workbook(0, cells=WRONG))
    [copy] = write_marked(made.check())
    folder = made.campaign.folder / SENT_BACK
    assert copy == folder / path.name and not list((folder / APART).glob("*"))
    assert [one.unit for one in send(made.campaign, "marked", dry_run=True)] == [made.units[0].code]


def test_a_copy_that_was_changed_goes_only_when_it_is_still_the_units(made):
    path = made.put(2, cells=WRONG)
    [copy] = write_marked(made.check())
    copy.write_bytes(set_cells(copy.read_bytes(), {made.campaign.form.by_name["unit"].label: {"F3": "请速改"}}))
    assert [(one.unit, one.done) for one in send(made.campaign, "marked", dry_run=True)] == [(made.units[2].code, True)]
    copy.write_bytes(in_anothers(made, 3, 2))
    [one] = send(made.campaign, "marked", dry_run=True)
    assert not one.done and "对不上" in one.outcome and copy.name == path.name


def test_what_lies_in_the_folder_of_the_issued_is_sent_and_packed_only_to_its_unit(made):
    """A unit's filled workbook, saved by mistake over the empty one of another."""
    place = made.campaign.issued / made.returns.names[made.units[1].code]
    place.write_bytes(made.workbook(0))
    done = {one.unit: one.done for one in send(made.campaign, "issued", dry_run=True)}
    assert done == {unit.code: number != 1 for number, unit in enumerate(made.units)}
    handed_out = hand_out(made.campaign, True)
    packed = {name for path in handed_out.zips for name in zipfile.ZipFile(path).namelist()}
    assert packed == {made.returns.names[unit.code] for unit in made.units} - {place.name}
    place.write_bytes(set_cells(made.workbook(1), {}))
    rows = handed(made.campaign, issue(made.campaign), True)
    assert len(write_zips(made.campaign, rows)) == len(made.units), "one that its own unit filled in is its own"


def test_marks_in_any_order_agree_or_not():
    """The answer does not depend on the order of the marks; one other mark always spoils it."""
    rng, codes = random.Random(15), ["1", "2", "3"]
    for _ in range(500):
        said = [rng.choice(["", *codes]) for _ in range(3)]
        meant = [set(rng.sample(codes, rng.randrange(3))) for _ in range(2)]
        answers = {whose(one, *two) for one in itertools.permutations(said) for two in (meant, meant[::-1])}
        assert len(answers) == 1
        [unit] = answers
        if unit:
            assert set(said) <= {"", unit} and all(unit in one for one in meant if one)
            other = next(code for code in codes if code != unit)
            assert whose([*said, other], *meant) in ({None} if any(said) else {None, other})
            assert any(said) is False or whose(said, *meant, {other}) is None


@pytest.mark.parametrize("policy", ["yizheng-2022", "yunnan-2025"])
def test_no_file_with_two_units_in_it_goes_anywhere(policy, tmp_path):
    """Any two units, either way, whatever else stands in the file's name."""
    made = Round(tmp_path / "批次", policy=policy, units=3)
    made.issue()
    for filler, issued in itertools.permutations(range(3), 2):
        name = made.returns.names[made.units[filler].code].replace(".xlsx", f"（{issued}）.xlsx")
        (made.campaign.inbox / name).write_bytes(in_anothers(made, filler, issued))
    checked = made.check()
    assert all(item.disagrees and not item.unit for item in checked.batch.returns)
    assert all(path.parent.name == APART for path in write_marked(checked))
    with pytest.raises(XltoolError, match="MAIL-003"):
        send(made.campaign, "marked", dry_run=True)


def test_a_name_that_means_two_units_names_none():
    names = Names(
        UnitList((Unit("11", "甲市老干部局", "", "", short_names=("老干部局",)), Unit("12", "老干部局", "", "")))
    )
    assert names.called("老干部局") == {"11", "12"} and names.named("老干部局.xlsx") == {"11", "12"}
    assert whose([""], names.called("老干部局")) == "" and whose(["12"], names.called("老干部局")) == "12"
