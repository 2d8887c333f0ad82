"""Every code of the reader: a workbook that must earn it, with exactly these codes and cells, and no other."""

import datetime as dt
import io
import struct
import zipfile
from dataclasses import replace

import pytest
import yaml
from reading_books import GOOD, STAMP, Paper, edit, open_document, small_form
from test_reading_room import CASES as ROOM
from test_reading_screen import CASES as SCREEN
from test_reading_written_looks import CASES as WRITTEN

from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns

FORM = small_form()
UNITS = UnitList((Unit("U1", "甲机关局", "机关", "县", short_names=("甲局",)), Unit("U2", "乙机关局", "机关", "县")))
CASES = {}
"""Name → (file name, bytes, expected (code, sheet, cells), expected state)."""

SHEET1, SHEET2, SHEET3 = ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml")
ORG, STAT, UNIT = "党组织情况", "年度汇总数", "单位情况"


def case(name, data, *expected, file=None, state=None):
    """Registers a case; the state follows from the codes unless it is given."""
    CASES[name] = (file or f"{name}.xlsx", data, expected, state)


def paper(*rows, **options) -> Paper:
    """A good workbook, with other rows on the sheet of organisations."""
    return Paper(FORM, {"org": list(rows)} if rows else None, **options)


def one(column: str, value) -> Paper:
    """A workbook whose only organisation has this value."""
    return paper({**GOOD, column: value})


GOOD_BYTES = paper().bytes()
case("good", GOOD_BYTES)

# Cells: column letters A code, B name, C kind, D since, E born, F members, G fund, H temporary, I note.
for name, column, value, code, cell in (
    ("whole", "members", "三十", "C001", "F7"),
    ("a moment before midnight", "since", dt.datetime(2022, 4, 30, 23, 59, 17), "C038", "D7"),
    ("precision", "code", 110101199001011008.0, "C003", "A7"),
    ("ambiguous", "born", 1960.1, "C005", "E7"),
    ("became number", "members", dt.datetime(1900, 10, 26), "C014", "F7"),
    ("impossible", "since", "2024-02-30", "C015", "D7"),
    ("partial", "since", "2024.5", "C016", "D7"),
    ("amount", "fund", "若干", "C018", "G7"),
    ("day", "since", "去年", "C019", "D7"),
    ("typed year", "since", dt.datetime(1905, 7, 15, 12), "C030", "D7"),
    ("typed month", "born", dt.datetime(1905, 5, 10, 2), "C030", "E7"),
    ("month", "born", "幼年", "C020", "E7"),
    ("fraction", "members", 3.5, "C021", "F7"),
    ("thousands or decimals", "fund", "4.800", "C040", "G7"),
    ("multiple", "fund", "2000万", "C022", "G7"),
    ("ditto", "name", "同上", "C023", "B7"),
    ("became date", "note", dt.datetime(2024, 3, 1), "C024", "I7"),
):
    case(name, one(column, value).bytes, (code, ORG, (cell,)))
case("precision in text", one("code", "5.33E+17").bytes, ("C003", ORG, ("A7",)))
case("vertical", paper().put(UNIT, "C8", "两").bytes, ("C001", UNIT, ("C8",)))
case(
    "same problem twice",
    paper({**GOOD, "members": "若干"}, {**GOOD, "members": "若干"}).bytes,
    ("C001", ORG, ("F7", "F8")),
)
case("formula without result", one("members", ("=1+1", "")).bytes, ("C007", ORG, ("F7",)))
case("formula with result", one("members", ("=15*2", 30)).bytes)
case(
    "formula with empty text",
    lambda: edit(
        one("note", ("=A1", "")).bytes(),
        {
            SHEET2: lambda xml: xml.replace(b'<c r="I7">', b'<c r="I7" t="str">'),
            "xl/workbook.xml": lambda xml: xml.replace(b'fullCalcOnLoad="1"', b""),
        },
    ),
)
case("result as displayed", lambda: as_displayed(one("fund", ("=10.26*2", 20.5)).bytes()))
case("error value", one("members", ("=1/0", "#DIV/0!")).bytes, ("C006", ORG, ("F7",)))
case("error in a vertical sheet", paper().put(UNIT, "C8", ("=1/0", "#DIV/0!")).bytes, ("C006", UNIT, ("C8",)))
case("error outside the table", paper().put(ORG, "C2", ("=1/0", "#DIV/0!")).bytes)
case(
    "too long",
    lambda: edit(
        one("note", "字").bytes(),
        {"xl/sharedStrings.xml": lambda xml: xml.replace("<t>字</t>".encode(), f"<t>{'字' * 33000}</t>".encode())},
    ),
    ("C011", ORG, ("I7",)),
)


