"""The standard workbook: opened with openpyxl, every promise to the clerk and to the reader is looked at."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import openpyxl
import pytest

from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.model.cell import letters
from toolkit.model.errors import XltoolError
from toolkit.model.stamp import META_SHEET, Stamp, from_pairs
from toolkit.model.unit import KnownOrg, Unit
from toolkit.ooxml.container import Package
from toolkit.policies import load_policy, policy_ids
from toolkit.template import build_template

UNIT = Unit(
    code="320801",
    name="=HYPERLINK(1)局",
    category="机关",
    level="部门（单位）",
    parent="320800",
    short_names=("教育局", "市教育局"),
    orgs=(KnownOrg("320801-01", "某局离退休干部党支部", "党支部"),),
)


def definitions(policy_id: str):
    policy = load_policy(policy_id)
    return load_form(policy), policy


def stamp_of(form, **facts: str) -> Stamp:
    return Stamp(campaign="c-1", policy=form.policy, version=form.version, year="2025", **facts)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.fixture(scope="module", params=policy_ids())
def blank(request):
    """(form, workbook) of the blank standard template."""
    form, policy = definitions(request.param)
    return form, opened(build_template(form, policy, stamp_of(form)))


@pytest.fixture(scope="module")
def issued():
    """(form, workbook) of one unit's workbook."""
    form, policy = definitions("yizheng-2022")
    stamp = stamp_of(form, unit=UNIT.code, unit_name=UNIT.name)
    return form, opened(build_template(form, policy, stamp, unit=UNIT))


def tables(form):
    return [sheet for sheet in form.sheets if sheet.layout == "table"]


def rules(sheet) -> dict[str, list]:
    """Validations by the first column letter of their range."""
    found: dict[str, list] = {}
    for rule in sheet.data_validations.dataValidation:
        first = str(rule.sqref).split()[0].split(":")[0]
        found.setdefault(first.rstrip("0123456789"), []).append(rule)
    return found


def test_the_same_definitions_give_the_same_bytes():
    form, policy = definitions("yizheng-2022")
    assert build_template(form, policy, stamp_of(form)) == build_template(form, policy, stamp_of(form))


def test_sheets_stand_in_order_and_the_machinery_is_hidden(blank):
    form, book = blank
    visible = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert visible == ["封面", *(sheet.label for sheet in form.sheets), "自检"]
    assert book[layout.LISTS_SHEET].sheet_state == "hidden"
    assert book[META_SHEET].sheet_state == "veryHidden"
    assert book.active.title == "封面"


def test_labels_and_names_stand_in_their_rows(blank):
    form, book = blank
    for sheet in tables(form):
        page = book[sheet.label]
        labels = [cell.value for cell in page[layout.LABEL_ROW]][: len(sheet.columns)]
        assert [label.split("\n")[0] for label in labels] == [column.label for column in sheet.columns]
        assert [cell.value for cell in page[layout.NAME_ROW]][: len(sheet.columns)] == list(sheet.names)
        assert page["A1"].value == f"附件{form.sheets.index(sheet) + 1}"
        assert page["A3"].value.startswith("填报单位（盖章）：")


def test_english_names_are_locked_and_nobody_sees_them(blank):
    form, book = blank
    for sheet in tables(form):
        for cell in book[sheet.label][layout.NAME_ROW]:
            assert (cell.number_format, cell.protection.locked, cell.protection.hidden) == (";;;", True, True)
    vertical = next(sheet for sheet in form.sheets if sheet.layout == "vertical")
    assert book[vertical.label].column_dimensions["B"].hidden


def test_the_vertical_sheet_has_label_name_value_and_note(blank):
    form, book = blank
    sheet = form.by_name["unit"]
    page = book[sheet.label]
    assert [cell.value for cell in page[layout.LABEL_ROW]] == ["填写项目", "name", "填写内容", "填写说明"]
    for row, column in enumerate(sheet.columns, layout.VERTICAL_FIRST_ROW):
        assert page[f"A{row}"].value.startswith(column.label)
        assert page[f"B{row}"].value == column.name
        assert layout.cell(sheet, column.name) == f"C{row}"


