"""Patching: what is asked changes, nothing else does."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from office import convert, needs_office, recalculate

from toolkit.model.errors import XltoolError
from toolkit.ooxml.container import Package
from toolkit.ooxml.filling import Template, set_cells
from toolkit.ooxml.sheet import CellError, Formula


def written_by_xlsxwriter() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_custom_property("xltool_unit", "")
    book.set_custom_property("other", "stays")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("甲表")
    sheet.write_row("A1", ["标题", "日期"])
    sheet.write_blank("B3", None, day)
    sheet.write_formula("C3", "=1+1", None, 2)
    sheet.write("A9", "末行")
    book.add_worksheet("乙 & 表").write("A1", "不动")
    book.close()
    return stream.getvalue()


def written_by_openpyxl() -> bytes:
    stream, book = io.BytesIO(), openpyxl.Workbook()
    book.active.title = "甲表"
    book.active["A1"], book.active["B3"], book.active["C3"] = "标题", date(2020, 1, 1), "=1+1"
    book.create_sheet("乙 & 表")["A1"] = "不动"
    book.save(stream)
    return stream.getvalue()


def rebuilt(data: bytes, change) -> bytes:
    """The package with each part run through `change(name, data)`; None leaves it out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


def sheet(data: bytes, title="甲表"):
    return openpyxl.load_workbook(io.BytesIO(data))[title]


WRITERS = {"xlsxwriter": written_by_xlsxwriter(), "openpyxl": written_by_openpyxl()}
BOTH = pytest.mark.parametrize("data", WRITERS.values(), ids=WRITERS)


@BOTH
def test_values_of_every_kind(data):
    values = {
        "A2": "=1+1",
        "B3": date(2025, 3, 1),
        "A3": Decimal("1234.50"),
        "D3": True,
        "A5": " 前后有空格 \n<&>",
        "A6": 7,
        "A7": 0.25,
        "A1": None,
    }
    result = sheet(set_cells(data, {"甲表": values}))
    assert result["A2"].value == "=1+1"
    assert result["A2"].data_type != "f"
    assert result["B3"].value.date() == date(2025, 3, 1)
    assert result["B3"].number_format == "yyyy-mm-dd"
    assert [result[cell].value for cell in ("A3", "D3", "A5", "A6", "A7", "A1")] == [
        1234.5, True, " 前后有空格 \n<&>", 7, 0.25, None,
    ]  # fmt: skip


@BOTH
def test_all_other_parts_keep_their_compressed_bytes(data):
    before, after = Package(data), Package(set_cells(data, {"甲表": {"Z99": "远"}}))
    changed = {
        name for name in before.names if before._members[name.lower()].packed != after._members[name.lower()].packed
    }
    assert before.names == after.names
    assert changed == {"xl/worksheets/sheet1.xml"}
    assert sheet(after.to_bytes(), "乙 & 表")["A1"].value == "不动"


def test_dimension_grows_and_rows_stay_in_order():
    patched = set_cells(written_by_xlsxwriter(), {"甲表": {"Z5": 1, "AA2": 2, "B1": 3, "A12": 4}})
    xml = Package(patched).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<row r="(\d+)"', xml) == ["1", "2", "3", "5", "9", "12"]
    assert '<dimension ref="A1:AA12"/>' in xml
    assert re.findall(r'<c r="(\w+)"', xml)[:4] == ["A1", "B1", "AA2", "B3"]


def test_same_input_gives_same_bytes_and_a_template_equals_a_single_patch():
    data, cells = written_by_xlsxwriter(), {"甲表": {"A2": "甲", "A5": "乙"}}
    template = Template(data)
    first = template.fill({"甲表": {"A9": "别的", "A4": 1}})
    assert template.fill(cells) == set_cells(data, cells) == Template(data).fill(cells)
    assert sheet(first)["A2"].value is None


def test_clearing_a_cell_that_is_not_there_changes_nothing():
    data = written_by_xlsxwriter()
    before = Package(data).read("xl/worksheets/sheet1.xml")
    assert Package(set_cells(data, {"甲表": {"D4": None}})).read("xl/worksheets/sheet1.xml") == before


@BOTH
def test_properties_are_set_added_and_kept(data):
    patched = set_cells(data, {}, properties={"xltool_unit": "YZ<&1", "新": "值"})
    again = set_cells(patched, {}, properties={"xltool_unit": "YZ2"})
    properties = openpyxl.load_workbook(io.BytesIO(again)).custom_doc_props
    kept = {"other": "stays"} if data == WRITERS["xlsxwriter"] else {}
    assert {item.name: item.value for item in properties.props} == {"xltool_unit": "YZ2", "新": "值"} | kept


