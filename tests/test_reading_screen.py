"""What the eye sees is what is read: struck, raised, white, hidden, symbols, pictures, totals, further tables."""

import io
import re
from datetime import date

import pytest
from reading_books import GOOD, WIDE_ENOUGH, Later, Paper, small_form
from reading_books import edited as edit

from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns

FORM = small_form()
UNITS = UnitList((Unit("U1", "甲机关局", "机关", "县", short_names=("甲局",)),))
ORG, ROW = "党组织情况", 6
CASES = {}
"""Name → (file name, bytes or what makes them, codes with their cells on 党组织情况, state, rows that merge)."""


def case(name, data, *expected, file=None, state="accepted", rows=1):
    CASES[name] = (file or re.sub(r"[^\w ]", "_", name) + ".xlsx", data, set(expected), state, rows)


def paper(*records, **sheets) -> Paper:
    return Paper(FORM, {"org": list(records) or [GOOD], **sheets})


def drawn(paint, *records) -> Later:
    """A workbook after `paint(book, sheet)` on the sheet of organisations."""
    made = paper(*records)
    made.hooks.append(lambda book, sheet, title: paint(book, sheet) if title == ORG else None)
    return made.bytes


def rich(column: int, *runs):
    """Writes a cell of runs: (properties, text)."""

    def paint(book, sheet):
        parts = [part for look, text in runs for part in ((book.add_format(look), text) if look else (text,))]
        sheet.write_rich_string(ROW, column, *parts)

    return paint


def whole(look, column=None):
    """Writes the row (or one of its cells) anew under a look."""

    def paint(book, sheet):
        form = book.add_format(look)
        for at, name in enumerate(("code", "name", "kind", "since", None, "members")):
            if name and column in (None, at):
                sheet.write(ROW, at, GOOD[name], form)

    return paint


STRIKE, RAISE, LOWER = {"font_strikeout": True}, {"font_script": 1}, {"font_script": 2}
ERRORS = "with_errors"
case("part struck", drawn(rich(5, (STRIKE, "38"), (None, "30"))), ("C031", "F7"), state=ERRORS, rows=0)
case("part raised", drawn(rich(5, (None, "30"), (RAISE, "1"))), ("C031", "F7"), state=ERRORS, rows=0)
case("part lowered", drawn(rich(3, (None, "2024-05-01"), (LOWER, "1"))), ("C031", "D7"), state=ERRORS, rows=0)
case("part struck in a name", drawn(rich(1, (STRIKE, "旧支部"), (None, "新支部"))), ("C032", "B7"))
case("part struck in a note", drawn(rich(8, (STRIKE, "旧"), (None, "新"))), ("C032", "I7"))
case("bold runs are no finding", drawn(rich(1, ({"bold": True}, "退休"), (None, "支部"))))
case("row struck", drawn(whole(STRIKE)), ("C032", "A7"), ("C032", "B7"), ("C032", "C7"), ("C032", "D7"), ("C032", "F7"))
case("cell raised", drawn(whole(RAISE, 5)), ("C032", "F7"))
case("white ink", drawn(whole({"font_color": "#FFFFFF"}, 5)), ("C039", "F7"))
case("white on red is seen", drawn(whole({"font_color": "#FFFFFF", "bg_color": "#FF0000"}, 5)))


def at_times(look, *, holds="=TRUE"):
    """A conditional format over the rows of the table."""
    return lambda book, sheet: sheet.conditional_format(
        6, 0, 20, 5, {"type": "formula", "criteria": holds, "format": book.add_format(look)}
    )


WHITE_INK = {"font_color": "#FFFFFF"}
ALL = [("C046", f"{letter}7") for letter in "ABCDF"]
case("struck at times", drawn(at_times(STRIKE)), *ALL)
case("struck at no time", drawn(at_times(STRIKE, holds="=FALSE")), *ALL)
case("white at times", drawn(at_times({"font_color": "#FFFFFF"})), *ALL)
case("white on red at times", drawn(at_times({"font_color": "#FFFFFF", "bg_color": "#FF0000"})))
NUMBERS = [("C046", "F7")]


def rule(**given):
    """A conditional format over the rows of the table."""

    def paint(book, sheet):
        form = {"format": book.add_format(given.pop("look"))} if "look" in given else {}
        sheet.conditional_format(6, 0, 20, 5, {"criteria": "=TRUE", **given, **form})

    return paint


for code, said in (
    ("0,", NUMBERS),
    ('"0"', NUMBERS),
    (";;;", ALL),
    ('"甲"@', ALL),
    ("yyyy", NUMBERS),
    ("[>100]0;[White]0", NUMBERS),
):
    case(f"as {code} at times", drawn(rule(type="formula", look={"num_format": code})), *said)
for code in ("0.00", "#,##0_ "):
    case(
        f"as {code} at times, which says the same",
        drawn(rule(type="formula", look={"num_format": code})),
    )
SCALE = {"type": "2_color_scale", "max_color": "#63BE7B"}
case("icons without numbers", drawn(rule(type="icon_set", icon_style="3_arrows", icons_only=True)), *NUMBERS)
case("icons", drawn(rule(type="icon_set", icon_style="3_arrows")))
case("bars without numbers", drawn(rule(type="data_bar", bar_only=True)), *NUMBERS)
case("bars", drawn(rule(type="data_bar", data_bar_2010=True)))
case("bars in the colour of ink", drawn(rule(type="data_bar", bar_color="#101010")), *NUMBERS)
case("scale into the colour of ink", drawn(rule(**SCALE, min_color="#000000")), *NUMBERS)
case("scale of colours", drawn(rule(**SCALE, min_color="#F8696B")))


WHITE_FONT = '<font><color rgb="FFFFFFFF"/></font>'
BLACK_FILL = '<fill><patternFill patternType="solid"><bgColor rgb="FF000000"/></patternFill></fill>'


def in_table(*elements, own=None) -> Later:
    """The rows as a table in a style of the workbook's own: (element, what it gives)."""

    def table(book, sheet):
        names = ("code", "name", "kind", "since", "born", "members", "fund", "temporary", "note")
        sheet.add_table(5, 0, 8, 8, {"columns": [{"header": name} for name in names]})
        for at, name in enumerate(names):
            if name in GOOD:
                sheet.write(ROW, at, GOOD[name], book.add_format(own) if own else None)

    given = "".join(f"<dxf>{does}</dxf>" for _, does in elements)
    parts = "".join(f'<tableStyleElement type="{kind}" dxfId="{at}"/>' for at, (kind, _) in enumerate(elements))
    styles = (
        f'<dxfs count="{len(elements)}">{given}</dxfs><tableStyles count="1"><tableStyle name="自定" pivot="0" '
        f'count="{len(elements)}">{parts}</tableStyle></tableStyles>'
    ).encode()
    return edit(
        drawn(table),
        {
            "xl/tables/table1.xml": lambda xml: re.sub(rb'name="TableStyle\w+"', 'name="自定"'.encode(), xml),
            "xl/styles.xml": lambda xml: re.sub(rb"<dxfs.*?<tableStyles[^>]*/>", styles, xml, flags=re.S),
        },
    )


