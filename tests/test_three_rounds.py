"""Three rounds with sixty units: defects, resubmissions, renamed copies, late old versions, nil returns, disputes.

After each round the states add up to the unit list and files and rows balance (`Round.check`, `Round.states`);
at the end every unit is where it must be and the ledger knows every file and every decision.
"""

import hashlib
import shutil
from collections import Counter
from datetime import date

import pytest
from disputing import answer, claiming, listed, lists
from rounds import Round

from toolkit.round_trip import states
from toolkit.round_trip.chase import reminders
from toolkit.round_trip.comparing import compare_returns
from toolkit.round_trip.disputes import rule

pytestmark = pytest.mark.slow

WRONG = {("party_org", "full_members", 0): 9999}
CLEAN, FIXED, RELAPSED, NIL = range(0, 10), range(10, 20), range(20, 25), range(25, 30)
LATE_OLD, COPIED, TWICE, BROKEN = range(30, 35), range(35, 40), range(40, 45), range(45, 50)
SILENT, WAIVED, HELD, REOPENED = range(50, 55), range(55, 58), range(58, 59), range(59, 60)
AGREED, FOUGHT, ROSTER, NAMESAKES = (0, 1), (2, 3), (5, 9), (7, 8)
"""Clean but for one person whom the other unit of the pair returns too: among the posts, on the roster, or on both."""
GAVE_UP = (AGREED[1], FOUGHT[0], ROSTER[1])
"""Those who return a workbook without the person in the end: of their own accord, or because the bureau said so."""
NAMES = {AGREED: "王小明", FOUGHT: "李大成", ROSTER: "赵有册", NAMESAKES: "孙国强"}
ON_SHEETS = {AGREED: ["member", "post"], FOUGHT: ["post"], ROSTER: ["member"], NAMESAKES: ["member", "post"]}
CHANCE = (34, 35)
"""Two units of the invented list in which two persons happen to agree; nobody answers."""
ACCEPTED_IN_THE_END = (*CLEAN, *FIXED, *NIL, *LATE_OLD, *COPIED, *BROKEN, *REOPENED)


class Story:
    """The round and everything that was put into it."""

    def __init__(self, folder) -> None:
        self.round = Round(folder / "批次", units=60)
        self.round.settings(deadline=f"{self.round.year}-12-31")
        self.files: dict[str, int] = {}
        self.decided: Counter = Counter()

    def put(self, place, name, **how):
        path = self.round.put(place, name, **how)
        self.files[hashlib.sha256(path.read_bytes()).hexdigest()] = place
        return path

    def name(self, place, suffix=""):
        return f"{self.round.units[place].code}{suffix}.xlsx"

    def decide(self, place, verdict, why):
        code = self.round.units[place].code
        states.decide(self.round.campaign, code, verdict, why, who="王科长")
        self.decided[code, verdict] += 1

    def codes(self, places):
        return [self.round.units[place].code for place in places]

    def disputed(self, place):
        """The rows of a unit that returns a person whom another unit returns too; none for the others."""
        pair = next((pair for pair in NAMES if place in pair), None)
        if pair is None:
            return None
        found = claiming(NAMES[pair]) | listed(self.round.units[place].code, NAMES[pair])
        return {sheet: found[sheet] for sheet in ON_SHEETS[pair]}

    def answer(self, asked, place, given):
        path = asked[self.round.units[place].code]
        answer(path, self.round.campaign.inbox / path.name, given)

    def state(self, day):
        return [state.state for state in self.round.states(day)]


