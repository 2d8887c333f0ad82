"""The comments of one sheet: the comments part and its shapes in the VML drawing, which may hold buttons too."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping

from toolkit.model.cell import IN_TEXT, place
from toolkit.model.errors import XltoolError
from toolkit.ooxml.container import Package
from toolkit.ooxml.editing import SheetEditor
from toolkit.ooxml.relations import (
    OFFICE,
    declare_part,
    declare_suffix,
    free_name,
    relate,
    undeclare_part,
    unrelate,
)
from toolkit.ooxml.sheet import escape

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>'
)
_VML_EMPTY = (
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
    'style="position:absolute;width:260pt;height:96pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 31, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_COMMENT = re.compile(r"<(?P<p>\w+:)?comment\b(?P<tag>[^>]*?)(?:/>|>(?P<inner>.*?)</(?:\w+:)?comment>)", re.S)
_LIST_END = re.compile(r"</(\w+:)?commentList>|<(\w+:)?commentList\s*/>")
_AUTHORS = re.compile(r"<(?P<p>\w+:)?authors\b[^>]*?(?:/>|>(?P<inner>.*?)</(?:\w+:)?authors>)", re.S)
_AUTHOR = re.compile(r"<(?:\w+:)?author\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?author>)", re.S)
_REFERENCE = re.compile(rf'\bref="({IN_TEXT})"')
_TEXT = re.compile(r"(<(?:\w+:)?t\b[^>]*>)(.*?)(</(?:\w+:)?t>)", re.S)
_RUN = re.compile(r"<(\w+:)?r>(?:(?!<(?:\w+:)?r>).)*?<(?:\w+:)?t\b[^>]*?(?:/>|></(?:\w+:)?t>)\s*</(?:\w+:)?r>", re.S)
_VML_SHAPE = re.compile(r"<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.S)
_VML_PLACE = re.compile(r"<x:Row>\s*(\d+)\s*</x:Row>\s*<x:Column>\s*(\d+)\s*</x:Column>")
_SHAPE_NUMBER = re.compile(r"_x0000_s(\d+)")
_BLOCKS = re.compile(r'(<\w+:idmap\b[^>]*\bdata=")([\d,\s]*)(")')
_PER_BLOCK = 1024


class Comments:
    """The comments of one sheet, changed in memory and written back by `save`.

    Args:
        package: the workbook.
        part: name of the sheet's part.
    """

    def __init__(self, package: Package, part: str) -> None:
        self._package, self._part = package, part
        self.name = next(iter(package.related(part, "comments").values()), "")
        self._text = _decoded(package, self.name) if self.name in package.names else _EMPTY
        self._first = self._text
        self._gone: set[str] = set()
        self._new: list[str] = []

    def addresses(self) -> list[str]:
        """Cells that have a comment."""
        return _REFERENCE.findall(" ".join(found["tag"] for found in _COMMENT.finditer(self._text)))

    def threads(self) -> set[str]:
        """Cells whose comment belongs to a conversation, whose text Excel keeps elsewhere."""
        if "tc={" not in self._text:
            return set()
        authors = [found[1] or "" for found in _AUTHOR.finditer(self._authors()["inner"] or "")]
        owned = {str(number) for number, author in enumerate(authors) if author.startswith("tc={")}
        found = set()
        for comment in _COMMENT.finditer(self._text):
            reference, owner = _REFERENCE.search(comment["tag"]), re.search(r'authorId="(\d+)"', comment["tag"])
            if reference and owner and owner[1] in owned:
                found.add(reference[1])
        return found

    def _authors(self) -> re.Match[str]:
        found = _AUTHORS.search(self._text)
        if found is None:
            raise XltoolError("PKG-003")
        return found

    def extend(self, notes: Mapping[str, str], author: str) -> None:
        """Adds text to the comments of cells, new comments where there are none; what is there stays."""
        left = dict(notes)

        def extended(found: re.Match[str]) -> str:
            reference = _REFERENCE.search(found["tag"])
            text = left.pop(reference[1], "") if reference else ""
            return _with_run(found, text) if text else found[0]

        self._text = _COMMENT.sub(extended, self._text)
        if not left:
            return
        authors = self._authors()
        p = authors["p"] or ""
        number, inner = self._author(authors["inner"] or "", author, p)
        self._replace(authors, f"<{p}authors>{inner}</{p}authors>")
        added = "".join(
            f'<{p}comment ref="{address}" authorId="{number}"><{p}text>{_run(text, p)}</{p}text></{p}comment>'
            for address, text in left.items()
        )
        end = _LIST_END.search(self._text)
        if end is None:
            raise XltoolError("PKG-003")
        if end[0].endswith("/>"):
            self._replace(end, f"<{p}commentList>{added}</{p}commentList>")
        else:
            self._text = self._text[: end.start()] + added + self._text[end.start() :]
        self._gone -= set(left)
        self._new += left

    @staticmethod
    def _author(inner: str, author: str, prefix: str) -> tuple[int, str]:
        known = [html.unescape(found[1] or "") for found in _AUTHOR.finditer(inner)]
        if author in known:
            return known.index(author), inner
        return len(known), f"{inner}<{prefix}author>{escape(author)}</{prefix}author>"

    def _replace(self, found: re.Match[str], text: str) -> None:
        self._text = self._text[: found.start()] + text + self._text[found.end() :]

    def cut(self, line: re.Pattern[str]) -> None:
        """Takes what the pattern finds out of all texts; comments without any text left then go."""
        parts, start = [], 0
        for found in _COMMENT.finditer(self._text):
            inner = found["inner"] or ""
            changed = _cut(inner, line)
            if changed == inner:
                continue
            changed = _RUN.sub("", changed)
            parts.append(self._text[start : found.start()])
            start = found.end()
            if "".join(t[2] for t in _TEXT.finditer(changed)).strip():
                parts.append(found[0].replace(inner, changed))
            elif reference := _REFERENCE.search(found["tag"]):
                self._gone.add(reference[1])
        self._text = "".join((*parts, self._text[start:]))

    def save(self, sheet: SheetEditor) -> None:
        """Writes the parts; the sheet gets, or loses, its link to the drawing."""
        if self._text == self._first:
            return
        package = self._package
        drawing = self._drawing(sheet)
        if not self.addresses():
            package.remove(self.name)
            undeclare_part(package, self.name)
            unrelate(package, self._part, self.name)
            self._drop_shapes(drawing, sheet)
            return
        if not self.name:
            self.name = free_name(package, "xl/comments{}.xml")
            declare_part(package, self.name, _TYPE)
            relate(package, self._part, "comments", self.name, "xltoolNotes")
        package.replace(self.name, self._text.encode())
        self._draw(drawing, sheet)

    def _drawing(self, sheet: SheetEditor) -> str:
        """The VML drawing of the sheet itself, not that of its header pictures; "" when there is none."""
        link = sheet.element("legacyDrawing").decode()
        known = self._package.related(self._part, "vmlDrawing")
        return next((name for key, name in known.items() if f'"{key}"' in link), "")

    def _draw(self, drawing: str, sheet: SheetEditor) -> None:
        package = self._package
        text = _without(_decoded(package, drawing), self._gone) if drawing else ""
        if self._new or not drawing:
            text = text or _VML_EMPTY.format(block=_free_block(package))
            text = _with_shapes(text, self._new, lambda: _free_block(package))
        if not drawing:
            drawing = free_name(package, "xl/drawings/vmlDrawing{}.vml")
            declare_suffix(package, "vml", _VML_TYPE)
            key = relate(package, self._part, "vmlDrawing", drawing, "xltoolShapes")
            sheet.set_element(
                "legacyDrawing", f'<{sheet.prefix}legacyDrawing xmlns:r="{OFFICE}" r:id="{key}"/>'.encode()
            )
        package.replace(drawing, text.encode())

    def _drop_shapes(self, drawing: str, sheet: SheetEditor) -> None:
        """Takes the shapes of comments out; a drawing without any shape left goes altogether."""
        if not drawing:
            return
        left = _without(_decoded(self._package, drawing), self._gone)
        if _VML_SHAPE.search(left) or re.search(r"<v:(?:group|rect|oval|line|image)\b", left):
            self._package.replace(drawing, left.encode())
            return
        self._package.remove(drawing)
        unrelate(self._package, self._part, drawing)
        sheet.set_element("legacyDrawing", b"")


def _decoded(package: Package, name: str) -> str:
    return package.read(name).decode("utf-8-sig")


def _run(text: str, prefix: str) -> str:
    return f'<{prefix}r><{prefix}t xml:space="preserve">{escape(text)}</{prefix}t></{prefix}r>'


def _cut(inner: str, line: re.Pattern[str]) -> str:
    """The comment's content without what the pattern finds in its text, over the borders of runs."""
    texts = [html.unescape(found[2]) for found in _TEXT.finditer(inner)]
    whole, kept, at = "".join(texts), [], 0
    spans = [found.span() for found in line.finditer(whole)]
    if not spans:
        return inner
    for text in texts:
        gone = {place for a, b in spans for place in range(max(a, at), min(b, at + len(text)))}
        kept.append("".join(char for place, char in enumerate(text, at) if place not in gone))
        at += len(text)
    left = iter(zip(texts, kept, strict=True))

    def put(found: re.Match[str]) -> str:
        old, new = next(left)
        return found[0] if old == new else found[1] + escape(new) + found[3]

    return _TEXT.sub(put, inner)


