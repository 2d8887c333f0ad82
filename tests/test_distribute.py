"""Handing out: one workbook a unit, and nothing that a person may have changed is overwritten."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import openpyxl
import pytest

from toolkit.distribute import (
    KEPT,
    NEW,
    STATES,
    UNCHANGED,
    UPDATED,
    copy_for,
    distribute,
    file_names,
    form_for,
    notices,
)
from toolkit.files import write_whole
from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.model.duties import bundles_for
from toolkit.model.errors import XltoolError
from toolkit.model.stamp import META_SHEET, Stamp, from_pairs
from toolkit.model.unit import KnownOrg, Unit
from toolkit.policies import load_policy
from toolkit.template import build_template

BUREAU = Unit("320800", "中共仪征市委老干部局", "机关", "县（市、区）级", speaks=True)
SCHOOL = Unit("320801", "市教育局", "机关", "部门（单位）", "320800", orgs=(KnownOrg("320801-01", "甲支部", "党支部"),))
FIRM = Unit("320802", "市水务公司", "国有企业", "部门（单位）", "320800")


@pytest.fixture(scope="module")
def pack():
    policy = load_policy("yizheng-2022")
    form = load_form(policy)
    return form, policy, Stamp(campaign="c-1", policy=policy.id, version=form.version, year="2025")


def hand_out(pack, folder, units=(SCHOOL,), issued=None):
    form, policy, stamp = pack
    return distribute(form, policy, units, folder, stamp, issued or {})


def values(data: bytes) -> dict[str, dict[str, object]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: {
            cell.coordinate: getattr(cell.value, "text", cell.value)
            for row in sheet
            for cell in row
            if cell.value is not None
        }
        for sheet in book
    }


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_every_unit_gets_its_own_workbook(pack, tmp_path):
    records = hand_out(pack, tmp_path, (SCHOOL, FIRM))
    assert [(record.unit, record.path.name, record.state) for record in records] == [
        ("320801", "320801_市教育局.xlsx", NEW),
        ("320802", "320802_市水务公司.xlsx", NEW),
    ]
    for record, unit in zip(records, (SCHOOL, FIRM), strict=True):
        data = record.path.read_bytes()
        assert sha(data) == record.sha256
        cells = values(data)
        assert cells["封面"][layout.COVER_UNIT] == unit.name
        assert from_pairs({cells[META_SHEET][f"A{n}"]: cells[META_SHEET].get(f"B{n}", "") for n in range(1, 8)}) == (
            replace(pack[2], unit=unit.code, unit_name=unit.name)
        )
    assert values(records[0].path.read_bytes())["党组织情况"]["C7"] == "甲支部"
    assert "C7" not in values(records[1].path.read_bytes())["党组织情况"]


def test_a_copy_says_the_same_as_a_workbook_built_for_the_unit(pack):
    form, policy, stamp = pack
    own = form_for(form, policy, SCHOOL)
    copy = copy_for(form, policy, stamp, SCHOOL)
    built = build_template(own, policy, replace(stamp, unit=SCHOOL.code, unit_name=SCHOOL.name), unit=SCHOOL)
    assert values(copy) == values(built)


def test_what_a_unit_gets_does_not_depend_on_the_others(pack, tmp_path):
    many = replace(FIRM, orgs=tuple(KnownOrg(f"320802-{n:02}", f"{n}支部", "党支部") for n in range(1, 41)))
    together = hand_out(pack, tmp_path / "a", (many, SCHOOL))
    alone = hand_out(pack, tmp_path / "b", (SCHOOL,))
    assert together[1].sha256 == alone[0].sha256
    assert values(together[0].path.read_bytes())["党组织情况"]["A46"] == "320802-40"


@pytest.mark.parametrize(
    ("unit", "levels"),
    [(BUREAU, {"单位", "市级"}), (SCHOOL, {"单位"}), (FIRM, {"单位", "国企"})],
    ids=["bureau", "department", "state-owned firm"],
)
def test_task_rows_reach_whom_they_are_for(pack, unit, levels):
    form, policy, _ = pack
    assert {bundle.level for bundle in bundles_for(policy, unit)} == levels
    rows = form_for(form, policy, unit).by_name["task"].fixed_rows
    assert [row.key for row in rows] == [b.task_no for b in policy.bundles if b.level in levels]
    assert rows and form_for(form, policy, unit).by_name["annual_stat"] == form.by_name["annual_stat"]


def test_an_untouched_file_is_left_alone(pack, tmp_path):
    (first,) = hand_out(pack, tmp_path)
    before = first.path.stat().st_mtime_ns
    (again,) = hand_out(pack, tmp_path, issued={"320801": first.sha256})
    assert (again.state, again.sha256) == (UNCHANGED, first.sha256)
    assert first.path.stat().st_mtime_ns == before


def test_a_file_as_issued_is_renewed_when_the_unit_list_changes(pack, tmp_path):
    (first,) = hand_out(pack, tmp_path)
    changed = replace(SCHOOL, short_names=("教育局",))
    (again,) = hand_out(pack, tmp_path, (changed,), {"320801": first.sha256})
    assert again.state == UPDATED
    assert sha(again.path.read_bytes()) == again.sha256 != first.sha256


@pytest.mark.parametrize("recorded", ["", "0" * 64], ids=["nothing recorded", "something else recorded"])
def test_a_file_that_a_person_may_have_changed_is_kept_and_said(pack, tmp_path, recorded):
    path = tmp_path / "320801_市教育局.xlsx"
    path.write_bytes(b"filled in by hand")
    (record,) = hand_out(pack, tmp_path, issued={"320801": recorded})
    assert path.read_bytes() == b"filled in by hand"
    assert (record.state, record.sha256) == (KEPT, recorded)
    (notice,) = notices([record])
    assert (notice.code, notice.severity, notice.file) == ("TPL-003", "提示", path.name)


def test_a_workbook_open_elsewhere_does_not_hold_up_the_others(pack, tmp_path, monkeypatch):
    first = hand_out(pack, tmp_path, (SCHOOL, FIRM))
    ledger = {record.unit: record.sha256 for record in first}

    def locked(path, data, **how):
        if path == first[0].path:
            raise XltoolError("O003", file=path.name)
        write_whole(path, data)

    monkeypatch.setattr("toolkit.distribute.write_whole", locked)
    changed = [replace(unit, short_names=("新简称",)) for unit in (SCHOOL, FIRM)]
    again = hand_out(pack, tmp_path, changed, ledger)
    assert [(record.state, record.sha256 == ledger[record.unit]) for record in again] == [
        (KEPT, True),
        (UPDATED, False),
    ]


def test_what_cannot_be_read_is_kept(pack, tmp_path):
    (tmp_path / "320801_市教育局.xlsx").mkdir()
    (record,) = hand_out(pack, tmp_path)
    assert record.state == KEPT


def test_keeping_is_never_recorded_as_issuing(pack, tmp_path):
    """A round later, the person's file is still not ours to overwrite."""
    (first,) = hand_out(pack, tmp_path)
    first.path.write_bytes(b"filled in by hand")
    ledger = {"320801": first.sha256}
    for _ in range(2):
        (record,) = hand_out(pack, tmp_path, issued=ledger)
        ledger[record.unit] = record.sha256
    assert first.path.read_bytes() == b"filled in by hand"
    assert set(STATES) == {NEW, UNCHANGED, UPDATED, KEPT}


def test_names_never_collide_and_never_leave_the_folder(tmp_path):
    units = [
        Unit("A/1", "局", "机关", ""),
        Unit("A:1", "局", "机关", ""),
        Unit("a?1", "局", "机关", ""),
        Unit("..", "../../etc", "机关", ""),
        Unit("9", "很长的名称" * 60, "机关", ""),
    ]
    names = list(file_names(units).values())
    assert names[:3] == ["A_1_局.xlsx", "A_1_局_2.xlsx", "a_1_局_3.xlsx"]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert (tmp_path / name).resolve().parent == tmp_path.resolve()
        assert len(name.encode()) <= 255


def test_a_code_twice_stops_before_anything_is_written(pack, tmp_path):
    with pytest.raises(XltoolError) as caught:
        hand_out(pack, tmp_path / "out", (SCHOOL, FIRM, replace(SCHOOL, name="另一个")))
    assert caught.value.code == "TPL-002"
    assert not (tmp_path / "out").exists()
