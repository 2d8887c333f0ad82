"""Looks of .ods and .xls files that LibreOffice does not write from an .xlsx, put into them by hand."""

import io
import struct
import zipfile

import pytest
from reading_books import GOOD, edit, open_document
from test_reading_screen import FORM, ORG, UNITS, paper
from zoo.legacy import biff8, ole

from toolkit.reading import read_returns
from toolkit.reading.xls_looks import records

CASES = {}
"""Name → (file name, bytes, findings with their cells, the name that is read, if it matters)."""
SPACES = ("style", "fo", "svg", "draw", "number", "config", "xlink", "dc", "loext")


def case(name, suffix, data, *said, reads=None):
    CASES[name] = (f"{len(CASES):03d}.{suffix}", data, set(said), reads)


def ods(name, *said, cell="", column="F", styles="", row="", before="", after="", table="", settings="", reads=None):
    """An .ods with one cell of the data row written by hand, and whatever stands around it."""
    made = open_document(paper(GOOD))
    content = zipfile.ZipFile(io.BytesIO(made)).read("content.xml").decode()
    start = content.index(f'table:name="{ORG}"')
    at = [content.index("<table:table-row", start)]
    while len(at) < 8:
        at.append(content.find("<table:table-row", at[-1] + 1))
    line = content[at[6] : (end := content.index("</table:table-row>", at[6]) + 18)]
    cells = (
        line.removeprefix("<table:table-row>")
        .removesuffix("</table:table-row>")
        .replace("><table:table-cell", ">\n<table:table-cell")
        .split("\n")
    )
    if cell:
        cells["ABCDEFGHI".index(column)] = cell
    line = f"{before}<table:table-row{row}>{''.join(cells)}</table:table-row>{after}"
    content = (
        content[:start]
        + f'table:name="{ORG}"{table}'
        + content[start + len(f'table:name="{ORG}"') : at[6]]
        + line
        + content[end:]
    )
    spaces = "".join(f' xmlns:{one}="urn:{one}"' for one in SPACES)
    content = content.replace(
        "<office:body>", f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
    )
    content = content.replace("<office:document-content", f"<office:document-content{spaces}")
    more = {"settings.xml": settings.encode()} if settings else {}
    case(f"ods: {name}", "ods", edit(made, {"content.xml": lambda _: content.encode()}, more), *said, reads=reads)


def style(name="s", family="table-cell", text="", own="", data="", more=""):
    data = f' style:data-style-name="{data}"' if data else ""
    text = f"<style:text-properties {text}/>" if text else ""
    own = f"<style:{family}-properties {own}/>" if own else ""
    return f'<style:style style:name="{name}" style:family="{family}"{data}>{text}{own}{more}</style:style>'


def number(given='table:style-name="s"', value=30):
    return f'<table:table-cell {given} office:value-type="float" office:value="{value}"/>'


def words(inner, given='table:style-name="s"'):
    return f'<table:table-cell {given} office:value-type="string">{inner}</table:table-cell>'


UNSEEN, HIDDEN, ROWS, BESIDE, OVER, AT_TIMES = (
    ("C039", "F7"), ("S010", "F7"), ("S010", "A7"), ("C050", "B7"), ("C035", "F7"), ("C046", "F7")
)  # fmt: skip
# Sizes and groups.
LOW = style("r", "table-row", own='style:row-height="0in" style:use-optimal-row-height="false"')
ods("row without height", ROWS, row=' table:style-name="r"', styles=LOW)
ods("low row as high as its text needs", row=' table:style-name="r"', styles=LOW.replace("false", "true"))
GROUP = "<table:table-row-group{}>"
ods("closed group", ROWS, before=GROUP.format(' table:display="false"'), after="</table:table-row-group>")
ods("open group", before=GROUP.format(""), after="</table:table-row-group>")
ods(
    "open group in a closed one", ROWS,
    before=GROUP.format(' table:display="false"') + GROUP.format(""), after="</table:table-row-group>" * 2,
)  # fmt: skip
for kind in ("collapse", "filter"):
    ods(
        f"rows repeated under {kind}",
        ROWS,
        ("S010", "A8"),
        row=f' table:visibility="{kind}" table:number-rows-repeated="2"',
    )