def test_a_formula_goes_with_its_calculation_chain():
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"

    def with_chain(name, part):
        if name == "[Content_Types].xml":
            return part.replace(b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="c"/></Types>')
        if name == "xl/_rels/workbook.xml.rels":
            record = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
            return part.replace(b"</Relationships>", record.encode())
        return part

    package = Package(rebuilt(written_by_xlsxwriter(), with_chain))
    package.replace("xl/calcChain.xml", b'<calcChain><c r="C3" i="1"/></calcChain>')
    data = package.to_bytes()
    untouched = Package(set_cells(data, {"甲表": {"A1": "x"}}))
    assert "xl/calcChain.xml" in untouched.names
    patched = Package(set_cells(data, {"甲表": {"C3": 5}}))
    assert "xl/calcChain.xml" not in patched.names
    assert b"calcChain" not in patched.read("[Content_Types].xml") + patched.read("xl/_rels/workbook.xml.rels")
    assert sheet(patched.to_bytes())["C3"].value == 5


def test_a_prefixed_sheet_and_cells_without_addresses():
    def prefixed(name, part):
        if name != "xl/worksheets/sheet1.xml":
            return part
        return (
            b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
            b"<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row><x:row/>"
            b"<x:row><x:c><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>"
        )

    data = rebuilt(written_by_openpyxl(), prefixed)
    result = sheet(set_cells(data, {"甲表": {"A1": "一", "C1": "新", "B3": 9}}))
    assert [[cell.value for cell in row] for row in result.iter_rows()] == [
        ["一", 2, "新"],
        [None] * 3,
        [3, 9, None],
    ]


def test_shared_formula_of_other_cells_is_not_torn():
    data = replaced("xl/worksheets/sheet1.xml", b"<f>", b'<f t="shared" ref="C3:C9" si="0">')
    with pytest.raises(XltoolError) as caught:
        set_cells(data, {"甲表": {"C3": 5}})
    assert caught.value.code == "PKG-004"


def test_dates_count_from_1904_where_the_workbook_says_so():
    data = replaced("xl/workbook.xml", b"<workbookPr ", b'<workbookPr date1904="1" ')
    assert sheet(set_cells(data, {"甲表": {"B3": date(2025, 3, 1)}}))["B3"].value.date() == date(2025, 3, 1)


def test_control_characters_and_escapes_survive():
    patched = set_cells(written_by_xlsxwriter(), {"甲表": {"A2": "甲\x0b乙\r丙_x0041_\ud800"}})
    written = Package(patched).read("xl/worksheets/sheet1.xml").decode()
    assert ">甲_x000B_乙_x000D_丙_x005F_x0041_\ufffd</t>" in written


def replaced(name, old, new):
    return rebuilt(written_by_xlsxwriter(), lambda n, part: part.replace(old, new) if n == name else part)


@pytest.mark.parametrize(
    ("data", "title", "code"),
    [
        (b"not a zip", "甲表", "PKG-001"),
        (written_by_xlsxwriter()[:-40], "甲表", "PKG-001"),
        (written_by_xlsxwriter(), "没有", "PKG-002"),
        (replaced("_rels/.rels", b"xl/workbook.xml", b"xl/another.xml"), "甲表", "PKG-001"),
        (replaced("xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetDate>"), "甲表", "PKG-001"),
        (replaced("xl/worksheets/sheet1.xml", b"sheetData>", b"sheetDate>"), "甲表", "PKG-003"),
        (replaced("xl/workbook.xml", b"<workbook ", b"<!DOCTYPE x><workbook "), "甲表", "PKG-001"),
    ],
)
def test_what_cannot_be_patched_is_said(data, title, code):
    with pytest.raises(XltoolError) as caught:
        set_cells(data, {title: {"A1": "x"}})
    assert caught.value.code == code


@pytest.mark.parametrize(("address", "value"), [("A0", "x"), ("XFE1", "x"), ("A1", float("nan")), ("A1", "x" * 32768)])
def test_what_no_cell_can_hold_is_refused(address, value):
    with pytest.raises(ValueError):
        set_cells(written_by_xlsxwriter(), {"甲表": {address: value}})


def test_formulas_and_error_values_can_be_put_in():
    cells = {"A2": Formula('SUM(A3:A4)&"<"', 7), "A3": Formula("1+1"), "A4": CellError("#REF!")}
    xml = Package(set_cells(written_by_xlsxwriter(), {"甲表": cells})).read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2"><f>SUM(A3:A4)&amp;"&lt;"</f><v>7</v></c>' in xml
    assert "<f>1+1</f></c>" in xml
    assert '<c r="A4" t="e"><v>#REF!</v></c>' in xml


@needs_office
def test_office_opens_what_was_patched_and_computes_anew(tmp_path):
    cells = {"甲表": {"A4": 40, "B4": Decimal("2.5"), "C4": Formula("A4+B4"), "C3": 5, "Z30": "远"}}
    path = tmp_path / "patched.xlsx"
    path.write_bytes(set_cells(written_by_xlsxwriter(), cells, properties={"新": "值"}))
    seen = recalculate(path, tmp_path / "office")
    assert {cell: seen["甲表"][cell] for cell in ("A1", "A4", "C4", "C3", "Z30", "A9")} == {
        "A1": "标题", "A4": 40, "C4": 42.5, "C3": 5, "Z30": "远", "A9": "末行",
    }  # fmt: skip
    assert seen["乙 & 表"] == {"A1": "不动"}
    again = tmp_path / "by-office.xlsx"
    by_office = convert(path, tmp_path / "again", "xlsx").read_bytes()
    again.write_bytes(set_cells(by_office, {"甲表": {"A4": 1, "B3": date(2025, 3, 1)}}))
    sheet_again = sheet(again.read_bytes())
    assert (sheet_again["A4"].value, sheet_again["B3"].value.date()) == (1, date(2025, 3, 1))
