"""The same person in two units: both are asked, see nothing of each other, and what they settle takes effect.

One round, validated four times: asked (`first`), answered (`second`), ruled, put right (`third`), changed (`fourth`).
"""

import json
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest
from disputing import answer, claiming, lists
from openpyxl import load_workbook
from rounds import Round

from toolkit.model.dispute import APART, CLAIM, MOVED, TWO, YIELD, Dispute, Reply, outcome
from toolkit.model.errors import XltoolError
from toolkit.model.groups import apart_groups
from toolkit.round_trip import states
from toolkit.round_trip.disputes import rule, verdict_of

pytestmark = pytest.mark.rounds

OURS, NOT_OURS, WENT, OTHER = "是我单位的", "不是我单位的", "已转到对方单位", "不是同一人"
AGREED, FOUGHT, ORPHAN, NAMESAKES, MOVING, CLUMSY = (0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 11)
NAMES = {AGREED: "王小明", FOUGHT: "李大成", ORPHAN: "赵永", NAMESAKES: "孙国强", MOVING: "周建华", CLUMSY: "吴兰"}
GIVEN = {
    AGREED: ((OURS, None), (NOT_OURS, None)),
    FOUGHT: ((OURS, None), (OURS, None)),
    ORPHAN: ((NOT_OURS, None), (NOT_OURS, None)),
    NAMESAKES: ((OTHER, None), (OTHER, None)),
    MOVING: ((OURS, None), (WENT, "2025.6.30")),
    CLUMSY: (("也许是", None), (WENT, "六月底")),
}