COLUMNS = '><table:table-column table:number-columns-repeated="5"/><table:table-column table:style-name="c"/'
NARROW = style("c", "table-column", own='style:column-width="{}"')
for width in ("0in", "0.5mm", "1pt"):
    ods(f"column of {width}", HIDDEN, table=COLUMNS, styles=NARROW.format(width))
ods("column of one centimetre", table=COLUMNS, styles=NARROW.format("1cm"))
CLOSED = '><table:table-column table:number-columns-repeated="5"/><table:table-column-group table:display="false">'
ods("closed group of columns", HIDDEN, table=f"{CLOSED}<table:table-column/></table:table-column-group")
# Texts in a cell that nobody sees.
NOTE = "<text:note-citation>1</text:note-citation><text:note-body><text:p>脚注</text:p></text:note-body>"
NOTE = f"<text:note>{NOTE}</text:note>"
RUBY = "<text:ruby><text:ruby-base>支部</text:ruby-base><text:ruby-text>zhi</text:ruby-text></text:ruby>"
REMARK = "<office:annotation><dc:date>2024</dc:date><text:p>批</text:p></office:annotation>"
for name, inner, said in (
    ("footnote", f"<text:p>支部{NOTE}</text:p>", [BESIDE]),
    ("hidden text", "<text:p>支部<text:hidden-text>旧</text:hidden-text></text:p>", [BESIDE]),
    ("hidden paragraph", "<text:p>支部<text:hidden-paragraph>旧</text:hidden-paragraph></text:p>", [BESIDE]),
    ("text that is not shown", '<text:p>支部<text:span text:style-name="t">旧</text:span></text:p>', [BESIDE]),
    ("paragraph that is not shown", '<text:p>支部</text:p><text:p text:style-name="p">旧</text:p>', [BESIDE]),
    ("reading above", f"<text:p>{RUBY}</text:p>", [BESIDE]),
    ("comment", "<office:annotation><text:p>批注</text:p></office:annotation><text:p>支部</text:p>", []),
    ("comment among letters", f"<text:p>支{REMARK}部</text:p>", []),
    ("in a section of its own", "<text:p><![CDATA[支部]]></text:p>", []),
    ("of spans", '<text:p>支<text:span text:style-name="b">部</text:span></text:p>', []),
):  # fmt: skip
    gone = style("t", "text", text='text:display="none"') + style("p", "paragraph", text='text:display="none"')
    ods(name, *said, column="B", cell=words(inner), styles=gone, reads="支部")
ods(
    "footnote beside the text that counts",
    BESIDE,
    column="B",
    cell=words(f"<text:p>支部{NOTE}</text:p>", 'office:string-value="支部"'),
    reads="支部",
)
LINES = "<text:p>一支部<text:line-break/>二支部</text:p>"
ods("lines of one paragraph", column="B", cell=words(LINES), reads="一支部二支部")
# Over the cells.
PLACE = 'svg:width="{}mm" svg:height="2mm" svg:x="{}mm" svg:y="{}mm"'
BOX = f'<draw:custom-shape draw:style-name="g" {PLACE.format(20, 1, 0)}>{{}}</draw:custom-shape>'
CLEAR = style("g", "graphic", own='draw:fill="none"')
SAID = BOX.format("<text:p>3000</text:p>")


def holding(inner):
    """The number with something in its cell."""
    return number().replace("/>", f">{inner}</table:table-cell>")


