"""The gate looks at what a reader opens: all of it, and at nothing else."""

from __future__ import annotations

import io

import pytest
from ooxml import parts
from openpyxl import Workbook
from rare_writers import zipped

from toolkit.ooxml.archive import Refused
from toolkit.reading import gate
from toolkit.reading.sheets import Book

BEFORE, AFTER = b"<sheetData>", b"</sheetData>"
BROKEN = {
    "an address twice": (lambda xml: xml.replace(AFTER, b'<row r="9"/><row r="9"/>' + AFTER), "F002"),
    "a type definition": (lambda xml: b"<!DOCTYPE x>" + xml, "F007"),
    "cells far apart": (
        lambda xml: xml.replace(AFTER, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + AFTER),
        "F014",
    ),
    "not well-formed": (lambda xml: xml.replace(BEFORE, b"<sheetPr></oddHeader>" + BEFORE), "F035"),
}


def book(part: str, change) -> bytes:
    """A workbook of the sheets 表, 说明 and 目录, one part of which is changed."""
    made, file = Workbook(), io.BytesIO()
    for title in ("说明", "目录"):
        made.create_sheet(title)["B2"] = title
    made.active.title, made.active["A1"] = "表", 1
    made.save(file)
    known = parts(file.getvalue())
    return zipped(known | {part: change(known[part])})


def opens(title: str) -> bool:
    return title == "表"


@pytest.mark.parametrize("case", BROKEN)
def test_a_sheet_that_nobody_opens_refuses_nothing(case):
    change, _ = BROKEN[case]
    data = book("xl/worksheets/sheet2.xml", change)
    package = gate.check(data, opens)
    assert isinstance(package, gate.Package) and package.shut == {
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
    }
    assert Book.of(package, data).grid("表") == [[1.0]]


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("title", ["表", "说明"])
def test_no_sheet_reaches_a_parser_unseen(case, title):
    """A sheet that is opened after all is looked at then, and refused for the same reason."""
    change, code = BROKEN[case]
    data = book(f"xl/worksheets/sheet{1 if title == '表' else 2}.xml", change)
    for asked in (opens, gate.everything):
        with pytest.raises(Refused) as refused:
            package = gate.check(data, asked)
            Book.of(package, data).grid(title)
        assert refused.value.code == code, asked


def test_a_part_under_two_titles_is_opened_if_one_of_them_is():
    def twice(xml: bytes) -> bytes:
        return xml.replace(b'Target="/xl/worksheets/sheet2.xml"', b'Target="/xl/worksheets/sheet1.xml"')

    package = gate.check(book("xl/_rels/workbook.xml.rels", twice), opens)
    assert isinstance(package, gate.Package) and package.shut == {"xl/worksheets/sheet3.xml"}


def test_sheets_of_rare_writers_are_shut_by_title_too():
    def prefixed(xml: bytes) -> bytes:
        return xml.replace(b"<worksheet xmlns=", b"<worksheet  xmlns=")

    package = gate.check(book("xl/worksheets/sheet1.xml", prefixed), opens)
    assert isinstance(package, gate.Package) and package.rewritten
    assert package.shut == {"xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"}


@pytest.mark.parametrize(
    "name", ["/xl/worksheets/sheet1.xml", "xl\\worksheets\\sheet1.xml", "xl/worksheets/sheet%31.XML"]
)
def test_two_entries_for_one_part_are_refused(name):
    """Programs differ on which of them a part is."""
    known = parts(book("xl/workbook.xml", lambda xml: xml))
    with pytest.raises(Refused) as told:
        gate.check(zipped(known | {name: known["xl/worksheets/sheet1.xml"].replace(b"<v>1</v>", b"<v>2</v>")}))
    assert told.value.code == "F008"
