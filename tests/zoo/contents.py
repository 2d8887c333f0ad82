"""B: what is wrong with the content of cells."""

from __future__ import annotations

import datetime as dt
import re

from reading_books import GOOD, Wrong, open_document

from zoo.build import FORM, ORG, SHEET2, UNIT, animal, edit, members, one, paper, xml
from zoo.legacy import xls, xlsb

LETTERS = {column.name: chr(65 + place) for place, column in enumerate(FORM.by_name["org"].columns)}


def column(name: str, of: str, *values: object) -> bytes:
    """A workbook with one organisation a value."""
    rows = [{**GOOD, "code": f"U1-{number:02d}", of: value} for number, value in enumerate(values, 1)]
    return paper(name, *rows).bytes()


@animal
def a39(name):
    return members(name, b'<c r="F7"><v>NaN</v></c>')


@animal
def a39_infinite(name):
    return members(name, b'<c r="F7"><v>INF</v></c>')


@animal
def a39_huge(name):
    return members(name, b'<c r="F7"><v>1e999</v></c>')


@animal
def a39_hexadecimal(name):
    return members(name, b'<c r="F7"><v>0x10</v></c>')


@animal
def a39_underscore(name):
    return members(name, b'<c r="F7"><v>1_000</v></c>')


@animal
def a39_empty(name):
    return members(name, b'<c r="F7"><v></v></c>')


@animal
def b01(name):
    texts = ("=1+1", "+1", "-2", "@x", "\t=1", "＝1+1", "{=1}", "=cmd|'/c echo'!A1", "http://x.invalid", "mailto:a@b")
    return column(name, "note", *texts)


@animal
def b02(name):
    return one(name, members=("=SUM(1,2)", ""), fund=("=1*2", ""))


@animal
def b03(name):
    return one(name, fund=("=100*12", 999999))


@animal
def b03_chain(name):
    """Sums and references that agree with their cells, and one that does not."""
    rows = [
        {**GOOD, "code": "U1-01", "fund": 10},
        {**GOOD, "code": "U1-02", "fund": ("=G7*2+1", 21)},
        {**GOOD, "code": "U1-03", "fund": ("=SUM(G7:G8,4)/-5", -7)},
        {**GOOD, "code": "U1-04", "fund": ("=SUM($G$7:G9)", 25)},
    ]
    return paper(name, *rows).bytes()


@animal
def b03_not_worked_out(name):
    """Formulas that only Excel can work out, in a workbook that asks for a calculation, and in one that does not."""
    row = {**GOOD, "fund": ('=IF(F7>1,3,4)&""', "3"), "members": ("=ROUND(29.6,0)", 30)}
    asked = paper(name + "a", row).bytes()
    calm = edit(
        paper(name + "b", row).bytes(), {"xl/workbook.xml": lambda part: part.replace(b'fullCalcOnLoad="1"', b"")}
    )
    by_hand = edit(calm, {"xl/workbook.xml": lambda part: part.replace(b"<calcPr ", b'<calcPr calcMode="manual" ')})
    return {"asked.xlsx": asked, "calm.xlsx": calm, "by_hand.xlsx": by_hand}


@animal
def b04_alone(name):
    """An error is all that a row holds: the reader sees a blank row."""
    rows = [GOOD, {"fund": ("=1/0", "#REF!")}, {}, {"code": "3", "name": ("=A1", "#N/A")}, {"members": ("=1+1", "")}]
    return paper(name, *rows, {"code": "合计", "fund": ("=1/0", "#DIV/0!")}).bytes()


@animal
def b04_other_formats(name):
    """Error values in formats that have no XML of ours to ask."""
    made = paper(name, {**GOOD, "fund": Wrong("#DIV/0!")}, {**GOOD, "code": "U1-02", "members": Wrong("#REF!")})
    made.put(UNIT, "C8", Wrong("#N/A"))
    return {"a.xls": xls(made), "b.xlsb": xlsb(made), "c.ods": open_document(made)}


def odd_members(name, cell: bytes) -> bytes:
    return members(name, b'<c r="F7">' + cell + b"</c>")


@animal
def b30_comment_in_number(name):
    """One amount, two answers: a parser of XML reads 30, the reader of values stops at the comment."""
    return odd_members(name, b"<v>3<!-- x -->0</v>")


@animal
def b30_character_data(name):
    return odd_members(name, b"<v><![CDATA[30]]></v>")


@animal
def b30_character_reference(name):
    return odd_members(name, b"<v>&#51;0</v>")


@animal
def b30_two_values(name):
    return odd_members(name, b"<v>30</v><v>31</v>")


@animal
def b30_padded_index(name):
    """A padded index of a text: the reader takes the first text of the file."""

    def change(part: bytes) -> bytes:
        at = part.find(b"<v>", part.find(b'<c r="B7"'))
        return part[:at] + b"<v> " + part[at + 3 :].replace(b"</v>", b" </v>", 1)

    return xml(name, change)


