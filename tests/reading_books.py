"""Small returned workbooks for the tests of the reader: the layout of the real template, any cell changed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import xlsxwriter

from toolkit.model.form import Column, Form, Sheet
from toolkit.model.stamp import Stamp

Later = Callable[[], bytes]
"""What makes the bytes of a file."""
ORG = Sheet(
    name="org",
    label="党组织情况",
    use="required",
    layout="table",
    filler="",
    basis="",
    nil_allowed=True,
    columns=(
        Column("code", "党组织代码", "text", "required", key=True),
        Column("name", "党组织全称", "text", "required", aliases=("支部名称",)),
        Column("kind", "设置形式", "choice", "required", choices="kinds"),
        Column("since", "成立日期", "date", "required"),
        Column("born", "出生年月", "month", "optional"),
        Column("members", "党员总数", "integer", "required", unit="人"),
        Column("fund", "活动经费", "decimal", "conditional", unit="元"),
        Column("temporary", "是否临时", "choice", "optional", choices="yes_no"),
        Column("note", "说明文字", "text", "optional"),
    ),
)
STAT = Sheet(
    name="stat",
    label="年度汇总数",
    use="required",
    layout="table",
    filler="",
    basis="",
    columns=(
        Column("stat_code", "指标代码", "text", "required", key=True, prefilled=True),
        Column("stat_name", "指标名称", "text", "required", prefilled=True),
        Column("value", "数值", "decimal", "required"),
    ),
)
UNIT = Sheet(
    name="unit",
    label="单位情况",
    use="required",
    layout="vertical",
    filler="",
    basis="",
    columns=(
        Column("unit_code", "单位代码", "text", "required", key=True, prefilled=True),
        Column("unit_name", "单位全称", "text", "required", prefilled=True),
        Column("staff", "党务干部人数", "integer", "required"),
        Column("fill_date", "填报日期", "date", "required"),
    ),
)


def small_form() -> Form:
    """A form with one sheet of each layout and every column type."""
    from dataclasses import replace

    from toolkit.model.form import FixedRow

    rows = tuple(FixedRow(code, {"stat_name": name}) for code, name in (("A01", "总人数"), ("A02", "其中：离休")))
    return Form(
        policy="test-2025",
        version="1.1.2",
        title="测试表",
        sheets=(UNIT, ORG, replace(STAT, fixed_rows=rows)),
        code_lists={"kinds": ("党支部", "村（社区）党总支", "无"), "yes_no": ("是", "否")},
        rules=(),
    )


GOOD = {"code": "U1-01", "name": "退休支部", "kind": "党支部", "since": "2024-05-01", "members": 30}
UNIT_CELLS = {"unit_code": "U1", "unit_name": "甲局", "staff": 2, "fill_date": "2025-12-01"}
STAMP = Stamp(policy="test-2025", version="1.1.2", unit="U1", year="2025", campaign="c1")


class Wrong(str):
    """An error value as shown, for the formats written by hand."""


WIDE_ENOUGH = 24
"""Characters that names and dates take."""


class Paper:
    """A workbook being written: `cells[sheet title][(row, column)]`, both from 0; change it, then `bytes()`."""

    def __init__(self, form: Form, records: Mapping[str, list[dict]] | None = None, stamp: Stamp | None = STAMP):
        self.stamp = stamp
        self.cells: dict[str, dict[tuple[int, int], object]] = {}
        self.hooks: list[Callable] = []
        self.hidden: set[str] = set()
        records = {"org": [GOOD], **(records or {})}
        for sheet in form.sheets:
            self.cells[sheet.label] = page(sheet, records.get(sheet.name, []))
        if stamp:
            self.cells["_meta"] = {
                (row, column): text for row, pair in enumerate(stamp.pairs()) for column, text in enumerate(pair)
            }
        self.properties = bool(stamp)

    def put(self, title: str, address: str, value: object) -> Paper:
        """Writes one cell; "" clears it."""
        found = re.fullmatch(r"([A-Z]+)(\d+)", address)
        column = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(found[1]))) - 1
        self.cells[title][int(found[2]) - 1, column] = value
        return self

    def bytes(self, options: dict | None = None) -> bytes:
        """The file."""
        stream = io.BytesIO()
        base = {"in_memory": True, "strings_to_numbers": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(stream, {**base, **(options or {})})
        day, title_row = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"text_wrap": True})
        for title, cells in self.cells.items():
            sheet = book.add_worksheet(title)
            if title in self.hidden or title == "_meta":
                sheet.hide()
            for (row, column), value in sorted(cells.items(), key=lambda item: item[0]):
                write(sheet, row, column, value, day)
            sheet.set_column(0, 40, WIDE_ENOUGH)
            for hook in self.hooks:
                hook(book, sheet, title)
        book.worksheets()[-1].set_row(0, None, title_row)
        if self.properties:
            for name, value in self.stamp.pairs():
                book.set_custom_property(name, value, "text")
        book.close()
        return stream.getvalue()


def write(sheet, row: int, column: int, value: object, day) -> None:
    """One cell by the type of its value; a tuple is (formula, stored result)."""
    if value == "" or value is None:
        return
    if isinstance(value, tuple):
        sheet.write_formula(row, column, value[0], None, value[1])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_datetime(row, column, value, day)


def page(sheet: Sheet, records: list[dict]) -> dict[tuple[int, int], object]:
    """The cells of one sheet in the layout of the template."""
    cells: dict[tuple[int, int], object] = {(0, 0): "附件1", (1, 0): sheet.label, (2, 0): "填报单位：甲局"}
    if sheet.layout == "vertical":
        cells |= {(4, column): text for column, text in enumerate(("填写项目", "name", "填写内容", "填写说明"))}
        record = records[0] if records else UNIT_CELLS
        for row, column in enumerate(sheet.columns, 5):
            cells |= {(row, 0): column.label, (row, 1): column.name, (row, 2): record.get(column.name, "")}
        return cells
    for place, column in enumerate(sheet.columns):
        cells |= {(4, place): column.label, (5, place): column.name}
        for row, record in enumerate(records, 6):
            cells[row, place] = record.get(column.name, "")
    for row, fixed in enumerate(sheet.fixed_rows, 6):
        cells |= {(row, 0): fixed.key, (row, 1): fixed.values["stat_name"]}
    return cells


def edit(
    data: bytes, changes: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes] | None = None
) -> bytes:
    """The package with some parts changed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changes[name](part) if name in changes else part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def edited(data: bytes | Later, changes: Mapping[str, Callable[[bytes], bytes]]) -> Later:
    """As `edit`, made when it is asked for: cases of many tests cost nothing where none of them runs."""
    return lambda: edit(data() if callable(data) else data, changes)


def open_document(paper: Paper) -> bytes:
    """The same cells as an .ods file; texts and numbers only."""
    tables = []
    for title, cells in paper.cells.items():
        width = 1 + max((column for _, column in cells), default=0)
        rows = []
        for row in range(1 + max((row for row, _ in cells), default=0)):
            line = "".join(_ods_cell(cells.get((row, column), "")) for column in range(width))
            rows.append(f"<table:table-row>{line}</table:table-row>")
        tables.append(f'<table:table table:name="{title}">{"".join(rows)}</table:table>')
    spaces = ("office", "table", "text", "calcext")
    names = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in spaces)
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names}>{body}</office:document-content>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def _ods_cell(value: object) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, Wrong):
        kind = 'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
