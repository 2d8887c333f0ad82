"""C: what is wrong with sheets, columns, rows and identity."""

from __future__ import annotations

from dataclasses import replace

from reading_books import GOOD, STAMP, Paper, edit, open_document

from zoo.build import FORM, ORG, STAT, UNIT, animal, paper

FREE = "J"


def shifted(made: Paper, title: str, rows: int, columns: int, from_column: int = 0) -> Paper:
    """The sheet with its cells moved down and to the right."""
    made.cells[title] = {
        (row + rows, column + (columns if column >= from_column else 0)): value
        for (row, column), value in made.cells[title].items()
    }
    return made


def renamed(made: Paper, old: str, new: str) -> Paper:
    """The workbook with one sheet under another title."""
    made.cells = {new if title == old else title: cells for title, cells in made.cells.items()}
    return made


@animal
def c01(name):
    made = shifted(paper(name), ORG, 0, 1, from_column=2)
    return made.put(ORG, "C5", "联系人").put(ORG, "C7", "王五").bytes()


@animal
def c02(name):
    made = paper(name, {**GOOD, "fund": 12})
    cells = made.cells[ORG]
    for row in range(4, 7):
        cells[row, 5], cells[row, 6] = cells[row, 6], cells[row, 5]
    return made.bytes()


@animal
def c03(name):
    made = paper(name).put(ORG, "B5", "党组织 全称（必填）").put(ORG, "F5", "党员\n总数").put(ORG, "D5", "＊成立日期：")
    return made.put(ORG, "B6", "").put(ORG, "F6", "").put(ORG, "D6", "").bytes()


@animal
def c03_english(name):
    return paper(name).put(ORG, "F5", "Members").put(ORG, "F6", "").bytes()


@animal
def c03_hidden_name_helps(name):
    return paper(name).put(ORG, "F5", "人头").bytes()


@animal
def c04(name):
    return paper(name).put(ORG, "J5", "活动经费").put(ORG, "J7", 31).put(ORG, "G7", 30).bytes()


@animal
def c04_column_deleted(name):
    made = paper(name)
    made.cells[ORG] = {
        (row, column - (column > 5)): value for (row, column), value in made.cells[ORG].items() if column != 5
    }
    return made.bytes()


@animal
def c05(name):
    return paper(name, GOOD, {}, {}, {}, {**GOOD, "code": "U1-02"}).bytes()


@animal
def c06(name):
    return shifted(paper(name), ORG, 4, 2).bytes()


@animal
def c06_two_rows(name):
    made = paper(name)
    cells = made.cells[ORG]
    for column in (5, 6):
        cells[3, column], cells[4, column] = cells[4, column], ""
    return made.bytes()


@animal
def c07(name):
    return renamed(paper(name), ORG, "Sheet1").bytes()


@animal
def c07_numbered(name):
    return renamed(paper(name), ORG, "2、党组织情况表").bytes()


@animal
def c08(name):
    made = paper(name)
    made.cells["党组织情况 (2)"] = {**made.cells[ORG], (6, 5): 31}
    return made.bytes()


@animal
def c09(name):
    made = paper(name)
    made.cells["党组织情况二"] = {**made.cells[ORG], (6, 5): 31}
    return edit(made.bytes(), {"xl/workbook.xml": lambda part: part.replace("党组织情况二".encode(), ORG.encode())})


@animal
def c09_blank_at_the_end(name):
    made = paper(name)
    made.cells["党组织情况 "] = {**made.cells[ORG], (6, 5): 31}
    return made.bytes()


@animal
def c10(name):
    made = paper(name)
    made.cells = {"填表说明": {(0, 0): "说明"}, "_meta": made.cells["_meta"]}
    return made.bytes()


@animal
def c11(name):
    made = paper(name)
    made.cells["党组织情况 (2)"] = {**made.cells[ORG], (6, 5): 31}
    made.hidden.add(ORG)
    return made.bytes()


@animal
def c11_only_hidden(name):
    made = paper(name)
    made.hidden.add(ORG)
    return made.bytes()


@animal
def c12(name):
    return edit(paper(name).bytes(), {"xl/workbook.xml": lambda part: part.replace(b'"hidden"', b'"veryHidden"')})


@animal
def c13(name):
    return Paper(FORM, stamp=None).put(UNIT, "C6", name).bytes()


@animal
def c13_one_stamp_left(name):
    made = paper(name)
    del made.cells["_meta"]
    return made.bytes()