def _with_run(found: re.Match[str], text: str) -> str:
    """The comment with one more run at its end; a bare text becomes a run too."""
    p, inner = found["p"] or "", found["inner"] or f"<{found['p'] or ''}text></{found['p'] or ''}text>"
    inner = re.sub(rf"(<{p}text>)(<{p}t\b.*?</{p}t>)", rf"\1<{p}r>\2</{p}r>", inner, count=1, flags=re.S)
    inner = inner.replace(f"<{p}text/>", f"<{p}text></{p}text>")
    had = bool("".join(t[2] for t in _TEXT.finditer(inner)))
    run = _run(("\n" if had else "") + text, p)
    end = re.search(rf"<{p}(?:rPh|phoneticPr)\b|</{p}text>", inner)
    at = end.start() if end else 0
    return f"<{p}comment{found['tag']}>{inner[:at]}{run}{inner[at:]}</{p}comment>"


def _without(vml: str, cells: set[str]) -> str:
    """The drawing without the comment shapes of these cells."""
    spots = {(row - 1, column - 1) for row, column in map(place, cells)}

    def kept(found: re.Match[str]) -> str:
        spot = _VML_PLACE.search(found[0])
        is_note = 'ObjectType="Note"' in found[0]
        return "" if is_note and spot and (int(spot[1]), int(spot[2])) in spots else found[0]

    return _VML_SHAPE.sub(kept, vml) if spots else vml


