"""What the eye sees of .ods and .xls files: each look is planted in .xlsx, and the same finding comes out of all three.

All looks of cells and rows stand in one workbook, a row each, so that the office is started once a format.
"""

import io
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from office import convert_all, needs_office
from reading_books import GOOD, edit, open_document
from test_reading_screen import BOX, FORM, LOWER, ORG, PIXEL, RAISE, ROW, SHOWN_NOTE, STRIKE, UNITS, drawn, paper

from toolkit.reading import read_returns
from toolkit.reading.other_looks import appearances

KINDS = ("ods", "xls")
COLUMNS = ("code", "name", "kind", "since", "born", "members", "fund", "temporary", "note")
MAY_FIRST = 45413
WHITE, HIDDEN = {"font_color": "#FFFFFF"}, {"hidden": True}


class Look(NamedTuple):
    """Paints one row: `paint(book, sheet, row, cells)`, and what is to be said of which columns of it.

    Args:
        but: format → what is said there, and why.
    """

    name: str
    paint: Callable
    said: set[tuple[str, str]]
    but: Mapping[str, tuple[set[tuple[str, str]], str]]


LOOKS: list[Look] = []


def look(name, paint, *said, **but):
    LOOKS.append(Look(name, paint, set(said), but))


def cell(column, value=None, **properties):
    """One cell of the row, written anew under a look."""

    def paint(book, sheet, row, cells):
        at = "ABCDEFGHI".index(column)
        sheet.write(row, at, cells.get(at) if value is None else value, book.add_format(properties))

    return paint


def rich(column, *runs):
    """A cell of runs: (properties, text)."""

    def paint(book, sheet, row, cells):
        parts = [part for given, text in runs for part in ((book.add_format(given), text) if given else (text,))]
        sheet.write_rich_string(row, "ABCDEFGHI".index(column), *parts)

    return paint


def whole_row(properties):
    def paint(book, sheet, row, cells):
        for at, value in cells.items():
            sheet.write(row, at, value, book.add_format(properties))

    return paint


def at_times(column, given, **rule):
    """A conditional format over one cell."""

    def paint(book, sheet, row, cells):
        at = "ABCDEFGHI".index(column)
        form = {"format": book.add_format(given)} if given else {}
        sheet.conditional_format(row, at, row, at, {"type": "formula", "criteria": "=TRUE", **rule, **form})

    return paint


def both(*paints):
    return lambda *where: [paint(*where) for paint in paints]


# Strokes, ink, signs.
look("plain", lambda *_: None)
look("row struck", whole_row(STRIKE), *(("C032", letter) for letter in "ABCDF"))
look("cell struck", cell("F", **STRIKE), ("C032", "F"))
look("date struck", cell("D", MAY_FIRST, **STRIKE), ("C032", "D"))
look("cell raised", cell("B", **RAISE), ("C032", "B"))
look("crossed out", cell("F", diag_type=3, diag_border=1), ("C032", "F"))
look("white ink", cell("F", **WHITE), ("C039", "F"))
look("white ink on grey nearly white", cell("F", bg_color="#F2F2F2", **WHITE), ("C039", "F"))
look("yellow on yellow", cell("B", font_color="#FFFF00", bg_color="#FFFF00"), ("C039", "B"))
look("white on red is seen", cell("F", bg_color="#FF0000", **WHITE))
look("nothing in white", cell("I", "", **WHITE, **STRIKE))
look("letters of one point", cell("F", font_size=1), ("C039", "F"))
look("unknown symbol", cell("B", "abc", font_name="Wingdings"), ("C033", "B"))
look("signs in a font of another name", cell("B", "abc", font_name="ZapfDingbats", font_charset=2), ("C033", "B"))
look("a known tick", cell("H", "ü", font_name="Wingdings"))
look("a known tick of Wingdings 2", cell("H", "P", font_name="Wingdings 2"))
look("fills its cell", cell("F", 1, align="fill"), ("C047", "F"))
# Runs.
look("part struck", rich("F", (STRIKE, "38"), (None, "30")), ("C031", "F"))
look("part raised", rich("F", (None, "30"), (RAISE, "1")), ("C031", "F"))
look("part lowered", rich("D", (None, "2024-05-01"), (LOWER, "1")), ("C031", "D"))
look("part struck in a name", rich("B", (STRIKE, "旧支部"), (None, "新支部")), ("C032", "B"))
look("bold runs", rich("B", ({"bold": True}, "退休"), (None, "支部")))
look("white in a name", rich("B", (None, "退休支部"), (WHITE, "（假）")), ("C039", "B"))
look("tiny in a number", rich("F", (None, "3"), ({"font_size": 1}, "0")), ("C039", "F"))
look("red in a number", rich("F", (None, "3"), ({"font_color": "#FF0000"}, "0")))
for letter in "ABCDF":
    for name, given in (("struck", STRIKE), ("raised", RAISE), ("lowered", LOWER)):
        doubt = "C032" if letter == "B" else "C031"
        look(f"{letter} {name} in part", rich(letter, (given, "3"), (None, "30")), (doubt, letter))
        if letter != "F" or name == "struck":  # LibreOffice raises only parts of texts
            look(f"{letter} {name} as a whole", cell(letter, **given), ("C032", letter))