@animal
def b31_another_hand(name):
    """The style of no usual writer: single quotes, other order, line breaks in tags; an error and a bare formula."""

    def change(part: bytes) -> bytes:
        part = part.replace(b'<c r="F7"><v>30</v></c>', b"<c\nt='e'\nr='F7'><v>#N/A</v></c><c\tr = 'G7'><f>1+1</f></c>")
        return part.replace(b"<row ", b"<row\n")

    return xml(name, change)


@animal
def b31_prefixed(name):
    def change(part: bytes) -> bytes:
        part = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part).replace(b"xmlns=", b"xmlns:x=")
        return part.replace(b'<x:c r="F7"><x:v>30</x:v>', b'<x:c r="F7" t="e"><x:v>#NUM!</x:v>')

    return xml(name, change)


@animal
def b32_rounded(name):
    """More decimals than are shown; what is shown in full, or has no fixed decimals, is not named."""
    made = paper(name, *({**GOOD, "code": f"U1-{n:02d}", "fund": 12.34567} for n in range(3)))

    def change(part: bytes) -> bytes:
        for row, style in ((7, b"1"), (8, b"2")):
            part = part.replace(b'<c r="G%d"' % row, b'<c r="G%d" s="%s"' % (row, style))
        return part

    def style(part: bytes) -> bytes:
        at = part.find(b"<cellXfs")
        end = part.find(b"</cellXfs>")
        more = b'<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        return part[:at] + b'<cellXfs count="3"><xf numFmtId="0"/>' + more + b'<xf numFmtId="0"/>' + part[end:]

    return edit(made.bytes(), {SHEET2: change, "xl/styles.xml": style})


@animal
def b04(name):
    errors = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
    return column(name, "members", *(("=1/0", error) for error in errors))


def new_error(name: str, text: bytes) -> bytes:
    return members(name, b'<c r="F7" t="e"><v>' + text + b"</v></c>")


@animal
def b04_spill(name):
    return new_error(name, b"#SPILL!")


@animal
def b04_calc(name):
    return new_error(name, b"#CALC!")


@animal
def b04_getting_data(name):
    return new_error(name, b"#GETTING_DATA")


@animal
def b04_in_column_of_text(name):
    return one(name, note=("=A1", "#N/A"), name=("=A1", "#REF!"))


@animal
def b05(name):
    return column(name, "fund", "2000万", "１，２３４．５", "1 234", "-", "—", "￥12.00", "12,5", "(100)", "3.00元")


@animal
def b06(name):
    return one(name, code=110101199001011000)


@animal
def b06_fifteen(name):
    return one(name, code=110101900101123)


@animal
def b06_exponent(name):
    return one(name, code="1.10101E+17")


@animal
def b06_zeros(name):
    return one(name, code="000123", note="00７")


@animal
def b07(name):
    good = (
        "2024.5.1",
        "20240501",
        "二〇二四年五月一日",
        "2024年5月1日",
        "'2024-05-01",
        "2024/5/1 8:30",
        45413,
        20240501,
    )
    return column(name, "since", *good)


@animal
def b07_bad(name):
    return column(name, "since", "2024-5", "2024.2.30", "03/04/05", "03/04/2024", "24.5.1", "五月一日", "去年", "2024")


@animal
def b07_months(name):
    good = ("1956.08", 1956.08, "1956年8月", "195608", "56.8", "一九五六年八月", dt.date(1956, 8, 9), "1956-08-09")
    return column(name, "born", *good)


@animal
def b07_months_bad(name):
    return column(name, "born", 1956.1, "1956.13", "幼年", "1956", "08.56")


@animal
def b08(name):
    return paper(name, {**GOOD, "since": dt.date(2024, 5, 1)}).bytes({"date_1904": True})


@animal
def b09(name):
    return column(name, "since", 0, 1, 60, -1, 2958466, 1e10, 0.5)


@animal
def b10(name):
    cells = b'<c r="D7" t="d"><v>2024-05-01T00:00:00</v></c>'
    return xml(name, lambda part: part.replace(part[part.find(b'<c r="D7"') : part.find(b'<c r="F7"')], cells))


@animal
def b11(name):
    return one(name, code="U1\u200b-01", name="\ufeff退休\u00ad支部\u202e", note="甲\u00a0乙", members="３０")


@animal
def b11_gap(name):
    return one(name, name="李　四", note="李 四")


@animal
def b12(name):
    return one(name, name="\u2f00心支部", note="e\u0301\U00020000\ue000")


@animal
def b13(name):
    def change(part: bytes) -> bytes:
        return part.replace("退休支部".encode(), b"_x0041__x000D_B_x005F_")

    return xml(name, change, "xl/sharedStrings.xml")


@animal
def b14(name):
    rich = "<is><r><t>退休</t></r><r><rPr><b/></rPr><t>支部</t></r><rPh sb='0' eb='2'><t>ふりがな</t></rPh></is>"

    def change(part: bytes) -> bytes:
        start = part.find(b'<c r="B7"')
        return part[:start] + f'<c r="B7" t="inlineStr">{rich}</c>'.encode() + part[part.find(b'<c r="C7"') :]

    return xml(name, change)


