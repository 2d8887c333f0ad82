"""One person on the member rosters of two units, on several sheets at once, or under one ID number.

One round, validated three times: asked (`first`), answered (`second`), ruled (`third`).
"""

import zipfile

import pytest
from disputing import answer, claiming, listed, lists
from rounds import Round

from toolkit.registers import registers
from toolkit.round_trip.disputes import rule

pytestmark = pytest.mark.rounds

OURS, NOT_OURS, WENT, OTHER = "是我单位的", "不是我单位的", "已转到对方单位", "不是同一人"
BOTH, ROSTER, GUEST, TWINS, RESERVE, MOVING = (0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 11)
NUMBER = (12, 13)
DISPUTED = (BOTH, ROSTER, TWINS, RESERVE, MOVING, NUMBER)
IDS = ("530103195608230041", "530103195608120010")
LIAISON = {"post_type": "党建联络员", "person_status": "在职党员", "subsidy_recipient": "否", "id_number": ""}
RESERVE_POST = {"post_type": "后备书记", "subsidy_recipient": "否", "id_number": ""}
UNPAID = {"paid_months": "", "paid_amount": ""}
GIVEN = {
    BOTH: ((OURS, None), (NOT_OURS, None)),
    ROSTER: ((OURS, None), (OURS, None)),
    TWINS: ((OTHER, None), (OTHER, None)),
    MOVING: ((OURS, None), (WENT, "2025.6.30")),
    NUMBER: ((OTHER, None), (OTHER, None)),
}


def everything(path):
    """All text in all parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def said(checked, code, unit=""):
    return [one for one in checked.findings if one.code == code and unit in ("", one.unit)]


def rows_of(codes):
    """What each unit returns, by its place."""
    guest = {"float_no": "9", "direction": "流入", "member_no": "S005", "return_date": None, "transfer_date": None}
    return {
        0: claiming("钱大同", person_key="R0A", id_number=IDS[0]) | listed(codes[0], "钱大同", member_no="R0A"),
        1: claiming("钱大同", person_key="R0B", id_number=IDS[0], start_date="2024-05-01")
        | listed(codes[1], "钱大同", member_no="R0B", retire_date="2017-02-03"),
        2: listed(codes[2], "孙有福", member_no="R02"),
        3: listed(codes[3], "孙有福", member_no="R03"),
        4: listed(codes[4], "周来往", member_no="R04"),
        5: listed(codes[5], "周来往", member_no="S005")
        | {"floating": lambda rows: [*rows, {**guest, "org_code": f"{codes[5]}-01"}]},
        6: claiming("吴同名", person_key="W06", **LIAISON, **UNPAID) | listed(codes[6], "吴同名"),
        7: claiming("吴同名", person_key="W07", **LIAISON, **UNPAID) | listed(codes[7], "吴同名"),
        8: claiming("郑后备", person_key="R08", **RESERVE_POST, **UNPAID),
        9: claiming("郑后备", person_key="R09", birth_ym="", **RESERVE_POST, **UNPAID),
        10: listed(codes[10], "冯转移", member_no="R10"),
        11: listed(codes[11], "冯转移", member_no="R11"),
        12: claiming("王小明", id_number=IDS[1], person_key="R12"),
        13: claiming("王筱茗", id_number=IDS[1], person_key="R13", birth_ym="1957.01"),
    }


class Story:
    """The round and what each validation said."""

    def __init__(self, folder) -> None:
        self.round = Round(folder / "批次", units=14, settings={"collect_id_numbers": "on"})
        self.round.issue()
        self.codes = [unit.code for unit in self.round.units]
        for place, rows in rows_of(self.codes).items():
            self.round.put(place, rows=rows, day=20)
        self.first = self.round.check()
        asked = lists(self.first)
        self.asked = {code: everything(path) for code, path in asked.items()}
        for pair, answers in GIVEN.items():
            for place, (given, day) in zip(pair, answers, strict=True):
                path = asked[self.codes[place]]
                answer(path, self.round.campaign.inbox / path.name, given, day=day)
        self.second = self.round.check()
        self.rule(ROSTER, self.codes[ROSTER[1]])
        self.rule(RESERVE, "")
        self.rule(NUMBER, "")
        self.third = self.round.check()
        lists(self.third)
        self.summary = everything(self.round.campaign.output / "争议汇总.xlsx")

    def rule(self, pair, keeper):
        number = self.dispute(self.second, pair).number
        rule(self.round.campaign, self.second.disputes, number, keeper, "看了档案", "王科长")

    def dispute(self, checked, pair):
        """The dispute between a pair of units; None when there is none, an error when there are several."""
        found = [one for one in checked.disputes if one.units == tuple(self.codes[place] for place in pair)]
        assert len(found) < 2, "one question to the unit"
        return found[0] if found else None

    def roster(self, checked, place):
        """Names on the merged roster of a unit."""
        table = checked.merged.tables["member"]
        return set(table[table["_unit"] == self.codes[place]]["name"])


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The whole story."""
    return Story(tmp_path_factory.mktemp("名册"))


