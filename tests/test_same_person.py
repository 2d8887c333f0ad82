"""One person on the lists of two units under different numbers: counts once, or is a doubt, never twice unseen."""

import pytest
from compliance_data import dataset, levels, of, report

from toolkit.compute.people import distinct
from toolkit.model.people import Rulings
from toolkit.model.rows import Table
from toolkit.model.unit import Unit

YN = "yunnan-2025"
UNITS = tuple(Unit(f"53010{n}", f"第{n}单位", "机关", "部门（单位）") for n in (1, 2))
AFTER, BEFORE = "2028-01-10", "2027-12-31"


def reserve(unit, key, name="李一", birth=None, number=1, **more):
    """A reserve secretary of a unit's branch."""
    org = f"{unit.code}-{number:02d}"
    facts = {"org_code": org, "person_key": key, "person_name": name, "birth_ym": birth, "post_type": "后备书记"}
    return {**facts, "person_status": "离退休党员", "start_date": "2025-01-01", "_unit": unit.code, **more}


def branches(*counts):
    """So many branches of each unit."""
    return [
        {"org_code": f"{unit.code}-{n:02d}", "org_type": "党支部", "set_date": "2010-01-01", "_unit": unit.code}
        for unit, count in zip(UNITS, counts, strict=True)
        for n in range(1, count + 1)
    ]


def judged(posts, day=AFTER, counts=(1, 1), rulings=None):
    """Results of YN-07-g by unit."""
    data = dataset(YN, {"party_org": branches(*counts), "post": posts}, year=2027, units=UNITS)
    data.rulings = rulings or Rulings()
    found = report(data, day)
    return [of(found, "YN-07-g", unit.code)[0] for unit in UNITS]


BORN = "1956-08"


def test_the_same_name_and_month_of_birth_is_a_doubt_where_the_level_hangs_on_it():
    one, two = judged([reserve(UNITS[0], "a", birth=BORN), reserve(UNITS[1], "b", birth=BORN)])
    assert sorted((one.level, two.level)) == ["达标", "预警"], "one person serves one branch; which one is a doubt"
    doubtful = one if one.level == "预警" else two
    assert "同名、同出生年月" in doubtful.reason and doubtful.figures["done"] == "1"


def test_a_second_reserve_of_the_unit_clears_the_doubt():
    posts = [reserve(UNITS[0], "a", birth=BORN), reserve(UNITS[1], "b", birth=BORN), reserve(UNITS[0], "c", "王二")]
    assert [one.level for one in judged(posts)] == ["达标", "达标"], "the shared person serves the other branch"


def test_different_months_of_birth_or_a_ruling_are_two_persons():
    posts = [reserve(UNITS[0], "a", birth=BORN), reserve(UNITS[1], "b", birth="1957-01")]
    assert [one.level for one in judged(posts)] == ["达标", "达标"]
    same = [reserve(UNITS[0], "a", birth=BORN), reserve(UNITS[1], "b", birth=BORN)]
    apart = Rulings({("李一", BORN): {UNITS[0].code: 1, UNITS[1].code: 2}})
    assert [one.level for one in judged(same, rulings=apart)] == ["达标", "达标"]


def test_who_was_ruled_to_be_two_is_no_doubt_again_because_a_third_comes():
    """Each of three branches has one reserve of one name; of two of them it was ruled that they are two."""
    third = Unit("530103", "第三单位", "机关", "部门（单位）")
    posts = [reserve(unit, key, birth=BORN) for unit, key in zip((*UNITS, third), "abc", strict=True)]
    orgs = [*branches(1, 1), {**branches(1, 0)[0], "org_code": "530103-01", "_unit": third.code}]
    for apart, levels_ in (
        ((), ["达标", "预警", "预警"]),
        ((0, 1), ["达标", "达标", "预警"]),
        ((1, 2), ["达标", "预警", "预警"]),
    ):
        data = dataset(YN, {"party_org": orgs, "post": posts}, year=2027, units=(*UNITS, third))
        codes = [unit.code for unit in (*UNITS, third)]
        pairs = {("李一", BORN): [tuple(codes[place] for place in apart)]} if apart else {}
        data.rulings = Rulings({("李一", BORN): dict.fromkeys(codes, 0)}, parted=pairs)
        found = report(data, AFTER)
        assert [of(found, "YN-07-g", code)[0].level for code in codes] == levels_, apart


def test_a_doubt_never_improves_what_is_missing_anyway():
    posts = [reserve(UNITS[0], "a", birth=BORN), reserve(UNITS[1], "b", birth=BORN)]
    closed, still = judged(posts, counts=(2, 2)), judged(posts, BEFORE, counts=(2, 2))
    assert [one.level for one in closed] == ["不达标", "不达标"]
    assert [one.level for one in still] == ["预警", "预警"]


