"""Cell formats of the output workbooks, each made once per workbook."""

from __future__ import annotations

from functools import cached_property

from toolkit.drawing.formats import Formats
from toolkit.drawing.look import look
from toolkit.summary.labels import OUTSIDE

ALIGN = {"text": "left", "money": "right", "number": "center"}


_FRAME = {"title": "center", "left_line": "left", "right_line": "right"}


def body_size() -> float:
    """Points of the font of a list."""
    return look().sizes["list"]["body"]


def frame_size(part: str) -> float:
    """Points of the font of a part of the frame."""
    return look().sizes["list"]["title" if part == "title" else "line"]


class Styles:
    """Formats of one workbook."""

    def __init__(self, formats: Formats) -> None:
        self.make = formats.make
        self._sizes, self._fonts = look().sizes["list"], look().fonts
        self._cells: dict[tuple[str, str, bool], object] = {}

    def body(self, kind: str, value: object = None):
        """A bordered body cell of a column kind; levels are coloured by their word."""
        return self._cell(kind, str(value) if kind == "level" else "")

    def to_fill_in(self, kind: str):
        """A body cell that waits for an answer."""
        numbers = {"num_format": look().numbers["list"][kind]} if kind in look().numbers["list"] else {}
        align = {"align": ALIGN.get(kind, "center"), "valign": "vcenter", "text_wrap": True}
        return self.make(
            **self._body_font(), **numbers, **align, border=1, bg_color=look().colours["list"]["to_fill_in"]
        )

    def plain(self, kind: str):
        """A data cell without border or wrapping, for long tables."""
        numbers = {"num_format": look().numbers["list"][kind]} if kind in look().numbers["list"] else {}
        align = {"align": "center"} if kind in ("count", "date") else {}
        return self.make(**self._body_font(), **numbers, **align, valign="vcenter")

    def total(self, kind: str, value: object = None):
        """A cell of the 合计 row."""
        return self._cell(kind, str(value) if kind == "level" else "", bold=True)

    def _cell(self, kind: str, word: str, bold: bool = False):
        if kind == OUTSIDE:
            return self.blank
        known = self._cells.get((kind, word, bold))
        if known is None:
            known = self._cells[kind, word, bold] = self._bordered(kind, word, bold)
        return known

    def _bordered(self, kind: str, word: str, bold: bool):
        font = {**self._body_font(), "bold": True} if bold else self._body_font()
        properties = {**font, "border": 1, "align": ALIGN.get(kind, "center"), "valign": "vcenter", "text_wrap": True}
        if kind in look().numbers["list"]:
            properties["num_format"] = look().numbers["list"][kind]
            properties |= {"text_wrap": False, "shrink": True}
        if word in look().words:
            properties["bg_color"] = look().words[word]
        return self.make(**properties)

    def _body_font(self) -> dict:
        return {"font_name": self._fonts["text"], "font_size": body_size()}

    @cached_property
    def blank(self):
        """Cells outside the table."""
        return self.make(**self._body_font(), valign="vcenter")

    @cached_property
    def corner(self):
        """附件 label at the top left."""
        size = self._sizes["corner"]
        return self.make(font_name=self._fonts["head"], font_size=size, valign="vcenter")

    def frame(self, part: str, wrapped: bool = False):
        """A part of the frame above a table: its title, the left and the right half of the line below."""
        font = self._fonts["title" if part == "title" else "text"]
        more = {"text_wrap": True} if wrapped else {}
        return self.make(font_name=font, font_size=frame_size(part), align=_FRAME[part], valign="vcenter", **more)

    @cached_property
    def header(self):
        """Column headers."""
        return self.make(**self._head_font(), border=1, align="center", valign="vcenter", text_wrap=True)

    @cached_property
    def turned_header(self):
        """Codes in narrow columns, turned by 90 degrees."""
        return self.make(**self._head_font(), border=1, align="center", valign="vcenter", rotation=90)

    @cached_property
    def section(self):
        """A heading inside a sheet."""
        return self.make(**self._head_font(), align="left", valign="vcenter")

    @cached_property
    def total_label(self):
        """The words 合计."""
        return self.make(**self._body_font(), bold=True, border=1, align="center", valign="vcenter")

    @cached_property
    def note(self):
        """Remarks below a table."""
        return self.make(**self._body_font(), align="left", valign="vcenter", text_wrap=True)

    def _head_font(self) -> dict:
        return {"font_name": self._fonts["head"], "font_size": self._sizes["head"]}
