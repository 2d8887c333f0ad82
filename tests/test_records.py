"""The access object: merged rows, refused rows, lost cells, missing sheets, and the doubts they cast."""

import pytest
from compliance_data import UNIT, dataset, of, report

from toolkit.model.records import CELLS_LOST, ROWS_REFUSED
from toolkit.policies import load_policy

ORG = {"org_code": "320001-01", "org_type": "党支部", "full_members": 5, "total_members": 6}


def records(tables=None, **given):
    return dataset("yunnan-2025", tables, year=2025, **given).records


def test_a_key_is_found_or_could_be_among_the_refused_or_is_not_there():
    found = records({"party_org": [ORG]}, rejected={"party_org": [{"org_code": "320001-02", "_row": 9}]})
    assert found.lookup("party_org", "org_code", "320001-01", UNIT.code).row.full_members == 5
    refused = found.lookup("party_org", "org_code", "320001-02", UNIT.code)
    assert refused.row is None and [row.origin.row for row in refused.refused] == [9]
    assert found.lookup("party_org", "org_code", "320001-03", UNIT.code).refused == ()


def test_a_refused_row_without_its_key_could_be_any():
    cells = {"party_org": {(0, 9): frozenset({"org_code"})}}
    found = records(rejected={"party_org": [{"org_code": "wrong", "_row": 9}]}, open_cells=cells)
    assert found.refused("party_org").rows[0].org_code is None
    assert found.lookup("party_org", "org_code", "320001-03", UNIT.code).refused


def test_doubts_say_what_is_lost_in_words():
    cells = {"party_org": {(0, 5): frozenset({"dissolve_date", "full_members"})}}
    found = records({"party_org": [ORG | {"full_members": None}]}, open_cells=cells)
    doubt = found.doubt(UNIT.code, "party_org", ("full_members", "dissolve_date", "org_name"))
    assert (doubt.code, doubt.columns) == (CELLS_LOST, ("dissolve_date", "full_members"))
    form = dataset("yunnan-2025", year=2025).form
    assert doubt.sentence(form) == "“党组织情况”第5行“撤销日期”、“正式党员数”因错误没有采用，改正前不能判定"
    assert found.doubt(UNIT.code, "party_org", ("org_name",)) is None

    refused = records(rejected={"party_org": [ORG]}).doubt(UNIT.code, "party_org", ("org_name",))
    assert (refused.code, refused.sentence(form)) == (
        ROWS_REFUSED,
        "“党组织情况”有1行因错误没有合并，改正前不能判定",
    )


def test_a_missing_sheet_is_named():
    found = records(missing={"event": frozenset({UNIT.code})})
    assert (found.missing(UNIT.code, ("party_org", "event")), found.missing("320002", ("event",))) == ("活动台账", "")


def test_a_lost_cell_costs_the_result_that_rests_on_it_and_no_other():
    orgs = [ORG, ORG | {"org_code": "320001-02", "full_members": None, "_row": 6}]
    found = report(dataset("yunnan-2025", {"party_org": orgs}, year=2025), "2026-01-01")
    lost = {"party_org": {(0, 6): frozenset({"full_members"})}}
    orgs = [{**org, "standalone": "是"} for org in orgs]
    found = report(dataset("yunnan-2025", {"party_org": orgs}, year=2025, open_cells=lost), "2026-01-01")
    assert [(one.subject, one.level) for one in of(found, "YN-06-c")] == [
        ("320001-01", "达标"),
        ("320001-02", "无法判定"),
    ]
    assert "第6行“正式党员数”" in of(found, "YN-06-c")[1].reason


def test_a_refused_subject_is_undetermined_and_the_others_stand():
    groups = [{"group_code": "320001-X01", "group_name": "一组"}]
    refused = [{"group_code": "320001-X02", "group_name": "二组", "_row": 6}]
    data = dataset("yunnan-2025", {"study_group": groups}, year=2025, rejected={"study_group": refused})
    found = [(one.subject[:10], one.level) for one in of(report(data, "2026-01-01"), "YN-02-k")]
    assert found == [("320001-X01", "不达标")] * 4 + [("320001-X02", "无法判定")]