def test_the_order_of_the_rows_changes_nothing():
    posts = [
        reserve(UNITS[1], "x", birth=BORN),
        reserve(UNITS[0], "a", birth=BORN),
        reserve(UNITS[0], "a", birth=BORN, number=2),
    ]
    found = {tuple((one.level, one.reason) for one in judged(order, counts=(2, 1))) for order in (posts, posts[::-1])}
    assert len(found) == 1


def rows_of(posts):
    """Post rows of a round that collects ID numbers."""
    import pandas as pd

    columns = ("person_key", "person_name", "birth_ym", "id_number")
    frame = pd.DataFrame([{"_unit": post["_unit"], "_return": 0, "_row": n, **post} for n, post in enumerate(posts)])
    return Table("post", columns, frame).rows


@pytest.mark.parametrize(
    ("first", "second", "certain", "all_told"),
    [
        ({"id_number": "53010119560801001X"}, {"id_number": "53010119560801001x"}, 1, 1),
        ({"id_number": "53010119560801001X"}, {"id_number": "530101195608010036"}, 2, 2),
        ({"id_number": "53010119560801001X"}, {"id_number": None}, 2, 1),
        ({"id_number": None}, {"id_number": None}, 2, 1),
    ],
)
def test_an_id_number_is_certain_and_tells_namesakes_apart(first, second, certain, all_told):
    rows = rows_of([reserve(UNITS[0], "a", birth=BORN, **first), reserve(UNITS[1], "b", birth=BORN, **second)])
    found = distinct(rows, Rulings())
    assert (found.count, found.least) == (certain, all_told)


@pytest.mark.parametrize("written", ["53010119560801001X", "53010119560801001x"])
def test_a_ruling_parts_two_persons_with_one_number(written):
    one, two = (reserve(unit, key, birth=BORN, id_number=written) for unit, key in zip(UNITS, "ab", strict=True))
    apart = Rulings({("53010119560801001X",): {UNITS[0].code: 0, UNITS[1].code: 1}})
    rows = rows_of([one, {**two, "person_name": "李乙"}])
    assert distinct(rows, Rulings()).count == 1 and distinct(rows, apart).count == 2
    again = rows_of([one, {**one, "org_code": "530101-02"}, {**two, "person_name": "李乙"}])
    assert distinct(again, apart).count == 2, "within a unit it is one person all the same"


def test_liaisons_and_targets_count_the_same_persons():
    posts = [
        reserve(unit, key, birth=BORN, number=n, post_type="党建联络员", person_status="在职党员", post_no=str(n))
        for unit, key in zip(UNITS, "ab", strict=True)
        for n in (1, 2)
    ]
    data = dataset(YN, {"party_org": branches(2, 2), "post": posts}, year=2027, units=UNITS)
    assert {level for unit in UNITS for level in levels(report(data, AFTER), "YN-08-d", unit.code)} == {"预警"}
    data.rulings = Rulings({("李一", BORN): {UNITS[0].code: 1, UNITS[1].code: 2}})
    assert {level for unit in UNITS for level in levels(report(data, AFTER), "YN-08-d", unit.code)} == {"达标"}


def broken(post, column):
    """A refused row of which one cell cannot be read."""
    return {"rejected": {"post": [{**post, column: None, "_row": 99}]}, "open": {(0, 99): frozenset({column})}}


BREAKS = ["post_no", "org_code", "person_name", "birth_ym", "post_type"]


def of_rejected(posts, lost, clause, counts, day=AFTER):
    """Levels of a clause by unit, with one more row that was refused."""
    data = dataset(
        YN,
        {"party_org": branches(*counts), "post": posts},
        year=2027,
        units=UNITS,
        rejected=lost["rejected"],
        open_cells={"post": lost["open"]},
    )
    found = report(data, day)
    return [levels(found, clause, unit.code) for unit in UNITS]


@pytest.mark.parametrize("column", BREAKS)
def test_a_refused_row_elsewhere_never_clears_the_doubt_about_a_reserve(column):
    other = reserve(UNITS[1], "b", birth=BORN, post_no="7")
    first, second = of_rejected([reserve(UNITS[0], "a", birth=BORN)], broken(other, column), "YN-07-g", (1, 1))
    assert (first, second) == (["无法判定"], ["无法判定"])
    stranger = reserve(UNITS[1], "b", "王二", "1957-01", post_no="7")
    first, _ = of_rejected([reserve(UNITS[0], "a", birth=BORN)], broken(stranger, column), "YN-07-g", (1, 1))
    assert first == ["达标"], "somebody else's row is nobody's doubt"