def everything(path):
    """All text in all parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def said(checked, code, unit=""):
    return [one for one in checked.findings if one.code == code and unit in ("", one.unit)]


class Story:
    """The round; `now` is what the last validation said."""

    def __init__(self, folder) -> None:
        self.round = Round(folder / "批次", units=12)
        self.round.issue()
        self.codes = [unit.code for unit in self.round.units]
        for (one, other), name in NAMES.items():
            self.round.put(one, rows=claiming(name, person_key="R00777"), day=20)
            facts = {"person_key": "R00888", "start_date": "2024-05-01", "paid_amount": "2888.00"}
            self.round.put(other, rows=claiming(name, **facts), day=20)
        self.first = self.round.check()
        self.asked = {code: everything(path) for code, path in lists(self.first).items()}
        self.lists = {code: path.read_bytes() for code, path in lists(self.first).items()}
        self.second = self._answered(folder)
        self.open_list = self._book(self.second)
        self.states = self.round.states()
        self.third = self._ruled(folder)
        self.closed_list, self.left = self._book(self.third), set(lists(self.third))
        self.fourth = self._changed()

    def list_of(self, folder, place):
        """The first list of a unit."""
        path = folder / f"{self.codes[place]}_争议核对.xlsx"
        path.write_bytes(self.lists[self.codes[place]])
        return path

    def _answered(self, folder):
        for pair, answers in GIVEN.items():
            for place, (given, day) in zip(pair, answers, strict=True):
                source = self.list_of(folder, place)
                answer(source, self.round.campaign.inbox / source.name, given, day=day, text="查了档案")
        return self.round.check()

    def _ruled(self, folder):
        campaign, fought = self.round.campaign, self.dispute(self.second, FOUGHT)
        rule(campaign, self.second.disputes, fought.number.lower(), self.codes[FOUGHT[1]], "关系在乙", "王科长")
        self.round.put(AGREED[1], "改.xlsx", day=28)  # without the person that it gave up
        source = self.list_of(folder, ORPHAN[0])  # a later day counts, two answers of one day do not
        answer(source, campaign.inbox / "四甲.xlsx", OURS, on="2026-01-12")
        source = self.list_of(folder, NAMESAKES[0])
        answer(source, campaign.inbox / "六甲.xlsx", OURS, on="2026-01-10")
        return self.round.check()

    def _changed(self):
        for place in NAMESAKES:
            rows = claiming(NAMES[NAMESAKES], birth_ym="1957.08")
            self.round.put(place, f"{place}新.xlsx", rows=rows, day=29)
        return self.round.check()

    def _book(self, checked):
        """The bureau's list."""
        lists(checked)
        return everything(self.round.campaign.output / "争议汇总.xlsx")

    def dispute(self, checked, pair):
        """The dispute between a pair of units."""
        units = tuple(self.codes[place] for place in pair)
        return next((one for one in checked.disputes if one.units == units), None)

    def pay(self, checked, pair):
        """Unit place → what is due to the person in dispute, with the person's number."""
        people = [one for one in checked.allowance.persons if one.name == NAMES[pair]]
        return {self.codes.index(one.unit): (one.number, str(one.due)) for one in people}

    def doubted(self, checked, pair):
        """The rows of the payment list that say that the person may be somebody else too."""
        return [one for one in checked.allowance.persons if one.name == NAMES[pair] and "疑似" in one.reason]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The whole story."""
    return Story(tmp_path_factory.mktemp("争议"))


def test_each_unit_sees_its_own_row_and_a_masked_minimum_of_the_other(story):
    assert set(story.asked) == set(story.codes)
    for (one, other), name in NAMES.items():
        mine, theirs = story.asked[story.codes[one]], story.asked[story.codes[other]]
        hidden = f"{name[0]}*{name[-1] if len(name) > 2 else ''}"
        assert "人员编号=R00777" in mine and "任职日期=2023-03-15" in mine
        assert f"{hidden}，1956年出生，2024年起任职" in mine and f"{hidden}，1956年出生，2023年起任职" in theirs
        assert not [secret for secret in ("R00888", "2888", "2024-05", story.codes[other]) if secret in mine]
        assert "R00888" in theirs and "R00777" not in theirs and "2023-03-15" not in theirs


def test_the_cells_to_answer_in_are_yellow_as_the_list_says(tmp_path):
    """They were put onto rows of a table that was complete, and lost: white cells under “请在黄色格子里答复”."""
    made = Round(tmp_path / "批次", 3)
    made.issue()
    for place in (0, 1):
        made.put(place, rows=claiming())
    for path in lists(made.check()).values():
        sheet = load_workbook(path)["争议核对"]
        heads = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value}
        below = heads["答复"].row + 1
        yellow = {head for head, cell in heads.items() if sheet.cell(below, cell.column).fill.fgColor.rgb == "FFFFF2CC"}
        assert {"答复", "转到对方的日期", "说明"} <= yellow and not {"编号", "姓名", "目前情况"} & yellow


def test_nothing_changes_before_both_have_answered(story):
    assert {one.state for one in story.first.disputes} == {"waiting"} and len(story.first.disputes) == len(NAMES)
    assert {one.severity for one in said(story.first, "CROSS-001")} == {"疑问"}
    pay, later = story.pay(story.first, NAMESAKES), story.pay(story.second, NAMESAKES)
    assert len({number for number, _ in pay.values()}) == 2
    assert {place: due for place, (_, due) in pay.items()} == {place: due for place, (_, due) in later.items()}
    doubted = story.doubted(story.first, NAMESAKES)
    assert {one.level for one in doubted} == {"无法判定", "不达标"}, "a suspicion is no verdict, neither way"


def test_who_has_not_answered_is_reminded_of_the_list(story):
    from toolkit.round_trip.chase import reminders

    texts = {one.unit: one.text for one in reminders(story.second, story.states, story.round.day)}
    waiting = {story.codes[place] for place in CLUMSY}
    assert {unit for unit, text in texts.items() if "有 1 名人员别的单位也填报了" in text} == waiting


def test_one_claims_and_the_other_yields(story):
    ours, theirs = (story.codes[place] for place in AGREED)
    assert story.dispute(story.second, AGREED).state == "settled"
    [kept] = said(story.second, "CROSS-001", ours)
    assert kept.severity == "已说明" and "由本单位申报" in kept.message
    [given_up] = said(story.second, "DSP-001", theirs)
    assert (
        given_up.cells == ("E7",)
        and "李干事，2026-01-10" in given_up.message
        and not said(story.second, "CROSS-001", theirs)
    )
    refused = story.second.merged.rejected["post"].query("_unit == @theirs")
    assert refused["_codes"].tolist() == ["DSP-001"] and "李干事" in refused["_reason"].iloc[0]
    assert set(story.pay(story.first, AGREED)) == set(AGREED) and set(story.pay(story.second, AGREED)) == {AGREED[0]}
    assert story.pay(story.second, AGREED)[AGREED[0]][1] != "None", "nothing about the one who keeps is open any more"
    assert story.states[AGREED[1]].state == states.SENT_BACK


def test_what_is_put_right_after_the_answer_is_no_dispute_any_more(story):
    assert story.dispute(story.third, AGREED) is None
    for code in ("DSP-001", "CROSS-001", "DSP-011"):
        assert not [one for one in said(story.third, code) if one.unit in {story.codes[place] for place in AGREED}]
    assert not said(story.third, "DSP-011")


def test_both_claim_and_the_bureau_decides(story):
    fought = story.dispute(story.second, FOUGHT)
    assert fought.state == "bureau" and fought.number in story.open_list and "待裁定 2 起" in story.open_list
    assert {one.severity for place in FOUGHT for one in said(story.second, "CROSS-001", story.codes[place])} == {"疑问"}
    [refused] = said(story.third, "DSP-003")
    assert refused.unit == story.codes[FOUGHT[0]] and "王科长：关系在乙" in refused.message
    assert story.dispute(story.third, FOUGHT).state == "settled" and "关系在乙" in story.closed_list
    assert story.codes[FOUGHT[0]] not in story.left
    rulings = [line["detail"] for line in story.round.campaign.ledger.history() if line["what"] == "争议裁定"]
    assert rulings == [f"{fought.number} 王科长：关系在乙"]


@pytest.mark.parametrize(
    ("number", "unit", "apart", "same", "code"),
    [
        ("", 0, False, False, "DSP-021"),
        ("", None, False, False, "DSP-022"),
        ("", 3, True, False, "DSP-022"),
        ("", None, True, True, "DSP-022"),
        ("0", 3, False, False, "DSP-020"),
    ],
)
def test_a_ruling_must_be_possible(story, number, unit, apart, same, code):
    number = number or story.dispute(story.second, FOUGHT).number
    given = "" if unit is None else story.codes[unit]
    with pytest.raises(XltoolError, match=code):
        verdict = verdict_of(given, apart, same)
        rule(story.round.campaign, story.second.disputes, number, verdict, "看档案", "")


def test_a_ruling_needs_a_reason(story):
    number = story.dispute(story.second, FOUGHT).number
    with pytest.raises(XltoolError, match="K012"):
        rule(story.round.campaign, story.second.disputes, number, TWO, " ", "")


def test_neither_claims_until_one_answers_anew(story):
    assert story.dispute(story.second, ORPHAN).state == "bureau"
    assert not [one for place in ORPHAN for one in said(story.second, "DSP-001", story.codes[place])]
    ours = story.codes[ORPHAN[0]]
    assert story.dispute(story.third, ORPHAN).outcome[ours] == "keeps", "the later 答复日期 counts"


def test_both_say_that_these_are_two_persons(story):
    told = [one for place in NAMESAKES for one in said(story.second, "CROSS-001", story.codes[place])]
    assert {(one.severity, "不是同一人" in one.message) for one in told} == {("已说明", True)}
    pay = story.pay(story.second, NAMESAKES)
    assert set(pay) == set(NAMESAKES) and len({number for number, _ in pay.values()}) == 2
    assert not story.doubted(story.second, NAMESAKES), "who is not the same person is not mentioned any more"


def test_two_answers_of_one_day_change_nothing(story):
    assert len(said(story.third, "DSP-014")) == 2
    assert story.dispute(story.third, NAMESAKES).state == "settled", "what the ledger knew stays"


def test_an_answer_does_not_outlive_the_value(story):
    changed = story.dispute(story.fourth, NAMESAKES)
    assert changed.state == "waiting" and changed.number != story.dispute(story.second, NAMESAKES).number
    told = [one for place in NAMESAKES for one in said(story.fourth, "CROSS-001", story.codes[place])]
    assert {one.severity for one in told} == {"疑问"} and len(told) == 2


def test_a_person_who_went_over_is_asked_for_the_day(story):
    unit = story.codes[MOVING[1]]
    [asked] = said(story.second, "DSP-002")
    assert (asked.unit, asked.severity) == (unit, "疑问") and "2025-06-30" in asked.message
    assert NAMES[MOVING] in set(story.second.merged.tables["post"].query("_unit == @unit")["person_name"])
    assert story.states[MOVING[1]].state == states.QUERIED


def test_answers_that_cannot_be_used_are_said(story):
    one, other = (story.codes[place] for place in CLUMSY)
    assert "也许是" in said(story.second, "DSP-012", one)[0].message
    assert "六月底" in said(story.second, "DSP-013", other)[0].message
    assert story.dispute(story.second, CLUMSY).replies == {}


def test_every_file_and_row_is_accounted_for(story):
    assert story.second.merged.files["ignored"] == len(story.codes) == len(said(story.second, "I003"))
    before, after = story.first.merged.rows, story.second.merged.rows
    assert (before["read"], before["merged"]) == (after["read"], after["merged"] + 1)
    assert after["rejected"] == before["rejected"] + 1


def test_the_ledger_knows_who_answered(story):
    replies = {(one.dispute, one.unit): one for one in story.round.campaign.ledger.dispute_replies()}
    one = replies[story.dispute(story.second, AGREED).number, story.codes[AGREED[0]]]
    assert (one.answer, one.who, one.on, one.text) == (CLAIM, "李干事", "2026-01-10", "查了档案")
    lines = [line["detail"] for line in story.round.campaign.ledger.history() if line["what"] == "争议答复"]
    assert f"{one.dispute} 是我单位的 李干事" in lines and not [name for name in NAMES.values() if name in str(lines)]


def test_what_two_answers_come_to():
    def state(one, other, certain=False):
        replies = {unit: Reply("N", unit, said, "", "", "", "", "f") for unit, said in (("U1", one), ("U2", other))}
        sure = frozenset({("U1", "U2")} if certain else ())
        made = Dispute("N", ("U1", "U2"), {}, (), (), sure, replies=replies)
        found, result = outcome(made)
        return found, result["U1"], result["U2"]

    assert state(CLAIM, YIELD) == ("settled", "keeps", "gives")
    assert state(MOVED, CLAIM) == ("settled", "leaves", "keeps")
    assert state(APART, APART) == ("settled", "separate", "separate")
    assert state(APART, APART, certain=True)[0] == "bureau"
    for pair in ((CLAIM, CLAIM), (YIELD, YIELD), (MOVED, YIELD), (APART, CLAIM), (YIELD, APART)):
        assert state(*pair) == ("bureau", "open", "open")


def test_groups_of_persons_with_one_name():
    assert apart_groups(["甲", "乙"], {("甲", "乙")}) == {"甲": 0, "乙": 1}
    assert len(set(apart_groups(["甲", "乙", "丙"], {("甲", "乙")}).values())) == 1
    assert apart_groups(["甲", "乙", "丙"], {("甲", "丙"), ("乙", "丙")}) == {"甲": 0, "乙": 0, "丙": 2}


@pytest.mark.slow
def test_the_command_reads_a_folder_and_writes_what_is_open(story, tmp_path):
    folder, found = story.round.campaign.folder, story.dispute(story.fourth, NAMESAKES)
    lists(story.fourth)
    for path in (folder / "退回" / "争议核对").iterdir():
        answer(path, tmp_path / "答复" / path.name, OURS, on="2026-02-01")
    ruling = ("--settle", found.number, "--to", story.codes[NAMESAKES[0]], "--why", "看了档案", "--who", "王科长")
    command = [sys.executable, "-m", "toolkit.cli", "disputes", str(folder), "--as-of", "2026-01-15"]
    command += ["--answers", str(tmp_path / "答复"), *ruling]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "争议 5 起：待裁定 1 起，待答复 0 起，已了结 4 起；给单位写了 2 份争议核对表。" in told
    ledger = story.round.campaign.ledger
    [ruled] = [one for one in ledger.dispute_rulings() if one.dispute == found.number]
    assert (ruled.unit, ruled.who, ruled.why) == (story.codes[NAMESAKES[0]], "王科长", "看了档案")
    assert {one.answer for one in ledger.dispute_replies() if one.dispute == found.number} == {CLAIM}


def test_what_is_printed_names_nobody(story):
    printed = json.dumps([one.plain() for one in story.second.disputes], ensure_ascii=False)
    assert not [name for name in NAMES.values() if name in printed]
    assert json.loads(printed)[0]["sides"][1]["answer"] == YIELD


def test_without_a_round_nothing_is_disputed(story):
    from toolkit.round_trip.disputes import settle

    verdict = SimpleNamespace(findings=[])
    assert (
        settle(story.first.batch, verdict, SimpleNamespace(campaign=None), story.first.raw.situation).verdict is verdict
    )