# Rows.
look("row hidden", lambda b, s, row, c: s.set_row(row, None, None, HIDDEN), ("S010", "A"))
look("row without height", lambda b, s, row, c: s.set_row(row, 0), ("S010", "A"))
look("row of one point", lambda b, s, row, c: s.set_row(row, 1), ("S010", "A"))
look(
    "row in a closed group",
    lambda b, s, row, c: s.set_row(row, None, None, {"hidden": True, "level": 1}),
    ("S010", "A"),
)
look("row in an open group", lambda b, s, row, c: s.set_row(row, None, None, {"level": 1}))
# Number formats.
FORMATS = (
    ("F", 30, "0,", "C025"), ("F", 30, ";;;", "C025"), ("F", 30, "0%", "C025"), ("F", 30, '0"万"', "C025"),
    ("F", 30, "0.0,,", "C025"), ("F", 30, '"1"0', "C025"), ("F", 30, '0"."00', "C025"), ("F", 30, "-0", "C025"),
    ("F", 30, "[White]0", "C025"), ("F", 30, '[=30]"31";0', "C025"), ("F", 30, "0-0", "C025"), ("F", 30, "0*0", "C025"),
    ("F", 30, '0"，"000', "C025"), ("F", 30, "0‰", "C025"), ("F", 30, "[>50]0;[White]0", "C025"),
    ("F", 30, '"有";;"无"', "C025"), ("F", 30, "0 0", "C025"), ("F", 30, "**", "C025"), ("F", 30, "h:mm", "C014"),
    ("F", 30, "00", ""), ("F", 30, '"约"0', ""), ("F", 30, "[Red]0", ""), ("F", 30, "0_ ", ""), ("F", 30, "0.0E+0", ""),
    ("F", 30, "#,##0.00_);[Red](#,##0.00)", ""), ("F", 30, "[$¥-804]#,##0", ""), ("F", 30, "# ?/?", ""),
    ("F", 30, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', ""), ("F", 30, "[DBNum1][$-804]General", ""),
    ("F", 30, '[>50]"多";0', ""), ("F", 30, '0"人"', ""), ("F", 30, "+0;-0", ""),
    ("G", -5, "0;[Red]0", "C025"), ("G", -5, "0_);(0)", ""), ("G", -5.25, "0.00;;", "C025"), ("G", 0, "#,###", "C025"),
    ("G", 0, "0;-0;;@", "C025"), ("G", 0.3, "# ?/?", "C025"), ("G", 123456, "0.0E+00", "C025"),
    ("G", 3.456, "0.00", "C029"),
    ("G", 20240501, "yyyy-mm-dd", "C025"), ("G", 38400, "#,##0", ""), ("G", 3600.5, "#,##0.00", ""),
    ("I", 12, "000000", "C043"), ("I", 3600.5, "0", "C043"), ("I", 2023, '"证"0', "C043"), ("I", 20.23, "0%", "C043"),
    ("I", 3600, "#,##0_ ", ""), ("I", 2023.1, "0.0", ""), ("I", 2023.1, "0.00", "C043"),
    ("B", "退休支部", ";;;", "C045"), ("B", "退休支部", '"乙"@', "C025"), ("B", "退休支部", "[White]@", "C045"),
    ("B", "退休支部", "0;-0;;@", ""), ("B", "退休支部", '0;0;0;"张三"', "C045"), ("B", "退休支部", "0.00", ""),
    ("D", MAY_FIRST, 'yyyy"年"m"月"', "C044"), ("D", MAY_FIRST, "m月d日", "C044"), ("D", MAY_FIRST, "h:mm", "C044"),
    ("D", MAY_FIRST, "yyyy-dd-mm", "C044"), ("D", MAY_FIRST, "yyyy-mm-ddd", "C044"),
    ("D", MAY_FIRST, "d-mmm", "C044"), ("D", MAY_FIRST, '"2024-"mm-dd', "C025"),
    ("D", MAY_FIRST, "[$-107041E]yyyy-mm-dd", "C025"), ("D", MAY_FIRST, "[White]yyyy-mm-dd", "C025"),
    ("D", MAY_FIRST, "0%", "C025"), ("D", MAY_FIRST, "#,##0", ""), ("D", MAY_FIRST, "yyyy.m.d", ""),
    ("D", MAY_FIRST, "yyyy-mm-dd", ""), ("D", MAY_FIRST, 14, ""), ("D", MAY_FIRST, "[$-804]yyyy年m月d日;@", ""),
    ("D", MAY_FIRST, "d-mmm-yy", ""), ("D", MAY_FIRST, "yyyy/m/d h:mm", ""), ("E", MAY_FIRST, "yyyy年m月", ""),
    ("E", MAY_FIRST, "m月d日", "C044"),
)  # fmt: skip
BUT = {
    "30 as h:mm": {"ods": ({("C001", "F")}, "an .ods keeps a time, which the reader of values gives as a text")},
    "45413 as h:mm": {"ods": ({("C019", "D")}, "an .ods keeps a time, which the reader of values gives as a text")},
    "20240501 as yyyy-mm-dd": {"ods": ({("C018", "G")}, "an .ods keeps the day, of the year 57331, which is no date")},
    "45413 as 14": dict.fromkeys(
        KINDS, ({("C044", "D")}, "the date that every place shows in its order has the order of the office's place")
    ),
}
for column, value, code, said in FORMATS:
    name = f"{value} as {code}"
    look(name, cell(column, value, num_format=code), *([(said, column)] if said else []), **BUT.get(name, {}))
RED = {"bg_color": "#FF0000"}
look("red of a format on red", cell("F", num_format="[Red]0", font_color="#000000", **RED), ("C039", "F"))
look("blue of a format on red", cell("F", num_format="[Blue]0", font_color="#000000", **RED))
# At times.
look("struck at times", at_times("F", STRIKE), ("C046", "F"))
look("white at times", at_times("F", WHITE), ("C046", "F"))
look("white on red at times", at_times("F", {**WHITE, **RED}))
look("bold and red at times", at_times("F", {"bold": True, "font_color": "#FF0000"}))
look("in the ink of the cell at times", both(cell("F", font_color="#FF0000"), at_times("F", RED)), ("C046", "F"))
look("another ground at times", both(cell("F", font_color="#FF0000"), at_times("F", {"bg_color": "#FFFF00"})))
NO_SUCH_RULE = set(), "LibreOffice writes no such rules into .xls"
look("scaled at times", at_times("F", {"num_format": "0,"}), ("C046", "F"), xls=NO_SUCH_RULE)
ICONS = {"type": "icon_set", "icon_style": "3_arrows", "criteria": None}
look("icons without numbers", at_times("F", None, **ICONS, icons_only=True), ("C046", "F"), xls=NO_SUCH_RULE)
look("icons", at_times("F", None, **ICONS))
BARS = {"type": "data_bar", "criteria": None}
look("bars without numbers", at_times("F", None, **BARS, bar_only=True), ("C046", "F"), xls=NO_SUCH_RULE)
look("bars", at_times("F", None, **BARS))
SCALE = {"type": "2_color_scale", "criteria": None, "max_color": "#63BE7B"}
look("scale into black", at_times("F", None, **SCALE, min_color="#000000"), ("C046", "F"), xls=NO_SUCH_RULE)
# Over the cells.
NO_GROUND = {"fill": {"none": True}}


def box(text="3000", **given):
    return lambda book, sheet, row, cells: sheet.insert_textbox(row, 5, text, BOX | given)


def picture(book, sheet, row, cells):
    sheet.insert_image(row, 1, "a.png", {"image_data": io.BytesIO(PIXEL)})


def chart(book, sheet, row, cells):
    made = book.add_chart({"type": "column"})
    made.add_series({"values": "=党组织情况!$F$7:$F$7"})
    made.set_size(BOX)
    sheet.insert_chart(row, 5, made)


def comment(*, visible):
    """A comment inside a row that is high enough for it."""

    def paint(book, sheet, row, cells):
        sheet.set_row(row, 60)
        sheet.write_comment(row, 0, "注", {**SHOWN_NOTE, "start_row": row, "y_offset": 20, "visible": visible})

    return paint


look("box over data", box(), ("C035", "F"))
look("box with a ground alone", box(""), ("C035", "F"))
look("words over data", box(**NO_GROUND), ("C035", "F"))
look("ring round data", box("", **NO_GROUND))
look("picture over data", picture, ("C035", "B"))
look("chart over data", chart, ("C035", "F"))
look("comment that is hidden", comment(visible=False))
look("comment over data", comment(visible=True), ("C035", "F"))
look(
    "list to choose from",
    lambda b, s, row, c: s.data_validation(row, 2, row, 2, {"validate": "list", "source": ["甲"]}),
)


def table():
    """The workbook with all looks, a row each."""
    names = [{**GOOD, "code": f"U1-{at:03d}"} for at in range(len(LOOKS))]
    made = paper(*names)

    def paint(book, sheet, title):
        for at, one in enumerate(LOOKS if title == ORG else ()):
            cells = {place: names[at][name] for place, name in enumerate(COLUMNS) if name in names[at]}
            one.paint(book, sheet, ROW + at, cells)

    made.hooks.append(paint)
    return made.bytes()


SECOND = {**GOOD, "code": "U1-02", "name": "二支部"}
SHEET = "xl/worksheets/sheet2.xml"


def filtered(book, sheet):
    sheet.autofilter(5, 0, 7, 5)
    sheet.filter_column(0, "x == U1-02")
    sheet.set_row(ROW, None, None, HIDDEN)


def merge(book, sheet):
    sheet.merge_range(ROW, 1, ROW + 1, 1, GOOD["name"])


def without_zeros(book, sheet):
    sheet.hide_zero()
    sheet.write_number(ROW, 5, 0)


def viewed(*, top="A1", split="", formulas=False):
    """A view that begins at some cell, of which some rows or columns stand still."""
    pane = f'<pane {split} topLeftCell="K12" activePane="bottomRight" state="frozen"/>' if split else ""
    shown = ' showFormulas="1"' if formulas else ""
    view = rf'<sheetView{shown} \1 topLeftCell="{top}">{pane}</sheetView>'.encode()
    made = paper({**GOOD, "members": ("=15+15", 30)}).bytes()
    return edit(made, {SHEET: lambda xml: re.sub(rb"<sheetView ([^>]*)/>", view, xml)})


BY_HAND = set(), "LibreOffice does not carry it over without a window; see test_reading_written_looks"
EVERYWHERE = dict.fromkeys(KINDS, BY_HAND)
BOOKS = {
    "row filtered out": (drawn(filtered, GOOD, SECOND), {("S010", "A7")}, {}),
    "column hidden": (drawn(lambda b, s: s.set_column(5, 5, None, None, HIDDEN), GOOD), {("S010", "F7")}, {}),
    "column of a hair": (drawn(lambda b, s: s.set_column(5, 5, 0.3), GOOD), {("S010", "F7")}, {}),
    "column without width": (drawn(lambda b, s: s.set_column(5, 5, 0), GOOD), {("S010", "F7")}, EVERYWHERE),
    "column in a closed group": (
        drawn(lambda b, s: s.set_column(5, 5, None, None, {**HIDDEN, "level": 1}), GOOD),
        {("S010", "F7")},
        {},
    ),
    "cells merged": (drawn(merge, GOOD, {**SECOND, "name": ""}), {("S011", "B8")}, {}),
    "zeros not shown": (drawn(without_zeros, GOOD), {("C048", "F7")}, EVERYWHERE),
    "row out of reach": (viewed(top="A9", split='ySplit="2"'), {("S010", "A7")}, EVERYWHERE),
    "formulas shown": (viewed(formulas=True), {("C049", "F7")}, EVERYWHERE),
}
LOOKS_SAID = {
    *(f"C0{number}" for number in (25, 29, 31, 32, 33, 34, 35, 39, 43, 44, 45, 46, 47, 48, 49, 50)),
    *("C001", "C014", "C018", "C019", "S010", "S011"),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """By kind: the codes about looks with their cells, of the workbook with all looks and then of each further one."""
    folder = tmp_path_factory.mktemp("looks")
    paths = [folder / f"b{number:02d}.xlsx" for number in range(1 + len(BOOKS))]
    for path, data in zip(paths, [table(), *(data for data, _, _ in BOOKS.values())], strict=True):
        path.write_bytes(data() if callable(data) else data)
    made = {"xlsx": paths} | {kind: convert_all(paths, folder, kind, anew=False) for kind in KINDS}
    files = [(f"{kind}/{path.name}", path) for kind, some in made.items() for path in some]
    found: dict[str, list] = {kind: [] for kind in made}
    for returned in read_returns(files, FORM, UNITS, workers=1).returns:
        assert returned.state != "unreadable", (returned.file, returned.findings)
        about = [one for one in returned.findings if one.code in LOOKS_SAID and one.sheet == ORG]
        cells = {(one.code, address) for one in about for address in one.cells}
        found[returned.file.partition("/")[0]].append(cells)
    return found


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", *KINDS])
def test_each_look_of_a_row_is_said_in_every_format(seen, kind):
    wrong = {}
    for row, one in enumerate(LOOKS, ROW + 1):
        said = {
            (code, cell.rstrip("0123456789")) for code, cell in seen[kind][0] if cell.strip("ABCDEFGHI") == str(row)
        }
        due, _ = one.but.get(kind, (one.said, ""))
        if said != due:
            wrong[one.name] = said, due
    assert not wrong


@needs_office
@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("kind", ["xlsx", *KINDS])
def test_each_look_of_a_sheet_is_said_in_every_format(seen, kind, name):
    _, said, but = BOOKS[name]
    assert seen[kind][1 + list(BOOKS).index(name)] == but.get(kind, (said, ""))[0]


def test_every_exception_is_one():
    """What is said otherwise in another format is other than in .xlsx, and says why."""
    every = [(one.said, *other) for one in LOOKS for other in one.but.values()]
    every += [(said, *other) for _, said, but in BOOKS.values() for other in but.values()]
    assert every and all(said != other and why for said, other, why in every)


def test_a_cut_file_is_no_fault():
    """A file that cannot be followed to its end is known as one; nothing is raised."""
    from zoo.legacy import xls

    whole_file = xls(paper())
    for end in range(0, len(whole_file), 97):
        assert appearances("xls", whole_file[:end]) is None or end > len(whole_file) // 2
    assert appearances("xls", whole_file) is not None


def test_a_plain_file_costs_no_walk():
    from toolkit.reading import gate

    package = gate.check(open_document(paper()))
    assert appearances(package, b"") == {}
