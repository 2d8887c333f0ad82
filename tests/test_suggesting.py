"""What a wrong value is near certain to mean is said to the unit, and never put in its place."""

import openpyxl
import pytest
from rounds import Round

from toolkit.model.privacy import checksum_ok
from toolkit.outputs import write_all, write_marked

pytestmark = pytest.mark.rounds

SWITCHED = {"collect_id_numbers": "on"}
POSTS = "任职与补贴"


def number(serial: int) -> str:
    """An invented ID number that passes its own check."""
    return next(n for c in "0123456789X" if checksum_ok(n := f"530102195608{serial:02d}10{serial % 10}{c}"))


def cut(whole: str) -> float:
    """What Excel makes of a whole number typed into a cell that is not text."""
    return float(whole[:17] + "0")


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """A round with ID numbers after one in which they were given."""
    folder = tmp_path_factory.mktemp("号码")
    first = Round(folder / "上期", units=2, settings=SWITCHED)
    first.issue()

    def given(rows):
        return [{**row, "id_number": number(place + 1)} for place, row in enumerate(rows)]

    for place in (0, 1):
        first.put(place, rows={"post": given})
    write_all(first.check(), first.campaign.output)
    second = Round(folder / "本期", units=2, year=first.year + 1, settings={**SWITCHED, "prior": "../上期"})
    second.issue()

    def spoiled(rows):
        keep = given(rows)
        for place in (0, 1):
            keep[place]["id_number"] = cut(keep[place]["id_number"])
        keep[1]["person_name"] = "另一个人"
        keep[2]["post_type"] = "委员们"
        return keep

    second.put(0, rows={"post": spoiled}, day=12)
    return second.check()


def said(checked, code):
    return {one.cells: one.suggestion for one in checked.findings if one.code == code and one.sheet == POSTS}


def test_the_last_three_digits_are_suggested_where_name_and_fifteen_digits_agree(checked):
    found = said(checked, "C003")
    assert set(found) == {("F7",), ("F8",)}
    assert number(1)[15:] in found["F7",] and "请对照证件确认" in found["F7",]
    assert found["F8",] == "", "another name, so nothing is certain"


def test_the_whole_number_stays_out_of_messages_and_is_not_filled_in(checked):
    [lost] = [one for one in checked.findings if one.cells == ("F7",) and one.code == "C003"]
    assert number(1)[:6] in lost.message and number(1)[:15] not in str(checked.findings)
    assert number(1) not in set(checked.merged.tables["post"]["id_number"])
    assert checked.merged.rejected["post"].query("_row == 7")["id_number"].isna().all()


def test_suggestions_stand_in_the_plan_and_in_the_marked_copy(checked):
    assert "“委员们”可能是“委员”，请确认" in said(checked, "COL-002").values()
    [plan] = checked.plans.values()
    told = "".join(step.suggestion for step in plan.steps)
    assert "F7：末三位可能是" in told and "“委员们”可能是“委员”" in told
    [copy] = [path for path in write_marked(checked) if path.suffix == ".xlsx"]
    book = openpyxl.load_workbook(copy)
    for title in (POSTS, "问题清单"):
        texts = "\n".join(str(cell.value) for row in book[title].iter_rows() for cell in row if cell.value)
        assert "末三位可能是" in texts and "可能是“委员”" in texts
    assert "末三位可能是" in book[POSTS]["F7"].comment.text
    assert book[POSTS]["F7"].value == cut(number(1)), "nothing is put in its place"


def test_of_a_long_list_the_choices_most_like_what_was_typed_are_named():
    """The first six of 42 were named, whatever had been typed."""
    from toolkit.model.likeness import by_likeness
    from validators.compile import _offer

    long = tuple(
        f"{place}{kind}"
        for place in ("市级", "县级", "乡镇", "村", "社区", "企业", "学校")
        for kind in ("党委书记", "党总支书记", "党支部书记", "党委委员", "党建指导员", "联络员")
    )
    assert _offer("社区书记", ("是", "否")) == "是、否"
    said = _offer("社区联络人", long)
    assert "社区联络员" in said and said.endswith("；共42项") and "市级党委书记" not in said
    for typed in ("", "社 区联络员", "？", "企业党支部书记（兼）", *long):
        ranked = by_likeness(typed, long)
        assert sorted(ranked) == sorted(long) and ranked == by_likeness(typed, long)
        assert typed.replace(" ", "") not in long or ranked[0] == typed.replace(" ", "")
    assert by_likeness("zzz", long) == list(long), "nothing alike: the order of the list"


def test_any_choice_with_one_slip_is_named_among_the_nearest():
    """For every choice of every long list of both policies, whatever one character was left out or added."""
    import random

    from toolkit.forms import load_form
    from toolkit.policies import load_policy, policy_ids
    from validators.compile import _offer

    rng, tried = random.Random(2), 0
    for policy in policy_ids():
        for choices in load_form(load_policy(policy)).code_lists.values():
            for choice in choices if len(choices) > 8 else ():
                at = rng.randrange(len(choice))
                for typed in (choice[:at] + choice[at + 1 :], choice[:at] + "某" + choice[at:]):
                    if len(typed) > 1:
                        assert choice in _offer(typed, choices), (typed, choice)
                        tried += 1
    assert tried > 50
