"""Values that their cells have no room to show: ####, rounded, cut off, seen below other headings, too small."""

import re
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from reading_books import GOOD, Later, Paper, small_form
from reading_books import edited as edit

from toolkit.model.catalogue import entry
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns
from toolkit.reading.room import Fit, Fits, Room

FORM = small_form()
UNITS = UnitList((Unit("U1", "甲机关局", "机关", "县", short_names=("甲局",)),))
ORG, ROW, SHEET = "党组织情况", 6, "xl/worksheets/sheet2.xml"
CASES = {}
"""Name → (bytes, codes with their cells)."""
CODE, NAME, KIND, DAY, MEMBERS, FUND, NOTE = 0, 1, 2, 3, 5, 6, 8
FIRST = date(2024, 5, 1)
LONG = "退休干部第一党支部委员会"
CODES = ("C029", "C039", "C051", "C052", "C053", "C054", "C055")


def case(name, data, *expected):
    CASES[name] = data, set(expected)


def drawn(*paints) -> Later:
    """A workbook after some paints on the sheet of organisations."""
    made = Paper(FORM, {"org": [GOOD]})
    made.hooks.append(lambda book, sheet, title: [paint(book, sheet) for paint in paints] if title == ORG else None)
    return made.bytes


def cell(column, value, **look):
    """One cell of the row."""

    def paint(book, sheet):
        form = book.add_format(look) if look else None
        write = {str: sheet.write_string, date: sheet.write_datetime}.get(type(value), sheet.write_number)
        write(ROW, column, value, form)

    return paint


def wide(column, characters):
    return lambda book, sheet: sheet.set_column(column, column, characters)


def high(points):
    return lambda book, sheet: sheet.set_row(ROW, points)


