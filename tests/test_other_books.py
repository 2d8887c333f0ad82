"""Lists that somebody put among the returns: each is called what it is and where it belongs, and counts for nobody."""

import shutil

import pytest

from tests.rounds import Round
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.forms import load_form
from toolkit.model.batch import IGNORED
from toolkit.reading.other_books import UNIT_LIST, kind_of
from toolkit.reading.words import vocabulary
from toolkit.summary.findings import to_look_at
from toolkit.tasks.files import write_lists
from toolkit.upward.files import upward_of, write_upward

pytestmark = pytest.mark.rounds
HEADS = ["单位代码", "单位全称", "层级"]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A round in which lists of every kind lie among the returns, one of them under the name of a unit's return."""
    made = Round(tmp_path_factory.mktemp("回收"), 2, policy="yizheng-2022", year=2025)
    made.issue()
    name = made.put(0).name
    inbox, campaign = made.campaign.inbox, made.campaign
    checked = made.check()
    lists = [path for path in write_lists(checked).paths if path.name.startswith("责任清单_")]
    shutil.copy(lists[0], inbox / lists[0].name)
    shutil.copy(campaign.folder / "责任单位.xlsx", inbox / "320901_责任单位.xlsx")
    write_upward(upward_of(checked), inbox / "上报汇总.xlsx", campaign.id)
    (inbox / "单位名录.xlsx").write_bytes(unit_list_workbook(campaign.units, load_form(campaign.policy)))
    return made.check(), name, lists[0].name


@pytest.mark.parametrize(
    ("title", "code"),
    [("责任清单", "I004"), ("责任单位", "I006"), ("上报汇总", "I007"), ("单位名录", "I008")],
)
def test_each_is_called_what_it_is_and_where_it_belongs(story, title, code):
    checked, _, _ = story
    one = next(one for one in checked.batch.returns if title in one.file and one.state == IGNORED)
    (found,) = one.findings
    assert (found.code, one.unit, found.bureau) == (code, "", True)
    assert "不是返回表" in found.message and found.fix


def test_the_return_of_the_unit_counts_as_before(story):
    checked, name, _ = story
    counted = [one for one in checked.batch.returns if one.counts]
    assert [one.file for one in counted] == [name]


def test_they_stand_on_the_list_of_problems(story):
    checked, _, _ = story
    listed = to_look_at(checked.findings, checked.batch.returns)
    assert {one.code for one in listed} >= {"I004", "I006", "I007", "I008"}


@pytest.mark.parametrize(
    ("meta", "rows", "kind"),
    [
        ({}, [[], ["某县单位名录"], ["序号", *HEADS]], UNIT_LIST),
        ({}, [[" 单位代码 ", "规范简称", "代表本级", ""]], UNIT_LIST),
        ({}, [["单位代码"], ["单位全称"], ["层级"]], ""),
        ({}, [["单位全称", "层级", "单位类别"]], ""),
        ({"xltool_campaign": "x"}, [HEADS], ""),
        ({"xltool_kind": "feedback"}, [], "feedback"),
        ({"xltool_kind": "disputes"}, [HEADS], ""),
    ],
)
def test_a_list_is_known_by_its_stamp_or_by_one_row_of_headings(meta, rows, kind):
    assert kind_of(meta, [rows], vocabulary()["list_headings"]) == kind