def first_round(story):
    for place in (*CLEAN, *LATE_OLD, *COPIED, *HELD, *REOPENED, *TWICE):
        story.put(place, story.name(place), day=20, rows=story.disputed(place))
    for place in (*FIXED, *RELAPSED, *WAIVED):
        story.put(place, story.name(place), day=20, cells=WRONG)
    for place in NIL:
        story.put(place, story.name(place), day=20, nil=True)
    for place in BROKEN:
        (story.round.campaign.inbox / f"{story.round.units[place].name}.xlsx").write_bytes(b"PK broken %d" % place)
    waiting = story.state(date(story.round.year, 12, 21))
    assert {waiting[place] for place in CLEAN} == {states.WAITING}
    assert {waiting[place] for place in SILENT} == {states.ISSUED}
    checked = story.round.check()
    assert checked.merged.files["unreadable"] == len(BROKEN)
    assert [one.units for one in checked.disputes] == [tuple(story.codes(pair)) for pair in (*NAMES, CHANCE)]
    for one, sheets in zip(checked.disputes, ON_SHEETS.values(), strict=False):
        assert [list(one.by_sheet(unit)) for unit in one.units] == [sheets, sheets]
    story.asked = lists(checked)
    assert set(story.asked) == {code for pair in (*NAMES, CHANCE) for code in story.codes(pair)}
    for place in WAIVED:
        story.decide(place, states.ACCEPT, "人数另案核实")
    for place in (*HELD, *REOPENED):
        story.decide(place, states.HOLD, "等盖章件")
    found = story.state(date(story.round.year, 12, 22))
    assert {found[place] for place in (*FIXED, *RELAPSED, *BROKEN)} == {states.SENT_BACK}
    assert {found[place] for place in WAIVED} == {states.PASSED}
    assert {found[place] for place in (*HELD, *REOPENED)} == {states.QUERIED}
    assert {found[place] for place in SILENT} == {states.ISSUED}
    asked = {one.unit for one in reminders(checked, story.round.states(), story.round.day) if one.text}
    assert {story.round.units[place].code for place in (*SILENT, *FIXED)} <= asked


def second_round(story):
    for place in (*FIXED, *RELAPSED):
        story.put(place, story.name(place, " 改"), day=24)
    for place in BROKEN:
        story.put(place, story.name(place), day=24)
    for place in COPIED:
        source = story.round.campaign.inbox / story.name(place)
        shutil.copyfile(source, source.with_name(f"副本{place} 最终.xlsx"))
    for place in TWICE:
        story.put(place, story.name(place, " 又一份"), day=20, cells=WRONG)
    for pair, given in (
        (AGREED, ("是我单位的", "不是我单位的")),
        (FOUGHT, ("是我单位的",) * 2),
        (ROSTER, ("是我单位的", "不是我单位的")),
        (NAMESAKES, ("不是同一人",) * 2),
    ):
        for place, one in zip(pair, given, strict=True):
            story.answer(story.asked, place, one)
    checked = story.round.check()
    found = {one.units: one.state for one in checked.disputes}
    assert [found[tuple(story.codes(pair))] for pair in NAMES] == ["settled", "bureau", "settled", "settled"]
    for sheet, places in (("post", AGREED[1:]), ("member", (AGREED[1], ROSTER[1]))):
        refused = checked.merged.rejected[sheet].query("_codes == 'DSP-001'")
        assert refused["_unit"].tolist() == story.codes(places)
    fought = next(one for one in checked.disputes if one.state == "bureau")
    rule(story.round.campaign, checked.disputes, fought.number, fought.units[1], "组织关系在该单位", "王科长")
    files = checked.merged.files
    assert files["ignored"] == 2 * len(NAMES)
    assert (files["duplicate"], files["conflict"]) == (len(COPIED), 2 * len(TWICE))
    assert files["superseded"] == len(FIXED) + len(RELAPSED)
    found = story.state(date(story.round.year, 12, 25))
    assert found[AGREED[1]] == states.SENT_BACK
    assert states.SENT_BACK not in {found[place] for place in (*FIXED, *RELAPSED, *BROKEN, *COPIED)}
    assert {found[place] for place in TWICE} == {states.SENT_BACK}
    assert {found[place] for place in WAIVED} == {states.PASSED}
    units = story.round.units
    assert compare_returns(story.round.campaign, units[FIXED[0]].code).plain()["counts"]["changed"] == 2