ISO, MONEY = {"num_format": "yyyy-mm-dd"}, {"num_format": "#,##0.00"}
# Numbers and days that show nothing but ####.
case("a day in a narrow column", drawn(wide(DAY, 6), cell(DAY, FIRST, **ISO)), ("C051", "D7"))
case("a day that has room", drawn(wide(DAY, 10), cell(DAY, FIRST, **ISO)))
case("a short day that has room", drawn(wide(DAY, 8), cell(DAY, FIRST, num_format="yyyy/m/d")))
case("a long day", drawn(wide(DAY, 10), cell(DAY, FIRST, num_format='yyyy"年"mm"月"dd"日"')), ("C051", "D7"))
case("an amount in a narrow column", drawn(wide(FUND, 5), cell(FUND, 38400, **MONEY)), ("C051", "G7"))
case("an amount that has room", drawn(wide(FUND, 9), cell(FUND, 38400, **MONEY)))
case("a number with its unit", drawn(wide(MEMBERS, 4), cell(MEMBERS, 30, num_format='0"名党员"')), ("C051", "F7"))
case("large digits", drawn(wide(MEMBERS, 3), cell(MEMBERS, 30, num_format="0", font_size=36)), ("C051", "F7"))
case("large digits that have room", drawn(wide(MEMBERS, 9), cell(MEMBERS, 30, num_format="0", font_size=36)))
case("digits behind a wide indent", drawn(cell(MEMBERS, 30, num_format="0", indent=20)), ("C051", "F7"))
case("a day that wraps", drawn(wide(DAY, 6), cell(DAY, FIRST, text_wrap=True, **ISO)), ("C051", "D7"))
DEFAULT = re.compile(rb"<cols>.*?</cols>")
narrow = {SHEET: lambda xml: DEFAULT.sub(b"", xml).replace(b"<sheetFormatPr ", b'<sheetFormatPr defaultColWidth="3" ')}
case(
    "narrow columns by default",
    edit(drawn(cell(DAY, FIRST, **ISO)), narrow),
    ("C051", "D7"),
    ("C053", "A7"),
    ("C054", "B7"),
    ("C054", "C7"),
)
# A program wrote the rows without a width: nobody has looked at them like that.
usual = {SHEET: lambda xml: DEFAULT.sub(b"", xml)}
case("columns that say nothing", edit(drawn(cell(DAY, FIRST, **ISO)), usual))
# A program dropped how texts are placed: what wrapped no longer does, which is no doing of who filled the form.
dropped = {"xl/styles.xml": lambda xml: re.sub(rb"<alignment[^>]*/>", b"", xml)}
case("a name in a workbook without any alignment", edit(drawn(wide(CODE, 4), wide(NAME, 6)), dropped))
case("a day in one", edit(drawn(wide(DAY, 6), cell(DAY, FIRST, **ISO)), dropped), ("C051", "D7"))
case(
    "a low row in one",
    edit(drawn(high(5), wide(NAME, 60)), dropped),
    *((code, f"{at}7") for code, ats in (("C053", "ADF"), ("C054", "BC")) for at in ats),
)
# General: rounded, to a power, or ####.
case("a number to a power", drawn(wide(MEMBERS, 5), cell(MEMBERS, 1234567)), ("C052", "F7"))
case("a number without room for a power", drawn(wide(MEMBERS, 2), cell(MEMBERS, 1234)), ("C051", "F7"))
case("a rounded amount", drawn(wide(FUND, 4), cell(FUND, 3600.5)), ("C052", "G7"))
case("an amount in General", drawn(wide(FUND, 7), cell(FUND, 3600.5)))
case("twelve digits in General", drawn(cell(NOTE, 320901000012)), ("C052", "I7"))
case("eleven digits in General", drawn(cell(NOTE, 13800138000)))
case("eleven digits in a narrow column", drawn(wide(NOTE, 8), cell(NOTE, 13800138000)), ("C052", "I7"))
case("a third in General", drawn(cell(NOTE, 100.123456789012)), ("C029", "I7"))
# Texts that end where the neighbour begins.
case("a name that is cut", drawn(wide(CODE, 4)), ("C053", "A7"))
case("words that are cut", drawn(wide(NAME, 6)), ("C054", "B7"))
case("words beside an empty cell", drawn(wide(NOTE, 6), cell(NOTE, LONG)))
case("words beside too few empty cells", drawn(wide(DAY, 5), wide(4, 1)), ("C053", "D7"))
case("a day as a text over an empty cell", drawn(wide(DAY, 5), wide(4, 6)))
case("right", drawn(wide(NAME, 6), cell(NAME, LONG, align="right")), ("C054", "B7"))
case("centred", drawn(wide(DAY, 5), wide(4, 9), cell(DAY, "2024-05-01", align="center")), ("C053", "D7"))
case("words that wrap", drawn(wide(NAME, 6), cell(NAME, LONG, text_wrap=True)))
case("words spread out", drawn(wide(NAME, 6), cell(NAME, LONG, align="distributed")))
case("an option that is cut", drawn(wide(KIND, 4), cell(KIND, "村（社区）党总支")), ("C054", "C7"))
case("a number as a text", drawn(wide(MEMBERS, 2), cell(MEMBERS, "30000"), cell(FUND, 1)), ("C053", "F7"))
case("filled once and cut", drawn(wide(NAME, 6), cell(NAME, LONG, align="fill")), ("C054", "B7"))
case("large letters", drawn(wide(NAME, 12), cell(NAME, "退休支部", font_size=28)), ("C054", "B7"))
# Rows that keep their height.
WRAPPED = {"text_wrap": True}
case("one line of three", drawn(wide(NAME, 8), high(18), cell(NAME, LONG, **WRAPPED)), ("C054", "B7"))
case("three lines", drawn(wide(NAME, 10), high(45), cell(NAME, LONG, **WRAPPED)))
case("a code in two lines", drawn(wide(CODE, 4), high(14), cell(CODE, "U1-01-0001", **WRAPPED)), ("C053", "A7"))
case("lines by hand", drawn(high(18), cell(NOTE, "甲\n乙\n丙", **WRAPPED)), ("C054", "I7"))
case(
    "half a line", drawn(high(5)), *((code, f"{at}7") for code, ats in (("C053", "ADF"), ("C054", "BC")) for at in ats)
)
free = {SHEET: lambda xml: xml.replace(b' ht="18" customHeight="1"', b' ht="18"')}
case("a row that grows", edit(drawn(wide(NAME, 8), high(18), cell(NAME, LONG, **WRAPPED)), free))
# Turned, small, or seen elsewhere.
case("turned in a low row", drawn(high(20), cell(NAME, LONG, rotation=90)), ("C054", "B7"))
case("turned down in a low row", drawn(high(20), cell(CODE, "U1-01-0001", rotation=-90)), ("C053", "A7"))
case("stacked in a low row", drawn(high(20), cell(NAME, LONG, rotation=270)), ("C054", "B7"))
case("turned in a high row", drawn(high(120), cell(NAME, LONG, rotation=90)))
case("turned in a row that grows", drawn(cell(NAME, LONG, rotation=90)))
SHRUNK = {"shrink": True}
case("shrunk to dots", drawn(wide(NAME, 3), cell(NAME, LONG, **SHRUNK)), ("C039", "B7"))
case("shrunk a little", drawn(wide(NAME, 15), cell(NAME, LONG, **SHRUNK)))
case("a day that is shrunk", drawn(wide(DAY, 7), cell(DAY, FIRST, **ISO, **SHRUNK)))
case("a day that is shrunk to dots", drawn(wide(DAY, 1.5), cell(DAY, FIRST, **ISO, **SHRUNK)), ("C039", "D7"))
ACROSS = {"align": "center_across"}