def test_one_question_for_all_sheets_and_none_for_a_floating_member(story):
    assert {one.units for one in story.first.disputes} == {
        tuple(story.codes[place] for place in pair) for pair in DISPUTED
    }
    both = story.dispute(story.first, BOTH)
    assert both.codes == ("CROSS-001", "CROSS-002", "CROSS-005")
    assert [list(both.by_sheet(unit)) for unit in both.units] == [["member", "post"]] * 2
    for place in BOTH:
        assert story.asked[story.codes[place]].count(both.number_for(story.codes[place])) == 1
    assert not [one for place in GUEST for one in said(story.first, "CROSS-005", story.codes[place])]
    assert not {story.codes[place] for place in GUEST} & story.asked.keys()


def test_no_unit_sees_what_is_personal_of_the_other(story):
    assert not [text for text in story.asked.values() for number in IDS if number in text]
    shown = {BOTH: "钱*同，1956年出生（党员名册）", RESERVE: "郑*备，1956年出生，2023年起任职（任职与补贴）"}
    secrets = [("R0A", "2023-03-15", "2016-08-30"), ("R0B", "2024-05-01", "2017-02-03"), ("R02",), ("R03",)]
    for place, own in enumerate(secrets):
        pair = next(pair for pair in DISPUTED if place in pair)
        other = story.asked[story.codes[pair[1 - pair.index(place)]]]
        assert not [secret for secret in own if secret in other]
        assert set(own) <= {text for text in own if text in story.asked[story.codes[place]]}
    assert shown[BOTH] in story.asked[story.codes[BOTH[0]]]
    assert shown[RESERVE] in story.asked[story.codes[RESERVE[1]]]
    units = story.first.batch.tables["unit"].set_index("_unit")
    for one, other in DISPUTED:
        for mine, theirs in ((one, other), (other, one)):
            row = units.loc[story.codes[theirs]]
            texts = [row[name] for name in ("responsible_person", "responsible_phone", "filler") if row[name]]
            own = units.loc[story.codes[mine]]
            assert texts and not [t for t in texts if t in story.asked[story.codes[mine]] and t not in set(own)]


def test_who_yields_loses_the_rows_on_every_sheet(story):
    theirs = story.codes[BOTH[1]]
    assert {one.sheet for one in said(story.second, "DSP-001", theirs)} == {"党员名册", "任职与补贴"}
    for sheet in ("member", "post"):
        refused = story.second.merged.rejected[sheet].query("_unit == @theirs and _codes == 'DSP-001'")
        assert len(refused) == 1 and "李干事" in refused["_reason"].iloc[0]
    assert "钱大同" in story.roster(story.first, BOTH[1]) - story.roster(story.second, BOTH[1])
    assert "钱大同" in story.roster(story.second, BOTH[0])
    kept = said(story.second, "CROSS-005", story.codes[BOTH[0]])
    assert [(one.severity, "由本单位申报" in one.message) for one in kept] == [("已说明", True)]
    doubtful = story.second.dataset.rejected["member"]
    assert not (doubtful["_unit"] == theirs).any(), "a row that was given away leaves nothing open"