ods(
    "words of a box", ("C035", "B7"), column="B", cell=words(SAID + "<text:p>支部</text:p>"), reads="支部", styles=CLEAR
)
ods("box in the cell of a number", OVER, cell=holding(SAID), styles=CLEAR)
ods("ring in the cell of a number", cell=holding(BOX.format("")), styles=CLEAR)
ods("line across", OVER, cell=holding('<draw:line svg:x1="1mm" svg:y1="1mm" svg:x2="15mm" svg:y2="2mm"/>'))
ods("picture", OVER, cell=holding(f"<draw:frame {PLACE.format(20, 1, 0)}><draw:image/></draw:frame>"))
PRINTED = SAID.replace("<draw:custom-shape", '<draw:custom-shape draw:display="printer"')
ods("box that is printed alone", cell=holding(PRINTED))
ods("box of a group", OVER, cell=holding(f"<draw:g>{SAID}</draw:g>"), styles=CLEAR)
SHOWN = f'<office:annotation office:display="{{}}" {PLACE.format(10, 114, 28)}><text:p>注</text:p></office:annotation>'
CODE = "<text:p>U1-01</text:p>"
ods("comment that is shown", OVER, column="A", cell=words(SHOWN.format("true") + CODE))
ods("comment that is not shown", column="A", cell=words(SHOWN.format("false") + CODE))
ON_PAGE = "><table:shapes><draw:rect {}><text:p>3</text:p></draw:rect></table:shapes"
ods("box on the sheet", OVER, table=ON_PAGE.format(PLACE.format(10, 114, 28)))
ods("box on the sheet aside", table=ON_PAGE.format(PLACE.format(10, 114, 280)))
# Ink, strokes and signs.
WHITE = 'fo:color="#ffffff"'
ods("white ink", UNSEEN, cell=number(), styles=style(text=WHITE))
ods("white on its own red", cell=number(), styles=style(text=WHITE, own='fo:background-color="#ff0000"'))
IN_RUN = '<text:p>3<text:span text:style-name="t">0</text:span></text:p>'
RED = style(own='fo:background-color="#ff0000"') + style("t", "text", text='fo:color="#ff0000"')
ods("red in a part on red", UNSEEN, cell=words(IN_RUN), styles=RED)
STRUCK = 'style:text-line-through-style="solid"'
ods("struck in a part", ("C031", "F7"), cell=words(IN_RUN), styles=style("t", "text", text=STRUCK))
ods("struck where nothing stands", cell="<table:table-cell table:style-name='s'/>", styles=style(text=STRUCK))
ods("letters of half a millimetre", UNSEEN, cell=number(), styles=style(text='fo:font-size="0.5mm"'))
FACE = '<style:font-face style:name="Wingdings1" svg:font-family="Wingdings"/>'
ods(
    "font under a name of the file's own",
    ("C033", "B7"),
    column="B",
    cell=words("<text:p>abc</text:p>"),
    styles=FACE + style(text='style:font-name="Wingdings1"'),
)
FACE = '<style:font-face style:name="Odd" svg:font-family="Odd" style:font-charset="x-symbol"/>'
ods(
    "font of signs",
    ("C033", "B7"),
    column="B",
    cell=words("<text:p>abc</text:p>"),
    styles=FACE + style(text='style:font-name="Odd"'),
)
ods("a shape's style of the same name", cell=number(), styles=style() + style("s", "graphic", text=WHITE))
LOCKED = style(own='style:cell-protect="hidden-and-protected"')
ods("locked away", UNSEEN, cell=number(), styles=LOCKED, table=' table:protected="true"')
ods("locked away in an open sheet", cell=number(), styles=LOCKED)
ods("fills its cell", ("C047", "F7"), cell=number(value=1), styles=style(own='style:repeat-content="true"'))
# Number formats, and what takes their place at times.
DIGITS = '<number:number number:decimal-places="0" number:min-integer-digits="1"{}/>'
FORMAT = '<number:number-style style:name="N">{}</number:number-style>'
for name, inner, said in (
    ("ten thousands", DIGITS.format(' number:display-factor="10000"'), "C025"),
    ("thousands", DIGITS.format(' number:display-factor="1000"'), "C025"),
    ("a figure before", "<number:text>1</number:text>" + DIGITS.format(""), "C025"),
    ("nothing", "<number:text/>", "C025"),
    ("words", "<number:text>有</number:text>", "C025"),
    ("a word behind", DIGITS.format("") + "<number:text>人</number:text>", ""),
    ("white", '<style:text-properties fo:color="#fefefe"/>' + DIGITS.format(""), "C025"),
    ("no decimals said", '<number:number number:min-integer-digits="1"/>', ""),
):
    ods(
        f"format of {name}",
        *([(said, "F7")] if said else []),
        cell=number(),
        styles=style(data="N") + FORMAT.format(inner),
    )