def liaison(unit, key, number, **more):
    """A liaison of a unit's branch."""
    facts = {"post_type": "党建联络员", "person_status": "在职党员", "post_no": str(number)}
    return reserve(unit, key, birth=BORN, number=number, **{**facts, **more})


@pytest.mark.parametrize("column", BREAKS)
def test_a_refused_row_elsewhere_never_clears_the_load_of_a_liaison(column):
    mine = [liaison(UNITS[0], "a", n) for n in (1, 2, 3)]
    other = liaison(UNITS[1], "b", 1)
    assert judged_load([*mine, other]) == [["预警"], ["预警"]], "together they look after four"
    first, second = of_rejected(mine, broken(other, column), "YN-08-d", (3, 1))
    assert (first, second) == (["无法判定"], ["无法判定"])
    few, _ = of_rejected(mine[:2], broken(other, column), "YN-08-d", (3, 1))
    assert few == ["达标"], "three at most, whatever the row says"


def judged_load(posts):
    data = dataset(YN, {"party_org": branches(3, 1), "post": posts}, year=2027, units=UNITS)
    return [levels(report(data, AFTER), "YN-08-d", unit.code) for unit in UNITS]


def test_the_subject_of_a_load_is_the_first_post_whatever_the_order():
    mine = [liaison(UNITS[0], "a", n) for n in (2, 10, 1)]
    data = [
        dataset(YN, {"party_org": branches(3, 0), "post": rows}, year=2027, units=UNITS) for rows in (mine, mine[::-1])
    ]
    assert [[one.subject for one in of(report(one, AFTER), "YN-08-d", UNITS[0].code)] for one in data] == [["1"], ["1"]]


def test_an_exception_that_cannot_be_read_excuses_or_not():
    posts = [liaison(UNITS[0], "a", n) for n in (1, 2, 3, 4)]
    orgs = branches(4, 0)
    for change, level in (({}, "预警"), ({"exception_reason": "上级批准"}, "达标（例外）")):
        data = dataset(YN, {"party_org": [{**orgs[0], **change}, *orgs[1:]], "post": posts}, year=2027, units=UNITS)
        assert levels(report(data, AFTER), "YN-08-d", UNITS[0].code) == [level]
    lost = {"party_org": {(0, 5): frozenset({"exception_reason"})}}
    data = dataset(YN, {"party_org": orgs, "post": posts}, year=2027, units=UNITS, open_cells=lost)
    assert levels(report(data, AFTER), "YN-08-d", UNITS[0].code) == ["无法判定"]


def test_the_subject_of_a_training_is_the_first_post_whatever_the_order():
    mine = [liaison(UNITS[0], "a", n, post_type="书记", trained_date="2027-03-01") for n in (2, 10, 1)]
    for rows in (mine, mine[::-1]):
        data = dataset(YN, {"party_org": branches(3, 0), "post": rows}, year=2027, units=UNITS)
        assert [one.subject for one in of(report(data, AFTER), "YN-05-g", UNITS[0].code)][-1:] == ["1"]


OTHER_BORN = "1960-01"


@pytest.mark.parametrize(
    ("names", "births", "count", "least"),
    [
        (("李一", "李 一"), (BORN, BORN), 1, 1),
        (("李一", "李一"), (BORN, OTHER_BORN), 1, 1),
        (("李一", "王二"), (BORN, OTHER_BORN), 2, 1),
        (("李一", "王二"), (BORN, BORN), 2, 1),
        (("李一", "王二"), (None, None), 2, 1),
        (("李一", None), (BORN, BORN), 1, 1),
        (("李一", "王二", None), (None, None, None), 3, 1),
        (("李一", "王二", "李一"), (BORN, OTHER_BORN, BORN), 2, 1),
    ],
)
def test_one_number_beside_several_names_is_a_suspicion(names, births, count, least):
    posts = [reserve(UNITS[0], "a", name=name, birth=born) for name, born in zip(names, births, strict=True)]
    for order in (posts, posts[::-1]):
        found = distinct(rows_of(order), Rulings())
        assert (found.count, found.least) == (count, least)


def test_different_id_numbers_under_one_number_are_two_persons():
    numbers = ("53010119560801001X", "530101195608010036")
    rows = rows_of(
        [reserve(UNITS[0], "a", name=n, id_number=i) for n, i in zip(("李一", "王二"), numbers, strict=True)]
    )
    found = distinct(rows, Rulings())
    assert (found.count, found.least) == (2, 2)