def test_panes_print_set_up_and_protection(blank):
    form, book = blank
    for sheet in form.sheets:
        page = book[sheet.label]
        table = sheet.layout == "table"
        first = layout.FIRST_ROW if table else layout.VERTICAL_FIRST_ROW
        assert page.freeze_panes in (f"A{first}", f"B{first}")
        assert page.print_title_rows == f"$1:${first - 1}"
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (None, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.oddFooter.center.text == "第 &P 页　共 &N 页"
        guard = page.protection
        assert guard.sheet and guard.password is None
        allowed = (guard.sort, guard.autoFilter, guard.formatColumns, guard.insertRows, guard.deleteRows)
        assert allowed == (False,) * 5, "False means: not forbidden"
        if table:
            assert page.auto_filter.ref.startswith(f"A{layout.NAME_ROW}:")
        assert bool(page.print_area) is (bool(sheet.fixed_rows) or not table)


def test_every_choice_offers_its_list_from_a_range(blank):
    form, book = blank
    seen = 0
    for sheet in form.sheets:
        page, found = book[sheet.label], rules(book[sheet.label])
        for place, column in enumerate(sheet.columns, 1):
            if column.type != "choice":
                continue
            seen += 1
            if sheet.layout == "vertical":
                cell = layout.cell(sheet, column.name)
                rule = next(r for r in page.data_validations.dataValidation if str(r.sqref) == cell)
            else:
                (rule,) = found[letters(place)]
                assert int(str(rule.sqref).split(":")[1].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) >= (
                    layout.FIRST_ROW + layout.rows(sheet) - 1
                )
            assert (rule.type, rule.formula1, rule.showErrorMessage) == ("list", f"list_{column.choices}", True)
            assert listed(book, rule.formula1) == form.choices(column)
    assert seen > 25


def listed(book, name: str) -> tuple[str, ...]:
    """Values of a defined name."""
    title, area = book.defined_names[name].attr_text.split("!")
    rows = book[title.strip("'")][area.replace("$", "")]
    return tuple(cell.value for row in (rows if isinstance(rows, tuple) else ((rows,),)) for cell in row)


def test_validations_stay_within_excel_and_are_few(blank):
    form, book = blank
    for sheet in form.sheets:
        found = book[sheet.label].data_validations.dataValidation
        assert len(found) <= len(sheet.columns) + 1
        for rule in found:
            assert len(rule.promptTitle or "") <= 32 and len(rule.prompt or "") <= 255
            assert not (rule.formula1 or "").startswith('"'), "no list is written inside a validation"


def test_numbers_are_checked_with_their_bounds(blank):
    form, book = blank
    months = form.by_name["post"]
    place = letters(months.names.index("paid_months") + 1)
    (rule,) = rules(book[months.label])[place]
    column = months.by_name["paid_months"]
    assert (rule.type, rule.formula1, rule.formula2) == ("whole", str(column.minimum), str(column.maximum))
    stats = form.by_name["annual_stat"]
    kinds = {rule.type: str(rule.sqref) for rule in rules(book[stats.label])["E"]}
    whole = [row for row, record in enumerate(stats.fixed_rows, layout.FIRST_ROW) if record.integer]
    assert set(kinds) == {"whole", "decimal"}
    assert kinds["whole"].startswith(f"E{whole[0]}:")


def test_dates_are_refused_when_they_are_none_and_codes_stay_text(blank):
    form, book = blank
    for sheet in tables(form):
        page = book[sheet.label]
        for place, column in enumerate(sheet.columns, 1):
            cell = page.cell(layout.FIRST_ROW, place)
            if column.type == "date":
                assert cell.number_format == "yyyy-mm-dd"
                found = [rule for rule in rules(page).get(cell.column_letter, []) if rule.type == "date"]
                assert bool(found) != column.prefilled
                for rule in found:  # 2023.5 is the day number of a day in 1905
                    assert rule.showErrorMessage and rule.errorStyle in (None, "stop")
                    assert float(rule.formula1) > 2023.5
            elif column.type in ("text", "choice", "month"):
                assert cell.number_format == "@", (sheet.name, column.name)
            elif column.unit == "元":
                assert cell.number_format == "#,##0.00"


def test_open_rows_are_unlocked_and_known_facts_are_locked(issued):
    form, book = issued
    for sheet in tables(form):
        page = book[sheet.label]
        for place, column in enumerate(sheet.columns, 1):
            cell = page.cell(layout.FIRST_ROW, place)
            known = bool(sheet.fixed_rows) and column.prefilled and cell.value is not None
            assert cell.protection.locked is known, (sheet.name, column.name)
    unit = form.by_name["unit"]
    page = book[unit.label]
    for column in unit.columns:
        assert page[layout.cell(unit, column.name)].protection.locked is column.prefilled


def test_columns_are_open_below_the_offered_rows(blank):
    form, book = blank
    page = book[form.by_name["event"].label]
    assert page.column_dimensions["A"].protection.locked is False


def test_without_a_unit_the_identity_cells_are_open(blank):
    form, book = blank
    page = book[form.by_name["unit"].label]
    assert page[layout.cell(form.by_name["unit"], "unit_code")].protection.locked is False
    assert book["封面"][layout.COVER_UNIT].protection.locked is False


def test_the_identity_stands_in_two_places(issued):
    form, book = issued
    expected = stamp_of(form, unit=UNIT.code, unit_name=UNIT.name)
    cells = {row[0].value: row[1].value or "" for row in book[META_SHEET].iter_rows(max_col=2)}
    assert from_pairs({name: value for name, value in cells.items() if name.startswith("xltool_")}) == expected
    properties = {item.name: item.value or "" for item in book.custom_doc_props.props}
    assert from_pairs(properties) == expected


def test_what_is_known_of_the_unit_is_filled_in_as_text(issued):
    form, book = issued
    unit, org = form.by_name["unit"], form.by_name["party_org"]
    page = book[unit.label]
    assert page[layout.cell(unit, "unit_name")].value == UNIT.name
    assert page[layout.cell(unit, "unit_name")].data_type == "s", "a name is never a formula"
    assert page[layout.cell(unit, "unit_short_names")].value == "教育局；市教育局"
    assert book[org.label][layout.cell(org, "org_name")].value == "某局离退休干部党支部"
    assert book["封面"][layout.COVER_CODE].value == "320801"
    assert book[org.label]["A3"].value == f"填报单位（盖章）：{UNIT.name}"
    due = book[form.by_name["task"].label][layout.cell(form.by_name["task"], "due_date")].value
    assert due.isoformat()[:10] == "2025-12-31"


def test_ticks_are_offered_only_where_nothing_may_be_reported(blank):
    form, book = blank
    page = book["封面"]
    (rule,) = page.data_validations.dataValidation
    open_cells = {str(cell) for area in rule.sqref.ranges for row in area.rows for cell in cells_of(row)}
    expected = {layout.nil_cell(form.sheets, sheet.name) for sheet in form.sheets if sheet.nil_allowed}
    assert open_cells == expected
    assert listed(book, rule.formula1) == ("√",)
    for sheet in form.sheets:
        cell = page[layout.nil_cell(form.sheets, sheet.name)]
        assert page[f"B{cell.row}"].value == sheet.label
        assert cell.protection.locked is not sheet.nil_allowed


def cells_of(row):
    return (f"{letters(column)}{line}" for line, column in row)


def test_keys_of_other_sheets_are_offered_but_not_forced(blank):
    form, book = blank
    post = form.by_name["post"]
    (rule,) = rules(book[post.label])[letters(post.names.index("org_code") + 1)]
    assert (rule.type, rule.formula1) == ("list", "keys_party_org_org_code")
    assert not rule.showErrorMessage
    assert "OFFSET('党组织情况'!$A$7" in book.defined_names["keys_party_org_org_code"].attr_text


def test_task_rows_are_high_enough_for_their_text(blank):
    form, book = blank
    sheet = form.by_name["task"]
    page = book[sheet.label]
    width = page.column_dimensions["C"].width
    for row, record in enumerate(sheet.fixed_rows, layout.FIRST_ROW):
        text = record.values["requirement"]
        least = sum(-(-2 * len(line) // int(width)) for line in text.split("\n")) * 14
        assert page.row_dimensions[row].height >= least, record.key


def test_more_organisations_than_rows_make_more_rows():
    form, policy = definitions("yizheng-2022")
    orgs = tuple(KnownOrg(f"320801-{number:02}", f"第{number}党支部", "党支部") for number in range(1, 61))
    book = opened(build_template(form, policy, stamp_of(form), unit=replace(UNIT, orgs=orgs)))
    cell = book["党组织情况"]["A66"]
    assert (cell.value, cell.number_format, cell.protection.locked) == ("320801-60", "@", False)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"note": "说明" * 200}, id="prompt over 255 characters"),
        pytest.param({"label": "字" * 40_000}, id="text over 32767 characters"),
    ],
)
def test_what_excel_would_cut_or_refuse_is_an_error(change):
    form, policy = definitions("yizheng-2022")
    sheet = form.by_name["honor"]
    columns = (sheet.columns[0], replace(sheet.columns[1], **change), *sheet.columns[2:])
    sheets = tuple(replace(one, columns=columns) if one is sheet else one for one in form.sheets)
    with pytest.raises(XltoolError) as caught:
        build_template(replace(form, sheets=sheets), policy, stamp_of(form))
    assert caught.value.code == "TPL-001"


