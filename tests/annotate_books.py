"""A returned workbook with everything that careless programs destroy, and hand-written parts for the rest."""

from __future__ import annotations

import io
import re
import struct
import zlib

from ooxml import parts
from reading_books import GOOD, Paper, edit, small_form

ORG = "党组织情况"
SHEET = "xl/worksheets/sheet2.xml"
ROWS = [
    {**GOOD, "members": "三十", "fund": "1200"},
    {**GOOD, "code": "U1-02", "name": "返聘支部", "kind": "党支部", "members": 12},
    {**GOOD, "code": "U1-03", "name": "老年大学支部", "kind": "不详", "members": 7},
]
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
THREAD = "{11111111-2222-3333-4444-555555555555}"


def rich_book() -> bytes:
    """Button, text box, image, chart, sparkline, data bar, rich text, formulas, comments, thread, pivot, printing."""
    paper = Paper(small_form(), {"org": ROWS})
    paper.put(ORG, "K7", ("=SUM(F8:F9)", 19)).put(ORG, "K8", ('=B8&"！"', "返聘支部！"))
    paper.cells["_lists"] = {(row, 0): text for row, text in enumerate(("kinds", "党支部", "村（社区）党总支", "无"))}
    paper.hidden.add("_lists")
    paper.hooks.append(_objects)
    return _with_pivot(_with_thread(paper.bytes()))


