"""Task lists: every clause in the list of each of its responsible units; answers merged with an account."""

import shutil
from datetime import date

import pytest
from compliance_data import form_of
from office import needs_office, recalculate
from openpyxl import load_workbook

from toolkit.campaign import open_campaign
from toolkit.model.errors import XltoolError
from toolkit.policies import load_policy, policy_ids
from toolkit.tasks import Task, due_days, nobody, responsible, task_lists
from toolkit.tasks.files import write_task_lists, write_task_overview
from toolkit.trial import write_sample

YZ, YN = "yizheng-2022", "yunnan-2025"
DAY = date(2024, 1, 15)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    folder = tmp_path_factory.mktemp("round") / "r"
    write_sample(folder, policy=YZ, units=1, seed=1, defects="none", year=2023)
    return open_campaign(folder)


@pytest.mark.parametrize("policy_id", policy_ids())
def test_every_clause_is_in_the_list_of_each_of_its_units(policy_id):
    policy = load_policy(policy_id)
    lists = task_lists(policy, form_of(policy_id), 2025)
    found = {(unit, line.clause) for unit, lines in lists.items() for line in lines if line.clause}
    bundled = [policy.clauses[code] for bundle in policy.bundles for code in bundle.clauses]
    assert found == {(unit, clause.id) for clause in bundled for unit in responsible(clause)}
    assert nobody(policy) == ()
    due = due_days(form_of(policy_id), 2025)
    for lines in lists.values():
        heads = [line.task_no for line in lines if not line.clause]
        assert len(heads) == len(set(heads)) and all(line.due == due[line.task_no] for line in lines)


def test_units_that_the_text_names_have_a_list():
    named = {unit for clause in load_policy(YZ).clauses.values() for unit in clause.responsible_units}
    lists = task_lists(load_policy(YZ), form_of(YZ), 2023)
    assert {"市委组织部", "市财政局", "市委离退休干部工委"} <= set(lists) <= named
    assert lists["市委组织部"][0] == Task("YZ-1.1-a", "", "三(一)1", "强化理论武装", date(2023, 12, 31))


def filled(path, target, answers):
    """The list with answers: {(task, clause): {column letter: value}}."""
    book = load_workbook(path)
    sheet = book["任务清单"]
    for row in sheet.iter_rows(min_row=5):
        key = (row[1].value, row[2].value or "")
        for letter, value in answers.get(key, {}).items():
            sheet[f"{letter}{row[0].row}"] = value
    book.save(target)
    return target


def rows_of(path, sheet, first=4):
    """The values of a sheet below its header."""
    return [[cell.value for cell in row] for row in load_workbook(path)[sheet].iter_rows(min_row=first)]


def test_lists_fold_their_clauses_and_ask_for_a_status(campaign):
    paths = write_task_lists(campaign)
    assert [path.name for path in paths][:1] == ["任务清单_市委办.xlsx"] and len(paths) == 19
    assert all(path.parent == campaign.output / "任务清单" for path in paths)
    before = paths[0].read_bytes()
    write_task_lists(campaign)
    assert paths[0].read_bytes() == before
    sheet = load_workbook(paths[0])["任务清单"]
    rows = [row for row in sheet.iter_rows() if row[1].value and str(row[1].value).startswith("YZ-")]
    for row in rows:
        place = sheet.row_dimensions[row[0].row]
        assert (place.outlineLevel, bool(place.hidden)) == ((1, True) if row[2].value else (0, False))
    (choice,) = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert choice.formula1 == '"未启动,进行中,已完成,不适用"'
    assert load_workbook(paths[0])["_meta"].sheet_state == "veryHidden"


