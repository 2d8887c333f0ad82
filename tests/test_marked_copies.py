"""Marked copies that can be used: what is marked can be seen, one sheet is selected, no limit of Excel is passed.

More books: XLTOOL_MARKS=200 pytest tests/test_marked_copies.py
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import convert, needs_office
from ooxml import MAIN, VALIDATOR, parts, problems, sdk_problems
from rare_writers import WRITERS, zipped
from reading_books import GOOD, Paper, edit, small_form

from toolkit.annotate import annotate
from toolkit.model.cell import Area, address, areas, place
from toolkit.model.finding import ERROR, HINT, QUERY, Finding
from toolkit.model.layout import MARK, MARK_LIST, MARK_PROBLEM
from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.container import Package
from toolkit.ooxml.styles import MOST
from toolkit.reading import read_returns

pytestmark = pytest.mark.slow

FORM, UNITS = small_form(), UnitList((Unit("U1", "甲机关局", "机关", "县", short_names=("甲局",)),))
ORG, STAT, UNIT, SHEET = "党组织情况", "年度汇总数", "单位情况", "xl/worksheets/sheet2.xml"
STYLES, BOOK = "xl/styles.xml", "xl/workbook.xml"
EXAMPLES = int(os.environ.get("XLTOOL_MARKS", "12"))
ROWS = [{**GOOD, "code": f"U1-0{n}"} for n in range(1, 7)]


def book(change=lambda data: data, hook=None, rows=ROWS) -> bytes:
    """A returned workbook."""
    paper = Paper(FORM, {"org": rows})
    if hook:
        paper.hooks.append(lambda made, sheet, title: hook(made, sheet) if title == ORG else None)
    return change(paper.bytes())


def read(path: Path):
    """One returned file."""
    return read_returns([(path.name, path)], FORM, UNITS, workers=1)


def finding(*cells: str, sheet: str = ORG, level: str = ERROR, message: str = "看") -> Finding:
    """A finding on cells."""
    return Finding("T-1", level, message, "请改", unit="U1", file="甲局.xlsx", sheet=sheet, cells=cells)


def mark(folder: Path, data: bytes, *findings: Finding) -> bytes:
    """The marked copy of a returned file, which itself stays as it is."""
    path = folder / "甲局.xlsx"
    path.write_bytes(data)
    [copy], left = annotate(read(path), findings, folder / "退回")
    assert left == [] and path.read_bytes() == data
    return copy.read_bytes()


def tree(data: bytes, part: str = SHEET) -> ElementTree.Element:
    """The XML of a part."""
    return ElementTree.fromstring(parts(data)[part])


def unseen_rows(data: bytes, part: str = SHEET) -> set[int]:
    """Rows that the screen does not show."""
    return {
        int(row.get("r"))
        for row in tree(data, part).iter(f"{MAIN}row")
        if row.get("hidden") == "1" or float(row.get("ht", "15")) < 3
    }


def comments(data: bytes) -> dict[str, str]:
    """Comments of the sheet of organisations."""
    loaded = openpyxl.load_workbook(io.BytesIO(data))
    return {cell.coordinate: cell.comment.text for row in loaded[ORG].iter_rows() for cell in row if cell.comment}


def test_one_sheet_is_selected_where_several_were(tmp_path):
    """t02: what is typed into grouped sheets goes into all of them."""

    def grouped(made, sheet):
        for one in made.worksheets():
            one.select()

    copy = mark(tmp_path, book(hook=grouped), finding("B7"))
    assert problems(copy) == [] and sum(b"tabSelected" in part for part in parts(copy).values()) == 1


def test_a_workbook_without_windows_gets_one_that_shows_its_first_sheet(tmp_path):
    bare = lambda old: re.sub(rb"<bookViews>.*?</bookViews>", b"", old)  # noqa: E731
    views = lambda old: re.sub(rb"<sheetViews>.*?</sheetViews>", b"", old, flags=re.S)  # noqa: E731
    copy = mark(tmp_path, edit(book(), {BOOK: bare, "xl/worksheets/sheet1.xml": views, SHEET: views}), finding("B7"))
    assert problems(copy) == [] and tree(copy, BOOK).find(f".//{MAIN}workbookView").get("activeTab") == "1"


def test_the_open_sheet_is_one_that_can_be_seen(tmp_path):
    hide = lambda old: old.replace(b'name="%s"' % UNIT.encode(), b'name="%s" state="hidden"' % UNIT.encode())  # noqa: E731
    copy = mark(tmp_path, edit(book(), {BOOK: hide}), finding("B7"))
    assert problems(copy) == []


def test_a_hidden_sheet_with_marks_is_shown(tmp_path):
    paper = Paper(FORM, {"org": ROWS})
    paper.hidden.add(ORG)
    copy = mark(tmp_path, paper.bytes(), finding("B7"))
    states = {one.get("name"): one.get("state") for one in tree(copy, BOOK).iter(f"{MAIN}sheet")}
    assert states[ORG] is None and states["_meta"] == "hidden" and problems(copy) == []


def test_a_hidden_window_and_rows_before_what_stands_still_are_shown(tmp_path):
    hide = lambda old: old.replace(b"<workbookView ", b'<workbookView visibility="hidden" ')  # noqa: E731
    frozen = lambda old: re.sub(  # noqa: E731
        rb"<sheetView ([^>]*)/>",
        rb'<sheetView \1 topLeftCell="A9"><pane ySplit="2" topLeftCell="A11" state="frozen"/></sheetView>',
        old,
    )
    copy = mark(tmp_path, edit(book(), {BOOK: hide, SHEET: frozen}), finding("B7"))
    assert tree(copy, BOOK).find(f".//{MAIN}workbookView").get("visibility") is None and problems(copy) == []
    view = tree(copy).find(f".//{MAIN}sheetView")
    assert view.get("topLeftCell") is None and view.find(f"{MAIN}pane").get("state") == "frozen"


def filtered(made, sheet) -> None:
    """A filter on the name that hides rows 8 and 9."""
    sheet.autofilter("A6:I12")
    sheet.filter_column("B", "x == 退休支部")
    for row in (7, 8):
        sheet.set_row(row, None, None, {"hidden": True})


def test_a_filter_that_hides_a_marked_row_is_cleared(tmp_path):
    copy = mark(tmp_path, book(hook=filtered), finding("B9"))
    assert not unseen_rows(copy) and tree(copy).find(f"{MAIN}autoFilter").get("ref") == "A6:I12"
    assert len(tree(copy).find(f"{MAIN}autoFilter")) == 0 and problems(copy) == []
    assert tree(copy).find(f"{MAIN}sheetPr").get("filterMode") is None


def test_a_filter_that_hides_nothing_marked_stays(tmp_path):
    copy = mark(tmp_path, book(hook=filtered), finding("B10"))
    assert unseen_rows(copy) == {8, 9} and len(tree(copy).find(f"{MAIN}autoFilter")) == 1


def test_the_filter_of_a_table_is_cleared_too(tmp_path):
    def table(made, sheet):
        sheet.add_table("A6:C12", {"header_row": True, "columns": [{"header": h} for h in ("code", "name", "kind")]})
        sheet.set_row(8, None, None, {"hidden": True})

    criteria = lambda old: re.sub(  # noqa: E731
        rb'(<autoFilter ref="[^"]*")/>',
        rb'\1><filterColumn colId="1"><filters><filter val="x"/></filters></filterColumn></autoFilter>',
        old,
    )
    data = edit(book(hook=table), {"xl/tables/table1.xml": criteria})
    copy = mark(tmp_path, data, finding("B9"))
    assert not unseen_rows(copy) and b"filterColumn" not in parts(copy)["xl/tables/table1.xml"]


def test_closed_groups_and_rows_without_height_open(tmp_path):
    def closed(made, sheet):
        for row in (7, 8, 9):
            sheet.set_row(row, None, None, {"level": 1 + (row == 8), "hidden": True})
        sheet.set_row(10, None, None, {"collapsed": True})
        sheet.set_row(6, 0)
        sheet.set_row(11, 0)

    copy = mark(tmp_path, book(hook=closed), finding("B9"), finding("C7"))
    assert unseen_rows(copy) == {12} and b"collapsed" not in parts(copy)[SHEET] and problems(copy) == []


def test_hidden_and_narrow_columns_with_marks_are_shown(tmp_path):
    def closed(made, sheet):
        sheet.set_column("B:D", 12, None, {"hidden": True})
        sheet.set_column("E:E", 0)
        sheet.set_column("F:G", 12, None, {"hidden": True, "level": 1})
        sheet.set_column("H:H", 12, None, {"collapsed": True})
        sheet.set_column("J:XFD", 12, None, {"hidden": True})

    copy = mark(tmp_path, book(hook=closed), finding("C8", "E8", "F8"))
    hidden = {
        column
        for one in tree(copy).iter(f"{MAIN}col")
        if one.get("hidden") == "1" or float(one.get("width")) < 0.7
        for column in range(int(one.get("min")), int(one.get("max")) + 1)
    }
    assert hidden & set(range(1, 14)) == {2, 4, 13} and problems(copy) == []
    assert b"collapsed" not in parts(copy)[SHEET]


def test_columns_that_the_form_hides_stay_hidden(tmp_path):
    from dataclasses import replace

    from toolkit.annotate import Told, marked_copy

    org = FORM.by_name["org"]
    own = replace(org, columns=tuple(replace(one, hidden=one.name == "note") for one in org.columns))
    form = replace(FORM, sheets=tuple(own if one.name == "org" else one for one in FORM.sheets))
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(book(hook=lambda made, sheet: sheet.set_column("I:I", 12, None, {"hidden": True})))
    item = read(path).returns[0]
    copy = marked_copy(path.read_bytes(), form, Told(item.located, [finding("I8")]))
    assert [one.get("hidden") for one in tree(copy).iter(f"{MAIN}col") if one.get("min") == "9"] == ["1"]


def test_marks_stand_on_the_visible_cell_of_a_merged_area(tmp_path):
    """Excel shows nothing of the covered cells, and drops their comments."""
    copy = mark(
        tmp_path,
        book(hook=lambda made, sheet: sheet.merge_range("C8:D10", "党支部")),
        finding("D9", message="甲"),
        finding("C8", message="乙"),
    )
    assert set(comments(copy)) - {"L5"} == {"C8"}
    assert "甲" in comments(copy)["C8"] and "乙" in comments(copy)["C8"] and problems(copy) == []
    texts = ["".join(one.itertext()) for one in tree(copy).iter(f"{MAIN}row") if one.get("r") in ("8", "9")]
    assert "乙" in texts[0] and "甲" in texts[1], "the row of the covered cell keeps its own line"


def test_added_columns_keep_clear_of_merged_areas(tmp_path):
    def wide(made, sheet):
        sheet.merge_range("A20:L20", "说明")

    no_cells = lambda old: re.sub(rb'<row r="20".*?</row>', b'<row r="20"><c r="A20"/></row>', old, flags=re.S)  # noqa: E731
    copy = mark(tmp_path, edit(book(hook=wide), {SHEET: no_cells}), finding("B8"))
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[ORG]
    assert [cell.column for cell in sheet[5] if cell.value == MARK_PROBLEM] == [13]


def test_a_sheet_without_free_columns_is_still_marked(tmp_path):
    full = lambda made, sheet: sheet.merge_range(19, 0, 19, 16_383, "通栏")  # noqa: E731
    copy = mark(tmp_path, book(hook=full), finding("B8"))
    assert "B8" in comments(copy) and MARK_PROBLEM.encode() not in parts(copy)[SHEET] and problems(copy) == []


def test_marked_rows_are_as_high_as_what_is_said_of_them(tmp_path):
    fixed = lambda made, sheet: [sheet.set_row(row, 16) for row in (6, 7, 8)]  # noqa: E731
    copy = mark(tmp_path, book(hook=fixed), finding("B8", message="很长的话" * 40), finding("B9"))
    heights = {row.get("r"): row.get("ht") for row in tree(copy).iter(f"{MAIN}row")}
    assert heights["7"] == "15.75" and float(heights["8"]) > 100 and float(heights["9"]) <= 20
    assert mark(tmp_path, copy, finding("B8", message="很长的话" * 40), finding("B9")) == copy


# --- limits --------------------------------------------------------------------------------------------------------


def full_of_formats(data: bytes, used: bool, count: int = 65_490) -> bytes:
    """The workbook with as many cell formats as Excel takes, all of them used or nearly none."""

    def formats(old: bytes) -> bytes:
        more = b"".join(
            b'<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment '
            b'indent="%d" textRotation="%d"/></xf>' % (n // 36_000, n // 180 % 200, n % 180)
            for n in range(count)
        )
        start = old.index(b"</cellXfs>")
        known = old[old.index(b"<cellXfs") : start].count(b"<xf ")
        cut = more.split(b"</xf>")[: count - known]
        old = old[:start] + b"</xf>".join([*cut, b""]) + old[start:]
        return re.sub(rb'<cellXfs count="\d+"', b'<cellXfs count="%d"' % count, old)

    def cells(old: bytes) -> bytes:
        rows = b"".join(b'<row r="%d"><c r="A%d" s="%d"/></row>' % (n, n, n) for n in range(1, count))
        return old[: old.index(b"<sheetData")] + b"<sheetData>" + rows + b"</sheetData></worksheet>"

    changes = {STYLES: formats}
    if used:
        paper = parts(data)
        last = max(name for name in paper if name.startswith("xl/worksheets/sheet"))
        changes[last] = cells
    return edit(data, changes)


@pytest.mark.parametrize(("most", "count"), [(65_430, 65_490), (300, 300), (300, 299), (300, 320)])
def test_a_workbook_full_of_formats_gets_none_more(tmp_path, monkeypatch, most, count):
    """t06: unused formats make room; the second copy is the same as the first."""
    monkeypatch.setitem(MOST, "cellXfs", most)
    data = full_of_formats(book(), used=False, count=count)
    copy = mark(tmp_path, data, finding("B8"), finding("C9", level=QUERY))
    assert problems(copy) == [] and len(tree(copy, STYLES).find(f"{MAIN}cellXfs")) == max(most, count)
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[ORG]
    assert sheet["B8"].fill.fgColor.rgb == "FFFF8F80" and sheet["C9"].fill.fgColor.rgb == "FFFFC840"
    assert mark(tmp_path, copy, finding("B8"), finding("C9", level=QUERY)) == copy


def test_a_workbook_whose_formats_are_all_used_is_marked_without_colours(tmp_path, monkeypatch):
    monkeypatch.setitem(MOST, "cellXfs", 300)
    paper = Paper(FORM, {"org": ROWS})
    paper.cells["附表"] = {(0, 0): "x"}
    copy = mark(tmp_path, full_of_formats(paper.bytes(), used=True, count=300), finding("B8", level=QUERY))
    assert len(tree(copy, STYLES).find(f"{MAIN}cellXfs")) == 300 and "B8" in comments(copy)
    assert problems(copy) == []


def test_a_workbook_full_of_fonts_gets_none_more(tmp_path):
    def fonts(old: bytes) -> bytes:
        known = int(re.search(rb'<fonts count="(\d+)"', old)[1])
        more = b"".join(b'<font><sz val="%d"/><name val="Arial"/></font>' % n for n in range(1, 513 - known))
        return re.sub(rb'<fonts count="\d+"', b'<fonts count="512"', old).replace(b"</fonts>", more + b"</fonts>")

    copy = mark(tmp_path, edit(book(), {STYLES: fonts}), finding("B8"))
    assert problems(copy) == [] and len(tree(copy, STYLES).find(f"{MAIN}fonts")) == 512


def test_a_comment_tells_as_much_as_can_be_read(tmp_path):
    many = [finding("B8", message=f"第{n}条" + "很长" * 150) for n in range(200)]
    copy = mark(tmp_path, book(), *many, finding("C9", message="长" * 60_000))
    texts = comments(copy)
    assert "第0条" in texts["B8"] and "第150条" not in texts["B8"] and MARK_LIST in texts["B8"].splitlines()[-1]
    assert all(line.startswith(MARK) for line in texts["B8"].splitlines()) and len(texts["C9"]) < 1_100
    assert problems(copy) == [] and not comments(mark(tmp_path, copy, finding("D8"))).keys() & {"B8", "C9"}


def test_a_long_comment_of_the_unit_stays_as_it_is(tmp_path):
    note = lambda made, sheet: sheet.write_comment("B8", "注" * 32_700)  # noqa: E731
    copy = mark(tmp_path, book(hook=note), finding("B8", message="错" * 200))
    assert comments(copy)["B8"].endswith("注注") and problems(copy) == []


def test_comments_stop_where_nobody_reads_them(tmp_path, monkeypatch):
    monkeypatch.setattr("toolkit.ooxml.comments.MOST", 5)
    copy = mark(tmp_path, book(), finding(*(f"{letter}{row}" for letter in "BCD" for row in (7, 8, 9))))
    assert len(comments(copy)) == 5 and problems(copy) == []


def test_no_validation_more_than_excel_takes(tmp_path, monkeypatch):
    data = book(hook=lambda made, sheet: sheet.data_validation("Z1", {"validate": "any", "input_message": "x"}))
    with_lists = lambda old: old.replace(  # noqa: E731
        b"<calcPr", b"<definedNames><definedName name=\"list_kinds\">'_meta'!$A$1</definedName></definedNames><calcPr"
    )
    data = edit(data, {BOOK: with_lists})
    count = lambda copy: len(list(tree(copy).iter(f"{MAIN}dataValidation")))  # noqa: E731
    assert count(mark(tmp_path, data, finding("B8"))) > 1
    monkeypatch.setattr("toolkit.annotating.inputs._MOST", 1)
    assert count(mark(tmp_path, data, finding("B8"))) == 1


def test_links_and_texts_of_the_list_keep_within_the_limits(tmp_path):
    cells = tuple(f"B{row}" for row in range(7, 13)) * 400
    copy = mark(tmp_path, book(), finding(*cells), finding("C8", message="长" * 40_000))
    listed = tree(copy, next(name for name in parts(copy) if name not in parts(book()) and "worksheets/sheet" in name))
    assert all(len(value) <= 2_000 for one in listed.iter(f"{MAIN}hyperlink") for value in one.attrib.values())
    assert all(len(one.text or "") < 32_767 for one in listed.iter(f"{MAIN}t")) and problems(copy) == []


# --- other writers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("writer", WRITERS)
def test_copies_of_other_writers_are_marked_alike(tmp_path, writer):
    """The copy says what the copy of the usual file says, keeps the rules, and marked again it is the same."""

    def own(made, sheet):
        sheet.write_comment("F8", "请再数")
        sheet.merge_range("C11:D12", "党支部")
        filtered(made, sheet)

    told = finding("B9", "D12"), finding("F8", level=QUERY), finding("C7", sheet=UNIT, level=HINT)
    usual = mark(tmp_path, book(hook=own), *told)
    copy = mark(tmp_path, WRITERS[writer](book(hook=own)), *told)
    assert problems(copy) == [] and marks(copy) == marks(usual)
    assert mark(tmp_path, copy, *told) == copy
    path = tmp_path / "看.xlsx"
    path.write_bytes(copy)
    assert sdk_problems(path) == []


@pytest.mark.parametrize("writer", WRITERS)
def test_marks_go_from_copies_that_other_writers_saved(tmp_path, writer):
    """A marked copy that any program saved anew is marked as the original is."""
    told = finding("B9", "C8"), finding("F8", level=QUERY), finding("C7", sheet=UNIT, level=HINT)
    copy = mark(tmp_path, book(hook=filtered), *told)
    again = mark(tmp_path, WRITERS[writer](copy), *told)
    assert problems(again) == [] and marks(again) == marks(copy)
    assert marks(mark(tmp_path, WRITERS[writer](copy), finding("B12")))[ORG, "B9"] == ("退休支部", "00000000", None)


def marks(data: bytes) -> dict:
    """Values, colours and comments of all cells."""
    loaded = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.fill.fgColor.rgb, cell.comment and cell.comment.text)
        for sheet in loaded
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.comment
    }


@pytest.mark.parametrize("gone", [b"borders", b"cellStyleXfs", b"fonts"])
def test_styles_that_leave_sections_out_are_completed(tmp_path, gone):
    def without(old: bytes) -> bytes:
        return re.sub(rb"<" + gone + rb"\b.*?</" + gone + rb">", b"", old, flags=re.S)

    copy = mark(tmp_path, edit(book(), {STYLES: without}), finding("B8"))
    assert problems(copy) == [] and comments(copy)["B8"]


def test_fonts_of_other_writers_are_put_in_order(tmp_path):
    """openpyxl writes the name of a font before its size; the Open XML SDK calls that broken."""
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(book())).save(saved)
    assert any("font" in one for one in problems(saved.getvalue()))
    copy = mark(tmp_path, saved.getvalue(), finding("B8"))
    assert problems(copy) == [] and mark(tmp_path, copy, finding("B8")) == copy


def test_a_workbook_without_styles_gets_some(tmp_path):
    known = parts(book())
    del known[STYLES]
    known["[Content_Types].xml"] = re.sub(rb"<Override[^>]*styles\.xml[^>]*>", b"", known["[Content_Types].xml"])
    rels = "xl/_rels/workbook.xml.rels"
    known[rels] = re.sub(rb"<Relationship [^>]*styles\.xml[^>]*>", b"", known[rels])
    for name in known:
        if "worksheets/sheet" in name:
            known[name] = re.sub(rb'\ss="\d+"', b"", known[name])
    copy = mark(tmp_path, zipped(known), finding("B8"))
    assert problems(copy) == [] and comments(copy)["B8"]


def test_comments_without_shapes_get_theirs(tmp_path):
    """SheetJS and others write the comments and leave out the drawing by which Excel shows them."""
    data = book(hook=lambda made, sheet: sheet.write_comment("F8", "请再数"))
    known = parts(data)
    known[SHEET] = re.sub(rb"<legacyDrawing[^>]*/>", b"", known[SHEET])
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    known[rels] = re.sub(rb"<Relationship [^>]*vmlDrawing[^>]*/>", b"", known[rels])
    del known["xl/drawings/vmlDrawing1.vml"]
    copy = mark(tmp_path, zipped(known), finding("B8"))
    assert problems(copy) == [] and {"F8", "B8"} <= comments(copy).keys()


def test_a_file_that_is_no_xml_goes_back_as_a_list(tmp_path):
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(edit(book(), {SHEET: lambda old: old.replace(b"</sheetData>", b"</sheetDate>")}))
    batch = read(path)
    written, left = annotate(batch, [*batch.returns[0].findings, finding("B8")], tmp_path / "退回")
    assert written == [] and left == batch.returns


@needs_office
def test_what_libreoffice_saved_is_marked_and_opened(tmp_path):
    """Resaved by LibreOffice, marked, resaved, marked again."""
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(book(hook=filtered))
    saved = convert(path, tmp_path / "存", "xlsx").read_bytes()
    copy = mark(tmp_path, saved, finding("B9"), finding("F8", level=QUERY))
    assert (
        not unseen_rows(copy)
        and sum(b'tabSelected="true"' in p or b'tabSelected="1"' in p for p in parts(copy).values()) == 1
    )
    (tmp_path / "改.xlsx").write_bytes(copy)
    assert sdk_problems(tmp_path / "改.xlsx") == []
    again = convert(tmp_path / "改.xlsx", tmp_path / "再", "xlsx").read_bytes()
    second = mark(tmp_path, again, finding("B9"), finding("F8", level=QUERY))
    assert marks(second).keys() == marks(copy).keys()


# --- any book, any marks -------------------------------------------------------------------------------------------


@st.composite
def books(draw):
    """A returned workbook with anything hidden, grouped, filtered, merged and commented, of any writer."""
    count = draw(st.integers(1, 8))
    rows = [{**GOOD, "code": f"U1-{n:02}", "members": n} for n in range(1, count + 1)]
    some = lambda *values: draw(st.sets(st.sampled_from(values)))  # noqa: E731
    unseen, grouped, columns = some(*range(6, 14)), some(*range(6, 14)), some(*range(9))
    tabs, noted = some(1, 2, 3), some("A1", "B7", "F8", "I9", "J10")
    merged = draw(st.sampled_from([None, (14, 1, 16, 3), (count + 6, 0, count + 7, 8), (3, 0, 3, 8)]))
    with_filter, row_height = draw(st.booleans()), draw(st.sampled_from([None, 0, 15, 40]))

    def hook(made, sheet):
        for row in unseen | grouped:
            sheet.set_row(row, row_height, None, {"hidden": row in unseen, "level": 2 * (row in grouped)})
        for column in columns:
            sheet.set_column(column, column, column % 3 * 5, None, {"hidden": column % 2 == 0, "level": column % 2})
        for place_ in noted:
            sheet.write_comment(place_, "请看")
        if merged:
            sheet.merge_range(*merged, "合并")
        if with_filter:
            sheet.autofilter(5, 0, 5 + count, 8)
            sheet.filter_column(1, "x == 无")

    def select(old: bytes) -> bytes:
        return old if b"tabSelected" in old else old.replace(b"<sheetView ", b'<sheetView tabSelected="1" ')

    writer = draw(st.sampled_from(sorted(WRITERS)))
    data = edit(book(hook=hook, rows=rows), {f"xl/worksheets/sheet{number}.xml": select for number in tabs})
    return WRITERS[writer](data)


_CELLS = st.builds(address, st.integers(1, 24), st.integers(1, 12))
_MARKS = st.builds(
    lambda cells, sheet, level, message: finding(*cells, sheet=sheet, level=level, message=message),
    st.lists(_CELLS, min_size=1, max_size=6, unique=True),
    st.sampled_from([ORG, ORG, STAT, UNIT]),
    st.sampled_from([ERROR, QUERY, HINT]),
    st.text(min_size=1, max_size=60),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=books(), findings=st.lists(_MARKS, min_size=1, max_size=8))
def test_any_marks_on_any_book(tmp_path_factory, data, findings):
    """The same values, one sheet selected, marks visible, a package that keeps the rules; marked again the same."""
    folder = tmp_path_factory.mktemp("标")
    copy = mark(folder, data, *findings)
    assert problems(copy) == []
    before, after = read(folder / "甲局.xlsx"), read(folder / "退回" / "甲局.xlsx")
    for sheet, frame in before.tables.items():
        assert frame.equals(after.tables[sheet]), sheet
    _visible(copy, [one for one in findings if one.sheet == ORG])
    again = mark(folder, copy, *findings)
    assert again == copy, {name: part for name, part in parts(again).items() if parts(copy).get(name) != part}
    if VALIDATOR:
        (folder / "看.xlsx").write_bytes(copy)
        assert sdk_problems(folder / "看.xlsx") == []


def _visible(copy: bytes, findings: list[Finding]) -> None:
    """Every marked cell of the sheet of organisations, or the first of its merged area, can be seen and is coloured."""
    xml = tree(copy, Package(copy).part_of(ORG))
    merged = [area for one in xml.iter(f"{MAIN}mergeCell") for area in areas(one.get("ref"))]
    unseen = {int(row.get("r")) for row in xml.iter(f"{MAIN}row") if row.get("hidden") in ("1", "true")}
    low = {int(row.get("r")) for row in xml.iter(f"{MAIN}row") if float(row.get("ht", "15")) < 3}
    columns = {
        column
        for one in xml.iter(f"{MAIN}col")
        if one.get("hidden") in ("1", "true") or float(one.get("width", "9")) < 0.7
        for column in range(int(one.get("min")), int(one.get("max")) + 1)
    }
    loaded = openpyxl.load_workbook(io.BytesIO(copy))[ORG]
    for cell in {cell for one in findings for cell in one.cells}:
        row, column = place(cell)
        around = [area for area in merged if _inside(area, row, column)]
        row, column = (around[0].top, around[0].left) if around else (row, column)
        assert row not in unseen | low and column not in columns, cell
        shown = loaded.cell(row, column)
        assert shown.fill.fill_type == "solid" and MARK in shown.comment.text, cell


def _inside(area: Area, row: int, column: int) -> bool:
    return area.top <= row <= area.bottom and area.left <= column <= area.right