EVERY = [f"{letter}7" for letter in "ABCDF"]
for kind in ("wholeTable", "secondRowStripe"):
    case(f"white by {kind}", in_table((kind, WHITE_FONT)), *(("C039", cell) for cell in EVERY))
    case(f"black ground by {kind}", in_table((kind, BLACK_FILL)), *(("C039", cell) for cell in EVERY))
case("struck by a table", in_table(("wholeTable", "<font><strike/></font>")), *(("C032", cell) for cell in EVERY))
case("white headings of a table", in_table(("headerRow", WHITE_FONT)))
case("white on black by a table", in_table(("wholeTable", WHITE_FONT + BLACK_FILL), ("firstRowStripe", BLACK_FILL)))
case("red cells in a table of white", in_table(("wholeTable", WHITE_FONT), own={"font_color": "#FF0000"}))
case("white on cells of its own black", in_table(("wholeTable", WHITE_FONT), own={"bg_color": "#000080"}))


def painted(own, at_times):
    """A number in some look, which a conditional format changes."""

    def paint(book, sheet):
        sheet.write_number(ROW, 5, 30, book.add_format(own))
        rule(type="formula", look=at_times)(book, sheet)

    return drawn(paint)


for name, own, then, said in (
    ("ground in the ink of the cell", {"font_color": "#FF0000"}, {"bg_color": "#FF0000"}, NUMBERS),
    ("white ground below white ink", {**WHITE_INK, "bg_color": "#0000FF"}, {"bg_color": "#FFFFFE"}, NUMBERS),
    ("ink in the ground of the cell", {"bg_color": "#FFFF00"}, {"font_color": "#FFFF00"}, NUMBERS),
    ("another ground", {"font_color": "#FF0000"}, {"bg_color": "#FFFF00"}, []),
    ("ink and ground", {"font_color": "#FF0000"}, {"font_color": "#000000", "bg_color": "#FF0000"}, []),
):
    case(f"{name} at times", painted(own, then), *said)
case("bold and red at times", drawn(at_times({"bold": True, "font_color": "#FF0000"})))
case(
    "struck at times by a newer rule",
    edit(
        paper().bytes,
        {
            "xl/worksheets/sheet2.xml": lambda xml: xml.replace(
                b"</worksheet>",
                b'<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" xmlns:x14="http://schemas.microsoft.com'
                b'/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings><x14:conditionalFormatting '
                b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="expression" '
                b'priority="1" id="{1}"><xm:f>TRUE</xm:f><x14:dxf><font><strike/></font></x14:dxf></x14:cfRule>'
                b"<xm:sqref>F7:F9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
                b"</worksheet>",
            )
        },
    ),
    ("C046", "F7"),
)
case("unknown symbol", drawn(whole({"font_name": "Wingdings"}, 1)), ("C033", "B7"))
case("tick of Wingdings", drawn(lambda b, s: s.write(ROW, 7, "ü", b.add_format({"font_name": "Wingdings"}))))
case("tick of Wingdings 2", drawn(lambda b, s: s.write(ROW, 7, "P", b.add_format({"font_name": "Wingdings 2"}))))
case("emoji tick", paper({**GOOD, "temporary": "✅"}).bytes)
case("emoji with a selector", paper({**GOOD, "temporary": "✔\ufe0f"}).bytes)
case("hidden column", drawn(lambda b, s: s.set_column(5, 5, None, None, {"hidden": True})), ("S010", "F7"))
for split, cells in (('ySplit="2"', ["A7"]), ('xSplit="1"', "ABCDF"), ('xSplit="1" ySplit="2"', "ABCDF")):
    frozen = f'<pane {split} topLeftCell="K12" activePane="bottomRight" state="frozen"/>'.encode()
    case(
        f"before what stands still by {split}",
        edit(
            paper().bytes,
            {
                "xl/worksheets/sheet2.xml": lambda xml, frozen=frozen: re.sub(
                    rb"<sheetView ([^>]*)/>", rb'<sheetView \1 topLeftCell="J9">' + frozen + b"</sheetView>", xml
                )
            },
        ),
        *(("S010", cell if len(cell) > 1 else f"{cell}7") for cell in cells),
    )
for pane, cells in (
    (b'ySplit="6" topLeftCell="A9" activePane="bottomLeft" state="frozenSplit"', ["A7"]),
    (b'xSplit="1" topLeftCell="K1" activePane="topRight" state="frozenSplit"', [f"{at}7" for at in "ABCDF"]),
    (b'xSplit="2000" ySplit="6" topLeftCell="K12" activePane="bottomRight" state="split"', []),
    (b'ySplit="6" topLeftCell="A9" activePane="bottomLeft"', []),
):
    view = b'<sheetView workbookViewId="0" topLeftCell="J9"><pane ' + pane + b"/></sheetView>"
    case(
        f"before what stands still, {pane.decode()}",
        edit(
            paper().bytes,
            {"xl/worksheets/sheet2.xml": lambda xml, view=view: re.sub(rb"<sheetView [^>]*/>", view, xml)},
        ),
        *(("S010", cell) for cell in cells),
    )
case(
    "a view that starts far below",
    edit(
        paper().bytes,
        {"xl/worksheets/sheet2.xml": lambda xml: xml.replace(b"<sheetView ", b'<sheetView topLeftCell="J90" ', 1)},
    ),
)
case("below what stands still", drawn(lambda b, s: s.freeze_panes(2, 1, 30, 20)))
case("row without height", drawn(lambda b, s: s.set_row(ROW, 0)), ("S010", "A7"))


def held(column, value, form):
    """Writes a number under a format."""
    return drawn(lambda book, sheet: sheet.write_number(ROW, column, value, book.add_format({"num_format": form})))


MAY_FIRST = 45413
case("leading zeros in a text", held(8, 12, "000000"), ("C043", "I7"))
case("leading zeros that are there", held(8, 123456, "000000"))
case("per cent in a text", held(8, 20.23, "0%"), ("C043", "I7"))
case("rounded in a text", held(8, 3600.5, "0"), ("C043", "I7"))
for code in ('"证"0', "000-0", '0"号"', 'General"年"'):
    case(f"number in a text under {code}", held(8, 2023, code), ("C043", "I7"))
for value, code in ((30, '0"."'), (2023.1, "0.00"), (3.456, "0.00"), (3, "0.0"), (12, "[$¥-804]0"), (0.5, "#.0")):
    case(f"{value} in a text under {code}", held(8, value, code), ("C043", "I7"))
for value, code in ((2023.1, "0.0"), (3.456, "#,##0.000_ "), (38400, "#,##0"), (0.5, "General")):
    case(f"{value} in a text that says {code}", held(8, value, code))