def as_displayed(data: bytes) -> bytes:
    """The same workbook, reckoning with what it shows."""
    part = "xl/workbook.xml"
    return edit(data, {part: lambda xml: xml.replace(b'fullCalcOnLoad="1"', b'fullPrecision="0"')})


# Sheets and columns.
def without(title: str) -> Paper:
    made = paper()
    del made.cells[title]
    return made


def renamed(old: str, new: str) -> Paper:
    made = paper()
    made.cells = {new if title == old else title: cells for title, cells in made.cells.items()}
    return made


def copied(title: str, name: str) -> Paper:
    made = paper()
    made.cells[name] = dict(made.cells[title])
    return made


def extended(sheets: dict) -> bytes:
    made = paper()
    made.cells.update(sheets)
    return made.bytes()


case("sheet missing", without(ORG).bytes, ("S004", ORG, ()))
case("sheet renamed", renamed(ORG, "Sheet1").bytes, ("S021", "Sheet1", ()))
case("sheet numbered", renamed(ORG, "2.党组织情况表").bytes, ("S021", "2.党组织情况表", ()))
case("sheet with blanks", renamed(ORG, "党 组织情况").bytes)
case("sheet doubled", copied(ORG, "党组织情况 (2)").bytes, ("S005", ORG, ()))
case("sheet unknown", lambda: extended({"备忘": {(0, 0): "x"}}), ("S022", "备忘", ()))
case("sheet unknown and empty", lambda: extended({"备忘": {}}))
case("helper sheets", lambda: extended({"问题清单": {(0, 0): "x"}, "自检": {(0, 0): "x"}}))
case("header lost", lambda: extended({ORG: {(8, 0): "x"}}), ("S012", ORG, ()))
case("column missing", paper().put(ORG, "F5", "").put(ORG, "F6", "").put(ORG, "F7", "").bytes, ("S006", ORG, ()))
case("optional column missing", paper().put(ORG, "I5", "").put(ORG, "I6", "").bytes, ("S020", ORG, ()))
case("column renamed", paper().put(ORG, "F5", "人头").bytes, ("S019", ORG, ("F5",)))
case("column renamed to an alias", paper().put(ORG, "B5", "支部名称").bytes)
case("column decorated", paper().put(ORG, "F5", " 党员\n总数（人，必填）*").put(ORG, "F6", "").bytes)
case("column unknown with data", paper().put(ORG, "J5", "心得").put(ORG, "J7", "很多").bytes, ("S008", ORG, ("J5",)))
case("column without a heading", paper().put(ORG, "J7", "很多").bytes, ("S008", ORG, ("J5",)))
case("column unknown and empty", paper().put(ORG, "J5", "心得").bytes, ("S018", ORG, ("J5",)))
case("error column of a marked copy", paper().put(ORG, "J5", "问题").put(ORG, "J7", "有错").bytes)
case("column doubled", paper().put(ORG, "J5", "党员总数").put(ORG, "J7", 31).bytes, ("S009", ORG, ("F5", "J5")))
case("column doubled but empty", paper().put(ORG, "J5", "党员总数").bytes, ("S018", ORG, ("J5",)))
case(
    "label doubled in a vertical sheet",
    paper().put(UNIT, "A10", "党务干部人数").put(UNIT, "C10", 3).bytes,
    ("S009", UNIT, ("A8", "A10")),
)
case("label missing in a vertical sheet", paper().put(UNIT, "A8", "").bytes, ("S006", UNIT, ()))
case(
    "total and signature",
    paper().put(ORG, "A9", "合　计").put(ORG, "F9", 30).put(ORG, "A10", "填表人：张三").bytes,
    ("S013", ORG, ("A9", "A10")),
)


def merging(area: str):
    return lambda book, sheet, title: sheet.merge_range(area, "甲", book.add_format()) if title == ORG else None


def hiding(row: int):
    return lambda book, sheet, title: sheet.set_row(row - 1, None, None, {"hidden": True}) if title == ORG else None


def hooked(made: Paper, hook) -> bytes:
    made.hooks.append(hook)
    return made.bytes()


case(
    "merged data",
    lambda: hooked(paper(GOOD, {**GOOD, "code": "U1-02", "name": ""}), merging("B7:B8")),
    ("S011", ORG, ("B8",)),
)
case("merged title", lambda: hooked(paper(), merging("A2:I2")))
case("hidden row", lambda: hooked(paper(), hiding(7)), ("S010", ORG, ("A7",)))
case("hidden names row", lambda: hooked(paper(), hiding(6)))
HIDDEN_SHEET = paper()
HIDDEN_SHEET.hidden.add(ORG)
case("hidden sheet", HIDDEN_SHEET.bytes, ("S010", ORG, ()))


