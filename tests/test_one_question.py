"""One question a person, however many units claim the person: each answers once, the only claimant wins.

One round of seven units, six of which return one person: asked (`first`), partly answered (`partly`), answered by
all (`last`). A second round of two units is ruled on: one person, or two.
"""

import io
import itertools
from copy import copy
from functools import cache

import pytest
from click.testing import CliRunner
from disputing import answer, claiming, listed, lists
from openpyxl import load_workbook
from rounds import Round

from toolkit.cli import main_group
from toolkit.model.dispute import APART, CLAIM, MOVED, ONE, TWO, YIELD, Dispute, Reply, Ruling, digest, weighed
from toolkit.round_trip.dispute_books import in_words
from toolkit.round_trip.disputes import rule

OURS, NOT_OURS, OTHER = "是我单位的", "不是我单位的", "不是同一人"
KEEPER, SILENT = 2, 5
U = ("U1", "U2", "U3")


def dispute(units=U, certain=()):
    """A dispute between some units, with the numbers under which earlier versions asked."""
    pairs = {pair: (digest(*pair, "王一"),) for pair in itertools.combinations(units, 2)}
    numbers = {"number": digest(*units, "王一"), "person": "P"}
    return Dispute(units=units, rows={}, codes=(), keys=(), certain=frozenset(certain), pairs=pairs, **numbers)


def weigh(one, said=(), rulings=(), pair_said=()):
    """State and outcomes; `said` are answers to the one question, `pair_said` to a pair of units."""
    answers = {(one.kept_under, unit): given for unit, given in dict(said).items()}
    answers |= {(one.pairs[pair][0], unit): given for pair, unit, given in pair_said}
    replies = {
        (number, unit): Reply(number, unit, given, "", "", "", "", "f") for (number, unit), given in answers.items()
    }
    ruled = {number: Ruling(number, unit, "王科长", "档案", "") for number, unit in rulings}
    made = weighed(one, replies, ruled)
    return made.state, "".join(made.outcome[unit][0] for unit in one.units), made


@pytest.mark.parametrize(
    ("answers", "state", "outcomes"),
    [
        ((CLAIM, YIELD, YIELD), "settled", "kgg"),
        ((YIELD, CLAIM, MOVED), "settled", "gkl"),
        ((APART, APART, APART), "settled", "sss"),
        ((YIELD, YIELD, YIELD), "bureau", "ooo"),
        ((CLAIM, CLAIM, YIELD), "bureau", "oog"),
        ((CLAIM, APART, YIELD), "bureau", "oog"),
        ((CLAIM, YIELD, None), "waiting", "ogo"),
        ((None, YIELD, YIELD), "waiting", "ooo"),
        ((APART, APART, None), "waiting", "ooo"),
    ],
)
def test_what_the_answers_of_three_come_to(answers, state, outcomes):
    for order in itertools.permutations(range(3)):
        units = [U[place] for place in order]
        said = {unit: given for unit, given in zip(units, answers, strict=True) if given}
        found = weigh(dispute(), said)
        by_unit = dict(zip(units, outcomes, strict=True))
        assert found[:2] == (state, "".join(by_unit[unit] for unit in U))
        assert set(found[2].silent) == {unit for unit in U if unit not in said and state == "waiting"}


def test_one_id_number_is_not_two_persons():
    assert weigh(dispute(certain=[("U1", "U2")]), dict.fromkeys(U, APART))[0] == "bureau"


@pytest.mark.parametrize(("verdict", "outcomes"), [("U2", "gkg"), (TWO, "sss"), (ONE, "sss")])
def test_one_ruling_settles_all(verdict, outcomes):
    one = dispute()
    state, found, made = weigh(one, rulings=[(one.number, verdict)])
    assert (state, found) == ("settled", outcomes)
    assert set(made.outcome.values()) == {ONE: {"same"}, TWO: {"separate"}}.get(verdict, {"keeps", "gives"})