@animal
def c14(name):
    return Paper(FORM, stamp=replace(STAMP, unit=name, version="1.1.1")).put(UNIT, "C6", name).bytes()


@animal
def c14_newer(name):
    return Paper(FORM, stamp=replace(STAMP, unit=name, version="1.1.10")).put(UNIT, "C6", name).bytes()


@animal
def c14_other_year(name):
    return Paper(FORM, stamp=replace(STAMP, unit=name, year="2024")).put(UNIT, "C6", name).bytes()


@animal
def c14_other_policy(name):
    return Paper(FORM, stamp=replace(STAMP, unit=name, policy="other")).put(UNIT, "C6", name).bytes()


@animal
def c14_other_round(name):
    return Paper(FORM, stamp=replace(STAMP, unit=name, campaign="c0")).put(UNIT, "C6", name).bytes()


@animal
def c15(name):
    return paper(name).put(UNIT, "C6", "Z9").bytes()


@animal
def c15_stamps_differ(name):
    made = paper(name).bytes()
    return edit(made, {"docProps/custom.xml": lambda part: part.replace(b">2025<", b">2023<")})


@animal
def c16(name):
    return paper(name).put(ORG, "M7", "随手记").put(ORG, "A40", "U1-09").put(ORG, "B40", "远处支部").bytes()


@animal
def c17(name):
    made = paper(name)
    first = {}

    def chart(book, sheet, title):
        if title == UNIT:
            first["sheet"] = book.add_chartsheet("图表")
            drawing = book.add_chart({"type": "column"})
            drawing.add_series({"values": f"='{ORG}'!$F$7:$F$7"})
            first["sheet"].set_chart(drawing)

    made.hooks.append(chart)
    return made.bytes()


@animal
def c18(name):
    targets = lambda part: part.replace(b'Target="worksheets/', b'Target="/xl/worksheets/')  # noqa: E731
    return edit(paper(name).bytes(), {"xl/_rels/workbook.xml.rels": targets})


@animal
def c18_prefixed(name):
    def change(part: bytes) -> bytes:
        part = part.replace(b"xmlns=", b"xmlns:x=", 1)
        for tag in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"dimension", b"sheetViews", b"sheetFormatPr"):
            part = part.replace(b"<" + tag + b" ", b"<x:" + tag + b" ").replace(b"<" + tag + b">", b"<x:" + tag + b">")
            part = part.replace(b"</" + tag + b">", b"</x:" + tag + b">")
        for tag in (b"sheetView", b"pageMargins", b"selection"):
            part = part.replace(b"<" + tag + b" ", b"<x:" + tag + b" ").replace(
                b"</" + tag + b">", b"</x:" + tag + b">"
            )
        return part

    return edit(paper(name).bytes(), {"xl/worksheets/sheet2.xml": change})


@animal
def c20(name):
    data = open_document(paper(name))
    row = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"'
    )
    bomb = f'{row} office:value-type="float" office:value="1"/></table:table-row></table:table>'
    return edit(data, {"content.xml": lambda part: part.replace(b"</table:table>", bomb.encode(), 1)})


@animal
def c21_sheet_unknown(name):
    made = paper(name)
    made.cells["备忘"] = {(0, 0): "周一开会"}
    return made.bytes()


@animal
def c22_marked_copy(name):
    made = paper(name).put(ORG, "J5", "问题").put(ORG, "J7", "[C001] 不是数字")
    made.cells["问题清单"] = {(0, 0): "问题清单"}
    return made.bytes()


@animal
def c23_header_again(name):
    labels = {column.name: column.label for column in FORM.by_name["org"].columns}
    return paper(name, GOOD, labels, {**GOOD, "code": "U1-02"}).bytes()


@animal
def c24_ghosts(name):
    ghosts = [{"code": str(number)} for number in range(2, 9)] + [{"kind": "党支部"}, {"name": "\u00a0"}]
    return paper(name, GOOD, *ghosts, {**GOOD, "code": "U1-02"}).bytes()


@animal
def c25_header_lost(name):
    made = paper(name)
    made.cells[ORG] = {key: value for key, value in made.cells[ORG].items() if key[0] > 5}
    return made.bytes()


@animal
def c26_nothing_of_ours(name):
    made = Paper(FORM, stamp=None)
    made.cells = {"Sheet1": {(0, 0): "购物清单"}}
    return made.bytes()


@animal
def c27_sheet_gone(name):
    made = paper(name)
    del made.cells[STAT]
    return made.bytes()