def test_the_bureau_rules_on_a_member(story):
    loser, keeper = (story.codes[place] for place in ROSTER)
    assert story.dispute(story.second, ROSTER).state == "bureau"
    assert {one.severity for one in said(story.second, "CROSS-005", loser)} == {"疑问"}
    [refused] = said(story.third, "DSP-003")
    assert (refused.unit, refused.sheet) == (loser, "党员名册") and "王科长：看了档案" in refused.message
    assert "孙有福" not in story.roster(story.third, ROSTER[0]) and "孙有福" in story.roster(story.third, ROSTER[1])
    assert {one.severity for one in said(story.third, "CROSS-005", keeper)} == {"已说明"}
    before, after = story.second.merged.rows, story.third.merged.rows
    assert (before["merged"] - 1, before["rejected"] + 1) == (after["merged"], after["rejected"])
    assert "党员名册第" in story.summary and "孙有福" in story.summary


def test_two_members_are_two_persons_everywhere(story):
    told = [one for place in TWINS for one in said(story.second, "CROSS-005", story.codes[place])]
    assert {(one.severity, "不是同一人" in one.message) for one in told} == {("已说明", True)}
    assert all("吴同名" in story.roster(story.second, place) for place in TWINS)

    def liaisons(checked):
        job = checked.job
        facts = (checked.dataset, job.policy, job.parameters, story.round.day, checked.published, checked.allowance)
        [book] = [one for one in registers(*facts) if one.key == "liaisons"]
        load = next(block for block in book.blocks if "联系党组织数" in {field.label for field in block.fields})
        return [row[1] for row in load.rows if row[0] == "吴同名"], "待确认" in load.note

    names = [story.round.units[place].name for place in TWINS]
    (before, doubt), (after, left) = liaisons(story.first), liaisons(story.second)
    assert sorted(before) == sorted(after) == sorted(names), "two persons until somebody says that they are one"
    assert doubt and not left


def test_reserve_secretaries_of_one_name_are_ruled_on_too(story):
    assert story.dispute(story.first, RESERVE).codes == ("CROSS-004",)
    assert {one.severity for place in RESERVE for one in said(story.second, "CROSS-004", story.codes[place])} == {
        "疑问"
    }
    ruled = [one for place in RESERVE for one in said(story.third, "CROSS-004", story.codes[place])]
    assert {(one.severity, "不是同一人" in one.message) for one in ruled} == {("已说明", True)} and len(ruled) == 2


def test_a_member_who_went_over_is_asked_for(story):
    [asked] = said(story.second, "DSP-002")
    assert (asked.unit, asked.sheet) == (story.codes[MOVING[1]], "党员名册") and "已转出" in asked.fix


def test_one_number_under_two_names_shows_neither_number_nor_name(story):
    for place, own, other in zip(NUMBER, ("王小明", "王筱茗"), ("王筱茗", "王小明"), strict=True):
        text = story.asked[story.codes[place]]
        assert own in text and other not in text and f"{other[0]}*{other[-1]}" in text
        assert IDS[1] not in text and "19560812" not in text
    assert "1957.01" not in story.asked[story.codes[NUMBER[0]]]


def test_two_persons_with_one_number_are_for_the_bureau_and_then_two(story):
    assert story.dispute(story.second, NUMBER).state == "bureau"

    def persons(checked):
        return len({one.number for one in checked.allowance.persons if one.name in ("王小明", "王筱茗")})

    assert (persons(story.first), persons(story.second), persons(story.third)) == (1, 1, 2)
    ruled = [one for place in NUMBER for one in said(story.third, "CROSS-002", story.codes[place])]
    assert {one.severity for one in ruled} == {"已说明"} and len(ruled) == 2