def test_answers_and_rulings_of_earlier_versions_are_understood():
    one = dispute()
    between = {unit: [pair for pair in one.pairs if unit in pair] for unit in U}
    everywhere = [(pair, unit, {"U1": CLAIM}.get(unit, YIELD)) for unit in U for pair in between[unit]]
    assert weigh(one, pair_said=everywhere)[:2] == ("settled", "kgg")
    some = [(("U1", "U2"), "U1", CLAIM), (("U1", "U2"), "U2", YIELD)]
    state, found, made = weigh(one, pair_said=some)
    assert (state, found, made.silent) == ("waiting", "ogo", ("U3",)), "who has answered is not asked again"
    ruled = [(one.pairs["U1", "U2"][0], "U1"), (one.pairs["U1", "U3"][0], "U1")]
    assert weigh(one, rulings=ruled)[:2] == ("settled", "kgg")
    apart = [(numbers[0], TWO) for numbers in one.pairs.values()]
    assert weigh(one, rulings=apart)[:2] == ("settled", "sss")
    state, _, made = weigh(one, rulings=apart[:1])
    assert state == "waiting" and made.apart == {("U1", "U2")}, "what was settled between two stays settled"
    mixed = [(("U1", "U2"), "U1", CLAIM), (("U1", "U3"), "U1", APART)]
    assert "U1" in weigh(one, pair_said=mixed)[2].silent, "who said both is asked once more"


def test_what_was_ruled_between_two_is_not_asked_again():
    """Nobody is asked about a unit of which it is settled whether theirs is the person, or that gave the person up."""
    one = dispute()
    first, second, last = (one.pairs[pair][0] for pair in (("U1", "U2"), ("U1", "U3"), ("U2", "U3")))
    for verdict in (TWO, ONE):
        made = weigh(one, rulings=[(first, verdict)])[2]
        assert [made.asked_about(unit) for unit in U] == [("U3",), ("U3",), ("U1", "U2")]
    made = weigh(one, rulings=[(first, "U1")])[2]
    assert [made.asked_about(unit) for unit in U] == [("U3",), (), ("U1",)] and made.silent == ("U1", "U3")
    state, outcomes, made = weigh(one, rulings=[(first, TWO), (second, TWO)])
    assert (state, outcomes, made.silent) == ("waiting", "soo", ("U2", "U3")), "U1's is none of the others'"
    said = {"U1": CLAIM, "U2": CLAIM, "U3": YIELD}
    assert weigh(one, said, rulings=[(first, TWO), (second, TWO)])[:2] == ("settled", "skg")
    assert weigh(one, {"U1": CLAIM, "U3": YIELD}, rulings=[(first, TWO), (second, TWO)])[:2] == ("waiting", "soo")
    assert weigh(one, rulings=[(first, TWO), (second, TWO), (last, ONE)])[1][0] == "s"