# Identity.
case("no stamp", paper(stamp=None).bytes, ("S001", "", ()))
UNKNOWN = paper(stamp=None)
del UNKNOWN.cells[STAT]
case("no stamp and a sheet gone", UNKNOWN.bytes, ("S016", "", ()), ("S004", STAT, ()))
case("other policy", paper(stamp=replace(STAMP, policy="other")).bytes, ("S002", "", ()))
case("other year", paper(stamp=replace(STAMP, year="2024")).bytes, ("S023", "", ()))
case("other campaign", paper(stamp=replace(STAMP, campaign="c0")).bytes, ("S024", "", ()))
case("older form", paper(stamp=replace(STAMP, version="1.1")).bytes, ("S025", "", ()))
case("newer form", paper(stamp=replace(STAMP, version="1.1.10")).bytes, ("S026", "", ()))
case("cells of another unit", paper().put(UNIT, "C6", "U2").bytes, ("S003", "", ()))
case("file of another unit", paper().put(UNIT, "C9", "2025-12-04").bytes, ("S003", "", ()), file="乙机关局返回.xlsx")
case("file of this unit", paper().put(UNIT, "C9", "2025-12-02").bytes, file="甲机关局 最终版.xlsx")
case("a name of no unit", paper().put(UNIT, "C7", "丙机关局").bytes, ("S033", "", ()))
case(
    "a name of no unit beside the unit's",
    paper(stamp=replace(STAMP, unit_name="甲机关局")).put(UNIT, "C7", "丙机关局").bytes,
    ("S034", "", ()),
)
case(
    "unit not in the list",
    paper(stamp=replace(STAMP, unit="U7")).put(UNIT, "C6", "U7").put(UNIT, "C7", "丁局").bytes,
    ("B003", "", ()),
)
case(
    "stamps disagree",
    lambda: edit(paper().bytes(), {"docProps/custom.xml": lambda xml: xml.replace(b"test-2025", b"else")}),
    ("S015", "", ()),
)
case(
    "stamps name two units",
    lambda: edit(paper().bytes(), {"docProps/custom.xml": lambda xml: xml.replace(b">U1<", b">U2<")}),
    ("S003", "", ()),
)
case("sheet of identity lost", without("_meta").bytes)
case("issued to nobody", paper(stamp=replace(STAMP, unit="")).bytes)


# Files.
def nothing_of_ours() -> bytes:
    made = paper(stamp=None)
    made.cells = {"Sheet1": {(0, 0): "购物清单"}}
    return made.bytes()


