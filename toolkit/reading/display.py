"""Number formats that show something else than the cell holds: nothing, 万 behind the number, thousands, percent."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence

from toolkit.model.cell import IN_XML, column_number
from toolkit.reading.census import Place, place_of
from toolkit.reading.gate import Package

_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b[^>]*?/?>")
_ID, _CODE = re.compile(rb'numFmtId="(\d+)"'), re.compile(rb'formatCode="([^"]*)"')
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_XF = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
_STYLED = re.compile(rb'<c r="' + IN_XML + rb'" s="(\d+)"')
_PLACE = re.compile(rb'<c r="' + IN_XML + rb'"\Z')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_SCALED = re.compile(r"[0#?],+(?:[^0#?,]|$)")
_PERCENT = {9: "0%", 10: "0.00%"}
_FIXED = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00"}
_DECIMALS = re.compile(r"[0#?][0#?,]*(?:\.([0#?]*))?")

_known: dict[bytes, tuple[dict[int, str], dict[int, int]]] = {}


def number_styles(package: Package) -> tuple[dict[int, str], dict[int, int]]:
    """Styles under which a number looks like another one (style → format); decimals that the other styles show."""
    part = package.part("xl/styles.xml")
    if part not in _known:
        if len(_known) > 100:
            _known.clear()
        _known[part] = _number_styles(part)
    return _known[part]


def _number_styles(part: bytes) -> tuple[dict[int, str], dict[int, int]]:
    codes = {**_PERCENT, **_FIXED}
    for found in _FORMAT.finditer(part):
        number, code = _ID.search(found[0]), _CODE.search(found[0])
        if number and code:
            codes[int(number[1])] = html.unescape(code[1].decode("utf-8", "replace"))
    styles = _STYLES.search(part)
    misleading: dict[int, str] = {}
    decimals: dict[int, int] = {}
    for index, xf in enumerate(_XF.findall(styles[0]) if styles else ()):
        number = _ID.search(xf)
        code = codes.get(int(number[1]), "") if number else ""
        if code and is_misleading(code):
            misleading[index] = code
        elif code and (places := shown_decimals(code)) is not None:
            decimals[index] = places
    return misleading, decimals


def shown_decimals(code: str) -> int | None:
    """How many decimals a number format shows; None for formats that show all, or are no plain number format.

    >>> [shown_decimals(code) for code in ("0.00", "#,##0", "General", "@", "0.00_ ;-0.00 ", "yyyy-mm-dd", "0.0E+00")]
    [2, 0, None, None, 2, None, None]
    >>> [shown_decimals(code) for code in ("#,##0.00", "#,##0.0_);(#,##0.0)", '"￥"#,##0.00', "# ?/?")]
    [2, 1, 2, None]
    """
    bare = _LITERAL.sub("", code.split(";")[0])
    found = _DECIMALS.search(bare)
    if not found or re.search("[a-zA-Z@/]", bare):
        return None
    return len(found[1] or "")


def is_misleading(code: str) -> bool:
    """Whether a format hides the number or shows it in another size.

    >>> [is_misleading(code) for code in (";;;", '0"万"', "0.0,", "#,##0.00_ ", "@")]
    [True, True, True, False, False]
    """
    first = code.split(";")[0]
    literals = "".join(one or other for one, other in _LITERAL.findall(first))
    bare = _LITERAL.sub("", first)
    return (
        (";" in code and not first.strip())
        or any(word in literals + bare for word in "万亿千百%")
        or bool(_SCALED.search(bare))
    )


def rounded_cells(
    xml: bytes, decimals: dict[int, int], rows: Collection[int], columns: Collection[int], grid: Sequence
) -> Iterator[tuple[int, int]]:
    """(row, column) of number cells that hold more decimals than their style shows."""
    uneven = {
        (row, column)
        for row in rows
        for column in columns
        if grid[row][column].__class__ is float and grid[row][column] != int_or_none(grid[row][column])
    }
    if not uneven or not decimals:
        return
    for letters, at, style in _STYLED.findall(xml):
        place = int(at) - 1, column_number(letters.decode()) - 1
        if place in uneven and int(style) in decimals:
            value = grid[place[0]][place[1]]
            if float(f"{value:.15g}") != float(f"{value:.{decimals[int(style)]}f}"):
                yield place


def int_or_none(value: float) -> int | None:
    """A number as int; None for what is no finite number."""
    return int(value) if value - value == 0 else None


def misleading_cells(
    xml: bytes, styles: dict[int, str], rows: Collection[int], columns: Collection[int], grid: Sequence
) -> Iterator[tuple[int, int, str]]:
    """(row, column, format) of number cells under such a style, within the given rows and columns."""
    if not any(grid[row][column].__class__ is float for row in rows for column in columns if column < len(grid[row])):
        return
    for style, shown in styles.items():
        for row, column in styled_cells(xml, style):
            if row in rows and column in columns and grid[row][column].__class__ is float:
                yield row, column, shown


def styled_cells(xml: bytes, style: int) -> Iterator[Place]:
    """The cells of a sheet that have a style, found by searching for its number."""
    mark = b'" s="%d"' % style
    at = xml.find(mark)
    while at >= 0:
        if cell := _PLACE.search(xml, max(0, at - 24), at + 1):
            yield place_of(cell[0])
        at = xml.find(mark, at + 1)