class Story:
    """The round of seven units."""

    def __init__(self, folder) -> None:
        self.round = Round(folder / "批次", units=7)
        self.round.issue()
        self.codes = [unit.code for unit in self.round.units]
        for place in range(6):
            self.round.put(place, rows=claiming("王小明", person_key=f"R{place}77"), day=20)
        self.first = self.round.check()
        self.asked = lists(self.first)
        self.texts = {code: path.read_bytes() for code, path in self.asked.items()}
        for place in range(5):
            self.answer(place, OURS if place == KEEPER else NOT_OURS)
        self.partly = self.round.check()
        self.left = set(lists(self.partly))
        self.answer(SILENT, NOT_OURS)
        self.last = self.round.check()

    def answer(self, place, given):
        path = self.asked[self.codes[place]]
        path.write_bytes(self.texts[self.codes[place]])
        answer(path, self.round.campaign.inbox / path.name, given)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The whole story."""
    return Story(tmp_path_factory.mktemp("一问"))


@pytest.mark.rounds
def test_six_units_are_one_question_and_each_is_asked_once(story):
    [one] = story.first.disputes
    assert one.units == tuple(sorted(story.codes[:6])) and one.silent == one.units
    assert set(story.asked) == set(story.codes[:6])
    for code in story.codes[:6]:
        sheet = load_workbook(io.BytesIO(story.texts[code]))["争议核对"]
        numbers = [row for row in sheet.iter_rows(values_only=True) if one.number_for(code) in row]
        assert len(numbers) == 1 and str(numbers[0]).count("王*明") == 5


@pytest.mark.rounds
def test_partial_answers_are_said_and_who_gives_up_gives_up_at_once(story):
    [one] = story.partly.disputes
    assert (one.state, one.silent) == ("waiting", (story.codes[SILENT],))
    assert story.left == {story.codes[KEEPER], story.codes[SILENT]} | {
        code for code in story.codes[:5] if one.outcome[code] == "gives"
    }
    refused = story.partly.merged.rejected["post"].query("_codes == 'DSP-001'")["_unit"]
    assert set(refused) == set(story.codes[:5]) - {story.codes[KEEPER]}
    said = dict.fromkeys(label for label, _ in in_words(story.partly))
    assert one.number in said and "待答复" in said


@pytest.mark.rounds
def test_the_only_claimant_keeps_the_person(story):
    [one] = story.last.disputes
    assert one.state == "settled" and one.outcome[story.codes[KEEPER]] == "keeps"
    kept = [row.unit for row in story.last.allowance.persons if row.name == "王小明"]
    assert kept == [story.codes[KEEPER]] and lists(story.last) == {}
    told = [one for one in story.last.findings if one.code == "CROSS-001"]
    assert [(one.unit, one.severity) for one in told] == [(story.codes[KEEPER], "已说明")]
    assert "疑似" not in next(row.reason for row in story.last.allowance.persons if row.name == "王小明")


@pytest.fixture(scope="module", params=[ONE, TWO])
def ruled(request, tmp_path_factory):
    """Two units that both pay one person in full: before and after the bureau has ruled."""
    made = Round(tmp_path_factory.mktemp("裁定") / "批次", units=2)
    units = {"unit": lambda rows: [{**rows[0], "subsidy_std_secretary": "300"}]}
    for place in range(2):
        made.put(place, rows=claiming("王小明", person_key=f"R{place}77") | units, day=20)
    before = made.check()
    [one] = before.disputes
    rule(made.campaign, before.disputes, one.number, request.param, "看了档案", "王科长")
    return request.param, made, before, made.check()


@pytest.mark.rounds
def test_a_ruling_gives_the_certain_result(ruled):
    verdict, _, before, after = ruled
    rows = {when: [row for row in run.allowance.persons if row.name == "王小明"] for when, run in
            (("before", before), ("after", after))}  # fmt: skip
    assert {(row.level, str(row.due)) for row in rows["before"]} == {("预警", "3600.00")}
    assert all("疑似同一人，待确认" in row.reason for row in rows["before"])
    if verdict == ONE:
        assert len({row.number for row in rows["after"]}) == 1
        assert {row.level for row in rows["after"]} == {"不达标"}
        assert sorted(str(row.due) for row in rows["after"]) == ["0.00", "3600.00"]
    else:
        assert {(row.level, str(row.due)) for row in rows["after"]} == {("达标", "3600.00")}
    assert not [row for row in rows["after"] if "疑似" in row.reason]
    assert {one.severity for one in after.findings if one.code == "CROSS-001"} == {"已说明"}
    assert [one.state for one in after.disputes] == ["settled"]
    assert len(after.merged.tables["post"]) == len(before.merged.tables["post"]), "all rows stay"


@pytest.mark.rounds
def test_the_command_takes_the_ruling(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    for place in range(2):
        made.put(place, rows=claiming("王小明"), day=20)
    [one] = made.check().disputes
    call = ["disputes", str(made.campaign.folder), "--as-of", made.day.isoformat(), "--settle", one.number]
    told = CliRunner().invoke(main_group, [*call, "--same", "--why", "两处任职", "--who", "王科长"])
    assert told.exit_code == 0 and "已了结 1 起" in told.output
    [ruling] = made.campaign.ledger.dispute_rulings()
    assert (ruling.dispute, ruling.unit) == (one.number, ONE)


class Ruled:
    """Three units; `units` of them return one person and were ruled on. Afterwards something else changes."""

    def __init__(self, folder, verdict, units=2):
        self.made = Round(folder / "批次", units=3)
        self.codes = [unit.code for unit in self.made.units]
        for place in range(3):
            self.put(place, {} if place >= units else claiming("王小明", person_key=f"R{place}77"))
        before = self.made.check()
        [one] = before.disputes
        keeper = {"first": self.codes[0]}.get(verdict, verdict)
        rule(self.made.campaign, before.disputes, one.number, keeper, "看了档案", "王科长")
        self.ruled = self.money(self.made.check())

    def copied(self, folder):
        """The same story in another folder, to be told on."""
        other = copy(self)
        other.made = self.made.copied(folder / "批次")
        return other

    def put(self, place, rows):
        units = {"unit": lambda found: [{**found[0], "subsidy_std_secretary": "300"}]}
        self.made.put(place, rows=rows | units, day=20)

    def money(self, checked):
        """Unit → level and amount of the person, by the unit's own number."""
        return {
            row.unit: (row.level, row.due and str(row.due))
            for row in checked.allowance.persons
            if row.person[2:] == "77"
        }


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Verdict and number of units → the story so far, told once."""
    return cache(lambda verdict, units: Ruled(tmp_path_factory.mktemp("裁定"), verdict, units))


@pytest.fixture
def ruled_on(told, tmp_path):
    """(verdict, number of units that return the person) → a story of one's own."""
    return lambda verdict, units=2: told(verdict, units).copied(tmp_path)