def test_labels_that_look_like_formulas_and_links_stay_text():
    form, policy = definitions("yizheng-2022")
    sheet = form.by_name["honor"]
    labels = ("=1+1", "{=1}", "http://a.invalid", "@x", "+1")
    columns = tuple(replace(column, label=label) for column, label in zip(sheet.columns, labels, strict=False))
    changed = replace(sheet, columns=(*columns, *sheet.columns[len(labels) :]))
    sheets = tuple(changed if one is sheet else one for one in form.sheets)
    page = opened(build_template(replace(form, sheets=sheets), policy, stamp_of(form)))[sheet.label]
    cells = page[layout.LABEL_ROW][: len(labels)]
    assert [cell.value for cell in cells] == list(labels)
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def test_rows_of_records_may_grow_and_headings_keep_their_height():
    form, policy = definitions("yizheng-2022")
    package = Package(build_template(form, policy, stamp_of(form)))
    for name in ("unit", "task", "event"):
        xml = package.read(package.part_of(form.by_name[name].label)).decode()
        fixed = [int(row) for row in re.findall(r'<row r="(\d+)"[^>]*customHeight="1"', xml)]
        assert fixed == list(range(1, 6 if name == "unit" else 7)), name


def test_the_switch_for_id_numbers_adds_one_text_column():
    policy = load_policy("yunnan-2025")
    form = load_form(policy, frozenset({"collect_id_numbers"}))
    sheet = form.by_name["post"]
    (added,) = set(sheet.names) - set(load_form(policy).by_name["post"].names)
    page = opened(build_template(form, policy, stamp_of(form)))[sheet.label]
    assert page[layout.cell(sheet, added)].number_format == "@"
