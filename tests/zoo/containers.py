"""A: what is wrong with the file, its package or its XML; active content; formats and passwords."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib

from reading_books import GOOD, edit, open_document

from zoo.build import ORG, SHEET2, UNIT, animal, last_rows, members, paper, xml
from zoo.legacy import biff8, ole, xls, xlsb

MEGABYTE = 1_000_000


def repeated(chunk: bytes, count: int) -> tuple[bytes, int]:
    """A deflate stream of `count` times the chunk, made without compressing it `count` times; and its length."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = press.compress(chunk) + press.flush(zlib.Z_FULL_FLUSH)
    return block * count + press.flush(), len(chunk) * count


def with_stream(name: str, packed: bytes, size: int, declared: int | None = None, checksum: int = 0) -> bytes:
    """A workbook's package plus one part given as a raw deflate stream."""
    stream = io.BytesIO(paper("U1").bytes())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_STORED) as package:
        package.writestr(name, packed)
    data = bytearray(stream.getvalue())
    local, central = data.rfind(b"PK\x03\x04"), data.rfind(b"PK\x01\x02")
    for at, method, sizes in ((local, 8, 18), (central, 10, 20)):
        struct.pack_into("<H", data, at + method, 8)
        struct.pack_into("<L", data, at + sizes - 4, checksum)
        struct.pack_into("<L", data, at + sizes + 4, size if declared is None else declared)
    return bytes(data)


@animal
def a00(name):
    return paper(name).bytes()


@animal
def a01(name):
    return b""


@animal
def a02(name):
    data = paper(name).bytes()
    return data[: len(data) * 6 // 10]


@animal
def a03(name):
    return paper(name).bytes()[:-22]


@animal
def a04(name):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(paper(name).bytes())) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    return stream.getvalue().replace(b"<v>30</v>", b"<v>90</v>")


@animal
def a05(name):
    return paper(name).bytes() + b"\r\n-- sent from my telephone --\r\n"


@animal
def a06(name):
    return edit(paper(name).bytes(), {}, {"word/document.xml": b"<w/>"}).replace(b"xl/", b"zz/")


@animal
def a07(name):
    return xls(paper(name))


@animal
def a08(name):
    return paper(name).bytes()


@animal
def a09(name):
    return "<html><body><table><tr><td>党组织代码</td></tr></table></body></html>".encode()


@animal
def a10(name):
    return "党组织代码,党组织全称\r\nU1-01,退休支部\r\n".encode("gbk")


@animal
def a11(name):
    return b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:x"/>'


def encrypted(data: bytes, password: str) -> bytes:
    """The workbook with a password to open it; few rounds of hashing, because the tests have to wait for them."""
    from msoffcrypto.method.ecma376_agile import ECMA376Agile

    return ECMA376Agile.encrypt(password, io.BytesIO(data), spin_count=1000)


@animal
def a12(name):
    return encrypted(paper(name).bytes(), "nobody-knows")


@animal
def a13(name):
    return encrypted(paper(name).bytes(), "VelvetSweatshop")


@animal
def a14(name):
    return with_stream("xl/media/image1.bin", *repeated(bytes(MEGABYTE), 1000))


@animal
def a15(name):
    chunk, checksum = b"<row><c><v>1</v></c></row>" * 20_000, 0
    for _ in range(100):
        checksum = zlib.crc32(chunk, checksum)
    return with_stream("xl/worksheets/sheet9.xml", *repeated(chunk, 100), checksum=checksum)


@animal
def a16(name):
    packed, size = repeated(bytes(MEGABYTE), 50)
    return with_stream("xl/worksheets/sheet9.xml", packed, size, declared=1000)


@animal
def a17(name):
    stream = io.BytesIO(paper(name).bytes())
    with zipfile.ZipFile(stream, "a") as package:
        for number in range(20):
            package.writestr(f"xl/worksheets/sheet{number + 20}.xml", b"x" * 50)
    data = bytearray(stream.getvalue())
    at, first = 0, None
    while (at := data.find(b"PK\x01\x02", at + 1)) > 0:
        if b"sheet2" in data[at + 46 : at + 66] and b"sheet2.xml" not in data[at + 46 : at + 70]:
            first = first or struct.unpack_from("<L", data, at + 42)[0]
            struct.pack_into("<L", data, at + 42, first)
    return bytes(data)