@pytest.mark.rounds
@pytest.mark.parametrize("verdict", [ONE, TWO, "first"])
def test_a_ruling_stands_when_another_unit_returns_the_person(ruled_on, verdict):
    story = ruled_on(verdict)
    story.put(2, claiming("王 小明", person_key="R277"))
    checked = story.made.check()
    [one] = checked.disputes
    assert (one.state, len(one.units)) == ("waiting", 3), "about the third one somebody has to decide"
    after = story.money(checked)
    assert after.pop(story.codes[2]) == ("预警", "3600.00")
    if verdict == ONE:
        assert after == story.ruled and {level for level, _ in after.values()} == {"不达标"}
    else:
        assert {unit: due for unit, (_, due) in after.items()} == {unit: due for unit, (_, due) in story.ruled.items()}
    if verdict == TWO:
        said = {row.unit: row.reason for row in checked.allowance.persons if row.person[2:] == "77"}
        name = {unit.code: unit.name for unit in story.made.units}
        first, second, third = story.codes
        assert name[third] in said[first] and name[third] in said[second], "the third one may be either"
        assert name[second] not in said[first] and name[first] not in said[second], "these two are ruled apart"
    asked = {row.unit: row.message for row in checked.findings if row.code == "CROSS-001"}
    names = {unit.code: unit.name for unit in story.made.units}
    for unit, others in _asked_about(story.codes, verdict).items():
        assert {code for code in story.codes if names[code] in asked[unit]} == others, "no pair is asked about twice"
        page = load_workbook(lists(checked)[unit])["争议核对"]
        said = "".join(str(cell.value) for row in page.iter_rows(min_row=2) for cell in row)
        assert {code for code in story.codes if code != unit and names[code] in said} == others
    assert verdict != "first" or story.codes[1] not in lists(checked), "whose row was ruled away has nothing to answer"
    told = [finding.message for finding in checked.findings if finding.code == "DSP-003"]
    third = next(unit.name for unit in story.made.units if unit.code == story.codes[2])
    assert len(told) == (verdict == "first") and not any(third in text for text in told), "ruled was the first one"


@pytest.mark.rounds
def test_who_was_ruled_to_be_nobody_elses_is_settled_alone(ruled_on):
    """The first one is neither the second nor the third; whether these two are one is open, and asked of them only."""
    story = ruled_on(TWO)
    story.put(1, {})
    story.put(2, claiming("王小明", person_key="R277"))
    before = story.made.check()
    rule(story.made.campaign, before.disputes, before.disputes[0].number, TWO, "又看了档案", "王科长")
    story.put(1, claiming("王小明", person_key="R177"))
    checked = story.made.check()
    first, second, third = story.codes
    assert {unit: level for unit, (level, _) in story.money(checked).items()} == {
        first: "达标",
        second: "预警",
        third: "预警",
    }
    asked = {row.unit: row.severity for row in checked.findings if row.code == "CROSS-001"}
    assert asked == {first: "已说明", second: "疑问", third: "疑问"}
    assert set(lists(checked)) == {second, third}
    [settled] = [row.message for row in checked.findings if row.code == "CROSS-001" and row.unit == first]
    assert "已裁定不是同一人（王科长" in settled


