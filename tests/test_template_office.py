"""The standard workbook in LibreOffice: it opens, prints, and its lists work."""

from __future__ import annotations

import openpyxl
import pytest
from office import convert, needs_office, recalculate, to_png

from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.model.stamp import Stamp
from toolkit.model.unit import KnownOrg, Unit
from toolkit.ooxml.filling import set_cells
from toolkit.policies import load_policy
from toolkit.template import build_template

ORGS = tuple(KnownOrg(f"530001-{number:02}", f"第{number}党支部", "党支部") for number in (1, 2))
UNIT = Unit("530001", "某某州教育局", "机关", "部门（单位）", "530000", orgs=ORGS)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A unit's workbook of the Yunnan form with two organisations and a study group."""
    policy = load_policy("yunnan-2025")
    form = load_form(policy)
    stamp = Stamp(policy=policy.id, version=form.version, unit=UNIT.code, unit_name=UNIT.name, year="2025")
    data = build_template(form, policy, stamp, unit=UNIT)
    group = form.by_name["study_group"]
    data = set_cells(data, {group.label: {layout.cell(group, "group_code"): "530001-X01"}})
    path = tmp_path_factory.mktemp("template") / "某某州教育局.xlsx"
    path.write_bytes(data)
    return form, path


@needs_office
def test_dropdowns_names_and_protection_survive_the_office(book, tmp_path):
    form, path = book
    before, after = openpyxl.load_workbook(path), openpyxl.load_workbook(convert(path, tmp_path, "xlsx"))
    for sheet in form.sheets:
        lists = [rule.formula1 for rule in before[sheet.label].data_validations.dataValidation if rule.type == "list"]
        kept = [rule.formula1 for rule in after[sheet.label].data_validations.dataValidation if rule.type == "list"]
        assert set(lists) <= set(kept), sheet.label
        assert after[sheet.label].protection.sheet
    for name, defined in before.defined_names.items():
        if name.startswith("list_"):
            assert after.defined_names[name].attr_text.replace("'", "") == defined.attr_text.replace("'", "")


@needs_office
def test_the_list_of_hosts_grows_with_what_is_filled_in(book, tmp_path):
    _, path = book
    cells = recalculate(path, tmp_path)[layout.LISTS_SHEET]
    wanted = "keys_unit_unit_code_party_org_org_code_study_group_group_code"
    (head,) = [address for address, value in cells.items() if value == wanted]
    letter = head.rstrip("1")
    shown = [cells.get(f"{letter}{row}") for row in range(2, 7)]
    assert [value for value in shown if value] == ["530001", "530001-01", "530001-02", "530001-X01"]
    assert shown[:4] == ["530001", "530001-01", "530001-02", "530001-X01"]


@needs_office
def test_every_sheet_prints_and_no_empty_page_follows(book, tmp_path):
    form, path = book
    pages = to_png(path, tmp_path, dpi=30)
    assert len(form.sheets) + 2 <= len(pages) <= len(form.sheets) + 10