@animal
def a18(name):
    stream = io.BytesIO(paper(name).bytes())
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr(SHEET2.replace("sheet2", "sheetX"), package.read(SHEET2).replace(b"<v>30<", b"<v>90<"))
    return stream.getvalue().replace(b"sheetX", b"sheet2")


@animal
def a19(name):
    data = bytearray(paper(name).bytes())
    at = data.find(b"xl/worksheets/sheet2.xml")
    data[at : at + 24] = b"xl/worksheets/sheet8.xml"
    return bytes(data)


@animal
def a20(name):
    with zipfile.ZipFile(io.BytesIO(paper(name).bytes())) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts.items():
            new.writestr(part.replace("xl/worksheets/", "xl/WorkSheets/"), data)
    return stream.getvalue().replace(b"xl/WorkSheets/", b"xl\\WorkSheets\\")


@animal
def a21(name):
    return edit(paper(name).bytes(), {}, {"../../outside.txt": b"x", "..\\..\\outside2.txt": b"x"})


def declared(dtd: bytes):
    """A change that puts a document type definition before the first element."""
    return lambda part: part.replace(b"<worksheet", dtd + b"<worksheet", 1).replace(b"<sst", dtd + b"<sst", 1)


@animal
def a22(name):
    lines = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
    return xml(name, declared(b"<!DOCTYPE x [" + lines + b"]>"), "xl/sharedStrings.xml")


