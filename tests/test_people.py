"""Names: blanks inside Chinese names go everywhere, those of other names stay, every dot is the same dot."""

import json

import pytest
from click.testing import CliRunner
from disputing import claiming, listed
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds import Round

from toolkit.cli import main_group
from toolkit.model.groups import certain_groups
from toolkit.model.people import Mention, Rulings, identify, plain, printed
from toolkit.policy_tools.explain import explain_person
from toolkit.reading.person_names import Names
from toolkit.reading.words import vocabulary

parse_name = Names(vocabulary()).parse

BLANKS = " \t\u00a0\u1680\u2000\u2002\u2003\u2009\u202f\u205f\u3000\u200b\u2060\ufeff\u3164\u2800"
DOTS = "·•・･‧∙⋅●．."


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("赵 淑珍", "赵淑珍"),
        ("罗 蕾", "罗蕾"),
        ("赵\u3000\u3000淑\u00a0珍", "赵淑珍"),
        ("欧阳&nbsp;娜娜", "欧阳娜娜"),
        ("王 明（大）", "王明（大）"),
        ("𠮷 田", "𠮷田"),
        ("买买提·艾力 江", "买买提·艾力 江"),
        ("阿卜杜 • 热合曼", "阿卜杜 · 热合曼"),
        ("John  Smith", "John Smith"),
        ("Ёж Иванов", "Ёж Иванов"),
        ("བཀྲ་ཤིས ཚེ་རིང", "བཀྲ་ཤིས ཚེ་རིང"),
        ("李 A", "李 A"),
        ("J. Smith", "J. Smith"),
    ],
)
def test_a_name_is_printed_one_way(typed, name):
    assert printed(typed) == name == printed(name)
    assert parse_name(typed)[0] == name
    assert plain(typed) == plain(name)


@given(st.text("赵钱孙李淑珍建国𠮷〇", min_size=2, max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_one_blank_more_is_the_same_name(name, data):
    place = data.draw(st.integers(0, len(name)))
    typed = name[:place] + data.draw(st.sampled_from([*BLANKS, "&nbsp;", "&emsp;"])) + name[place:]
    assert printed(typed) == name and plain(typed) == plain(name)
    value, problem, _ = parse_name(typed)
    assert value == name or problem == "C036"
    assert problem == "" or len(name) > 3, "two characters and two, or more than a name has, may be two persons"


@given(st.sampled_from(DOTS), st.sampled_from(DOTS), st.sampled_from(["", " ", "\u3000"]))
@settings(max_examples=40, deadline=None)
def test_every_dot_is_the_same_dot(one, other, blank):
    first, second = f"阿依古丽{one}买买提", f"阿依古丽{blank}{other}{blank}买买提"
    assert plain(first) == plain(second) and printed(first) == "阿依古丽·买买提"


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    """Two units that pay one person each of one name and one month of birth; one of them wrote a blank in it."""
    made = Round(tmp_path_factory.mktemp("姓名") / "批次", units=2)
    for place, name in enumerate(("赵 淑珍", "赵淑珍")):
        rows = claiming(name) | listed(made.units[place].code, "买买提 ・艾力" if place else "买买提•艾力")
        made.put(place, rows=rows, day=20)
    return made, made.check()


def test_findings_disputes_and_allowances_find_the_same_person(round_):
    _, checked = round_
    assert len([one for one in checked.findings if one.code == "CROSS-001"]) == 2
    assert {one.codes for one in checked.disputes} == {("CROSS-001",), ("CROSS-005",)}
    assert [one.name for one in checked.allowance.persons].count("赵淑珍") == 2
    assert set(checked.merged.tables["post"]["person_name"]) & {"赵淑珍", "赵 淑珍"} == {"赵淑珍"}


def test_what_was_put_right_is_listed(round_):
    _, checked = round_
    repairs = [one for item in checked.batch.returns for one in item.repairs]
    assert ("赵 淑珍", "赵淑珍") in {(one.before, one.after) for one in repairs}


@pytest.mark.parametrize("asked", ["赵淑珍", "赵 淑珍", "赵\u3000淑珍"])
def test_explain_finds_the_person_however_the_name_is_written(round_, asked):
    made, checked = round_
    assert {post["unit"] for one in explain_person(checked, asked)["persons"] for post in one["posts"]} == {
        unit.code for unit in made.units
    }
    call = ["explain", str(made.campaign.folder), "--person", asked, "--as-of", made.day.isoformat(), "--json"]
    answer = CliRunner().invoke(main_group, call)
    assert answer.exit_code == 0 and "赵淑珍" in json.loads(answer.output)["persons"][0]["name"]


@pytest.mark.parametrize("number", ["", "110101195608110011"])
def test_a_third_namesake_undoes_no_ruling(number):
    """A and B are two persons, whatever C is: C may be either, with one ID number too."""
    mentions = [Mention(unit, f"{unit}1", "王小明", "1956-08", number) for unit in "ABC"]
    values = [("王小明", "1956-08"), *([(number,)] if number else [])]
    pairs = frozenset({("A", "B")})
    rulings = Rulings({one: certain_groups("ABC", pairs) for one in values}, parted=dict.fromkeys(values, pairs))
    found = identify(mentions, rulings)
    assert found.number == (0, 1, 2)
    assert found.doubts == {0: {2}, 1: {2}, 2: {0, 1}}
    assert not rulings.different(values[0], "A", "A") and rulings.different(values[0], "B", "A")