def blank(column, **look):
    return lambda book, sheet: sheet.write_blank(ROW, column, None, book.add_format(look))


case("across empty cells", drawn(cell(MEMBERS, 30, **ACROSS), blank(FUND, **ACROSS)), ("C055", "F7"))
case("across its own cell", drawn(cell(MEMBERS, 30, **ACROSS), blank(FUND)))
case("across a filled cell", drawn(cell(MEMBERS, 30, **ACROSS), cell(FUND, 1, **ACROSS)))
case("an indent over the whole cell", drawn(cell(NAME, "支部", indent=250)), ("C055", "B7"))
case("an indent of one", drawn(cell(NAME, "退休支部", indent=1)))
case("many cells of one column", Paper(FORM, {"org": [GOOD, {**GOOD, "code": "U1-02"}]}).bytes)


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("room")
    files = []
    for number, (data, _) in enumerate(CASES.values()):
        path = folder / f"{number:03d}.xlsx"
        path.write_bytes(data())
        files.append((path.name, path))
    return read_returns(files, FORM, UNITS, workers=1, expected=Stamp("", "", "", "", "c1")).returns


def _found(returned):
    return {(finding.code, cell) for finding in returned.findings for cell in finding.cells or ("",)}


@pytest.mark.parametrize("name", CASES)
def test_case(returns, name):
    assert _found(returns[list(CASES).index(name)]) == CASES[name][1]


def test_what_is_cut_is_one_finding_a_column_that_names_it(tmp_path):
    made = Paper(FORM, {"org": [{**GOOD, "code": f"U1-{at:02d}"} for at in range(30)]})
    made.hooks.append(lambda book, sheet, title: sheet.set_column(0, 1, 4) if title == ORG else None)
    (tmp_path / "a.xlsx").write_bytes(made.bytes())
    found = read_returns([("a.xlsx", tmp_path / "a.xlsx")], FORM, UNITS, workers=1).returns[0].findings
    cut = {one.code: one for one in found if one.code in ("C053", "C054")}
    assert len([one for one in found if one.code in cut]) == 2
    assert [len(one.cells) for one in cut.values()] == [30, 30]
    assert "党组织代码" in cut["C053"].message and "党组织全称" in cut["C054"].message
    assert (entry("C053").severity, entry("C054").severity) == ("提示", "提示")


VALUES = (time(8, 30), timedelta(hours=30), True, "", None, 1, -1.5, 1e300, FIRST, datetime(2024, 5, 1, 8))
FORMATS = ("", "0", "#,##0.00", "yyyy-mm-dd", "[h]:mm", "@", ";;;", "0.00E+00", "[红色]G/通用格式")


@pytest.mark.parametrize("look", [{}, {"turned": 90}, {"shrinks": True}, {"wraps": True}, {"across": "fill"}])
def test_every_kind_of_value_under_every_look_is_judged(look):
    """A time of day in a low row stopped the reading of the whole file."""
    head = b'<cols><col min="1" max="1" width="2"/></cols>'
    rows = b'<sheetData><row r="1" ht="2" customHeight="1"><c r="A1"/></row>'
    column = {"type": "text", "label": "x", "key": False, "is_name": False, "reference": "", "prefilled": False}
    for code, value in product(FORMATS, VALUES):
        fit = Fit(code=code, **look)
        room = Room(Fits((fit,)), head + rows, 0, [[value]])
        assert room._code((0, 0), value, fit, column) in ("", *CODES), (code, value)
