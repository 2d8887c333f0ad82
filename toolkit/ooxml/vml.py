"""The old drawing of a sheet (VML), which holds the shapes of comments, and buttons beside them.

Excel's own drawings are no XML at times (a caption with `<br>`), so they are changed as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from toolkit.model.cell import LAST_COLUMN, LAST_ROW, place
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.canonical import canonical

_EMPTY = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{block}"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;width:260pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 31, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_SHAPES = re.compile(r"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.S)
_PLACE = re.compile(r"<x:Row>\s*(\d+)\s*</x:Row>\s*<x:Column>\s*(\d+)\s*</x:Column>")
_NUMBER = re.compile(r"_x0000_s(\d+)")
_BLOCKS = re.compile(r'(<\w+:idmap\b[^>]*\bdata=")([\d,\s]*)(")')
_PER_BLOCK = 1024
_SPACES = {
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
    "urn:schemas-microsoft-com:office:excel": "x",
}
_USUAL_SPACES = [f'xmlns:{prefix}="{space}"'.encode() for space, prefix in _SPACES.items()]
_SINGLE = re.compile(rb"<\w+:(?:idmap|shape)\b[^>]*\s(?:data|id)='|ObjectType='")
_NOTE = 'ObjectType="Note"'
_ANY_SHAPE = re.compile(r"<v:(?:shape|group|rect|oval|line|image)\b")
_LINE, _LEAST, _HIGHEST = 24, 5, 24
"""Characters on a line of a comment; rows that a comment covers."""


def drawing_text(data: bytes) -> str:
    """A drawing as text with the usual prefixes; those of Excel have them anyway, XML of others may have any."""
    if all(space in data for space in _USUAL_SPACES) and _SINGLE.search(data) is None:
        return data.decode("utf-8-sig", "replace")
    try:
        return canonical(data, "", _SPACES).decode()
    except Refused:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")


def empty(block: int) -> str:
    """A drawing without shapes that owns one block of shape numbers."""
    return _EMPTY.format(block=block)


def blocks(vml: str) -> list[int]:
    """The blocks of shape numbers that a drawing owns."""
    return [int(block) for found in _BLOCKS.finditer(vml) for block in re.findall(r"\d+", found[2])]


def has_shapes(vml: str) -> bool:
    """Whether anything is left on a drawing."""
    return bool(_ANY_SHAPE.search(vml))


def notes(vml: str) -> set[tuple[int, int]]:
    """Cells (row, column from 1) with the shape of a comment."""
    found = (_PLACE.search(shape[0]) for shape in _SHAPES.finditer(vml) if _NOTE in shape[0])
    return {(int(spot[1]) + 1, int(spot[2]) + 1) for spot in found if spot}


def without_notes(vml: str, cells: Iterable[str]) -> str:
    """The drawing without the comment shapes of these cells."""
    spots = {(row - 1, column - 1) for row, column in map(place, cells)}

    def kept(found: re.Match[str]) -> str:
        spot = _PLACE.search(found[0])
        return "" if _NOTE in found[0] and spot and (int(spot[1]), int(spot[2])) in spots else found[0]

    return _SHAPES.sub(kept, vml) if spots else vml


def with_notes(vml: str, texts: Mapping[str, str], more: int) -> str:
    """The drawing with a hidden comment shape a cell; shape numbers lie in blocks that the drawing owns.

    Args:
        texts: address → text, from whose length the shape gets its size.
        more: the first block that no drawing of the workbook owns.
    """
    own = blocks(vml)
    taken = {int(number) for number in _NUMBER.findall(vml)}
    if 'id="_x0000_t202"' not in vml:
        start = _EMPTY.index("<v:shapetype")
        shapetype = _EMPTY[start : _EMPTY.rindex("</xml>")]
        vml = vml[: vml.rindex("</")] + shapetype + vml[vml.rindex("</") :]
    free = (block * _PER_BLOCK + one for block in _endless(own, more) for one in range(1, _PER_BLOCK))
    shapes = []
    for cell, text in texts.items():
        number = next(one for one in free if one not in taken)
        shapes.append(_SHAPE.format(number=number, **_box(cell, text)))
    vml = _BLOCKS.sub(lambda found: found[1] + ",".join(map(str, own)) + found[3], vml, count=1)
    at = vml.rindex("</")
    return vml[:at] + "".join(shapes) + vml[at:]


def _box(cell: str, text: str) -> dict[str, int]:
    """Where a comment lies: right of its cell where the sheet has room, as high as its text."""
    row, column = place(cell)
    lines = sum(1 + len(line) // _LINE for line in text.split("\n"))
    left, top = min(column, LAST_COLUMN - 5), max(0, row - 2)
    bottom = min(top + min(max(lines + 2, _LEAST + 2), _HIGHEST), LAST_ROW - 1)
    return {
        "left": left, "right": left + 4, "top": top, "bottom": bottom,
        "row": row - 1, "column": column - 1, "height": 15 * (bottom - top),
    }  # fmt: skip


def _endless(own: list[int], more: int) -> Iterator[int]:
    """The blocks of a drawing, and new ones, which it owns from then on."""
    yield from list(own)
    while True:
        own.append(max([more, *(block + 1 for block in own)]))
        yield own[-1]
