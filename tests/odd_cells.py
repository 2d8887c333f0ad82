"""Cells as people and programs leave them: odd values under odd number formats, put into a filled-in return.

The formats are added to the styles of the workbook; a cell keeps all else of its look.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date, datetime
from random import Random

from reading_books import edit

from toolkit.model import layout
from toolkit.model.form import Form
from toolkit.ooxml.container import Package
from toolkit.ooxml.filling import set_cells
from toolkit.ooxml.sheet import CellError, Formula

FORMATS = (
    "General", "@", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.00E+00", "# ?/?", "000000", "0000", '0"人"', '0"万"',
    "0.0,", ";;;", "0;-0;;@", "#,##0.00_);[Red](#,##0.00)", '"￥"#,##0.00', '"是"', "yyyy-mm-dd",
    "yyyy/m/d", 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', "yyyy.mm", "m/d/yy", "mmm-yy", "yyyy", 'm"月"d"日"',
    "yyyy-mm-dd hh:mm:ss", "h:mm", "[$-804]yyyy-mm-dd", "[DBNum1]0", "#", "0.###",
)  # fmt: skip
NUMBERS = (
    0, 1, 12, -5, 7.5, 3600, 3600.5, 0.1 + 0.2, 1234567.891, 12.345, 0.5, 1e15, 123456789012345678, 2023.5, 2023,
    202305, 20230501, 45, 45717, 45717.75, 1e-7, -0.0, date(2023, 5, 1), date(1956, 8, 1), date(1900, 1, 20),
    date(1905, 7, 15), datetime(2023, 5, 1, 14, 30), datetime(2023, 4, 30, 23, 59, 59), True, False,
    CellError("#REF!"), CellError("#N/A"), Formula("1+1", 2), Formula("300*12", 3600), Formula("1/3"),
)  # fmt: skip
TEXTS = (
    " 张伟", "张伟 ", "张\u3000伟", "李\u200b四", "１２", "1,200", "1 200", "12人", "约10", "2023.5", "2023年5月1日",
    "2023/5/1", "20230501", "二〇二三年五月", "TRUE", "是 ", "√", "#N/A", "#REF!", "'12", "=1+1", "甲\n乙", "甲\r\n乙",
    "甲\t乙", "甲\u00a0乙", "𠮷田", "👍", "_x000D_", "_x0041_", "a_x_b", "<&>\"'", "   ", "\u3000", "无", "／", "同上",
    "-", "0012", "1e5", "1.20E+10", "⼀", "Ⅻ", "①", "½", "ＡＢ", "e\u0301", "字" * 300, "100%", "3/4", "1-2", "１－２",
    "+12", "12.", ".5", "0x1F", "NaN", "inf", "110101199001011237", "13800138000",
)  # fmt: skip
_STYLES = "xl/styles.xml"
_XFS = re.compile(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.S)
_XF = re.compile(rb"<xf\b[^>]*?(?:/>|>.*?</xf>)", re.S)
_FIRST_FORMAT = 900


def sprinkled(data: bytes, form: Form, rows: Mapping[str, int], rng: Random, count: int) -> bytes:
    """A return with some of its data cells odd.

    Args:
        rows: sheet name → how many records it has.
        count: how many cells.
    """
    known = {sheet.name: sheet for sheet in form.sheets if rows.get(sheet.name)}
    values: dict[str, dict[str, object]] = {}
    looks: dict[str, dict[str, str]] = {}
    for _ in range(count):
        sheet = known[rng.choice(sorted(known))]
        columns = [one.name for one in sheet.columns if not one.prefilled and not one.hidden]
        name = rng.choice([one for one in columns if one != "unit_code"])
        cell = layout.cell(sheet, name, rng.randrange(rows[sheet.name]))
        if rng.random() < 0.8:
            values.setdefault(sheet.label, {})[cell] = rng.choice(rng.choice((NUMBERS, TEXTS)))
        if rng.random() < 0.7:
            looks.setdefault(sheet.label, {})[cell] = rng.choice(FORMATS)
    return _formatted(set_cells(data, values), looks)


def _formatted(data: bytes, looks: Mapping[str, Mapping[str, str]]) -> bytes:
    """The workbook with some cells under other number formats; cells that are not there stay away."""
    package = Package(data)
    wanted: dict[tuple[int, str], int] = {}
    old = _XF.findall(_XFS.search(package.read(_STYLES))[1])
    changes = {}
    for title, formats in looks.items():

        def restyled(found: re.Match[bytes], formats=formats) -> bytes:
            form = formats.get(found[1].decode())
            if form is None:
                return found[0]
            style = wanted.setdefault((int(found[2]), form), len(old) + len(wanted))
            return b'<c r="%s" s="%d"' % (found[1], style)

        part = re.sub(rb'<c r="([A-Z]+\d+)" s="(\d+)"', restyled, package.sheet(package.part_of(title)))
        changes[package.part_of(title)] = lambda _, part=part: part
    return edit(data, {**changes, _STYLES: lambda part: _styles(part, old, wanted)})


def _styles(part: bytes, old: list[bytes], wanted: Mapping[tuple[int, str], int]) -> bytes:
    codes = {code: _FIRST_FORMAT + at for at, code in enumerate(FORMATS)}
    form = b'<numFmt numFmtId="%d" formatCode="%s"/>'
    formats = b"".join(form % (number, html.escape(code).encode()) for code, number in codes.items())
    part = _counted(part, b"numFmts", len(codes)).replace(b"</numFmts>", formats + b"</numFmts>")
    more = b"".join(_xf(old[style], codes[code]) for style, code in wanted)
    return _counted(part, b"cellXfs", len(wanted)).replace(b"</cellXfs>", more + b"</cellXfs>")


def _counted(part: bytes, name: bytes, more: int) -> bytes:
    return re.sub(rb'(<%s count=")(\d+)' % name, lambda found: found[1] + b"%d" % (int(found[2]) + more), part)


def _xf(style: bytes, number: int) -> bytes:
    bare = re.sub(rb' (?:numFmtId|applyNumberFormat)="[^"]*"', b"", style)
    return bare.replace(b"<xf", b'<xf numFmtId="%d" applyNumberFormat="1"' % number, 1)