def test_a_subject_with_a_lost_date_is_undetermined_in_every_period():
    groups = [{"group_code": "320001-X01", "group_name": "一组"}]
    lost = {"study_group": {(0, 5): frozenset({"set_date"})}}
    data = dataset("yunnan-2025", {"study_group": groups}, year=2025, open_cells=lost)
    found = of(report(data, "2026-01-01"), "YN-02-k")
    assert [(one.subject, one.level) for one in found] == [("320001-X01", "无法判定")]


def test_a_refused_only_subject_is_no_reason_for_not_applicable():
    data = dataset("yunnan-2025", year=2025, rejected={"study_group": [{"group_code": "320001-X01"}]})
    found = of(report(data, "2026-01-01"), "YN-02-k")
    assert [(one.level, one.reason) for one in found] == [("无法判定", "“学习小组”有1行因错误没有合并，改正前不能判定")]


FLOATING = {"float_no": "1", "direction": "流出", "transfer_eligible": "是", "out_date": "2025-01-01"}
RESEARCH = {"event_no": "1", "event_type": "负责同志调研", "event_date": "2025-05-05"}


@pytest.mark.parametrize(
    ("clause", "sheet", "row"), [("YN-13-b", "floating", FLOATING), ("YN-12-d", "event", RESEARCH)]
)
@pytest.mark.parametrize("broken", ["", "the number"])
def test_what_an_empty_cell_leaves_open_is_open_in_a_refused_row_too(clause, sheet, row, broken):
    place = {"refused": [row], "cells": {sheet: {(0, 5): frozenset({next(iter(row))})}}} if broken else {"rows": [row]}
    data = dataset(
        "yunnan-2025",
        {"party_org": [{"org_code": "320001-01", "org_name": "支部"}], sheet: place.get("rows", [])},
        year=2025,
        rejected={sheet: place.get("refused", [])},
        open_cells=place.get("cells", {}),
    )
    assert [one.level for one in of(report(data, "2026-01-01"), clause)] == ["无法判定"]


def _talents(refused: list[dict], cells: dict):
    data = dataset(
        "yunnan-2025", year=2025, rejected={"talent": refused}, open_cells={"talent": {(0, 5): frozenset(cells)}}
    )
    return [one.level for one in of(report(data, "2026-01-01"), "YN-15-e")]


def test_a_refused_row_of_a_registry_could_be_data_unless_it_declines():
    assert _talents([{"talent_no": "1", "consent": "是"}], {"talent_no"}) == ["无法判定"]
    assert _talents([{"talent_no": "1", "consent": "否"}], {"consent"}) == ["不适用"], "said in so many words"
    assert _talents([{"talent_no": "1", "consent": "大概"}], {"consent"}) == ["无法判定"]


def test_a_refused_tick_of_the_clause_is_not_replaced_by_that_of_its_bundle():
    clause, bundle = next(
        (clause, bundle.task_no)
        for bundle in load_policy("yunnan-2025").bundles
        for clause in bundle.clauses
        if clause != bundle.task_no and clause not in load_policy("yunnan-2025").indicator_of
    )
    done = {"task_no": bundle, "status": "已完成", "evidence_no": "A-1"}
    given = {"tables": {"task": [done]}, "year": 2025}
    assert [one.level for one in of(report(dataset("yunnan-2025", **given), "2026-01-01"), clause)] == ["达标"]
    refused = {"task": [{"task_no": clause, "status": "未启动", "_row": 9}]}
    data = dataset("yunnan-2025", **given, rejected=refused)
    assert [one.level for one in of(report(data, "2026-01-01"), clause)] == ["无法判定"]


def test_a_refused_task_row_may_settle_what_a_medal_lacks():
    """Found by random rounds: a broken 办结日期 of the task turned 达标 into 不达标."""
    task = {"task_no": "YZ-4.3-f", "status": "已完成"}
    member = {"member_no": "M1", "org_code": "320001-01", "full_date": "1970-01-01", "record_status": "在册"}
    tables = {"party_org": [ORG], "member": [member]}
    whole = dataset("yizheng-2022", tables | {"task": [task]}, year=2023)
    lost = dataset("yizheng-2022", tables, year=2023, rejected={"task": [task]})
    other = dataset("yizheng-2022", tables, year=2023, rejected={"task": [task | {"task_no": "YZ-1.1-a"}]})
    found = [[one.level for one in of(report(data, "2024-01-15"), "YZ-4.3-f")] for data in (whole, lost, other)]
    assert found == [["达标"], ["无法判定"], ["不达标"]]