def _with_shapes(vml: str, cells: Iterable[str], more: Callable[[], int]) -> str:
    """The drawing with a hidden comment shape a cell; shape numbers lie in the blocks that the drawing owns."""
    blocks = [int(block) for found in _BLOCKS.finditer(vml) for block in re.findall(r"\d+", found[2])]
    taken = {int(number) for number in _SHAPE_NUMBER.findall(vml)}
    if 'id="_x0000_t202"' not in vml:
        start = _VML_EMPTY.index("<v:shapetype")
        shapetype = _VML_EMPTY[start : _VML_EMPTY.rindex("</xml>")]
        vml = vml[: vml.rindex("</")] + shapetype + vml[vml.rindex("</") :]
    free = (block * _PER_BLOCK + place for block in _endless(blocks, more) for place in range(1, _PER_BLOCK))
    shapes = []
    for cell in cells:
        number = next(one for one in free if one not in taken)
        row, column = place(cell)
        spots = {"left": column, "right": column + 4, "top": max(0, row - 2), "bottom": row + 5}
        shapes.append(_SHAPE.format(number=number, row=row - 1, column=column - 1, **spots))
    vml = _BLOCKS.sub(lambda found: found[1] + ",".join(map(str, blocks)) + found[3], vml, count=1)
    at = vml.rindex("</")
    return vml[:at] + "".join(shapes) + vml[at:]


def _endless(blocks: list[int], more: Callable[[], int]) -> Iterable[int]:
    yield from list(blocks)
    while True:
        blocks.append(max([more(), *(block + 1 for block in blocks)]))
        yield blocks[-1]


def _free_block(package: Package) -> int:
    """The first block of shape numbers that no drawing of the workbook owns."""
    taken = [0]
    for name in package.names:
        if name.lower().endswith(".vml"):
            for found in _BLOCKS.finditer(package.read(name).decode("utf-8", "replace")):
                taken += map(int, re.findall(r"\d+", found[2]))
    return max(taken) + 1
