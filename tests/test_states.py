"""One state a unit, always; decisions of people; what changed between two returns."""

import json
import shutil
from datetime import date

import pytest
from rounds import Round

from toolkit.model.dispute import CLAIM, Reply
from toolkit.model.errors import XltoolError
from toolkit.round_trip import states
from toolkit.round_trip.comparing import compare_returns

pytestmark = pytest.mark.rounds

ERROR = {("party_org", "full_members", 0): 999}
QUERY = {("task", "evidence_no", 0): None, ("task", "task_status", 0): "已完成"}


@pytest.fixture
def one(tmp_path):
    """A round of four units, handed out."""
    made = Round(tmp_path / "批次")
    made.issue()
    return made


def names(found):
    return [state.state for state in found]


def test_nothing_issued_then_issued_then_overdue(tmp_path):
    made = Round(tmp_path / "批次")
    assert names(made.states()) == [states.NOT_ISSUED] * 4
    made.issue()
    assert names(made.states()) == [states.ISSUED] * 4
    made.settings(deadline=f"{made.year}-12-31")
    assert names(made.states(date(made.year, 12, 31))) == [states.ISSUED] * 4
    assert names(made.states(date(made.year + 1, 1, 1))) == [states.OVERDUE] * 4


def test_each_unit_has_the_state_of_its_return(one):
    one.put(0)
    one.put(1, cells=ERROR)
    one.put(2, nil=True)
    assert names(one.states()) == [states.WAITING] * 3 + [states.ISSUED]
    one.check()
    found = one.states()
    assert names(found)[1:] == [states.SENT_BACK, found[2].state, states.ISSUED]
    assert found[0].state in (states.PASSED, states.QUERIED)


def test_a_file_without_a_stamp_waits_too_until_it_is_looked_at(one):
    """Old formats, archives and damaged files go by their names; the lock file of an open workbook is no return."""
    inbox, units = one.campaign.inbox, one.units
    (inbox / f"{units[0].code}_{units[0].name}.xls").write_bytes(b"\xd0\xcf\x11\xe0 broken")
    (inbox / f"~${units[1].code}_{units[1].name}.xlsx").write_bytes(b"lock")
    assert names(one.states()) == [states.WAITING, *[states.ISSUED] * 3]
    one.check()
    assert names(one.states()) == [states.SENT_BACK, *[states.ISSUED] * 3]


def test_a_nil_return_is_a_state_of_its_own(one):
    one.put(2, nil=True)
    checked = one.check()
    record = checked.batch.returns[0]
    assert {sheet.name for sheet in one.campaign.form.sheets if sheet.nil_allowed} <= record.nil
    if one.state(2).state != states.NIL:
        states.decide(one.campaign, one.units[2].code, states.ACCEPT, "核实过")
    assert one.state(2).state == states.NIL


def test_a_file_that_nobody_can_read_is_sent_back(one):
    (one.campaign.inbox / f"{one.units[3].name}.xlsx").write_bytes(b"broken")
    one.check()
    assert one.state(3).state == states.SENT_BACK


def test_an_accept_survives_validation_and_dies_with_the_content(one):
    one.put(1, cells=ERROR, day=20)
    one.check()
    code = one.units[1].code
    assert one.state(1).state == states.SENT_BACK
    states.decide(one.campaign, code, states.ACCEPT, "科长同意", who="王")
    one.check()
    assert one.state(1).state == states.PASSED and "科长同意" in one.state(1).remark
    one.put(1, "改.xlsx", cells={("party_org", "full_members", 0): 998}, day=25)
    one.check()
    assert one.state(1).state == states.SENT_BACK
    assert "内容已变" in one.state(1).remark
    done = [(line["what"], line["unit"]) for line in one.campaign.ledger.history()]
    assert (states.ACCEPT, code) in done


def test_an_accept_is_not_lost_to_an_older_file_that_comes_late(one):
    one.put(1, cells=ERROR, day=20)
    one.check()
    states.decide(one.campaign, one.units[1].code, states.ACCEPT, "科长同意")
    one.put(1, "旧.xlsx", day=11)
    checked = one.check()
    assert one.state(1).state == states.PASSED
    late = [finding for finding in checked.findings if finding.code == "B012"]
    assert [(finding.file, finding.severity) for finding in late] == [("旧.xlsx", "疑问")]


def test_files_that_come_together_are_only_older_and_newer(one):
    one.put(1, day=20)
    one.put(1, "旧.xlsx", day=11)
    codes = [finding.code for finding in one.check().findings if finding.file == "旧.xlsx"]
    assert "B010" in codes and "B012" not in codes


def test_a_choice_ends_when_something_newer_comes(one):
    one.put(1, "甲.xlsx", day=20)
    one.put(1, "乙.xlsx", day=20, cells=ERROR)
    one.check()
    states.choose_return(one.campaign, one.units[1].code, "乙.xlsx", "电话问过")
    one.check()
    assert one.state(1).file == "乙.xlsx"
    one.campaign.ledger.note("等一秒")
    one.put(1, "丙.xlsx", day=28)
    one.check()
    assert one.state(1).file == "丙.xlsx"