def _objects(book, sheet, title: str) -> None:
    if title != ORG:
        return
    pink = book.add_format({"bg_color": "#FFCCFF", "num_format": "@", "border": 1, "bold": True, "locked": False})
    sheet.write_string("F7", "三十", pink)
    sheet.write_string("C9", "不详", book.add_format({"pattern": 4, "fg_color": "#00FF00", "bg_color": "#0000FF"}))
    sheet.write_rich_string("I8", "说明", book.add_format({"bold": True, "font_color": "red"}), "要紧", "的话")
    sheet.write_comment("F7", "这里的人数请再数一遍", {"author": "科长"})
    sheet.write_comment("A9", "甲乙两支部合并而来", {"author": "科长"})
    sheet.insert_button("M2", {"macro": "nothing", "caption": "上报"})
    sheet.insert_textbox("M6", "填表前请先看说明")
    sheet.insert_image("M12", "seal.png", {"image_data": io.BytesIO(_png())})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='{ORG}'!$F$8:$F$9"})
    sheet.insert_chart("M20", chart)
    sheet.add_sparkline("L8", {"range": f"'{ORG}'!F8:F9"})
    sheet.conditional_format("F7:F9", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("D7:D306", {"validate": "any", "input_title": "成立日期", "input_message": "如 2024-05-01"})
    book.define_name("list_kinds", "='_lists'!$A$2:$A$4")
    sheet.set_header("&L&G", {"image_left": "seal.png", "image_data_left": io.BytesIO(_png())})
    sheet.set_landscape()
    sheet.repeat_rows(0, 5)
    sheet.print_area("A1:I40")
    sheet.merge_range("A4:I4", "依据")
    sheet.autofilter("A6:I9")
    sheet.set_column("A:XFD", 9)
    sheet.set_column("B:B", 18)
    sheet.protect("", {"insert_rows": True})


def _png() -> bytes:
    """A red picture of eight by eight dots."""
    raw = b"".join(b"\x00" + b"\xff\x00\x00" * 8 for _ in range(8))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def _with_thread(data: bytes) -> bytes:
    """A conversation on B9: the legacy comment of its first words, the thread, the person."""
    known = parts(data)
    comments = next(name for name in known if name.startswith("xl/comments"))
    drawing = next(name for name in known if name.startswith("xl/drawings/vmlDrawing1"))
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    thread = (
        f'<ThreadedComments xmlns="{_THREADED}"><threadedComment ref="B9" dT="2025-12-01T08:00:00.00" '
        f'personId="{{AAAAAAAA-2222-3333-4444-555555555555}}" id="{THREAD}"><text>名称对吗？</text></threadedComment>'
        "</ThreadedComments>"
    )
    person = (
        f'<personList xmlns="{_THREADED}"><person displayName="科长" '
        'id="{AAAAAAAA-2222-3333-4444-555555555555}" userId="x" providerId="None"/></personList>'
    )
    legacy = '<comment ref="B9" authorId="1"><text><t>[Threaded comment] 名称对吗？</t></text></comment>'
    shape = known[drawing].decode()
    note = shape.index('ObjectType="Note"')
    first = shape[shape.rindex("<v:shape ", 0, note) : shape.index("</v:shape>", note) + len("</v:shape>")]
    first = re.sub(r"_x0000_s(\d+)", lambda found: f"_x0000_s{int(found[1]) + 70}", first)
    row, column = first.index("<x:Row>"), first.index("</x:Column>")
    first = first[:row] + "<x:Row>8</x:Row><x:Column>1" + first[column:]
    types = (
        '<Override PartName="/xl/threadedComments/threadedComment1.xml" '
        'ContentType="application/vnd.ms-excel.threadedcomments+xml"/>'
        '<Override PartName="/xl/persons/person.xml" ContentType="application/vnd.ms-excel.person+xml"/></Types>'
    )
    author = f"<author>tc={THREAD}</author></authors>"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships"
    return edit(
        data,
        {
            comments: lambda old: old.replace(b"</authors>", author.encode()).replace(
                b"</commentList>", legacy.encode() + b"</commentList>"
            ),
            drawing: lambda old: old.replace(b"</xml>", first.encode() + b"</xml>"),
            rels: lambda old: _related(old, f"{kind}/threadedComment", "../threadedComments/threadedComment1.xml"),
            "xl/_rels/workbook.xml.rels": lambda old: _related(old, f"{kind}/person", "persons/person.xml"),
            "[Content_Types].xml": lambda old: old.replace(b"</Types>", types.encode()),
        },
        {"xl/threadedComments/threadedComment1.xml": thread.encode(), "xl/persons/person.xml": person.encode()},
    )


def _related(old: bytes, kind: str, target: str) -> bytes:
    key = f"rx{old.count(b'<Relationship ')}"
    record = f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/></Relationships>'
    return old.replace(b"</Relationships>", record.encode())


def _with_pivot(data: bytes) -> bytes:
    """A pivot over the statistics, on the sheet of the unit."""
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    definition = (
        f'<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_OFFICE}" r:id="rId1" refreshedVersion="3" recordCount="2">'
        '<cacheSource type="worksheet"><worksheetSource ref="A5:B7" sheet="年度汇总数"/></cacheSource><cacheFields '
        'count="2"><cacheField name="指标代码" numFmtId="0"><sharedItems count="2"><s v="A01"/><s v="A02"/>'
        '</sharedItems></cacheField><cacheField name="指标名称" numFmtId="0"><sharedItems count="2"><s v="总人数"/>'
        '<s v="其中：离休"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>'
    )
    rows = '<r><x v="0"/><x v="0"/></r><r><x v="1"/><x v="1"/></r>'
    records = f'<pivotCacheRecords xmlns="{_MAIN}" count="2">{rows}</pivotCacheRecords>'
    items = '<items count="3"><item x="0"/><item x="1"/><item t="default"/></items>'
    table = (
        f'<pivotTableDefinition xmlns="{_MAIN}" name="透视表1" cacheId="1" dataCaption="值" updatedVersion="3" '
        'minRefreshableVersion="3" createdVersion="3"><location ref="H5:I8" firstHeaderRow="1" firstDataRow="1" '
        f'firstDataCol="1"/><pivotFields count="2"><pivotField axis="axisRow" showAll="0">{items}</pivotField>'
        '<pivotField dataField="1" showAll="0"/></pivotFields><rowFields count="1"><field x="0"/></rowFields>'
        '<rowItems count="3"><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i></rowItems><colItems count="1"><i/>'
        '</colItems><dataFields count="1"><dataField name="计数" fld="1" subtotal="count" baseField="0" baseItem="0"/>'
        "</dataFields></pivotTableDefinition>"
    )
    types = "".join(
        f'<Override PartName="/xl/{path}.xml" ContentType="{spreadsheet}.{kind}+xml"/>'
        for path, kind in (
            ("pivotCache/pivotCacheDefinition1", "pivotCacheDefinition"),
            ("pivotCache/pivotCacheRecords1", "pivotCacheRecords"),
            ("pivotTables/pivotTable1", "pivotTable"),
        )
    )

    def rels(kind: str, target: str) -> bytes:
        empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        text = _related(empty, f"{_OFFICE}/{kind}", target)
        return text.replace(b'Id="rx0"', b'Id="rId1"')

    def with_cache(old: bytes) -> bytes:
        key = f"rx{parts(data)['xl/_rels/workbook.xml.rels'].count(b'<Relationship ')}"
        caches = f'<pivotCaches><pivotCache cacheId="1" r:id="{key}"/></pivotCaches></workbook>'
        return old.replace(b"</workbook>", caches.encode())

    return edit(
        data,
        {
            "xl/workbook.xml": with_cache,
            "xl/_rels/workbook.xml.rels": lambda old: _related(
                old, f"{_OFFICE}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"
            ),
            "[Content_Types].xml": lambda old: old.replace(b"</Types>", types.encode() + b"</Types>"),
        },
        {
            "xl/pivotCache/pivotCacheDefinition1.xml": definition.encode(),
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": rels("pivotCacheRecords", "pivotCacheRecords1.xml"),
            "xl/pivotCache/pivotCacheRecords1.xml": records.encode(),
            "xl/pivotTables/pivotTable1.xml": table.encode(),
            "xl/pivotTables/_rels/pivotTable1.xml.rels": rels(
                "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml"
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": rels("pivotTable", "../pivotTables/pivotTable1.xml"),
        },
    )