@animal
def b15(name):
    made = paper(name, GOOD, {**GOOD, "code": "U1-02"}, {**GOOD, "code": "U1-03"})

    def hide(book, sheet, title):
        if title == ORG:
            sheet.set_row(7, None, None, {"hidden": True})
            sheet.autofilter("A5:I9")
            sheet.set_column("E:E", 10, None, {"hidden": True})

    made.hooks.append(hide)
    return made.bytes()


@animal
def b16(name):
    made = paper(name, GOOD, {**GOOD, "code": "U1-02", "members": ""}, {**GOOD, "code": "U1-03", "members": ""})
    made.hooks.append(lambda book, sheet, title: sheet.merge_range("F7:F9", 30) if title == ORG else None)
    return made.bytes()


@animal
def b17(name):
    made = paper(name).put(ORG, "A9", "合  计").put(ORG, "F9", 30)
    return (
        made.put(ORG, "A11", "注：以上截至年底").put(ORG, "A12", "填表人：王五").put(ORG, "D12", "审核：赵六").bytes()
    )


def shown_as(name: str, form: str, value: float) -> bytes:
    made = paper(name)

    def write(book, sheet, title):
        if title == ORG:
            sheet.write_number("F7", value, book.add_format({"num_format": form}))

    made.hooks.append(write)
    return made.bytes()


@animal
def b18_hidden(name):
    return shown_as(name, ";;;", 30)


@animal
def b18_thousands(name):
    return shown_as(name, '0"万"', 30)


@animal
def b18_scaled(name):
    return shown_as(name, "0.0,", 30)


@animal
def b18_plain(name):
    return shown_as(name, "#,##0_ ", 30)


@animal
def b18_as_date(name):
    return one(name, members=dt.datetime(1900, 10, 26))


@animal
def b19(name):
    return column(name, "temporary", True, "TRUE", "√", 1, "是")


@animal
def b19_blank(name):
    return one(name, note=" ", fund="\u3000", born="")


@animal
def b19_boolean_two(name):
    return members(name, b'<c r="F7" t="b"><v>2</v></c>')


@animal
def b19_unknown_type(name):
    return members(name, b'<c r="F7" t="zz"><v>30</v></c>')


@animal
def b20(name):
    def change(part: bytes) -> bytes:
        return part.replace("退休支部".encode(), "  退休支部 ".encode())

    return xml(name, change, "xl/sharedStrings.xml")


@animal
def b21(name):
    return edit(
        one(name, note="字"),
        {"xl/sharedStrings.xml": lambda part: part.replace(">字<".encode(), (">" + "字" * 33_000 + "<").encode())},
    )


@animal
def b22(name):
    return column(name, "fund", *[0.1] * 3, 1234.005, "1e15", 0.1 + 0.2)


@animal
def b23(name):
    return column(name, "members", 1, 1.0, "1", "01", True, dt.datetime(2024, 5, 1), 1.5)


@animal
def b24(name):
    made = paper(name)

    def write(book, sheet, title):
        if title == ORG:
            form = book.add_format({"num_format": "zzz"})
            sheet.write_number("D7", 45413, form)

    made.hooks.append(write)
    formed = made.bytes()
    return edit(
        formed,
        {
            "xl/styles.xml": lambda part: _with_number_format(part, 31),
        },
    )


def _with_number_format(part: bytes, number: int) -> bytes:
    at = part.find(b'formatCode="zzz"')
    start = part.rfind(b'numFmtId="', 0, at) + 10
    old = part[start : part.find(b'"', start)]
    part = re.sub(rb"<numFmts\b.*?</numFmts>", b"", part)  # a number that Excel knows needs no code
    return part.replace(b'numFmtId="' + old + b'"', b'numFmtId="%d"' % number)


@animal
def b25_duration(name):
    def change(part: bytes) -> bytes:
        return part.replace(b'<c r="F7"><v>30</v></c>', b'<c r="F7" s="1"><v>1e10</v></c>')

    made = paper(name, {**GOOD, "note": dt.timedelta(hours=30)})
    made.cells[ORG][6, 8] = ""
    made.hooks.append(
        lambda book, sheet, title: (
            sheet.write_number("I7", 1.25, book.add_format({"num_format": "[h]:mm"})) if title == ORG else None
        )
    )
    return edit(made.bytes(), {SHEET2: change})


@animal
def b26_nothing_words(name):
    return column(name, "fund", "无", "—", "/", "暂无", "N/A", "null", "None", "nan")


@animal
def b27_nothing_words_as_text(name):
    return column(name, "name", "NA", "N/A", "null", "None", "nan", "Null")


@animal
def b28_ditto(name):
    return column(name, "name", "甲支部", "同上", "〃")


@animal
def b29_choices(name):
    return column(name, "kind", "党 支部", "村(社区)党总支", "无", "党小组")


@animal
def b30_vertical(name):
    return paper(name).put(UNIT, "C8", "两人").bytes()
