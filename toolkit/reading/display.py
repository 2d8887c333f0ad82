"""Number formats that show something else than the cell holds: nothing, 万 behind the number, thousands, percent."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence

from toolkit.reading.gate import Package
from toolkit.reading.normal import column_index

_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b[^>]*?/?>")
_ID, _CODE = re.compile(rb'numFmtId="(\d+)"'), re.compile(rb'formatCode="([^"]*)"')
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_XF = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
_STYLED = re.compile(rb'<c r="([A-Z]+)(\d+)" s="(\d+)"')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_SCALED = re.compile(r"[0#?],+(?:[^0#?,]|$)")
_PERCENT = {9: "0%", 10: "0.00%"}


def misleading_styles(package: Package) -> dict[int, str]:
    """Cell style number → format, for the styles under which a number looks like another one."""
    part = package.part("xl/styles.xml")
    codes = dict(_PERCENT)
    for found in _FORMAT.finditer(part):
        number, code = _ID.search(found[0]), _CODE.search(found[0])
        if number and code:
            codes[int(number[1])] = html.unescape(code[1].decode("utf-8", "replace"))
    bad = {number: code for number, code in codes.items() if is_misleading(code)}
    styles = _STYLES.search(part)
    found_styles: dict[int, str] = {}
    for index, xf in enumerate(_XF.findall(styles[0]) if styles else ()):
        number = _ID.search(xf)
        if number and int(number[1]) in bad:
            found_styles[index] = bad[int(number[1])]
    return found_styles


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


def misleading_cells(
    xml: bytes, styles: dict[int, str], rows: Collection[int], columns: Collection[int], grid: Sequence
) -> Iterator[tuple[int, int, str]]:
    """(row, column, format) of number cells under such a style, within the given rows and columns."""
    if not styles:
        return
    for letters, number, style in _STYLED.findall(xml):
        if int(style) in styles:
            row, column = int(number) - 1, column_index(letters.decode())
            if row in rows and column in columns and grid[row][column].__class__ is float:
                yield row, column, styles[int(style)]
