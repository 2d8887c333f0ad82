"""How few persons there may be: every cut of small webs of suspicions is tried, big ones are never overrated."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.fewest import EXACT, fewest, reached, webs
from toolkit.model.groups import certain_groups
from toolkit.model.people import Mention, Persons, Rulings, identify
from toolkit.model.portions import Portion, persons

LOOKS = ("王小明", "1956-08")


def under_both(pairs):
    """Person → the others of its pairs."""
    found = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


@st.composite
def suspected(draw, most=6):
    """Persons with pairs that may be one, pairs that are certainly two, and some of them chosen."""
    size = draw(st.integers(1, most))
    kinds = {pair: draw(st.sampled_from(("near", "apart", "near", ""))) for pair in combinations(range(size), 2)}
    near, apart = (under_both(pair for pair, kind in kinds.items() if kind == wanted) for wanted in ("near", "apart"))
    return range(size), near, apart, draw(st.sets(st.sampled_from(range(size)), min_size=1))


def cuts(members):
    """Every way to cut persons into parties."""
    if not members:
        yield []
        return
    first, *others = members
    for cut in cuts(others):
        yield [[first], *cut]
        for at in range(len(cut)):
            yield [*cut[:at], [first, *cut[at]], *cut[at + 1 :]]


def tried(members, near, apart, chosen):
    """The least number of parties that hold somebody chosen, by trying all cuts."""

    def possible(party):
        inside = {one: near.get(one, set()) & set(party) for one in party}
        joined = len(reached(party[0], inside)) == len(party)
        return joined and not any(other in apart.get(one, ()) for one, other in combinations(party, 2))

    good = (cut for cut in cuts(list(members)) if all(map(possible, cut)))
    return min(sum(not chosen.isdisjoint(party) for party in cut) for cut in good)


def counted(members, near, apart, chosen):
    """The number that the owner says, over all webs."""
    known = Persons(tuple(members), {one: frozenset(others) for one, others in near.items()}, apart=apart)
    parties = known.fewest(chosen)
    assert set(parties) == set(chosen) and set(parties.values()) <= set(chosen)
    return len(set(parties.values()))


@given(suspected())
@settings(max_examples=150, deadline=None)
def test_the_least_number_is_that_of_all_cuts(case):
    assert counted(*case) == tried(*case)


@given(suspected(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_persons_changes_nothing(case, random):
    members, near, apart, chosen = case
    order = list(members)
    random.shuffle(order)
    other = [{order[one]: {order[two] for two in others} for one, others in by.items()} for by in (near, apart)]
    assert counted(*case) == counted(sorted(order), *other, {order[one] for one in chosen})


@given(suspected(most=6))
@settings(max_examples=60, deadline=None)
def test_of_many_persons_at_least_so_many_are_certain(case):
    """Some who may be anybody make a web big: then the number is no more than the true one, and more than one."""
    members, near, apart, chosen = case
    extra = range(len(members), len(members) + EXACT + 1)
    wide = under_both([(one, other) for one in members for other in extra])
    big = {one: wide.get(one, set()) | near.get(one, set()) for one in (*members, *extra)}
    for web in webs(big, big):
        bound = len(set(fewest(web, big, apart, chosen).values()))
        true = tried(members, under_both(combinations(members, 2)), apart, chosen)  # the extras join everybody
        assert 1 + any(apart.get(one, set()) & chosen for one in chosen) <= bound <= true


@pytest.mark.parametrize("many", [0, 12])
def test_who_was_ruled_to_be_two_is_two_whoever_else_there_is(many):
    """A and B are two; C, and a dozen more, may each be either."""
    units = [chr(ord("A") + place) for place in range(3 + many)]
    pairs = frozenset({("A", "B")})
    rulings = Rulings({LOOKS: certain_groups(units, pairs)}, parted={LOOKS: pairs})
    found = identify([Mention(unit, f"{unit}1", *LOOKS) for unit in units], rulings)
    assert found.apart == {0: {1}, 1: {0}}
    assert len(set(found.fewest().values())) == 2 == len(set(found.fewest([0, 1]).values()))
    assert found.circle(0) == (0, *range(2, len(units))) and found.webs == (tuple(range(len(units))),)
    assert len(set(found.fewest([0, 2]).values())) == 1


def test_who_has_another_id_number_is_another_one_over_a_third_too():
    numbers = ("110101195608110011", "110101195608110038", "")
    found = identify([Mention(unit, "1", *LOOKS, number) for unit, number in zip("ABC", numbers, strict=True)])
    assert found.doubts == {0: {2}, 1: {2}, 2: {0, 1}} and len(set(found.fewest().values())) == 2


def test_a_row_that_cannot_be_read_makes_no_two_one():
    """A's row lost its name: it may be C's person, but not B's, since A's and B's were ruled to be two."""
    rulings = Rulings(parted={LOOKS: frozenset({("A", "B")})})
    rows = [Mention("A", "1", "", LOOKS[1], "", frozenset({"person_name"})), *(Mention(u, "1", *LOOKS) for u in "BC")]
    found = identify(rows, rulings)
    assert found.unread == {0: {2}, 2: {0}} and found.apart == {0: {1}, 1: {0}}
    assert len(set(found.fewest().values())) == 2


def test_two_of_one_round_stay_two_where_another_round_names_both():
    """The parties of one web are counted together, whichever of them a mark points at."""
    own = [
        Portion("a1", "", "1", "1_1", 1, 0, ("m1",), "a"),
        Portion("a2", "", "2", "1_2", 1, 0, ("m2",), "a"),
        Portion("a3", "", "3", "1_1", 1, 0, ("m3",), "a"),
    ]
    other = [Portion(f"b{n}", "", str(n), str(n), 1, 0, (f"m{n}",), "b") for n in (1, 3)]
    keys = dict.fromkeys("ab", "k")
    assert persons(own, keys).least == 2
    assert persons([*own, *other], keys).least == 2, "2 and 3 of a may be one, and be 3 of b"