case("thousands parted by a sign of their own", held(6, 38400, '0"，"000'))
case("a fraction below zero without its sign", held(6, -5, "# ?/?;# ?/?"), ("C025", "G7"))
case("a plain number in a text", held(8, 3600, "#,##0_ "))
case("zero that is not shown", held(6, 0, "#,###"), ("C025", "G7"))
case("zero that is not shown, by sections", held(6, 0, "0;-0;;@"), ("C025", "G7"))
case("words for a number", held(6, 1, '[=1]"有";0'), ("C025", "G7"))
case("a number beside words for others", held(6, 2, '[=1]"有";0'))
case("negative without its sign", held(6, -5, "0;[Red]0"), ("C025", "G7"))
case("negative in brackets", held(6, -5, "0_);(0)"))
case("a fraction", held(6, 0.3, "# ?/?"), ("C025", "G7"))
case("rounded to a power", held(6, 123456, "0.0E+00"), ("C025", "G7"))
case("no day under a format of days", held(8, 20230501, "yyyy-mm-dd"), ("C043", "I7"))
case("no day among figures", held(6, 20230501, "yyyy-mm-dd"), ("C025", "G7"))
case("no day that is read as one", held(3, 20240501, "yyyy-mm-dd"), ("C025", "D7"))
case("number of a day under per cent", held(3, MAY_FIRST, "0%"), ("C025", "D7"))
case("number of a day that is not shown", held(3, MAY_FIRST, ";;;"), ("C025", "D7"))
case("number of a day as a number", held(3, MAY_FIRST, "#,##0"))
case("text that is not shown", drawn(whole({"num_format": ";;;"}, 1)), ("C045", "B7"))
case("text beside a hidden zero", drawn(whole({"num_format": "0;-0;;@"}, 1)))
case("day not shown", held(3, MAY_FIRST, 'yyyy"年"m"月"'), ("C044", "D7"))
case("day not shown, by number", held(3, MAY_FIRST, 57), ("C044", "D7"))
case("year not shown", held(3, MAY_FIRST, 58), ("C044", "D7"))
case("year not shown, in English", held(3, MAY_FIRST, "d-mmm"), ("C044", "D7"))
case("nothing but the time", held(3, MAY_FIRST, "h:mm"), ("C044", "D7"))
# The other one of May the first and January the fifth.
for code in ("yyyy-dd-mm", "dd/mm/yyyy", "mm/dd/yyyy", "m-d-yy", 30):
    case(f"month and day as {code}", held(3, MAY_FIRST, code), ("C044", "D7"))
    case(f"a day that is no month as {code}", held(3, MAY_FIRST + 19, code))
    case(f"a day of the number of its month as {code}", held(3, MAY_FIRST + 4, code))
for code in ("yyyy-mm-ddd", "yyyy-mmmmm-dd"):
    case(f"no figure of it in {code}", held(3, MAY_FIRST, code), ("C044", "D7"))
for code in ('d"日"m"月"yyyy"年"', "[$-F800]dddd, mmmm dd, yyyy", "d-mmm-yyyy"):
    case(f"month and day told by {code}", held(3, MAY_FIRST, code))
case("the whole day", held(3, MAY_FIRST, "[$-804]yyyy年m月d日;@"))
case("a month need not show its day", held(4, MAY_FIRST, 57))
case("year of a month not shown", held(4, MAY_FIRST, 58), ("C044", "E7"))


def styled(column: int, value, **look):
    """One cell of the row written anew under a look."""
    return drawn(lambda book, sheet: WRITERS[type(value)](sheet, ROW, column, value, book.add_format(look)))


WRITERS = {
    int: lambda sheet, *cell: sheet.write_number(*cell),
    float: lambda sheet, *cell: sheet.write_number(*cell),
    str: lambda sheet, *cell: sheet.write_string(*cell),
    date: lambda sheet, *cell: sheet.write_datetime(*cell),
}
FIRST = date(2020, 5, 1)
# Number formats that write figures, a point, a sign or words of their own, or are in white.
for code in (
    '"1"0',
    r"0\0",
    'General"0"',
    "**",
    "[白色]0",
    "[Color2]0",
    '[=30]"31";0',
    '0"."00',
    "-0",
    "(0)",
    "0‰",
    "0*0",
    '"−"0',
    '"负"0',
    '"△ "0',
    '0"-"',
    '"."0',
    '0","0',
    "0 0",
    "0-0",
    '0"，"000',
    '"，"0',
    '"."General',
    '0"~"0',
    '0"±"',
    '0"O"',
    '0"成"',
    '0"％"',
    '0"w"',
):
    case(f"number as {code}", styled(5, 30, num_format=code), ("C025", "F7"))
for code in (
    "00",
    '"约"0',
    "[Red]0",
    "0_ ",
    "+0",
    '"No."0',
    '0"."',
    "#\\ ##0",
    "[$¥-804]#,##0",
    "_-* #,##0_-",
    "0.0E+0",
    "[DBNum1]0",
    "[DBNum2][$-804]General",
    "# ?/?",
    '[>50]"多";0',
):
    case(f"number seen as {code}", styled(5, 30, num_format=code))
case("negative not shown", styled(6, -5.25, num_format="0.00;;"), ("C025", "G7"))
case("negative with its sign", styled(6, -5.25, num_format="#,##0.00;-#,##0.00"))
for code, said in ((';;;"张三"', "C045"), ('"张三"@', "C025"), ("[White]@", "C045"), (";;;**", "C045")):
    case(f"text as {code}", styled(1, "退休支部", num_format=code), (said, "B7"))
for code in ("@", "0.00", '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '):
    case(f"text seen as {code}", styled(1, "退休支部", num_format=code))
for code in (
    '"2024-"mm-dd',
    "[White]yyyy-mm-dd",
    "[$-107041E]yyyy-mm-dd",
    "B2yyyy-mm-dd",
    'yyyy-mm-dd"1"',
    "[$-404]e-m-d",
):
    case(f"date as {code}", styled(3, FIRST, num_format=code), ("C025", "D7"))