def _asked_about(codes, verdict):
    """Unit → the units that it is asked about once the first two were ruled on and the third one returns the person."""
    first, second, third = codes
    if verdict == "first":
        return {first: {third}, third: {first}}
    return {first: {third}, second: {third}, third: {first, second}}


@pytest.mark.rounds
@pytest.mark.parametrize("verdict", [ONE, TWO, "first"])
def test_a_ruling_stands_when_one_of_three_units_has_put_its_return_right(ruled_on, verdict):
    story = ruled_on(verdict, units=3)
    story.put(2, {})
    checked = story.made.check()
    assert [one.state for one in checked.disputes] == ["settled"]
    after = story.money(checked)
    assert {unit: due for unit, (_, due) in after.items()} == {
        unit: due for unit, (_, due) in story.ruled.items() if unit != story.codes[2]
    }
    assert {level for level, _ in after.values()} == ({"不达标"} if verdict == ONE else {"达标"})


@pytest.mark.rounds
@pytest.mark.parametrize("verdict", [ONE, TWO, "first"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_cell_that_cannot_be_read_undoes_no_ruling(ruled_on, verdict, place):
    story = ruled_on(verdict)
    for broken in ({"person_name": None}, {"birth_ym": "不知道"}, {"start_date": "去年"}):
        story.put(place, claiming(**{"name": "王小明", "person_key": f"R{place}77"} | _named(broken)))
        after = story.money(story.made.check())
        for unit, (level, due) in story.ruled.items():
            assert after[unit] in ((level, due), ("无法判定", None)), (broken, unit)
        assert set(after) <= {*story.ruled, story.codes[place]}, "who was ruled to give up does not count again"
        assert verdict != ONE or {level for level, _ in after.values()} == {"无法判定"}
    story.put(place, claiming("李大年", person_key=f"R{place}77"))
    assert {level for level, _ in story.money(story.made.check()).values()} == {"达标"}, "it is somebody else now"


WRONG = [
    {"subsidy_recipient": None},
    {"end_date": "2001-01-01"},
    {"post_type": None},
    {"person_key": None},
]
"""One cell that is wrong, though name and month of birth can be read."""


@pytest.mark.rounds
@pytest.mark.parametrize("verdict", [ONE, TWO, "first"])
@pytest.mark.parametrize("place", [0, 1])
def test_no_cell_that_is_wrong_undoes_a_ruling(ruled_on, verdict, place):
    """No amount comes back that was ruled away, and nobody is another person than ruled."""
    story = ruled_on(verdict)
    for broken in WRONG:
        story.put(place, claiming(**{"person_key": f"R{place}77"} | broken))
        checked = story.made.check()
        assert "DSP-004" not in {one.code for one in checked.findings}, broken
        after = story.money(checked)
        for unit in set(after) & set(story.ruled):
            assert after[unit] in (story.ruled[unit], ("无法判定", None)), (broken, unit)
        assert set(after) <= {*story.ruled, story.codes[place]}, broken


@pytest.mark.rounds
def test_a_ruling_that_rests_is_said(ruled_on):
    """The unit that keeps the person says now that it pays nothing: the other one's line counts again, not silently."""
    story = ruled_on("first")
    story.put(0, {})
    checked = story.made.check()
    assert story.money(checked) == {story.codes[1]: ("达标", "3600.00")}
    [told] = [one for one in checked.findings if one.code == "DSP-004"]
    names = {unit.code: unit.name for unit in story.made.units}
    assert (told.unit, told.file, told.severity) == ("", "", "提示")
    assert names[story.codes[1]] in told.message and "看了档案" in told.message
    story.put(0, claiming("王小明", person_key="R077"))
    checked = story.made.check()
    assert story.money(checked) == story.ruled and "DSP-004" not in {one.code for one in checked.findings}


@pytest.mark.rounds
@pytest.mark.parametrize(
    ("change", "rests"),
    [
        (None, False),
        ({"name": "李大年", "person_key": "R977"}, False),
        ({"birth_ym": "1957.08"}, True),
        ({"name": "王晓明"}, True),
        ({"name": "李大年", "birth_ym": "1957.08"}, False),
        ({"name": "李大年", "birth_ym": ""}, True),
        ({"start_date": "2020-01-01", "end_date": "2024-12-31", "paid_months": 0, "paid_amount": "0.00"}, False),
    ],
    ids=["gone", "replaced", "born-another-month", "named-otherwise", "somebody-else", "half-known", "ended-before"],
)
def test_a_ruling_is_done_as_said_or_said_to_rest(ruled_on, change, rests):
    """Who was to give the person up and renames the row, or changes its month of birth, is paid: not in silence.

    Another name with another month of birth is somebody else, who got the number.
    """
    story = ruled_on("first")
    story.put(1, claiming(**{"person_key": "R177", **change}) if change else {})
    checked = story.made.check()
    assert not checked.disputes and story.money(checked)[story.codes[0]] == ("达标", "3600.00")
    assert [one.code for one in checked.findings if one.code == "DSP-004"] == ["DSP-004"] * rests


@pytest.mark.rounds
@pytest.mark.parametrize(
    "change", [{"name": "李大年"}, {"birth_ym": "1957.08"}, {"name": "李大年", "birth_ym": "1957.08"}]
)
def test_a_keeper_that_puts_another_person_under_the_number_keeps_nobody(ruled_on, change):
    """The row that was ruled away counts again, so it is said."""
    story = ruled_on("first")
    story.put(0, claiming(**{"person_key": "R077", **change}))
    checked = story.made.check()
    assert not checked.disputes and story.money(checked)[story.codes[1]] == ("达标", "3600.00")
    assert [one.code for one in checked.findings if one.code == "DSP-004"] == ["DSP-004"]


ROSTER = [{"name": None}, {"birth_ym": "不知道"}, {"birth_ym": ""}, {"org_code": "没有"}, {"member_status": None}]
"""One cell of a roster that is wrong, or says less than before."""


class Listed:
    """Two units that have one person on their rosters, and pay the person where `paid`; the bureau has ruled."""

    def __init__(self, folder, verdict, paid=False):
        self.made, self.paid = Round(folder / "批次", units=2), paid
        self.codes = [unit.code for unit in self.made.units]
        for place in range(2):
            self.put(place)
        before = self.made.check()
        [one] = before.disputes
        assert len(one.codes) == 1 + paid
        keeper = self.codes[0] if verdict == "first" else verdict
        rule(self.made.campaign, before.disputes, one.number, keeper, "看了档案", "王科长")

    def put(self, place, there=True, **changes):
        rows = listed(self.codes[place], **changes) if there else {}
        self.made.put(place, rows=rows | (claiming(person_key=f"R{place}77") if self.paid else {}), day=20)

    def counted(self, checked):
        """The units in whose merged roster the person stands, by the number of the roster."""
        rows = checked.merged.tables["member"]
        return set(rows.loc[rows["member_no"] == "R777", "_unit"])


@pytest.mark.rounds
@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize("verdict", [ONE, TWO, "first"])
@pytest.mark.parametrize("place", [0, 1])
def test_no_cell_of_a_roster_undoes_a_ruling(tmp_path, verdict, place, paid):
    """CROSS-005: the ruling goes on by the number of the roster, where the person is paid too and where not."""
    story = Listed(tmp_path, verdict, paid)
    assert story.counted(story.made.check()) == set(story.codes[: 1 if verdict == "first" else 2])
    for broken in ROSTER:
        story.put(place, **broken)
        checked = story.made.check()
        told = {one.code for one in checked.findings}
        assert [one.state for one in checked.disputes] == ["settled"], broken
        assert "DSP-004" not in told, broken
        assert verdict != "first" or story.codes[1] not in story.counted(checked), broken


@pytest.mark.rounds
def test_a_ruling_about_a_roster_that_rests_is_said(tmp_path):
    story = Listed(tmp_path, "first")
    story.put(0, there=False)
    checked = story.made.check()
    assert story.counted(checked) == {story.codes[1]} and not checked.disputes
    [told] = [one for one in checked.findings if one.code == "DSP-004"]
    assert next(unit.name for unit in story.made.units if unit.code == story.codes[1]) in told.message
    story.put(0)
    checked = story.made.check()
    assert story.counted(checked) == {story.codes[0]} and "DSP-004" not in {one.code for one in checked.findings}


def _named(changes):
    """Changes of a row as `claiming` takes them."""
    return {"name" if key == "person_name" else key: value for key, value in changes.items()}
