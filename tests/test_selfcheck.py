"""The sheet 自检, the coloured cells and the line on the cover; that they agree with Python is for test_parity.py."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from functools import cache

import openpyxl
import pytest
from office import needs_office, recalculate_all

from toolkit.campaign import SWITCHES
from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.model.cell import sheet_name
from toolkit.model.form import Form
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.filling import set_cells
from toolkit.policies import load_policy
from toolkit.reading import read_returns
from toolkit.template import build_template
from toolkit.templating.check_grid import Grid
from toolkit.templating.texts import texts
from toolkit.validating import validate
from validators.excel import RENDERERS, has_formula

POLICIES = ("yizheng-2022", "yunnan-2025")
IN_EXCEL_2010 = {
    "ABS", "ADDRESS", "AND", "CHAR", "COLUMN", "COUNTA", "COUNTIF", "DATE", "DAY", "EXACT", "FIND", "HYPERLINK", "IF",
    "IFERROR", "INDEX", "INT", "ISBLANK", "ISERROR", "ISLOGICAL", "ISNUMBER", "ISTEXT", "LEFT", "LEN", "MATCH", "MAX",
    "MID", "MIN", "MMULT", "MOD", "MONTH", "N", "NOT", "OFFSET", "RIGHT", "ROUND", "ROW", "SUBSTITUTE", "SUM", "SUMIF",
    "TODAY", "TRANSPOSE", "TRIM", "UPPER", "VALUE", "YEAR",
}  # fmt: skip
ROW_BY_ROW = {"AND", "OR", "INDEX", "MATCH", "SUMIF", "OFFSET", "EDATE"}
"""Functions that do not go row by row in an array formula of Excel 2010; ranges may still begin and end with INDEX."""


@cache
def book(policy_id: str) -> tuple[Form, bytes]:
    policy = load_policy(policy_id)
    form = load_form(policy, frozenset(SWITCHES))
    return form, build_template(form, policy, Stamp(policy=policy.id, version=form.version))


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}


@pytest.mark.parametrize("policy_id", POLICIES)
def test_every_function_is_in_excel_2010_and_no_formula_is_too_long(policy_id):
    for name, xml in parts(book(policy_id)[1]).items():
        formulas = re.findall(r"<(?:f|formula|formula1|definedName)\b[^>]*>([^<]*)</", xml)
        for formula in formulas:
            bare = re.sub(r'"[^"]*"|&quot;[^&]*&quot;', "", formula)
            assert set(re.findall(r"\b([A-Z][A-Z0-9.]*)\(", bare)) <= IN_EXCEL_2010, (name, formula[:200])
            assert len(formula) <= 8192
    for formula in re.findall(r"<formula>([^<]*)</formula>", "".join(parts(book(policy_id)[1]).values())):
        assert len(formula) < 255 and "{" not in formula and "!" not in formula


def test_no_renderer_uses_a_function_that_does_not_go_row_by_row():
    for policy_id in POLICIES:
        form, _ = book(policy_id)
        grid = Grid(form, sheet_name("封面"))
        for formula in grid._formulas.values():
            bare = re.sub(r'"[^"]*"', "", formula)
            bare = re.sub(r":INDEX\([^()]*\)", "", bare)
            assert not ROW_BY_ROW & set(re.findall(r"\b([A-Z]+)\(", bare)), formula


@pytest.mark.parametrize("policy_id", POLICIES)
def test_every_rule_with_a_formula_has_its_line_and_its_colour(policy_id):
    form, data = book(policy_id)
    pages = openpyxl.load_workbook(io.BytesIO(data))
    lines = [tuple(cell.value for cell in row[:6]) for row in pages[layout.CHECK_SHEET].iter_rows(min_row=34)]
    grid = Grid(form, sheet_name("封面"))
    with_formula = [rule for rule in form.rules if has_formula(rule, form)]
    assert len(with_formula) >= 0.82 * len(form.rules)
    for rule in with_formula:
        label = form.by_name[rule.sheet].label
        message = re.sub(r"\{[^{}]*\}", "…", rule.message)
        assert (label, rule.severity, message) in [(line[0], line[1], line[4]) for line in lines], rule.code
        block = grid.blocks[rule.sheet]
        place = block.rules[rule.code][1] - block.first + 1
        if rule.severity == "提示":
            continue
        for column in rule.at:
            cell = layout.cell(form.by_name[rule.sheet], column)
            looks = pages[label].conditional_formatting
            found = [one for area in looks if cell in area.cells for rule_ in area.rules for one in rule_.formula]
            assert any(f",{place})" in formula for formula in found), (rule.code, column)


def test_every_check_has_a_renderer_or_none_for_a_reason():
    from validators.checks import CHECKS
    from validators.cross import CROSS

    assert set(RENDERERS) <= {*CHECKS, *CROSS}
    assert {*CHECKS, *CROSS} - set(RENDERERS) == {
        "matches", "lacks", "no_personal_number",  # patterns inside of texts
        "no_cycle", "sum_of_leaves",  # searches of unknown depth
        "not_below_parameter", "known_clause", "name_complete",  # unit list, parameters, words
        "not_in_two_units", "batch_complete", "flow_paired", "near_last_year",  # other workbooks
    }  # fmt: skip


def test_a_blank_form_says_what_there_is_to_do():
    pages = openpyxl.load_workbook(io.BytesIO(book("yunnan-2025")[1]), data_only=True)
    assert pages["封面"]["A10"].value == pages["自检"]["A2"].value == "还有29处问题，见“自检”表"
    todo = [tuple(cell.value for cell in row[:4]) for row in pages["自检"]["A7":"D8"]]
    assert todo[0] == ("单位情况", "错误", 11, "“单位代码”")


def test_a_workbook_for_one_unit_keeps_no_result_that_may_be_untrue():
    form, _ = book("yunnan-2025")
    policy, unit = load_policy("yunnan-2025"), Unit("530001", "某某局", "机关", "部门（单位）")
    data = build_template(form, policy, Stamp(policy=policy.id, version=form.version, year="2025"), unit=unit)
    pages = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    assert pages["封面"]["A10"].value is None
    assert pages["自检"]["A2"].value is None
    assert pages["封面"][layout.COVER_UNIT].value == "某某局"


@needs_office
def test_a_blank_form_shows_the_same_before_and_after_calculation(tmp_path):
    paths = []
    for policy_id in POLICIES:
        paths.append(tmp_path / f"{policy_id}.xlsx")
        paths[-1].write_bytes(book(policy_id)[1])
    calculated = recalculate_all(paths, tmp_path)
    for path in paths:
        stored = openpyxl.load_workbook(path, data_only=True)
        for title in ("封面", "自检"):
            shown = {c.coordinate: c.value for row in stored[title] for c in row if c.value not in (None, "")}
            found = {cell: value for cell, value in calculated[path][title].items() if value not in (None, "")}
            assert shown == found


@pytest.mark.parametrize("title", ["自检", "自检 (2)", "检查结果"])
def test_the_reader_leaves_the_sheet_alone_under_any_title(title, tmp_path):
    form, data = book("yunnan-2025")
    pages = openpyxl.load_workbook(io.BytesIO(set_cells(data, {"单位情况": {"C6": "530001", "C7": "某某局"}})))
    pages["自检"].title = title
    if "(" in title:
        pages.copy_worksheet(pages[title]).title = "自检"
    pages[title].sheet_state = "hidden"
    path = tmp_path / "返回.xlsx"
    pages.save(path)
    batch = read_returns([(path.name, path)], form, UnitList(), workers=1)
    assert {sheet.name for sheet in form.sheets} == set(batch.returns[0].located)
    titles = {finding.sheet for finding in batch.findings} | {f.sheet for f in batch.returns[0].findings}
    assert not titles & {title, "自检", "_check"}


@pytest.mark.parametrize("policy_id", POLICIES)
def test_the_examples_pass_their_own_rules(policy_id, tmp_path):
    """Each column's example, and every date or number that its note names, in one row of its table."""
    form, data = book(policy_id)
    cells: dict[str, dict[str, object]] = {}
    shown = []
    for sheet in form.sheets:
        if sheet.fixed_rows:
            continue
        unit = "530001" if sheet.name == "study_group" else "320001"
        row = {column.name: column.example for column in sheet.columns if column.example}
        row |= {name: unit for name in ("unit_code",) if name in sheet.by_name}
        shown += [(sheet.label, layout.cell(sheet, column.name)) for column in sheet.columns if column.example]
        cells[sheet.label] = {layout.cell(sheet, name): value for name, value in row.items()}
    path = tmp_path / "范例.xlsx"
    path.write_bytes(set_cells(data, cells))
    batch = read_returns([(path.name, path)], form, UnitList(), workers=1)
    verdict = validate(batch, as_of=date(2025, 12, 31), year=2025, policy=load_policy(policy_id))
    references = {"COL-006", "COL-008", "COL-009"}
    found = [f for f in (*batch.returns[0].findings, *verdict.findings) if f.code not in references]
    assert shown
    assert [(f.code, f.cells) for f in found if {(f.sheet, cell) for cell in f.cells} & set(shown)
            and f.severity == "错误"] == []  # fmt: skip


def test_the_instructions_name_values_that_are_read_as_they_say():
    from toolkit.reading.dates import parse_date, parse_month

    said = texts()
    for kind, parse in (("date", parse_date), ("month", parse_month)):
        notes = [c.note for f in map(book, POLICIES) for s in f[0].sheets for c in s.columns if c.type == kind]
        named = re.findall(r"\d{4}[-.]\d{1,2}(?:[-.]\d{1,2})?", "；".join([said.prompts[kind], *notes, *said.guide]))
        wanted = [text for text in named if (text.count("-") + text.count(".") == 2) == (kind == "date")]
        assert wanted and all(parse(text)[1:] == ("", "") for text in wanted)