@animal
def a23(name):
    return xml(name, declared(b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'))


@animal
def a24(name):
    return xml(name, declared(b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]>'), "xl/sharedStrings.xml")


@animal
def a25(name):
    return xml(name, declared(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'), "xl/sharedStrings.xml")


@animal
def a26(name):
    return xml(name, declared(b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://x.invalid/a">]>'))


@animal
def a27(name):
    change = declared(b'<!DOCTYPE x [<!ENTITY a "1200">]>')
    return xml(name, lambda part: change(part).replace(b"<v>30</v>", b"<v>&a;</v>"))


@animal
def a28(name):
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    return xml(name, lambda part: part.replace(b"</worksheet>", b"<extLst>" + deep + b"</extLst></worksheet>"))


@animal
def a29(name):
    packed, size = repeated(b"x" * MEGABYTE, 300)
    return with_stream("xl/worksheets/sheet9.xml", packed, size)


@animal
def a30(name):
    return xml(name, lambda part: part.replace(b'<dimension ref="A1:I7"', b'<dimension ref="A1:XFD1048576"'))


@animal
def a31(name):
    return xml(name, lambda part: part.replace(b'<dimension ref="A1:I7"', b'<dimension ref="A1:B2"'))


@animal
def a32(name):
    return last_rows(name, b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>')


@animal
def a33(name):
    return last_rows(name, b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t> </t></is></c></row>')


@animal
def a34(name):
    cells = b"".join(b'<c r="%s%%d" s="1"/>' % letter for letter in (b"A", b"B", b"C", b"D", b"E"))
    row = b'<row r="%d">' + cells + b"</row>"
    last = int(os.environ.get("XLTOOL_ZOO_ROWS", "60000"))
    return last_rows(name, b"".join(row % ((number,) * 6) for number in range(8, last)))


@animal
def a35(name):
    return xml(name, lambda part: part.replace(b"<sst ", b'<sst uniqueCount="4294967295" '), "xl/sharedStrings.xml")


@animal
def a35_count(name):
    count = re.compile(rb'uniqueCount="\d+"')
    return xml(name, lambda part: count.sub(b'uniqueCount="4294967295"', part), "xl/sharedStrings.xml")


@animal
def a36(name):
    return members(name, b'<c r="F7" t="s"><v>99999</v></c>')


@animal
def a37(name):
    return last_rows(name, b'<row r="7"><c r="F7"><v>31</v></c></row><row r="6"><c r="F6"><v>32</v></c></row>')


@animal
def a37_cells(name):
    return members(name, b'<c r="F7"><v>30</v></c><c r="F7"><v>31</v></c>')


@animal
def a37_numberless(name):
    return last_rows(name, b"<row><c><v>31</v></c></row>")


@animal
def a38(name):
    return last_rows(name, b'<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>')


@animal
def a38_nought(name):
    return last_rows(name, b'<row r="0"><c r="A0"><v>1</v></c></row>')


@animal
def a40(name):
    return edit(paper(name).bytes(), {}, {"xl/vbaProject.bin": b"Attribute VB_Name"})


@animal
def a41(name):
    return edit(paper(name).bytes(), {}, {"xl/macrosheets/sheet1.xml": b"<xm:macrosheet/>"})


@animal
def a42(name):
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c echo"/></externalLink>'
    return edit(paper(name).bytes(), {}, {"xl/externalLinks/externalLink1.xml": link})


@animal
def a43(name):
    link = {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"}
    made = edit(paper(name).bytes(), {}, link)
    return edit(made, {SHEET2: lambda part: part.replace(b"<v>30</v>", b"<f>[1]Sheet1!A1</f><v>30</v>")})


@animal
def a44(name):
    row = {**GOOD, "name": ('=HYPERLINK("http://x.invalid/","退休支部")', "退休支部"), "note": ("=1&2", "12")}
    return paper(name, row, {**GOOD, "code": "U1-02", "fund": ('=WEBSERVICE("http://x.invalid/")', 5)}).bytes()


@animal
def a44_dde(name):
    return paper(name, {**GOOD, "fund": ("=cmd|'/c echo'!A1", 5)}).bytes()


@animal
def a45(name):
    return edit(paper(name).bytes(), {}, {"xl/connections.xml": b"<connections/>"})


@animal
def a46(name):
    inner = zipped({"乙.xlsx": b"x"})
    outer = {"甲.xlsx": paper(name).bytes(), "内层.zip": inner, "~$甲.xlsx": b"x"}
    return {"包.zip": zipped(outer), "旧.rar": b"Rar!\x1a\x07\x00 and so on"}


def zipped(parts: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return stream.getvalue()


@animal
def a50_xlsb(name):
    return xlsb(paper(name))


@animal
def a50_far_xlsb(name):
    return xlsb(paper(name).put(ORG, "XFD1048576", " "))


@animal
def a51_et(name):
    return xls(paper(name))


@animal
def a52_ods(name):
    return open_document(paper(name))


@animal
def a53_word(name):
    return ole({"WordDocument": b"x"})


@animal
def a54_other_ole(name):
    return ole({"Contents": b"x"})


@animal
def a55_pdf(name):
    return b"%PDF-1.7\n%\xe2\xe3"


@animal
def a56_picture(name):
    return b"\x89PNG\r\n\x1a\n" + bytes(100)


@animal
def a57_encrypted_xls(name):
    stream = bytearray(biff8(paper(name)))
    start = 4 + struct.unpack_from("<H", stream, 2)[0]
    lock = struct.pack("<HHHHHHH", 0x002F, 6, 1, 0x1234, 0x5678, 0, 0)[:10]
    return ole({"Workbook": bytes(stream[:start]) + lock + bytes(stream[start:])})


@animal
def a58_damaged_xls(name):
    data = xls(paper(name))
    return data[: len(data) // 3]


@animal
def a59_rubbish(name):
    return b"\x00\x01\x02\x03" * 100


def marked(name: str, cell: str, text: str) -> bytes:
    """A workbook with a text on its first sheet."""
    return paper(name).put(UNIT, cell, text).bytes()


@animal
def a60_secret(name):
    return marked(name, "D1", "秘密★")


@animal
def a61_secret_years(name):
    return marked(name, "D1", "机　密 ★ 1年")


@animal
def a62_top_secret_rich(name):
    made = paper(name)
    made.hooks.append(
        lambda book, sheet, title: (
            sheet.write_rich_string("D1", book.add_format({"bold": True}), "绝密", "★启用前") if title == ORG else None
        )
    )
    return made.bytes()


@animal
def a63_secret_header(name):
    made = paper(name)
    made.hooks.append(lambda book, sheet, title: sheet.set_header("&R机密★长期") if title == ORG else None)
    return made.bytes()


@animal
def a64_secret_xls(name):
    return xls(paper(name).put(UNIT, "D1", "机密★"))


@animal
def a65_star_alone(name):
    return marked(name, "D1", "★必填；保密办公室填写")