for code in ("yyyy/m/d", "d-mmm-yy", '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "yyyy-mm-dd;;"):
    case(f"date seen as {code}", styled(3, FIRST, num_format=code))
# Ink in the colour of its ground, whatever names the colour, and letters that are dots.
for ink, ground in (("FEFEFE", ""), ("F2F2F2", ""), ("000000", "000000"), ("FFFF00", "FFFF00"), ("FFFFFF", "F2F2F2")):
    look = {"font_color": f"#{ink}", **({"bg_color": f"#{ground}"} if ground else {})}
    case(f"{ink} on {ground}", styled(5, 30, **look), ("C039", "F7"))
for ink, ground in (("D9D9D9", ""), ("FFFF00", ""), ("FFFFFF", "4F81BD")):
    look = {"font_color": f"#{ink}", **({"bg_color": f"#{ground}"} if ground else {})}
    case(f"{ink} is seen on {ground}", styled(5, 30, **look))
PALE = styled(5, 30, font_color="#FFFFFF")
for ink in ('theme="0"', 'theme="0" tint="-0.05"', 'theme="1" tint="0.95"', 'indexed="65"', 'rgb="80ffffff"'):
    made = {"xl/styles.xml": lambda part, ink=ink: part.replace(b'<color rgb="FFFFFFFF"/>', f"<color {ink}/>".encode())}
    case(f"ink {ink}", edit(PALE, made), ("C039", "F7"))
DARK = {
    "xl/theme/theme1.xml": lambda part: part.replace(
        b'val="windowText" lastClr="000000"', b'val="window" lastClr="FFFFFF"'
    )
}
BY_THEME = {"xl/styles.xml": lambda part: part.replace(b'<color rgb="FFFFFFFF"/>', b'<color theme="1"/>')}
case("black of a theme that has none", edit(PALE, {**DARK, **BY_THEME}), ("C039", "F7"))
case("black of the theme", edit(PALE, BY_THEME))
for code, ground, said in (
    ("[Red]0", "FF0000", True),
    ("[颜色 3]0", "FF0000", True),
    ("[Black]0", "000000", True),
    ("0;[Red]-0", "FF0000", False),
    ("[Blue]0", "FF0000", False),
    ("[Yellow]0", "000000", False),
    ("[Color10]0", "008000", True),
    ("[Color 10]0.00", "008000", True),
    ("[颜色56]0", "333333", True),
    ("[Color10]0", "FF0000", False),
    ("[Color57]0", "800080", False),
    ("[Color100]0", "00FFFF", False),
    ("[color101]0", "000000", False),
):
    look = {"num_format": code, "bg_color": f"#{ground}", "font_color": "#FFFFFF"}
    case(f"ink of {code} on {ground}", styled(5, 30, **look), *([("C039", "F7")] if said else []))
case("ink of a format of texts", styled(1, "支部", num_format="0;0;0;[Blue]@", bg_color="#0000FF"), ("C039", "B7"))
WHITE = {"font_color": "#FFFFFF"}


def filled(ink: str, fill: str) -> Later:
    """One number in an ink, on a fill of the styles."""
    made = styled(5, 30, font_color=f"#{ink}", bg_color="#123456")
    old = re.compile(b"<fill><patternFill[^>]*><fgColor[^>]*123456.*?</fill>", re.S)
    return edit(made, {"xl/styles.xml": lambda part: old.sub(f"<fill>{fill}</fill>".encode(), part, count=1)})


def gradient(*colours: str) -> str:
    stops = (f'<stop position="{at}"><color rgb="FF{colour}"/></stop>' for at, colour in enumerate(colours))
    return f'<gradientFill degree="90">{"".join(stops)}</gradientFill>'


def pattern(name: str, front: str = "", back: str = "") -> str:
    given = [f'<{at} rgb="FF{one}"/>' for at, one in (("fgColor", front), ("bgColor", back)) if one]
    return f'<patternFill patternType="{name}">{"".join(given)}</patternFill>'


LOST = ("C039", "F7")
case("white on a gradient of white", filled("FFFFFF", gradient("FFFFFF", "F2F2F2")), LOST)
case("white on a gradient into white", filled("FFFFFF", gradient("000080", "FFFFFF")), LOST)
case("black on a gradient", filled("000000", gradient("4F81BD", "FFFFFF")))
case("white on dots", filled("FFFFFF", pattern("gray125")), LOST)
case("white on dots of a colour on white", filled("FFFFFF", pattern("gray0625", "FF0000", "FFFFFF")), LOST)
case("blue on a pattern of blue", filled("0000FF", pattern("darkGrid", "0000FF", "FFFFFF")), LOST)
case("black on black half and half", filled("000000", pattern("mediumGray", "000000", "FFFFFF")), LOST)
case("grey on what black and white look like", filled("808080", pattern("mediumGray", "000000", "FFFFFF")), LOST)
for name in ("gray125", "lightGray", "lightUp"):
    case(f"black on {name}", filled("000000", pattern(name, "000000", "FFFFFF")))
for name, back in (("solid", ""), ("solid", "FFFFFF")):  # Excel and LibreOffice fill it with black
    case(f"black on {name} without a colour {back}", filled("000000", pattern(name, "", back)), LOST)
    case(f"white on {name} without a colour {back}", filled("FFFFFF", pattern(name, "", back)))
case("white on a dark pattern", filled("FFFFFF", pattern("darkUp", "000080", "0000FF")))
case("white in a name", drawn(rich(1, (None, "退休支部"), (WHITE, "（假）"))), ("C039", "B7"))
case("white in a number", drawn(rich(5, (None, "3"), (WHITE, "0"))), ("C039", "F7"))
case("red in a number", drawn(rich(5, (None, "3"), ({"font_color": "#FF0000"}, "0"))))
case("font of signs", styled(1, "支部", font_name="ZapfDingbats", font_charset=2), ("C033", "B7"))
for font in ("MT Extra", "@Wingdings", "Bookshelf Symbol 7", "MS Outlook", "WINGDINGS"):
    case(f"font {font}", styled(1, "abc", font_name=font), ("C033", "B7"))
BAR_CODES = (
    "Code 128",
    "Code128",
    "Free 3 of 9",
    "IDAutomationHC39M",
    "Libre Barcode EAN13 Text",
    "C39HrP24DhTt",
    "条码字体",
)
ICONS = (
    "Segoe MDL2 Assets",
    "FontAwesome",
    "Font Awesome 5 Free",
    "Material Icons",
    "Segoe Fluent Icons",
    "Holidays MT",
)
for font in (*BAR_CODES, *ICONS, "Adobe Blank", "AdobeBlank2", "Redacted", "SimBraille", "Standard Symbols PS"):
    case(f"font {font}", styled(5, 30, font_name=font), ("C033", "F7"))
    case(f"font {font} in a name", drawn(rich(1, (None, "退休"), ({"font_name": font}, "123"))), ("C033", "B7"))
for font in (
    "Segoe UI Symbol",
    "Consolas",
    "Source Code Pro",
    "Arial Black",
    "OCR A Extended",
    "方正小标宋简体",
    "Code New Roman",
):
    case(f"font {font} that can be read", styled(1, "支部", font_name=font))
for size in (1, 1.5, 2, 3):
    case(f"letters of {size} points", styled(5, 30, font_size=size), ("C039", "F7"))
    case(
        f"letters of {size} points in a number", drawn(rich(5, (None, "3"), ({"font_size": size}, "0"))), ("C039", "F7")
    )
for size in (4, 6, 11):
    case(f"letters of {size} points are seen", drawn(rich(5, (None, "3"), ({"font_size": size}, "0"))))
# Alignment that says things again over the width of the cell; what is long stands there once.
for column, value, cell in ((5, 1, "F7"), (1, "支部", "B7"), (3, FIRST, "D7")):
    case(f"{value} fills its cell", styled(column, value, align="fill"), ("C047", cell))
case("a long text fills its cell", styled(1, "退休干部第一党支部", align="fill"))
case(
    "a cell without a value is filled", drawn(lambda b, s: s.write_blank(ROW, 6, None, b.add_format({"align": "fill"})))
)
for column, text, said in (
    (6, "12人", "C018"),
    (6, "3个月", "C018"),
    (5, "30元", "C001"),
    (5, "30天", "C001"),
):
    made = paper(GOOD).put(ORG, f"{'ABCDEFG'[column]}7", text).bytes
    case(f"{text} in column {column}", made, (said, f"{'ABCDEFG'[column]}7"), state=ERRORS, rows=0)
for column, text in ((6, "12元"), (6, "12元/月"), (5, "30名"), (5, "30个"), (5, "30人")):
    case(f"{text} fits column {column}", paper(GOOD).put(ORG, f"{'ABCDEFG'[column]}7", text).bytes)
case("zeros not shown", drawn(lambda b, s: (s.hide_zero(), s.write_number(ROW, 5, 0))), ("C048", "F7"))
case("zeros not shown where there are none", drawn(lambda b, s: s.hide_zero()))


def merged(title: str, area: str, made: Paper | None = None) -> Later:
    """With a merged area that keeps the values of its cells: Excel drops them, other programs do not."""
    made = made or paper(GOOD)
    number = list(made.cells).index(title) + 1
    change = f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'.encode()
    return edit(made.bytes, {f"xl/worksheets/sheet{number}.xml": lambda xml: xml.replace(b"</sheetData>", change, 1)})


for area, cell in (("E5:F5", "F5"), ("A4:A5", "A5"), ("D5:D7", "D7"), ("D6:D7", "D7"), ("D7:C7", "D7")):
    case(f"merged {area}", merged(ORG, area), ("S011", cell), state=ERRORS, rows=int(cell[-1] == "5"))
for area, cell in (("C8:C9", "C9"), ("B8:C8", "C8"), ("C6:C8", "C7")):
    said = {"C6:C8": [("S011", "C7"), ("S011", "C8")]}.get(area, [("S011", cell)])
    case(f"merged values {area}", merged("单位情况", area), *said, state=ERRORS)
for area in ("C8:C9", "C9:C8", "B8:D8"):
    made = paper(GOOD).put("单位情况", "C8", "").put("单位情况", "C9", "")
    last = f"C{max(int(one[1:]) for one in area.split(':'))}"
    case(f"merged empty values {area}", merged("单位情况", area, made), ("S011", last), state=ERRORS)
case("merged value over the note", merged("单位情况", "C8:D8"))
for area in ("G5:G6", "J5:K9", "A2:I2", "A20:I20"):
    case(f"merged {area} hides nothing", merged(ORG, area))
case("row of one point", drawn(lambda b, s: s.set_row(ROW, 1)), ("S010", "A7"))
case("column of a hair", drawn(lambda b, s: s.set_column(5, 5, 0.3)), ("S010", "F7"))
# A number as Excel keeps it, but in a form that needs a second look.
SHEET = "xl/worksheets/sheet2.xml"


def members(cell: bytes, column=b"F") -> Later:
    """The number of members as some XML."""
    old = re.compile(rb'<c r="F7"( s="\d+")?><v>30</v></c>')
    return edit(paper().bytes, {SHEET: lambda xml: old.sub(cell, xml)})


for name, body in (("shared", b'<f t="shared" si="0"/>'), ("of a table", b'<f t="dataTable" ref="F7" r1="A1"/>')):
    cell = b'<c r="F7">' + body + b"</c>"
    case(f"formula {name} without result", members(cell), ("C007", "F7"), state=ERRORS, rows=0)
case("result with blanks kept", members(b'<c r="F7"><f>15+15</f><v xml:space="preserve">30</v></c>'))
LATE = {SHEET: lambda xml: re.sub(rb'<c r="B7" s="(\d+)" t="s"', rb'<c r="B7" t="s" s="\1"', xml)}
case("style behind the type", edit(styled(1, "退休支部", **STRIKE), LATE), ("C032", "B7"))
# Text that is an error, or in disguise.
for text in (
    "#REF!",
    "#SPILL!",
    "#BLOCKED!",
    "#PYTHON!",
    "#GETTING_DATA",
    "Err:502",
    "########",
    "#N/A",
    "#N/A N/A",
    "#DIV/0",
    "#值！",
    "=#REF!",
    " #n/a ",
):
    case(f"text {text}", paper({**GOOD, "name": text}).bytes, ("C006", "B7"), state=ERRORS, rows=0)
case("no error", paper({**GOOD, "name": "#1支部"}).bytes)
case("turned round", paper({**GOOD, "name": "\u202e部支休退\u202c"}).bytes, ("C042", "B7"))
case("struck by its characters", paper({**GOOD, "name": "退\u0336休\u0336支部"}).bytes, ("C042", "B7"))
for written, seen in (("_x7532_支部", "甲支部"), ("_x005F_x7532_支部", "_x7532_支部")):  # Excel shows the second text
    escaped = {"xl/sharedStrings.xml": lambda part, written=written: part.replace(b"ZZZ", written.encode())}
    case(f"{seen} by number", edit(paper({**GOOD, "name": "ZZZ"}).bytes(), escaped), ("C042", "B7"))
low = {"xl/sharedStrings.xml": lambda part: part.replace(b"ZZZ", "_x0041__x000D_支部".encode())}
case("low characters by number", edit(paper({**GOOD, "name": "ZZZ"}).bytes(), low))
low = {"xl/sharedStrings.xml": lambda part: part.replace(b"ZZZ", "第_x0031_支部".encode())}
case("shared figure by number", edit(paper({**GOOD, "name": "ZZZ"}).bytes(), low), ("C042", "B7"))
CODED = b"_x0031_2"  # 12 in Excel, and what is written in LibreOffice
for how, cell in (
    ("inline", b't="inlineStr"><is><t>%s</t></is>' % CODED),
    ("inline in a run", b't="inlineStr"><is><r><t>%s</t></r></is>' % CODED),
    ("formula", b't="str"><v>%s</v>' % CODED),
):
    cut = {
        SHEET: lambda xml, cell=cell: re.sub(rb'(<c r="F7"[^>]*?)><v>[^<]*</v>', lambda at: at[1] + b" " + cell, xml)
    }
    case(f"digit by number, {how}", edit(paper().bytes(), cut), ("C042", "F7"))
case("circled by its characters", paper({**GOOD, "code": "U1-01\u20dd"}).bytes, ("C042", "A7"))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def picture(row):
    return lambda book, sheet: sheet.insert_image(row, 1, "a.png", {"image_data": io.BytesIO(PIXEL)})


case("picture over data", drawn(picture(ROW)), ("C035", "B7"))
case("picture aside", drawn(picture(30)))
BOX = {"width": 60, "height": 18}


def box(text="3000", column=5, **look):
    return drawn(lambda book, sheet: sheet.insert_textbox(ROW, column, text, BOX | look))


def chart(book, sheet):
    made = book.add_chart({"type": "column"})
    made.add_series({"values": "=党组织情况!$F$7:$F$7"})
    made.set_size(BOX)
    sheet.insert_chart(ROW, 5, made)


DRAWING = "xl/drawings/drawing1.xml"


def anchored(data, *changes):
    """With the first drawing changed by patterns."""

    def change(xml):
        for old, new in changes:
            xml, count = re.subn(old, new, xml, flags=re.S)
            assert count, old
        return xml

    return edit(data, {DRAWING: change})


OVER = [("C035", "F7")]
NO_GROUND = {"fill": {"none": True}}
TO = rb"<xdr:to>.*?</xdr:to>"
SIZE = b'<xdr:ext cx="%d" cy="%d"/>'
WIDE, LOW = 9525 * (WIDE_ENOUGH * 7 + 5) * 4, 9525 * 15
BY_SIZE = (TO, SIZE % (WIDE, LOW)), (b"twoCellAnchor[^>]*>", b"oneCellAnchor>")
case("box over data", box(), *OVER)
case("box with a ground alone", box(""), *OVER)
case("words over data", box(**NO_GROUND), *OVER)
case("ring round data", box("", **NO_GROUND))
case("box that is not shown", anchored(box(), (rb"(<xdr:cNvPr [^>]*?)(/?>)", rb'\1 hidden="1"\2')))
case("chart over data", drawn(chart), *OVER)
case("line over data", anchored(box(), (rb"xdr:sp\b", b"xdr:cxnSp"), (rb"<xdr:txBody>.*?</xdr:txBody>", b"")), *OVER)
case(
    "box of a group",
    anchored(box(), (rb"<xdr:sp\b.*?</xdr:sp>", rb"<xdr:grpSp><xdr:grpSpPr/>\g<0></xdr:grpSp>")),
    *OVER,
)
case(
    "box for newer programs",
    anchored(
        box(),
        (
            rb"<xdr:twoCellAnchor\b.*</xdr:twoCellAnchor>",
            rb'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            rb'<mc:Choice Requires="xdr">\g<0></mc:Choice></mc:AlternateContent>',
        ),
    ),
    *OVER,
)
case("picture by its size", anchored(drawn(picture(ROW)), *BY_SIZE), *(("C035", f"{letter}7") for letter in "BCDE"))
case("box by its size", anchored(box(column=3), *BY_SIZE), *(("C035", f"{letter}7") for letter in "DEFG"))
case(
    "picture by its place on the paper",
    anchored(
        drawn(picture(ROW)),
        (rb"<xdr:from>.*?</xdr:to>", b'<xdr:pos x="0" y="0"/>' + SIZE % (WIDE * 50, 9525 * 20 * 8)),
        (b"twoCellAnchor[^>]*>", b"absoluteAnchor>"),
    ),
    *(("C035", f"{letter}7") for letter in "ABCDEFGHI"),
)
case(
    "picture in a cell (WPS)",
    drawn(lambda b, s: s.write_formula(ROW, 8, '=DISPIMG("ID_0F",1)', None, "=DISPIMG")),
    ("C034", "I7"),
    state=ERRORS,
    rows=0,
)
case(
    "picture in a cell (365)",
    edit(
        paper({**GOOD, "note": ("=1/0", "#VALUE!")}).bytes,
        {
            "xl/worksheets/sheet2.xml": lambda xml: re.sub(
                rb'<c r="I7"( s="\d+")? t="e"><f>1/0</f>', rb'<c r="I7"\1 t="e" vm="1">', xml
            )
        },
    ),
    ("C034", "I7"),
    state=ERRORS,
    rows=0,
)
case(
    "text formula without result",
    edit(
        paper({**GOOD, "note": ("=A1", "甲")}).bytes,
        {"xl/worksheets/sheet2.xml": lambda xml: xml.replace("<v>甲</v>".encode(), b"")},
    ),
    ("C007", "I7"),
    state=ERRORS,
    rows=0,
)
case("formula typed into a text", paper({**GOOD, "note": '=A7&"-1"'}).bytes, ("C037", "I7"))

# Totals by their sense: none of them is an organisation.
TOTALS = ["合计", "汇总", "机关 汇总", "合计（元）", "合计：4人", "以上合计", "平均值", "Total", "GRAND TOTAL"]
TOTALS += ["本页小计", "总计:", "计数", "全年累计", "小计(3)", "求和", "合 计"]
for label in TOTALS:
    case(f"total {label}", paper(GOOD, {"code": label, "members": 30}).bytes, ("S013", "A8"))
case("total in the second cell", paper(GOOD, {"name": "合计", "members": 30}).bytes, ("S013", "A8"))
case(
    "total by its formulas",
    paper(GOOD, {"code": "全", "members": ("=SUM(F7:F7)", 30)}).put(ORG, "F8", ("=SUM(F6:F7)", 30)).bytes,
    ("S013", "A8"),
)
case(
    "a name that ends like a total is data",
    paper({**GOOD, "name": "数据汇总支部"}, {**GOOD, "code": "U1-02", "name": "工作汇总"}).bytes,
    rows=2,
)


case(
    "a record may hold a sum",
    paper(GOOD, {**GOOD, "code": "U1-02", "name": "退休总支", "members": ("=SUM(F7:F7)", 30)})
    .put(ORG, "F8", ("=SUM(F6:F7)", 30))
    .bytes,
    rows=2,
)
case("few cells with a name like a total", paper(GOOD, {"code": "U1-03", "name": "年度汇总"}).bytes, rows=2)
case("a total of a unit", paper(GOOD, {"name": "市教育局汇总", "members": 30}).bytes, ("S013", "A8"))


def empty_white(book, sheet):
    """White ink and strokes where nothing stands."""
    sheet.write_blank(ROW, 8, None, book.add_format({"font_color": "#FFFFFF", **STRIKE}))


case("nothing in white", drawn(empty_white))


def hidden_values() -> Later:
    """The column with the values of the vertical sheet is hidden."""
    made = paper()
    made.hooks.append(
        lambda book, sheet, title: sheet.set_column(2, 2, None, None, {"hidden": True}) if title == "单位情况" else None
    )
    return made.bytes


case("hidden values of a vertical sheet", hidden_values(), ("S010", "C6"))


def two_tables(*order) -> Paper:
    """A second table below the first, with its columns in another order."""
    made = paper(GOOD)
    labels = [column.label for column in FORM.by_name["org"].columns]
    for at, source in enumerate(order):
        made.cells[ORG][10, at] = labels[source]
        made.cells[ORG][11, at] = list(GOOD.values())[source] if source < 4 else 20
    return made


case("second table of another order", two_tables(1, 0, 2, 3, 4, 5).bytes, ("S029", "A12"), state=ERRORS)
case("second table of the same order", paper(GOOD, *[{}] * 3, {**GOOD, "code": "U1-09"}).bytes, rows=2)


def twin(title, rows=2, hidden=False) -> Paper:
    """A further sheet with the same headings."""
    made = paper(GOOD)
    cells = dict(made.cells[ORG])
    for row in range(rows):
        for column in range(6):
            cells[6 + row, column] = cells[6, column]
    made.cells = {ORG: made.cells[ORG], title: cells, **{k: v for k, v in made.cells.items() if k != ORG}}
    made.hidden |= {title} if hidden else set()
    return made


for title, hidden in (
    ("党组织情况续", False),
    ("Sheet9", False),
    ("Sheet8", True),
    ("备份", True),
    ("说明", False),
    ("目录 (2)", False),
    ("选项", True),
    ("_党组织情况", False),
    ("_备份", True),
):
    case(f"people on {title}{hidden}", twin(title, 2, hidden).bytes, ("S028", ""), state=ERRORS)


LABELS = [column.label for column in FORM.by_name["org"].columns]
ROWS = [["U1-02", "城东支部", "党支部", "2024-05-01", "", 12], ["U1-03", "城西支部", "无", "2024-06-01", "", 9]]


def loose(title, rows, at=0, turned=False) -> Later:
    """With rows on some sheet."""
    made = paper(GOOD)
    cells = made.cells.setdefault(title, {})
    for row, values in enumerate(rows, at):
        cells |= {(column, row) if turned else (row, column): value for column, value in enumerate(values)}
    return made.bytes


NAMES = [column.name for column in FORM.by_name["org"].columns]
TABLE = [[*LABELS], *ROWS]
for name, data, code in (
    ("without headings", loose("党组织情况2", ROWS), "S035"),
    ("without headings far below", loose("Sheet1", ROWS, at=300), "S035"),
    ("under other headings", loose("补充", [["编码", "叫什么", "哪一种", "哪天", "", "人"], *ROWS]), "S035"),
    ("on their side without headings", loose("横表", ROWS, turned=True), "S035"),
    ("in another order", loose("补充", [row[::-1] for row in ROWS]), "S035"),
    ("one row alone", loose("补充", ROWS[:1]), "S022"),
    ("a list of photos", loose("照片", [["1.jpg", "城东支部", "合影"], ["2.jpg", "城西支部", "会议"]]), "S022"),
    ("a list of days", loose("日程", [["2024-05-01", "开会"], ["2024-06-01", "学习"]]), "S022"),
):
    case(name, data, (code, ""))
for name, data in (
    ("under English headings", loose("补充", [NAMES, *ROWS])),
    ("on their side", loose("横表", TABLE, turned=True)),
    ("with headings far below", loose("补充", TABLE, at=200)),
):
    case(name, data, ("S028", ""), state=ERRORS)
for title, at in (("自检", 600), ("单位情况", 60), ("单位情况", 12)):
    case(f"table at {at} of {title}", loose(title, TABLE, at=at), ("S036", ""), state=ERRORS)
case("words below the values", loose("单位情况", [["注：以上为年底数"], ["", "甲局", "", "2024-05-01"]], at=12))


def on_lists(rows, longer=False) -> Later:
    """With rows on our hidden sheet of lists."""
    made = paper(GOOD)
    made.hidden.add("_lists")
    made.cells["_lists"] = {(row, 0): f"选项{row}" for row in range(70 if longer else 61)}
    made.cells["_lists"] |= {(row, at + 3): value for row, values in enumerate(rows) for at, value in enumerate(values)}
    return made.bytes


case("lists that we hide", on_lists([]))
case("table on our hidden lists", on_lists(TABLE), ("S036", ""), state=ERRORS)
texts = [[str(cell) for cell in row] for row in TABLE]
case("table of texts on our hidden lists", on_lists(texts, longer=True), ("S036", ""), state=ERRORS)


def beside_lists(cells, ours=(4, 2)) -> Later:
    """With cells on our sheet of lists, whose names say how long each list is."""
    made = paper(GOOD)
    made.hidden.add("_lists")
    lists = {(row, at): f"选项{row}" for at, length in enumerate(ours) for row in range(length + 1)}
    made.cells["_lists"] = {**lists, **cells}

    def names(book, sheet, title):
        if title == "_lists":
            for at, length in enumerate(ours):
                letter = "ABCDEF"[at]
                book.define_name(f"list_{at}", f"=_lists!${letter}$2:${letter}${length + 1}")
            book.define_name("keys", f"=OFFSET(_lists!${'ABCDEF'[len(ours)]}$2,0,0,1,1)")

    made.hooks.append(names)
    return made.bytes


PLACED = {(row, at + 2): value for row, values in enumerate(ROWS, 1) for at, value in enumerate(values)}
PLACED = {place: str(value) for place, value in PLACED.items() if value != ""}
case("our lists by their names", beside_lists({}))
case("keys that grow on our lists", beside_lists({(row, 2): f"K{row}" for row in range(61)}))
case("words beside our lists", beside_lists({(1, 5): "见附页"}), ("S038", ""))
case("words below a list", beside_lists({(4, 1): "另有一项"}), ("S038", ""))
case("a heading beside our lists", beside_lists({(0, 6): "备注"}), ("S038", ""))
case(
    "rows of texts beside our lists", beside_lists({(row, at + 2): v for (row, at), v in PLACED.items()}), ("S035", "")
)


def covered(title, tick="√", font="") -> Later:
    """With the table of the cover on a sheet of some title."""
    made = paper(GOOD)
    made.cells[title] = {(10, 1): "工作表", (10, 3): "本单位无此情况", (11, 1): ORG, (11, 3): "" if font else tick}

    def drawn_tick(book, sheet, at):
        if font and at == title:
            sheet.write(11, 3, tick, book.add_format({"font_name": font}))

    made.hooks.append(drawn_tick)
    return made.bytes


for title, tick, font in (
    ("封面", "√", ""),
    ("封面", "P", "Wingdings 2"),
    ("封面", "þ", "Wingdings"),
    ("封面 - 表格 1", "√", ""),
    ("1.封面", "✅", ""),
    ("首页", "√", ""),
    ("Sheet1", "R", "Wingdings 2"),
):
    case(f"cover {title} {tick} {font}", covered(title, tick, font))
made = paper(GOOD)
made.cells["封面"] = {(10, 1): "工作表", (10, 3): "本单位无此情况"}
made.cells["封面"] |= {(60 + row, at): value for row, values in enumerate(TABLE) for at, value in enumerate(values)}
case("table on the cover", made.bytes, ("S036", ""), state=ERRORS)
for title in ("说明 - 表格 1", "2、填表说明 (2)"):
    made = paper(GOOD)
    made.cells[title] = {(0, 0): "x"}
    case(f"helper {title}", made.bytes)


def ole(name) -> bytes:
    """The head of an OLE2 file with a stream of this name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name.encode("utf-16-le")


PAGE = '<!DOCTYPE html><html><body><form><input type="password">登录</form></body></html>'.encode()
# Files by maker.
for name, data, code in (
    ("TSD", b"%TSD-Header-###%" + bytes(range(256)) * 40, "F036"),
    ("E-SafeNet", b"b\x14#eE-SafeNet\0LOCK" + bytes(range(256)) * 40, "F036"),
    ("rights", ole("DRMEncryptedDataSpace EncryptedPackage"), "F037"),
    ("half a file", paper().bytes()[:4000], "F038"),
    ("letter", b"From: a@b.invalid\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nbody", "F040"),
    ("received letter", b"Received: from mx\r\n by my\r\n\r\nbody", "F040"),
    ("letter of Outlook", ole("__properties_version1.0"), "F040"),
    ("sylk", b'ID;PWXL;N;E\r\nC;Y1;X1;K"a"\r\nE\r\n', "F041"),
    ("answer of a service", b'{"code":401,"message":"no login"}', "F042"),
    ("login page", PAGE, "F042"),
):
    case(name, data, (code, ""), state="unreadable", rows=0)
WHOLE_FILE = paper().bytes()
HEADS = (b"DKIM-Signature: v=1", b"ARC-Seal: i=1", b"Authentication-Results: mx", b"Content-Type: multipart/mixed")
for head in (*HEADS, b"From a@b.invalid Mon Jan 1 00:00:00 2025"):
    name = f"letter that begins with {head[:12].decode()}"
    case(name, head + b"\r\nFrom: a@b.invalid\r\n\r\nbody", ("F040", ""), state="unreadable", rows=0)
for name, data, code in (
    ("page behind a comment", b"<!-- saved --><html><body>login password</body></html>", "F042"),
    ("page behind a declaration", b'<?xml version="1.0"?><!DOCTYPE html><html><input type="password"/></html>', "F042"),
    ("login in a table", b'<html><table><tr><td><input type="password"></td></tr></table></html>', "F042"),
    ("login behind a long head", b"<html><style>" + b"x" * 9000 + b"</style><body>password</body></html>", "F042"),
    ("answer of a store", b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "F042"),
    ("place of a file", bytes(20_000), "F038"),
    ("all but the end", WHOLE_FILE[:-10], "F038"),
    ("E-SafeNet behind a head", b"\0\0E-SafeNet\0" + bytes(range(256)) * 40, "F036"),
    ("photo", b"\0\0\0\x18ftypheic" + bytes(100), "F021"),
    ("photo of the web", b"RIFF\0\0\0\0WEBPVP8 " + bytes(100), "F021"),
):
    case(name, data, (code, ""), state="unreadable", rows=0)
case("unfinished", b"\0\1\2\3" * 500, ("F038", ""), file="甲.xlsx.xltd", state="unreadable", rows=0)
case(
    "unfinished too",
    paper().bytes()[:3000],
    ("F038", ""),
    file="甲.xlsx.baiduyun.p.downloading",
    state="unreadable",
    rows=0,
)
case("in the cloud", b"bplist00\xd3", ("F039", ""), file=".甲.xlsx.icloud", state="unreadable", rows=0)
case("a whole file under such a name", paper().bytes, ("F003", ""), file="甲.xlsx.xltd")


# Crossed out otherwise than by the font, and covered otherwise than by pictures.
for name, look in (("both ways", {"diag_type": 3, "diag_border": 1}), ("one way", {"diag_type": 1, "diag_border": 2})):
    case(f"crossed {name}", styled(5, 30, **look), ("C032", "F7"))
case("a border around", styled(5, 30, border=1, diag_color="#FF0000"))
case("crossed where nothing stands", drawn(lambda b, s: s.write_blank(ROW, 6, None, b.add_format({"diag_type": 3}))))
BODY = rb"<xdr:sp .*?</xdr:sp>"
LINE = b'<xdr:spPr><a:prstGeom prst="line"/></xdr:spPr>'
case("a line that is a shape", anchored(box(), (BODY, b"<xdr:sp>" + LINE + b"</xdr:sp>")), *OVER)
case("strokes of a pen", anchored(box(), (BODY, b"<xdr:contentPart/>")), *OVER)
SHOWN_NOTE = {"visible": True, "x_offset": 0, "y_offset": 0, "start_row": 6, "start_col": 5, "width": 40, "height": 15}
case("a comment over data", drawn(lambda b, s: s.write_comment("A1", "注", SHOWN_NOTE)), *OVER)
case("a comment that is hidden", drawn(lambda b, s: s.write_comment("A1", "注", {**SHOWN_NOTE, "visible": False})))
case("a button over data", drawn(lambda b, s: s.insert_button(ROW, 5, {"width": 60, "height": 18})), *OVER)
case("a button aside", drawn(lambda b, s: s.insert_button(30, 5, {"width": 60, "height": 18})))
FORMULAS = {"xl/worksheets/sheet2.xml": lambda xml: xml.replace(b"<sheetView ", b'<sheetView showFormulas="1" ', 1)}
since = paper({**GOOD, "since": FIRST, "members": ("=15+15", 30)}).bytes
case("formulas shown", edit(since, FORMULAS), ("C049", "D7"), ("C049", "F7"))
PAINTED = {SHEET: lambda xml: xml.replace(b"</worksheet>", b'<picture r:id="rId1"/></worksheet>')}
case("picture below the cells", edit(paper().bytes, PAINTED), ("S037", ""))


def windows(*given: str) -> Later:
    """With the windows of the workbook described so."""
    views = "".join(f"<workbookView {one}/>" for one in given).encode()
    return edit(paper().bytes, {"xl/workbook.xml": lambda xml: re.sub(rb"<workbookView[^>]*/>", views, xml)})


for given in (
    ['visibility="hidden"'],
    ['visibility="veryHidden"'],
    ['xWindow="1" showSheetTabs="0"'],
    ['showSheetTabs="false"'],
):
    case(f"window with {given[0]}", windows(*given), ("F043", ""))
case("both windows hidden", windows('visibility="hidden"', 'visibility="veryHidden"'), ("F043", ""))
for given in (
    ['visibility="visible" showSheetTabs="1"'],
    ['visibility="hidden"', 'xWindow="2"'],
    ['minimized="1"'],
    ['firstSheet="2"'],
):
    case(f"window that is shown: {' and '.join(given)}", windows(*given))
case("formulas shown where there are none", edit(paper().bytes, FORMULAS))


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("screen")
    files = []
    for number, (file, data, _, _, _) in enumerate(CASES.values()):
        path = folder / f"{number:03d}" / file
        path.parent.mkdir()
        path.write_bytes(data() if callable(data) else data)
        files.append((f"{number:03d}/{file}", path))
    return read_returns(files, FORM, UNITS, workers=1, expected=Stamp("", "", "", "", "c1"))


@pytest.mark.parametrize("name", CASES)
def test_case(batch, name):
    number = list(CASES).index(name)
    returned = batch.returns[number]
    _, _, expected, state, rows = CASES[name]
    found = {(finding.code, cell) for finding in returned.findings for cell in finding.cells or ("",)}
    assert (found, returned.state) == (expected, state)
    table = batch.tables["org"]
    lost = {row for index, row, _ in batch.problem_cells["org"] if index == number}
    assert len(table[(table["_return"] == number) & ~table["_row"].isin(lost)]) == rows


def test_no_cell_of_any_column_is_half_struck_unsaid(tmp_path):
    """Whatever the column: text partly struck out or raised is never taken without a finding on that very cell."""
    files = []
    for column in range(9):
        for number, look in enumerate((STRIKE, RAISE, LOWER)):
            path = tmp_path / f"{column}{number}.xlsx"
            path.write_bytes(drawn(rich(column, (look, "3"), (None, "30")))())
            files.append((path.name, path))
    for returned in read_returns(files, FORM, UNITS, workers=1).returns:
        cell = f"{'ABCDEFGHI'[int(returned.file[0])]}7"
        assert any(cell in f.cells and f.code in ("C031", "C032") for f in returned.findings), returned.file


def test_ticks_mean_what_is_seen(batch):
    table = batch.tables["org"].set_index("_return")["temporary"]
    ticks = [number for number, name in enumerate(CASES) if "tick" in name or "emoji" in name]
    assert [table[number] for number in ticks] == ["是"] * 4


def test_ticks_of_every_cover_count(batch):
    """Whatever the sheet is called, and nothing says that it was not read."""
    covers = {name: batch.returns[number].nil for number, name in enumerate(CASES) if name.startswith("cover ")}
    assert len(covers) == 7 and set(covers.values()) == {frozenset({"org"})}