BASE = style(more='<style:map style:condition="cell-content()&gt;1" style:apply-style-name="m"/>')
ods("white at times", AT_TIMES, cell=number(), styles=BASE + style("m", text=WHITE))
ods("struck at times", AT_TIMES, cell=number(), styles=BASE + style("m", text=STRUCK))
ods("bold at times", cell=number(), styles=BASE + style("m", text='fo:font-weight="bold"'))
ods(
    "scaled at times",
    AT_TIMES,
    cell=number(),
    styles=BASE + style("m", data="N") + FORMAT.format(DIGITS.format(' number:display-factor="1000"')),
)
ods("white on red at times", cell=number(), styles=BASE + style("m", text=WHITE, own='fo:background-color="#ff0000"'))
INK = BASE.replace("<style:map", '<style:text-properties fo:color="#ff0000"/><style:map')
ods("in its own ink at times", AT_TIMES, cell=number(), styles=INK + style("m", own='fo:background-color="#ff0000"'))
# The view.
ITEM = '<config:config-item config:name="{}">{}</config:config-item>'


def views(own="", whole=""):
    named = f'<config:config-item-map-entry config:name="{ORG}">{own}</config:config-item-map-entry>'
    tables = f'<config:config-item-map-named config:name="Tables">{named}</config:config-item-map-named>'
    return f'<s xmlns:config="urn:config">{whole}{tables}</s>'


ods(
    "zeros not shown",
    ("C048", "F7"),
    cell=number(value=0),
    settings=views(whole=ITEM.format("ShowZeroValues", "false")),
)
ods("zeros shown", cell=number(value=0), settings=views(whole=ITEM.format("ShowZeroValues", "true")))
STILL = ITEM.format("VerticalSplitMode", 2) + ITEM.format("PositionTop", 8)
ods("row out of reach", ROWS, settings=views(STILL))
ods("row that can be reached", settings=views(STILL.replace(">2<", ">1<")))


def record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def font(name="Calibri", *, height=220, colour=0x7FFF, charset=0, flags=0):
    head = struct.pack("<HHHHHBBBBBB", height, flags, colour, 400, 0, 0, 0, charset, 0, len(name), 0)
    return record(0x0031, head + name.encode())


def form(font=0, number=0, *, align=0, pattern=0, colours=0x20C0):
    return record(0x00E0, struct.pack("<HHHBBBBLLH", font, number, 0, align, 0, 0, 0, 0, pattern << 26, colours))


def spelt(number, code):
    return record(0x041E, struct.pack("<HHB", number, len(code), 1) + code.encode("utf-16-le"))


def xls(name, *said, book=b"", sheet=b"", value=30, cell=(6, 5)):
    """An .xls with records of the book and of the sheet put in; one cell has the second format of the book."""
    made = paper({**GOOD, "members": value})
    made.cells = {title: made.cells[title] for title in sorted(made.cells, key=lambda title: title == ORG)}
    stream = bytearray(biff8(made))
    for at, kind, body in records(bytes(stream), 0):
        if kind == 0x0085:
            struct.pack_into("<L", stream, at + 4, struct.unpack_from("<L", body)[0] + len(book))
        elif kind in (0x0203, 0x0204) and struct.unpack_from("<HH", body) == cell:
            struct.pack_into("<H", stream, at + 8, 1)
    after = next(at for at, kind, _ in records(bytes(stream), 0) if kind == 0x0085)
    moved = bytes(stream[:after]) + book + bytes(stream[after:-4]) + sheet + bytes(stream[-4:])
    case(f"xls: {name}", "xls", ole({"Workbook": moved}), *said)


def low(flags=0, height=300):
    return record(0x0225, struct.pack("<HH", flags, height))


def row(height=300, flags=0x0100):
    return record(0x0208, struct.pack("<HHHHHHHH", 6, 0, 9, height, 0, 0, flags, 0))


def column(width, flags=0):
    return record(0x007D, struct.pack("<HHHHHH", 5, 5, width, 0, flags, 0))