def cut(data: bytes) -> bytes:
    return data[: len(data) * 6 // 10]


def zipped(*names: str, data: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in names:
            package.writestr(name, data)
    return stream.getvalue()


def doubled_part() -> bytes:
    stream = io.BytesIO(paper().bytes())
    with zipfile.ZipFile(stream, "a") as package, pytest.warns(UserWarning):
        package.writestr(SHEET2, package.read(SHEET2).replace(b"30", b"90"))
    return stream.getvalue()


def sheet_text(change) -> bytes:
    return edit(paper().bytes(), {SHEET2: change})


def last_row(row: bytes) -> bytes:
    return sheet_text(lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))


def ole(stream_name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream_name.encode("utf-16-le") + bytes(512)


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        package.writestr(SHEET1, b" " * 3_000_000)
    return stream.getvalue()


def lying_bomb() -> bytes:
    data = bytearray(bomb())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(mark)
        struct.pack_into("<L", data, at + place, 1000)
    return bytes(data)


CORNER = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
case("empty", b"", ("F001", "", ()))
case("cut off", lambda: cut(GOOD_BYTES), ("F038", "", ()))
case("rubbish", b"\x00\x01\x02 rubbish", ("F002", "", ()))
case("xls suffix", paper().put(UNIT, "C9", "2025-12-03").bytes, ("F003", "", ()), file="old.xls")
case("nothing of ours", lambda: nothing_of_ours(), ("S016", "", ()), ("S017", "", ()), ("S022", "Sheet1", ()))
case("ods", lambda: open_document(paper()), ("F028", "", ()), file="a.ods")
case("other zip", lambda: zipped("readme.txt"), ("F004", "", ()))
case("rar", b"Rar!\x1a\x07\x00", ("B007", "", ()))
case("encrypted", ole("EncryptedPackage"), ("F005", "", ()))
case("other ole", ole("Thing"), ("F004", "", ()))
case("doc", ole("WordDocument"), ("F022", "", ()))
case("docx", lambda: zipped("[Content_Types].xml", "word/document.xml"), ("F022", "", ()))
case("pdf", b"%PDF-1.7 ...", ("F020", "", ()))
case("picture", b"\x89PNG\r\n\x1a\n...", ("F021", "", ()))
case("web page", "<html><table><tr><td>甲</td></tr></table></html>".encode(), ("F018", "", ()))
case("csv", "代码,名称\n1,甲\n".encode("gbk"), ("F019", "", ()))
case("xml 2003", b'<?xml version="1.0"?><Workbook/>', ("F023", "", ()))
case("too big", b"PK\x03\x04" + bytes(25_000_001), ("F006", "", ()))
case("bomb", lambda: bomb(), ("F006", "", ()))
case("lying bomb", lambda: lying_bomb(), ("F006", "", ()))
case(
    "dtd",
    lambda: sheet_text(lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "1">]><worksheet', 1)),
    ("F007", "", ()),
)
case("part twice", lambda: doubled_part(), ("F008", "", ()))
case("far corner", lambda: last_row(CORNER), ("F014", "", ()))
case(
    "row past the end", lambda: last_row(b'<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>'), ("F002", "", ())
)
case("macro", lambda: edit(GOOD_BYTES, {}, {"xl/vbaProject.bin": b"x"}), ("F009", "", ()))
case("object", lambda: edit(GOOD_BYTES, {}, {"xl/embeddings/ole.bin": b"x"}), ("F025", "", ()))
case(
    "external link",
    lambda: edit(GOOD_BYTES, {}, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    ("F010", "", ()),
)


def lost_sheet() -> bytes:
    """A workbook whose list of relations names a part that is not there."""
    return edit(
        GOOD_BYTES,
        {"xl/_rels/workbook.xml.rels": lambda part: part.replace(b"worksheets/sheet2.xml", b"worksheets/sheet9.xml")},
    )


case("tag not closed", lambda: last_row(b'<row r="9"><c r="A9"><v>1</v></row>'), ("F035", "", ()))
case("sheet without its part", lambda: lost_sheet(), ("F016", ORG, ()))

MILD = {"C024", "C038", "F003", "F028", "F009", "F010", "F025", "S001", "S008", "S010", "S013"}
MILD |= {"S018", "S019", "S020", "S021", "S022", "S025", "S034"}


@pytest.fixture(scope="session")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    files = []
    for number, (file, data, _, _) in enumerate(CASES.values()):
        path = folder / f"{number:03d}" / file
        path.parent.mkdir()
        path.write_bytes(data() if callable(data) else data)
        files.append((file, path))
    expected = Stamp(campaign="c1", policy="test-2025", year="2025")
    return read_returns(files, FORM, UNITS, expected=expected, workers=2)


@pytest.mark.parametrize("name", CASES)
def test_case(batch, name):
    returned = batch.returns[list(CASES).index(name)]
    _, _, expected, state = CASES[name]
    found = {(finding.code, finding.sheet, finding.cells) for finding in returned.findings}
    assert found == set(expected)
    refused = not returned.located and name != "nothing of ours"
    codes = {code for code, _, _ in expected}
    assert returned.state == (state or ("unreadable" if refused else "with_errors" if codes - MILD else "accepted"))


def test_every_finding_has_its_message(batch):
    for returned in batch.returns:
        for finding in returned.findings:
            assert finding.message and "{" not in finding.sentence


def test_every_code_of_the_catalogue_has_a_case():
    from pathlib import Path

    import toolkit
    from toolkit.model import strictyaml

    codes = strictyaml.load(Path(toolkit.__file__).parent / "messages" / "reading.yaml")
    # shown in tests/test_reading_batch.py, tests/test_disputes.py, tests/test_reading_names.py
    # tests/test_reading_commands.py and tests/test_one_door.py
    elsewhere = {
        "C036",
        "C041",
        "S030",
        "S031",
        "S032",
        "F032",
        "F045",
        "S027",
        "F011",
        "F015",
        "F017",
        "F026",
        "F027",
        "B001",
        "I001",
        "I003",
        "I004",
        "I005",
        "I006",
        "I007",
        "I008",
    }
    shown = {code for _, _, expected, _ in CASES.values() for code, _, _ in expected}
    zoo = yaml.safe_load((Path(__file__).parent / "zoo" / "expected.yaml").read_text("utf-8"))
    shown |= {code for _, _, expected, _, _ in SCREEN.values() for code, _ in expected}
    shown |= {code for _, _, expected, _ in WRITTEN.values() for code, _ in expected}
    shown |= {code for _, expected in ROOM.values() for code, _ in expected}
    shown |= {said.split()[0] for animal in zoo.values() for one in animal.values() for said in one["says"]}
    assert {code for code in codes if not code.startswith("R0")} - elsewhere - shown == set()
