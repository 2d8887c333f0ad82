"""Planted situations for every computed clause of both policies, 200 units each: the levels are met exactly."""

from functools import cache

import pytest

from tests.planted.rounds import UNITS, rounds, wrong
from tests.planted.situations import WANTED, book
from toolkit.policies import load_policy

pytestmark = pytest.mark.rounds

POLICIES = ("yizheng-2022", "yunnan-2025")


@cache
def all_rounds(policy_id: str):
    return rounds(policy_id)


@pytest.mark.parametrize("policy_id", POLICIES)
def test_every_planted_level_is_met(policy_id):
    told = [line for made in all_rounds(policy_id) for line in wrong(made, made.report())]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("policy_id", POLICIES)
def test_every_computed_clause_is_planted_at_every_level_that_it_can_have(policy_id):
    planted, policy, lacking = book(policy_id), load_policy(policy_id), []
    groups = {"不适用": WANTED["不适用"]}
    for indicator in policy.indicators:
        levels = {item.level for item in planted.situations if item.clause == indicator.clause}
        reasons = planted.none_because.get(indicator.clause, {})
        for name, wanted in (groups if indicator.force == "I" else WANTED).items():
            if not levels & wanted and not reasons.get(name):
                lacking.append(f"{indicator.clause} {name}")
            if levels & wanted and name in reasons:
                lacking.append(f"{indicator.clause} {name}: none_because 已不需要")
    assert not lacking, "\n".join(lacking)
    assert set(planted.none_because) == set(policy.indicator_of)


@pytest.mark.parametrize("policy_id", POLICIES)
def test_the_usual_round_has_200_units_and_all_situations_stand_somewhere(policy_id):
    found = all_rounds(policy_id)
    assert len(found[0].units) == UNITS
    placed = {item for made in found for planted in made.units for item in planted.situations}
    assert placed == set(book(policy_id).situations)