EVERY = [("S010", f"{letter}7") for letter in "ABCDF"]
xls("row without height", ROWS, sheet=row(0, 0x0140))
xls("row that is hidden", ROWS, sheet=row(300, 0x0120))
xls("row of a closed group", ROWS, sheet=row(300, 0x0122))
xls("row of an open group", sheet=row(300, 0x0102))
xls("rows without height unless they say so", ROWS, sheet=low(2, 0))
xls("one row that says so", sheet=low(2, 0) + row())
xls("column without width", HIDDEN, sheet=column(0))
xls("column that is hidden", HIDDEN, sheet=column(2000, 1))
xls("column", sheet=column(2000))
xls("columns without width unless they say so", *EVERY, sheet=record(0x0055, struct.pack("<H", 0)))
VIEW, STANDS = (lambda flags, top=0: record(0x023E, struct.pack("<HHHLHHL", flags, top, 0, 64, 0, 0, 0))), 0x06B6
xls("zeros not shown", ("C048", "F7"), sheet=VIEW(0x06A6), value=0)
xls("zeros shown", sheet=VIEW(0x06B6), value=0)
PANE = record(0x0041, struct.pack("<HHHHH", 0, 2, 11, 0, 2))
xls("row out of reach", ROWS, sheet=VIEW(STANDS | 8, 8) + PANE)
xls("row that can be reached", sheet=VIEW(STANDS, 8) + PANE)
FORMULA = record(0x0006, struct.pack("<HHHdHLH", 6, 5, 0, 30, 0, 0, 3) + b"\x1e\x1e\x00")
xls("formulas shown", ("C049", "F7"), sheet=VIEW(STANDS | 1) + FORMULA)
PLAIN = font() + form()
WHITE_PEN, SOLID = font(colour=9), {"pattern": 1}
xls("white ink", UNSEEN, book=PLAIN + WHITE_PEN + form(1))
xls("white on red", book=PLAIN + WHITE_PEN + form(1, **SOLID, colours=0x40 << 7 | 10))
xls("red on red", UNSEEN, book=PLAIN + font(colour=10) + form(1, **SOLID, colours=0x40 << 7 | 10))
xls("struck", ("C032", "F7"), book=PLAIN + font(flags=8) + form(1))
xls("letters of one point", UNSEEN, book=PLAIN + font(height=20) + form(1))
xls("font of signs", ("C033", "B7"), book=PLAIN + font("Odd", charset=2) + form(1), cell=(6, 1))
xls("fills its cell", ("C047", "F7"), book=PLAIN + form(align=4), value=1)
for code, said in (("0,", "C025"), (";;;", "C025"), ('"1"0', "C025"), ("0%", "C025"), ("0.00", ""), ('0"人"', "")):
    xls(f"format {code}", *([(said, "F7")] if said else []), book=PLAIN + spelt(170, code) + form(number=170))
xls("format of per cent by its number", ("C025", "F7"), book=PLAIN + form(number=9))
xls("format of two decimals by its number", book=PLAIN + form(number=2))
xls(
    "red of a format on red",
    UNSEEN,
    book=PLAIN + spelt(170, "[Red]0") + form(number=170, **SOLID, colours=0x40 << 7 | 10),
)


def at_times(flags, body, more=0):
    """A conditional format over the cell: TRUE, and what it does."""
    areas = struct.pack("<HHHHHHHHHHH", 1, 1, 6, 6, 5, 5, 1, 6, 6, 5, 5)
    return record(0x01B0, areas) + record(
        0x01B1, struct.pack("<BBHHLH", 2, 0, 3, 0, flags, more) + body + b"\x1e\x01\x00"
    )


def pen(colour=0xFFFFFFFF, struck=0):
    """The font of a conditional format."""
    kept = 0 if struck else 0x80
    return (
        bytes(64) + struct.pack("<LLHHBBBBLLLL", 0xFFFFFFFF, struck, 400, 0, 0, 0, 0, 0, colour, 0, kept, 1) + bytes(22)
    )


FONT, FILL, NUMBER = 1 << 26, 1 << 29, 1 << 25
GROUND = struct.pack("<L", 1 << 10 | 0x40 << 16 | 10 << 23)
xls("struck at times", AT_TIMES, sheet=at_times(FONT, pen(struck=0x80)))
xls("white at times", AT_TIMES, sheet=at_times(FONT, pen(9)))
xls("bold at times", sheet=at_times(FONT, pen()))
xls("white on red at times", sheet=at_times(FONT | FILL, pen(9) + GROUND))
xls("red ground at times", sheet=at_times(FILL, GROUND))
xls("red ground below red at times", AT_TIMES, book=PLAIN + font(colour=10) + form(1), sheet=at_times(FILL, GROUND))
xls("per cent at times", AT_TIMES, sheet=at_times(NUMBER, b"\x00\x09"))
OWN = struct.pack("<HHB", 9, 2, 1) + "0,".encode("utf-16-le")
xls("scaled at times", AT_TIMES, sheet=at_times(NUMBER, OWN, 1))
xls("two decimals at times", sheet=at_times(NUMBER, b"\x00\x02"))