def test_answers_come_back_with_an_account(campaign, tmp_path):
    lists = {path.name: path for path in write_task_lists(campaign)}
    one, two = lists["任务清单_市委办.xlsx"], lists["任务清单_市财政局.xlsx"]
    own = task_lists(campaign.policy, campaign.form, 2023)["市委办"]
    head = own[0].task_no
    clause = own[1]
    done = {"H": "已完成", "I": date(2023, 11, 1), "J": "A-3", "G": "综合科"}
    filled(one, tmp_path / "甲.xlsx", {(head, ""): done, (head, clause.clause): {"H": "进行中"}})
    shutil.copy(tmp_path / "甲.xlsx", tmp_path / "甲又一份.xlsx")
    bad = task_lists(campaign.policy, campaign.form, 2023)["市财政局"]
    marks = [
        ({"H": "搞定了"}, "TSK-101"),
        ({"J": "A-1"}, "TSK-102"),
        ({"H": "已完成", "I": "去年"}, "TSK-103"),
        ({"H": "已完成"}, "TSK-104"),
        ({"H": "已完成", "I": date(2025, 1, 1)}, "TSK-105"),
        ({"H": "不适用"}, "TSK-106"),
    ]
    answers = {(line.task_no, line.clause): cells for line, (cells, _) in zip(bad, marks, strict=False)}
    filled(two, tmp_path / "乙.xlsx", answers)
    (tmp_path / "丙.xlsx").write_bytes(b"no workbook")
    path, merged = write_task_overview(campaign, tmp_path, DAY)
    assert merged.files == {"total": 4, "counted": 2, "duplicate": 1, "conflict": 0, "refused": 1}
    assert merged.rows == {"read": len(own) + len(bad), "merged": 2, "rejected": 6, "blank": len(own) + len(bad) - 8}
    assert [one.code for one in merged.problems] == ["TSK-110", *(code for _, code in marks)]
    rows = [row for row in rows_of(path, "任务") if row[1] == "市委办"]
    said = {(row[2], row[3] or ""): (row[6], row[7], row[8] and row[8].date(), row[9]) for row in rows}
    assert said[head, ""] == ("已完成", "综合科", date(2023, 11, 1), "A-3")
    assert said[head, clause.clause][0] == "进行中"
    inherited = [line for line in own if line.task_no == head and line.clause][1:]
    assert all(said[head, line.clause][0] == "已完成" for line in inherited)
    others = [line for line in own if line.task_no != head]
    assert {said[line.task_no, line.clause][0] for line in others} == {"未填"}


def test_two_different_lists_of_one_unit_wait_for_a_person(campaign, tmp_path):
    one = next(path for path in write_task_lists(campaign) if "市委办" in path.name)
    head = task_lists(campaign.policy, campaign.form, 2023)["市委办"][0].task_no
    filled(one, tmp_path / "甲.xlsx", {(head, ""): {"H": "进行中"}})
    filled(one, tmp_path / "乙.xlsx", {(head, ""): {"H": "未启动"}})
    _, merged = write_task_overview(campaign, tmp_path, DAY, tmp_path / "out" / "a.xlsx")
    assert merged.files["conflict"] == 2 and not merged.answers
    assert {one.code for one in merged.problems} == {"TSK-113"}


def test_a_list_of_another_round_and_an_added_row_are_refused(campaign, tmp_path):
    one = next(path for path in write_task_lists(campaign) if "市委办" in path.name)
    book = load_workbook(one)
    for row in book["_meta"].iter_rows():
        if row[0].value == "xltool_year":
            row[1].value = "2024"
    book.save(tmp_path / "旧.xlsx")
    book = load_workbook(next(path for path in write_task_lists(campaign) if "市财政局" in path.name))
    sheet = book["任务清单"]
    last = sheet.max_row + 1
    sheet.cell(last, 2, "YZ-9.9-z")
    sheet.cell(last, 8, "进行中")
    book.save(tmp_path / "添.xlsx")
    _, merged = write_task_overview(campaign, tmp_path, DAY, tmp_path / "out" / "a.xlsx")
    assert sorted(one.code for one in merged.problems) == ["TSK-107", "TSK-112"]
    with pytest.raises(XltoolError, match="TSK-001"):
        write_task_overview(campaign, tmp_path / "none", DAY)


@needs_office
@pytest.mark.libreoffice
def test_live_counts_of_the_overview(campaign, tmp_path):
    one = next(path for path in write_task_lists(campaign) if "市委办" in path.name)
    own = task_lists(campaign.policy, campaign.form, 2023)["市委办"]
    cells = {"H": "已完成", "I": date(2023, 11, 1)}
    filled(one, tmp_path / "甲.xlsx", {(own[0].task_no, ""): cells})
    path, _ = write_task_overview(campaign, tmp_path, DAY, tmp_path / "out" / "a.xlsx")
    sheet = load_workbook(path, data_only=True)["进度"]
    again = recalculate(path, tmp_path)["进度"]
    numbers = {
        cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)
    }
    assert numbers and {place: again[place] for place in numbers} == pytest.approx(numbers)
    assert sum(line.task_no == own[0].task_no and bool(line.clause) for line in own) in numbers.values()
