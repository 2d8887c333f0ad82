"""What the clauses say over invented rounds is what they said before (tests/frozen.py; `--long` looks at more)."""

import pytest

from tests.frozen import PACKS, kept, marks
from toolkit.policies import load_policy

pytestmark = pytest.mark.rounds


@pytest.mark.parametrize("pack", PACKS)
def test_every_clause_says_what_it_said_before(pack):
    """A deviation is a fault, or a fault that was mended: then `python -m tests.frozen --record`, and the CHANGELOG."""
    found, before = marks(pack), kept(pack)
    assert {clause for clause in {*found, *before} if found.get(clause) != before.get(clause)} == set()
    own = {clause for clause, one in load_policy(pack).indicator_of.items() if one.family != "allowance"}
    assert own <= set(before), "the payments are frozen by the examples of the allowance"
