"""The comments of one sheet: the comments part and its shapes in the VML drawing, which may hold buttons too."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from toolkit.model.cell import IN_TEXT, place
from toolkit.model.errors import XltoolError
from toolkit.ooxml import vml
from toolkit.ooxml.canonical import MAIN
from toolkit.ooxml.container import Package
from toolkit.ooxml.editing import SheetEditor
from toolkit.ooxml.relations import (
    OFFICE,
    declare_part,
    declare_suffix,
    free_name,
    relate,
    take_out,
)
from toolkit.ooxml.sheet import escape

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'
)
_COMMENT = re.compile(r"<comment\b(?P<tag>[^>]*?)(?:/>|>(?P<inner>.*?)</comment>)", re.S)
_LIST_END = re.compile(r"</commentList>|<commentList\s*/>")
_AUTHORS = re.compile(r"<authors\b[^>]*?(?:/>|>(?P<inner>.*?)</authors>)", re.S)
_AUTHOR = re.compile(r"<author\b[^>]*?(?:/>|>(.*?)</author>)", re.S)
_REFERENCE = re.compile(rf'\bref="({IN_TEXT})"')
_TEXT = re.compile(r"(<t\b[^>]*>)(.*?)(</t>)", re.S)
_RUN = re.compile(r"<r>(?:(?!<r>).)*?<t\b[^>]*?(?:/>|></t>)\s*</r>", re.S)
MOST, LONGEST = 10_000, 32_767
"""Comments on a sheet: ten blocks of shape numbers, far more than anybody reads. Characters of one comment."""


class Comments:
    """The comments of one sheet, changed in memory and written back by `save`.

    Args:
        package: the workbook.
        part: name of the sheet's part.
    """

    def __init__(self, package: Package, part: str) -> None:
        self._package, self._part = package, part
        self.name = next(iter(package.related(part, "comments").values()), "")
        self._text = package.plain(self.name).decode("utf-8-sig") if self.name else _EMPTY
        self._first = self._text
        self._gone: set[str] = set()

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return self._text != self._first

    def addresses(self) -> list[str]:
        """Cells that have a comment."""
        return _REFERENCE.findall(" ".join(found["tag"] for found in _COMMENT.finditer(self._text)))

    def texts(self) -> dict[str, str]:
        """Address → text of the comments."""
        found = {}
        for comment in _COMMENT.finditer(self._text):
            if reference := _REFERENCE.search(comment["tag"]):
                texts = (html.unescape(text[2]) for text in _TEXT.finditer(comment["inner"] or ""))
                found[reference[1]] = "".join(texts)
        return found

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
        """Adds text to the comments of cells, new comments where there are none; what is there stays.

        What would grow longer than a comment can be, or be a comment more than a sheet may have, is left out.
        """
        left = dict(notes)

        def extended(found: re.Match[str]) -> str:
            reference = _REFERENCE.search(found["tag"])
            text = left.pop(reference[1], "") if reference else ""
            return _with_run(found, text) if text else found[0]

        self._text, known = _COMMENT.subn(extended, self._text)
        left = dict(list(left.items())[: max(0, MOST - known)])
        if not left:
            return
        authors = self._authors()
        number, inner = self._author(authors["inner"] or "", author)
        self._replace(authors, f"<authors>{inner}</authors>")
        added = "".join(
            f'<comment ref="{address}" authorId="{number}"><text>{_run(text)}</text></comment>'
            for address, text in left.items()
        )
        end = _LIST_END.search(self._text)
        if end is None:
            raise XltoolError("PKG-003")
        if end[0].endswith("/>"):
            self._replace(end, f"<commentList>{added}</commentList>")
        else:
            self._text = self._text[: end.start()] + added + self._text[end.start() :]
        self._gone -= set(left)

    @staticmethod
    def _author(inner: str, author: str) -> tuple[int, str]:
        known = [html.unescape(found[1] or "") for found in _AUTHOR.finditer(inner)]
        if author in known:
            return known.index(author), inner
        return len(known), f"{inner}<author>{escape(author)}</author>"

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
        if not self.changed:
            return
        package = self._package
        drawing = self._drawing(sheet)
        if not self.addresses():
            take_out(package, self._part, self.name)
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
        """Gives every comment its shape, also those of writers that leave the shapes out."""
        package = self._package
        text = vml.without_notes(vml.drawing_text(package.read(drawing)), self._gone) if drawing else ""
        shaped = vml.notes(text)
        missing = {cell: said for cell, said in self.texts().items() if place(cell) not in shaped}
        if missing or not drawing:
            block = self._free_block()
            text = vml.with_notes(text or vml.empty(block), missing, block)
        if not drawing:
            drawing = free_name(package, "xl/drawings/vmlDrawing{}.vml")
            declare_suffix(package, "vml", _VML_TYPE)
            key = relate(package, self._part, "vmlDrawing", drawing, "xltoolShapes")
            sheet.set_element("legacyDrawing", f'<legacyDrawing xmlns:r="{OFFICE}" r:id="{key}"/>'.encode())
        package.replace(drawing, text.encode())

    def _free_block(self) -> int:
        """The first block of shape numbers that no drawing of the workbook owns."""
        package = self._package
        drawings = [name for name in package.names if name.lower().endswith(".vml")]
        taken = [block for name in drawings for block in vml.blocks(vml.drawing_text(package.read(name)))]
        return max(taken, default=0) + 1

    def _drop_shapes(self, drawing: str, sheet: SheetEditor) -> None:
        """Takes the shapes of comments out; a drawing without any shape left goes altogether."""
        if not drawing:
            return
        left = vml.without_notes(vml.drawing_text(self._package.read(drawing)), self._gone)
        if vml.has_shapes(left):
            self._package.replace(drawing, left.encode())
            return
        take_out(self._package, self._part, drawing)
        sheet.set_element("legacyDrawing", b"")


def _run(text: str) -> str:
    return f'<r><t xml:space="preserve">{escape(text)}</t></r>'


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
    """The comment with one more run at its end; a bare text becomes a run too.

    One that would be longer than Excel takes stays as it is.
    """
    inner = found["inner"] or "<text></text>"
    inner = re.sub(r"(<text>)(<t\b.*?</t>)", r"\1<r>\2</r>", inner, count=1, flags=re.S)
    inner = inner.replace("<text/>", "<text></text>")
    had = "".join(t[2] for t in _TEXT.finditer(inner))
    if len(had) + len(text) >= LONGEST:
        return found[0]
    run = _run(("\n" if had else "") + text)
    end = re.search(r"<(?:rPh|phoneticPr)\b|</text>", inner)
    at = end.start() if end else 0
    return f"<comment{found['tag']}>{inner[:at]}{run}{inner[at:]}</comment>"
