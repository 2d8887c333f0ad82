"""An over-strict rule is seen before new templates go out."""

from dataclasses import replace

import pytest
from rounds import Round

from toolkit.model.errors import XltoolError
from toolkit.model.form import Rule
from toolkit.outputs import write_merged
from toolkit.round_trip.backtest import backtest
from toolkit.round_trip.signing import sign, signatures

pytestmark = pytest.mark.rounds


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A merged round of four returns, one of them with a refused row."""
    made = Round(tmp_path_factory.mktemp("上期") / "批次", units=4)
    made.issue()
    for place in range(3):
        made.put(place)
    made.put(3, cells={("party_org", "full_members", 0): 9999})
    write_merged(made.check(), made.campaign.output / "汇总数据.xlsx")
    return made


def test_the_rules_of_then_refuse_nothing_that_was_accepted(earlier):
    before = earlier.campaign.ledger.history()
    found = backtest(earlier.campaign, earlier.day)
    assert (found.refused, found.suspicious, found.files) == ((), False, 4)
    assert found.rows > 100 and earlier.campaign.ledger.history() == before
    old = next(rule for rule in found.rules if rule.severity == "错误")
    assert (old.hits, old.refused) == (1, 0)


def test_an_over_strict_rule_is_flagged_with_its_rows(earlier):
    form = earlier.campaign.form
    strict = next(rule for rule in form.rules if rule.code == "TASK-003")
    strict = replace(strict, code="TASK-999", severity="错误")
    assert isinstance(strict, Rule)
    found = backtest(earlier.campaign, earlier.day, replace(form, rules=(*form.rules, strict)))
    worst = found.rules[0]
    assert (worst.code, worst.suspicious, found.suspicious) == ("TASK-999", True, True)
    assert worst.refused == sum("TASK-999" in row.codes for row in found.refused) > 0
    assert worst.share == worst.returns / 4
    assert sum(found.units.values()) == sum(rule.hits for rule in found.rules)
    assert found.plain()["rules"][0]["code"] == "TASK-999"


def test_a_person_may_stand_by_a_rule_until_it_changes(earlier):
    form = earlier.campaign.form
    task = next(rule for rule in form.rules if rule.code == "TASK-003")
    strict = replace(form, rules=(*form.rules, replace(task, code="TASK-999", severity="错误")))
    assert backtest(earlier.campaign, earlier.day, strict).refuses_anew
    sign(earlier.campaign, strict, "TASK-999", "今年起必须附佐证", "王科长")
    found = backtest(earlier.campaign, earlier.day, strict)
    assert (found.rules[0].signed, found.suspicious, found.refuses_anew) == ("王科长：今年起必须附佐证", False, False)
    assert found.refused, "what would be refused is still listed"
    [signature] = signatures(earlier.campaign, strict).values()
    assert (signature.code, signature.who) == ("TASK-999", "王科长") and signature.at
    changed = replace(task, code="TASK-999", severity="错误", args={**task.args, "other": "x"})
    assert signatures(earlier.campaign, replace(form, rules=(changed,))) == {}


@pytest.mark.parametrize(("code", "why", "said"), [("TASK-003", " ", "K012"), ("NO-999", "要改", "RUL-001")])
def test_a_signature_needs_a_rule_and_a_reason(earlier, code, why, said):
    with pytest.raises(XltoolError, match=said):
        sign(earlier.campaign, earlier.campaign.form, code, why)


def test_a_round_without_a_merge_cannot_be_used(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    with pytest.raises(XltoolError, match="PRI-003"):
        backtest(made.campaign, made.day)