def third_round(story):
    for place in RELAPSED:
        story.put(place, story.name(place, " 再改"), day=28, cells=WRONG)
    for place in LATE_OLD:
        story.put(place, story.name(place, " 旧"), day=11)
    for place in GAVE_UP:
        story.put(place, story.name(place, " 改"), day=28)
    for place in WAIVED:
        story.put(place, story.name(place, " 新"), day=28, cells={("party_org", "full_members", 0): 8888})
    for place in TWICE:
        code = story.round.units[place].code
        states.choose_return(story.round.campaign, code, story.name(place), "电话问过")
    checked = story.round.check()
    late = {finding.unit for finding in checked.findings if finding.code == "B012"}
    assert late == {story.round.units[place].code for place in LATE_OLD}
    left = [(tuple(story.codes(NAMESAKES)), "settled"), (tuple(story.codes(CHANCE)), "waiting")]
    assert [(one.units, one.state) for one in checked.disputes] == left
    assert not [one for one in checked.findings if one.code.startswith("DSP")]
    assert set(lists(checked)) == set(story.codes(CHANCE))
    story.decide(REOPENED[0], states.REOPEN, "盖章件到了")
    for place in ACCEPTED_IN_THE_END:
        if story.round.state(place).state == states.QUERIED:
            story.decide(place, states.ACCEPT, "已逐项核实")
    return checked


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """All three rounds."""
    told = Story(tmp_path_factory.mktemp("三轮"))
    assert set(told.state(None)) == {states.NOT_ISSUED}
    told.round.issue()
    first_round(told)
    second_round(told)
    told.checked = third_round(told)
    return told


def test_every_unit_ends_where_it_must(story):
    found = story.state(date(story.round.year + 1, 1, 5))
    done = set(ACCEPTED_IN_THE_END) - set(NIL)
    assert {place for place, state in enumerate(found) if state == states.NIL} == set(NIL)
    assert {place for place, state in enumerate(found) if state == states.OVERDUE} == set(SILENT)
    assert {place for place, state in enumerate(found) if state == states.SENT_BACK} == {*RELAPSED, *WAIVED}
    assert done <= {place for place, state in enumerate(found) if state == states.PASSED}
    assert found[HELD[0]] == states.QUERIED
    assert {found[place] for place in TWICE} <= {states.PASSED, states.QUERIED}
    assert sum(Counter(found).values()) == 60


def test_the_return_that_counts_is_the_right_one(story):
    found = story.round.states()
    clean = [place for place in CLEAN if place not in GAVE_UP]
    for places, suffix in (
        (clean, ""),
        (GAVE_UP, " 改"),
        (FIXED, " 改"),
        (LATE_OLD, ""),
        (RELAPSED, " 再改"),
        (TWICE, ""),
    ):
        assert [found[place].file for place in places] == [story.name(place, suffix) for place in places]


def test_the_ledger_knows_every_file_and_every_decision(story):
    ledger = story.round.campaign.ledger
    records = ledger.returned()
    owners = {record["sha256"]: record["unit"] for record in records}
    for digest, place in story.files.items():
        assert owners[digest] == story.round.units[place].code
    assert len(records) == len(list(story.round.campaign.inbox.iterdir())) + sum(
        record["state"] == "unreadable" and not record["present"] for record in records
    )
    history = ledger.history()
    assert Counter(line["what"] for line in history)["下发"] == 60
    said = Counter((line["unit"], line["what"]) for line in history if line["what"] in ("通过", "暂缓", "重开"))
    assert said == story.decided
    counts = Counter(line["what"] for line in history)
    assert (counts["选定"], counts["争议答复"], counts["争议裁定"]) == (len(TWICE), 2 * len(NAMES), 1)
    assert [line["at"] for line in history] == sorted(line["at"] for line in history)


def test_only_those_who_owe_something_are_reminded(story):
    found = reminders(story.checked, story.round.states(), story.round.day)
    owing = {state.unit for state in story.round.states() if state.state not in states.DONE}
    assert {one.unit for one in found} == owing