def shape(kind, *, form=1, flags=None, text=""):
    """One shape over the cell."""
    given = struct.pack("<HL", 0x01BF, flags) if flags is not None else b""
    parts = struct.pack("<HHLLL", form << 4 | 2, 0xF00A, 8, 1025, 0xA00)
    parts += struct.pack("<HHL", bool(given) << 4 | 3, 0xF00B, len(given)) + given
    parts += struct.pack("<HHL9H", 0, 0xF010, 18, 0, 5, 0, 6, 0, 6, 0, 7, 0) + struct.pack("<HHL", 0, 0xF011, 0)
    said = record(0x00EC, struct.pack("<HHL", 0xF, 0xF004, len(parts)) + parts)
    said += record(0x005D, struct.pack("<HHHHH", 0x15, 0x12, kind, 1, 0) + bytes(12) + bytes(4))
    return said + (record(0x01B6, struct.pack("<HHHHHHHH", 0, 0, 0, 0, 0, len(text), 16, 0)) if text else b"")


CLEAR_SHAPE = 0x00100000
xls("box with a ground", OVER, sheet=shape(2))
xls("ring", sheet=shape(2, flags=CLEAR_SHAPE))
xls("words without a ground", OVER, sheet=shape(6, flags=CLEAR_SHAPE, text="3000"))
xls("line", OVER, sheet=shape(1, form=20, flags=CLEAR_SHAPE))
xls("picture", OVER, sheet=shape(8, form=75, flags=CLEAR_SHAPE))
xls("arrow of a list", sheet=shape(20, form=201))
NOTED = shape(25, form=202, text="注")
for name, flags, said in (("hidden", 0, []), ("that is shown", 2, [OVER])):
    xls(f"comment {name}", *said, sheet=NOTED + record(0x001C, struct.pack("<HHHHHBB", 0, 0, flags, 1, 0, 0, 0)))
UNKNOWN = ("F044", "")
ods("a style that nobody can follow", UNKNOWN, cell=number(), styles=style(text='style:text-position=" "'))
BROKEN = FORMAT.format('<number:number number:decimal-places="x"/>')
ods("a format that nobody can follow", UNKNOWN, cell=number(), styles=BROKEN)
xls("a font that is cut", UNKNOWN, book=record(0x0031, b"12"))
xls("a conditional format that is cut", UNKNOWN, sheet=record(0x01B0, b"12"))
LOOKS = {
    "F044",
    *(f"C0{number}" for number in (23, 25, 29, 31, 32, 33, 35, 39, 43, 44, 45, 46, 47, 48, 49, 50)),
    "S010",
    "S011",
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    files = []
    for file, data, _, _ in CASES.values():
        (folder / file).write_bytes(data)
        files.append((file, folder / file))
    return read_returns(files, FORM, UNITS, workers=1)


def test_what_has_no_room_is_left_to_the_one_who_looks(batch):
    """How wide columns are is judged in .xlsx alone; the finding on the format says so."""
    others = [returned for returned in batch.returns if returned.file.endswith((".ods", ".xls"))]
    about = [one.message for returned in others for one in returned.findings if one.code == "F028"]
    assert len(about) > 20 and all("####" in message for message in about)


@pytest.mark.parametrize("name", CASES)
def test_what_the_eye_sees_is_said(batch, name):
    number = list(CASES).index(name)
    returned, (_, _, said, reads) = batch.returns[number], CASES[name]
    assert returned.state != "unreadable", returned.findings
    seen = [one for one in returned.findings if one.code in LOOKS and one.sheet in (ORG, "")]
    about = {(one.code, cell) for one in seen for cell in one.cells or ("",)}
    assert about == said
    table = batch.tables["org"]
    assert reads is None or list(table[table["_return"] == number]["name"]) == [reads]