@pytest.mark.parametrize("unseen", ["丙.xlsx", "甲.xlsx", "旧 最终版.xlsx"])
def test_nothing_is_chosen_among_files_that_were_not_looked_at(one, unseen):
    """A choice that the next run would not know of is no choice; of another unit's files it says nothing."""
    one.put(1, "甲.xlsx", day=20)
    one.put(2, "丁.xlsx", day=20)
    one.check()
    one.put(1, unseen, day=11 if "旧" in unseen else 20, cells=ERROR)
    with pytest.raises(XltoolError) as refused:
        states.choose_return(one.campaign, one.units[1].code, "甲.xlsx", "电话问过")
    assert refused.value.code == "K017" and unseen in str(refused.value)
    states.choose_return(one.campaign, one.units[2].code, "丁.xlsx", "电话问过")
    one.check()
    states.choose_return(one.campaign, one.units[1].code, "甲.xlsx", "电话问过")
    one.check()
    assert one.state(1).file == "甲.xlsx"


def test_addresses_that_somebody_typed_stand_in_no_line_of_the_history(one):
    box = "wang.xm@example.com"
    one.put(1, f"甲{box}.xlsx", day=20)
    one.check()
    code, ledger = one.units[1].code, one.campaign.ledger
    states.choose_return(one.campaign, code, f"甲{box}.xlsx", f"问过{box}")
    states.decide(one.campaign, code, states.HOLD, f"等{box}回信")
    ledger.record_dispute_replies([Reply("D1", code, CLAIM, "", "", box, "", "f.xlsx")], {CLAIM: "是"})
    ledger.rule_dispute(("D1",), code, "王五", f"见{box}", frozenset({(code, "R001")}))
    ledger.note("发信", code, f"退回件 {box}")
    told = [str(line["detail"]) for line in ledger.history()]
    assert sum("@" in line for line in told) >= 6
    assert [line for line in told if box in line] == [f"退回件 {box}"], "to whom the bureau has sent something is said"


def test_hold_holds_whatever_comes_until_it_is_reopened(one):
    one.put(1, day=20)
    one.check()
    before, code = one.state(1).state, one.units[1].code
    states.decide(one.campaign, code, states.HOLD, "等盖章件")
    one.put(1, "新.xlsx", day=21)
    one.check()
    assert one.state(1).state == states.QUERIED and "等盖章件" in one.state(1).remark
    states.decide(one.campaign, code, states.REOPEN, "盖章件到了")
    assert (one.state(1).state, one.state(1).remark) == (before, "")
    with pytest.raises(XltoolError) as told:
        states.decide(one.campaign, code, states.REOPEN, "再开一次")
    assert told.value.code == "K016"


def test_a_renamed_copy_counts_once(one):
    path = one.put(1)
    shutil.copyfile(path, path.with_name("另存 副本.xlsx"))
    checked = one.check()
    assert checked.merged.files["duplicate"] == 1 and one.state(1).state != states.SENT_BACK


def test_a_file_that_was_taken_away_stays_in_the_history(one):
    path = one.put(1)
    one.check()
    path.unlink()
    one.check()
    assert one.state(1).state == states.ISSUED
    assert [line["what"] for line in one.campaign.ledger.history()][-1] == "移走"


@pytest.mark.parametrize(
    ("verdict", "unit", "why", "code"),
    [
        (states.ACCEPT, "1", "x", "K011"),
        (states.ACCEPT, "", " ", "K012"),
        (states.HOLD, "", "x", "K013"),
    ],
)
def test_a_decision_that_makes_no_sense_is_one_sentence(one, verdict, unit, why, code):
    with pytest.raises(XltoolError, match=code):
        states.decide(one.campaign, unit or one.units[0].code, verdict, why)


def test_what_cannot_be_read_cannot_be_accepted(one):
    (one.campaign.inbox / f"{one.units[3].name}.xlsx").write_bytes(b"broken")
    one.check()
    with pytest.raises(XltoolError, match="K014"):
        states.decide(one.campaign, one.units[3].code, states.ACCEPT, "x")


def test_the_difference_between_two_returns_row_by_row(one):
    one.put(1, "一.xlsx", day=12)
    fewer = {"event": lambda rows: [{**rows[0], "title": "改过的主题"}, *rows[2:], {**rows[0], "event_no": "X99"}]}
    one.put(1, "二.xlsx", day=20, rows=fewer)
    found = compare_returns(one.campaign, one.units[1].code)
    assert (found.old, found.new) == ("一.xlsx", "二.xlsx")
    kinds = [(item.sheet, item.kind) for item in found.differences]
    assert kinds == [
        ("单位情况", "changed"),
        ("活动台账", "changed"),
        ("活动台账", "removed"),
        ("活动台账", "added"),
    ]
    assert found.differences[1].after == "改过的主题" and found.differences[1].new_cell.endswith("7")
    assert json.dumps(found.plain(), ensure_ascii=False)
    assert found.plain()["counts"] == {"added": 1, "removed": 1, "changed": 2}
    back = compare_returns(one.campaign, one.units[1].code, old="二.xlsx", new="一.xlsx")
    assert [item.kind for item in back.differences].count("added") == 1


def test_what_cannot_be_read_is_compared_as_it_was_typed(one):
    one.put(1, "一.xlsx", day=12, cells={("party_org", "full_members", 0): "约20人"})
    one.put(1, "二.xlsx", day=20, cells={("party_org", "full_members", 0): 4})
    [_, found] = compare_returns(one.campaign, one.units[1].code).differences
    assert (found.before, found.after) == ("约20人", "4")


def test_one_return_alone_cannot_be_compared(one):
    one.put(1)
    with pytest.raises(XltoolError, match="K015"):
        compare_returns(one.campaign, one.units[1].code)
